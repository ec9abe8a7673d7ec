"""Declared dependencies are those that are imported, each with its reason, and the locks hold a version of each."""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from booklet.installation import PACKAGE
from tests.samples.commands import ROOT
from tests.samples.sources import imports, python_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
#: lock → the names of what it covers besides the dependencies
LOCKS = {"requirements.lock": ("build",), "requirements-test.lock": ("cluster", "test")}
#: what a lock is installed on: each Python that CI tries, each system that the classifiers name
MACHINES = [
    {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": system}
    for version in ("3.11", "3.12", "3.13", "3.14")
    for system in ("linux", "darwin", "win32")
]
#: third-party modules that are imported by themselves but belong to what another declared package pins exactly
BROUGHT_BY = {"pydantic_core": "pydantic", "dask": "distributed"}
#: the one module that imports what an extra brings, when it is asked for
OPTIONAL = dict.fromkeys((PACKAGE / "pipeline" / "cluster").glob("*.py"), "cluster")


def third_party(files: list[Path]) -> set[str]:
    names = {name.partition(".")[0] for path in files for _, name in imports(path)}
    return (
        names
        - set(sys.stdlib_module_names)
        - {"booklet", "build", "benchmarks", "tests"}
        - {path.stem for path in files if path.parent == ROOT / "benchmarks"}
    )


def requirements(name: str | None = None) -> Iterator[Requirement]:
    """List the dependencies, or what an extra or a group of that name adds to them."""
    project: dict[str, Any] = DECLARED["project"]
    parts = {
        None: project["dependencies"],
        **project["optional-dependencies"],
        **DECLARED["dependency-groups"],
    }
    for entry in parts[name]:
        if isinstance(entry, str):
            yield Requirement(entry)
        else:
            yield from requirements(entry["include-group"])


def declared(name: str | None = None) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in requirements(name)}


@cache  # it reads the files of every installed distribution
def _distributions_by_module() -> Mapping[str, list[str]]:
    return packages_distributions()


def distributions_of(module: str) -> set[str]:
    if module in BROUGHT_BY:
        return {BROUGHT_BY[module]}
    return {name.lower().replace("_", "-") for name in _distributions_by_module().get(module, ())}


def test_every_import_is_declared() -> None:
    """What the package imports is declared; extras are imported in one place; tests and benchmarks add their own."""
    for files, allowed in (
        ([path for path in python_files(PACKAGE) if path not in OPTIONAL], declared()),
        *(([path], declared() | declared(extra)) for path, extra in OPTIONAL.items()),
        (python_files(ROOT / "tests") + python_files(ROOT / "templates"), declared() | declared("test")),
        ([ROOT / "hatch_build.py"], declared() | declared("build")),
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


def locked(lock: str) -> dict[str, list[Requirement]]:
    """Read the versions that a lock holds, by name: one, or several with markers that exclude each other."""
    pins: dict[str, list[Requirement]] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if not line.startswith((" ", "#")):
            pin = Requirement(line.removesuffix("\\"))
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


def applies(requirement: Requirement, machine: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(machine)


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: "-".join(machine.values()))
def test_locks_hold_what_is_declared(lock: str, machine: dict[str, str]) -> None:
    """On every machine, each declared requirement has one locked version, which its range allows."""
    pins = locked(lock)
    unmet = []
    for wanted in (
        one for name in (None, *LOCKS[lock]) for one in requirements(name) if applies(one, machine)
    ):
        found = [pin for pin in pins.get(canonicalize_name(wanted.name), []) if applies(pin, machine)]
        versions = [specifier.version for pin in found for specifier in pin.specifier]
        if len(versions) != 1 or not wanted.specifier.contains(versions[0]):
            unmet.append(f"{wanted}: {versions}")
    assert unmet == []


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_digests_and_no_address(lock: str) -> None:
    """Every locked version has its digests, and no lock says where it comes from."""
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if not re.search(r"\\\n    --hash=sha256:[0-9a-f]{64}", entry)] == []
    assert "://" not in text
    assert re.findall(r"--(?:index-url|extra-index-url|find-links)", text) == []


def test_tests_run_on_the_locked_dependencies() -> None:
    """What is installed to build booklets has the same version when it is tested."""
    assert locked("requirements.lock").items() <= locked("requirements-test.lock").items()
