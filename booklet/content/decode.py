"""3. Nodes → model, every fault with its span.

pydantic checks the shape of the data, from raw strings; each entry of its `ValidationError` becomes a diagnostic at the
node of its location. What could not be read is taken out and the rest validated again, so that one unreadable field
leaves a hole (`Document.is_broken`) instead of hiding every other fault.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, get_origin

from pydantic import RootModel, ValidationError
from pydantic_core import PydanticCustomError

from booklet.content.corrections import (
    dash_items,
    place,
    propose,
    quote_pair,
    type_plainly,
)
from booklet.content.document import Document, ModelType, first_line, walk
from booklet.content.french_words import value_in, value_of
from booklet.content.holes import Holes, name_hidden
from booklet.content.id_hints import NO_TITLES, hint_id
from booklet.content.look_alikes import LookAlike, find_look_alike, reads
from booklet.content.model.fields import keys_of, model_at
from booklet.content.model.proposal import LINE_GROUPS
from booklet.content.raw import is_blank, phases_of, raw_data, raw_shape, replace_node, take_out
from booklet.content.scalars import is_slug, kind_of, read_money, read_prose, read_slug, read_text
from booklet.content.schema_rules import bad_amount, bad_date, range_order, unknown_key, wrong_type
from booklet.content.shape_hints import SHAPES, TEXT, group_instead, hint_group, hint_list, list_instead
from booklet.content.spelling import nearest, nearest_key
from booklet.content.unknown_keys import find_meant
from booklet.content.yaml.findings import Findings
from booklet.content.yaml.flow_commas import cut_at_commas
from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of
from booklet.content.yaml.syntax import not_plain
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.limits import ENTRIES, FINDINGS
from booklet.diagnostics.message import quote_all, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingType

    from pydantic_core import ErrorDetails

    from booklet.content.id_hints import Titles
    from booklet.content.model.fields import Key, KeyPath
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.message import Message
    from booklet.diagnostics.positions import Source, Span


def decode(
    model: type[ModelType],
    source: Source,
    root: Node,
    *,
    hidden: frozenset[str] | None = None,
    titles: Titles = NO_TITLES,
) -> tuple[Document[ModelType], tuple[Diagnostic, ...]]:
    """Read a tree as a model; a document comes back whatever the faults, with holes where reading failed.

    The missing keys of a proposal are errors where its file says `status: ready`, else information. `hidden`: as
    `Document.hidden`. `titles`: what the ids of other files name, for hints.
    """
    reading = _Reading(model, source, root, titles)
    value = reading.read()
    document = Document(
        value, reading.root, source, frozenset(reading.broken), hidden=name_hidden(model, hidden)
    )
    ready = getattr(value, "status", None) == "ready"
    findings = reading.findings
    for name in LINE_GROUPS:
        for index, line in enumerate(getattr(value, name, ())):
            findings.add(range_order(document, line, name, index))
    findings.add(Holes(document, reading.suggested, findings, ready=ready).find(reading.root, value, ()))
    # one amount stands for low, central and high: its fault is found three times and reported once
    unique = {diagnostic.order: diagnostic for diagnostic in findings.all}
    return document, tuple(unique[order] for order in sorted(unique))


# --- validation that goes on after a fault -----------------------------------------------------------------------

#: rules that a reader's fault names by code
_FAULTS = {"M103": wrong_type, "M104": bad_amount, "M105": bad_date}


class _Reading(Generic[ModelType]):
    """One file being read: its raw data, which shrinks until it validates, and the faults found on the way."""

    def __init__(self, model: type[ModelType], source: Source, root: Node, titles: Titles) -> None:
        self.model, self.source, self.root, self.titles = model, source, root, titles
        self.findings = Findings(source.path)
        #: paths of what could not be read
        self.broken: set[KeyPath] = set()
        #: paths of the keys that misspelt ones were meant to be: these are not reported missing as well
        self.suggested: set[KeyPath] = set()
        #: by path, the list or group that a value of another shape was meant to be: it is read in its place
        self._instead: dict[KeyPath, Node] = {}
        self._raw = raw_data(root, model, (), self.broken)

    def read(self) -> ModelType:
        """Validate; after each failure report every fault, take out what it names, and validate what is left."""
        self.findings.add(cut_at_commas(self.source, self.root, self.broken))
        for path in sorted(self.broken, key=len, reverse=True):
            if path and (close := nearest_key(str(path[-1]), self._keys_beside(path))):
                self.suggested.add((*path[:-1], close))
            take_out(self._raw, path, self.model)
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
                take_out(self._raw, path, self.model)
            for path, node in self._instead.items():
                self.root = replace_node(self.root, path, node)
                self.broken.discard(path)
                self._read_at(path, node, {one for one in self.broken if one[: len(path)] == path})
            self._instead.clear()
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
            read = key if at_key and key is not None else node
            span = span_of(self.source, read)
            if found := self._find_look_alike(read, kind, context, () if at_key else path):
                code = context.get("code", "M103")
                self.findings.add(_FAULTS[code](found.span, found.message, found.hint))
            elif kind == "fault":
                hints = (
                    self._hint_plain(read, path, location) or self._hint_id(node, path) or context["hints"]
                )
                hints = tuple(place(hint, self.source, read) for hint in hints)
                self.findings.add(_FAULTS[context["code"]](span, context["message"], *hints))
            elif kind == "literal_error":
                words = context["expected"].replace(" or ", ",").split(",")
                self.findings.add(
                    self._find_unknown_word(node, span, path, tuple(word.strip("' ") for word in words))
                )
            else:
                self.findings.add(self._find_wrong_shape(node, kind, path))
        return path

    def _find_look_alike(
        self, node: Node, kind: str, context: dict[str, Any], path: KeyPath
    ) -> LookAlike | None:
        """Find what in a value is not what it seems, where it could be read but for that."""
        if not isinstance(node, Scalar) or kind not in ("fault", "literal_error"):
            return None
        declared = self._declared(path)
        if kind == "literal_error":
            return find_look_alike(self.source, node, lambda text: f"'{text}'" in context["expected"])
        read = declared.read if declared is not None and declared.read else read_slug
        if context["code"] == "M104":
            read = read_money
        return find_look_alike(self.source, node, reads(read))

    def _find_unknown_key(self, key: Scalar, path: KeyPath) -> Iterator[Diagnostic]:
        known = self._keys_beside(path)
        group, value = walk(self.root, path[:-1])[0], walk(self.root, path)[0]
        written = {one.text for one, _ in group.entries} if isinstance(group, Mapping) else set()
        meant = find_meant(self.source, key, value, known, written)
        if meant.key:
            self.suggested.add((*path[:-1], meant.key))
        if meant.key and meant.is_word:
            self._read_as(path, meant.key)
        alone = meant.key is None and not self.source.text[key.end :].lstrip().startswith(":")
        return unknown_key(
            meant.span, meant.shown, known, meant.hint, nearest_key(key.text, known), alone=alone
        )

    def _read_as(self, path: KeyPath, key: str) -> None:
        """Read a value as that of the key that was meant, so that the faults inside it are told in the same run."""
        node, meant = walk(self.root, path)[0], (*path[:-1], key)
        self.root = replace_node(self.root, path, node, key)
        below = {(*meant, *one[len(path) :]) for one in self.broken if one[: len(path)] == path}
        if not is_blank(node):
            self._read_at(meant, node, below)
        self.broken |= below

    def _read_at(self, path: KeyPath, node: Node, holes: set[KeyPath]) -> None:
        """Read a value at a path, without its holes."""
        parent = self._raw
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = raw_data(node, self.model, path, holes)
        for one in sorted(holes, key=len, reverse=True):
            take_out(self._raw, one, self.model)

    def _hint_plain(self, node: Node, path: KeyPath, location: KeyPath) -> tuple[Message, ...]:
        """What to type where a value can be read once its characters are those of the keyboard, or in quotes.

        One amount stands for a group, whose keys only `location` has.
        """
        declared = [self._declared(one) for one in (path, location)]
        read = next((one.read for one in declared if one is not None and one.read is not None), None)
        if isinstance(node, Mapping) and read in (read_text, read_prose):
            return quote_pair(self.source, node)
        if isinstance(node, Sequence) and read is read_prose and not node.flow:
            return (say("write `|` after the key: the items are then part of the text"),)
        if not isinstance(node, Scalar) or read is None or (plain := type_plainly(node.text)) == node.text:
            return ()
        try:
            read(plain)
        except PydanticCustomError:
            return ()
        return (propose(plain, is_safe=True),)

    def _hint_id(self, node: Node, path: KeyPath) -> tuple[Message, ...]:
        """What to type where the name of a thing stands in place of its id."""
        declared = self._declared(path)
        if declared is None or declared.names is None:
            return ()
        if isinstance(node, Mapping) and len(node.entries) == 1:  # `{id: marseille}`
            node = node.entries[0][1]
        if not isinstance(node, Scalar):
            return ()
        names = phases_of(self._raw) if declared.names == "phase" else self.titles.get(declared.names)
        if is_slug(node.text) and (names is None or node.text in names):
            return (say("write `{text}`", text=node.text),)
        if names is not None and (hints := hint_id(declared.names, node.text.strip(), names)):
            return hints
        return (say("write the id alone: lower case letters without accents, digits and `-`"),)

    def _declared(self, path: KeyPath) -> Key | None:
        """What is declared of the key that a value stands under, alone or in a list."""
        while path and isinstance(path[-1], int):
            path = path[:-1]
        model = model_at(self.model, path[:-1]) if path else None
        return keys_of(model).get(str(path[-1])) if model is not None else None

    def _find_unknown_word(
        self, node: Node, span: Span, path: KeyPath, expected: tuple[str, ...]
    ) -> Iterator[Diagnostic]:
        message = say(
            "found {found}, expected one of {words}",
            found=kind_of(raw_shape(node)),
            words=quote_all(expected),
        )
        if not isinstance(node, Scalar):
            return wrong_type(span, message)
        meant = value_of(type_plainly(node.text), expected)
        close = meant or value_in(node.text, expected) or nearest(node.text, expected)
        hints = [place(propose(close, is_safe=bool(meant)), self.source, node)] if close else []
        if not close and "€" in node.text and "unit_cost" in self._keys_beside(path):
            hints = [say("an amount stands after `{key}`", key="unit_cost")]
            self.suggested.add((*path[:-1], "unit_cost"))
        return wrong_type(span, message, *hints)

    def _keys_beside(self, path: KeyPath) -> MappingType[str, Key]:
        """The keys that the group of a value can have."""
        model = model_at(self.model, path[:-1])
        return keys_of(model) if model is not None else {}

    def _find_wrong_shape(self, node: Node, kind: str, path: KeyPath) -> Iterator[Diagnostic]:
        hints: tuple[Message, ...] = ()
        declared = self._declared(path)
        if kind == "tuple_type" and declared is not None:
            item = model_at(self.model, (*path, 0))
            if item and isinstance(node, Mapping) and (instead := list_instead(node, item)):
                self._instead[path] = instead
            dashed = dash_items(self.source, node, is_text=item is None)
            if dashed and self.source.text[node.start] != "-":
                told = not_plain(self.source.text[node.start], "-", "")
                return wrong_type(self.source.span(node.start, node.start + 1), told.message, *dashed)
            hints = dashed or hint_list(self.source, node, str(path[-1]), declared, item, self.titles)
        elif kind == "model_type" and (group := model_at(self.model, path)):
            above = walk(self.root, path[:-1])[0]
            in_list = isinstance(above, Sequence) and not above.flow
            if path and isinstance(node, Sequence) and (meant := group_instead(node, group)):
                self._instead[path] = meant
            hints = hint_group(self.source, node, group, self.titles, in_list=in_list)
        found = TEXT if isinstance(node, Scalar) else kind_of(raw_shape(node))
        expected = SHAPES.get(kind, say("another kind of value"))
        message = say("found {found}, expected {expected}", found=found, expected=expected)
        return wrong_type(first_line(self.source, node), message, *hints)
