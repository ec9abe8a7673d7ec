"""Lists → the phrases that no text of a neutral booklet may hold: names of lists and of those who head them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from booklet.checks.words import Phrase, Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.content.model.lists import ElectoralList

#: a shorter name of a list is an ordinary phrase, and is looked for only after the word « liste »
NAME_WORDS = 3
#: what is longer is no name, and is not looked for
HEAD_WORDS = 20


def index_names(lists: Sequence[ElectoralList]) -> Phrases:
    """Index the names of lists, and those of their heads with given name and surname in either order."""
    names = ((one.name, _phrase_of_name) for one in lists)
    return Phrases.of(chain(names, ((one.head, _phrases_of_head) for one in lists if one.head)))


def _phrase_of_name(text: str) -> Iterator[Phrase]:
    name = Phrase.of(text)
    if name.words:
        yield name if len(name.words) >= NAME_WORDS else name.after("liste")


def _phrases_of_head(text: str) -> Iterator[Phrase]:
    head = Phrase.of(text)
    if 2 <= len(head.words) <= HEAD_WORDS:
        for split in range(len(head.words)):
            yield Phrase((*head.words[split:], *head.words[:split]), frozenset(), text)
