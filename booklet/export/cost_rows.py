"""Portfolio → the rows that the workbook and the data package share: lines, years, funding, with exact amounts.

A row is the finest record of the released files. A file rounds the cells of a row once, half to even, to cents, and
its totals are sums of rounded cells. An unknown amount is None, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from booklet.content.model.proposal import (
    ESTIMATES,
    LINE_GROUPS,
    SECTIONS,
    CostLine,
    Funding,
    LineGroup,
    Section,
)
from booklet.costs.balance import Balance
from booklet.costs.figures.costs import CENTRAL
from booklet.costs.figures.inputs import spread_line
from booklet.costs.figures.net import refund_cents
from booklet.costs.figures.number import known
from booklet.costs.financing import Cells, Financing, Financings
from booklet.money.amounts import Amounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from booklet.content.model.edition import Edition
    from booklet.costs.costing import LineCost
    from booklet.costs.figures.inputs import Spreading
    from booklet.costs.financing import Grant
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.money.euros import Euros

#: the key of the proposal that lists a line
Group = LineGroup
GROUPS: tuple[Group, ...] = LINE_GROUPS
Measure = Literal[
    "cost-low",
    "cost-central",
    "cost-high",
    "revenue-low",
    "revenue-central",
    "revenue-high",
    "vat",
    "deducted-vat",
    "fctva-of-spending",
    "fctva",
    "co-funding",
    "own-share",
    "net",
    "saving-low",
    "saving-central",
    "saving-high",
    "lost-low",
    "lost-central",
    "lost-high",
    "net-after-savings",
    "interest",
    "principal",
    "paid-before",
    "paid-after",
    "ap",
]
#: measures of what most proposals do not have: savings, lost revenue, loans, payments outside the six years; a file
#: names them where one does
RARE_MEASURES = frozenset(get_args(Measure)[get_args(Measure).index("net") + 1 :])
COST_MEASURES: tuple[Measure, ...] = ("cost-low", "cost-central", "cost-high")
REVENUE_MEASURES: tuple[Measure, ...] = ("revenue-low", "revenue-central", "revenue-high")
CHAIN_MEASURES: tuple[Measure, ...] = (
    "vat",
    "deducted-vat",
    "fctva-of-spending",
    "fctva",
    "co-funding",
    "own-share",
    "net",
)
DEBT_MEASURES: tuple[Measure, ...] = ("interest", "principal")
#: one amount each, of no budget year
OUTSIDE_MEASURES: tuple[Measure, ...] = ("paid-before", "paid-after", "ap")
#: measures part of which may come after the six years; their totals include it
LATE_MEASURES: tuple[Measure, ...] = ("fctva", "net", "net-after-savings", "interest", "principal")
#: the measures of each group of lines, low, central and high
MEASURES_OF: Mapping[Group, tuple[Measure, ...]] = {
    "costs": COST_MEASURES,
    "revenues": REVENUE_MEASURES,
    "savings": ("saving-low", "saving-central", "saving-high"),
    "lost_revenue": ("lost-low", "lost-central", "lost-high"),
}
#: the group of lines that a measure adds up
GROUP_OF: Mapping[Measure, Group] = {
    measure: group for group, measures in MEASURES_OF.items() for measure in measures
}


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of costs or revenues; `cost` is None while it cannot be costed."""

    costed: CostedProposal
    group: Group
    index: int
    line: CostLine
    price: str | None
    cost: LineCost | None
    spreading: Spreading | None

    @property
    def pays_outside(self) -> bool:
        """Whether something is paid before or after the six years."""
        return self.line.paid_before is not None or self.line.paid_after is not None

    @property
    def has_several_owners(self) -> bool:
        """Whether lines of its proposal are of several owners."""
        return len(self.costed.document.value.owners) > 1

    @property
    def indices(self) -> tuple[Fraction, Fraction] | None:
        """The price index in the year of its prices and in the edition's; None where none is needed, or known."""
        found = self.cost.estimates[CENTRAL].inputs.indices if self.cost else None
        return (found[0].euros.value, found[1].euros.value) if found else None

    @property
    def has_quantities(self) -> bool:
        """Whether the file has three quantities."""
        return self.costed.document.has(self.group, self.index, "quantity", "central")

    @property
    def has_constant_cost(self) -> bool:
        """Whether the file has one unit cost for the low, central and high estimates."""
        return not self.costed.document.has(self.group, self.index, "unit_cost", "central")


