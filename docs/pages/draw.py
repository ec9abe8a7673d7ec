"""Draw the pictures of this folder from a booklet of the example: pairs of facing pages, as PNG."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

#: picture → first of its two pages, counted in the file (the body's page 1 is the third)
PAIRS = {"front": 1, "opening": 4, "fiche": 22, "figures": 38}
DOTS_PER_INCH = 80


def draw_page(booklet: str, page: int) -> Image.Image:
    """Draw one page with Poppler."""
    command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-f", str(page), "-l", str(page), "-png", booklet]
    return Image.open(BytesIO(subprocess.run(command, check=True, capture_output=True).stdout))


def draw_pair(booklet: str, first: int) -> Image.Image:
    """Draw two facing pages side by side, on grey so that their edges show."""
    left, right = draw_page(booklet, first), draw_page(booklet, first + 1)
    picture = Image.new("RGB", (left.width * 2 + 30, left.height + 20), "#d9dcdf")
    picture.paste(left, (10, 10))
    picture.paste(right, (left.width + 20, 10))
    return picture.quantize(64)


if __name__ == "__main__":
    for name, first in PAIRS.items():
        draw_pair(sys.argv[1], first).save(Path(__file__).parent / f"{name}.png", optimize=True)
