"""The frame of the project: reading order, names, documentation."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from booklet.installation import PACKAGE
from tests.samples.commands import ROOT, run
from tests.samples.sources import COLLECTED, python_files


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
    """At most 25 names at the top of the package, 32 files in a folder, 350 lines in a module."""
    folders = {path.parent for path in python_files(PACKAGE)}
    assert len({path.relative_to(PACKAGE).parts[0] for path in python_files(PACKAGE)}) <= 25
    assert {folder: n for folder in folders if (n := len(list(folder.glob("*.py")))) > 32} == {}
    modules = python_files(PACKAGE)
    assert {path: n for path in modules if (n := path.read_text("utf-8").count("\n")) > 350} == {}


@pytest.mark.parametrize("folder", ["booklet", "tests", "benchmarks"])
def test_no_module_is_a_drawer(folder: str) -> None:
    """No file is named after the fact that its content had no better place."""
    drawers = {"utils", "util", "helpers", "helper", "common", "core", "misc", "shared"}
    assert [path for path in python_files(ROOT / folder) if drawers & set(path.stem.split("_"))] == []


def test_every_test_file_is_collected(pytestconfig: pytest.Config) -> None:
    """No test file is passed over: for its folder's name, for one of the same name elsewhere, or without a test."""
    if pytestconfig.args_source is pytest.Config.ArgsSource.ARGS:  # part of the tests was asked for
        collect = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "long or not long", "tests")
        ran = subprocess.run(collect, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
        collected = {ROOT / line.partition("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    else:
        collected = {*pytestconfig.stash[COLLECTED]}
    assert set((ROOT / "tests").rglob("test_*.py")) - collected == set()


def test_every_test_states_a_behaviour() -> None:
    """Every test function has a docstring of its own."""
    silent = [
        f"{path.name}: {node.name}"
        for path in python_files(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_docstring_begins_with_a_verb_that_says_nothing() -> None:
    """No docstring begins with "Give", "Hold" or "Tell": the noun says as much, and the field has a verb."""
    files = [file for folder in ("booklet", "tests", "benchmarks") for file in python_files(ROOT / folder)]
    assert [
        str(file) for file in files if re.search(r'"""(Give|Hold|Tell)s? ', file.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    "page",
    ["README.md", "CONTRIBUTING.md"]
    + [f"docs/{name}.md" for name in ("guide-fr", "architecture", "performance", "reliability")],
)
def test_links_of_the_pages_lead_somewhere(page: str) -> None:
    """Every relative link and image of the documentation names a file that exists."""
    text = (ROOT / page).read_text("utf-8")
    prose = re.sub(r"`[^`\n]*`", "", text)
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)", prose) if ":" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/reliability.md"])
def test_promises_are_tested(page: str) -> None:
    """Every test by which a promise is said to be kept is there."""
    paths = re.findall(r"`((?:tests|booklet|benchmarks)/[\w./]+)`", (ROOT / page).read_text("utf-8"))
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "docs/guide-fr.md"])
def test_documented_commands_exist(page: str) -> None:
    """Every command that the pages show is one that the program knows."""
    text = (ROOT / page).read_text("utf-8")
    commands = set(re.findall(r"(?:sh run\.sh|python build\.py) ([a-z]+)", text)) - {"test", "setup"}
    assert commands
    for command in sorted(commands):
        assert run(command, "--help").status == 0, command
