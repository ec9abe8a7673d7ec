"""Gross cost → what the owner pays: VAT, FCTVA, co-funders by status, own share, revenues, net cost, by budget year.

The arithmetic is that of `booklet.costs.figures.net`, central estimates, investment and operation apart. Nothing that
is not known is counted as 0: without the owner's lag the net by year is None and the whole is known; without a VAT
regime, a rate or a revenue, neither is. `unknown` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from booklet.content.model.proposal import Funding, FundingStatus, Proposal, Section
from booklet.costs.costing import Costing, part_of
from booklet.costs.figures import balance, costs, net
from booklet.costs.figures.costs import CENTRAL
from booklet.costs.figures.exact import Exact
from booklet.costs.figures.net import (
    NO_FCTVA_RATE,
    NO_LAG_OF_YEAR,
    NO_RATE_OF_LINE,
    NO_REGIME,
    GrantInputs,
    Plan,
    PlanInputs,
)
from booklet.costs.figures.number import Rates, known, reasons
from booklet.money.amounts import Amounts, total

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition, Organisation
    from booklet.diagnostics.message import Message
    from booklet.law.lookup import Fctva
    from booklet.money.euros import Euros

#: reasons why a net cost is not known that name a line or a year: a saved state has them in English
UNKNOWN_REASONS = (NO_REGIME, NO_RATE_OF_LINE, NO_FCTVA_RATE, NO_LAG_OF_YEAR)


@dataclass(frozen=True, slots=True)
class Cells:
    """One step of the chain in cents, as files write it: by year, after the term, and the sum of both."""

    #: None, like `after_term`, while the year of payment is not known
    by_year: tuple[Decimal, ...] | None
    after_term: Decimal | None
    whole: Decimal | None


@dataclass(frozen=True, slots=True)
class Grant:
    """The money of one line of the financing plan, in all and by budget year."""

    index: int
    funding: Funding
    total: Euros
    by_year: Amounts
    is_of_state: bool

    @property
    def is_debt(self) -> bool:
        """Whether the money has to be paid back: a loan is part of the owner's own share."""
        return self.funding.form == "loan"


