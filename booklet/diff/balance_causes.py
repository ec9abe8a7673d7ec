"""A pair of proposals → the causes of what changes beside the net cost: savings, lost revenue, interest and the like.

None of these amounts is in the cost or in the net cost.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.words import REFERENCE_CLASS_NAMES
from booklet.diagnostics.message import Message, say
from booklet.diff.causes import Cause, CauseMeasure, NoDetail, explain_lines, round_causes
from booklet.diff.line_words import fold, write_percent
from booklet.diff.matching import match_funding, match_lines
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.diff.causes import CauseKey
    from booklet.diff.snapshot import SavedLine, SavedLoan, SavedProposal, SavedSource

_Lines = tuple["SavedLine", ...]


def explain_balance(
    old: SavedProposal | None,
    new: SavedProposal | None,
    sources: tuple[Mapping[str, SavedSource], Mapping[str, SavedSource]],
) -> Iterator[Cause]:
    """List the causes of the changes in revenues, savings and lost revenue, payments outside the term and interest."""
    groups: tuple[tuple[CauseMeasure, _Lines, _Lines], ...] = (
        ("revenue", old.revenues if old else (), new.revenues if new else ()),
        ("saving", old.savings_lines if old else (), new.savings_lines if new else ()),
        ("lost-revenue", old.lost_revenue_lines if old else (), new.lost_revenue_lines if new else ()),
    )
    for measure, before, after in groups:
        try:
            steps, level = explain_lines(before, after, sources)
        except NoDetail:
            continue
        yield from round_causes(steps, level, measure) or ()
    yield from _explain_outside(old, new)
    if old is not None and new is not None:
        yield from _explain_loans(old, new)
        yield from _explain_uplift(old, new)


def _explain_outside(old: SavedProposal | None, new: SavedProposal | None) -> Iterator[Cause]:
    """List the payments before and after the term that changed, as typed."""
    lines = tuple((state.lines if state else None) or () for state in (old, new))
    keys: tuple[CauseKey, ...] = ("paid-before", "paid-after")
    for a, b in match_lines(*lines):
        label = fold((b or a).label) if b or a else ""  # type: ignore[union-attr]
        for key in keys:
            amounts = [getattr(one, key.replace("-", "_"), None) for one in (a, b)]
            if amounts[0] != amounts[1]:
                before, after = (None if amount is None else Euros.of(amount) for amount in amounts)
                change = (amounts[1] or Decimal(0)) - (amounts[0] or Decimal(0))
                yield Cause(key, "outside-term", label or "?", before, after, whole=change)


def _explain_loans(old: SavedProposal, new: SavedProposal) -> Iterator[Cause]:
    """List the loans whose terms changed, and what all changes do to the interest, those after the term too."""
    loans = ([one for one in state.funding if one.form == "loan"] for state in (old, new))
    rest = None if old.interest is None or new.interest is None else new.interest - old.interest
    changed = [
        (b or a, a.loan if a else None, b.loan if b else None)
        for a, b in match_funding(*map(tuple, loans))
        if (a.loan if a else None) != (b.loan if b else None)
    ]
    for index, (funding, before, after) in enumerate(changed):
        # of several loans the last tells what they all do: the interest of each is not saved
        whole = (rest or Decimal(0)) if index == len(changed) - 1 else Decimal(0)
        subject = funding.funder if funding and funding.funder else "?"
        is_unknown = rest is None and old.interest != new.interest
        yield Cause(
            "loan", "interest", subject, _terms(before), _terms(after), whole=whole, is_unknown=is_unknown
        )
    if rest and not changed:
        yield Cause("follows-loan", "interest", new.name, whole=rest)


def _explain_uplift(old: SavedProposal, new: SavedProposal) -> Iterator[Cause]:
    """Say what another reference class, its bound or the cost adds beside the cost."""
    if old.uplift != new.uplift:
        added = [state.uplift.added if state.uplift else Decimal(0) for state in (old, new)]
        before, after = (
            REFERENCE_CLASS_NAMES.get(state.uplift.reference_class) if state.uplift else None
            for state in (old, new)
        )
        values = (before, after) if before != after else (None, None)
        yield Cause("reference-class", "uplift", new.name, *values, whole=added[1] - added[0])


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
