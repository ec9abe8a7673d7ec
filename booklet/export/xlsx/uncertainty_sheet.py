"""How sure the costs are → a sheet: percentiles as values, and the overruns of past projects by formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import REFERENCE_CLASS_NAMES, SECTION_NAMES
from booklet.costs.optimism import COVERED, find_uplift
from booklet.costs.uncertainty import estimate_portfolio, estimate_proposal
from booklet.diagnostics.message import Message, say
from booklet.export.xlsx.sheets import GROUP_NAMES, UNCERTAINTY
from booklet.export.xlsx.spreadsheet import (
    Spreadsheet,
    add_half_even,
    column_name,
    half_even,
    quote_text,
)

if TYPE_CHECKING:
    from booklet.costs.optimism import Uplift
    from booklet.costs.portfolio import Portfolio
    from booklet.costs.uncertainty import Estimate
    from booklet.export.xlsx.sheets import Table
    from booklet.export.xlsx.spreadsheet import SheetWriter
    from booklet.law.lookup import Law

_HEAD_ROW = 5
#: columns of numbers, after those of texts
_FIRST, _ENOUGH, _RATE, _BASE, _ADDED = 3, 7, 9, 10, 11
_HEADS = (
    *(say("Proposal"), say("Title"), say("Section"), say("P10"), say("P50"), say("P80"), say("P90")),
    say("Probability that the central costs are enough"),
)
#: a second figure, in no total
_OVERRUN = (
    *(say("Kind of project"), say("Rate of overrun, at most"), say("Cost that may overrun")),
    say("Overrun of past projects of its kind, at most, in no total"),
)
_BOTH = say("Both sections together")


def write_uncertainty(
    spreadsheet: Spreadsheet, portfolio: Portfolio, law: Law, lines: Table, *, percentiles: bool
) -> None:
    """Write a row for the whole, one for each of its sections, and one for each proposal.

    `percentiles` may be left out, since they are what takes longest.
    """
    sheet = spreadsheet.add(UNCERTAINTY)
    sheet.write_text(0, 0, spreadsheet.say(UNCERTAINTY), spreadsheet.title)
    note = say(
        "Euros before VAT, six years. Percentiles are computed by the tool, not by this sheet, since a quantile has no"
        " formula: they do not follow changed cells, and are never added."
    )
    sheet.write_text(1, 0, spreadsheet.say(note))
    sheet.write_text(2, 0, spreadsheet.say(say("Correlation of all costs")))
    sheet.write_number(2, 1, portfolio.dependence.correlation, spreadsheet.number)
    sheet.write_text(3, 0, spreadsheet.say(say("Lines of one nature in a proposal")))
    by_nature = say("together") if portfolio.dependence.by_nature else say("apart")
    sheet.write_text(3, 1, spreadsheet.say(by_nature))
    year = portfolio.term.first_year
    uplifts = {costed.id: found for costed in portfolio.ready if (found := find_uplift(costed, law, year))}
    heads = (*_HEADS, *(_OVERRUN if uplifts else ()))
    sheet.write_heads(_HEAD_ROW, [spreadsheet.say(head) for head in heads])
    row = _HEAD_ROW + 1
    for section in (None, *SECTIONS):
        _write_row(sheet, row, "", say("The whole"), SECTION_NAMES[section] if section else _BOTH)
        _write_percentiles(sheet, row, estimate_portfolio(portfolio, section) if percentiles else None)
        row += 1
    for costed in portfolio.ready:
        _write_row(sheet, row, costed.id, costed.document.value.title, _BOTH)
        _write_percentiles(sheet, row, estimate_proposal(costed) if percentiles else None)
        if costed.id in uplifts:
            _write_uplift(sheet, row, uplifts[costed.id], lines, portfolio.years)
        row += 1
    for column, width in enumerate((42, 40, 24, 17, 17, 17, 17, 24, 26, 16, 17, 24)):
        sheet.sheet.set_column(column, column, width)
    sheet.set_up_page(_HEAD_ROW, (row - 1, len(heads) - 1), frozen_columns=1)


def _write_row(sheet: SheetWriter, row: int, id: str, title: Message | str | None, section: Message) -> None:
    say_ = sheet.spreadsheet.say
    for column, text in enumerate((id, say_(title) if isinstance(title, Message) else title, say_(section))):
        sheet.write_text(row, column, text)


def _write_percentiles(sheet: SheetWriter, row: int, found: Estimate | None) -> None:
    amounts = [found.p10, found.p50, found.p80, found.p90] if found else [None] * 4
    for column, amount in enumerate(amounts, _FIRST):
        cell = None if amount is None else amount.rounded()
        sheet.write_estimate(row, column, cell, sheet.spreadsheet.money)
    enough = found.probability_central_is_enough if found else None
    sheet.write_estimate(row, _ENOUGH, enough, sheet.spreadsheet.percent)


def _write_uplift(sheet: SheetWriter, row: int, uplift: Uplift, lines: Table, years: tuple[int, ...]) -> None:
    """Write what a proposal of a kind may cost more: the bound of the kind × the cost of its lines of that kind."""
    spreadsheet = sheet.spreadsheet
    section, natures = COVERED[uplift.reference_class]
    criteria = {
        "proposal": f"$A{row + 1}",
        "kind": quote_text(spreadsheet.say(GROUP_NAMES["costs"])),
        "section": quote_text(spreadsheet.say(SECTION_NAMES[section])),
    }
    where = [f"({lines.column(key)}={value})" for key, value in criteria.items()]
    natured = "+".join(f"({lines.column('nature')}={quote_text(nature)})" for nature in sorted(natures))
    ends = (
        (place, lines.columns[f"central-{year}"])
        for place, year in ((lines.first, years[0]), (lines.last, years[-1]))
    )
    base = add_half_even(lines.sheet.cells(*ends), "*".join([*where, f"({natured})"]))
    added = half_even(f"{column_name(_RATE)}{row + 1}*{column_name(_BASE)}{row + 1}")
    kind = spreadsheet.say(REFERENCE_CLASS_NAMES[uplift.reference_class])
    sheet.write_text(row, _RATE - 1, kind)
    sheet.write_number(row, _RATE, uplift.rate, spreadsheet.percent)
    sheet.write_formula(row, _BASE, f"={base}", uplift.base.value, spreadsheet.money)
    sheet.write_formula(row, _ADDED, added, uplift.added.value, spreadsheet.total)
