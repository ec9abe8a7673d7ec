"""`image-truncated`, `png-16bit-gray`, `pdfa-any-bitmap`, `svg-bad-viewbox`: R103 where it is named."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from tests.samples.hostile_pictures import svg
from tests.samples.workspace import png, write_figure

if TYPE_CHECKING:
    from tests.samples.workspace import Sample

ROUND = svg('<circle r="9"/>')


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    """Save a small image as Pillow does."""
    file = io.BytesIO()
    Image.effect_mandelbrot((90, 60), (-3, -2.5, 2, 2.5), 20).convert(mode).save(file, kind, **options)
    return file.getvalue()


REFUSED = {
    "cut.png": (png(90, 60, (1, 2, 3))[:-30], "a damaged image"),
    "half.jpg": (saved("JPEG")[:1000], "a damaged image"),
    "grey.png": (saved("PNG", "I;16"), "a PNG in grey of 16 bits"),
    "inks.jpg": (saved("JPEG", "CMYK"), "a JPEG of a rare kind"),
    "a.webp": (saved("WEBP"), "not an SVG, PNG or JPEG image"),
    "gif.png": (saved("GIF"), "not an SVG, PNG or JPEG image"),
    "tiff.jpg": (saved("TIFF"), "not an SVG, PNG or JPEG image"),
    "a.avif": (b"\0\0\0\x1cftypavif" + bytes(99), "not an SVG, PNG or JPEG image"),
    "moves.png": (
        saved("PNG", save_all=True, append_images=[Image.new("RGB", (90, 60))]),
        "a PNG that moves",
    ),
    "a.svgz": (b"\x1f\x8b\x08" + bytes(99), "not an SVG, PNG or JPEG image"),
    "type.svg": (b'<!DOCTYPE svg PUBLIC "a" "b">' + ROUND, "an SVG with a document type"),
    "nan.svg": (svg("", "0 0 NaN 100"), "an SVG whose `viewBox` is"),
    "three.svg": (svg("", "0 0 100"), "an SVG whose `viewBox` is"),
    "colour.svg": (svg('<rect fill="color(display-p3 1 0 0)"/>'), "an SVG whose `fill` is"),
    "infinite.svg": (svg('<circle r="Infinity"/>'), "an SVG whose `r` is"),
    "empty.png": (b"", "not an SVG, PNG or JPEG image"),
}


def test_images_that_are_not_printed_are_told_where_they_are_named(bare: Sample) -> None:
    """`check` finds R103 at the file of each figure, and nothing else."""
    first = 0
    for place, (name, (data, _)) in enumerate(REFUSED.items()):
        line = write_figure(bare.proposal("feux"), name, data, key="" if place else "figures:")
        first = first or line
    ran = bare.run("check", "--lang", "en", "--format", "concise")
    assert ran.status == 1 and "Traceback" not in ran.err
    told = [one for one in ran.out.splitlines() if "error[" in one]
    for place, (one, (_, message)) in enumerate(zip(told, REFUSED.values(), strict=True)):
        assert one.startswith(f"proposals/mobilite/feux.yaml:{first + 2 * place}:9: error[R103] {message}"), (
            one
        )
