"""What the texts of a neutral booklet must not hold: the names of lists and of those who head them, as phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.words import Phrase, Phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.model.lists import ElectoralList

#: a list's name of fewer words is an ordinary phrase, and counts only after the word « liste »
NAME_WORDS = 3


def names_on(lists: Iterable[ElectoralList]) -> Phrases:
    """Index the names of lists, and of their heads in every order that a reader would know."""
    return Phrases.of(_names(lists))


def _names(lists: Iterable[ElectoralList]) -> Iterator[Phrase]:
    for electoral_list in lists:
        name = Phrase.of(electoral_list.name)
        if len(name.words) >= NAME_WORDS:
            yield name
        elif name.words:
            yield name.after("liste")
        head = Phrase.of(electoral_list.head or "")
        if len(head.words) >= 2:
            for split in range(len(head.words)):
                words = (*head.words[split:], *head.words[:split])
                yield Phrase(words, frozenset(), head.shown)
