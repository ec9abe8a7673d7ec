"""Fiches, opening and closing pages → one body that keeps everything: structure, bookmarks, anchors, links.

Every electoral list receives these bytes unchanged, with its own pages put in front by :mod:`booklet.append`;
so the trees of the body are laid out for an update that replaces their roots and nothing else. Anchor `x` of
part `p` is the destination `p:x` of the body and `p` the top of its first page; a link to `proposal:p:x`, in
any part, leads there.
"""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import String

from booklet.pdf.attachments import Attachment, write_attachments, write_output_intent
from booklet.pdf.merge import (
    Carried,
    LinkError,
    Portion,
    Resolve,
    carry,
    check_supported,
    named_destinations,
    page_annotations,
    private_target,
    read_feet,
)
from booklet.pdf.metadata import Description, write_information, write_packet
from booklet.pdf.objects import ObjectTable, Origin, array, reference, write_section
from booklet.pdf.outline import Bookmark, count_visible, write_bookmarks
from booklet.pdf.trees import write_name_tree, write_number_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Prefix of the front matter's anchors, which no part may take.
FRONT = "front"

#: Left free in every body: the front matter's last bookmark takes this number, so that the body's first
#: bookmark can point back to it without being replaced. Until then the reference means null (ISO 32000-1
#: §7.3.10).
FRONT_BOOKMARK = 1

_PART_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class UnresolvedTargets(LinkError):
    """Links lead to destinations that no part defines; `targets` holds every (part id, target)."""

    def __init__(self, targets: Sequence[tuple[str, str]]) -> None:
        self.targets = tuple(targets)
        super().__init__(
            "no destination for " + ", ".join(f"{target} (cited by {part})" for part, target in targets)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One rendered document of the body, already slimmed."""

    #: Slug, unique in the body; prefix of its anchors.
    id: str
    pdf: bytes
    #: Its bookmark if it has none of its own, and what a link to it says; empty for neither.
    title: str


@dataclass(frozen=True, slots=True)
class PartPages:
    """Where a part stands in the body; `first` is the page number printed on it, from 1."""

    id: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes that every booklet begins with."""

    pdf: bytes
    pages: int
    pages_by_part: tuple[PartPages, ...]

    @property
    def sha256(self) -> str:
        """Digest the bytes, in hexadecimal, as `sha256sum` prints it."""
        return hashlib.sha256(self.pdf).hexdigest()


def anchors(pdf: bytes) -> dict[str, int]:
    """List the anchors of a part with the index of their page in the part, from 0."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        index_by_page = {page.obj.objgen: index for index, page in enumerate(document.pages)}
        return {name: index_by_page[target[0].objgen] for name, target in named_destinations(document)}


def citations(pdf: bytes) -> tuple[tuple[str, ...], ...]:
    """List the destinations of other parts that a part links to, page by page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return tuple(
            tuple(
                target for note in page_annotations(page.obj) if (target := private_target(note)) is not None
            )
            for page in document.pages
        )


def link_body(
    parts: Sequence[Part],
    numbers: Sequence[bytes] | bytes,
    description: Description,
    attachments: Sequence[Attachment] = (),
) -> Body:
    """Link the parts, in order, into one tagged PDF whose pages are labelled from 1, with files inside.

    Page i of `numbers`, one document or several end to end, holds nothing but the running foot of page i; it
    is laid over the body's page i as a pagination artifact. The same parts and files give the same bytes.
    """
    _check_ids(parts)
    with ExitStack() as stack:
        documents = [stack.enter_context(pikepdf.open(io.BytesIO(part.pdf))) for part in parts]
        table = ObjectTable(first=FRONT_BOOKMARK + 1)
        (
            catalog,
            page_tree,
            page_node,
            structure,
            document_element,
            parent_tree,
            names,
            outlines,
            labels,
            packet,
        ) = (table.reserve() for _ in range(10))
        information = table.add(write_information(description))
        feet = read_feet(table, numbers, stack)
        resolve = _Resolver(parts, documents)
        carried: list[Carried] = []
        key = 0
        for part, document in zip(parts, documents, strict=True):
            origin = Origin(table, document)
            check_supported(part.id, document)
            found = carry(
                origin,
                Portion.whole(document),
                part.id,
                resolve.bind(part),
                first_key=key,
                page_node=page_node,
                document_element=document_element,
                feet=feet,
            )
            key = max(found.parents, default=key - 1) + 1
            carried.append(found)
        resolve.finish()

        pages = [page for item in carried for page in item.pages]
        table.define(
            page_tree, b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(pages), reference(page_node))
        )
        table.define(
            page_node,
            b"<< /Type /Pages /Parent %s /Count %d /Kids %s >>"
            % (reference(page_tree), len(pages), array(map(reference, pages))),
        )
        table.define(
            document_element,
            b"<< /Type /StructElem /S /Document /P %s /K %s >>"
            % (reference(structure), array(element for item in carried for element in item.elements)),
        )
        parents = {key: entry for item in carried for key, entry in item.parents.items()}
        table.define(parent_tree, b"<< /Kids %s >>" % array(write_number_tree(table, parents)))
        element_by_id = {name: element for item in carried for name, element in item.element_by_id.items()}
        table.define(
            structure,
            b"<< /Type /StructTreeRoot /K [ %s ] /ParentTree %s /ParentTreeNextKey %d /IDTree %s >>"
            % (
                reference(document_element),
                reference(parent_tree),
                key,
                write_name_tree(table, element_by_id, boundary=front_boundary()),
            ),
        )
        destinations = {
            name_bytes(name): value for item in carried for name, value in item.destinations.items()
        }
        attached = write_attachments(table, attachments, description.date)
        named_files, associated = (b"", b"") if attached is None else attached
        table.define(
            names,
            b"<< /Dests %s%s >>"
            % (
                write_name_tree(table, destinations, boundary=front_boundary()),
                named_files and b" /EmbeddedFiles " + named_files,
            ),
        )
        bookmarks = [
            bookmark
            for part, item in zip(parts, carried, strict=True)
            for bookmark in (item.bookmarks or _own_bookmark(part.title, item.destinations[part.id]))
        ]
        if bookmarks:
            first, last = write_bookmarks(table, bookmarks, outlines, before=FRONT_BOOKMARK)
            table.define(outlines, outline_root(first, last, count_visible(bookmarks)))
        else:
            table.define(outlines, b"<< /Type /Outlines /Count 0 >>")
        table.define(labels, b"<< /Nums [ 0 << /S /D /St 1 >> ] >>")
        table.define(packet, b"<< /Type /Metadata /Subtype /XML >>", write_packet(description))
        table.define(
            catalog,
            b"<< /Type /Catalog /Pages %s /Lang %s /Metadata %s /Names %s /Outlines %s /PageLabels %s "
            b"/StructTreeRoot %s /MarkInfo << /Marked true >> /PageMode /UseOutlines "
            b"/ViewerPreferences << /DisplayDocTitle true >> /OutputIntents [ %s ]%s >>"
            % (
                reference(page_tree),
                String(description.language).unparse(),
                *(reference(number) for number in (packet, names, outlines, labels, structure)),
                write_output_intent(table),
                associated and b" /AF " + associated,
            ),
        )
        table.copy_pending()
        header = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
        section = write_section(
            table,
            start=len(header),
            trailer={"Root": reference(catalog), "Info": reference(information)},
            free=(FRONT_BOOKMARK,),
        )
    places, first_page = [], 1
    for part, item in zip(parts, carried, strict=True):
        places.append(PartPages(part.id, first_page, len(item.pages)))
        first_page += len(item.pages)
    return Body(header + section, len(pages), tuple(places))


