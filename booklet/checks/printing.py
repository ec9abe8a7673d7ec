"""R109 and R110: what only `print` asks."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import Position, Span
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule("R109", "image-resolution", Severity.WARNING)
def image_resolution(span: Span, resolution: int, page: int, enough: int) -> Iterator[Diagnostic]:
    """An image has fewer than 300 pixels an inch at the size at which it is printed.

    Only `print` asks. The size is that of the A4 page; folded to A5, the same image is finer by two fifths.

    Why
        A screen shows it sharp; on paper its pixels show.

    Fails
        an image of 600 pixels printed 11 cm wide, which makes 139 an inch

    Passes
        an image of 1300 pixels printed 11 cm wide, or a drawing in SVG

    Source
        Printers' usual request: two pixels for each line of a screen of 150 lines an inch.
    """
    yield image_resolution.at(
        span,
        say(
            "image of {resolution} pixels an inch on page {page}, expected {enough}",
            resolution=resolution,
            page=page,
            enough=enough,
        ),
        say(
            "save it {factor} times larger, from the original; or draw it as SVG",
            factor=_times(resolution, enough),
        ),
    )


def _times(resolution: int, enough: int) -> Decimal:
    """The factor by which the sides of an image are too short, rounded up to a tenth."""
    return Decimal(-(-10 * enough // max(resolution, 1))) / 10


@rule("R110", "too-thick-to-staple", Severity.WARNING)
def too_thick_to_staple(path: str, pages: int, limit: int, spine_mm: Decimal) -> Iterator[Diagnostic]:
    """The booklet has too many pages to be folded in one and stapled: it is imposed in sections, to be glued.

    Only `print` asks. The sheets are folded four by four; the sections are laid one upon the other, in the order of
    the marks on their backs, and glued. The printer makes the cover from the first and the last page of the press file.

    Why
        Staples hold badly beyond 80 pages, the booklet does not stay shut, and the innermost pages lose their outer
        margin when the fore edge is trimmed.

    Fails
        96 pages

    Passes
        76 pages

    Source
        Binders' usual limit for saddle stitching, 64 to 96 pages depending on the paper.
    """
    yield too_thick_to_staple.at(
        Span(path, Position(1, 1), Position(1, 1)),
        say(
            "{pages} pages, {spine} mm thick: more than {limit} are glued, not stapled",
            pages=pages,
            spine=spine_mm,
            limit=limit,
        ),
        say("ask for a glued spine (perfect binding); the sheets are folded in sections"),
    )
