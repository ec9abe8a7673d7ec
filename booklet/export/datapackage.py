"""Portfolio → CSV files and `datapackage.json`, which says what each column holds (Data Package 1, Table Schema).

Column names and values are the same in every language, as the YAML has them; titles are in the edition's. What a
person typed is written exactly; an amount is rounded once, half to even, to cents; an unknown amount is an empty cell,
never 0. The column `status` separates drafts, which are in no total. Texts are not guarded against spreadsheet
formulas: these files are for programs, `budget.xlsx` is for spreadsheets.

Specification: https://specs.frictionlessdata.io/data-package/ and /table-schema/.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, get_args

from booklet.content.model.proposal import ESTIMATES, FUNDING_STATUSES, SECTIONS
from booklet.costs.optimism import find_uplift
from booklet.costs.uncertainty import estimate_proposal
from booklet.diagnostics.message import Message, say
from booklet.export.cost_rows import (
    GROUP_OF,
    GROUPS,
    OUTSIDE_MEASURES,
    RARE_MEASURES,
    Measure,
    all_proposals,
    list_funding,
    list_lines,
    list_years,
    rare_measures,
    sections_of,
)
from booklet.export.json import write_dependence
from booklet.export.package_descriptor import describe_package
from booklet.export.table_schema import CsvValue, Resource, TableField
from booklet.text.outside import dump_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.export.cost_rows import LineRow
    from booklet.law.lookup import Law
    from booklet.money.euros import Euros
    from booklet.text.language import Language

DESCRIPTOR = "datapackage.json"
#: periods besides budget years: a full year after the term; receipts after the term due to the six years' spending
AFTER_TERM, LATER = "after-term-per-year", "after-term"
#: the periods of the payments outside the six years; an AP is of all periods
_PERIODS: Mapping[Measure, str] = {"paid-before": "before-term", "paid-after": LATER, "ap": "whole"}


def write_datapackage(
    portfolio: Portfolio,
    edition: Edition,
    references: Mapping[str, Reference],
    language: Language,
    financings: Financings,
    law: Law,
) -> dict[str, bytes]:
    """Write every file of the package, by name; the same portfolio gives the same bytes."""
    resources = (
        _proposals(portfolio, edition, law),
        _lines(portfolio, edition),
        _years(portfolio, financings),
        _funding(portfolio, financings),
        _organisations(edition),
        _sources(references),
    )
    files = {f"{resource.name}.csv": resource.write() for resource in resources}
    described = [resource.describe(files[f"{resource.name}.csv"], language) for resource in resources]
    dependence = write_dependence(portfolio.dependence)
    package = {**describe_package(edition, language), **dependence, "resources": described}
    return {DESCRIPTOR: dump_json(package).encode(), **files}


_STATUS = TableField("status", say("Status of the proposal"), required=True, enum=("ready", "draft"))
_PROPOSAL = TableField("proposal", say("Proposal"), required=True)
_SECTION = TableField("section", say("Section"), enum=SECTIONS)
#: payments outside the six years, on the price basis of the line
_OUTSIDE = {"paid_before": say("Paid before the term"), "paid_after": say("Left to pay after the term")}


def _amount(name: str, title: Message) -> TableField:
    return TableField(name, title, "number", unit="EUR")


#: of the cost before VAT in the six years: estimates, never to be added
_PERCENTILES = {"p10": say("P10"), "p50": say("P50"), "p80": say("P80"), "p90": say("P90")}
#: a second figure, in no sum: what past projects of the kind of a proposal have cost more
_UPLIFT = (
    TableField("reference_class", say("Kind of project")),
    TableField("uplift_rate", say("Rate of overrun, at most"), "number"),
    _amount("uplift_base", say("Cost that may overrun")),
    _amount("uplift_added", say("Overrun of past projects of its kind, at most")),
)


def _proposals(portfolio: Portfolio, edition: Edition, law: Law) -> Resource:
    has_classes = any(costed.document.value.reference_class for _, costed in all_proposals(portfolio))
    columns = (
        TableField("id", say("Id"), required=True),
        TableField("status", say("Status"), required=True, enum=("ready", "draft")),
        TableField("domain", say("Domain"), required=True),
        TableField("domain_title", say("Title of the domain")),
        TableField("title", say("Title")),
        TableField("owner", say("Owner")),
        TableField("decision", say("Month of the decision"), "yearmonth"),
        TableField("complete", say("Every cost line is known"), "boolean", required=True),
        *(_amount(name, title) for name, title in _PERCENTILES.items()),
        TableField(
            "probability_central_is_enough", say("Probability that the central costs are enough"), "number"
        ),
        *(_UPLIFT if has_classes else ()),
    )
    rows = []
    for status, costed in all_proposals(portfolio):
        proposal = costed.document.value
        domain = edition.domains.get(costed.domain)
        likely, uplift = estimate_proposal(costed), find_uplift(costed, law, portfolio.term.first_year)
        over = (
            (uplift.reference_class, _typed(uplift.rate), uplift.base.rounded(), uplift.added.rounded())
            if uplift
            else (None,) * 4
        )
        rows.append(
            (
                *(costed.id, status, costed.domain, domain.title if domain else None, proposal.title),
                *(proposal.owner, str(proposal.decision) if proposal.decision else None),
                "true" if costed.costing.is_complete else "false",
                *(getattr(likely, name).rounded() if likely else None for name in _PERCENTILES),
                _typed(likely.probability_central_is_enough) if likely else None,
                *(over if has_classes else ()),
            )
        )
    return Resource("proposals", say("Proposals"), columns, ("id",), {"owner": "organisations"}, tuple(rows))


def _lines(portfolio: Portfolio, edition: Edition) -> Resource:
    """List each line as typed, with its own rounded amounts; only `years` adds up to the booklet's totals."""
    years = portfolio.years
    both = (("ready", portfolio.ready), ("draft", portfolio.drafts))
    lines = [(status, row) for status, proposals in both for row in list_lines(proposals, edition)]
    groups = tuple(dict.fromkeys((*GROUPS[:2], *(row.group for _, row in lines))))
    outside = _OUTSIDE if any(row.pays_outside for _, row in lines) else {}
    owners = _owner_columns(portfolio)
    varying = _varying_columns(row for _, row in lines)
    columns = (
        *(_PROPOSAL, TableField("kind", say("Kind"), required=True, enum=groups)),
        *(TableField("line", say("Place in the file, from 1"), "integer", required=True), _STATUS),
        *(TableField("label", say("Line")), _SECTION, TableField("nature", say("Nature"))),
        *(TableField("quantity", say("Quantity"), "number"), TableField("unit", say("Unit"))),
        _amount("unit_cost_low", say("Unit cost, low")),
        _amount("unit_cost_central", say("Unit cost, central")),
        _amount("unit_cost_high", say("Unit cost, high")),
        TableField("price", say("Price basis"), enum=("ht", "ttc")),
        *(TableField("vat_rate", say("VAT rate"), "number"), TableField("vat_regime", say("VAT regime"))),
        *(TableField("evidence", say("Evidence")), TableField("source", say("Source"))),
        TableField("assumption", say("Assumption")),
        *(_amount(f"central_{year}", say("Central before VAT, {year}", year=year)) for year in years),
        _amount("central_after_term", say("Central before VAT, then a year")),
        *(_amount(name, title) for name, title in outside.items()),
        *owners,
        *varying,
    )
    rows = []
    for status, row in lines:
        line, cost = row.line, row.cost
        range_ = [getattr(line.unit_cost, name) if line.unit_cost else None for name in ESTIMATES]
        amounts = [*cost.ht.amounts, cost.after_term_per_year] if cost else [None] * (len(years) + 1)
        paid: list[Euros | None] = [getattr(line, name) for name in outside]
        rows.append(
            (
                *(row.costed.id, row.group, row.index + 1, status, line.label, line.section),
                *(line.nature, _typed(line.quantity), line.unit),
                *(amount.value if amount else None for amount in range_),
                *(row.price, _typed(line.vat_rate), line.vat_regime, line.evidence, line.source),
                line.assumption,
                *(amount.central.rounded() if amount is not None else None for amount in amounts),
                *(amount.value if amount is not None else None for amount in paid),
                *(row.costed.document.value.owner_of(line) for _ in owners),
                *(read(row) for read in varying.values()),
            )
        )
    keys = {"proposal": "proposals", "source": "sources"}
    keys |= {column.name: "organisations" for column in owners}
    return Resource("lines", say("Lines"), columns, ("proposal", "kind", "line"), keys, tuple(rows))


