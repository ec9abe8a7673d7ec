"""One part → its pages in the whole, and what it brings to the trees of the whole.

The structure tree (ISO 32000-1 §14.7), the destinations and the bookmarks of a document hang from its
catalog; copying pages leaves them behind. They are carried here, renamed and renumbered so that parts do not
collide.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, String

from booklet.layout.tags import children, parent_entries, walk
from booklet.pdf.objects import ObjectTable, Origin, array, reference
from booklet.pdf.outline import Bookmark, read_bookmarks, top_items

if TYPE_CHECKING:
    from contextlib import ExitStack

#: Scheme of the links from one part to another, in every part.
SCHEME = "proposal:"

_FOOT = "/Foot"
_CATALOG_KEYS = frozenset(
    {"/Type", "/Pages", "/Lang", "/MarkInfo", "/Metadata", "/Names", "/Outlines", "/StructTreeRoot"}
    | {"/ViewerPreferences"}
)
_STRUCTURE_KEYS = frozenset({"/Type", "/K", "/ParentTree", "/ParentTreeNextKey"})
#: of an annotation that is seen and printed (ISO 32000-1 table 165); PDF/A-3 §6.3.2 wants it said
_PRINTED = 4
_MARKING = {"BDC", "BMC", "EMC", "DP", "MP"}

#: Target of a link, and whether it is written with the private scheme → destination in the whole and what to
#: say of it, or None if it leads nowhere.
Resolve = Callable[[str, bool], tuple[str, str] | None]


class LinkError(Exception):
    """A part cannot be carried into the body as it is: a fault of ours, not of an author."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a part brings to the trees of the whole, written with the numbers of the whole."""

    pages: tuple[int, ...]
    elements: tuple[bytes, ...]
    parents: Mapping[int, bytes]
    element_by_id: Mapping[bytes, bytes]
    destinations: Mapping[str, bytes]
    bookmarks: tuple[Bookmark, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """Hold what is carried of an open document: all of it, or some pages with what hangs from them."""

    pages: tuple[pikepdf.Object, ...]
    #: right below the structure tree's `Document`
    elements: tuple[pikepdf.Object, ...]
    #: by the key of a page or an annotation, from 0
    parents: Mapping[int, pikepdf.Object]
    destinations: Mapping[str, pikepdf.Object]
    #: entries of the outline that stand below no other
    bookmarks: tuple[pikepdf.Object, ...]

    @classmethod
    def whole(cls, document: pikepdf.Pdf) -> Portion:
        """Take all of a document."""
        (root,) = children(document.Root["/StructTreeRoot"])
        return cls(
            tuple(page.obj for page in document.pages),
            tuple(children(root)),
            parent_entries(document),
            dict(named_destinations(document)),
            top_items(document),
        )


def carry(
    origin: Origin,
    portion: Portion,
    prefix: str,
    resolve: Resolve,
    *,
    first_key: int,
    page_node: int,
    document_element: int,
    feet: Iterator[tuple[bytes, bytes]] | None = None,
) -> Carried:
    """Copy the pages of a document, or a portion of it, into the table and tell what it brings to the trees.

    `resolve` gives the destination of a link and what to say of it, from the target and whether it is written
    with the private scheme. `first_key` is the first free key of the parent tree. `feet` gives, page after
    page, the media box and the reference of the form to lay over it.
    """
    table, document = origin.table, origin.document
    pages = portion.pages
    page_objects = tuple(table.reserve() for _ in pages)
    origin.numbers.update({page.objgen[0]: number for page, number in zip(pages, page_objects, strict=True)})
    origin.numbers[document.Root["/Pages"].objgen[0]] = page_node
    (own_document,) = children(document.Root["/StructTreeRoot"])
    origin.numbers[own_document.objgen[0]] = document_element

    parents = {first_key + key: value for key, value in portion.parents.items()}
    for page in pages:
        page["/StructParents"] = int(page["/StructParents"]) + first_key
        for annotation in page_annotations(page):
            if "/StructParent" in annotation:
                annotation["/StructParent"] = int(annotation["/StructParent"]) + first_key
            annotation["/F"] = _PRINTED
            _relink(annotation, resolve)
    element_by_id = {}
    for element in (inner for top in portion.elements for inner in (top, *walk(top))):
        if "/A" in element:
            _prefix_headers(element["/A"], prefix)
        if "/ID" in element:
            element["/ID"] = String(f"{prefix}:{element['/ID']}")
            element_by_id[bytes(element["/ID"])] = origin.refer(element)

    destinations = {f"{prefix}:{name}": origin.refer(target) for name, target in portion.destinations.items()}
    top = float(pages[0]["/MediaBox"][3])
    destinations[prefix] = b"[ %s /XYZ 0 %s 0 ]" % (reference(page_objects[0]), f"{top:g}".encode())
    for page, number in zip(pages, page_objects, strict=True):
        table.define(number, _write_page(origin, page, page_node, None if feet is None else next(feet)))
    return Carried(
        pages=page_objects,
        elements=tuple(origin.refer(element) for element in portion.elements),
        parents={key: origin.refer(value) for key, value in parents.items()},
        element_by_id=element_by_id,
        destinations=destinations,
        bookmarks=read_bookmarks(origin, portion.bookmarks),
    )


def check_supported(name: str, document: pikepdf.Pdf) -> None:
    """Refuse what would be lost on the way rather than lose it in silence."""
    root = document.Root
    extra = set(root.keys()) - _CATALOG_KEYS
    extra |= set(root["/StructTreeRoot"].keys()) - _STRUCTURE_KEYS
    extra |= set(root.get("/Names", Dictionary()).keys()) - {"/Dests"}
    extra |= {str(note["/Subtype"]) for page in document.pages for note in page_annotations(page.obj)} - {
        "/Link"
    }
    if extra:
        raise LinkError(f"part {name}: cannot carry {', '.join(sorted(extra))}")


def named_destinations(document: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Object]]:
    """List the named destinations of a part, with arrays as targets."""
    names = document.Root.get("/Names", Dictionary()).get("/Dests")
    if names is not None:
        for name, target in pikepdf.NameTree(names).items():
            yield str(name), target


