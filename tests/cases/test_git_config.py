"""A checkout runs nothing through git, whatever its configuration says and wherever its `.git` is (`git-config`)."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

import pytest

from booklet.diagnostics.diagnostic import BuildError
from booklet.diff.git import run_git
from booklet.diff.revisions import read_tree
from tests.samples.commands import ROOT, run
from tests.samples.revisions import AUTHOR, git, write_repository

if TYPE_CHECKING:
    from pathlib import Path

#: every setting that names a command, and what would allow git to fetch through one; COMMAND writes a file
HOSTILE = """
[core]
    fsmonitor = COMMAND
    sshCommand = COMMAND
    gitProxy = COMMAND
    pager = COMMAND
    editor = COMMAND
    askPass = COMMAND
    alternateRefsCommand = COMMAND
    hooksPath = HOOKS
    attributesFile = HOOKS/attributes
[pager]
    cat-file = COMMAND
    ls-tree = COMMAND
    rev-parse = COMMAND
[alias]
    cat-file = !COMMAND
    ls-tree = !COMMAND
    rev-parse = !COMMAND
[diff]
    external = COMMAND
[diff "hostile"]
    command = COMMAND
    textconv = COMMAND
[filter "hostile"]
    smudge = COMMAND
    clean = COMMAND
    process = COMMAND
[gpg]
    program = COMMAND
[credential]
    helper = !COMMAND
[uploadpack]
    packObjectsHook = COMMAND
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[protocol "file"]
    allow = always
[extensions]
    partialClone = origin
[remote "origin"]
    url = URL
    promisor = true
    partialclonefilter = blob:none
    uploadpack = COMMAND
    receivepack = COMMAND
    vcs = VCS
