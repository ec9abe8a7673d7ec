"""A changed workbook → the rows of its sheets of lines, each cell by the name of its column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_bad_value, workbook_unknown_row
from booklet.content.model.proposal import ESTIMATES
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import Position, Span
from booklet.export.workbook_file import Formula, Refused, Sheet, read_sheets
from booklet.money.euros import MAX_DIGITS, UnreadableNumber, read_euros, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Set

    from booklet.diagnostics.diagnostic import Diagnostic

#: the first cell of a sheet of lines; the number is a version, raised when hidden columns change their meaning
MARKER = "booklet-lines 1"
KEY = re.compile(
    r"(?P<id>[a-z0-9-]+)#(?P<group>costs|revenues|savings|lost_revenue)\[(?P<index>[0-9]{1,6})\]"
)
#: filled rows in which the marker is looked for, since people put rows above it
HEAD_ROWS = 20
#: significant digits of binary floats; further digits are noise
SIGNIFICANT = 15
LIMIT = Decimal(10) ** MAX_DIGITS
DECIMALS = 9
CellValue = object
_EXPORT_AGAIN = say("export the workbook again, and change numbers only")


def line_key(id: str, group: str, index: int) -> str:
    """The name of a line of a proposal in the hidden column of the workbook."""
    return f"{id}#{group}[{index}]"


@dataclass(frozen=True, slots=True)
class WorkbookRow:
    """One row of a sheet of lines: its filled cells by the name of their column."""

    span: Span
    #: values, those of formulas too
    cells: Mapping[str, CellValue]
    #: texts of the formulas
    formulas: Mapping[str, str]
    sheet: str
    #: letters of the columns, by name; those of empty cells too
    columns: Mapping[str, str]
    #: columns whose formula is that of an export
    exported_formulas: Set[str] = frozenset()

    def place(self, key: str) -> str:
        """The reference of a cell, as spreadsheets write it."""
        return f"{self.sheet}!{self.columns.get(key, '')}{self.span.start.line}"

    def number(self, key: str) -> Decimal | None:
        """The number in a cell; amounts may be texts with their unit."""
        return read_cell(self.cells.get(key), in_euros=key in ESTIMATES)


def read_rows(
    name: str, data: bytes, diagnostics: list[Diagnostic]
) -> tuple[tuple[WorkbookRow, ...], tuple[Sheet, ...]]:
    """Read the rows of every sheet of lines, and the other sheets.

    Formulas count by their last computed value, so that a number typed as a formula is one.
    """
    top = Span(name, Position(1, 1), Position(1, 1))
    try:
        sheets = read_sheets(data)
    except Refused as error:
        hint = say("open it in a spreadsheet, and save it as “Excel workbook (.xlsx)”")
        diagnostics += workbook_unknown_row(top, error.message, hint)
        return (), ()
    rows, others = sort_sheets(name, sheets, diagnostics)
    if not rows and not diagnostics:
        message = say("no sheet of lines here: its hidden first row and column are gone")
        diagnostics += workbook_unknown_row(top, message, _EXPORT_AGAIN)
    return rows, others


def sort_sheets(
    name: str, sheets: Iterable[Sheet], diagnostics: list[Diagnostic]
) -> tuple[tuple[WorkbookRow, ...], tuple[Sheet, ...]]:
    """Part the rows of every sheet of lines from the other sheets."""
    rows: list[WorkbookRow] = []
    others: list[Sheet] = []
    for sheet in sheets:
        head = _head_row(sheet)
        if head is not None:
            rows += _name_cells(name, sheet, head, diagnostics)
        elif _was_of_lines(sheet):
            message = say("sheet `{sheet}` has lost its hidden first row or column", sheet=sheet.title)
            top = Span(name, Position(1, 1), Position(1, 1))
            diagnostics += workbook_unknown_row(top, message, _EXPORT_AGAIN)
        else:
            others.append(sheet)
    return tuple(rows), tuple(others)


def _head_row(sheet: Sheet) -> int | None:
    """Find the hidden row that names the columns."""
    rows = islice(sheet.rows.items(), HEAD_ROWS)
    return next((number for number, cells in rows if MARKER in cells.values()), None)


def _was_of_lines(sheet: Sheet) -> bool:
    """Check whether a sheet without our marker holds the rest of it, as after the row of names was deleted."""
    texts = [
        cell
        for cells in islice(sheet.rows.values(), HEAD_ROWS)
        for cell in cells.values()
        if isinstance(cell, str)
    ]
    return any(text.startswith(("booklet-lines", "exported-")) or KEY.fullmatch(text) for text in texts)


def _name_cells(
    name: str, sheet: Sheet, head_row: int, diagnostics: list[Diagnostic]
) -> Iterator[WorkbookRow]:
    """Yield the rows that are not empty, from the first line on."""
    from openpyxl.utils import get_column_letter

    names = {column: "key" if head == MARKER else str(head) for column, head in sheet.rows[head_row].items()}
    top = Span(name, Position(head_row, 1), Position(head_row, 1))
    diagnostics += _find_lost_columns(top, sheet.title, tuple(names.values()))
    letters = {head: get_column_letter(column + 1) for column, head in names.items()}
    started = False
    for number, filled in sheet.rows.items():
        if number == head_row:
            continue
        named = {names[column]: cell for column, cell in filled.items() if column in names}
        values = {key: cell.value if isinstance(cell, Formula) else cell for key, cell in named.items()}
        values = {key: value for key, value in values.items() if value not in (None, "")}
        formulas = {key: cell.text for key, cell in named.items() if isinstance(cell, Formula)}
        row = WorkbookRow(
            Span(name, Position(number, 1), Position(number, 1)), values, formulas, sheet.title, letters
        )
        # titles and headings stand above the first line, and hold no number
        has_number = any(row.number(key) is not None for key in values if key != "label")
        if named and (started or has_number or "key" in named):
            yield row
        started = started or "key" in named or len(named) > len(names) // 2


def _find_lost_columns(top: Span, title: str, names: tuple[str, ...]) -> Iterator[Diagnostic]:
    """Report the columns of what can be changed that are gone, and those that stand twice."""
    exported = {head.removeprefix("exported-") for head in names if head.startswith("exported-")}
    for key in sorted({"label", "quantity", *ESTIMATES, *exported}):
        if key not in names:
            message = say("column `{column}` of sheet `{sheet}` is gone", column=key, sheet=title)
            yield from workbook_unknown_row(top, message, _EXPORT_AGAIN)
    for key in sorted({key for key in names if names.count(key) > 1}):
        message = say("column `{column}` stands twice in sheet `{sheet}`", column=key, sheet=title)
        yield from workbook_unknown_row(top, message, say("delete one of the two columns"))


def read_cell(cell: CellValue, *, in_euros: bool = False) -> Decimal | None:
    """Read a number, rounded to the digits of a float; None for any other value."""
    if isinstance(cell, str):
        try:
            if not in_euros:
                return read_number(cell)
            exact = read_euros(cell).value
            return Decimal(exact.numerator) / Decimal(exact.denominator)
        except UnreadableNumber:
            return None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not abs(cell) < LIMIT:
        return None
    number = Decimal(f"{cell:.{SIGNIFICANT}g}")
    rounded = round(number, DECIMALS) if abs(number) < LIMIT else None
    return rounded if rounded or not number else None  # too small to be written is not 0


def read_rate(cell: CellValue) -> Decimal | None:
    """Read a number, which may be a text with `%`."""
    if isinstance(cell, str) and cell.rstrip().endswith("%"):
        number = read_cell(cell.rstrip().removesuffix("%"))
        return None if number is None else number / 100
    return read_cell(cell)


def exported_value(row: WorkbookRow, key: str) -> Decimal | None:
    """The exported value of a number, from the hidden column that keeps it as a text."""
    cell = row.cells.get(f"exported-{key}")
    if not isinstance(cell, str):
        return read_cell(cell)
    return Decimal(cell) if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,40})?", cell) else None


def formula_without_value(row: WorkbookRow, key: str) -> Iterator[Diagnostic]:
    """Report a formula that nobody computed: what it comes to is not known."""
    message = say("a formula without a value in {cell}", cell=row.place(key))
    hint = say("open the workbook in a spreadsheet, which computes it, and save it")
    yield from workbook_bad_value(row.span, message, hint)
