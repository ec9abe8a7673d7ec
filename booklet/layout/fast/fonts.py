"""A whole font is read once: its widths and its characters are the same in every document.

Relies on `build_fonts_dictionary` asking the font that it opens for these alone, and on nobody changing that font.
Needless once WeasyPrint keeps widths and characters of the fonts of a `FontConfiguration`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from weasyprint.pdf import fonts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.layout.fast import Attribute

TTFont: Any = fonts.TTFont


@dataclass(frozen=True, slots=True)
class _Glyph:
    width: float


class _Font(TTFont):  # type: ignore[misc]
    """A font that reads its glyphs where another of the same bytes has not done so."""

    def __init__(self, file: BytesIO, **options: Any) -> None:
        self._key = file.getvalue(), options.get("fontNumber", -1)
        super().__init__(file, **options)

    def getGlyphSet(self) -> Mapping[str, Any]:  # noqa: N802 (as fontTools calls it)
        return _read(*self._key)[0]

    def getBestCmap(self) -> Mapping[int, str]:  # noqa: N802
        return _read(*self._key)[1]

    def getGlyphID(self, glyphName: str) -> int:  # noqa: N802, N803
        return _read(*self._key)[2][glyphName]


@lru_cache(maxsize=32)
def _read(data: bytes, number: int) -> tuple[Mapping[str, Any], Mapping[int, str], Mapping[str, int]]:
    """Read the glyphs of a font, its characters, and the numbers of its glyphs."""
    font = TTFont(BytesIO(data), fontNumber=number)
    glyphs = {name: _Glyph(glyph.width) for name, glyph in font.getGlyphSet().items()}
    return glyphs, font.getBestCmap(), font.getReverseGlyphMap()


REPLACEMENTS: tuple[Attribute, ...] = ((fonts, "TTFont", _Font),)
