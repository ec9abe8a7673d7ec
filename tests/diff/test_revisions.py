"""A revision is read as it was committed, whatever its names and links, and nothing of it is checked out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.limits import TABLE_BYTES
from booklet.diff import revisions
from booklet.diff.formats import DIFFERENCE_FORMATS
from booklet.diff.git import run_git
from booklet.diff.revisions import NoSuchState, extract_revision, read_tree
from booklet.diff.states import compare_states, note_faults, read_state
from booklet.text.language import ENGLISH
from tests.samples.commands import run
from tests.samples.revisions import commit, difference_of, git, is_empty, write_repository
from tests.samples.workspace import digests, write_small


def test_a_revision_is_what_was_committed(tmp_path: Path) -> None:
    """The folder of a revision holds the committed bytes, and is gone when the block ends."""
    sample = write_repository(tmp_path)
    committed = digests(sample.root / "proposals")
    sample.edit("mobilite/armoires.yaml", "quantity: 10", "quantity: 12")
    with extract_revision(sample.root, "first") as folder:
        assert digests(folder / "proposals") == committed
    assert not folder.exists()


def test_the_working_tree_and_the_repository_stay_as_they_are(tmp_path: Path) -> None:
    """Comparing two revisions changes no file of the workspace and none of git's."""
    sample = write_repository(tmp_path)
    sample.edit("mobilite/armoires.yaml", "quantity: 10", "quantity: 12")
    before = digests(tmp_path)
    assert is_empty(difference_of(sample.root, "first", "HEAD"))
    assert difference_of(sample.root, "first").total == 24_000
    assert digests(tmp_path) == before


def test_a_workspace_may_be_a_folder_of_the_repository(tmp_path: Path) -> None:
    """A workspace below the top of the repository is compared with its own past, not with another's."""
    write_small(tmp_path)
    inner = write_repository(tmp_path / "é (essai)").root
    (inner / ".git").rename(tmp_path / ".git")
    git(tmp_path, "rm", "-r", "--quiet", "--cached", ".")
    commit(tmp_path, "both")
    (tmp_path / "proposals" / "mobilite" / "feux.yaml").unlink()
    assert is_empty(difference_of(inner, "HEAD"))
    assert len(difference_of(tmp_path, "HEAD").changes) == 1


def test_any_file_name_is_read(tmp_path: Path) -> None:
    """Names with spaces, quotes, line ends, dashes or bytes of no encoding are read as they are."""
    root = write_repository(tmp_path).root
    names = [
        b"a b.txt",
        b"\"q'.txt",
        b"line\nend.txt",
        b"-rf",
        "été 😀.txt".encode(),
        b"\xff\xfe.txt",
        b"*?[.txt",
    ]
    for name in names:
        Path(os.fsdecode(os.fsencode(root / "proposals") + b"/" + name)).write_bytes(name)
    commit(root, "names")
    contents = read_tree(root, "HEAD")
    assert [contents[os.fsdecode(name)] for name in names] == names


def test_links_do_not_leave_the_revision(tmp_path: Path) -> None:
    """A link to a file of the revision is that file; a link out of it, to nowhere or to itself is left out."""
    root = write_repository(tmp_path / "workspace").root
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret", "utf-8")
    folder = root / "proposals" / "ecologie"
    (folder / "copie.yaml").symlink_to("../mobilite/feux.yaml")
    for name, target in (
        ("out", secret),
        ("up", "../../../secret.yaml"),
        ("loop", "loop.yaml"),
        ("gone", "no"),
    ):
        (folder / f"{name}.yaml").symlink_to(target)
    commit(root, "links")
    contents = read_tree(root, "HEAD")
    assert contents["ecologie/copie.yaml"] == contents["mobilite/feux.yaml"]
    assert not {f"ecologie/{name}.yaml" for name in ("out", "up", "loop", "gone")} & contents.keys()


