"""Releases that many tests read: each is built once in a session, whichever process of pytest-xdist asks first."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from booklet.cache.store_key import VARIABLE
from booklet.commands.session import STORE_FOLDER
from tests.samples.claims import write_claims
from tests.samples.commands import run
from tests.samples.excerpt import PUBLISHED, write_excerpt
from tests.samples.sources import COLLECTED
from tests.samples.stress import CASES, RELEASED, write_cases
from tests.samples.workspace import Sample, write_photographed, write_small

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: the files that take longest, which would otherwise end alone when the other processes are done
LONGEST = (
    *(
        "test_press.py",
        "test_booklets.py",
        "test_build.py",
        "test_executor.py",
        "test_verapdf.py",
        "test_main.py",
    ),
    *("test_wheel.py", "test_editions.py", "test_pool.py", "test_import_workbook.py", "test_chapters.py"),
)

# as the launcher does: looking for garbage every few objects is a tenth of a layout
gc.set_threshold(200_000, 50, 50)

# a store is believed by who has its key: one that is kept between runs needs one that is
os.environ[VARIABLE] = "tests"

# A busy machine is slow, not wrong, so no example has a deadline; CI judges a change by the same examples each time.
# `--hypothesis-profile=long` looks further (`.ci/long`).
settings.register_profile("default", deadline=None, max_examples=10, derandomize=bool(os.environ.get("CI")))
settings.register_profile("long", deadline=None, max_examples=300)
settings.register_profile("fuzz", deadline=None, max_examples=2_500)
settings.load_profile("default")


def _make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Fill a folder that the processes of one session share; a lock makes the others wait."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / f"{name}.made").exists():
            folder.mkdir()
            make(folder)
            (shared / f"{name}.made").touch()
    return folder


def _build(root: Path) -> None:
    ran = run("-C", str(root), "build")
    assert ran.status == 0, ran.err


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Sample:
    """Part of the published example, built: for reading only. Its store is kept between a developer's runs."""
    published = pytestconfig.getoption("published")
    kept = pytestconfig.cache.mkdir("booklet-store") / ("published" if published else "excerpt")

    def make(root: Path) -> None:
        store = root / STORE_FOLDER
        if kept.is_dir():
            shutil.copytree(kept, store)
        if published:
            shutil.copytree(PUBLISHED, root / "proposals")
        else:
            write_excerpt(root)
        _build(root)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(store, kept)

    return Sample(_make_once(tmp_path_factory, "example", make))


@pytest.fixture(scope="session")
def built_small(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The small workspace, built: for reading only."""

    def make(root: Path) -> None:
        _build(write_small(root).root)

    return Sample(_make_once(tmp_path_factory, "small", make))


@pytest.fixture(scope="session")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Proposals of every size, previewed, with the report on them, and a release of two: for reading only."""

    def make(root: Path) -> None:
        sample = write_cases(root)
        ran = sample.run("build", "--preview", *CASES, "--lang", "en")
        assert ran.status == 0, ran.err
        (root / "said").write_text(ran.err, "utf-8")
        for id in set(CASES) - RELEASED:
            sample.proposal(id).unlink()
        _build(root)

    return Sample(_make_once(tmp_path_factory, "stressed", make))


@pytest.fixture
def small(built_small: Sample, tmp_path: Path) -> Sample:
    """A copy of the small workspace, built and with its store, free to be changed."""
    root = tmp_path / "workspace"
    shutil.copytree(built_small.root, root, symlinks=True)
    return Sample(root)


@pytest.fixture
def unbuilt(built_small: Sample, tmp_path: Path) -> Sample:
    """The small workspace without a release; its pages are in the store, so that only what a test edits is laid out."""
    sample = write_small(tmp_path / "workspace")
    shutil.copytree(built_small.root / STORE_FOLDER, sample.root / STORE_FOLDER)
    return sample


@pytest.fixture
def bare(tmp_path: Path) -> Sample:
    """The small workspace as a fresh clone is: neither release nor store."""
    return write_small(tmp_path / "workspace")


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory, built_small: Sample) -> Sample:
    """The small workspace with a printer and two photographs, built and printed: for reading only."""

    def make(root: Path) -> None:
        write_photographed(root)
        shutil.copytree(built_small.root / STORE_FOLDER, root / STORE_FOLDER)
        _build(root)
        ran = run("-C", str(root), "print", "--copies", "5")
        assert ran.status == 0, ran.err

    return Sample(_make_once(tmp_path_factory, "printed", make))


@pytest.fixture(scope="session")
def claimed(tmp_path_factory: pytest.TempPathFactory, built_small: Sample) -> Sample:
    """The small workspace with every kind of picture, list and character that is printed, built: for reading only."""

    def make(root: Path) -> None:
        write_claims(root)
        shutil.copytree(built_small.root / STORE_FOLDER, root / STORE_FOLDER)
        _build(root)

    return Sample(_make_once(tmp_path_factory, "claimed", make))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let long runs read the whole example."""
    parser.addoption("--published", action="store_true", help="the whole example in place of an excerpt")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest files."""
    config.stash[COLLECTED] = frozenset(item.path for item in items)
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))
