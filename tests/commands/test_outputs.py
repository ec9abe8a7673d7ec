"""Outputs that cannot be written: status 3, 1 where `check` found errors; a summary changes nothing."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from typing import IO, TYPE_CHECKING

import pytest

from booklet.cli import COMMANDS, main
from booklet.diagnostics.report import FORMATS
from booklet.diff.formats import DIFFERENCE_FORMATS
from booklet.export.exporters import EXPORTERS
from booklet.why.formats import DERIVATION_FORMATS
from tests.samples.commands import in_process

if TYPE_CHECKING:
    from tests.samples.workspace import Sample

SAVED = ("before.json", "before.json")
#: what prints on the standard output, whose commands are all but those that only write files
PRINTED = (
    *(("check", "--format", name) for name in FORMATS),
    *(("costs", "--format", name) for name in EXPORTERS),
    *(("diff", *SAVED, "--format", name) for name in DIFFERENCE_FORMATS),
    *(("why", "total", "--format", name) for name in DERIVATION_FORMATS),
    *(("explain",), ("explain", "C103"), ("schema",), ("schema", "lists"), ("verify",)),
    *(("build",), ("explain-rebuild",), ("new", "Un essai", "--domain", "ecologie"), ("clean",)),
)
FULL = "build.py: the disk is full: make room, then type the same command again\n"
#: it needs what the small workspace does not have, and would lay everything out
SLOW = {"print"}


@pytest.fixture
def place(small: Sample, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """A built workspace with a saved state, in the current folder."""
    assert small.run("costs", "--format", "json", "-o", str(small.root / SAVED[0])).status == 0
    monkeypatch.chdir(small.root)
    return small


def run_into(out: IO[str], *arguments: str) -> tuple[int, str]:
    """Run a command whose standard output is a stream; returns its status and its complaint."""
    err = io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(("--lang", "en", *arguments), workers=in_process)
    return status, err.getvalue()


def full_device() -> IO[str]:
    """Open what takes nothing."""
    return os.fdopen(os.open("/dev/full", os.O_WRONLY), "w", encoding="utf-8")


def drop(out: IO[str]) -> None:
    """Close a stream that cannot be written."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), out.fileno())
    out.close()


def test_every_command_is_here() -> None:
    """A new command has to be tried with outputs that cannot be written."""
    names = {module.__name__.rpartition(".")[2].replace("_", "-") for module in COMMANDS}
    assert {words[0] for words in PRINTED} == names - SLOW


def test_output_that_is_full_or_closed_is_status_3(place: Sample) -> None:
    """Whatever the command and format, a full output is one sentence; a closed one is for the launcher to pass over."""
    for words in PRINTED:
        full = full_device()
        assert run_into(full, *words) == (3, FULL), words
        drop(full)
    read, write = os.pipe()
    os.close(read)
    closed = os.fdopen(write, "w", encoding="utf-8")
    with pytest.raises(BrokenPipeError):
        run_into(closed, "costs")
    place.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    status, said = run_into(closed, "check")
    assert status == 1 and "Traceback" not in said
    drop(closed)
    full = full_device()
    assert run_into(full, "check") == (1, FULL)
    drop(full)


def test_file_that_cannot_be_written_is_status_3(place: Sample) -> None:
    """A folder or a device in the place of a file, a folder that is not there or is a file: one sentence names it."""
    folder, file = str(place.root), str(place.root / SAVED[0])
    writers: list[tuple[str, ...]] = [("costs", "--format", "xlsx", "-o"), ("diff", *SAVED, "-o")]
    for to in (folder, "/dev/full", f"{folder}/none/x", f"{file}/x"):
        for words in writers:
            ran = place.run("--lang", "en", *words, to)
            assert (ran.status, ran.out) == (3, "") and (to in ran.err or ran.err == FULL), ran.err
    for name, command in (
        ("proposal.schema.json", ["schema"]),
        ("before.json", ["diff", *SAVED, "--save", ".vscode"]),
    ):
        (place.root / ".vscode" / name).mkdir(parents=True)
        ran = place.run("--lang", "en", *command)
        assert ran.status == 3 and f".vscode/{name}`: Is a directory" in ran.err, ran.err
    place.edit("edition.yaml", "domains:", 'domains:\n  idees: {title: Idées, colour: "#1b627d"}')
    for name, command in (
        ("proposals/idees", ["new", "Un essai", "--domain", "idees"]),
        ("saved", ["diff", *SAVED, "--save", "saved"]),
    ):
        (place.root / name).write_text("a file", "utf-8")
        ran = place.run("--lang", "en", *command)
        assert ran.status == 3 and name in ran.err and ran.err.count("\n") == 1, ran.err


@pytest.mark.parametrize("quantity", ["10", "dix"])
def test_summary_never_changes_the_verdict(bare: Sample, quantity: str) -> None:
    """Where the summary of a job cannot be written, `check` says so and ends as it would without one."""
    bare.edit("mobilite/feux.yaml", "quantity: 10", f"quantity: {quantity}")
    for path in ("/dev/full", str(bare.root), f"{bare.root}/none/x", "x" * 300):
        job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": path}
        ran = bare.run("check", "--lang", "en", environment=job)
        assert ran.status == (quantity == "dix")
        assert ran.err.startswith("the summary `") and ran.err.count("\n") == 1, ran.err