def _owner_columns(portfolio: Portfolio) -> tuple[TableField, ...]:
    """The column of owners, where a proposal has several."""
    several = any(len(costed.document.value.owners) > 1 for _, costed in all_proposals(portfolio))
    return (TableField("owner", say("Owner")),) if several else ()


def _years(portfolio: Portfolio, financings: Financings) -> Resource:
    """List every measure of every section by budget year: the cells whose sums are the booklet's totals."""
    years = tuple(map(str, portfolio.years))
    rare = rare_measures(costed for _, costed in all_proposals(portfolio))
    rows: list[tuple[CsvValue, ...]] = []
    for status, costed in all_proposals(portfolio):
        for section in sections_of(costed):
            for row in list_years(costed, section, financings.get((costed.id, section)), rare):
                periods = (_PERIODS[row.measure],) if row.measure in OUTSIDE_MEASURES else years
                cells = row.cells or (None,) * len(periods)
                for period, cell in zip(periods, cells, strict=True):
                    rows.append((costed.id, section, row.measure, period, status, cell))
                if row.late is not None:
                    rows.append((costed.id, section, row.measure, LATER, status, row.late.after_term))
                if row.measure in GROUP_OF:
                    after = row.after.rounded() if row.after is not None else None
                    rows.append((costed.id, section, row.measure, AFTER_TERM, status, after))
    used = {row[2] for row in rows}
    periods = (*years, AFTER_TERM, LATER, *(_PERIODS[one] for one in ("paid-before", "ap") if one in used))
    measures = tuple(one for one in get_args(Measure) if one not in RARE_MEASURES or one in used)
    columns = (
        *(_PROPOSAL, TableField("section", say("Section"), required=True, enum=SECTIONS)),
        TableField("measure", say("Measure"), required=True, enum=measures),
        TableField("period", say("Budget year, or what comes after"), required=True, enum=periods),
        *(_STATUS, _amount("amount", say("Amount"))),
    )
    key = ("proposal", "section", "measure", "period")
    return Resource("years", say("Years"), columns, key, {"proposal": "proposals"}, tuple(rows))


