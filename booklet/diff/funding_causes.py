"""A pair of proposals → the causes of the change in co-funding, over the six years.

Each line of a financing plan is compared alone. For a share of the cost, `follows-cost` is the old share of the change
in cost; the rest of the change is due to the plan: share, amount, eligible expense, form. Loans are not counted, since
they are repaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.diagnostics.message import Message, say
from booklet.diff.cause import Cause
from booklet.diff.matching import match_funding
from booklet.money.euros import Euros, write_plain

if TYPE_CHECKING:
    from booklet.diff.cause import CauseKey, Shown
    from booklet.diff.snapshot import SavedFunding, SavedProposal


def explain_funding(before: SavedProposal | None, after: SavedProposal | None) -> Iterable[Cause]:
    """List the causes of the change in co-funding; their amounts add up to it. None counts nothing."""
    plans = (state.funding if state else () for state in (before, after))
    for old, new in match_funding(*plans):
        if old is not None and new is not None:
            bases = [
                state.base.get(new.section) if state and new.section else None for state in (before, after)
            ]
            yield from _changes(old, new, bases)
        elif new is not None:
            yield Cause("new-funding", "funding", new.funder or "?", None, _terms(new), whole=new.given)
        elif old is not None:
            yield Cause("removed-funding", "funding", old.funder or "?", _terms(old), None, whole=-old.given)


def _changes(old: SavedFunding, new: SavedFunding, bases: Sequence[Decimal | None]) -> Iterable[Cause]:
    """List the causes of one line's change: the first that can explain what is left of it explains all of that."""
    subject, rest = new.funder or "?", new.given - old.given
    if old.owner != new.owner:
        yield Cause("owner", "funding", subject, old.owner, new.owner, whole=rest)
        rest = Decimal(0)
    same_kind = old.form == new.form != "loan" and old.section == new.section
    if rest and old.share is not None and same_kind and old.eligible is None and new.eligible is None:
        followed = rest if new.share == old.share else Decimal(0)
        if new.share != old.share and bases[0] is not None and bases[1] is not None:
            followed = Euros(Fraction(old.share) * Fraction(bases[1] - bases[0])).rounded()
        if followed:
            yield Cause("follows-cost", "funding", subject, whole=followed)
            rest -= followed
    size: CauseKey = "share" if old.share != new.share else "amount"
    resized = old.share != new.share or old.amount != new.amount
    terms: tuple[tuple[CauseKey, Shown, Shown, bool], ...] = (
        ("section", old.section, new.section, old.section != new.section),
        ("form", old.form, new.form, old.form != new.form),
        (size, _size(old), _size(new), resized),
        ("status", old.status, new.status, old.status != new.status),
        ("eligible", _euros(old.eligible), _euros(new.eligible), old.eligible != new.eligible),
        ("payment", _payment(old), _payment(new), old.year != new.year),
    )
    explained = ("section", "form", size, "eligible")
    for key, was, now, differs in terms:
        # what no key explains is told as another amount
        if differs or (key == "amount" and rest and old.eligible == new.eligible):
            yield Cause(key, "funding", subject, was, now, whole=rest if key in explained else Decimal(0))
            rest = Decimal(0) if key in explained else rest


def co_funding(proposal: SavedProposal) -> Decimal | None:
    """The sum of co-funding, without loans; None where the amount of a grant is not known."""
    if any(line.computed is None and line.form != "loan" for line in proposal.funding):
        return None
    return sum((line.given for line in proposal.funding if line.section in SECTIONS), Decimal(0))


def _terms(line: SavedFunding) -> Message | str | Euros | None:
    size = _size(line)
    return (
        size
        if size is None or line.status is None
        else say("{size}, {status}", size=size, status=line.status)
    )


def _size(line: SavedFunding) -> Euros | str | None:
    return f"{write_plain(line.share * 100)} %" if line.share is not None else _euros(line.amount)


def _payment(line: SavedFunding) -> str | None:
    if isinstance(line.year, Mapping):
        return ", ".join(f"{year}: {write_plain(part * 100)} %" for year, part in sorted(line.year.items()))
    return None if line.year is None else str(line.year)


def _euros(amount: Decimal | None) -> Euros | None:
    return None if amount is None else Euros.of(amount)
