"""The lines of a YAML text that may be broken: the key, the item and the value of each, and how far a value goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

#: what word processors make of `-`, `:` and `"`
DASHES, _COLONS, _QUOTES = "‐‑‒–—―−•·◦▪‣●○■►➢➤", "：﹕", "“”„‟«»"
WORD = r"""[^\W\d][\w-]*|"[^"\n]*"|'[^'\n]*'"""
#: indentation, dashes, a key with its colon, and what stands between it and a value
_KEY = rf"(?:[-{DASHES}][^\S\n]+)*(?:{WORD})[^\S\n]?(?::(?=\s|$)|[{_COLONS}])[^\S\n]*"
_ITEM = rf"(?:[-{DASHES}][^\S\n]+)+"
KEY_LINE, _ITEM_LINE = (re.compile(rf"[^\S\n]*{begin}") for begin in (_KEY, _ITEM))
KEY_OR_ITEM_LINE = re.compile(rf"[^\S\n]*(?:{_KEY}|{_ITEM})")
_WRITTEN = re.compile(r"\s*[^\s#]")
_PLAIN = str.maketrans(dict.fromkeys(DASHES, "-") | dict.fromkeys(_COLONS, ":"))
_LOOK_ALIKE = re.compile(
    rf"(?P<indentation>[^\S\n]*)(?P<item>(?:[-{DASHES}][^\S\n]+)*)"
    rf"(?P<key>(?:(?:{WORD})[^\S\n]*[:{_COLONS}](?:[^\S\n]+|$))?)(?P<value>[^\n]*?)[^\S\n]*$",
    re.MULTILINE,
)


class Part(NamedTuple):
    """A part of the text, from the first to after the last of its characters; `is_value`: what a key leads to."""

    start: int
    end: int
    is_value: bool

    def holds(self, other: Part, text: str) -> bool:
        """Whether another part has no word outside this one."""
        return not text[other.start : self.start].strip() and other.end <= self.end


def plain_line(line: str) -> str:
    """Replace what stands for a space, a dash, a colon or a quote at the places where YAML gives these a meaning."""
    match = _LOOK_ALIKE.match(line)
    if match is None:
        return line
    before = re.sub(r"[^\S\n]", " ", match["indentation"] + match["item"] + match["key"])
    before = before.translate(_PLAIN)
    value = match["value"]
    if value[:1] in _QUOTES and value[-1:] in _QUOTES and '"' not in value and len(value) > 1:
        value = f'"{value[1:-1]}"'
    after = line[match.end("value") :]
    if value[:1] in ("|", ">"):
        after = re.sub(r"[^\S\r\n]", " ", after)
    return before + value + after


@dataclass(frozen=True)
class Lines:
    """The lines of a text, each known by its first offset."""

    text: str

    def start(self, offset: int) -> int:
        """The first offset of the line of an offset."""
        return self.text.rfind("\n", 0, offset) + 1

    def start_of(self, number: int) -> int:
        """The first offset of a line by its number, from 0."""
        start = 0
        for _ in range(number):
            start = self.text.index("\n", start) + 1
        return start

    def line(self, start: int) -> str:
        """A line with its line break."""
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
        match = KEY_LINE.match(line) or _ITEM_LINE.match(line)
        if match is None:
            return None
        first = start + match.end()
        end = self.end(start, self.column(start) if match.re is KEY_LINE else match.end() - 1)
        written = len(self.text[first:end].rstrip())
        return Part(first, first + written, is_value=True) if written else None

    def end(self, start: int, column: int) -> int:
        """Where the part ends that begins on a line: before the next key or item of the same or an outer level."""
        outer = rf"|^[^\S\n]{{0,{column - 1}}}{_ITEM}" if column else ""
        following = re.compile(rf"^[^\S\n]{{0,{column}}}{_KEY}{outer}", re.MULTILINE)
        match = following.search(self.text, start + len(self.line(start)))
        return match.start() if match else len(self.text)
