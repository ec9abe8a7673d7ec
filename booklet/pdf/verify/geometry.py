"""Points, boxes and colours of a page, as far as the proof of what is seen needs them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

    def near(self, others: Sequence[Box]) -> list[int]:
        """The places of those boxes of a list that may meet this one."""
        left, bottom, right, top = self
        return [
            place
            for place, (start, low, end, high) in enumerate(others)
            if start < right and end > left and low < top and high > bottom
        ]

    def covers(self, other: Box, near: float = 0.0) -> bool:
        """Check whether a box holds another, which may stick out by a length."""
        return (
            self.left <= other.left + near
            and self.right >= other.right - near
            and self.bottom <= other.bottom + near
            and self.top >= other.top - near
        )

    def cut(self, other: Box) -> Box:
        """The intersection; its width or height is negative where the boxes do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )


def multiply(first: Matrix, then: Matrix) -> Matrix:
    """The transformation that applies one and then another."""
    a, b, c, d, e, f = first
    g, h, i, j, k, l = then  # noqa: E741 (twelve numbers)
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """The position of a point after a transformation."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def bounds(path: Path) -> Box | None:
    """The box around a path; None for an empty path."""
    points = [*itertools.chain.from_iterable(points for _, points in path)]
    return _around(points) if points else None


def is_upright(path: Path) -> bool:
    """Check whether a path is one rectangle with upright and level sides."""
    if len(path) != 1 or path[0][0] != "re":
        return False
    points = path[0][1]
    return len({*points[::2]}) <= 2 and len({*points[1::2]}) <= 2


def segments(path: Path) -> list[Box]:
    """A box around each line of a path that is drawn as an outline, as if each part were closed."""
    boxes: list[Box] = []
    start: tuple[float, ...] = (0.0, 0.0)
    last = start
    for operator, points in (*path, ("h", ())):
        if operator in ("m", "h"):
            boxes += [_around((*last, *start))] if last != start else []
            start = last = points or start
        elif operator == "re":
            corners = (*points, *points[:2])
            boxes += [_around(corners[place : place + 4]) for place in (0, 2, 4, 6)]
            start = last = points[:2]
        else:
            boxes.append(_around((*last, *points)))
            last = points[-2:]
    return boxes


def _around(points: Sequence[float]) -> Box:
    across, up = points[::2], points[1::2]
    return Box(min(across), min(up), max(across), max(up))


def hull(boxes: Iterable[Box]) -> Box:
    """The box around some others."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return Box(min(lefts), min(bottoms), max(rights), max(tops))


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
