"""Causes of uncertainty → bars on either side of the central sum, widest share of the uncertainty first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import text_width, wrap_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from booklet.tables.money_table import Write


@dataclass(frozen=True, slots=True)
class Cause:
    """A driver or a line, its written share, and how far it moves the sum: `down` ≤ 0 ≤ `up`, in printed euros."""

    name: str
    share: str
    down: Decimal
    up: Decimal


@dataclass(frozen=True, slots=True)
class Swing:
    """The bars of one cause; lengths in points."""

    y: float
    name: tuple[str, ...]
    share: str
    x: float
    down_width: float
    up_width: float
    down: str
    up: str


@dataclass(frozen=True, slots=True)
class Tornado:
    """The bars of all causes; lengths in points."""

    width: float
    height: float
    bar_height: float
    #: the central sum
    middle: float
    share_x: float
    swings: tuple[Swing, ...]


def lay_out_tornado(causes: Sequence[Cause], write: Write) -> Tornado | None:
    """Draw the causes in the given order; None without a cause that moves anything."""
    if not any(cause.up or cause.down for cause in causes):
        return None
    head, bar_height, label_width, share_width = 16.0, 12.0, 170.0, 34.0
    start = label_width + share_width
    words = max(text_width(write(amount)) for cause in causes for amount in (cause.down, cause.up)) + 5
    down, up = max(-cause.down for cause in causes), max(cause.up for cause in causes)
    per_euro = (TEXT_WIDTH - start - words * 2) / float(down + up)
    middle = round(start + words + float(down) * per_euro, 2)
    swings = []
    y = head
    for cause in causes:
        name = wrap_text(cause.name, label_width - 6)
        height = 17.0 if len(name) == 1 else 22.0
        left, right = round(float(-cause.down) * per_euro, 2), round(float(cause.up) * per_euro, 2)
        swings.append(
            Swing(round(y + (height - bar_height) / 2, 2), name, cause.share, round(middle - left, 2), left, right,
                  write(cause.down), write(cause.up))
        )  # fmt: skip
        y += height
    return Tornado(TEXT_WIDTH, round(y + 2, 2), bar_height, middle, round(start - 8, 2), tuple(swings))
