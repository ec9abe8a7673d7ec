"""Lines of laid-out pages → their number by field, overlapping texts, headings left alone at the foot of a page.

A line is one that a reader counts: boxes side by side, as the cells of a row, are one line (the largest number of boxes
that stand one below another, found as in interval scheduling).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.layout.overflow_report import FieldLines, FieldSize, Misfit, Overflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    #: lines of the field that the template has room for
    room: int = 0
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


def measure_fields(lines: Iterable[Line]) -> Iterator[FieldSize]:
    """Measure each field over all its pages."""
    by_field: dict[str, dict[int, list[Line]]] = {}
    for line in lines:
        by_field.setdefault(line.place.field, {}).setdefault(line.page, []).append(line)
    extents = {
        name: {
            page: (min(line.top for line in here), max(line.bottom for line in here))
            for page, here in by_page.items()
        }
        for name, by_page in by_field.items()
    }
    for name, by_page in by_field.items():
        every = [line for here in by_page.values() for line in here]
        number = sum(map(count_lines, by_page.values()))
        is_prose = all(line.text and not line.place.in_table for line in every)
        yield FieldSize(
            name,
            number,
            max(line.place.room for line in every),
            max(len(line.text) for line in every) if is_prose else 0,
            sum(bottom - top for top, bottom in extents[name].values()) / number,
            tuple(other for other in by_field if other != name and _share(extents[name], extents[other])),
        )


def _share(one: Mapping[int, tuple[float, float]], other: Mapping[int, tuple[float, float]]) -> bool:
    """Check whether two fields stand side by side on a page."""
    return any(
        one[page][0] < other[page][1] - TOLERANCE and other[page][0] < one[page][1] - TOLERANCE
        for page in one.keys() & other.keys()
    )


def find_overflows(
    lines: Iterable[Line], breaks: Iterable[int], extents: Sequence[tuple[float, float]]
) -> Iterator[Overflow]:
    """Find the parts between forced page breaks that take more than one page.

    `breaks` has the places in the document after which a page ends, `extents` top and bottom of each page's type area.
    """
    limits = sorted(breaks)
    parts: dict[int, list[Line]] = {}
    for line in lines:
        parts.setdefault(bisect_left(limits, line.place.order), []).append(line)
    for part in parts.values():
        feet: dict[int, float] = {}
        for line in part:
            feet[line.page] = max(line.bottom, feet.get(line.page, 0))
        if len(feet) > 1:
            top, bottom = extents[min(feet) - 1]
            height = sum(foot - extents[page - 1][0] for page, foot in feet.items()) - (bottom - top)
            yield Overflow(max(1.0, height), tuple(measure_fields(part)))


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
