"""An untrusted image file → the picture in it, or why it cannot be printed: where it lies, or what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.cache.links import resolve_links
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import read_bytes
from booklet.pictures.picture import Picture, check_size, read_picture
from booklet.pictures.refusal import PictureRefused

if TYPE_CHECKING:
    from pathlib import Path


def read_image(root: Path, folder: str, path: str) -> Picture:
    """Read an image; `path` and the proposal's `folder` are relative to the workspace. Raises `PictureRefused`."""
    file, home = resolve_links(root / path), resolve_links(root / folder)
    if not file.is_relative_to(home) or not home.is_relative_to(resolve_links(root)):
        raise PictureRefused(
            say("a link that leads outside the proposal's folder"),
            say("put the image itself into `{folder}/`", folder=folder),
        )
    if not file.is_file():
        raise PictureRefused(say("not a file, expected an image"))
    check_size(file.stat().st_size)
    return read_picture(read_bytes(root, path))
