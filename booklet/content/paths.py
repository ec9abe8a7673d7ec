"""Paths below `proposals/`: how its files are listed, and what a path says.

A proposal's id is the stem of its file and its domain the folder; both are slugs, so that no path can be built from a
contributor's text.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "proposals"
EDITION = f"{FOLDER}/edition.yaml"
LISTS = f"{FOLDER}/lists.yaml"
SOURCES = f"{FOLDER}/sources.yaml"
PARAMETERS = f"{FOLDER}/parameters.yaml"


def list_files(root: Path, folder: Path) -> Iterator[str]:
    """List the files below a folder; hidden ones (of editors and systems) are left out, links are not followed."""
    yield from _list_below(str(folder), folder.relative_to(root).as_posix())


def _list_below(folder: str, path: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _list_below(entry.path, f"{path}/{entry.name}")
            else:
                yield f"{path}/{entry.name}"


def is_proposal(path: str) -> bool:
    """Check whether a path below `proposals/` is that of a proposal: YAML, in the folder of a domain."""
    return path.count("/") == 2 and path.endswith(".yaml")


def names_of(path: str) -> tuple[str, str]:
    """Split the path of a proposal into its id and its domain."""
    _, domain, name = path.split("/")
    return name.removesuffix(".yaml"), domain


def owner_of(path: str) -> str:
    """The folder of the proposal that owns a file, such as an image."""
    return "/".join(path.split("/")[:3])
