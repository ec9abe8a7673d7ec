"""Folders that are links are refused by name, and circles of links are told (`links-as-folders`, `asset-link-loop`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.samples.annotated_cases import BUS, SOUND, check, write_files
from tests.samples.commands import ROOT, Run, run
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from pathlib import Path


def move_away(sample: Sample, path: str) -> Path:
    """Put a link in the place of a folder of a workspace; returns the folder, now outside."""
    folder, away = sample.root / path, sample.root.parent / "away"
    if folder.exists():
        folder.rename(away)
    else:
        away.mkdir()
    folder.symlink_to(away)
    return away


def require_refused(ran: Run, path: str) -> None:
    assert ran.status == 3 and ran.err == f"build.py: `{path}` is a link: put the folder itself there\n"


@pytest.mark.parametrize(
    "command",
    [("check",), ("build",), ("costs",), ("diff", "HEAD"), ("new", "Un titre", "--domain", "mobilite")],
    ids=" ".join,
)
def test_proposals_behind_a_link_are_not_read(bare: Sample, command: tuple[str, ...]) -> None:
    """A folder of proposals that is a link is refused by every command, and nothing is written into it."""
    away = move_away(bare, "proposals")
    before = digests(away)
    require_refused(bare.run("--lang", "en", *command), "proposals")
    assert digests(away) == before


def test_a_domain_behind_a_link_is_told(bare: Sample) -> None:
    """A linked folder below `proposals/` is Y109, its files are not named, and `new` does not write into it."""
    (bare.proposal("arbres").with_suffix("")).symlink_to(bare.root / "proposals" / "mobilite")
    away = move_away(bare, "proposals/mobilite")
    before = digests(away)
    ran = bare.run("--lang", "en", "check", "--format", "concise")
    for path in ("mobilite", "ecologie/arbres"):
        assert f"proposals/{path}:1:1: error[Y109] a link to a folder" in ran.out
    assert ran.status == 1 and "feux" not in ran.out
    require_refused(bare.run("--lang", "en", "new", "Un titre", "--domain", "mobilite"), "proposals/mobilite")
    assert digests(away) == before


@pytest.mark.parametrize("folder", ["dist", "print", "preview"])
def test_nothing_is_written_through_a_link(unbuilt: Sample, folder: str) -> None:
    """A folder of results that is a link is refused, and what it leads to stays as it is."""
    away = move_away(unbuilt, folder)
    (away / "feux.pdf").write_text("mine", "utf-8")
    unbuilt.edit(
        "edition.yaml", "essai}\nterm", "essai, printer: 'Imprimerie d’essai, 13002 Marseille'}\nterm"
    )
    commands = {"dist": ("build",), "print": ("print",), "preview": ("build", "--preview", "feux")}
    ran = unbuilt.run("--lang", "en", *commands[folder])
    assert ran.status == 3 and f"`{folder}" in ran.err and ran.err.count("\n") == 1, ran.err
    assert (away / "feux.pdf").read_text("utf-8") == "mine"
    assert [path.name for path in away.iterdir()] == ["feux.pdf"]


def test_schemas_are_not_written_through_a_link(bare: Sample) -> None:
    """The folder of an editor's settings may be a link too: `schema` writes nothing into it."""
    away = move_away(bare, ".vscode")
    require_refused(bare.run("--lang", "en", "schema"), ".vscode")
    assert not list(away.iterdir())


def test_a_folder_in_the_place_of_a_table_is_told(bare: Sample) -> None:
    """A folder that has the name of a file is Y109, and not called a link."""
    (bare.root / "proposals" / "parameters.yaml").mkdir()
    ran = bare.run("--lang", "en", "check", "--format", "concise")
    assert "proposals/parameters.yaml:1:1: error[Y109] this is no file that can be read" in ran.out


def test_templates_behind_a_link_are_not_read(bare: Sample) -> None:
    """Templates that are a link, or hold one out of the workspace or in a circle, are refused by name."""
    templates = bare.root / "templates"
    templates.symlink_to(ROOT / "templates")
    ran = bare.run_process("--lang", "en", "build", "--preview", "feux")
    require_refused(ran, "templates")
    templates.unlink()
    templates.mkdir()
    (templates / "css").symlink_to(bare.root.parent)
    ran = bare.run_process("--lang", "en", "build", "--preview", "feux")
    assert (ran.status, ran.err) == (3, "build.py: `templates/css` is a link out of the workspace\n")


def test_an_image_in_a_circle_of_links_is_refused_where_it_is_named(tmp_path: Path) -> None:
    """Links that lead to one another are R103 at the figure, not a traceback."""
    write_files(tmp_path, SOUND | {BUS: SOUND[BUS] + "figures:\n  - {file: a.png, alt: Un plan}\n"})
    folder = (tmp_path / BUS).with_suffix("")
    folder.mkdir()
    (folder / "a.png").symlink_to("b.png")
    (folder / "b.png").symlink_to("a.png")
    line = SOUND[BUS].count("\n") + 2
    found = [
        (one.code, one.span.start.line, str(one.message)) for one in check(tmp_path) if one.span.path == BUS
    ]
    assert found == [("R103", line, "not a file, expected an image")]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("-C", "a", "check"), 2),
        (("-C", "a/b", "check"), 2),
        (("check", "a"), 2),
        (("build", "--preview", "a"), 2),
        (("verify", "a"), 3),
        (("diff", "a.json"), 2),
        (("costs", "import", "a.json"), 2),
        (("-C", "x" * 5_000, "check"), 3),
        (("check", "x" * 5_000), 3),
    ],
)
def test_a_circle_in_an_argument_is_a_sentence(bare: Sample, arguments: tuple[str, ...], status: int) -> None:
    """A path that is typed may be a link in a circle, or too long for the system: one sentence, no traceback."""
    for one, other in (("a", "b"), ("b", "a"), ("a.json", "a.json")):
        (bare.root / one).symlink_to(other)
    ran = run("--lang", "en", *arguments, cwd=bare.root)
    assert (ran.status, ran.out) == (status, ""), ran.err
    assert ran.err.startswith("build.py: ") and "Traceback" not in ran.err


@pytest.mark.parametrize("name", ["edition", "lists", "sources", "parameters"])
def test_a_table_in_a_circle_of_links_is_told(bare: Sample, name: str) -> None:
    """A file that every workspace has may be a link to itself: Y109."""
    path = bare.root / "proposals" / f"{name}.yaml"
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)
    ran = bare.run("--lang", "en", "check", "--format", "concise")
    assert ran.status == 1
    assert f"proposals/{name}.yaml:1:1: error[Y109] a link that leads to itself" in ran.out


def test_links_are_resolved_in_one_place() -> None:
    """`Path.resolve` raises for circles; where a circle is told apart, it is asked for strictly."""
    users = {
        path.name
        for path in (ROOT / "booklet").rglob("*.py")
        if re.search(r"\.resolve\(\)", path.read_text("utf-8"))
    }
    assert users == {"installation.py"}
