"""A web address → its QR code (ISO/IEC 18004), as one path of an inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import segno

#: the standard asks for four empty modules on every side
QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """The QR code of one address; lengths are in modules."""

    address: str
    #: width and height, quiet zone included
    size: int
    #: `d` of an SVG path that fills the dark modules
    path: str


def draw_code(address: str) -> QrCode:
    """Encode an address; with error correction of level M a scuffed page can still be read."""
    code = segno.make_qr(address, error="m")
    rows = [bytes(row) for row in code.matrix_iter(border=QUIET_ZONE)]
    return QrCode(address, len(rows), "".join(_runs(rows)))


def _runs(rows: list[bytes]) -> list[str]:
    """Draw each run of dark modules of a row as one rectangle."""
    path = []
    for y, row in enumerate(rows):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return path
