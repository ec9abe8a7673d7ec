"""A linked body → the raster images that are too coarse for the press, each with its page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Matrix, Name, Pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.pdf.body import Body, PartPages

#: pixels an inch that a screen of 150 lines an inch can show, twice its lines: the usual request of printers
ENOUGH_DPI = 300
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PrintedImage:
    """Tell how finely one image is printed."""

    #: id of the part that shows it, and which of the part's raster images it is, from 0
    part: str
    index: int
    #: as printed at the foot
    page: int
    #: pixels an inch, in the direction that has fewer
    resolution: int


def find_printed_images(body: Body) -> tuple[PrintedImage, ...]:
    """List every raster image of the body in the order of its pages, at the size of the press file."""
    with Pdf.open(io.BytesIO(body.pdf)) as document:
        return tuple(image for part in body.pages_by_part for image in _images_of(document, part))


def _images_of(document: Pdf, part: PartPages) -> Iterator[PrintedImage]:
    index = 0
    for number in range(part.first, part.first + part.count):
        page = document.pages[number - 1]
        for image, matrix in _drawn(page.obj, page.obj["/Resources"], Matrix()):
            inches = (
                hypot(matrix.a, matrix.b) / _POINTS_PER_INCH,
                hypot(matrix.c, matrix.d) / _POINTS_PER_INCH,
            )
            pixels = (int(image["/Width"]), int(image["/Height"]))
            fineness = min(count / length for count, length in zip(pixels, inches, strict=True) if length)
            yield PrintedImage(part.id, index, number, round(fineness))
            index += 1


def _drawn(
    stream: pikepdf.Object, resources: pikepdf.Object, matrix: Matrix
) -> Iterator[tuple[pikepdf.Object, Matrix]]:
    """Follow the transformations to each image that a stream or a form in it draws."""
    if not _holds_image(resources):
        return
    stack = []
    for instruction in pikepdf.parse_content_stream(stream):
        operator = str(instruction.operator)
        if operator == "q":
            stack.append(matrix)
        elif operator == "Q":
            matrix = stack.pop()
        elif operator == "cm":
            own = Matrix(*(float(operand) for operand in instruction.operands))
            matrix = own @ matrix
        elif operator == "Do":
            drawn = resources["/XObject"][str(instruction.operands[0])]
            if drawn.get("/Subtype") == Name.Image:
                yield drawn, matrix
            elif "/Resources" in drawn:
                own = Matrix(*(float(item) for item in drawn.get("/Matrix", (1, 0, 0, 1, 0, 0))))
                yield from _drawn(drawn, drawn["/Resources"], own @ matrix)


def _holds_image(resources: pikepdf.Object) -> bool:
    """Tell whether anything that resources name is an image, so that pages without any need not be read."""
    if "/XObject" not in resources:
        return False
    return any(
        drawn.get("/Subtype") == Name.Image or ("/Resources" in drawn and _holds_image(drawn["/Resources"]))
        for drawn in resources["/XObject"].values()
    )
