"""The front matter of many lists → relocatable objects, which are then linked to a body as each list's update.

Lists are laid out together, each from a page of its own, so that common costs are paid once: fonts are written and
read once, and the picture on the cover, most of what there is to draw, is drawn once and copied into the others. The
bytes are those of a list laid out alone; where they might differ, the list is laid out alone.

The body is made later: its length and digest are stamped. Where it lacks a font of the letter, which only a theme of
one's own can have, the list is laid out again, and includes its fonts.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

from booklet.chapters.page import Page, Rendered, render
from booklet.layout.tags import slim_document
from booklet.layout.weasyprint import typeset_batch
from booklet.pdf.batch import CannotSplit, keep_own_resources, share_drawing, split
from booklet.pdf.body import FRONT_MATTER
from booklet.pdf.incremental_update import FRONT_MATTER_PAGES, LacksFont, OpenBody
from booklet.pdf.merge import Portion, check_supported
from booklet.pdf.objects import ObjectTable, Origin
from booklet.pdf.relocatable import Relocatable
from booklet.pdf.stamping import StampFinder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.layout.styles import Styles

#: the picture without its title, which is the text of its figure; texts in a page are escaped
_PICTURE = re.compile(
    r'(?P<kept><svg class="cover-picture"[^<>]*>\s*<title>[^<]*</title>)(?P<drawn>.*?)</svg>', re.DOTALL
)


def lay_out_front_matter(pages: Sequence[Page], styles: Styles) -> tuple[Rendered, ...]:
    """Lay out the front matter of lists.

    The `pdf` of each result is a packed `Relocatable`, or empty where layout does not fit its two pages.
    """
    together = _lay_out_together(pages, styles) if len(pages) > 1 else None
    if together is not None:
        return together
    return tuple(_lay_out_alone(page, styles) for page in pages)


def link_front_matter(
    front_matter: Rendered, page: Page, title: str, words: Mapping[str, str], styles: Styles, body: OpenBody
) -> Rendered:
    """Link the front matter of a list: the `pdf` of the result is its update; `words` are stamped in it."""
    if not fits(front_matter):
        return front_matter
    try:
        return replace(front_matter, pdf=body.link(Relocatable.unpack(front_matter.pdf), title, words))
    except LacksFont:
        return replace(front_matter, pdf=body.prepend(render(page, styles).pdf, title, words))


def unpack_front_matter(payload: bytes) -> Rendered:
    """Read front matter as the store has it; raises `ValueError` for anything else."""
    front_matter = Rendered.unpack(payload)
    if front_matter.pdf:  # none where it does not fit
        Relocatable.unpack(front_matter.pdf)
    return front_matter


def fits(front_matter: Rendered) -> bool:
    """Check whether front matter has its two pages and layout found nothing in them."""
    return front_matter.pages == FRONT_MATTER_PAGES and not (
        front_matter.missing_characters or front_matter.complaints or front_matter.layout.misfits
    )


def _lay_out_alone(page: Page, styles: Styles) -> Rendered:
    front_matter = render(page, styles)
    if not fits(front_matter):
        return replace(front_matter, pdf=b"")
    with pikepdf.open(io.BytesIO(front_matter.pdf)) as document:
        check_supported(FRONT_MATTER, document)
        finder = StampFinder.detach(document)
        slim_document(document)
        digests: dict[int, bytes | None] = {}
        fonts = _digest_fonts(document, digests)
        relocatable = Relocatable.extract(
            document,
            Portion.whole(document),
            FRONT_MATTER,
            digests,
            fonts.__contains__,
            finder,
        )
    return replace(front_matter, pdf=relocatable.pack())


def _lay_out_together(pages: Sequence[Page], styles: Styles) -> tuple[Rendered, ...] | None:
    htmls = [page.html for page in pages]
    is_drawn_once = len({picture and picture["drawn"] for picture in map(_PICTURE.search, htmls)}) == 1
    if is_drawn_once and _PICTURE.search(htmls[0]):
        htmls[1:] = [_PICTURE.sub(r"\g<kept></svg>", html, count=1) for html in htmls[1:]]
    else:
        is_drawn_once = False
    batch = typeset_batch(htmls, styles)
    if batch is None:
        return None
    laid_out = [Rendered(b"", len(layout.lines_by_page), layout=layout) for layout in batch.layouts]
    try:
        packed = _extract_each(batch.pdf, laid_out, is_drawn_once=is_drawn_once)
    except CannotSplit:
        return None
    return tuple(replace(front_matter, pdf=pdf) for front_matter, pdf in zip(laid_out, packed, strict=True))


def _extract_each(pdf: bytes, laid_out: Sequence[Rendered], *, is_drawn_once: bool) -> tuple[bytes, ...]:
    """Extract and pack the objects of each list from one file with the pages of all lists, in order.

    With `is_drawn_once`, only the first list has the picture, which belongs on the first page of every list. Raises
    `CannotSplit` where the objects might differ from those of the same pages laid out alone.
    """
    pages_by_list = [front_matter.pages for front_matter in laid_out]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        check_supported(FRONT_MATTER, document)
        if is_drawn_once:
            firsts = (0, *accumulate(pages_by_list[:-1]))
            share_drawing([document.pages[first].obj for first in firsts])
        finder = StampFinder.detach(document)
        slim_document(document)
        digests: dict[int, bytes | None] = {}
        fonts = _digest_fonts(document, digests)
        packed = []
        for portion, front_matter in zip(split(document, pages_by_list), laid_out, strict=True):
            if not fits(front_matter):
                packed.append(b"")
                continue
            keep_own_resources(document, portion.pages)
            packed.append(
                Relocatable.extract(
                    document, portion, FRONT_MATTER, digests, fonts.__contains__, finder
                ).pack()
            )
        return tuple(packed)


def _digest_fonts(document: pikepdf.Pdf, digests: dict[int, bytes | None]) -> frozenset[bytes]:
    """Digest the fonts of a document, which are those of the body.

    Font descriptors depend on which list used a font first, so fonts are never copied from a file of several lists.
    """
    origin = Origin(ObjectTable(), document, digests)
    fonts = (
        value
        for value in document.objects
        if isinstance(value, Dictionary) and value.get("/Type") == Name.Font
    )
    return frozenset(digest for font in fonts if (digest := origin.digest(font.objgen[0])) is not None)