def test_files_are_bounded_as_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than any may be is not read, and is told as one of the folder; too many bytes are refused."""
    root = write_repository(tmp_path).root
    with (root / "proposals" / "mobilite" / "feux.yaml").open("wb") as file:
        file.truncate(TABLE_BYTES + 1)
    commit(root, "large")
    assert read_tree(root, "HEAD")["mobilite/feux.yaml"] == TABLE_BYTES + 1
    with extract_revision(root, "HEAD") as folder:
        assert "Y105" in run("-C", str(folder), "check").out
    monkeypatch.setattr(revisions, "REVISION_BYTES", 1_000)
    with pytest.raises(NoSuchState, match="more than 1000 bytes"):
        read_tree(root, "HEAD")


def test_git_of_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever `PATH` says, a program that lies where the user stands may be a stranger's."""
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\necho ran >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert b"git version" in run_git(tmp_path, "--version")


def test_a_forged_tree_writes_nothing_outside(tmp_path: Path) -> None:
    """Entries that no honest git makes, such as `..`, are left out."""
    root = write_repository(tmp_path).root
    blob = git(root, "hash-object", "-w", "--stdin", given=b"evil")
    inner = git(
        root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin",
        given=b"100644 ..\0" + bytes.fromhex(blob) + b"100644 kept.txt\0" + bytes.fromhex(blob),
    )  # fmt: skip
    outer = git(root, "mktree", given=f"040000 tree {inner}\tproposals\n".encode())
    forged = git(
        root, "-c", "user.name=e", "-c", "user.email=e@example.org", "commit-tree", outer, "-m", "forged"
    )
    assert read_tree(root, forged) == {"kept.txt": b"evil"}


@pytest.mark.parametrize("revision", ["nowhere", "", "--all", "-", "HEAD:proposals", "first..HEAD", "a\0b"])
def test_a_word_that_names_no_revision_is_refused(revision: str, tmp_path: Path) -> None:
    """What is not a commit is wrong usage, said in one sentence; no option reaches git."""
    root = write_repository(tmp_path).root
    with pytest.raises(NoSuchState) as refused:
        read_tree(root, revision)
    assert "\n" not in str(refused.value)


def test_a_revision_without_proposals_is_refused(tmp_path: Path) -> None:
    """A commit made before there were proposals is told by the folder that it lacks."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "README").write_text("essai", "utf-8")
    commit(tmp_path, "empty")
    with pytest.raises(NoSuchState, match="has no folder `proposals/`"):
        read_tree(tmp_path, "HEAD")


def test_a_folder_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a repository, and on a machine without git, one sentence says what to compare instead."""
    root = write_small(tmp_path).root
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(BuildError, match="no git repository: compare two saved files"):
        read_tree(root, "HEAD")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="git is not installed"):
        read_tree(root, "HEAD")


def test_a_state_with_faults_says_so(tmp_path: Path) -> None:
    """A revision whose content has errors is compared as far as it goes, and the count of errors is told."""
    sample = write_repository(tmp_path)
    sample.edit("mobilite/armoires.yaml", "owner: ville", "owner: personne")
    commit(sample.root, "faulty")
    sound, faulty = (read_state(sample.root, word) for word in ("first", "HEAD"))
    assert [str(note) for note in note_faults(sound, faulty)] == [
        "errors in the content of HEAD: 1; this compares what could be read"
    ]


def test_saved_files_stand_for_revisions(tmp_path: Path) -> None:
    """Two saved files give the difference that their revisions give; a file that is none is wrong usage."""
    sample = write_repository(tmp_path / "workspace")
    sample.edit("mobilite/armoires.yaml", "quantity: 10", "quantity: 12")
    compared = compare_states(sample.root, "first", None)
    compared.save(tmp_path / "saved")
    words = [str(tmp_path / "saved" / f"{name}.json") for name in ("before", "after")]
    again = compare_states(tmp_path, words[0], words[1])
    for format in DIFFERENCE_FORMATS.values():
        assert format.write(again, ENGLISH) == format.write(compared, ENGLISH)
    (tmp_path / "c.json").write_text("{}", "utf-8")
    for name in ("c", "nowhere"):
        with pytest.raises(NoSuchState):
            read_state(sample.root, str(tmp_path / f"{name}.json"))
