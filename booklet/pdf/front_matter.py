"""The front matter of many lists → objects to be linked to a body (`unlinked`), and the update that this gives.

Lists are laid out one after another, each from a page of its own; what all have in common is paid once: fonts are
written and read once for all, and the picture on the cover, which is most of what there is to draw, is drawn once and
put in the others' place. The bytes are those of a list made alone; where they could be others, it is made alone.

The body comes later: what a letter prints of it are stand-ins. Where those cannot be exchanged, or the body does not
have a font of the letter, the list is laid out again, with the words themselves, and brings what it needs.
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
from booklet.pdf.body import FRONT
from booklet.pdf.incremental_update import FRONT_PAGES, LacksFont, OpenBody
from booklet.pdf.merge import Portion, check_supported
from booklet.pdf.objects import ObjectTable, Origin
from booklet.pdf.placeholders import CannotFill, Finder
from booklet.pdf.relocatable import Unlinked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.layout.styles import Styles

#: the picture, of which the title stays: it is the text of its figure. Texts in a page are escaped
_PICTURE = re.compile(
    r'(?P<kept><svg class="cover-picture"[^<>]*>\s*<title>[^<]*</title>)(?P<drawn>.*?)</svg>', re.DOTALL
)


def lay_out_fronts(pages: Sequence[Page], stand_ins: Sequence[str], styles: Styles) -> tuple[Rendered, ...]:
    """Lay out the front matter of lists.

    In the place of each PDF are the objects to be linked (`Unlinked`), and nothing where the two pages are not as they
    should be.
    """
    together = _lay_out_together(pages, stand_ins, styles) if len(pages) > 1 else None
    if together is not None:
        return together
    return tuple(_lay_out_alone(page, stand_ins, styles) for page in pages)


def link_front(
    front: Rendered, page: Page, title: str, words: Mapping[str, str], styles: Styles, body: OpenBody
) -> Rendered:
    """Make the update of a list, in the place of its PDF; `words` take the place of the stand-ins in its page."""
    if not fits(front):
        return front
    try:
        return replace(front, pdf=_link_as_laid_out(front, page, title, words, body))
    except (CannotFill, LacksFont):
        html = page.html
        for stand_in, word in words.items():
            html = html.replace(stand_in, word)
        front = render(replace(page, html=html), styles)
        return replace(front, pdf=body.prepend(front.pdf, title) if fits(front) else b"")


def _link_as_laid_out(
    front: Rendered, page: Page, title: str, words: Mapping[str, str], body: OpenBody
) -> bytes:
    unlinked = Unlinked.unpack(front.pdf)
    drawn = [blank.stand_in for blanks in unlinked.blanks.values() for blank in blanks]
    if any(page.html.count(stand_in) != drawn.count(stand_in) for stand_in in words):
        raise CannotFill("a stand-in is not drawn where it is printed: its line ends within it, perhaps")
    return body.link(unlinked, title, words)


def fits(front: Rendered) -> bool:
    """Tell whether front matter has its two pages and nothing to complain of."""
    return front.pages == FRONT_PAGES and not (
        front.missing_characters or front.complaints or front.layout.misfits
    )


def _lay_out_alone(page: Page, stand_ins: Sequence[str], styles: Styles) -> Rendered:
    front = render(page, styles)
    if not fits(front):
        return replace(front, pdf=b"")
    with pikepdf.open(io.BytesIO(front.pdf)) as document:
        check_supported(FRONT, document)
        slim_document(document)
        digests: dict[int, bytes | None] = {}
        fonts = _digest_fonts(document, digests)
        unlinked = Unlinked.take(
            document, Portion.whole(document), digests, fonts.__contains__, Finder(stand_ins)
        )
    return replace(front, pdf=unlinked.pack())


def _lay_out_together(
    pages: Sequence[Page], stand_ins: Sequence[str], styles: Styles
) -> tuple[Rendered, ...] | None:
    htmls = [page.html for page in pages]
    is_drawn_once = len({picture and picture["drawn"] for picture in map(_PICTURE.search, htmls)}) == 1
    if is_drawn_once and _PICTURE.search(htmls[0]):
        htmls[1:] = [_PICTURE.sub(r"\g<kept></svg>", html, count=1) for html in htmls[1:]]
    else:
        is_drawn_once = False
    series = typeset_batch(htmls, styles)
    if series is None:
        return None
    fronts = [Rendered(b"", len(layout.lines_by_page), layout=layout) for layout in series.layouts]
    try:
        unlinked = _take_each(series.pdf, fronts, stand_ins, is_drawn_once=is_drawn_once)
    except CannotSplit:
        return None
    return tuple(replace(front, pdf=packed) for front, packed in zip(fronts, unlinked, strict=True))


def _take_each(
    pdf: bytes, fronts: Sequence[Rendered], stand_ins: Sequence[str], *, is_drawn_once: bool
) -> tuple[bytes, ...]:
    """Take the objects of each list out of one file that holds the pages of all, one list after another.

    With `is_drawn_once`, only the first page of all has its picture, which is that of the first page of each list.
    Raises `CannotSplit` where the objects could be others than those of the same pages alone.
    """
    pages_by_list = [front.pages for front in fronts]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        check_supported(FRONT, document)
        if is_drawn_once:
            firsts = (0, *accumulate(pages_by_list[:-1]))
            share_drawing([document.pages[first].obj for first in firsts])
        slim_document(document)
        digests: dict[int, bytes | None] = {}
        fonts = _digest_fonts(document, digests)
        finder = Finder(stand_ins)
        taken = []
        for portion, front in zip(split(document, pages_by_list), fronts, strict=True):
            if not fits(front):
                taken.append(b"")
                continue
            keep_own_resources(document, portion.pages)
            taken.append(Unlinked.take(document, portion, digests, fonts.__contains__, finder).pack())
        return tuple(taken)


def _digest_fonts(document: pikepdf.Pdf, digests: dict[int, bytes | None]) -> frozenset[bytes]:
    """Digest the fonts of a document, which the body has.

    What WeasyPrint says of one depends on which list used it first: it is never taken from a file of several.
    """
    origin = Origin(ObjectTable(), document, digests)
    fonts = (
        value
        for value in document.objects
        if isinstance(value, Dictionary) and value.get("/Type") == Name.Font
    )
    return frozenset(digest for font in fonts if (digest := origin.digest(font.objgen[0])) is not None)
