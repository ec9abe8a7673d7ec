"""The pages without content: the empty page before a part that opens on the left, and the layer of page numbers."""

from __future__ import annotations

from booklet.chapters.context import LAST, FillContext, PageNumbers
from booklet.layout.page import fill_page

#: the layer of numbers has a multiple of so many pages, so that one page more rarely lays it out again
NUMBERS_STEP = 50


def fill_blank(context: FillContext, _numbers: PageNumbers) -> str:
    """Fill the empty page, one document for all the places where it is needed."""
    return fill_page(context.environment, "blank.html")


def fill_numbers(context: FillContext, numbers: PageNumbers) -> str:
    """Fill the pages that carry their number only; the linker lays page i over page i of the body."""
    return number_pages(context, numbers.by_target[LAST])


def number_pages(context: FillContext, pages: int) -> str:
    """Fill enough numbered pages for a document of so many pages."""
    enough = -(-pages // NUMBERS_STEP) * NUMBERS_STEP
    return fill_page(context.environment, "numbers.html", pages=enough)
