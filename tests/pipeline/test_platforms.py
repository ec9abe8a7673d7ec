"""On Windows without Pango, all commands work but those that lay pages out, which name what to install."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import ROOT, run_process
from tests.samples.marks import long

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

#: run by every interpreter that is started, workers too: takes away what Windows lacks; native libraries do not load
WINDOWS = """\
import os, signal, subprocess, sys, types
import cffi

sys.modules["fcntl"] = None
sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=lambda handle, mode, length: None)
del signal.pthread_sigmask, os.copy_file_range, os.pread, os.pwrite, os.sched_getaffinity

def refuse(self, name, flags=0):
    raise OSError(f"cannot load library '{name}': error 0x7e")

cffi.FFI.dlopen = refuse
"""
#: besides: not even the package is there
WITHOUT_WEASYPRINT = 'sys.modules["weasyprint"] = None\n'


def write_site(folder: Path, text: str) -> dict[str, str]:
    """Write what an interpreter runs when it starts, and return the environment that makes it do so."""
    (folder / "sitecustomize.py").write_text(text, "utf-8")
    return {"PYTHONPATH": f"{folder}:{ROOT}"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        long(("costs", "--format", "csv")),
        long(("why", "total")),
        ("new", "Planter des haies", "-d", "ecologie"),
        long(("schema", "proposal")),
        ("diff", "before.json"),
        long(("clean",)),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_that_lay_nothing_out(unbuilt: Sample, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Without `fcntl` and WeasyPrint, checking, costing and writing commands do what they always do."""
    environment = write_site(tmp_path, WINDOWS + WITHOUT_WEASYPRINT)
    if "diff" in arguments:
        (unbuilt.root / "before.json").write_text(unbuilt.run("costs", "--format", "json").out, "utf-8")
    ran = run_process("-C", str(unbuilt.root), *arguments, cwd=unbuilt.root, environment=environment)
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize(("language", "word"), [("en", "or work in WSL"), long("fr", "WSL")])
def test_build_names_what_to_install(unbuilt: Sample, tmp_path: Path, language: str, word: str) -> None:
    """Without Pango, `build` says in one sentence what to install, and leaves nothing behind."""
    environment = write_site(tmp_path, WINDOWS)
    ran = run_process(
        "-C",
        str(unbuilt.root),
        "--lang",
        language,
        "build",
        "--no-store",
        "--jobs",
        "1",
        environment=environment,
    )
    assert ran.status == 3, ran.err
    assert ran.err.count("\n") == 1
    assert "MSYS2" in ran.err and "mingw-w64-ucrt-x86_64-pango" in ran.err and word in ran.err
    assert not list(unbuilt.root.glob(".dist-*"))
