"""Fiches, opening and closing pages → one body that keeps everything: structure, bookmarks, anchors, links.

Every electoral list receives these bytes unchanged, with its own pages put in front by
:mod:`booklet.pdf.incremental_update`; so the trees of the body are laid out for an update that replaces their roots
and nothing else. Anchor `x` of part `p` is the destination `p:x` of the body and `p` the top of its first page; a link
to `proposal:p:x`, in any part, leads there.
"""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pikepdf import String
from pydantic import TypeAdapter

from booklet.chapters.page import require_pdf
from booklet.pdf.attachments import Attachment, EmbeddedFiles, write_attachments, write_output_intent
from booklet.pdf.merge import LinkError, MergedPart, ParentNodes, UnresolvedTargets, chapter_of
from booklet.pdf.metadata import Description, write_information, write_packet
from booklet.pdf.objects import ObjectTable, array, reference, text_string
from booklet.pdf.outline import Bookmark, count_visible, write_bookmarks
from booklet.pdf.running_feet import read_feet
from booklet.pdf.section import Section, StreamedTable
from booklet.pdf.trees import write_name_tree, write_number_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from booklet.pdf.relocatable import Relocatable
    from booklet.pdf.running_feet import Foot

#: Prefix of the front matter's anchors, which no part may take.
FRONT_MATTER = "front"

#: Number left free in every body for the front matter's last bookmark, so that the body's first bookmark can point
#: back to it without being replaced. Until then the reference means null (ISO 32000-1 §7.3.10).
FRONT_MATTER_BOOKMARK = 1

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_PART_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?::[a-z]+(?:-[0-9]+)?)?")


@dataclass(frozen=True, slots=True)
class Part:
    """One laid-out document of the body."""

    #: Slug, unique in the body; prefix of its anchors.
    id: str
    pages: int
    #: Index of the page of each.
    anchors: Mapping[str, int]
    #: Its bookmark if the document has none, and the spoken title of links to it; empty for neither.
    title: str
    #: Reads it when its turn comes, so that one is in memory at a time.
    read: Callable[[], Relocatable]


@dataclass(frozen=True, slots=True)
class PartPages:
    """The pages of a part in the body; `first` is the page number printed on its first page, from 1."""

    id: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes that every booklet begins with."""

    pdf: bytes
    pages_by_part: tuple[PartPages, ...]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return sum(part.count for part in self.pages_by_part)

    @property
    def sha256(self) -> str:
        """The digest of the bytes, in hexadecimal, as `sha256sum` prints it."""
        return hashlib.sha256(self.pdf).hexdigest()

    def pack(self) -> bytes:
        """Serialise the body for the store: the pages of its parts on one line, then the file."""
        return _PAGES_BY_PART.dump_json(self.pages_by_part) + b"\n" + self.pdf

    @classmethod
    def unpack(cls, payload: bytes) -> Body:
        """Read an entry of the store."""
        pages_by_part, _, pdf = payload.partition(b"\n")
        require_pdf(pdf)
        return cls(pdf, _PAGES_BY_PART.validate_json(pages_by_part))


_PAGES_BY_PART = TypeAdapter(tuple[PartPages, ...])


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
    out = io.BytesIO(_HEADER)
    out.seek(len(_HEADER))
    section = Section(out, len(_HEADER))
    table = StreamedTable(section, first=FRONT_MATTER_BOOKMARK + 1)
    roots = _Roots(*(table.reserve() for _ in _Roots._fields))
    information = table.add(write_information(description))
    with ExitStack() as stack:
        merged = _merge_parts(table, roots, parts, read_feet(table, numbers, stack))
        table.copy_pending()
    pages = _define_pages(table, roots, merged)
    structure = _define_structure(table, roots, merged)
    files = write_attachments(table, attachments, description.date)
    entries = {
        b"Pages": pages,
        b"Lang": String(description.language).unparse(),
        b"Metadata": reference(roots.packet),
        b"Names": _define_names(table, roots, merged, files),
        b"Outlines": _define_outline(table, roots, parts, merged),
        b"PageLabels": _define(table, roots.labels, b"<< /Nums [ 0 << /S /D /St 1 >> ] >>"),
        b"StructTreeRoot": structure,
        b"MarkInfo": b"<< /Marked true >>",
        b"PageMode": b"/UseOutlines",
        b"ViewerPreferences": b"<< /DisplayDocTitle true >>",
    }
    table.define(roots.packet, b"<< /Type /Metadata /Subtype /XML >>", write_packet(description))
    entries[b"OutputIntents"] = array([write_output_intent(table)])
    if files is not None:
        entries[b"AF"] = files.associated
    written = b" ".join(b"/%s %s" % entry for entry in entries.items())
    catalog = _define(table, roots.catalog, b"<< /Type /Catalog %s >>" % written)
    table.flush()
    section.finish(table, {"Root": catalog, "Info": reference(information)}, (FRONT_MATTER_BOOKMARK,))
    counts = [len(part.pages) for part in merged]
    firsts = accumulate(counts, initial=1)
    places = (
        PartPages(part.id, first, count) for part, first, count in zip(parts, firsts, counts, strict=False)
    )
    return Body(out.getvalue(), tuple(places))


class _Roots(NamedTuple):
    """The numbers of the body's own objects, reserved before those of its parts."""

    catalog: int
    page_tree: int
    page_node: int
    structure: int
    document_element: int
    parent_tree: int
    names: int
    outlines: int
    labels: int
    packet: int


