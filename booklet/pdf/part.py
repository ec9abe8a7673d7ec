"""A page of the body, laid out and taken apart in a worker, so that the linker has nothing left to read in it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf

from booklet.chapters.page import Page, Rendered, render, require_pdf
from booklet.layout.tags import slim_document
from booklet.pdf.merge import Portion, check_supported
from booklet.pdf.relocatable import Relocatable
from booklet.pdf.stamping import StampFinder

if TYPE_CHECKING:
    from booklet.layout.styles import Styles


def render_part(page: Page, styles: Styles) -> Rendered:
    """Lay out one page of the body; the `pdf` of the result is a packed `Relocatable`."""
    rendered = render(page, styles)
    document = read_part(page.id, rendered.pdf)
    return replace(rendered, pdf=document.pack(), anchors=document.anchors, citations=document.citations())


def read_part(id: str, pdf: bytes) -> Relocatable:
    """Prune the structure tree of a laid-out document and take it apart; raises `LinkError` for what would be lost."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        check_supported(id, document)
        finder = StampFinder.detach(document)
        slim_document(document)
        return Relocatable.extract(document, Portion.whole(document), id, finder=finder, has_feet=True)


def unpack_page(payload: bytes) -> Rendered:
    """Read a page as the store has it, a part of the body or a file; raises an error for anything else."""
    page = Rendered.unpack(payload)
    if page.pdf.startswith(b"%PDF"):
        require_pdf(page.pdf)
    else:
        Relocatable.unpack(page.pdf)
    return page
