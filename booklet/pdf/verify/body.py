"""The body that every booklet begins with → what its updates must repeat; read once for all booklets.

The body's bytes are proved by their digest. What is checked here is that an update cannot change what they show: every
object is spelt in one way, refers to objects of the body, and nothing in it acts but links.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.body_objects import FRONT_BOOKMARK, examine_objects, plain
from booklet.pdf.verify.kinds import check_kind
from booklet.pdf.verify.sections import Section, items, read_section, reference, whole
from booklet.pdf.verify.syntax import Objection, Reference, Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: of one file: enough to see what it is
MAX_OBJECTIONS = 20
#: bytes of files inside a body, unpacked
_MAX_ATTACHED = 64_000_000
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """What updates of a body are held against."""

    section: Section
    #: by name: the numbers of the objects that an update replaces
    roots: Mapping[str, int]
    #: the same objects, parsed; those that are streams have their dictionary
    held: Mapping[str, Mapping[str, Value]]
    packet: bytes
    pages: int
    #: digests of the files inside it that a release also has beside its booklets, by name
    attached: Mapping[str, str]
    #: objections to the body itself
    objections: tuple[Message, ...]


@lru_cache(maxsize=1)
def read_body(body: bytes, scale: int = 1) -> BodyFacts:
    """Read a body with so many times the usual objects; raises `Objection` where it cannot be interpreted."""
    if not body.startswith(_HEADER):
        raise Objection(say("the body does not begin as ours do"))
    section = read_section(body, 0, header=len(_HEADER), may_free=frozenset((0, FRONT_BOOKMARK)), scale=scale)
    catalog = plain(section, reference(section.trailer["/Root"]))
    if wrong := next(check_kind(catalog, "catalog", reference(section.trailer["/Root"])), None):
        raise Objection(wrong)
    numbers = {
        "page tree root": reference(catalog["/Pages"]),
        "structure tree root": reference(catalog["/StructTreeRoot"]),
        "name dictionary": reference(catalog["/Names"]),
        "outline root": reference(catalog["/Outlines"]),
        "page labels": reference(catalog["/PageLabels"]),
        "metadata": reference(catalog["/Metadata"]),
        "information dictionary": reference(section.trailer["/Info"]),
    }
    held = {name: plain(section, number) for name, number in numbers.items() if name != "metadata"}
    structure = held["structure tree root"]
    elements = structure.get("/K")
    if not isinstance(elements, list) or len(elements) != 1:
        raise Objection(say("the body's structure is not one document"))
    numbers["document element"] = reference(elements[0])
    numbers["parent tree"] = reference(structure.get("/ParentTree"))
    held |= {name: plain(section, numbers[name]) for name in ("document element", "parent tree")}
    if len(set(numbers.values())) != len(numbers) or numbers["metadata"] not in section.streams:
        raise Objection(say("the body's roots are not objects of their own"))
    packet = section.streams[numbers["metadata"]]
    held["metadata"] = packet.head
    if wrong := next(_examine(section, held, numbers), None):
        raise Objection(wrong)
    objections = tuple(islice(examine_objects(section, held, numbers, scale), MAX_OBJECTIONS))
    pages = whole(held["page tree root"], "/Count")
    attached = _read_attached(section, catalog, _MAX_ATTACHED * scale)
    return BodyFacts(section, numbers, held, packet.unpack(1_000_000), pages, attached, objections)


def _read_attached(section: Section, catalog: Mapping[str, Value], left: int) -> dict[str, str]:
    """Digest the associated files that are data, not what the booklet was made from (ISO 19005-3, annex E)."""
    attached, listed = {}, []
    for number in map(reference, items(catalog, "/AF") if "/AF" in catalog else []):
        held = plain(section, number)
        if wrong := next(check_kind(held, "embedded file", number), None):
            raise Objection(wrong)
        listed += [held["/F"], Reference(number)]
        if held["/AFRelationship"] == "/Data" and isinstance(embedded := held["/EF"], dict):
            data = section.streams[reference(embedded["/F"])].unpack(left)
            left -= len(data)
            attached[text_of(held["/F"])] = hashlib.sha256(data).hexdigest()
    tree = plain(section, reference(catalog["/Names"])).get("/EmbeddedFiles")
    leaves = items(plain(section, reference(tree)), "/Kids") if tree else []
    if listed != [one for leaf in leaves for one in items(plain(section, reference(leaf)), "/Names")]:
        raise Objection(say("the embedded files are not those that the catalog names"))
    return attached


def _examine(
    section: Section, held: Mapping[str, Mapping[str, Value]], numbers: Mapping[str, int]
) -> Iterator[Message]:
    """Require the body's own roots, and one node with all its pages, on which nothing lies but links."""
    for name in (
        "structure tree root",
        "document element",
        "parent tree",
        "name dictionary",
        "information dictionary",
    ):
        yield from check_kind(held[name], name, numbers[name])
    yield from check_kind(held["metadata"], "metadata", numbers["metadata"])
    kids = held["page tree root"].get("/Kids")
    if not isinstance(kids, list) or len(kids) != 1:
        raise Objection(say("the body's pages are not in one node"))
    node = plain(section, reference(kids[0]))
    yield from check_kind(node, "page tree node", reference(kids[0]))
    pages = [reference(page) for page in items(node, "/Kids")]
    is_honest = len(set(pages)) == len(pages) == node.get("/Count") == held["page tree root"].get(
        "/Count"
    ) and node.get("/Parent") == Reference(numbers["page tree root"])
    if not is_honest:
        yield say("the body's page tree is not a list of its pages")
    for number in pages:
        page = plain(section, number)
        yield from check_kind(page, "page", number)
        for link in map(reference, items(page, "/Annots") if "/Annots" in page else []):
            yield from check_kind(plain(section, link), "link", link)
