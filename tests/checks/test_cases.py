"""Every rule, by annotated cases: what is announced must be reported, and nothing else.

The format of the cases is described in `annotated_cases.py`; `tests/cases/<rule-name>/` holds those of one rule,
`tests/cases/together/` files with several faults, which show that no fault hides another or causes one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booklet.checks.engine import check_print, find_rule, rule_codes
from booklet.checks.words import fold_words
from booklet.content.graph import find_cycles
from booklet.content.workspace import read_workspace
from booklet.diagnostics.rule_pages import list_rules
from tests.samples.annotated_cases import (
    BUS,
    SOUND,
    check,
    compare,
    expect,
    read_case,
    split_cases,
    write_files,
)
from tests.samples.hostile_pictures import huge_png, jpeg
from tests.samples.workspace import png

CASES = Path(__file__).resolve().parents[1] / "cases"
#: folders of cases that belong to no single rule
OF_SEVERAL_RULES = {"together", "broken"}
#: rules that no case can show, with what their tests need instead
WITHOUT_CASES = {
    # bytes or the file system: below, and in tests/content
    "Y104": "not-utf8",
    "Y105": "file-too-large",
    "Y109": "not-a-plain-file",
    "Y110": "too-many-findings",
    # the print edition: below
    "N106": "no-printer-imprint",
    # laid-out pages: tests/layout, tests/pipeline and tests/press
    "R101": "template-error",
    "R106": "does-not-fit",
    "R107": "missing-glyph",
    "R108": "nothing-to-print",
    "R109": "image-resolution",
    "R110": "too-thick-to-staple",
    "R112": "layout-ended",
    "R113": "layout-unsettled",
    # two states of the workspace: tests/diff
    "P104": "guardrail-increase",
    # a workbook: tests/export
    "X101": "workbook-conflict",
    "X102": "workbook-unknown-row",
    "X103": "workbook-bad-value",
}


def cases_of(folder: str) -> list[tuple[str, str]]:
    """List cases, each by its name and text."""
    return [
        (f"{path.parent.name}/{path.stem}" + (f"-{number}" if number else ""), text)
        for path in sorted(CASES.glob(f"{folder}/*.yaml"))
        for number, text in enumerate(split_cases(path.read_text("utf-8")))
    ]


@pytest.mark.parametrize("case", [pytest.param(text, id=name) for name, text in cases_of("*")])
def test_case(case: str, tmp_path: Path) -> None:
    """A case reports exactly what its comments announce."""
    files = read_case(case)
    write_files(tmp_path, files)
    assert compare(files, check(tmp_path)) == []


def test_rules_keep_their_names() -> None:
    """A rule that has cases, or is listed as having none, is never taken away or renamed."""
    folders = {path.parent.name for path in CASES.glob("*/*.yaml")} - OF_SEVERAL_RULES
    assert {rule.name for rule in list_rules()} == folders | set(WITHOUT_CASES.values())
    assert WITHOUT_CASES.items() <= {rule.code: rule.name for rule in list_rules()}.items()


def test_every_rule_has_a_failing_and_a_passing_case() -> None:
    """Each rule has a case that announces its code, and one that announces nothing of it."""
    for rule in (rule for rule in list_rules() if rule.code not in WITHOUT_CASES):
        announced = {
            any(one[4] == rule.code for one in expect(read_case(text))) for _, text in cases_of(rule.name)
        }
        assert announced == {True, False}, rule.code


def test_sound_workspace_is_clean(tmp_path: Path) -> None:
    """The workspace that every case starts from has nothing to report."""
    write_files(tmp_path, SOUND)
    assert check(tmp_path) == ()


def test_a_comparison_sees_what_is_missing_and_what_is_too_much(tmp_path: Path) -> None:
    """An announced finding that is absent, and a reported one that is not announced, are both told."""
    write_files(tmp_path, SOUND | {BUS: SOUND[BUS].replace("owner: amp", "owner: amq")})
    found = check(tmp_path)
    announced = {BUS: SOUND[BUS].replace("owner: amp", 'owner: amp  # error: 9 [C101] "declared"')}
    differences = compare(SOUND | announced, found)
    assert [difference.partition(":")[0] for difference in differences] == [
        "announced, not reported",
        "reported, not announced",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("title: Été\n".encode("cp1252"), "byte 0xc9 is not UTF-8"),
        ("title: Bus\n".encode("utf-16"), "the file is UTF-16, expected UTF-8"),
        (b"title: a\x07b\n", "control character U+0007"),
    ],
)
def test_not_utf8(data: bytes, message: str, tmp_path: Path) -> None:
    """A file in another encoding, or with control characters, is refused once (Y104)."""
    write_files(tmp_path, SOUND)
    (tmp_path / BUS).write_bytes(data)
    assert [(one.code, str(one.message)) for one in check(tmp_path)] == [("Y104", message)]


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + SOUND[BUS].encode(), SOUND[BUS].replace("\n", "\r\n").encode()]
)
def test_utf8_with_mark_or_windows_line_ends(data: bytes, tmp_path: Path) -> None:
    """A UTF-8 mark and Windows line ends are no fault."""
    write_files(tmp_path, SOUND)
    (tmp_path / BUS).write_bytes(data)
    assert check(tmp_path) == ()


@pytest.mark.parametrize(
    "text",
    [f"title: {'a' * 1_000_001}\n", "title: " + "[" * 13 + "]" * 13 + "\n"],
    ids=["size", "nesting"],
)
def test_file_too_large(text: str, tmp_path: Path) -> None:
    """A file over the limit of size or nesting is refused once (Y105)."""
    write_files(tmp_path, SOUND | {BUS: text})
    assert [one.code for one in check(tmp_path)] == ["Y105"]


PNG = png(20, 10, (200, 90, 40))


def show(root: Path, name: str, data: bytes) -> list[str]:
    """Show an image in the proposal, and give what is said of it."""
    figure = f"figures:\n  - {{file: {name}, alt: Un plan}}\n"
    write_files(root, SOUND | {BUS: SOUND[BUS] + figure})
    folder = (root / BUS).with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return [f"{one.code} {one.message}" for one in check(root)]


@pytest.mark.parametrize(
    "data", [PNG, jpeg(), b"<svg xmlns='http://www.w3.org/2000/svg'/>"], ids=["png", "jpeg", "svg"]
)
def test_an_image_is_told_by_its_content(data: bytes, tmp_path: Path) -> None:
    """PNG, JPEG and SVG pass under any name."""
    assert show(tmp_path, "plan.dat", data) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GIF89a", "not an SVG, PNG or JPEG image"),
        (PNG.ljust(5_000_001, b"\0"), "image of 5000001 bytes, at most 5000000"),
        (huge_png(), "image of 1000000000 pixels, at most 40000000"),
        (jpeg()[:99], "a damaged image"),
    ],
    ids=["gif", "bytes", "pixels", "damaged"],
)
def test_an_image_that_cannot_be_printed_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    """Another kind, too many bytes or pixels, and damage are refused (R103)."""
    assert show(tmp_path, "plan.png", data) == [f"R103 {message}"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A symbolic link to a file elsewhere is refused, whatever it holds (R103)."""
    outside = tmp_path / "secret.png"
    outside.write_bytes(PNG)
    show(tmp_path, "other.png", PNG)
    picture = (tmp_path / BUS).with_suffix("") / "other.png"
    picture.unlink()
    os.symlink(outside, picture)
    assert [f"{one.code} {one.message}" for one in check(tmp_path)] == [
        "R103 a link that leads outside the proposal's folder"
    ]


