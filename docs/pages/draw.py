"""Draw the pictures of this folder from a booklet of the example, or one of a preview: facing pages, as PNG."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image

#: picture → destination on the first of its two pages; the cover is the first page of the file
PAIRS = {
    "front": "",
    "essentials": "opening:essentials",
    "domain": "domain-mobilite",
    "fiche": "priorite-bus-carrefours",
    "spending": "portfolio:spending",
    "certainty": "portfolio:ranges",
}
DOTS_PER_INCH = 80


def find_pages(booklet: str) -> dict[str, int]:
    """Number the page of each destination of a booklet, from 1."""
    with pikepdf.open(booklet) as document:
        numbers = {page.objgen: page.index + 1 for page in document.pages}
        names = pikepdf.NameTree(document.Root["/Names"]["/Dests"])
        return {str(name): numbers[target[0].objgen] for name, target in names.items()}


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


def draw(name: str, file: str, first: int) -> None:
    """Draw two facing pages of a file into this folder."""
    draw_pair(file, first).save(Path(__file__).parent / f"{name}.png", optimize=True)


if __name__ == "__main__":
    file, *names = sys.argv[1:]
    if names:
        draw(names[0], file, 1)
    else:
        pages = {"": 1, **find_pages(file)}
        for name, destination in PAIRS.items():
            draw(name, file, pages[destination])
