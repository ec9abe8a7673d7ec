"""Content-addressed store of rendered work: the same inputs are never rendered twice.

An entry's name is the digest of everything it was made from, so an entry is never stale and never replaced. Three
entries are the exception, each replaced under one name: the stat cache of the last release (`file_stamps`), the record
of the last build (`pipeline.build_record`) and the findings of the last check (`pipeline.analysis`).

A file that does not open with our format number and the digest of its own content is a miss, never an error. A store
that cannot be written slows the next build down and changes nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.cache.atomic import write_whole
from booklet.cache.digests import FORMAT
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = f"booklet-store {FORMAT}\n".encode()
_DIGEST_LENGTH = 64
#: kind of the entries that hold a laid-out page
PAGE = "page"
#: kind of the entries that hold a linked body
BODY = "body"
#: kind of the entries that hold a list's front matter, to be linked to a body
FRONT_MATTER = "front"
#: a year of edits of a booklet of fifty proposals, several times
LIMIT = 10**9


def inputs_changed() -> BuildError:
    """The error when an input changed during the build: the booklets would mix two states of it."""
    return BuildError(say("a file was changed while the booklets were made of it: build again"))


@dataclass(frozen=True, slots=True)
class Store:
    """Bytes by the digest of the inputs they were made from; without a folder the store is always empty."""

    folder: Path | None
    #: bytes to which a build brings the store down when it ends
    limit: int = LIMIT

    def get(self, kind: str, name: str) -> bytes | None:
        """Read an entry; None where there is none, or where it is damaged."""
        if self.folder is None:
            return None
        path = self._path(kind, name)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):  # a store that cannot be written can be read
            os.utime(path)  # the least recently used entry is trimmed first
        head, payload = data[: len(_HEAD) + _DIGEST_LENGTH], data[len(_HEAD) + _DIGEST_LENGTH :]
        if head != _HEAD + hashlib.sha256(payload).hexdigest().encode():
            return None
        return payload

    def put(self, kind: str, name: str, payload: bytes) -> None:
        """Write an entry, whole or not at all."""
        if self.folder is None:
            return
        path = self._path(kind, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, _HEAD + hashlib.sha256(payload).hexdigest().encode() + payload)
        except OSError:
            return

    def trim(self, limit: int | None = None) -> Trimmed:
        """Remove the least recently used entries until the rest fits the limit, and files that were never finished."""
        files = [] if self.folder is None else [path for path in self.folder.rglob("*") if path.is_file()]
        entries = sorted(
            ((status.st_mtime_ns, status.st_size, path) for path in files if (status := _status(path))),
            reverse=True,
        )
        kept, kept_bytes, removed, removed_bytes = 0, 0, 0, 0
        for _, size, path in entries:
            if kept_bytes + size <= (self.limit if limit is None else limit) and not path.name.startswith(
                "."
            ):
                kept, kept_bytes = kept + 1, kept_bytes + size
                continue
            with contextlib.suppress(OSError):
                path.unlink()
                removed, removed_bytes = removed + 1, removed_bytes + size
        return Trimmed(kept, kept_bytes, removed, removed_bytes)

    def _path(self, kind: str, name: str) -> Path:
        assert self.folder is not None
        return self.folder / kind / name[:2] / name[2:]


@dataclass(frozen=True, slots=True)
class Trimmed:
    """How much a store holds after trimming, and how much was removed."""

    kept: int
    kept_bytes: int
    removed: int
    removed_bytes: int


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None  # another build removed it
