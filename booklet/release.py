"""9. Booklets → `dist/` and its manifest, all or none; and the proof that every list was treated alike.

A release is written whole beside `dist/` and put in its place in one step, so that an interrupted or failed build
leaves the previous release as it was. Only what a manifest lists is ever replaced.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import shutil
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from booklet.diagnostic import BuildError, Message, say
from booklet.model import ElectoralList
from booklet.stamps import Stamps, digest
from booklet.store import Store, write_whole

if TYPE_CHECKING:
    from booklet.link import Body

MANIFEST = "manifest.json"
#: file systems take 255 bytes
MAX_NAME = 200
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
#: bytes copied at a time where the system does not copy files itself
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Booklet:
    """Describe one released file, as the manifest does."""

    list: str
    path: str
    length: int
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """Describe one released file that is no booklet: the workbook, the data."""

    path: str
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """Describe the bytes that every booklet begins with."""

    length: int
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Describe a whole release."""

    tool: str
    inputs_sha256: str
    versions: Mapping[str, str]
    body: BodyRecord
    booklets: tuple[Booklet, ...]
    files: tuple[ReleasedFile, ...] = ()

    @property
    def sha256_by_path(self) -> dict[str, str]:
        """Give the digest of every released file but the manifest itself."""
        booklets = {booklet.path: booklet.sha256 for booklet in self.booklets}
        return booklets | {released.path: released.sha256 for released in self.files}

    def write(self) -> bytes:
        """Write the manifest as JSON, the same bytes for the same release."""
        return (json.dumps({"version": 1, **asdict(self)}, indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def of(
        cls,
        tool: str,
        inputs_sha256: str,
        versions: Mapping[str, str],
        body: Body,
        booklets: tuple[Booklet, ...],
        files: tuple[ReleasedFile, ...],
    ) -> Manifest:
        """Describe a release that was just made."""
        record = BodyRecord(len(body.pdf), body.sha256, body.pages)
        return cls(tool, inputs_sha256, versions, record, booklets, files)

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        """Read a manifest; raises `ValueError` when it is not one of ours."""
        try:
            held = json.loads(data)
            if held.pop("version") != 1:
                raise ValueError("another version of the manifest")
            body = BodyRecord(**held.pop("body"))
            booklets = tuple(Booklet(**booklet) for booklet in held.pop("booklets"))
            files = tuple(ReleasedFile(**file) for file in held.pop("files", ()))
            manifest = cls(body=body, booklets=booklets, files=files, **held)
            released: tuple[Booklet | ReleasedFile, ...] = (*booklets, *files)
            numbers = [body.length, body.pages, *(booklet.pages for booklet in booklets)]
            numbers += [one.length for one in released]
            texts = [manifest.tool, manifest.inputs_sha256, body.sha256, *manifest.versions.values()]
            texts += [text for one in released for text in (one.path, one.sha256)]
            if {type(number) for number in numbers} != {int} or {type(text) for text in texts} != {str}:
                raise ValueError("not a manifest: a number or a text is another kind of value")
            return manifest
        except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            raise ValueError(f"not a manifest: {error}") from error


def slugify(text: str) -> str:
    """Write a name in ascii lower case words joined by `-`, as file names and ids are."""
    ascii_text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    letters = "".join(character for character in ascii_text if not unicodedata.combining(character))
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in letters.lower()).split()
    return "-".join(words)


def booklet_path(electoral_list: ElectoralList) -> str:
    """Name a list's booklet: `<commune>/[<sector>-][<panel>-]<slug>.pdf`; never a number that was not published."""
    numbers = [str(n) for n in (electoral_list.sector, electoral_list.panel) if n is not None]
    name = slugify(electoral_list.name)[:MAX_NAME].rstrip("-") or slugify(electoral_list.id)
    return f"{slugify(electoral_list.commune) or 'commune'}/{'-'.join([*numbers, name])}.pdf"


def booklet_paths(lists: Sequence[ElectoralList]) -> tuple[str, ...]:
    """Name every list's booklet; lists that would share a path add their id, after two dashes that no slug holds."""
    paths = [booklet_path(electoral_list) for electoral_list in lists]
    count = Counter(paths)
    return tuple(
        f"{path.removesuffix('.pdf')}--{electoral_list.id}.pdf" if count[path] > 1 else path
        for path, electoral_list in zip(paths, lists, strict=True)
    )


@contextmanager
def only_build(root: Path) -> Iterator[None]:
    """Let one build at a time write in a workspace."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BuildError(say("another build is running in this workspace: wait until it ends")) from error
    else:
        yield
    finally:
        os.close(handle)


def recover(dist: Path) -> None:
    """Clear what a killed build left beside `dist/`, and put back a release that was being replaced."""
    aside = _aside(dist)
    if aside.is_dir() and not dist.exists():
        os.rename(aside, dist)
    for left in dist.parent.glob(f".{dist.name}-*.part"):
        shutil.rmtree(left, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def recovered(dist: Path) -> Iterator[None]:
    """Begin and end with nothing left beside `dist/`: an interruption can fall before a folder has its guard."""
    recover(dist)
    try:
        yield
    finally:
        recover(dist)


def check_ours(dist: Path) -> None:
    """Refuse to replace a folder that holds anything this tool did not make."""
    if not os.path.lexists(dist):
        return
    held = _files_of(dist)
    try:
        manifest = Manifest.read((dist / MANIFEST).read_bytes())
        made = {*manifest.sha256_by_path, MANIFEST}
    except (OSError, ValueError):
        made = set()
    foreign = sorted(held - made)
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
    """Give an empty folder beside `dist/`, which it replaces if the block ends well and left a manifest in it.

    Without a manifest, or when the block fails, the folder goes and `dist/` stays as it is.
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
    """Put a folder in the place of `dist/`; the kernel exchanges both names at once where it can."""
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
        shutil.rmtree(_aside(dist), ignore_errors=True)


def _exchange(first: Path, second: Path) -> None:
    """Exchange two names in one step (Linux, renameat2 with RENAME_EXCHANGE)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, "no renameat2")
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _aside(dist: Path) -> Path:
    return dist.parent / f".{dist.name}-before"


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


def sha256_of_all(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Give the digest of every file of a release, the manifest's too."""
    return {**manifest.sha256_by_path, MANIFEST: digest(folder / MANIFEST)}


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


def read_manifest(dist: Path) -> Manifest:
    """Read the manifest of a release; raises `BuildError` when there is none."""
    try:
        return Manifest.read((dist / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise BuildError(say("no manifest of ours in `{folder}`: build first", folder=str(dist))) from error


def verify_file(dist: Path, booklet: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[Message, ...]:
    """Re-prove one booklet: its digest, the body it begins with, and that its update replaces nothing else."""
    from booklet.proof import examine_update  # pikepdf, which no other step of a release needs

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
    held = _files_of(dist)
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


def _files_of(folder: Path) -> set[str]:
    """Name everything below a folder but plain folders; a link is never followed."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
