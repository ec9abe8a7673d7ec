"""Several files as one entry of the store: a line of JSON with their names and lengths, then the files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Write files one after the other."""
    lengths = json.dumps({name: len(data) for name, data in files.items()})
    return b"\n".join((lengths.encode(), b"".join(files.values())))


def unpack_files(payload: bytes) -> dict[str, bytes]:
    """Read what `pack_files` wrote; raises an error for anything else."""
    head, _, data = payload.partition(b"\n")
    files, start = {}, 0
    for name, length in json.loads(head).items():
        files[name] = data[start : start + length]
        start += length
    if start != len(data) or not files:
        raise ValueError("part of the files, or more")
    return files
