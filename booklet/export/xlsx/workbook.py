"""Portfolio → `budget.xlsx`: the booklet's figures with live formulas, in the edition's language.

Every total is a formula over the sheet of lines: changing a quantity or a unit cost is followed everywhere. The
file is reproducible: its date is the edition's, its zip entries have none. `costs import` brings the changed
quantities and unit costs back (`roundtrip`).
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
    LATE_MEASURES,
    Measure,
    YearRow,
    all_proposals,
    list_funding,
    list_lines,
    list_years,
    sections_of,
)
from booklet.export.xlsx.balance import (
    Balance,
    funding_columns,
    make_table,
    quote,
    write_exact,
    write_funding,
    year_columns,
)
from booklet.export.xlsx.balance import write_years as write_year_sheet
from booklet.export.xlsx.spreadsheet import Sheet, Spreadsheet, column_name
from booklet.export.xlsx.worksheets import MEASURE_NAMES, Table, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language

READ_ME, LINES, YEARS, FUNDING = say("Read me"), say("Lines"), say("Years"), say("Funding")
PORTFOLIO, SOURCES, EXACT, DRAFTS = say("Portfolio"), say("Sources"), say("Exact sums"), say("Drafts")


def write_workbook(
    portfolio: Portfolio,
    edition: Edition,
    references: Mapping[str, Reference],
    language: Language,
    financing: Financings,
    fctva_rate: Mapping[int, Decimal | None],
) -> bytes:
    """Write the whole workbook; the same portfolio gives the same bytes.

    `financing` holds the chain of each section of each proposal, by id and section; `fctva_rate` the rate that it was
    computed with, by budget year.
    """
    publisher = edition.publisher.name if edition.publisher else ""
    spreadsheet = Spreadsheet(language, edition.title, publisher, edition.date)
    years = portfolio.years
    rows = tuple(
        row
        for costed in portfolio.ready
        for section in sections_of(costed)
        for row in list_years(costed, section, financing.get((costed.id, section)))
    )
    balance = Balance(edition, years, rows, tuple(list_funding(portfolio.ready, financing)), fctva_rate)
    _write_read_me(spreadsheet, portfolio, edition)
    note = say(
        "Euros. Coloured cells can be changed: every total follows, and `costs import` brings them back."
    )
    lines = write_lines(spreadsheet, LINES, note, tuple(list_lines(portfolio.ready, edition, years)), years)
    year_sheet = make_table(spreadsheet.add(YEARS), year_columns(years), len(rows))
    funding = make_table(spreadsheet.add(FUNDING), funding_columns(years), len(balance.plan))
    _Portfolio(spreadsheet, portfolio, balance, year_sheet, funding).write()
    _write_sources(spreadsheet, portfolio, references)
    exact = make_table(spreadsheet.add(EXACT), year_columns(years), len(rows))
    write_exact(spreadsheet, exact, balance, lines, funding)
    write_year_sheet(spreadsheet, year_sheet, balance, exact)
    write_funding(spreadsheet, funding, balance, exact)
    if portfolio.drafts:
        drafts = tuple(list_lines(portfolio.drafts, edition, years))
        write_lines(spreadsheet, DRAFTS, say("Drafts are in no total."), drafts, years)
    return spreadsheet.close()


def _write_read_me(spreadsheet: Spreadsheet, portfolio: Portfolio, edition: Edition) -> None:
    sheet = spreadsheet.add(READ_ME)
    sheet.write_text(0, 0, edition.title, spreadsheet.title)
    prices = edition.prices
    facts = (
        (say("Subtitle"), edition.subtitle),
        (say("Version"), edition.version),
        (say("Date"), edition.date.isoformat() if edition.date else None),
        (say("Publisher"), edition.publisher.name if edition.publisher else None),
        (say("Licence"), edition.licence),
        (say("Euros of the year"), str(prices.year) if prices and prices.year else None),
        (say("Price basis where a line has none"), prices.basis if prices else None),
        (say("Funding base"), edition.funding_base or "ht"),
        (say("Ready proposals, in the totals"), str(len(portfolio.ready))),
        (say("Drafts, in no total"), str(len(portfolio.drafts))),
    )
    row = 2
    for message, fact in facts:
        if fact:
            sheet.write_text(row, 0, spreadsheet.say(message), spreadsheet.text)
            sheet.write_text(row, 1, fact, spreadsheet.wrapped)
            row += 1
    about: tuple[tuple[Message, Message], ...] = (
        (
            LINES,
            say("What each proposal buys, pays and earns. Change a coloured cell and every total follows."),
        ),
        (
            YEARS,
            say(
                "Each section of each proposal by budget year, from cost to net cost, rounded once, to cents."
            ),
        ),
        (FUNDING, say("Who gives what, with what certainty, and when.")),
        (PORTFOLIO, say("The totals of the booklet, each the sum of rounded cells.")),
        (SOURCES, say("Where the figures come from.")),
        (EXACT, say("The sums of lines before they are rounded: half a cent goes to the even cent.")),
        *(
            [(DRAFTS, say("Lines of proposals that are not ready; they are in no total."))]
            if portfolio.drafts
            else []
        ),
    )
    row += 1
    for message, text in about:
        sheet.write_text(row, 0, spreadsheet.say(message), spreadsheet.head)
        sheet.write_text(row, 1, spreadsheet.say(text), spreadsheet.wrapped)
        row += 1
    closing = (
        say(
            "An empty cell is an amount that is not known: it is not 0, and what needs it is not known either."
        ),
        say("`sh run.sh costs import FILE.xlsx` brings back changed quantities and unit costs, only those."),
    )
    for message in closing:
        row += 1
        sheet.write_text(row, 0, spreadsheet.say(message), spreadsheet.text)
    sheet.sheet.set_column(0, 0, 34)
    sheet.sheet.set_column(1, 1, 90)
    sheet.set_up_page(0, (row, 1), frozen_columns=0)


class _Portfolio:
    """Write the sheet of totals, block after block, all over the sheets of years and funding."""

    def __init__(
        self, spreadsheet: Spreadsheet, portfolio: Portfolio, balance: Balance, years: Table, funding: Table
    ) -> None:
        self.spreadsheet, self.portfolio, self.balance = spreadsheet, portfolio, balance
        self.years, self.funding = years, funding
        self.rows: dict[tuple[Section, Measure], list[YearRow]] = defaultdict(list)
        for row in balance.rows:
            self.rows[row.section, row.measure].append(row)
        self.sheet: Sheet = spreadsheet.add(PORTFOLIO)
        self.row = 1

    def write(self) -> None:
        self.sheet.write_text(0, 0, self.spreadsheet.say(PORTFOLIO), self.spreadsheet.title)
        self._by_measure()
        self._by_key(say("Central cost by domain"), "domain", self._domains())
        self._by_key(say("Central cost by proposal"), "proposal", self._proposals())
        self._by_funder()
        self.sheet.sheet.set_column(0, 0, 26)
        self.sheet.sheet.set_column(1, 1, 40)
        self.sheet.sheet.set_column(2, 2, 34)
        self.sheet.sheet.set_column(3, 5 + len(self.balance.years), 17)
        self.sheet.set_up_page(0, (self.row, 5 + len(self.balance.years)), frozen_columns=0)

    def _domains(self) -> list[tuple[str, str]]:
        present = {costed.domain for costed in self.portfolio.ready}
        return [(id, domain.title) for id, domain in self.balance.edition.domains.items() if id in present]

    def _proposals(self) -> list[tuple[str, str]]:
        return [(costed.id, costed.document.value.title or "") for costed in self.portfolio.ready]

    def _start(self, title: Message, heads: Sequence[str]) -> None:
        self.sheet.write_text(self.row + 1, 0, self.spreadsheet.say(title), self.spreadsheet.last_text)
        self.sheet.write_heads(self.row + 2, heads)
        self.row += 3

    def _year_heads(self) -> list[str]:
        say_ = self.spreadsheet.say
        ends = (say("FCTVA after the term"), say("Total"), say("Then, a year"))
        return [*map(str, self.balance.years), *map(say_, ends)]

    def _by_measure(self) -> None:
        """Write each measure of each section by year."""
        words = ["", self.spreadsheet.say(say("Section")), self.spreadsheet.say(say("Measure"))]
        self._start(say("By section and year"), [*words, *self._year_heads()])
        for section in SECTIONS:
            measures: tuple[Measure, ...] = (*COST_MEASURES, "revenue-central", *CHAIN_MEASURES)
            for measure in measures:
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
        held = [
            other
            for other in self.rows[section, measure]
            if where.get("domain", other.costed.domain) == other.costed.domain
            and where.get("proposal", other.costed.id) == other.costed.id
        ]
        criteria = dict.fromkeys(where, f"$A{row + 1}") | {
            "section": quote(words[1]),
            "measure": quote(spreadsheet.say(MEASURE_NAMES[measure])),
        }

        def add(key: str, column: int, amounts: Iterable[Decimal | None]) -> None:
            value = _add(amounts)
            formula = f"={self.years.add_where(key, **criteria)}"
            style = spreadsheet.total if key == "total" else spreadsheet.money
            self.sheet.write_formula(row, column, formula, value, style)

        end = 3 + len(self.balance.years)
        for index, year in enumerate(self.balance.years):
            add(str(year), 3 + index, (other.cells[index] if other.cells else None for other in held))
        if measure in LATE_MEASURES:
            add("late", end, (other.late.after_term if other.late else None for other in held))
        add("total", end + 1, (other.total for other in held))
        if measure in COST_MEASURES:
            add(
                "after",
                end + 2,
                (other.after.rounded() if other.after is not None else None for other in held),
            )

    def _by_funder(self) -> None:
        """Write what each funder gives, by certainty, and lends."""
        spreadsheet = self.spreadsheet
        statuses = [spreadsheet.say(message) for message in STATUS_NAMES.values()]
        words = (say("Id"), say("Funder"), say("Section"))
        ends = (say("Total without loans"), say("Loans"))
        heads = [*map(spreadsheet.say, words), *statuses, *map(spreadsheet.say, ends)]
        self._start(say("By funder and certainty, over the six years"), heads)
        funders = {held.funding.funder: None for held in self.balance.plan if held.funding.funder}
        order = [id for id in self.balance.edition.organisations if id in funders]
        for id in order:
            for section in SECTIONS:
                if any(
                    (held.funding.funder, held.funding.section) == (id, section) for held in self.balance.plan
                ):
                    self._write_funder(id, section)

    def _write_funder(self, id: str, section: Section) -> None:
        row, spreadsheet = self.row, self.spreadsheet
        self.row += 1
        name = self.balance.edition.organisations[id].name
        for column, word in enumerate((id, name, spreadsheet.say(SECTION_NAMES[section]))):
            self.sheet.write_text(row, column, word)
        held = [h for h in self.balance.plan if (h.funding.funder, h.funding.section) == (id, section)]
        known = all(h.grant is not None for h in held)
        criteria = {"funder": f"$A{row + 1}", "section": f"$C{row + 1}"}
        yes, no = quote(spreadsheet.say(say("yes"))), quote(spreadsheet.say(say("no")))
        given = Decimal(0)
        for column, (status, message) in enumerate(STATUS_NAMES.items(), 3):
            grants = [h.grant for h in held if h.grant and not h.grant.is_debt and h.funding.status == status]
            value = sum((grant.total.rounded() for grant in grants), Decimal(0))
            given += value
            asked = self.funding.add_where(
                "amount", **criteria, debt=no, status=quote(spreadsheet.say(message))
            )
            self.sheet.write_formula(row, column, f"={asked}", value if known else None, spreadsheet.money)
        end = 3 + len(STATUS_NAMES)
        formula = f"=SUM(D{row + 1}:{column_name(end - 1)}{row + 1})"
        self.sheet.write_formula(row, end, formula, given if known else None, spreadsheet.total)
        lent = sum((h.grant.total.rounded() for h in held if h.grant and h.grant.is_debt), Decimal(0))
        formula = f"={self.funding.add_where('amount', **criteria, debt=yes)}"
        self.sheet.write_formula(row, end + 1, formula, lent if known else None, spreadsheet.money)


def _add(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Add cells as they are written; None as soon as one is not known."""
    held = list(amounts)
    known = [amount for amount in held if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(held) else None


def _write_sources(
    spreadsheet: Spreadsheet, portfolio: Portfolio, references: Mapping[str, Reference]
) -> None:
    sheet = spreadsheet.add(SOURCES)
    sheet.write_text(0, 0, spreadsheet.say(SOURCES), spreadsheet.title)
    words = (
        say("Id"),
        say("Title"),
        say("Publisher"),
        say("Year"),
        say("Address"),
        say("Read on"),
        say("Lines of"),
    )
    sheet.write_heads(2, [spreadsheet.say(word) for word in words])
    cited = _cited(tuple(costed for _, costed in all_proposals(portfolio)))
    for row, (id, reference) in enumerate(references.items(), 3):
        read = reference.read.isoformat() if reference.read else None
        year = str(reference.year) if reference.year else None
        texts = (
            id,
            reference.title,
            reference.publisher,
            year,
            reference.url,
            read,
            ", ".join(cited.get(id, ())),
        )
        for column, text in enumerate(texts):
            sheet.write_text(row, column, text)
    for column, width in enumerate((28, 60, 30, 8, 60, 12, 40)):
        sheet.sheet.set_column(column, column, width)
    sheet.set_up_page(2, (max(3, 2 + len(references)), 6), frozen_columns=1)


def _cited(proposals: Sequence[CostedProposal]) -> dict[str, tuple[str, ...]]:
    """List the proposals whose lines rest on each source."""
    found: dict[str, dict[str, None]] = {}
    for costed in proposals:
        for line in (*costed.document.value.costs, *costed.document.value.revenues):
            if line.source is not None:
                found.setdefault(line.source, {})[costed.id] = None
    return {source: tuple(ids) for source, ids in found.items()}
