"""A changed workbook → the YAML: the scalars that a person changed, and not one byte more."""

from __future__ import annotations

import io
import os
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from booklet.content.edit import write_like
from booklet.content.workspace import read_workspace
from booklet.export.import_workbook import Imported, import_workbook
from booklet.money.euros import read_euros, read_number
from tests.samples.commands import ROOT
from tests.samples.varied import EDITS as EDITS_OF_VARIED
from tests.samples.varied import write_varied
from tests.samples.workbooks import (
    change,
    cost,
    lines_sheet,
    open_workbook,
    place,
    recalculate,
    save,
    write_awkward,
)
from tests.samples.workspace import digests, write_small

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

PROPOSAL = "proposals/ecologie/maladroit.yaml"
ID = "maladroit"


@pytest.fixture
def awkward(tmp_path: Path) -> Sample:
    return write_awkward(tmp_path)


@pytest.fixture
def varied(tmp_path: Path) -> Sample:
    """One proposal, whose lines vary in every way."""
    sample = write_small(tmp_path)
    for id in ("armoires", "feux", "arbres"):
        sample.proposal(id).unlink()
    write_varied(sample.root, "ecologie", "varie")
    return sample


def bring_back(root: Path, book: Workbook | bytes) -> Imported:
    data = book if isinstance(book, bytes) else save(book)
    return import_workbook(read_workspace(root), "budget.xlsx", data)


_EXPORTED: dict[frozenset[tuple[str, str]], bytes] = {}


def exported(root: Path) -> Workbook:
    """Export a workspace; the same files give the same workbook, which is written once."""
    files = frozenset(digests(root).items())
    if files not in _EXPORTED:
        _EXPORTED[files] = cost(root).workbook
    return open_workbook(_EXPORTED[files])


def told(imported: Imported) -> list[str]:
    """The diagnostics of an import, which must write nothing."""
    assert imported.files == {} and imported.changes == ()
    return [
        f"{found.code} {found.span.path}:{found.span.start.line} {found.message}"
        for found in imported.diagnostics
    ]


def test_unchanged_workbook_changes_nothing(awkward: Sample) -> None:
    """As exported, or saved again by a program that does not compute, a workbook brings nothing back."""
    workbook = cost(awkward.root).workbook
    for data in (workbook, save(open_workbook(workbook))):
        assert bring_back(awkward.root, data) == Imported({}, (), ())


@pytest.mark.long
def test_published_example_changes_nothing() -> None:
    """The workbook of the published example brings nothing back."""
    assert bring_back(ROOT, cost(ROOT).workbook) == Imported({}, (), ())


@pytest.mark.long
def test_workbook_saved_by_libreoffice_changes_nothing(awkward: Sample, tmp_path: Path) -> None:
    """LibreOffice may save the workbook in its own way: what comes back is only what was changed."""
    folder = tmp_path / "office"
    folder.mkdir()
    book = recalculate(folder, exported(awkward.root))
    assert bring_back(awkward.root, (folder / "computed" / "workbook.xlsx").read_bytes()) == Imported(
        {}, (), ()
    )
    change(book, f"{ID}#costs[3]", "quantity", 3)
    assert [str(made.after) for made in bring_back(awkward.root, book).changes] == ["3"]


#: line, column, what a person types, the scalar before and after
EDITS = [
    ("costs[0]", "quantity", 8, "quantity: 7        #", "quantity: 8        #"),
    ("costs[0]", "central", 33.3, 'central: "33,33 €"', 'central: "33,30 €"'),
    ("costs[0]", "low", 1.5, "low: 1 €,", 'low: "1,50 €",'),
    ("costs[1]", "low", 9500, "low: 12 000 €    # au plus bas", "low: 9 500 €    # au plus bas"),
    ("costs[1]", "central", 18500, "'18 k€'", "'18,5 k€'"),
    ("costs[1]", "high", 1250000, "0,026 M€", "1,25 M€"),
    ("costs[1]", "high", 26001.25, "0,026 M€", "26 001,25 €"),
    ("costs[2]", "central", 0.25, "0,125 €", "0,25 €"),
    ("costs[3]", "central", 1234567.5, "55 000,01 €", "1 234 567,50 €"),
    ("costs[3]", "central", "60 000", "55 000,01 €", "60 000 €"),
    ("costs[3]", "quantity", 4, "quantity: 2,5", "quantity: 4"),
    ("costs[4]", "high", 3500, "high: 3 000 €", "high: 3 500 €"),
    ("revenues[0]", "quantity", 11000, "quantity: 1 200", "quantity: 11 000"),
    ("revenues[0]", "central", 2, "1,70 €", "2 €"),
    ("savings[0]", "central", 444.44, "333,33 €", "444,44 €"),
    ("lost_revenue[0]", "quantity", 11, "quantity: 12\n", "quantity: 11\n"),
    ("costs[1]", "paid-before", 2000, "1 234,50 €", "2 000 €"),
]


