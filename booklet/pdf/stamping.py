"""Page numbers, and the body's length and digest in letters, stamped on laid-out pages when they are linked.

Zeros stand where a number will (`booklet.text.stamps`); their glyphs are exchanged for those of its digits. A number
ends where the zeros end: more digits stand before them, fewer leave room, and so do digits of other widths. Content
keeps its marks, so that tags, reading order and text are those of a page laid out with the number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from booklet.layout.tags import drop_annotations, kids, walk
from booklet.pdf.merge import SCHEME, LinkError, page_annotations
from booklet.text.stamps import PAGE, STAMP

_ZERO = "0"
_DIGITS = "0123456789abcdef"
#: marked content, a font, or glyphs in hexadecimal with offsets between them: WeasyPrint writes no other text
_TEXT = re.compile(
    rb"/MCID (?P<mark>\d+)\s*>>\s+BDC|(?P<font>/\S+) [\d.]+ Tf|\[(?P<shown>[^\]]*)\] TJ", re.DOTALL
)
_GLYPHS = re.compile(rb"<([0-9a-f]*)>")
_MEANING = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")


@dataclass(frozen=True, slots=True)
class DigitFont:
    """The glyphs of the digits of a font, in hexadecimal, and their widths in thousandths of its size."""

    glyphs: Mapping[str, str]
    widths: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PlacedStamp:
    """A number on a page; for each line that it takes, the positions of the glyphs of its zeros in the content."""

    name: str
    font: int
    runs: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class PageStamps:
    """The numbers on one page."""

    fonts: tuple[DigitFont, ...]
    stamps: tuple[PlacedStamp, ...]


class _StandIn(NamedTuple):
    """A stand-in in the structure tree, or a line of one."""

    name: str
    digits: int
    marks: tuple[int, ...]


@dataclass(frozen=True)
class StampFinder:
    """The stand-ins of one document, whose fonts are read once."""

    #: by the number of the page's object
    _stand_ins: Mapping[int, Sequence[_StandIn]]
    #: by the number of the font's object: what each glyph means, and the digits
    _fonts: dict[int, tuple[Mapping[str, str], DigitFont]] = field(default_factory=dict)

    @classmethod
    def detach(cls, document: pikepdf.Pdf) -> StampFinder:
        """Take the links around stand-ins out of a document, or turn them into links to the pages that they name."""
        stand_ins: dict[int, list[_StandIn]] = {}
        notes = (note for page in document.pages for note in page_annotations(page.obj))
        if not any(_read_scheme(note) for note in notes):
            return cls({})
        root = document.Root["/StructTreeRoot"]
        dropped: dict[int, pikepdf.Object] = {}
        for element in [one for one in walk(root) if str(one["/S"]) == "/Link"]:
            for kid in kids(element):
                if not isinstance(kid, Dictionary) or kid.get("/Type") != Name.OBJR:
                    continue
                note = kid["/Obj"]
                scheme = _read_scheme(note)
                if not scheme:
                    continue
                digits, _, name = unquote(str(note["/A"]["/URI"]).removeprefix(f"{scheme}:")).partition(":")
                marks = tuple(one for one in kids(element) if isinstance(one, int))
                stand_ins.setdefault(element["/Pg"].objgen[0], []).append(_StandIn(name, int(digits), marks))
                if scheme == PAGE:
                    note["/A"]["/URI"] = note["/Contents"] = String(SCHEME + name.partition("+")[0])
                else:
                    dropped[note.objgen[0]] = note
                    element["/S"], element["/K"] = Name.Span, Array(marks)
        drop_annotations(document, dropped)
        return cls(stand_ins)

    def find(self, page: pikepdf.Object) -> PageStamps | None:
        """Find where the stand-ins of a page are drawn; None where it has none."""
        stand_ins = self._stand_ins.get(page.objgen[0])
        if not stand_ins:
            return None
        zeros = self._find_zeros(page)
        fonts: dict[int, DigitFont] = {}
        stamps: list[PlacedStamp] = []
        for stand_in in stand_ins:
            found = [zeros[mark] for mark in stand_in.marks if mark in zeros]
            number = found[0][0]
            fonts[number] = self._fonts[number][1]
            runs = tuple(offsets for _, offsets in found)
            # a number that takes several lines is a link on each
            if stamps and stamps[-1].name == stand_in.name and _count(stamps[-1]) < stand_in.digits:
                runs = (*stamps.pop().runs, *runs)
            stamps.append(PlacedStamp(stand_in.name, list(fonts).index(number), runs))
            if _count(stamps[-1]) > stand_in.digits:
                raise LinkError(f"{stand_in.name}: more zeros than {stand_in.digits}")
        return PageStamps(tuple(fonts.values()), tuple(stamps))

    def _find_zeros(self, page: pikepdf.Object) -> dict[int, tuple[int, tuple[int, ...]]]:
        """Map marks to the font, by object number, and the positions of the glyphs of zeros."""
        numbers = {name.encode(): font.objgen[0] for name, font in page["/Resources"]["/Font"].items()}
        for font in page["/Resources"]["/Font"].values():
            if font.objgen[0] not in self._fonts:
                self._fonts[font.objgen[0]] = _read_font(font)
        found: dict[int, tuple[int, tuple[int, ...]]] = {}
        mark = number = -1
        for operation in _TEXT.finditer(page["/Contents"].read_bytes()):
            if operation["mark"] is not None:
                mark = int(operation["mark"])
            elif operation["font"] is not None:
                number = numbers[operation["font"]]
            else:
                meanings, start = self._fonts[number][0], operation.start("shown")
                offsets = tuple(
                    start + index
                    for glyphs in _GLYPHS.finditer(operation["shown"])
                    for index in range(*glyphs.span(1), 4)
                    if meanings.get(operation["shown"][index : index + 4].decode()) == _ZERO
                )
                found[mark] = (number, (*found.get(mark, (number, ()))[1], *offsets))
        return found


def stamp(content: bytes, page: PageStamps, words: Mapping[str, str]) -> bytes:
    """Exchange the zeros of each number for its digits, by name; signs between them stand there already."""
    edits: list[tuple[int, int, bytes]] = []
    for placed in page.stamps:
        font = page.fonts[placed.font]
        digits = "".join(character for character in words[placed.name] if character in _DIGITS)
        for run in placed.runs:
            count = len(digits) if len(placed.runs) == 1 else len(run)
            edits += _write_run(run, digits[:count], font)
            digits = digits[count:]
    written, end = [], 0
    for start, stop, replacement in sorted(edits):
        written += [content[end:start], replacement]
        end = stop
    return b"".join((*written, content[end:]))


def _write_run(run: Sequence[int], digits: str, font: DigitFont) -> list[tuple[int, int, bytes]]:
    """Write the digits of one line: what is replaced, from where to where, by what."""
    spare = max(len(run) - len(digits), 0)
    room = len(run) * font.widths[_ZERO] - sum(font.widths[digit] for digit in digits)
    glyphs = [font.glyphs[digit].encode() for digit in digits]
    first, rest = glyphs[: len(glyphs) - len(run) + spare + 1], glyphs[len(glyphs) - len(run) + spare + 1 :]
    moved = b">%s<" % f"{-room:g}".encode() if room else b""
    return [
        *((offset, offset + 4, b"") for offset in run[:spare]),
        (run[spare], run[spare] + 4, moved + b"".join(first)),
        *((offset, offset + 4, glyph) for offset, glyph in zip(run[spare + 1 :], rest, strict=True)),
    ]


def _count(placed: PlacedStamp) -> int:
    return sum(map(len, placed.runs))


def _read_scheme(annotation: pikepdf.Object) -> str:
    """Read the scheme of a link around a stand-in; "" for any other."""
    action = annotation.get("/A")
    if action is None or str(action.get("/S")) != "/URI":
        return ""
    scheme = str(action["/URI"]).partition(":")[0]
    return scheme if scheme in (STAMP, PAGE) else ""


def _read_font(font: pikepdf.Object) -> tuple[Mapping[str, str], DigitFont]:
    """Map the glyphs of a font to the character that each means, and read its digits."""
    written = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
    meanings = {glyph.decode(): chr(int(code, 16)) for glyph, code in _MEANING.findall(written)}
    (descendant,) = font["/DescendantFonts"].as_list()
    first, widths = descendant["/W"].as_list()[:2]
    glyphs = {meaning: glyph for glyph, meaning in reversed(meanings.items()) if meaning in _DIGITS}
    return meanings, DigitFont(
        glyphs,
        {digit: float(widths[int(glyph, 16) - int(first)]) for digit, glyph in glyphs.items()},
    )
