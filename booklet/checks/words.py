"""Texts → words without accents, case or punctuation, and the spans where a phrase occurs.

Neutrality rules look for names however they are typed: `Sophie CAMARD`, `sophie camard`, `Camard, Sophie`, with either
apostrophe, across a line break of the file, or with an invisible character in the middle. No phrase is found across
the end of a sentence, unless the phrase has one there itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from booklet.checks.spans import text_scalars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.content.document import Document
    from booklet.content.model.lists import ElectoralList
    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Span

#: letters and digits, with the marks and invisible characters that may stand inside a word
_INSIDE = "\u00ad\u0300-\u036f\u200b-\u200f\u2060-\u2064\ufeff"
_WORD = re.compile(f"[^\\W_](?:[^\\W_]|[{_INSIDE}])*")
_ASCII_WORD = re.compile(r"[0-9a-z]+")
_SENTENCE_END = re.compile(r"[.!?;:]|\n\s*\n|\r\n\s*\r\n")
#: combining marks, soft hyphens, zero-width and direction marks, and signs from compatibility forms (`¼` is `1⁄4`)
_NOT_LETTERS = re.compile(r"[\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
#: a shorter name of a list is an ordinary phrase, and is looked for only after the word « liste »
NAME_WORDS = 3
#: what is longer is no name, and is not looked for
HEAD_WORDS = 20


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Remove case, accents, ligatures and invisible characters from a word."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return _NOT_LETTERS.sub("", plain.translate(_LIGATURES))


@lru_cache(maxsize=200_000)
def fold_words(text: str) -> tuple[str, ...]:
    """Split a text into folded words."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(filter(None, map(fold, _WORD.findall(text))))


def words_of(document: Document[Any]) -> frozenset[str]:
    """The folded words of a file, keys and comments too: a word that is not among them is in none of its texts."""
    text = document.source.text
    if "\\" in text:  # letters of a quoted text may be written as escapes
        text = "\n".join(scalar.text for scalar in text_scalars(document))
    # no word contains a space; and proposals share most of their words, which the cache folds once
    return frozenset().union(*map(fold_words, set(text.split())))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to look for in texts."""

    #: folded
    words: tuple[str, ...]
    #: indexes of the words after which a sentence may end
    breaks: frozenset[int]
    #: the phrase in messages
    shown: str
    #: number of words at the start that must be there, and are left out of the span
    lead: int = 0

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Make a phrase from a text as typed."""
        found = list(_WORD.finditer(text))
        gaps = (text[a.end() : b.start()] for a, b in pairwise(found))
        breaks = frozenset(index for index, gap in enumerate(gaps) if _SENTENCE_END.search(gap))
        return cls(tuple(fold(match[0]) for match in found), breaks, text)

    def after(self, word: str) -> Phrase:
        """Require a word before the phrase, with a colon between the two or not."""
        return Phrase(
            (word, *self.words), frozenset({0, *(index + 1 for index in self.breaks)}), self.shown, 1
        )


PhraseMaker = Callable[[str], Iterable[Phrase]]


@dataclass(frozen=True)
class Phrases:
    """An index of texts; phrases are made of those alone whose words a file has."""

    by_longest_word: dict[str, list[tuple[str, PhraseMaker]]]

    @classmethod
    def of(cls, texts: Iterable[tuple[str, PhraseMaker]]) -> Phrases:
        """Index texts by their longest word, each with what makes its phrases."""
        index: dict[str, list[tuple[str, PhraseMaker]]] = {}
        for entry in dict.fromkeys(texts):
            longest = max(
                entry[0].split(), key=len, default=""
            )  # to fold all words of 30 000 lists takes long
            words = fold_words(longest) or fold_words(entry[0])
            index.setdefault(max(words, key=len, default=""), []).append(entry)
        return cls(index)

    def find(self, document: Document[Any], here: frozenset[str]) -> Iterator[tuple[Phrase, Span]]:
        """Find phrases in the texts of a document; of two that overlap, the longer; of two alike, the last.

        `here` are the words of its file (`words_of`): the texts of most files, which have no such phrase, are not read.
        """
        made = (
            phrase
            for word in sorted(here & self.by_longest_word.keys())
            for text, make in self.by_longest_word[word]
            if here.issuperset(fold_words(text))
            for phrase in make(text)
            if here.issuperset(phrase.words)
        )
        unique = {phrase.words: phrase for phrase in made}
        if not unique:
            return
        possible = sorted(unique.values(), key=lambda phrase: (-len(phrase.words), phrase.words))
        for scalar in text_scalars(document):
            yield from _find_in_scalar(document, scalar, possible)


def _find_in_scalar(
    document: Document[Any], scalar: Scalar, possible: Iterable[Phrase]
) -> Iterator[tuple[Phrase, Span]]:
    source = document.source
    written = source.text[scalar.start : scalar.end]
    precise = not (written.startswith('"') and "\\" in written)
    text = written if precise else scalar.text
    words = list(_WORD.finditer(text))
    folded = [fold(word[0]) for word in words]
    taken: set[int] = set()
    for phrase in possible:
        length = len(phrase.words)
        for first in range(len(words) - length + 1):
            if folded[first] != phrase.words[0] or tuple(folded[first : first + length]) != phrase.words:
                continue
            found = range(first, first + length)
            if not taken.isdisjoint(found) or not _is_one_sentence(text, words, first, phrase):
                continue
            taken.update(found)
            start, end = words[first + phrase.lead].start(), words[found[-1]].end()
            if precise:
                yield phrase, source.span(scalar.start + start, scalar.start + end)
            else:
                yield phrase, source.span(scalar.start, scalar.end)


def _is_one_sentence(text: str, words: list[re.Match[str]], first: int, phrase: Phrase) -> bool:
    for index in range(len(phrase.words) - 1):
        gap = text[words[first + index].end() : words[first + index + 1].start()]
        if index not in phrase.breaks and _SENTENCE_END.search(gap):
            return False
    return True


# --- names of lists -----------------------------------------------------------------------------------------------


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
