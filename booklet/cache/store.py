"""Content-addressed store of rendered work: the same inputs are never rendered twice.

An entry's name is the digest of everything it was made from, so an entry is never stale and never replaced. Four
entries are the exception, each replaced under one name: the stat cache of the last release (`file_stamps`), the record
of the last build (`pipeline.build_record`), what the last layout found (`pipeline.forecast`) and the last check
(`pipeline.analysis`).

A store stands in the checkout, where strangers can put files too. An entry opens with our format number and a message
authentication code (HMAC, with the secret of `store_key`) of its kind, name and content: anything else is a miss, never
an error. A folder that this tool did not make is refused, and only files that have the name of an entry are ever
removed. A store that cannot be written slows the next build down and changes nothing else.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from booklet.cache.atomic import write_whole
from booklet.cache.digests import FORMAT
from booklet.cache.store_key import store_key
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydantic import TypeAdapter

Kind = Literal["page", "filled", "body", "front", "stamps", "build", "outcome", "examined"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: folders that this version has, and those of version 0.1.0
_FOLDERS = (*KINDS, "findings", "ledger", "silent")
#: kind of the entries that hold a laid-out page
PAGE: Kind = "page"
#: kind of the entries that hold a filled fiche
FILLED: Kind = "filled"
#: kind of the entries that hold a linked body
BODY: Kind = "body"
#: kind of the entries that hold a list's front matter, to be linked to a body
FRONT_MATTER: Kind = "front"
#: a year of edits of a booklet of fifty proposals, several times
LIMIT = 10**9
#: what tells a store from any other folder, and tells backups to leave it out (https://bford.info/cachedir/)
MARKER = "CACHEDIR.TAG"
_MARKER_TEXT = b"Signature: 8a477f597d28d172789f06886806bc55\n# The store of booklet; `clean` empties it.\n"
_HEAD = f"booklet-store {FORMAT}\n".encode()
_CODE_LENGTH = 64
_SUBFOLDER = re.compile(r"[0-9a-f]{2}")
_ENTRY = re.compile(r"[0-9a-f]{62}")
#: as `write_whole` names what it has not finished
_UNFINISHED = re.compile(r"\..*\.part")
Read = TypeVar("Read")
Value = TypeVar("Value")
_adapters: dict[object, Any] = {}


def adapter(kind: type[Value]) -> TypeAdapter[Value]:
    """Make pydantic's reader and writer of a type as JSON, once in a process."""
    if kind not in _adapters:
        from pydantic import TypeAdapter

        _adapters[kind] = TypeAdapter(kind)
    made: TypeAdapter[Value] = _adapters[kind]
    return made


def inputs_changed() -> BuildError:
    """The error when an input changed during the build: the booklets would mix two states of it."""
    return BuildError(say("a file was changed while the booklets were made of it: build again"))


@dataclass(frozen=True, slots=True)
class Store:
    """Bytes by the digest of the inputs they were made from; without a folder the store is always empty."""

    folder: Path | None
    #: bytes to which a build brings the store down when it ends
    limit: int = LIMIT
    _key: bytes = field(default_factory=store_key, repr=False)

    def require_ours(self) -> Store:
        """Return the store; raises `BuildError` where its folder, or one in it, is a link or not of our making."""
        if self.folder is None:
            return self
        foreign = next(_find_foreign(self.folder), None)
        if foreign is not None:
            raise BuildError(
                say(
                    "`{path}` is a link, or was not made by this tool: remove it, or add `--no-store`",
                    path=foreign.relative_to(self.folder.parent).as_posix(),
                )
            )
        return self

    def get(self, kind: Kind, name: str) -> bytes | None:
        """Read an entry; None where there is none, or where it is damaged or somebody else's."""
        if self.folder is None:
            return None
        path = self._path(kind, name)
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:  # a pipe, or a file without end
                return None
            data = path.read_bytes()
        except OSError:
            return None
        head, payload = data[: len(_HEAD) + _CODE_LENGTH], data[len(_HEAD) + _CODE_LENGTH :]
        if not hmac.compare_digest(head, self._head(kind, name, payload)):
            return None
        with contextlib.suppress(OSError):  # a store that cannot be written can be read
            os.utime(path)  # the least recently used entry is trimmed first
        return payload

    def load(self, kind: Kind, name: str, read: Callable[[bytes], Read]) -> Read | None:
        """Read the value of an entry; None where there is none, or where `read` finds something else."""
        payload = self.get(kind, name)
        try:
            return None if payload is None else read(payload)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
            return None

    def put(self, kind: Kind, name: str, payload: bytes) -> bool:
        """Write an entry, whole or not at all; returns whether it can be read again."""
        if self.folder is None:
            return False
        path = self._path(kind, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not (self.folder / MARKER).exists():
                write_whole(self.folder / MARKER, _MARKER_TEXT)
            if path.parent.is_symlink():
                return False
            write_whole(path, self._head(kind, name, payload) + payload)
        except OSError:
            return False
        return True

    def trim(self, limit: int | None = None) -> Trimmed:
        """Remove the least recently used entries until the rest fits the limit, and files that were never finished."""
        files = () if self.folder is None else _list_entries(self.folder)
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

    def _path(self, kind: Kind, name: str) -> Path:
        assert self.folder is not None
        return self.folder / kind / name[:2] / name[2:]

    def _head(self, kind: Kind, name: str, payload: bytes) -> bytes:
        code = hmac.new(self._key, f"{kind}/{name}\n".encode(), "sha256")
        code.update(payload)
        return _HEAD + code.hexdigest().encode()


@dataclass(frozen=True, slots=True)
class Trimmed:
    """How much a store holds after trimming, and how much was removed."""

    kept: int
    kept_bytes: int
    removed: int
    removed_bytes: int


def _find_foreign(folder: Path) -> Iterator[Path]:
    """Find a store that is a link or no folder, a folder of entries that is, and names that are no store's."""
    if not os.path.lexists(folder):
        return
    if not _is_folder(folder):
        yield folder
        return
    names = {path.name for path in folder.iterdir()}
    yield from (folder / kind for kind in _FOLDERS if kind in names and not _is_folder(folder / kind))
    if MARKER not in names:
        yield from (
            folder / name for name in sorted(names.difference(_FOLDERS)) if not _UNFINISHED.fullmatch(name)
        )


def _list_entries(folder: Path) -> Iterator[Path]:
    """List the files that have the name of an entry or of an unfinished one, through no link."""
    for kind in filter(_is_folder, map(folder.joinpath, _FOLDERS)):
        for below in kind.iterdir():
            if _SUBFOLDER.fullmatch(below.name) and _is_folder(below):
                yield from (
                    path
                    for path in below.iterdir()
                    if _ENTRY.fullmatch(path.name) or _UNFINISHED.fullmatch(path.name)
                )


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _status(path: Path) -> os.stat_result | None:
    """Look at a plain file; None where it is something else, or another build removed it."""
    try:
        return path.stat() if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None
