"""Gross cost → what the owner pays: VAT, FCTVA, co-funders by status, own share, by budget year.

HT → VAT → TTC → VAT that comes back (deduction, FCTVA) → co-funders → own share. Central estimates, investment and
operation apart. Nothing that is not known is counted as 0: where the FCTVA's lag or a line's VAT regime is not known,
the net by year is None, and `unknown` says why.

FCTVA: a flat rate of the TTC price of eligible spending, paid by the State after a lag (CGCT art. L1615-6). It is not
a funder: own share and ceilings are computed on the gross cost (`funding_base`), FORMAT "Rules of time and money".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from typing import Literal

from booklet.costing import Costing, LineCost
from booklet.diagnostic import Message, say
from booklet.euros import ZERO, Euros
from booklet.model import Edition, Funding, Organisation, Proposal, Section

Status = Literal["acquis", "notifie", "sollicite", "espere"]
STATUSES: tuple[Status, ...] = ("acquis", "notifie", "sollicite", "espere")
Amounts = tuple[Euros, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """Hold what one line of the financing plan pays, in all and by budget year; None while it cannot be computed."""

    index: int
    funding: Funding
    total: Euros
    by_year: Amounts

    @property
    def is_debt(self) -> bool:
        """Tell whether the money has to be paid back: a loan is the owner's own share."""
        return self.funding.form == "loan"


@dataclass(frozen=True)
class Financing:
    """Hold the whole chain of one section of a proposal, by budget year, central estimates."""

    section: Section
    years: tuple[int, ...]
    ht: Amounts
    #: None while a VAT rate is not known
    vat: Amounts | None
    #: VAT that the owner deducts because the activity is subject to VAT (`vat_regime: assujetti`)
    deducted_vat: Amounts
    #: FCTVA received in each year; None while a regime or the owner's lag is not known
    fctva: Amounts | None
    #: FCTVA of the six years' spending that is paid after them
    fctva_after_term: Euros
    #: FCTVA of the six years' spending, whenever it is paid; None while a regime is not known
    fctva_total: Euros | None
    grants: tuple[Grant, ...]
    #: what `funding_base` says: shares and own share are computed on this
    base: Amounts | None
    unknown: tuple[Message, ...]

    @property
    def ttc(self) -> Amounts | None:
        """Add VAT to the price without it."""
        return None if self.vat is None else _add(self.ht, self.vat)

    @cached_property
    def co_funded(self) -> Amounts:
        """Add what others give, by year; loans are the owner's."""
        return _sum((grant.by_year for grant in self.grants if not grant.is_debt), len(self.years))

    @cached_property
    def own_share(self) -> Amounts | None:
        """Give what is left to the owner by year, on the funding base; loans included, FCTVA not taken off."""
        return None if self.base is None else _subtract(self.base, self.co_funded)

    @cached_property
    def net(self) -> Amounts | None:
        """Give what the owner pays in the end by year: TTC less deducted VAT, FCTVA received and co-funders."""
        if self.ttc is None or self.fctva is None:
            return None
        returned = _add(_add(self.deducted_vat, self.fctva), self.co_funded)
        return _subtract(self.ttc, returned)

    @cached_property
    def gross(self) -> Euros | None:
        """Add the six years of what shares are computed on."""
        return None if self.base is None else total(self.base)

    def by_status(self, status: Status) -> Euros:
        """Add what funders of one status give in the six years, loans left out."""
        return total(
            grant.total for grant in self.grants if grant.funding.status == status and not grant.is_debt
        )


#: the chains of a portfolio, by proposal and section
Financings = Mapping[tuple[str, Section], Financing | None]


def finance(
    proposal: Proposal,
    costing: Costing,
    edition: Edition,
    section: Section,
    fctva_rate: Mapping[int, Decimal | None],
) -> Financing | None:
    """Follow one section of a proposal from its gross cost to its net cost; None while a line is not costed.

    `fctva_rate` gives the rate of the law at each budget year, None where it is not known.
    """
    if not costing.is_complete:
        return None
    years = costing.years
    lines = [cost for cost in costing.lines if cost.section == section]
    owner = edition.organisations.get(proposal.owner or "")
    ht = _sum((_central(cost) for cost in lines), len(years))
    vat_by_line = [_vat(cost) for cost in lines]
    known = [amounts for amounts in vat_by_line if amounts is not None]
    vat = _sum(known, len(years)) if len(known) == len(lines) else None
    unknown: list[Message] = [] if vat is not None else [say("a VAT rate is not known")]
    refund = _fctva(lines, owner, years, fctva_rate, unknown)
    base = ht if edition.funding_base != "ttc" else None if vat is None else _add(ht, vat)
    grants = [] if base is None else _grants(proposal, section, base, years)
    deducted = _sum(
        (
            amounts
            for cost, amounts in zip(lines, vat_by_line, strict=True)
            if amounts is not None and cost.line.vat_regime == "assujetti"
        ),
        len(years),
    )
    return Financing(section, years, ht, vat, deducted, *refund, tuple(grants), base, tuple(unknown))


