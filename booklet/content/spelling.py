"""A word that nobody knows → the known one that its author most likely meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from booklet.content.french_keys import from_french

if TYPE_CHECKING:
    from collections.abc import Iterable

#: keys that say what a thing is called: a group has one of them, and authors take another
_NAMING_KEYS = ("label", "title", "name")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that the author most likely meant."""
    known = tuple(known)
    folded = {candidate.lower(): candidate for candidate in known}
    if word.lower() in folded:
        return folded[word.lower()]
    found = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def nearest_key(word: str, known: Iterable[str]) -> str | None:
    """Find the key that the author most likely meant, in French too."""
    known = tuple(known)
    names = (key for key in _NAMING_KEYS if key in known and word.lower() in _NAMING_KEYS)
    return from_french(word, known) or nearest(word, known) or next(names, None)
