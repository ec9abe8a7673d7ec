"""What a page prints of a file that is not made yet: stand-ins, whose glyphs are exchanged once the file is known.

A stand-in is as long as what takes its place, and in its font all that may come is as wide, one character after another
without kerning: the page would have been laid out in the same way. Where that is not so there is no blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pikepdf

_DIGITS = "0123456789"
_HEXADECIMAL = f"{_DIGITS}abcdef"
#: stands for a SHA-256 digest; no letter holds it but on purpose
DIGEST = _HEXADECIMAL * 4
#: a font is chosen, or glyphs are shown, in hexadecimal, with what each is moved by; WeasyPrint writes no other text
_TEXT = re.compile(rb"/(?P<font>\S+) [\d.]+ Tf|\[(?P<shown>[^\]]*)\] TJ")
_SHOWN = re.compile(rb"<(?P<glyphs>[0-9a-f]*)>|(?P<move>-?[\d.]+)")
_MEANING = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")
#: stands for a glyph that means no single character, and for a gap
_NOTHING = "\0"


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


def find_blanks(page: pikepdf.Object, stand_ins: Sequence[str]) -> tuple[Blank, ...]:
    """Find what a page draws of stand-ins: decimal or hexadecimal digits, with other signs between them perhaps."""
    fonts = page["/Resources"].get("/Font", pikepdf.Dictionary())
    meanings: dict[bytes, dict[str, str]] = {}
    font = b""
    blanks: list[Blank] = []
    for operation in _TEXT.finditer(page["/Contents"].read_bytes()):
        if operation["font"] is not None:
            font = operation["font"]
            continue
        if font not in meanings:
            meanings[font] = _read_meanings(fonts["/" + font.decode()])
        drawn, offsets = _read_shown(operation["shown"], operation.start("shown"), meanings[font])
        for stand_in in stand_ins:
            glyphs = _equal_glyphs(stand_in, meanings[font], fonts["/" + font.decode()])
            start = drawn.find(stand_in) if glyphs else -1
            while start >= 0:
                end = start + len(stand_in)
                blanks.append(Blank(stand_in, tuple(offsets[start:end]), glyphs))
                start = drawn.find(stand_in, end)
    return tuple(blanks)


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


def _equal_glyphs(stand_in: str, meanings: Mapping[str, str], font: pikepdf.Object) -> dict[str, str]:
    """Give the glyphs of all that may stand for the stand-in's digits; none where they are not equally wide."""
    alphabet = _HEXADECIMAL if any(character.isalpha() for character in stand_in) else _DIGITS
    glyphs = {character: glyph for glyph, character in meanings.items() if character in alphabet}
    (descendant,) = font["/DescendantFonts"].as_list()
    first, widths = descendant["/W"].as_list()[:2]
    wide = {widths[int(glyph, 16) - int(first)] for glyph in glyphs.values()}
    return glyphs if len(glyphs) == len(alphabet) and len(wide) == 1 else {}
