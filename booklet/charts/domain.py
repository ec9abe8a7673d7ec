"""One domain → its proposals on the ruler of all, where the others are grey dots; and its years as small bars."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.charts.axis import LinearAxis, LogarithmicAxis, Mark
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import shorten_text, text_width, wrap_text
from booklet.charts.ranges import Item, ItemRow, label_of, lay_out_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.tables.money_table import Write

_HEAD = 30.0


@dataclass(frozen=True, slots=True)
class Ruler:
    """One row for each proposal of the domain, under one row of dots for all others; lengths in points."""

    width: float
    height: float
    plot_x: float
    top: float
    base: float
    marks: tuple[Mark, ...]
    #: central estimates of the proposals of other domains
    others: tuple[float, ...]
    rows: tuple[ItemRow, ...]
    #: how many proposals of the domain had no room for a row
    left_out: int


@dataclass(frozen=True, slots=True)
class YearBar:
    """The bar of one year; no height where its amount is not known, or 0."""

    year: int
    x: float
    width: float
    y: float
    height: float | None
    label: str


@dataclass(frozen=True, slots=True)
class YearBars:
    """One section's years side by side."""

    title: str
    x: float
    width: float
    bars: tuple[YearBar, ...]


@dataclass(frozen=True, slots=True)
class Years:
    """The sections of a domain, on one scale; lengths in points."""

    width: float
    height: float
    base: float
    sections: tuple[YearBars, ...]


def lay_out_ruler(
    items: Sequence[Item],
    others: Sequence[Item],
    write: Write,
) -> Ruler | None:
    """Draw a domain's proposals on the axis that holds those of every domain; None where no cost is known.

    The rows share the room: names have two lines where there is room for them, one where there is not; where even
    those do not fit, the first ones are drawn.
    """
    amounts = [amount for item in (*items, *others) if item.estimate for amount in item.estimate]
    if not items or not any(amount > 0 for amount in amounts):
        return None
    label_width, room = 190.0, 310.0
    words = max(text_width(label_of(item, write), bold=True) for item in items)
    axis = LogarithmicAxis.over(amounts, label_width, round(TEXT_WIDTH - words - 12, 2))
    row_height = min(30.0, max((room - _HEAD) / len(items), 10.0))
    shown = items[: int((room - _HEAD) / row_height)]
    lines = 2 if row_height >= 20 else 1
    rows = []
    for index, item in enumerate(shown):
        y = round(_HEAD + 4 + row_height * (index + 0.5), 2)
        rows.append(lay_out_row(item, wrap_text(item.name, label_width - 10, lines=lines), y, axis, write))
    base = round(_HEAD + 4 + row_height * len(shown) + 2, 2)
    grey = tuple(axis.place(item.estimate[1]) for item in others if item.estimate and item.estimate[1] > 0)
    return Ruler(
        TEXT_WIDTH,
        round(base + 2, 2),
        label_width,
        14.0,
        base,
        axis.marks(write),
        grey,
        tuple(rows),
        len(items) - len(shown),
    )


def lay_out_years(
    years: Sequence[int],
    sections: Sequence[tuple[str, Sequence[Decimal | None]]],
    write: Write,
) -> Years | None:
    """Draw the sections that have an amount side by side, on one scale; None where none has."""
    shown = [(title, amounts) for title, amounts in sections if any(amount != 0 for amount in amounts)]
    known = [amount for _, amounts in shown for amount in amounts if amount is not None]
    if not shown:
        return None
    top, base, gap = 30.0, 150.0, 22.0
    highest = max((*known, Decimal(1)))
    axis = LinearAxis(Decimal(0), highest, base, top, highest)
    panel_width = (TEXT_WIDTH - gap) / 2
    drawn = []
    for index, (title, amounts) in enumerate(shown):
        left = index * (panel_width + gap)
        pitch = panel_width / len(years)
        bars = []
        for place, (year, amount) in enumerate(zip(years, amounts, strict=True)):
            y = axis.place(max(amount or Decimal(0), Decimal(0)))
            label = shorten_text(write(amount), pitch + 4)
            x = round(left + pitch * place + pitch * 0.14, 2)
            bars.append(
                YearBar(year, x, round(pitch * 0.72, 2), y, round(base - y, 2) if amount else None, label)
            )
        drawn.append(YearBars(title, round(left, 2), round(panel_width, 2), tuple(bars)))
    return Years(TEXT_WIDTH, round(base + 14, 2), base, tuple(drawn))
