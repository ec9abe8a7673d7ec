"""A proposal with every kind of picture, list and character that a booklet prints, for whoever validates its claims."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import TYPE_CHECKING

from PIL import Image

from booklet.pictures.bitmap import PNG
from tests.samples.hostile_pictures import GRADIENT, chunk, header, svg
from tests.samples.workspace import Sample, write_figure, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LISTS = """
  Deux conditions :

  - un relevé par an

  - un bilan *public*

    et sa suite

  - # Un titre

  - > une citation

    - imbriquée

    - encore

      et après
  -

  1. un
     > deux
  2. [Feux](proposal:feux), **[gras *et* `code`](https://example.org/2e)**, <https://example.org/3e> [@bilan-2018]

  3. trois

     - et
       1. dedans

          dessous

  > - liste citée
  >
  > - de deux
  >
  > > # Titre cité

  #### Titre

  &eacute;&nbsp;&copy; &#8594; \\* 1er, l’œuvre ≤ 3 000 € « *d’été* » ÀÉÎÕÜŸŒ ½ № ☐
"""
_DRAWINGS = {
    "paints": (
        GRADIENT.format("").replace("/></", ' stop-opacity=".5"/></'),
        '<radialGradient id="r"><stop stop-color="rgb(0,0,255)"/><stop offset="1" stop-color="gold"/></radialGradient>',
        '<pattern id="p" width=".1" height=".1"><circle r="2" fill="green"/></pattern>',
        '<mask id="m"><rect width="50" height="50" fill="white" opacity=".5"/></mask>',
        '<clipPath id="c"><circle r="20" cx="30" cy="30"/></clipPath>',
        '<marker id="k" markerWidth="3" markerHeight="3"><path d="M0 0L3 3"/></marker>',
        '<filter id="f"><feOffset dx="3" dy="3"/><feBlend mode="multiply"/></filter>',
        '<rect width="30" height="30" fill="url(#g)" filter="url(#f)"/>',
        '<rect y="30" width="30" height="30" fill="url(#p)"/>',
        '<rect x="30" width="30" height="30" fill="url(#r)"/><g mask="url(#m)"><rect width="99" height="99"/></g>',
        '<g clip-path="url(#c)" opacity=".4"><rect width="99" height="99" fill="pink"/></g>',
        '<path d="M0 0L50 50A9 9 0 0190 10" stroke="#0008" stroke-dasharray="3 1" marker-mid="url(#k)" fill="none"/>',
    ),
    "texts": (
        '<text x="5" y="20" font-size="9">Été €\u202f— 2e → œuvre</text>',
        '<text y="40" font-weight="bold" font-style="italic" font-family="Arial">Gras</text>',
        '<text y="60" x="50" opacity=".5" text-anchor="middle">au <tspan fill="red" dx="2">milieu</tspan></text>',
        '<text y="80" stroke="red" fill="none">contour</text>',
        '<text font-family="monospace" rotate="9" y="95">mono</text>',
    ),
    "nothing": (
        '<use href="#a"/><path d=""/><rect width="0" height="9"/><polyline points="1,1"/><a href="#a"><text/></a>',
    ),
}


def _bitmaps() -> Iterator[tuple[str, bytes]]:
    plain = Image.effect_mandelbrot((24, 16), (-3, -2.5, 2, 2.5), 20).convert("RGB")
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield f"{mode}.png", _save(plain.convert(mode), "PNG")
    yield "clear-grey.png", _save(plain.convert("L"), "PNG", transparency=0)
    yield "clear-palette.png", _save(plain.convert("P"), "PNG", transparency=1)
    yield "clear.png", _save(plain, "PNG", transparency=(0, 0, 0))
    for colour, depth, channels in ((0, 2, 1), (3, 4, 1), (2, 16, 3), (4, 16, 2), (6, 16, 4)):
        rows = (b"\0" + b"\x51\x9a" * (24 * depth * channels // 16)) * 16
        yield f"{colour}-{depth}.png", _png(header(24, 16, depth, colour), rows)
    yield "interlaced.png", _png(header(1, 1, 8, 6, 1), b"\0\1\2\3\x80")
    for mode in ("L", "RGB"):
        for progressive in (False, True):
            yield f"{mode}{progressive:d}.jpg", _save(plain.convert(mode), "JPEG", progressive=progressive)
    turned = Image.Exif()
    turned[0x0112] = 6
    yield "turned.jpg", _save(plain, "JPEG", exif=turned)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _png(head: bytes, rows: bytes) -> bytes:
    palette = chunk(b"PLTE", struct.pack("48B", *range(48)))
    return PNG + head + palette + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pictures() -> Iterator[tuple[str, bytes]]:
    """Pictures of every accepted kind, by name; bitmaps stand in a drawing too."""
    bitmaps = dict(_bitmaps())
    yield from bitmaps.items()
    for name, inside in _DRAWINGS.items():
        yield f"{name}.svg", svg("".join(inside))
    for name in ("RGBA.png", "1.png", "L1.jpg"):
        kind = "png" if name.endswith("png") else "jpeg"
        address = f"data:image/{kind};base64,{base64.b64encode(bitmaps[name]).decode()}"
        yield f"{name}.svg", svg(f'<image width="90" height="60" opacity=".9" href="{address}"/>')


def write_claims(root: Path) -> Sample:
    """Write the small workspace, one proposal of which holds everything."""
    small = write_small(root)
    small.edit("ecologie/arbres.yaml", "  La première solution de arbres tient en un mot.\n", LISTS)
    for place, (name, data) in enumerate(pictures()):
        write_figure(small.proposal("arbres"), name, data, key="" if place else "figures:")
    return small
