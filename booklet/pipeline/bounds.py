"""How much processor time and memory the layout of one fiche may take; beyond it, its worker is ended.

Two clocks run in the worker. At the bound the first, which counts the time of the program, raises an exception, which
Python sees as soon as no library in C holds it; a second later the other, which counts that of the system too, has the
kernel end the process, whatever it does. Memory is bounded by the kernel: an allocation fails, which Python sees, or
which ends the process where a library in C made it. Windows has none of these.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from multiprocessing import parent_process
from typing import TYPE_CHECKING, TypeVar

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.limits import FICHE_MEGABYTES, FICHE_SECONDS
from booklet.diagnostics.message import say
from booklet.pipeline.interruption import end_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from booklet.diagnostics.message import Message

#: seconds from the exception to the end of a process that does not see it
_PATIENCE = 1
Result = TypeVar("Result")


class TimePassed(BaseException):
    """Raised in a worker whose processor time is up; no `except Exception` of a library holds it."""


#: what a future raises whose process ended, or cannot go on
ENDINGS = (TimePassed, MemoryError, BrokenExecutor)


class WorkerEnded(BuildError):
    """Raised in place of the result of work over which its process ended; `reason` is what is said of a fiche."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            say("the system ended a process that lays pages out, for want of memory perhaps: try `--jobs 1`")
        )
        self.reason = _word(error)


def _word(error: BaseException) -> Message:
    if isinstance(error, TimePassed):
        return say("laying it out takes more than {limit} s of processor time", limit=FICHE_SECONDS)
    if isinstance(error, MemoryError):
        return say("laying it out takes more than {limit} MB of memory", limit=FICHE_MEGABYTES)
    return say(
        "laying it out ended its process, which has {seconds} s and {megabytes} MB",
        seconds=FICHE_SECONDS,
        megabytes=FICHE_MEGABYTES,
    )


@contextmanager
def bounded(
    seconds: float = FICHE_SECONDS, megabytes: int = FICHE_MEGABYTES, patience: float = _PATIENCE
) -> Iterator[None]:
    """Bound the block in time and memory where the process is a worker of a pool, which may end."""
    if parent_process() is None:
        yield
        return
    with _bounded_memory(megabytes), _bounded_time(seconds, patience):
        yield


def in_child(
    work: Callable[[], Result],
    seconds: float = FICHE_SECONDS,
    megabytes: int = FICHE_MEGABYTES,
    patience: float = _PATIENCE,
) -> Result:
    """Have a copy of this process do bounded work, for a process that has to go on; without bounds but on Linux.

    Raises `WorkerEnded` where the copy passes its bounds or ends, and what the work raises.
    """
    if sys.platform != "linux":
        return work()
    parent = os.getpid()
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        try:
            end_with(parent)
            outcome: Result | BaseException
            try:
                with _bounded_memory(megabytes), _bounded_time(seconds, patience):
                    outcome = work()
            except BaseException as error:
                outcome = error
            with open(sender, "wb") as file:
                pickle.dump(outcome, file)
        finally:
            os._exit(0)  # nothing that the parent has opened is closed or flushed a second time
    os.close(sender)
    with open(receiver, "rb") as file:
        sent = file.read()
    os.waitpid(child, 0)
    received: Result | BaseException = pickle.loads(sent) if sent else BrokenExecutor()
    if isinstance(received, ENDINGS):
        raise WorkerEnded(received) from received
    if isinstance(received, BaseException):
        raise received
    return received


@contextmanager
def _bounded_time(seconds: float, patience: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return
    is_passed = False

    def pass_time(*_: object) -> None:
        nonlocal is_passed
        is_passed = True
        raise TimePassed

    signal.signal(signal.SIGVTALRM, pass_time)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)  # again where a library holds back the first
    signal.setitimer(signal.ITIMER_PROF, seconds + patience)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if is_passed:  # WeasyPrint leaves out a drawing that raises anything
            raise TimePassed


@contextmanager
def _bounded_memory(megabytes: int) -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))
