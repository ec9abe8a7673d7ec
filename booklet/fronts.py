"""The front matter of many lists → the update that makes each list's booklet of the body.

Lists are laid out one after another, each from a page of its own; what all have in common is paid once: fonts are
written and read once for all, and the picture on the cover, which is most of what there is to draw, is drawn once and
put in the others' place. The bytes are those of a list made alone; where they could be others, it is made alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from booklet.append import FRONT_PAGES, OpenBody
from booklet.fiche import Page, Rendered, render
from booklet.series import CannotSplit
from booklet.typeset import Styles, typeset_series

#: the picture, of which the title stays: it is the text of its figure. Texts in a page are escaped
_PICTURE = re.compile(
    r'(?P<kept><svg class="cover-picture"[^<>]*>\s*<title>[^<]*</title>)(?P<drawn>.*?)</svg>', re.DOTALL
)


def make_updates(
    pages: Sequence[Page], titles: Sequence[str], styles: Styles, body: OpenBody
) -> tuple[Rendered, ...]:
    """Make the update of each list, in the place of its PDF; empty where its two pages are not as they should be."""
    together = _make_together(pages, titles, styles, body) if len(pages) > 1 else None
    if together is not None:
        return together
    return tuple(_make_alone(page, title, styles, body) for page, title in zip(pages, titles, strict=True))


def fits(front: Rendered) -> bool:
    """Tell whether front matter has its two pages and nothing to complain of."""
    return front.pages == FRONT_PAGES and not (
        front.missing_characters or front.complaints or front.layout.misfits
    )


def _make_alone(page: Page, title: str, styles: Styles, body: OpenBody) -> Rendered:
    front = render(page, styles)
    return replace(front, pdf=body.prepend(front.pdf, title) if fits(front) else b"")


def _make_together(
    pages: Sequence[Page], titles: Sequence[str], styles: Styles, body: OpenBody
) -> tuple[Rendered, ...] | None:
    htmls = [page.html for page in pages]
    is_drawn_once = len({picture and picture["drawn"] for picture in map(_PICTURE.search, htmls)}) == 1
    if is_drawn_once and _PICTURE.search(htmls[0]):
        htmls[1:] = [_PICTURE.sub(r"\g<kept></svg>", html, count=1) for html in htmls[1:]]
    else:
        is_drawn_once = False
    series = typeset_series(htmls, styles)
    if series is None:
        return None
    fronts = [Rendered(b"", len(layout.lines_by_page), layout=layout) for layout in series.layouts]
    asked = [title if fits(front) else None for title, front in zip(titles, fronts, strict=True)]
    try:
        updates = body.prepend_each(
            series.pdf, [front.pages for front in fronts], asked, is_drawn_once=is_drawn_once
        )
        return tuple(replace(front, pdf=update) for front, update in zip(fronts, updates, strict=True))
    except CannotSplit:
        return None
