"""A workbook → the filled cells of its sheets: the value of each, and the formula that it comes from.

A workbook is refused where a change in it could be lost: a format that is not read, a row or a cell that stands twice,
more than can be read.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from booklet.diagnostics import limits
from booklet.diagnostics.message import MessageError, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: the last row that a spreadsheet has
MAX_ROW = 1_048_576
#: the parts that a reader could take for XML, whatever they are called
_MARKUP = re.compile(rb"\s*<|\xef\xbb\xbf|\xfe\xff|\xff\xfe|\0<")
#: document types, comments and instructions; what the reader would go through again and again until it ends
_STRANGE = re.compile(rb"<!|<\?(?!xml\s[^<>]{0,200}\?>)|<[^<]{200000}")
_ATTRIBUTE = re.compile(rb"=\s*[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_NUMBERED_ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^<>]*\s)?r=[\"']([0-9]{1,9})[\"']")
_NAMED_CELL = re.compile(rb"<(?:\w+:)?c\s(?:[^<>]*\s)?r=[\"']([A-Za-z]{1,3}[0-9]{1,9})[\"']")
#: elements but those of rows, cells and texts
_SETTING = re.compile(
    rb"<(?!(?:\w+:)?(?:row|c|v|f|is|si|r|rPr|t|sz|rFont|color|family|charset|scheme)[\s/>])\w"
)
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_OTHER_FORMATS = {"content.xml": ".ods", "Index/Document.iwa": ".numbers", "xl/workbook.bin": ".xlsb"}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, and the value that the last program that computed it left beside it."""

    text: str
    value: object


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled cells of a sheet, by row from 1 and column from 0."""

    title: str
    rows: Mapping[int, Mapping[int, object]]


class Refused(MessageError):
    """A file that is not read, and why."""


def read_sheets(data: bytes) -> tuple[Sheet, ...]:
    """Read every sheet; raises `Refused`."""
    try:
        _require_readable(data)
        with warnings.catch_warnings(action="ignore"):  # of what `openpyxl` does not keep
            return tuple(Sheet(sheet.title, dict(_read_rows(sheet))) for sheet in _open(data).worksheets)
    except (Refused, ImportError):
        raise
    # whatever a broken or hostile file makes the reader raise, it is not a workbook
    except Exception as error:
        raise Refused(say("this file is not a workbook that can be read")) from error


def _open(data: bytes) -> Any:
    """Open a workbook as `load_workbook` does; of the sheets, only those with cells, each once."""
    from openpyxl.reader.excel import ExcelReader  # only `costs import` reads workbooks

    class Reader(ExcelReader):
        """Reads no part again for another sheet, and no charts."""

        def read_worksheets(self) -> None:
            parts = [link.target for _, link in self.parser.find_sheets()]
            if len(set(parts)) < len(parts):
                raise ValueError("two sheets are one part")
            super().read_worksheets()

        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            pass

    reader = Reader(BytesIO(data), read_only=True, keep_links=False)
    reader.read()
    return reader.wb


def _read_rows(sheet: Any) -> Iterator[tuple[int, dict[int, object]]]:
    """Read the rows that hold anything; a dimension or the number of a row may claim more than there is."""
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):
        """Reads a formula and its value at once: reading the sheet twice takes twice as long."""

        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            if cell["data_type"] == "f":
                text = str(getattr(cell["value"], "text", cell["value"]))
                self.data_only = True
                cell["value"] = Formula(text, super().parse_cell(element)["value"])
                self.data_only, self.col_counter = False, cell["column"]
            return cell

    book = sheet.parent
    dates = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}  # noqa: SLF001
    before = 0
    with sheet._get_source() as source:  # noqa: SLF001
        for number, row in Parser(source, sheet._shared_strings, epoch=book.epoch, **dates).parse():  # noqa: SLF001
            cells = {
                cell["column"] - 1: cell["value"]
                for cell in row
                if cell["value"] is not None and cell["column"] <= limits.WORKBOOK_COLUMNS
            }
            if cells and before < number <= MAX_ROW:
                yield number, cells
            before = max(before, number)


def _require_readable(data: bytes) -> None:
    """Refuse another format, and a workbook that would take long to read.

    No part unpacks to more than the directory says.
    """
    if len(data) > limits.WORKBOOK_BYTES:
        raise Refused(say("a workbook of more than {limit} bytes", limit=Decimal(limits.WORKBOOK_BYTES)))
    if data.startswith(_OLE):
        raise Refused(say("an old workbook (.xls), or one with a password, is not read"))
    cells = rows = elements = attributes = 0
    with zipfile.ZipFile(BytesIO(data)) as archive:
        _require_parts(archive)
        for part in archive.namelist():
            text = archive.read(part)
            if _MARKUP.match(text) or part.endswith((".xml", ".rels")):
                cells += len(_CELL.findall(text))
                rows += len(_ROW.findall(text))
                _require_few(cells, rows)
                _require_plain(part, text)
                elements += text.count(b"<") - text.count(b"</")
                attributes += len(_ATTRIBUTE.findall(text))
    if elements > limits.WORKBOOK_ELEMENTS or attributes > limits.WORKBOOK_ATTRIBUTES:
        counts = Decimal(limits.WORKBOOK_ELEMENTS), Decimal(limits.WORKBOOK_ATTRIBUTES)
        raise Refused(
            say(
                "a workbook of more than {elements} elements or {attributes} attributes",
                elements=counts[0],
                attributes=counts[1],
            )
        )


def _require_few(cells: int, rows: int) -> None:
    if cells > limits.WORKBOOK_CELLS:
        raise Refused(say("a workbook of more than {limit} cells", limit=Decimal(limits.WORKBOOK_CELLS)))
    if rows > limits.WORKBOOK_ROWS:
        raise Refused(say("a workbook of more than {limit} rows", limit=Decimal(limits.WORKBOOK_ROWS)))


def _require_parts(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to too much, and the other formats of spreadsheets that are zip files."""
    parts = archive.infolist()
    unpacked = Decimal(limits.WORKBOOK_UNPACKED)
    if sum(part.file_size for part in parts) > unpacked:
        raise Refused(say("a workbook that unpacks to more than {limit} bytes", limit=unpacked))
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise ValueError("not what a spreadsheet writes")
    if len(parts) > limits.WORKBOOK_PARTS:
        raise Refused(say("a workbook of more than {limit} parts", limit=Decimal(limits.WORKBOOK_PARTS)))
    for part, ending in _OTHER_FORMATS.items():
        if part in archive.namelist():
            raise Refused(say("a workbook of the format {name} is not read", name=ending))


