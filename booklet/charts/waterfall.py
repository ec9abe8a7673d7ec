"""Steps from gross to net → bars that go down step by step, one panel for each section, on one scale.

Bars lie on their side, so that every step has its words in full on its left and its amount at its end. After an amount
that nobody knows there is no bar: where it would begin is not known either.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from booklet.charts.axis import LinearAxis
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import text_width, wrap_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.tables.money_table import Write

#: `sum` starts at 0; `plus` and `minus` start where the last bar ended; the others are co-funders, surest first
Manner = Literal["sum", "plus", "minus", "acquis", "notifie", "sollicite", "espere"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step and its printed amount in each panel, in euros, negative where it is subtracted."""

    name: str
    manner: Manner
    amounts: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one amount; without a width only its words are written."""

    x: float
    width: float | None
    label: str
    label_x: float
    #: where the bar ends, joined to the next
    ends: float | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """The bars of one step, side by side."""

    y: float
    name: tuple[str, ...]
    manner: Manner
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The chart from gross to net; lengths in points."""

    width: float
    height: float
    bar_height: float
    #: title of each panel, its zero and its left edge
    panels: tuple[tuple[str, float, float], ...]
    rows: tuple[StepRow, ...]


def lay_out_waterfall(titles: Sequence[str], steps: Sequence[Step], write: Write) -> Waterfall | None:
    """Draw the sums, and the steps that change something; None where nothing is spent and nothing comes in."""
    if all(amount == 0 for step in steps for amount in step.amounts):
        return None
    by_panel = [_reach(steps, index) for index in range(len(titles))]
    label_width, gap, row_height, bar_height, head = 128.0, 14.0, 18.5, 11.5, 20.0
    words = max(text_width(write(amount), bold=True) for step in steps for amount in step.amounts) + 6
    spans = [_span(ends) for ends in by_panel]
    whole = float(sum(highest - lowest for lowest, highest in spans))
    per_euro = (TEXT_WIDTH - label_width - (gap + words) * len(titles)) / whole if whole else 0.0
    panels, axes = [], []
    left = label_width + gap
    for title, (lowest, highest) in zip(titles, spans, strict=True):
        end = left + float(highest - lowest) * per_euro
        axis = LinearAxis(lowest, highest, left, end, highest - lowest)
        axes.append(axis)
        panels.append((title, axis.place(Decimal(0)), round(left, 2)))
        left = end + words + gap
    rows: list[StepRow] = []
    for step, *reached in zip(steps, *by_panel, strict=True):
        if step.manner != "sum" and not any(amount != 0 for amount in step.amounts):
            continue
        bars = tuple(
            _lay_out_bar(amount, ends, axis, write)
            for amount, ends, axis in zip(step.amounts, reached, axes, strict=True)
        )
        name = wrap_text(step.name, label_width - 4, bold=step.manner == "sum")
        rows.append(StepRow(round(head + len(rows) * row_height, 2), name, step.manner, bars))
    return Waterfall(
        TEXT_WIDTH, round(head + len(rows) * row_height, 2), bar_height, tuple(panels), tuple(rows)
    )


def _span(ends: Sequence[tuple[Decimal, Decimal] | None]) -> tuple[Decimal, Decimal]:
    """Compute the lowest and highest amount of a panel, 0 included; an empty panel is one euro wide."""
    known = [Decimal(0), *(end for pair in ends if pair is not None for end in pair)]
    lowest, highest = min(known), max(known)
    return lowest, highest if highest > lowest else lowest + 1


def _reach(steps: Sequence[Step], index: int) -> list[tuple[Decimal, Decimal] | None]:
    """Compute where each step's bar starts and ends; None from an unknown amount to the next sum."""
    ends: list[tuple[Decimal, Decimal] | None] = []
    reached: Decimal | None = Decimal(0)
    for step in steps:
        amount = step.amounts[index]
        if step.manner == "sum":
            reached = amount
            ends.append(None if amount is None else (Decimal(0), amount))
            continue
        start = reached
        reached = None if start is None or amount is None else start + amount
        ends.append(None if start is None or reached is None else (start, reached))
    return ends


def _lay_out_bar(
    amount: Decimal | None, reached: tuple[Decimal, Decimal] | None, axis: LinearAxis, write: Write
) -> Bar:
    label = write(amount)
    if reached is None:
        return Bar(axis.place(Decimal(0)), None, label, round(axis.place(Decimal(0)) + 3, 2), None)
    one, other = sorted(axis.place(end) for end in reached)
    ends = axis.place(reached[1])
    width = round(other - one, 2) if amount else None
    return Bar(one, width, label, round(other + 3, 2), ends)
