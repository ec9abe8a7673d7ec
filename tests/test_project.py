"""The frame of the project: reading order, declared dependencies, and what a machine that is not ready is told."""

from __future__ import annotations

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cffi
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "booklet"

#: third-party modules that are imported by themselves but belong to what another declared package pins exactly
BROUGHT_BY = {"pydantic_core": "pydantic", "dask": "distributed"}
#: the one module that imports what an extra brings, when it is asked for
OPTIONAL = dict.fromkeys((PACKAGE / "pipeline" / "cluster").glob("*.py"), "cluster")


def python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """List every import of a file, those inside functions too, as line and full module name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            assert node.module is not None
            if node.module == "booklet":
                for alias in node.names:
                    yield node.lineno, f"booklet.{alias.name}"
            else:
                yield node.lineno, node.module


def third_party(files: list[Path]) -> set[str]:
    names = {name.partition(".")[0] for path in files for _, name in imports(path)}
    return (
        names
        - set(sys.stdlib_module_names)
        - {"booklet", "build", "benchmarks", "tests"}
        - {path.stem for path in files if path.parent == ROOT / "benchmarks"}
    )


def declared(extra: str | None = None) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in requirements}


def distributions_of(module: str) -> set[str]:
    if module in BROUGHT_BY:
        return {BROUGHT_BY[module]}
    return {name.lower().replace("_", "-") for name in packages_distributions().get(module, ())}


def test_import_contracts_hold() -> None:
    """A folder imports only those below it, and checking loads no renderer (`[tool.importlinter]`)."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "2 kept, 0 broken" in run.stdout


def test_house_has_few_names_in_each_room() -> None:
    """At most 25 names at the top of the package, 32 files in a folder."""
    folders = {path.parent for path in python_files(PACKAGE)}
    assert len({path.relative_to(PACKAGE).parts[0] for path in python_files(PACKAGE)}) <= 25
    assert {folder: n for folder in folders if (n := len(list(folder.glob("*.py")))) > 32} == {}


@pytest.mark.parametrize("folder", ["booklet", "tests", "benchmarks"])
def test_no_module_is_a_drawer(folder: str) -> None:
    """No file is named after the fact that its content had no better place."""
    drawers = {"utils", "util", "helpers", "helper", "common", "core", "misc", "shared"}
    assert [path for path in python_files(ROOT / folder) if drawers & set(path.stem.split("_"))] == []


def test_every_test_states_a_behaviour() -> None:
    """Every test function has a docstring of its own."""
    silent = [
        f"{path.name}: {node.name}"
        for path in python_files(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_import_is_declared() -> None:
    """What the package imports is declared; extras are imported in one place; tests and benchmarks add their own."""
    for files, allowed in (
        ([path for path in python_files(PACKAGE) if path not in OPTIONAL], declared()),
        *(([path], declared() | declared(extra)) for path, extra in OPTIONAL.items()),
        (python_files(ROOT / "tests") + python_files(ROOT / "templates"), declared() | declared("dev")),
        (python_files(ROOT / "benchmarks"), declared() | declared("bench")),
    ):
        undeclared = {name for name in third_party(files) if not (distributions_of(name) or {name}) & allowed}
        assert undeclared == set()


def test_every_dependency_is_imported() -> None:
    """No dependency is declared that the package does not import."""
    used = {name for module in third_party(python_files(PACKAGE)) for name in distributions_of(module)}
    assert declared() - used == set()


def test_every_dependency_has_its_reason() -> None:
    """The page on architecture names every declared dependency."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8").lower()
    assert {name for name in declared() if f"`{name}`" not in page} == set()


def test_check_does_not_load_the_renderer() -> None:
    """`check` reads and reports without loading WeasyPrint, pikepdf or the templates."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "build.py", "check", "--format", "concise"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    loaded = set(re.findall(r"^import time:.*\| +([\w.]+)$", run.stderr, re.MULTILINE))
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    assert "booklet.content.workspace" in loaded
    assert loaded & {"weasyprint", "pikepdf", "jinja2"} == set()


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


def test_missing_library_is_recognised() -> None:
    """The failure of cffi to load a native library is told from every other failure of the system."""
    missing_library = script()["missing_library"]
    with pytest.raises(OSError, match="cannot load library") as failure:
        cffi.FFI().dlopen("libpango-of-nowhere.so.0")
    assert missing_library(failure.value) == "libpango-of-nowhere.so.0"
    assert missing_library(FileNotFoundError(2, "No such file or directory", "proposals")) is None


def test_own_import_fault_is_not_hidden() -> None:
    """An import of our own that fails keeps its traceback: installing would not help."""
    missing_package = script()["missing_package"]
    assert missing_package(ModuleNotFoundError("…", name="yaml.cyaml")) == "yaml"
    assert missing_package(ModuleNotFoundError("…", name="booklet.gone")) is None
    assert missing_package(ImportError("…")) is None


def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "build.py"), run_name="build")


