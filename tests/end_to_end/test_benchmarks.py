"""The benchmarks, on sizes that take seconds: what they write, what they measure, what they make of it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from benchmarks.booklets import Size, proposal_path, write_lists, write_workspace
from benchmarks.measure import CommandFailed, Cost, fit_plane, measure
from benchmarks.peer_pages import write_peer_pages
from benchmarks.peers import PEERS
from benchmarks.run import CASES, Workspace
from benchmarks.tables import BEGIN, END, Results, compare_lists, write_into, write_tables
from booklet.diagnostics.diagnostic import Severity
from booklet.pipeline.analysis import analyse_workspace
from tests.samples.commands import run

if TYPE_CHECKING:
    from pathlib import Path


def files_of(root: Path) -> dict[str, bytes]:
    folder = root / "proposals"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_generated_booklet_has_no_fault(tmp_path: Path) -> None:
    """What the generator writes passes `check` without an error or a warning, with every proposal ready."""
    write_workspace(tmp_path, Size(40, 15))
    analysis = analyse_workspace(tmp_path)
    found = [f"{fault.code} {fault.message}" for fault in analysis.diagnostics]
    grave = [fault for fault in analysis.diagnostics if fault.severity is not Severity.INFORMATION]
    assert (grave, len(analysis.workspace.ready)) == ([], 40), found


def test_generated_booklet_grows_at_its_end(tmp_path: Path) -> None:
    """The same seed gives the same files; more proposals or lists leave the first ones as they are."""
    write_workspace(tmp_path / "a", Size(6, 3))
    write_workspace(tmp_path / "b", Size(6, 3))
    write_workspace(tmp_path / "c", Size(8, 3))
    write_workspace(tmp_path / "d", Size(6, 3, seed=7))
    small, large = files_of(tmp_path / "a"), files_of(tmp_path / "c")
    assert files_of(tmp_path / "b") == small
    assert {path: large[path] for path in small} == small
    assert files_of(tmp_path / "d") != small
    write_lists(tmp_path / "a", 4)
    assert files_of(tmp_path / "a")["lists.yaml"].startswith(small["lists.yaml"])


def test_every_edit_leaves_a_sound_booklet(tmp_path: Path) -> None:
    """Each case of the benchmark changes files, and what it leaves has no error."""
    workspace = Workspace(tmp_path / "w", Size(4, 3))
    for case, edit in CASES.items():
        before = {path: path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}
        if edit is not None:
            edit(workspace)
            after = {path: path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}
            assert sum(after[path] != before[path] for path in before) == 1, case
    ran = run("-C", str(workspace.root), "check")
    assert ran.status == 0, ran.out
    assert proposal_path(workspace.root, 2).is_file()


def test_measure_counts_workers_that_outlive_their_command(tmp_path: Path) -> None:
    """A process that a command leaves behind counts in processor time and memory; its wall time does not."""
    worker = (
        "import time, resource; block = b'x' * 150_000_000; begun = time.process_time()\n"
        "while time.process_time() - begun < 0.6: pass"
    )
    script = tmp_path / "leave.py"
    script.write_text(
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {worker!r}], start_new_session=True)\n"
        f"open({str(tmp_path / 'out' / 'written')!r}, 'w').write('x' * 1000)\n"
    )
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "older").write_text("x" * 500)
    os.utime(tmp_path / "out" / "older", (0, 0))
    cost = measure([sys.executable, str(script)], [tmp_path / "out"])
    assert cost.cpu >= 0.6
    assert cost.memory >= 140
    assert cost.written == 1000


def test_measure_tells_a_command_that_fails() -> None:
    """A failed command is no measure: it raises, with what the command said."""
    with pytest.raises(CommandFailed, match="no such case"):
        measure([sys.executable, "-c", "raise SystemExit('no such case')"])


def test_fit_finds_the_plane() -> None:
    """Least squares finds the coefficients of exact points, and refuses points that do not tell them apart."""
    points = [((1.0, n, m), 2.0 + 0.5 * n + 0.01 * m) for n, m in ((10, 1), (50, 1), (10, 300), (99, 7))]
    assert fit_plane(points) == pytest.approx((2.0, 0.5, 0.01))
    with pytest.raises(ValueError, match="apart"):
        fit_plane([((1.0, 2.0), 3.0), ((1.0, 2.0), 4.0)])


@pytest.mark.long
def test_peers_set_the_same_booklet(tmp_path: Path) -> None:
    """WeasyPrint whole and Typst make a tagged booklet of a list with every proposal's title and the list's name."""
    write_workspace(tmp_path / "w", Size(2, 1))
    ran = run("-C", str(tmp_path / "w"), "build")
    assert ran.status == 0, ran.err
    write_peer_pages(tmp_path / "w", tmp_path / "pages")
    titles = [
        proposal_path(tmp_path / "w", number).read_text("utf-8").splitlines()[0].removeprefix("title: ")
        for number in (0, 1)
    ]
    for name in ("weasyprint", "typst", "typst-rich"):
        pytest.importorskip(name.partition("-")[0])  # Typst is of an extra that a fresh machine does not have
        output = tmp_path / f"{name}.pdf"
        PEERS[name](tmp_path / "pages")(0, output)
        with pikepdf.open(output) as document:
            assert document.Root.MarkInfo.Marked
        pages = pypdfium2.PdfDocument(output)
        text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)
        for words in (*titles, "Unis pour"):
            assert words in text.replace("\u00a0", " "), (name, words)


def test_tables_say_what_was_measured(tmp_path: Path) -> None:
    """The page gets medians with their spread, ratios to ours, and by how much a target is missed; the rest stays."""
    results = Results({"date": "2020-02-06"}, {"proposals": 51, "lists": 12, "seed": 1}, 3, 2)
    ours = [Cost(wall, wall, 100.0, 2**20) for wall in (2.0, 4.0, 3.0)]
    whole = [Cost(wall, wall, 900.0, 2**21) for wall in (20.0, 40.0, 60.0)]
    results.costs = {"cold": {"ours": ours, "weasyprint": whole}, "one proposal edited": {"ours": ours}}
    results.costs["cold"]["before"] = [Cost(cost.wall * 2, cost.cpu * 2, 100.0) for cost in ours]
    tables = write_tables(results)
    assert "| cold | ours | 3.00 (2.00 to 4.00) | 3.00 (2.00 to 4.00) | 100 | 1.0 | 1 |" in tables
    assert (
        "| cold | weasyprint | ≈ 40.0 (20.0 to 60.0) | 40.0 (20.0 to 60.0) | 900 | 2.0 | 10 (10 to 20) |"
        in tables
    )
    assert "| cold | before, processor time | 0.55 | 0.50 (0.50 to 0.50) | met |" in tables
    assert "| cold | weasyprint, wall time | 0.067 | 0.10 (0.05 to 0.10) | missed by 50% |" in tables
    more = Results({}, {"proposals": 51, "lists": 13, "seed": 1}, 3, 2)
    more.costs = {"cold": {name: [Cost(9.0, 9.0, 1.0)] for name in ("ours", "before")}}
    assert "6000 ms of a processor, 3000 before: 2.00 of 0.65, missed by 208%" in compare_lists(results, more)
    results.save(tmp_path / "run.json")
    assert Results.read(tmp_path / "run.json") == results
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    write_into(page, tables)
    assert page.read_text("utf-8") == f"before\n{BEGIN}\n\n{tables}\n{END}\nafter\n"
