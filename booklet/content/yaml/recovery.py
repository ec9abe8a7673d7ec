"""After a fault of syntax: which part of the text is left out, so that the rest is read in the same run.

Nothing is guessed about a figure: a part is blanked whole, in a text of the same length, so that every offset holds.
It is the smallest without which the reader gets further: the value of a key, a line with what belongs to it, or the
value of a key around it. A part ends at the next line that begins a key or an item of the same or an outer level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from booklet.content.yaml.syntax import SyntaxFault, not_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

#: times that a text is read again, and characters that are read in all
MAX_PARTS, MAX_CHARACTERS = 50, 1_000_000
#: lines above a fault among which the keys around it are looked for
_LINES_ABOVE = 2_000

#: what word processors make of `-`, `:` and `"`
_DASHES, _COLONS, _QUOTES = "‐‑‒–—―−•·", "：﹕", "“”„‟«»"
_WORD = r"""[^\W\d][\w-]*|"[^"\n]*"|'[^'\n]*'"""
#: indentation, dashes, a key with its colon, and what stands between it and a value
_KEY = rf"(?:[-{_DASHES}][^\S\n]+)*(?:{_WORD})[^\S\n]?[:{_COLONS}](?=\s|$)[^\S\n]*"
_ITEM = rf"(?:[-{_DASHES}][^\S\n]+)+"
_KEY_LINE, _ITEM_LINE = (re.compile(rf"[^\S\n]*{begin}") for begin in (_KEY, _ITEM))
_WRITTEN = re.compile(r"\s*[^\s#]")
_PLAIN = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_COLONS, ":"))
_LOOK_ALIKE = re.compile(
    rf"(?P<indentation>[^\S\n]*)(?P<item>(?:[-{_DASHES}][^\S\n]+)*)"
    rf"(?P<key>(?:(?:{_WORD})[^\S\n]*[:{_COLONS}](?:[^\S\n]+|$))?)(?P<value>[^\n]*?)[^\S\n]*$",
    re.MULTILINE,
)
_FIRST_WORD = re.compile(rf"[\s-]*({_WORD})")


def recover(
    readable: Readable, fault: SyntaxFault
) -> Iterator[tuple[tuple[SyntaxFault, ...], Readable, int]]:
    """How a text could be read further, the least change first.

    Each comes with the faults as they are then told, and the offset that reading must pass.
    """
    line_end = readable.text.find("\n", fault.offset) % (len(readable.text) + 1)
    for plain, told in readable.with_plain_characters(fault.offset):
        yield told, plain, line_end
        if "\n" not in readable.text[told[-1].offset : fault.offset]:
            fault = told[-1]
    for part in readable.parts_around(fault.offset):
        yield (fault,), readable.without(part), part.end


class Part(NamedTuple):
    """A part of the text, from the first to after the last of its characters; `is_value`: what a key leads to."""

    start: int
    end: int
    is_value: bool

    def holds(self, other: Part, text: str) -> bool:
        """Whether another part has no word outside this one."""
        return not text[other.start : self.start].strip() and other.end <= self.end


