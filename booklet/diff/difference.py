"""The changes of all proposals → the difference of two states of the programme: totals, and what is in none.

Costs are before VAT, central, gross, over the six budget years; revenues are not subtracted. Co-funding, own share and
net cost are compared beside them. Only ready proposals are in totals. A proposal whose cost is unknown in one of the
states is in no total of either, and is listed: an unknown cost is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from booklet.content.model.proposal import SECTIONS, Section
from booklet.law.lookup import FCTVA_RATE

if TYPE_CHECKING:
    from booklet.diff.cause import SectionYear
    from booklet.diff.change import ProposalChange
    from booklet.diff.snapshot import SavedCosts


@dataclass(frozen=True)
class Difference:
    """The changes between two states of the programme."""

    before: SavedCosts
    after: SavedCosts
    #: ready in either state, the largest change first
    changes: tuple[ProposalChange, ...]
    #: drafts in both states, or in one of them only
    drafts: tuple[ProposalChange, ...]
    #: ready proposals in which nothing changed
    unchanged: int
    #: ids of ready proposals whose cost is unknown, and in which nothing changed; counted in `unchanged` too
    unknown: tuple[str, ...]
    #: ids of proposals that one of the states could not read; they are in no total
    unread: tuple[str, ...]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The budget years of either state."""
        return tuple(sorted({*self.before.years, *self.after.years}))

    @cached_property
    def cells(self) -> dict[SectionYear, Decimal]:
        """The sum of the known changes, by section and year."""
        cells = {(section, year): Decimal(0) for section in SECTIONS for year in self.years}
        for change in self.changes:
            for cell, amount in (change.cells or {}).items():
                cells[cell] = cells.get(cell, Decimal(0)) + amount
        return cells

    @property
    def total(self) -> Decimal:
        """The sum of the known changes: both sections, six years."""
        return sum(self.cells.values(), Decimal(0))

    @cached_property
    def totals(self) -> tuple[dict[Section, Decimal], dict[Section, Decimal]]:
        """The cost of each section in each state, without the proposals whose cost is unknown in one of them."""
        excluded = [change for change in self.changes if not change.is_known]
        left_out = [{id(change.before) for change in excluded}, {id(change.after) for change in excluded}]
        first, second = (
            {
                section: sum(
                    (
                        amount
                        for proposal in state.proposals
                        if proposal.is_ready and id(proposal) not in out
                        for amount in proposal.central[section].values()
                    ),
                    Decimal(0),
                )
                for section in SECTIONS
            }
            for state, out in zip((self.before, self.after), left_out, strict=True)
        )
        return first, second

    @property
    def net(self) -> Decimal:
        """The sum of the changes in net cost that are known in both states."""
        return sum((change.net or Decimal(0) for change in self.changes if change.is_known), Decimal(0))

    @property
    def net_after_savings(self) -> Decimal | None:
        """The sum of the changes in the net cost after savings that are known in both states; None where none is."""
        changes = [change.net_after_savings for change in self.changes if change.is_known]
        known = [amount for amount in changes if amount is not None]
        return sum(known, Decimal(0)) if known or not changes else None

    def count_turned(self, now: Literal["known", "unknown"]) -> int:
        """Count the ready proposals whose net cost became known, or unknown."""
        return sum(1 for change in self.changes if change.turned == now)

    @property
    def not_comparable(self) -> tuple[ProposalChange, ...]:
        """The changes in no total, because a cost is unknown."""
        return tuple(change for change in self.changes if not change.is_known)

    @cached_property
    def organisations(self) -> dict[str, str]:
        """The names of owners and funders by id, the later ones first."""
        return {**self.before.organisations, **self.after.organisations}

    @property
    def changed_kinds(self) -> tuple[tuple[str, str | None, str | None], ...]:
        """The organisations of both states whose kind changed: id, before, after."""
        old, new = self.before.organisation_kinds, self.after.organisation_kinds
        return tuple((id, old[id], new[id]) for id in sorted(old.keys() & new.keys()) if old[id] != new[id])

    @property
    def changed_sources(self) -> tuple[str, ...]:
        """The ids of sources of both bibliographies whose content changed."""
        old, new = self.before.sources, self.after.sources
        return tuple(id for id in sorted(old.keys() & new.keys()) if old[id].digest != new[id].digest)

    @property
    def changed_parameters(self) -> tuple[tuple[str, int, Decimal | None, Decimal | None], ...]:
        """The parameters of the law whose value changed in a year: id, year, before, after."""
        old, new = self.before.parameters, self.after.parameters
        common, natures = old.keys() & new.keys(), f"{FCTVA_RATE}."
        found = []
        for id in sorted(common | {id for id in old.keys() ^ new.keys() if id.startswith(natures)}):
            # a nature without a rate of its own has that of all
            mine, theirs = (rates.get(id) or rates.get(FCTVA_RATE, {}) for rates in (old, new))
            found += [
                (id, year, mine.get(year), theirs.get(year))
                for year in sorted({*mine, *theirs})
                if mine.get(year) != theirs.get(year)
            ]
        return tuple(found)
