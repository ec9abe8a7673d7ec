"""Body and a list's front matter → the incremental update that makes them a booklet.

The body's bytes are not touched: a booklet is the body followed by an update (ISO 32000-1 §7.5.6) that adds the
front matter. It writes new versions of these objects only: the page tree root; the structure tree root, its `Document`
and the roots of its parent and identifier trees; the roots of names, outline and page labels; the metadata packet and
Info. :mod:`booklet.pdf.verify.proof` proves it of any file.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary

from booklet.layout.tags import slim_document
from booklet.pdf.body import (
    FRONT_MATTER,
    FRONT_MATTER_BOOKMARK,
    front_matter_boundary,
    name_bytes,
    outline_root,
)
from booklet.pdf.merge import LinkError, MergedPart, ParentNodes, Portion, UnresolvedTargets, check_supported
from booklet.pdf.metadata import read_description, write_information, write_packet
from booklet.pdf.objects import ObjectTable, Origin, array, reference
from booklet.pdf.outline import Bookmark, count_visible, write_bookmarks
from booklet.pdf.relocatable import Relocatable
from booklet.pdf.section import write_section
from booklet.pdf.stamping import StampFinder
from booklet.pdf.trees import name_leaf, write_number_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

#: pages of the front matter, cover and letter, labelled i and ii
FRONT_MATTER_PAGES = 2
#: key of the first front page in the parent tree: greater than those of any body
FIRST_KEY = 1_000_000


class LacksFont(Exception):
    """A font of the front matter that the body does not have: the front matter must include it."""


_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


class OpenBody:
    """A body, parsed once for the updates of many lists; no open file, so that it can be kept in memory."""

    def __init__(self, body: bytes) -> None:
        start = _START.search(body[-64:])
        if start is None:
            raise LinkError("the body does not end as a PDF")
        self._length = len(body)
        self._cross_reference = int(start[1])
        with pikepdf.open(io.BytesIO(body)) as document:
            root, trailer = document.Root, document.trailer
            structure = root["/StructTreeRoot"]
            (element,) = structure["/K"].as_list()
            outlines = root["/Outlines"]
            self._next_number = int(trailer["/Size"])
            self._identity = bytes(trailer["/ID"][0])
            self._description = read_description(document)
            self._catalog, self._information = root.objgen[0], trailer["/Info"].objgen[0]
            self._page_tree, self._structure = root["/Pages"].objgen[0], structure.objgen[0]
            self._document_element, self._parent_tree = element.objgen[0], structure["/ParentTree"].objgen[0]
            self._names, self._outlines = root["/Names"].objgen[0], outlines.objgen[0]
            self._labels, self._packet = root["/PageLabels"].objgen[0], root["/Metadata"].objgen[0]
            self._page_count = int(root["/Pages"]["/Count"])
            self._page_kids = _items(root["/Pages"]["/Kids"])
            self._element_kids = _items(element["/K"])
            self._parent_kids = _items(structure["/ParentTree"]["/Kids"])
            assert int(structure["/ParentTreeNextKey"]) <= FIRST_KEY, "the body has too many pages"
            self._id_leaves = _leaves(structure["/IDTree"])
            self._other_names = b"".join(
                b" %s %s" % (key.encode(), value.unparse())
                for key, value in root["/Names"].items()
                if key != "/Dests"
            )
            self._name_leaves = _leaves(root["/Names"]["/Dests"])
            self._destinations = frozenset(pikepdf.NameTree(root["/Names"]["/Dests"]).keys())
            self._bookmarks = int(outlines["/Count"])
            self._first_bookmark = outlines["/First"].objgen[0] if "/First" in outlines else None
            self._last_bookmark = outlines["/Last"].objgen[0] if "/Last" in outlines else None
            self._shared = _shared_resources(document)

    def prepend(self, front_matter: bytes, title: str, words: Mapping[str, str] | None = None) -> bytes:
        """Write the update that puts a list's laid-out front matter first; `title` is the booklet's."""
        with pikepdf.open(io.BytesIO(front_matter)) as document:
            check_supported(FRONT_MATTER, document)
            finder = StampFinder.detach(document)
            slim_document(document)
            relocatable = Relocatable.extract(
                *(document, Portion.whole(document), FRONT_MATTER),
                is_in_file=self._shared.__contains__,
                finder=finder,
            )
        return self.link(relocatable, title, words or {})

    def link(self, front_matter: Relocatable, title: str, words: Mapping[str, str]) -> bytes:
        """Write the update that puts a list's front matter first; the booklet is the body, then these bytes.

        `words` are stamped, by name. Anchor `x` of the front matter is `front:x`. The same front matter gives the same
        bytes, whichever lists came before. Raises `LacksFont` where the body does not have a font of the front matter.
        """
        if front_matter.pages != FRONT_MATTER_PAGES:
            raise LinkError(f"front matter has {FRONT_MATTER_PAGES} pages, not {front_matter.pages}")
        if unresolved := [
            link.target
            for link in front_matter.links
            if link.target not in (self._destinations if link.is_private else front_matter.anchors)
        ]:
            raise UnresolvedTargets([(FRONT_MATTER, target) for target in dict.fromkeys(unresolved)])
        if any(need not in self._shared for need in front_matter.needs):
            raise LacksFont("a font of the front matter is not in the body")
        table = ObjectTable(first=self._next_number)
        needs = [self._shared[need] for need in front_matter.needs]
        parents = ParentNodes(self._page_tree, self._document_element)
        merged = front_matter.link(table, FRONT_MATTER, parents, FIRST_KEY, needs=needs, words=words)
        self._replace_roots(table, merged, title)
        return write_section(
            table,
            start=self._length,
            trailer={"Root": reference(self._catalog), "Info": reference(self._information)},
            identity=self._identity,
            previous=self._cross_reference,
        )

    def _replace_roots(self, table: ObjectTable, merged: MergedPart, title: str) -> None:
        """Write the new version of every object that changes."""
        kids = array((*map(reference, merged.pages), self._page_kids))
        count = self._page_count + len(merged.pages)
        table.define(self._page_tree, b"<< /Type /Pages /Count %d /Kids %s >>" % (count, kids))
        table.define(
            self._document_element,
            b"<< /Type /StructElem /S /Document /P %s /K %s >>"
            % (reference(self._structure), array((*merged.elements, self._element_kids))),
        )
        parent_kids = array((self._parent_kids, *write_number_tree(table, merged.parents)))
        table.define(self._parent_tree, b"<< /Kids %s >>" % parent_kids)
        table.define(
            self._structure,
            b"<< /Type /StructTreeRoot /K [ %s ] /ParentTree %s /ParentTreeNextKey %d /IDTree %s >>"
            % (
                reference(self._document_element),
                reference(self._parent_tree),
                max(merged.parents, default=FIRST_KEY - 1) + 1,
                _root_with(table, self._id_leaves, merged.element_by_id),
            ),
        )
        destinations = {
            name_bytes(name): value for name, value in merged.destinations.items() if name != FRONT_MATTER
        }
        table.define(
            self._names,
            b"<< /Dests %s%s >>" % (_root_with(table, self._name_leaves, destinations), self._other_names),
        )
        bookmarks = merged.bookmarks or (Bookmark(title, merged.destinations[FRONT_MATTER]),)
        first, last = write_bookmarks(
            table, bookmarks, self._outlines, after=self._first_bookmark, last=FRONT_MATTER_BOOKMARK
        )
        last = last if self._last_bookmark is None else self._last_bookmark
        table.define(self._outlines, outline_root(first, last, count_visible(bookmarks) + self._bookmarks))
        table.define(
            self._labels, b"<< /Nums [ 0 << /S /r /St 1 >> %d << /S /D /St 1 >> ] >>" % len(merged.pages)
        )
        description = replace(self._description, title=title)
        table.define(self._packet, b"<< /Type /Metadata /Subtype /XML >>", write_packet(description))
        table.define(self._information, write_information(description))


def _items(value: pikepdf.Object) -> bytes:
    """Write the items of an array without its brackets."""
    assert isinstance(value, Array)
    return value.unparse(resolved=True)[1:-1].strip()


def _leaves(root: pikepdf.Object) -> tuple[tuple[bytes, bytes], ...]:
    """List the leaves of a name tree: the last name and the reference of each."""
    return tuple((bytes(kid["/Limits"][1]), kid.unparse()) for kid in root["/Kids"].as_list())


def _root_with(
    table: ObjectTable, leaves: tuple[tuple[bytes, bytes], ...], added: Mapping[bytes, bytes]
) -> bytes:
    """Write the root of a name tree of the body with the front matter's names in their place."""
    before = [leaf for last, leaf in leaves if last < front_matter_boundary()]
    after = [leaf for last, leaf in leaves if last >= front_matter_boundary()]
    new = [reference(table.add(name_leaf(added, sorted(added))))] if added else []
    return b"<< /Kids %s >>" % array((*before, *new, *after))


def _shared_resources(document: pikepdf.Pdf) -> dict[bytes, int]:
    """Map the digests of the body's fonts, images and other streams, which front matter need not repeat, to numbers."""
    origin = Origin(ObjectTable(), document)
    shared: dict[bytes, int] = {}
    for value in document.objects:
        kind = str(value.get("/Type", "")) if isinstance(value, Dictionary | pikepdf.Stream) else ""
        if kind in ("/Font", "/FontDescriptor", "/XObject") or isinstance(value, pikepdf.Stream):
            digest = origin.digest(value.objgen[0])
            if digest is not None:
                shared.setdefault(digest, value.objgen[0])
    return shared
