"""The chain of a cost, its funders and its uncertainty → tables and sentences as they stand on paper.

Cells are rounded once; the net of a row is the sum of the cells printed beside it. What is not known is None, which
prints as n.c., never 0. Percentiles are estimates, printed to three figures and never summed (FORMAT, "Rules of time
and money").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.costs.financing import Financing, Financings, Grant, total
from booklet.costs.financing import unit_costs as unit_costs_of
from booklet.costs.uncertainty import (
    Contribution,
    Estimate,
    estimate_portfolio,
    estimate_proposal,
    round_to_three_figures,
)
from booklet.diagnostics.message import say
from booklet.tables.money_table import THOUSAND, MoneyRow, MoneyTable
from booklet.tables.rounding import add_section, add_years, revenues_thousands
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.money.euros import Euros
    from booklet.text.language import Language

_HEAVIEST = 3
#: the least part of the uncertainty that is worth a name
_WEIGHTY = Decimal("0.05")
#: lines that move together and are still told one by one
_NAMED_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class NetRow:
    """Hold what one row of the way from gross to net is made of; what fiches print elsewhere too, as they print it."""

    name: str
    gross: Decimal
    #: as it is printed too; None while a revenue is not known
    earned: Decimal | None
    chains: Sequence[Financing | None]


def net_table(caption: str, rows: Iterable[NetRow], language: Language) -> MoneyTable:
    """Print the way from gross to net over the six years: each row has its gross cost as the other tables print it."""
    columns = (
        say("Section"),
        say("Gross, before VAT"),
        say("VAT"),
        say("VAT that comes back"),
        say("Co-funders"),
        say("Revenues"),
        say("Net for the owners"),
    )
    printed = tuple(MoneyRow(row.name, _net_cells(row)) for row in rows if row.chains)
    heads = tuple(column.text(language) for column in columns)
    return MoneyTable(caption, heads, printed, THOUSAND, strong=(5,))


def _net_cells(row: NetRow) -> tuple[Decimal | None, ...]:
    if any(chain is None for chain in row.chains):
        return (None,) * 6
    known = [chain for chain in row.chains if chain is not None]
    vat = _rounded([None if chain.vat is None else total(chain.vat) for chain in known])
    back = _rounded([refund(chain) for chain in known])
    # shares of a base that is not known are not 0; each grant is rounded as the financing plans print it
    funded = (
        None
        if any(chain.base is None for chain in known)
        else sum_grants(grant for chain in known for grant in chain.grants)
    )
    cells = (row.gross, vat, _negative(back), _negative(funded), _negative(row.earned))
    return *cells, _add_column(cells)


def sum_grants(grants: Iterable[Grant]) -> Decimal:
    """Add what co-funders give, each grant rounded once; loans are the owner's own money."""
    return sum((grant.total.rounded(THOUSAND) for grant in grants if not grant.is_debt), Decimal(0))


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def refund(chain: Financing) -> Euros | None:
    """Add the VAT that comes back for the six years' spending, whenever it does: deducted, or as FCTVA."""
    if chain.vat is None or chain.fctva_total is None:
        return None
    return total(chain.deducted_vat) + chain.fctva_total


