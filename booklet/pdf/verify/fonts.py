"""A font of a front page → what each glyph means, and how wide it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.pdf.verify.sections import Stream, items, reference
from booklet.pdf.verify.syntax import Objection, Value, parse, parse_dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.pdf.verify.update import Update

_MAX_MAP = 2_000_000
_MEANING = re.compile(rb"<([0-9a-f]{4})> <((?:[0-9a-f]{4})+)>")


@dataclass(frozen=True, slots=True)
class Font:
    """A font with glyphs of two bytes."""

    #: identifies the font: its number in the body, or its name where the update brings it
    key: str
    meanings: Mapping[int, str]
    #: in thousandths of its size
    widths: Mapping[int, float]


def read_font(update: Update, value: Value) -> Font:
    """Read a font of the body or of the update; raises `Objection`."""
    number = reference(value)
    font = parse_dictionary(_written(update, number))
    meanings = _meanings(_stream(update, reference(font.get("/ToUnicode"))))
    (below,) = items(font, "/DescendantFonts")[:1] or [None]
    key = str(font.get("/BaseFont", "")).partition("+")[2] if update.is_new(value) else str(number)
    return Font(key, meanings, _widths(_written(update, reference(below))))


@lru_cache(maxsize=32)
def _read_map(raw: bytes, packing: Value) -> Mapping[int, str]:
    meaning = Stream({} if packing is None else {"/Filter": packing}, memoryview(raw)).unpack(_MAX_MAP)
    if b"range\n" in meaning.replace(b"begincodespacerange\n", b"").replace(b"endcodespacerange\n", b""):
        raise Objection(say("a map of glyphs is not written as ours are"))
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        for glyph, text in _MEANING.findall(meaning)
    }


def _meanings(stream: Stream) -> Mapping[int, str]:
    """Read what the glyphs of a font mean."""
    packing = stream.head.get("/Filter")
    return _read_map(bytes(stream.raw), packing if isinstance(packing, str) else None)


@lru_cache(maxsize=32)
def _widths(written: bytes) -> Mapping[int, float]:
    """Read the widths of glyphs: the first of a run, then an array with the widths of the run."""
    runs = items(parse_dictionary(written), "/W")
    widths: dict[int, float] = {}
    for first, run in zip(runs[::2], runs[1::2], strict=False):
        if type(first) is not int or not isinstance(run, list) or first + len(run) > 65_536:
            raise Objection(say("the widths of a font are not written as ours are"))
        for glyph, width in enumerate(run, first):
            if not isinstance(width, int | float):
                raise Objection(say("the widths of a font are not written as ours are"))
            widths[glyph] = float(width)
    return widths


def _written(update: Update, number: int) -> bytes:
    return update.section.plain.get(number) or update.body.section.plain.get(number, b"null")


def _stream(update: Update, number: int) -> Stream:
    stream = update.section.streams.get(number) or update.body.section.streams.get(number)
    if stream is None:
        raise Objection(say("object {number} is not in the body", number=number))
    return stream


def read_resources(update: Update, number: int) -> tuple[dict[str, Font], dict[str, Mapping[str, Value]]]:
    """Read the fonts and graphics states of a page, by name."""
    resources = dict(parse_dictionary(update.section.plain[number]))
    for key, value in resources.items():
        if update.is_new(value):
            resources[key] = parse(update.section.plain[reference(value)])
    fonts, states = resources.get("/Font", {}), resources.get("/ExtGState", {})
    assert isinstance(fonts, dict), "examined before"
    assert isinstance(states, dict), "examined before"
    return (
        {name: read_font(update, font) for name, font in fonts.items()},
        {name: state for name, state in states.items() if isinstance(state, dict)},
    )
