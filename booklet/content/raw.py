"""A tree of YAML → the raw data that a model reads: texts, lists and dictionaries, without its holes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from booklet.content.model.fields import keys_of, model_at
from booklet.content.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from pydantic import BaseModel

    from booklet.content.model.fields import KeyPath
    from booklet.content.yaml.nodes import Node


def is_blank(node: Node | None) -> bool:
    """Check whether nothing was written."""
    return node is None or (isinstance(node, Scalar) and not node.text.strip())


def raw_data(node: Node, model: type[BaseModel], path: KeyPath, refused: set[KeyPath]) -> Any:
    """Turn a tree into the raw data that the model reads; a key with nothing after it is left out as a hole.

    `refused` gets the paths of the holes that refused aliases and tags left (Y103): empty scalars that take room.
    """
    if isinstance(node, Scalar):
        if node.plain and not node.text and node.end > node.start:
            refused.add(path)
        return node.text
    if isinstance(node, Sequence):
        return [raw_data(item, model, (*path, index), refused) for index, item in enumerate(node.items)]
    raw: dict[str, Any] = {}
    for key, value in node.entries:
        if isinstance(value, Scalar) and value.text.strip():  # most are
            raw[key.text] = value.text
            continue
        here = (*path, key.text)
        below = raw_data(value, model, here, refused)
        if not (is_blank(value) and _can_be_a_hole(model, here)):
            raw[key.text] = below
    return raw


def take_out(raw: Any, path: KeyPath, model: type[BaseModel]) -> None:
    """Take the value at a path out of the raw data.

    An item of a list of groups becomes a group without keys, so that indexes hold; a list of words with one that
    cannot be read is taken out whole.
    """
    parents = [raw]
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
        if isinstance(parent, list) and isinstance(step, int) and model_at(model, path[: depth + 1]):
            parent[step] = {}
            return


def phases_of(raw: Any) -> dict[str, tuple[str, ...]]:
    """The labels of the phases of a proposal, by id."""
    timeline = raw.get("timeline") if isinstance(raw, dict) else None
    phases = [phase for phase in timeline or () if isinstance(phase, dict)]
    return {str(phase["id"]): (str(phase.get("label", "")),) for phase in phases if phase.get("id")}


def replace_node(node: Node, path: KeyPath, other: Node, text: str = "") -> Node:
    """A tree with another node at a path, and another text for its key where there is one."""
    if not path:
        return other
    step, *below = path
    if isinstance(node, Sequence):
        items = (
            replace_node(item, tuple(below), other, text) if index == step else item
            for index, item in enumerate(node.items)
        )
        return node._replace(items=tuple(items))
    assert isinstance(node, Mapping)
    entries = (
        (key, value)
        if key.text != step
        else (
            key._replace(text=text) if text and not below else key,
            replace_node(value, tuple(below), other, text),
        )
        for key, value in node.entries
    )
    return Mapping(tuple(entries), node.start, node.end, node.flow)


def raw_shape(node: Node) -> str | list[Any] | dict[str, Any]:
    """The raw data of a node, without what is inside."""
    if isinstance(node, Scalar):
        return node.text
    return [] if isinstance(node, Sequence) else {}


def _can_be_a_hole(model: type[BaseModel], path: KeyPath) -> bool:
    """Check whether a key can have nothing after it: an unknown key cannot, nor can the id of an empty group."""
    reader = model_at(model, path[:-1])
    if reader is not None:
        return path[-1] in keys_of(reader)
    return model_at(model, path) is None
