"""Ctrl-C, delayed where it would do harm: while a process is started, while a library is loaded."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def delay_interrupt() -> Iterator[None]:
    """Delay Ctrl-C until the block ends; a process that is started inside never receives it.

    An extension in C++ that is interrupted while it is loaded crashes the process. On Windows, where signals cannot be
    delayed, Ctrl-C comes at once.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
