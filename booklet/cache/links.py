"""Symbolic links in a workspace, which anybody may have put there: followed without a circle, or refused by name."""

from __future__ import annotations

import os
from pathlib import Path

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say


def resolve_links(path: Path) -> Path:
    """Resolve every link of a path; one in a circle stays, which `Path.resolve` raises for before Python 3.13."""
    return Path(os.path.realpath(path))


def require_own_folder(root: Path, path: str) -> Path:
    """Name a folder of a workspace; raises `BuildError` where it, or one above it in the workspace, is a link."""
    folder = root
    for step in path.split("/"):
        folder /= step
        if folder.is_symlink():
            raise BuildError(
                say(
                    "`{path}` is a link: put the folder itself there",
                    path=folder.relative_to(root).as_posix(),
                )
            )
    return folder
