"""What operation costs each year → a staircase that goes on past the term, where someone else will have to pay it.

The central estimate is a stair; a thin line goes from the low to the high one. The years after the term are paler,
under a dashed line: they are the same full year, repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.charts.axis import LinearAxis, Mark, margin_for
from booklet.charts.frame import TEXT_WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.tables.money_table import Write

#: years drawn after the term: enough to see that it goes on
YEARS_AFTER = 3


@dataclass(frozen=True, slots=True)
class Stair:
    """The stair of one year; no height where its cost is not known, or 0."""

    year: int
    x: float
    width: float
    y: float
    height: float | None
    #: ends of the line from the low to the high estimate; None where they are one
    low_y: float | None
    high_y: float | None
    label: str
    label_y: float
    is_after: bool

    @property
    def middle(self) -> float:
        """The middle of the stair, where its words are centred."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Staircase:
    """The staircase of running costs; lengths in points."""

    width: float
    height: float
    plot_x: float
    base: float
    #: where the term ends
    end_x: float
    marks: tuple[Mark, ...]
    stairs: tuple[Stair, ...]


#: low, central and high, as printed; None is not known
Estimate = tuple[Decimal, Decimal, Decimal] | None


def lay_out_staircase(
    years: Sequence[int], costs: Sequence[Estimate], after: Estimate, write: Write
) -> Staircase | None:
    """Draw the years of the term and the first ones after it; None where no year has a cost."""
    if not any(estimate is None or any(estimate) for estimate in (*costs, after)):
        return None
    top, base = 26.0, 256.0
    amounts = [amount for estimate in (*costs, after) if estimate for amount in estimate]
    axis = LinearAxis.over(amounts, base, top)
    plot_x = margin_for(axis, write)
    pitch = (TEXT_WIDTH - plot_x) / (len(years) + YEARS_AFTER)
    following = range(years[-1] + 1, years[-1] + 1 + YEARS_AFTER)
    stairs = []
    for index, (year, estimate) in enumerate(
        zip((*years, *following), (*costs, *[after] * YEARS_AFTER), strict=True)
    ):
        x, end = round(plot_x + pitch * index, 2), round(plot_x + pitch * (index + 1), 2)
        stairs.append(
            _lay_out_stair(year, x, round(end - x, 2), estimate, axis, write, is_after=index >= len(years))
        )
    return Staircase(
        TEXT_WIDTH,
        round(base + 16, 2),
        plot_x,
        base,
        round(plot_x + pitch * len(years), 2),
        axis.marks,
        tuple(stairs),
    )


def _lay_out_stair(
    year: int, x: float, width: float, estimate: Estimate, axis: LinearAxis, write: Write, *, is_after: bool
) -> Stair:
    base = axis.start
    if estimate is None:
        return Stair(year, x, width, base, None, None, None, write(None), base - 4, is_after)
    low, central, high = estimate
    y = axis.place(central)
    height = round(base - y, 2) if central else None
    if low == high:
        return Stair(year, x, width, y, height, None, None, write(central), round(y - 4, 2), is_after)
    ends = axis.place(low), axis.place(high)
    return Stair(year, x, width, y, height, *ends, write(central), round(min(ends) - 4, 2), is_after)
