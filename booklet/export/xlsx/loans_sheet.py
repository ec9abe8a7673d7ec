"""Loans → the sheet of their instalments: interest and principal by formulas, each rounded once, as banks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.content.model.words import SECTION_NAMES
from booklet.costs.loans import schedule_loan
from booklet.diagnostics.message import say
from booklet.export.xlsx.sheets import HEAD_ROW, Table
from booklet.export.xlsx.spreadsheet import Spreadsheet, column_name, half_even

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.costs.loans import Instalment
    from booklet.export.cost_rows import FundingRow

_HEADS = {
    "proposal": say("Proposal"),
    "section": say("Section"),
    "funder": say("Funder"),
    "month": say("Month"),
    "year": say("Year"),
    "rate": say("Rate of an instalment"),
    "instalment": say("Instalment, or equal principal"),
    "left": say("Left to pay back"),
    "interest": say("Interest"),
    "principal": say("Principal"),
}
COLUMNS = {key: column for column, key in enumerate(_HEADS)}


def list_schedules(
    plan: Sequence[FundingRow],
) -> tuple[tuple[int, FundingRow, tuple[Instalment, ...]], ...]:
    """List the loans that have a schedule, each with its place in the plan and its instalments."""
    return tuple(_list_schedules(plan))


def _list_schedules(plan: Sequence[FundingRow]) -> Iterator[tuple[int, FundingRow, tuple[Instalment, ...]]]:
    for place, planned in enumerate(plan):
        loan = planned.funding.loan
        if planned.grant is not None and planned.grant.is_debt and loan is not None:
            schedule = schedule_loan(planned.grant.total, loan)
            if schedule is not None:
                yield place, planned, schedule


def write_loans(spreadsheet: Spreadsheet, loans: Table, funding: Table, plan: Sequence[FundingRow]) -> None:
    """Write one row an instalment; what is left of the first one is the amount on the sheet of funding."""
    sheet = loans.sheet
    sheet.write_text(0, 0, sheet.name, spreadsheet.title)
    note = say(
        "Euros. Interest is on what is left, at the yearly rate divided by the instalments a year; the last instalment"
        " pays back the rest."
    )
    sheet.write_text(1, 0, spreadsheet.say(note))
    sheet.write_heads(HEAD_ROW, [spreadsheet.say(head) for head in _HEADS.values()])
    row = loans.first
    for place, planned, schedule in list_schedules(plan):
        amount = funding.sheet.cell(funding.first + place, funding.columns["amount"])
        _write_schedule(spreadsheet, loans, row, planned, schedule, amount)
        row += len(schedule)
    for key, width in {
        "proposal": 24,
        "section": 15,
        "funder": 24,
        "month": 10,
        "year": 8,
        "rate": 12,
    }.items():
        sheet.sheet.set_column(COLUMNS[key], COLUMNS[key], width)
    sheet.sheet.set_column(COLUMNS["instalment"], COLUMNS["principal"], 17)
    sheet.set_up_page(HEAD_ROW, (loans.last, COLUMNS["principal"]), frozen_columns=3)


def _write_schedule(
    spreadsheet: Spreadsheet,
    loans: Table,
    first: int,
    planned: FundingRow,
    schedule: tuple[Instalment, ...],
    amount: str,
) -> None:
    sheet, loan, section, grant = loans.sheet, planned.funding.loan, planned.funding.section, planned.grant
    assert loan is not None
    assert loan.rate is not None
    assert loan.instalments is not None
    assert section is not None
    assert grant is not None
    count, money = len(schedule), spreadsheet.money

    def at(key: str, row: int) -> str:
        return f"{column_name(COLUMNS[key])}{row + 1}"

    rate, each = (
        f"${column_name(COLUMNS['rate'])}${first + 1}",
        f"${column_name(COLUMNS['instalment'])}${first + 1}",
    )
    level = f"IF({rate}=0,{amount}/{count},{amount}*{rate}/(1-(1+{rate})^-{count}))"
    left = grant.total.rounded()
    for row, one in enumerate(schedule, first):
        is_last = row == first + count - 1
        for key, text in {
            "proposal": planned.costed.id,
            "section": spreadsheet.say(SECTION_NAMES[section]),
            "funder": planned.funding.funder,
            "month": str(one.month),
        }.items():
            sheet.write_text(row, COLUMNS[key], text)
        sheet.write_number(row, COLUMNS["year"], one.month.year, spreadsheet.text)
        if row == first:
            sheet.write_number(row, COLUMNS["rate"], loan.rate / loan.instalments, spreadsheet.percent)
            paid = one.interest + one.principal if loan.repayment == "level" else one.principal
            formula = level if loan.repayment == "level" else f"{amount}/{count}"
            sheet.write_formula(row, COLUMNS["instalment"], half_even(formula), paid, money)
        before = f"={amount}" if row == first else f"={at('left', row - 1)}-{at('principal', row - 1)}"
        sheet.write_formula(row, COLUMNS["left"], before, left, money)
        sheet.write_formula(
            row, COLUMNS["interest"], half_even(f"{at('left', row)}*{rate}"), one.interest, money
        )
        wanted = f"MAX({each}-{at('interest', row)},0)" if loan.repayment == "level" else each
        principal = at("left", row) if is_last else f"MIN({wanted},{at('left', row)})"
        sheet.write_formula(row, COLUMNS["principal"], f"={principal}", one.principal, money)
        left -= one.principal
