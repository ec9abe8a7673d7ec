"""Names typed after a command, paths or ids → files of the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from booklet.cache.links import resolve_links
from booklet.commands.session import Session, UsageError
from booklet.content.paths import FOLDER, is_proposal, list_files, names_of
from booklet.content.spelling import nearest
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable


def select_paths(names: Iterable[str], session: Session) -> tuple[str, ...]:
    """Find what each name means, relative to the workspace: a file or folder of `proposals/`, or `.` for all.

    A path is looked for from where the user stands, then from `-C` and from the workspace. What is no path is the id
    of a proposal. Raises `UsageError` for anything else.
    """
    return tuple(_select_path(name, session) for name in names)


def is_within(path: str, chosen: Iterable[str]) -> bool:
    """Check whether a path is one of the chosen files, or stands below a chosen folder."""
    return any(one in (".", path) or path.startswith(f"{one}/") for one in chosen)


def _select_path(name: str, session: Session) -> str:
    root = session.root
    for base in (Path.cwd(), session.directory, root):
        found = resolve_links(base / name)
        if found.exists() and (found == root or found.is_relative_to(root / FOLDER)):
            return found.relative_to(root).as_posix()
    by_id = {names_of(path)[0]: path for path in list_files(root, root / FOLDER) if is_proposal(path)}
    if name in by_id:
        return by_id[name]
    close = nearest(name, by_id)
    raise UsageError(
        say("`{path}` is not in this workspace", path=name),
        say("did you mean `{key}`?", key=close)
        if close
        else say("name a file or folder of `{folder}/`, or the id of a proposal", folder=FOLDER),
    )
