"""A value that could be read but for a character that is not what it seems → where it stands, and the value to type."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import PydanticCustomError

from booklet.content.corrections import place, propose
from booklet.diagnostics.edits import TextEdit
from booklet.diagnostics.message import Message, say
from booklet.text.look_alikes import find_strange, show, to_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Source, Span

#: letters that are typed for digits
_DIGITS = str.maketrans("OoIl", "0011")
#: characters of a message
_SHOWN = 60


class LookAlike(NamedTuple):
    """What is said of a value, and where."""

    span: Span
    message: Message
    hint: Message


def find_look_alike(source: Source, node: Scalar, is_right: Callable[[str], bool]) -> LookAlike | None:
    """Find the character for which a value is not what it seems; None where it is not the only fault."""
    typed, strange = to_plain(node.text), find_strange(node.text)
    if strange is not None and typed and is_right(typed):
        message = say("found `{found}`, expected `{text}`", found=show(node.text)[:_SHOWN], text=typed)
        return LookAlike(
            span_within(source, node, strange), message, place(propose(typed, is_safe=True), source, node)
        )
    digits = typed.translate(_DIGITS)
    if digits != typed and any(map(str.isdigit, typed)) and is_right(digits):
        letter = next(index for index, character in enumerate(node.text) if character in "OoIl")
        message = say(
            "found the letter `{letter}` in place of a digit in `{text}`",
            letter=node.text[letter],
            text=typed,
        )
        return LookAlike(span_within(source, node, letter), message, propose(digits, is_safe=False))
    return None


def span_within(source: Source, node: Scalar, index: int) -> Span:
    """The span of one character of a scalar; of the whole scalar where an escape stands for it."""
    raw = source.text[node.start : node.end]
    if raw.count(node.text) != 1:
        return source.span(node.start, node.start + len(raw.rstrip()))
    start = node.start + raw.index(node.text) + index
    return source.span(start, start + 1)


def reads(read: Callable[[object], object]) -> Callable[[str], bool]:
    """Whether a reader of values takes a text."""

    def is_right(text: str) -> bool:
        try:
            read(text)
        except PydanticCustomError:
            return False
        return True

    return is_right


def retype(source: Source, node: Scalar, text: str) -> TextEdit:
    """The edit that types a scalar anew, without quotes: a key, or a key and a value that were taken for one."""
    return TextEdit(
        source.span(node.start, node.start + len(source.text[node.start : node.end].rstrip())), text
    )
