"""A value as it should be → the safe edit that types it in the place of the one that was typed.

Readers of values (`scalars`) know no place: they raise a `Correction`, which `decode` places. It is written as its
author wrote: inside the same quotes where there are some.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from booklet.content.yaml.lines import DASHES
from booklet.content.yaml.nodes import Scalar
from booklet.content.yaml.quoting import PLAIN, put_quotes, quote
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import Message, say
from booklet.text.look_alikes import to_plain

if TYPE_CHECKING:
    from booklet.content.yaml.nodes import Mapping, Node
    from booklet.diagnostics.positions import Source


#: a line that begins with a dash: any of those that look like it, or one without its space
_DASHED = re.compile(rf"(?P<margin>[ ]*)[-{DASHES}](?:[^\S\n]+|(?=[^\W\d]))(?P<text>\S.*?)\r?")
#: quotes around a value, of word processors too
QUOTES = "\"'“”„‟«»‘’"


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
    raw = source.text[node.start : node.end].rstrip(" \t\r\n")
    old = node.text
    if old and raw.count(old) == 1 and PLAIN.fullmatch(text):
        start = node.start + raw.index(old)
        return TextEdit(source.span(start, start + len(old)), text)
    return TextEdit(source.span(node.start, node.start + len(raw)), quote(text))


def type_plainly(text: str) -> str:
    """A text with the characters of the keyboard, without what cannot be seen and quotes around it."""
    typed = to_plain(text)
    return typed[1:-1].strip() if len(typed) > 2 and typed[0] in QUOTES and typed[-1] in QUOTES else typed


def quote_pair(source: Source, node: Mapping) -> tuple[Message, ...]:
    """What to type where a text was read as a key and its value: `eau : qualité`."""
    raw = source.text[node.start : node.end].rstrip()
    if "\n" in raw or " #" in raw or raw[:1] in "{[\"'" or len(node.entries) != 1:
        return (say("put the whole text between quotes"),)
    edit = TextEdit(source.span(node.start, node.start + len(raw)), put_quotes(raw))
    return (Fix.of(say("write `{text}`", text=put_quotes(raw)), edit),)


def space_after_colon(source: Source, key: Scalar, name: str) -> Message | None:
    """What to type where a key has no space after its colon, and the text another colon: `title:Bus : où ?`."""
    line = source.text[key.start :].partition("\n")[0].rstrip()
    text = line.removeprefix(f"{name}:").strip()
    if text == line or not text or " #" in text or text[0] in "[{|>\"'":
        return None
    typed = f"{name}: {quote(text)}"
    hint = say("write `{text}`", text=typed)
    return Fix.of(hint, TextEdit(source.span(key.start, key.start + len(line)), typed))


def dash_items(source: Source, node: Node, *, is_text: bool) -> tuple[Message, ...]:
    """What to type where lines begin with another dash than that of items; nothing where one begins otherwise."""
    raw = source.text[node.start : node.end].rstrip()
    start = source.text.rfind("\n", 0, node.start) + 1
    margin = source.text[start : node.start]
    lines = raw.split("\n")
    items = [_DASHED.fullmatch(one) for one in lines]
    if margin.strip() or any(item is None for item in items):
        return ()
    typed = []
    for number, item in enumerate(items):
        assert item is not None
        text = quote_item(item["text"]) if is_text else item["text"]
        if text is None or (number and item["margin"] != margin):
            return ()
        typed.append(f"{item['margin']}- {text}")
    ends = "\r\n" if "\r\n" in raw else "\n"
    edit = TextEdit(source.span(node.start, node.start + len(raw)), ends.join(typed))
    return (Fix.of(say("begin each item with `- `"), edit),)


def quote_item(text: str) -> str | None:
    """Write the text of an item, between quotes where YAML would read a part of it otherwise; None if unsure."""
    if " #" in text:
        return None
    return put_quotes(text) if ": " in text or text.endswith(":") or text[0] in "[]{}>|*&!%@`\"'#,?" else text
