"""Characters → what a screen shows for them, and how many columns it takes.

An author's text can hold control characters, marks that reverse the direction of writing, tabs, combining
accents, wide characters. A report shows all of them, on one line, with nothing that acts on the terminal or
hides. Widths are those of `wcwidth`: Unicode's East Asian Width (UAX #11) and emoji sequences (UTS #51).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TAB = "→"
ZERO_WIDTH_NON_JOINER = "\u200c"
ZERO_WIDTH_JOINER = "\u200d"
#: tag characters, which spell the regions of flags: invisible, and left in place so that a flag stays a flag
TAGS = range(0xE0020, 0xE0080)
#: categories that draw nothing and can act: controls, formats, surrogates, separators of lines and paragraphs
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One character as it is shown, and the columns of a terminal that it takes."""

    text: str
    width: int


def visible(text: str) -> str:
    """Show a text on one line, whatever it holds; the result can stand in XML and on a terminal."""
    if text.isprintable():
        return text
    return "".join(map(_show, text))


def measure(text: str) -> Iterator[Cell]:
    """Measure a text character by character; the widths add up to what a terminal shows.

    The first character of what is drawn as one, an accented letter or an emoji of several parts, has the whole width.
    """
    if text.isascii() and text.isprintable():
        yield from (Cell(character, 1) for character in text)
        return
    from wcwidth import iter_graphemes, wcswidth

    for drawn in iter_graphemes(text):
        shown = "".join(map(_show, drawn))
        if shown == drawn:
            yield Cell(drawn[0], max(0, wcswidth(drawn)))
            yield from (Cell(character, 0) for character in drawn[1:])
        else:
            for character in drawn:
                shown = _show(character)
                width = len(shown) if shown != character else max(0, wcswidth(character))
                yield Cell(shown, width)


def _show(character: str) -> str:
    point = ord(character)
    if character == "\t":
        return TAB
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "␡"
    if character in (ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER) or point in TAGS:
        return character
    # U+FFFE and U+FFFF are no characters, and XML forbids them
    if unicodedata.category(character) in HIDDEN or point in (0xFFFE, 0xFFFF):
        return f"<U+{point:04X}>"
    return character