@dataclass(frozen=True)
class YearRow:
    """One measure of one section of a proposal, by budget year."""

    costed: CostedProposal
    section: Section
    measure: Measure
    #: by year, or the one amount of a measure of `OUTSIDE_MEASURES`; None while unknown
    exact: Amounts | None
    #: the amount of a full year after the term; costs and revenues only
    after: Euros | None = None
    #: rounded amounts of a measure of `LATE_MEASURES`: by year, after the term, and in total
    late: Cells | None = None
    #: whose part it is, where the measure is told apart for each of several owners
    owner: str | None = None

    @cached_property
    def cells(self) -> tuple[Decimal, ...] | None:
        """Each year, or the one amount, rounded once, to cents; None while unknown."""
        if self.late is not None:
            return self.late.by_year
        return None if self.exact is None else self.exact.decimals()

    @cached_property
    def total(self) -> Decimal | None:
        """The sum of the rounded cells; a late measure may have a known total without known years.

        The own share of the six years is a difference of its own, rounded once, as everywhere.
        """
        if self.late is not None:
            return self.late.whole
        if self.measure == "own-share" and self.exact is not None:
            return self.exact.total().decimals()[0]
        return None if self.cells is None else sum(self.cells, Decimal(0))


@dataclass(frozen=True, slots=True)
class FundingRow:
    """One line of a financing plan; `grant` is None while it cannot be computed."""

    costed: CostedProposal
    index: int
    funding: Funding
    grant: Grant | None


def list_lines(proposals: Sequence[CostedProposal], edition: Edition) -> Iterator[LineRow]:
    """List the cost lines, then the revenues, of each proposal, in the order of its file."""
    basis = edition.prices.basis if edition.prices else None
    for costed in proposals:
        proposal = costed.document.value
        phases = proposal.phases_by_id
        for group in GROUPS:
            known = {cost.index: cost for cost in costed.costing.group(group).lines}
            for index, line in enumerate(getattr(proposal, group)):
                spreading = spread_line(line, phases)
                yield LineRow(costed, group, index, line, line.price or basis, known.get(index), spreading)


def sections_of(costed: CostedProposal) -> tuple[Section, ...]:
    """List the sections that a proposal spends, earns or is funded in."""
    proposal = costed.document.value
    named = {line.section for line in proposal.all_lines}
    named |= {funding.section for funding in proposal.funding}
    return tuple(section for section in SECTIONS if section in named)


def rare_measures(proposals: Iterable[CostedProposal]) -> frozenset[Measure]:
    """The rare measures that each of some proposals has, since one saves, has a loan with terms, or pays outside."""
    found = [costed.document.value for costed in proposals]
    lines = [line for one in found for line in one.costs]
    pays = any(line.paid_before is not None or line.paid_after is not None for line in lines)
    saves = any(one.savings or one.lost_revenue for one in found)
    borrows = any(funding.loan for one in found for funding in one.funding)
    after: frozenset[Measure] = frozenset({"net-after-savings"} if saves else ())
    return after | frozenset(DEBT_MEASURES if borrows else ()) | frozenset(OUTSIDE_MEASURES if pays else ())


def list_years(
    costed: CostedProposal, section: Section, financing: Financing | None, rare: frozenset[Measure]
) -> Iterator[YearRow]:
    """List the measures of one section of a proposal, from its cost to its net cost and what stands beside it."""
    costing = costed.costing
    known = costing.is_complete
    yearly, after = costing.by_section[section], costing.after_term_by_section[section]
    for measure, estimate in zip(COST_MEASURES, ESTIMATES, strict=True):
        amounts = getattr(yearly, estimate)
        yield YearRow(
            costed, section, measure, amounts if known else None, getattr(after, estimate) if known else None
        )
    yield from _list_group(costed, section, "revenues")
    for measure in CHAIN_MEASURES:
        amounts_or_none = chain_amounts(financing, measure)
        yield YearRow(costed, section, measure, amounts_or_none, late=_late(financing, measure))
    yield from _list_group(costed, section, "savings")
    yield from _list_group(costed, section, "lost_revenue")
    if "net-after-savings" in rare:
        yield _after_savings(costed, section, financing)
    if rare.issuperset(DEBT_MEASURES) and any(
        (one.section, one.form) == (section, "loan") for one in costed.document.value.funding
    ):
        yield from _list_debt(costed, section, financing)
    if rare.issuperset(OUTSIDE_MEASURES):
        yield from _list_outside(costed, section, financing)


