"""The files that a page may read: those of the templates, and the pictures of its own folder that `check` lets pass."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from booklet.cache.links import resolve_links
from booklet.pictures.picture import read_picture
from booklet.pictures.svg import read_embedded

#: stands for the folder of a page's images: WeasyPrint names images in the PDF by address, which no machine may change
HOME = "/.page-of-a-booklet/"


class PageFiles(NamedTuple):
    """The folders that a page reads, resolved: its own, of strangers, and those of the templates."""

    home: Path
    trusted: tuple[Path, ...]

    def read(self, address: str) -> bytes:
        """Read what an address leads to, after resolving links; raises `ValueError` or `PictureRefused`."""
        if address.startswith("data:"):
            data = read_embedded(address)
            read_picture(data)
            return data
        parts = urlsplit(address)
        path = self._find(unquote(parts.path))
        is_trusted = any(path.is_relative_to(folder) for folder in self.trusted)
        if parts.scheme != "file" or parts.netloc or not (is_trusted or path.is_relative_to(self.home)):
            raise ValueError("only files of the proposal's own folder can be read")
        data = path.read_bytes()
        if not is_trusted:
            read_picture(data)
        return data

    def _find(self, path: str) -> Path:
        """Resolve a path, which stands in the page's own folder where it begins with `HOME`."""
        return resolve_links(self.home / path.removeprefix(HOME) if path.startswith(HOME) else Path(path))
