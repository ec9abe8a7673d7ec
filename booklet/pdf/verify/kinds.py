"""The kinds of objects that our writer puts into an update: for each its keys, and what may stand there.

Anything else is an objection. An optional key ends with `?` here; `CHECKS` say what a value may be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.syntax import Name, Reference, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: addresses that a link may open: no other scheme, no user's name, nothing that is shown otherwise than it acts
_ADDRESS = re.compile(rb"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][!#-\[\]-~]*)?|mailto:[!#-\[\]-~]+")
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
    "no border": lambda value: value == {"/W": 0},
    "printed": _constant(4),
    "zlib": _constant(Name("/FlateDecode")),
}

#: kind → key → what may stand there, `=` before a name that stands there always
KINDS: Mapping[str, Mapping[str, str]] = {
    say("page tree root").template: {"/Type": "=/Pages", "/Count": "whole number", "/Kids": "references"},
    say("structure tree root").template: {
        "/Type": "=/StructTreeRoot",
        "/K": "references",
        "/ParentTree": "reference",
        "/ParentTreeNextKey": "whole number",
        "/IDTree": "tree",
    },
    say("document element").template: {
        "/Type": "=/StructElem",
        "/S": "=/Document",
        "/P": "reference",
        "/K": "references",
    },
    say("parent tree").template: {"/Kids": "references"},
    say("parent tree leaf").template: {"/Limits": "array", "/Nums": "array"},
    say("name dictionary").template: {"/Dests": "tree", "/EmbeddedFiles?": "reference"},
    say("name tree leaf").template: {"/Limits": "array", "/Names": "array"},
    say("outline root").template: {
        "/Type": "=/Outlines",
        "/First": "reference",
        "/Last": "reference",
        "/Count": "whole number",
    },
    say("bookmark").template: {
        "/Title": "text",
        "/Parent": "reference",
        "/Prev?": "reference",
        "/Next?": "reference",
        "/First?": "reference",
        "/Last?": "reference",
        "/Count?": "whole number",
        "/Dest": "destination",
    },
    say("page labels").template: {"/Nums": "array"},
    say("metadata").template: {"/Type": "=/Metadata", "/Subtype": "=/XML", "/Length": "whole number"},
    say("information dictionary").template: {
        "/Title": "text",
        "/Author?": "text",
        "/Subject?": "text",
        "/Keywords?": "text",
        "/Producer?": "text",
        "/CreationDate": "text",
        "/ModDate": "text",
    },
    say("front page").template: {
        "/Type": "=/Page",
        "/Parent": "reference",
        "/MediaBox": "four numbers",
        "/BleedBox?": "four numbers",
        "/TrimBox?": "four numbers",
        "/Contents": "reference",
        "/Resources": "reference",
        "/StructParents": "whole number",
        "/Tabs?": "=/S",
        "/Annots?": "references",
    },
    say("content").template: {"/Filter": "zlib", "/Length": "whole number"},
    say("resources").template: {
        "/ColorSpace?": "colours",
        "/ExtGState?": "opacity",
        "/Font?": "dictionary",
        "/Pattern?": "nothing",
        "/Shading?": "nothing",
        "/XObject?": "nothing",
    },
    say("link").template: {
        "/Type": "=/Annot",
        "/Subtype": "=/Link",
        "/Rect": "four numbers",
        "/BS": "no border",
        "/Contents?": "text",
        "/Dest?": "text",
        "/A?": "address",
        "/StructParent?": "whole number",
        "/F": "printed",
    },
    say("structure element").template: {
        "/Type": "=/StructElem",
        "/S": "element",
        "/P": "reference",
        "/Pg?": "reference",
        "/K?": "array",
        "/A?": "attributes",
        "/ID?": "text",
        "/Alt?": "text",
        "/ActualText?": "text",
        "/E?": "text",
        "/Lang?": "text",
        "/T?": "text",
    },
    say("object reference").template: {"/Type": "=/OBJR", "/Pg": "reference", "/Obj": "reference"},
    say("font").template: {
        "/Type": "=/Font",
        "/Subtype": "=/Type0",
        "/BaseFont": "name",
        "/DescendantFonts": "references",
        "/Encoding": "=/Identity-H",
        "/ToUnicode": "reference",
    },
    say("font of glyphs").template: {
        "/Type": "=/Font",
        "/Subtype": "name",
        "/BaseFont": "name",
        "/CIDSystemInfo": "dictionary",
        "/CIDToGIDMap?": "=/Identity",
        "/FontDescriptor": "reference",
        "/W": "array",
        "/DW?": "number",
    },
    say("font descriptor").template: {
        "/Type": "=/FontDescriptor",
        "/Ascent": "number",
        "/CapHeight": "number",
        "/Descent": "number",
        "/Flags": "whole number",
        "/FontBBox": "four numbers",
        "/FontFamily?": "text",
        "/FontFile2?": "reference",
        "/FontFile3?": "reference",
        "/FontName": "name",
        "/ItalicAngle": "number",
        "/StemH": "number",
        "/StemV": "number",
    },
    say("font file").template: {
        "/Filter": "zlib",
        "/Length": "whole number",
        "/Length1?": "whole number",
        "/Subtype?": "name",
    },
    say("map of glyphs").template: {"/Filter": "zlib", "/Length": "whole number"},
}


def check_kind(held: Mapping[str, Value], kind: str, number: int) -> Iterator[Message]:
    """List what a dictionary has that our writer does not make of its kind."""
    allowed = {key.rstrip("?"): rule for key, rule in KINDS[kind].items()}
    for key in sorted(set(held) - set(allowed)):
        yield say("{kind} {number} has {key}", kind=Message(kind), number=number, key=key)
    for key, rule in allowed.items():
        if key not in KINDS[kind] and key not in held:
            continue  # an optional one
        value = held.get(key)
        if not (value == rule[1:] if rule.startswith("=") else CHECKS[rule](value)):
            yield say("{kind} {number}: {key} is not as ours", kind=Message(kind), number=number, key=key)
