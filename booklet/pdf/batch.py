"""One file with the pages of many documents → the portion of each document, as if it had been written alone.

Fonts are by far the heaviest part of front matter; one file for many lists writes and reads them once. The portion of
a document must not depend on its neighbours: its pages get structure keys from 0, and the resources that its own
content names. Documents that cannot be separated that way are refused, and laid out alone.
"""

from __future__ import annotations

import re
import zlib
from itertools import accumulate
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

from booklet.layout.tags import children, parent_entries
from booklet.pdf.merge import Portion, page_annotations
from booklet.pdf.outline import items_below, top_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: a name in a content stream; texts are in hexadecimal and cannot look like one
_NAME = re.compile(rb"/[^\s/<>\[\]()]+")
#: resources that are named by the order in which a file uses them
_NUMBERED = ("/XObject", "/Pattern", "/Shading")
#: the drawing inside a figure; there is no marked content in it
_FIGURE = re.compile(rb"/Figure\s*<<\s*/MCID \d+\s*>>\s*BDC\n(.*?)\nEMC\n", re.DOTALL)


class CannotSplit(Exception):
    """Documents of one file that cannot be separated: each has to be laid out alone."""


def split(document: pikepdf.Pdf, pages_by_part: Sequence[int]) -> tuple[Portion, ...]:
    """Split an open file, in place, into documents of the given numbers of pages; raises `CannotSplit`."""
    if "/Names" in document.Root:
        raise CannotSplit("destinations would be shared")
    pages = [page.obj for page in document.pages]
    ends = list(accumulate(pages_by_part))
    assert ends[-1] == len(pages), f"{ends[-1]} pages are expected, not {len(pages)}"
    owner = {
        page.objgen: part
        for part, (count, end) in enumerate(zip(pages_by_part, ends, strict=True))
        for page in pages[end - count : end]
    }
    (root,) = children(document.Root["/StructTreeRoot"])
    entries = parent_entries(document)
    parts = range(len(pages_by_part))
    elements: list[list[pikepdf.Object]] = [[] for _ in parts]
    for element in children(root):
        elements[owner[element["/Pg"].objgen]].append(element)
    bookmarks: list[list[pikepdf.Object]] = [[] for _ in parts]
    for item in top_items(document):
        part = owner[item["/Dest"][0].objgen]
        if any(owner[below["/Dest"][0].objgen] != part for below in items_below(item)):
            raise CannotSplit("a bookmark stands below one of another document")
        bookmarks[part].append(item)
    return tuple(
        Portion(
            tuple(chosen := pages[ends[part] - pages_by_part[part] : ends[part]]),
            tuple(elements[part]),
            _renumber(chosen, entries),
            {},
            tuple(bookmarks[part]),
        )
        for part in parts
    )


def _renumber(
    pages: Sequence[pikepdf.Object], entries: Mapping[int, pikepdf.Object]
) -> dict[int, pikepdf.Object]:
    """Renumber the structure keys of pages, then annotations, as in a file of their own."""
    keyed = [(page, "/StructParents") for page in pages]
    annotations = [
        annotation for page in pages for annotation in page_annotations(page) if "/StructParent" in annotation
    ]
    annotations.sort(key=lambda annotation: int(annotation["/StructParent"]))
    keyed += [(annotation, "/StructParent") for annotation in annotations]
    parents = {}
    for key, (holder, name) in enumerate(keyed):
        parents[key] = entries[int(holder[name])]
        holder[name] = key
    return parents


def keep_own_resources(document: pikepdf.Pdf, pages: Sequence[pikepdf.Object]) -> None:
    """Reduce the shared resources of some pages to those that their content names; raises `CannotSplit`."""
    named = {name.decode() for page in pages for name in _NAME.findall(page["/Contents"].read_bytes())}
    resources = pages[0]["/Resources"]
    if any(resources.get(kind) for kind in _NUMBERED):
        raise CannotSplit("images, patterns and groups are named by their order in the file")
    reduced = Dictionary(dict(resources.items()))
    for kind in ("/Font", "/ExtGState"):
        if kind in reduced:
            used = Dictionary({key: value for key, value in reduced[kind].items() if key in named})
            reduced[kind] = document.make_indirect(used) if reduced[kind].is_indirect else used
    shared = document.make_indirect(reduced)
    for page in pages:
        page["/Resources"] = shared


def share_drawing(pages: Sequence[pikepdf.Object]) -> None:
    """Copy the drawing in the first page's figure into the empty figures of the other pages.

    Raises `CannotSplit` where a page has its figure at another position than the first page.
    """
    drawn = _figure(pages[0]["/Contents"].read_bytes())
    for page in pages[1:]:
        content = page["/Contents"].read_bytes()
        empty = _figure(content)
        before = _common_length(drawn[1], empty[1])
        if not drawn[1].endswith(empty[1][before:]) or len(empty[1]) > len(drawn[1]):
            raise CannotSplit("the picture does not stand at the same place")
        start, end = empty.span(1)
        # compressed as pydyf compresses it, which is how a page of its own would be
        page["/Contents"].write(
            zlib.compress(content[:start] + drawn[1] + content[end:], 9), filter=Name.FlateDecode
        )


def _figure(content: bytes) -> re.Match[bytes]:
    found = list(_FIGURE.finditer(content))
    if len(found) != 1:
        raise CannotSplit(f"{len(found)} figures on the page that has the picture")
    return found[0]


def _common_length(one: bytes, other: bytes) -> int:
    """The length of the common prefix."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
