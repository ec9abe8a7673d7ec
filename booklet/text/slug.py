"""Names in lower case ASCII, as file names and ids are."""

from __future__ import annotations

import unicodedata


def slugify(text: str) -> str:
    """Write a name in ascii lower case words joined by `-`, as file names and ids are."""
    ascii_text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    letters = "".join(character for character in ascii_text if not unicodedata.combining(character))
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in letters.lower()).split()
    return "-".join(words)