def _require_plain(part: str, text: bytes) -> None:
    """Refuse a part that no spreadsheet writes, that is too long to read, or whose changes could be lost."""
    if b"\0" in text or _STRANGE.search(text):
        raise ValueError("not what a spreadsheet writes")
    if _STRICT in text:
        raise Refused(say("a workbook of the format {name} is not read", name="Strict Open XML"))
    if len(_SETTING.findall(text)) > limits.WORKBOOK_SETTINGS:
        limit = Decimal(limits.WORKBOOK_SETTINGS)
        raise Refused(say("`{part}` of more than {limit} settings", part=part, limit=limit))
    if b"sheetData" in text:
        _require_once(part, text)


def _require_once(part: str, text: bytes) -> None:
    """Refuse a row or a cell that stands twice or out of order, of which readers take only one."""
    rows = [int(number) for number in _NUMBERED_ROW.findall(text)]
    disordered = next((row for before, row in pairwise(rows) if row <= before), None)
    if disordered is not None:
        raise Refused(say("row {row} stands twice or out of order in `{part}`", row=disordered, part=part))
    cells = _NAMED_CELL.findall(text)
    if len(cells) != len(set(cells)):
        twice = Counter(cells).most_common(1)[0][0].decode()
        raise Refused(say("cell {cell} stands twice in `{part}`", cell=twice, part=part))
