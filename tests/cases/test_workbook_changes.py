"""A workbook never loses or invents a change in silence: it is brought back, or told at its place.

`xlsx-copied-sheet`, `xlsx-dimension-wrong`, `xlsx-formula-without-value`, and others of their kind.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from booklet.content.workspace import read_workspace
from booklet.diagnostics.diagnostic import Severity
from booklet.export.import_workbook import Imported, import_workbook
from tests.samples.hostile_workbooks import SHEET, rewrite
from tests.samples.marks import long
from tests.samples.workbooks import change, cost, lines_sheet, open_workbook, place, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.samples.workspace import Sample

ID = "maladroit"
#: the sheet of lines: a quantity of 7, spread over a phase; and units by year, 40 in 2022
WHOLE, UNITS = f"{ID}#costs[0]", f"{ID}#costs[1]"
CELL = re.compile(rb'<c r="G8"[^>]*><v>7</v></c>')


def bring_back(sample: Sample, data: bytes | Workbook) -> Imported:
    """Import a workbook; nothing is written."""
    data = data if isinstance(data, bytes) else save(data)
    return import_workbook(read_workspace(sample.root), "budget.xlsx", data)


def told(sample: Sample, data: bytes | Workbook) -> list[str]:
    """The errors of an import that writes nothing."""
    imported = bring_back(sample, data)
    assert imported.files == {} and imported.changes == ()
    errors = [found for found in imported.diagnostics if found.severity is Severity.ERROR]
    return [f"{found.code} {found.span.start.line} {found.message}" for found in errors]


def brought(sample: Sample, data: bytes | Workbook) -> list[tuple[str, str]]:
    """The changes of an import without any finding."""
    imported = bring_back(sample, data)
    assert imported.diagnostics == ()
    return [(made.before, made.after) for made in imported.changes]


def repack(data: bytes, part: str, edit: Callable[[bytes], bytes] | None = None) -> bytes:
    """A workbook with every part changed, and one part more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.infolist():
            text = before.read(entry)
            after.writestr(entry.filename, edit(text) if edit else text)
        if part:
            after.writestr(part, b"<x/>")
    return out.getvalue()


# --- brought back, whatever the program that saved it -----------------------------------------------------------------


def test_dimension_is_only_a_hint(awkward: Sample, workbook: bytes) -> None:
    """A changed cell outside what the sheet says it holds is brought back."""
    for dimension in (b'<dimension ref="A1"/>', b'<dimension ref="G9:H10"/>', b""):
        changed = rewrite(
            workbook,
            SHEET,
            lambda text: re.sub(rb"<dimension [^>]*/>", dimension, CELL.sub(b'<c r="G8"><v>8</v></c>', text)),  # noqa: B023
        )
        assert brought(awkward, changed) == [("7", "8")]


def test_a_number_is_read_however_it_is_kept(awkward: Sample, workbook: bytes) -> None:
    """An inline text, a shared formula or an array formula with its value is the number that it shows."""
    for cell in (
        b'<c r="G8" t="inlineStr"><is><t>8</t></is></c>',
        b'<c r="G8"><f t="shared" ref="G8:G9" si="0">4+4</f><v>8</v></c>',
        b'<c r="G8"><f t="array" ref="G8">4+4</f><v>8.0000000000000001</v></c>',
        b'<c r="G8" t="str"><f>"8"</f><v>8</v></c>',
    ):
        changed = rewrite(workbook, SHEET, lambda text: CELL.sub(cell, text))  # noqa: B023
        assert brought(awkward, changed) == [("7", "8")]


def test_looks_change_nothing(awkward: Sample, workbook: bytes) -> None:
    """Another name, a row above, hidden rows and columns, comments, sheets and rows in another order lose nothing."""
    book = open_workbook(workbook)
    sheet = lines_sheet(book)
    change(book, WHOLE, "quantity", "1 400")
    change(book, WHOLE, "high", "1 400,00 €")
    sheet["G8"].comment = Comment("à vérifier", "moi")
    sheet.title = "Mes chiffres"
    sheet.row_dimensions[8].hidden = sheet.column_dimensions["G"].hidden = True
    sheet.merge_cells("B2:F2")
    sheet.insert_rows(1)
    sheet.move_range(f"A9:{get_column_letter(sheet.max_column)}9", rows=30)
    book.move_sheet(sheet, 3)
    book.create_sheet("Notes")["A1"] = 12
    assert brought(awkward, book) == [("7", "1 400"), ("100 €", "1 400 €")]


