"""The secret that binds entries of a store to whoever made them, kept outside every checkout.

By default it is made at the first build, for this user on this machine. Machines that share a store, such as those of a
CI that caches it, are given one secret in `BOOKLET_STORE_KEY`: entries of whoever knows it are trusted.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

VARIABLE = "BOOKLET_STORE_KEY"
_LENGTH = 32
#: where no secret can be kept: entries of this process are read by no other
_OF_THIS_PROCESS = secrets.token_bytes(_LENGTH)


def store_key() -> bytes:
    """Return the secret of the environment, or that of this user, made where there is none yet."""
    given = os.environ.get(VARIABLE, "")
    return hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest() if given else _read(_path())


def _path() -> Path | None:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        folder = os.path.join(home, "Library", "Application Support")
    else:
        folder = os.environ.get("XDG_STATE_HOME") or os.path.join(home, ".local", "state")
    return Path(folder, "booklet", "store-key") if os.path.isabs(folder) else None


@cache
def _read(path: Path | None) -> bytes:
    if path is not None:
        with suppress(OSError):
            if not path.is_file() or path.stat().st_size != _LENGTH:
                _make(path)
            # read again: another build may have made one meanwhile
            key = path.read_bytes()
            if len(key) == _LENGTH:
                return key
    return _OF_THIS_PROCESS


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # a temporary file is its owner's alone (0600)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(secrets.token_bytes(_LENGTH))
    os.replace(file.name, path)
