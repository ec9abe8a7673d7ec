"""Characters → what a screen shows for them, and how many columns it takes.

An author's text can hold control characters, marks that reverse the direction of writing, tabs, combining
accents, wide characters. A report shows all of them, on one line, with nothing that acts on the terminal or
hides.
Widths follow Unicode's East Asian Width (UAX #11) and what terminals do with emoji sequences (UTS #51).
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
EMOJI_PRESENTATION = "\ufe0f"
#: spell the regions of flags; invisible by design, kept so that a flag stays a flag
TAGS = range(0xE0020, 0xE0080)
SKIN_TONES = range(0x1F3FB, 0x1F400)
#: vowels and final consonants of Hangul, drawn over the consonant before them
JOINED_HANGUL = range(0x1160, 0x1200)
#: categories that draw nothing and can act: controls, formats, surrogates, separators of lines and paragraphs
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one character as it is shown, and the columns that takes."""

    text: str
    width: int


def visible(text: str) -> str:
    """Show a text on one line, whatever it holds; the result can stand in XML and on a terminal."""
    if text.isprintable():
        return text
    return "".join(map(_show, text))


def measure(text: str) -> Iterator[Cell]:
    """Give one cell per character; the widths add up to what a terminal shows."""
    before = ""
    width_before = 0
    for character in text:
        shown = _show(character)
        if shown != character:
            width = len(shown)
        elif _joins(before, width_before, character):
            width = 0
        elif character == EMOJI_PRESENTATION:
            width = 1 if width_before == 1 and unicodedata.category(before) == "So" else 0
        else:
            width = _width(character)
        yield Cell(shown, width)
        before, width_before = character, width


def _width(character: str) -> int:
    point = ord(character)
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or point in JOINED_HANGUL:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _joins(before: str, width_before: int, character: str) -> bool:
    """Tell whether an emoji is drawn into the one before it: a skin tone, or the next part of a sequence."""
    if before == ZERO_WIDTH_JOINER:
        return unicodedata.category(character) == "So" or _width(character) == 2
    return width_before == 2 and ord(character) in SKIN_TONES


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
