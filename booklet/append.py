"""Body, open + a list's two front pages → the incremental update that makes them a booklet.

The body's bytes are not touched: a booklet is the body followed by an update (ISO 32000-1 §7.5.6) that adds
the front pages and writes new versions of nothing but the page tree root, the structure tree root with its
`Document` and the roots of its parent and identifier trees, the roots of names, outline and page labels, the
metadata packet and Info. :mod:`booklet.proof` shows it for any file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

import pikepdf
from pikepdf import Array, Dictionary, Name

from booklet.carry import Carried, LinkError, Portion, carry, check_supported
from booklet.link import FRONT, FRONT_BOOKMARK, UnresolvedTargets, front_boundary, name_bytes, outline_root
from booklet.metadata import read_description, write_information, write_packet
from booklet.outline import Bookmark, count_visible, write_bookmarks
from booklet.pdf_objects import (
    ObjectTable,
    Origin,
    array,
    reference,
    write_section,
)
from booklet.series import CannotSplit, keep_own_resources, share_drawing, split
from booklet.structure import slim_document
from booklet.trees import name_leaf, write_number_tree

#: Pages of the front matter, labelled i and ii: cover and letter.
FRONT_PAGES = 2

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


class OpenBody:
    """A body read once, to which the front matter of many lists is then put; holds plain values only."""

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
            self._next_key = int(structure["/ParentTreeNextKey"])
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

    def prepend(self, front: bytes, title: str) -> bytes:
        """Write the update that puts a list's front matter first; the booklet is the body, then these bytes.

        `title` is the booklet's. Anchor `x` of the front matter becomes `front:x`. The same front matter
        gives the same bytes, whichever lists came before.
        """
        with pikepdf.open(io.BytesIO(front)) as document:
            check_supported(FRONT, document)
            slim_document(document)
            return self._write_update(document, Portion.whole(document), title, {})

    def prepend_each(
        self,
        fronts: bytes,
        pages_by_list: Sequence[int],
        titles: Sequence[str | None],
        *,
        is_drawn_once: bool,
    ) -> tuple[bytes, ...]:
        """Write the update of each list from one file that holds the pages of each, one list after another.

        A list without a title gets none. With `is_drawn_once`, only the first page of all has its picture, which is
        that of the first page of each list. The bytes are those that :meth:`prepend` gives for the same pages alone;
        raises `CannotSplit` where they could be others.
        """
        with pikepdf.open(io.BytesIO(fronts)) as document:
            check_supported(FRONT, document)
            if is_drawn_once:
                firsts = (0, *accumulate(pages_by_list[:-1]))
                share_drawing([document.pages[first].obj for first in firsts])
            slim_document(document)
            digests: dict[int, bytes | None] = {}
            updates = []
            _check_fonts(document, digests, self._shared)
            for portion, title in zip(split(document, pages_by_list), titles, strict=True):
                if title is None:
                    updates.append(b"")
                    continue
                keep_own_resources(document, portion.pages)
                updates.append(self._write_update(document, portion, title, digests))
            return tuple(updates)

    def _write_update(
        self, document: pikepdf.Pdf, portion: Portion, title: str, digests: dict[int, bytes | None]
    ) -> bytes:
        if len(portion.pages) != FRONT_PAGES:
            raise LinkError(f"front matter has {FRONT_PAGES} pages, not {len(portion.pages)}")
        table = ObjectTable(first=self._next_number, shared=self._shared)
        unresolved: list[str] = []

        def resolve(target: str, is_private: bool) -> tuple[str, str] | None:
            destination = target if is_private else f"{FRONT}:{target}"
            if destination in self._destinations if is_private else target in portion.destinations:
                return destination, ""
            unresolved.append(target)
            return None

        carried = carry(
            Origin(table, document, digests),
            portion,
            FRONT,
            resolve,
            first_key=self._next_key,
            page_node=self._page_tree,
            document_element=self._document_element,
        )
        if unresolved:
            raise UnresolvedTargets([(FRONT, target) for target in dict.fromkeys(unresolved)])
        self._replace_roots(table, carried, title)
        table.copy_pending()
        return write_section(
            table,
            start=self._length,
            trailer={"Root": reference(self._catalog), "Info": reference(self._information)},
            identity=self._identity,
            previous=self._cross_reference,
        )

    def _replace_roots(self, table: ObjectTable, carried: Carried, title: str) -> None:
        """Write the new version of every object that changes."""
        kids = array((*map(reference, carried.pages), self._page_kids))
        count = self._page_count + len(carried.pages)
        table.define(self._page_tree, b"<< /Type /Pages /Count %d /Kids %s >>" % (count, kids))
        table.define(
            self._document_element,
            b"<< /Type /StructElem /S /Document /P %s /K %s >>"
            % (reference(self._structure), array((*carried.elements, self._element_kids))),
        )
        parent_kids = array((self._parent_kids, *write_number_tree(table, carried.parents)))
        table.define(self._parent_tree, b"<< /Kids %s >>" % parent_kids)
        table.define(
            self._structure,
            b"<< /Type /StructTreeRoot /K [ %s ] /ParentTree %s /ParentTreeNextKey %d /IDTree %s >>"
            % (
                reference(self._document_element),
                reference(self._parent_tree),
                max(carried.parents, default=self._next_key - 1) + 1,
                _root_with(table, self._id_leaves, carried.element_by_id),
            ),
        )
        destinations = {
            name_bytes(name): value for name, value in carried.destinations.items() if name != FRONT
        }
        table.define(
            self._names,
            b"<< /Dests %s%s >>" % (_root_with(table, self._name_leaves, destinations), self._other_names),
        )
        bookmarks = carried.bookmarks or (Bookmark(title, carried.destinations[FRONT]),)
        first, last = write_bookmarks(
            table, bookmarks, self._outlines, after=self._first_bookmark, last=FRONT_BOOKMARK
        )
        last = last if self._last_bookmark is None else self._last_bookmark
        table.define(self._outlines, outline_root(first, last, count_visible(bookmarks) + self._bookmarks))
        table.define(
            self._labels, b"<< /Nums [ 0 << /S /r /St 1 >> %d << /S /D /St 1 >> ] >>" % len(carried.pages)
        )
        description = replace(self._description, title=title)
        table.define(self._packet, b"<< /Type /Metadata /Subtype /XML >>", write_packet(description))
        table.define(self._information, write_information(description))


def _check_fonts(
    document: pikepdf.Pdf, digests: dict[int, bytes | None], shared: Mapping[bytes, int]
) -> None:
    """Require every font of the body: what WeasyPrint says of another depends on which list used it first."""
    origin = Origin(ObjectTable(), document, digests)
    for value in document.objects:
        if isinstance(value, Dictionary) and value.get("/Type") == Name.Font:
            digest = origin.digest(value.objgen[0])
            if digest is None or digest not in shared:
                raise CannotSplit("a font is not in the body")


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
    """Write the root of a name tree of the body with the front matter's names at their place."""
    before = [leaf for last, leaf in leaves if last < front_boundary()]
    after = [leaf for last, leaf in leaves if last >= front_boundary()]
    own = [reference(table.add(name_leaf(added, sorted(added))))] if added else []
    return b"<< /Kids %s >>" % array((*before, *own, *after))


def _shared_resources(document: pikepdf.Pdf) -> dict[bytes, int]:
    """Digest the fonts, images and other streams of the body, which front matter need not repeat."""
    origin = Origin(ObjectTable(), document)
    shared: dict[bytes, int] = {}
    for value in document.objects:
        kind = str(value.get("/Type", "")) if isinstance(value, Dictionary | pikepdf.Stream) else ""
        if kind in ("/Font", "/FontDescriptor", "/XObject") or isinstance(value, pikepdf.Stream):
            digest = origin.digest(value.objgen[0])
            if digest is not None:
                shared.setdefault(digest, value.objgen[0])
    return shared
