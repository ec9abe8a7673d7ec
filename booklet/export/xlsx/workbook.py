"""Portfolio → `budget.xlsx`: the booklet's figures with live formulas, in the edition's language.

Every total is a formula over the sheet of lines: changing a quantity or a unit cost is followed everywhere. The
file is reproducible: its date is the edition's, its zip entries have none. `costs import` writes changed quantities and
unit costs back into the YAML (`import_workbook`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.export.cost_rows import (
    list_funding,
    list_lines,
    list_years,
    rare_measures,
    sections_of,
    split_by_owner,
)
from booklet.export.xlsx.funding_sheet import funding_columns, write_funding
from booklet.export.xlsx.lines_sheet import write_lines
from booklet.export.xlsx.loans_sheet import COLUMNS, list_schedules, write_loans
from booklet.export.xlsx.portfolio_sheet import PortfolioSheet
from booklet.export.xlsx.read_me import write_read_me
from booklet.export.xlsx.sheets import (
    DRAFTS,
    EXACT,
    FUNDING,
    LINES,
    LOANS,
    YEARS,
    make_table,
)
from booklet.export.xlsx.sources_sheet import write_sources
from booklet.export.xlsx.spreadsheet import Spreadsheet
from booklet.export.xlsx.uncertainty_sheet import write_uncertainty
from booklet.export.xlsx.year_sheets import SheetData, write_exact, write_years, year_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Law
    from booklet.text.language import Language


def fill_workbook(
    portfolio: Portfolio,
    edition: Edition,
    references: Mapping[str, Reference],
    language: Language,
    financing: Financings,
    law: Law,
    *,
    percentiles: bool = True,
) -> Spreadsheet:
    """Fill the sheets, which `costs import` compares with those of a changed workbook.

    `financing` is the financing of each section of each proposal, by id and section, computed with `law`; percentiles
    may be left out, since they are what takes longest.
    """
    publisher = edition.publisher.name if edition.publisher else ""
    spreadsheet = Spreadsheet(language, edition.title, publisher, edition.date)
    years = portfolio.years
    rare = rare_measures(portfolio.ready)
    rows = tuple(
        row
        for costed in portfolio.ready
        for section in sections_of(costed)
        for whole in list_years(costed, section, financing.get((costed.id, section)), rare)
        for row in split_by_owner(whole, financing.get((costed.id, section)))
    )
    data = SheetData(edition, years, rows, tuple(list_funding(portfolio.ready, financing)), law.fctva(years))
    write_read_me(spreadsheet, portfolio, edition)
    note = say(
        "Euros. Coloured cells can be changed: every total follows, and `costs import` brings them back."
    )
    lines = write_lines(spreadsheet, LINES, note, tuple(list_lines(portfolio.ready, edition)), years)
    year_sheet = make_table(spreadsheet.add(YEARS), year_columns(years), len(rows))
    funding = make_table(
        spreadsheet.add(FUNDING), funding_columns(years, owners=lines.has_owners), len(data.plan)
    )
    PortfolioSheet(spreadsheet, portfolio, data, year_sheet, funding).write()
    write_uncertainty(spreadsheet, portfolio, law, lines, percentiles=percentiles)
    write_sources(spreadsheet, portfolio, references)
    exact = make_table(spreadsheet.add(EXACT), year_columns(years), len(rows))
    if instalments := sum(len(schedule) for _, _, schedule in list_schedules(data.plan)):
        data = replace(data, loans=make_table(spreadsheet.add(LOANS), COLUMNS, instalments))
        assert data.loans is not None
        write_loans(spreadsheet, data.loans, funding, data.plan)
    write_exact(spreadsheet, exact, data, lines, funding)
    write_years(spreadsheet, year_sheet, data, exact)
    write_funding(spreadsheet, funding, data, exact, lines)
    if portfolio.drafts:
        drafts = tuple(list_lines(portfolio.drafts, edition))
        write_lines(spreadsheet, DRAFTS, say("Drafts are in no total."), drafts, years)
    return spreadsheet
