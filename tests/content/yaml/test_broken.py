"""Files as contributors break them: several faults at once, each told at its place, and no mutation stops the checks.

`tests/cases/broken/` holds the files; `test_checks.py` compares each with what its comments announce. Here stand what
bytes alone can show, and the mutations of the published proposals.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.checks.engine import check_workspace
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio
from tests.samples.annotated_cases import BUS, SOUND, check, compare, expect, read_case, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source, Span

BROKEN = tuple(sorted((Path(__file__).resolve().parents[2] / "cases" / "broken").glob("*.yaml")))
PUBLISHED = Path(__file__).resolve().parents[3] / "proposals"
PUBLISHED_FILES = tuple(path.relative_to(PUBLISHED).as_posix() for path in sorted(PUBLISHED.rglob("*.yaml")))


def test_forty_files_hold_several_faults_each() -> None:
    """At least forty files are broken on purpose, each in three places or more."""
    announced = {path.stem: len(expect(read_case(path.read_text("utf-8")))) for path in BROKEN}
    assert len(announced) >= 40
    assert {stem: count for stem, count in announced.items() if count < 3} == {}


@pytest.mark.parametrize("case", BROKEN, ids=lambda path: str(path.stem))
def test_line_ends_and_marks_move_no_fault(case: Path, tmp_path: Path) -> None:
    """A broken file saved on Windows, with CRLF and a UTF-8 mark, reports the same faults at the same places."""
    files = read_case(case.read_text("utf-8"))
    write_files(tmp_path, {path: "\ufeff" + text.replace("\n", "\r\n") for path, text in files.items()})
    assert compare(files, check(tmp_path)) == []


def test_each_file_in_its_own_wrong_encoding(tmp_path: Path) -> None:
    """Three files that are not UTF-8, each its own way, are told in one run with the fault of a fourth."""
    files = {
        "proposals/ecologie/air.yaml": SOUND[BUS].encode("cp1252"),
        "proposals/ecologie/eau.yaml": SOUND[BUS].encode("utf-16"),
        "proposals/ecologie/sol.yaml": b"\xef\xbb\xbf" + SOUND[BUS].encode("latin-1", "replace"),
    }
    write_files(tmp_path, SOUND | {BUS: SOUND[BUS].replace("owner: amp", "owner: anp")})
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert places(check(tmp_path)) == [
        ("proposals/ecologie/air.yaml", 1, 25, "Y104"),
        ("proposals/ecologie/eau.yaml", 1, 1, "Y104"),
        ("proposals/ecologie/sol.yaml", 1, 25, "Y104"),
        (BUS, 7, 8, "M106"),
    ]


def test_without_its_tables_a_workspace_is_still_read(tmp_path: Path) -> None:
    """Missing tables are told once each, and what needs them is silent; the proposals are read on their own."""
    write_files(
        tmp_path, {BUS: SOUND[BUS].replace("12 000 €", "12.000 €").replace("owner: amp", "owner: A M P")}
    )
    assert places(check(tmp_path)) == [
        ("proposals/edition.yaml", 1, 1, "M102"),
        ("proposals/lists.yaml", 1, 1, "M102"),
        (BUS, 7, 8, "M103"),
        (BUS, 27, 16, "M104"),
        (BUS, 31, 13, "M106"),
    ]


#: what fingers and other programs put where it does not belong
# fmt: off
_INSERTED = st.sampled_from([
    "\t", "\n", " ", ":", " : ", ",", "- ", "#", "&a ", "*a", "<<: *a", "!", "!!int ", "%", "@", "`", "'",
    '"', "[", "]", "{", "}", ">", "?", "? ", "~", "---\n", "...\n", "1.234,56 €", "12,500", "é", "🚲",
    "\u00a0", "\u2028", "\u200b", "\ufeff", "\x00", "\x85", "\r", "\r\n", "1e999999", "\\", "(", "]: (",
    "[@", "](proposal:", "{list}", "0", "-1", "9999999999", "|",
]) | st.text(max_size=6)
# fmt: on
_MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(("delete", "repeat", "swap", "insert", "cut", "indent", "end")),
        st.integers(0, 20_000),
        st.integers(0, 20_000),
        _INSERTED,
    ),
    min_size=1,
    max_size=5,
)


def mutate(text: str, mutations: list[tuple[str, int, int, str]]) -> str:
    """Break a text as hands do: lines lost, doubled, swapped or shifted, characters typed or lost, the end missing."""
    for kind, first, second, inserted in mutations:
        lines = text.splitlines(keepends=True) or [""]
        here, there = first % len(lines), second % len(lines)
        place = first % (len(text) + 1)
        if kind == "delete":
            del lines[here]
        elif kind == "repeat":
            lines.insert(there, lines[here])
        elif kind == "swap":
            lines[here], lines[there] = lines[there], lines[here]
        elif kind == "indent":
            shift = second % 5
            lines[here] = " " * shift + lines[here] if first % 2 else lines[here][shift:]
        elif kind == "insert":
            lines = [text[:place], inserted, text[place:]]
        elif kind == "cut":
            lines = [text[:place], text[place + 1 + second % 20 :]]
        else:
            lines = [text[:place]]
        text = "".join(lines)
    return text


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the published proposals, where mutations do no harm."""
    root = tmp_path_factory.mktemp("published")
    shutil.copytree(PUBLISHED, root / "proposals")
    return root


@given(name=st.sampled_from(PUBLISHED_FILES), mutations=_MUTATIONS)
@pytest.mark.long
def test_no_mutation_of_a_published_file_stops_the_checks(
    name: str, mutations: list[tuple[str, int, int, str]], published: Path
) -> None:
    """However a published file is broken, checking returns, and all it points at lies inside a file that was read."""
    path = published / "proposals" / name
    original = path.read_bytes()
    try:
        path.write_bytes(mutate(original.decode(), mutations).encode("utf-8", "surrogatepass"))
        workspace = read_workspace(published)
        found = check_workspace(workspace, build_portfolio(workspace))
    finally:
        path.write_bytes(original)
    outside = [span for span in spans(found) if not lies_inside(span, workspace.sources.get(span.path))]
    assert outside == []


def spans(found: tuple[Diagnostic, ...]) -> Iterator[Span]:
    """Go through every place that findings show."""
    for finding in found:
        yield finding.span
        yield from (label.span for label in finding.related)


def lies_inside(span: Span, source: Source | None) -> bool:
    """Check whether both ends of a span are in its file; of a file that is not read only the first character counts."""
    lines = source.lines if source is not None else ("",)
    ends = (span.start, span.end)
    return span.start <= span.end and all(
        1 <= end.line <= len(lines) and 1 <= end.column <= len(lines[end.line - 1]) + 1 for end in ends
    )


def places(found: tuple[Diagnostic, ...]) -> list[tuple[str, int, int, str]]:
    """List where each finding stands, and its code."""
    return [(one.span.path, one.span.start.line, one.span.start.column, one.code) for one in found]
