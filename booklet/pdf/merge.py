"""One part → its pages in the whole, and its entries in the page, structure, name and outline trees of the whole.

The structure tree (ISO 32000-1 §14.7), the destinations and the bookmarks of a document hang from its catalog;
copying pages leaves them behind. They are merged here, prefixed and renumbered so that parts do not collide.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from booklet.layout.tags import children, parent_entries, walk
from booklet.pdf.outline import Bookmark, read_bookmarks, top_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from booklet.pdf.objects import Origin

#: Scheme of the links from one part to another, in every part.
SCHEME = "proposal:"

_CATALOG_KEYS = frozenset(
    {"/Type", "/Pages", "/Lang", "/MarkInfo", "/Metadata", "/Names", "/Outlines", "/StructTreeRoot"}
    | {"/ViewerPreferences"}
)
_STRUCTURE_KEYS = frozenset({"/Type", "/K", "/ParentTree", "/ParentTreeNextKey"})
#: flag of an annotation that is shown and printed (ISO 32000-1 table 165), required by PDF/A-3 §6.3.2
_PRINTED = 4


class Link(NamedTuple):
    """A link to a destination of the whole."""

    #: index of its page in the part
    page: int
    #: as it was written
    target: str
    #: the same as `target`, if that was written with the private scheme and may be in another part
    destination: str
    #: what a screen reader speaks where the part that it leads to has no title
    words: bytes

    @property
    def is_private(self) -> bool:
        """Whether it may lead to another part."""
        return self.target == self.destination


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


class Frame(NamedTuple):
    """What a page has that a running foot is added to: contents, and the entries of its resources, forms apart."""

    contents: bytes
    resources: bytes
    forms: bytes


def merge_part(
    origin: Origin, portion: Portion, prefix: str, parents: ParentNodes, *, has_feet: bool
) -> tuple[MergedPart, tuple[Frame, ...], tuple[Link, ...]]:
    """Copy the pages of a document, or of a portion of it, into the table and return its entries for the trees.

    `prefix` is put before identifiers of elements and targets of links. Pages that get a running
    foot lack their frames. Links have a mark of :func:`link_title` for words.
    """
    table = origin.table
    numbers = tuple(table.reserve() for _ in portion.pages)
    _replace_numbers(origin, portion, numbers, parents)
    links: list[Link] = []
    for index, page in enumerate(portion.pages):
        for annotation in page_annotations(page):
            annotation["/F"] = _PRINTED
            link = _relink(annotation, index, chapter_of(prefix))
            if link is not None:
                annotation["/Contents"] = Name(link_title(len(links)))
                links.append(link)
    element_by_id = _prefix_elements(origin, portion.elements, prefix)
    destinations = {name: origin.refer(target) for name, target in portion.destinations.items()}
    frames = []
    for page, number in zip(portion.pages, numbers, strict=True):
        if has_feet:
            frames.append(_cut_frame(origin, page))
        table.define(number, origin.renumber(page.unparse(resolved=True)))
    merged = MergedPart(
        pages=numbers,
        elements=tuple(origin.refer(element) for element in portion.elements),
        parents={key: origin.refer(value) for key, value in portion.parents.items()},
        element_by_id=element_by_id,
        destinations=destinations,
        bookmarks=read_bookmarks(origin, portion.bookmarks),
    )
    return merged, tuple(frames), tuple(links)


def link_title(rank: int) -> str:
    """Write what stands in a link, until it is linked, for the title of the part that it leads to."""
    return f"/LinkTitle{rank}"


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


def _relink(annotation: pikepdf.Object, page: int, chapter: str) -> Link | None:
    """Turn a link between parts into a link to a destination, and prefix the target of a link inside a part.

    WeasyPrint fills `/Contents`, which a screen reader may speak, with the bare target; a title replaces it.
    """
    target = destination = private_target(annotation)
    if target is not None:
        del annotation["/A"]
    elif "/Dest" in annotation:
        target = str(annotation["/Dest"])
        destination = f"{chapter}:{target}"
    if target is None or destination is None:
        return None
    annotation["/Dest"] = String(destination)
    return Link(page, target, destination, annotation.get("/Contents", String("")).unparse())


def _prefix_headers(attributes: pikepdf.Object, prefix: str) -> None:
    """Prefix the identifiers by which table cells refer to their headers."""
    owners = attributes.as_list() if isinstance(attributes, Array) else [attributes]
    for owner in owners:
        if isinstance(owner, Dictionary) and "/Headers" in owner:
            owner["/Headers"] = Array(
                [String(f"{prefix}:{header}") for header in owner["/Headers"].as_list()]
            )


def _cut_frame(origin: Origin, page: pikepdf.Object) -> Frame:
    """Take out of a page what is written when it gets its running foot."""
    resources = page["/Resources"]
    frame = Frame(
        origin.refer(page["/Contents"]),
        _entries(origin, {key: value for key, value in resources.items() if key != "/XObject"}),
        _entries(origin, resources.get("/XObject", Dictionary())),
    )
    for key in ("/Contents", "/Resources", "/Parent"):
        del page[key]
    return frame


def _entries(origin: Origin, dictionary: Mapping[str, pikepdf.Object] | pikepdf.Object) -> bytes:
    return b" ".join(key.encode() + b" " + origin.refer(value) for key, value in dictionary.items())