def test_another_language_and_an_imported_workbook(awkward: Sample, workbook: bytes) -> None:
    """A workbook of another language, and one that was brought back already, bring nothing."""
    assert brought(awkward, cost(awkward.root, "en").workbook) == []
    book = open_workbook(workbook)
    change(book, WHOLE, "quantity", 8)
    awkward.edit("ecologie/maladroit.yaml", "quantity: 7 ", "quantity: 8 ")
    try:
        assert brought(awkward, book) == []
    finally:
        awkward.edit("ecologie/maladroit.yaml", "quantity: 8 ", "quantity: 7 ")


# --- told ------------------------------------------------------------------------------------------------------------


def places(book: Workbook, changes: Iterable[tuple[str, str, object]]) -> list[str]:
    """Make changes, and name their cells."""
    sheet = lines_sheet(book)
    found = [sheet.cell(*place(sheet, key, column)) for key, column, _ in changes]
    for cell, (_, _, value) in zip(found, changes, strict=True):
        cell.value = value  # type: ignore[assignment]
    return sorted(f"Lignes!{cell.coordinate}" for cell in found)


def test_a_formula_without_a_value_is_told(awkward: Sample, workbook: bytes) -> None:
    """A formula that nobody computed is not an empty cell, whatever its column."""
    changes = [
        (UNITS, "part-2022", "=4+6"),
        (UNITS, "part-2026", "=4+6"),
        (UNITS, "quantity", "=4+6"),
        (UNITS, "central", "=J8"),
        (WHOLE, "quantity", "=4+6"),
        (WHOLE, "vat", "=20%"),
        (WHOLE, "unit", '="lot"'),
        (f"{ID}#costs[2]", "low", "=A1"),
        (f"{ID}#costs[3]", "label", '="lot"'),
        (f"{ID}#costs[4]", "booklet-lines 1", '="lot"'),
        (f"{ID}#revenues[0]", "central-2024", "=1+1"),
        (f"{ID}#revenues[0]", "high-total", "=SUM(AK12:AO12)"),
    ]
    book = open_workbook(workbook)
    cells = places(book, changes)
    words = " a formula without a value in "
    found = told(awkward, book)
    assert sorted(line.partition(words)[2] for line in found) == cells


def test_a_copied_sheet_is_told(awkward: Sample, workbook: bytes) -> None:
    """Lines that stand on two sheets are told, whichever of the two was changed."""
    book = open_workbook(workbook)
    copy = book.copy_worksheet(lines_sheet(book))
    for sheet, number in ((copy, 8), (lines_sheet(book), 9)):
        sheet.cell(*place(sheet, WHOLE, "quantity")).value = number
        assert "X102 8 the line of row 8 stands here again" in told(awkward, book)


def test_rows_that_are_gone_are_told(awkward: Sample, workbook: bytes) -> None:
    """A row deleted among others is an error; what may have been added to the files since is a warning."""
    book = open_workbook(workbook)
    sheet = lines_sheet(book)
    sheet.delete_rows(9)
    assert told(awkward, book) == [f"X102 1 no row for the line `+carrefours` of `{ID}`"]
    book = open_workbook(workbook)
    sheet = lines_sheet(book)
    sheet.delete_rows(place(sheet, f"{ID}#revenues[0]", "quantity")[0])
    del book[lines_sheet(book, 1).title]
    change(book, WHOLE, "quantity", 8)
    imported = bring_back(awkward, book)
    assert [made.after for made in imported.changes] == ["8"]
    assert {str(found.message) for found in imported.diagnostics} == {
        "no row for the lines of `brouillon`, `incomplet`",
        f"no row for the line `Recettes` of `{ID}`",
    }


def test_what_is_not_imported_is_told(awkward: Sample, workbook: bytes) -> None:
    """A changed unit, rate, price basis, word or computed amount is told, and nothing is written beside it."""
    for changes in (
        [
            (WHOLE, "vat", 0.2),
            (WHOLE, "unit", "lot"),
            (WHOLE, "price", "ht"),
            (WHOLE, "regime", "aucun"),
            (WHOLE, "nature", "study"),
            (WHOLE, "section", "Fonctionnement"),
            (WHOLE, "proposal", "feux"),
            (WHOLE, "months", 20),
            (UNITS, "vat", 20),
            (UNITS, "unit", None),
            (f"{ID}#costs[2]", "vat", "#REF!"),
            (f"{ID}#costs[3]", "vat", "20 %"),
            (f"{ID}#costs[4]", "vat", None),
        ],
        [
            (WHOLE, "central-2021", 50_000),
            (WHOLE, "high-total", 50_000),
            (UNITS, "ttc-2022", "#REF!"),
            (f"{ID}#costs[3]", "after-low", 1),
            (WHOLE, "after-central", 50_000),
            (f"{ID}#costs[4]", "central-total", None),
        ],
    ):
        book = open_workbook(workbook)
        change(book, "feux#costs[0]", "quantity", 8)
        cells = places(book, changes)
        found = told(awkward, book)
        assert all(line.startswith("X103") for line in found)
        assert sorted(re.findall("Lignes![A-Z]+[0-9]+", " ".join(found))) == cells


