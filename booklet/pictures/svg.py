"""An untrusted SVG → how much is drawn for it, or the reason why it is refused.

Read by expat, event by event, with namespaces as the renderer sees them; a document type is refused before any entity
could be expanded. Elements of SVG pass by a list; those of drawing programs pass too: a renderer has no use for them.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote
from xml.parsers import expat

from booklet.diagnostics import limits
from booklet.diagnostics.message import say
from booklet.pictures.bitmap import count_pixels, is_bitmap
from booklet.pictures.drawing import Element, Reference, Times, count_drawn, too_deep
from booklet.pictures.refusal import PictureRefused, too_large
from booklet.pictures.style import Declaration, StyleSheet, is_plain, keys_of, read_declarations
from booklet.pictures.values import LINKS, read_value, refused_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.diagnostics.message import Message

_SVG = "http://www.w3.org/2000/svg"
_NAMES = """
    svg g defs symbol use switch a title desc metadata style path rect circle ellipse line polyline polygon
    text tspan textPath image linearGradient radialGradient stop solidColor solidcolor pattern clipPath mask marker
    filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
    feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology
    feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence"""
_ELEMENTS = frozenset(_NAMES.split())
#: what drawing programs note beside the drawing
_EDITORS = (
    "http://www.inkscape.org/", "http://sodipodi.sourceforge.net/", "http://inkscape.sourceforge.net/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/dc/", "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/", "http://ns.adobe.com/", "adobe:ns:meta/", "&ns_", "http://www.serif.com/",
    "http://www.bohemiancoding.com/sketch/", "http://www.figma.com/", "http://boxy-svg.com", "http://iptc.org/",
)  # fmt: skip
_TEXTS = frozenset(("text", "tspan", "textPath", "a"))
_PAINTED = frozenset(("pattern", "marker", "mask", "clipPath"))
#: elements that are drawn from such data; others would hand it on to all inside them
_DRAWN_FROM = {"d": ("path",), "points": ("polygon", "polyline")}
_EVENT = re.compile(r"on[a-z]+", re.IGNORECASE)
_ADDRESS = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]*)")
_ID = re.compile(r"\s*#([\w.:-]*)\s*")
_POINT = re.compile(r"[a-z]|[\d.]+", re.IGNORECASE)
#: references that stand in other attributes than links
_TIMES = {
    "fill": Times.SHAPES, "stroke": Times.SHAPES, "mask": Times.ONCE, "clip-path": Times.ONCE, "filter": Times.ONCE,
    "marker": Times.VERTICES, "marker-start": Times.VERTICES, "marker-mid": Times.VERTICES,
    "marker-end": Times.VERTICES,
}  # fmt: skip
#: properties that elements do not inherit, but for those that are refused or short
_OWN = frozenset(
    ("id", "class", "transform", "x", "y", "dx", "dy", "rotate", "clip-path", "mask", "filter", "d", "points")
)
#: attributes, characters of attributes and styles, and of embedded images, that take as long as drawing an element
_ATTRIBUTES, _CHARACTERS, _EMBEDDED_CHARACTERS = 6, 60, 20_000
#: elements that take as long as a text, beside its letters, and as an image, beside its characters
_TEXT, _EMBEDDED = 3, 8


class Drawing(NamedTuple):
    """What an SVG holds: the pixels of the images in it, how much is drawn, and the letters of its texts."""

    pixels: int
    drawn: int
    letters: frozenset[str] = frozenset()


def read_svg(data: bytes) -> Drawing:
    """Read an SVG; raises `PictureRefused`."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    reader = _Reader()
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.ProcessingInstructionHandler = reader.read_instruction
    parser.StartElementHandler = reader.open_element
    parser.EndElementHandler = reader.close_element
    parser.CharacterDataHandler = reader.read_text
    try:
        parser.Parse(data, True)  # noqa: FBT003 (expat takes no keywords)
    except (expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 1)
        raise _refused(say("an SVG that is not well formed, line {line}", line=line)) from None
    except PictureRefused as refused:
        raise (refused if refused.hints else _refused(refused.message)) from None
    return reader.add_up()


def read_embedded(address: str) -> bytes:
    """Decode a PNG or JPEG that is written in an address; raises `PictureRefused` for anything else."""
    match = _ADDRESS.fullmatch(address.strip())
    try:
        data = base64.b64decode("".join(match[1].split()), validate=True) if match else b""
    except binascii.Error:
        data = b""
    if not is_bitmap(data):
        raise refused_link(address)
    return data


def _refused(message: Message) -> PictureRefused:
    return PictureRefused(message, say("save it as plain SVG, without scripts and links"))