"""


def arm(git_folder: Path, traps: Path, url: str = ".", vcs: str = "") -> Path:
    """Make a repository hostile; returns the file that any of its commands writes."""
    traps.mkdir(exist_ok=True)
    ran, command = traps / "ran", traps / "command"
    command.write_text(f"#!/bin/sh\necho ran >> {ran}\n", "utf-8")
    command.chmod(0o755)
    for hook in ("post-index-change", "post-checkout", "reference-transaction", "pre-auto-gc"):
        shutil.copy(command, traps / hook)
    (traps / "attributes").write_text("* diff=hostile filter=hostile\n", "utf-8")
    text = HOSTILE.replace("COMMAND", str(command)).replace("HOOKS", str(traps)).replace("URL", url)
    config = git_folder / "config"
    lines = text.replace("VCS", vcs) if vcs else text.replace("    vcs = VCS\n", "")
    config.write_text(config.read_text("utf-8") + lines, "utf-8")
    return ran


def lose_a_file(root: Path) -> None:
    """Remove the object of a proposal, so that git would fetch it from elsewhere."""
    blob = git(root, "rev-parse", "first:proposals/mobilite/feux.yaml")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def is_trapped(root: Path, ran: Path, *arguments: str) -> bool:
    """Whether git, asked without our precautions, runs a command of the repository: the trap is one."""
    with suppress(CalledProcessError):
        git(root, *arguments)
    return ran.exists()


def test_no_setting_runs_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Revisions of a hostile repository are read as those of any other, and no command that it names runs."""
    root = write_repository(tmp_path / "checkout").root
    before = read_tree(root, "first")
    ran = arm(root / ".git", tmp_path / "traps")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(tmp_path / "traps" / "command"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    assert read_tree(root, "first") == before
    assert run("-C", str(root), "diff", "first").status == 0
    assert not ran.exists()
    monkeypatch.delenv("GIT_DIR")
    assert is_trapped(root, ran, "status")


@pytest.mark.parametrize(
    ("url", "vcs"),
    [
        (".", ""),
        ("ext::COMMAND", ""),
        ("ssh://localhost/a", ""),
        ("git://localhost/a", ""),
        ("COMMAND", "ext"),
    ],
    ids=["upload-pack", "ext", "ssh", "git", "vcs"],
)
def test_a_missing_object_is_not_fetched(tmp_path: Path, url: str, vcs: str) -> None:
    """An object that only a promising remote has is told as missing; nobody is asked for it."""
    root = write_repository(tmp_path / "checkout").root
    lose_a_file(root)
    ran = arm(root / ".git", tmp_path / "traps", url.replace("COMMAND", str(tmp_path / "traps/command")), vcs)
    with pytest.raises(BuildError, match="git "):
        read_tree(root, "first")
    assert not ran.exists()
    assert is_trapped(root, ran, "cat-file", "-p", "first:proposals/mobilite/feux.yaml")


def test_a_bare_repository_in_the_tree_is_not_asked(tmp_path: Path) -> None:
    """A workspace that is itself a bare repository, as a stranger may commit one, is refused by a sentence."""
    root = write_repository(tmp_path / "checkout").root
    inner = root / "proposals"
    for path in (root / ".git").iterdir():
        path.rename(inner / path.name)
    (inner / "proposals").mkdir()
    (inner / "config").write_text("[core]\n    repositoryformatversion = 0\n    bare = true\n", "utf-8")
    ran = arm(inner, tmp_path / "traps")
    with pytest.raises(BuildError, match=r"safe\.bareRepository"):
        read_tree(inner, "first")
    assert not ran.exists()


def test_a_file_that_names_another_repository_runs_nothing(tmp_path: Path) -> None:
    """`.git` may be a file, as in every worktree: the repository that it names is held as harmless as the others."""
    root = write_repository(tmp_path / "checkout").root
    before = read_tree(root, "first")
    (root / ".git").rename(tmp_path / "elsewhere")
    (root / ".git").write_text("gitdir: ../elsewhere\n", "utf-8")
    ran = arm(tmp_path / "elsewhere", tmp_path / "traps")
    assert read_tree(root, "first") == before
    assert not ran.exists()


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_is_refused(tmp_path: Path) -> None:
    """What git does not trust is not read either, and one sentence says what to compare instead."""
    root = write_repository(tmp_path / "checkout").root
    ran = arm(root / ".git", tmp_path / "traps")
    for path in (root, root / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(BuildError, match="belongs to another user: compare two saved files"):
        read_tree(root, "first")
    assert not ran.exists()


def test_a_configuration_that_never_ends_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that the configuration includes makes git wait: the wait is bounded."""
    root = write_repository(tmp_path / "checkout").root
    os.mkfifo(tmp_path / "pipe")
    with (root / ".git" / "config").open("a", encoding="utf-8") as file:
        file.write(f"[include]\n    path = {tmp_path / 'pipe'}\n")
    monkeypatch.setattr("booklet.diff.git._SECONDS", 0.2)
    with pytest.raises(BuildError, match="git did not answer"):
        run_git(root, "rev-parse", "--git-dir")


def test_a_tree_without_end_is_refused(tmp_path: Path) -> None:
    """A few objects can name a million files, or one large file again and again: what is read is bounded."""
    root = write_repository(tmp_path / "checkout").root
    tree = git(root, "rev-parse", "HEAD:proposals/mobilite")
    for _ in range(24):
        names = f"040000 tree {tree}\t{'a' * 40}\n040000 tree {tree}\t{'b' * 40}\n"
        tree = git(root, "mktree", given=names.encode())
    whole = git(root, "mktree", given=f"040000 tree {tree}\tproposals\n".encode())
    git(root, "tag", "endless", git(root, *AUTHOR, "commit-tree", whole, "-m", "endless"))
    with pytest.raises(BuildError, match=r"more than 32.000.000 bytes"):
        read_tree(root, "endless")


def test_one_function_runs_git() -> None:
    """No other module of the tool starts a process that could be git."""
    users = [path for path in (ROOT / "booklet").rglob("*.py") if "subprocess" in path.read_text("utf-8")]
    assert [path.name for path in users] == ["git.py"]
