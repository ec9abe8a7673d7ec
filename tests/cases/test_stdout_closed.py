"""`stdout-closed`: a standard stream that is closed, or cannot be written, is no traceback, whatever the command."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from booklet.cache.store_key import VARIABLE
from booklet.cli import COMMANDS
from tests.samples.commands import BUILD
from tests.samples.marks import long

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

NAMES = tuple(module.__name__.rpartition(".")[2].replace("_", "-") for module in COMMANDS)
#: those that read, write, lay out and start processes; the others are long
OFTEN = ("check", "build", "costs")
#: what is typed after a command that asks for something
TYPED = {
    "diff": ("saved.json", "saved.json"),
    "why": ("total",),
    "new": ("Un essai", "--domain", "ecologie"),
}
#: the small workspace names no printer (N106)
STATUS = {"print": 1}
CLOSED = "<&- >&- 2>&-"


def start(
    root: Path, redirection: str, *arguments: str, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command with its streams closed or sent elsewhere by a shell."""
    return subprocess.run(
        ["sh", "-c", f'{before} exec "$@" {redirection}', "sh", *BUILD, *arguments],
        cwd=root,
        env={"LANG": "C.UTF-8", "PATH": os.environ["PATH"], VARIABLE: os.environ[VARIABLE]},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )


@pytest.mark.parametrize(
    "command", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.long) for name in NAMES]
)
def test_every_command_does_its_work_with_closed_streams(small: Sample, command: str) -> None:
    """A command whose three streams are closed ends as it would with them open."""
    if command == "diff":
        assert small.run("costs", "--format", "json", "-o", str(small.root / "saved.json")).status == 0
    ran = start(small.root, CLOSED, command, *TYPED.get(command, ()))
    assert ran.returncode == STATUS.get(command, 0)


@pytest.mark.parametrize("redirection", [long("<&-"), long(">&-"), "2>&-", ">&- 2>&-"])
def test_faults_are_status_1_with_any_stream_closed(unbuilt: Sample, redirection: str) -> None:
    """Errors of the content are status 1, and what can still be said is said without a traceback."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    ran = start(unbuilt.root, redirection, "check")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ("M103" in ran.stdout) == (">&-" not in redirection.split())


@pytest.mark.parametrize(
    ("redirection", "status"),
    [(">/dev/full", 1), long("2>/dev/full", 1), (">/dev/full 2>/dev/full", 1)],
)
def test_full_streams_are_one_sentence(unbuilt: Sample, redirection: str, status: int) -> None:
    """An output that cannot be written is one sentence, where that can be written; errors stay status 1."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    ran = start(unbuilt.root, redirection, "check")
    assert ran.returncode == status
    assert ran.stderr.count("\n") == (redirection == ">/dev/full") and "Traceback" not in ran.stderr


@pytest.mark.parametrize("buffered", ["", "PYTHONUNBUFFERED=1"])
def test_help_that_cannot_be_written_is_told(tmp_path: Path, buffered: str) -> None:
    """A version or a help that nobody can read is status 3, whether Python keeps it until its end or not."""
    ran = start(tmp_path, ">/dev/full", "--version", before=buffered)
    assert (ran.returncode, ran.stderr.count("\n")) == (3, 1)


def test_a_stream_that_is_for_reading_is_one_sentence(unbuilt: Sample) -> None:
    """An output that was opened for reading has no name to tell, and none is told; nor has an empty `--output`."""
    said = "build.py: the system refused to read or write: "
    ran = start(unbuilt.root, "1< proposals/lists.yaml", "--lang", "en", "check")
    assert ran.returncode == 3 and ran.stderr.startswith(said), ran.stderr
    again = unbuilt.run("--lang", "en", "costs", "--format", "csv", "-o", "")
    assert again.status == 3 and again.err.startswith(said), again.err


def test_a_device_is_written_not_replaced(unbuilt: Sample, tmp_path: Path) -> None:
    """`--output` writes into a pipe or device that exists, and leaves it one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert unbuilt.run("costs", "--format", "csv", "-o", str(pipe)).status == 0
    assert os.read(reader, 10) == b"id,domain," and pipe.is_fifo()
    os.close(reader)
