"""Pictures that would take a renderer's time or memory, change what others print, or make a PDF that is no PDF/A."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import TYPE_CHECKING

from tests.samples.workspace import png

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
GRADIENT = '<linearGradient id="g"{}><stop offset="0" stop-color="#f00"/><stop offset="1"/></linearGradient>'


def svg(inside: str, view: str = "0 0 100 100", more: str = "") -> bytes:
    """Write an SVG."""
    return f'<svg {_NAMESPACES} viewBox="{view}"{more}>{inside}</svg>'.encode()


def uses(levels: int) -> bytes:
    """Copies of copies: ten to the power of the levels."""
    groups = "".join(
        f'<g id="a{level}">' + f'<use href="#a{level - 1}"/>' * 10 + "</g>" for level in range(1, levels + 1)
    )
    return svg(f'<defs><rect id="a0" width="1" height="1"/>{groups}</defs><use href="#a{levels}"/>')


def uses_of_one(times: int) -> bytes:
    """A big group, copied often."""
    return svg(f'<g id="a">{"<rect/>" * times}</g>' + '<use href="#a"/>' * times)


def painted(server: str, inner: str, levels: int) -> bytes:
    """Patterns, masks or clips whose content is painted with the next."""
    attribute = {"pattern": "fill", "mask": "mask", "clipPath": "clip-path"}[server]
    chain = "".join(
        f'<{server} id="p{level}" width="5" height="5">'
        + f'<{inner} width="3" height="3" {attribute}="url(#p{level + 1})"/>' * 10
        + f"</{server}>"
        for level in range(levels)
    )
    return svg(f'<defs>{chain}</defs><rect width="9" height="9" {attribute}="url(#p0)"/>')


def inherited_pattern(times: int) -> bytes:
    """A pattern that every element of a group takes over."""
    pattern = f'<pattern id="p" width="5" height="5">{"<rect/>" * times}</pattern>'
    return svg(f'{pattern}<g fill="url(#p)">{"<rect/>" * times}</g>')


def styled_pattern(times: int) -> bytes:
    """A pattern that a style gives to every element."""
    pattern = f'<pattern id="p" width="5" height="5">{"<g/>" * times}</pattern>'
    return svg(f"<style>rect {{ fill: url(#p) }}</style>{pattern}" + "<rect/>" * times)


def markers(points: int) -> bytes:
    """A marker of a hundred elements at each point of a path."""
    marker = f'<marker id="m">{"<rect/>" * 100}</marker>'
    return svg(f'{marker}<path marker-mid="url(#m)" d="M0 0{"h1" * points}"/>')


def repeating_gradient() -> bytes:
    """A gradient a millionth long that repeats over the drawing."""
    gradient = GRADIENT.format(' spreadMethod="repeat" gradientUnits="userSpaceOnUse" x2="1e-6"')
    return svg(f'{gradient}<rect width="100" height="100" fill="url(#g)"/>')


def stops(number: int, times: int) -> bytes:
    """A gradient of many stops, used often."""
    gradient = f'<linearGradient id="g">{"<stop/>" * number}</linearGradient>'
    return svg(gradient + '<rect width="9" height="9" fill="url(#g)"/>' * times)


def long_path(characters: int) -> bytes:
    """One path of so many characters."""
    return svg(f'<path d="M0 0L{"1 2 " * (characters // 4)}"/>')


def short_steps(characters: int) -> bytes:
    """Nine paths of so many characters, which say as much as they can in few."""
    return svg(f'<path d="M0 0{"t1 1" * (characters // 4)}"/>' * 9)


def sizes_of_text(number: int) -> bytes:
    """Texts of a letter, each of another size."""
    return svg("".join(f'<text font-size="{one / 100}">a</text>' for one in range(100, number + 100)))


def inherited_paints(patterns: int) -> bytes:
    """Patterns that inherit hundreds of paints, none of which is there."""
    groups = "".join(f'<g fill="url(#a{level})" stroke="url(#b{level})">' for level in range(95))
    return svg(groups + "<pattern/>" * patterns + "</g>" * 95)


def disguised(inside: str) -> bytes:
    """An SVG that Pillow takes for a Photo CD."""
    text = svg(inside).removesuffix(b"</svg>") + b"<!--"
    return text.ljust(2048) + b"PCD_".ljust(100_000) + b"--></svg>"


def selectors(number: int) -> bytes:
    """Rules that apply to every element."""
    return svg(f"<style>{'rect{fill:#123}' * number}</style>" + "<rect/>" * 1_000)


def nested_selector() -> bytes:
    """A selector that is looked for at every level of every level."""
    return svg(f"<style>{'g ' * 12}rect {{ fill: red }}</style>{'<g>' * 90}<rect/>{'</g>' * 90}")


def deep(levels: int) -> bytes:
    """Groups in groups."""
    return svg("<g>" * levels + "</g>" * levels)


def deep_copies(levels: int) -> bytes:
    """Groups that are copied into groups, far deeper than any in the file."""
    groups = "".join(f'<g id="a{level}"><g><use href="#a{level - 1}"/></g></g>' for level in range(1, levels))
    return svg(f'<g id="a0"/>{groups}')


def many_attributes(number: int) -> bytes:
    """Attributes of different names, which all elements inside would take over."""
    attributes = " ".join(f'a{one}=""' for one in range(number))
    return svg(f"<g {attributes}/>")


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, depth: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    """Write the header of a PNG."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def second_header(width: int = 30_000) -> bytes:
    """A small PNG with the header of a large one behind its own."""
    small = png(10, 10, (200, 90, 40))
    return small[:33] + header(width, width) + small[33:]