def test_what_is_no_number_is_told(awkward: Sample, workbook: bytes) -> None:
    """A date, an error, a boolean, a percentage or an ambiguous text in place of a number is X103."""
    book = open_workbook(workbook)
    cells = places(
        book,
        [
            (WHOLE, "quantity", datetime(2026, 5, 4)),  # noqa: DTZ001 (a workbook has no time zones)
            (WHOLE, "central", "12 000 $"),
            (WHOLE, "low", False),
            (UNITS, "part-2022", " "),
            (UNITS, "part-2023", "1.400"),
            (f"{ID}#costs[3]", "quantity", "20 %"),
            (f"{ID}#costs[4]", "quantity", "#REF!"),
            (f"{ID}#revenues[0]", "quantity", 1e-12),
        ],
    )
    found = told(awkward, book)
    words = " is not a number that fits"
    assert (
        sorted(line.split(" in ")[1].removesuffix(words) for line in found if line.endswith(words)) == cells
    )


def test_a_rate_in_other_words_is_no_change(awkward: Sample, workbook: bytes) -> None:
    """A rate typed as a text is the same rate."""
    book = open_workbook(workbook)
    change(book, WHOLE, "vat", "5,5 %")
    assert brought(awkward, book) == []


def test_columns_that_are_gone_or_repeated_are_told(awkward: Sample, workbook: bytes) -> None:
    """A deleted column of inputs, and one that was copied with its hidden name, are told."""
    book = open_workbook(workbook)
    lines_sheet(book).delete_cols(7)
    assert "X102 1 column `quantity` of sheet `Lignes` is gone" in told(awkward, book)
    book = open_workbook(workbook)
    sheet = lines_sheet(book)
    sheet.cell(1, sheet.max_column + 1).value = "quantity"
    assert told(awkward, book) == ["X102 1 column `quantity` stands twice in sheet `Lignes`"]


def test_a_sheet_without_its_names_is_told(awkward: Sample, workbook: bytes) -> None:
    """A sheet of lines whose hidden row was deleted, or of another version, is told though the drafts' is whole."""
    edits: tuple[Callable[[Worksheet], object], ...] = (
        lambda sheet: sheet.delete_rows(1),
        lambda sheet: sheet.delete_cols(1),
        lambda sheet: setattr(sheet["A1"], "value", "booklet-lines 2"),
    )
    for edit in edits:
        book = open_workbook(workbook)
        edit(lines_sheet(book))
        assert "X102 1 sheet `Lignes` has lost its hidden first row or column" in told(awkward, book)


def test_a_row_above_the_first_line_is_told(awkward: Sample, workbook: bytes) -> None:
    """A line inserted between the headings and the first line is told as one below the last is."""
    book = open_workbook(workbook)
    sheet = lines_sheet(book)
    sheet.insert_rows(5)
    sheet["C5"], sheet["G5"] = "Une ligne", 3
    assert told(awkward, book) == ["X102 5 this row is no line of a proposal: Une ligne"]


def test_merged_inputs_are_told(awkward: Sample, workbook: bytes) -> None:
    """A cell that another one swallowed holds nothing any more."""
    book = open_workbook(workbook)
    lines_sheet(book).merge_cells("J8:J9")
    assert told(awkward, book) == ["X103 9 nothing in Lignes!J9, exported as 18,000"]


def warned(sample: Sample, book: Workbook) -> list[str]:
    """The warnings of an import, which brings a quantity back all the same."""
    change(book, WHOLE, "quantity", 8)
    imported = bring_back(sample, book)
    assert [made.after for made in imported.changes] == ["8"]
    assert {found.severity for found in imported.diagnostics} <= {Severity.WARNING}
    return [f"{found.code} {found.message}" for found in imported.diagnostics]


