"""Gross cost → what the owner pays: VAT, FCTVA, co-funders by status, own share, revenues, net cost, by budget year.

HT → VAT → TTC → VAT that comes back (deduction, FCTVA) → co-funders → revenues → net. Central estimates, investment
and operation apart.

There is one net cost: what is left of the six years' spending, TTC, once the VAT that comes back, the co-funders and
the revenues (HT) are taken off, whenever the FCTVA is paid. By year it is cash: the FCTVA when it is received. What is
received after the six years stands apart (`net_after_term`), so that the years and it add up to the net cost. Nothing
that is not known is counted as 0: without the owner's lag the net by year is None and the whole is known; without a
VAT regime, a rate or a revenue, neither is. `unknown` says why.

FCTVA: a flat rate of the TTC price of eligible spending, paid by the State after a lag (CGCT art. L1615-6). It is not
a funder: own share and ceilings are computed on the gross cost, on the basis that `funding_base` names. It is paid on
VAT that was borne, and not on what grants of the State pay of a cost with VAT (`funding_base: ttc`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from typing import TYPE_CHECKING, TypeVar

from booklet.content.model.proposal import SECTIONS, CostLine, FundingStatus, Proposal, Section
from booklet.costs.grants import Amounts, Grant, fctva_part, list_grants, total
from booklet.diagnostics.message import Message, say
from booklet.money.calendar import Yearly
from booklet.money.euros import NOTHING, ZERO, Euros, Range, sum_cells

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.costing import Costing, LineCost

Kind = TypeVar("Kind", Euros, Decimal)


_NO_REGIME = say("the VAT regime of `{label}` is not known")
_NO_RATE = say("the VAT rate of `{label}` is not known")
_NO_FCTVA_RATE = say("the FCTVA rate of {year} is not known")
#: reasons why a net cost is not known that name a line or a year: a saved state has them in English
UNKNOWN_REASONS = (_NO_REGIME, _NO_RATE, _NO_FCTVA_RATE)


@dataclass(frozen=True, slots=True)
class Cells:
    """One step of the chain in cents, as files write it: by year, after the term, and the sum of both."""

    #: None, like `after_term`, while the year of payment is not known
    by_year: tuple[Decimal, ...] | None
    after_term: Decimal | None
    whole: Decimal | None


@dataclass(frozen=True)
class Financing:
    """The chain from gross to net of one section of a proposal, by budget year, central estimates."""

    section: Section
    years: tuple[int, ...]
    ht: Amounts
    #: None while a VAT rate is not known
    vat: Amounts | None
    #: VAT that the owner deducts because the activity is subject to VAT (`vat_regime: assujetti`)
    deducted_vat: Amounts
    #: FCTVA of each year's spending, whenever it is paid; None while a regime or a rate is not known
    fctva_of_spending: Amounts | None
    #: years until the owner gets the FCTVA; None while that is not known
    fctva_lag: int | None
    #: the part of the eligible spending that the FCTVA is paid on: grants of the State are taken off a cost with VAT
    fctva_part: Fraction
    grants: tuple[Grant, ...]
    #: the cost that shares and own share are computed on: HT or TTC, as the edition's `funding_base` says
    base: Amounts | None
    #: revenues and savings, HT; None while one is not known
    earned: Amounts | None
    #: why amounts are not known
    unknown: tuple[Message, ...]
    #: whether `funding` is written: an empty list is a plan without funders, nothing is no plan
    has_plan: bool = True

    @property
    def ttc(self) -> Amounts | None:
        """The cost with VAT, by year; None while a rate is not known."""
        return None if self.vat is None else _add(self.ht, self.vat)

    @cached_property
    def co_funded(self) -> Amounts | None:
        """The sum of the co-funders' money, by year; loans are the owner's. None while base or plan are not known."""
        if self.base is None or not self.has_plan:
            return None
        return _sum((grant.by_year for grant in self.grants if not grant.is_debt), len(self.years))

    @cached_property
    def own_share(self) -> Amounts | None:
        """The owner's share by year, on the funding base: loans included, FCTVA not taken off."""
        if self.base is None or self.co_funded is None:
            return None
        return _subtract(self.base, self.co_funded)

    @cached_property
    def own_share_total(self) -> Euros | None:
        """The owner's share of the six years."""
        return None if self.own_share is None else total(self.own_share)

    @cached_property
    def fctva(self) -> Amounts | None:
        """The FCTVA received in each year; None while an amount or its year of payment is not known."""
        spent = self.fctva_of_spending
        if spent is None or not any(spent):
            return spent
        return None if self.fctva_lag is None else _shift(spent, self.fctva_lag, ZERO)

    @cached_property
    def fctva_after_term(self) -> Euros | None:
        """The FCTVA of the six years' spending that is received after them."""
        if self.fctva is None or self.fctva_of_spending is None:
            return None
        return total(self.fctva_of_spending) - total(self.fctva)

    @cached_property
    def fctva_total(self) -> Euros | None:
        """The FCTVA of the six years' spending, whenever it is received."""
        return None if self.fctva_of_spending is None else total(self.fctva_of_spending)

    @cached_property
    def net_by_year(self) -> Amounts | None:
        """The owner's payments in each year: TTC less deducted VAT, FCTVA received, co-funders and revenues."""
        if self.ttc is None or self.fctva is None or self.earned is None or self.co_funded is None:
            return None
        returned = _add(_add(_add(self.deducted_vat, self.fctva), self.co_funded), self.earned)
        return _subtract(self.ttc, returned)

    @cached_property
    def net_after_term(self) -> Euros | None:
        """The net cost after the six years: the FCTVA received then, negative; None where `net_by_year` is."""
        if self.net_by_year is None or self.fctva_after_term is None:
            return None
        return ZERO - self.fctva_after_term

    @cached_property
    def net(self) -> Euros | None:
        """The net cost of the six years' spending, in whatever year the FCTVA is received."""
        if self.ttc is None or self.fctva_total is None or self.earned is None or self.co_funded is None:
            return None
        returned = (*self.deducted_vat, self.fctva_total, *self.co_funded, *self.earned)
        return total(self.ttc) - total(returned)

    @cached_property
    def fctva_cells(self) -> Cells:
        """The FCTVA in cents: that of each year's spending is rounded once, then moved to the year of payment."""
        if self.fctva_of_spending is None:
            return Cells(None, None, None)
        spent = _cents(self.fctva_of_spending)
        whole = sum_cells(spent)
        if self.fctva is None:
            return Cells(None, None, whole)
        received = _shift(spent, self.fctva_lag or 0, Decimal(0))
        return Cells(received, whole - sum_cells(received), whole)

    @cached_property
    def net_cells(self) -> Cells:
        """The net cost in cents: each cell is computed from the written cells of its steps, not rounded again."""
        if (
            self.vat is None
            or self.earned is None
            or self.co_funded is None
            or self.fctva_cells.whole is None
        ):
            return Cells(None, None, None)
        paid, taken = (self.ht, self.vat), (self.deducted_vat, self.co_funded, self.earned)
        before_fctva = tuple(
            sum_cells(added) - sum_cells(off)
            for added, off in zip(
                zip(*map(_cents, paid), strict=True), zip(*map(_cents, taken), strict=True), strict=True
            )
        )
        whole = sum_cells(before_fctva) - self.fctva_cells.whole
        if self.fctva_cells.by_year is None or self.fctva_cells.after_term is None:
            return Cells(None, None, whole)
        by_year = tuple(a - b for a, b in zip(before_fctva, self.fctva_cells.by_year, strict=True))
        return Cells(by_year, -self.fctva_cells.after_term, whole)

    @cached_property
    def gross(self) -> Euros | None:
        """The six years' cost on the funding base."""
        return None if self.base is None else total(self.base)

    def grants_of(self, status: FundingStatus) -> tuple[Grant, ...]:
        """List the grants of one status, without loans."""
        return tuple(grant for grant in self.grants if grant.funding.status == status and not grant.is_debt)

    def by_status(self, status: FundingStatus) -> Euros:
        """Add the six years' money of the funders of one status, without loans."""
        return total(grant.total for grant in self.grants_of(status))


