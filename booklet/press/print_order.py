"""Lists, copies and paper → the order for the printer, as a table and as CSV (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.export.text_table import TextTable
from booklet.money.euros import write_number
from booklet.text.outside import write_csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.press.paper import Copy
    from booklet.text.language import Language

#: the columns of the CSV, the same in every language; units are in their names
COLUMNS = (
    *("id", "list", "commune", "press_file", "imposed_file", "copies", "pages", "folded", "binding"),
    *(
        "paper_g_m2",
        "bulk_cm3_g",
        "sheet",
        "sheets",
        "spine_mm",
        "weight_g",
        "total_sheets",
        "total_weight_kg",
    ),
)
_TENTH, _THOUSANDTH = Decimal("0.1"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class OrderLine:
    """The copies of one list."""

    id: str
    name: str
    commune: str
    press_file: str
    imposed_file: str
    copies: int
    copy: Copy
    is_stapled: bool

    @property
    def spine_mm(self) -> Decimal:
        """The width of the spine, to a tenth of a millimetre."""
        return _round(self.copy.spine_mm, _TENTH)

    @property
    def weight_g(self) -> Decimal:
        """The weight of a copy, to a tenth of a gramme."""
        return _round(self.copy.weight_g, _TENTH)

    @property
    def total_sheets(self) -> int:
        """Count the sheets of all copies."""
        return self.copies * self.copy.sheets

    @property
    def total_weight_kg(self) -> Decimal:
        """The weight of all copies: the rounded weight of one, times their number."""
        return _round(self.copies * self.weight_g / 1000, _THOUSANDTH)


def write_order(lines: Sequence[OrderLine]) -> bytes:
    """Write the order as CSV, a row for each list."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        copy = line.copy
        writer.writerow(
            (
                *(line.id, write_csv_text(line.name), write_csv_text(line.commune)),
                *(line.press_file, line.imposed_file, line.copies),
                *(copy.pages, copy.sheet.folded, "stapled" if line.is_stapled else "glued"),
                *(f"{copy.paper.grammage:f}", f"{copy.paper.bulk:f}", copy.sheet.name, copy.sheets),
                *(f"{line.spine_mm:f}", f"{line.weight_g:f}", line.total_sheets),
                f"{line.total_weight_kg:f}",
            )
        )
    return buffer.getvalue().encode()


def make_order_grid(lines: Sequence[OrderLine], language: Language) -> TextTable:
    """Lay out the same figures for a terminal, with their sum."""
    first = lines[0].copy
    title = say(
        "Print order: {pages} pages {folded} on {sheet} sheets, paper of {grammage} g/m², bulk {bulk}",
        pages=first.pages,
        folded=first.sheet.folded.upper(),
        sheet=first.sheet.name.upper(),
        grammage=first.paper.grammage,
        bulk=first.paper.bulk,
    )
    head = (
        say("List"),
        say("Copies"),
        say("Pages"),
        say("Sheets"),
        say("Spine, mm"),
        say("Weight, g"),
        say("All sheets"),
        say("All, kg"),
    )
    rows = [
        (
            line.id,
            *_write(
                (
                    *(line.copies, line.copy.pages, line.copy.sheets, line.spine_mm, line.weight_g),
                    *(line.total_sheets, line.total_weight_kg),
                ),
                language,
            ),
        )
        for line in lines
    ]
    sums = (
        *(sum(line.copies for line in lines), "", "", "", "", sum(line.total_sheets for line in lines)),
        sum((line.total_weight_kg for line in lines), Decimal(0)),
    )
    rows.append((say("Total").text(language), *_write(sums, language)))
    note = say(
        "Print on both sides, turned over the short edge. Weights are those of the sheets, before trimming."
    )
    return TextTable(
        title.text(language), tuple(cell.text(language) for cell in head), tuple(rows), note.text(language)
    )


def _write(cells: Sequence[int | Decimal | str], language: Language) -> tuple[str, ...]:
    return tuple(cell if isinstance(cell, str) else _write_number(cell, language) for cell in cells)


def _write_number(number: int | Decimal, language: Language) -> str:
    """Write a number with the digits of the CSV and the marks of the language."""
    whole, _, decimals = (
        f"{number:f}".partition(".") if isinstance(number, Decimal) else (str(number), "", "")
    )
    return write_number(int(whole), language) + (language.decimal_mark + decimals if decimals else "")


def _round(number: Decimal, step: Decimal) -> Decimal:
    return number.quantize(step, ROUND_HALF_EVEN)