def _funding(portfolio: Portfolio, financings: Financings) -> Resource:
    years, owners = portfolio.years, _owner_columns(portfolio)
    columns = (
        *(_PROPOSAL, TableField("line", say("Place in the file, from 1"), "integer", required=True), _STATUS),
        *(TableField("funder", say("Funder")), _SECTION),
        TableField("form", say("Form"), enum=("grant", "loan", "private")),
        TableField("certainty", say("Certainty"), enum=FUNDING_STATUSES),
        *(TableField("share", say("Share"), "number"), _amount("amount", say("Amount"))),
        *(_amount(f"amount_{year}", say("Amount, {year}", year=year)) for year in years),
        *owners,
    )
    rows = []
    for status, proposals in (("ready", portfolio.ready), ("draft", portfolio.drafts)):
        for row in list_funding(proposals, financings):
            funding, grant = row.funding, row.grant
            amounts = [grant.total, *grant.by_year] if grant else [None] * (len(years) + 1)
            rows.append(
                (
                    *(row.costed.id, row.index + 1, status, funding.funder, funding.section),
                    *(funding.form, funding.status, _typed(funding.share)),
                    *(amount.rounded() if amount is not None else None for amount in amounts),
                    *(row.costed.document.value.owner_of(funding) for _ in owners),
                )
            )
    keys = {"proposal": "proposals", "funder": "organisations"}
    keys |= {column.name: "organisations" for column in owners}
    return Resource("funding", say("Funding"), columns, ("proposal", "line"), keys, tuple(rows))


def _organisations(edition: Edition) -> Resource:
    columns = (
        TableField("id", say("Id"), required=True),
        TableField("name", say("Name"), required=True),
        *(TableField("kind", say("Kind")), TableField("scheme", say("Funding scheme"))),
        TableField("population", say("Population"), "integer"),
    )
    rows = tuple(
        (id, one.name, one.kind, one.scheme, one.population) for id, one in edition.organisations.items()
    )
    return Resource("organisations", say("Owners and funders"), columns, ("id",), {}, rows)


def _sources(references: Mapping[str, Reference]) -> Resource:
    columns = (
        TableField("id", say("Id"), required=True),
        TableField("title", say("Title"), required=True),
        *(TableField("publisher", say("Publisher")), TableField("year", say("Year"), "year")),
        *(TableField("address", say("Address")), TableField("read", say("Read on"), "date")),
    )
    rows = tuple(
        (id, one.title, one.publisher, one.year, one.url, one.read.isoformat() if one.read else None)
        for id, one in references.items()
    )
    return Resource("sources", say("Sources"), columns, ("id",), {}, rows)


def _varying_columns(rows: Iterable[LineRow]) -> dict[TableField, Callable[[LineRow], CsvValue]]:
    """The columns of what few lines have, where one has it, and how each is read."""

    def quantity(place: int) -> Callable[[LineRow], CsvValue]:
        return lambda row: _typed((row.line.quantity_range or (None, None, None))[place])

    def index(place: int) -> Callable[[LineRow], CsvValue]:
        return lambda row: row.indices[place] if row.indices else None

    every: dict[TableField, Callable[[LineRow], CsvValue]] = {
        TableField("quantity_low", say("Quantity, low"), "number"): quantity(0),
        TableField("quantity_high", say("Quantity, high"), "number"): quantity(2),
        TableField("scenario", say("Scenario")): lambda row: row.line.scenario,
        TableField("price_year", say("Year of the prices"), "integer"): lambda row: row.line.price_year,
        TableField("index_prices", say("Price index of that year"), "number"): index(0),
        TableField("index_edition", say("Price index of the edition"), "number"): index(1),
    }
    known = list(rows)
    asked = {
        "quantity": any(row.has_quantities for row in known),
        "scenario": any(row.line.scenario for row in known),
        "price": any(row.line.price_year for row in known),
        "index": any(row.line.price_year for row in known),
    }
    return {column: read for column, read in every.items() if asked[column.name.partition("_")[0]]}


def _typed(number: Decimal | None) -> Fraction | None:
    """Mark a number as typed, to be written exactly, unlike an amount in cents."""
    return None if number is None else Fraction(number)