#: the chains of a portfolio, by id of proposal and section; None where a line is not costed
Financings = Mapping[tuple[str, Section], Financing | None]


def finance(
    proposal: Proposal,
    costing: Costing,
    edition: Edition,
    section: Section,
    fctva_rate: Mapping[int, Decimal | None],
) -> Financing | None:
    """Compute the chain of one section from gross to net cost; None while a line is not costed.

    `fctva_rate` gives the rate of the law at each budget year, None where it is not known.
    """
    if not costing.is_complete:
        return None
    years = costing.years
    lines = costing.lines_of(section)
    owner = edition.organisations.get(proposal.owner or "")
    ht = _sum((_central(cost) for cost in lines), len(years))
    vat_by_line = [_vat(cost) for cost in lines]
    known = [amounts for amounts in vat_by_line if amounts is not None]
    vat = _sum(known, len(years)) if len(known) == len(lines) else None
    unknown: list[Message] = [] if vat is not None else [say("a VAT rate is not known")]
    if not proposal.has_plan:
        unknown.append(say("who pays is not known: `funding` is not written"))
    with_vat = edition.funding_base == "ttc"
    base = ht if not with_vat else None if vat is None else _add(ht, vat)
    grants = () if base is None else tuple(list_grants(proposal, section, base, years, edition))
    part = fctva_part(grants, base) if with_vat else Fraction(1)
    lag = owner.fctva_lag if owner else None
    refund = _fctva(lines, years, fctva_rate, part, unknown)
    if with_vat and not proposal.has_plan and refund is not None and any(refund):
        refund = None
    if refund is not None and any(refund) and lag is None:
        unknown.append(say("when the FCTVA is paid is not known: the owner has no `fctva_lag`"))
    deducted = _sum(
        (
            amounts
            for cost, amounts in zip(lines, vat_by_line, strict=True)
            if amounts is not None and cost.deducts_vat
        ),
        len(years),
    )
    found = sum_revenues(proposal, costing, (section,))
    if found is None:
        unknown.append(say("a revenue is not known"))
    earned = None if found is None else tuple(amount.central for amount in found[0])
    return Financing(
        section,
        years,
        *(ht, vat, deducted, refund, lag, part),
        *(grants, base, earned, tuple(unknown), proposal.has_plan),
    )


