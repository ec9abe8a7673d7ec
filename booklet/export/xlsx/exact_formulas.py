"""The formulas of the exact sums: each measure of a section by year, over the sheets of lines and of funding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.export.cost_rows import GROUP_OF, OUTSIDE_MEASURES
from booklet.export.xlsx.lines_sheet import OUTSIDE
from booklet.export.xlsx.sheets import GROUP_NAMES
from booklet.export.xlsx.spreadsheet import column_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.export.cost_rows import Measure, YearRow
    from booklet.export.xlsx.sheets import Table
    from booklet.export.xlsx.spreadsheet import Spreadsheet
    from booklet.export.xlsx.year_sheets import SheetData

#: the rate of the FCTVA stands above the headings of the exact sums
RATE_ROW = 2


def write_formulas(  # noqa: C901 (one branch a formula)
    spreadsheet: Spreadsheet, exact: Table, data: SheetData, lines: Table, funding: Table, year_row: YearRow
) -> dict[str, str]:
    """Write the formula of each column of one row, without its equals sign."""
    id, section, measure = year_row.costed.id, year_row.section, year_row.measure
    position = data.find_row(id, section, measure)
    same_place = {
        "proposal": f"${column_name(exact.columns['proposal'])}{position + 1}",
        "section": f"${column_name(exact.columns['section'])}{position + 1}",
    }
    costs = {**same_place, "kind": quote_text(spreadsheet.say(GROUP_NAMES["costs"]))}

    def cell(other: Measure, year: int) -> str:
        return f"{column_name(exact.columns[str(year)])}{data.find_row(id, section, other) + 1}"

    if measure in GROUP_OF:
        estimate = measure.rpartition("-")[2]
        criteria = {**same_place, "kind": quote_text(spreadsheet.say(GROUP_NAMES[GROUP_OF[measure]]))}
        formulas = {str(year): lines.add_where(f"{estimate}-{year}", **criteria) for year in data.years}
        return {**formulas, "after": lines.add_where(f"after-{estimate}", **criteria)}
    if measure in OUTSIDE_MEASURES:
        return {"total": _write_outside(exact, data, lines, year_row, costs)}
    formulas = {}
    for year in data.years:
        gross = cell("cost-central", year)
        if measure == "vat":
            formula = f"{lines.add_where(f'ttc-{year}', **costs)}-{gross}"
        elif measure == "deducted-vat":
            deducted = {**costs, "regime": quote_text("assujetti")}
            formula = f"{lines.add_where(f'ttc-{year}', **deducted)}-{lines.add_where(f'central-{year}', **deducted)}"
        elif measure == "fctva-of-spending":
            formula = _refund(spreadsheet, exact, data, (lines, funding), year_row, costs, year)
        elif measure == "fctva":
            refunds = data.list_refunds(year_row, year.__eq__)
            formula = (
                "+".join(f"{column_name(exact.columns[str(one)])}{at + 1}" for at, one in refunds) or "0"
            )
        elif measure == "co-funding":
            formula = funding.add_where(
                f"exact-{year}", **same_place, debt=quote_text(spreadsheet.say(say("no")))
            )
        elif measure == "own-share":
            base = f"+{cell('vat', year)}" if data.edition.funding_base == "ttc" else ""
            formula = f"{gross}{base}-{cell('co-funding', year)}"
        elif measure == "net-after-savings":
            formula = data.balance(year_row, lambda other, year=year: cell(other, year))  # type: ignore[misc]
        elif measure in ("interest", "principal"):
            formula = data.add_instalments(measure, same_place, str(year))
        else:
            taken = data.list_deductions(year_row, "fctva")
            formula = f"{gross}+{cell('vat', year)}" + "".join(f"-{cell(other, year)}" for other in taken)
        formulas[str(year)] = formula
    return formulas


def _write_outside(
    exact: Table, data: SheetData, lines: Table, year_row: YearRow, costs: Mapping[str, str]
) -> str:
    """Write what is paid before or after the six years, or the AP: both, and the six years' cost with VAT."""
    if year_row.measure != "ap":
        return lines.add_where(f"ht-{year_row.measure}", **costs)
    first, last = (column_name(exact.columns[str(year)]) for year in (data.years[0], data.years[-1]))
    measures: tuple[Measure, ...] = ("cost-central", "vat", "deducted-vat")
    rows = (data.find_row(year_row.costed.id, year_row.section, one) + 1 for one in measures)
    cost, vat, deducted = (f"SUM({first}{row}:{last}{row})" for row in rows)
    outside = (lines.add_where(f"borne-{key}", **costs) for key in OUTSIDE)
    return f"{cost}+{vat}-{deducted}+{'+'.join(outside)}"


def _refund(
    spreadsheet: Spreadsheet,
    exact: Table,
    data: SheetData,
    sheets: tuple[Table, Table],
    year_row: YearRow,
    costs: Mapping[str, str],
    year: int,
) -> str:
    """Write the FCTVA on what is spent in a year, of the lines of cost or of one owner's among them."""
    lines, funding = sheets
    column = data.years.index(year)
    of_owner = {} if year_row.owner is None else {"owner": quote_text(year_row.owner)}
    rate = f"{column_name(exact.columns[str(year)])}${RATE_ROW + 1}"
    # a refund of VAT: nothing on a line at 0 %
    eligible = {**costs, "regime": quote_text("fctva"), "vat": quote_text(">0"), **of_owner}
    formula = f"{lines.add_where(f'ttc-{year}', **eligible)}*{rate}"
    for nature, rates in data.fctva.rates.items():
        own = rates[column]
        if own is not None and own != data.fctva.rates[""][column]:
            spent = lines.add_where(f"ttc-{year}", **eligible, nature=quote_text(nature))
            formula = f"{formula}+{spent}*({own:f}-{rate})"
    if data.edition.funding_base != "ttc":
        return formula
    # the part of a cost with VAT that grants of the State leave
    place = {key: costs[key] for key in ("proposal", "section")}
    state = quote_text(spreadsheet.say(say("yes")))
    given = funding.add_where("exact-amount", **place, state=state, **of_owner)
    id, section, letters = (
        year_row.costed.id,
        year_row.section,
        [exact.columns[str(one)] for one in data.years],
    )
    first, last = column_name(letters[0]), column_name(letters[-1])
    steps: tuple[Measure, ...] = ("cost-central", "vat")
    rows = [data.find_row(id, section, one) + 1 for one in steps]
    spent = "+".join(f"SUM({first}{row}:{last}{row})" for row in rows)
    if of_owner:
        spent = "+".join(lines.add_where(f"ttc-{one}", **costs, **of_owner) for one in data.years)
    refund = f"({formula})" if "+" in formula else formula
    return f"{refund}*IF({given}<{spent},1-{given}/({spent}),0)"
