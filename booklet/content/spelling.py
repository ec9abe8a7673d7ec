"""A word that nobody knows → the known one that its author most likely meant."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from booklet.content.model.fields import Key

#: keys for the name of a thing: a model has one of them, and authors often type another
_NAMING_KEYS = ("label", "title", "name")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that the author most likely meant, by its letters."""
    folded = {candidate.lower(): candidate for candidate in known}
    if word.lower() in folded:
        return folded[word.lower()]
    found = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def nearest_key(word: str, keys: Mapping[str, Key]) -> str | None:
    """Find the key that the author most likely meant: by a French word, by letters, or as another naming key."""
    letters = _fold(word)
    french = (key for key, declared in keys.items() if letters in map(_fold, declared.french))
    names = (key for key in _NAMING_KEYS if key in keys and word.lower() in _NAMING_KEYS)
    return next(french, None) or nearest(word, keys) or next(names, None)


def _fold(word: str) -> str:
    """Letters only, in lower case without accents: `Maître d'ouvrage` and `maitre_douvrage` are one word."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", word).casefold()))