class _Tag(NamedTuple):
    """The name of an element or an attribute."""

    namespace: str
    local: str
    #: as it is written in the file
    written: str

    @classmethod
    def read(cls, name: str) -> _Tag:
        """Take expat's `namespace}local}prefix` apart; the last or the first and last may be absent."""
        namespace, _, rest = name.rpartition("}") if name.count("}") < 2 else name.partition("}")
        local, _, prefix = rest.partition("}")
        return cls(namespace, local, f"{prefix}:{local}" if prefix else local)


class _Reader:
    """Handlers of expat's events, which refuse an SVG at its first fault."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.classes: list[dict[str, str]] = []
        self.parents: list[int] = []
        self.by_id: dict[str, int] = {}
        self.names: set[str] = set()
        self.letters: set[str] = set()
        #: attributes that were read, and of which nothing is to be noted
        self.harmless: set[tuple[str, str]] = set()
        self.sheet = StyleSheet()
        self.open: list[int] = []
        self.text: list[str] = []
        self.style_characters = self.own = self.pixels = 0

    def refuse_doctype(self, *_: object) -> None:
        raise PictureRefused(say("an SVG with a document type"))

    def read_instruction(self, target: str, _: str) -> None:
        if target != "xpacket":  # around the metadata of Illustrator
            raise PictureRefused(say("an SVG with a processing instruction `{name}`", name=target[:40]))

    def open_element(self, name: str, attributes: dict[str, str]) -> None:
        tag, place = _Tag.read(name), len(self.elements)
        self._check_element(tag)
        element = Element(
            tag.local,
            _TEXT if tag.local in _TEXTS else 1,
            depth=len(self.open),
            is_measured=tag.local == "use",
        )
        if self.open:
            parent = self.elements[self.open[-1]]
            element.before = parent.before + len(parent.children)
            element.is_in_pattern = parent.is_in_pattern or parent.name == "pattern"
            parent.children.append(place)
        self.elements.append(element)
        self.parents.append(self.open[-1] if self.open else -1)
        self.classes.append({key: attributes[key] for key in ("id", "class") if key in attributes})
        self.open.append(place)
        if "id" in attributes:
            self.by_id.setdefault(attributes["id"], place)
        for attribute in attributes.items():
            if attribute not in self.harmless:
                self._read_attribute(element, *attribute)
        element.weight += len(attributes) // _ATTRIBUTES
        self._add_own(element.weight)

    def _check_element(self, tag: _Tag) -> None:
        if not self.elements and (tag.namespace, tag.local) not in ((_SVG, "svg"), ("", "svg")):
            raise PictureRefused(say("found `<{name}>`, expected an SVG", name=tag.written[:40]))
        if len(self.elements) >= limits.SVG_ELEMENTS:
            raise too_large(say("an SVG of more than {limit} elements", limit=limits.SVG_ELEMENTS))
        if len(self.open) >= limits.SVG_DEPTH:
            raise too_deep()
        is_known = (
            tag.local in _ELEMENTS if tag.namespace in (_SVG, "") else tag.namespace.startswith(_EDITORS)
        )
        parent = self.elements[self.open[-1]].name if self.open else ""
        is_lost = (
            tag.local == "tspan" and parent not in _TEXTS
        )  # of no text, on which the renderer would stop
        if not is_known or is_lost or parent == "style":
            raise PictureRefused(say("an SVG with `<{name}>`", name=tag.written[:40]))

    def _add_own(self, weight: int) -> None:
        """Stop early where the file itself, without its copies, is too much."""
        self.own += weight
        if self.own > limits.SVG_DRAWN:
            raise too_much_drawn()

    def _read_attribute(self, element: Element, name: str, value: str) -> None:
        self._add_name(name)
        key = _Tag.read(name) if "}" in name else _Tag("", name, name)
        if _EVENT.fullmatch(key.local):
            raise PictureRefused(say("an SVG with a script `{name}`", name=key.written[:40]))
        if key.local.lower() in LINKS:
            self._read_link(element, key, value)
            return
        element.weight += len(value) // _CHARACTERS
        if element.name not in _DRAWN_FROM.get(name, (element.name,)):
            raise PictureRefused(
                say("an SVG with `{name}` in `<{element}>`", name=name, element=element.name)
            )
        if key.local == "style" and not key.namespace:
            self._add_style(0 if is_plain(value) else len(value))
            for declaration in read_declarations(value):
                self._add_name(declaration.name)
                _read_property(element, *declaration)
        elif not key.namespace and not _read_property(element, name, value) and len(value) < _CHARACTERS:
            self.harmless.add((name, value))

    def _add_style(self, characters: int) -> None:
        self.style_characters += characters
        if self.style_characters > limits.SVG_STYLE_CHARACTERS:
            raise too_large(
                say("an SVG with more than {limit} characters of style", limit=limits.SVG_STYLE_CHARACTERS)
            )

    def _add_name(self, name: str) -> None:
        self.names.add(name)
        if len(self.names) > limits.SVG_ATTRIBUTES:
            raise too_large(
                say("an SVG of more than {limit} different attributes", limit=limits.SVG_ATTRIBUTES)
            )

    def _read_link(self, element: Element, key: _Tag, value: str) -> None:
        if element.name == "image" and key.local == "href":
            self.pixels += count_pixels(read_embedded(value))
            element.weight += _EMBEDDED + len(value) // _EMBEDDED_CHARACTERS
            return
        target = _ID.fullmatch(value)
        if target is None or key.local != "href":
            raise refused_link(value)
        if element.name != "a":
            times = Times.COPIED if element.name == "use" else Times.ONCE
            # the renderer looks for an id as an address writes it
            element.references.append(Reference(quote(target[1], safe=":"), times))

    def close_element(self, _: str) -> None:
        if self.elements[self.open.pop()].name == "style":
            style = "".join(self.text)
            self.text.clear()
            self._add_style(len(style))
            self.sheet.add(style)

    def read_text(self, text: str) -> None:
        element = self.elements[self.open[-1]]
        if element.name == "style":
            self.text.append(text)
            element.weight += len(text) // _CHARACTERS
        elif element.name in _TEXTS:
            element.weight += len(text)
            self.letters.update(text)
            self._add_own(len(text))

    def _apply(self, declarations: Iterable[Declaration]) -> Element:
        """Note what declarations add to each element that they may apply to."""
        styled, characters = Element("style", 0), 0
        for name, value in declarations:
            self._add_name(name)
            _read_property(styled, name, value)
            characters += len(name) + len(value)
        styled.weight = characters // _CHARACTERS
        return styled

    def add_up(self) -> Drawing:
        """Apply the styles, once all are known, and count what is drawn."""
        styles = {key: self._apply(declarations) for key, declarations in self.sheet.declarations.items()}
        inherited: list[tuple[Reference, ...]] = []
        for element, attributes, parent in zip(self.elements, self.classes, self.parents, strict=True):
            for key in keys_of(element.name, attributes):
                if key in styles:
                    element.add(styles[key])
                    self._add_own(styles[key].weight)
            if parent >= 0:
                element.weight += self.elements[parent].handed_on
                element.handed_on += self.elements[parent].handed_on
            from_outside = inherited[parent] if parent >= 0 else ()
            handed_on = [one for one in element.references if one.times in (Times.SHAPES, Times.VERTICES)]
            inherited.append(tuple(dict.fromkeys((*from_outside, *handed_on))) if handed_on else from_outside)
            if element.name in _PAINTED:
                self._add_own(len(from_outside))
                element.references.extend(from_outside)
        drawn = count_drawn(self.elements, self.by_id)
        if drawn > limits.SVG_DRAWN:
            raise too_much_drawn()
        return Drawing(self.pixels, drawn, frozenset(self.letters))


def too_much_drawn() -> PictureRefused:
    """The refusal of an SVG, or of all those of a proposal, that takes too long to draw."""
    return PictureRefused(
        say("an SVG that draws more than {limit} elements, letters and copies", limit=limits.SVG_DRAWN),
        say("simplify the drawing, or save it as PNG"),
    )


def _read_property(element: Element, name: str, value: str) -> bool:
    """Note what an attribute or a declaration makes the renderer do besides; returns whether it does anything."""
    times = _TIMES.get(name.lower())
    reference = read_value(name, value)
    if times is not None and reference is not None:
        element.references.append(Reference(reference, times))
    if name == "spreadMethod" and value.strip() != "pad":
        raise PictureRefused(say("an SVG with a gradient that repeats (`{value}`)", value=value[:40]))
    if name in _DRAWN_FROM and value != "none":
        if element.name not in _DRAWN_FROM[name]:
            raise PictureRefused(
                say("an SVG with `{name}` in `<{element}>`", name=name, element=element.name)
            )
        is_short = len(value) < limits.SVG_VALUE_CHARACTERS
        element.vertices += len(_POINT.findall(value)) if is_short else len(value) // 2
    if name == "opacity":
        element.is_measured = True
    if not name.startswith("-") and name.lower() not in _OWN:
        element.handed_on += len(value) // _CHARACTERS
    return reference is not None or name in ("d", "points", "opacity")
