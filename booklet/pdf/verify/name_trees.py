"""Name trees of an update: the body's leaves unchanged, and one more in its place with names of the front matter."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.sections import items, reference
from booklet.pdf.verify.syntax import Objection, Value, parse_dictionary

if TYPE_CHECKING:
    from booklet.pdf.verify.update import Update

_FRONT = b"front:"


def examine_tree(update: Update, tree: Value, before: Value, name: Message) -> dict[bytes, Value]:
    """Require the body's leaves unchanged, and one more in its place with names of the front matter; return these."""
    changed = say("the {name} of the body are changed", name=name)
    if not isinstance(tree, dict) or not isinstance(before, dict):
        raise Objection(changed)
    leaves, old = items(tree, "/Kids"), items(before, "/Kids")
    added = [leaf for leaf in leaves if leaf not in old]
    update.require([leaf for leaf in leaves if leaf in old] == old and len(added) <= 1, changed)
    if not added or not update.is_new(added[0]):
        update.require(not added, changed)
        return {}
    held = update.take(reference(added[0]), "name tree leaf")
    pairs = items(held, "/Names")
    names = [value for value in pairs[::2] if isinstance(value, bytes)]
    is_whole = len(pairs) == 2 * len(names) and items(held, "/Limits") == [*names[:1], *names[-1:]]
    update.require(is_whole and all(one.startswith(_FRONT) for one in names), changed)
    limits = [names if leaf == added[0] else _limits(update, leaf) for leaf in leaves]
    in_order = _in_order(limits, names)
    update.require(in_order, say("the {name} are not in order", name=name))
    return dict(zip(names, pairs[1::2], strict=False))


def _in_order(limits: list[list[bytes]], names: list[bytes]) -> bool:
    """Check that leaves follow one another, and so do the names of the new one."""
    between = all(first[-1] < second[0] for first, second in pairwise(limits) if first and second)
    return between and all(first < second for first, second in pairwise(names))


def _limits(update: Update, leaf: Value) -> list[bytes]:
    held = parse_dictionary(update.body.section.plain.get(reference(leaf), b"null"))
    return [limit for limit in items(held, "/Limits") if isinstance(limit, bytes)]
