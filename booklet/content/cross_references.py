"""A proposal → the fields that checks comparing proposals need; small enough to cache (`checks/incremental`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.content.model.proposal import BUILDING, Proposal, Waiver

if TYPE_CHECKING:
    from booklet.money.calendar import Month


@dataclass(frozen=True, slots=True)
class Claim:
    """The id of an asset or a funding envelope, which one line of all proposals may count (C109)."""

    #: the key, `asset` or `envelope`
    word: str
    #: the list of the line, `costs` or `funding`, and its index there
    group: str
    index: int
    value: str


@dataclass(frozen=True, slots=True)
class BuildingPhase:
    """The months of a phase of works or roll-out, and its index in `timeline`."""

    index: int
    start: Month
    end: Month


@dataclass(frozen=True, slots=True)
class CrossReferences:
    """A proposal's status, links, claims, building phases and waivers, without the spans in its file."""

    status: str | None
    needs: tuple[str, ...]
    overlaps: tuple[str, ...]
    conflicts: tuple[str, ...]
    #: whether a link is unreadable: it may be the one that T106 misses
    has_broken_links: bool
    claims: tuple[Claim, ...]
    building: tuple[BuildingPhase, ...]
    waivers: tuple[Waiver, ...]

    @classmethod
    def of(cls, proposal: Proposal, *, has_broken_links: bool) -> CrossReferences:
        """Extract the cross-references of a proposal."""
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
            BuildingPhase(index, phase.period.start, phase.period.end)
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
        """Check whether the proposal is to be printed."""
        return self.status == "ready"

    def links(self, kind: str) -> tuple[str, ...]:
        """The ids under a key of `links`."""
        named: tuple[str, ...] = getattr(self, kind)
        return named
