"""The fonts of a process: those of the booklet, whatever the environment says."""

from __future__ import annotations

import os
from functools import cache

#: how the variables begin by which Fontconfig, FreeType, HarfBuzz and Pango choose and shape letters
_VARIABLES = ("FONTCONFIG_", "FC_", "FREETYPE_", "HB_", "PANGO", "GDK_")
_FILE = "FONTCONFIG_FILE"


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
