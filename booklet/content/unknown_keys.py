"""A key that the format does not know → the key that its author meant, and what to type in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from booklet.content.amount_hints import split_tax
from booklet.content.corrections import replace_scalar, space_after_colon
from booklet.content.look_alikes import retype, span_within
from booklet.content.spelling import french_key, is_translation, nearest_key
from booklet.content.yaml.nodes import Scalar
from booklet.diagnostics.edits import Fix
from booklet.diagnostics.message import Message, say
from booklet.text.look_alikes import find_strange, show, to_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from booklet.content.model.fields import Key
    from booklet.content.yaml.nodes import Node
    from booklet.diagnostics.positions import Source, Span


class Meant(NamedTuple):
    """The key that was meant, if it is known, and what is said of the one that was typed."""

    key: str | None
    span: Span
    shown: str
    hint: Message | None
    #: a French word for the key: what stands below is read as that of the key
    is_word: bool = False


def find_meant(
    source: Source, key: Scalar, value: Node, known: Mapping[str, Key], written: Set[str]
) -> Meant:
    """Find the key that was meant, among those that are not written yet."""
    left = {name: declared for name, declared in known.items() if name not in written}
    strange, typed = find_strange(key.text), to_plain(key.text)
    name = typed.partition(":")[0].strip()
    if strange is not None and name in left:
        if typed != name:  # and the value, after another mark than `: `
            typed = f"{name}: {typed.partition(':')[2].strip()}"
        fix = Fix.of(say("write `{text}`", text=typed), retype(source, key, typed))
        return Meant(name, span_within(source, key, strange), show(key.text), fix)
    span = source.span(key.start, key.end)
    if name in left and (spaced := space_after_colon(source, key, name)):
        return Meant(name, span, key.text, spaced)
    text = value.text if isinstance(value, Scalar) else ""
    word, basis = split_tax(typed) if "price" in left else (typed, None)
    close = nearest_key(word, left, text)
    if close is None:
        return Meant(None, span, key.text, None)
    hint = say("did you mean `{key}`?", key=close)
    if basis:
        hint = say("write `{text}`, and `price: {basis}` in the same line of cost", text=close, basis=basis)
    others = [one for one in written if one not in known and is_translation(one, close, left[close])]
    if others == [key.text]:
        hint = Fix.of(hint, replace_scalar(source, key, close))
    return Meant(close, span, key.text, hint, is_word=close == french_key(word, left, text))
