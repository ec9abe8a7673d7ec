"""Texts of two lists → whether they are one text, filled with each list's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: pairs of places that are tried, for texts of some thousand characters
_MAX_TRIED = 100_000


def reads_alike(one: str, own: Sequence[str], other: str, others: Sequence[str]) -> bool:
    """Check whether two texts are equal once the words of each are taken out, the same ones at the same places.

    A word may be empty, where a list has none. Words may also occur in the common text: every way of taking them out
    is tried, equal characters first.
    """
    pairs = [pair for pair in dict.fromkeys(zip(own, others, strict=True)) if pair[0] != pair[1]]
    waiting = [(0, 0)]
    tried = set(waiting)
    while waiting and len(tried) < _MAX_TRIED:
        here, there = waiting.pop()
        if here == len(one) and there == len(other):
            return True
        following = [
            (here + len(word), there + len(another))
            for word, another in pairs
            if one.startswith(word, here) and other.startswith(another, there)
        ]
        if here < len(one) and there < len(other) and one[here] == other[there]:
            following.append((here + 1, there + 1))
        for place in following:
            if place not in tried:
                tried.add(place)
                waiting.append(place)
    return False
