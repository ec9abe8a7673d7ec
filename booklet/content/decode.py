"""3. Nodes → model, every fault with its span.

pydantic checks the shape of the data, from raw strings; each entry of its `ValidationError` becomes a diagnostic at the
node of its location. What could not be read is taken out and the rest validated again, so that one unreadable field
leaves a hole (`Document.is_broken`) instead of hiding every other fault.
"""

from __future__ import annotations

import re
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any, Generic, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from booklet.content.corrections import place, propose
from booklet.content.document import Document, ModelType, first_line, walk
from booklet.content.french_words import value_of
from booklet.content.model.fields import keys_of, model_at
from booklet.content.raw import is_blank, raw_data, raw_shape
from booklet.content.scalars import kind_of
from booklet.content.schema_rules import (
    bad_amount,
    bad_date,
    missing_key,
    range_order,
    unknown_key,
    wrong_type,
)
from booklet.content.spelling import nearest, nearest_key
from booklet.content.yaml.findings import Findings
from booklet.content.yaml.flow_commas import cut_at_commas
from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.limits import ENTRIES, FINDINGS
from booklet.diagnostics.message import quote_all, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from booklet.content.model.fields import KeyPath
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source, Span


def decode(
    model: type[ModelType], source: Source, root: Node, *, hidden: frozenset[str] | None = None
) -> tuple[Document[ModelType], tuple[Diagnostic, ...]]:
    """Read a tree as a model; a document comes back whatever the faults, with holes where reading failed.

    The missing keys of a proposal are errors where its file says `status: ready`, else information. `hidden`: as
    `Document.hidden`.
    """
    reading = _Reading(model, source, root)
    value = reading.read()
    document = Document(value, root, source, frozenset(reading.broken), hidden=hidden)
    ready = getattr(value, "status", None) == "ready"
    findings = reading.findings
    for name in ("costs", "revenues"):
        for index in range(len(getattr(value, name, ()))):
            findings.add(range_order(document, name, index, "unit_cost"))
    findings.add(_Holes(document, reading.suggested, findings, ready=ready).find(root, value, ()))
    # one amount stands for low, central and high: its fault is found three times and reported once
    unique = {diagnostic.order: diagnostic for diagnostic in findings.all}
    return document, tuple(unique[order] for order in sorted(unique))


# --- validation that goes on after a fault -----------------------------------------------------------------------

#: rules that a reader's fault names by code
_FAULTS = {"M103": wrong_type, "M104": bad_amount, "M105": bad_date}
_GROUP, _LIST, _TEXT = say("a group of keys"), say("a list"), say("a text")
#: what pydantic expected, by the type of its error
_SHAPES = {
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "mapping_type": _GROUP,
    "dict_type": _GROUP,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "string_type": _TEXT,
}


