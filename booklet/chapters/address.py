"""A web address → the square that a telephone reads (ISO/IEC 18004), as one path of an inline drawing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import segno

#: the standard asks for four empty modules on every side
QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class QuickCode:
    """Hold the drawing of one address; a module is one unit wide."""

    address: str
    size: int
    path: str


def draw_code(address: str) -> QuickCode:
    """Draw an address, quiet zone included; level M lets a scuffed page be read still."""
    code = segno.make_qr(address, error="m")
    rows = [bytes(row) for row in code.matrix_iter(border=QUIET_ZONE)]
    return QuickCode(address, len(rows), "".join(_runs(rows)))


def _runs(rows: list[bytes]) -> list[str]:
    """Write each run of dark modules of a row as one rectangle."""
    path = []
    for y, row in enumerate(rows):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return path
