"""SVG: what a drawing may hold, what is refused in it, and how much it may draw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.diagnostics import limits
from booklet.pictures.picture import read_picture
from booklet.pictures.refusal import PictureRefused
from booklet.pictures.svg import Drawing, read_svg
from tests.samples.commands import ROOT
from tests.samples.hostile_pictures import (
    BOMBS,
    GRADIENT,
    deep,
    embedded,
    font_face,
    jpeg,
    long_path,
    stops,
    svg,
    uses,
)
from tests.samples.workspace import png

ROOT_OF_SVG = "<svg xmlns='http://www.w3.org/2000/svg'>{}</svg>"
RED = png(1, 1, (255, 0, 0))


def refusal(data: bytes) -> str:
    """Read a picture that is refused; returns the reason."""
    with pytest.raises(PictureRefused) as refused:
        read_picture(data)
    return str(refused.value.message)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<script>alert(1)</script>", "an SVG with `<script>`"),
        ("<s:script xmlns:s='http://www.w3.org/2000/svg'/>", "an SVG with `<s:script>`"),
        ("<h:script xmlns:h='http://www.w3.org/1999/xhtml'/>", "an SVG with `<h:script>`"),
        ("<x:style xmlns:x='urn:x'>@font-face{}</x:style>", "an SVG with `<x:style>`"),
        ("<foreignObject/>", "an SVG with `<foreignObject>`"),
        ("<font id='a'/>", "an SVG with `<font>`"),
        ("<font-face-uri href='#a'/>", "an SVG with `<font-face-uri>`"),
        ("<animate attributeName='href' to='//a'/>", "an SVG with `<animate>`"),
        ("<set attributeName='href' to='//a'/>", "an SVG with `<set>`"),
        ("<rect onload='x()'/>", "an SVG with a script `onload`"),
        ("<rect OnLoad='x()'/>", "an SVG with a script `OnLoad`"),
        ("<image href='https://example.org/a.png'/>", "an SVG with a link to `https://example.org/a.png`"),
        (
            "<image xmlns:x='http://www.w3.org/1999/xlink' x:href='/etc/passwd'/>",
            "an SVG with a link to `/etc/passwd`",
        ),
        ("<image href='#a'/>", "an SVG with a link to `#a`"),
        ("<g xml:base='file:///etc/'/>", "an SVG with a link to `file:///etc/`"),
        ("<g xml:base='#a'/>", "an SVG with a link to `#a`"),
        ("<a href='javascript:x()'><text>a</text></a>", "an SVG with a link to `javascript:x()`"),
        ("<use href='other.svg#a'/>", "an SVG with a link to `other.svg#a`"),
        ("<rect fill='url(https://example.org/a)'/>", "an SVG with a link to `https://example.org/a`"),
        ("<rect fill='url(a.svg#b)'/>", "an SVG with a link to `a.svg#b`"),
        ("<rect mask='a.svg#b'/>", "an SVG with a link to `a.svg#b`"),
        ("<rect style='fill: url( \"file:///etc/a\" )'/>", "an SVG with a link to `file:///etc/a`"),
        ("<rect style='fill: u\\72l(//a)'/>", "an SVG with a link to `//a`"),
        ("<rect style='fill: image-set(\"//a\" 1x)'/>", "an SVG with the function `image-set()`"),
        ("<rect style='cursor: src(\"//a\")'/>", "an SVG with the function `src()`"),
        ("<image style='href: url(//a)'/>", "an SVG whose style has `href`"),
        ("<style>image { hr\\65 f: a }</style>", "an SVG whose style has `href`"),
        ("<style>@import 'a.css';</style>", "an SVG whose style has `@import`"),
        ("<style>@\\69mport 'a.css';</style>", "an SVG whose style has `@import`"),
        (
            "<style>@font-face { font-family: a; src: local(b) }</style>",
            "an SVG whose style has `@font-face`",
        ),
        ("<style>@FONT-F\\41 CE{}</style>", "an SVG whose style has `@FONT-FACE`"),
        ("<style>/*a*/<![CDATA[@font-]]>face{}</style>", "an SVG whose style has `@font-face`"),
        ("<style>@media print { a { fill: red } }</style>", "an SVG whose style has `@media`"),
        ("<style>a { @font-face { src: local(b) } }</style>", "an SVG whose style has `@font-face`"),
        ("<style>rect { fill: u\\72l(//a) }</style>", "an SVG with a link to `//a`"),
        ("<style><g>@font-face{}</g></style>", "an SVG with `<g>`"),
        (
            "<style>a:hover { fill: red }</style>",
            "an SVG whose style has the selector `a:hover`, expected at most 3 names, classes or ids",
        ),
        (
            "<use style='\\7b http\\:\\/\\/www\\.w3\\.org\\/1999\\/xlink\\7d href:#a'/>",
            "an SVG whose style has `{http://www.w3.org/1999/xlink}href`",
        ),
        ("<g d='M0 0'><path/></g>", "an SVG with `d` in `<g>`"),
        ("<use href='#a' style='d:m0 0'/>", "an SVG with `d` in `<use>`"),
        ("<style>path { d: m0 0 }</style>", "an SVG with `d` in `<style>`"),
        ("<?xml-stylesheet href='a.css'?>", "an SVG with a processing instruction `xml-stylesheet`"),
        ("<g><tspan>a</tspan></g>", "an SVG with `<tspan>`"),
        ("<rect>", "an SVG that is not well formed, line 1"),
        ("<x:rect/>", "an SVG that is not well formed, line 1"),
    ],
)
def test_what_acts_or_leads_elsewhere_is_refused(inside: str, message: str) -> None:
    """An SVG that runs, fetches, brings a font or hides one of them is refused, in UTF-8 and in UTF-16."""
    text = ROOT_OF_SVG.format(inside)
    assert refusal(text.encode()) == message
    assert refusal(text.encode("utf-16")) == message


@pytest.mark.parametrize("kind", ["png", "jpeg"])
@pytest.mark.parametrize(
    "data", [svg("<rect/>"), b"GIF89a", b"BM", b"II*\0", b"RIFF\0\0\0\0WEBPVP8 ", b"\0\1\0\0", b""]
)
def test_only_bitmaps_are_embedded(data: bytes, kind: str) -> None:
    """Behind `data:image/png` and `data:image/jpeg` stands PNG or JPEG, and nothing that calls itself so."""
    assert refusal(embedded(data, kind)).startswith(f"an SVG with a link to `data:image/{kind};base64,")


@pytest.mark.parametrize(
    "address",
    ["data:image/svg+xml;base64,PHN2Zy8+", "data:image/png,%89PNG", "data:,a", "DATA:font/ttf;base64,AAEAAA"],
)
def test_other_embedded_files_are_refused(address: str) -> None:
    """No other kind, and no other way to write it, passes."""
    assert refusal(svg(f'<image href="{address}"/>')) == f"an SVG with a link to `{address}`"


def test_embedded_bitmaps_are_examined_as_files_are() -> None:
    """A sound PNG or JPEG passes and counts its pixels; a damaged one does not."""
    assert read_svg(embedded(RED)).pixels == 1
    assert read_svg(embedded(jpeg(16, 8), "jpeg")).pixels == 128
    assert refusal(embedded(RED[:-20])) == "a damaged image"


def test_entities_are_refused_before_they_are_expanded() -> None:
    """A document type is refused, so that no entity is ever expanded."""
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    data = f'<!DOCTYPE svg [<!ENTITY e0 "ha">{bomb}]><svg>&e11;</svg>'.encode()
    assert refusal(data) == "an SVG with a document type"


@pytest.mark.parametrize(
    "inside",
    [
        GRADIENT.format("") + "<rect fill='url(#g)'/><use href='#g'/><text>Rue <tspan>A</tspan></text>",
        "<style type='text/css'>.st0{fill:#FFF;stroke:url(#SVGID_1_)} #a, .b > path, * { opacity: .5 }</style>",
        "<style><![CDATA[ .cls-1 { font-family: 'Myriad Pro'; fill: rgba(1,2,3,.5) !important } ]]></style>",
        "<path style=\"font-family:'Sans';-inkscape-font-specification:'Sans, Bold';fill:url(#a);d:none\"/>",
        "<g inkscape:label='Calque (1)' inkscape:groupmode='layer' xmlns:inkscape='http://www.inkscape.org/namespaces/"
        "inkscape'><inkscape:path-effect only_selected='false'/></g>",
        "<metadata><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:c='http://creativecommons.org/ns#'>"
        "<c:Work r:about=''><c:license r:resource='https://creativecommons.org/licenses/by/4.0/'/></c:Work></r:RDF>"
        "</metadata>",
        "<g id='Layer 1 (copy)' data-name='a(b)' aria-label='https://example.org'/>",
        "<g transform='matrix(1,0,0,1,-6e-17,2) rotate( 3 ), translateX(2px)skewX(.5)'/>",
        "<path d=' M0,0-1.5.5h1e1 2A5 5 0 11.5.5zm1 1Q1 1 2 2T3 3'/><path d=''/><polygon points='0,0 1-1 ,'/>",
        "<path style='font-size:medium;letter-spacing:normal;stroke-dasharray:none;stroke-dasharray:1,2%;color:Navy'/>",
        "<rect fill='' stroke='currentColor' opacity='50%' style='fill:url(#a) #FFF8;stroke:none'/>",
    ],
)
def test_what_drawing_programs_write_passes(inside: str) -> None:
    """References inside, plain styles, and what Inkscape and Illustrator note beside the drawing stay allowed."""
    assert read_picture(ROOT_OF_SVG.format(inside).encode()).drawn > 1


def test_picture_of_the_example_passes() -> None:
    """The drawing of the published example counts as the elements, and the paths by length, that it has."""
    drawing = ROOT / "proposals/mobilite/priorite-bus-carrefours/principe.svg"
    assert read_svg(drawing.read_bytes())._replace(letters=frozenset()) == Drawing(0, 34)


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused(name: str) -> None:
    """Each is refused by reading it once, with the limit that it passes where there is one."""
    message = refusal(BOMBS[name]())
    if name not in {
        "SVG in an SVG",
        "PNG with a second header",
        "PNG with a wrong chunk size",
        "repeating gradient",
    }:
        assert any(character.isdigit() for character in message)


def test_copies_are_counted_as_they_are_drawn() -> None:
    """The count grows with the copies, and stops at the limit."""
    few, more = (read_svg(uses(levels)).drawn for levels in (1, 2))
    assert few > 10 and 5 < more / few < 20
    assert read_svg(stops(5, 20)).drawn == 1 + 6 + 20 * (1 + 6)
    assert read_svg(long_path(120_000)).drawn == 1 + 1 + 2000
    assert read_svg(svg("<text>mot</text>")).drawn == 1 + 3 + 3
    assert read_svg(embedded(RED)).drawn == 1 + 1 + 8
    assert read_svg(deep(limits.SVG_DEPTH - 1)).drawn == limits.SVG_DEPTH


@pytest.mark.parametrize(
    "inside",
    [
        "<g {0}>{1}</g>",
        "<g id='a'>{1}</g><defs/><use href='#a' {0}/><use href='#a' {0}/>",
        "<style>.a {{ {2} }}</style><g class='a'>{1}</g>",
    ],
)
def test_long_values_that_are_inherited_are_counted(inside: str) -> None:
    """A value is read for each element that inherits it, also where copies do; short ones cost nothing."""
    dashes = "9 " * 600
    drawn = [f"stroke-dasharray='{dashes}'", "<rect/>" * 1_000, f"stroke-dasharray: {dashes}"]
    message = refusal(ROOT_OF_SVG.format(inside.format(*drawn)).encode())
    assert message == f"an SVG that draws more than {limits.SVG_DRAWN} elements, letters and copies"
    drawn = ["stroke-dasharray='9 9'", "<rect/>" * 1_000, "stroke-dasharray: 9 9"]
    assert read_svg(ROOT_OF_SVG.format(inside.format(*drawn)).encode()).drawn < 10_000


@pytest.mark.parametrize(
    "inside",
    [
        "<g id='a'><use href='#a'/></g>",
        "<pattern id='a'><rect fill='url(#a)'/></pattern>",
        "<g fill='url(#a)'><pattern id='a'><rect/></pattern></g>",
        "<style>rect { mask: url(#a) }</style><mask id='a'><rect/></mask>",
        "<linearGradient id='a' href='#b'/><linearGradient id='b' href='#a'/>",
    ],
)
def test_circles_are_refused(inside: str) -> None:
    """An element that is drawn inside itself, by whatever way, is refused."""
    assert "that contains itself" in refusal(ROOT_OF_SVG.format(inside).encode())


@pytest.mark.parametrize(
    "attribute",
    [
        'viewBox="0 0 1e7 9"', 'viewBox="0 0 1e-9 9"', 'viewBox="0 0 NaN 9"', 'viewBox="0 0 9"', 'viewBox="0 0 -9 9"',
        'viewBox="0 0 inf 9"', 'viewBox="0 0 1_0 9"', 'width="1e12"', 'width="12abcpx"', 'height="5vmin"',
        'style="width:1e12"', 'stroke-width="99999999"', 'fill="color(srgb 1e12 0 0)"', 'style="font:1e12px a"',
        'x="2000%"', 'font-size="-5"', 'font-size="1e5em"', 'd="M0 0h1e12"', 'transform="scale(1e12)"', 'transform="a"',
        'points="１e12 0"', 'points="1 2 3"', 'd="M0 0A5 5 0 2 1 9 9"', 'd="M0 0L"', 'd="L1 1"', 'd="url(#a)"',
        'transform="translate()"', 'transform="matrix(1 0 0 1 0)"', 'transform="skewX(90)"', 'r="5 px"', 'x="5PX"',
        'opacity="half"', 'fill-opacity="inherit"', 'rotate="url(#a)"', 'orient="left"', 'stroke-miterlimit="1px"',
        'stroke-width="medium"', 'preserveAspectRatio=""', 'font-style="oblique 9deg"', 'mode="plus"',
        'fill="hsl(9,9%,9%)"', 'stroke="device-cmyk(0 0 0 1)"', 'stop-color="lab(50% 40 59)"', 'fill="currentcolor"',
        'color="currentColor"', 'fill="color()"', 'fill="#12345"', 'fill="bleu"', 'fill="#fff icc-color(a)"',
        'stop-color="none"', 'style="fill:color(display-p3 1 0 0)"', 'style="flood-color:rgb(nan 0 0)"',
    ],
)  # fmt: skip
def test_numbers_that_no_page_holds_are_refused(attribute: str) -> None:
    """Numbers beyond the limits, what is no number and colours of no screen are refused wherever they count."""
    data = f'<svg xmlns="http://www.w3.org/2000/svg" {attribute}/>'
    assert attribute.partition("=")[0].replace("style", "") in refusal(data.encode())


def test_long_way_is_refused() -> None:
    """Steps each within the limit, which lead further than a PDF can count, are refused."""
    step = f"h{limits.SVG_NUMBER}"
    assert "`d`" in refusal(svg(f'<path d="M0 0{step * 3_000}"/>'))
    assert read_svg(svg(f'<path d="M0 0{step * 10}"/>')).drawn > 1


def test_style_of_deep_brackets_is_refused() -> None:
    """Brackets in brackets are not followed to the end."""
    opened, closed = "(" * 1_000, ")" * 1_000
    assert "brackets" in refusal(svg(f"<style>a{{b:{opened}}}</style>"))
    assert "brackets" in refusal(svg(f"<style>{opened}{closed}{{}}</style>"))


def test_font_rule_is_found_behind_any_encoding() -> None:
    """A font is found in an encoding that the file declares."""
    inside = f"<style>/*é*/{font_face('Booklet Sans', 'local(a)')}</style>"
    for encoding in ("iso-8859-1", "cp1252", "koi8-r", "utf-16"):
        text = f'<?xml version="1.0" encoding="{encoding}"?>' + ROOT_OF_SVG.format(inside)
        assert refusal(text.encode(encoding, "replace")) == "an SVG whose style has `@font-face`"


SLIPS = (b"", b"<", b"/>", b'"', b"(", b"-1e99", b"url(#a)", b"<style>@", b"</svg>", b"\xff")


@given(st.sampled_from(sorted(BOMBS)), st.data())
def test_changed_svg_is_read_or_refused(name: str, drawn: st.DataObject) -> None:
    """A file with some bytes changed, left out or put in is read or refused, without a traceback."""
    changed = bytearray(BOMBS[name]()[:2_000])
    for _ in range(drawn.draw(st.integers(1, 4))):
        place = drawn.draw(st.integers(0, len(changed) - 1))
        changed[place : place + drawn.draw(st.integers(0, 9))] = drawn.draw(st.sampled_from(SLIPS))
    try:
        read = read_picture(bytes(changed)).bytes
    except PictureRefused:
        return
    assert read == len(changed)
