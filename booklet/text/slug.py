"""Names in lower case ASCII, as file names and ids are."""

from __future__ import annotations

import unicodedata

#: names of devices on Windows, which no file there may have, whatever its ending
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


def slugify(text: str) -> str:
    """Write a name in ascii lower case words joined by `-`, as file names and ids are."""
    ascii_text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    letters = "".join(character for character in ascii_text if not unicodedata.combining(character))
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in letters.lower()).split()
    return "-".join(words)


def file_name(slug: str) -> str:
    """Make a slug the name of a file on any system: that of a device gets a mark that no slug has."""
    return f"{slug}_" if slug in _DEVICES else slug
