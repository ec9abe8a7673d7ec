"""2. Text → nodes with positions (YAML 1.1 syntax read by libyaml, none of its types).

Only the structure is taken from YAML: mappings, sequences and raw scalars, each with its offsets in the text. Scalars
are not resolved (`no`, `010` and `1:30` stay text). Anchors, aliases, merge keys, tags and duplicate keys are refused.
One pass over libyaml's events, without recursion, so that nesting cannot exhaust the stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml._yaml import get_version_string

from booklet.content.yaml.conflicts import leave_out_conflicts
from booklet.content.yaml.findings import Findings
from booklet.content.yaml.lost_dashes import dash_before, lost_dash, lost_item
from booklet.content.yaml.margins import Place, item_inside, read_events
from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of
from booklet.content.yaml.recovery import MAX_CHARACTERS, MAX_PARTS, Readable, recover
from booklet.content.yaml.repair import report_faults
from booklet.content.yaml.rules import (
    CONTROL,
    duplicate_key,
    empty_file,
    file_too_large,
    not_utf8,
    yaml_alias,
    yaml_syntax,
)
from booklet.content.yaml.syntax import INSIDE_A_TEXT, SyntaxFault, explain_syntax, not_plain
from booklet.diagnostics import limits
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Source

if TYPE_CHECKING:
    from booklet.diagnostics.diagnostic import Diagnostic


class Size(NamedTuple):
    """How much of a file is read."""

    bytes: int
    #: of the list or group of keys that is the whole file
    entries: int
    #: keys, items and texts in all
    values: int


FILE = Size(limits.FILE_BYTES, limits.ENTRIES, limits.FILE_VALUES)
LISTS = Size(limits.TABLE_BYTES, limits.LISTS, limits.TABLE_VALUES)
SOURCES = Size(limits.TABLE_BYTES, limits.SOURCES, limits.TABLE_VALUES)

#: the control characters that no escape of a double-quoted text may make: those of files, and `\r`
_ESCAPED_CONTROL = re.compile(f"\r|{CONTROL.pattern}")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's text, its tree if it has one, and the faults found on the way."""

    source: Source
    root: Node | None
    diagnostics: tuple[Diagnostic, ...]
    #: after faults of syntax, the words at the start of lines that could not be read: their keys are not missing
    hidden: frozenset[str] | None = None


def parse(path: str, data: bytes, *, most: Size = FILE) -> Parsed:
    """Parse the bytes of one YAML file; every fault is a diagnostic, nothing is raised."""
    if len(data) > most.bytes:
        source = Source(path, "")
        return Parsed(source, None, tuple(file_too_large(source, most.bytes)))
    source = read_text(path, data)
    findings = Findings(path)
    findings.add(islice(not_utf8(source, data), limits.FINDINGS))
    if findings.is_full:  # a finding for each of a million characters would take minutes
        findings.count(Severity.ERROR, CONTROL.subn("", source.text)[1] - limits.FINDINGS)
    findings.add(empty_file(source))
    if findings:
        return Parsed(source, None, findings.all)
    builder = _read_around_faults(source, findings, most)
    hidden = builder.readable.words if findings else None
    findings.add(builder.findings.all)
    return Parsed(source, builder.root, findings.all, hidden)


def libyaml_version() -> str:
    """The version of the C library that parses."""
    return str(get_version_string())


def read_text(path: str, data: bytes) -> Source:
    """Decode the text of a file; bytes that are not UTF-8 become U+FFFD, and are reported apart (Y104)."""
    return Source(path, data.decode("utf-8-sig", errors="replace"))


# --- from events to nodes ----------------------------------------------------------------------------------------

#: events that begin a node; libyaml's events have these types exactly, no subclasses, so a look-up is enough
_NODE_EVENTS = frozenset({yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent})
_NODES = _NODE_EVENTS | {yaml.AliasEvent}


class _Fault(Exception):
    """Raised to stop reading a file after a fault that hides the rest of it."""


