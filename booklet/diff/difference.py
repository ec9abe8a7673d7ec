"""Two states of the programme → what changed, by how much, and why.

    read_costs(JSON) ─┐
                      ├─ compare ─▶ Difference ─▶ export/difference_*.py
    read_costs(JSON) ─┘

Costs are HT, central, gross, over the six budget years; revenues are never netted. The owners' net cost, which VAT,
FCTVA, funding and revenues decide, is compared beside them (`diff/net.py`). Ready proposals only: a draft that
becomes ready enters the totals with all it costs, and drafts are told apart. A proposal whose cost is not known in one
of the states is in no total of either, and is named: an unknown cost is never 0. Conventions of cost differences in
code review: one sentence, a table, causes, and a threshold that decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from booklet.content.model.proposal import SECTIONS, Section
from booklet.diff.causes import Cell, Effect, NoDetail, explain_lines, round_steps
from booklet.diff.funding_causes import explain_funding, given, is_given_known
from booklet.diff.matching import match_proposals
from booklet.diff.net import explain_fctva, explain_net
from booklet.diff.snapshot import SavedCosts, SavedProposal, SavedSource

Kind = Literal["new", "removed", "became-ready", "became-draft", "renamed", "changed"]
_NOTHING = Decimal(0)
Sources = tuple[Mapping[str, SavedSource], Mapping[str, SavedSource]]


@dataclass(frozen=True)
class Change:
    """Hold what changed in one proposal; amounts are None where they are not known in either state."""

    kind: Kind
    before: SavedProposal | None
    after: SavedProposal | None
    effects: tuple[Effect, ...]

    @property
    def current(self) -> SavedProposal:
        """Give the later state, or the last one there was."""
        held = self.after or self.before
        assert held is not None, "a change of nothing"
        return held

    @property
    def id(self) -> str:
        """Give the id by which the proposal is known now."""
        return self.current.id

    @property
    def counted(self) -> tuple[SavedProposal | None, SavedProposal | None]:
        """Give what stands in the totals of each state: a proposal that became ready was in none."""
        before = None if self.kind == "became-ready" else self.before
        after = None if self.kind == "became-draft" else self.after
        return before, after

    @property
    def is_known(self) -> bool:
        """Tell whether the cost is known wherever the proposal counts."""
        return all(state is None or state.is_known for state in self.counted)

    @cached_property
    def cells(self) -> Mapping[Cell, Decimal] | None:
        """Give the change by section and year; None while a cost is not known."""
        if not self.is_known:
            return None
        old, new = (printed_cells(state) for state in self.counted)
        changes = {cell: new.get(cell, _NOTHING) - old.get(cell, _NOTHING) for cell in sorted({*old, *new})}
        return {cell: amount for cell, amount in changes.items() if amount}

    def section(self, section: Section) -> Decimal | None:
        """Give the change of one section over the six years."""
        if self.cells is None:
            return None
        return sum((amount for cell, amount in self.cells.items() if cell[0] == section), _NOTHING)

    @property
    def total(self) -> Decimal | None:
        """Give the change of both sections over the six years."""
        return None if self.cells is None else sum(self.cells.values(), _NOTHING)

    @property
    def total_before(self) -> Decimal | None:
        """Give what the proposal cost, both sections; 0 where it did not count."""
        state = self.counted[0]
        return total_of(state) if state is None or state.is_known else None

    @property
    def funding(self) -> Decimal | None:
        """Give the change of what others give."""
        if not all(state is None or is_given_known(state) for state in self.counted):
            return None
        old, new = (given(state) if state else _NOTHING for state in self.counted)
        return new - old

    @property
    def own_share(self) -> Decimal | None:
        """Give the change of what is left to the owner."""
        return _change(
            *(state.sum_sections(state.own_share) if state else _NOTHING for state in self.counted)
        )

    @property
    def nets(self) -> tuple[Decimal | None, Decimal | None]:
        """Give what the owner pays in the end in each state; 0 where the proposal did not count."""
        before, after = (
            state.sum_sections(state.comparable_net) if state else _NOTHING for state in self.counted
        )
        return before, after

    @property
    def net(self) -> Decimal | None:
        """Give the change of what the owner pays in the end."""
        return _change(*self.nets)

    @property
    def turned(self) -> Literal["known", "unknown"] | None:
        """Tell whether the net cost, of costs that are known, became known or unknown."""
        causes = {effect.cause for effect in self.effects}
        return "known" if "net-known" in causes else "unknown" if "net-unknown" in causes else None

    @property
    def after_term(self) -> Decimal | None:
        """Give the change of a full year after the term."""
        return _change(*(_after_term(state) for state in self.counted))

    @property
    def moves_money(self) -> bool:
        """Tell whether any amount changes, or may have: what is not known is not the same."""
        amounts = (self.funding, self.own_share, self.after_term, self.net)
        told = any(effect.amounts or effect.whole or effect.is_unknown for effect in self.effects)
        return self.cells is None or bool(self.cells) or any(amounts) or told


@dataclass(frozen=True)
class Difference:
    """Hold what changed between two states of the programme."""

    before: SavedCosts
    after: SavedCosts
    #: ready in either state, the largest change first
    changes: tuple[Change, ...]
    #: drafts in both states, or new, or gone
    drafts: tuple[Change, ...]
    #: ready proposals in which nothing changed
    unchanged: int
    #: ids of ready proposals whose cost is unknown in both states, or in which nothing else changed
    unknown: tuple[str, ...]
    #: ids of proposals that one of the states could not read: they are in no total
    unread: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.changes or self.drafts or self.unread or self._frame_differs)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """List the budget years of either state."""
        return tuple(sorted({*self.before.years, *self.after.years}))

    @cached_property
    def cells(self) -> dict[Cell, Decimal]:
        """Add the changes that are known, by section and year."""
        cells = {(section, year): _NOTHING for section in SECTIONS for year in self.years}
        for change in self.changes:
            for cell, amount in (change.cells or {}).items():
                cells[cell] = cells.get(cell, _NOTHING) + amount
        return cells

    @property
    def total(self) -> Decimal:
        """Add the changes that are known: both sections, six years."""
        return sum(self.cells.values(), _NOTHING)

    @cached_property
    def totals(self) -> tuple[dict[Section, Decimal], dict[Section, Decimal]]:
        """Add the six years of each section in each state, without what is unknown in one of them."""
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
                    _NOTHING,
                )
                for section in SECTIONS
            }
            for state, out in zip((self.before, self.after), left_out, strict=True)
        )
        return first, second

    @property
    def net(self) -> Decimal:
        """Add the changes of net costs that are known in both states."""
        return sum((change.net or _NOTHING for change in self.changes if change.is_known), _NOTHING)

    def count_turned(self, now: Literal["known", "unknown"]) -> int:
        """Count the ready proposals whose net cost became known, or unknown."""
        return sum(1 for change in self.changes if change.turned == now)

    @property
    def not_comparable(self) -> tuple[Change, ...]:
        """List the changes that are in no total, because a cost is not known."""
        return tuple(change for change in self.changes if not change.is_known)

    @property
    def reframed(self) -> bool:
        """Tell whether amounts are in other euros, on another base or over other years: then they do not compare."""
        frames = [(state.years, state.prices, state.funding_base) for state in (self.before, self.after)]
        return frames[0] != frames[1]

    @property
    def _frame_differs(self) -> bool:
        return bool(self.changed_sources or self.changed_parameters or self.reframed)

    @property
    def changed_sources(self) -> tuple[str, ...]:
        """List the ids of sources that are in both bibliographies with another content."""
        old, new = self.before.sources, self.after.sources
        return tuple(id for id in sorted(old.keys() & new.keys()) if old[id].digest != new[id].digest)

    @property
    def changed_parameters(self) -> tuple[tuple[str, int, Decimal | None, Decimal | None], ...]:
        """List parameters of the law that have another value in a year: id, year, before, after."""
        old, new = self.before.parameters, self.after.parameters
        return tuple(
            (id, year, old[id].get(year), new[id].get(year))
            for id in sorted(old.keys() & new.keys())
            for year in sorted({*old[id], *new[id]})
            if old[id].get(year) != new[id].get(year)
        )


def compare(before: SavedCosts, after: SavedCosts) -> Difference:
    """Find what changed between two states, and why."""
    unread = {*before.unread, *after.unread}
    before, after = _without(before, unread), _without(after, unread)
    sources = (before.sources, after.sources)
    changes: list[Change] = []
    drafts: list[Change] = []
    unchanged = 0
    unknown = []
    for old, new in match_proposals(before.proposals, after.proposals):
        ready = (old is not None and old.is_ready, new is not None and new.is_ready)
        effects = (
            *_explain_cost(old, new, ready, sources),
            *_explain_money(old, new, ready, (before, after)),
        )
        change = Change(_kind(old, new), old, new, _once(effects))
        differs = change.kind != "changed" or effects or (change.moves_money and change.is_known)
        if differs:
            (changes if any(ready) else drafts).append(change)
        elif any(ready):
            unchanged += 1
            if not change.is_known:
                unknown.append(change.id)
    changes.sort(key=_weight)
    return Difference(
        before, after, tuple(changes), tuple(drafts), unchanged, tuple(unknown), tuple(sorted(unread))
    )


def _once(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Leave out of the costs what stands among the causes of the net cost: a VAT regime moves that alone."""
    net = {(effect.cause, effect.subject) for effect in effects if effect.measure == "net"}
    return tuple(
        effect
        for effect in effects
        if effect.measure != "cost" or effect.amounts or (effect.cause, effect.subject) not in net
    )


