"""What a page prints of a file that is not made yet: stand-ins, whose glyphs are exchanged once the file is known.

A stand-in is as long as what takes its place, and in its font all that may come is as wide, one character after another
without kerning: the page would have been laid out in the same way. Where that is not so there is no blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_DIGITS = "0123456789"
_HEXADECIMAL = f"{_DIGITS}abcdef"
#: stands for a SHA-256 digest; no letter holds it but on purpose
DIGEST = _HEXADECIMAL * 4
#: a font is chosen, or glyphs are shown, in hexadecimal, with what each is moved by; WeasyPrint writes no other text
_TEXT = re.compile(rb"(?P<font>/\S+) [\d.]+ Tf|\[(?P<shown>[^\]]*)\] TJ")
_SHOWN = re.compile(rb"<(?P<glyphs>[0-9a-f]*)>|(?P<move>-?[\d.]+)")
_MEANING = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")
#: stands for a glyph that means no single character, and for a gap
_NOTHING = "\0"


@dataclass(frozen=True, slots=True)
class _Font:
    #: glyph → the character that it means
    meanings: Mapping[str, str]
    #: stand-in → the glyph of each character that may come, and what a text that draws the stand-in looks like
    glyphs: Mapping[str, tuple[Mapping[str, str], re.Pattern[bytes]]]


class CannotFill(Exception):
    """A stand-in is not as long as what takes its place, or another sign stands between the digits."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Say where a page draws a stand-in."""

    stand_in: str
    #: of each character: where its glyph is written in the page's content, as four hexadecimal digits
    offsets: tuple[int, ...]
    #: of each character that may come: its glyph
    glyphs: Mapping[str, str]


def choose_number(digits: int, texts: Iterable[str]) -> int | None:
    """Choose a number of so many digits that no text holds, however it is written; None where all are taken."""
    written = "".join(character for text in texts for character in text if character in _DIGITS)
    numbers = range(10**digits - 1, 10 ** (digits - 1) - 1, -1)
    return next((number for number in numbers if str(number) not in written), None)


@dataclass(frozen=True)
class Finder:
    """Find what the pages of one document draw of stand-ins: digits, with other signs between them perhaps."""

    stand_ins: Sequence[str]
    #: what is known of the fonts of the document, by object
    _fonts: dict[int, _Font] = field(default_factory=dict)

    def find(self, page: pikepdf.Object) -> tuple[Blank, ...]:
        """Find the blanks of a page."""
        if not self.stand_ins:
            return ()
        fonts = page["/Resources"].get("/Font", pikepdf.Dictionary())
        known = {name.encode(): self._know(font) for name, font in fonts.items()}
        font = _Font({}, {})
        blanks: list[Blank] = []
        for operation in _TEXT.finditer(page["/Contents"].read_bytes()):
            if operation["font"] is not None:
                font = known[operation["font"]]
                continue
            for stand_in, (glyphs, pattern) in font.glyphs.items():
                if not pattern.search(operation["shown"]):
                    continue
                drawn, offsets = _read_shown(operation["shown"], operation.start("shown"), font.meanings)
                start = drawn.find(stand_in)
                while start >= 0:
                    end = start + len(stand_in)
                    blanks.append(Blank(stand_in, tuple(offsets[start:end]), glyphs))
                    start = drawn.find(stand_in, end)
        return tuple(blanks)

    def _know(self, font: pikepdf.Object) -> _Font:
        number = font.objgen[0]
        if number not in self._fonts:
            meanings = _read_meanings(font)
            glyphs = {stand_in: _equal_glyphs(stand_in, meanings, font) for stand_in in self.stand_ins}
            self._fonts[number] = _Font(
                meanings,
                {
                    stand_in: (found, _pattern(stand_in, meanings))
                    for stand_in, found in glyphs.items()
                    if found and set(stand_in) <= set(meanings.values())
                },
            )
        return self._fonts[number]


def fill_blanks(content: bytes, blanks: Sequence[Blank], words: Mapping[str, str]) -> bytes:
    """Exchange the glyphs of stand-ins for those of `words`, by stand-in; raises `CannotFill`."""
    filled = bytearray(content)
    for blank in blanks:
        word = words.get(blank.stand_in, "")
        if len(word) != len(blank.stand_in):
            raise CannotFill(f"{blank.stand_in!r} is not as long as {word!r}")
        for before, after, offset in zip(blank.stand_in, word, blank.offsets, strict=True):
            if before == after:
                continue
            if before not in blank.glyphs or after not in blank.glyphs:
                raise CannotFill(f"{before!r} cannot become {after!r}")
            filled[offset : offset + 4] = blank.glyphs[after].encode()
    return bytes(filled)


def _read_meanings(font: pikepdf.Object) -> dict[str, str]:
    """Read what the glyphs of a font mean, where it is one character each."""
    written = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
    return {glyph.decode(): chr(int(code, 16)) for glyph, code in _MEANING.findall(written)}


def _read_shown(shown: bytes, start: int, meanings: Mapping[str, str]) -> tuple[str, list[int]]:
    """Give the characters that are shown, and where the glyph of each stands."""
    characters, offsets = [], []
    for piece in _SHOWN.finditer(shown):
        if piece["move"] is not None:
            if float(piece["move"]):
                characters.append(_NOTHING)
                offsets.append(-1)
            continue
        for index in range(*piece.span("glyphs"), 4):
            characters.append(meanings.get(shown[index : index + 4].decode(), _NOTHING))
            offsets.append(start + index)
    return "".join(characters), offsets


def _pattern(stand_in: str, meanings: Mapping[str, str]) -> re.Pattern[bytes]:
    """Make a pattern that a text which draws the stand-in has: quick to look for, and more than enough."""
    glyphs = {character: glyph for glyph, character in meanings.items()}
    return re.compile(b"(?:>0<)?".join(glyphs[character].encode() for character in stand_in))


def _equal_glyphs(stand_in: str, meanings: Mapping[str, str], font: pikepdf.Object) -> dict[str, str]:
    """Give the glyphs of all that may stand for the stand-in's digits; none where they are not equally wide."""
    alphabet = _HEXADECIMAL if any(character.isalpha() for character in stand_in) else _DIGITS
    glyphs = {character: glyph for glyph, character in meanings.items() if character in alphabet}
    (descendant,) = font["/DescendantFonts"].as_list()
    first, widths = descendant["/W"].as_list()[:2]
    wide = {widths[int(glyph, 16) - int(first)] for glyph in glyphs.values()}
    return glyphs if len(glyphs) == len(alphabet) and len(wide) == 1 else {}
