"""One line of a source → the part of it that fits, and where to put the marks under it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from booklet.text.outside import measure

#: columns of an excerpt; what is longer is clipped around the mark
COLUMNS = 100
#: columns shown before the mark of a clipped line
LEAD = 60
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The shown part of a line; `indent` and `width` are those of the mark, in columns, `width` at least 1."""

    text: str
    indent: int
    width: int


def take_excerpt(line: str, start: int, end: int) -> Excerpt:
    """Cut a line around its characters from `start` to `end` (from 0, end excluded), in at most `COLUMNS`.

    A mark that is empty or lies past the end of the line is one column wide.
    """
    start = min(max(start, 0), len(line))
    end = min(max(end, start), len(line))
    # a character may take no column at all, so a window of characters bounds the work on any line
    first, last = max(0, start - COLUMNS), min(len(line), start + COLUMNS)
    cells = tuple(measure(line[first:last]))
    columns_before = (0, *accumulate(cell.width for cell in cells))
    mark, mark_end = start - first, min(end, last) - first
    left, right = 0, len(cells)
    if first or last < len(line) or columns_before[-1] > COLUMNS:
        room = COLUMNS - 2 * len(ELLIPSIS)
        left = right = mark
        while left and columns_before[mark] - columns_before[left - 1] <= min(LEAD, room):
            left -= 1
        while right < len(cells) and columns_before[right + 1] - columns_before[left] <= room:
            right += 1
        while left and columns_before[right] - columns_before[left - 1] <= room:
            left -= 1
    head = ELLIPSIS if first + left else ""
    tail = ELLIPSIS if first + right < len(line) else ""
    shown = "".join(cell.text for cell in cells[left:right])
    return Excerpt(
        text=f"{head}{shown}{tail}",
        indent=len(head) + columns_before[mark] - columns_before[left],
        width=max(1, columns_before[min(mark_end, right)] - columns_before[mark]),
    )