def _without(state: SavedCosts, ids: set[str]) -> SavedCosts:
    kept = tuple(proposal for proposal in state.proposals if proposal.id not in ids)
    return state if len(kept) == len(state.proposals) else state.model_copy(update={"proposals": kept})


def printed_cells(state: SavedProposal | None) -> dict[Cell, Decimal]:
    """Give the central costs of a proposal by section and year, as they were written."""
    if state is None:
        return {}
    return {
        (section, year): amount for section in SECTIONS for year, amount in state.central[section].items()
    }


def total_of(state: SavedProposal | None) -> Decimal:
    """Add both sections over the six years."""
    return sum(printed_cells(state).values(), _NOTHING)


def _explain_cost(
    old: SavedProposal | None, new: SavedProposal | None, ready: tuple[bool, bool], sources: Sources
) -> tuple[Effect, ...]:
    """List the causes of what a proposal costs more or less, and of its revenues."""
    cells = (printed_cells(old), printed_cells(new))
    if old is not None and new is not None and ready[0] != ready[1]:
        cause, held = (
            ("became-ready", cells[1]) if ready[1] else ("became-draft", {c: -a for c, a in cells[0].items()})
        )
        return (Effect(cause, "cost", new.name, amounts={c: a for c, a in held.items() if a}),)  # type: ignore[arg-type]
    if old is not None and new is not None and old.is_known != new.is_known:
        return (Effect("became-known" if new.is_known else "became-unknown", "cost", new.name),)
    if not all(state is None or state.is_known for state in (old, new)):
        return ()
    return (*_explain_costs(old, new, cells, sources), *_explain_revenues(old, new, sources))


