"""A value as it should be → the safe edit that types it in the place of the one that was typed.

Readers of values (`scalars`) know no place: they raise a `Correction`, which `decode` places. It is written as its
author wrote: inside the same quotes where there are some.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from booklet.content.yaml.nodes import Scalar
from booklet.content.yaml.quoting import PLAIN, quote
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from booklet.content.yaml.nodes import Node
    from booklet.diagnostics.positions import Source


@dataclass(frozen=True, slots=True)
class Correction(Message):
    """A hint that is safe to follow, and the text of the value as it should be."""

    value: str = field(kw_only=True)


def propose(value: str, *, is_safe: bool) -> Message:
    """The hint to write another value; safe where its author can have meant nothing else."""
    hint = say("write `{text}`", text=value)
    return Correction(hint.template, hint.values, value=value) if is_safe else hint


def place(hint: Message, source: Source, node: Node) -> Message:
    """Make a correction the edit of the scalar that was read; any other hint stays as it is."""
    if isinstance(hint, Correction) and isinstance(node, Scalar):
        return Fix.of(hint, replace_scalar(source, node, hint.value))
    return hint


def replace_scalar(source: Source, node: Scalar, text: str) -> TextEdit:
    """The edit that makes a scalar hold another text, inside the quotes that its author chose."""
    raw = source.text[node.start : node.end].rstrip()
    old = node.text.strip()
    if old and raw.count(old) == 1 and PLAIN.fullmatch(text):
        start = node.start + raw.index(old)
        return TextEdit(source.span(start, start + len(old)), text)
    return TextEdit(source.span(node.start, node.start + len(raw)), quote(text))
