"""Lists → the phrases that no text of a neutral booklet may hold: names of lists and of those who head them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.words import Phrase, Phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.model.lists import ElectoralList

#: a shorter name of a list is an ordinary phrase, and is looked for only after the word « liste »
NAME_WORDS = 3
#: what is longer is no name, and is not looked for
HEAD_WORDS = 20


def index_names(lists: Iterable[ElectoralList]) -> Phrases:
    """Index the names of lists, and those of their heads with given name and surname in either order."""
    return Phrases.of(_names(lists))


def _names(lists: Iterable[ElectoralList]) -> Iterator[Phrase]:
    for electoral_list in lists:
        name = Phrase.of(electoral_list.name)
        if len(name.words) >= NAME_WORDS:
            yield name
        elif name.words:
            yield name.after("liste")
        head = Phrase.of(electoral_list.head or "")
        if 2 <= len(head.words) <= HEAD_WORDS:
            for split in range(len(head.words)):
                words = (*head.words[split:], *head.words[:split])
                yield Phrase(words, frozenset(), head.shown)
