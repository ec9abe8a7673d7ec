"""3. Nodes → model, every fault with its span.

pydantic does the shape of the data, from raw strings; each entry of its `ValidationError` becomes a diagnostic at the
node of its location. What could not be read is taken out and the rest validated again, so that one unreadable field
leaves a hole (`Document.is_broken`) instead of hiding every other fault.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, RootModel, ValidationError

from booklet.content.document import Document, ModelType, Path, first_line, walk
from booklet.content.scalars import kind_of
from booklet.content.schema_rules import (
    bad_amount,
    bad_date,
    missing_key,
    range_order,
    unknown_key,
    wrong_type,
)
from booklet.content.spelling import nearest, nearest_key
from booklet.content.yaml.flow_commas import cut_at_commas
from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of
from booklet.diagnostics.message import quote_all, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source


def decode(
    model: type[ModelType], source: Source, root: Node, *, ready: bool | None = None
) -> tuple[Document[ModelType], tuple[Diagnostic, ...]]:
    """Read a tree as a model.

    `ready` tells whether keys needed by a ready proposal are missed as errors; by default the file's own `status`
    decides, and one that is missing or unreadable promises nothing. Returns a document whatever the faults; holes
    stand where reading failed.
    """
    diagnostics: list[Diagnostic] = []
    broken: set[Path] = set()
    diagnostics += cut_at_commas(source, root, broken)
    broken |= set(_refused(root))
    raw = _raw(root, model, ())
    suggested: set[Path] = set()
    for path in sorted(broken, key=len, reverse=True):
        _take_out(model, raw, path)
    try:
        value = _nothing(model) if () in broken else model.model_validate(raw)
    except ValidationError as error:
        value = _validate_again(model, source, root, raw, error, broken, suggested, diagnostics)
    document = Document(value, root, source, frozenset(broken))
    status = getattr(value, "status", None)
    if ready is None:
        ready = status == "ready"
    diagnostics += _missing_keys(document, frozenset(suggested), ready=ready)
    for name in ("costs", "revenues"):
        for index in range(len(getattr(value, name, ()))):
            diagnostics += range_order(document, name, index, "unit_cost")
    # one amount stands for low, central and high: its fault is found three times and told once
    unique = {found.order: found for found in diagnostics}
    return document, tuple(sorted(unique.values(), key=lambda found: found.order))


#: rules that a reader's fault names by code
_FAULTS = {"M103": wrong_type, "M104": bad_amount, "M105": bad_date}


# --- validation that goes on after a fault -----------------------------------------------------------------------


def _validate_again(
    model: type[ModelType],
    source: Source,
    root: Node,
    raw: Any,
    error: ValidationError,
    broken: set[Path],
    suggested: set[Path],
    diagnostics: list[Diagnostic],
) -> ModelType:
    """Report every entry of the error, take out what it names, and validate what is left."""
    taken: set[Path] = set()
    while True:
        before = len(taken)
        for entry in error.errors(include_url=False, include_input=False):
            location = tuple(entry["loc"])
            at_key = location[-1:] == ("[key]",)
            node, key, path = walk(root, location[:-1] if at_key else location)
            diagnostics += _diagnose(model, source, node, key, path, dict(entry), at_key, suggested)
            if entry["type"] != "extra_forbidden":
                broken.add(path)
            _take_out(model, raw, path)
            taken.add(path)
        assert len(taken) > before, f"what stands at {path} cannot be taken out"
        if () in broken:
            return _nothing(model)
        try:
            return model.model_validate(raw)
        except ValidationError as again:
            error = again


def _nothing(model: type[ModelType]) -> ModelType:
    """Give what a file of the wrong shape says: nothing."""
    root: Any = model.model_fields["root"].annotation if issubclass(model, RootModel) else None
    return model.model_validate(() if getattr(root, "__origin__", None) is tuple else {})


def _diagnose(
    model: type[BaseModel],
    source: Source,
    node: Node,
    key: Scalar | None,
    path: Path,
    entry: dict[str, Any],
    at_key: bool,
    suggested: set[Path],
) -> Iterator[Diagnostic]:
    span = span_of(source, node)
    if at_key and key is not None:
        span = source.span(key.start, key.end)
    kind, context = entry["type"], entry.get("ctx", {})
    if kind == "fault":
        yield from _FAULTS[context["code"]](span, context["message"], *context["hints"])
    elif kind == "extra_forbidden":
        assert key is not None
        known = _known_keys(model, path[:-1])
        close = nearest_key(key.text, known)
        if close:
            suggested.add((*path[:-1], close))
        alone = not source.text[key.end :].lstrip().startswith(":")
        yield from unknown_key(source.span(key.start, key.end), key.text, known, alone)
    elif kind == "literal_error":
        expected = tuple(word.strip("' ") for word in context["expected"].replace(" or ", ",").split(","))
        found = _raw(node, BaseModel, ())
        message = say(
            "found {found}, expected one of {words}", found=kind_of(found), words=quote_all(expected)
        )
        close = nearest(found, expected) if isinstance(found, str) else None
        yield from wrong_type(span, message, *([say("write `{text}`", text=close)] if close else []))
    else:
        found = _raw(node, BaseModel, ())
        expected_shape = _SHAPES.get(kind, say("another kind of value"))
        hints = []
        if kind == "tuple_type" and isinstance(node, Scalar):
            hints.append(
                say("write `[{text}]`, or one item per line after `- `", text=node.text.strip()[:40])
            )
        found_shape = say("a text") if isinstance(node, Scalar) else kind_of(found)
        yield from wrong_type(
            first_line(source, node),
            say("found {found}, expected {expected}", found=found_shape, expected=expected_shape),
            *hints,
        )


_SHAPES = {
    "model_type": say("a group of keys"),
    "model_attributes_type": say("a group of keys"),
    "mapping_type": say("a group of keys"),
    "dict_type": say("a group of keys"),
    "tuple_type": say("a list"),
    "list_type": say("a list"),
    "string_type": say("a text"),
}


def _known_keys(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    found = _model_at(model, path)
    if found is None:
        return ()
    return tuple(info.alias or name for name, info in found.model_fields.items())


def _model_at(annotation: Any, path: Path) -> type[BaseModel] | None:
    """Find the model that reads a path of a file, through tuples, mappings and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if issubclass(annotation, RootModel):
            return _model_at(annotation.model_fields["root"].annotation, path)
        if not path:
            return annotation
        info = _field(annotation, path[0])
        return _model_at(info.annotation, path[1:]) if info else None
    arguments = getattr(annotation, "__args__", ())
    origin = getattr(annotation, "__origin__", None)
    if _is_collection(origin) and not path:
        return None
    inside = path[1:] if _is_collection(origin) else path
    for argument in arguments:
        if (found := _model_at(argument, inside)) is not None:
            return found
    return None


