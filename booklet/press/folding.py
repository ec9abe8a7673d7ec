"""Imposed file and press file, as written → whether the folded sheets read in order.

The written file is read again and folded as paper is, without the code that positioned the pages. The left half of a
back, turned over the short edge, is behind the right half of its front. Once the sheets of a section are nested and
folded, the right halves of the fronts come first, from the outside in, then the left halves from the inside out.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Pdf

from booklet.press.page_boxes import press_form

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Half:
    """The page on one half of a side."""

    #: of the page's content
    digest: bytes
    #: abscissa of the page's lower left corner, in points
    x: float
    scale: float


@dataclass(frozen=True, slots=True)
class Face:
    """One side of a sheet, as printed."""

    left: Half
    right: Half


def read_faces(imposed: bytes) -> tuple[Face, ...]:
    """Read the two pages on every side of every sheet: the forms that it draws, left or right by their clip."""
    with Pdf.open(io.BytesIO(imposed)) as document:
        return tuple(_read_face(page) for page in document.pages)


def read_pages(press_file: bytes) -> tuple[bytes, ...]:
    """Digest the content of each page of a press file, in the order of the file."""
    with Pdf.open(io.BytesIO(press_file)) as document:
        return tuple(_digest(press_form(page)) for page in document.pages)


def fold(faces: Sequence[Face], sheets_by_section: Sequence[int]) -> tuple[Half, ...]:
    """Nest and fold each section, lay the sections one upon the other, and turn the pages."""
    pages: list[Half] = []
    start = 0
    for sheets in sheets_by_section:
        fronts, backs = (
            faces[start : start + 2 * sheets : 2],
            faces[start + 1 : start + 2 * sheets : 2],
        )
        for front, back in zip(fronts, backs, strict=True):
            pages += (front.right, back.left)
        for front, back in zip(reversed(fronts), reversed(backs), strict=True):
            pages += (back.right, front.left)
        start += 2 * sheets
    assert start == len(faces), "sheets are left over"
    return tuple(pages)


def check_reading_order(imposed: bytes, press_file: bytes, sheets_by_section: Sequence[int]) -> None:
    """Assert that the folded sheets have the pages of the press file, in its order."""
    folded = [half.digest for half in fold(read_faces(imposed), sheets_by_section)]
    expected = read_pages(press_file)
    wrong = [
        number for number, (one, other) in enumerate(zip(folded, expected, strict=True), 1) if one != other
    ]
    assert not wrong, f"imposed pages out of order: {wrong}"


def _read_face(page: pikepdf.Page) -> Face:
    middle = float(page.mediabox[2]) / 2
    forms = page.obj["/Resources"]["/XObject"]
    halves: dict[bool, Half] = {}
    clip, matrix = 0.0, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "re":
            clip = float(operands[0]) + float(operands[2]) / 2
        elif operator == "cm":
            matrix = [float(operand) for operand in operands]
        elif operator == "Do":
            scale, *turned, same, x, _ = matrix
            assert scale == same > 0, "a page that is not upright"
            assert turned == [0, 0], "a page that is not upright"
            halves[clip > middle] = Half(_digest(forms[str(operands[0])]), x, scale)
    return Face(halves[False], halves[True])


def _digest(form: pikepdf.Object) -> bytes:
    geometry = b" ".join(form[key].unparse() for key in ("/BBox", "/Matrix"))
    return hashlib.sha256(geometry + b"\n" + form.read_bytes()).digest()
