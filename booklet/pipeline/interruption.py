"""Ctrl-C and SIGTERM, delayed where they would do harm, and processes that end with the one that they work for."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


#: the variable that tells a fork server which process it works for
BUILDER = "BOOKLET_BUILDER"
#: Linux, `linux/prctl.h`
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Have the kernel end this process at once when its parent ends, even while it imports a library (Linux).

    Ends it now where the parent is gone already: the kernel would never tell.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)


@contextmanager
def delay_interrupt() -> Iterator[None]:
    """Delay Ctrl-C and SIGTERM until the block ends; a process that is started inside never receives them.

    An extension in C++ that is interrupted while it is loaded crashes the process. On Windows, where signals cannot be
    delayed, they come at once.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
