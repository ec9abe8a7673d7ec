"""Rounded cells → the sheet of totals: by section and year, by domain, by proposal, by funder.

Every total is a formula over the sheets of years and funding.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.diagnostics.message import Message, say
from booklet.export.cost_rows import (
    CHAIN_MEASURES,
    COST_MEASURES,
    DEBT_MEASURES,
    LATE_MEASURES,
    OUTSIDE_MEASURES,
    Measure,
    YearRow,
)
from booklet.export.xlsx.sheets import MEASURE_NAMES, PORTFOLIO, Table
from booklet.export.xlsx.spreadsheet import SheetWriter, Spreadsheet, column_name, quote_text
from booklet.tables.money_table import add_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from booklet.costs.portfolio import Portfolio
    from booklet.export.xlsx.year_sheets import SheetData


class PortfolioSheet:
    """Writes the sheet of totals, block after block, as formulas over the sheets of years and funding."""

    def __init__(
        self, spreadsheet: Spreadsheet, portfolio: Portfolio, data: SheetData, years: Table, funding: Table
    ) -> None:
        self.spreadsheet, self.portfolio, self.data = spreadsheet, portfolio, data
        self.years, self.funding = years, funding
        self.rows: dict[tuple[Section, Measure], list[YearRow]] = defaultdict(list)
        for row in data.rows:
            self.rows[row.section, row.measure].append(row)
        self.sheet: SheetWriter = spreadsheet.add(PORTFOLIO)
        self.row = 1

    def write(self) -> None:
        """Write every block, one below the other."""
        self.sheet.write_text(0, 0, self.spreadsheet.say(PORTFOLIO), self.spreadsheet.title)
        self._by_measure()
        self._by_key(say("Central cost by domain"), "domain", self._domains())
        self._by_key(say("Central cost by proposal"), "proposal", self._proposals())
        self._by_funder()
        self.sheet.sheet.set_column(0, 0, 26)
        self.sheet.sheet.set_column(1, 1, 40)
        self.sheet.sheet.set_column(2, 2, 34)
        self.sheet.sheet.set_column(3, 5 + len(self.data.years), 17)
        self.sheet.set_up_page(0, (self.row, 5 + len(self.data.years)), frozen_columns=0)

    def _domains(self) -> list[tuple[str, str]]:
        present = {costed.domain for costed in self.portfolio.ready}
        return [(id, domain.title) for id, domain in self.data.edition.domains.items() if id in present]

    def _proposals(self) -> list[tuple[str, str]]:
        return [(costed.id, costed.document.value.title or "") for costed in self.portfolio.ready]

    def _start(self, title: Message, heads: Sequence[str]) -> None:
        self.sheet.write_text(self.row + 1, 0, self.spreadsheet.say(title), self.spreadsheet.last_text)
        self.sheet.write_heads(self.row + 2, heads)
        self.row += 3

    def _year_heads(self) -> list[str]:
        say_ = self.spreadsheet.say
        ends = (say("FCTVA after the term"), say("Total"), say("Then, a year"))
        return [*map(str, self.data.years), *map(say_, ends)]

    def _by_measure(self) -> None:
        """Write each measure of each section by year."""
        words = ["", self.spreadsheet.say(say("Section")), self.spreadsheet.say(say("Measure"))]
        self._start(say("By section and year"), [*words, *self._year_heads()])
        for section in SECTIONS:
            measures: tuple[Measure, ...] = (*COST_MEASURES, "revenue-central", *CHAIN_MEASURES)
            rare: tuple[Measure, ...] = (
                "saving-central",
                "lost-central",
                "net-after-savings",
                *DEBT_MEASURES,
                *OUTSIDE_MEASURES,
            )
            for measure in (*measures, *(one for one in rare if self.rows[section, one])):
                self._write_years("", section, measure, {})

    def _by_key(self, title: Message, key: str, entries: Iterable[tuple[str, str]]) -> None:
        """Write the central cost of each domain or proposal, by section and year."""
        words = [self.spreadsheet.say(word) for word in (say("Id"), say("Section"), say("Title"))]
        self._start(title, [*words, *self._year_heads()])
        for id, name in entries:
            for section in SECTIONS:
                self._write_years(id, section, "cost-central", {key: id}, name)

    def _write_years(
        self, id: str, section: Section, measure: Measure, where: Mapping[str, str], name: str | None = None
    ) -> None:
        """Write one row: sums of the sheet of years; empty where one of them is not known."""
        row, spreadsheet = self.row, self.spreadsheet
        self.row += 1
        words = (id, spreadsheet.say(SECTION_NAMES[section]), name or spreadsheet.say(MEASURE_NAMES[measure]))
        for column, word in enumerate(words):
            self.sheet.write_text(row, column, word)
        added = [
            year_row
            for year_row in self.rows[section, measure]
            if where.get("domain", year_row.costed.domain) == year_row.costed.domain
            and where.get("proposal", year_row.costed.id) == year_row.costed.id
        ]
        criteria = dict.fromkeys(where, f"$A{row + 1}") | {
            "section": quote_text(words[1]),
            "measure": quote_text(spreadsheet.say(MEASURE_NAMES[measure])),
        }

        def add(key: str, column: int, amounts: Iterable[Decimal | None]) -> None:
            value = add_known(tuple(amounts))
            formula = f"={self.years.add_where(key, **criteria)}"
            style = spreadsheet.total if key == "total" else spreadsheet.money
            self.sheet.write_formula(row, column, formula, value, style)

        end = 3 + len(self.data.years)
        for index, year in enumerate(self.data.years if measure not in OUTSIDE_MEASURES else ()):
            add(
                str(year),
                3 + index,
                (year_row.cells[index] if year_row.cells else None for year_row in added),
            )
        if measure in LATE_MEASURES:
            add("late", end, (year_row.late.after_term if year_row.late else None for year_row in added))
        add("total", end + 1, (year_row.total for year_row in added))
        if measure in COST_MEASURES or measure in ("saving-central", "lost-central"):
            add(
                "after",
                end + 2,
                (year_row.after.rounded() if year_row.after is not None else None for year_row in added),
            )

    def _by_funder(self) -> None:
        """Write the grants of each funder by certainty, and its loans."""
        spreadsheet = self.spreadsheet
        statuses = [spreadsheet.say(message) for message in STATUS_NAMES.values()]
        words = (say("Id"), say("Funder"), say("Section"))
        ends = (say("Total without loans"), say("Loans"))
        heads = [*map(spreadsheet.say, words), *statuses, *map(spreadsheet.say, ends)]
        self._start(say("By funder and certainty, over the six years"), heads)
        funders = {planned.funding.funder: None for planned in self.data.plan if planned.funding.funder}
        order = [id for id in self.data.edition.organisations if id in funders]
        for id in order:
            for section in SECTIONS:
                if any(
                    (planned.funding.funder, planned.funding.section) == (id, section)
                    for planned in self.data.plan
                ):
                    self._write_funder(id, section)

    def _write_funder(self, id: str, section: Section) -> None:
        row, spreadsheet = self.row, self.spreadsheet
        self.row += 1
        name = self.data.edition.organisations[id].name
        for column, word in enumerate((id, name, spreadsheet.say(SECTION_NAMES[section]))):
            self.sheet.write_text(row, column, word)
        planned = [
            one for one in self.data.plan if (one.funding.funder, one.funding.section) == (id, section)
        ]
        known = all(one.grant is not None for one in planned)
        criteria = {"funder": f"$A{row + 1}", "section": f"$C{row + 1}"}
        yes, no = quote_text(spreadsheet.say(say("yes"))), quote_text(spreadsheet.say(say("no")))
        given = Decimal(0)
        for column, (status, message) in enumerate(STATUS_NAMES.items(), 3):
            grants = [
                one.grant
                for one in planned
                if one.grant and not one.grant.is_debt and one.funding.status == status
            ]
            value = sum((grant.total.rounded() for grant in grants), Decimal(0))
            given += value
            asked = self.funding.add_where(
                "amount", **criteria, debt=no, status=quote_text(spreadsheet.say(message))
            )
            self.sheet.write_formula(row, column, f"={asked}", value if known else None, spreadsheet.money)
        end = 3 + len(STATUS_NAMES)
        formula = f"=SUM(D{row + 1}:{column_name(end - 1)}{row + 1})"
        self.sheet.write_formula(row, end, formula, given if known else None, spreadsheet.total)
        lent = sum(
            (one.grant.total.rounded() for one in planned if one.grant and one.grant.is_debt), Decimal(0)
        )
        formula = f"={self.funding.add_where('amount', **criteria, debt=yes)}"
        self.sheet.write_formula(row, end + 1, formula, lent if known else None, spreadsheet.money)
