"""A file that was read: its values, and the span of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel

from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.content.model.fields import KeyPath
    from booklet.diagnostics.positions import Source, Span

ModelType = TypeVar("ModelType", bound=BaseModel)


@dataclass(frozen=True)
class Document(Generic[ModelType]):
    """The values of a file, with the tree and the text they were read from."""

    value: ModelType
    node: Node
    source: Source
    broken: frozenset[KeyPath]
    #: keys that faults of syntax may hide, wherever they belong; None for a file without such a fault
    hidden: frozenset[str] | None = field(default=None, kw_only=True)

    @property
    def is_whole(self) -> bool:
        """Whether all that was written was read, as YAML: other files are held only against whole ones."""
        return self.hidden is None

    def span(self, *path: str | int) -> Span:
        """The span of a value; of the nearest node above it where it is absent."""
        node = walk(self.node, path)[0]
        return span_of(self.source, node) if node is not self.node else first_line(self.source, node)

    def key_span(self, *path: str | int) -> Span:
        """The span of a key; of the value where the last step is an index."""
        key = walk(self.node, path)[1]
        return self.source.span(key.start, key.end) if key else self.span(*path)

    def has(self, *path: str | int) -> bool:
        """Check whether the author wrote something at a path, readable or not."""
        return len(walk(self.node, path)[2]) == len(path)

    def is_broken(self, *path: str | int) -> bool:
        """Check whether reading failed at a path, above it or below it: rules that need the value stay silent."""
        if self.hidden and path and path[-1] in self.hidden:
            return True
        if not self.broken:
            return False
        return path in self._above_broken or any(
            path[:length] in self.broken for length in range(len(path) + 1)
        )

    @cached_property
    def _above_broken(self) -> frozenset[KeyPath]:
        return frozenset(hole[:length] for hole in self.broken for length in range(len(hole)))


def walk(root: Node, path: Iterable[str | int]) -> tuple[Node, Scalar | None, KeyPath]:
    """Follow a path as far as the tree goes; steps that are no key or index there (pydantic's own tags) are skipped."""
    node: Node = root
    key: Scalar | None = None
    walked: list[str | int] = []
    for step in path:
        if isinstance(node, Mapping):
            entry = node.find(str(step))
            if entry is None:
                continue
            key, node = entry
            walked.append(key.text)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            key, node = None, node.items[step]
            walked.append(step)
    return node, key, tuple(walked)


def first_line(source: Source, node: Node) -> Span:
    """The span that a fault of a whole node points at: the first key of a group, the first line of anything else."""
    if isinstance(node, Mapping) and node.entries and not node.flow:
        key = node.entries[0][0]
        return source.span(key.start, key.end)
    line = source.text[node.start : node.end].split("\n")[0].rstrip()
    return source.span(node.start, node.start + max(1, len(line)))
