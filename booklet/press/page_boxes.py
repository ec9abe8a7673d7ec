"""A laid-out document → pages of the press: trim, bleed and marks.

`templates/css/press.css` lays pages out with more space around the trim than the bleed needs, and the text block where
the screen edition has it. Each page is then cut a little to one side, so that the margin at the spine is wider than the
outer one, while lines break exactly as on the screen. The content of a page becomes one form XObject, the same in the
press file and on an imposed sheet, with its origin at the lower left corner of the trim (ISO 32000-1 §14.11.2).
"""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from booklet.press.ink import Separator

MM = 72 / 25.4
#: A4, as laid out
TRIM_WIDTH, TRIM_HEIGHT = 210 * MM, 297 * MM
BLEED = 3 * MM
#: offset of the text block from the middle of the page, away from the spine: margins of 22 mm inside, 14 mm outside
SHIFT = 4 * MM
#: from the trim to the edge of the media: the bleed, then the marks
MARGIN = 10 * MM
MARK_LENGTH = 5 * MM
PAGE = Name("/Page")
_TOLERANCE = 0.01


def make_press_pages(document: Pdf, profile: bytes, first_page: int) -> None:
    """Turn every page of a document, the first of which has the number `first_page`, into a page of the press."""
    separator = Separator(document, profile)
    marks = _registration_colour(document)
    for index, page in enumerate(document.pages):
        left, bottom, right, top = (float(edge) for edge in page.trimbox)
        assert abs(right - left - TRIM_WIDTH) < _TOLERANCE, "the press edition is laid out on A4"
        assert abs(top - bottom - TRIM_HEIGHT) < _TOLERANCE, "the press edition is laid out on A4"
        assert left - float(page.mediabox[0]) > BLEED + SHIFT - _TOLERANCE, "css/press.css: too little bleed"
        content = separator.separate_page(page)
        shift = SHIFT if is_right_hand(first_page + index) else -SHIFT
        _make_press_page(document, page, content, page.obj["/Resources"], (left - shift, bottom), marks)


def add_blank_pages(document: Pdf, count: int) -> None:
    """Append pages with the crop marks alone."""
    marks = _registration_colour(document)
    for _ in range(count):
        page = document.add_blank_page(page_size=(TRIM_WIDTH, TRIM_HEIGHT))
        _make_press_page(document, page, b"", Dictionary(), (0.0, 0.0), marks)


def is_right_hand(page: int) -> bool:
    """Check whether a page, counted from the cover as 1, is a right-hand page."""
    return page % 2 == 1


def press_form(page: pikepdf.Page) -> pikepdf.Object:
    """The form XObject with the content of a page of the press."""
    return page.obj["/Resources"]["/XObject"][PAGE]


def _make_press_page(
    document: Pdf,
    page: pikepdf.Page,
    content: bytes,
    resources: pikepdf.Object,
    origin: tuple[float, float],
    marks: pikepdf.Object,
) -> None:
    x, y = origin
    box = (x - BLEED, y - BLEED, x + TRIM_WIDTH + BLEED, y + TRIM_HEIGHT + BLEED)
    form = pikepdf.Stream(
        document,
        content,
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=number_array(*box),
            Matrix=number_array(1, 0, 0, 1, -x, -y),
            Resources=resources,
        ),
    )
    for key in set(page.obj.keys()) - {"/Type", "/Parent"}:
        del page.obj[key]
    page.obj["/Resources"] = Dictionary(
        XObject=Dictionary({str(PAGE): document.make_indirect(form)}), ColorSpace=Dictionary(All=marks)
    )
    right, top = MARGIN + TRIM_WIDTH, MARGIN + TRIM_HEIGHT
    page.obj["/MediaBox"] = number_array(0, 0, right + MARGIN, top + MARGIN)
    page.obj["/TrimBox"] = number_array(MARGIN, MARGIN, right, top)
    page.obj["/BleedBox"] = number_array(MARGIN - BLEED, MARGIN - BLEED, right + BLEED, top + BLEED)
    page.obj["/Contents"] = document.make_stream(
        b"q 1 0 0 1 %.4f %.4f cm /Page Do Q\n" % (MARGIN, MARGIN) + _crop_marks(right, top)
    )


def _crop_marks(right: float, top: float) -> bytes:
    """Draw two lines at each corner of the trim, outside the bleed, on every plate."""
    lines = []
    for x, outwards in ((MARGIN, -1), (right, 1)):
        for y, upwards in ((MARGIN, -1), (top, 1)):
            for across, up in ((outwards, 0), (0, upwards)):
                ends = ((x + across * away, y + up * away) for away in (BLEED, BLEED + MARK_LENGTH))
                lines.append("{} m {} l S".format(*(f"{a:.4f} {b:.4f}" for a, b in ends)))
    return ("q /All CS 1 SCN 0.25 w\n" + "\n".join(lines) + "\nQ\n").encode()


def _registration_colour(document: Pdf) -> pikepdf.Object:
    """Make the colour space that prints on every plate (ISO 32000-1 §8.6.6.4)."""
    tint = Dictionary(
        FunctionType=2,
        Domain=number_array(0, 1),
        C0=number_array(0, 0, 0, 0),
        C1=number_array(1, 1, 1, 1),
        N=1,
    )
    return document.make_indirect(Array([Name.Separation, Name.All, Name.DeviceCMYK, tint]))


def number_array(*values: float) -> Array:
    """Make an array of numbers, rounded to a ten-thousandth of a point."""
    return Array([pikepdf.Object.parse(f"{round(value, 4):.10g}".encode()) for value in values])