def test_build_script_is_read_by_old_python() -> None:
    """Python 3.7 can read `build.py`, so that it can say which Python is needed."""
    text = (ROOT / "build.py").read_text("utf-8")
    assert ast.parse(text, feature_version=(3, 7))
    assert {name for _, name in imports(ROOT / "build.py")} == {
        "gc",
        "__future__",
        "os",
        "shlex",
        "sys",
        "booklet.cli",
    }


#: what stands on a bare Debian beside a shell, as far as run.sh uses it
BARE_TOOLS = ("cat", "cksum", "dirname", "env", "grep", "sed", "tr", "uname")


def bare_machine(folder: Path, user: int, *, has_apt: bool = True) -> dict[str, str]:
    """Make a machine without Python, Pango or sudo, where apt knows everything and installs nothing."""
    programs = folder / "bin"
    programs.mkdir()
    for tool in BARE_TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (programs / tool).symlink_to(found)
    scripts = {"id": f"echo {user}"}
    if has_apt:
        scripts |= {
            "dpkg-query": "exit 1",
            "apt-cache": "echo '  Candidate: 3.11.2-1'",
            "apt-get": f'echo "$@" >> {folder}/apt.log; [ "$1" = update ]',
        }
    for name, body in scripts.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    return {"PATH": str(programs), "LANG": "C"}


def run_script(
    folder: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh")
    assert shell is not None
    shutil.copy(ROOT / "run.sh", folder)
    return subprocess.run(
        [shell, str(folder / "run.sh"), *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_run_asks_for_what_is_missing(tmp_path: Path) -> None:
    """As root, run.sh installs exactly the missing packages, and says which when apt cannot; status 3."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=0))
    wanted = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 python3 python3-venv"
    assert (tmp_path / "apt.log").read_text().splitlines() == [
        "update -qq",
        f"install -y -qq --no-install-recommends {wanted}",
    ]
    assert run.returncode == 3
    assert run.stderr.splitlines()[-1] == f"these system packages could not be installed: {wanted}"


def test_run_names_the_command_without_root(tmp_path: Path) -> None:
    """Without root and sudo, run.sh says what root must type and touches nothing."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=1000) | {"LANG": "fr_FR.UTF-8"}, "test")
    assert run.returncode == 3
    assert (
        "en tant que root, tapez « apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 qpdf "
        in run.stderr
    )
    assert not (tmp_path / "apt.log").exists()
    assert not (tmp_path / ".venv").exists()


def test_run_without_apt_says_what_python_is_needed(tmp_path: Path) -> None:
    """Where apt does not rule and no Python will do, run.sh says which one is needed; status 3."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=0, has_apt=False))
    assert run.returncode == 3
    assert re.fullmatch(r"Python 3\.11 or later is needed.*\n", run.stderr), run.stderr


def test_scripts_are_executable_and_portable() -> None:
    """run.sh is plain POSIX shell without a syntax fault; both scripts can be executed and keep LF line ends."""
    for name, shell in (("run.sh", "sh"), (".ci/run", "bash")):
        path = ROOT / name
        assert os.access(path, os.X_OK)
        assert b"\r" not in path.read_bytes()
        assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0


@pytest.mark.parametrize(
    "page",
    ["README.md", "CONTRIBUTING.md", "docs/guide-fr.md", "docs/architecture.md", "docs/performance.md"],
)
def test_links_of_the_pages_lead_somewhere(page: str) -> None:
    """Every relative link and image of the documentation names a file that exists."""
    text = (ROOT / page).read_text("utf-8")
    prose = re.sub(r"`[^`\n]*`", "", text)
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)", prose) if ":" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "docs/guide-fr.md"])
def test_documented_commands_exist(page: str) -> None:
    """Every command that the pages show is one that the program knows."""
    text = (ROOT / page).read_text("utf-8")
    commands = set(re.findall(r"(?:sh run\.sh|python build\.py) ([a-z]+)", text)) - {"test", "setup"}
    assert commands
    for command in sorted(commands):
        run = subprocess.run(
            [sys.executable, "build.py", command, "--help"],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (command, run.returncode) == (command, 0)
