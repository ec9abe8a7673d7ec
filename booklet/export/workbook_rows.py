"""A changed workbook → the rows of its sheets of lines, each cell by the name of its column."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_unknown_row
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import Position, Span
from booklet.money.euros import MAX_DIGITS, UnreadableNumber, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Ordered

    from booklet.diagnostics.diagnostic import Diagnostic

#: the first cell of a sheet of lines; the number is a version, raised when hidden columns change their meaning
MARKER = "booklet-lines 1"
#: a workbook of 1 500 proposals unpacks to 20 MB
MAX_UNPACKED = 400_000_000
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


def read_rows(name: str, data: bytes, diagnostics: list[Diagnostic]) -> tuple[WorkbookRow, ...]:
    """Read every sheet of lines; formulas by their last computed value, so that a number typed as a formula counts."""
    from openpyxl import load_workbook  # only this command reads workbooks

    top = Span(name, Position(1, 1), Position(1, 1))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise ValueError("too large")
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [
            (sheet.title, [tuple(row) for row in sheet.iter_rows(values_only=True)])
            for sheet in book.worksheets
        ]
    except Exception:  # whatever a broken or hostile file makes the reader raise, it is not a workbook
        diagnostics += workbook_unknown_row(top, say("this file is not a workbook that can be read"))
        return ()
    ours = [(title, cells) for title, cells in sheets if cells and MARKER in cells[0]]
    if not ours:
        message = say("no sheet of lines here: its hidden first row and column are gone")
        diagnostics += workbook_unknown_row(
            top, message, say("export the workbook again, and change numbers only")
        )
    return tuple(row for title, cells in ours for row in _named(name, title, cells))


def _named(name: str, title: str, cells: Ordered[tuple[CellValue, ...]]) -> Iterator[WorkbookRow]:
    """Yield the rows that are not empty, from the first line on."""
    from openpyxl.utils import get_column_letter

    heads = {column: "key" if head == MARKER else str(head) for column, head in enumerate(cells[0]) if head}
    letters = {head: get_column_letter(column + 1) for column, head in heads.items()}
    started = False
    for number, row in enumerate(cells[1:], 2):
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
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return None
    number = Decimal(f"{cell:.{SIGNIFICANT}g}")
    if not number.is_finite():
        return None
    return round(number, DECIMALS) if abs(number) < LIMIT else None


def exported_value(row: WorkbookRow, key: str) -> Decimal | None:
    """The exported value of a number, from the hidden column that keeps it as a text."""
    cell = row.cells.get(f"exported-{key}")
    if not isinstance(cell, str):
        return read_cell(cell)
    return Decimal(cell) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", cell) else None
