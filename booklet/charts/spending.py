"""What is spent each year → columns that stack the domains, and a strip that sets the highest year against a yardstick.

Investment and operation are two panels on one scale, since the two sections are never added up. Domains are named
beside the columns, in the order of the stack, and separated by white lines: nobody has to tell shades apart.
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
    from collections.abc import Iterator, Sequence

    from booklet.tables.money_table import Write

#: height of a line of words, in points
_LINE = 9.4
#: width between the last column and the names: a line, a square of colour, and space
_KEY_WIDTH = 28.0


@dataclass(frozen=True, slots=True)
class Series:
    """One domain: name, colour, and printed amount in each year, in euros, None where not known."""

    name: str
    colour: str
    amounts: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One amount of a column; `label` is empty where it does not fit."""

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
    """The column of one year; `label` is the sum of its amounts, n.c. where one is not known."""

    year: int
    x: float
    width: float
    top: float
    label: str
    segments: tuple[Segment, ...]

    @property
    def middle(self) -> float:
        """The middle of the column, where its words are centred."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class SeriesLabel:
    """The name and total of a domain, beside the columns."""

    y: float
    name: str
    total: str
    colour: str
    #: height of its part of the last column, which a line joins to the name; None where it has no part
    part_y: float | None
    #: whether name and total share one line, for lack of room
    is_short: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """The columns of one section; lengths in points."""

    title: str
    top: float
    base: float
    marks: tuple[Mark, ...]
    columns: tuple[Column, ...]
    labels: tuple[SeriesLabel, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The highest year, dark, in the outline of the yardstick; the longer of the two is as wide as the chart."""

    y: float
    height: float
    yardstick_width: float
    peak_width: float


@dataclass(frozen=True, slots=True)
class Spending:
    """The chart of spending by year; lengths in points."""

    width: float
    height: float
    plot_x: float
    plot_end: float
    panels: tuple[Panel, ...]
    strip: Strip | None


@dataclass(frozen=True, slots=True)
class _Plot:
    """What the panels share: the ends of their columns and the width of their names, in points."""

    start: float
    end: float
    names_width: float
    years: Sequence[int]
    write: Write


def lay_out_spending(
    years: Sequence[int],
    sections: Sequence[tuple[str, Sequence[Series]]],
    yardstick: Decimal | None,
    write: Write,
) -> Spending | None:
    """Draw the sections that have an amount, one under the other; None where none has.

    The strip stands under the first section, which is the investment.
    """
    drawn = [
        (title, [series for series in group if any(amount != 0 for amount in series.amounts)])
        for title, group in sections
    ]
    drawn = [(title, group) for title, group in drawn if group]
    highest = [max(_sum_known(group, index) for index in range(len(years))) for _, group in drawn]
    if not drawn or not any(highest):
        return None
    room = 255.0  # height of all columns together
    reach = LinearAxis.over([max(highest)], 0, 1)
    per_euro = room / float(sum(max(peak, reach.last / 8) for peak in highest))
    names_width = _width_of_names(drawn, write)
    end = round(TEXT_WIDTH - names_width, 2)
    plot = _Plot(margin_for(reach, write), end, TEXT_WIDTH - end - _KEY_WIDTH, years, write)
    panels: list[Panel] = []
    y, strip = 0.0, None
    for index, ((title, group), peak) in enumerate(zip(drawn, highest, strict=True)):
        top = round(y + 30, 2)
        # names stand beside the columns, one line each at least
        base = round(top + max(float(peak) * per_euro, len(group) * _LINE, room / 8), 2)
        axis = LinearAxis(
            Decimal(0), reach.last, base, round(base - float(reach.last) * per_euro, 2), reach.step
        )
        panels.append(_lay_out_panel(title, group, plot, axis, top))
        y = base + 18
        if index == 0 and yardstick and title == sections[0][0]:
            strip = _lay_out_strip(round(y + 16, 2), TEXT_WIDTH, peak, yardstick)
            y += 46
    return Spending(TEXT_WIDTH, round(y, 2), plot.start, plot.end, tuple(panels), strip)


def _width_of_names(sections: Sequence[tuple[str, Sequence[Series]]], write: Write) -> float:
    """Compute the width of the names of the series, each with its total, within bounds."""
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


def _lay_out_panel(title: str, group: Sequence[Series], plot: _Plot, axis: LinearAxis, top: float) -> Panel:
    columns = tuple(_lay_out_column(index, group, plot, axis) for index in range(len(plot.years)))
    marks = tuple(mark for mark in axis.marks if mark.at >= top - 8)
    return Panel(title, top, axis.start, marks, columns, _name_series(group, plot, axis, top))


def _lay_out_column(index: int, group: Sequence[Series], plot: _Plot, axis: LinearAxis) -> Column:
    """Stack the amounts of one year, given by its index."""
    pitch = (plot.end - plot.start) / len(plot.years)
    x, width = round(plot.start + pitch * index + pitch * 0.1, 2), round(pitch * 0.8, 2)
    segments = []
    for place, reached, amount in _stack(group, index):
        colour = group[place].colour
        foot, head = axis.place(reached), axis.place(reached + amount)
        label = plot.write(amount)
        fits = foot - head >= 10 and text_width(label) <= width - 4
        segments.append(
            Segment(x, head, width, round(foot - head, 2), colour, text_on(colour), amount,
                    label if fits else "")
        )  # fmt: skip
    whole = _sum_known(group, index)
    is_known = all(series.amounts[index] is not None for series in group)
    return Column(
        plot.years[index],
        x,
        width,
        axis.place(whole),
        plot.write(whole if is_known else None),
        tuple(segments),
    )


def _stack(group: Sequence[Series], index: int) -> Iterator[tuple[int, Decimal, Decimal]]:
    """List the series that have an amount in a year: place in the group, sum of those below, amount."""
    reached = Decimal(0)
    for place, series in enumerate(group):
        if amount := series.amounts[index]:
            yield place, reached, amount
            reached += amount


def _name_series(
    group: Sequence[Series], plot: _Plot, axis: LinearAxis, top: float
) -> tuple[SeriesLabel, ...]:
    """Place names from the top of the stack down, as near to their part of the last column as possible."""
    base = axis.start
    middles = {
        place: (axis.place(reached) + axis.place(reached + amount)) / 2
        for place, reached, amount in _stack(group, -1)
    }
    lowest = base
    wanted_upwards = []
    for place in range(len(group)):
        lowest = middles.get(place, lowest)
        wanted_upwards.append(lowest)
    gap = _LINE * 2 + 2 if len(group) * (_LINE * 2 + 2) <= base - top + 20 else _LINE
    places = spread(reversed(wanted_upwards), gap, top - 12, base - gap / 2)
    labels = []
    for place, y in zip(reversed(range(len(group))), places, strict=True):
        series = group[place]
        total = _total_of(series, plot.write)
        room = plot.names_width if gap > _LINE else plot.names_width - text_width(total) - 6
        labels.append(
            SeriesLabel(
                y,
                shorten_text(series.name, room, bold=True),
                total,
                series.colour,
                middles.get(place),
                gap <= _LINE,
            )
        )
    return tuple(labels)


def _lay_out_strip(y: float, width: float, peak: Decimal, yardstick: Decimal) -> Strip:
    longest = max(peak, yardstick)
    return Strip(
        y, 12.0, round(width * float(yardstick / longest), 2), round(width * float(peak / longest), 2)
    )