@dataclass(frozen=True)
class Financing:
    """The chain from gross to net of one section of a proposal, by budget year, central estimates; None: not known."""

    section: Section
    years: tuple[int, ...]
    plan: Plan[Amounts]
    proposal: Proposal
    owner: str | None
    #: the loans that are written, even where one comes to no amount yet
    loans_written: int = 0
    #: the chain of each owner, by id, where a proposal has several
    parts: Mapping[str | None, Financing] = field(default_factory=dict)

    @property
    def funding(self) -> tuple[Funding, ...]:
        """The financing plan of the proposal, as written."""
        return self.proposal.funding

    @property
    def of_owners(self) -> tuple[Financing, ...]:
        """The chain of each owner: this one where there is a single owner."""
        return tuple(self.parts.values()) or (self,)

    @property
    def has_no_line(self) -> bool:
        """Whether it is the part of an owner that pays nothing."""
        return not self.plan.section.lines

    def _figure(self, formula: Callable[[Plan[Amounts]], Amounts]) -> Amounts | None:
        return known(formula, self.plan)

    @property
    def ht(self) -> Amounts:
        """The cost without VAT, by year."""
        return costs.cost_ht(self.plan.section)

    @property
    def vat(self) -> Amounts | None:
        """The VAT on it, by year."""
        return known(costs.vat, self.plan.section)

    @property
    def ttc(self) -> Amounts | None:
        """The cost with VAT, by year."""
        return known(costs.cost_ttc, self.plan.section)

    @property
    def deducted_vat(self) -> Amounts:
        """The VAT that the owner deducts, of the lines whose rate is known."""
        return costs.deducted_vat(self.plan.section)

    @property
    def earned(self) -> Amounts | None:
        """Revenues and savings, HT."""
        return known(costs.earned, self.plan.section)

    @property
    def has_plan(self) -> bool:
        """Whether `funding` is written: an empty list is a plan without funders, nothing is no plan."""
        return self.plan.inputs.is_written

    @property
    def fctva_lags(self) -> tuple[int | None, ...]:
        """The years until its only owner gets the FCTVA of each year's spending."""
        return self.plan.inputs.fctva_lags

    @property
    def fctva_of_spending(self) -> Amounts | None:
        """The FCTVA of each year's spending, whenever it is paid."""
        return self._figure(net.refund)

    @property
    def fctva(self) -> Amounts | None:
        """The FCTVA received in each year."""
        return self._figure(net.received)

    @property
    def fctva_after_term(self) -> Euros | None:
        """The FCTVA of the six years' spending that is received after them."""
        late = self._figure(net.received_late)
        return None if late is None else late.euros

    @property
    def fctva_total(self) -> Euros | None:
        """The FCTVA of the six years' spending, whenever it is received."""
        spent = self.fctva_of_spending
        return None if spent is None else total(spent)

    @property
    def base(self) -> Amounts | None:
        """The cost that shares and own share are computed on: HT or TTC, as the edition's `funding_base` says."""
        return self._figure(net.base)

    @property
    def gross(self) -> Euros | None:
        """The six years' cost on the funding base."""
        gross = self._figure(net.gross)
        return None if gross is None else gross.euros

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """The lines of the plan that come to an amount; none while the base is not known."""
        if self.base is None:
            return ()
        return tuple(
            Grant(
                grant.inputs.index,
                self.funding[grant.inputs.index],
                net.granted(grant).euros,
                net.paid(grant),
                grant.inputs.is_of_state,
            )
            for grant in self.plan.grants
        )

    @property
    def co_funded(self) -> Amounts | None:
        """The sum of the co-funders' money, by year; loans are the owner's."""
        return self._figure(net.co_funded)

    @property
    def own_share(self) -> Amounts | None:
        """The owner's share by year, on the funding base: loans included, FCTVA not taken off."""
        return self._figure(net.own_share)

    @property
    def own_share_total(self) -> Euros | None:
        """The owner's share of the six years."""
        return None if self.own_share is None else total(self.own_share)

    @property
    def net_by_year(self) -> Amounts | None:
        """The owner's payments in each year, not rounded."""
        return self._figure(net.net_exact)

    @cached_property
    def fctva_cells(self) -> Cells:
        """The FCTVA in cents: that of each year's spending is rounded once, then moved to the year of payment."""
        whole, received = self._figure(net.refund_whole), self._figure(net.received_cents)
        late = self._figure(net.late_cents)
        # before the first payment nothing is received, which files write as `0`
        early = min((lag for lag in self.fctva_lags if lag is not None), default=0)
        nothing = (Decimal(0),) * min(early, len(self.years))
        return Cells(
            None if received is None else nothing + received.decimals()[early:],
            None if late is None else late.decimals()[0],
            None if whole is None else whole.decimals()[0],
        )

    @cached_property
    def net_cells(self) -> Cells:
        """The net cost in cents: each cell is computed from the written cells of its steps, not rounded again."""
        whole, by_year = self._figure(net.net), self._figure(net.net_by_year)
        if whole is None:
            return Cells(None, None, None)
        late = self.fctva_cells.after_term
        if by_year is None or late is None:
            return Cells(None, None, whole.decimals()[0])
        return Cells(by_year.decimals(), -late, whole.decimals()[0])

    @cached_property
    def unknown(self) -> tuple[Message, ...]:
        """Why amounts are not known."""
        section, plan = self.plan.section, self.plan
        return (
            *reasons([costs.vat], section),
            *([] if self.has_plan else [net.NO_PLAN]),
            *(
                one
                for one in reasons([net.refund, net.received], plan)
                if one not in (costs.NO_RATE, net.NO_PLAN)
            ),
            *reasons([costs.earned, balance.saved, balance.given_up], section),
        )

    def grants_of(self, status: FundingStatus) -> tuple[Grant, ...]:
        """List the grants of one status, without loans."""
        return tuple(grant for grant in self.grants if grant.funding.status == status and not grant.is_debt)

    def by_status(self, status: FundingStatus) -> Euros:
        """Add the six years' money of the funders of one status, without loans."""
        return total(grant.total for grant in self.grants_of(status))


