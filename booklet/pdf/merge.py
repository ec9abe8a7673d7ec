"""One part → its pages in the whole, and its entries in the page, structure, name and outline trees of the whole.

The structure tree (ISO 32000-1 §14.7), the destinations and the bookmarks of a document hang from its catalog;
copying pages leaves them behind. They are merged here, prefixed and renumbered so that parts do not collide.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, String

from booklet.layout.tags import children, parent_entries, walk
from booklet.pdf.objects import ObjectTable, Origin, array, reference
from booklet.pdf.outline import Bookmark, read_bookmarks, top_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import ExitStack

#: Scheme of the links from one part to another, in every part.
SCHEME = "proposal:"

_FOOT = "/Foot"
_CATALOG_KEYS = frozenset(
    {"/Type", "/Pages", "/Lang", "/MarkInfo", "/Metadata", "/Names", "/Outlines", "/StructTreeRoot"}
    | {"/ViewerPreferences"}
)
_STRUCTURE_KEYS = frozenset({"/Type", "/K", "/ParentTree", "/ParentTreeNextKey"})
#: flag of an annotation that is shown and printed (ISO 32000-1 table 165), required by PDF/A-3 §6.3.2
_PRINTED = 4
_MARKING = {"BDC", "BMC", "EMC", "DP", "MP"}


class LinkTarget(NamedTuple):
    """A destination of the whole, and the title that a screen reader speaks; "" leaves the link's own words."""

    destination: str
    title: str


class Resolve(Protocol):
    """Find where a link leads in the whole; None if it leads nowhere."""

    def __call__(self, target: str, *, is_private: bool) -> LinkTarget | None:
        """Resolve a target, which `is_private` if it is written with the private scheme and may be in another part."""
        ...


class Foot(NamedTuple):
    """A running foot: the media box it was laid out for, and the reference of the form that draws it."""

    media_box: bytes
    form: bytes


class ParentNodes(NamedTuple):
    """The numbers of the objects of the whole that pages and structure elements hang from."""

    pages: int
    elements: int


class LinkError(Exception):
    """A part that cannot be merged into the body: a fault of ours, not of an author."""


class UnresolvedTargets(LinkError):
    """Links to destinations that no part defines; `targets` lists them as (part id, target)."""

    def __init__(self, targets: Sequence[tuple[str, str]]) -> None:
        self.targets = tuple(targets)
        super().__init__(
            "no destination for " + ", ".join(f"{target} (cited by {part})" for part, target in targets)
        )


