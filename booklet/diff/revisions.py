"""A git revision → a temporary folder that is read like any workspace; nothing is checked out.

The names of a commit's tree are listed and its blobs read by `git ls-tree -z` and `git cat-file --batch` (gitglossary,
git-cat-file), so that no attribute, filter, hook or file name of the repository has an effect. Symbolic links are never
made: a link to a file of the same tree becomes a copy of that file, any other link is left out.
"""

from __future__ import annotations

import os
import posixpath
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from booklet.content.paths import FOLDER
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.limits import REVISION_BYTES, REVISION_NAMES, TABLE_BYTES
from booklet.diagnostics.message import MessageError, say
from booklet.diff.git import GitRefused, require_repository, run_git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILE, _LINK = "100", "120000"
_MAX_LINKS = 8


class _Entry(NamedTuple):
    """A file or link of a tree."""

    path: str
    mode: str
    blob: str
    size: int


class NoSuchState(MessageError):
    """An argument that names no state: a usage error, with hints of what to type."""


@contextmanager
def extract_revision(root: Path, revision: str) -> Iterator[Path]:
    """Write the `proposals/` of a revision into a folder that is removed at the end of the block.

    `root` is a folder of the repository that has a `proposals/`. Raises `NoSuchState` where the revision
    or the folder does not exist, `BuildError` without git or outside a repository.
    """
    contents = read_tree(root, revision)
    with TemporaryDirectory(prefix="booklet-") as name:
        folder = Path(name)
        (folder / FOLDER).mkdir()
        for path, content in contents.items():
            file = folder / FOLDER / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                file.write_bytes(content)
            else:
                with file.open("wb") as empty:
                    empty.truncate(content)
        yield folder


def read_tree(root: Path, revision: str) -> dict[str, bytes | int]:
    """Read every file of a revision's `proposals/`, by its path below it; of one that is too large, the size alone."""
    commit = _resolve(root, revision)
    prefix = os.fsdecode(run_git(root, "rev-parse", "--show-prefix")).removesuffix("\n")
    tree = f"{commit}:{prefix}{FOLDER}"
    try:
        listed = run_git(root, "ls-tree", "-r", "-l", "-z", "--full-tree", tree)
    except GitRefused:
        raise NoSuchState(
            say("`{revision}` has no folder `{folder}/` here", revision=revision, folder=f"{prefix}{FOLDER}")
        ) from None
    names = {entry.path: entry for entry in _entries(listed) if _is_plain(entry.path)}
    sizes = {entry.blob: entry.size for entry in names.values() if entry.size <= TABLE_BYTES}
    _require_bounded(revision, sum(sizes.values()))
    blobs = _read_blobs(root, sorted(sizes))
    contents: dict[str, bytes | int] = {}
    for path in names:
        target = _follow(path, names, blobs)
        if target is not None:
            contents[path] = blobs.get(target.blob, target.size)
    # again: one object may have many names
    _require_bounded(revision, sum(len(held) for held in contents.values() if isinstance(held, bytes)))
    return contents


def _require_bounded(revision: str, size: int) -> None:
    if size > REVISION_BYTES:
        message = say("`{revision}` has more than {limit} bytes", revision=revision, limit=REVISION_BYTES)
        raise NoSuchState(message, say("compare two saved files of `costs --format json`"))


def _resolve(root: Path, revision: str) -> str:
    """Find the commit that a revision names."""
    require_repository(root)
    if not revision or revision.startswith("-") or "\0" in revision:
        raise NoSuchState(say("`{revision}` is no revision", revision=revision))
    try:
        return os.fsdecode(
            run_git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        ).strip()
    except GitRefused:
        raise NoSuchState(
            say("no revision `{revision}` in this repository", revision=revision),
            say("name a branch, a tag or a commit; in a shallow clone, fetch more of the history first"),
        ) from None


def _entries(listed: bytes) -> Iterator[_Entry]:
    """Read `<mode> <type> <object> <size>\\t<path>` entries; submodules are left out."""
    for entry in listed.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        mode, kind, blob, size = head.decode("ascii").split() if head else ("", "", "", "")
        if kind == "blob":
            # the size of an object that is not here is no number
            yield _Entry(os.fsdecode(path), mode, blob, int(size) if size.isdigit() else 0)


def _is_plain(path: str) -> bool:
    """Whether a path of a tree, which may be hostile, stays below the folder that it is written in."""
    return all(step not in ("", ".", "..") for step in path.split("/")) and "\\" not in path


def _follow(path: str, names: Mapping[str, _Entry], blobs: Mapping[str, bytes]) -> _Entry | None:
    """The file that a path leads to; None for a link out of the tree, to nothing or to itself."""
    for _ in range(_MAX_LINKS):
        entry = names[path]
        if entry.mode.startswith(_FILE):
            return entry
        if entry.mode != _LINK:
            return None
        target = os.fsdecode(blobs.get(entry.blob, b""))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if path not in names:
            return None
    return None


def _read_blobs(root: Path, blobs: list[str]) -> dict[str, bytes]:
    """Read objects in one process: for each `<object> <type> <size>`, a line end, the bytes, a line end."""
    if not blobs:
        return {}
    try:
        asked = "".join(f"{blob}\n" for blob in blobs).encode()
        most = REVISION_BYTES + REVISION_NAMES  # a line before each
        answer = run_git(root, "cat-file", "--batch", given=asked, most=most)
    except GitRefused as refusal:  # damaged, or to be fetched from elsewhere
        raise BuildError(say("git refused: {reason}", reason=refusal)) from None
    contents, place = {}, 0
    for blob in blobs:
        end = answer.index(b"\n", place)
        words = answer[place:end].split()
        if len(words) != 3 or words[1] != b"blob":
            raise BuildError(say("git has no content of `{object}`: fetch it first", object=blob))
        size = int(words[2])
        contents[blob] = answer[end + 1 : end + 1 + size]
        place = end + 1 + size + 1
    return contents
