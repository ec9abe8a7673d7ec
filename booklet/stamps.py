"""Files that were digested once → whether they can have changed since, by what the system notes of them.

A file whose size, times and inode are those of the day it was digested has the same bytes: nobody sets the time of
change (ctime) but the kernel. A time that is as young as the look at it, or that the file system keeps in whole
seconds, could hide a change made in the same tick; such a file is digested again. `verify` digests everything, always.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from booklet.store import Store

KIND = "stamps"
#: longer than the tick in which a kernel counts times: 10 ms at most
_TICK_SECONDS = 0.02
_SECOND = 10**9


def digest(path: Path) -> str:
    """Digest a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Stamps:
    """Hold the digests of the files of a release, by path, each with the stamp it had."""

    folder: Path
    _held: Mapping[str, tuple[str, list[int]]]
    #: whether a file had to be digested
    is_behind: bool = False

    @classmethod
    def read(cls, store: Store, name: str, folder: Path) -> Stamps:
        """Read what was noted of a release; nothing where it cannot be read."""
        try:
            held = json.loads(store.get(KIND, name) or b"{}")
            return cls(folder, {path: (sha256, stamp) for path, (sha256, stamp) in held.items()})
        except (ValueError, TypeError, AttributeError):
            return cls(folder, {})

    def has(self, path: str, sha256: str) -> bool:
        """Tell whether a file has this digest; raises `OSError` when there is no such file."""
        noted, stamp = self._held.get(path, ("", []))
        if noted == sha256 and stamp == _stamp(self.folder / path):
            return True
        self.is_behind = True
        return digest(self.folder / path) == sha256


def note(store: Store, name: str, folder: Path, sha256_by_path: Mapping[str, str]) -> None:
    """Note files of which the digest is known to be right."""
    time.sleep(_TICK_SECONDS)
    before = time.time_ns()
    stamps = {path: _stamp(folder / path) for path in sha256_by_path}
    oldest = before - int(_TICK_SECONDS * _SECOND) // 2
    kept = {
        path: (sha256_by_path[path], stamp)
        for path, stamp in stamps.items()
        if all(when < oldest and when % _SECOND for when in stamp[1:3])
    }
    store.put(KIND, name, json.dumps(kept).encode())


def _stamp(path: Path) -> list[int]:
    status = os.lstat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev]