def _fctva(
    lines: Iterable[LineCost],
    owner: Organisation | None,
    years: tuple[int, ...],
    rate_by_year: Mapping[int, Decimal | None],
    unknown: list[Message],
) -> tuple[Amounts | None, Euros, Euros | None]:
    """Give the FCTVA received by year, after the term, and in all."""
    received = [ZERO] * len(years)
    after, whole = ZERO, ZERO
    lag = owner.fctva_lag if owner else None
    for cost in lines:
        regime = cost.line.vat_regime
        if regime is None and cost.line.vat_rate != 0:
            unknown.append(say("the VAT regime of `{label}` is not known", label=cost.line.label or ""))
            return None, ZERO, None
        if regime != "fctva":
            continue
        if cost.ttc is None:
            unknown.append(say("the VAT rate of `{label}` is not known", label=cost.line.label or ""))
            return None, ZERO, None
        for index, (year, amount) in enumerate(zip(years, cost.ttc, strict=True)):
            if not amount.central:
                continue
            rate = rate_by_year.get(year)
            if rate is None:
                unknown.append(say("the FCTVA rate of {year} is not known", year=year))
                return None, ZERO, None
            refund = amount.central * Fraction(rate)
            whole += refund
            if lag is not None and index + lag < len(years):
                received[index + lag] += refund
            else:
                after += refund
    if whole and lag is None:
        unknown.append(say("when the FCTVA is paid is not known: the owner has no `fctva_lag`"))
        return None, ZERO, whole
    return tuple(received), after, whole


def _grants(proposal: Proposal, section: Section, base: Amounts, years: tuple[int, ...]) -> list[Grant]:
    gross = total(base)
    grants = []
    for index, funding in enumerate(proposal.funding):
        if funding.section != section:
            continue
        if funding.amount is not None:
            given = funding.amount
        elif funding.share is not None:
            given = gross * funding.share
        else:
            continue
        grants.append(Grant(index, funding, given, spread_funding(funding, given, base, gross, years)))
    return grants


def spread_funding(
    funding: Funding, given: Euros, base: Amounts, gross: Euros, years: tuple[int, ...]
) -> Amounts:
    """Lay a funder's money over the budget years: in one year, by shares, or as the cost goes."""
    if isinstance(funding.year, int):
        return tuple(given if year == funding.year else ZERO for year in years)
    if funding.year is not None:
        shares = funding.year
        return tuple(given * shares.get(year, Decimal(0)) for year in years)
    if not gross:
        return tuple(ZERO for _ in years)
    part = given.value / gross.value
    return tuple(Euros(amount.value * part) if amount else ZERO for amount in base)


# --- what an amount means --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PresentValue:
    """Hold what amounts of several years are worth in one year, with the rate, which is always printed beside it."""

    amount: Euros
    rate: Decimal
    #: the year whose euros are not discounted
    year: int


def present_value(amount_by_year: Mapping[int, Euros], rate: Decimal, year: int) -> PresentValue:
    """Discount the amounts of later years to one year: amount / (1 + rate) ^ years, exactly.

    The rate is `discount.rate` of the law: 3.2 % halves a euro in 22 years. Never mixed with amounts as they are.
    """
    factor = 1 + Fraction(rate)
    worth = total(amount * factor ** (year - when) for when, amount in amount_by_year.items())
    return PresentValue(worth, rate, year)


def per_inhabitant(amount: Euros, proposal: Proposal, edition: Edition) -> Euros | None:
    """Divide among the inhabitants: the owner's population, else the territory's; None where neither is known."""
    owner = edition.organisations.get(proposal.owner or "")
    territory = edition.territory.population if edition.territory else None
    population = (owner.population if owner else None) or territory
    return amount * Fraction(1, population) if population else None


def per_beneficiary(amount: Euros, proposal: Proposal) -> Euros | None:
    """Divide among those who benefit; None where their number is not known."""
    number = proposal.beneficiaries.number if proposal.beneficiaries else None
    return amount * Fraction(1, number) if number else None


def per_tonne(amount: Euros, proposal: Proposal, years: tuple[int, ...]) -> Euros | None:
    """Divide by the tonnes of CO₂e avoided in the term: tonnes per year × years in the term; None where none are."""
    carbon = proposal.carbon
    if carbon is None or carbon.tonnes_per_year is None or carbon.start is None:
        return None
    tonnes = Fraction(carbon.tonnes_per_year) * sum(1 for year in years if year >= carbon.start)
    return amount * (1 / tonnes) if tonnes > 0 else None


def total(amounts: Iterable[Euros]) -> Euros:
    """Add amounts exactly."""
    return reduce(Euros.__add__, amounts, ZERO)


def _central(cost: LineCost) -> Amounts:
    return tuple(amount.central for amount in cost.ht)


def _vat(cost: LineCost) -> Amounts | None:
    return None if cost.ttc is None else _subtract(tuple(a.central for a in cost.ttc), _central(cost))


def _sum(rows: Iterable[Amounts], length: int) -> Amounts:
    return reduce(_add, rows, (ZERO,) * length)


def _add(one: Amounts, other: Amounts) -> Amounts:
    # most years of most lines are empty, and adding fractions is what checking thousands of proposals waits for
    return tuple(a + b if a and b else a or b for a, b in zip(one, other, strict=True))


def _subtract(one: Amounts, other: Amounts) -> Amounts:
    return tuple(a - b if b else a for a, b in zip(one, other, strict=True))
