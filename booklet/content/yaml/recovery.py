"""After a fault of syntax: which part of the text is left out, so that the rest is read in the same run.

Nothing is guessed about a figure: a part is blanked whole, in a text of the same length, so that every offset holds.
It is the smallest without which the reader gets further: the value of a key, a line with what belongs to it, or the
value of a key around it. A part ends at the next line that begins a key or an item of the same or an outer level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from booklet.content.yaml.lines import WORD, Lines, Part, plain_line
from booklet.content.yaml.margins import Margins, find_move
from booklet.content.yaml.out_of_place import (
    explain_move,
    is_inside_a_text,
    is_of_margins,
    mend_line,
    tabs_in,
)
from booklet.content.yaml.repair import LONGEST
from booklet.content.yaml.syntax import SyntaxFault, not_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

#: times that a text is read again, and characters that are read in all
MAX_PARTS, MAX_CHARACTERS = 50, 1_000_000
#: lines above a fault among which the keys around it are looked for
_LINES_ABOVE = 2_000

_FIRST_WORD = re.compile(rf"[\s-]*({WORD})")
_TABBED_LINE = re.compile(r"^(?P<indentation> *\t[ \t]*).*", re.MULTILINE)


def recover(
    readable: Readable, fault: SyntaxFault
) -> Iterator[tuple[tuple[SyntaxFault, ...], Readable, int]]:
    """How a text could be read further, the least change first.

    Each comes with the faults as they are then told, and the offset that reading must pass.
    """
    line_end = readable.text.find("\n", fault.offset) % (len(readable.text) + 1)
    moves = _moved(readable, fault)
    lines = Lines(readable.text)
    line = lines.line(lines.start(fault.offset))
    if line.lstrip(" ")[:1].isspace():
        yield from moves
    for plain, told in readable.with_plain_characters(fault.offset):
        yield told, plain, line_end
        if "\n" not in readable.text[told[-1].offset : fault.offset]:
            fault = told[-1]
    yield from moves
    for part in readable.parts_around(fault.offset, is_inside=is_inside_a_text(fault)):
        yield (fault,), readable.without(part), part.end


def _moved(readable: Readable, fault: SyntaxFault) -> Iterator[tuple[tuple[SyntaxFault, ...], Readable, int]]:
    """How a text could be read further with its line mended, or with lines that begin elsewhere."""
    line_end = readable.text.find("\n", fault.offset) % (len(readable.text) + 1)
    if len(readable.text) <= LONGEST and (mended := mend_line(readable.text, fault)):
        yield (fault,), replace(readable, margins={**readable.margins, **mended}), line_end
    if is_of_margins(readable.text, fault) and (
        move := find_move(readable.text, readable.margins, fault.offset)
    ):
        moved = replace(readable, margins={**readable.margins, **move.margins})
        told = (explain_move(readable.text, fault, move), *tabs_in(readable.text, move))
        yield told, moved, fault.offset + 1


@dataclass(frozen=True)
class Readable:
    """A text whose unreadable parts are blank, and those parts."""

    text: str
    #: the end of each blank value, by its start
    values: dict[int, int] = field(default_factory=dict)
    #: words that begin the blank lines: keys that are perhaps written, and not missing
    words: frozenset[str] = frozenset()
    #: what lines begin with as they are read, where that is not what was typed
    margins: Margins = field(default_factory=dict)

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
        return replace(self, text=self.text[:start] + blank + self.text[end:], values=values, words=words)

    def can_be_plain(self, offset: int) -> bool:
        """Check whether a line begins at an offset, but for spaces, with what stands for YAML's own characters."""
        lines = Lines(self.text)
        start = lines.start(offset)
        line = lines.line(start)
        return not self.text[start:offset].strip(" ") and plain_line(line) != line

    def with_tabs(self, text: str) -> str:
        """What is read, with the tabs that the text as typed has at the start of lines."""
        parts, copied = list[str](), 0
        for line in _TABBED_LINE.finditer(text):
            if self.text[line.start() : line.end()].strip():
                parts += (self.text[copied : line.start()], line["indentation"])
                copied = line.end("indentation")
        return "".join((*parts, self.text[copied:]))

    def with_plain_characters(self, offset: int) -> Iterator[tuple[Readable, tuple[SyntaxFault, ...]]]:
        """Put YAML's own characters where others stand in their place, on a line and then on those just above too.

        Each text comes with a fault for each line that was changed, at its first such character.
        """
        lines = Lines(self.text)
        text, told = self.text, tuple[SyntaxFault, ...]()
        here = lines.start(offset)
        for start in (here, *islice(lines.above(here), _LINES_ABOVE)):
            line = lines.line(start)
            plain = plain_line(line)
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

    def parts_around(self, offset: int, *, is_inside: bool = False) -> Iterator[Part]:
        """The parts that hold an offset, the smallest first; `is_inside`: that begin above its line."""
        lines = Lines(self.text)
        start = lines.start(offset)
        value, column = lines.value(start), lines.column(start)
        if value is not None and not is_inside:
            yield value
        typed = lines.line(start).rstrip()
        # a tab may stand for any level; without its key an item is whole, without its dash it is part of another
        if "\t" in typed[:column] and column == lines.indentation(start):
            yield Part(start, start + len(typed), is_value=False)
        line = None if is_inside else Part(start, lines.end(start, column), is_value=False)
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
