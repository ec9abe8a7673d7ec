"""What may stand at a key of an object that our writer makes: a check of its value, by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.pdf.verify.syntax import Name, Reference, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: addresses that a link may open: no other scheme, no user's name, nothing that is shown otherwise than it acts
_ADDRESS = re.compile(rb"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][!#-\[\]-~]*)?|mailto:[!#-\[\]-~]+")
#: a plain name, under which a reader saves an embedded file
_FILE_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.-]*")
_ELEMENTS = frozenset(
    {"/Sect", "/Div", "/Part", "/Art", "/P", "/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Span", "/Link"}
    | {
        "/Figure",
        "/Formula",
        "/L",
        "/LI",
        "/Lbl",
        "/LBody",
        "/Table",
        "/TR",
        "/TH",
        "/TD",
        "/THead",
        "/TBody",
    }
    | {
        "/TFoot",
        "/Caption",
        "/Code",
        "/Quote",
        "/BlockQuote",
        "/Note",
        "/Reference",
        "/NonStruct",
        "/BibEntry",
    }
)


def _is_number(value: Value) -> bool:
    return type(value) in (int, float)


def _is_share(value: Value) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and 0 <= value <= 1


def _are_numbers(value: Value) -> bool:
    return isinstance(value, list) and len(value) == 4 and all(map(_is_number, value))


def _is_tree(value: Value) -> bool:
    """A root of a name tree: its leaves and nothing else."""
    return isinstance(value, dict) and set(value) == {"/Kids"} and _are_references(value["/Kids"])


def _are_references(value: Value) -> bool:
    return isinstance(value, list) and all(isinstance(item, Reference) for item in value)


def _is_destination(value: Value) -> bool:
    """A place on a page: `[ page /XYZ left top 0 ]`."""
    if not isinstance(value, list) or len(value) != 5:
        return False
    page, fit, *place = value
    return isinstance(page, Reference) and fit == "/XYZ" and all(map(_is_number, place)) and place[2] == 0


def _is_address(value: Value) -> bool:
    if not isinstance(value, dict) or value.get("/S") != "/URI" or set(value) - {"/Type"} != {"/S", "/URI"}:
        return False
    address = value["/URI"]
    named = value.get("/Type", Name("/Action")) == "/Action"
    return named and isinstance(address, bytes) and _ADDRESS.fullmatch(address) is not None


def _is_attributes(value: Value) -> bool:
    """What a figure or a cell of a table says of itself: names, numbers and the identifiers of headers."""
    owners = value if isinstance(value, list) else [value]
    known = {"/O", "/BBox", "/Headers", "/Scope", "/ColSpan", "/RowSpan", "/ListNumbering", "/Placement"}
    return all(isinstance(owner, dict) and set(owner) <= known for owner in owners)


def _is_intent(value: Value) -> bool:
    """What the colours mean, of a profile inside the file."""
    profile = "/DestOutputProfile"
    known = {"/Type", "/S", "/OutputConditionIdentifier", "/Info", profile}
    return isinstance(value, list) and all(
        isinstance(one, dict) and set(one) == known and isinstance(one[profile], Reference) for one in value
    )


def _is_inside(value: Value) -> bool:
    """The streams of an embedded file, by the kind of its name."""
    return isinstance(value, dict) and set(value) == {"/F", "/UF"} and _are_references([*value.values()])


def _is_opacity(value: Value) -> bool:
    """Graphics states that set opacity and nothing else."""
    return isinstance(value, dict) and all(
        isinstance(state, dict) and set(state) <= {"/ca", "/CA"} and all(map(_is_share, state.values()))
        for state in value.values()
    )


def _is_colors(value: Value) -> bool:
    """The colour spaces that every page of WeasyPrint names."""
    return isinstance(value, dict) and all(
        name in ("/lab-d50", "/lab-d65")
        and isinstance(space, list)
        and len(space) == 2
        and space[0] == "/Lab"
        and isinstance(space[1], dict)
        for name, space in value.items()
    )


def _constant(*values: Value) -> Callable[[Value], bool]:
    return lambda value: any(type(value) is type(one) and value == one for one in values)


CHECKS: Mapping[str, Callable[[Value], bool]] = {
    "text": lambda value: isinstance(value, bytes),
    "whole number": lambda value: type(value) is int,
    "number": _is_number,
    "four numbers": _are_numbers,
    "reference": lambda value: isinstance(value, Reference),
    "references": _are_references,
    "array": lambda value: isinstance(value, list),
    "dictionary": lambda value: isinstance(value, dict),
    "name": lambda value: isinstance(value, Name),
    "tree": _is_tree,
    "destination": _is_destination,
    "address": _is_address,
    "attributes": _is_attributes,
    "opacity": _is_opacity,
    "colours": _is_colors,
    "element": lambda value: isinstance(value, Name) and value in _ELEMENTS,
    "nothing": lambda value: value == {},
    "intent": _is_intent,
    "inside": _is_inside,
    "file name": lambda value: isinstance(value, bytes) and _FILE_NAME.fullmatch(value) is not None,
    "marked": lambda value: value == {"/Marked": True},
    "title shown": lambda value: value == {"/DisplayDocTitle": True},
    "no border": lambda value: value == {"/W": 0},
    "printed": _constant(4),
    "zlib": _constant(Name("/FlateDecode")),
}
