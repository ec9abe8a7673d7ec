"""Placeholders for the body's length and digest, overwritten at link time.

A placeholder is a text of as many characters as the word that replaces it, set in a font in which all the characters
that may come are equally wide, without kerning: the page would have been laid out in the same way with the word. Text
for which that is not so is no placeholder, and its page is laid out again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = "0123456789"
_HEXADECIMAL = f"{_DIGITS}abcdef"
#: placeholder of a SHA-256 digest, which no letter contains by accident
DIGEST = _HEXADECIMAL * 4
#: the only text operators that WeasyPrint writes: a font, or glyphs in hexadecimal with offsets between them
_TEXT = re.compile(rb"(?P<font>/\S+) [\d.]+ Tf|\[(?P<shown>[^\]]*)\] TJ")
_SHOWN = re.compile(rb"<(?P<glyphs>[0-9a-f]*)>|(?P<move>-?[\d.]+)")
_MEANING = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")
#: in the place of a glyph that means no single character, and of a gap
_NOTHING = "\0"


@dataclass(frozen=True, slots=True)
class _Font:
    #: glyph → the character that it means
    meanings: Mapping[str, str]
    #: placeholder → the glyph of each character that may come, and a pattern of the operators that draw it
    glyphs: Mapping[str, tuple[Mapping[str, str], re.Pattern[bytes]]]


class CannotFill(Exception):
    """A placeholder that is not as long as its word, or has a sign between its digits that the word has not."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder drawn on a page."""

    text: str
    #: of each character: the position of its glyph in the page's content, four hexadecimal digits
    offsets: tuple[int, ...]
    #: the glyph of each character that may come
    glyphs: Mapping[str, str]


def choose_number(digits: int, texts: Iterable[str]) -> int | None:
    """Choose a number of so many digits that no text contains, in any notation; None where all are taken."""
    written = "".join(character for text in texts for character in text if character in _DIGITS)
    numbers = range(10**digits - 1, 10 ** (digits - 1) - 1, -1)
    return next((number for number in numbers if str(number) not in written), None)


@dataclass(frozen=True)
class PlaceholderFinder:
    """A search for placeholders in the pages of one document, whose fonts are read once."""

    texts: Sequence[str]
    #: by object number
    _fonts: dict[int, _Font] = field(default_factory=dict)

    def find(self, page: pikepdf.Object) -> tuple[Placeholder, ...]:
        """Find the placeholders of a page."""
        if not self.texts:
            return ()
        fonts = page["/Resources"].get("/Font", pikepdf.Dictionary())
        font_by_name = {name.encode(): self._read_font(font) for name, font in fonts.items()}
        font = _Font({}, {})
        found: list[Placeholder] = []
        for operation in _TEXT.finditer(page["/Contents"].read_bytes()):
            if operation["font"] is not None:
                font = font_by_name[operation["font"]]
                continue
            for text, (glyphs, pattern) in font.glyphs.items():
                if not pattern.search(operation["shown"]):
                    continue
                drawn, offsets = _read_shown(operation["shown"], operation.start("shown"), font.meanings)
                start = drawn.find(text)
                while start >= 0:
                    end = start + len(text)
                    found.append(Placeholder(text, tuple(offsets[start:end]), glyphs))
                    start = drawn.find(text, end)
        return tuple(found)

    def _read_font(self, font: pikepdf.Object) -> _Font:
        number = font.objgen[0]
        if number not in self._fonts:
            meanings = _read_meanings(font)
            glyphs = {text: _equal_glyphs(text, meanings, font) for text in self.texts}
            self._fonts[number] = _Font(
                meanings,
                {
                    text: (equal, _pattern(text, meanings))
                    for text, equal in glyphs.items()
                    if equal and set(text) <= set(meanings.values())
                },
            )
        return self._fonts[number]


def fill_placeholders(content: bytes, placeholders: Sequence[Placeholder], words: Mapping[str, str]) -> bytes:
    """Overwrite the glyphs of placeholders with those of their words, by text; raises `CannotFill`."""
    filled = bytearray(content)
    for placeholder in placeholders:
        word = words.get(placeholder.text, "")
        if len(word) != len(placeholder.text):
            raise CannotFill(f"{placeholder.text!r} is not as long as {word!r}")
        for before, after, offset in zip(placeholder.text, word, placeholder.offsets, strict=True):
            if before == after:
                continue
            if before not in placeholder.glyphs or after not in placeholder.glyphs:
                raise CannotFill(f"{before!r} cannot become {after!r}")
            filled[offset : offset + 4] = placeholder.glyphs[after].encode()
    return bytes(filled)


def _read_meanings(font: pikepdf.Object) -> dict[str, str]:
    """Map the glyphs of a font to the character that each means; ligatures are left out."""
    written = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
    return {glyph.decode(): chr(int(code, 16)) for glyph, code in _MEANING.findall(written)}


def _read_shown(shown: bytes, start: int, meanings: Mapping[str, str]) -> tuple[str, list[int]]:
    """Read the operand of a TJ operator: its characters, and the position of each one's glyph."""
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


def _pattern(text: str, meanings: Mapping[str, str]) -> re.Pattern[bytes]:
    """Compile a quick filter that matches every operator that may draw a placeholder."""
    glyphs = {character: glyph for glyph, character in meanings.items()}
    return re.compile(b"(?:>0<)?".join(glyphs[character].encode() for character in text))


def _equal_glyphs(text: str, meanings: Mapping[str, str], font: pikepdf.Object) -> dict[str, str]:
    """Map the characters that may replace a placeholder's to their glyphs; empty unless all are equally wide."""
    alphabet = _HEXADECIMAL if any(character.isalpha() for character in text) else _DIGITS
    glyphs = {character: glyph for glyph, character in meanings.items() if character in alphabet}
    (descendant,) = font["/DescendantFonts"].as_list()
    first, widths = descendant["/W"].as_list()[:2]
    wide = {widths[int(glyph, 16) - int(first)] for glyph in glyphs.values()}
    return glyphs if len(glyphs) == len(alphabet) and len(wide) == 1 else {}
