"""Every object of a body: spelt in one way, referring to the body alone, and nothing in it acts but links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.kinds import check_kind
from booklet.pdf.verify.sections import reference, too_large
from booklet.pdf.verify.syntax import Objection, Reference, Value, parse, parse_dictionary, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from booklet.pdf.verify.sections import Section

#: left free in the body for the last bookmark of the front matter, to which the body's first bookmark points back
FRONT_BOOKMARK = 1
#: elements one inside another
MAX_LEVELS = 60
#: of the objects that are no plain elements, in tokens at most: six times the example
_MAX_WEIGHT = 1_500_000
#: what acts without being asked, or shows other pages to other readers
_ACTING = frozenset(
    {"/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/RichMedia", "/AcroForm", "/XFA", "/Rendition"}
    | {"/OCProperties", "/OC", "/Next", "/PA", "/Ref", "/OPI", "/PS", "/Alternates"}
)
_REFERENCE = re.compile(rb"\((?:[^\\()]++|\\.)*+\)|([0-9]+) ([0-9]+) R\b", re.DOTALL)
_KID = re.compile(rb"([0-9]+) 0 R")
#: most elements, spelt so that no key can stand twice
_ELEMENT = re.compile(
    rb"<<(?: /A << (?:/Headers \[(?: \([^\\()]*\))* \] )?/O /[A-Za-z]+ >>)?(?: /ID \([^\\()]*\))?"
    rb" /K \[ ((?:[0-9]+(?: 0 R)? )*+)\] /P ([0-9]+) 0 R(?: /Pg [0-9]+ 0 R)? /S /[A-Za-z0-9]+ /Type /StructElem >>\n"
)


def plain(section: Section, number: int) -> Mapping[str, Value]:
    """Parse a dictionary of the body; raises `Objection` where there is none."""
    if number not in section.plain:
        raise Objection(say("object {number} is not in the body", number=number))
    return parse_dictionary(section.plain[number])


def examine_objects(
    section: Section, held: Mapping[str, Mapping[str, Value]], numbers: Mapping[str, int], scale: int
) -> Iterator[Message]:
    """Examine all objects; `held` and `numbers` are the roots of the body and their numbers, by name."""
    first = held["outline root"].get("/First")
    elements = {number: _ELEMENT.fullmatch(written) for number, written in section.plain.items()}
    others = (section.plain[number] for number, element in elements.items() if element is None)
    if sum(map(weigh, others)) > _MAX_WEIGHT * scale:
        raise too_large(scale)
    yield from _examine_references(section, first)
    parents: dict[int, int] = {}
    kids: dict[int, list[int]] = {}
    for number, written in section.plain.items():
        if element := elements[number]:
            kids[number] = [int(kid) for kid in _KID.findall(element[1])]
            parents[number] = int(element[2])
            continue
        value = parse(written)
        yield from _examine_actions(value, number)
        if isinstance(value, dict) and value.get("/Type") == "/StructElem":
            kids[number], parents[number] = list(_targets(value.get("/K"))), reference(value.get("/P"))
    for number, stream in section.streams.items():
        yield from _examine_actions(dict(stream.head), number)
    if any(parents.get(kid, number) != number for number, below in kids.items() for kid in below):
        yield say("an element of the body has two parents")
    yield from check_levels(parents, numbers["structure tree root"])
    for tree in (held["name dictionary"]["/Dests"], held["structure tree root"]["/IDTree"]):
        for leaf in _targets(tree):
            yield from check_kind(plain(section, leaf), "name tree leaf", leaf)
    for leaf in _targets(held["parent tree"]["/Kids"]):
        yield from check_kind(plain(section, leaf), "parent tree leaf", leaf)
    yield from _examine_outline(section, first, numbers["outline root"])


def _examine_references(section: Section, first_bookmark: Value) -> Iterator[Message]:
    """Require that the body refers to itself alone: an update could define what it left out."""
    known = section.numbers
    for number, written in section.plain.items():
        for match in _REFERENCE.finditer(written):
            if match[1] is None or (match[2] == b"0" and int(match[1]) in known):
                continue
            if int(match[1]) != FRONT_BOOKMARK or first_bookmark != Reference(number):
                yield _misses(number, int(match[1]))
    for number, stream in section.streams.items():
        for target in _targets(dict(stream.head)):
            if target not in known:
                yield _misses(number, target)


def _misses(number: int, target: int) -> Message:
    return say(
        "object {number} of the body refers to {target}, which it has not", number=number, target=target
    )


def _examine_actions(value: Value, number: int) -> Iterator[Message]:
    """Require that an object does nothing, and shows nothing of other files."""
    if isinstance(value, dict) and value.get("/Type") == "/StructElem":
        kind = "document element" if value.get("/S") == "/Document" else "structure element"
        yield from check_kind(value, kind, number)
    is_bookmark = isinstance(value, dict) and {"/Title", "/Parent", "/Dest"} <= set(value)
    for key in sorted(_ACTING.intersection(_keys(value)) - ({"/Next"} if is_bookmark else set())):
        yield say("object {number} of the body has {key}", number=number, key=key)


def _examine_outline(section: Section, first: Value, root: int) -> Iterator[Message]:
    """Require plain bookmarks, each met once."""
    seen: set[int] = set()
    waiting = [] if first is None else [(reference(first), root)]
    while waiting:
        number, parent = waiting.pop()
        item = plain(section, number)
        yield from check_kind(item, "bookmark", number)
        if number in seen or item.get("/Parent") != Reference(parent):
            yield say("the outline turns in a circle")
            return
        seen.add(number)
        ways = (("/Next", parent), ("/First", number))
        waiting += [(reference(item[key]), up) for key, up in ways if key in item]


def _keys(value: Value) -> Iterator[str]:
    """All keys of a value, at any depth; a value has few levels."""
    if isinstance(value, dict):
        yield from value
    for inner in _inside(value):
        yield from _keys(inner)


def _targets(value: Value) -> Iterator[int]:
    """The numbers of all references in a value."""
    if isinstance(value, Reference):
        yield value.number
    for inner in _inside(value):
        yield from _targets(inner)


def _inside(value: Value) -> Iterable[Value]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def check_levels(parents: Mapping[int, int], root: int) -> Iterator[Message]:
    """Require that every element hangs from the root, and not through too many others."""
    levels = {root: 0}
    for number in parents:
        path: list[int] = []
        upper = number
        while upper not in levels and upper in parents and len(path) <= MAX_LEVELS:
            path.append(upper)
            upper = parents[upper]
        if upper not in levels or levels[upper] + len(path) > MAX_LEVELS:
            yield say("object {number} is an element in a circle, or too many levels deep", number=number)
            return
        for rank, inner in enumerate(reversed(path), levels[upper] + 1):
            levels[inner] = rank