#: beside the lines and percentiles, which the tool makes again: a row of each table, and the rates above the exact sums
ROWS = {
    "À lire": (3, 14),
    "Années": (6, 57),
    "Financement": (5,),
    "Emprunts par échéance": (5,),
    "Ensemble": (5, 43),
    "Incertitude": (3, 4),
    "Sources": (4,),
}


@pytest.mark.parametrize("value", [987_654, long("=1+1"), long(None)])
def test_every_cell_of_every_other_sheet_is_told(awkward: Sample, workbook: bytes, value: object) -> None:
    """Whatever is typed over a cell beside the lines, a total, a rate, a word or a formula, is told with its cell."""
    book, changed = open_workbook(workbook), set()
    for title, rows in (*ROWS.items(), ("Sommes exactes", (3, 7))):
        filled = [[cell for cell in book[title][row] if cell.value is not None] for row in rows]
        # an empty row is gone
        for cell in (cell for cells in filled for cell in cells[value is None :]):
            cell.value = value  # type: ignore[assignment]
            changed.add(f"{title}!{cell.coordinate}")
    found = set(
        re.findall(
            r"in ((?:À lire|\w+|Sommes exactes|Emprunts par échéance)![A-Z]+[0-9]+)",
            " ".join(warned(awkward, book)),
        )
    )
    assert len(book.sheetnames) == len(ROWS) + 3 and len(changed) > 80
    assert changed == found


def test_other_sheets_are_found_again(awkward: Sample, workbook: bytes) -> None:
    """Moved rows and columns, other names, values only, before or after the change, are no changes."""
    assert warned(awkward, open_workbook(workbook)) == []
    assert warned(awkward, open_workbook(workbook, values=True)) == []
    book = open_workbook(workbook)
    book["Années"].insert_cols(3)
    book["Ensemble"].insert_rows(1)
    book["Sommes exactes"].title = "Détail"
    book["Sources"]["K4"] = "une note à côté"
    book["Financement"].insert_cols(4)
    book["Financement"]["D4"] = "À moi"
    assert warned(awkward, book) == []


def test_other_rows_and_sheets_are_told(awkward: Sample, workbook: bytes) -> None:
    """Rows that are gone or added, sheets that are gone and columns that were taken out are told."""
    book = open_workbook(workbook)
    book["Années"].delete_rows(10)
    book["Financement"].cell(30, 1).value = "un financeur de plus"
    book["Financement"].cell(30, 10).value = 5_000
    book.copy_worksheet(book["Ensemble"])["D5"] = 1
    book["Sommes exactes"].delete_cols(7)
    del book["Sources"]
    assert warned(awkward, book) == [
        "X102 no row `mobilite, armoires, Essayer les armoires dans chaque rue, Investissement, FCTVA de ce qui est"
        " dépensé` on sheet `Années`",
        "X102 no sheet `Sources`: what was changed there is not known",
        "X102 the columns of sheet `Sommes exactes` are others",
        "X103 `1` in Ensemble Copy!D5 is not brought back: it is computed",
        "X102 this row is none of the export: un financeur de plus, 5000",
    ]


def test_other_formats_are_told_with_the_way_out(awkward: Sample, workbook: bytes) -> None:
    """A file of another program is one finding, which says how to save it as xlsx."""
    transitional, strict = (
        b"schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"purl.oclc.org/ooxml/spreadsheetml/main",
    )
    for data, name in (
        (repack(workbook, "content.xml"), ".ods"),
        (repack(workbook, "Index/Document.iwa"), ".numbers"),
        (repack(workbook, "xl/workbook.bin"), ".xlsb"),
        (repack(workbook, "", lambda text: text.replace(transitional, strict)), "Strict Open XML"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), ".xls"),
        (b"key;label\nx;7\n", "not a workbook"),
        (b"<?xml version='1.0'?><office:document/>", "not a workbook"),
    ):
        (found,) = bring_back(awkward, data).diagnostics
        assert found.code == "X102" and name in str(found.message)
        assert [".xlsx" in str(hint) for hint in found.hints] == [True]


def test_what_stands_twice_is_refused(awkward: Sample, workbook: bytes) -> None:
    """A row or a cell that stands twice, of which a reader takes one, is told."""
    row = b'<row r="8"><c r="B8"><v>1</v></c></row></sheetData>'
    twice = b'<c r="G8"><v>7</v></c><c r="G8"><v>8</v></c>'
    for edit, words in (
        (lambda text: text.replace(b"</sheetData>", row), "row 8"),
        (lambda text: CELL.sub(twice, text), "cell G8"),
    ):
        (found,) = told(awkward, rewrite(workbook, SHEET, edit))
        assert f"{words} stands twice" in found
