"""The tree of a YAML text: mappings, sequences and raw scalars, each with its offsets.

Nodes are named tuples: 1 500 proposals are a third of a million of them, and a frozen dataclass takes twice as long.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from booklet.diagnostics.positions import Source, Span


class Scalar(NamedTuple):
    """One scalar as typed: quotes and folding undone, nothing else."""

    text: str
    start: int
    end: int
    plain: bool


class Sequence(NamedTuple):
    """The nodes of a sequence, in order."""

    items: tuple[Node, ...]
    start: int
    end: int
    flow: bool


class _Mapping(NamedTuple):
    entries: tuple[tuple[Scalar, Node], ...]
    start: int
    end: int
    flow: bool


class Mapping(_Mapping):
    """The entries of a mapping, in order; of a key that comes twice only the first.

    The halves of decimals that a comma cuts (`{low: 4,50 €, high: 5,50 €}` has the key `50 €` twice) are all there, for
    the rule that reports them (Y107).
    """

    def find(self, key: str) -> tuple[Scalar, Node] | None:
        """Find an entry by its key."""
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, tuple[Scalar, Node]]:
        return {entry[0].text: entry for entry in reversed(self.entries)}


Node = Scalar | Sequence | Mapping


def span_of(source: Source, node: Node) -> Span:
    """The span of a node; that of a block ends with its last written line."""
    end = node.end
    while end > node.start and source.text[end - 1] in " \t\r\n":
        end -= 1
    return source.span(node.start, end)