class _Reading(Generic[ModelType]):
    """One file being read: its raw data, which shrinks until it validates, and the faults found on the way."""

    def __init__(self, model: type[ModelType], source: Source, root: Node) -> None:
        self.model, self.source, self.root = model, source, root
        self.findings = Findings(source.path)
        #: paths of what could not be read
        self.broken: set[KeyPath] = set()
        #: paths of the keys that misspelt ones were meant to be: these are not reported missing as well
        self.suggested: set[KeyPath] = set()
        self._raw = raw_data(root, model, (), self.broken)

    def read(self) -> ModelType:
        """Validate; after each failure report every fault, take out what it names, and validate what is left."""
        self.findings.add(cut_at_commas(self.source, self.root, self.broken))
        for path in sorted(self.broken, key=len, reverse=True):
            self._take_out(path)
        if isinstance(self._raw, (dict, list)) and len(self._raw) > ENTRIES:
            return self._validate_table()
        return self._validate()

    def _validate_table(self) -> ModelType:
        """Validate a table in parts; of more faults than are reported, those of the later parts are counted.

        Each fault that pydantic makes takes a kilobyte, and a table may have a million.
        """
        is_group = isinstance(self._raw, dict)
        entries = list(self._raw.items()) if is_group else self._raw
        kept, found, others = len(entries), 0, 0
        values: list[Any] = []
        for start in range(0, len(entries), FINDINGS):
            part = entries[start : start + FINDINGS]
            try:
                values.append(self.model.model_validate(dict(part) if is_group else part))
            except ValidationError as error:
                if found > FINDINGS:
                    kept, others = min(kept, start), others + error.error_count()
                found += error.error_count()
        if not found and issubclass(self.model, RootModel):
            roots = (value.root for value in values)
            whole = (
                {key: item for root in roots for key, item in root.items()}
                if is_group
                else tuple(chain(*roots))
            )
            return self.model.model_construct(whole)
        self._raw = dict(entries[:kept]) if is_group else entries[:kept]
        value = self._validate()
        if others:
            self.findings.count(Severity.ERROR, others)
            self.broken.add(())
        return self._nothing() if others else value

    def _validate(self) -> ModelType:
        taken: set[KeyPath] = set()
        while () not in self.broken:
            try:
                return self.model.model_validate(self._raw)
            except ValidationError as error:
                entries = error.errors(include_url=False, include_input=False)
            paths = [self._report(entry) for entry in entries]
            for path in paths:
                self._take_out(path)
            assert not taken.issuperset(paths), f"what stands at {paths} cannot be taken out"
            taken.update(paths)
        return self._nothing()

    def _nothing(self) -> ModelType:
        """The value of a file of the wrong shape: no keys, or no items."""
        root: Any = self.model.model_fields["root"].annotation if issubclass(self.model, RootModel) else None
        return self.model.model_validate(() if get_origin(root) is tuple else {})

    def _report(self, entry: ErrorDetails) -> KeyPath:
        """Report one entry of pydantic's error, and return the path of the value that it names."""
        location = entry["loc"]
        at_key = location[-1:] == ("[key]",)
        node, key, path = walk(self.root, location[:-1] if at_key else location)
        kind, context = entry["type"], entry.get("ctx", {})
        if kind != "extra_forbidden":
            self.broken.add(path)
        if self.findings.is_full:
            self.findings.count(Severity.ERROR)
        elif kind == "extra_forbidden":
            assert key is not None
            self.findings.add(self._find_unknown_key(key, path))
        else:
            span = span_of(self.source, key if at_key and key is not None else node)
            if kind == "fault":
                hints = (place(hint, self.source, node) for hint in context["hints"])
                self.findings.add(_FAULTS[context["code"]](span, context["message"], *hints))
            elif kind == "literal_error":
                words = context["expected"].replace(" or ", ",").split(",")
                self.findings.add(
                    self._find_unknown_word(node, span, tuple(word.strip("' ") for word in words))
                )
            else:
                self.findings.add(self._find_wrong_shape(node, kind))
        return path

    def _find_unknown_key(self, key: Scalar, path: KeyPath) -> Iterator[Diagnostic]:
        model = model_at(self.model, path[:-1])
        known = keys_of(model) if model is not None else {}
        if close := nearest_key(key.text, known):
            self.suggested.add((*path[:-1], close))
        alone = not self.source.text[key.end :].lstrip().startswith(":")
        return unknown_key(self.source.span(key.start, key.end), key.text, known, alone=alone)

    def _find_unknown_word(self, node: Node, span: Span, expected: tuple[str, ...]) -> Iterator[Diagnostic]:
        message = say(
            "found {found}, expected one of {words}",
            found=kind_of(raw_shape(node)),
            words=quote_all(expected),
        )
        if not isinstance(node, Scalar):
            return wrong_type(span, message)
        meant = value_of(node.text, expected)
        close = meant or nearest(node.text, expected)
        hints = [place(propose(close, is_safe=bool(meant)), self.source, node)] if close else []
        return wrong_type(span, message, *hints)

    def _find_wrong_shape(self, node: Node, kind: str) -> Iterator[Diagnostic]:
        hints = []
        if kind == "tuple_type" and isinstance(node, Scalar):
            text = node.text.strip()[:40]
            hints.append(say("write `[{text}]`, or one item per line after `- `", text=text))
        found = _TEXT if isinstance(node, Scalar) else kind_of(raw_shape(node))
        expected = _SHAPES.get(kind, say("another kind of value"))
        message = say("found {found}, expected {expected}", found=found, expected=expected)
        return wrong_type(first_line(self.source, node), message, *hints)

    def _take_out(self, path: KeyPath) -> None:
        """Take the value at a path out of the raw data.

        An item of a list of groups becomes a group without keys, so that indexes hold; a list of words with one that
        cannot be read is taken out whole.
        """
        parents = [self._raw]
        for step in path[:-1]:
            try:
                parents.append(parents[-1][step])
            except (KeyError, IndexError, TypeError):
                return
        for depth in range(len(path) - 1, -1, -1):
            parent, step = parents[depth], path[depth]
            if isinstance(parent, dict):
                parent.pop(step, None)
                return
            if isinstance(parent, list) and isinstance(step, int) and model_at(self.model, path[: depth + 1]):
                parent[step] = {}
                return


# --- holes -------------------------------------------------------------------------------------------------------


#: what has no keys; of a text, pydantic takes long to say that it is no model
_SCALARS = (str, int, NoneType)


class _Holes:
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
        for key, declared in keys_of(type(group)).items():
            value, needed = getattr(group, declared.attribute), declared.needed
            # a key with a default can be written and left empty
            if needed and ((needed != "written" and _is_empty(value)) or is_blank(written.get(key))):
                here, draft = (*path, key), needed != "always" and not self.ready
                if here in self.suggested or self.document.is_broken(*here):
                    continue
                if self.findings.is_full:
                    self.findings.count(Severity.INFORMATION if draft else Severity.ERROR)
                else:
                    yield from self._report(node, written.get(key), here, draft=draft)
            elif not isinstance(value, _SCALARS):
                yield from self.find(written.get(key), value, (*path, key))

    def _report(
        self, group: Mapping, below: Node | None, path: KeyPath, *, draft: bool
    ) -> Iterator[Diagnostic]:
        source = self.document.source
        span = first_line(source, group) if below is None else self.document.key_span(*path)
        comment = below is not None and _begins_a_colour(
            source.lines[span.end.line - 1][span.end.column - 1 :]
        )
        yield from missing_key(span, str(path[-1]), draft=draft, comment=comment)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, (str, tuple, dict)) and not value)


def _begins_a_colour(after_key: str) -> bool:
    """Check whether a colour follows a key, which its `#` makes a comment."""
    return re.match(r"""["']?\s*:\s+#[0-9a-fA-F]{6}\b""", after_key) is not None
