"""A proposal in two states → its change: cost, co-funding, own share, net cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from booklet.content.model.proposal import SECTIONS, Section
from booklet.diff.cause import subtract_cells
from booklet.diff.funding_causes import co_funding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.diff.cause import Cause, SectionYear
    from booklet.diff.snapshot import SavedProposal

ChangeKind = Literal["new", "removed", "became-ready", "became-draft", "renamed", "changed"]


@dataclass(frozen=True)
class ProposalChange:
    """The change of one proposal; an amount is None where one state does not know it."""

    kind: ChangeKind
    before: SavedProposal | None
    after: SavedProposal | None
    causes: tuple[Cause, ...]

    @property
    def current(self) -> SavedProposal:
        """The later state; the earlier one of a removed proposal."""
        state = self.after or self.before
        assert state is not None, "a change of nothing"
        return state

    @property
    def id(self) -> str:
        """The id in the later state."""
        return self.current.id

    @property
    def counted(self) -> tuple[SavedProposal | None, SavedProposal | None]:
        """The proposal as each state counts it in its totals: a draft is not counted."""
        return count(self.kind, self.before, self.after)

    @property
    def is_known(self) -> bool:
        """Whether the cost is known in each state that counts the proposal."""
        return all(state is None or state.is_known for state in self.counted)

    @cached_property
    def cells(self) -> Mapping[SectionYear, Decimal] | None:
        """The change by section and year, zeros left out; None where a cost is unknown."""
        if not self.is_known:
            return None
        old, new = (printed_cells(state) for state in self.counted)
        return subtract_cells(new, old)

    def section(self, section: Section) -> Decimal | None:
        """Return the change of one section over the six years."""
        if self.cells is None:
            return None
        return sum((amount for cell, amount in self.cells.items() if cell[0] == section), Decimal(0))

    @property
    def total(self) -> Decimal | None:
        """The change of both sections over the six years."""
        return None if self.cells is None else sum(self.cells.values(), Decimal(0))

    @property
    def total_before(self) -> Decimal | None:
        """The cost before, both sections; 0 where the proposal was not counted."""
        state = self.counted[0]
        return sum(printed_cells(state).values(), Decimal(0)) if state is None or state.is_known else None

    @property
    def funding(self) -> Decimal | None:
        """The change in co-funding."""
        return self._change(co_funding)

    @property
    def own_share(self) -> Decimal | None:
        """The change in the own share."""
        return self._change(lambda state: state.sum_sections(state.own_share))

    @property
    def nets(self) -> tuple[Decimal | None, Decimal | None]:
        """The net cost in each state; 0 where the proposal was not counted."""
        before, after = (
            state.sum_sections(state.comparable_net) if state else Decimal(0) for state in self.counted
        )
        return before, after

    @property
    def net(self) -> Decimal | None:
        """The change in net cost."""
        return self._change(lambda state: state.sum_sections(state.comparable_net))

    @property
    def net_after_savings(self) -> Decimal | None:
        """The change in the net cost after savings; None too of a state saved before there was one."""
        return self._change(lambda state: state.sum_sections(state.net_after_savings))

    @property
    def turned(self) -> Literal["known", "unknown"] | None:
        """Whether the net cost became known or unknown while the cost is known; None for neither."""
        causes = {cause.key for cause in self.causes}
        return "known" if "net-known" in causes else "unknown" if "net-unknown" in causes else None

    @property
    def after_term(self) -> Decimal | None:
        """The change of a full year after the term."""
        return self._change(lambda state: each.central if (each := state.after_term_per_year) else None)

    @property
    def moves_money(self) -> bool:
        """Whether an amount changes, or may change: an unknown amount is not taken as unchanged."""
        amounts = (self.funding, self.own_share, self.after_term, self.net)
        has_cause = any(cause.amounts or cause.whole or cause.is_unknown for cause in self.causes)
        return self.cells is None or bool(self.cells) or any(amounts) or has_cause

    def _change(self, figure: Callable[[SavedProposal], Decimal | None]) -> Decimal | None:
        """The change of a figure of the states that count the proposal; None where one does not know it."""
        before, after = (figure(state) if state else Decimal(0) for state in self.counted)
        return None if before is None or after is None else after - before


def count(
    kind: ChangeKind, before: SavedProposal | None, after: SavedProposal | None
) -> tuple[SavedProposal | None, SavedProposal | None]:
    """Leave out the state of a proposal in which it was a draft, where it is ready in the other."""
    return None if kind == "became-ready" else before, None if kind == "became-draft" else after


def printed_cells(state: SavedProposal | None) -> dict[SectionYear, Decimal]:
    """Return the central costs of a proposal by section and year, as rounded in the file."""
    if state is None:
        return {}
    return {
        (section, year): amount for section in SECTIONS for year, amount in state.central[section].items()
    }
