"""Two states of the programme → their difference, with the causes of each change.

    read_costs(JSON) ─┐
                      ├─ compare ─▶ Difference ─▶ table, markdown, json
    read_costs(JSON) ─┘

A draft that becomes ready enters the totals with all its cost; drafts are listed apart.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from booklet.diff.balance_causes import explain_balance
from booklet.diff.cause import Cause, SectionYear, subtract_cells
from booklet.diff.causes import NoDetail, explain_lines, round_causes
from booklet.diff.change import ChangeKind, ProposalChange, count, printed_cells
from booklet.diff.difference import Difference
from booklet.diff.funding_causes import explain_funding
from booklet.diff.matching import Pair, Room, match_lines, match_proposals
from booklet.diff.net import explain_net
from booklet.diff.snapshot import SavedCosts, SavedLine, SavedProposal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from booklet.diff.causes import Sources

States = tuple[SavedCosts, SavedCosts]


def compare(before: SavedCosts, after: SavedCosts) -> Difference:
    """Find what changed between two states, and why."""
    unread = {*before.unread, *after.unread}
    before, after = _without(before, unread), _without(after, unread)
    room = Room()
    changes: list[ProposalChange] = []
    drafts: list[ProposalChange] = []
    unchanged = 0
    unknown = []
    #: nothing but its own lines can change a proposal
    alike = _frame(before) == _frame(after)
    for old, new in match_proposals(before.proposals, after.proposals, room):
        ready = (old is not None and old.is_ready, new is not None and new.is_ready)
        kind = _kind(old, new)
        is_same = alike and old == new
        causes = () if is_same else _explain(kind, *count(kind, old, new), (before, after), room)
        change = ProposalChange(kind, old, new, _drop_duplicates(causes))
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


def _explain(
    kind: ChangeKind, old: SavedProposal | None, new: SavedProposal | None, states: States, room: Room
) -> tuple[Cause, ...]:
    """List the causes of the changes in all figures; None where a state does not count the proposal."""
    one = new or old
    assert one is not None, "a pair of nothing"
    lines = [() if state is None else state.lines for state in (old, new)]
    pairs = None if lines[0] is None or lines[1] is None else match_lines(lines[0], lines[1], room)
    sources = (states[0].sources, states[1].sources)
    causes: list[Cause] = []
    if old is not None and new is not None and old.is_known != new.is_known:
        causes.append(Cause("became-known" if new.is_known else "became-unknown", "cost", one.name))
    elif all(state is None or state.is_known for state in (old, new)):
        causes += _explain_costs(one.name, (printed_cells(old), printed_cells(new)), sources, pairs)
    causes += explain_balance(old, new, sources, pairs or (), room)
    causes += explain_funding(old, new)
    causes += explain_net(old, new, states, pairs)
    return tuple(causes if kind not in ("became-ready", "became-draft") else _gather(kind, one.name, causes))


def _explain_costs(
    name: str,
    cells: tuple[Mapping[SectionYear, Decimal], Mapping[SectionYear, Decimal]],
    sources: Sources,
    pairs: Sequence[Pair[SavedLine]] | None,
) -> tuple[Cause, ...]:
    with suppress(NoDetail):
        causes = round_causes(*explain_lines(pairs, sources), "cost", cells) if pairs is not None else None
        if causes is not None:
            return causes
    left = subtract_cells(cells[1], cells[0])
    return (Cause("no-detail", "cost", name, amounts=left),) if left else ()


def _gather(
    kind: Literal["became-ready", "became-draft"], name: str, causes: Iterable[Cause]
) -> Iterator[Cause]:
    """One cause for each figure of a draft that is counted, or is no more; each funder is told as before."""
    for measure, group in groupby((Cause(kind, "cost", name), *causes), lambda cause: cause.measure):
        found = tuple(group)
        if measure == "funding":
            yield from found
            continue
        amounts: dict[SectionYear, Decimal] = {}
        for cause in found:
            for cell, amount in cause.amounts.items():
                amounts[cell] = amounts.get(cell, Decimal(0)) + amount
        whole = sum((cause.whole for cause in found), Decimal(0))
        is_unknown = any(cause.is_unknown for cause in found)
        subject = "FCTVA" if measure == "fctva" else name
        yield Cause(kind, measure, subject, amounts=amounts, whole=whole, is_unknown=is_unknown)


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