#: the chains of a portfolio, by id of proposal and section; None where a line is not costed
Financings = Mapping[tuple[str, Section], Financing | None]


def finance(
    proposal: Proposal, costing: Costing, edition: Edition, section: Section, fctva: Fctva
) -> Financing | None:
    """Compute the chain of one section from gross to net cost; None while a line is not costed."""
    if not costing.is_complete:
        return None
    owners = proposal.owners
    if len(owners) == 1:
        return _finance_owner(proposal, costing, edition, section, fctva, proposal.owner)
    parts = {
        owner: _finance_owner(proposal, part_of(costing, proposal, owner), edition, section, fctva, owner)
        for owner in owners
    }
    one = next(iter(parts.values())).plan.inputs
    inputs = replace(one, grants=(), fctva_lags=(None,) * len(costing.years))
    plans = tuple(part.plan for part in parts.values())
    plan = Plan(Exact(costing.years), costing.sections[section][CENTRAL], inputs, plans)
    loans = sum(part.loans_written for part in parts.values())
    return Financing(section, costing.years, plan, proposal, proposal.owner, loans, parts)


def _finance_owner(
    proposal: Proposal, costing: Costing, edition: Edition, section: Section, fctva: Fctva, owner: str | None
) -> Financing:
    """Compute the chain of one owner's costs."""
    organisation = edition.organisations.get(owner or "")
    years = costing.years
    inputs = PlanInputs(
        tuple(_list_grants(proposal, section, years, edition, owner)),
        is_written=proposal.has_plan,
        is_ttc=edition.funding_base == "ttc",
        fctva_lags=lags_of(organisation, years, fctva),
        fctva_rates=_read_rates(fctva),
    )
    plan = Plan(Exact(years), costing.sections[section][CENTRAL], inputs)
    loans = [
        one
        for one in proposal.funding
        if (one.form, one.section, proposal.owner_of(one)) == ("loan", section, owner)
    ]
    return Financing(section, years, plan, proposal, owner, len(loans))


@lru_cache
def _read_rates(fctva: Fctva) -> Mapping[str, Rates]:
    return {nature: Rates.of(rates) for nature, rates in fctva.rates.items()}


def lags_of(
    organisation: Organisation | None, years: tuple[int, ...], fctva: Fctva
) -> tuple[int | None, ...]:
    """The years until an owner gets the FCTVA of each year's spending: its own, else what the law gives its kind."""
    if organisation is None:
        return (None,) * len(years)
    of_kind = fctva.lags.get(organisation.kind or "", (None,) * len(years))
    written = map(organisation.lag_of, years)
    return tuple(known if own is None else own for own, known in zip(written, of_kind, strict=True))


def _list_grants(
    proposal: Proposal, section: Section, years: tuple[int, ...], edition: Edition, owner: str | None
) -> Iterable[GrantInputs]:
    for index, funding in enumerate(proposal.funding):
        if funding.section != section or (funding.amount is None and funding.share is None):
            continue
        if proposal.owner_of(funding) != owner:
            continue
        funder = edition.organisations.get(funding.funder or "")
        when = {funding.paid_in: Decimal(1)} if isinstance(funding.paid_in, int) else funding.paid_in
        yield GrantInputs(
            index,
            None if funding.amount is None else Amounts.one(funding.amount.value),
            None if funding.share is None else Amounts.one(funding.share),
            None if funding.eligible is None else Amounts.one(funding.eligible.value),
            None if when is None else Amounts.of(*(when.get(year, 0) for year in years)),
            is_debt=funding.form == "loan",
            is_of_state=funding.form == "grant" and funder is not None and funder.kind == "etat",
        )