@dataclass(frozen=True)
class Readable:
    """A text whose unreadable parts are blank, and those parts."""

    text: str
    #: the end of each blank value, by its start
    values: dict[int, int] = field(default_factory=dict)
    #: words that begin the blank lines: keys that are perhaps written, and not missing
    words: frozenset[str] = frozenset()

    def without(self, part: Part) -> Readable:
        """Blank a part; a value keeps one character beside its key, for the reader to find."""
        start, end = part.start, part.end
        blank = re.sub(r"[^\r\n]", " ", self.text[start:end])
        values = {first: last for first, last in self.values.items() if not start <= first < end}
        words = self.words
        if part.is_value:
            before = len(blank) - len(blank.lstrip("\r\n"))  # those between a key and the lines below it
            blank = " " * before + "x" + blank[before + 1 :]
            values[start + before] = end
        else:
            lines = self.text[start:end].splitlines()
            words |= {match[1].strip("'\"") for line in lines if (match := _FIRST_WORD.match(line))}
        return Readable(self.text[:start] + blank + self.text[end:], values, words)

    def with_plain_characters(self, offset: int) -> Iterator[tuple[Readable, tuple[SyntaxFault, ...]]]:
        """Put YAML's own characters where others stand in their place, on a line and then on those just above too.

        Each text comes with a fault for each line that was changed, at its first such character.
        """
        lines = _Lines(self.text)
        text, told = self.text, tuple[SyntaxFault, ...]()
        here = lines.start(offset)
        for start in (here, *islice(lines.above(here), _LINES_ABOVE)):
            line = lines.line(start)
            plain = _with_plain_characters(line)
            if plain != line:
                first = next(index for index in range(len(line)) if line[index] != plain[index])
                told = (
                    SyntaxFault(start + first, not_plain(line[first], plain[first], plain.strip())),
                    *told,
                )
                text = text[:start] + plain + text[start + len(line) :]
                yield replace(self, text=text), told
            elif start != here:
                break

    def parts_around(self, offset: int) -> Iterator[Part]:
        """The parts that hold an offset, the smallest first."""
        lines = _Lines(self.text)
        start = lines.start(offset)
        value, column = lines.value(start), lines.column(start)
        if value is not None:
            yield value
        line: Part | None = Part(start, lines.end(start, column), is_value=False)
        for above in islice(lines.above(start), _LINES_ABOVE):
            if column == 0:
                break
            if lines.indentation(above) < column:
                around = lines.value(above)
                if line is not None and (around is None or not line.holds(around, self.text)):
                    yield line
                line = None
                if around is not None and around.end > offset:
                    yield around
                column = lines.indentation(above)
        if line is not None:
            yield line


def _with_plain_characters(line: str) -> str:
    """Replace what stands for a space, a dash, a colon or a quote at the places where YAML gives these a meaning."""
    match = _LOOK_ALIKE.match(line)
    if match is None:
        return line
    before = re.sub(r"[^\S\n]", " ", match["indentation"] + match["item"] + match["key"])
    before = before.translate(_PLAIN)
    value = match["value"]
    if value[:1] in _QUOTES and value[-1:] in _QUOTES and '"' not in value and len(value) > 1:
        value = f'"{value[1:-1]}"'
    return before + value + line[match.end("value") :]


@dataclass(frozen=True)
class _Lines:
    """The lines of a text, each known by its first offset."""

    text: str

    def start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start : end + 1]

    def above(self, start: int) -> Iterator[int]:
        """The lines above one that hold more than a comment, from the nearest."""
        while start > 0:
            start = self.start(start - 1)
            if _WRITTEN.match(self.line(start)):
                yield start

    def indentation(self, start: int) -> int:
        """The column of the first character written: of the dash, where there is one."""
        line = self.line(start)
        return len(line) - len(line.lstrip())

    def column(self, start: int) -> int:
        """The column of a line's key, or of its text, after its dashes."""
        match = _ITEM_LINE.match(self.line(start))
        return match.end() if match else self.indentation(start)

    def value(self, start: int) -> Part | None:
        """The value of the key of a line, or the text of its item, with the lines that belong to it."""
        line = self.line(start)
        match = _KEY_LINE.match(line) or _ITEM_LINE.match(line)
        if match is None:
            return None
        first = start + match.end()
        end = self.end(start, self.column(start) if match.re is _KEY_LINE else match.end() - 1)
        written = len(self.text[first:end].rstrip())
        return Part(first, first + written, is_value=True) if written else None

    def end(self, start: int, column: int) -> int:
        """Where the part ends that begins on a line: before the next key or item of the same or an outer level."""
        outer = rf"|^[^\S\n]{{0,{column - 1}}}{_ITEM}" if column else ""
        following = re.compile(rf"^[^\S\n]{{0,{column}}}{_KEY}{outer}", re.MULTILINE)
        match = following.search(self.text, start + len(self.line(start)))
        return match.start() if match else len(self.text)
