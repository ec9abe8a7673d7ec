"""Commands in this process say and make what they do in a process of their own, and leave the process as it was."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import run, run_process

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("costs", "--format", "json"),
        ("why", "total"),
        ("explain", "C103"),
        ("build", "--jobs", "x"),
    ],
)
def test_command_says_the_same(unbuilt: Sample, arguments: tuple[str, ...]) -> None:
    """Output and status are those of a process of its own, however often the command is called."""
    root = ("-C", str(unbuilt.root))
    alone = run_process(*root, *arguments)
    assert [run(*root, *arguments) for _ in range(2)] == [alone, alone]


def test_process_is_left_as_it_was(unbuilt: Sample) -> None:
    """Neither garbage collection, the streams nor the environment are changed."""

    def state() -> tuple[object, ...]:
        return gc.isenabled(), gc.get_threshold(), sys.stdout, sys.stderr, dict(os.environ)

    before = state()
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    assert run("-C", str(unbuilt.root), "check").status == 1
    assert run("--help").status == 0
    assert run("chekc").status == 2
    assert state() == before
