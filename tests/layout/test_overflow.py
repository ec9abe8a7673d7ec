"""Lines are counted, and words that leave their place found, in the boxes that WeasyPrint has laid out."""

from __future__ import annotations

import pytest

from booklet.layout.overflow_report import FieldLines, Layout
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import typeset
from tests.samples.commands import ROOT

STYLES = Styles(ROOT / "templates")
WORD = "anticonstitutionnellement"
#: a text that is never cut inside a word
TITLE = '<p data-field="title" style="overflow-wrap: normal; hyphens: none; {}">{}</p>'
#: a page of ten lines of 20 pt, whatever the house style
SMALL = (
    "<style>@page { size: 200pt 220pt; margin: 10pt; @bottom-left { content: none } }"
    "body { font: 10pt/20pt Booklet Sans }</style>"
)
PICTURE = '<svg data-field="{}" width="50pt" height="{}pt"><title>une image</title></svg>'
TABLE = f'<div style="width: 60pt"><table data-field="costs"><tr><td>{WORD}</td></tr></table></div>'


def read(body: str) -> Layout:
    page = (
        f'<!DOCTYPE html><html lang="fr"><head><title>Essai</title>{SMALL}</head><body>{body}</body></html>'
    )
    laid_out = typeset(page, STYLES)
    assert laid_out.complaints == () and laid_out.pages == len(laid_out.layout.lines_by_page)
    return laid_out.layout


def lines(count: int, field: str = "") -> str:
    return f'<div data-field="{field}">' + "<p>une ligne</p>" * count + "</div>"


NO_SPACE = "<style>p + p { margin: 0 }</style>"


def test_lines_are_counted_by_page_and_field() -> None:
    """Each page has the lines that stand on it, each field its own; what has no field is ours."""
    layout = read(NO_SPACE + lines(4, "problem") + lines(3) + lines(9, "risks"))
    assert layout.lines_by_page == (10, 6)
    assert layout.fields == (
        FieldLines(1, "problem", 4, 36),
        FieldLines(1, "", 3, 27),
        FieldLines(1, "risks", 3, 27),
        FieldLines(2, "risks", 6, 54),
    )
    assert (layout.lines_past(1), layout.lines_past(2)) == (6, 0)


def test_parts_between_forced_breaks_are_measured() -> None:
    """A part that passes its page is told with the height past it, and the lines and the room of each field."""
    left = f'<div style="break-after: page">{lines(9, "problem")}{lines(4, "scope")}</div>'
    layout = read(NO_SPACE + left.replace('"problem"', '"problem" data-room="6"') + lines(9, "risks"))
    assert len(layout.lines_by_page) == 3
    (part,) = layout.overflows
    assert round(part.height / 20 * 72 / 96, 1) == 3  # CSS pixels; a line has 20 pt
    assert [(one.field, one.lines, one.room, one.width) for one in part.fields] == [
        ("problem", 9, 6, 9),
        ("scope", 4, 0, 9),
    ]


def test_nearest_field_counts() -> None:
    """A text belongs to the field nearest above it."""
    layout = read(f'<div data-field="precedents">{lines(1)}<p data-field="links">deux</p><p>un</p></div>'.replace(
        ' data-field=""', ""
    ))  # fmt: skip
    assert [(one.field, one.lines) for one in layout.fields] == [("precedents", 2), ("links", 1)]


def test_cells_of_a_row_are_one_line() -> None:
    """Lines side by side are one; a cell of two lines makes two; words of a table are not counted to be shortened."""
    row = "<tr><th>a</th><td>b</td><td>c</td></tr>"
    layout = read(f'<table data-field="costs">{row}{row}<tr><th>a<br>a</th><td>b</td><td>c</td></tr></table>')
    assert layout.fields == (FieldLines(1, "costs", 4, 0),)
    columns = '<div style="display: flex"><div>{}</div><div>{}</div></div>'.format(
        "<p>a</p>" * 5, "<p>b</p>" * 2
    )
    assert read(NO_SPACE + columns).lines_by_page == (5,)


