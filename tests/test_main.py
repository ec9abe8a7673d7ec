"""Where the machine is not ready, one sentence says what to type, whatever is missing and however the tool started."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from typing import TYPE_CHECKING
from unittest.mock import patch

import cffi
import pytest
from openpyxl import Workbook

from booklet.__main__ import CHECKOUT, INSTALLED, MODULE, missing_library, missing_package, run
from booklet.installation import PACKAGE
from tests.samples.commands import ROOT
from tests.samples.marks import long
from tests.samples.sources import imports
from tests.test_dependencies import requirements

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

#: the command that needs a package, where `build` does not
COMMANDS = {"openpyxl": ("costs", "import", "figures.xlsx"), "wcwidth": ("costs",)}


def hide(name: str, folder: Path) -> str:
    """Make a folder of packages that lacks one distribution, and return it as `PYTHONPATH`."""
    hidden = {file.parts[0] for file in distribution(name).files or ()}
    folder.mkdir()
    for found in distribution(name).locate_file("").iterdir():  # type: ignore[attr-defined]  # a Path
        if found.name not in hidden:
            (folder / found.name).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize(
    "name",
    [long(one.name) if number % 6 else one.name for number, one in enumerate(requirements())],
)
def test_any_missing_package_is_one_sentence(unbuilt: Sample, tmp_path: Path, name: str) -> None:
    """Each dependency in turn is not there: the command that needs it says so in one sentence, status 3."""
    Workbook().save(tmp_path / "figures.xlsx")
    ran = subprocess.run(
        [sys.executable, "-S", ROOT / "build.py", "-C", unbuilt.root, *COMMANDS.get(name, ("build",))],
        cwd=tmp_path,
        env={
            "LANG": "C.UTF-8",
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": hide(name, tmp_path / "packages"),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (3, ""), ran.stderr
    assert re.fullmatch(
        r"the Python package `[\w-]+` is missing: type `sh .*run\.sh -C .*`, which .*\n", ran.stderr
    )


@pytest.mark.parametrize(
    ("program", "command"),
    [
        (CHECKOUT, r"`sh \S*run\.sh check`, which installs what is needed and does the work"),
        (INSTALLED, r"`\S+ -m pip check`, which names every package to install"),
        (MODULE, r"`\S+ -m pip check`, which names every package to install"),
    ],
)
def test_what_to_type_depends_on_how_the_tool_was_started(
    program: str, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout has `run.sh`; where the tool is installed, pip names what it needs."""
    monkeypatch.setenv("LANGUAGE", "en")
    with (
        patch("gc.freeze"),
        patch("gc.set_threshold"),
        patch("booklet.cli.main", side_effect=ModuleNotFoundError("…", name="segno.encoder")),
    ):
        assert run(["check"], program) == 3
    assert re.fullmatch(rf"the Python package `segno` is missing: type {command}\n", capsys.readouterr().err)


@pytest.mark.parametrize(("module", "tool"), [(None, "sh run.sh"), ("booklet", "python -m booklet")])
def test_hints_name_the_tool_as_it_was_typed(unbuilt: Sample, module: str | None, tool: str) -> None:
    """Usage and the commands that messages propose begin with what was typed; `run.sh` is how a checkout is used."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    start = ["-m", module] if module else ["build.py"]
    program = f"python -m {module}" if module else "build.py"

    def start_tool(*arguments: str | Path) -> str:
        command = (sys.executable, *start, "--lang", "en", *arguments)
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
        return ran.stdout + ran.stderr

    assert f"= explain: {tool} explain M103" in start_tool("-C", unbuilt.root, "check", "--format", "full")
    assert start_tool("explain", "C999").startswith(f"{program}: no rule")
    assert start_tool("chekc").startswith(f"usage: {program} ")


def test_own_import_fault_is_status_4(capsys: pytest.CaptureFixture[str]) -> None:
    """An import of our own that fails keeps its traceback and is a fault of ours, not of the machine."""
    with (
        patch("gc.freeze"),
        patch("gc.set_threshold"),
        patch("booklet.cli.main", side_effect=ModuleNotFoundError("…", name="booklet.gone")),
    ):
        assert run(["check"], CHECKOUT) == 4
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en_US.UTF-8",
            r"the Python package `\w+` is missing: type `sh run\.sh check 'a b'`, which installs .*\n",
        ),
        (
            "fr_FR.UTF-8",
            r"le paquet Python « \w+ » manque : tapez « sh run\.sh check 'a b' », qui installe .*\n",
        ),
    ],
)
def test_missing_package_is_one_sentence(language: str, sentence: str) -> None:
    """Without its packages, `build.py` says the one command to type and exits with status 3."""
    run = subprocess.run(
        [sys.executable, "-S", "build.py", "check", "a b"],
        cwd=ROOT,
        env={"LANG": language, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 3
    assert re.fullmatch(sentence, run.stderr), run.stderr
    assert run.stdout == ""


def test_refusal_that_cannot_be_written_is_no_traceback() -> None:
    """Where the stream of errors is full or closed, the status still says that the machine is not ready."""
    code = "import sys; from booklet import __main__ as m; m.OLDEST_PYTHON = (99,); sys.exit(m.run([], 'booklet'))"
    for redirection in ("2>/dev/full", "2>&-"):
        ran = subprocess.run(
            ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-c", code], cwd=ROOT, check=False
        )
        assert ran.returncode == 3


def test_missing_library_is_recognised() -> None:
    """The failure of cffi to load a native library is told from every other failure of the system."""
    with pytest.raises(OSError, match="cannot load library") as failure:
        cffi.FFI().dlopen("libpango-of-nowhere.so.0")
    assert missing_library(failure.value) == "libpango-of-nowhere.so.0"
    assert missing_library(FileNotFoundError(2, "No such file or directory", "proposals")) is None


def test_own_import_fault_is_not_hidden() -> None:
    """An import of our own that fails keeps its traceback: installing would not help."""
    assert missing_package(ModuleNotFoundError("…", name="yaml.cyaml")) == "yaml"
    assert missing_package(ModuleNotFoundError("…", name="booklet.gone")) is None
    assert missing_package(ImportError("…")) is None


def test_launcher_is_read_by_old_python() -> None:
    """Python 3.7 can read `build.py` and what it imports, so that it can say which Python is needed."""
    for path in (ROOT / "build.py", PACKAGE / "__init__.py", PACKAGE / "__main__.py"):
        assert ast.parse(path.read_text("utf-8"), feature_version=(3, 7))
    assert {name for _, name in imports(ROOT / "build.py")} == {"sys", "booklet.__main__"}
    assert {name for _, name in imports(PACKAGE / "__main__.py")} == {
        *("__future__", "gc", "os", "shlex", "signal", "sys", "traceback"),
        "booklet.cli",
    }
