"""1. Files → text with positions.

Positions are counted as an editor counts them: lines and columns from 1, columns in characters (code points).
Nodes carry plain offsets into the text; a `Source` turns them into positions only for what is reported.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LINE_BREAK = re.compile(r"\r\n|\n|\r")


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
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_BREAK.finditer(self.text))]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their line breaks, so that `lines[n - 1]` is line n."""
        return tuple(LINE_BREAK.split(self.text))

    def position(self, offset: int) -> Position:
        """The position of an offset; the end of the text is a position too."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(self.path, self.position(start), self.position(end))


def read_bytes(root: Path, path: str) -> bytes:
    """Read one file of the workspace whole; raises `OSError`, which is the machine's fault, not the author's."""
    return (root / path).read_bytes()
