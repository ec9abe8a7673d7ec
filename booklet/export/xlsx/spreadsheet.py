"""XlsxWriter, set up so that a workbook is reproducible and no text of a contributor becomes a formula.

Amounts are `Decimal` or exact until the very last step: a workbook knows only binary floats, which carry cents exactly
enough up to a thousand billion euros. Cached values stand beside formulas, for readers that do not compute.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from booklet.export.workbook_file import Formula, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format

    from booklet.diagnostics.message import Message
    from booklet.text.language import Language

#: the functions of our formulas, which every version of every spreadsheet knows
_OLD_FUNCTIONS = frozenset({"ABS", "IF", "INT", "ROUND", "SUM", "SUMIFS"})
_FUNCTION = re.compile(r"([A-Z][A-Z0-9.]*)\(")
#: what Excel takes as the name of a sheet
MAX_SHEET_NAME = 31
_FORBIDDEN = dict.fromkeys(map(ord, r"[]:*?/\'"), " ")
_INK, _PALE, _INPUT, _RULE = "#1F2A33", "#E8EEF2", "#FFF8DC", "#9FB0BC"

Number = Decimal | Fraction | int


def half_even(exact: str) -> str:
    """Write the formula that rounds an exact sum to cents, half to even, as `Euros.rounded` does.

    A spreadsheet's ROUND takes a half away from zero. The first test finds a half, allowing for the noise of binary
    floats (the last digits of the amount, and a little for sums that cancel out); twice the rounded half is then the
    even neighbour. It can differ from ours only for an amount that is not a half cent and lies closer to one than
    that, or, past some billions of euros, where floats no longer hold a half cent.
    """
    cents = f"100*({exact})"
    return f"=IF({_is_half(cents)},2*ROUND(50*({exact}),0),ROUND({cents},0))/100"


def add_half_even(cells: str, where: str) -> str:
    """Write the sum of cells that are each rounded so, where a condition holds: without IF, which takes one cell."""
    half = f"({_is_half(f'100*{cells}')})"
    return f"SUMPRODUCT({where}*({half}*2*ROUND(50*{cells},0)+(1-{half})*ROUND(100*{cells},0)))/100"


def _is_half(cents: str) -> str:
    return f"ABS({cents}-INT({cents})-0.5)<=1E-8+1E-14*ABS({cents})"


@cache  # asked of for each formula
def column_name(column: int) -> str:
    """Name a column, from 0, as formulas do."""
    name: str = xl_col_to_name(column)
    return name


class _PlainFormulas(Worksheet):  # type: ignore[misc]
    """Writes formulas unchanged: XlsxWriter searches each for thirty functions of Excel 365, of which we use none."""

    def _prepare_formula(
        self,
        formula: str,
        expand_future_functions: bool = False,  # noqa: FBT001, FBT002 (as XlsxWriter declares it)
    ) -> str:
        if set(_FUNCTION.findall(formula)) <= _OLD_FUNCTIONS:
            return formula.removeprefix("=")
        return str(super()._prepare_formula(formula, expand_future_functions))


class Spreadsheet:
    """A workbook being written in one language: its cell formats and the names of its sheets."""

    def __init__(self, language: Language, title: str, author: str, created: date | None) -> None:
        self.language = language
        self.buffer = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = Workbook(self.buffer, options)
        # the day of the edition, never the day of the build: the same edition gives the same bytes
        day = created or date(2000, 1, 1)
        self.book.set_properties(
            {"title": title, "author": author, "created": datetime(day.year, day.month, day.day, tzinfo=UTC)}
        )
        self.book.set_calc_mode("auto")
        euro, percent = language.euro_format, "0.0##\\ %" if language.percent_space else "0.0##%"
        self.title = self._format(bold=True, font_size=14)
        self.note = self._format(text_wrap=True, valign="top", font_color="#55636E")
        self.text = self._format(valign="top")
        self.wrapped = self._format(valign="top", text_wrap=True)
        self.head = self._format(
            bold=True, bg_color=_PALE, bottom=1, border_color=_RULE, text_wrap=True, valign="vcenter"
        )
        self.money = self._format(num_format=euro)
        self.total = self._format(num_format=euro, bold=True)
        self.last = self._format(num_format=euro, bold=True, top=1, border_color=_RULE)
        self.last_text = self._format(bold=True, top=1, border_color=_RULE)
        self.number = self._format(num_format="#,##0.#########")
        self.percent = self._format(num_format=percent)
        self.money_input = self._format(num_format=euro, bg_color=_INPUT, font_color="#0000C0")
        self.number_input = self._format(num_format="#,##0.#########", bg_color=_INPUT, font_color="#0000C0")
        self._names: set[str] = set()
        self._sheets: list[SheetWriter] = []

    def _format(self, **properties: object) -> Format:
        return self.book.add_format({"font_name": "Arial", "font_size": 10, "font_color": _INK, **properties})

    def say(self, message: Message) -> str:
        """Write a message in the language of the workbook."""
        return message.text(self.language)

    def add(self, name: Message) -> SheetWriter:
        """Add a sheet under a translated name, made fit for a formula and unlike every other."""
        wanted = " ".join(self.say(name).translate(_FORBIDDEN).split())[:MAX_SHEET_NAME]
        taken = wanted.lower() in self._names
        chosen = f"{wanted[: MAX_SHEET_NAME - 3]} {len(self._names) + 1}" if taken else wanted
        self._names.add(chosen.lower())
        sheet = SheetWriter(self, self.book.add_worksheet(chosen, worksheet_class=_PlainFormulas), chosen)
        self._sheets.append(sheet)
        return sheet

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What was written, as `read_sheets` reads it from the file."""
        return tuple(Sheet(sheet.name, sheet.filled) for sheet in self._sheets)

    def close(self) -> bytes:
        """Finish the file and return its bytes."""
        self.book.close()
        return self.buffer.getvalue()


