"""`diff` compares revisions, saved files and the working tree, and fails above the ceiling."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import require_refusal, run
from tests.samples.revisions import commit, write_repository
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Sample:
    """The small workspace as the first commit of a repository, under the tag `first`."""
    root = tmp_path / "repository"
    root.mkdir()
    return write_repository(root)


def test_difference_with_the_working_tree(repository: Sample) -> None:
    """Two cabinets more are 24 k€, by their cause; with nothing changed the same command says so: both status 0."""
    same = repository.run("--lang", "en", "diff", "first")
    assert (same.status, same.out) == (0, "The programme costs the same.\n")
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    ran = repository.run("--lang", "en", "diff", "first")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("The programme costs 24\u00a0k€ more")
    assert "quantity: 10 → 12" in ran.out


def test_difference_of_two_revisions(repository: Sample) -> None:
    """Two revisions are compared whatever the working tree holds, and the order decides the sign."""
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    second = commit(repository.root, "second")
    repository.edit("mobilite/feux.yaml", "quantity: 12", "quantity: 1000")
    changes = []
    for revisions in (("first", second), (second, "first")):
        rows = csv.DictReader(io.StringIO(repository.run("diff", *revisions, "--format", "csv").out))
        changes.append(sum(Decimal(row["change"]) for row in rows if row["measure"] == "cost"))
    assert changes == [24_000, -24_000]


def test_difference_of_two_saved_files(repository: Sample, tmp_path: Path) -> None:
    """What `costs --format json --output` saved is compared without any history, and gives what git gives."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    repository.run("costs", "--format", "json", "--output", str(before))
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    repository.run("costs", "--format", "json", "--output", str(after))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    saved = run("--lang", "en", "diff", str(before), str(after), cwd=elsewhere)
    assert saved.status == 0 and saved == repository.run("--lang", "en", "diff", "first")


@pytest.mark.parametrize("format", ["table", "markdown", "json", "csv"])
def test_difference_goes_to_a_file(repository: Sample, tmp_path: Path, format: str) -> None:
    """`--output` holds what would have been printed, in every format."""
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    printed = repository.run("diff", "first", "--format", format)
    file = tmp_path / "difference"
    written = repository.run("diff", "first", "--format", format, "--output", str(file))
    assert (written.status, written.out) == (0, "")
    assert file.read_text("utf-8") == printed.out != ""


def test_saved_states_can_be_compared_again(repository: Sample, tmp_path: Path) -> None:
    """`--save` keeps both states in a folder; compared from there they give the same difference."""
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    kept = tmp_path / "kept"
    first = repository.run("diff", "first", "--save", str(kept))
    states = sorted(path.name for path in kept.iterdir())
    assert len(states) == 2 and first.status == 0
    after, before = (str(kept / name) for name in states)
    assert run("--lang", "fr", "diff", before, after, cwd=tmp_path).out == first.out


def test_an_increase_above_the_ceiling_fails(repository: Sample) -> None:
    """What rises more than `guardrails.increase` is P104 and status 1; the difference is printed all the same."""
    repository.edit("edition.yaml", "letter: |", "guardrails: {increase: 5 %}\nletter: |")
    commit(repository.root, "ceiling")
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 11")
    assert repository.run("diff", "HEAD").status == 0
    repository.edit("mobilite/feux.yaml", "quantity: 11", "quantity: 12")
    ran = repository.run("--lang", "en", "diff", "HEAD")
    assert ran.status == 1 and "24\u00a0k€ more" in ran.out
    held = json.loads(repository.run("diff", "HEAD", "--format", "json").out)
    assert "P104" in json.dumps(held)


def test_without_a_history_saved_files_are_asked_for(unbuilt: Sample) -> None:
    """Outside a repository there is no revision to compare with: one sentence says what to compare instead."""
    ran = unbuilt.run("--lang", "en", "diff", "first")
    assert (ran.status, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "git" in ran.err and "costs --format json" in ran.err


def test_unknown_revision_is_said(repository: Sample) -> None:
    """A revision that git does not know is wrong usage, on either side, and changes nothing in the repository."""
    before = digests(repository.root)
    for revisions in (("nosuch",), ("first", "nosuch")):
        require_refusal(repository.run("--lang", "en", "diff", *revisions), "no revision `nosuch`")
    assert digests(repository.root) == before
