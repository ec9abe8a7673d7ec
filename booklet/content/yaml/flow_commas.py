"""A French decimal inside `{…}` or `[…]`, which YAML cuts in two at its comma (Y107)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.fields import KeyPath
    from booklet.diagnostics.positions import Source

#: lists whose items are ids: a comma between digits separates two of them
_ID_LISTS = frozenset({"after", "needs", "overlaps", "conflicts"})
#: without these three characters in a row, no comma cuts a decimal
_DIGITS_AT_A_COMMA = re.compile(r"\d,\d")

#: after a key without a value
_ENDS = re.compile(r"\s*[,}]")


@rule("Y107", "comma-in-flow", Severity.ERROR)
def comma_in_flow(source: Source, left: Scalar, right: Scalar, *, is_safe: bool) -> Iterator[Diagnostic]:
    """Inside `{…}` or `[…]` a French decimal is cut in two at its comma.

    Why
        Between braces or brackets YAML ends a value at a comma: `{high: 15 500,50 €}` is read as `15 500` and a key
        `50 €`. A figure would change without anybody seeing it.

    Fails
        unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 500,50 €}

    Passes
        unit_cost: {low: 9 000 €, central: 12 000 €, high: "15 500,50 €"}

    Source
        YAML 1.1 §7.4 (flow collections).
    """
    whole, span = source.text[left.start : right.end], source.span(left.start, right.end)
    hint = say('write `"{whole}"` between quotes, or one entry per line', whole=whole)
    yield comma_in_flow.at(
        span,
        say(
            "a comma cuts `{whole}` into `{left}` and `{right}`",
            whole=whole,
            left=left.text,
            right=right.text,
        ),
        Fix.of(hint, TextEdit(span, f'"{whole}"')) if is_safe else hint,
    )


def cut_at_commas(source: Source, root: Node, broken: set[KeyPath]) -> Iterator[Diagnostic]:
    """Report decimals that a comma cuts in two, and add the path of the collection around each to `broken`."""
    if not _DIGITS_AT_A_COMMA.search(source.text):
        return
    stack: list[tuple[Node, KeyPath]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        halves: list[tuple[Scalar, Scalar]] = []
        if isinstance(node, Mapping):
            stack += [(value, (*path, key.text)) for key, value in node.entries]
            if node.flow:
                halves = list(_cut_entries(source, node, path))
        elif isinstance(node, Sequence):
            stack += [(item, (*path, index)) for index, item in enumerate(node.items)]
            if node.flow and path[-1:] and path[-1] not in _ID_LISTS:
                pairs = zip(node.items, node.items[1:], strict=False)
                halves = [cut for left, right in pairs if (cut := _cut(source, left, right))]
        if halves:
            broken.add(path)
            for left, right in halves:
                is_safe = isinstance(node, Mapping) and _is_one_number(source.text, left, right)
                yield from comma_in_flow(source, left, right, is_safe=is_safe)


def _is_one_number(text: str, left: Scalar, right: Scalar) -> bool:
    """Check that two halves are a decimal and no part of a longer row: the second is a key without a value."""
    is_part = _DIGITS_AT_A_COMMA.match(text, left.start - 2) or _DIGITS_AT_A_COMMA.match(text, right.end - 1)
    return not is_part and _ENDS.match(text, right.end) is not None


def _cut_entries(source: Source, node: Mapping, path: KeyPath) -> Iterator[tuple[Scalar, Scalar]]:
    for (_, value), (key, after) in zip(node.entries, node.entries[1:], strict=False):
        cut = _cut(source, value, key)
        if cut is None:
            continue
        has_value = not (isinstance(after, Scalar) and after.plain and not after.text)
        # `{2021: 50,2022: 100}` of `spread` is two years with their units, which have no decimals
        if has_value and path[-1:] == ("spread",):
            continue
        yield cut


def _cut(source: Source, left: Node, right: Node) -> tuple[Scalar, Scalar] | None:
    """The two halves, where plain scalars are separated by a comma alone, between two digits."""
    if (
        isinstance(left, Scalar)
        and isinstance(right, Scalar)
        and left.plain
        and right.plain
        and source.text[left.end : right.start] == ","
        and left.text[-1:].isdecimal()
        and right.text[:1].isdecimal()
    ):
        return left, right
    return None
