"""A changed workbook → the rows of its sheets of lines, each cell by the name of its column."""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from booklet.checks.workbook import workbook_unknown_row
from booklet.diagnostics import limits
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Span
from booklet.money.euros import MAX_DIGITS, UnreadableNumber, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.diagnostics.diagnostic import Diagnostic

#: the first cell of a sheet of lines; the number is a version, raised when hidden columns change their meaning
MARKER = "booklet-lines 1"
#: the last row that a spreadsheet has
MAX_ROW = 1_048_576
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
#: elements but those of rows, cells and texts
_SETTING = re.compile(
    rb"<(?!(?:\w+:)?(?:row|c|v|f|is|si|r|rPr|t|sz|rFont|color|family|charset|scheme)[\s/>])\w"
)
#: significant digits of binary floats; further digits are noise
SIGNIFICANT = 15
LIMIT = Decimal(10) ** MAX_DIGITS
DECIMALS = 9
CellValue = object


def line_key(id: str, group: str, index: int) -> str:
    """The name of a line of a proposal in the hidden column of the workbook."""
    return f"{id}#{group}[{index}]"


@dataclass(frozen=True, slots=True)
class WorkbookRow:
    """One row of a sheet of lines: its filled cells by the name of their column."""

    span: Span
    cells: Mapping[str, CellValue]
    sheet: str
    #: letters of the columns, by name; those of empty cells too
    columns: Mapping[str, str]

    def place(self, key: str) -> str:
        """The reference of a cell, as spreadsheets write it."""
        return f"{self.sheet}!{self.columns.get(key, '')}{self.span.start.line}"


class _TooLarge(Exception):
    """A workbook beyond a limit."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def read_rows(name: str, data: bytes, diagnostics: list[Diagnostic]) -> tuple[WorkbookRow, ...]:
    """Read every sheet of lines; formulas by their last computed value, so that a number typed as a formula counts."""
    from openpyxl import load_workbook  # only this command reads workbooks

    top = Span(name, Position(1, 1), Position(1, 1))
    try:
        _require_bounded(data)
        with warnings.catch_warnings(action="ignore"):  # of what `openpyxl` does not keep
            book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            ours = [(sheet.title, cells) for sheet in book.worksheets if (cells := _read_lines(sheet))]
    except _TooLarge as error:
        diagnostics += workbook_unknown_row(top, error.message)
        return ()
    except Exception:  # whatever a broken or hostile file makes the reader raise, it is not a workbook
        diagnostics += workbook_unknown_row(top, say("this file is not a workbook that can be read"))
        return ()
    if not ours:
        message = say("no sheet of lines here: its hidden first row and column are gone")
        diagnostics += workbook_unknown_row(
            top, message, say("export the workbook again, and change numbers only")
        )
    return tuple(row for title, cells in ours for row in _named(name, title, cells))


def _require_bounded(data: bytes) -> None:
    """Refuse a workbook that would take long to read; no part unpacks to more than the directory says."""
    if len(data) > limits.WORKBOOK_BYTES:
        raise _TooLarge(say("a workbook of more than {limit} bytes", limit=Decimal(limits.WORKBOOK_BYTES)))
    cells = rows = 0
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        unpacked = Decimal(limits.WORKBOOK_UNPACKED)
        if sum(part.file_size for part in parts) > unpacked:
            raise _TooLarge(say("a workbook that unpacks to more than {limit} bytes", limit=unpacked))
        if len(parts) > limits.WORKBOOK_PARTS:
            raise _TooLarge(
                say("a workbook of more than {limit} parts", limit=Decimal(limits.WORKBOOK_PARTS))
            )
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            text = archive.read(part)
            if b"\0" in text or _DECLARATION.search(text):
                raise ValueError("not what a spreadsheet writes")
            if sum(1 for _ in _SETTING.finditer(text)) > limits.WORKBOOK_SETTINGS:
                limit = Decimal(limits.WORKBOOK_SETTINGS)
                raise _TooLarge(
                    say("`{part}` of more than {limit} settings", part=part.filename, limit=limit)
                )
            cells += sum(1 for _ in _CELL.finditer(text))
            rows += sum(1 for _ in _ROW.finditer(text))
    if cells > limits.WORKBOOK_CELLS:
        raise _TooLarge(say("a workbook of more than {limit} cells", limit=Decimal(limits.WORKBOOK_CELLS)))
    if rows > limits.WORKBOOK_ROWS:
        raise _TooLarge(say("a workbook of more than {limit} rows", limit=Decimal(limits.WORKBOOK_ROWS)))


def _read_lines(sheet: Any) -> dict[int, tuple[CellValue, ...]]:
    """Read the rows of a sheet of lines that hold anything, by number; none of any other sheet."""
    found: dict[int, tuple[CellValue, ...]] = {}
    # a dimension or the number of a row may claim more than there is
    rows = sheet.iter_rows(max_col=limits.WORKBOOK_COLUMNS, max_row=MAX_ROW, values_only=True)
    for number, row in enumerate(rows, 1):
        if number == 1 and MARKER not in row:
            return {}
        if row.count(None) < len(row):
            found[number] = row
    return found


def _named(name: str, title: str, cells: Mapping[int, tuple[CellValue, ...]]) -> Iterator[WorkbookRow]:
    """Yield the rows that are not empty, from the first line on."""
    from openpyxl.utils import get_column_letter

    heads = {column: "key" if head == MARKER else str(head) for column, head in enumerate(cells[1]) if head}
    letters = {head: get_column_letter(column + 1) for column, head in heads.items()}
    started = False
    for number, row in cells.items():
        if number == 1:
            continue
        named = {
            heads[column]: cell
            for column, cell in enumerate(row)
            if column in heads and cell not in (None, "")
        }
        started = started or "key" in named
        # titles and headings stand above the first line
        if started and named:
            yield WorkbookRow(Span(name, Position(number, 1), Position(number, 1)), named, title, letters)


def read_cell(cell: CellValue) -> Decimal | None:
    """Read a number, rounded to the digits of a float; None for any other value."""
    if isinstance(cell, str):
        try:
            return read_number(cell)
        except UnreadableNumber:
            return None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not abs(cell) < LIMIT:
        return None
    number = Decimal(f"{cell:.{SIGNIFICANT}g}")
    return round(number, DECIMALS) if abs(number) < LIMIT else None


def exported_value(row: WorkbookRow, key: str) -> Decimal | None:
    """The exported value of a number, from the hidden column that keeps it as a text."""
    cell = row.cells.get(f"exported-{key}")
    if not isinstance(cell, str):
        return read_cell(cell)
    return Decimal(cell) if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,40})?", cell) else None
