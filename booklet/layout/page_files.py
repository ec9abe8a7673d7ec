"""The files that a page may read: those of the templates, and the pictures of its own folder that `check` lets pass."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from booklet.cache.links import resolve_links
from booklet.pictures.bitmap import is_bitmap
from booklet.pictures.picture import read_picture
from booklet.pictures.svg import read_embedded

#: stands for the folder of a page's images: WeasyPrint names images in the PDF by address, which no machine may change
HOME = "/.page-of-a-booklet/"


class PageFiles(NamedTuple):
    """The folders that a page reads, resolved: its own, with files of contributors, and those of the templates."""

    home: Path
    trusted: tuple[Path, ...]

    def read(self, address: str) -> tuple[bytes, str | None]:
        """Read what an address leads to, after resolving links; raises `ValueError` or `PictureRefused`.

        A contributor's SVG comes with its media type, so that it is drawn as what it was checked to be.
        """
        if address.startswith("data:"):
            return _check(read_embedded(address))
        parts = urlsplit(address)
        path = self._find(unquote(parts.path))
        is_trusted = any(path.is_relative_to(folder) for folder in self.trusted)
        if parts.scheme != "file" or parts.netloc or not (is_trusted or path.is_relative_to(self.home)):
            raise ValueError("only files of the proposal's own folder can be read")
        data = path.read_bytes()
        return (data, None) if is_trusted else _check(data)

    def _find(self, path: str) -> Path:
        """Resolve a path, which stands in the page's own folder where it begins with `HOME`."""
        return resolve_links(self.home / path.removeprefix(HOME) if path.startswith(HOME) else Path(path))


def _check(data: bytes) -> tuple[bytes, str | None]:
    read_picture(data)
    return data, None if is_bitmap(data) else "image/svg+xml"
