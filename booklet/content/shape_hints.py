"""A text where a list or a group of keys is asked for → the list or group that says the same, as text to type.

Which key a text belongs to is read from the models: the one key that can read it, else the first one for a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from booklet.content.amount_hints import split_count
from booklet.content.date_hints import hint_period
from booklet.content.french_words import is_none
from booklet.content.id_hints import find_id
from booklet.content.model.fields import keys_of
from booklet.content.scalars import read_prose, read_slug, read_text
from booklet.content.spelling import french_key
from booklet.content.yaml.lines import Lines
from booklet.content.yaml.nodes import Mapping, Scalar, Sequence
from booklet.content.yaml.quoting import quote
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import Message, quote_all, say

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from pydantic import BaseModel

    from booklet.content.id_hints import Titles
    from booklet.content.model.fields import Key
    from booklet.content.yaml.nodes import Node
    from booklet.diagnostics.positions import Source

_GROUP, _LIST, TEXT = say("a group of keys"), say("a list"), say("a text")
#: what pydantic expected, by the type of its error
SHAPES = {
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "mapping_type": _GROUP,
    "dict_type": _GROUP,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "string_type": TEXT,
}
#: a longer text is moved by its author, not shown in a hint
_LONGEST = 60
#: what stands between the names of several people
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\bet\b|\band\b|&)\s*")


def hint_list(
    source: Source, node: Node, key: str, declared: Key, item: type[BaseModel] | None, titles: Titles
) -> tuple[Message, ...]:
    """What to type where a key asks for a list; `item` is the model of its items, None for texts."""
    if isinstance(node, Mapping):
        return _list_of_a_group(source, node, declared, item)
    assert isinstance(node, Scalar)
    text = " ".join(node.text.split())
    if is_none(text, key, *declared.french):
        return (_empty_list(source, node, text),) if declared.needed != "ready" else ()
    if item is None:
        items = [quote(part.strip()) for part in text.split(",") if part.strip()]
    else:
        groups = [write_keys(item, part, titles) for part in _split_names(item, text)]
        if not all(groups):
            return (say("write one item per line after `- `, with the keys {keys}", keys=_needed(item)),)
        items = [f"{{{group}}}" for group in groups]
    if len(text) > _LONGEST:
        return (say("write one item per line after `- `"),)
    return (say("write `[{text}]`, or one item per line after `- `", text=", ".join(items)),)


def _list_of_a_group(
    source: Source, node: Mapping, declared: Key, item: type[BaseModel] | None
) -> tuple[Message, ...]:
    """The list of one group whose dash is missing; `{}` is the list of none."""
    if not node.entries:
        return (say("write `{text}`", text="[]"),) if declared.needed != "ready" else ()
    if node.flow and item is not None:
        text = f"[{source.text[node.start : node.end]}]"
        return (Fix.of(say("write `{text}`", text=text), TextEdit(source.span(node.start, node.end), text)),)
    first = node.entries[0][0]
    if item is not None and (word := _key_of_word(item, first.text)):
        return (say("put all items in one list, each with its `{text}`", text=f"{word}: {first.text}"),)
    if item is not None and not _is_of(node, item) and (name := _naming_key(item)):
        text = f"- {name}: …" if first.text.isdecimal() else f"- {name}: {first.text}"
        return (say("begin each item with `{text}`, and its keys below", text=text),)
    hint = say("put `- ` before `{key}`, and two more spaces before the keys below it", key=first.text)
    line = source.text.rfind("\n", 0, node.start) + 1
    margin = source.text[line : first.start]
    if item is None or margin.strip() or len(margin) < _outer_margin(source, line) + len("- "):
        return (hint,)
    before = source.span(first.start - len("- "), first.start)
    hint = say("put `- ` in place of the two spaces before `{key}`", key=first.text)
    return (Fix.of(hint, TextEdit(before, "- ")),)


def _outer_margin(source: Source, line: int) -> int:
    """The column of the key above a line."""
    return Lines(source.text).column(next(Lines(source.text).above(line), 0))


def list_instead(node: Mapping, item: type[BaseModel]) -> Sequence | None:
    """The list that a group of keys was meant to be: its one item, or those that stand under a name each."""
    if _is_of(node, item):
        return Sequence((node,), node.start, node.end, node.flow)
    name, items = _naming_key(item), list[Mapping]()
    for key, below in node.entries:
        if isinstance(below, Sequence) and (word := _key_of_word(item, key.text)):
            for one in below.items:
                if not isinstance(one, Mapping):
                    return None
                told = () if one.find(word) else ((Scalar(word, key.start, key.end, plain=True), key),)
                items.append(Mapping((*told, *one.entries), one.start, one.end, one.flow))
            continue
        if name is None or not isinstance(below, Mapping) or not _is_of(below, item):
            return None
        named = () if below.find(name) else ((Scalar(name, key.start, key.end, plain=True), key),)
        items.append(Mapping((*named, *below.entries), below.start, below.end, below.flow))
    return Sequence(tuple(items), node.start, node.end, node.flow) if items else None


def group_instead(node: Sequence, model: type[BaseModel]) -> Mapping | None:
    """The group that a list was meant to be, whose items are parts of it."""
    if not all(isinstance(item, Mapping) and _is_of(item, model) for item in node.items):
        return None
    entries = [entry for item in node.items if isinstance(item, Mapping) for entry in item.entries]
    if len({key.text for key, _ in entries}) < len(entries) or not entries:
        return None
    return Mapping(tuple(entries), node.start, node.end, node.flow)


def _is_of(node: Mapping, model: type[BaseModel]) -> bool:
    """Whether a group has keys of a model."""
    keys = keys_of(model)
    return any(key.text in keys or french_key(key.text, keys) for key, _ in node.entries)


def _key_of_word(model: type[BaseModel], text: str) -> str | None:
    """The key that has a word among its values: `section` of `investissement`."""
    return next((key for key, declared in keys_of(model).items() if text in declared.words), None)


def _naming_key(model: type[BaseModel]) -> str | None:
    """The key by which authors call an item."""
    return next((key for key in ("id", "label", "name", "what", "title") if key in keys_of(model)), None)


def _empty_list(source: Source, node: Scalar, text: str) -> Message:
    """The list of none; safe where nothing but a word for none was typed."""
    hint = say("write `{text}`", text="[]")
    written = source.text[node.start : node.end].rstrip()
    edit = TextEdit(source.span(node.start, node.start + len(written)), "[]")
    return Fix.of(hint, edit) if is_none(text) else hint


def hint_group(
    source: Source, node: Node, model: type[BaseModel], titles: Titles, *, in_list: bool
) -> tuple[Message, ...]:
    """What to type where a group of keys is asked for; `in_list`: as an item after `- `."""
    keys = say("write its keys: {keys}", keys=quote_all(keys_of(model)))
    if isinstance(node, Sequence):
        lists = [key for key, declared in keys_of(model).items() if declared.is_list and declared.needed]
        if group_instead(node, model) is not None:
            return (_group_of_a_list(source, node),)
        if len(lists) == 1 and node.flow:
            return (say("write `{text}`", text=f"{{{lists[0]}: {source.text[node.start : node.end]}}}"),)
        return (keys,)
    assert isinstance(node, Scalar)
    text = " ".join(node.text.split())
    if is_none(text):
        return (say("delete what says that there is none"),)
    group = write_keys(model, text, titles) if len(text) <= _LONGEST else None
    if {"from", "until"} <= set(keys_of(model)) and (period := hint_period(text)):
        group = period
    if group is None:
        return (keys,)
    return (say("write `{text}`", text=group if in_list and ", " not in group else f"{{{group}}}"),)


def _group_of_a_list(source: Source, node: Sequence) -> Message:
    """The group whose keys have dashes that they need not."""
    hint = say("write the keys without `- `, one below the other")
    starts = [item.start for item in node.items]
    if node.flow and len(starts) == 1:
        text = source.text[starts[0] : node.items[0].end]
        return Fix.of(say("write `{text}`", text=text), TextEdit(source.span(node.start, node.end), text))
    if node.flow or any(source.text[start - 2 : start] != "- " for start in starts):
        return hint
    written = list(source.text[starts[0] - 2 : starts[-1]])
    for start in starts:
        written[start - starts[0]] = " "
    return Fix.of(hint, TextEdit(source.span(starts[0] - 2, starts[-1]), "".join(written)))


def write_keys(model: type[BaseModel], text: str, titles: Titles) -> str | None:
    """Write a text as the keys of a group, without braces; None where nobody can know which key is meant."""
    keys = keys_of(model)
    for key, declared in keys.items():
        names = titles.get(declared.names or "")
        if declared.needed and names and (id := find_id(text, names)):
            return f"{key}: {id}"
    texts = [
        key
        for key, declared in keys.items()
        if declared.read in (read_text, read_prose) and not declared.is_list
    ]
    needed = [key for key in texts if keys[key].needed]
    if counted := split_count(text):
        number, words = counted
        numbers = _readers(keys, number)
        if len(numbers) == 1:
            named = [f"{needed[0]}: {quote(words)}"] if needed else []
            return ", ".join((*named, f"{numbers[0]}: {number}"))
    if len(found := _readers(keys, text)) == 1:
        return f"{found[0]}: {quote(text)}"
    if found:
        return None
    lists = [key for key, declared in keys.items() if declared.is_list and declared.needed]
    if lists and not needed and keys[lists[0]].read is read_text:
        return f"{lists[0]}: [{quote(text)}]"
    return f"{(needed or texts)[0]}: {quote(text)}" if texts else None


def _readers(keys: MappingType[str, Key], text: str) -> list[str]:
    """The keys that read a text and are no free text, no id and no list."""
    found = []
    for key, declared in keys.items():
        if declared.is_list or declared.read in (read_slug, read_text, read_prose):
            continue
        if text in declared.words or (declared.read is not None and _reads(declared, text)):
            found.append(key)
    return found


def _reads(declared: Key, text: str) -> bool:
    assert declared.read is not None
    try:
        declared.read(text)
    except PydanticCustomError:
        return False
    return True


def _split_names(item: type[BaseModel], text: str) -> list[str]:
    """Split the names of several people; any other text is one item."""
    parts = _BETWEEN_NAMES.split(text)
    is_person = "name" in keys_of(item)
    return parts if is_person and all(len(part.split()) > 1 for part in parts) else [text]


def _needed(model: type[BaseModel]) -> str:
    return quote_all(key for key, declared in keys_of(model).items() if declared.needed)
