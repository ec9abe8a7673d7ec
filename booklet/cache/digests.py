"""Digests of values and of files: the names of what is cached."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING

from booklet.cache.links import resolve_links
from booklet.diagnostics.limits import TABLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: increased whenever the content of entries changes, or what their names are digests of
FORMAT = 4


def fingerprint(*parts: object) -> str:
    """Digest values of plain types, in order; equal values give equal digests on every machine."""
    written = json.dumps([FORMAT, *parts], sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.sha256(written.encode()).hexdigest()


def digest_each(paths: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """Digest the content of named files, in the order of their names."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(paths)}


def digest_entry(path: Path, home: Path) -> str:
    """Digest a directory entry: the content of a file, the kind of anything else.

    Of a file that is too large to be read by anything, the length is digested in place of the end. The digest of a link
    covers its target, and the target's content where that is a file below `home`.
    """
    status = os.lstat(path)
    if stat.S_ISREG(status.st_mode):
        return _digest_file(path)
    if not stat.S_ISLNK(status.st_mode):
        return fingerprint("no file", stat.S_IFMT(status.st_mode))
    content = ""
    with contextlib.suppress(OSError, RuntimeError):  # a link to nowhere, or in a circle
        whole = path.resolve(strict=True)
        if whole.is_relative_to(resolve_links(home)) and whole.is_file():
            content = _digest_file(whole)
    return fingerprint("link", os.readlink(path), content)


def _digest_file(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(TABLE_BYTES + 1)).hexdigest()
        size = os.fstat(file.fileno()).st_size
    return digest if size <= TABLE_BYTES else fingerprint("too large", size, digest)


def digest_files(paths: Iterable[tuple[str, Path]]) -> str:
    """Digest named files, by name and content."""
    return fingerprint_digests(digest_each(paths))


def fingerprint_digests(digests: Mapping[str, str]) -> str:
    """Digest the digests of named files."""
    return fingerprint([list(item) for item in sorted(digests.items())])


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)
