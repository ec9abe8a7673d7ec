"""Portfolio → the tables of `costs`, for a terminal or Markdown.

Amounts are HT, in the unit of the whole (`Portfolio.step`), central unless said otherwise, those of the booklet; totals
are the sums of the cells above them (`docs/architecture.md`, "Money and rounding").
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import SECTION_NAMES
from booklet.costs.present_value import present_value
from booklet.diagnostics.message import say
from booklet.export.text_table import TextTable
from booklet.money.euros import sum_cells
from booklet.tables.balance_rows import INTEREST, interest_of_whole
from booklet.tables.certainty import certainty_table, describe_portfolio_likelihood, percentiles_table
from booklet.tables.money_table import MoneyTable, name_unit, write_cell
from booklet.tables.net_tables import funders_table, portfolio_net_table
from booklet.tables.peak import describe_peak
from booklet.tables.rounding import add_section, add_years, after_in, section_in
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language


def make_costs_tables(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> tuple[TextTable, ...]:
    """Lay out the portfolio: by proposal, by year, from gross to net, by funder, likelihood; then drafts and ideas."""
    tables = (
        portfolio_net_table(portfolio, edition, financings, language),
        funders_table(portfolio, edition, financings, language),
    )
    whole = percentiles_table(portfolio, language)
    each = certainty_table(portfolio, language)
    likely = _join_lines(describe_portfolio_likelihood(portfolio, language))
    return (
        _by_proposal(portfolio, edition, language),
        replace(
            _by_year(portfolio, financings, language),
            note=_join_lines(describe_peak(portfolio, edition, language)),
        ),
        *(_from_table(table, language) for table in tables if table is not None),
        *([] if whole is None else [replace(_from_table(whole, language), note=likely)]),
        *([] if each is None else [_from_table(each, language)]),
        *_drafts_and_ideas(portfolio, edition, language),
    )


#: low, central and high of both sections, and what follows the term
_AMOUNTS = 7


def make_present_value(portfolio: Portfolio, rate: Decimal, language: Language) -> TextTable:
    """Discount the six years' gross central cost to the first of them; the rate stands in the title."""
    wording = Wording(language)
    rows = []
    for section in SECTIONS:
        yearly = portfolio.by_section[section]
        amounts = {year: yearly[year].central for year in portfolio.years}
        worth = present_value(amounts, rate, portfolio.years[0])
        cells = (
            add_section(portfolio.ready, section, portfolio.step).central,
            worth.amount.rounded(portfolio.step),
        )
        rows.append((SECTION_NAMES[section].text(language), *_write(cells, portfolio, language)))
    title = say(
        "Present value in {year} at {rate} a year, before VAT, {unit}",
        unit=name_unit(portfolio.step),
        year=portfolio.years[0],
        rate=wording.percent(rate),
    )
    head = ("", say("As it is").text(language), say("Present value").text(language))
    return TextTable(title.text(language), head, tuple(rows))


def _from_table(table: MoneyTable, language: Language) -> TextTable:
    unit = name_unit(table.step).text(language)
    rows = tuple(
        (
            row.target or row.label,
            *(
                "–" if cell is None and row.kind == "fixed" else write_cell(cell, table.step, language)
                for cell in row.cells
            ),
        )
        for row in table.rows
    )
    return TextTable(f"{table.caption} ({unit})", table.columns, rows)


def _by_proposal(portfolio: Portfolio, edition: Edition, language: Language) -> TextTable:
    rows: list[tuple[str, ...]] = []
    grand = _Sum()
    for domain, described in edition.domains.items():
        proposals = portfolio.in_domain(domain)
        if not proposals:
            continue
        total = _Sum()
        for costed in proposals:
            cells = _cells(costed, portfolio.step)
            total.add(cells)
            rows.append((costed.id, *_write(cells, portfolio, language)))
        label = say("Total, {section}", section=_on_one_line(described.title)).text(language)
        rows.append((label, *_write(total.cells, portfolio, language)))
        grand.add(total.cells)
    rows.append((say("Total").text(language), *_write(grand.cells, portfolio, language)))
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
    return TextTable(
        say(
            "Cost of each proposal over the six years, before VAT, {unit}", unit=name_unit(portfolio.step)
        ).text(language),
        tuple(cell.text(language) for cell in head),
        tuple(rows),
    )


def _cells(costed: CostedProposal, step: Decimal) -> tuple[Decimal, ...]:
    sections = (section_in(costed, section, step) for section in SECTIONS)
    amounts = [amount for cell in sections for amount in (cell.low, cell.central, cell.high)]
    return (*amounts, after_in(costed, step).central)


def _by_year(portfolio: Portfolio, financings: Financings, language: Language) -> TextTable:
    rows = []
    for section in SECTIONS:
        yearly = add_years(portfolio.ready, section, len(portfolio.years), portfolio.step)
        after = sum_cells(after_in(costed, portfolio.step, (section,)).central for costed in portfolio.ready)
        cells = (*yearly, sum(yearly, Decimal(0)), after)
        rows.append((SECTION_NAMES[section].text(language), *_write(cells, portfolio, language)))
    if interest := interest_of_whole(portfolio, financings):
        written = (write_cell(cell, portfolio.step, language) for cell in interest)
        rows.append((INTEREST.text(language), *written))
    return TextTable(
        say("Central cost of the whole by year, before VAT, {unit}", unit=name_unit(portfolio.step)).text(
            language
        ),
        (
            "",
            *(str(year) for year in portfolio.years),
            say("Total").text(language),
            say("Then, a year").text(language),
        ),
        tuple(rows),
    )


def _drafts_and_ideas(portfolio: Portfolio, edition: Edition, language: Language) -> tuple[TextTable, ...]:
    """List drafts and ideas without costs, which are in no total."""
    drafts = tuple(
        (costed.id, _on_one_line(costed.document.value.title or "")) for costed in portfolio.drafts
    )
    ideas = tuple((_on_one_line(idea.title), _on_one_line(idea.why)) for idea in edition.ideas)
    tables = (
        TextTable(say("Drafts, in no total").text(language), ("", ""), drafts),
        TextTable(say("Ideas that were not costed").text(language), ("", ""), ideas),
    )
    return tuple(table for table in tables if table.rows)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _join_lines(sentences: str) -> str:
    # no-break spaces inside an amount are kept
    return " ".join(sentences.splitlines())


class _Sum:
    """The sum of rows; of none, zeros."""

    def __init__(self) -> None:
        self.cells = (Decimal(0),) * _AMOUNTS

    def add(self, cells: Sequence[Decimal]) -> None:
        self.cells = tuple(a + b for a, b in zip(self.cells, cells, strict=True))


def _write(cells: Sequence[Decimal], portfolio: Portfolio, language: Language) -> tuple[str, ...]:
    return tuple(write_cell(cell, portfolio.step, language) for cell in cells)
