"""How values of an SVG are written: numbers, lengths, colours, paths, as the renderer reads them.

What it cannot read it draws black, at the origin, or half, or stops at: such a value is refused.
"""

from __future__ import annotations

import re
from math import isfinite

_NUMBER = r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?"
_UNIT = r"(?:%|px|pt|pc|mm|cm|in|q|r?em|ex)?"
_LENGTH, _GAP, _WORD = _NUMBER + _UNIT, r"[\s,]*+", "inherit|initial|unset"
_ANGLE = rf"{_NUMBER}(?:deg|rad|grad|turn)?"


def _row(item: str, times: str) -> str:
    return rf"(?:{_GAP}{item}){times}"


_TRANSFORMS = "|".join(
    rf"{name}\s?\({_row(item, times)}{_GAP}\)"
    for name, item, times in (
        ("matrix", _LENGTH, "{6}"),
        ("translate", _LENGTH, "{1,2}"),
        ("(?:translate|scale)[XY]", _LENGTH, ""),
        ("scale", _LENGTH, "{1,2}"),
        ("rotate", rf"{_ANGLE}(?:{_GAP}{_LENGTH}{_GAP}{_LENGTH})?", ""),
        ("skew[XY]", r"[+-]?(?:[0-7]?\d(?:\.\d*+)?|\.\d++)(?:deg)?", ""),  # at 90°, without end
    )
)
#: letters of a path with the numbers that follow each, any number of times; two numbers of an arc are flags
_STEPS = "|".join(
    f"[{letters}]{_row(numbers, '++')}"
    for letters, numbers in (
        ("MmLlTt", _row(_NUMBER, "{2}")),
        ("HhVv", _NUMBER),
        ("Cc", _row(_NUMBER, "{6}")),
        ("SsQq", _row(_NUMBER, "{4}")),
        ("Aa", _row(_NUMBER, "{3}") + _row("[01]", "{2}") + _row(_NUMBER, "{2}")),
    )
)
_LENGTHS = """
    cx cy r rx ry x1 y1 x2 y2 fx fy fr offset refx refy markerwidth markerheight stroke-width stroke-dashoffset
    width height"""
_FORMS = (
    (_LENGTHS, rf"(?:{_LENGTH}|auto|{_WORD})?"),
    ("x y dx dy", rf"{_row(_LENGTH, '*+')}|{_WORD}"),
    ("stroke-dasharray", rf"{_row(_LENGTH, '*+')}|none|null|{_WORD}"),
    ("rotate", _row(_NUMBER, "*+")),
    ("letter-spacing textlength word-spacing", rf"{_LENGTH}|normal|{_WORD}"),
    ("font-size", rf"{_LENGTH}|(?:xx?-)?(?:small|large)|medium|smaller|larger|{_WORD}"),
    ("opacity fill-opacity stroke-opacity stop-opacity", rf"{_NUMBER}\s*%?"),
    ("stroke-miterlimit", _NUMBER),
    ("orient", rf"{_NUMBER}|auto|auto-start-reverse"),
    ("transform gradienttransform patterntransform", rf"(?:{_GAP}(?:{_TRANSFORMS}))*+|none|inherit"),
    ("points", _row(_row(_NUMBER, "{2}"), "*+")),
    ("d", rf"(?:{_GAP}[Mm]{_row(_NUMBER, '{2}')}(?:{_row(_NUMBER, '{2}')})*+(?:{_GAP}(?:{_STEPS}|[Zz]))*+)?|none"),
    ("preserveaspectratio", r"(?:defer )?(?:none|x(?:Min|Mid|Max)Y(?:Min|Mid|Max))(?:\s+(?:meet|slice))?"),
    ("font-style", rf"normal|italic|oblique|{_WORD}"),
    ("mode", r"normal|multiply|screen|overlay|darken|lighten|color-(?:dodge|burn)|(?:hard|soft)-light|difference|"
             "exclusion|hue|saturation|color|luminosity"),
)  # fmt: skip
_PATTERNS = {
    name: re.compile(rf"\s*(?:{pattern}){_GAP}") for names, pattern in _FORMS for name in names.split()
}
_PAINTS = frozenset(("fill", "stroke"))
_COLOURS = _PAINTS | {"color", "stop-color", "flood-color", "lighting-color", "solid-color"}
_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")


def is_well_formed(name: str, value: str, *, follows_reference: bool) -> bool:
    """Check the value of an attribute, whose name is in lower case, or what follows a reference in it."""
    if name in _COLOURS:
        return _is_colour(name, value.strip())
    pattern = _PATTERNS.get(name)
    return pattern is None or (not follows_reference and pattern.fullmatch(value) is not None)


def _is_colour(name: str, value: str) -> bool:
    """Check for a colour of the screen: others are drawn black, or make a PDF that is no PDF/A."""
    if _HEX.fullmatch(value) or value == "inherit":
        return True
    if value == "currentColor":
        return name != "color"
    if name in _PAINTS and value in ("", "none", "context-fill", "context-stroke"):
        return True

    from tinycss2.color5 import parse_color

    try:
        colour = parse_color(value)
    except ValueError:  # `color()` without a space of colours
        return False
    return getattr(colour, "space", "") == "srgb" and all(map(isfinite, colour))
