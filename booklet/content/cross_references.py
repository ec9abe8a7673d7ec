"""The fields that rules comparing proposals need; small enough to cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.content.model.proposal import BUILDING, Proposal, Waiver

if TYPE_CHECKING:
    from booklet.money.calendar import Month


@dataclass(frozen=True, slots=True)
class Claim:
    """A line counts something that no other line may count: an asset, or an envelope of funding."""

    #: `asset` or `envelope`, the key
    word: str
    #: `costs` or `funding`, with the index of the line there
    group: str
    index: int
    value: str


@dataclass(frozen=True, slots=True)
class Building:
    """The months of a phase in which something is built, with its index in `timeline`."""

    index: int
    start: Month
    end: Month


@dataclass(frozen=True, slots=True)
class Ties:
    """The status of a proposal and its relations to others, each with the path where it is written."""

    status: str | None
    needs: tuple[str, ...]
    overlaps: tuple[str, ...]
    conflicts: tuple[str, ...]
    #: a link could not be read, and may be one that another proposal asks for
    has_broken_links: bool
    claims: tuple[Claim, ...]
    building: tuple[Building, ...]
    waivers: tuple[Waiver, ...]

    @classmethod
    def of(cls, proposal: Proposal, *, has_broken_links: bool) -> Ties:
        """Extract these fields from a proposal that was read."""
        assets = (
            Claim("asset", "costs", index, line.asset)
            for index, line in enumerate(proposal.costs)
            if line.asset is not None
        )
        envelopes = (
            Claim("envelope", "funding", index, funding.envelope)
            for index, funding in enumerate(proposal.funding)
            if funding.envelope is not None
        )
        building = (
            Building(index, phase.period.start, phase.period.end)
            for index, phase in enumerate(proposal.timeline)
            if phase.kind in BUILDING and phase.period is not None
        )
        links = proposal.links
        return cls(
            proposal.status,
            links.needs,
            links.overlaps,
            links.conflicts,
            has_broken_links,
            (*assets, *envelopes),
            tuple(building),
            proposal.waivers,
        )

    @property
    def is_ready(self) -> bool:
        """Check whether the proposal is meant to be printed."""
        return self.status == "ready"

    def links(self, kind: str) -> tuple[str, ...]:
        """The ids named under a key of `links`."""
        named: tuple[str, ...] = getattr(self, kind)
        return named
