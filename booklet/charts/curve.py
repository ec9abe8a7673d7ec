"""The percentiles of a cost → the curve of how likely each amount is to be enough, with P50, P80 and the central sum.

Words stand on the right of a point, below the curve; those of the central sum on its left, above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.charts.axis import LinearAxis, Mark, are_apart
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.tables.money_table import Write


@dataclass(frozen=True, slots=True)
class Point:
    """One marked point of the curve, with its words beside it."""

    x: float
    y: float
    words: str
    words_width: float
    #: whether the words stand left of the point, above the curve
    is_late: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A point to mark, with its words on the left where they fit, if `goes_left`."""

    probability: Decimal
    amount: Decimal
    words: str
    goes_left: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of a cost's percentiles; lengths in points."""

    width: float
    height: float
    plot_x: float
    top: float
    base: float
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    points: tuple[tuple[float, float], ...]
    noted: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The curve as an SVG path."""
        return "M" + " L".join(f"{x:g} {y:g}" for x, y in self.points)


def lay_out_curve(
    quantiles: Sequence[tuple[Decimal, Decimal]],
    noted: Sequence[Note],
    write: Write,
) -> Curve | None:
    """Draw (probability, amount) pairs, rising, with some of them noted; None where all is certain."""
    if not quantiles or quantiles[0][1] == quantiles[-1][1]:
        return None
    plot_x, top, base = 34.0, 10.0, 160.0
    amounts = [amount for _, amount in quantiles]
    axis = _axis_over_spread(amounts[0], amounts[-1], plot_x, TEXT_WIDTH - 14)
    upright = LinearAxis(Decimal(0), Decimal(1), base, top, Decimal("0.25"))
    points = tuple((axis.place(amount), upright.place(probability)) for probability, amount in quantiles)
    marks = []
    for note in noted:
        x = axis.place(min(max(note.amount, axis.first), axis.last))
        words_width = text_width(note.words, bold=True)
        room_needed = words_width + 10
        fits_left, fits_right = x - room_needed >= plot_x, x + room_needed <= TEXT_WIDTH
        late = fits_left and (note.goes_left or not fits_right)
        marks.append(Point(x, upright.place(note.probability), note.words, words_width, late))
    shown = _without_overlap(axis.marks, write)
    return Curve(
        TEXT_WIDTH, round(base + 16, 2), plot_x, top, base, shown, upright.marks, points, tuple(marks)
    )


def _axis_over_spread(first: Decimal, last: Decimal, start: float, end: float) -> LinearAxis:
    """Make an axis that does not begin at 0, to show the spread."""
    step = LinearAxis.over([last - first], 0, 1, 5).step
    low = (first / step).to_integral_value("ROUND_FLOOR") * step
    high = (last / step).to_integral_value("ROUND_CEILING") * step
    return LinearAxis(low, high, start, end, step)


def _without_overlap(marks: tuple[Mark, ...], write: Write) -> tuple[Mark, ...]:
    """Select every n-th mark so that their words do not overlap."""
    return next(marks[::every] for every in range(1, len(marks) + 1) if are_apart(marks[::every], write))