def test_a_name_is_found_however_it_is_hidden(tmp_path: Path) -> None:
    """Escapes, invisible characters and decomposed accents do not hide a name (N102)."""
    for hidden in (
        '"Camille Martin-Dupr\\u00e9"',
        "Camille Mar\u00adtin-Dupré",
        "camille martin dupre\u0301",
    ):
        text = SOUND[BUS].replace("promise: Un bus qui arrive à l'heure.", f"promise: {hidden}")
        write_files(tmp_path, SOUND | {BUS: text})
        assert [one.code for one in check(tmp_path)] == ["N102"], hidden


def test_rules_are_found_by_code_and_by_name() -> None:
    """A rule is found by its code or its name, in either case, and nothing else is."""
    assert find_rule("c103") is find_rule("cost-outside-term") is not None
    assert find_rule("C999") is None
    assert "C103" in rule_codes()


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefg"), max_size=3)))
def test_cycles_are_told_once_and_only_where_there_are_some(graph: dict[str, list[str]]) -> None:
    """Every cycle found is one, no node stands in two, and taking their nodes away leaves none."""
    cycles = find_cycles(graph)
    for cycle in cycles:
        assert all(
            following in graph[node] for node, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        )
    held = {node for cycle in cycles for node in cycle}
    rest = {
        node: [t for t in targets if t not in held] for node, targets in graph.items() if node not in held
    }
    assert find_cycles(rest) == ()
    order: dict[str, list[str]] = dict(rest)
    while ends := [node for node, targets in order.items() if not any(target in order for target in targets)]:
        for node in ends:
            del order[node]
    assert not order


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(SOUND[BUS].splitlines()), max_size=60), extra=st.text(max_size=20))
def test_no_file_stops_the_checks(lines: list[str], extra: str, tmp_path: Path) -> None:
    """Whatever lines a proposal is made of, checking returns, and every finding lies inside its file."""
    text = "\n".join([*lines, extra]) + "\n"
    write_files(tmp_path, SOUND | {BUS: text.encode("utf-8", "replace").decode()})
    count = text.count("\n") + text.count("\r") + 1
    for finding in check(tmp_path):
        assert finding.span.path != BUS or finding.span.start <= finding.span.end
        assert finding.span.path != BUS or 1 <= finding.span.start.line <= count


