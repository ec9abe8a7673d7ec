"""Lines of laid-out pages → their number by field, overlapping texts, headings left alone at the foot of a page.

A line is one that a reader counts: boxes side by side, as the cells of a row, are one line (the largest number of boxes
that stand one below another, found as in interval scheduling).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.layout.overflow_report import FieldLines, Misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: CSS pixels by which a box may pass an edge: invisible letter spacing and rounding
TOLERANCE = 1.0
#: lines of its text that a heading needs below it on its page
LINES_BELOW_HEADING = 2
_EXCERPT = 20


@dataclass(frozen=True, slots=True)
class Place:
    """The position of an element in the document, and its role."""

    order: int
    field: str
    #: 1 to 6 in a heading, 0 elsewhere
    heading: int = 0
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One laid-out line, or a picture as the lines that it takes; lengths in CSS pixels from the page's top."""

    page: int
    place: Place
    top: float
    bottom: float
    #: "" for a picture
    text: str
    #: how many lines it takes
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Ink:
    """The rectangle of a text's letters, without the space above and below them; CSS pixels."""

    page: int
    field: str
    text: str
    left: float
    top: float
    right: float
    bottom: float


def count_lines(lines: Iterable[Line]) -> int:
    """Count the lines one below another: the largest set that does not overlap vertically."""
    counted, last = 0, -math.inf
    for line in sorted(lines, key=lambda line: (line.bottom, line.top)):
        if line.top >= last - TOLERANCE:
            counted, last = counted + line.lines, line.bottom
    return counted


def count_fields(lines: Sequence[Line]) -> Iterator[FieldLines]:
    """Count the lines and characters of each field of one page."""
    by_field: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.place.order):
        by_field.setdefault(line.place.field, []).append(line)
    for name, of_field in by_field.items():
        is_prose = all(line.text and not line.place.in_table for line in of_field)
        yield FieldLines(
            of_field[0].page,
            name,
            count_lines(of_field),
            sum(len(line.text) for line in of_field) if is_prose else 0,
        )


def find_collisions(inks: Sequence[Ink]) -> Iterator[Misfit]:
    """Find overlapping texts: each, from top to bottom, is compared with those that begin above its bottom."""
    ordered = sorted(inks, key=lambda ink: (ink.top, ink.left))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.top > one.bottom - TOLERANCE:
                break
            if (
                other.left < one.right - TOLERANCE
                and one.left < other.right - TOLERANCE
                and other.bottom > one.top + TOLERANCE
            ):
                for ink in (one, other):
                    yield Misfit("on another text", ink.page, ink.field, shorten(ink.text))


def find_lonely_headings(lines: Sequence[Line]) -> Iterator[Misfit]:
    """Find headings with fewer than two lines of their text on their page, and more on the next."""
    ordered = sorted(lines, key=lambda line: (line.place.order, line.page, line.top))
    for index, line in enumerate(ordered):
        level = line.place.heading
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        if not level or following is None or following.place == line.place:
            continue
        section: list[Line] = []
        for below in ordered[index + 1 :]:
            if 0 < below.place.heading <= level:
                break
            section.append(below)
        here = count_lines(below for below in section if below.page == line.page)
        if here < LINES_BELOW_HEADING and any(below.page > line.page for below in section):
            yield Misfit("lonely heading", line.page, line.place.field, shorten(line.text))


def shorten(text: str) -> str:
    """Cut a text to an excerpt of twenty characters, for a message."""
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"
