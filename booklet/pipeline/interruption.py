"""Ctrl-C, held back where it would tear something: a process that is being started, a library that is being loaded."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def delayed() -> Iterator[None]:
    """Delay Ctrl-C until the block ends; a process that is started inside never receives it.

    An extension in C++ that is interrupted while it is loaded ends the process with a crash. Windows has no such mask:
    Ctrl-C comes at once there.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
