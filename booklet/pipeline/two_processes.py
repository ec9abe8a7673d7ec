"""Many proposals examined by two processes, each half of them: the other is a copy of this one (Linux).

The copy answers in the encoding of the store. Whatever it leaves unanswered, because the system ended it or it met a
fault of ours, is examined here, so that nobody sees more of it than the time it takes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from booklet.checks.incremental import CachedProposal, pack, unpack
from booklet.pipeline.interruption import end_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from booklet.checks.context import CheckedProposal

#: proposals from which on two processes are started: fewer take less than a second
ENOUGH = 200


def examine_in_two(
    paths: Sequence[str], examine: Callable[[str], CachedProposal], enough: int = ENOUGH
) -> dict[str, CachedProposal]:
    """Examine each proposal, in two processes where there are enough of them."""
    if len(paths) < enough or not _can_copy():
        return {path: examine(path) for path in paths}
    first, mine, others = paths[:1], paths[1::2], paths[2::2]
    # what every proposal is held against is read with the first one, for both processes
    found = {path: examine(path) for path in first}
    with _beside(lambda: pack("", {path: examine(path) for path in others})) as answer:
        found |= {path: examine(path) for path in mine}
        with suppress(ValueError):
            found |= unpack(answer(), "")
    return {path: found.get(path) or examine(path) for path in paths}


def check_in_two(paths: Sequence[str], check: Callable[[str], CheckedProposal]) -> dict[str, CheckedProposal]:
    """Check each proposal of a workspace that is in memory."""
    found = examine_in_two(paths, lambda path: CachedProposal(None, None, check(path)))
    return {path: one.checked for path, one in found.items()}


def _can_copy() -> bool:
    """A copy has one thread: what another one held would never be let go."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


@contextmanager
def _beside(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes]]:
    """Have a copy of this process do some work meanwhile; yields what waits for its answer, cut short if it ends."""
    parent = os.getpid()
    receiver, sender = os.pipe()
    try:
        child = os.fork()
    except OSError:  # no more processes, or no memory for one
        os.close(sender)
        with open(receiver, "rb") as file:
            yield file.read
        return
    if not child:
        try:
            end_with(parent)
            result = work()
            with open(sender, "wb") as file:
                file.write(result)
        finally:
            os._exit(0)  # nothing that the parent has opened is closed or flushed a second time
    os.close(sender)
    try:
        with open(receiver, "rb") as file:
            yield file.read
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
