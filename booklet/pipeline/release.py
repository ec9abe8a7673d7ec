"""9. Booklets → `dist/`, and the proof that every list was treated alike.

A booklet is written, or taken from the release before where it has the same bytes; a release is known to be what its
inputs give, or not; and whoever has it can verify it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from booklet.cache.atomic import write_whole
from booklet.cache.file_stamps import Stamps, digest
from booklet.diagnostics.message import Message, say
from booklet.pipeline.manifest import MANIFEST, Manifest, ReleasedFile, booklet_paths
from booklet.pipeline.staging import files_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from booklet.cache.store import Store
    from booklet.content.model.lists import ElectoralList

#: bytes copied at a time where the system does not copy files itself
_BLOCK = 1 << 20


@dataclass(frozen=True)
class BodyFile:
    """Hold a body that many booklets begin with: open, to be copied by the system, and digested once."""

    handle: int
    length: int
    state: hashlib._Hash

    @classmethod
    def open(cls, path: Path) -> BodyFile:
        """Open a body for as long as the process lives."""
        with path.open("rb") as file:
            state = hashlib.file_digest(file, "sha256")
        return cls(os.open(path, os.O_RDONLY), path.stat().st_size, state)

    def copy_to(self, target: int) -> None:
        """Copy the whole body; the system need not bring it here, and may share its blocks (btrfs, XFS, ZFS)."""
        done = 0
        try:
            while done < self.length:
                count = os.copy_file_range(self.handle, target, self.length - done, done, done)
                if count == 0:
                    break
                done += count
        except (OSError, AttributeError):
            pass  # another system or file system: what is left is read and written
        while done < self.length:
            done += os.pwrite(target, os.pread(self.handle, _BLOCK, done), done)


@dataclass(frozen=True, slots=True)
class OldRelease:
    """Name the release that is about to be replaced, and what its manifest says of its files."""

    folder: Path
    sha256_by_path: Mapping[str, str]
    stamps: Stamps

    @classmethod
    def of(cls, dist: Path, store: Store) -> OldRelease:
        """Read the manifest of a release; without one, there is nothing to take from it."""
        try:
            manifest = Manifest.read((dist / MANIFEST).read_bytes())
        except (OSError, ValueError):
            return cls(dist, {}, Stamps(dist))
        return cls(dist, manifest.sha256_by_path, Stamps.read(store, manifest.inputs_sha256, dist))

    def only(self, paths: Collection[str]) -> OldRelease:
        """Give what is known of some files: what a worker is told grows with its own work alone."""
        known = {path: self.sha256_by_path[path] for path in paths if path in self.sha256_by_path}
        return OldRelease(self.folder, known, self.stamps.only(paths))

    def link(self, path: str, sha256: str, target: Path) -> bool:
        """Give a file that stands in the old release, with these bytes, a second name; tell whether it was done."""
        held = self.folder / path
        if self.sha256_by_path.get(path) != sha256:
            return False
        try:
            if held.is_symlink() or not self.stamps.has(path, sha256):
                return False
            os.link(held, target)
        except OSError:
            return False  # no such file any more, or a file system without links
        return True


def write_booklet(
    folder: Path, path: str, body: BodyFile, update: bytes, before: OldRelease
) -> tuple[int, str]:
    """Write one booklet, body then update, or take it from the release before; gives its length and digest."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    state = body.state.copy()
    state.update(update)
    sha256 = state.hexdigest()
    if not before.link(path, sha256, target):
        # a new file: nothing is ever written through a link to another release
        with target.open("xb") as file:
            body.copy_to(file.fileno())
            file.seek(body.length)
            file.write(update)
    return body.length + len(update), sha256


def write_file(folder: Path, path: str, data: bytes) -> ReleasedFile:
    """Write one file of the release that is no booklet."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return ReleasedFile(path, len(data), hashlib.sha256(data).hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest last: a folder without it is not a release."""
    write_whole(folder / MANIFEST, manifest.write())


def find_current(
    dist: Path, inputs_sha256: str, store: Store, lists: Sequence[ElectoralList] | None = None
) -> Manifest | None:
    """Give the manifest when `dist/` was made from these inputs and every file in it is still as it was written.

    Of a manifest that the store says nothing of, the lists have to be those that are served; without them, which takes
    reading the inputs, it is not believed.
    """
    stamps = Stamps.read(store, inputs_sha256, dist)
    noted = stamps.noted(MANIFEST)
    try:
        data = (dist / MANIFEST).read_bytes()
        manifest = Manifest.read(data)
        sha256 = hashlib.sha256(data).hexdigest()
        if manifest.inputs_sha256 != inputs_sha256 or sha256 != (noted or sha256):
            return None
        if noted is None and (lists is None or not _is_credible(manifest, data, dist, lists)):
            return None
        known = {**manifest.sha256_by_path, MANIFEST: sha256}
        is_whole = all(stamps.has(path, sha256) for path, sha256 in known.items())
    except (OSError, ValueError):
        return None
    stamps.renew(store, inputs_sha256)
    return manifest if is_whole else None


def _is_credible(manifest: Manifest, data: bytes, dist: Path, lists: Sequence[ElectoralList]) -> bool:
    """Tell whether a manifest is about these lists, and about the body that the first booklet begins with."""
    served = tuple(zip((one.id for one in lists), booklet_paths(lists), strict=True))
    if served != tuple((booklet.list, booklet.path) for booklet in manifest.booklets) or not served:
        return False
    with (dist / manifest.booklets[0].path).open("rb") as file:
        body = file.read(manifest.body.length)
    return hashlib.sha256(body).hexdigest() == manifest.body.sha256 and manifest.write() == data


def verify_file(dist: Path, booklet: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[Message, ...]:
    """Re-prove one booklet: its digest, the body it begins with, and that its update replaces nothing else."""
    from booklet.pdf.verify.proof import examine_update  # pikepdf, which no other step of a release needs

    try:
        data = (dist / booklet["path"]).read_bytes()
    except OSError:
        return (say("the file is missing"),)
    objections: list[Message] = []
    if hashlib.sha256(data).hexdigest() != booklet["sha256"] or len(data) != booklet["length"]:
        objections.append(say("the file is not the one that the manifest describes"))
    if hashlib.sha256(data[: body["length"]]).hexdigest() != body["sha256"]:
        return (*objections, say("the file does not begin with the body that every list received"))
    return (*objections, *examine_update(data, body["length"]))


def verify_folder(dist: Path, manifest: Manifest) -> tuple[tuple[str, Message], ...]:
    """Object to files that the manifest does not list, and to the workbook or data where they are altered."""
    held = files_of(dist)
    found = [
        (path, say("the manifest does not list this file"))
        for path in held - {*manifest.sha256_by_path, MANIFEST}
    ]
    for released in manifest.files:
        if released.path not in held:
            found.append((released.path, say("the file is missing")))
        elif digest(dist / released.path) != released.sha256:
            found.append((released.path, say("the file is not the one that the manifest describes")))
    return tuple(sorted(found, key=lambda objection: objection[0]))
