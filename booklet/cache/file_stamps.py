"""Files that were digested once → whether they can have changed since, by what the system notes of them.

A file whose size, times and inode are those that it had before it was digested has the same bytes: nobody sets the
time of change (ctime) but the kernel. A time that is as young as the look at it, or that the file system keeps in whole
seconds, could hide a change made in the same tick; such a file is digested again, and so is one with a second name,
through which it can be written while nobody looks here. `verify` digests everything, always.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from booklet.cache.store import Store

KIND = "stamps"
_NAME = fingerprint("the last release")
#: longer than the tick in which a kernel counts times: 10 ms at most
_TICK_NS = 20_000_000
_SECOND_NS = 10**9
#: digest, then size, times of writing and of change, inode and device
Noted = tuple[str, list[int]]


def digest(path: Path) -> str:
    """Digest a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Stamps:
    """Hold the digests of the files of a release, by path, each with the stamp it had before it was digested."""

    folder: Path
    _held: Mapping[str, Noted] = field(default_factory=dict)
    #: what was digested here and may be noted
    _fresh: dict[str, Noted] = field(default_factory=dict)

    @classmethod
    def read(cls, store: Store, inputs: str, folder: Path) -> Stamps:
        """Read what was noted of the release that some inputs gave; nothing where it cannot be read."""
        try:
            record = json.loads(store.get(KIND, _NAME) or b"{}")
            files = record["files"] if record["inputs"] == inputs else {}
            return cls(folder, {path: (sha256, stamp) for path, (sha256, stamp) in files.items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls(folder)

    def only(self, paths: Collection[str]) -> Stamps:
        """Give what is noted of some files."""
        return Stamps(self.folder, {path: self._held[path] for path in paths if path in self._held})

    def noted(self, path: str) -> str | None:
        """Give the digest that is noted of a file."""
        return self._held[path][0] if path in self._held else None

    def has(self, path: str, sha256: str) -> bool:
        """Tell whether a file, and no link, has this digest; raises `OSError` when there is none."""
        stamp, is_settled = _look(self.folder / path)
        if self._held.get(path) == (sha256, stamp):
            return True
        if digest(self.folder / path) != sha256:
            return False
        if is_settled:
            self._fresh[path] = (sha256, stamp)
        return True

    def renew(self, store: Store, inputs: str) -> None:
        """Note what was digested, beside what was noted already."""
        if self._fresh:
            _write(store, inputs, {**self._held, **self._fresh})


def note_new(store: Store, inputs: str, folder: Path, sha256_by_path: Mapping[str, str]) -> None:
    """Note the files that were just written into a folder which nobody else knows yet."""
    time.sleep(_TICK_NS / _SECOND_NS)
    looks = ((path, sha256, *_look(folder / path)) for path, sha256 in sha256_by_path.items())
    _write(store, inputs, {path: (sha256, stamp) for path, sha256, stamp, is_settled in looks if is_settled})


def _write(store: Store, inputs: str, files: Mapping[str, Noted]) -> None:
    store.put(KIND, _NAME, json.dumps({"inputs": inputs, "files": files}).encode())


def _look(path: Path) -> tuple[list[int], bool]:
    """Give the stamp of a file, and whether a later change would show in it."""
    now = time.time_ns()
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "no plain file", str(path))
    times = (status.st_mtime_ns, status.st_ctime_ns)
    is_settled = status.st_nlink == 1 and all(
        when < now - _TICK_NS // 2 and when % _SECOND_NS for when in times
    )
    return [status.st_size, *times, status.st_ino, status.st_dev], is_settled