def test_picture_counts_as_the_lines_it_covers() -> None:
    """A picture takes as many lines as its height holds."""
    layout = read(PICTURE.format("timeline", 54))
    assert layout.lines_by_page == (4,)


@pytest.mark.parametrize(
    ("body", "fault", "field"),
    [
        (TITLE.format("width: 60pt", WORD), "too wide", "title"),
        (TITLE.format("", WORD * 4), "off the page", "title"),
        ('<p data-field="scope" style="position: absolute; left: -20pt; top: 0">dehors</p>', "off the page", "scope"),
        ('<div style="height: 30pt"><p>a<br>b<br>c</p></div>', "off the page", ""),
        (PICTURE.format("figures", 300), "off the page", "figures"),
        ('<p>a</p><p data-field="promise" style="margin-top: -13pt">b</p>', "on another text", "promise"),
        (TABLE, "too wide", "costs"),
    ],
    ids=["column", "sheet", "left", "fixed-height", "picture", "overlap", "table"],
)  # fmt: skip
def test_words_out_of_place_are_found(body: str, fault: str, field: str) -> None:
    """Words wider than their column, past the type area or a fixed height, or on others, are named with their field."""
    found = {(misfit.fault, misfit.field) for misfit in read(body).misfits}
    assert (fault, field) in found


def test_words_in_place_are_not() -> None:
    """Lists, tables, pictures, raised letters, columns and positioned words in their place are no misfit."""
    layout = read(
        "<h1>Titre<sup>er</sup></h1><ul><li>un</li></ul><table><tr><th>a</th><td>b</td></tr></table>"
        '<div style="display: grid; grid-template-columns: 1fr 1fr"><p>a</p><p>b</p></div>'
        '<p style="position: absolute; bottom: 0">au bas</p>'
    )
    assert layout.misfits == ()


@pytest.mark.parametrize(("before", "is_lonely"), [(6, False), (7, False), (8, True)])
def test_heading_alone_at_the_foot_is_found(before: int, is_lonely: bool) -> None:
    """A heading with fewer than two lines of its text below it, the rest on the next page, is alone."""
    body = "".join(f'<p style="break-inside: avoid">{number}</p>' for number in range(before))
    heading = '<h2 style="font: 10pt/20pt Booklet Sans; margin: 0; break-after: auto">Les risques</h2>'
    text = "<p>un</p><p>deux</p><p>trois</p><p>quatre</p>"
    layout = read(NO_SPACE + body + f'<section data-field="risks">{heading}{text}</section>')
    told = [(misfit.fault, misfit.page, misfit.field, misfit.excerpt) for misfit in layout.misfits]
    assert told == ([("lonely heading", 1, "risks", "Les risques")] if is_lonely else [])


def test_heading_of_a_short_text_is_not_alone() -> None:
    """A heading whose whole text is the one line below it stands well at the foot of its page."""
    heading = '<h2 style="font: 10pt/20pt Booklet Sans; margin: 0">{}</h2>'
    layout = read(
        NO_SPACE + lines(8) + heading.format("Un") + "<p>un</p>" + heading.format("Deux") + lines(3)
    )
    assert layout.misfits == ()


@pytest.mark.parametrize(("count", "is_empty"), [(9, False), (11, True), (12, True), (13, False)])
def test_last_page_of_two_lines_is_all_but_empty(count: int, is_empty: bool) -> None:
    """A last page of one or two lines is all but empty; a single page never is."""
    assert (
        read("<style>p { orphans: 1; widows: 1 }</style>" + NO_SPACE + lines(count)).is_all_but_empty
        is is_empty
    )


def test_a_hanging_paragraph_stands_in_its_padding() -> None:
    """The first line of a paragraph that hangs is not wider than its column; one that hangs over its edge is."""
    inside = '<p data-field="index" style="padding-left: 20pt; text-indent: -20pt">vélo</p>'
    assert read(NO_SPACE + inside).misfits == ()
    outside = '<p data-field="index" style="padding-left: 5pt; text-indent: -20pt">vélo</p>'
    assert [misfit.field for misfit in read(NO_SPACE + outside).misfits] == ["index"]
