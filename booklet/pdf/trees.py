"""Entries → name and number trees of which an incremental update replaces nothing but the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf

from booklet.pdf.objects import ObjectTable, array, reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: entries per leaf
ENTRIES_PER_LEAF = 64


def write_name_tree(table: ObjectTable, entries: Mapping[bytes, bytes], boundary: bytes = b"") -> bytes:
    """Write the root of a name tree (ISO 32000-1 §7.9.6) whose leaves are objects of their own.

    No leaf holds names on both sides of `boundary`, so that an update can put a leaf there and replace
    nothing but the root.
    """
    names = sorted(entries)
    halves = ([name for name in names if name < boundary], [name for name in names if name >= boundary])
    kids = []
    for half in halves:
        for index in range(0, len(half), ENTRIES_PER_LEAF):
            kids.append(reference(table.add(name_leaf(entries, half[index : index + ENTRIES_PER_LEAF]))))
    return b"<< /Kids %s >>" % array(kids)


def name_leaf(entries: Mapping[bytes, bytes], names: Sequence[bytes]) -> bytes:
    """Write the leaf of a name tree that holds these names, already sorted."""
    limits = array((_name(names[0]), _name(names[-1])))
    return b"<< /Limits %s /Names %s >>" % (
        limits,
        array(_name(name) + b" " + entries[name] for name in names),
    )


def _name(name: bytes) -> bytes:
    return pikepdf.String(name).unparse() if name.isascii() else b"<%s>" % name.hex().encode()


def write_number_tree(table: ObjectTable, entries: Mapping[int, bytes]) -> list[bytes]:
    """Write the leaves of a number tree (ISO 32000-1 §7.9.7) and return references for its root."""
    keys = sorted(entries)
    kids = []
    for index in range(0, len(keys), ENTRIES_PER_LEAF):
        leaf = keys[index : index + ENTRIES_PER_LEAF]
        numbers = array(b"%d %s" % (key, entries[key]) for key in leaf)
        kids.append(reference(table.add(b"<< /Limits [ %d %d ] /Nums %s >>" % (leaf[0], leaf[-1], numbers))))
    return kids
