"""PNG and JPEG: the header that is read is the one that is drawn, and a damaged file is told."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from booklet.pictures.bitmap import PNG, count_pixels
from booklet.pictures.refusal import PictureRefused
from tests.samples.hostile_pictures import (
    chunk,
    header,
    huge_png,
    jpeg,
    second_frame,
    second_header,
    wrong_chunk_size,
)
from tests.samples.workspace import png

SMALL = png(20, 10, (200, 90, 40))


RARE = "a JPEG of a rare kind, expected baseline or progressive, in grey or RGB, of 8 bits"


def saved(mode: str, kind: str, **options: object) -> bytes:
    """Save an image of 20 by 10 pixels as Pillow does."""
    file = io.BytesIO()
    Image.new(mode, (20, 10)).save(file, kind, **options)
    return file.getvalue()


def with_rows(rows: bytes, width: int, height: int, colour: int = 2, palette: bytes = b"") -> bytes:
    """Write a PNG with these rows, each as often as there are rows, and perhaps a palette."""
    colours = chunk(b"PLTE", palette) if palette else b""
    packed = chunk(b"IDAT", zlib.compress(rows * height))
    return PNG + header(width, height, colour=colour) + colours + packed + chunk(b"IEND", b"")


def after_rows(kind: bytes, content: bytes) -> bytes:
    """Write a PNG of colours from a palette, with a chunk behind the rows."""
    whole = with_rows(b"\0" * 21, 20, 1, colour=3)
    return whole[:-12] + chunk(kind, content) + whole[-12:]


def refusal(data: bytes) -> str:
    """Read a picture that is refused; returns the reason."""
    with pytest.raises(PictureRefused) as refused:
        count_pixels(data)
    return str(refused.value.message)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_png_of_every_kind_passes(mode: str) -> None:
    """Black and white, grey, palette, colour, with and without transparency."""
    assert count_pixels(saved(mode, "PNG")) == 200


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_of_every_kind_passes(mode: str, progressive: bool) -> None:
    """Grey and colour, baseline and progressive."""
    assert count_pixels(saved(mode, "JPEG", progressive=progressive)) == 200


def test_jpeg_of_a_camera_passes() -> None:
    """A thumbnail in the metadata, fill bytes and what a phone appends are no second image."""
    photo = jpeg()
    thumbnail = b"\xff\xe1" + struct.pack(">H", len(photo) + 2) + photo
    assert count_pixels(photo[:2] + thumbnail + b"\xff" + photo[2:] + b"appended" + photo) == 256


def test_interlaced_png_is_counted_pass_by_pass() -> None:
    """The rows of the seven passes are there, or the file is damaged."""
    rows = b"".join(
        (b"\0" + b"\0" * (3 * columns)) * count
        for columns, count in ((3, 2), (2, 2), (5, 1), (5, 3), (10, 2), (10, 5), (20, 5))
    )

    def write(data: bytes) -> bytes:
        packed = chunk(b"IDAT", zlib.compress(data))
        return PNG + header(20, 10, interlaced=1) + packed + chunk(b"IEND", b"")

    assert count_pixels(write(rows)) == 200
    assert refusal(write(rows[:-1])) == "a damaged image"


@pytest.mark.parametrize(
    "data",
    [
        second_header(), wrong_chunk_size(), SMALL[:-12], SMALL[:33], PNG, PNG + SMALL[33:],
        SMALL.replace(b"IDAT", b"IDAX"), PNG + header(0, 10) + SMALL[33:],
        PNG + header(20, 10, depth=3) + SMALL[33:], PNG + header(20, 10, 8, 3) + SMALL[33:],
        PNG + header(20, 11) + SMALL[33:], with_rows(b"\7" + b"\0" * 60, 20, 2), with_rows(b"\0" * 21, 20, 1, colour=3),
        with_rows(b"\0" * 21, 20, 1, colour=3, palette=b"ab"), after_rows(b"PLTE", b"abc"),
        jpeg().replace(b"\xff\xc4", b"\xff\xe4"), jpeg()[:-2], jpeg()[:2], jpeg()[:300], second_frame(100),
        jpeg().replace(b"\xff\xc0", b"\xff\xe5"),
    ],
)  # fmt: skip
def test_damaged_image_is_told(data: bytes) -> None:
    """A second header, chunks that do not add up, missing rows, filters or codes, a bad palette, a cut end: damage."""
    assert refusal(data) == "a damaged image"


def test_image_of_too_many_pixels_is_refused_by_its_header() -> None:
    """A thousand million pixels are refused before any is unpacked."""
    assert refusal(huge_png()) == "image of 1000000000 pixels, at most 40000000"
    large = jpeg().replace(struct.pack(">HH", 16, 16), struct.pack(">HH", 60_000, 60_000))
    assert refusal(large) == "image of 3600000000 pixels, at most 40000000"


def test_image_of_too_many_rows_is_refused() -> None:
    """A row costs as much as hundreds of pixels, however few it has."""
    assert refusal(huge_png(1, 40_000_000)) == "image with a side of 40000000 pixels, at most 65535"


def test_rows_that_unpack_to_more_than_the_picture_are_not_unpacked() -> None:
    """Only the rows of the picture are counted; the rest stays packed, as in the renderer."""
    bomb = zlib.compress(b"\0" * 100_000_000)
    assert count_pixels(PNG + header(20, 10) + chunk(b"IDAT", bomb) + chunk(b"IEND", b"")) == 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (saved("I;16", "PNG"), "a PNG in grey of 16 bits, expected 8"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc9"), RARE),
        (saved("CMYK", "JPEG"), RARE),
        (PNG + header(20, 10) + chunk(b"acTL", b"\0\0\0\1\0\0\0\0") + SMALL[33:], "a PNG that moves"),
        (
            jpeg().replace(b"\xff\xd9", jpeg()[jpeg().index(b"\xff\xda") : -2] * 40 + b"\xff\xd9"),
            "JPEG of more than 32 scans",
        ),
    ],
)
def test_what_the_renderer_cannot_print_is_refused(data: bytes, message: str) -> None:
    """Kinds that no PDF holds are refused by name."""
    assert refusal(data) == message


@given(st.sampled_from([SMALL, saved("P", "PNG"), jpeg(), saved("L", "JPEG", progressive=True)]), st.data())
def test_changed_image_is_read_or_refused(data: bytes, drawn: st.DataObject) -> None:
    """A file with some bytes changed, left out or put in has as many pixels as Pillow says, or is refused."""
    changed = bytearray(data)
    for _ in range(drawn.draw(st.integers(1, 4))):
        place = drawn.draw(st.integers(8, len(changed) - 1))
        changed[place : place + drawn.draw(st.integers(0, 4))] = drawn.draw(st.binary(max_size=4))
    try:
        pixels = count_pixels(bytes(changed))
    except PictureRefused:
        return
    with Image.open(io.BytesIO(bytes(changed))) as image:
        assert image.width * image.height == pixels
