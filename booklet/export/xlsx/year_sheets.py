"""Cost rows → the two sheets of years, which have the same rows and columns: exact sums, and rounded amounts.

`exact sums` adds the lines; `years` rounds each sum once, to cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.content.model.words import SECTION_NAMES
from booklet.costs.financing import lags_of
from booklet.diagnostics.message import Message, say
from booklet.export.cost_rows import GROUP_OF, OUTSIDE_MEASURES, FundingRow, Measure, YearRow
from booklet.export.xlsx.exact_formulas import RATE_ROW, write_formulas
from booklet.export.xlsx.sheets import HEAD_ROW, MEASURE_NAMES, Table
from booklet.export.xlsx.spreadsheet import Spreadsheet, column_name, half_even, quote_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import Section
    from booklet.law.lookup import Fctva
    from booklet.money.euros import Euros


@dataclass(frozen=True)
class SheetData:
    """The rows of the sheets of years and of funding, and the rates that their formulas use."""

    edition: Edition
    years: tuple[int, ...]
    rows: tuple[YearRow, ...]
    plan: tuple[FundingRow, ...]
    fctva: Fctva
    #: instalments of loans; None where no loan has a schedule
    loans: Table | None = None

    def find_row(self, id: str, section: Section, measure: Measure) -> int:
        """Find the row, from 0, of a measure on both sheets of years."""
        return self._places[id, section, measure][0]

    def find_rows(self, row: YearRow, measure: Measure) -> tuple[int, ...]:
        """Find the rows of a measure: of the FCTVA of what is spent there is one for each owner."""
        return self._places[row.costed.id, row.section, measure]

    def list_refunds(
        self, row: YearRow, is_asked: Callable[[int], bool], unknown: int | None = None
    ) -> list[tuple[int, int]]:
        """List the row and the year of spending of the FCTVA that is paid in the years that are asked.

        `unknown` stands for a lag that is not known, which nothing needs where nothing is spent.
        """
        proposal = row.costed.document.value
        found = []
        for place, owner in zip(self.find_rows(row, "fctva-of-spending"), proposal.owners, strict=True):
            lags = lags_of(self.edition.organisations.get(owner or ""), self.years, self.fctva)
            spent = zip(self.years, lags, strict=True)
            known = ((year, unknown if lag is None else lag) for year, lag in spent)
            found += [(place, year) for year, lag in known if lag is not None and is_asked(year + lag)]
        return found

    def list_deductions(self, row: YearRow, fctva: Measure) -> tuple[Measure, ...]:
        """List the measures that the net cost subtracts from the price with VAT; revenues where there are some."""
        revenue: tuple[Measure, ...] = ("revenue-central",) if self.has(row, "revenue-central") else ()
        return ("deducted-vat", fctva, "co-funding", *revenue)

    def has(self, row: YearRow, measure: Measure) -> bool:
        """Whether the section of a row has a measure, as savings."""
        return (row.costed.id, row.section, measure) in self._places

    def add_instalments(self, part: Measure, place: Mapping[str, str], year: str) -> str:
        """Write the interest, or the principal, that the loans of a section pay in a year."""
        return "0" if self.loans is None else self.loans.add_where(part, **place, year=year)

    def balance(self, row: YearRow, cell: Callable[[Measure], str]) -> str:
        """Write the net cost after savings: the net cost, less savings, plus lost revenue, where there are some."""
        saved = f"-{cell('saving-central')}" if self.has(row, "saving-central") else ""
        return f"{cell('net')}{saved}" + (f"+{cell('lost-central')}" if self.has(row, "lost-central") else "")

    @cached_property
    def _places(self) -> Mapping[tuple[str, Section, Measure], tuple[int, ...]]:
        places: dict[tuple[str, Section, Measure], tuple[int, ...]] = {}
        for place, row in enumerate(self.rows, HEAD_ROW + 1):
            key = (row.costed.id, row.section, row.measure)
            places[key] = (*places.get(key, ()), place)
        return places


def year_columns(years: tuple[int, ...]) -> dict[str, int]:
    """Lay out the columns that both sheets of years share."""
    keys = (
        "domain",
        "proposal",
        "title",
        "section",
        "measure",
        *(str(year) for year in years),
        "late",
        "total",
        "after",
    )
    return {key: column for column, key in enumerate(keys)}


def write_exact(
    spreadsheet: Spreadsheet, exact: Table, data: SheetData, lines: Table, funding: Table
) -> None:
    """Write the sums of lines by proposal, section and measure, unrounded."""
    note = say(
        "Unrounded: each amount is rounded once, on the sheet of years. Above each year, the FCTVA rate."
    )
    _write_frame(spreadsheet, exact, data, note)
    for year, rate in zip(data.years, data.fctva.rates[""], strict=True):
        exact.sheet.write_number(RATE_ROW, exact.columns[str(year)], rate, spreadsheet.percent)
    for row, year_row in enumerate(data.rows, exact.first):
        amounts = _exact_amounts(year_row, data.years)
        for key, formula in write_formulas(spreadsheet, exact, data, lines, funding, year_row).items():
            amount = amounts.get(key)
            value = amount.value if amount is not None else None
            exact.sheet.write_formula(row, exact.columns[key], f"={formula}", value, spreadsheet.money)


def _exact_amounts(year_row: YearRow, years: tuple[int, ...]) -> dict[str, Euros | None]:
    """The values of the formulas of one row, by column; empty where unknown."""
    if year_row.exact is None:
        return {}
    if year_row.measure in OUTSIDE_MEASURES:
        return {"total": year_row.exact.euros}
    return {
        **{str(year): amount for year, amount in zip(years, year_row.exact, strict=True)},
        "after": year_row.after,
    }


def write_years(spreadsheet: Spreadsheet, years: Table, data: SheetData, exact: Table) -> None:
    """Write the same rows rounded once, to cents, and their totals."""
    note = say(
        "Euros. Each year is rounded once, to cents; totals are the sums of these cells and of what comes later, but"
        " that of the own share, a difference of its own that is rounded once. Empty: not known."
    )
    _write_frame(spreadsheet, years, data, note)
    first, last = (column_name(years.columns[str(year)]) for year in (data.years[0], data.years[-1]))
    for row, year_row in enumerate(data.rows, years.first):

        def rounded(key: str, value: Decimal | None, row: int = row) -> None:
            formula = half_even(exact.sheet.cell(row, exact.columns[key]))
            style = spreadsheet.total if key == "total" else spreadsheet.money
            years.sheet.write_formula(row, years.columns[key], formula, value, style)

        if year_row.late is not None:
            _write_late(spreadsheet, years, data, row, year_row)
            continue
        if year_row.measure in OUTSIDE_MEASURES:
            rounded("total", year_row.total)
            continue
        for index, year in enumerate(data.years):
            rounded(str(year), year_row.cells[index] if year_row.cells is not None else None)
        formula = f"=SUM({first}{row + 1}:{last}{row + 1})"
        if year_row.measure == "own-share":  # a difference of its own, rounded once
            ends = [(row, exact.columns[str(year)]) for year in (data.years[0], data.years[-1])]
            formula = half_even(f"SUM({exact.sheet.cells(*ends)})")
        years.sheet.write_formula(row, years.columns["total"], formula, year_row.total, spreadsheet.total)
        if year_row.measure in GROUP_OF:
            rounded("after", year_row.after.rounded() if year_row.after is not None else None)


def _write_late(spreadsheet: Spreadsheet, table: Table, data: SheetData, row: int, year_row: YearRow) -> None:
    """Write the FCTVA received, or the net cost, from the rows above: each year, after the term, and the whole."""
    assert year_row.late is not None, "a measure that may come late"

    def cell(measure: Measure, key: str) -> str:
        place = data.find_row(year_row.costed.id, year_row.section, measure)
        return f"{column_name(table.columns[key])}{place + 1}"

    def write(key: str, formula: str, value: Decimal | None) -> None:
        style = spreadsheet.total if key == "total" else spreadsheet.money
        table.sheet.write_formula(row, table.columns[key], f"={formula}", value, style)

    def net(key: str, fctva: Measure) -> str:
        places = [
            place for one in data.list_deductions(year_row, fctva) for place in data.find_rows(year_row, one)
        ]
        taken = "".join(f"-{column_name(table.columns[key])}{place + 1}" for place in places)
        return f"{cell('cost-central', key)}+{cell('vat', key)}{taken}"

    late = year_row.late
    values = {**dict(zip(map(str, data.years), late.by_year or (None,) * len(data.years), strict=True))}
    values |= {"late": late.after_term, "total": late.whole}
    if year_row.measure == "net-after-savings":
        for key, value in values.items():
            # nothing of savings or of lost revenue comes late
            write(key, cell("net", key) if key == "late" else data.balance(year_row, _at(cell, key)), value)
        return
    if year_row.measure in ("interest", "principal"):
        place = {key: f"${column_name(table.columns[key])}{row + 1}" for key in ("proposal", "section")}
        for key, value in values.items():
            after = quote_text(f">{data.years[-1]}") if key == "late" else key
            ends = (column_name(table.columns[one]) for one in (str(data.years[0]), "late"))
            whole = "SUM({}{row}:{}{row})".format(*ends, row=row + 1)
            formula = whole if key == "total" else data.add_instalments(year_row.measure, place, after)
            write(key, formula, value)
        return
    is_net = year_row.measure == "net"

    def received(is_asked: Callable[[int], bool]) -> str:
        refunds = data.list_refunds(year_row, is_asked, unknown=0)
        return (
            "+".join(f"{column_name(table.columns[str(year)])}{place + 1}" for place, year in refunds) or "0"
        )

    for year in data.years:
        paid = net(str(year), "fctva") if is_net else received(year.__eq__)
        write(str(year), paid, values[str(year)])
    late_paid = f"-{cell('fctva', 'late')}" if is_net else received(data.years[-1].__lt__)
    write("late", late_paid, values["late"])
    places = data.find_rows(year_row, "fctva-of-spending")
    spent = "+".join(f"{column_name(table.columns['total'])}{place + 1}" for place in places)
    write("total", net("total", "fctva-of-spending") if is_net else spent, values["total"])


def _at(cell: Callable[[Measure, str], str], key: str) -> Callable[[Measure], str]:
    return lambda measure: cell(measure, key)


def _write_frame(spreadsheet: Spreadsheet, table: Table, data: SheetData, note: Message) -> None:
    """Write what both sheets of years share: titles, headings and the texts of each row."""
    sheet, columns = table.sheet, table.columns
    sheet.write_text(0, 0, sheet.name, spreadsheet.title)
    sheet.write_text(1, 0, spreadsheet.say(note))
    words = (say("Domain"), say("Proposal"), say("Title"), say("Section"), say("Measure"))
    ends = (say("FCTVA after the term"), say("Total"), say("Then, a year"))
    heads = [*map(spreadsheet.say, words), *map(str, data.years), *map(spreadsheet.say, ends)]
    sheet.write_heads(HEAD_ROW, heads)
    for row, year_row in enumerate(data.rows, table.first):
        sheet.write_text(row, columns["domain"], year_row.costed.domain)
        sheet.write_text(row, columns["proposal"], year_row.costed.id)
        sheet.write_text(row, columns["title"], year_row.costed.document.value.title)
        sheet.write_text(row, columns["section"], spreadsheet.say(SECTION_NAMES[year_row.section]))
        sheet.write_text(row, columns["measure"], spreadsheet.say(MEASURE_NAMES[year_row.measure]))
        if year_row.owner is not None:
            title = f"{year_row.costed.document.value.title or ''} ({year_row.owner})"
            sheet.write_text(row, columns["title"], title)
    sheet.sheet.set_column(columns["domain"], columns["domain"], 14)
    sheet.sheet.set_column(columns["proposal"], columns["proposal"], 24)
    sheet.sheet.set_column(columns["title"], columns["title"], 40)
    sheet.sheet.set_column(columns["section"], columns["section"], 15)
    sheet.sheet.set_column(columns["measure"], columns["measure"], 32)
    sheet.sheet.set_column(columns["measure"] + 1, columns["after"], 17)
    sheet.set_up_page(
        HEAD_ROW, (max(table.last, HEAD_ROW), columns["after"]), frozen_columns=columns["title"]
    )
    if data.rows:
        sheet.sheet.autofilter(HEAD_ROW, 0, table.last, columns["after"])