def _read_around_faults(source: Source, findings: Findings, most: Size) -> _Builder:
    """Read a text; each fault of syntax is reported, and the text is read on without the part that it spoils."""
    readable, conflicts = leave_out_conflicts(source)
    findings.add(conflicts)
    builder = _Builder(source, readable, most)
    left = min(MAX_PARTS, MAX_CHARACTERS // (len(source.text) + 1))
    places = set[int]()  # a line that was read otherwise, in vain, is at fault again
    while (error := builder.error) is not None:
        fault = explain_syntax(builder.readable.text, error, builder.readable.margins)
        if fault is None:
            # some versions of libyaml look ahead, and give up before our own count of levels is reached
            builder.refuse_depth(builder.stopped)
            break
        candidates = recover(builder.readable, fault)
        faults: tuple[SyntaxFault, ...] = (fault,)
        found: _Builder | None = None
        for told, readable, end in islice(candidates, left):
            left -= 1
            again = _Builder(source, readable, most)
            if again.error is None or again.stopped >= end:
                faults, found = told, again
                break
        faults = tuple(fault for fault in faults if fault.offset not in places)
        places.update(fault.offset for fault in faults)
        typed, margins = builder.readable.with_tabs(source.text), builder.readable.margins
        findings.count(Severity.ERROR, len(faults[limits.FINDINGS :]))
        findings.add(report_faults(source, typed, faults[: limits.FINDINGS], builder.stopped, margins))
        if found is None:
            break
        builder = found
    return builder


class _Builder:
    """Turn libyaml's events into nodes, gathering faults, up to the first fault of syntax."""

    def __init__(self, source: Source, readable: Readable, most: Size) -> None:
        self.source, self.readable, self.most = source, readable, most
        self.findings = Findings(source.path)
        self.error: yaml.YAMLError | None = None
        self.root: Node | None = None
        self._parser = read_events(readable.text, readable.margins)
        try:
            self.root = self._document()
        except yaml.YAMLError as error:
            self.error = error
        except _Fault:
            pass
        finally:
            self._parser.dispose()

    @property
    def stopped(self) -> int:
        """The offset at which libyaml gave up."""
        mark = getattr(self.error, "problem_mark", None) or getattr(self.error, "context_mark", None)
        return mark.index if mark is not None else 0

    def _refuse_anchor_or_tag(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, say("anchor `&{name}`", name=event.anchor))
        else:
            self._refuse(event, say("tag `{name}`", name=event.tag))

    def _refuse(self, event: Any, found: Message) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        end = min(end, start + len(self.source.text[start:end].split("\n")[0].rstrip("\r")))
        mark = self.source.text[start : start + 1]
        hint = say("write the value itself; put a text that starts with `{mark}` between quotes", mark=mark)
        self.findings.add(yaml_alias(self.source, start, end, found, hint))

    def _refuse_escape(self, node: Scalar, character: str) -> None:
        # the file has no such character: an escape makes it, on whichever line of the scalar
        message = say("an escape makes control character {character}", character=f"U+{ord(character):04X}")
        span = span_of(self.source, node)
        self.findings.add([not_utf8.at(span, message, say("delete the escape"))])

    def _document(self) -> Node | None:
        root: Node | None = None
        while True:
            event: Any = self._parser.get_event()
            kind = type(event)
            if kind is yaml.StreamEndEvent:
                return root
            if kind is yaml.DocumentStartEvent and root is not None:
                start = event.start_mark.index
                found, hint = say("a second document starts here"), say("delete this line")
                self.findings.add(yaml_syntax(self.source, start, start + 3, found, hint))
                raise _Fault
            if kind in _NODES:
                root = self._node(event)

    def _node(self, first: Any) -> Node:  # noqa: C901, PLR0912 (one loop over the kinds of events)
        """Build one node; open collections wait on a stack."""
        stack: list[tuple[Any, list[Node]]] = []
        event, get_event, scalar = first, self._parser.get_event, yaml.ScalarEvent
        left = self.most.values
        while True:
            node: Node
            kind = type(event)
            if kind in _NODES:
                left -= 1
            if left < 0:
                found = say("more than {limit} keys, items and texts", limit=self.most.values)
                self._refuse_size(event.start_mark.index, found)
                raise _Fault
            if kind in _NODE_EVENTS and (event.anchor is not None or event.tag is not None):
                self._refuse_anchor_or_tag(event)
            if kind is scalar:
                node = self._scalar(event)
            elif kind is yaml.AliasEvent:
                self._refuse(event, say("alias `*{name}`", name=event.anchor))
                # a hole replaces the node that the alias names, so that keys and values still pair
                node = Scalar("", event.start_mark.index, event.end_mark.index, plain=True)
            elif kind in _NODE_EVENTS:
                if len(stack) >= limits.LEVELS:
                    self.refuse_depth(event.start_mark.index)
                    raise _Fault
                stack.append((event, []))
                event = get_event()
                continue
            else:
                opening, children = stack.pop()
                start, end = opening.start_mark.index, event.end_mark.index
                if type(opening) is yaml.MappingStartEvent:
                    flow, items, first = bool(opening.flow_style), list[Node](), children[:1]
                    while not flow and stack and (lost := lost_item(children)) is not None:
                        items.append(self._item_above(children, lost, start))
                        children = children[lost:]
                        start = children[0].start
                    node = self._mapping(children, start, end, flow=flow)
                    if type(stack[-1][0] if stack else None) is yaml.SequenceStartEvent:
                        stack[-1][1].extend(items)
                    elif items:
                        self.findings.add(lost_dash(self.source, first[0]))
                        node = Sequence((*items, node), first[0].start, end, flow)
                else:
                    node = Sequence(tuple(children), start, end, bool(opening.flow_style))
            if not stack:
                return node
            opening, children = stack[-1]
            children.append(node)
            if len(children) > limits.ENTRIES:
                self._bound_entries(
                    opening, children, limits.ENTRIES if len(stack) > 1 else self.most.entries
                )
            event = get_event()

    def _scalar(self, event: Any) -> Scalar:
        start, plain = event.start_mark.index, not event.style
        if start in self.readable.values:
            return Scalar("", start, self.readable.values[start], plain=True)
        node = Scalar(event.value, start, event.end_mark.index, plain)
        if plain and node.text[:1].isspace() and self.readable.can_be_plain(start):
            # to libyaml, a space that is not YAML's own is the first letter of the key
            raise yaml.MarkedYAMLError(problem="a space before a key", problem_mark=event.start_mark)
        # a text of one line is as long as it was typed
        is_folded = plain and node.end - start > len(node.text)
        if is_folded and (inside := item_inside(self.readable.text, start, node.end)):
            raise yaml.MarkedYAMLError(problem=INSIDE_A_TEXT, problem_mark=Place(inside))
        if not plain and (match := _ESCAPED_CONTROL.search(node.text)):
            self._refuse_escape(node, match[0])
        return node

    def _bound_entries(self, opening: Any, children: list[Node], limit: int) -> None:
        if type(opening) is yaml.SequenceStartEvent and len(children) > limit:
            found = say("a list of more than {limit} items", limit=limit)
        elif len(children) > 2 * limit:
            found = say("a group of more than {limit} keys", limit=limit)
        else:
            return
        self._refuse_size(children[-1].start, found)
        raise _Fault

    def _mapping(self, children: list[Node], start: int, end: int, *, flow: bool) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        first_by_key: dict[str, Scalar] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if isinstance(key, Scalar) and key.plain and key.text != key.text.rstrip():
                key = self._without_last_space(key)  # noqa: PLW2901
            if not isinstance(key, Scalar):
                found = say("a key must be a word, found a list or a group of keys")
                self.findings.add(yaml_syntax(self.source, key.start, key.end, found))
            elif key.plain and key.text == "<<":
                # the alias that it merges is part of the same fault
                merged = self.source.span(value.start, value.end).start
                self.findings.drop(merged)
                found, hint = say("merge key `<<`"), say("write the keys themselves")
                self.findings.add(yaml_alias(self.source, key.start, key.end, found, hint))
            elif key.text not in first_by_key:
                first_by_key[key.text] = key
                entries.append((key, value))
            elif flow and self._is_half(key, value):
                entries.append((key, value))
            else:
                self.findings.add(duplicate_key(self.source, first_by_key[key.text], key))
        return Mapping(tuple(entries), start, end, flow)

    def _without_last_space(self, key: Scalar) -> Scalar:
        """Report a space that is not YAML's own between a key and its `:`, which to libyaml is a letter of the key."""
        text = key.text.rstrip()
        found = key.start + len(text)
        fault = SyntaxFault(found, not_plain(self.source.text[found], " ", f"{text}:"))
        self.findings.add(report_faults(self.source, self.source.text, [fault]))
        return Scalar(text, key.start, found, plain=True)

    def _item_above(self, children: list[Node], lost: int, start: int) -> Mapping:
        """Build an item up to where the next one lost its `-`, and report that once instead of at every key."""
        first, again = children[0], children[lost]
        assert isinstance(first, Scalar)
        assert isinstance(again, Scalar)
        hint = dash_before(self.source, again)
        self.findings.add(duplicate_key(self.source, first, again, hint))
        return self._mapping(children[:lost], start, children[lost - 1].end, flow=False)

    def _is_half(self, key: Scalar, value: Node) -> bool:
        """Check whether a key is the end of a decimal that a comma cut: `{low: 4,50 €, high: 5,50 €}` (Y107)."""
        empty = isinstance(value, Scalar) and value.plain and not value.text
        return empty and re.fullmatch(r"\d,\d", self.source.text[key.start - 2 : key.start + 1]) is not None

    def refuse_depth(self, offset: int) -> None:
        self._refuse_size(offset, say("nested deeper than {limit} levels", limit=limits.LEVELS))

    def _refuse_size(self, offset: int, found: Message) -> None:
        self.findings.add([file_too_large.at(self.source.span(offset, offset + 1), found)])
