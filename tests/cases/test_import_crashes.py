"""`import-crashes`: a number, key or index of a workbook too long to read is told; bombs are refused."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from booklet.content.workspace import read_workspace
from booklet.diagnostics import limits
from booklet.export.import_workbook import import_workbook
from tests.samples.hostile_workbooks import BOMBS, END, SHEET, add_cells, declare_rows, rewrite
from tests.samples.marks import long
from tests.samples.workbooks import change, lines_sheet, open_workbook, place, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.samples.workspace import Sample

LINE = "maladroit#costs[1]"


def told(root: Path, data: bytes) -> list[str]:
    """What an import says, which must write nothing."""
    imported = import_workbook(read_workspace(root), "budget.xlsx", data)
    assert imported.files == {} and imported.changes == ()
    return [f"{found.code} {found.message}" for found in imported.diagnostics]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("part-2022", 999_999_999_999_999),
        long("part-2022", 10**300),
        ("part-2022", "9" * 5_000),
        ("quantity", 10**16),
        long("central", 1e308),
        long("low", "9" * 5_000),
    ],
)
def test_long_number_is_told_at_its_cell(
    awkward: Sample, workbook: bytes, column: str, value: object
) -> None:
    """A number that the tool does not read, or whose sum it does not, is X103 with the cell."""
    book = open_workbook(workbook)
    change(book, LINE, column, value)
    cell = lines_sheet(book).cell(*place(lines_sheet(book), LINE, column)).coordinate
    found = told(awkward.root, save(book))
    assert any(
        line.startswith("X103 ") and f"Lignes!{cell} is not a number that fits" in line for line in found
    )


@pytest.mark.parametrize(
    "key", ["maladroit#costs[" + "9" * 5_000 + "]", "maladroit#costs[999999]", "9" * 10_000]
)
def test_long_key_is_no_line(awkward: Sample, workbook: bytes, key: str) -> None:
    """A key whose index is longer than any is no line of a proposal, whatever its length."""
    book = open_workbook(workbook)
    sheet = lines_sheet(book)
    row, _ = place(sheet, LINE, "quantity")
    sheet.cell(row, 1).value = key
    sheet.cell(row, place(sheet, key, "label")[1]).value = "un autre nom"
    assert [line[:4] for line in told(awkward.root, save(book))] == ["X102"]


@pytest.mark.parametrize("column", ["part-2022", "low"])
def test_long_exported_number_is_no_number(awkward: Sample, workbook: bytes, column: str) -> None:
    """A hidden number too long to have been exported is none: what was changed beside it is a conflict."""
    book = open_workbook(workbook)
    change(book, LINE, column, 41)
    change(book, LINE, f"exported-{column}", "9" * 5_000)
    assert "X101" in {line[:4] for line in told(awkward.root, save(book))}


@pytest.mark.parametrize("bomb", [long(bomb) if number % 2 else bomb for number, bomb in enumerate(BOMBS)])
def test_a_bomb_is_refused(awkward: Sample, workbook: bytes, bomb: str) -> None:
    """A workbook beyond a limit is one finding, which gives the number."""
    part, edit, words = BOMBS[bomb]
    (found,) = told(awkward.root, rewrite(workbook, part, edit))
    assert found.startswith("X102 ") and (words or "not a workbook that can be read") in found


def test_a_sheet_of_another_name_is_counted_too(awkward: Sample, workbook: bytes) -> None:
    """What is read as a sheet is bounded as one, whatever its part is called."""
    name, renamed = "data.bin", io.BytesIO()
    with (
        zipfile.ZipFile(
            io.BytesIO(rewrite(workbook, SHEET, lambda text: add_cells(text, 200_000)))
        ) as before,
        zipfile.ZipFile(renamed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            text = before.read(part).replace(b"worksheets/sheet2.xml", f"worksheets/{name}".encode())
            after.writestr(part.replace("sheet2.xml", name), text)
    assert told(awkward.root, renamed.getvalue()) == ["X102 a workbook of more than 200,000 cells"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes")
def test_a_pipe_is_not_waited_for(awkward: Sample) -> None:
    """A pipe that nobody writes into is no workbook."""
    os.mkfifo(awkward.root / "pipe")
    assert awkward.run("costs", "import", str(awkward.root / "pipe")).status == 2


@pytest.mark.parametrize(
    "edit",
    [
        declare_rows,
        lambda text: text.replace(END, b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>' + END),
    ],
)
def test_rows_that_are_only_declared_cost_nothing(
    awkward: Sample, workbook: bytes, edit: Callable[[bytes], bytes]
) -> None:
    """A dimension or a row number may claim a million rows: those that hold something are read."""
    assert told(awkward.root, rewrite(workbook, SHEET, edit)) == []


def test_what_unpacks_to_more_than_the_directory_says_is_cut(awkward: Sample, workbook: bytes) -> None:
    """A directory that lies about a size does not make the tool unpack more than it says."""
    bomb = rewrite(
        workbook, SHEET, lambda text: text.replace(END, b" " * (limits.WORKBOOK_UNPACKED + 1) + END)
    )
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        size = archive.getinfo(SHEET).file_size
    lie = bomb.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert told(awkward.root, lie) == ["X102 this file is not a workbook that can be read"]


def test_unknown_rows_are_told_two_hundred_times(awkward: Sample, workbook: bytes) -> None:
    """Of many rows that are no lines, the first two hundred are told, and one finding stands for the others."""
    found = told(awkward.root, rewrite(workbook, SHEET, lambda text: add_cells(text, 20_100)))
    assert [line[:4] for line in found] == ["Y110"] + ["X102"] * limits.FINDINGS