def _explain_costs(
    old: SavedProposal | None,
    new: SavedProposal | None,
    cells: tuple[Mapping[Cell, Decimal], Mapping[Cell, Decimal]],
    sources: Sources,
) -> tuple[Effect, ...]:
    lines = tuple(() if state is None else state.lines for state in (old, new))
    if lines[0] is not None and lines[1] is not None:
        try:
            steps, level = explain_lines(lines[0], lines[1], sources)
        except NoDetail:
            pass
        else:
            effects = round_steps(steps, level, "cost", cells)
            if effects is not None:
                return effects
    change = {
        cell: cells[1].get(cell, _NOTHING) - cells[0].get(cell, _NOTHING) for cell in {*cells[0], *cells[1]}
    }
    left = {cell: change[cell] for cell in sorted(change) if change[cell]}
    named = new or old
    return (Effect("no-detail", "cost", named.name if named else "", amounts=left),) if left else ()


def _explain_revenues(
    old: SavedProposal | None, new: SavedProposal | None, sources: Sources
) -> tuple[Effect, ...]:
    try:
        steps, level = explain_lines(old.revenues if old else (), new.revenues if new else (), sources)
    except NoDetail:
        return ()
    return round_steps(steps, level, "revenue") or ()


def _explain_money(
    old: SavedProposal | None,
    new: SavedProposal | None,
    ready: tuple[bool, bool],
    states: tuple[SavedCosts, SavedCosts],
) -> tuple[Effect, ...]:
    """List the causes of what others give and of the net cost; what enters the totals does so as a whole."""
    first = None if ready == (False, True) else old
    second = None if ready == (True, False) else new
    if first is not None and second is not None:
        net = explain_net(first, second, *states) if first.is_known and second.is_known else ()
        return (*explain_funding(first, second), *explain_fctva(first, second, *states), *net)
    held = first or second
    assert held is not None, "a pair of nothing"
    blank = held.model_copy(update={"funding": ()})
    return tuple(explain_funding(first or blank, second or blank))


def _kind(old: SavedProposal | None, new: SavedProposal | None) -> Kind:
    if old is None:
        return "new"
    if new is None:
        return "removed"
    if old.is_ready != new.is_ready:
        return "became-ready" if new.is_ready else "became-draft"
    return "renamed" if (old.id, old.domain, old.title) != (new.id, new.domain, new.title) else "changed"


def _weight(change: Change) -> tuple[bool, Decimal, str]:
    """Sort what nobody knows first, then by size."""
    total = change.total
    return (total is not None, -abs(total or _NOTHING), change.id)


def _after_term(state: SavedProposal | None) -> Decimal | None:
    if state is None:
        return _NOTHING
    return state.after_term_per_year.central if state.after_term_per_year else None


def _change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before


__all__: Sequence[str] = ("Change", "Difference", "compare", "printed_cells", "total_of")