def _rounded(amounts: Sequence[Euros | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return total(known).rounded(THOUSAND) if len(known) == len(amounts) else None


def fiche_net_table(costed: CostedProposal, financings: Financings, language: Language) -> MoneyTable | None:
    """Print the way from gross to net of one proposal, section by section; None where it costs nothing known."""
    if not costed.costing.is_complete:
        return None
    rows = [
        _net_row(SECTION_NAMES[section].text(language), [costed], financings, section)
        for section in SECTIONS
        if _is_told(financings.get((costed.id, section)))
    ]
    return net_table(say("From gross to net, six years").text(language), rows, language) if rows else None


def unit_costs(costed: CostedProposal, edition: Edition, language: Language) -> str:
    """Say what the six years' gross cost is for each inhabitant, beneficiary and tonne avoided; empty if for none."""
    found = unit_costs_of(costed.document.value, costed.costing, edition)
    wording = Wording(language)

    def write(amount: Euros) -> str:
        return wording.euros(round_to_three_figures(amount)[0])

    each = (
        None
        if found.per_inhabitant is None
        else say("{amount} per inhabitant", amount=write(found.per_inhabitant)),
        None
        if found.per_beneficiary is None
        else say("{amount} per beneficiary", amount=write(found.per_beneficiary)),
        None
        if found.per_tonne is None
        else say(
            "{amount} per tonne of CO₂e avoided by the end of {year}",
            amount=write(found.per_tonne),
            year=costed.costing.years[-1],
        ),
    )
    known = [message.text(language) for message in each if message is not None]
    words = say("Six years, both sections, before VAT: {amounts}.", amounts=", ".join(known))
    return words.text(language) if known else ""


def likelihood(costed: CostedProposal, language: Language) -> str:
    """Say in words how sure the cost is: P50, P80, the chance of the central sum, and what weighs most."""
    found = estimate_proposal(costed.costing)
    if found is None or not found.contributions:
        return ""
    return f"{_likely(found, language)} {_heaviest(found, language, prefix=False)}".rstrip()


def _likely(found: Estimate, language: Language) -> str:
    wording = Wording(language)
    p50, p80 = likely_cells(found)
    return say(
        "One chance in two to cost less than {p50} (P50), four in five less than {p80} (P80); the sum of the central"
        " estimates is enough with probability {probability}.",
        p50=wording.compact(p50),
        p80=wording.compact(p80),
        probability=wording.percent(round(found.probability_central_is_enough, 2)),
    ).text(language)


def _heaviest(found: Estimate, language: Language, *, prefix: bool) -> str:
    """Name what weighs most, down to one part in twenty, without the `proposal: ` that a portfolio's labels have."""
    wording = Wording(language)
    shares = [(each, Decimal(round(each.share * 100)) / 100) for each in found.contributions[:_HEAVIEST]]
    named = [
        f"{name_contribution(each, language, prefix=prefix)} ({wording.percent(share)})"
        for each, share in shares
        if share >= _WEIGHTY
    ]
    words = say("Share of the uncertainty: {names}.", names=", ".join(named))
    return words.text(language) if named else ""


def name_contribution(contribution: Contribution, language: Language, *, prefix: bool) -> str:
    """Name a line by its label, lines that move together by theirs, or by their driver where they are many."""
    if not prefix and len(contribution.labels) <= _NAMED_TOGETHER:
        return " + ".join(contribution.labels)
    if len(contribution.labels) > 1:
        driver = contribution.name.replace("-", " ")
        words = say("{driver}, {count} lines", driver=driver, count=len(contribution.labels))
        return words.text(language)
    (label,) = contribution.labels
    return label.partition(": ")[2] if prefix else label


# --- the whole -----------------------------------------------------------------------------------------------------


def portfolio_net_table(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> MoneyTable:
    """Print the way from gross to net of the whole, by section and domain."""
    rows = [
        row
        for section in SECTIONS
        for row in section_net_rows(portfolio, edition, financings, section, language)
    ]
    table = net_table(say("From gross to net over the six years").text(language), rows, language)
    sums = [_add_column([row.cells[column] for row in table.rows]) for column in range(6)]
    totals = MoneyRow(say("Total").text(language), tuple(sums), "total")
    return MoneyTable(table.caption, table.columns, (*table.rows, totals), table.step, table.strong)


def name_net_row(section: Section, domain: str, language: Language) -> str:
    """Name the row of a domain's section."""
    return f"{SECTION_NAMES[section].text(language)}, {domain}"


def section_net_rows(
    portfolio: Portfolio, edition: Edition, financings: Financings, section: Section, language: Language
) -> tuple[NetRow, ...]:
    """Gather what the way from gross to net of one section is made of: one row for each domain that costs or earns."""
    rows: list[NetRow] = []
    for domain, described in edition.domains.items():
        proposals = [costed for costed in portfolio.ready if costed.domain == domain]
        row = _net_row(name_net_row(section, described.title, language), proposals, financings, section)
        if any(_is_told(chain) for chain in row.chains):
            rows.append(row)
    return tuple(rows)


def _net_row(
    name: str, proposals: Sequence[CostedProposal], financings: Financings, section: Section
) -> NetRow:
    return NetRow(
        name,
        add_section(proposals, section).central,
        _add_column([revenues_thousands(costed, section) for costed in proposals]),
        [financings.get((costed.id, section)) for costed in proposals],
    )


def funders_table(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> MoneyTable | None:
    """Print what each funder gives in the six years, by how certain it is; loans are the owners' own money."""
    rows: list[MoneyRow] = []
    for id, organisation in edition.organisations.items():
        given = [
            grant
            for proposal in portfolio.ready
            for section in SECTIONS
            if (chain := financings.get((proposal.id, section))) is not None
            for grant in chain.grants
            if grant.funding.funder == id and not grant.is_debt
        ]
        if given:
            cells = [
                sum_grants(grant for grant in given if grant.funding.status == status)
                for status in FUNDING_STATUSES
            ]
            rows.append(MoneyRow(organisation.name, (*cells, sum(cells, Decimal(0)))))
    if not rows:
        return None
    sums = tuple(
        _add_column([row.cells[column] for row in rows]) for column in range(len(FUNDING_STATUSES) + 1)
    )
    rows.append(MoneyRow(say("Total").text(language), sums, "total"))
    heads = (say("Funder"), *(STATUS_NAMES[status] for status in FUNDING_STATUSES), say("Total"))
    caption = say("Co-funders of the six years, by how certain they are").text(language)
    return MoneyTable(
        caption, tuple(head.text(language) for head in heads), tuple(rows), THOUSAND, strong=(4,)
    )


def percentiles_table(portfolio: Portfolio, language: Language) -> MoneyTable | None:
    """Print how sure the six years' cost of the whole is, each section apart; percentiles are never summed."""
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        found = estimate_portfolio(portfolio, section)
        if found is None:
            return None
        cells = (add_section(portfolio.ready, section).central, *percentile_cells(found))
        rows.append(MoneyRow(SECTION_NAMES[section].text(language), cells))
    heads = (say("Section"), say("Sum of central"), say("P10"), say("P50"), say("P80"), say("P90"))
    caption = say("How sure the cost of the whole is, six years, before VAT").text(language)
    return MoneyTable(
        caption, tuple(head.text(language) for head in heads), tuple(rows), THOUSAND, strong=(2, 3)
    )


def percentile_cells(found: Estimate) -> tuple[Decimal, ...]:
    """Round P10, P50, P80 and P90 as the table of the whole prints them."""
    return round_to_three_figures(found.p10, found.p50, found.p80, found.p90)


def certainty_cells(found: Estimate) -> tuple[Decimal, ...]:
    """Round the central sum, P50 and P80 as the table of the proposals prints them."""
    return round_to_three_figures(found.central, found.p50, found.p80)


def likely_cells(found: Estimate) -> tuple[Decimal, ...]:
    """Round P50 and P80 as a sentence says them."""
    return round_to_three_figures(found.p50, found.p80)


def certainty_table(portfolio: Portfolio, language: Language) -> MoneyTable | None:
    """Print how sure each proposal's six years' cost is, both sections together; estimates have no total."""
    rows: list[MoneyRow] = []
    for costed in portfolio.ready:
        found = estimate_proposal(costed.costing)
        cells = (None,) * 3 if found is None else certainty_cells(found)
        rows.append(MoneyRow(costed.document.value.title or "", cells, target=costed.id))
    heads = (say("Proposal"), say("Sum of central"), say("P50"), say("P80"))
    caption = say("How sure each proposal is, six years, both sections, before VAT").text(language)
    columns = tuple(head.text(language) for head in heads)
    return MoneyTable(caption, columns, tuple(rows), THOUSAND, strong=(1, 2)) if rows else None


def peak_year(portfolio: Portfolio, edition: Edition, language: Language) -> str:
    """Say in which year the whole invests most, and what that is of the territory's yearly investment."""
    peak = find_peak(portfolio, edition)
    if peak is None:
        return ""
    wording = Wording(language)
    words = say(
        "The investment peaks in {year}: {amount}, before VAT.",
        year=peak.year,
        amount=wording.compact(peak.amount),
    )
    territory = edition.territory
    if peak.share is None or not territory or not territory.yearly_investment:
        return words.text(language)
    against = say(
        "It is {share} of the {yardstick} that {name} invests in a year.",
        share=wording.percent(peak.share),
        yardstick=wording.compact(territory.yearly_investment.rounded()),
        name=territory.name,
    )
    return f"{words.text(language)} {against.text(language)}"


@dataclass(frozen=True, slots=True)
class Peak:
    """Hold the year in which the whole invests most, and what that is of the territory's yearly investment."""

    year: int
    amount: Decimal
    #: to a tenth of a percent; None without a yardstick
    share: Decimal | None


def find_peak(portfolio: Portfolio, edition: Edition) -> Peak | None:
    """Find the year in which the whole invests most, as its table prints it; None where nothing is invested."""
    yearly = add_years(portfolio.ready, "investissement", len(portfolio.years))
    if not any(yearly):
        return None
    year, amount = max(zip(portfolio.years, yearly, strict=True), key=lambda item: item[1])
    yardstick = edition.territory.yearly_investment if edition.territory else None
    share = Decimal(round(Fraction(amount) / yardstick.value * 1000)) / 1000 if yardstick else None
    return Peak(year, amount, share)


def portfolio_likelihood(portfolio: Portfolio, language: Language) -> str:
    """Say in words how likely the sum of central estimates is to be enough for the whole, and what weighs most."""
    found = estimate_portfolio(portfolio)
    if found is None or not found.contributions:
        return ""
    return f"{_likely(found, language)} {_heaviest(found, language, prefix=True)}".rstrip()


def _is_told(chain: Financing | None) -> bool:
    """Tell whether a section has a row: it costs or earns something, or nobody knows."""
    return chain is None or any(chain.ht) or chain.earned is None or any(chain.earned)


def _add_column(cells: Sequence[Decimal | None]) -> Decimal | None:
    return (
        None
        if any(cell is None for cell in cells)
        else sum((cell for cell in cells if cell is not None), Decimal(0))
    )
