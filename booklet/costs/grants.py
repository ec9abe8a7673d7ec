"""A financing plan → the money of each of its lines, in all and by budget year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from booklet.money.euros import ZERO, Euros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import Funding, Proposal, Section

#: one amount for each budget year
Amounts = tuple[Euros, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """The money of one line of the financing plan, in all and by budget year."""

    index: int
    funding: Funding
    total: Euros
    by_year: Amounts
    is_of_state: bool = False

    @property
    def is_debt(self) -> bool:
        """Whether the money has to be paid back: a loan is part of the owner's own share."""
        return self.funding.form == "loan"


def list_grants(
    proposal: Proposal, section: Section, base: Amounts, years: tuple[int, ...], edition: Edition
) -> Iterator[Grant]:
    """List the lines of a plan that come to an amount; a share is one of `base`, or of the eligible expense."""
    gross = total(base)
    for index, funding in enumerate(proposal.funding):
        if funding.section != section:
            continue
        if funding.amount is not None:
            given = funding.amount
        elif funding.share is not None:
            given = (gross if funding.eligible is None else funding.eligible) * funding.share
        else:
            continue
        funder = edition.organisations.get(funding.funder or "")
        is_of_state = funding.form == "grant" and funder is not None and funder.kind == "etat"
        by_year = spread_funding(funding, given, base, gross, years)
        yield Grant(index, funding, given, by_year, is_of_state)


def spread_funding(
    funding: Funding, given: Euros, base: Amounts, gross: Euros, years: tuple[int, ...]
) -> Amounts:
    """Allocate a funder's money to the budget years: to one year, by shares, or in proportion to the cost."""
    if isinstance(funding.year, int):
        return tuple(given if year == funding.year else ZERO for year in years)
    if funding.year is not None:
        shares = funding.year
        return tuple(given * shares.get(year, Decimal(0)) for year in years)
    if not gross:
        return tuple(ZERO for _ in years)
    part = given.value / gross.value
    return tuple(Euros(amount.value * part) if amount else ZERO for amount in base)


def fctva_part(grants: Iterable[Grant], base: Amounts | None) -> Fraction:
    """Compute the part of a cost with VAT that is left once the State's grants on it are taken off; never below 0."""
    whole, given = total(base or ()), total(grant.total for grant in grants if grant.is_of_state)
    return max(1 - given.value / whole.value, Fraction(0)) if whole else Fraction(1)


def total(amounts: Iterable[Euros]) -> Euros:
    """Add amounts exactly."""
    return reduce(Euros.__add__, amounts, ZERO)