def test_scalars_are_written_in_the_authors_manner(awkward: Sample) -> None:
    """A changed number takes the place of the old one, with its unit, spaces and quotes; every other byte stays."""
    text = awkward.proposal(ID).read_text("utf-8")
    scalars = {before: [edit for edit in EDITS if edit[3] == before] for *_, before, _ in EDITS}
    for edits in zip_longest(*scalars.values()):  # one of each scalar at a time
        book, expected = exported(awkward.root), text
        for line, column, value, before, after in filter(None, edits):
            assert text.count(before) == 1
            change(book, f"{ID}#{line}", column, value)
            expected = expected.replace(before, after)
        imported = bring_back(awkward.root, book)
        assert imported.diagnostics == ()
        assert {path: data.decode() for path, data in imported.files.items()} == {PROPOSAL: expected}
        assert len(imported.changes) == len(edits) - edits.count(None)


def test_three_quantities_and_ramps_come_back(varied: Sample) -> None:
    """Low and high quantities, units of a ramp and what follows it are written where they stand, at every place."""
    text = expected = varied.proposal("varie").read_text("utf-8")
    book = exported(varied.root)
    for line, column, value, before, after in EDITS_OF_VARIED:
        assert text.count(before) == 1
        change(book, f"varie#{line}", column, value)
        expected = expected.replace(before, after)
    imported = bring_back(varied.root, book)
    assert imported.diagnostics == ()
    assert {path: data.decode() for path, data in imported.files.items()} == {
        "proposals/ecologie/varie.yaml": expected
    }


def test_an_index_is_no_input_of_the_workbook(varied: Sample) -> None:
    """A price index, a year of prices or a scenario changed in the workbook is refused: it belongs to the files."""
    for column, value in (("index-prices", 90), ("price-year", "2012"), ("scenario", "autre")):
        book = exported(varied.root)
        change(book, "varie#costs[0]", column, value)
        assert [line.split()[0] for line in told(bring_back(varied.root, book))] == ["X103"], column


def test_units_of_a_year_bring_their_sum(awkward: Sample) -> None:
    """Units changed in two years change the quantity too, so that the line still adds up."""
    text = awkward.proposal(ID).read_text("utf-8")
    book = exported(awkward.root)
    change(book, f"{ID}#costs[1]", "part-2022", 45)
    change(book, f"{ID}#costs[1]", "part-2024", 50)
    expected = text.replace("{2022: 40, 2023: 70, 2024: 40}", "{2022: 45, 2023: 70, 2024: 50}")
    expected = expected.replace("quantity: 150", "quantity: 165")
    assert bring_back(awkward.root, book).files == {PROPOSAL: expected.encode()}


def test_mark_and_line_ends_stay(awkward: Sample) -> None:
    """A UTF-8 mark and Windows line ends stay as they are, byte for byte."""
    path = awkward.proposal(ID)
    data = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(data)
    book = exported(awkward.root)
    change(book, f"{ID}#costs[3]", "quantity", 3)
    assert bring_back(awkward.root, book).files == {PROPOSAL: data.replace(b"quantity: 2,5", b"quantity: 3")}


def test_drafts_come_back_too(awkward: Sample) -> None:
    """A number changed on the sheet of drafts comes back to the draft."""
    book = exported(awkward.root)
    change(book, "brouillon#costs[3]", "quantity", 3, number=1)
    assert list(bring_back(awkward.root, book).files) == ["proposals/ecologie/brouillon.yaml"]


