"""Pictures that draw without end are refused by `check`, each for itself and all together (`svg-use-bomb`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.annotated_cases import BUS, SOUND, check, write_files
from tests.samples.hostile_pictures import repeating_gradient, svg, uses
from tests.samples.workspace import png

if TYPE_CHECKING:
    from pathlib import Path


def show(root: Path, *pictures: bytes) -> list[str]:
    """Show pictures in the proposal; returns what is said of them."""
    names = [f"{place}.img" for place in range(len(pictures))]
    figures = "".join(f"  - {{file: {name}, alt: Un plan}}\n" for name in names)
    write_files(root, SOUND | {BUS: f"{SOUND[BUS]}figures:\n{figures}"})
    folder = (root / BUS).with_suffix("")
    folder.mkdir()
    for name, data in zip(names, pictures, strict=True):
        (folder / name).write_bytes(data)
    return [f"{one.span.start.line} {one.code} {one.message}" for one in check(root)]


def test_copies_without_end_are_refused_where_the_picture_is_named(tmp_path: Path) -> None:
    """Ten million copies in fifty elements are counted, not drawn; each picture is judged by itself."""
    first = SOUND[BUS].count("\n") + 2
    assert show(tmp_path, uses(7), uses(2), uses(5), repeating_gradient()) == [
        f"{first} R103 an SVG that draws more than 20000 elements, letters and copies",
        f"{first + 2} R103 an SVG that draws more than 20000 elements, letters and copies",
        f"{first + 3} R103 an SVG with a gradient that repeats (`repeat`)",
    ]


def test_pictures_of_a_proposal_are_bounded_together(tmp_path: Path) -> None:
    """What each may draw, all may not: bytes, pixels and elements are added up over the figures."""
    said = show(tmp_path, *[svg("<rect/>" * 9_000)] * 3)
    assert [one.partition(" ")[2] for one in said] == [
        "R103 SVG images that draw 27003 elements, letters and copies in one proposal, at most 20000"
    ]


def test_large_images_of_a_proposal_are_bounded_together(tmp_path: Path) -> None:
    """Four images of thirty million pixels are too many, and so are five of nearly five megabytes."""
    large = png(6_000, 5_000, (0, 0, 0))
    assert [one.partition(" ")[2] for one in show(tmp_path / "a", *[large] * 3)] == [
        "R103 images of 90000000 pixels in one proposal, at most 80000000"
    ]
    heavy = png(9, 9, (0, 0, 0)).ljust(4_900_000, b"\0")
    assert [one.partition(" ")[2] for one in show(tmp_path / "b", *[heavy] * 5)] == [
        "R103 images of 24500000 bytes in one proposal, at most 20000000"
    ]
