"""A folder replaced by another, whole or not at all, by one build at a time.

A release is written beside `dist/` and takes its place in one step, so that an interrupted or failed build leaves the
previous release untouched. Only files that a manifest lists are ever replaced.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.pipeline.manifest import MANIFEST, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: where a folder cannot be locked itself
LOCK = ".booklet-lock"
#: arguments of renameat2 (Linux, `linux/fcntl.h` and `linux/fs.h`)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def only_build(root: Path) -> Iterator[None]:
    """Lock a workspace, so that one build at a time writes in it; the system unlocks it when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        handle, lock = _open_lock_file(root)
    else:
        handle = os.open(root, os.O_RDONLY)
        lock = partial(fcntl.flock, handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        lock()
    except (BlockingIOError, PermissionError) as error:
        raise BuildError(say("another build is running in this workspace: wait until it ends")) from error
    else:
        yield
    finally:
        os.close(handle)


def _open_lock_file(root: Path) -> tuple[int, Callable[[], object]]:
    """Open a file to lock in the place of its folder, which Windows cannot open; it is removed when it is closed."""
    import msvcrt

    handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_TEMPORARY", 0))
    return handle, partial(msvcrt.locking, handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # typed there only


def recover(dist: Path) -> None:
    """Remove what a killed build left beside `dist/`, and put back a release that was being replaced.

    Raises `BuildError` where another has put something of that name there.
    """
    for left in dist.parent.glob(f".{dist.name}-*.part"):
        if left.is_dir() and not left.is_symlink():  # a pipe would be waited for
            shutil.rmtree(left, ignore_errors=True)
    aside = _aside(dist)
    check_ours(aside)
    if aside.exists() and not os.path.lexists(dist):
        os.rename(aside, dist)
    _discard(aside)


def _discard(aside: Path) -> None:
    """Remove a release that was replaced; it is whole for as long as it has its name."""
    if aside.exists():
        left = aside.with_name(f"{aside.name}.part")
        os.rename(aside, left)
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def recovered(dist: Path) -> Iterator[None]:
    """Recover before and after a block: an interruption can come before a temporary folder has its own cleanup."""
    recover(dist)
    try:
        yield
    finally:
        recover(dist)


def check_ours(dist: Path) -> None:
    """Refuse to replace a folder with any file that this tool did not make; raises `BuildError`."""
    if not os.path.lexists(dist):
        return
    present = files_of(dist)
    try:
        manifest = Manifest.load(dist)
        made = {*manifest.sha256_by_path, MANIFEST}
    except (OSError, ValueError):
        made = set()
    foreign = sorted(present - made)
    if foreign or dist.is_symlink() or not dist.is_dir():
        name = foreign[0] if foreign else dist.name
        raise BuildError(
            say(
                "`{folder}/` holds `{name}`, which this tool did not make: move it away first",
                folder=dist.name,
                name=name,
            )
        )


@contextmanager
def staging(dist: Path) -> Iterator[Path]:
    """Make an empty folder that replaces `dist/` if the block ends well and left a manifest in it.

    Without a manifest, or when the block fails, the folder is removed and `dist/` stays untouched.
    """
    folder = Path(mkdtemp(prefix=f".{dist.name}-", suffix=".part", dir=dist.parent))
    try:
        folder.chmod(0o755)
        yield folder
        if (folder / MANIFEST).is_file():
            check_ours(dist)  # again: somebody may have put a file there while the booklets were made
            _swap(folder, dist)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, dist: Path) -> None:
    """Put a folder in the place of `dist/`, in one step where the kernel can exchange two names."""
    if not dist.exists():
        os.rename(folder, dist)
        return
    try:
        _exchange(folder, dist)
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
            raise
        # two steps; `recover` puts the old release back if the machine stops between them
        os.rename(dist, _aside(dist))
        os.rename(folder, dist)
        _discard(_aside(dist))


def _exchange(first: Path, second: Path) -> None:
    """Exchange two names in one step (Linux, renameat2 with RENAME_EXCHANGE)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        raise OSError(errno.ENOSYS, "no renameat2")
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _aside(dist: Path) -> Path:
    return dist.parent / f".{dist.name}-before"


def files_of(folder: Path) -> set[str]:
    """List the paths of everything below a folder but plain folders; links are never followed."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