@given(st.text(max_size=30))
def test_words_are_folded_once(text: str) -> None:
    """Folding the words of folded words changes nothing."""
    words = fold_words(text)
    assert fold_words(" ".join(words)) == words


@pytest.mark.parametrize(("level", "accepted"), [("information", "choix du comité"), ("error", None)])
def test_a_lowered_rule_carries_the_reason_of_the_edition(
    tmp_path: Path, level: str, accepted: str | None
) -> None:
    """A finding that the edition holds for information has its reason beside it; one that it makes graver has none."""
    edition = "proposals/edition.yaml"
    changed = f"severities:\n  S103: {{level: {level}, because: choix du comité}}\n"
    field = SOUND[BUS].replace("owner: amp", "owner: amp\nfield: mobilite")
    write_files(tmp_path, SOUND | {edition: SOUND[edition] + changed, BUS: field})
    found = [(one.code, str(one.severity), one.accepted) for one in check(tmp_path)]
    assert found == [("S103", level, accepted)]


def test_the_print_edition_names_its_printer(tmp_path: Path) -> None:
    """N106 asks the print edition alone, and is content with a printer."""
    edition = "proposals/edition.yaml"
    write_files(tmp_path, SOUND)
    found = check_print(read_workspace(tmp_path))
    assert [(one.code, str(one.severity), one.span.path, one.span.start.line) for one in found] == [
        ("N106", "error", edition, 5)
    ]
    named = SOUND[edition].replace("exemple}", "exemple, printer: Imprimerie d'essai}")
    write_files(tmp_path, {edition: named})
    assert check_print(read_workspace(tmp_path)) == ()


@pytest.mark.parametrize(
    ("owner", "hint"),
    [
        ("ampp", "did you mean `amp`?"),
        ("la-metropole", "did you mean `amp`?"),
        ("prefecture", "the known ids are"),
        ("metropole", "did you mean `amp`?"),
    ],
)
def test_an_organisation_is_found_by_its_name(owner: str, hint: str, tmp_path: Path) -> None:
    """An id that is none is looked up in the names, every word of it; the author is told the id to write."""
    write_files(tmp_path, SOUND | {BUS: SOUND[BUS].replace("owner: amp", f"owner: {owner}")})
    found = [one for one in check(tmp_path) if one.code in ("M103", "M106")]
    assert [str(one.hints[0])[: len(hint)] for one in found] == [hint]


def test_the_published_proposals_have_no_fault() -> None:
    """The example content has no error and no warning."""
    root = Path(__file__).resolve().parents[2]
    assert [one for one in check(root) if one.severity != "information" and one.waived is None] == []
