"""The words and figures of the file that `new` writes, which are examples and no content (M110).

They are read from the templates of every language, as uncommenting makes them, so that a change there is known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from booklet.content.decode import decode
from booklet.content.document import walk
from booklet.content.model.fields import groups_in, keys_of
from booklet.content.model.proposal import CostLine, Proposal
from booklet.content.scalars import read_prose, read_text
from booklet.content.template import uncomment, write_skeleton
from booklet.content.yaml.nodes import Scalar, Sequence
from booklet.content.yaml.parse import parse
from booklet.installation import TEMPLATES
from booklet.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.document import Document
    from booklet.content.model.base import Model
    from booklet.content.model.fields import KeyPath

#: the figures of a group that are examples where all of them are those of the template
_FIGURES = {
    "CostLine": ("unit_cost",),
    "Beneficiaries": ("number",),
    "Funding": ("share",),
    "Effect": ("baseline", "target"),
}
#: words from which on a whole sentence is found inside a longer text
_SENTENCE = 5
#: what people write for a text that they mean to write
_LATER = re.compile(
    r"(?i)(?:…|\.{2,}|\?+|x{3,}|todo|tbd|à (?:compléter|définir|préciser|venir|rédiger)|lorem ipsum\b.*)[.!]?"
)


@dataclass(frozen=True, slots=True)
class Samples:
    """What the templates hold for an example."""

    #: whole texts, of two words or more, and their sentences
    texts: frozenset[str]
    sentences: tuple[str, ...]
    figures: frozenset[tuple[str, tuple[object, ...]]]


def find_samples(document: Document[Any], groups: Iterable[tuple[KeyPath, Model]]) -> Iterator[KeyPath]:
    """The paths of texts and figures that are examples, and of texts that say that they are still to be written."""
    samples = _read_samples()
    whole = _fold(document.source.text)
    has_words = any(text in whole for text in samples.texts) or any(one in whole for one in samples.sentences)
    for path, group in groups:
        for key, text in _texts(group):
            is_later = len(text) <= 40 and _LATER.fullmatch(text.strip())
            if is_later or (has_words and _is_sample(_fold(text), samples)):
                yield from _places(document, (*path, key), text)
        kind = _kind(group)
        keys = _FIGURES.get(kind, ())
        if keys and (kind, tuple(getattr(group, key) for key in keys)) in samples.figures:
            yield (*path, keys[0])


def _is_sample(text: str, samples: Samples) -> bool:
    return text in samples.texts or any(sentence in text for sentence in samples.sentences)


def _places(document: Document[Any], path: KeyPath, text: str) -> Iterator[KeyPath]:
    """The path of a text: that of its item, where it stands in a list."""
    node = walk(document.node, path)[0]
    if isinstance(node, Scalar):
        yield path
        return
    for index, item in enumerate(node.items if isinstance(node, Sequence) else ()):
        if isinstance(item, Scalar) and item.text == text:
            yield (*path, index)


@cache
def _read_samples() -> Samples:
    """Read the templates of every language, uncommented."""
    texts: set[str] = set()
    figures: set[tuple[str, tuple[object, ...]]] = set()
    for language in LANGUAGES.values():
        parsed = parse("new.yaml", uncomment(write_skeleton("", None, TEMPLATES, language)).encode())
        assert parsed.root is not None
        for _, group in groups_in(decode(Proposal, parsed.source, parsed.root)[0].value):
            texts |= {_fold(text) for _, text in _texts(group)}
            kind = _kind(group)
            keys = _FIGURES.get(kind, ())
            figures |= {(kind, tuple(getattr(group, key) for key in keys))} if keys else set()
    sentences = {
        sentence for text in texts for sentence in re.split(r"(?<=\.)\s", text) if sentence.endswith(".")
    }
    return Samples(
        frozenset(text for text in texts if " " in text),
        tuple(sorted(sentence for sentence in sentences if len(sentence.split()) >= _SENTENCE)),
        frozenset(figures),
    )


def _kind(group: Model) -> str:
    return CostLine.__name__ if isinstance(group, CostLine) else type(group).__name__


def _texts(group: Model) -> Iterator[tuple[str, str]]:
    """The texts of a group, and those of its lists, by key."""
    for key, declared in keys_of(type(group)).items():
        value = getattr(group, declared.attribute)
        if declared.read in (read_text, read_prose) and value:
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    yield key, text


def _fold(text: str) -> str:
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split())