class SheetWriter:
    """Writes the cells of one sheet; rows and columns count from 0, as XlsxWriter's do."""

    def __init__(self, spreadsheet: Spreadsheet, sheet: Worksheet, name: str) -> None:
        self.spreadsheet, self.sheet, self.name = spreadsheet, sheet, name
        #: the filled cells, by row from 1 and column from 0
        self.filled: dict[int, dict[int, object]] = {}

    def _keep(self, row: int, column: int, value: object) -> None:
        self.filled.setdefault(row + 1, {})[column] = value

    def write_text(self, row: int, column: int, text: str | None, style: Format | None = None) -> None:
        """Write a text as a text, whatever it starts with; nothing for none."""
        if text:
            # one line: a cell is found by reading along its row
            self.write_string(row, column, " ".join(text.split()), style or self.spreadsheet.text)

    def write_string(self, row: int, column: int, text: str, style: Format | None = None) -> None:
        """Write a text of ours as it is."""
        self.sheet.write_string(row, column, text, style)
        self._keep(row, column, text)

    def write_number(self, row: int, column: int, number: Number | None, style: Format) -> None:
        """Write a number; an empty cell for one that is not known."""
        if number is None:
            self.sheet.write_blank(row, column, None, style)
        else:
            self.sheet.write_number(row, column, float(number), style)
            self._keep(row, column, float(number))

    def write_formula(self, row: int, column: int, formula: str, value: Number | None, style: Format) -> None:
        """Write a formula and what it comes to; an empty cell where that is not known."""
        if value is None:
            self.sheet.write_blank(row, column, None, style)
        else:
            # no negative zero
            self.sheet.write_formula(row, column, formula, style, float(value) or 0.0)
            self._keep(row, column, Formula(formula, float(value)))

    def write_estimate(self, row: int, column: int, number: Number | None, style: Format) -> None:
        """Write a number that the tool estimates: kept as a formula without a text, which any number may stand for."""
        self.write_number(row, column, number, style)
        self._keep(row, column, Formula("", None))

    def write_heads(self, row: int, heads: Sequence[str]) -> None:
        """Write the headings of a table."""
        for column, head in enumerate(heads):
            if head:
                self.write_string(row, column, head, self.spreadsheet.head)

    def cell(self, row: int, column: int) -> str:
        """Refer to a cell of this sheet from any other."""
        return f"'{self.name}'!${column_name(column)}${row + 1}"

    def cells(self, first: tuple[int, int], last: tuple[int, int]) -> str:
        """Refer to a stretch of this sheet from any other."""
        start, end = (f"${column_name(column)}${row + 1}" for row, column in (first, last))
        return f"'{self.name}'!{start}:{end}"

    def set_up_page(self, head_row: int, last: tuple[int, int], *, frozen_columns: int) -> None:
        """Freeze the headings, and print the columns up to `last` in landscape on as many A4 pages as it takes."""
        self.sheet.freeze_panes(head_row + 1, frozen_columns)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(head_row)
        self.sheet.print_area(0, 0, last[0], last[1])
        self.sheet.set_footer("&L&A&R&P / &N")


def quote_text(text: str) -> str:
    """Write a text as formulas do."""
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
