"""`check --fix` types what can only be meant one way, and touches nothing else; `--diff` shows it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.samples.natural_faults import DRAFT, HINTS, LAST_HINT
from tests.samples.workspace import PROPOSAL, png, write_figure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

FAULTS = (
    ("status: ready", "status: prête   # relue"),
    ("decision: 2020-10", "decision: 'octobre 2020'"),
    ("kind: works, start: 2021-01", "kind: travaux, start: 15/01/2021"),
)


def spoil(sample: Sample, id: str = "armoires") -> tuple[Path, str]:
    """Put faults into a proposal; returns its file and the text that it has with the same comments, mended."""
    path = sample.proposal(id)
    text = mended = path.read_text("utf-8")
    for good, bad in FAULTS:
        text = text.replace(good, bad)
        mended = mended.replace(good, bad if "#" not in bad else good + "   # relue")
    mended = (
        mended.replace("octobre 2020", "2020-10")
        .replace("travaux", "works")
        .replace("15/01/", "")
        .replace("start: 2021,", "start: 2021-01,")
    )
    path.write_text(text, "utf-8")
    return path, mended


def test_what_is_safe_is_corrected(bare: Sample) -> None:
    """Comments, quotes, line ends, byte order mark and mode stay; the report tells what was done and what remains."""
    path, mended = spoil(bare)
    text = path.read_text("utf-8").replace("quantity: 10", "quantity: dix").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    path.chmod(0o600)
    ran = bare.run("--lang", "en", "check", "--fix")
    assert (ran.status, ran.err) == (1, "")
    expected = mended.replace("quantity: 10", "quantity: dix").replace("\n", "\r\n").encode()
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected
    assert path.stat().st_mode & 0o777 == 0o600
    lines = ran.out.splitlines()
    assert lines[0] == "proposals/mobilite/armoires.yaml:2:9: M103 `prête` → `ready`"
    assert lines[4:6] == ["4 corrections in 1 file", ""]
    assert (
        lines[6].startswith("proposals/mobilite/armoires.yaml:17:15: error[M103]") and lines[7] == "1 error"
    )
    again = bare.run("--lang", "en", "check", "--fix")
    assert again.out.splitlines() == ["nothing to correct without its author", *lines[6:]]
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected


def test_a_diff_changes_nothing_and_can_be_applied(bare: Sample) -> None:
    """The diff is of the files as `--fix` leaves them, as git takes it; with `--fix` too, it only shows."""
    path, mended = spoil(bare)
    before = path.read_bytes()
    ran = bare.run("--lang", "en", "check", "--fix", "--diff")
    assert (ran.status, ran.err) == (1, "4 corrections in 1 file\n")
    assert path.read_bytes() == before
    subprocess.run(["git", "apply"], cwd=bare.root, input=ran.out.encode(), check=True)
    assert path.read_text("utf-8") == mended


def test_programs_get_the_report_alone(bare: Sample) -> None:
    """A format for programs stays whole on the standard output; what was done is told beside it."""
    spoil(bare)
    ran = bare.run("--lang", "en", "check", "--fix", "--format", "gitlab")
    assert (ran.status, ran.out) == (0, "[]\n")
    assert ran.err.endswith("4 corrections in 1 file\n\n")


def test_only_what_was_named_is_corrected(bare: Sample) -> None:
    """`check --fix PATH` leaves other files alone."""
    (path, mended), (other, _) = spoil(bare), spoil(bare, "feux")
    before = other.read_bytes()
    assert bare.run("check", "--fix", "armoires").status == 0
    assert (path.read_text("utf-8"), other.read_bytes()) == (mended, before)


def test_no_link_is_written_through(bare: Sample, tmp_path: Path) -> None:
    """A file behind a link, in the workspace or outside, keeps its bytes, and the link stays one."""
    path, mended = spoil(bare)
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(path.read_bytes())
    before = outside.read_bytes()
    inside, link = path.with_name("copie.yaml"), path.with_name("dehors.yaml")
    os.symlink(path.name, inside)
    os.symlink(outside, link)
    bare.run("check", "--fix")
    assert (inside.is_symlink(), link.is_symlink(), outside.read_bytes()) == (True, True, before)
    assert path.read_text("utf-8") == mended


def test_a_file_in_the_wrong_place_is_renamed(bare: Sample) -> None:
    """Extension, name and folder become those of the format, in turn; content and mode stay."""
    proposals = bare.root / "proposals"
    moves = {
        "edition.yaml": "edition.yml",
        "sources.yaml": "sources.yaml.txt",
        "mobilite/armoires.yaml": "Mobilité/Armoires.YAML",
        "mobilite/feux.yaml": "mobilite/feux/feux.yml",
        "ecologie/arbres.yaml": "ecologies/arbres.yaml",
    }
    contents = {new: (proposals / new).read_bytes() for new in moves}
    for new, old in moves.items():
        (proposals / old).parent.mkdir(exist_ok=True)
        (proposals / new).rename(proposals / old)
        (proposals / old).chmod(0o640)
    shown = bare.run("check", "--diff").out
    assert all(f"rename to proposals/{new}\n" in shown for new in moves)
    ran = bare.run("--lang", "en", "check", "--fix")
    assert ran.status == 0 and "in 5 files" in ran.out, ran.out
    assert {new: (proposals / new).read_bytes() for new in moves} == contents
    assert {(proposals / new).stat().st_mode & 0o777 for new in moves} == {0o640}
    assert not any((proposals / old).exists() for old in moves.values())


def test_nothing_is_renamed_over_a_file(bare: Sample) -> None:
    """Where the name or the id is taken both files stay, and where two files want one name the second stays."""
    proposals = bare.root / "proposals"
    taken, elsewhere = proposals / "mobilite/feux.yml", proposals / "ecologie/feux.yml"
    for path in (taken, elsewhere, proposals / "mobilite/bancs.yml", proposals / "mobilite/bancs.YAML"):
        path.write_text(f"# {path}\n{PROPOSAL}", "utf-8")
    before = {path: path.read_bytes() for path in proposals.rglob("*.*")}
    bare.run("check", "--fix")
    after = {path: path.read_bytes() for path in proposals.rglob("*.*")}
    assert sorted(before.values()) == sorted(after.values())
    renamed = set(after) - set(before)
    assert renamed == {proposals / "mobilite/bancs.yaml"} and len(set(before) - set(after)) == 1


def test_images_move_with_their_proposal(bare: Sample) -> None:
    """A proposal in the folder of no domain is moved with the folder of its images."""
    old, new = bare.proposal("armoires"), bare.root / "proposals/Mobilité/armoires.yaml"
    new.parent.mkdir()
    old.rename(new)
    write_figure(new, "photo.png", png(900, 900, (9, 9, 9)))
    assert bare.run("check").status == 1
    ran = bare.run("check", "--fix", "proposals/Mobilité")
    assert ran.status == 0, ran.out
    assert (old.with_suffix("") / "photo.png").is_file()


def test_a_first_draft_is_clean_in_three_rounds(bare: Sample) -> None:
    """Natural mistakes, all in one file: `--fix` mends most, the hints say what to type for the rest."""
    draft = bare.root / "proposals/mobilite/capteurs.yml"
    draft.write_text(DRAFT, "utf-8")
    first = bare.run("--lang", "en", "check", "--fix")
    path = draft.with_suffix(".yaml")
    text = path.read_text("utf-8")
    assert first.status == 1 and "\n23 corrections in 1 file\n\n" in first.out, first.out
    left = [line for line in first.out.splitlines() if ": error[" in line]
    assert len(left) == len(HINTS), left
    for typed, meant in HINTS:
        assert text.count(typed) == 1
        text = text.replace(typed, meant)
    path.write_text(text, "utf-8")
    second = bare.run("--lang", "en", "check")
    assert second.status == 0 and second.out.splitlines()[-1] == "1 warning", second.out
    path.write_text(text.replace(*LAST_HINT), "utf-8")
    assert bare.run("--lang", "en", "check").out == "nothing to report: 4 proposals checked\n"