def _is_collection(origin: object) -> bool:
    return isinstance(origin, type) and not issubclass(origin, BaseModel) and hasattr(origin, "__iter__")


def _field(model: type[BaseModel], key: str | int) -> FieldInfo | None:
    for name, info in model.model_fields.items():
        if (info.alias or name) == key:
            return info
    return None


def _take_out(model: type[BaseModel], raw: Any, path: Path) -> None:
    """Take what stands at a path out of the raw data.

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
        if (
            isinstance(parent, list)
            and isinstance(step, int)
            and _model_at(model, path[: depth + 1]) is not None
        ):
            parent[step] = {}
            return


# --- holes -------------------------------------------------------------------------------------------------------


def _missing_keys(
    document: Document[Any], suggested: frozenset[Path], *, ready: bool
) -> Iterator[Diagnostic]:
    yield from _missing_in(document, document.node, document.value, (), suggested, ready)


def _missing_in(
    document: Document[Any],
    node: Node | None,
    value: Any,
    path: Path,
    suggested: frozenset[Path],
    ready: bool,
) -> Iterator[Diagnostic]:
    """Go down the values and their nodes together; what was not written has no node, and no keys to miss."""
    if isinstance(value, RootModel):
        yield from _missing_in(document, node, value.root, path, suggested, ready)
    elif isinstance(value, BaseModel):
        # one amount stands for a whole estimate: there are no keys to miss in a scalar
        if path in document.broken or not isinstance(node, Mapping):
            return
        written = {key.text: below for key, below in node.entries}
        for name, key, need in _needs_of(type(value)):
            below, held = written.get(key), getattr(value, name)
            # what has a default may be written and empty
            if need and (_is_empty(held) or _is_blank(below)):
                here = (*path, key)
                if here not in suggested and not document.is_broken(*here):
                    span = first_line(document.source, node) if below is None else document.key_span(*here)
                    draft = need == "ready" and not ready
                    yield from missing_key(span, str(key), draft=draft, comment=_is_a_comment(document, here))
            elif isinstance(held, (BaseModel, tuple, dict)):
                yield from _missing_in(document, below, held, (*path, key), suggested, ready)
    elif isinstance(value, tuple) and isinstance(node, Sequence):
        # a list of words with one that cannot be read was taken out whole: it is shorter than what was written
        for index, (below, item) in enumerate(zip(node.items, value, strict=False)):
            if isinstance(item, BaseModel):
                yield from _missing_in(document, below, item, (*path, index), suggested, ready)
    elif isinstance(value, dict) and isinstance(node, Mapping):
        for entry, below in node.entries:
            if isinstance(item := value.get(entry.text), BaseModel):
                yield from _missing_in(document, below, item, (*path, entry.text), suggested, ready)


@cache
def _needs_of(model: type[BaseModel]) -> tuple[tuple[str, str, object], ...]:
    """List a model's fields: name, key, and where a hole in it is a missing key (`model.field`)."""
    return tuple(
        (name, info.alias or name, extra.get("needed") if isinstance(extra, dict) else None)
        for name, info in model.model_fields.items()
        for extra in (info.json_schema_extra,)
    )


