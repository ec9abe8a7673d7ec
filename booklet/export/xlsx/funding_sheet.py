"""Financing plans → the sheet of funding: amounts rounded once, and at their right the exact amounts they come from."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.words import FORM_NAMES, SECTION_NAMES, STATUS_NAMES
from booklet.diagnostics.message import say
from booklet.export.xlsx.sheets import GROUP_NAMES, HEAD_ROW, Table
from booklet.export.xlsx.spreadsheet import Spreadsheet, column_name, half_even, quote_text

if TYPE_CHECKING:
    from booklet.export.cost_rows import FundingRow, Measure
    from booklet.export.xlsx.year_sheets import SheetData


_WIDTHS = {"proposal": 24, "section": 15, "funder": 18, "name": 40, "form": 16, "debt": 9, "status": 12}


def funding_columns(years: tuple[int, ...], *, owners: bool = False) -> dict[str, int]:
    """Lay out the columns of the financing plan; `owners` where a proposal has several."""
    keys = (
        *["proposal", "section", "funder", "name", "form", "debt", "status", "share", "eligible", "amount"],
        *(str(year) for year in years),
        "exact-amount",
        *(f"exact-{year}" for year in years),
        "state",
        *(["owner"] if owners else []),
    )
    return {key: column for column, key in enumerate(keys)}


def write_funding(
    spreadsheet: Spreadsheet, funding: Table, data: SheetData, exact: Table, lines: Table
) -> None:
    """Write the financing plan: amounts rounded once, and at their right the exact ones they come from."""
    sheet, columns = funding.sheet, funding.columns
    sheet.write_text(0, 0, sheet.name, spreadsheet.title)
    note = say(
        "Euros. Shares are of the eligible expense, else of the gross central cost of the section; loans are counted"
        " in the own share."
    )
    sheet.write_text(1, 0, spreadsheet.say(note))
    words = (
        say("Proposal"),
        say("Section"),
        say("Funder"),
        say("Name"),
        say("Form"),
        say("Loan"),
        say("Status"),
        say("Share"),
        say("Eligible expense"),
        say("Amount"),
    )
    exact_years = (say("Exact, {year}", year=year) for year in data.years)
    unrounded = [say("Exact amount"), *exact_years, say("Grant of the State")]
    unrounded += [say("Owner")] if funding.has_owners else []
    heads = [*map(spreadsheet.say, words), *map(str, data.years), *map(spreadsheet.say, unrounded)]
    sheet.write_heads(HEAD_ROW, heads)
    for row, funding_row in enumerate(data.plan, funding.first):
        _write_grant(spreadsheet, funding, row, funding_row, data, exact, lines)
    for key, width in _WIDTHS.items():
        sheet.sheet.set_column(columns[key], columns[key], width)
    sheet.sheet.set_column(columns["share"], columns["share"], 9)
    sheet.sheet.set_column(columns["eligible"], columns[str(data.years[-1])], 17)
    sheet.sheet.set_column(columns["exact-amount"], max(columns.values()), 17, None, {"level": 1})
    sheet.set_up_page(HEAD_ROW, (max(funding.last, HEAD_ROW), columns[str(data.years[-1])]), frozen_columns=1)


def _write_grant(
    spreadsheet: Spreadsheet,
    table: Table,
    row: int,
    funding_row: FundingRow,
    data: SheetData,
    exact: Table,
    lines: Table,
) -> None:
    sheet, columns, funding, grant = table.sheet, table.columns, funding_row.funding, funding_row.grant
    organisation = data.edition.organisations.get(funding.funder or "")
    is_debt = funding.form == "loan"
    sheet.write_text(row, columns["proposal"], funding_row.costed.id)
    section = spreadsheet.say(SECTION_NAMES[funding.section]) if funding.section else None
    sheet.write_text(row, columns["section"], section)
    sheet.write_text(row, columns["funder"], funding.funder)
    sheet.write_text(row, columns["name"], organisation.name if organisation else None)
    sheet.write_text(row, columns["form"], spreadsheet.say(FORM_NAMES[funding.form]) if funding.form else "")
    sheet.write_text(row, columns["debt"], spreadsheet.say(say("yes") if is_debt else say("no")))
    sheet.write_text(
        row, columns["status"], spreadsheet.say(STATUS_NAMES[funding.status]) if funding.status else ""
    )
    sheet.write_number(row, columns["share"], funding.share, spreadsheet.percent)
    eligible = None if funding.eligible is None else funding.eligible.value
    sheet.write_number(row, columns["eligible"], eligible, spreadsheet.money)
    if grant is None or funding.section is None:
        return
    measures: list[Measure] = ["cost-central", *(["vat"] if data.edition.funding_base == "ttc" else [])]  # type: ignore[list-item]
    places = [data.find_row(funding_row.costed.id, funding.section, measure) for measure in measures]
    first, last = exact.columns[str(data.years[0])], exact.columns[str(data.years[-1])]
    spent_in = [
        "+".join(exact.sheet.cell(place, first + index) for place in places)
        for index in range(len(data.years))
    ]
    gross = "+".join(f"SUM({exact.sheet.cells((place, first), (place, last))})" for place in places)
    proposal = funding_row.costed.document.value
    if len(proposal.owners) > 1:  # the part of the owner that the money goes to
        owner, part = (
            proposal.owner_of(funding) or "",
            "ttc" if data.edition.funding_base == "ttc" else "central",
        )
        sheet.write_text(row, columns["owner"], owner)
        criteria = {
            "proposal": quote_text(funding_row.costed.id),
            "section": quote_text(spreadsheet.say(SECTION_NAMES[funding.section])),
            "kind": quote_text(spreadsheet.say(GROUP_NAMES["costs"])),
            "owner": quote_text(owner),
        }
        spent_in = [lines.add_where(f"{part}-{year}", **criteria) for year in data.years]
        gross = f"({'+'.join(spent_in)})"
    amount = f"${column_name(columns['exact-amount'])}${row + 1}"
    if funding.amount is not None:
        sheet.write_number(row, columns["exact-amount"], grant.total.value, spreadsheet.money)
    else:
        share, eligible_cell = (f"${column_name(columns[key])}${row + 1}" for key in ("share", "eligible"))
        expense = gross if eligible is None else eligible_cell
        sheet.write_formula(
            row, columns["exact-amount"], f"={share}*({expense})", grant.total.value, spreadsheet.money
        )
    sheet.write_text(row, columns["state"], spreadsheet.say(say("yes") if grant.is_of_state else say("no")))
    sheet.write_formula(row, columns["amount"], half_even(amount), grant.total.rounded(), spreadsheet.total)
    for index, year in enumerate(data.years):
        if isinstance(funding.paid_in, int):
            formula = f"={amount}" if year == funding.paid_in else "=0"
        elif funding.paid_in is not None:
            formula = f"={amount}*{funding.paid_in.get(year, Decimal(0)):f}"
        else:
            formula = f"=IF({gross}=0,0,{amount}*({spent_in[index]})/({gross}))"
        key = f"exact-{year}"
        sheet.write_formula(row, columns[key], formula, grant.by_year[index].value, spreadsheet.money)
        rounded = half_even(f"${column_name(columns[key])}${row + 1}")
        sheet.write_formula(
            row, columns[str(year)], rounded, grant.by_year[index].rounded(), spreadsheet.money
        )
