"""Proposals that two processes examine: the same findings in the same order, whatever happens to the second one."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from benchmarks.booklets import Size, write_workspace
from booklet.checks.context import Context
from booklet.checks.engine import check_proposal
from booklet.checks.incremental import CachedProposal, pack
from booklet.content.workspace import Folder
from booklet.law.lookup import law_of
from booklet.pipeline.bounds import in_child
from booklet.pipeline.two_processes import examine_in_two

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process is copied on Linux only")


def examine(folder: Folder, context: Context, path: str) -> CachedProposal:
    """Examine a proposal as a check does."""
    document, faults = folder.read_one(path)
    references = document.cross_references if document else None
    return CachedProposal(None, references, check_proposal(document, faults, context))


def end_by_signal() -> None:
    """End this process as the system does where memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    """Fail as a fault of ours does."""
    raise ZeroDivisionError("essai")


def go_on() -> None:
    """Go on."""


def examine_both_ways(mishap: Callable[[], None], root: Path) -> tuple[bool, int, int]:
    """Whether two processes found what one finds, how many proposals there are, how many the first one examined."""
    first, examined, folder = os.getpid(), 0, Folder(root)
    context = Context(folder.frame, None, law_of(folder.frame))

    def examine_or_end(path: str) -> CachedProposal:
        nonlocal examined
        if os.getpid() == first:
            examined += 1
        else:
            mishap()
        return examine(folder, context, path)

    one = {path: examine(folder, context, path) for path in folder.proposals}
    two = examine_in_two(folder.proposals, examine_or_end, enough=2)
    return pack("", two) == pack("", one), len(one), examined


@pytest.mark.parametrize(("mishap", "alone"), [(go_on, False), (end_by_signal, True), (fail, True)])
def test_two_processes_find_what_one_finds(mishap: Callable[[], None], alone: bool, tmp_path: Path) -> None:
    """The findings and their order are those of one process, which examines all where the copy ends or fails."""
    write_workspace(tmp_path, Size(5, 1))
    is_same, proposals, examined = in_child(partial(examine_both_ways, mishap, tmp_path))
    assert is_same
    assert examined == (proposals if alone else proposals - 2)
