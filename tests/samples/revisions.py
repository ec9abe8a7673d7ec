"""Workspaces under git: commit states of a workspace, and compare them as `diff` does."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from booklet.diff.states import compare_states, read_state
from tests.samples.workspace import Sample, write_small

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.diff.difference import Difference
    from booklet.diff.snapshot import SavedCosts

AUTHOR = ("-c", "user.name=Essai", "-c", "user.email=essai@example.org", "-c", "commit.gpgsign=false")


def git(root: Path, *arguments: str, given: bytes = b"") -> str:
    """Run git in a folder, and return what it prints."""
    ran = subprocess.run(["git", "-C", str(root), *arguments], input=given, capture_output=True, check=True)
    return ran.stdout.decode().strip()


def commit(root: Path, message: str) -> str:
    """Commit everything below a folder, and name the commit."""
    git(root, "add", "--all", ".")
    git(root, *AUTHOR, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD")


def write_repository(root: Path) -> Sample:
    """Write the small workspace as the first commit of a repository, under the tag `first`."""
    sample = write_small(root)
    git(root, "init", "--quiet")
    commit(root, "first")
    git(root, "tag", "first")
    return sample


def costs_of(root: Path) -> SavedCosts:
    """The costs of the working tree of a workspace."""
    return read_state(root, None).costs


def difference_of(root: Path, before: str, after: str | None = None) -> Difference:
    """Compare two revisions, or a revision with the working tree."""
    return compare_states(root, before, after).difference


def is_empty(difference: Difference) -> bool:
    """Whether a difference has nothing to report: no proposal, source, parameter or frame changed."""
    changed = (difference.changes, difference.drafts, difference.unread, difference.changed_sources)
    frames = [
        (state.years, state.prices, state.funding_base) for state in (difference.before, difference.after)
    ]
    return not (any(changed) or difference.changed_parameters or frames[0] != frames[1])