@dataclass(frozen=True, slots=True)
class MergedPart:
    """The entries of a part in the trees of the whole, written with the numbers of the whole."""

    pages: tuple[int, ...]
    elements: tuple[bytes, ...]
    parents: Mapping[int, bytes]
    element_by_id: Mapping[bytes, bytes]
    destinations: Mapping[str, bytes]
    bookmarks: tuple[Bookmark, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """What is merged of an open document: all of it, or some pages with their elements and bookmarks."""

    pages: tuple[pikepdf.Object, ...]
    #: right below the structure tree's `Document`
    elements: tuple[pikepdf.Object, ...]
    #: entries of the parent tree by the key of a page or an annotation, from 0
    parents: Mapping[int, pikepdf.Object]
    destinations: Mapping[str, pikepdf.Object]
    #: the outline's entries of the first level
    bookmarks: tuple[pikepdf.Object, ...]

    @classmethod
    def whole(cls, document: pikepdf.Pdf) -> Portion:
        """Select all of a document."""
        (root,) = children(document.Root["/StructTreeRoot"])
        return cls(
            tuple(page.obj for page in document.pages),
            tuple(children(root)),
            parent_entries(document),
            dict(named_destinations(document)),
            top_items(document),
        )


def merge_part(
    origin: Origin,
    portion: Portion,
    prefix: str,
    resolve: Resolve,
    *,
    parents: ParentNodes,
    first_key: int,
    feet: Iterator[Foot] | None = None,
) -> MergedPart:
    """Copy the pages of a document, or of a portion of it, into the table and return its entries for the trees.

    `prefix` is put before its anchors and element identifiers; `first_key` is the first free key of the parent tree;
    `feet` yields the running foot of each page.
    """
    table = origin.table
    numbers = tuple(table.reserve() for _ in portion.pages)
    _replace_numbers(origin, portion, numbers, parents)
    _shift_keys(portion.pages, first_key)
    for page in portion.pages:
        for annotation in page_annotations(page):
            annotation["/F"] = _PRINTED
            _relink(annotation, resolve)
    element_by_id = _prefix_elements(origin, portion.elements, prefix)
    destinations = {
        f"{chapter_of(prefix)}:{name}": origin.refer(target) for name, target in portion.destinations.items()
    }
    top = float(portion.pages[0]["/MediaBox"][3])
    destinations[prefix] = b"[ %s /XYZ 0 %s 0 ]" % (reference(numbers[0]), f"{top:g}".encode())
    for page, number in zip(portion.pages, numbers, strict=True):
        table.define(number, _write_page(origin, page, parents.pages, None if feet is None else next(feet)))
    return MergedPart(
        pages=numbers,
        elements=tuple(origin.refer(element) for element in portion.elements),
        parents={first_key + key: origin.refer(value) for key, value in portion.parents.items()},
        element_by_id=element_by_id,
        destinations=destinations,
        bookmarks=read_bookmarks(origin, portion.bookmarks),
    )


def chapter_of(part: str) -> str:
    """Name the chapter of a part, whose anchors bear its name: a chapter may be laid out as several documents."""
    return part.partition(":")[0]


def _replace_numbers(
    origin: Origin, portion: Portion, numbers: tuple[int, ...], parents: ParentNodes
) -> None:
    """Map the pages to their numbers in the whole, and the part's own roots to those of the whole."""
    origin.numbers.update(
        {page.objgen[0]: number for page, number in zip(portion.pages, numbers, strict=True)}
    )
    root = origin.document.Root
    (document_element,) = children(root["/StructTreeRoot"])
    origin.numbers[root["/Pages"].objgen[0]] = parents.pages
    origin.numbers[document_element.objgen[0]] = parents.elements


def _shift_keys(pages: Iterable[pikepdf.Object], first_key: int) -> None:
    """Move the keys by which pages and annotations find their elements in the parent tree."""
    for page in pages:
        page["/StructParents"] = int(page["/StructParents"]) + first_key
        for annotation in page_annotations(page):
            if "/StructParent" in annotation:
                annotation["/StructParent"] = int(annotation["/StructParent"]) + first_key


def _prefix_elements(origin: Origin, elements: Iterable[pikepdf.Object], prefix: str) -> dict[bytes, bytes]:
    """Prefix the identifiers of elements and the references to them; map each new one to its element."""
    element_by_id = {}
    for element in (inner for top in elements for inner in (top, *walk(top))):
        if "/A" in element:
            _prefix_headers(element["/A"], prefix)
        if "/ID" in element:
            element["/ID"] = String(f"{prefix}:{element['/ID']}")
            element_by_id[bytes(element["/ID"])] = origin.refer(element)
    return element_by_id


def check_supported(name: str, document: pikepdf.Pdf) -> None:
    """Refuse a document with features that merging would lose; raises `LinkError`."""
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
    """Turn a link between parts into a link to a destination, and prefix the target of a link inside a part.

    WeasyPrint fills `/Contents`, which a screen reader may speak, with the bare target; a title replaces it.
    """
    target = private_target(annotation)
    is_private = target is not None
    if target is None:
        if "/Dest" not in annotation:
            return
        target = str(annotation["/Dest"])
    found = resolve(target, is_private=is_private)
    if found is None:
        return
    if is_private:
        del annotation["/A"]
    annotation["/Dest"] = String(found.destination)
    if found.title:
        annotation["/Contents"] = String(found.title)


def _prefix_headers(attributes: pikepdf.Object, prefix: str) -> None:
    """Prefix the identifiers by which table cells refer to their headers."""
    owners = attributes.as_list() if isinstance(attributes, Array) else [attributes]
    for owner in owners:
        if isinstance(owner, Dictionary) and "/Headers" in owner:
            owner["/Headers"] = Array(
                [String(f"{prefix}:{header}") for header in owner["/Headers"].as_list()]
            )


def _write_page(origin: Origin, page: pikepdf.Object, page_node: int, foot: Foot | None) -> bytes:
    """Write a page, drawing its running foot over it as a form."""
    fields = {"/Parent": reference(page_node)}
    if foot is not None:
        if foot.media_box != page["/MediaBox"].unparse(resolved=True):
            raise LinkError(f"a running foot made for {foot.media_box!r} cannot be laid over another format")
        before, after = _foot_streams(origin.table)
        fields["/Contents"] = array((reference(before), origin.refer(page["/Contents"]), reference(after)))
        resources = {key: origin.refer(value) for key, value in page["/Resources"].items()}
        forms = {
            key: origin.refer(value)
            for key, value in page["/Resources"].get("/XObject", Dictionary()).items()
        }
        assert _FOOT not in forms
        resources["/XObject"] = _dictionary({**forms, _FOOT: foot.form})
        fields["/Resources"] = _dictionary(resources)
    for key in fields:
        del page[key]
    rest = origin.renumber(page.unparse(resolved=True)).removesuffix(b">>")
    return rest + _dictionary(fields).removeprefix(b"<<")


def _dictionary(fields: Mapping[str, bytes]) -> bytes:
    return b"<< %s >>" % b" ".join(key.encode() + b" " + fields[key] for key in sorted(fields))


def _foot_streams(table: ObjectTable) -> tuple[int, int]:
    """Write, once for all pages, the two content streams around a page's own that draw its foot."""
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


def read_feet(table: ObjectTable, numbers: Sequence[bytes] | bytes, stack: ExitStack) -> Iterator[Foot]:
    """Write the form of each running foot, one for each page of the documents."""
    for pdf in (numbers,) if isinstance(numbers, bytes) else numbers:
        document = stack.enter_context(pikepdf.open(io.BytesIO(pdf)))
        origin = Origin(table, document)
        for page in document.pages:
            media_box = page.obj["/MediaBox"].unparse(resolved=True)
            # the whole form is an artifact: marks of its own would refer to a structure that is not merged
            content = pikepdf.unparse_content_stream(
                [item for item in pikepdf.parse_content_stream(page) if str(item.operator) not in _MARKING]
            )
            body = b"<< /Type /XObject /Subtype /Form /BBox %s /Resources %s >>" % (
                media_box,
                origin.refer(page.obj["/Resources"]),
            )
            yield Foot(media_box, reference(table.add(body, content)))
    raise LinkError("the running feet stop before the last page")
