"""A line that begins at the wrong column, or without its dash → how it is read on, and the spaces or the dash it lacks.

Each column that the lines around it have is tried, for the line at fault, the one above it, and the first line of its
group: the line with which the reader gets furthest is the one that is out of place, if there is only one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from booklet.content.yaml.lines import KEY_LINE, Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: lines above a fault among which columns are looked for, and lines below that move with one
_LINES_ABOVE, _LINES_BELOW = 200, 200
#: how often a text is read for one fault, and characters that are read in all
_TRIES, _CHARACTERS = 24, 100_000
_ITEM = re.compile(r"- ")
#: a line that begins with a dash and goes on without a space
_DASHED = re.compile(r"\s*-(?=[^\W\d])")
#: an item on a line of its own, or a key with a mark that looks like a colon, inside a text without quotes
_ITEM_INSIDE = re.compile(r"\n[ \t]*(?=(?:[-*+]|\d[.)]) \S|[^\W\d][\w-]*[ ]?[：﹕꞉ː\u037e])")


class Margin(NamedTuple):
    """What a line begins with, in place of its first characters."""

    length: int
    text: str


#: the margins of the lines that are read otherwise than typed, by number
Margins = Mapping[int, Margin]
NO_MARGINS: Margins = MappingProxyType({})


class Reading(NamedTuple):
    """How far a text can be read: the offset at which the reader gives up, None at the end of a whole text."""

    stop: int | None
    #: the offsets at which keys, items and texts begin
    starts: frozenset[int]
    #: keys with nothing after them
    empty: int


def read_structure(text: str, begun: int | None = None) -> Reading:
    """Read the structure of a text; `begun`: the offset of a line that is part of no text above it."""
    parser: Any = CParser(text)
    starts, empty = set[int](), 0
    stop: int | None = None
    try:
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            start, end = event.start_mark.index, event.end_mark.index
            starts.add(start)
            if isinstance(event, yaml.ScalarEvent):
                empty += start == end
                stop = begun if begun is not None and start < begun < end else None
                if stop is None and not event.style:
                    stop = item_inside(text, start, end)
                if stop is not None:
                    break
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        stop = mark.index if mark is not None else 0
    finally:
        parser.dispose()
    return Reading(stop, frozenset(starts), empty)


def item_inside(text: str, start: int, end: int) -> int | None:
    """The offset of a line that begins an item or a key, and that YAML adds to a text without quotes."""
    found = _ITEM_INSIDE.search(text, start, end)
    return found.end() if found else None


def with_margins(text: str, margins: Margins) -> str:
    """A text as it is read."""
    if not margins:
        return text
    lines = text.split("\n")
    for number, margin in margins.items():
        lines[number] = margin.text + lines[number][margin.length :]
    return "\n".join(lines)


def places_as_typed(text: str, margins: Margins) -> Callable[[int], int]:
    """The function from an offset in a text as it is read to the offset of the same character as it was typed."""
    starts, typed, start, number, moved = list[int](), list[tuple[int, Margin]](), 0, 0, 0
    for line in text.split("\n"):
        if (margin := margins.get(number)) is not None:
            starts.append(start + moved)
            typed.append((start, margin))
            moved += len(margin.text) - margin.length
        start, number = start + len(line) + 1, number + 1

    def place(offset: int) -> int:
        index = bisect_right(starts, offset) - 1
        if index < 0:
            return offset
        (first, margin), column = typed[index], offset - starts[index]
        return first + (
            min(column, margin.length)
            if column < len(margin.text)
            else column - len(margin.text) + margin.length
        )

    return place


@dataclass
class Place(yaml.Mark):
    """A place in a text, as one of libyaml's marks."""

    index: int


class _EventsAsTyped:
    """libyaml's events of a text as it is read, with the places of the text as it was typed."""

    def __init__(self, text: str, margins: Margins) -> None:
        self._parser = CParser(with_margins(text, margins))
        self._as_typed = places_as_typed(text, margins)
        self.dispose = self._parser.dispose

    def get_event(self) -> Any:
        """The next event."""
        try:
            return self._place(self._parser.get_event(), "start_mark", "end_mark")
        except yaml.YAMLError as error:
            raise self._place(error, "problem_mark", "context_mark") from None

    def _place(self, found: Any, *names: str) -> Any:
        for name in names:
            if (mark := getattr(found, name, None)) is not None:
                setattr(found, name, Place(self._as_typed(mark.index)))
        return found


def read_events(text: str, margins: Margins) -> Any:
    """libyaml's events of a text, with their places as typed."""
    return _EventsAsTyped(text, margins) if margins else CParser(text)


#: the place of a text that is read whole
_END = (float("inf"), 0)


@dataclass(frozen=True, slots=True)
class Move:
    """Lines that begin elsewhere: the number of the first, and the margin of each."""

    number: int
    margins: Margins
    #: how far from the column as typed; of two that are read alike, the nearest is meant
    distance: int
    #: no other column is read as far
    is_certain: bool = False


