"""Paths in a document → spans of values, nodes of YAML, texts, and whether the author tried to write a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from booklet.content.model.fields import keys_of
from booklet.content.scalars import is_slug
from booklet.content.spelling import nearest_key
from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.document import Document
    from booklet.content.model.base import Model
    from booklet.content.model.fields import KeyPath
    from booklet.diagnostics.positions import Span


def span_of(document: Document[Any], *path: str | int) -> Span:
    """The span of a value, cut to one line; of a mapping over several lines, its first key."""
    span = document.span(*path)
    if span.start.line == span.end.line:
        return span
    node = node_at(document, *path)
    if isinstance(node, Mapping) and not node.flow and node.entries:
        key = node.entries[0][0]
        return document.source.span(key.start, key.end)
    line = document.source.lines[span.start.line - 1].rstrip()
    offset = node.start if node is not None else 0
    return document.source.span(offset, offset + max(1, len(line) - span.start.column + 1))


def node_at(document: Document[Any], *path: str | int) -> Node | None:
    """Find the YAML node at a path; None where the author wrote none."""
    node: Node | None = document.node
    for step in path:
        if isinstance(node, Mapping):
            entry = node.find(str(step))
            node = entry[1] if entry else None
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def is_attempted(document: Document[Any], model: type[Model], *path: str | int) -> bool:
    """Check whether the author tried to write a key: its value is unreadable, or it is misspelt (M101 reports that)."""
    if document.is_broken(*path):
        return True
    parent = node_at(document, *path[:-1])
    if not isinstance(parent, Mapping):
        return False
    known = keys_of(model)
    left = {name: declared for name, declared in known.items() if parent.find(name) is None}
    unknown = ((key.text, value) for key, value in parent.entries if key.text not in known)
    return any(
        nearest_key(key, left, value.text if isinstance(value, Scalar) else "") == path[-1]
        for key, value in unknown
    )


def text_scalars(document: Document[Any]) -> Iterator[Scalar]:
    """Yield the scalars that are no ids, hence may be texts, in any order."""
    stack: list[Node] = [document.node]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            stack += [value for _, value in node.entries]
        elif isinstance(node, Sequence):
            stack += node.items
        elif not is_slug(node.text):
            yield node


def scalars_at(root: Node) -> Iterator[tuple[KeyPath, Scalar]]:
    """Every value that is no group, with its path, in the order of the file."""
    stack: list[tuple[KeyPath, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Mapping):
            stack += [((*path, key.text), value) for key, value in reversed(node.entries)]
        elif isinstance(node, Sequence):
            stack += [((*path, index), node.items[index]) for index in range(len(node.items) - 1, -1, -1)]
        else:
            yield path, node