def _is_empty(held: object) -> bool:
    return held is None or (isinstance(held, (str, tuple, dict)) and not held)


def _is_blank(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and not node.text.strip())


def _is_a_comment(document: Document[Any], path: Path) -> bool:
    """Tell whether what the author wrote after a key starts with `#` and so became a comment."""
    if not document.has(*path):
        return False
    place = document.key_span(*path)
    after = document.source.lines[place.end.line - 1][place.end.column - 1 :]
    return re.match(r"""["']?\s*:\s+#[0-9a-fA-F]{6}\b""", after) is not None


# --- trees -------------------------------------------------------------------------------------------------------


def _raw(node: Node, model: type[BaseModel], path: Path) -> Any:
    """Turn a tree into the raw data that the model reads; a key with nothing after it is left out as a hole."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_raw(item, model, (*path, index)) for index, item in enumerate(node.items)]
    return {
        key.text: _raw(value, model, (*path, key.text))
        for key, value in node.entries
        if not (isinstance(value, Scalar) and not value.text.strip())
        or not _can_be_a_hole(model, (*path, key.text))
    }


def _can_be_a_hole(model: type[BaseModel], path: Path) -> bool:
    """Tell whether a key may have nothing after it: not one that nobody knows, nor the id of an empty group."""
    reader = _model_at(model, path[:-1])
    if reader is not None:
        return _field(reader, path[-1]) is not None
    return _model_at(model, path) is None


def _refused(root: Node) -> Iterator[Path]:
    """Find the holes that refused aliases and tags left (Y103): empty, yet they take room in the file."""
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Mapping):
            stack += [(value, (*path, key.text)) for key, value in node.entries]
        elif isinstance(node, Sequence):
            stack += [(item, (*path, index)) for index, item in enumerate(node.items)]
        elif node.plain and not node.text and node.end > node.start:
            yield path
