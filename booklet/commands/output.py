"""Files that a command writes: to the standard output, or where `--output` says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.commands.arguments import Arguments


def add_output(arguments: Arguments) -> None:
    """Add `--output`."""
    arguments.add("--output", "-o", metavar="FILE", help=say("write to a file"))


def put_out(data: bytes, file: str | None) -> None:
    """Write data to a file, whole or not at all, or to the standard output."""
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return

    from booklet.cache.atomic import write_whole

    path = Path(file).absolute()
    try:
        if (
            path.exists() and not path.is_file()
        ):  # `/dev/stdout`, a pipe: nothing that another file may replace
            path.write_bytes(data)
        else:
            write_whole(path, data)
    except OSError as error:
        error.filename = file  # not the part that is written beside it first
        raise