def wrong_chunk_size() -> bytes:
    """A PNG whose first chunk of rows claims to be longer than the file."""
    small = png(10, 10, (200, 90, 40))
    return small[:33] + struct.pack(">I", 2**31 - 1) + small[37:]


def huge_png(width: int = 40_000, height: int = 25_000) -> bytes:
    """A PNG of a thousand million pixels, a few of which are there."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + header(width, height)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 16, height: int = 16) -> bytes:
    """Write a plain JPEG."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 90, 40)).save(file, "JPEG")
    return file.getvalue()


def second_frame(width: int = 60_000) -> bytes:
    """A small JPEG with the frame of a large one before its own."""
    small = jpeg()
    frame = small.index(b"\xff\xc0")
    other = bytearray(small[frame : frame + 19])
    other[5:9] = struct.pack(">HH", width, width)
    return small[:frame] + bytes(other) + small[frame:]


def embedded(data: bytes, kind: str = "png") -> bytes:
    """An SVG that holds another file, as an image of some kind."""
    address = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return svg(f'<image width="9" height="9" href="{address}"/>')


def exchanged_digits(font: Path) -> bytes:
    """Write a font whose digit d is drawn as 9 - d, and which Fontconfig prefers."""
    from fontTools.ttLib import TTFont

    read = TTFont(font)
    for table in read["cmap"].tables:
        table.cmap = {**table.cmap, **{0x30 + digit: table.cmap[0x39 - digit] for digit in range(10)}}
    read["head"].fontRevision = 30_000.0
    file = io.BytesIO()
    read.save(file)
    return file.getvalue()


def font_face(family: str, source: str) -> str:
    """Write a rule that brings a font."""
    return f'@font-face{{font-family:"{family}";font-weight:400;src:{source}}}'


#: what `check` refuses at once and a renderer would not end with, or could not hold
BOMBS: dict[str, Callable[[], bytes]] = {
    "use of use": lambda: uses(7),
    "use of a big group": lambda: uses_of_one(5_000),
    "pattern of patterns": lambda: painted("pattern", "rect", 7),
    "mask of masks": lambda: painted("mask", "rect", 7),
    "clip of clips": lambda: painted("clipPath", "rect", 7),
    "inherited pattern": lambda: inherited_pattern(1_000),
    "styled pattern": lambda: styled_pattern(1_000),
    "markers": lambda: markers(10_000),
    "repeating gradient": repeating_gradient,
    "gradient stops": lambda: stops(200, 500),
    "path of a megabyte": lambda: long_path(1_000_000),
    "paths of short steps": lambda: short_steps(180_000),
    "texts of many sizes": lambda: sizes_of_text(10_000),
    "inherited paints": lambda: inherited_paints(10_000),
    "PNG of 40 million rows": lambda: huge_png(1, 40_000_000),
    "embedded images": lambda: svg(embedded(png(1, 1, (9, 9, 9))).decode() * 10_000),
    "selectors": lambda: selectors(10_000),
    "nested selector": nested_selector,
    "deep groups": lambda: deep(10_000),
    "deep copies": lambda: deep_copies(2_000),
    "many elements": lambda: svg("<g/>" * 500_000),
    "many attributes": lambda: many_attributes(100_000),
    "much text": lambda: svg(f"<text>{'mot ' * 1_000_000}</text>"),
    "much style": lambda: svg(f"<style>{'a{b:c}' * 700_000}</style>"),
    "brackets": lambda: svg(f'<g transform="{"a(" * 2_000_000}"/>'),
    "huge view": lambda: svg("", "0 0 1e12 1e12"),
    "tiny view": lambda: svg("", "0 0 1e-9 1e-9"),
    "PNG with a second header": second_header,
    "PNG with a wrong chunk size": wrong_chunk_size,
    "PNG of 10^9 pixels": huge_png,
    "JPEG with a second frame": second_frame,
    "SVG in an SVG": lambda: embedded(svg("<rect/>")),
    "PNG of 10^9 pixels in an SVG": lambda: embedded(huge_png()),
}
