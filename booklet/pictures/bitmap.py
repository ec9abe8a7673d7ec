"""PNG and JPEG → their pixels, once the whole file is known to be sound.

Every chunk of a PNG and every segment of a JPEG is walked through, and a second header is a fault, so that the header
which is read here is the one that is drawn. The rows of a PNG are unpacked piece by piece and counted, never kept.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from booklet.diagnostics import limits
from booklet.diagnostics.message import say
from booklet.pictures.refusal import PictureRefused, damaged, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
#: bits of a channel and number of channels, by colour type (PNG 11.2.2)
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_GREY, _PALETTE = 0, 3
#: bytes of 256 colours; filters are numbered from 0 (9.1)
_LONGEST_PALETTE, _LAST_FILTER = 768, 4
#: first column and row, and steps, of the passes of an interlaced PNG (8.2)
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PIECE = 1 << 22
#: frames that PDF readers decode (baseline, extended, progressive), of all frames (ISO/IEC 10918-1 B.1.1.3)
_PRINTED_FRAMES = frozenset((0xC0, 0xC1, 0xC2))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HUFFMAN_CODES, _START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xC4, 0xD8, 0xD9, 0xDA
#: the end of a scan: a marker that is neither a byte 0xFF of its data nor a restart
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def is_bitmap(data: bytes) -> bool:
    """Whether a file begins as PNG or JPEG does."""
    return data.startswith((PNG, JPEG))


def count_pixels(data: bytes) -> int:
    """Count the pixels of a sound PNG or JPEG; raises `PictureRefused`."""
    return _count_png_pixels(data) if data.startswith(PNG) else _count_jpeg_pixels(data)


def _bounded(width: int, height: int) -> int:
    pixels, side = width * height, max(width, height)
    if not pixels:
        raise damaged()
    if side > limits.IMAGE_SIDE:
        raise too_large(
            say("image with a side of {pixels} pixels, at most {limit}", pixels=side, limit=limits.IMAGE_SIDE)
        )
    if pixels > limits.IMAGE_PIXELS:
        message = say("image of {pixels} pixels, at most {limit}", pixels=pixels, limit=limits.IMAGE_PIXELS)
        raise too_large(message)
    return pixels


class _Header(NamedTuple):
    width: int
    height: int
    colour: int
    #: bits of a pixel
    bits: int
    interlaced: bool

    def filters(self) -> tuple[range, ...]:
        """The places of the byte before each row, which names its filter, in the rows of each pass."""
        found, end = [], 0
        for x, y, across, down in _PASSES if self.interlaced else ((0, 0, 1, 1),):
            columns, rows = -(-(self.width - x) // across), -(-(self.height - y) // down)
            if columns > 0 and rows > 0:
                step = 1 + -(-columns * self.bits // 8)
                found.append(range(end, end + rows * step, step))
                end += rows * step
        return tuple(found)


def _count_png_pixels(data: bytes) -> int:
    chunks = _chunks(data)
    kind, content = next(chunks)
    if kind != b"IHDR":
        raise damaged()
    header = _read_header(content)
    pixels, filters = _bounded(header.width, header.height), header.filters()
    inflater, place, has_palette = zlib.decompressobj(), 0, header.colour != _PALETTE
    for kind, content in chunks:
        if kind == b"acTL":
            raise PictureRefused(say("a PNG that moves"), say("save one picture of it"))
        if kind == b"IHDR" or (
            kind == b"PLTE" and (len(content) % 3 or not 0 < len(content) <= _LONGEST_PALETTE)
        ):
            raise damaged()
        has_palette = has_palette or kind == b"PLTE"
        if kind == b"IDAT":
            if not has_palette:
                raise damaged()
            for piece in _unpack(inflater, content, filters[-1].stop - place):
                _check_filters(piece, place, filters)
                place += len(piece)
    if place < filters[-1].stop:
        raise damaged()
    return pixels


def _unpack(inflater: zlib._Decompress, content: bytes, missing: int) -> Iterator[bytes]:
    """Unpack a chunk piece by piece; no further than what is missing."""
    piece = b"\0" * _PIECE
    while len(piece) == _PIECE and missing > 0:
        try:
            piece = inflater.decompress(content, _PIECE)
        except zlib.error:
            raise damaged() from None
        content = inflater.unconsumed_tail
        missing -= len(piece)
        yield piece


def _check_filters(piece: bytes, place: int, filters: tuple[range, ...]) -> None:
    for rows in filters:
        first = rows.start + max(0, -(-(place - rows.start) // rows.step)) * rows.step
        if max(piece[first - place : max(0, rows.stop - place) : rows.step], default=0) > _LAST_FILTER:
            raise damaged()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Walk through the chunks of a PNG, up to the last; what stands behind it is not drawn."""
    position, kind = len(PNG), b""
    while kind != b"IEND":
        end = position + 12 + int.from_bytes(data[position : position + 4])
        if end > len(data) or zlib.crc32(data[position + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise damaged()
        kind = data[position + 4 : position + 8]
        yield kind, data[position + 8 : end - 4]
        position = end


def _read_header(content: bytes) -> _Header:
    if len(content) != 13:
        raise damaged()
    depth, colour, compression, filters, interlaced = content[8:]
    if depth not in _DEPTHS.get(colour, ()) or compression or filters or interlaced > 1:
        raise damaged()
    if (colour, depth) == (_GREY, 16):
        raise PictureRefused(
            say("a PNG in grey of 16 bits, expected 8"), say("save the image again, with 8 bits a channel")
        )
    width, height = int.from_bytes(content[:4]), int.from_bytes(content[4:8])
    return _Header(width, height, colour, depth * _CHANNELS[colour], bool(interlaced))


def _count_jpeg_pixels(data: bytes) -> int:
    pixels = scans = 0
    has_codes = False
    for marker, content in _segments(data):
        if marker == _START_OF_IMAGE or (marker in _FRAMES and pixels):
            raise damaged()
        if marker in _FRAMES:
            pixels = _read_frame(marker, content)
        scans += marker == _START_OF_SCAN
        has_codes = has_codes or marker == _HUFFMAN_CODES
        if marker == _START_OF_SCAN and not (pixels and has_codes):
            raise damaged()
        if scans > limits.JPEG_SCANS:
            raise too_large(say("JPEG of more than {limit} scans", limit=limits.JPEG_SCANS))
    if not scans:
        raise damaged()
    return pixels


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk through the segments of a JPEG and over its scans, up to the end of the image (B.1.1.2)."""
    position = 2
    while True:
        while data[position : position + 2] == b"\xff\xff":  # fill bytes
            position += 1
        marker = (
            data[position + 1] if data[position : position + 1] == b"\xff" and position + 1 < len(data) else 0
        )
        if marker == _END_OF_IMAGE:
            return
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if marker < 0xC0 or end < position + 4 or end > len(data):
            raise damaged()
        yield marker, data[position + 4 : end]
        position = end
        if marker == _START_OF_SCAN:
            following = _MARKER.search(data, position)
            if following is None:
                raise damaged()
            position = following.start()


def _read_frame(marker: int, content: bytes) -> int:
    if len(content) < 6 or len(content) != 6 + 3 * content[5]:
        raise damaged()
    if marker not in _PRINTED_FRAMES or content[0] != 8 or content[5] not in (1, 3):
        raise PictureRefused(
            say("a JPEG of a rare kind, expected baseline or progressive, in grey or RGB, of 8 bits"),
            say("save the image again, in RGB"),
        )
    return _bounded(int.from_bytes(content[3:5]), int.from_bytes(content[1:3]))
