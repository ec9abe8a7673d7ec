"""The name of an image is the one on the disk, whatever its accents are made of; what nobody sees in it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from booklet.content.workspace import read_workspace
from tests.samples.workspace import Sample, png

if TYPE_CHECKING:
    from pathlib import Path

NFC, NFD = "sch\u00e9ma.png", "sche\u0301ma.png"


def show(sample: Sample, typed: str, on_disk: str) -> Path:
    """Have a proposal show an image, and write the image under a name."""
    file = sample.proposal("armoires")
    file.write_text(f'{file.read_text("utf-8")}figures: [{{file: "{typed}", alt: Une armoire}}]\n', "utf-8")
    image = sample.root / "proposals/mobilite/armoires" / on_disk
    image.parent.mkdir()
    image.write_bytes(png(1300, 1300, (9, 9, 9)))
    return image


@pytest.mark.parametrize(("typed", "on_disk"), [(NFC, NFD), (NFD, NFC), (NFD, NFD)])
def test_accents_are_one_character_or_two(bare: Sample, typed: str, on_disk: str) -> None:
    """A name typed with accents of one kind finds the file of the other, under the name that the disk has."""
    show(bare, typed, on_disk)
    assert bare.run("check", "--no-store", "--lang", "en").out == "nothing to report: 3 proposals checked\n"
    (figure,) = (
        read_workspace(bare.root).proposals[0].value.figures
        or read_workspace(bare.root).proposals[1].value.figures
    )
    assert figure.file == on_disk


@pytest.mark.parametrize(
    ("typed", "column", "shown"),
    [
        (" photo.png", 19, "<U+0020>photo.png"),
        ("photo.png ", 28, "photo.png<U+0020>"),
        ("ph\u200boto.png", 21, "ph<U+200B>oto.png"),
    ],
)
def test_what_nobody_sees_in_a_name_is_told(bare: Sample, typed: str, column: int, shown: str) -> None:
    """The character is named where it stands, and `--fix` types the name of the file."""
    show(bare, typed, "photo.png")
    ran = bare.run("check", "--no-store", "--lang", "en")
    assert ran.out.splitlines() == [
        f"proposals/mobilite/armoires.yaml:30:{column}: error[R102] found `{shown}`, expected `photo.png`",
        "1 error",
    ]
    assert bare.run("check", "--fix", "--no-store").status == 0
    assert 'file: "photo.png"' in bare.proposal("armoires").read_text("utf-8")


def test_odd_name_of_a_file_is_shown(bare: Sample) -> None:
    """A file whose own name has such a character is called by it; the name that was typed is not taken for it."""
    show(bare, "photo 1.png", "photo\u202f1.png")
    ran = bare.run("check", "--no-store", "--lang", "en", "--format", "json")
    assert "the file is called `photo<U+202F>1.png`: give both the same name" in ran.out
