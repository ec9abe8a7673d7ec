"""Points, boxes and colours of a page, as far as the proof of what is seen needs them."""

from __future__ import annotations

import itertools
from typing import NamedTuple

Matrix = tuple[float, float, float, float, float, float]
#: red, green and blue, from 0 to 1
Color = tuple[float, float, float]
#: operators, each with the coordinates of its points on the page
Path = tuple[tuple[str, tuple[float, ...]], ...]


class Box(NamedTuple):
    """A rectangle of the page, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box, by: float = 0.0) -> bool:
        """Check whether two boxes overlap by more than a length in both directions."""
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > by and min(self.top, other.top) - max(self.bottom, other.bottom) > by

    def covers(self, other: Box, near: float = 0.0) -> bool:
        """Check whether a box holds another, which may stick out by a length."""
        return (
            self.left <= other.left + near
            and self.right >= other.right - near
            and self.bottom <= other.bottom + near
            and self.top >= other.top - near
        )

    def cut(self, other: Box) -> Box:
        """The common part, which may be turned inside out."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )


def multiply(first: Matrix, then: Matrix) -> Matrix:
    """The transformation that does one and then another."""
    a, b, c, d, e, f = first
    g, h, i, j, k, l = then  # noqa: E741 (twelve numbers)
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point comes to stand."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def bounds(path: Path) -> Box | None:
    """The box around a path; None around nothing."""
    across = [x for _, points in path for x in points[::2]]
    up = [y for _, points in path for y in points[1::2]]
    return Box(min(across), min(up), max(across), max(up)) if across else None


def segments(path: Path) -> list[Box]:
    """A box around each line of a path that is drawn as an outline."""
    boxes, last = [], (0.0, 0.0)
    for operator, points in path:
        corners = [*zip(points[::2], points[1::2], strict=True)]
        if operator == "re":
            corners = [*corners, corners[0]]
            lines = itertools.pairwise(corners)
            boxes += [box for line in lines if (box := bounds((("l", (*line[0], *line[1])),)))]
        elif operator != "m" and corners:
            box = bounds((("l", (*last, *points)),))
            boxes += [box] if box else []
        last = corners[-1] if corners else last
    return boxes


def grow(box: Box, by: float) -> Box:
    """A box that is larger by a length on each side."""
    return Box(box.left - by, box.bottom - by, box.right + by, box.top + by)


def blend(color: Color, opacity: float) -> Color:
    """A colour as it looks on white."""
    red, green, blue = (round(part * opacity + 1 - opacity, 3) for part in color)
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
