"""A pair of proposals → why others give more or less.

Each line of a financing plan is taken alone. Where it is a share of the cost, the part of its change that the cost
explains is `follows-cost`: the old share of the new cost, less the old share of the old one. What is left is the
plan's own: share, amount, form. Loans have to be paid back, so they count for nothing. By section, over six years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.diagnostics.message import Message, say
from booklet.diff.causes import Effect, write_plain
from booklet.diff.matching import match_funding
from booklet.money.euros import CENT, Euros

if TYPE_CHECKING:
    from booklet.diff.snapshot import SavedFunding, SavedProposal

_NOTHING = Decimal(0)


def explain_funding(before: SavedProposal, after: SavedProposal) -> Iterable[Effect]:
    """List the causes for which others give more or less; their sum is the change of what they give."""
    for old, new in match_funding(before.funding, after.funding):
        if old is None and new is not None:
            yield Effect("new-funding", "funding", new.funder or "?", None, _terms(new), whole=new.given)
        elif new is None and old is not None:
            yield Effect("removed-funding", "funding", old.funder or "?", _terms(old), None, whole=-old.given)
        elif old is not None and new is not None:
            yield from _changes(old, new, before, after)


def _changes(
    old: SavedFunding, new: SavedFunding, before: SavedProposal, after: SavedProposal
) -> Iterable[Effect]:
    subject = new.funder or "?"
    rest = new.given - old.given
    if rest and old.share is not None and old.form == new.form != "loan" and old.section == new.section:
        bases = [proposal.base.get(new.section) if new.section else None for proposal in (before, after)]
        if new.share == old.share:
            followed = rest
        elif bases[0] is not None and bases[1] is not None:
            followed = _cents(Fraction(old.share) * Fraction(bases[1] - bases[0]))
        else:
            followed = _NOTHING
        if followed:
            yield Effect("follows-cost", "funding", subject, whole=followed)
            rest -= followed
    if old.section != new.section:
        yield Effect("section", "funding", subject, old.section, new.section, whole=rest)
        rest = _NOTHING
    if old.form != new.form:
        yield Effect("form", "funding", subject, old.form, new.form, whole=rest)
        rest = _NOTHING
    if (old.share is None) != (new.share is None) or old.share != new.share:
        yield Effect("share", "funding", subject, _size(old), _size(new), whole=rest)
    elif old.amount != new.amount or rest:
        yield Effect("amount", "funding", subject, _size(old), _size(new), whole=rest)
    if old.status != new.status:
        yield Effect("status", "funding", subject, old.status, new.status)
    if old.eligible != new.eligible:
        yield Effect("eligible", "funding", subject, _euros(old.eligible), _euros(new.eligible))
    if old.year != new.year:
        yield Effect("payment", "funding", subject, _payment(old), _payment(new))


def given(proposal: SavedProposal) -> Decimal:
    """Add what others give, loans left out."""
    return sum((line.given for line in proposal.funding if line.section in SECTIONS), _NOTHING)


def is_given_known(proposal: SavedProposal) -> bool:
    """Tell whether the amount of every grant is known."""
    return all(line.computed is not None or line.form == "loan" for line in proposal.funding)


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


def _cents(amount: Fraction) -> Decimal:
    return Euros(amount).rounded(CENT)
