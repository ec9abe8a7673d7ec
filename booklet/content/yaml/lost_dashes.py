"""A group of keys in which the same keys stand again: items of a list, whose `- ` were left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.content.yaml.nodes import Scalar
from booklet.content.yaml.rules import yaml_syntax
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.content.yaml.nodes import Node
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source

NO_DASH = say("a list item without `- ` before it")


def lost_item(children: Sequence[Node]) -> int | None:
    """The index of the first key of the second item; None where there is one group.

    It begins where the first key stands again, if another key stands again after it. One key that is there twice is no
    second item but a duplicate key (Y102).
    """
    keys = [key.text if isinstance(key, Scalar) else None for key in children[::2]]
    if not keys or keys[0] is None or keys.count(keys[0]) == 1:
        return None
    again = keys.index(keys[0], 1)
    return None if set(keys[1:again]).isdisjoint(keys[again + 1 :]) else 2 * again


def lost_dash(source: Source, key: Node) -> Iterator[Diagnostic]:
    """Report an item without its dash, at its first key."""
    assert isinstance(key, Scalar)
    yield from yaml_syntax(source, key.start, key.end, NO_DASH, dash_before(source, key))


def dash_before(source: Source, key: Scalar) -> Message:
    """The hint to begin an item at a key, safe where a dash has its place there."""
    hint = say("write `{text}`", text=f"- {key.text}: …")
    if source.text[key.start - 2 : key.start] != "  ":
        return hint
    return Fix.of(hint, TextEdit(source.span(key.start - 2, key.start), "- "))
