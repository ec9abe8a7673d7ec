"""A pair of proposals → the causes of what changes beside the net cost: savings, lost revenue, interest and the like.

None of these amounts is in the cost or in the net cost. A proposal that one state does not count is None there.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.words import REFERENCE_CLASS_NAMES
from booklet.diagnostics.message import Message, say
from booklet.diff.cause import Cause
from booklet.diff.causes import NoDetail, explain_lines, round_causes
from booklet.diff.line_words import one_line, write_percent
from booklet.diff.matching import match_funding, match_lines
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.diff.cause import CauseKey, CauseMeasure
    from booklet.diff.causes import Sources
    from booklet.diff.matching import Pair, Room
    from booklet.diff.snapshot import SavedLine, SavedLoan, SavedProposal

#: the measure of each group of lines beside the costs
_GROUPS: dict[str, CauseMeasure] = {
    "revenues": "revenue",
    "savings_lines": "saving",
    "lost_revenue_lines": "lost-revenue",
}


def explain_balance(
    old: SavedProposal | None,
    new: SavedProposal | None,
    sources: Sources,
    pairs: Iterable[Pair[SavedLine]],
    room: Room,
) -> Iterator[Cause]:
    """List the causes of the changes in revenues, savings and lost revenue, payments outside the term and interest."""
    for group, measure in _GROUPS.items():
        before, after = (getattr(state, group) if state else () for state in (old, new))
        try:
            steps, level = explain_lines(match_lines(before, after, room), sources)
        except NoDetail:
            continue
        yield from round_causes(steps, level, measure) or ()
    yield from _explain_outside(pairs)
    yield from _explain_loans(old, new)
    yield from _explain_uplift(old, new)


def _explain_outside(pairs: Iterable[Pair[SavedLine]]) -> Iterator[Cause]:
    """List the payments before and after the term that changed, as typed."""
    keys: tuple[CauseKey, ...] = ("paid-before", "paid-after")
    for pair in pairs:
        label = one_line(next(line.label for line in reversed(pair) if line))
        for key in keys:
            before, after = (getattr(line, key.replace("-", "_"), None) for line in pair)
            if before != after:
                was, now = (None if amount is None else Euros.of(amount) for amount in (before, after))
                change = (after or Decimal(0)) - (before or Decimal(0))
                yield Cause(key, "outside-term", label or "?", was, now, whole=change)


def _explain_loans(old: SavedProposal | None, new: SavedProposal | None) -> Iterator[Cause]:
    """List the loans whose terms changed, and what all changes do to the interest, those after the term too."""
    loans = (
        tuple(one for one in state.funding if one.form == "loan") if state else () for state in (old, new)
    )
    known = [state.interest if state else Decimal(0) for state in (old, new)]
    rest = None if known[0] is None or known[1] is None else known[1] - known[0]
    changed = [
        (b or a, a.loan if a else None, b.loan if b else None)
        for a, b in match_funding(*loans)
        if (a.loan if a else None) != (b.loan if b else None)
    ]
    for index, (funding, before, after) in enumerate(changed):
        # of several loans the last tells what they all do: the interest of each is not saved
        whole = (rest or Decimal(0)) if index == len(changed) - 1 else Decimal(0)
        subject = funding.funder if funding and funding.funder else "?"
        is_unknown = rest is None and known[0] != known[1]
        yield Cause(
            "loan", "interest", subject, _terms(before), _terms(after), whole=whole, is_unknown=is_unknown
        )
    if rest and not changed:
        name = next(state.name for state in (new, old) if state)
        yield Cause("follows-loan", "interest", name, whole=rest)


def _explain_uplift(old: SavedProposal | None, new: SavedProposal | None) -> Iterator[Cause]:
    """Say what another reference class, its bound or the cost adds beside the cost."""
    before, after = (state.uplift if state else None for state in (old, new))
    if before != after:
        added = (after.added if after else 0) - (before.added if before else Decimal(0))
        was, now = (
            REFERENCE_CLASS_NAMES.get(one.reference_class) if one else None for one in (before, after)
        )
        if was == now:
            was = now = None
        name = next(state.name for state in (new, old) if state)
        yield Cause("reference-class", "uplift", name, was, now, whole=added)


def _terms(loan: SavedLoan | None) -> Message | None:
    if loan is None:
        return None
    return say(
        "{rate} over {years} years, {instalments} a year, {repayment}, {drawn}",
        rate=write_percent(loan.rate) or "?",
        years=loan.years,
        instalments=loan.instalments,
        repayment=loan.repayment or "?",
        drawn=loan.drawn or "?",
    )