def split_by_owner(row: YearRow, financing: Financing | None) -> Iterator[YearRow]:
    """Split the FCTVA of what several owners spend into a row for each, since each has its lag."""
    owners = row.costed.document.value.owners
    if row.measure != "fctva-of-spending" or len(owners) == 1:
        yield row
        return
    for owner in owners:
        part = financing.parts[owner] if financing else None
        yield replace(row, exact=chain_amounts(part, row.measure), owner=owner or "")


def _list_group(costed: CostedProposal, section: Section, group: Group) -> Iterator[YearRow]:
    """List the measures of a group of lines in a section that has one of them."""
    if any(line.section == section for line in getattr(costed.document.value, group)):
        found = costed.costing.group(group).total(costed.costing.years, (section,))
        for measure, estimate in zip(MEASURES_OF[group], ESTIMATES, strict=True):
            if found is None:
                yield YearRow(costed, section, measure, None)
            else:
                yield YearRow(
                    costed, section, measure, getattr(found[0], estimate), getattr(found[1], estimate)
                )


def _after_savings(costed: CostedProposal, section: Section, financing: Financing | None) -> YearRow:
    if financing is None:
        return YearRow(costed, section, "net-after-savings", None, late=Cells(None, None, None))
    found = Balance(financing)
    return YearRow(
        costed, section, "net-after-savings", found.net_after_savings, late=found.net_after_savings_cells
    )


def _list_debt(costed: CostedProposal, section: Section, financing: Financing | None) -> Iterator[YearRow]:
    """List interest and principal of the loans of a section."""
    debt = Balance(financing).debt if financing else None
    for measure in DEBT_MEASURES:
        if debt is None:
            yield YearRow(costed, section, measure, None, late=Cells(None, None, None))
        else:
            paid = debt.interest if measure == "interest" else debt.principal
            exact, cells = Amounts.of(*paid.by_year), Cells(paid.by_year, paid.after_term, paid.whole)
            yield YearRow(costed, section, measure, exact, late=cells)


def _list_outside(costed: CostedProposal, section: Section, financing: Financing | None) -> Iterator[YearRow]:
    """List what the lines of a section pay before and after the six years, where one does, and its AP."""
    lines = [line for line in costed.document.value.costs if line.section == section]
    found = Balance(financing) if financing else None
    amounts = (found.paid_before, found.paid_after, found.authorised) if found else (None,) * 3
    before = any(line.paid_before is not None for line in lines)
    after = any(line.paid_after is not None for line in lines)
    for measure, is_asked, amount in zip(OUTSIDE_MEASURES, (before, after, True), amounts, strict=True):
        if is_asked:
            yield YearRow(costed, section, measure, None if amount is None else Amounts.of(amount.value))


def _late(financing: Financing | None, measure: Measure) -> Cells | None:
    if measure not in LATE_MEASURES:
        return None
    if financing is None:
        return Cells(None, None, None)
    return financing.fctva_cells if measure == "fctva" else financing.net_cells


def chain_amounts(financing: Financing | None, measure: Measure) -> Amounts | None:
    """The amounts of a measure of the financing by budget year; None while unknown."""
    if financing is None:
        return None
    steps: dict[Measure, Amounts | None] = {
        "vat": financing.vat,
        "co-funding": financing.co_funded,
        "deducted-vat": financing.deducted_vat if financing.vat is not None else None,
        # of several owners each part is rounded once, then paid
        "fctva-of-spending": known(refund_cents, financing.plan)
        if financing.parts
        else financing.fctva_of_spending,
        "fctva": financing.fctva,
        "own-share": financing.own_share,
        "net": financing.net_by_year,
    }
    return steps[measure]


def list_funding(proposals: Sequence[CostedProposal], financings: Financings) -> Iterator[FundingRow]:
    """List the financing plan of each proposal, in the order of its file."""
    for costed in proposals:
        for index, funding in enumerate(costed.document.value.funding):
            chain = financings.get((costed.id, funding.section)) if funding.section else None
            grant = next((grant for grant in chain.grants if grant.index == index), None) if chain else None
            yield FundingRow(costed, index, funding, grant)


def all_proposals(portfolio: Portfolio) -> tuple[tuple[str, CostedProposal], ...]:
    """List every proposal with its status, drafts last."""
    ready = tuple(("ready", costed) for costed in portfolio.ready)
    return ready + tuple(("draft", costed) for costed in portfolio.drafts)
