"""The bytes of a content stream → its operators with their operands (ISO 32000-1 §7.8.2), as our pages spell them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.pdf.verify.syntax import Objection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.pdf.verify.fonts import Font
    from booklet.pdf.verify.geometry import Matrix

#: of one page, unpacked
MAX_CONTENT = 1_000_000
_MAX_OPERANDS = 6
#: of one page: a cover of some three thousand proposals
_MAX_OPERATORS = 60_000
#: thousandths of the font's size by which a glyph may be moved away from the one before, or over it
_MAX_GAP, _MAX_OVERLAP = 5000, 150
#: the same inside a word
_MAX_GAP_IN_WORD = 300
_TOKEN = re.compile(
    rb"""[ \n]*+(?:
      (?P<number>-?(?:[0-9]{1,9}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}))(?![0-9.A-Za-z*])
    | (?P<name>/[A-Za-z0-9_.+-]{1,60})
    | (?P<shown>\[[^\]\[()/]*+\])
    | (?P<marked><<[ ]?/MCID[ ][0-9]{1,6}[ ]?>>)
    | (?P<operator>[A-Za-z]{1,3}\*?)(?![A-Za-z0-9])
    )""",
    re.VERBOSE,
)
_SHOWN = re.compile(
    rb"[ \n]*+(?:<(?P<glyphs>(?:[0-9a-f]{4})*+)>|(?P<move>-?[0-9]{1,6}(?:\.[0-9]{1,20})?)(?![0-9.]))"
)


def read_operations(content: bytes) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Read the operators of a content stream; raises `Objection` at what our pages never use."""
    operands: list[bytes] = []
    position, count = 0, 0
    while token := _TOKEN.match(content, position):
        position = token.end()
        kind = token.lastgroup or ""
        if kind == "operator":
            count += 1
            if count > _MAX_OPERATORS:
                raise Objection(say("a front page draws more than is compared"))
            yield token[kind].decode(), operands
            operands = []
        elif len(operands) == _MAX_OPERANDS:
            raise unknown(token[kind][:20])
        else:
            operands.append(token[kind])
    if operands or content[position:].strip(b" \n"):
        raise unknown(content[position : position + 20])


def unknown(written: bytes) -> Objection:
    """The objection to what our pages never use."""
    return Objection(
        say("a front page is drawn with `{text}`, which ours are not", text=written.decode("latin-1"))
    )


def number(operand: bytes) -> float:
    """Read a number."""
    try:
        return float(operand)
    except ValueError:
        raise unknown(operand) from None


def name_of(operand: bytes) -> str:
    """Read a name."""
    if not operand.startswith(b"/"):
        raise unknown(operand)
    return operand.decode("latin-1")


def matrix(operands: Sequence[bytes]) -> Matrix:
    """Read six numbers as a transformation."""
    one, two, three, four, five, six = map(number, operands)
    return one, two, three, four, five, six


def read_shown(shown: bytes, font: Font) -> tuple[str, float]:
    """Read glyphs and the moves between them: the text, and how far it goes in thousandths of the font's size."""
    text: list[str] = []
    advance, moved, position = 0.0, 0.0, 0
    while piece := _SHOWN.match(shown, position):
        position = piece.end()
        if piece["move"] is not None:
            moved -= float(piece["move"])
            is_in_word = not text or not text[-1].isspace()
            if not -_MAX_OVERLAP <= moved <= (_MAX_GAP_IN_WORD if is_in_word else _MAX_GAP):
                raise Objection(say("a front page has glyphs that are moved by {move}", move=f"{-moved:g}"))
            continue
        for place in range(0, len(piece["glyphs"]), 4):
            glyph = int(piece["glyphs"][place : place + 4], 16)
            if glyph not in font.meanings or glyph not in font.widths:
                raise Objection(say("a front page has a glyph that means nothing"))
            text.append(font.meanings[glyph])
            advance, moved = advance + moved + font.widths[glyph], 0.0
    if shown[position:].strip(b" \n"):
        raise unknown(shown[position : position + 20])
    return "".join(text), advance + moved
