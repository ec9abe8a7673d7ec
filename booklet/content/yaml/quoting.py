"""A text → a scalar of one line, which YAML reads as exactly that text."""

from __future__ import annotations

import re

#: texts that YAML reads as they are, wherever they stand: at the start no mark, inside none that ends a text
PLAIN = re.compile(r"[^\W_](?:[\w %€’'.()/+-]*[\w%€.)])?")

#: characters that are not printed and need no escape: spaces of many widths, line breaks
_KEPT = "\u00a0\u2009\u202f\r\n"


def quote(text: str) -> str:
    """Write a text without quotes where nothing asks for them."""
    return text if PLAIN.fullmatch(text) else put_quotes(text)


def put_quotes(text: str) -> str:
    """Write a text between quotes: double ones, unless it holds what these would change.

    Line breaks stay as they are: YAML folds them as it does without quotes.
    """
    if all(character.isprintable() or character in _KEPT for character in text):
        return "'" + text.replace("'", "''") + "'" if re.search(r'["\\]', text) else f'"{text}"'
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() or character in _KEPT else f"\\U{ord(character):08x}"