def name_bytes(name: str) -> bytes:
    """Encode a destination as the bytes by which name trees are sorted."""
    return bytes(String(name))


def front_boundary() -> bytes:
    """Tell where the front matter's names come in a sorted tree: no leaf of the body is on both sides."""
    return name_bytes(f"{FRONT}:")


def outline_root(first: int, last: int, count: int) -> bytes:
    """Write the root of the outline."""
    return b"<< /Type /Outlines /First %s /Last %s /Count %d >>" % (reference(first), reference(last), count)


class _Resolver:
    """Lead the links of every part to a destination of the body, and remember those that lead nowhere."""

    def __init__(self, parts: Sequence[Part], documents: Sequence[pikepdf.Pdf]) -> None:
        self._title_by_target: dict[str, str] = {}
        self._unresolved: list[tuple[str, str]] = []
        for part, document in zip(parts, documents, strict=True):
            self._title_by_target[part.id] = part.title
            for name, _ in named_destinations(document):
                self._title_by_target[f"{part.id}:{name}"] = part.title

    def bind(self, part: Part) -> Resolve:
        """Give the function that resolves the links of one part."""

        def resolve(target: str, is_private: bool) -> tuple[str, str] | None:
            destination = target if is_private else f"{part.id}:{target}"
            title = self._title_by_target.get(destination)
            if title is None:
                self._unresolved.append((part.id, target))
                return None
            return destination, title

        return resolve

    def finish(self) -> None:
        """Raise if any link led nowhere."""
        if self._unresolved:
            raise UnresolvedTargets(tuple(dict.fromkeys(self._unresolved)))


def _check_ids(parts: Sequence[Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        if not _PART_ID.fullmatch(part.id) or part.id == FRONT:
            raise LinkError(f"{part.id!r} cannot be the id of a part")
        if part.id in seen:
            raise LinkError(f"two parts have the id {part.id!r}")
        seen.add(part.id)


def _own_bookmark(title: str, destination: bytes) -> tuple[Bookmark, ...]:
    return (Bookmark(title, destination),) if title else ()
