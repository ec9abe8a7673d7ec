"""The fonts of a process, those of the booklet, whatever the environment says; and the characters that they print."""

from __future__ import annotations

import os
import re
import struct
import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from booklet.cache.digests import digest_files
from booklet.installation import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: how the variables begin by which Fontconfig, FreeType, HarfBuzz and Pango choose and shape letters
_VARIABLES = ("FONTCONFIG_", "FC_", "FREETYPE_", "HB_", "PANGO", "GDK_")
_FILE = "FONTCONFIG_FILE"
#: plain letters, which every font has; spaces, which are made; what is never drawn (Default_Ignorable_Code_Point)
_NOT_LOOKED_FOR = re.compile(
    r"[\t\n\r -~\x85\u034f\u061c\u1680\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)


@cache
def set_fonts(settings: str) -> None:
    """Set the fonts of this process, once, before WeasyPrint is imported."""
    assert set_fonts.cache_info().currsize == 0, "one process renders with one set of fonts"
    for name in list(os.environ):
        if name.startswith(_VARIABLES):
            del os.environ[name]
    os.environ[_FILE] = settings


def fonts_in_use() -> str | None:
    """The settings that this process renders with; None where it has rendered nothing yet."""
    return os.environ.get(_FILE) if set_fonts.cache_info().currsize else None


def find_unprintable(characters: Iterable[str], root: Path) -> list[str]:
    """The characters that no font of a workspace has, in their order, but those that are drawn without a glyph."""
    unusual = [one for one in characters if not _NOT_LOOKED_FOR.fullmatch(one)]
    printed = _read_characters(_font_files(root)) if unusual else None
    # where a font cannot be read, layout says so
    return (
        []
        if printed is None
        else [one for one in unusual if unicodedata.normalize("NFC", one) not in printed]
    )


def digest_fonts(root: Path) -> str:
    """Digest the fonts of a workspace."""
    return digest_files((path.name, path) for path in _font_files(root))


def _font_files(root: Path) -> tuple[Path, ...]:
    """The fonts of the workspace's own templates, or of ours."""
    own = root / "templates" / "fonts"
    is_own = own.is_dir() and not own.is_symlink() and not own.parent.is_symlink()
    return tuple(sorted((own if is_own else TEMPLATES / "fonts").glob("*.[ot]tf")))


@cache
def _read_characters(files: tuple[Path, ...]) -> frozenset[str] | None:
    """All characters that fonts have a glyph for; None where one of the fonts cannot be read."""
    try:
        return frozenset(chr(code) for path in files for code in _read_codes(path.read_bytes()))
    except (OSError, struct.error, LookupError, ValueError):
        return None


def _read_codes(font: bytes) -> Iterator[int]:
    """Read the characters of a font (OpenType, `cmap`), from tables of the two usual formats: 4 and 12."""

    def read(place: int, kind: str, count: int = 1) -> tuple[int, ...]:
        return struct.unpack_from(f">{count}{kind}", font, place)

    tables = (struct.unpack_from(">4s4xL4x", font, 12 + 16 * row) for row in range(*read(4, "H")))
    home: int = dict(tables)[b"cmap"]
    for row in range(*read(home + 2, "H")):
        start = home + read(home + 8 + 8 * row, "L")[0]
        if read(start, "H") == (4,):
            count = read(start + 6, "H")[0] // 2
            ends = read(start + 14, "H", count)
            firsts, steps, ways = (read(start + 16 + 2 * count * part, "H", count) for part in (1, 2, 3))
            for segment, (first, last, step, way) in enumerate(zip(firsts, ends, steps, ways, strict=True)):
                glyphs = start + 16 + 6 * count + 2 * segment + way
                for code in range(first, last + 1):
                    glyph = read(glyphs + 2 * (code - first), "H")[0] if way else code + step
                    if glyph % 0x10000:
                        yield code
        elif read(start, "H") == (12,):
            for group in range(*read(start + 12, "L")):
                first, last, _ = read(start + 16 + 12 * group, "L", 3)
                yield from range(first, min(last, sys.maxunicode) + 1)
