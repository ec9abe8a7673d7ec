"""What is asked of a proposal when others are looked at: as little as can be kept of one that did not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.content.model.proposal import BUILDING, Proposal, Waiver

if TYPE_CHECKING:
    from booklet.money.calendar import Month


@dataclass(frozen=True, slots=True)
class Claim:
    """Say that a line counts something that only one line of all may count."""

    #: `asset` or `envelope`, the key
    word: str
    #: `costs` or `funding`, with the index of the line there
    group: str
    index: int
    value: str


@dataclass(frozen=True, slots=True)
class Building:
    """Give the months of a phase in which something is built, with its index in `timeline`."""

    index: int
    start: Month
    end: Month


@dataclass(frozen=True, slots=True)
class Ties:
    """Hold a proposal's status and whatever ties it to others, by the path where each thing is written."""

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
        """Gather the ties of a proposal that was read."""
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
        """Tell whether the proposal is meant to be printed."""
        return self.status == "ready"

    def links(self, kind: str) -> tuple[str, ...]:
        """Give the ids named under a key of `links`."""
        named: tuple[str, ...] = getattr(self, kind)
        return named
