"""An untrusted image file → the reasons why it cannot be printed: its path, size, kind or, in an SVG, its content.

The kind comes from the content, never from the name. An SVG is read by expat, event by event; a document type is
refused before any entity could be expanded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 5_000_000
MAX_PIXELS = 40_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 100
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
#: elements that run code, embed another document, or play
_REFUSED_ELEMENTS = frozenset(
    (
        "script",
        "handler",
        "listener",
        "foreignobject",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
    )
)
_LINKS = frozenset({"href", "src", "xlink:href", "data", "action", "formaction", "poster", "base"})
_EMBEDDED = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_URL = re.compile(r"url\s*\(\s*['\"]?\s*([^'\")\s]*)", re.IGNORECASE)


class ImageFault(NamedTuple):
    """A reason why an image cannot be printed."""

    message: Message
    hint: Message | None


def find_image_faults(root: Path, folder: str, path: str) -> Iterator[ImageFault]:
    """Find why an image cannot be printed; `path` and the proposal's `folder` are relative to the workspace."""
    file, home = (root / path).resolve(), (root / folder).resolve()
    if not file.is_relative_to(home) or not home.is_relative_to(root.resolve()):
        yield ImageFault(
            say("a link that leads outside the proposal's folder"),
            say("put the image itself into `{folder}/`", folder=folder),
        )
        return
    if not file.is_file():
        yield ImageFault(say("not a file, expected an image"), None)
        return
    size = file.stat().st_size
    if size > MAX_BYTES:
        yield ImageFault(
            say("image of {size} bytes, at most {limit}", size=size, limit=MAX_BYTES),
            say("make the image smaller"),
        )
        return
    data = read_bytes(root, path)
    if data.startswith((PNG, JPEG)):
        pixels = _png_pixels(data) if data.startswith(PNG) else _jpeg_pixels(data)
        if pixels is None:
            yield ImageFault(say("a damaged image: its size cannot be read"), say("save the image again"))
        elif not 0 < pixels <= MAX_PIXELS:
            yield ImageFault(
                say("image of {pixels} pixels, at most {limit}", pixels=pixels, limit=MAX_PIXELS),
                say("make the image smaller"),
            )
    elif b"<svg" in data or b":svg" in data:
        for fault in _find_svg_faults(data):
            yield ImageFault(fault, say("save it as plain SVG, without scripts and links"))
    else:
        yield ImageFault(say("not an SVG, PNG or JPEG image"), say("save the image as SVG, PNG or JPEG"))


def _png_pixels(data: bytes) -> int | None:
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20]) * int.from_bytes(data[20:24])


def _jpeg_pixels(data: bytes) -> int | None:
    """Read width and height from the frame header, after the segments before it (ISO/IEC 10918-1 B.2.2)."""
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = data[position + 5 : position + 7], data[position + 7 : position + 9]
            return int.from_bytes(height) * int.from_bytes(width)
        position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return None


class _Refused(Exception):
    """Raised at the first fault of an SVG, to stop expat."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def _find_svg_faults(data: bytes) -> Iterator[Message]:
    parser = expat.ParserCreate()
    reader = _SvgReader()
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.ProcessingInstructionHandler = reader.read_instruction
    parser.StartElementHandler = reader.open_element
    parser.EndElementHandler = reader.close_element
    parser.CharacterDataHandler = reader.read_text
    try:
        parser.Parse(data, True)  # noqa: FBT003 (expat takes no keywords)
    except _Refused as refused:
        yield refused.message
    except (expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 1)
        yield say("an SVG that is not well formed, line {line}", line=line)


class _SvgReader:
    """Handlers of expat's events that refuse an SVG at its first fault."""

    def __init__(self) -> None:
        self.elements = 0
        self.open: list[str] = []
        self.style: list[str] = []

    def refuse_doctype(self, *_: object) -> None:
        raise _Refused(say("an SVG with a document type"))

    def read_instruction(self, target: str, _: str) -> None:
        raise _Refused(say("an SVG with a processing instruction `{name}`", name=target))

    def open_element(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.open.append(name)
        local = name.rpartition(":")[2].lower()
        if len(self.open) == 1 and local != "svg":
            raise _Refused(say("found `<{name}>`, expected an SVG", name=name))
        if self.elements > MAX_ELEMENTS or len(self.open) > MAX_DEPTH:
            raise _Refused(say("an SVG of too many elements"))
        if local in _REFUSED_ELEMENTS:
            raise _Refused(say("an SVG with `<{name}>`", name=name))
        for key, value in attributes.items():
            self._read_attribute(local, key.lower(), value)

    def _read_attribute(self, element: str, key: str, value: str) -> None:
        local = key.rpartition(":")[2]
        if local.startswith("on"):
            raise _Refused(say("an SVG with a script `{name}`", name=key))
        if (
            element in ("set", "animate")
            and key == "attributename"
            and value.lower().rpartition(":")[2] in _LINKS
        ):
            raise _Refused(say("an SVG that changes its own links"))
        if key.startswith("xmlns"):
            return
        if key in _LINKS or local in _LINKS:
            target = value.strip()
            if not target.startswith("#") and not _EMBEDDED.fullmatch(target):
                raise _Refused(say("an SVG with a link to `{address}`", address=target[:40]))
        _refuse_addresses(value)

    def close_element(self, name: str) -> None:
        self.open.pop()
        if name.rpartition(":")[2].lower() == "style":
            style = "".join(self.style)
            self.style.clear()
            if "@import" in style.lower() or "\\" in style:
                raise _Refused(say("an SVG whose style reads another file"))
            _refuse_addresses(style)

    def read_text(self, text: str) -> None:
        if self.open and self.open[-1].rpartition(":")[2].lower() == "style":
            self.style.append(text)


def _refuse_addresses(text: str) -> None:
    for match in _URL.finditer(text):
        if not match[1].startswith("#") and not _EMBEDDED.fullmatch(match[1]):
            raise _Refused(say("an SVG with a link to `{address}`", address=match[1][:40]))
