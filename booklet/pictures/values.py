"""Values of attributes and declarations in an SVG: what they refer to, and that nothing in them acts or is boundless.

Only what is known to be harmless passes: references to an id of the same file, functions of a short list, and numbers
that a PDF can hold. Attributes and CSS are read by the same rules, because WeasyPrint makes attributes of declarations.
"""

from __future__ import annotations

import re

from booklet.diagnostics import limits
from booklet.diagnostics.message import say
from booklet.pictures.grammar import is_well_formed
from booklet.pictures.refusal import PictureRefused, too_large

#: attributes that are addresses, in SVG or in any language that SVG could be taken for
LINKS = frozenset(("href", "src", "data", "action", "formaction", "poster", "base"))
#: attributes that are words, which nobody reads as a function or a number
_WORDS = re.compile(r"id|class|lang|role|version|name|title|font-family|-inkscape-.*|data-.*|aria-.*")
_PATHS = frozenset(("d", "points"))
_TRANSFORMS = frozenset(("transform", "gradienttransform", "patterntransform"))
_CALCULATED = """
    x y width height cx cy r rx ry x1 y1 x2 y2 dx dy rotate fx fy fr offset refx refy markerwidth markerheight orient
    stroke-width stroke-dasharray stroke-dashoffset stroke-miterlimit font font-size opacity fill-opacity stroke-opacity
    stop-opacity letter-spacing textlength transform-origin viewbox
    fill stroke color stop-color flood-color lighting-color"""
#: attributes that the renderer calculates with, besides
_NUMBERS = frozenset(_CALCULATED.split())
_HARMLESS = """
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix icc-color device-cmyk
    matrix translate translatex translatey scale scalex scaley rotate skew skewx skewy calc min max clamp var
    rect inset circle ellipse polygon path cubic-bezier steps blur brightness contrast drop-shadow grayscale hue-rotate
    invert opacity saturate sepia"""
_FUNCTIONS = frozenset(_HARMLESS.split())
#: attributes that are a reference, or a paint after which another may stand
_REFERENCES = frozenset(("mask", "clip-path", "filter", "marker", "marker-start", "marker-mid", "marker-end"))
_REFERENCE = re.compile(r"""url\((["']?)#([\w.:-]+)\1\)""")
_BEFORE_A_NAME = re.compile(r"[\s),;:]")
_ADDRESS = re.compile(r"""url\s?\(\s*["']?([^"')]*)""", re.IGNORECASE)
_COLOUR = re.compile(r"#\w*")
#: path data and plain lengths, none of which is large
_USUAL = re.compile(r"[0-9MmLlHhVvCcSsQqTtAaZzpx\s.,+-]*")
_FIVE_DIGITS = re.compile(r"(?<![0-9.])[0-9]{5}")
#: what `float` reads beside plain numbers
_STRANGE_NUMBER = re.compile(r"[^\x00-\x7f]|\d_|_\d|(?<![a-z])(?:nan|inf)(?![a-z-])|infinity", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)(%|r?em|ex)?", re.IGNORECASE)


def read_value(name: str, value: str) -> str | None:
    """Find the id that a value refers to; raises `PictureRefused` for anything that could act, or is out of bounds."""
    written, name = name, name.lower()
    limit = limits.SVG_PATH_CHARACTERS if name in _PATHS else limits.SVG_VALUE_CHARACTERS
    if len(value) > limit:
        raise too_large(
            say(
                "an SVG whose `{name}` has {size} characters, at most {limit}",
                name=written,
                size=len(value),
                limit=limit,
            )
        )
    if _WORDS.fullmatch(name):
        return None
    reference = _REFERENCE.match(value) if "(" in value else None
    if reference is not None:
        value = value[reference.end() :]
    if "(" in value:
        _check_functions(value)
    if (reference is not None and "(" in value) or (name in _REFERENCES and "#" in value):
        raise refused_link(value)
    if name in _PATHS or name in _TRANSFORMS or name in _NUMBERS:
        _check_numbers(written, _COLOUR.sub("", value))
    if name == "viewbox":
        _check_view(value)
    is_negative = name in ("font", "font-size") and value.lstrip().startswith("-")
    if is_negative or not is_well_formed(name, value, follows_reference=reference is not None):
        raise PictureRefused(say("an SVG whose `{name}` is `{value}`", name=written, value=value[:40]))
    return reference[2] if reference is not None else None


def _check_functions(value: str) -> None:
    address = _ADDRESS.search(value)
    if address is not None:
        raise refused_link(address[1])
    for before in value.split("(")[:-1]:
        name = _BEFORE_A_NAME.split(before.rstrip())[-1]
        if name and name.lower() not in _FUNCTIONS:
            raise PictureRefused(say("an SVG with the function `{name}()`", name=name[:40]))


def refused_link(address: str) -> PictureRefused:
    """The refusal of an address that is not an id of the same file."""
    return PictureRefused(say("an SVG with a link to `{address}`", address=address.strip()[:40]))


def _check_numbers(name: str, value: str) -> None:
    if _USUAL.fullmatch(value) and not _FIVE_DIGITS.search(value):
        return
    strange = _STRANGE_NUMBER.search(value)
    if strange is not None:
        raise PictureRefused(say("an SVG whose `{name}` is `{value}`", name=name, value=value[:40]))
    way = 0.0
    for number, unit in _NUMBER.findall(value):
        size, limit = float(number), limits.SVG_RELATIVE if unit else limits.SVG_NUMBER
        way += size
        if size > limit:
            raise _too_large_number(name, f"{number}{unit}", limit)
    if way > limits.SVG_WAY:
        raise _too_large_number(name, f"{way:.0f}", limits.SVG_WAY)


def _too_large_number(name: str, number: str, limit: int) -> PictureRefused:
    return PictureRefused(
        say(
            "an SVG with the number {number} in `{name}`, at most {limit}",
            number=number[:40],
            name=name,
            limit=limit,
        ),
        say("scale the drawing to a usual size, a few hundred units wide"),
    )


def _check_view(value: str) -> None:
    try:
        sides = [float(number) for number in value.replace(",", " ").split()]
    except ValueError:
        sides = []
    if len(sides) != 4 or min(sides[2:]) < limits.SVG_SMALLEST_VIEW:
        raise PictureRefused(
            say(
                "an SVG whose `viewBox` is `{value}`, expected four numbers, the last two at least {limit}",
                value=value[:40],
                limit=limits.SVG_SMALLEST_VIEW,
            ),
            say("save the drawing again, a few hundred units wide"),
        )
