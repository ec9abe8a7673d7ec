"""The wheel holds all that the tool reads, and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.samples.commands import ROOT
from tests.samples.workspace import LISTS, write_small


def call(*command: str | Path, cwd: Path) -> str:
    """Run a program that must succeed, with nothing of this terminal's settings, and return what it printed."""
    run = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(cwd)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built by the backend of this environment, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that holds the wheel, beside the libraries of this environment."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    libraries = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    Path(paths["purelib"], "libraries.pth").write_text("\n".join(sorted(libraries)), "utf-8")
    programs = Path(paths["scripts"])
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    call(*pip, "install", "--no-index", "--no-deps", "--no-compile", wheel, cwd=home)
    return programs


def test_wheel_holds_all_that_is_read(wheel: Path) -> None:
    """Templates, fonts, the law and the compiled catalogue are in the wheel, and nothing of the checkout besides."""
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = [
        path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".css", ".ttf", ".po")
    ]
    law = [f"booklet/law/fr/{path.name}" for path in (ROOT / "booklet" / "law" / "fr").iterdir()]
    assert templates and law
    assert names >= {f"booklet/{path.relative_to(ROOT).as_posix()}" for path in templates} | set(law)
    assert "booklet/templates/locale/fr/LC_MESSAGES/booklet.mo" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"booklet", "costed_booklet"}


def test_installed_command_builds_booklets(programs: Path, tmp_path: Path) -> None:
    """`booklet build` makes the booklet of each list from a workspace that has only `proposals/`."""
    workspace = write_small(tmp_path / "workspace").root
    two = "".join(LISTS.splitlines(keepends=True)[:2])
    (workspace / "proposals" / "lists.yaml").write_text(two, "utf-8")
    call(programs / "booklet", "build", cwd=workspace)
    assert len(list((workspace / "dist").glob("*/*.pdf"))) == 2
    call(programs / "booklet", "verify", "dist", cwd=workspace)


def test_installed_module_speaks_french(programs: Path, tmp_path: Path) -> None:
    """`python -m booklet` is the same command, reads its own files."""
    where = call(programs / "python", "-c", "import booklet; print(booklet.__file__)", cwd=tmp_path)
    assert where.startswith(str(programs.parent))
    explained = call(programs / "python", "-m", "booklet", "explain", "C103", "--lang", "fr", cwd=tmp_path)
    assert "Une somme tombe dans un mois" in explained