def test_moved_lines_and_rows_are_found(awkward: Sample) -> None:
    """A line that moved in its file is found by its label, a row and a column that moved by their hidden names."""
    book = exported(awkward.root)
    change(book, f"{ID}#costs[3]", "quantity", 3)
    sheet = lines_sheet(book)
    sheet.insert_cols(3)
    sheet.insert_rows(7, 2)
    path = awkward.proposal(ID)
    text = path.read_text("utf-8")
    start, end = text.index('  - label: "=1+1"'), text.index("  - label: +carrefours")
    moved = text[:start] + text[end:].replace("revenues:", text[start:end] + "revenues:")
    path.write_text(moved, "utf-8")
    assert bring_back(awkward.root, book).files == {
        PROPOSAL: moved.replace("quantity: 2,5", "quantity: 3").encode()
    }


#: the hidden column that says which line a row is
KEYS = "booklet-lines 1"

#: line, column, what a person types, what is told
FAULTS = [
    ("costs[0]", "quantity", -1, "X103 budget.xlsx:8 −1 in Lignes!G8 is negative"),
    ("costs[0]", "quantity", "sept", "X103 budget.xlsx:8 `sept` in Lignes!G8 is not a number that fits"),
    ("costs[0]", "quantity", None, "X103 budget.xlsx:8 nothing in Lignes!G8, exported as 7"),
    ("costs[0]", "central", 1e300, "X103 budget.xlsx:8 `1e+300` in Lignes!J8 is not a number that fits"),
    ("costs[0]", "quantity", True, "X103 budget.xlsx:8 `True` in Lignes!G8 is not a number that fits"),
    ("costs[0]", "central", 500, f"X103 {PROPOSAL}:20 high 100\u00a0€ is below central 500\u00a0€"),
    ("costs[0]", "part-2021", 5, "X103 budget.xlsx:8 the months of 2021 changed in `=1+1`"),
    ("costs[1]", "part-2025", 5, "X103 budget.xlsx:9 5 in Lignes!V9, where the file holds nothing"),
    ("costs[1]", "quantity", 7, "X103 budget.xlsx:9 quantity 7, but units by year add up to 150"),
    ("costs[2]", "high", 7, "X103 budget.xlsx:10 high of `-centimes` changed: the file holds one amount"),
    ("costs[2]", "label", "Autre", f"X102 budget.xlsx:10 `{ID}` has no line `Autre`"),
    ("costs[2]", KEYS, "parti#costs[0]", "X102 budget.xlsx:10 no proposal `parti`"),
    ("costs[2]", KEYS, None, "X102 budget.xlsx:10 this row is no line of a proposal: -centimes"),
]


def test_what_cannot_be_written_is_told(awkward: Sample) -> None:
    """A number that does not fit, or a row that is no line, is one diagnostic at its place, and nothing is written."""
    rows = [[fault for fault in FAULTS if fault[0] == line] for line in ("costs[0]", "costs[1]", "costs[2]")]
    for faults in zip_longest(*rows):  # one of each row at a time
        book = exported(awkward.root)
        change(book, f"{ID}#costs[4]", "high", 3333)  # sound, and yet not written
        for line, column, value, _ in filter(None, faults):
            change(book, f"{ID}#{line}", column, value)
        assert told(bring_back(awkward.root, book)) == [fault[3] for fault in faults if fault]


def test_a_key_that_is_off_is_mended_by_the_label(awkward: Sample) -> None:
    """A row whose hidden key names no line is found by what it is called."""
    book = exported(awkward.root)
    change(book, f"{ID}#costs[4]", "high", 3333)
    change(book, f"{ID}#costs[2]", KEYS, f"{ID}#costs[9]")
    assert len(bring_back(awkward.root, book).changes) == 1


def test_added_and_repeated_rows_are_told(awkward: Sample) -> None:
    """A row typed under the others, and a row that was copied, are each told."""
    book = exported(awkward.root)
    sheet = lines_sheet(book)
    last = sheet.max_row
    sheet.cell(last + 1, 3).value = "Une ligne de plus"
    for column in range(1, sheet.max_column + 1):
        sheet.cell(last + 2, column).value = sheet.cell(9, column).value
    assert told(bring_back(awkward.root, book)) == [
        f"X102 budget.xlsx:{last + 1} this row is no line of a proposal: Une ligne de plus",
        f"X102 budget.xlsx:{last + 2} the line of row 9 stands here again",
    ]


