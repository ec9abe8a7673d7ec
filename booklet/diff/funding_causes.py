"""A pair of proposals → the causes of the change in co-funding, over the six years.

Each line of a financing plan is compared alone. For a share of the cost, `follows-cost` is the old share of the change
in cost; the rest of the change is due to the plan: share, amount, eligible expense, form. Loans are not counted, since
they are repaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.diagnostics.message import Message, say
from booklet.diff.causes import Cause
from booklet.diff.matching import match_funding
from booklet.money.euros import CENT, Euros, write_plain

if TYPE_CHECKING:
    from booklet.diff.snapshot import SavedFunding, SavedProposal


def explain_funding(before: SavedProposal, after: SavedProposal) -> Iterable[Cause]:
    """List the causes of the change in co-funding; their amounts add up to it."""
    for old, new in match_funding(before.funding, after.funding):
        if old is None and new is not None:
            yield Cause("new-funding", "funding", new.funder or "?", None, _terms(new), whole=new.given)
        elif new is None and old is not None:
            yield Cause("removed-funding", "funding", old.funder or "?", _terms(old), None, whole=-old.given)
        elif old is not None and new is not None:
            moved = new.given - old.given if old.owner != new.owner else Decimal(0)
            if old.owner != new.owner:
                subject = new.funder or "?"
                yield Cause("owner", "funding", subject, old.owner, new.owner, whole=moved)
            yield from _changes(old, new, before, after, moved)


def _changes(  # noqa: C901 (one branch a cause)
    old: SavedFunding, new: SavedFunding, before: SavedProposal, after: SavedProposal, moved: Decimal
) -> Iterable[Cause]:
    """List the causes of what `moved`, which another owner explains, leaves of the change."""
    subject = new.funder or "?"
    rest = new.given - old.given - moved
    same_kind = old.form == new.form != "loan" and old.section == new.section
    if rest and old.share is not None and same_kind and old.eligible is None and new.eligible is None:
        bases = [proposal.base.get(new.section) if new.section else None for proposal in (before, after)]
        if new.share == old.share:
            followed = rest
        elif bases[0] is not None and bases[1] is not None:
            followed = _cents(Fraction(old.share) * Fraction(bases[1] - bases[0]))
        else:
            followed = Decimal(0)
        if followed:
            yield Cause("follows-cost", "funding", subject, whole=followed)
            rest -= followed
    if old.section != new.section:
        yield Cause("section", "funding", subject, old.section, new.section, whole=rest)
        rest = Decimal(0)
    if old.form != new.form:
        yield Cause("form", "funding", subject, old.form, new.form, whole=rest)
        rest = Decimal(0)
    if old.share != new.share:
        yield Cause("share", "funding", subject, _size(old), _size(new), whole=rest)
        rest = Decimal(0)
    elif old.amount != new.amount or (rest and old.eligible == new.eligible):
        yield Cause("amount", "funding", subject, _size(old), _size(new), whole=rest)
        rest = Decimal(0)
    if old.status != new.status:
        yield Cause("status", "funding", subject, old.status, new.status)
    if old.eligible != new.eligible:
        yield Cause("eligible", "funding", subject, _euros(old.eligible), _euros(new.eligible), whole=rest)
    if old.year != new.year:
        yield Cause("payment", "funding", subject, _payment(old), _payment(new))


def co_funding(proposal: SavedProposal) -> Decimal:
    """The sum of co-funding, without loans."""
    return sum((line.given for line in proposal.funding if line.section in SECTIONS), Decimal(0))


def is_co_funding_known(proposal: SavedProposal) -> bool:
    """Whether the amount of every grant is known."""
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
