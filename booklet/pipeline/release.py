"""9. Booklets → files of a release.

A booklet is written, or hard-linked from the previous release where its bytes are the same. A release is current when
its manifest names the digest of today's inputs and every file is unchanged.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.cache.atomic import write_whole
from booklet.cache.file_stamps import Stamps
from booklet.pipeline.manifest import MANIFEST, Manifest, ReleasedFile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from booklet.cache.store import Store

#: bytes copied at a time where the kernel does not copy files itself
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class BodyFile:
    """A body on disk, digested once for the many booklets that begin with it."""

    path: Path
    length: int
    #: SHA-256 of the body, which the digest of each booklet continues
    state: hashlib._Hash

    @classmethod
    def read(cls, path: Path) -> BodyFile:
        """Digest a body."""
        with path.open("rb") as file:
            state = hashlib.file_digest(file, "sha256")
        return cls(path, path.stat().st_size, state)

    def copy_to(self, target: BinaryIO) -> None:
        """Copy the body to the start of an empty file."""
        with self.path.open("rb") as source:
            done = _copy_in_kernel(source.fileno(), target.fileno(), self.length)
            source.seek(done)
            target.seek(done)
            shutil.copyfileobj(source, target, _BLOCK)


def _copy_in_kernel(source: int, target: int, length: int) -> int:
    """Let the kernel copy a file, which may share its blocks (btrfs, XFS, ZFS); return the bytes that it copied."""
    done = 0
    with suppress(OSError, AttributeError):  # another system or file system: the caller copies the rest
        while done < length and (count := os.copy_file_range(source, target, length - done, done, done)):
            done += count
    return done


@dataclass(frozen=True, slots=True)
class OldRelease:
    """The release that is about to be replaced: its folder, and the digests and stat cache of its files."""

    folder: Path
    sha256_by_path: Mapping[str, str]
    stamps: Stamps

    @classmethod
    def of(cls, dist: Path, store: Store) -> OldRelease:
        """Read the manifest of a release; without one, no file can be taken from it."""
        try:
            manifest = Manifest.load(dist)
        except (OSError, ValueError):
            return cls(dist, {}, Stamps(dist))
        return cls(dist, manifest.sha256_by_path, Stamps.read(store, manifest.inputs_sha256, dist))

    def restricted_to(self, paths: Collection[str]) -> OldRelease:
        """Restrict the release to some files, so that a task sent to a worker grows with its own lists alone."""
        known = {path: self.sha256_by_path[path] for path in paths if path in self.sha256_by_path}
        return OldRelease(self.folder, known, self.stamps.restricted_to(paths))

    def link(self, path: str, sha256: str, target: Path) -> bool:
        """Hard-link a file of the old release that has this digest to a new path; return whether that was possible."""
        old = self.folder / path
        if self.sha256_by_path.get(path) != sha256:
            return False
        try:
            if old.is_symlink() or not self.stamps.has(path, sha256):
                return False
            os.link(old, target)
        except OSError:
            return False  # no such file any more, or a file system without links
        return True


def write_booklet(
    folder: Path, path: str, body: BodyFile, update: bytes, before: OldRelease
) -> tuple[int, str]:
    """Write one booklet, body then update, or link it from the previous release; return its length and digest."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    state = body.state.copy()
    state.update(update)
    sha256 = state.hexdigest()
    if not before.link(path, sha256, target):
        # a new file: nothing is ever written through a link to another release
        with target.open("xb") as file:
            body.copy_to(file)
            file.write(update)
    return body.length + len(update), sha256


def write_file(folder: Path, path: str, data: bytes) -> ReleasedFile:
    """Write one file of the release other than a booklet."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return ReleasedFile(path, len(data), hashlib.sha256(data).hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest last: a folder without it is not a release."""
    write_whole(folder / MANIFEST, manifest.write())


def find_current(dist: Path, inputs_sha256: str, store: Store) -> Manifest | None:
    """Return the manifest of `dist/` if this tool made it from these inputs and every file is unchanged since.

    Only the stat cache says so, which the store signs: a release that came with a checkout may be anybody's.
    """
    stamps = Stamps.read(store, inputs_sha256, dist)
    sha256 = stamps.cached_digest(MANIFEST)
    if sha256 is None:
        return None
    try:
        if not stamps.has(MANIFEST, sha256):
            return None
        manifest = Manifest.load(dist)
        is_whole = all(stamps.has(path, sha256) for path, sha256 in manifest.sha256_by_path.items())
    except (OSError, ValueError):
        return None
    stamps.renew(store, inputs_sha256)
    return manifest if is_whole else None
