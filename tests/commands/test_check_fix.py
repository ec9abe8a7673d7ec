"""`check --fix` types what can only be meant one way, and touches nothing else; `--diff` shows it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

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