def sum_revenues(
    proposal: Proposal, costing: Costing, sections: Iterable[Section] = SECTIONS
) -> tuple[Yearly, Range] | None:
    """Add the revenues and savings of some sections, by year and in a full year after the term; None if one is unknown.

    HT, whatever the VAT: the VAT collected on a taxed activity goes on to the State, and most other revenues bear
    none. The VAT that a saving spares is left out, which never understates the net cost.
    """
    asked = frozenset(sections)
    known = {cost.index for cost in costing.revenues}
    lines = enumerate(proposal.revenues)
    if any(index not in known and (line.section is None or line.section in asked) for index, line in lines):
        return None
    earning = [cost for cost in costing.revenues if cost.section in asked]
    yearly = reduce(Yearly.__add__, (cost.ht for cost in earning), Yearly.of(costing.years, {}))
    return yearly, reduce(Range.__add__, (cost.after_term_per_year for cost in earning), NOTHING)


def bears_fctva(line: CostLine) -> bool:
    """Check whether a line counts on the FCTVA; it is a refund of VAT, so that none is paid where none was borne."""
    return line.vat_regime == "fctva" and line.vat_rate != 0


def _fctva(
    lines: Iterable[LineCost],
    years: tuple[int, ...],
    rate_by_year: Mapping[int, Decimal | None],
    part: Fraction,
    unknown: list[Message],
) -> Amounts | None:
    """Compute the FCTVA of each year's spending, whenever it is paid; adds to `unknown` the reason where it cannot."""
    refund = [ZERO] * len(years)
    for cost in lines:
        if cost.line.vat_regime is None and cost.line.vat_rate != 0:
            unknown.append(_NO_REGIME.fill(label=cost.line.label or ""))
            return None
        if not bears_fctva(cost.line):
            continue
        if cost.ttc is None:
            unknown.append(_NO_RATE.fill(label=cost.line.label or ""))
            return None
        for index, (year, amount) in enumerate(zip(years, cost.ttc, strict=True)):
            if not amount.central:
                continue
            rate = rate_by_year.get(year)
            if rate is None:
                unknown.append(_NO_FCTVA_RATE.fill(year=year))
                return None
            refund[index] += amount.central * (Fraction(rate) * part)
    return tuple(refund)


def _central(cost: LineCost) -> Amounts:
    return tuple(amount.central for amount in cost.ht)


def _vat(cost: LineCost) -> Amounts | None:
    return None if cost.ttc is None else _subtract(tuple(a.central for a in cost.ttc), _central(cost))


def _sum(rows: Iterable[Amounts], length: int) -> Amounts:
    return reduce(_add, rows, (ZERO,) * length)


def _add(one: Amounts, other: Amounts) -> Amounts:
    # most years of most lines are empty, and adding fractions dominates the time to check thousands of proposals
    return tuple(a + b if a and b else a or b for a, b in zip(one, other, strict=True))


def _shift(amounts: tuple[Kind, ...], lag: int, nothing: Kind) -> tuple[Kind, ...]:
    """Move amounts `lag` years later; those moved past the last year are dropped."""
    return ((nothing,) * min(lag, len(amounts)) + amounts)[: len(amounts)]


def _cents(amounts: Amounts) -> tuple[Decimal, ...]:
    return tuple(amount.rounded() for amount in amounts)


def _subtract(one: Amounts, other: Amounts) -> Amounts:
    return tuple(a - b if b else a for a, b in zip(one, other, strict=True))