def test_conflict_is_told_where_the_file_moved_on(awkward: Sample) -> None:
    """A number changed on both sides is X101 at the file's scalar; one changed alike on both sides is no fault."""
    book = exported(awkward.root)
    change(book, f"{ID}#costs[0]", "quantity", 8)
    change(book, f"{ID}#costs[3]", "quantity", 3)
    awkward.edit("ecologie/maladroit.yaml", "quantity: 7 ", "quantity: 9 ")
    assert told(bring_back(awkward.root, book)) == [
        f"X101 {PROPOSAL}:18 `9` here, 8 in the workbook, exported as 7"
    ]
    awkward.edit("ecologie/maladroit.yaml", "quantity: 9 ", "quantity: 8,0 ")
    assert [made.after for made in bring_back(awkward.root, book).changes] == ["3"]


def test_what_only_the_file_changed_stays(awkward: Sample) -> None:
    """A number that moved on in the file and not in the workbook is nobody's conflict: the file keeps it."""
    book = exported(awkward.root)
    change(book, f"{ID}#costs[3]", "quantity", 3)
    awkward.edit("ecologie/maladroit.yaml", "quantity: 7 ", "quantity: 9 ")
    assert b"quantity: 9 " in bring_back(awkward.root, book).files[PROPOSAL]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"quantity;7\n"])
def test_what_is_no_workbook_is_told(awkward: Sample, data: bytes) -> None:
    """A file that cannot be read as a workbook is one diagnostic."""
    assert told(bring_back(awkward.root, data)) == [
        "X102 budget.xlsx:1 this file is not a workbook that can be read"
    ]


def test_workbook_without_our_sheets_is_told(awkward: Sample) -> None:
    """A workbook of somebody else's is one diagnostic."""
    buffer = io.BytesIO()
    Workbook().save(buffer)
    found = told(bring_back(awkward.root, buffer.getvalue()))
    assert found == ["X102 budget.xlsx:1 no sheet of lines here: its hidden first row and column are gone"]


# --- the command -----------------------------------------------------------------------------------------------------


def test_command_writes_what_was_changed(awkward: Sample) -> None:
    """`costs --format xlsx`, a change, `costs import`: the file is written whole and each change is printed."""
    path = awkward.root / "mine.xlsx"
    assert awkward.run("costs", "--format", "xlsx", "--output", str(path)).status == 0
    before = awkward.proposal(ID).read_text("utf-8")
    ran = awkward.run("--lang", "en", "costs", "import", str(path))
    assert (ran.status, ran.out) == (0, "no figure was changed\n")
    book = open_workbook(path.read_bytes())
    change(book, f"{ID}#costs[3]", "central", 56_000)
    path.write_bytes(save(book))
    ran = awkward.run("costs", "import", str(path))
    assert ran.status == 0, ran.err
    assert ran.out.splitlines() == [f"{PROPOSAL}:59:16: 55 000,01 € → 56 000 €"]
    assert awkward.proposal(ID).read_text("utf-8") == before.replace("55 000,01 €", "56 000 €")


def test_command_writes_nothing_beside_a_fault(awkward: Sample) -> None:
    """With one fault among sound changes, no file is touched; status 1."""
    path = awkward.root / "mine.xlsx"
    book = exported(awkward.root)
    change(book, "armoires#costs[0]", "quantity", 11)
    change(book, f"{ID}#costs[0]", "quantity", -8)
    path.write_bytes(save(book))
    before = {
        file: (file.read_bytes(), os.stat(file).st_mtime_ns)
        for file in awkward.root.glob("proposals/*/*.yaml")
    }
    ran = awkward.run("--lang", "en", "costs", "import", str(path))
    assert ran.status == 1
    assert "mine.xlsx:8:1: error[X103]" in ran.err and ran.out == ""
    assert before == {file: (file.read_bytes(), os.stat(file).st_mtime_ns) for file in before}


