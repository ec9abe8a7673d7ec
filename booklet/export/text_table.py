"""Portfolio → the table of `costs`: for a terminal, or as Markdown.

Amounts are in thousands of euros, HT, central unless said otherwise, those of the booklet; totals are the sums of the
cells above them (`docs/architecture.md`, "Money, and rounding").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import SECTION_NAMES
from booklet.costs.financing import Financings, present_value
from booklet.diagnostics.message import say
from booklet.diagnostics.reporters.visible import measure
from booklet.tables.money_table import THOUSAND, MoneyTable, write_cell
from booklet.tables.net_tables import (
    certainty_table,
    funders_table,
    peak_year,
    percentiles_table,
    portfolio_likelihood,
    portfolio_net_table,
)
from booklet.tables.rounding import add_section, add_years, after_thousands, section_thousands
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class Grid:
    """Hold a table of texts: the first column is left, the others right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    #: sentences that stand under the table
    note: str = ""


def make_grids(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> tuple[Grid, ...]:
    """Lay out the portfolio: by proposal, by year, from gross to net, by funder, how sure it is; then what is apart."""
    tables = (
        portfolio_net_table(portfolio, edition, financings, language),
        funders_table(portfolio, edition, financings, language),
    )
    whole = percentiles_table(portfolio, language)
    each = certainty_table(portfolio, language)
    likely = _join_lines(portfolio_likelihood(portfolio, language))
    return (
        _by_proposal(portfolio, edition, language),
        replace(_by_year(portfolio, language), note=_join_lines(peak_year(portfolio, edition, language))),
        *(_from_table(table, language) for table in tables if table is not None),
        *([] if whole is None else [replace(_from_table(whole, language), note=likely)]),
        *([] if each is None else [_from_table(each, language)]),
        *_apart(portfolio, edition, language),
    )


def make_present_value(portfolio: Portfolio, rate: Decimal, language: Language) -> Grid:
    """Discount the six years' gross central cost to the first of them; the rate stands in the title."""
    wording = Wording(language)
    rows = []
    for section in SECTIONS:
        yearly = portfolio.by_section[section]
        amounts = {year: yearly[year].central for year in portfolio.years}
        worth = present_value(amounts, rate, portfolio.years[0])
        cells = (add_section(portfolio.ready, section).central, worth.amount.rounded(THOUSAND))
        rows.append((SECTION_NAMES[section].text(language), *_write(cells, language)))
    title = say(
        "Present value in {year} at {rate} a year, before VAT, in thousands of euros",
        year=portfolio.years[0],
        rate=wording.percent(rate),
    )
    head = ("", say("As it is").text(language), say("Present value").text(language))
    return Grid(title.text(language), head, tuple(rows))


def _from_table(table: MoneyTable, language: Language) -> Grid:
    unit = say("in thousands of euros").text(language)
    rows = tuple(
        (row.target or row.label, *(write_cell(cell, table.step, language) for cell in row.cells))
        for row in table.rows
    )
    return Grid(f"{table.caption} ({unit})", table.columns, rows)


def _by_proposal(portfolio: Portfolio, edition: Edition, language: Language) -> Grid:
    rows: list[tuple[str, ...]] = []
    grand = _Sum()
    for domain, described in edition.domains.items():
        proposals = [costed for costed in portfolio.ready if costed.domain == domain]
        if not proposals:
            continue
        total = _Sum()
        for costed in proposals:
            cells = _cells(costed)
            total.add(cells)
            rows.append((costed.id, *_write(cells, language)))
        label = say("Total, {section}", section=_on_one_line(described.title)).text(language)
        rows.append((label, *_write(total.cells, language)))
        grand.add(total.cells)
    rows.append((say("Total").text(language), *_write(grand.cells, language)))
    head = (
        say("Proposal"),
        say("Investment, low"),
        say("central"),
        say("high"),
        say("Operation, low"),
        say("central"),
        say("high"),
        say("Then, a year"),
    )
    return Grid(
        say("Cost of each proposal over the six years, before VAT, in thousands of euros").text(language),
        tuple(cell.text(language) for cell in head),
        tuple(rows),
    )


def _cells(costed: CostedProposal) -> tuple[Decimal, ...]:
    sections = (section_thousands(costed, section) for section in SECTIONS)
    amounts = [amount for cell in sections for amount in (cell.low, cell.central, cell.high)]
    return (*amounts, after_thousands(costed).central)


def _by_year(portfolio: Portfolio, language: Language) -> Grid:
    rows = []
    for section in SECTIONS:
        yearly = add_years(portfolio.ready, section, len(portfolio.years))
        after = sum((after_thousands(costed, (section,)).central for costed in portfolio.ready), Decimal(0))
        cells = (*yearly, sum(yearly, Decimal(0)), after)
        rows.append((SECTION_NAMES[section].text(language), *_write(cells, language)))
    return Grid(
        say("Central cost of the whole by year, before VAT, in thousands of euros").text(language),
        (
            "",
            *(str(year) for year in portfolio.years),
            say("Total").text(language),
            say("Then, a year").text(language),
        ),
        tuple(rows),
    )


def _apart(portfolio: Portfolio, edition: Edition, language: Language) -> tuple[Grid, ...]:
    """List drafts and ideas that were not costed: they are in no total, and are not 0."""
    drafts = tuple(
        (costed.id, _on_one_line(costed.document.value.title or "")) for costed in portfolio.drafts
    )
    ideas = tuple((_on_one_line(idea.title), _on_one_line(idea.why)) for idea in edition.ideas)
    grids = (
        Grid(say("Drafts, in no total").text(language), ("", ""), drafts),
        Grid(say("Ideas that were not costed").text(language), ("", ""), ideas),
    )
    return tuple(grid for grid in grids if grid.rows)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _join_lines(sentences: str) -> str:
    # the spaces inside an amount stay what they are
    return " ".join(sentences.splitlines())


class _Sum:
    def __init__(self) -> None:
        self.cells: tuple[Decimal, ...] = ()

    def add(self, cells: Sequence[Decimal]) -> None:
        self.cells = (
            tuple(a + b for a, b in zip(self.cells, cells, strict=True)) if self.cells else tuple(cells)
        )


def _write(cells: Sequence[Decimal], language: Language) -> tuple[str, ...]:
    return tuple(write_cell(cell, THOUSAND, language) for cell in cells)


def display_width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    return sum(cell.width for cell in measure(text))


def write_terminal(grids: Sequence[Grid]) -> str:
    """Write the tables in aligned columns."""
    blocks = []
    for grid in grids:
        rows = [grid.head, *grid.rows] if any(grid.head) else list(grid.rows)
        widths = [max(display_width(row[column]) for row in rows) for column in range(len(grid.head))]
        lines = [
            "  ".join(
                cell + " " * (width - display_width(cell))
                if index == 0 or not any(grid.head)
                else " " * (width - display_width(cell)) + cell
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        blocks.append("\n".join([grid.title, "", *lines, *_under(grid.note)]))
    return "\n\n".join(blocks) + "\n"


def write_markdown(grids: Sequence[Grid]) -> str:
    """Write the tables as GitHub Markdown; no text of a contributor can become markup."""
    blocks = []
    for grid in grids:
        rule = ["---", *("---:" for _ in grid.head[1:])]
        rows = [grid.head, rule, *grid.rows]
        lines = [
            "| " + " | ".join(_escape(cell) if row is not rule else cell for cell in row) + " |"
            for row in rows
        ]
        blocks.append("\n".join([f"**{_escape(grid.title)}**", "", *lines, *_under(_escape(grid.note))]))
    return "\n\n".join(blocks) + "\n"


def _under(note: str) -> tuple[str, ...]:
    return ("", note) if note else ()


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#&@~])", r"\\\1", text)
