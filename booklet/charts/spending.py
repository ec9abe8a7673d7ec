"""What is spent each year → columns that stack the domains, and a strip that sets the highest year against a yardstick.

Investment and operation are two panels on one scale, since the two sections are never added up. Domains are named
beside the columns in the order in which they are stacked, and parted by white lines: shades need not tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.charts.axis import LinearAxis, Mark, margin_for, spread
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import shorten_text, text_width
from booklet.layout.palette import text_on
from booklet.money.euros import sum_cells
from booklet.tables.money_table import add_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.tables.money_table import Write

_LINE = 9.4
#: from the last column to a name: its line, its colour, and the space between
_KEY_WIDTH = 28.0


@dataclass(frozen=True, slots=True)
class Series:
    """Name what one colour stands for, and its printed amount in each year, in euros; None is not known."""

    name: str
    colour: str
    amounts: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Draw one amount of a column; `label` is empty where it does not fit."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    ink: str
    amount: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """Draw one year; `label` is the sum of its amounts, n.c. while one is not known."""

    year: int
    x: float
    width: float
    top: float
    label: str
    segments: tuple[Segment, ...]

    @property
    def middle(self) -> float:
        """Give the middle of the column, where its words stand."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class SeriesLabel:
    """Write a name beside the columns, joined to its part of the last column if it has one there."""

    y: float
    name: str
    total: str
    colour: str
    joins: float | None
    #: whether name and total share one line, for lack of room
    is_short: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Draw one section."""

    title: str
    top: float
    base: float
    marks: tuple[Mark, ...]
    columns: tuple[Column, ...]
    labels: tuple[SeriesLabel, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Set the highest year, dark, into the yardstick, outlined; the longer of the two is as wide as the chart."""

    y: float
    height: float
    yardstick_width: float
    peak_width: float


@dataclass(frozen=True, slots=True)
class Spending:
    """Hold the chart of spending by year; lengths in points."""

    width: float
    height: float
    plot_x: float
    plot_end: float
    panels: tuple[Panel, ...]
    strip: Strip | None


def lay_out_spending(
    years: Sequence[int],
    sections: Sequence[tuple[str, Sequence[Series]]],
    yardstick: Decimal | None,
    write: Write,
    *,
    width: float = TEXT_WIDTH,
    room: float = 255.0,
) -> Spending | None:
    """Draw the sections that have an amount, one under the other; None where none has.

    `room` is the height of all columns together; the strip stands under the first section, which is the investment.
    """
    drawn = [
        (title, [series for series in group if any(amount != 0 for amount in series.amounts)])
        for title, group in sections
    ]
    drawn = [(title, group) for title, group in drawn if group]
    highest = [max(_sum_known(group, index) for index in range(len(years))) for _, group in drawn]
    if not drawn or not any(highest):
        return None
    reach = LinearAxis.over([max(highest)], 0, 1)
    per_euro = room / float(sum(max(peak, reach.last / 8) for peak in highest))
    plot_x = margin_for(reach, write)
    names_width = _width_of_names(drawn, write)
    plot_end = round(width - names_width, 2)
    panels: list[Panel] = []
    y, strip = 0.0, None
    for index, ((title, group), peak) in enumerate(zip(drawn, highest, strict=True)):
        top = round(y + 30, 2)
        # names stand beside the columns, one line each at least
        base = round(top + max(float(peak) * per_euro, len(group) * _LINE, room / 8), 2)
        axis = LinearAxis(
            Decimal(0), reach.last, base, round(base - float(reach.last) * per_euro, 2), reach.step
        )
        panels.append(_lay_out_panel(title, group, years, axis, top, plot_x, plot_end, width, write))
        y = base + 18
        if index == 0 and yardstick and title == sections[0][0]:
            strip = _lay_out_strip(round(y + 16, 2), width, peak, yardstick)
            y += 46
    return Spending(width, round(y, 2), plot_x, plot_end, tuple(panels), strip)


def _width_of_names(sections: Sequence[tuple[str, Sequence[Series]]], write: Write) -> float:
    """Give the margin where the names of the series stand, each with its total, as wide as they ask within bounds."""
    longest = max(
        text_width(series.name, bold=True) + text_width(_total_of(series, write)) + 6
        for _, group in sections
        for series in group
    )
    return min(max(longest + _KEY_WIDTH, 112.0), 200.0)


def _total_of(series: Series, write: Write) -> str:
    return write(add_known(series.amounts))


def _sum_known(group: Sequence[Series], index: int) -> Decimal:
    return sum_cells(series.amounts[index] or Decimal(0) for series in group)


def _lay_out_panel(
    title: str,
    group: Sequence[Series],
    years: Sequence[int],
    axis: LinearAxis,
    top: float,
    plot_x: float,
    plot_end: float,
    width: float,
    write: Write,
) -> Panel:
    pitch = (plot_end - plot_x) / len(years)
    columns = []
    middles: dict[int, float] = {}
    for index, year in enumerate(years):
        x, column_width = round(plot_x + pitch * index + pitch * 0.1, 2), round(pitch * 0.8, 2)
        segments = []
        reached = Decimal(0)
        for place, series in enumerate(group):
            amount = series.amounts[index]
            if not amount:
                continue
            foot, head = axis.place(reached), axis.place(reached + amount)
            reached += amount
            label = write(amount)
            fits = foot - head >= 10 and text_width(label) <= column_width - 4
            segments.append(
                Segment(x, head, column_width, round(foot - head, 2), series.colour, text_on(series.colour),
                        amount, label if fits else "")
            )  # fmt: skip
            if index == len(years) - 1:
                middles[place] = (foot + head) / 2
        unknown = any(series.amounts[index] is None for series in group)
        columns.append(
            Column(
                year,
                x,
                column_width,
                axis.place(reached),
                write(None if unknown else reached),
                tuple(segments),
            )
        )
    base = axis.start
    marks = tuple(mark for mark in axis.marks if mark.at >= top - 8)
    labels = _name_series(group, middles, top, base, width - plot_end - _KEY_WIDTH, write)
    return Panel(title, top, base, marks, tuple(columns), labels)


def _name_series(
    group: Sequence[Series],
    middles: dict[int, float],
    top: float,
    base: float,
    names_width: float,
    write: Write,
) -> tuple[SeriesLabel, ...]:
    """Write names from the top of the stack down, as near to their part of the last column as they can stand."""
    lowest = base
    wanted_upwards = []
    for index in range(len(group)):
        lowest = middles.get(index, lowest)
        wanted_upwards.append(lowest)
    gap = _LINE * 2 + 2 if len(group) * (_LINE * 2 + 2) <= base - top + 20 else _LINE
    places = spread(reversed(wanted_upwards), gap, top - 12, base - gap / 2)
    labels = []
    for index, y in zip(reversed(range(len(group))), places, strict=True):
        series = group[index]
        total = _total_of(series, write)
        room = names_width if gap > _LINE else names_width - text_width(total) - 6
        labels.append(
            SeriesLabel(
                y,
                shorten_text(series.name, room, bold=True),
                total,
                series.colour,
                middles.get(index),
                gap <= _LINE,
            )
        )
    return tuple(labels)


def _lay_out_strip(y: float, width: float, peak: Decimal, yardstick: Decimal) -> Strip:
    longest = max(peak, yardstick)
    return Strip(
        y, 12.0, round(width * float(yardstick / longest), 2), round(width * float(peak / longest), 2)
    )
