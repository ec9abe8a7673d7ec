"""Every proposal, low, central and high → one row each on one logarithmic axis, the same ruler for all.

A bar goes from low to high and a diamond marks the central estimate: they differ in shape, not only in
shade. Rows are divided among charts that fit on a page, each with the same axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.charts.axis import LogarithmicAxis, Mark
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import text_width, wrap_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.tables.money_table import Write

Estimate = tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal: its group, its colours and its printed cost, None where not known."""

    name: str
    group: str
    colour: str
    ink: str
    estimate: Estimate | None
    #: the central estimate with the overrun of projects of its kind
    uplifted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The heading of a group, above its rows."""

    y: float
    name: str
    ink: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """The bar of one proposal; without ends only its words are written."""

    y: float
    name: tuple[str, ...]
    colour: str
    #: positions of low, central and high
    ends: tuple[float, float, float] | None
    label: str
    label_x: float
    #: where the second bar ends, which begins at central
    uplifted: float | None = None


@dataclass(frozen=True, slots=True)
class Ranges:
    """One chart of ranges; lengths in points."""

    width: float
    height: float
    plot_x: float
    top: float
    base: float
    marks: tuple[Mark, ...]
    minor_marks: tuple[Mark, ...]
    groups: tuple[GroupRow, ...]
    rows: tuple[ItemRow, ...]


_HEAD, _FOOT, _GROUP_HEIGHT = 16.0, 6.0, 15.0
_ONE_LINE, _TWO_LINES = 13.0, 20.0


def lay_out_ranges(items: Sequence[Item], write: Write) -> tuple[Ranges, ...]:
    """Draw the proposals in the order in which they come, groups named where they begin; none where nothing is known.

    What does not fit on a page goes on to another chart, with its group named again.
    """
    amounts = [amount for item in items if item.estimate for amount in item.estimate]
    amounts += [item.uplifted for item in items if item.uplifted is not None]
    if not any(amount > 0 for amount in amounts):
        return ()
    label_width, room = 262.0, 645.0
    words = max(text_width(label_of(item, write), bold=True) for item in items)
    axis = LogarithmicAxis.over(amounts, label_width, round(TEXT_WIDTH - words - 12, 2))
    charts: list[Ranges] = []
    groups: list[GroupRow] = []
    rows: list[ItemRow] = []
    y, group = _HEAD, None

    def close() -> None:
        nonlocal y, group
        marks = axis.marks(write)
        charts.append(
            Ranges(TEXT_WIDTH, round(y + _FOOT, 2), label_width, _HEAD, round(y, 2), marks,
                   axis.minor_marks(write), tuple(groups), tuple(rows))
        )  # fmt: skip
        groups.clear()
        rows.clear()
        y, group = _HEAD, None

    for item in items:
        name = wrap_text(item.name, label_width - 10)
        height = _ONE_LINE if len(name) == 1 else _TWO_LINES
        if y + height + (_GROUP_HEIGHT if item.group != group else 0) + _FOOT > room and rows:
            close()
        if item.group != group and item.group:
            groups.append(GroupRow(round(y + _GROUP_HEIGHT - 5, 2), item.group, item.ink))
            y += _GROUP_HEIGHT
        group = item.group
        rows.append(lay_out_row(item, name, round(y + height / 2, 2), axis, write))
        y += height
    close()
    return tuple(charts)


def label_of(item: Item, write: Write) -> str:
    """Write the central estimate of a proposal."""
    return write(item.estimate[1] if item.estimate else None)


def lay_out_row(item: Item, name: tuple[str, ...], y: float, axis: LogarithmicAxis, write: Write) -> ItemRow:
    """Draw one proposal at a height; a cost that is not known, or 0, has no bar."""
    label = label_of(item, write)
    if item.estimate is None or not any(item.estimate):
        return ItemRow(y, name, item.colour, None, label, round(axis.start + 6, 2))
    low, central, high = (axis.place(amount) for amount in item.estimate)
    uplifted = axis.place(item.uplifted) if item.uplifted is not None else None
    furthest = max(high, central + 4, uplifted or 0)
    return ItemRow(y, name, item.colour, (low, central, high), label, round(furthest + 6, 2), uplifted)
