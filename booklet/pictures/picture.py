"""An untrusted file → the picture in it. Its kind comes from the content, never from the name."""

from __future__ import annotations

from typing import NamedTuple

from booklet.diagnostics import limits
from booklet.diagnostics.message import say
from booklet.pictures.bitmap import count_pixels, is_bitmap
from booklet.pictures.refusal import PictureRefused, too_large
from booklet.pictures.svg import read_svg


class Picture(NamedTuple):
    """What a picture costs whoever prints it, and the letters that it needs."""

    bytes: int
    pixels: int = 0
    #: elements of an SVG, with all copies
    drawn: int = 0
    #: letters of the texts of an SVG
    letters: frozenset[str] = frozenset()

    def __add__(self, other: object) -> Picture:
        assert isinstance(other, Picture)
        return Picture(
            self.bytes + other.bytes,
            self.pixels + other.pixels,
            self.drawn + other.drawn,
            self.letters | other.letters,
        )


def read_picture(data: bytes) -> Picture:
    """Read a PNG, JPEG or SVG; raises `PictureRefused`."""
    check_size(len(data))
    if is_bitmap(data):
        return Picture(len(data), count_pixels(data))
    if b"s\0v\0g" not in data and b"svg" not in data:
        raise PictureRefused(say("not an SVG, PNG or JPEG image"), say("save the image as SVG, PNG or JPEG"))
    drawing = read_svg(data)
    return Picture(len(data), *drawing)


def check_size(size: int) -> None:
    """Refuse a file of too many bytes, which need not be read to be counted."""
    if size > limits.IMAGE_BYTES:
        raise too_large(say("image of {size} bytes, at most {limit}", size=size, limit=limits.IMAGE_BYTES))


def check_together(shown: Picture) -> None:
    """Refuse more than a proposal may show in all."""
    if shown.bytes > limits.IMAGES_BYTES:
        raise too_large(
            say(
                "images of {size} bytes in one proposal, at most {limit}",
                size=shown.bytes,
                limit=limits.IMAGES_BYTES,
            )
        )
    if shown.pixels > limits.IMAGES_PIXELS:
        raise too_large(
            say(
                "images of {pixels} pixels in one proposal, at most {limit}",
                pixels=shown.pixels,
                limit=limits.IMAGES_PIXELS,
            )
        )
    if shown.drawn > limits.SVG_DRAWN:
        raise too_large(
            say(
                "SVG images that draw {drawn} elements, letters and copies in one proposal, at most {limit}",
                drawn=shown.drawn,
                limit=limits.SVG_DRAWN,
            )
        )