def page_annotations(page: pikepdf.Object) -> list[pikepdf.Object]:
    """List the annotations of a page; none where it has no array of them."""
    return list(page.get("/Annots", Array()).as_list())


def private_target(annotation: pikepdf.Object) -> str | None:
    """Read the target of a link written with the private scheme."""
    action = annotation.get("/A")
    if action is None or str(action.get("/S")) != "/URI":
        return None
    address = str(action["/URI"])
    return unquote(address.removeprefix(SCHEME)) if address.startswith(SCHEME) else None


def _relink(annotation: pikepdf.Object, resolve: Resolve) -> None:
    """Turn a link between parts into a real one, rename the target of one inside a part, say where it leads.

    WeasyPrint fills `/Contents`, which a screen reader may speak, with the bare target.
    """
    target = private_target(annotation)
    is_private = target is not None
    if target is None:
        if "/Dest" not in annotation:
            return
        target = str(annotation["/Dest"])
    found = resolve(target, is_private)
    if found is None:
        return
    destination, title = found
    if is_private:
        del annotation["/A"]
    annotation["/Dest"] = String(destination)
    if title:
        annotation["/Contents"] = String(title)


def _prefix_headers(attributes: pikepdf.Object, prefix: str) -> None:
    """Make the cells' references to their headers follow the renamed identifiers."""
    owners = attributes.as_list() if isinstance(attributes, Array) else [attributes]
    for owner in owners:
        if isinstance(owner, Dictionary) and "/Headers" in owner:
            owner["/Headers"] = Array(
                [String(f"{prefix}:{header}") for header in owner["/Headers"].as_list()]
            )


def _write_page(
    origin: Origin, page: pikepdf.Object, page_node: int, foot: tuple[bytes, bytes] | None
) -> bytes:
    """Write a page, with its running foot laid over it."""
    fields = {"/Parent": reference(page_node)}
    if foot is not None:
        media_box, form = foot
        if media_box != page["/MediaBox"].unparse(resolved=True):
            raise LinkError(f"a running foot made for {media_box!r} cannot be laid over another format")
        before, after = _foot_streams(origin.table)
        fields["/Contents"] = array((reference(before), origin.refer(page["/Contents"]), reference(after)))
        resources = {key: origin.refer(value) for key, value in page["/Resources"].items()}
        forms = {
            key: origin.refer(value)
            for key, value in page["/Resources"].get("/XObject", Dictionary()).items()
        }
        assert _FOOT not in forms
        resources["/XObject"] = _dictionary({**forms, _FOOT: form})
        fields["/Resources"] = _dictionary(resources)
    for key in fields:
        del page[key]
    rest = origin.renumber(page.unparse(resolved=True)).removesuffix(b">>")
    return rest + _dictionary(fields).removeprefix(b"<<")


def _dictionary(fields: Mapping[str, bytes]) -> bytes:
    return b"<< %s >>" % b" ".join(key.encode() + b" " + fields[key] for key in sorted(fields))


def _foot_streams(table: ObjectTable) -> tuple[int, int]:
    """Give the two content streams around a page's own that draw its foot, the same for every page."""
    around = (
        b"q\n",
        b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq %s Do Q\nEMC\n" % _FOOT.encode(),
    )
    numbers = []
    for content in around:
        digest = hashlib.sha256(b"foot:" + content).digest()
        if digest not in table.shared:
            table.shared[digest] = table.add(b"<< >>", content)
        numbers.append(table.shared[digest])
    return numbers[0], numbers[1]


def read_feet(
    table: ObjectTable, numbers: Sequence[bytes] | bytes, stack: ExitStack
) -> Iterator[tuple[bytes, bytes]]:
    """Make a form of each page of the running feet: its media box and its reference, page after page."""
    for pdf in (numbers,) if isinstance(numbers, bytes) else numbers:
        document = stack.enter_context(pikepdf.open(io.BytesIO(pdf)))
        origin = Origin(table, document)
        for page in document.pages:
            media_box = page.obj["/MediaBox"].unparse(resolved=True)
            # The whole form is an artifact: marks of its own would lead into a structure that is not carried.
            content = pikepdf.unparse_content_stream(
                [item for item in pikepdf.parse_content_stream(page) if str(item.operator) not in _MARKING]
            )
            body = b"<< /Type /XObject /Subtype /Form /BBox %s /Resources %s >>" % (
                media_box,
                origin.refer(page.obj["/Resources"]),
            )
            yield media_box, reference(table.add(body, content))
    raise LinkError("the running feet stop before the last page")
