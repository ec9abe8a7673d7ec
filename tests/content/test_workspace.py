"""A folder is read whole, whatever one of its files holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from booklet.content.workspace import Workspace, read_workspace
from booklet.diagnostics.diagnostic import BuildError, Severity
from tests.samples.workspace import EDITION, PROPOSAL, write_proposal, write_small

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "proposals"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_small(tmp_path).root


def write(root: Path, path: str, text: str) -> None:
    file = root / FOLDER / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def faults(workspace: Workspace) -> list[tuple[str, str]]:
    """List code and path, below the folder, of what is not mere information."""
    return [
        (d.code, d.span.path.removeprefix(f"{FOLDER}/"))
        for d in workspace.diagnostics
        if d.severity is not Severity.INFORMATION
    ]


def test_a_folder_is_read_in_order_of_path(root: Path) -> None:
    """Proposals come in order of path with the id and the domain of their place; every text read is kept."""
    workspace = read_workspace(root)
    assert faults(workspace) == []
    assert [(d.domain, d.id) for d in workspace.proposals] == [
        ("ecologie", "arbres"),
        ("mobilite", "armoires"),
        ("mobilite", "feux"),
    ]
    assert workspace.proposals[0].folder == "proposals/ecologie/arbres"
    assert workspace.domains == ("mobilite", "ecologie")
    assert workspace.organisations == ("ville",)
    assert list(workspace.references or ()) == ["bilan-2018"]
    assert sorted(workspace.sources) == [
        "proposals/ecologie/arbres.yaml",
        "proposals/edition.yaml",
        "proposals/lists.yaml",
        "proposals/mobilite/armoires.yaml",
        "proposals/mobilite/feux.yaml",
        "proposals/sources.yaml",
    ]


def test_faults_of_all_files_come_in_one_run(root: Path) -> None:
    """A file that cannot be read leaves the others readable, and its id is no broken reference."""
    write(root, "mobilite/feux.yaml", "[\n")
    write(root, "ecologie/arbres.yaml", PROPOSAL.replace("works", "work"))
    write(root, "sources.yaml", "x\n")
    workspace = read_workspace(root)
    assert faults(workspace) == [
        ("M103", "ecologie/arbres.yaml"),
        ("Y101", "mobilite/feux.yaml"),
        ("M103", "sources.yaml"),
    ]
    assert [d.id for d in workspace.proposals] == ["arbres", "armoires"]
    assert workspace.unread == {"feux"}
    assert workspace.references is None


def test_drafts_are_counted_apart(root: Path) -> None:
    """A draft, and a proposal whose status cannot be told, are not among those that are printed."""
    write(root, "mobilite/feux.yaml", "title: x\nstatus: draft\n")
    write(root, "mobilite/armoires.yaml", "title: x\n")
    workspace = read_workspace(root)
    assert [d.id for d in workspace.ready] == ["arbres"]
    assert [d.id for d in workspace.drafts] == ["armoires", "feux"]


def test_files_that_nothing_reads_are_told(root: Path) -> None:
    """Each stray file is one warning at its path, with its new name where one is likely; images are not stray."""
    read_by_nobody = "mobilite/bus.yml bus.yaml edition.yml list.yaml mobilite/notes.txt a/b/c/d.png"
    accepted = ".DS_Store mobilite/.#feux.yaml mobilite/feux/plan.svg mobilite/feux/sub/plan.png"
    for path in (*read_by_nobody.split(), *accepted.split()):
        write(root, path, "x")
    workspace = read_workspace(root)
    stray = [d for d in workspace.diagnostics if d.code == "Y108"]
    hints = {d.span.path.removeprefix(f"{FOLDER}/"): str(d.hints[0]) for d in stray}
    assert hints == {
        "mobilite/bus.yml": "rename it `bus.yaml`",
        "bus.yaml": "move it into the folder of a domain",
        "edition.yml": "`edition.yaml` is there already: keep one of the two",
        "list.yaml": "`lists.yaml` is there already: keep one of the two",
        "mobilite/notes.txt": (
            "rename it `notes.yaml` if it is a proposal; else move it out of `proposals/`"
        ),
        "a/b/c/d.png": "put a picture into the folder of its proposal, which has the proposal's name",
    }
    assert {d.severity for d in stray} == {Severity.WARNING}
    assert workspace.assets == {"proposals/mobilite/feux/plan.svg", "proposals/mobilite/feux/sub/plan.png"}


@pytest.mark.parametrize(
    ("domain", "id", "messages"),
    [
        ("mobilites", "bus", ["folder `mobilites` is not a domain of the edition"]),
        ("mobilite", "Priorité bus", ["file name `Priorité bus` is not an id"]),
        ("Été", "a_b", ["file name `a_b` is not an id", "folder `Été` is not a domain of the edition"]),
    ],
)
def test_ids_and_domains_are_slugs_of_the_edition(
    root: Path, domain: str, id: str, messages: list[str]
) -> None:
    """A folder that is no domain and a name that is no id are M107, each told once."""
    write_proposal(root, domain, id)
    found = [d for d in read_workspace(root).diagnostics if d.code == "M107"]
    assert [str(d.message) for d in found] == messages


@pytest.mark.parametrize("lost", ["domains:\n", "organisations:\n"])
def test_a_group_that_the_edition_lacks_is_told_once(root: Path, lost: str) -> None:
    """Without its domains the edition is at fault, not every proposal: what is unknown is asked of nobody."""
    write(root, "edition.yaml", EDITION.replace(lost, lost.replace("s:", "z:")))
    workspace = read_workspace(root)
    assert faults(workspace) == [("M101", "edition.yaml")]
    assert None in (workspace.domains, workspace.organisations)


def test_an_id_is_taken_once(root: Path) -> None:
    """Two files of one id, in two domains, are M108 at the second, which shows the first."""
    write_proposal(root, "ecologie", "feux")
    found = [d for d in read_workspace(root).diagnostics if d.code == "M108"]
    assert [(d.span.path, d.related[0].span.path) for d in found] == [
        ("proposals/mobilite/feux.yaml", "proposals/ecologie/feux.yaml")
    ]


def test_a_phase_id_is_taken_once(root: Path) -> None:
    """Two phases of one id are M108 at the second id."""
    phase = "  - {id: pose, label: Pose, kind: works, start: 2021-01, end: 2022-12}\n"
    write(root, "mobilite/feux.yaml", PROPOSAL.replace(phase, phase * 2))
    found = [d for d in read_workspace(root).diagnostics if d.code == "M108"]
    assert [(d.span.start.line, d.related[0].span.start.line) for d in found] == [(13, 12)]


def test_files_that_every_workspace_has(root: Path) -> None:
    """Without an edition or lists one file is missing each; without a bibliography there is just none."""
    for name in ("edition", "lists", "sources"):
        (root / FOLDER / f"{name}.yaml").unlink()
    workspace = read_workspace(root)
    assert faults(workspace) == [("M102", "edition.yaml"), ("M102", "lists.yaml")]
    assert (workspace.edition, workspace.lists, workspace.bibliography) == (None, None, None)


def test_a_link_to_nowhere_is_no_silent_loss(root: Path) -> None:
    """A proposal whose name leads nowhere is told, and a linked folder is refused."""
    (root / FOLDER / "mobilite" / "perdu.yaml").symlink_to("nulle-part.yaml")
    (root / FOLDER / "boucle").symlink_to(".", target_is_directory=True)
    assert faults(read_workspace(root)) == [("Y109", "boucle"), ("M102", "mobilite/perdu.yaml")]


def test_a_folder_without_proposals_is_no_workspace(tmp_path: Path) -> None:
    """Where there is no `proposals/`, one sentence says so."""
    with pytest.raises(BuildError, match="no folder `proposals/` here"):
        read_workspace(tmp_path)


def test_what_is_no_plain_file_is_never_read(tmp_path: Path) -> None:
    """A link out of the folder, a link to itself and a pipe are told (Y109), not read nor waited for."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("title: secret\n", "utf-8")
    folder = tmp_path / "workspace" / "proposals" / "mobilite"
    folder.mkdir(parents=True)
    (folder / "dehors.yaml").symlink_to(secret)
    (folder / "boucle.yaml").symlink_to(folder / "boucle.yaml")
    os.mkfifo(folder / "tube.yaml")
    workspace = read_workspace(tmp_path / "workspace")
    found = (diagnostic for diagnostic in workspace.diagnostics if diagnostic.code == "Y109")
    told = {one.span.path.rpartition("/")[2]: str(one.message) for one in found}
    assert told == {
        "dehors.yaml": "a link to a file outside `proposals/`",
        "boucle.yaml": "a link that leads to itself",
        "tube.yaml": "this is no file that can be read",
    }
    assert not workspace.proposals
