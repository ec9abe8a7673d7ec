"""Files written whole or not at all, and renamed over none."""

from __future__ import annotations

import errno
import os
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file under a temporary name and rename it, so that nobody ever sees half of it."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
            try:
                file.write(data)
                file.close()
                os.chmod(file.name, mode)
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        error.filename = os.fspath(path)  # not the temporary name, which nobody knows
        raise


def rename_new(old: Path, new: Path) -> None:
    """Rename a file; raises `FileExistsError` where another has the name, even one that was made this instant."""
    is_taken = os.path.lexists(new)
    if not is_taken:
        try:
            os.link(old, new)
        except FileExistsError:
            raise
        except OSError:  # a file system without a second name for a file
            os.rename(old, new)
        else:
            os.unlink(old)
    elif old.samefile(new):  # in another case, where the system makes no difference
        os.rename(old, new)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(new))
