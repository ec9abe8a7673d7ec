"""A word that nobody knows → the known one that its author most likely meant."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from booklet.content.model.fields import Key

#: keys for the name of a thing: a model has one of them, and authors often type another
_NAMING_KEYS = ("label", "title", "name")


#: comparing longer words takes too long
_LONGEST = 40
#: how many known words are all compared; of more, how many for each order and side
_FEW, _NEIGHBOURS = 16, 2
#: the ratio from which on a word may be meant: `titel` has 0.8 of `title`, `constat` 0.67 of `costs`
_ALIKE = 0.7
#: letters from which on the beginning of a word is that word
_BEGUN = 4


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that the author most likely meant, by its letters."""
    return _nearest(word.lower(), tuple(known)) if len(word) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    folded, orders, by_letters = _index(known)
    if word in folded:
        return folded[word]
    first = bisect_left(orders[0], word)
    begun = [known for known in orders[0][first : first + 2] if known.startswith(word)]
    swapped = by_letters.get("".join(sorted(word)), [])
    if len(meant := (begun if len(word) >= _BEGUN else []) or swapped) == 1:
        return folded[meant[0]]
    matcher = SequenceMatcher(b=word)
    bounds = []
    for candidate in _candidates(word, folded, orders):
        matcher.set_seq1(candidate)
        bounds.append((matcher.quick_ratio(), candidate))
    best = (_ALIKE, "")
    for bound in sorted(bounds, reverse=True):
        if (
            bound <= best
        ):  # of words with many letters alike, the ratio takes a hundred times as long as its bound
            break
        matcher.set_seq1(bound[1])
        best = max(best, (matcher.ratio(), bound[1]))
    return folded.get(best[1])


@lru_cache(maxsize=16)
def _index(
    known: tuple[str, ...],
) -> tuple[dict[str, str], tuple[list[str], list[str]], dict[str, list[str]]]:
    """Known words by their folded letters, these in order from the first letter and from the last, and by letters."""
    folded = {candidate.lower(): candidate for candidate in known if len(candidate) <= 2 * _LONGEST}
    by_letters: dict[str, list[str]] = {}
    for word in folded:
        by_letters.setdefault("".join(sorted(word)), []).append(word)
    return folded, (sorted(folded), sorted(word[::-1] for word in folded)), by_letters


def _candidates(word: str, folded: Mapping[str, str], orders: tuple[list[str], list[str]]) -> Iterable[str]:
    """Choose the known words to compare: all, or of many those that begin or end most like the word."""
    if len(folded) <= _FEW:
        return folded
    chosen: dict[str, None] = {}
    for order, written, step in zip(orders, (word, word[::-1]), (1, -1), strict=True):
        at = bisect_left(order, written)
        near = order[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]
        chosen |= dict.fromkeys(one[::step] for one in near)
    return chosen


def nearest_key(word: str, keys: Mapping[str, Key], value: str = "") -> str | None:
    """Find the key that the author most likely meant: by a French word, by letters, or as another naming key."""
    french = french_key(word, keys, value)
    names = (key for key in _NAMING_KEYS if key in keys and word.lower() in _NAMING_KEYS)
    return french or nearest(word, keys) or next(names, None)


def french_key(word: str, keys: Mapping[str, Key], value: str = "") -> str | None:
    """Find the key that a French word stands for.

    Of keys that share a word (`prix`), the one that has the value among its words (`ht`), else one without.
    """
    letters = _fold(word[: 2 * _LONGEST])
    french = [key for key, declared in keys.items() if letters in map(_fold, declared.french)]
    french.sort(key=lambda key: (value.lower() not in keys[key].words, bool(keys[key].words)))
    return next(iter(french), None)


def is_translation(word: str, key: str, declared: Key) -> bool:
    """Check whether a word means a key and nothing else: the key in other letters, or a French word for it."""
    return _fold(word) in {_fold(one) for one in (key, *set(declared.french) - declared.loose)}


@lru_cache(maxsize=4096)
def _fold(word: str) -> str:
    """Letters only, in lower case without accents: `Maître d'ouvrage` and `maitre_douvrage` are one word."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", word).casefold()))
