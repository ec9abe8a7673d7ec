"""The tree of a YAML text: mappings, sequences and raw scalars, each with its offsets.

Nodes are named tuples: 1 500 proposals are a third of a million of them, and a frozen dataclass takes twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from booklet.diagnostics.positions import Source, Span


class Scalar(NamedTuple):
    """Hold one scalar as typed: quotes and folding undone, nothing else."""

    text: str
    start: int
    end: int
    plain: bool


class Sequence(NamedTuple):
    """Hold a sequence's nodes in order."""

    items: tuple[Node, ...]
    start: int
    end: int
    flow: bool


class Mapping(NamedTuple):
    """Hold a mapping's entries in order; a key that comes twice is reported and kept once.

    What a decimal comma cut off (`{low: 4,50 €, high: 5,50 €}` holds `50 €` twice) is kept for the rule that tells it.
    """

    entries: tuple[tuple[Scalar, Node], ...]
    start: int
    end: int
    flow: bool

    def find(self, key: str) -> tuple[Scalar, Node] | None:
        """Find an entry by its key."""
        return next((entry for entry in self.entries if entry[0].text == key), None)


Node = Scalar | Sequence | Mapping


def span_of(source: Source, node: Node) -> Span:
    """Give a node's span; a block that ends with blank lines ends with its last written line."""
    end = node.end
    while end > node.start and source.text[end - 1] in " \t\r\n":
        end -= 1
    return source.span(node.start, end)
