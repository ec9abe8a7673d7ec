"""A stat cache (size, times, inode), as in git's index: skip digesting files that cannot have changed.

A file whose stamp is the one it had before it was digested has the same bytes: only the kernel sets the time of change
(ctime). Not cached are files whose stamp could hide a change: a time in the same tick of the clock as the look, or
in whole seconds (a file system without finer times), or a second name through which the file can be written. `verify`
digests everything, always.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from booklet.cache.digests import fingerprint
from booklet.cache.store import adapter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from booklet.cache.store import Kind, Store

KIND: Kind = "stamps"
_NAME = fingerprint("the last release")
#: longer than the tick in which a kernel counts times: 10 ms at most
_TICK_NS = 20_000_000
_SECOND_NS = 10**9


class Stamp(NamedTuple):
    """What the system records of a file (`os.lstat`); times in nanoseconds."""

    size: int
    modified: int
    changed: int
    inode: int
    device: int


#: of no file: what was written is known, but has to be digested again
_NEVER = Stamp(-1, -1, -1, -1, -1)


class Digested(NamedTuple):
    """A file's digest, and the stamp that it had before it was digested."""

    sha256: str
    stamp: Stamp


class _Record(NamedTuple):
    """The cache as stored: the digest of the inputs that made the release, and its files by path."""

    inputs: str
    files: dict[str, Digested]


def digest(path: Path) -> str:
    """Digest a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Stamps:
    """The stat cache of the files of a release, by path below its folder."""

    folder: Path
    _cached: Mapping[str, Digested] = field(default_factory=dict)
    #: digested by this object, to be stored by `renew`
    _fresh: dict[str, Digested] = field(default_factory=dict)

    @classmethod
    def read(cls, store: Store, inputs: str, folder: Path) -> Stamps:
        """Read the cache of the release that some inputs made; an empty one where it cannot be read."""
        record = store.load(KIND, _NAME, adapter(_Record).validate_json)
        return cls(folder, record.files if record and record.inputs == inputs else {})

    def restricted_to(self, paths: Collection[str]) -> Stamps:
        """The part of the cache that is about some files."""
        return Stamps(self.folder, {path: self._cached[path] for path in paths if path in self._cached})

    def cached_digest(self, path: str) -> str | None:
        """The digest that is cached for a file, whether or not it still holds."""
        return self._cached[path].sha256 if path in self._cached else None

    def has(self, path: str, sha256: str) -> bool:
        """Check whether a file, and no link, has this digest; raises `OSError` when there is none."""
        stamp, is_settled = _look(self.folder / path)
        if self._cached.get(path) == (sha256, stamp):
            return True
        if digest(self.folder / path) != sha256:
            return False
        if is_settled:
            self._fresh[path] = Digested(sha256, stamp)
        return True

    def renew(self, store: Store, inputs: str) -> None:
        """Store the cache with what was digested since."""
        if self._fresh:
            _write(store, inputs, {**self._cached, **self._fresh})


def note_new(store: Store, inputs: str, folder: Path, sha256_by_path: Mapping[str, str]) -> None:
    """Store the stamps of files that were just written, into a folder that no other process has seen yet."""
    time.sleep(_TICK_NS / _SECOND_NS)
    files: dict[str, Digested] = {}
    for path, sha256 in sha256_by_path.items():
        stamp, is_settled = _look(folder / path)
        files[path] = Digested(sha256, stamp if is_settled else _NEVER)
    _write(store, inputs, files)


def _write(store: Store, inputs: str, files: dict[str, Digested]) -> None:
    store.put(KIND, _NAME, adapter(_Record).dump_json(_Record(inputs, files)))


def _look(path: Path) -> tuple[Stamp, bool]:
    """Take the stamp of a file, and whether every later change would alter it."""
    now = time.time_ns()
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "no plain file", str(path))
    times = (status.st_mtime_ns, status.st_ctime_ns)
    is_settled = status.st_nlink == 1 and all(
        when < now - _TICK_NS // 2 and when % _SECOND_NS for when in times
    )
    return Stamp(status.st_size, *times, status.st_ino, status.st_dev), is_settled
