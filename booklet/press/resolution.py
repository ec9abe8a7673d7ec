"""A linked body → its raster images, each with its page and its resolution at the size of the press file."""

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

#: pixels an inch that printers ask for: twice the 150 lines an inch of the usual halftone screen
ENOUGH_DPI = 300
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PrintedImage:
    """A raster image and its resolution."""

    #: id of the part that shows it, and its index among the part's raster images
    part: str
    index: int
    #: the printed page number
    page: int
    #: pixels an inch, the lower of the two directions
    resolution: int


def find_printed_images(body: Body) -> tuple[PrintedImage, ...]:
    """Find every raster image of the body, in the order of its pages."""
    with Pdf.open(io.BytesIO(body.pdf)) as document:
        return tuple(image for part in body.pages_by_part for image in _images_of(document, part))


def _images_of(document: Pdf, part: PartPages) -> Iterator[PrintedImage]:
    index = 0
    for number in range(part.first, part.first + part.count):
        page = document.pages[number - 1]
        for image, matrix in _find_drawn_images(page.obj, page.obj["/Resources"], Matrix()):
            inches = (
                hypot(matrix.a, matrix.b) / _POINTS_PER_INCH,
                hypot(matrix.c, matrix.d) / _POINTS_PER_INCH,
            )
            pixels = (int(image["/Width"]), int(image["/Height"]))
            fineness = min(count / length for count, length in zip(pixels, inches, strict=True) if length)
            yield PrintedImage(part.id, index, number, round(fineness))
            index += 1


def _find_drawn_images(
    stream: pikepdf.Object, resources: pikepdf.Object, matrix: Matrix
) -> Iterator[tuple[pikepdf.Object, Matrix]]:
    """Yield each image that a stream, or a form in it, draws, with the matrix that it is drawn by."""
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
            step = Matrix(*(float(operand) for operand in instruction.operands))
            matrix = step @ matrix
        elif operator == "Do":
            drawn = resources["/XObject"][str(instruction.operands[0])]
            if drawn.get("/Subtype") == Name.Image:
                yield drawn, matrix
            elif "/Resources" in drawn:
                placed = Matrix(*(float(item) for item in drawn.get("/Matrix", (1, 0, 0, 1, 0, 0))))
                yield from _find_drawn_images(drawn, drawn["/Resources"], placed @ matrix)


def _holds_image(resources: pikepdf.Object) -> bool:
    """Check whether resources hold an image, so that the content of pages without any is not parsed."""
    if "/XObject" not in resources:
        return False
    return any(
        drawn.get("/Subtype") == Name.Image or ("/Resources" in drawn and _holds_image(drawn["/Resources"]))
        for drawn in resources["/XObject"].values()
    )
