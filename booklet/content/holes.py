"""Keys that are needed and missing, or written with nothing after them (M102)."""

from __future__ import annotations

import re
from functools import cache, partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, RootModel

from booklet.content.document import Document, first_line
from booklet.content.model.base import Model
from booklet.content.model.fields import Key, keys_of, model_at
from booklet.content.raw import is_blank
from booklet.content.schema_rules import missing_key
from booklet.content.spelling import french_key
from booklet.content.yaml.nodes import Mapping, Node, Sequence
from booklet.diagnostics.diagnostic import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from booklet.content.model.fields import KeyPath
    from booklet.content.yaml.findings import Findings
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Span


#: what has no keys; of a text, pydantic takes long to say that it is no model
_SCALARS = (str, int, NoneType)


class Holes:
    """The search for keys that are needed and missing, or written with nothing after them (M102)."""

    def __init__(
        self, document: Document[Any], suggested: set[KeyPath], findings: Findings, *, ready: bool
    ) -> None:
        self.document, self.suggested, self.ready = document, suggested, ready
        #: those after the last that is reported are counted, not made
        self.findings = findings

    def find(self, node: Node | None, value: Any, path: KeyPath) -> Iterator[Diagnostic]:
        """Go down the values and their nodes together; what was not written has no node, and no keys to miss."""
        if isinstance(value, RootModel):
            yield from self.find(node, value.root, path)
        elif isinstance(value, BaseModel):
            # one amount stands for a whole estimate: there are no keys to miss in a scalar
            if isinstance(node, Mapping) and path not in self.document.broken:
                yield from self._find_in_group(node, value, path)
        elif isinstance(value, tuple) and isinstance(node, Sequence):
            # a list of words with one that cannot be read was taken out whole: it is shorter than what was written
            for index, (below, item) in enumerate(zip(node.items, value, strict=False)):
                if isinstance(item, BaseModel):
                    yield from self.find(below, item, (*path, index))
        elif isinstance(value, dict) and isinstance(node, Mapping):
            # a key may be read as a day or a year: its text is found again
            by_text = {str(key): item for key, item in value.items()}
            for entry, below in node.entries:
                if isinstance(item := by_text.get(entry.text.strip()), BaseModel):
                    yield from self.find(below, item, (*path, entry.text))

    def _find_in_group(self, node: Mapping, group: BaseModel, path: KeyPath) -> Iterator[Diagnostic]:
        written = {key.text: below for key, below in node.entries}
        #: keys that are not there, by whether the file may do without them for now: one finding for each kind
        missing: dict[bool, list[tuple[str, Key]]] = {}
        for key, declared in _keys_with_holes(type(group)):
            value, needed = getattr(group, declared.attribute), declared.needed
            # a key with a default can be written and left empty
            if needed == "alone" and isinstance(group, Model) and key in group.implied:
                continue
            if needed and ((needed != "written" and _is_empty(value)) or is_blank(written.get(key))):
                here, draft = (*path, key), needed != "always" and not self.ready
                if here in self.suggested or self.document.is_broken(*here):
                    continue
                if key in written:
                    span = partial(self.document.key_span, *here)
                    yield from self._report(span, [(key, declared)], draft=draft)
                else:
                    missing.setdefault(draft, []).append((key, declared))
            elif not isinstance(value, _SCALARS):
                yield from self.find(written.get(key), value, (*path, key))
        for draft, keys in missing.items():
            yield from self._report(partial(first_line, self.document.source, node), keys, draft=draft)

    def _report(
        self, place: Callable[[], Span], keys: list[tuple[str, Key]], *, draft: bool
    ) -> Iterator[Diagnostic]:
        if self.findings.is_full:
            self.findings.count(Severity.INFORMATION if draft else Severity.ERROR)
            return
        span = place()
        after = self.document.source.lines[span.end.line - 1][span.end.column - 1 :]
        yield from missing_key(
            span,
            {key: declared.description for key, declared in keys},
            draft=draft,
            comment=_begins_a_colour(after),
        )


def name_hidden(model: type[BaseModel], words: frozenset[str] | None) -> frozenset[str] | None:
    """The keys that faults of syntax may hide, also where the words found there are French."""
    if not words:
        return words
    groups = (model_at(model, path) for key in keys_of(model) for path in ((key,), (key, 0)))
    models = (model, *(group for group in groups if group is not None))
    meant = (french_key(word, keys_of(one)) for word in words for one in models)
    return words.union(key for key in meant if key is not None)


@cache
def _keys_with_holes(model: type[BaseModel]) -> tuple[tuple[str, Key], ...]:
    """List the keys that are needed or may be groups: of 30 000 lists, each key that is looked at takes long."""
    return tuple(
        (key, declared)
        for key, declared in keys_of(model).items()
        if declared.needed or declared.read is None or declared.is_list
    )


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, (str, tuple, dict)) and not value)


def _begins_a_colour(after_key: str) -> bool:
    """Check whether a colour follows a key, which its `#` makes a comment."""
    return re.match(r"""["']?\s*:\s+#[0-9a-fA-F]{6}\b""", after_key) is not None
