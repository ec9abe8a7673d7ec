"""1. Files → text with positions.

Positions are counted as an editor counts them: lines and columns from 1, columns in characters (code points).
Nodes carry plain offsets into the text; a `Source` turns them into positions only for what is reported.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """One character of a text: line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file; `end` is exclusive, `path` relative to the workspace with forward slashes."""

    path: str
    start: Position
    end: Position


@dataclass(frozen=True)
class Source:
    """The text of one file, which translates offsets into positions."""

    path: str
    text: str

    @cached_property
    def _line_starts(self) -> array[int]:
        # with one character in place of each; a match for each would take a second for a million lines
        lines = self.text.replace("\r\n", " \n").replace("\r", "\n").split("\n")
        return array("Q", accumulate((len(line) + 1 for line in lines[:-1]), initial=0))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their line breaks, so that `lines[n - 1]` is line n."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def position(self, offset: int) -> Position:
        """The position of an offset; the end of the text is a position too."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The offset of a position."""
        return self._line_starts[position.line - 1] + position.column - 1

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(self.path, self.position(start), self.position(end))


def read_bytes(root: Path, path: str, limit: int | None = None) -> bytes:
    """Read one file of the workspace; of one that is larger than a limit, one byte more than the limit.

    Raises `OSError`, which is the machine's fault, not the author's.
    """
    with (root / path).open("rb") as file:
        return file.read(-1 if limit is None else limit + 1)
