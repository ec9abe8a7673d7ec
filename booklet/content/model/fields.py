"""Lists of keys, read from the models: where each is needed, its French words, whether its value is the id of a source.

All of this is declared once, where a model declares the key (`base.field`, `types.Names`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, RootModel

from booklet.content.model.base import Model, Need
from booklet.content.model.types import Names
from booklet.content.shorthand import YEARS
from booklet.diagnostics.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

#: keys and indexes from the root of a file to a value
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What a model declares of one key."""

    #: the attribute of the model: the key itself, or another name for a word of Python's (`start` for `from`)
    attribute: str
    #: the type of the value
    annotation: Any
    #: where a hole is a missing key (M102): in every file, or in a proposal that is `ready`
    needed: Need | None
    #: what French authors type instead, by habit; and those of these words that may mean something else
    french: tuple[str, ...]
    loose: frozenset[str]
    #: what the value is the id of, as `source` or `organisation`; None where it is no id
    names: str | None
    #: the words that the value is one of; none where it is free
    words: tuple[str, ...]
    #: what the key is for, as editors show it
    description: Message
    #: how the text of the value, or of each item of a list, is read; None where it is a group or one of `words`
    read: Callable[[object], object] | None
    is_list: bool


@cache
def keys_of(model: type[BaseModel]) -> Mapping[str, Key]:
    """The keys of a model, in the order of their declaration."""
    keys: dict[str, Key] = {}
    for attribute, info in model.model_fields.items():
        if info.alias == YEARS:  # no key, but all years
            continue
        extra: Any = info.json_schema_extra or {}
        words = [word.strip() for word in extra.get("french", "").split(",") if word]
        french = tuple(word.removesuffix("?") for word in words)
        loose = frozenset(word[:-1] for word in words if word.endswith("?"))
        keys[info.alias or attribute] = Key(
            attribute,
            info.annotation,
            extra.get("needed"),
            french,
            loose,
            _named_by(info.annotation),
            _words_of(info.annotation),
            Message(info.description or ""),
            _reader_of(*info.metadata, info.annotation),
            _is_list(info.annotation),
        )
    return keys


def _named_by(annotation: object) -> str | None:
    for part in get_args(annotation):
        if found := part.what if isinstance(part, Names) else _named_by(part):
            return found
    return None


def _words_of(annotation: object) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return tuple(word for part in get_args(annotation) for word in _words_of(part))
    return ()


def _reader_of(*annotations: object) -> Callable[[object], object] | None:
    for part in annotations:
        if isinstance(part, BeforeValidator):
            reader: Any = part.func
            return reader if reader.__name__.startswith("read_") else None
        if found := _reader_of(*get_args(part)):
            return found
    return None


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is tuple or any(map(_is_list, get_args(annotation)))


def model_at(annotation: Any, path: KeyPath) -> type[BaseModel] | None:
    """Find the model that reads a path of a file, through tuples, mappings and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if issubclass(annotation, RootModel):
            return model_at(annotation.model_fields["root"].annotation, path)
        if not path:
            return annotation
        declared = keys_of(annotation).get(str(path[0]))
        return model_at(declared.annotation, path[1:]) if declared else None
    origin = get_origin(annotation)
    is_collection = isinstance(origin, type) and hasattr(origin, "__iter__")
    if is_collection and not path:
        return None
    below = path[1:] if is_collection else path
    found = (model_at(argument, below) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)


def reader_at(annotation: Any, path: KeyPath) -> Callable[[object], object] | None:
    """Find what reads the value at a path of a file, or each item of the list there."""
    *above, last = path or ("",)
    if isinstance(last, int):
        return reader_at(annotation, tuple(above))
    model = model_at(annotation, tuple(above))
    declared = keys_of(model).get(last) if model else None
    return declared.read if declared else None


def groups_in(
    value: BaseModel | tuple[Any, ...] | dict[Any, Any], path: KeyPath = ()
) -> Iterator[tuple[KeyPath, Model]]:
    """Every group of keys in a value, each with its path, in the order of declaration."""
    if isinstance(value, Model):
        yield path, value
        keys = keys_of(type(value)).items()
        items: Iterable[tuple[str | int, object]] = ((key, getattr(value, of.attribute)) for key, of in keys)
    else:
        items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, item in items:
        if isinstance(item, (Model, tuple, dict)):  # most values are single ones
            yield from groups_in(item, (*path, step))


def ids_naming(kind: str, groups: Iterable[tuple[KeyPath, Model]]) -> Iterator[tuple[KeyPath, str]]:
    """Every id in some groups that names a thing of one kind, as `source`, each with its path."""
    for path, group in groups:
        for key, attribute in _keys_naming(kind, type(group)):
            if (named := getattr(group, attribute)) is not None:
                yield (*path, key), named


@cache
def _keys_naming(kind: str, model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    keys = keys_of(model).items()
    return tuple((key, declared.attribute) for key, declared in keys if declared.names == kind)
