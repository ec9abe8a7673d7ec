"""Two states of the programme → their difference, with the causes of each change.

    read_costs(JSON) ─┐
                      ├─ compare ─▶ Difference ─▶ table, markdown, json
    read_costs(JSON) ─┘

A draft that becomes ready enters the totals with all its cost; drafts are listed apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from booklet.diff.balance_causes import explain_balance
from booklet.diff.causes import Cause, NoDetail, SectionYear, explain_lines, round_causes
from booklet.diff.change import ChangeKind, ProposalChange, printed_cells
from booklet.diff.difference import Difference
from booklet.diff.funding_causes import explain_funding
from booklet.diff.matching import match_proposals
from booklet.diff.net import explain_fctva, explain_net
from booklet.diff.snapshot import SavedCosts, SavedProposal, SavedSource

Sources = tuple[Mapping[str, SavedSource], Mapping[str, SavedSource]]


def compare(before: SavedCosts, after: SavedCosts) -> Difference:
    """Find what changed between two states, and why."""
    unread = {*before.unread, *after.unread}
    before, after = _without(before, unread), _without(after, unread)
    sources = (before.sources, after.sources)
    changes: list[ProposalChange] = []
    drafts: list[ProposalChange] = []
    unchanged = 0
    unknown = []
    #: nothing but its own lines can change a proposal
    alike = _frame(before) == _frame(after)
    for old, new in match_proposals(before.proposals, after.proposals):
        ready = (old is not None and old.is_ready, new is not None and new.is_ready)
        causes = (
            ()
            if alike and old == new
            else (
                *_explain_cost(old, new, ready, sources),
                *_explain_funding_and_net(old, new, ready, (before, after)),
            )
        )
        change = ProposalChange(_kind(old, new), old, new, _drop_duplicates(causes))
        differs = change.kind != "changed" or causes or (change.moves_money and change.is_known)
        if differs:
            (changes if any(ready) else drafts).append(change)
        elif any(ready):
            unchanged += 1
            if not change.is_known:
                unknown.append(change.id)
    changes.sort(key=_sort_key)
    return Difference(
        before, after, tuple(changes), tuple(drafts), unchanged, tuple(unknown), tuple(sorted(unread))
    )


def _frame(state: SavedCosts) -> SavedCosts:
    return state.model_copy(update={"proposals": (), "unread": ()})


def _drop_duplicates(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Drop causes of cost without an amount that are causes of net cost too, as a VAT regime is."""
    net = {(cause.key, cause.subject) for cause in causes if cause.measure == "net"}
    return tuple(
        cause
        for cause in causes
        if cause.measure != "cost" or cause.amounts or (cause.key, cause.subject) not in net
    )


def _without(state: SavedCosts, ids: set[str]) -> SavedCosts:
    kept = tuple(proposal for proposal in state.proposals if proposal.id not in ids)
    return state if len(kept) == len(state.proposals) else state.model_copy(update={"proposals": kept})


def _explain_cost(
    old: SavedProposal | None, new: SavedProposal | None, ready: tuple[bool, bool], sources: Sources
) -> tuple[Cause, ...]:
    """List the causes of the changes in cost, revenues, and what stands beside them."""
    cells = (printed_cells(old), printed_cells(new))
    if old is not None and new is not None and ready[0] != ready[1]:
        kind, amounts = (
            ("became-ready", cells[1]) if ready[1] else ("became-draft", {c: -a for c, a in cells[0].items()})
        )
        return (Cause(kind, "cost", new.name, amounts={c: a for c, a in amounts.items() if a}),)  # type: ignore[arg-type]
    if old is not None and new is not None and old.is_known != new.is_known:
        return (Cause("became-known" if new.is_known else "became-unknown", "cost", new.name),)
    if not all(state is None or state.is_known for state in (old, new)):
        return ()
    return (*_explain_costs(old, new, cells, sources), *explain_balance(old, new, sources))


def _explain_costs(
    old: SavedProposal | None,
    new: SavedProposal | None,
    cells: tuple[Mapping[SectionYear, Decimal], Mapping[SectionYear, Decimal]],
    sources: Sources,
) -> tuple[Cause, ...]:
    lines = tuple(() if state is None else state.lines for state in (old, new))
    if lines[0] is not None and lines[1] is not None:
        try:
            steps, level = explain_lines(lines[0], lines[1], sources)
        except NoDetail:
            pass
        else:
            causes = round_causes(steps, level, "cost", cells)
            if causes is not None:
                return causes
    change = {
        cell: cells[1].get(cell, Decimal(0)) - cells[0].get(cell, Decimal(0))
        for cell in {*cells[0], *cells[1]}
    }
    left = {cell: change[cell] for cell in sorted(change) if change[cell]}
    named = new or old
    return (Cause("no-detail", "cost", named.name if named else "", amounts=left),) if left else ()


def _explain_funding_and_net(
    old: SavedProposal | None,
    new: SavedProposal | None,
    ready: tuple[bool, bool],
    states: tuple[SavedCosts, SavedCosts],
) -> tuple[Cause, ...]:
    """List the causes of the changes in co-funding and net cost; a draft that becomes ready counts in full."""
    first = None if ready == (False, True) else old
    second = None if ready == (True, False) else new
    if first is not None and second is not None:
        net = explain_net(first, second, *states) if first.is_known and second.is_known else ()
        return (*explain_funding(first, second), *explain_fctva(first, second, *states), *net)
    known = first or second
    assert known is not None, "a pair of nothing"
    blank = known.model_copy(update={"funding": ()})
    return tuple(explain_funding(first or blank, second or blank))


def _kind(old: SavedProposal | None, new: SavedProposal | None) -> ChangeKind:
    if old is None:
        return "new"
    if new is None:
        return "removed"
    if old.is_ready != new.is_ready:
        return "became-ready" if new.is_ready else "became-draft"
    return "renamed" if (old.id, old.domain, old.title) != (new.id, new.domain, new.title) else "changed"


def _sort_key(change: ProposalChange) -> tuple[bool, Decimal, str]:
    """Order by unknown changes first, then by size, then by id."""
    total = change.total
    return (total is not None, -abs(total or Decimal(0)), change.id)
