"""The page number in the running foot, a layer laid over the body; and the empty page before a part that opens left.

The title in the running foot comes from `templates/css/page.css`.
"""

from __future__ import annotations

from booklet.chapters.context import LAST, FillContext, PageNumbers
from booklet.layout.page import fill_page

#: the layer's number of pages is a multiple of this, so that a body of one page more rarely changes it
NUMBERS_STEP = 50


def fill_blank(context: FillContext, _numbers: PageNumbers) -> str:
    """Fill the empty page, one document for all the places where it is needed."""
    return fill_page(context.environment, "blank.html")


def fill_numbers(context: FillContext, numbers: PageNumbers) -> str:
    """Fill pages that have only their number; the linker lays page i over page i of the body."""
    return number_pages(context, numbers.by_target[LAST])


def number_pages(context: FillContext, pages: int) -> str:
    """Fill pages that have only their number, at least as many as a document has."""
    enough = -(-pages // NUMBERS_STEP) * NUMBERS_STEP
    return fill_page(context.environment, "numbers.html", pages=enough)