def _merge_parts(
    table: ObjectTable, roots: _Roots, parts: Sequence[Part], feet: Iterator[Foot]
) -> tuple[MergedPart, ...]:
    """Write the objects of every part, one after the other; raises `UnresolvedTargets`."""
    title_by_target: dict[str, bytes] = {}
    number_by_target: dict[str, int] = {}
    for part, first in zip(parts, accumulate((part.pages for part in parts), initial=1), strict=False):
        indices = {part.id: 0} | {f"{chapter_of(part.id)}:{name}": at for name, at in part.anchors.items()}
        number_by_target |= {target: first + index for target, index in indices.items()}
        title_by_target |= dict.fromkeys(indices, text_string(part.title) if part.title else b"")
    parents = ParentNodes(roots.page_node, roots.document_element)
    merged: list[MergedPart] = []
    unresolved: list[tuple[str, str]] = []
    next_key = 0
    for part in parts:
        document = part.read()
        unresolved += [
            (part.id, link.target) for link in document.links if link.destination not in title_by_target
        ]
        titles = [title_by_target.get(link.destination) or link.words for link in document.links]
        words: dict[str, str] = {}
        for name in document.stamped:
            target, _, further = name.partition("+")
            if target in number_by_target:
                words[name] = str(number_by_target[target] + int(further or 0))
            else:
                unresolved.append((part.id, target))
                words[name] = "0"
        merged.append(document.link(table, part.id, parents, next_key, titles=titles, feet=feet, words=words))
        next_key += document.span
    if unresolved:
        raise UnresolvedTargets(tuple(dict.fromkeys(unresolved)))
    return tuple(merged)


def _next_key(merged: Sequence[MergedPart]) -> int:
    """The first free key of the parent tree."""
    return max((key for part in merged for key in part.parents), default=-1) + 1


def _define(table: ObjectTable, number: int, body: bytes) -> bytes:
    table.define(number, body)
    return reference(number)


def _define_pages(table: ObjectTable, roots: _Roots, merged: Sequence[MergedPart]) -> bytes:
    """Write the page tree: a root, which updates replace, above a node with all pages of the body."""
    pages = [page for part in merged for page in part.pages]
    node = b"<< /Type /Pages /Parent %s /Count %d /Kids %s >>" % (
        reference(roots.page_tree),
        len(pages),
        array(map(reference, pages)),
    )
    kid = _define(table, roots.page_node, node)
    return _define(table, roots.page_tree, b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(pages), kid))


def _define_structure(table: ObjectTable, roots: _Roots, merged: Sequence[MergedPart]) -> bytes:
    """Write the structure tree: its root, the `Document` element, the parent tree and the identifiers."""
    elements = array(element for part in merged for element in part.elements)
    document = _define(
        table,
        roots.document_element,
        b"<< /Type /StructElem /S /Document /P %s /K %s >>" % (reference(roots.structure), elements),
    )
    parents = {key: entry for part in merged for key, entry in part.parents.items()}
    leaves = array(write_number_tree(table, parents))
    parent_tree = _define(table, roots.parent_tree, b"<< /Kids %s >>" % leaves)
    element_by_id = {name: element for part in merged for name, element in part.element_by_id.items()}
    ids = write_name_tree(table, element_by_id, boundary=front_matter_boundary())
    return _define(
        table,
        roots.structure,
        b"<< /Type /StructTreeRoot /K [ %s ] /ParentTree %s /ParentTreeNextKey %d /IDTree %s >>"
        % (document, parent_tree, _next_key(merged), ids),
    )


def _define_names(
    table: ObjectTable, roots: _Roots, merged: Sequence[MergedPart], files: EmbeddedFiles | None
) -> bytes:
    """Write the name dictionary: destinations and embedded files."""
    destinations = {name_bytes(name): value for part in merged for name, value in part.destinations.items()}
    tree = write_name_tree(table, destinations, boundary=front_matter_boundary())
    embedded = b"" if files is None else b" /EmbeddedFiles " + files.names
    return _define(table, roots.names, b"<< /Dests %s%s >>" % (tree, embedded))


def _define_outline(
    table: ObjectTable, roots: _Roots, parts: Sequence[Part], merged: Sequence[MergedPart]
) -> bytes:
    """Write the outline: the bookmarks of each part, or one with its title where it has none."""
    bookmarks = [
        bookmark
        for part, item in zip(parts, merged, strict=True)
        for bookmark in (item.bookmarks or _own_bookmark(part.title, item.destinations[part.id]))
    ]
    if not bookmarks:
        return _define(table, roots.outlines, b"<< /Type /Outlines /Count 0 >>")
    first, last = write_bookmarks(table, bookmarks, roots.outlines, before=FRONT_MATTER_BOOKMARK)
    return _define(table, roots.outlines, outline_root(first, last, count_visible(bookmarks)))


def name_bytes(name: str) -> bytes:
    """Encode a destination as the bytes by which name trees are sorted."""
    return bytes(String(name))


def front_matter_boundary() -> bytes:
    """The place of the front matter's names in a sorted name tree: no leaf of the body is on both sides of it."""
    return name_bytes(f"{FRONT_MATTER}:")


def outline_root(first: int, last: int, count: int) -> bytes:
    """Write the root of the outline."""
    return b"<< /Type /Outlines /First %s /Last %s /Count %d >>" % (reference(first), reference(last), count)


def _check_ids(parts: Sequence[Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        if not _PART_ID.fullmatch(part.id) or part.id == FRONT_MATTER:
            raise LinkError(f"{part.id!r} cannot be the id of a part")
        if part.id in seen:
            raise LinkError(f"two parts have the id {part.id!r}")
        seen.add(part.id)


def _own_bookmark(title: str, destination: bytes) -> tuple[Bookmark, ...]:
    return (Bookmark(title, destination),) if title else ()