def test_command_names_a_missing_file(awkward: Sample) -> None:
    """Without a file, or with one that is not there, the command says so; status 2."""
    for arguments, sentence in (((), "name the workbook"), (("nowhere.xlsx",), "no file `nowhere.xlsx`")):
        ran = awkward.run("--lang", "en", "costs", "import", *arguments)
        assert ran.status == 2 and sentence in ran.err


# --- properties ------------------------------------------------------------------------------------------------------

#: what can be changed in the awkward proposal, and what a spreadsheet carries of it
PLACES = (
    *(("costs[0]", "quantity"), ("costs[2]", "central"), ("costs[3]", "quantity"), ("costs[3]", "central")),
    *(
        ("costs[1]", "part-2022"),
        ("costs[1]", "part-2023"),
        ("costs[4]", "quantity"),
        ("revenues[0]", "quantity"),
    ),
)
NUMBERS = st.builds(
    lambda whole, places: Decimal(whole).scaleb(-places), st.integers(0, 10**12 - 1), st.integers(0, 6)
)


@pytest.fixture(scope="module")
def property_sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sample, bytes]:
    """A workspace and its workbook, which the property does not change."""
    sample = write_awkward(tmp_path_factory.mktemp("property"))
    return sample, cost(sample.root).workbook


@settings(max_examples=max(3, settings().max_examples // 12))  # each writes and reads three workbooks
@given(edits=st.dictionaries(st.sampled_from(PLACES), NUMBERS, max_size=4))
@example(edits={("costs[0]", "quantity"): Decimal("1.234")})
@example(edits={("costs[3]", "central"): Decimal("1234.567")})
def test_export_edit_import_export(
    property_sample: tuple[Sample, bytes], edits: dict[tuple[str, str], Decimal]
) -> None:
    """Whatever quantities and unit costs are typed, the next export holds exactly them, and brings nothing back."""
    sample, workbook = property_sample
    path = sample.proposal(ID)
    before = path.read_bytes()
    book = open_workbook(workbook)
    for (line, column), number in edits.items():
        change(book, f"{ID}#{line}", column, float(number))
    imported = bring_back(sample.root, book)
    assert imported.diagnostics == ()
    try:
        for name, data in imported.files.items():
            assert name == PROPOSAL
            path.write_bytes(data)
        assert not [fault for fault in read_workspace(sample.root).diagnostics if ID in fault.span.path]
        again = cost(sample.root).workbook
        sheet = lines_sheet(open_workbook(again))
        for (line, column), number in edits.items():
            row, index = place(sheet, f"{ID}#{line}", column)
            held = sheet.cell(row, index).value
            assert float(str(held or 0)) == float(number)
        assert bring_back(sample.root, again) == Imported({}, (), ())
    finally:
        path.write_bytes(before)


WRITTEN = st.sampled_from(
    [
        "12 000 €",
        "12000",
        "1,2 M€",
        "450 k€",
        "1,68 Md€",
        "18\u202f000\u00a0€",
        "12000.50",
        "0,5",
        "7",
        "0,125 €",
        "3.5M€",
    ]
)


@given(old=WRITTEN, value=NUMBERS.filter(lambda number: number < 10**12))
def test_written_like_reads_as_the_value(old: str, value: Decimal) -> None:
    """Whatever manner a number is written in, it reads back as exactly the value."""
    if "€" in old:
        assert read_euros(write_like(old, value, "euros")).value == value
    else:
        assert read_number(write_like(old, value, "number")) == value


@pytest.mark.parametrize(
    ("old", "value", "written"),
    [
        ("12 000 €", "13500", "13 500 €"),
        ("12000", "1350000", "1350000"),
        ("450 k€", "460000", "460 k€"),
        ("450 k€", "460500", "460,5 k€"),
        ("1,2 M€", "1250000", "1,25 M€"),
        ("1,2 M€", "1250000.5", "1 250 000,50 €"),
        ("18\u202f000\u00a0€", "9000000", "9\u202f000\u202f000\u00a0€"),
        ("12000.50", "13000.25", "13000.25"),
        ("7", "1.234", "1,2340"),
    ],
)
def test_manner_of_writing_is_kept(old: str, value: str, written: str) -> None:
    """Unit, mark of thousands, decimal mark and gap are the author's, as far as they can say the number."""
    assert write_like(old, Decimal(value), "euros" if "€" in old else "number") == written
