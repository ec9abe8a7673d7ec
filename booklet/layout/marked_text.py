"""Elements of WeasyPrint that hold one line of text → the text marked in the element around them, before writing.

Four elements out of five are such lines; `tags` would take each out of the written file. Objects are those of pydyf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

#: elements that may hold text themselves (ISO 32000-1 §14.8.4.2: block-level and inline-level structure, cells
#: and list parts). In a grouping element, a `Div` or a `Sect`, text keeps an element of its own.
HOLDS_TEXT = frozenset(
    {
        *("/P", "/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/TH", "/TD", "/Lbl", "/LBody", "/Caption"),
        *("/Link", "/Span", "/NonStruct", "/Quote", "/Note", "/Reference", "/Code", "/BibEntry"),
    }
)
MEANINGLESS = frozenset({"/Span", "/NonStruct"})
BARE_KEYS = frozenset({"/Type", "/S", "/P", "/Pg", "/K"})
_KEYS = {key[1:] for key in BARE_KEYS}


def mark_text_in_place(objects: Sequence[Any]) -> None:
    """Move marked content up to elements that may hold text, and empty the objects between."""
    owners: dict[bytes, bytes] = {}
    elements = [one for one in objects if isinstance(one, dict) and one.get("Type") == "/StructElem"]
    for element in reversed(elements):  # an element comes before those inside it
        if element["S"] in HOLDS_TEXT:
            element["K"][:] = [
                item for kid in element["K"] for item in _take_up(kid, element, objects, owners)
            ]
    parents = next(one for one in objects if isinstance(one, dict) and "Nums" in one)
    for entries in parents["Nums"]:
        if isinstance(entries, list):
            entries[:] = [_find_owner(entry, owners) for entry in entries]


def _take_up(kid: Any, element: Any, objects: Sequence[Any], owners: dict[bytes, bytes]) -> Sequence[Any]:
    """List what stands for a kid: its content, where it has no meaning of its own."""
    if isinstance(kid, bytes):
        inner = objects[int(kid.split()[0])]
        if (
            inner.get("S") in MEANINGLESS
            and inner.keys() <= _KEYS
            and inner["Pg"] == element["Pg"]
            and all(isinstance(item, int) for item in inner["K"])
        ):
            owners[kid] = element.reference
            content = inner["K"]
            inner.clear()  # nothing refers to it any more
            return content  # type: ignore[no-any-return]
    return [kid]


def _find_owner(entry: bytes, owners: dict[bytes, bytes]) -> bytes:
    while entry in owners:
        entry = owners[entry]
    return entry