def place_in(text: str, offset: int) -> tuple[float, int]:
    """The line of an offset, and how far it is from the end of the line: what is typed before it moves neither."""
    line_end = text.find("\n", offset)
    return text.count("\n", 0, offset), offset - (line_end if line_end >= 0 else len(text))


def find_move(text: str, margins: Margins, offset: int) -> Move | None:
    """The lines that are out of place, of those around a fault; None where two places are as good."""
    number = text.count("\n", 0, offset)
    found: list[tuple[tuple[tuple[float, int], int], Move]] = []
    tries = min(_TRIES, _CHARACTERS // (len(text) + 1))
    for move in islice(_moves(text, margins, number), tries):
        read = with_margins(text, {**margins, **move.margins})
        start = Lines(read).start_of(move.number)
        is_key = move.number != number or KEY_LINE.match(text.split("\n")[number])
        reading = read_structure(read, start + len(move.margins[move.number].text) if is_key else None)
        reach = _END if reading.stop is None else place_in(read, reading.stop)
        if reach > place_in(text, offset):
            found.append(((reach, -reading.empty), move))
    furthest = [move for reach, move in found if reach == max(reach for reach, _ in found)]
    if not furthest:
        return None
    furthest.sort(key=lambda move: (move.distance, len(move.margins), abs(move.number - number)))
    best, others = furthest[0], [one for one in furthest if not _is_same(one, furthest[0])]
    if any(one.distance == best.distance and one.number == best.number for one in others):
        return None
    return replace(best, is_certain=best.distance == 0 or not others)


def _is_same(one: Move, other: Move) -> bool:
    """Whether two moves put their first line at the same place."""
    return one.number == other.number and one.margins[one.number] == other.margins[other.number]


def _moves(text: str, margins: Margins, number: int) -> Iterator[Move]:
    """The moves to try, around a line."""
    lines = text.split("\n")
    written = [one for one in range(max(0, number - _LINES_ABOVE), number) if _is_written(lines[one])]
    if not _is_written(lines[number]) or not written:
        return
    above = written[::-1]
    outer = next((one for one in above if _indentation(lines[one]) < _indentation(lines[number])), number)
    inner = above[max(0, above.index(outer) - 1)] if outer < number else number
    starts = read_structure(with_margins(text, margins)).starts
    place = places_as_typed(text, margins)
    starts = frozenset(map(place, starts))
    for one in dict.fromkeys((number, above[0], inner, outer)):
        line = lines[one]
        typed = _indentation(line)
        if one != number and Lines(text).start_of(one) + typed not in starts:
            continue  # a line of a text
        columns = _columns(lines, [line for line in above if line < one])
        if one != number:
            columns |= _columns(lines, [number])
        if not _ITEM.match(line, typed):
            if match := _DASHED.match(line):
                yield Move(one, {one: Margin(match.end(), f"{match[0]} ")}, 0)
            elif typed > 1:
                yield Move(one, {one: Margin(typed, f"{' ' * (typed - 2)}- ")}, 1)
        for column in sorted(columns - {typed}, key=lambda column: abs(column - typed)):
            margin = Margin(typed, " " * column)
            yield Move(one, {one: margin}, abs(column - typed))
            if below := _moved_below(lines, one, typed, column):
                yield Move(one, {one: margin} | below, abs(column - typed))


def _columns(lines: list[str], above: list[int]) -> set[int]:
    """The columns at which the lines above, from the nearest, let a line begin."""
    columns, outer = set[int](), 1_000
    for number in above:
        line = lines[number]
        typed = _indentation(line)
        if typed >= outer and not _ITEM.match(line, typed):
            continue
        outer = min(outer, typed)
        text = Lines(line).column(0)
        columns |= {typed, text, max(0, text - 2)}
        if line.rstrip().endswith((":", ": |", ": >")):
            columns.add(text + 2)
    return columns


def _moved_below(lines: list[str], number: int, typed: int, column: int) -> dict[int, Margin]:
    """The margins of the lines below one that are at least as far in, or have the same tabs, and move with it."""
    if "\t" in (margin := lines[number][:typed]):
        alike = takewhile(lambda one: lines[one].startswith(margin), range(number + 1, len(lines)))
        return dict.fromkeys(alike, Margin(typed, " " * column))
    is_item = _ITEM.match(lines[number], typed) is not None
    moved = {}
    for one in range(number + 1, min(len(lines), number + 1 + _LINES_BELOW)):
        indentation = _indentation(lines[one])
        if not lines[one].strip():
            continue
        if indentation < typed + is_item or indentation + column - typed < 0:
            break
        moved[one] = Margin(indentation, " " * (indentation + column - typed))
    return moved


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_written(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
