"""Diagnostics → every format: golden texts, published schemas, and texts that try to break out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.yaml.rules import duplicate_key
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.edits import Fix, Rename, TextEdit
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import Position, Source, Span
from booklet.diagnostics.report import FORMATS, choose_color, choose_format, render
from booklet.diagnostics.reporters.excerpt import COLUMNS, take_excerpt
from booklet.diagnostics.reporters.findings import Report, summarize
from booklet.diagnostics.reporters.github import ANNOTATIONS_PER_SEVERITY, job_summary
from booklet.diagnostics.rule import RULES
from booklet.text.language import ENGLISH, FRENCH
from booklet.text.outside import measure, visible

VERSION = "1.2.3"
SARIF = jsonschema.Draft4Validator(
    json.loads((Path(__file__).resolve().parents[1] / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
)
PATH = "proposals/mobilite/pistes.yaml"
TEXT = """\
title: Pistes cyclables
status: ready
costs:
  - label: Piste
    section: investissement
    quantity: 150
    unit: km
    unit_cost: 1,2 M€
    spread:
      2031: 30
      2032: 40
      2033: 40
title: Encore
"""
SOURCE = Source(PATH, TEXT)


def span_of(words: str, source: Source = SOURCE, *, last: bool = False) -> Span:
    """Name the first (or last) place where the words stand."""
    start = source.text.rindex(words) if last else source.text.index(words)
    return source.span(start, start + len(words))


OUTSIDE = Diagnostic(
    "C103",
    "cost-outside-term",
    Severity.ERROR,
    say("cost in {year}, after the term ends in {end}", year=2033, end=2026),
    span_of("2033"),
    (say("move the 40 units to 2026 or earlier"),),
)
TWICE = Diagnostic(
    "Y102",
    "duplicate-key",
    Severity.ERROR,
    say("key `{key}` appears twice", key="title"),
    span_of("title", last=True),
    related=(Label(span_of("title"), say("first defined here")),),
)
NO_RUNNING_COST = Diagnostic(
    "C104", "capex-without-opex", Severity.WARNING, say("nothing recurs"), span_of("costs")
)
WAIVED = Diagnostic(
    "F102",
    "own-share-below-20",
    Severity.ERROR,
    say("own share of {share} %", share=Decimal("12.5")),
    span_of("1,2 M€"),
    waived="opération ANRU",
)
UNUSED = Diagnostic("S104", "unused-source", Severity.INFORMATION, say("cited nowhere"), span_of("label"))


def report_of(*diagnostics: Diagnostic, sources: tuple[Source, ...] = (SOURCE,), drafts: int = 0) -> Report:
    """Gather diagnostics over the example file."""
    return Report.gather(diagnostics, sources, proposals=8, drafts=drafts)


def test_full_shows_the_line_the_mark_the_hint_and_the_summary() -> None:
    """The full format is exactly the shape the style guide prints."""
    assert render(report_of(OUTSIDE), "full", ENGLISH, version=VERSION) == (
        "error[C103]: cost in 2033, after the term ends in 2026\n"
        "  --> proposals/mobilite/pistes.yaml:12:7\n"
        "   |\n"
        "12 |       2033: 40\n"
        "   |       ^^^^\n"
        "   = hint: move the 40 units to 2026 or earlier\n"
        "   = explain: sh run.sh explain C103\n"
        "\n"
        "1 error\n"
    )


def test_full_shows_a_second_place_with_its_own_excerpt() -> None:
    """Where two places disagree, both are shown, aligned on the wider line number."""
    assert render(report_of(TWICE), "full", ENGLISH, version=VERSION) == (
        "error[Y102]: key `title` appears twice\n"
        "  --> proposals/mobilite/pistes.yaml:13:1\n"
        "   |\n"
        "13 | title: Encore\n"
        "   | ^^^^^\n"
        "  ::: proposals/mobilite/pistes.yaml:1:1\n"
        "   |\n"
        " 1 | title: Pistes cyclables\n"
        "   | ----- first defined here\n"
        "   = explain: sh run.sh explain Y102\n"
        "\n"
        "1 error\n"
    )


def test_full_keeps_what_is_waived_short_with_its_reason() -> None:
    """A waived diagnostic is shown with the author's reason, and counts for nothing."""
    assert render(report_of(WAIVED, NO_RUNNING_COST), "full", ENGLISH, version=VERSION) == (
        "warning[C104]: nothing recurs\n"
        " --> proposals/mobilite/pistes.yaml:3:1\n"
        "  |\n"
        "3 | costs:\n"
        "  | ^^^^^\n"
        "  = explain: sh run.sh explain C104\n"
        "\n"
        "waived[F102]: own share of 12.50 %\n"
        " --> proposals/mobilite/pistes.yaml:8:16\n"
        "  = because: opération ANRU\n"
        "\n"
        "1 warning, 1 waived\n"
    )


def test_full_counts_what_the_edition_accepts_at_the_end() -> None:
    """What the edition holds for information, with its reason, is one block for each rule; other formats list it."""
    accepted = [
        replace(found, severity=Severity.INFORMATION, accepted="loi tenue pour inchangée")
        for found in (NO_RUNNING_COST, replace(NO_RUNNING_COST, span=span_of("label")))
    ]
    report = report_of(*accepted, UNUSED, replace(accepted[0], code="C105"))
    blocks = render(report, "full", ENGLISH, version=VERSION).split("\n\n")
    assert blocks[0].startswith("information[S104]: cited nowhere")
    assert blocks[1].splitlines() == [
        "information[C104]: 2 findings that the edition accepts",
        "  = because: loi tenue pour inchangée",
        "  = places: sh run.sh check -v --format concise",
    ]
    assert blocks[2].startswith("information[C105]: 1 finding that the edition accepts")
    assert blocks[3] == "4 for information\n"
    assert render(report, "concise", ENGLISH, version=VERSION).count("nothing recurs") == 3


def test_full_marks_the_first_line_of_a_block_and_says_where_it_ends() -> None:
    """A span over several lines marks its first line; an end at column 1 belongs to the line before."""
    block = "spread:\n      2031: 30\n      2032: 40\n      2033: 40\n"
    fault = Diagnostic("C102", "spread-mismatch", Severity.ERROR, say("110 units"), span_of(block))
    assert "9 |     spread:\n  |     ^^^^^^^ (down to line 12)\n" in render(
        report_of(fault), "full", ENGLISH, version=VERSION
    )


def test_full_names_the_place_alone_where_there_is_no_text_to_show() -> None:
    """A file that is not text, or a line past its end, gives no excerpt and no fault of ours."""
    nowhere = Span("proposals/x.yaml", Position(3, 2), Position(3, 4))
    past = Span(PATH, Position(99, 1), Position(99, 1))
    fault = Diagnostic(
        "Y104", "not-utf8", Severity.ERROR, say("a byte"), nowhere, related=(Label(past, say("see here")),)
    )
    assert render(report_of(fault), "full", ENGLISH, version=VERSION).splitlines()[:4] == [
        "error[Y104]: a byte",
        "  --> proposals/x.yaml:3:2",
        f"  ::: {PATH}:99:1: see here",
        "   = explain: sh run.sh explain Y104",
    ]


def test_full_writes_colours_only_when_asked() -> None:
    """Colours are sequences around the same text."""
    report = report_of(OUTSIDE, TWICE, WAIVED, NO_RUNNING_COST, UNUSED)
    plain = render(report, "full", ENGLISH, version=VERSION)
    colored = render(report, "full", ENGLISH, color=True, version=VERSION)
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[C103]\x1b[0m" in colored
    assert "\x1b[2mwaived[F102]: own share of 12.50 %\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_a_clean_run_says_how_many_proposals_were_checked() -> None:
    """With nothing found, one sentence tells that something was looked at."""
    assert summarize(report_of(), ENGLISH) == "nothing to report: 8 proposals checked"
    assert summarize(report_of(drafts=1), ENGLISH) == "nothing to report: 8 proposals and 1 draft checked"
    assert render(report_of(), "full", ENGLISH, version=VERSION) == "nothing to report: 8 proposals checked\n"


@pytest.mark.parametrize(
    ("count", "english", "french_template"),
    [(1, "1 error", "{count} error"), (2, "2 errors", "{count} errors"), (3, "3 errors", "{count} errors")],
)
def test_counts_are_singular_or_plural(count: int, english: str, french_template: str) -> None:
    """One fault is singular, several are plural, in both languages."""
    report = report_of(*[OUTSIDE] * count)
    assert summarize(report, ENGLISH) == english
    assert summarize(report, FRENCH) == FRENCH.gettext(french_template).format(count=count)


def test_nought_is_plural_in_english_and_singular_in_french() -> None:
    """An empty folder has 0 proposals in English and 0 proposition in French."""
    empty = Report.gather((), (), proposals=0, drafts=0)
    assert summarize(empty, ENGLISH) == "nothing to report: 0 proposals checked"
    checked = FRENCH.gettext("{count} proposal").format(count=0)
    assert summarize(empty, FRENCH) == FRENCH.gettext("nothing to report: {checked} checked").format(
        checked=checked
    )


def test_summary_counts_each_severity_and_no_waived_one() -> None:
    """The last line counts what stands, gravest first, and what is waived apart."""
    report = report_of(OUTSIDE, TWICE, NO_RUNNING_COST, WAIVED, UNUSED)
    assert (report.errors, report.warnings, report.information, report.waived) == (2, 1, 1, 1)
    assert summarize(report, ENGLISH) == "2 errors, 1 warning, 1 for information, 1 waived"


def test_concise_writes_one_line_per_diagnostic() -> None:
    """Pipes and editors get a line each, errors first, what is waived last, each sorted by place; then the summary."""
    assert render(report_of(TWICE, WAIVED, OUTSIDE), "concise", ENGLISH, version=VERSION) == (
        f"{PATH}:12:7: error[C103] cost in 2033, after the term ends in 2026\n"
        f"{PATH}:13:1: error[Y102] key `title` appears twice\n"
        f"{PATH}:8:16: waived[F102] own share of 12.50 %\n"
        "2 errors, 1 waived\n"
    )


@pytest.mark.parametrize("format", ["full", "concise"])
def test_one_finding_for_information_stands_for_those_of_its_rule(format: str) -> None:
    """People read errors first, then one finding of each rule for information with the number of the others."""
    told = [
        replace(NO_RUNNING_COST, severity=Severity.INFORMATION, span=span_of(word))
        for word in ("label", "title")
    ]
    report = report_of(*told, UNUSED, OUTSIDE)
    short, each = (render(report, format, ENGLISH, version=VERSION, whole=whole) for whole in (False, True))
    assert "and 1 other: sh run.sh check -v" in short and "sh run.sh check -v" not in each
    assert [short.count("nothing recurs"), each.count("nothing recurs")] == [1, 2]
    assert short.index("C103") < min(short.index("C104"), short.index("S104"))
    assert short.splitlines()[-1] == each.splitlines()[-1] == "1 error, 3 for information"


def test_github_ranks_errors_first_and_escapes_what_its_commands_reserve() -> None:
    """Annotations keep their place, title, hint and second place; reserved signs are written as codes."""
    strange = Diagnostic(
        "M101",
        "unknown-key",
        Severity.WARNING,
        say("100 % a:b,c\nd"),
        Span("a:b,c%.yaml", *[Position(1, 1)] * 2),
    )
    assert render(
        report_of(strange, TWICE, UNUSED), "github", ENGLISH, version=VERSION, prefix="city/"
    ).split("\n") == [
        f"::error file=city/{PATH},line=13,endLine=13,col=1,endColumn=6,title=Y102 duplicate-key"
        f"::key `title` appears twice%0A{PATH}:1:1: first defined here",
        "::warning file=city/a%3Ab%2Cc%25.yaml,line=1,endLine=1,col=1,endColumn=1,title=M101 unknown-key"
        "::100 %25 a:b,c␊d",
        "1 error, 1 warning, 1 for information",
        "",
    ]


def test_github_gives_no_columns_over_several_lines() -> None:
    """GitHub takes columns only for a span of one line."""
    fault = Diagnostic("C102", "spread-mismatch", Severity.ERROR, say("110"), span_of("spread:\n      2031"))
    command = render(report_of(fault), "github", ENGLISH, version=VERSION).splitlines()[0]
    assert command == f"::error file={PATH},line=9,endLine=10,title=C102 spread-mismatch::110"


def test_github_shows_ten_of_each_and_counts_the_rest() -> None:
    """GitHub drops the eleventh annotation without a word, so we count it ourselves."""
    report = report_of(*[OUTSIDE] * 13, *[NO_RUNNING_COST] * 11, *[WAIVED] * 3)
    lines = render(report, "github", ENGLISH, version=VERSION).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == ANNOTATIONS_PER_SEVERITY
    assert sum(line.startswith("::warning ") for line in lines) == ANNOTATIONS_PER_SEVERITY
    assert lines[-2:] == [
        "::notice::not shown here: 3 errors, 1 warning; the job summary has them all",
        "13 errors, 11 warnings, 3 waived",
    ]


def test_job_summary_holds_everything_in_one_table() -> None:
    """The job summary lists all diagnostics, gravest first, and none of their signs acts in Markdown."""
    piped = Diagnostic("M103", "wrong-type", Severity.WARNING, say("`a|b` <b>"), span_of("costs"))
    assert job_summary(report_of(piped, OUTSIDE, WAIVED), ENGLISH) == (
        "### 1 error, 1 warning, 1 waived\n"
        "\n"
        "| severity | rule | place | message |\n"
        "| --- | --- | --- | --- |\n"
        f"| error | C103 | {PATH}:\N{WORD JOINER}12:7 | cost in 2033, after the term ends in 2026"
        "<br>hint: move the 40 units to 2026 or earlier |\n"
        f"| warning | M103 | {PATH}:\N{WORD JOINER}3:1 | \\`a\\|b\\` \\<b\\> |\n"
        f"| waived | F102 | {PATH}:\N{WORD JOINER}8:16 | own share of 12.50 %<br>because: opération ANRU |\n"
    )


def test_job_summary_stays_under_what_github_takes() -> None:
    """A summary over 1 MiB would be refused whole, so the last rows give way and are counted."""
    long = Diagnostic("M103", "wrong-type", Severity.ERROR, say("é" * 5000), span_of("costs"))
    text = job_summary(report_of(*[long] * 300), ENGLISH)
    shown = text.count("| M103 |")
    assert len(text.encode("utf-8")) < 1024 * 1024
    assert 90 < shown < 300
    assert text.endswith(f"\nToo many for a job summary: {300 - shown} not shown.\n")


def test_gitlab_writes_code_quality_issues_without_the_waived_ones() -> None:
    """GitLab gets description, rule, severity, place and a fingerprint."""
    issues = json.loads(
        render(report_of(OUTSIDE, NO_RUNNING_COST, WAIVED), "gitlab", ENGLISH, version=VERSION)
    )
    fingerprints = [issue.pop("fingerprint") for issue in issues]
    assert all(re.fullmatch("[0-9a-f]{64}", fingerprint) for fingerprint in fingerprints)
    assert issues == [
        {
            "description": "C104: nothing recurs",
            "check_name": "capex-without-opex",
            "severity": "minor",
            "location": {"path": PATH, "lines": {"begin": 3, "end": 3}},
        },
        {
            "description": "C103: cost in 2033, after the term ends in 2026"
            " — hint: move the 40 units to 2026 or earlier",
            "check_name": "cost-outside-term",
            "severity": "major",
            "location": {"path": PATH, "lines": {"begin": 12, "end": 12}},
        },
    ]


def test_fingerprints_are_unique_and_stay_when_lines_are_added() -> None:
    """A fault keeps its fingerprint below new lines and in French; two equal faults have two."""
    moved = Source(PATH, f"# a comment\n\n{TEXT}")
    before = report_of(OUTSIDE, OUTSIDE, TWICE)
    shifted = [
        Diagnostic(item.code, item.name, item.severity, item.message, span_of(words, moved, last=True))
        for item, words in ((OUTSIDE, "2033"), (OUTSIDE, "2033"), (TWICE, "title"))
    ]
    after = report_of(*shifted, sources=(moved,))
    names_before = [
        issue["fingerprint"] for issue in json.loads(render(before, "gitlab", ENGLISH, version="1"))
    ]
    names_after = [issue["fingerprint"] for issue in json.loads(render(after, "gitlab", FRENCH, version="2"))]
    assert names_before == names_after
    assert len(set(names_before)) == 3


def test_sarif_is_valid_and_carries_places_rules_and_suppressions() -> None:
    """The log follows the published schema, and each result leads to its rule and its places."""
    document = json.loads(
        render(report_of(OUTSIDE, TWICE, WAIVED, UNUSED), "sarif", ENGLISH, version=VERSION, prefix="ville é")
    )
    SARIF.validate(document)
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert (document["version"], driver["version"], run["columnKind"]) == (
        "2.1.0",
        VERSION,
        "unicodeCodePoints",
    )
    assert {rule["id"] for rule in driver["rules"]} >= {*RULES, "C103", "Y102", "F102", "S104"}
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    note, waived, error, second = run["results"]
    assert (note["level"], error["level"]) == ("note", "error")
    location = error["locations"][0]["physicalLocation"]
    assert location["region"] == {"startLine": 12, "startColumn": 7, "endLine": 12, "endColumn": 11}
    assert location["artifactLocation"]["uri"] == f"ville%20%C3%A9/{PATH}"
    assert second["relatedLocations"][0]["message"]["text"] == "first defined here"
    assert second["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert waived["suppressions"] == [{"kind": "inSource", "justification": "opération ANRU"}]
    assert error["suppressions"] == []


def test_a_safe_edit_is_a_suggestion_and_a_fix() -> None:
    """Reviewdog and viewers of SARIF get the edit itself, on its own span, each counting columns in its own way."""
    source = Source(PATH, "title: Été\nstatus: prête  # vu\n")
    edit = TextEdit(source.span(source.text.index("prête"), source.text.index("  # vu")), "ready")
    fix = Fix.of(say("write `{text}`", text="ready"), edit)
    finding = replace(OUTSIDE, span=source.span(7, 10), hints=(fix,))
    report = report_of(finding, sources=(source,))
    full = render(report, "full", ENGLISH, version=VERSION)
    assert full.endswith(f"\n\n1 error\n`sh run.sh check --fix` corrects 1 of them, in {PATH}\n")
    (entry,) = json.loads(render(report, "rdjson", ENGLISH, version=VERSION, prefix="ville"))["diagnostics"]
    assert entry["location"] == {
        "path": f"ville/{PATH}",
        "range": {"start": {"line": 1, "column": 8}, "end": {"line": 1, "column": 13}},
    }
    assert (entry["severity"], entry["code"]) == ("ERROR", {"value": "C103"})
    assert entry["suggestions"] == [
        {"range": {"start": {"line": 2, "column": 9}, "end": {"line": 2, "column": 15}}, "text": "ready"}
    ]
    document = json.loads(render(report, "sarif", ENGLISH, version=VERSION, prefix="ville"))
    SARIF.validate(document)
    (fixed,) = document["runs"][0]["results"][0]["fixes"]
    assert fixed["description"]["text"] == "write `ready`"
    (change,) = fixed["artifactChanges"]
    assert change["artifactLocation"]["uri"] == f"ville/{PATH}"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 14},
            "insertedContent": {"text": "ready"},
        }
    ]
    renamed = replace(finding, hints=(Fix.of(say("rename it"), Rename(PATH, "x.yaml")),))
    (entry,) = json.loads(render(report_of(renamed), "rdjson", ENGLISH, version=VERSION))["diagnostics"]
    assert "suggestions" not in entry and "rename it" in entry["message"]


def test_sarif_gives_each_declared_rule_its_page() -> None:
    """A rule's page is the help of its descriptor; nothing is suppressed where nothing is waived."""
    document = json.loads(render(report_of(OUTSIDE), "sarif", ENGLISH, version=VERSION))
    rules = {rule["id"]: rule for rule in document["runs"][0]["tool"]["driver"]["rules"]}
    for code, declared in RULES.items():
        assert rules[code]["name"] == declared.name
        assert rules[code]["help"]["text"] == declared.page
    assert rules["Y102"]["name"] == duplicate_key.name
    assert rules["Y102"]["shortDescription"]["text"] == "The same key stands twice in one group of keys."
    example = "**Fails**\n\n```yaml\nowner: amp\nowner: marseille\n```\n\n**Passes**\n\n"
    assert example in rules["Y102"]["help"]["markdown"]
    assert "suppressions" not in document["runs"][0]["results"][0]


def test_sarif_messages_hold_no_placeholder_and_no_link() -> None:
    """Braces and Markdown links of an author's text are shown, not followed."""
    fault = Diagnostic(
        "R105",
        "broken-reference",
        Severity.ERROR,
        say("{text} leads nowhere", text="{0} [a](b) [c]"),
        span_of("2033"),
    )
    document = json.loads(render(report_of(fault), "sarif", ENGLISH, version=VERSION))
    assert document["runs"][0]["results"][0]["message"]["text"] == "{{0}} \\[a](b) [c] leads nowhere"


def test_junit_fails_on_errors_passes_warnings_and_skips_what_is_waived() -> None:
    """One suite per file, one case per diagnostic, counted the way test pages count."""
    root = ElementTree.fromstring(
        render(report_of(OUTSIDE, NO_RUNNING_COST, WAIVED), "junit", ENGLISH, version=VERSION)
    )
    (suite,) = root
    assert (root.tag, suite.get("name")) == ("testsuites", PATH)
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "1"]
    warning, waived, error = suite
    assert [child.tag for case in suite for child in case] == ["system-out", "skipped", "failure"]
    assert (error.get("name"), error.get("line")) == ("C103 cost-outside-term 12:7", "12")
    assert error[0].get("message") == "cost in 2033, after the term ends in 2026"
    assert "12 |       2033: 40\n   |       ^^^^\n" in (error[0].text or "")
    assert "warning[C104]: nothing recurs" in (warning[0].text or "")
    assert waived[0].get("message") == "opération ANRU"


def test_junit_has_one_passing_case_when_nothing_is_found() -> None:
    """An empty report would read as a broken one."""
    root = ElementTree.fromstring(render(report_of(), "junit", ENGLISH, version=VERSION))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert root.findtext("testsuite/testcase/system-out") == "nothing to report: 8 proposals checked"


def test_json_is_the_published_shape() -> None:
    """The JSON has the keys, positions and counts of the format's contract."""
    assert json.loads(render(report_of(TWICE, WAIVED, drafts=2), "json", ENGLISH, version=VERSION)) == {
        "version": 1,
        "diagnostics": [
            {
                "code": "F102",
                "name": "own-share-below-20",
                "severity": "error",
                "message": "own share of 12.50 %",
                "path": PATH,
                "line": 8,
                "column": 16,
                "end_line": 8,
                "end_column": 22,
                "hints": [],
                "related": [],
                "waived": "opération ANRU",
            },
            {
                "code": "Y102",
                "name": "duplicate-key",
                "severity": "error",
                "message": "key `title` appears twice",
                "path": PATH,
                "line": 13,
                "column": 1,
                "end_line": 13,
                "end_column": 6,
                "hints": [],
                "related": [{"path": PATH, "line": 1, "column": 1, "message": "first defined here"}],
                "waived": None,
            },
        ],
        "summary": {"errors": 1, "warnings": 0, "information": 0, "waived": 1, "proposals": 8, "drafts": 2},
    }


@pytest.mark.parametrize(
    ("asked", "environment", "terminal", "chosen"),
    [
        ("auto", {"GITHUB_ACTIONS": "true"}, True, "github"),
        ("auto", {"GITLAB_CI": "true"}, False, "concise"),
        ("auto", {}, True, "full"),
        ("auto", {}, False, "concise"),
        ("junit", {"GITHUB_ACTIONS": "true"}, True, "junit"),
    ],
)
def test_auto_picks_the_format_for_who_reads(
    asked: str, environment: dict[str, str], terminal: bool, chosen: str
) -> None:
    """Annotations in Actions, excerpts on a terminal, lines in a pipe; what is asked for wins."""
    assert choose_format(asked, environment, terminal=terminal) == chosen


@pytest.mark.parametrize(
    ("environment", "terminal", "color"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_follows_the_terminal_and_the_two_variables(
    environment: dict[str, str], terminal: bool, color: bool
) -> None:
    """`NO_COLOR` wins over `FORCE_COLOR`, which wins over the terminal."""
    assert choose_color(environment, terminal=terminal) is color


@pytest.mark.parametrize(
    ("line", "marked", "shown", "indent", "width"),
    [
        ("prix: 12 €", "12", "prix: 12 €", 6, 2),
        ("\tclé: x", "clé", "→clé: x", 1, 3),
        ("a\u202eb: x", "x", "a<U+202E>b: x", 12, 1),
        ("a\x00b", "b", "a␀b", 2, 1),
        ("数日: x", "日", "数日: x", 2, 2),
        ("e\u0301te\u0301: x", "x", "e\u0301te\u0301: x", 5, 1),
        ("👩\u200d⚕\ufe0f 👍🏽 x", "x", "👩\u200d⚕\ufe0f 👍🏽 x", 6, 1),
    ],
)
def test_marks_stand_under_the_columns_a_terminal_shows(
    line: str, marked: str, shown: str, indent: int, width: int
) -> None:
    """Tabs, hidden characters, wide ones, accents and emoji sequences do not shift the mark."""
    start = line.index(marked)
    excerpt = take_excerpt(line, start, start + len(marked))
    assert (excerpt.text, excerpt.indent, excerpt.width) == (shown, indent, width)


@pytest.mark.parametrize(
    ("place", "cut_before", "cut_after"),
    [
        (0, False, True),
        (50, False, True),
        (500, True, True),
        (950, True, True),
        (980, True, False),
        (996, True, False),
    ],
)
def test_long_lines_are_clipped_around_the_mark(place: int, cut_before: bool, cut_after: bool) -> None:
    """A line of a thousand characters is cut to a hundred columns, with the marked word inside."""
    line = "." * place + "WORD" + "." * (996 - place)
    excerpt = take_excerpt(line, place, place + 4)
    assert COLUMNS - 1 <= len(excerpt.text) <= COLUMNS
    assert excerpt.text[excerpt.indent : excerpt.indent + excerpt.width] == "WORD"
    assert (excerpt.text.startswith("…"), excerpt.text.endswith("…")) == (cut_before, cut_after)


@given(st.text(max_size=300), st.integers(0, 320), st.integers(0, 320))
def test_any_excerpt_fits_and_its_mark_stays_inside(line: str, start: int, end: int) -> None:
    """For any line and span, the excerpt has at most a hundred columns, the mark ends at most one past it."""
    excerpt = take_excerpt(line, start, end)
    columns = sum(cell.width for cell in measure(excerpt.text))
    assert columns <= COLUMNS
    assert excerpt.width >= 1
    assert excerpt.indent + excerpt.width <= COLUMNS + 1


anything = st.text(st.characters(), max_size=40)
faults = st.builds(
    lambda code, text, hint, path, line, column, severity, waived: Diagnostic(
        code,
        "any-rule",
        severity,
        say("found {text}", text=text),
        Span(path, Position(line, column), Position(line, column + 1)),
        (say("type {text}", text=hint),),
        (Label(Span(path, Position(1, 1), Position(2, 1)), say("see {text}", text=hint)),),
        waived,
    ),
    st.sampled_from(["Y101", "C103"]),
    anything,
    anything,
    # a file's name is bytes
    st.binary(min_size=1, max_size=40).map(lambda name: name.decode("utf-8", "surrogateescape")),
    st.integers(1, 4),
    st.integers(1, 40),
    st.sampled_from(Severity),
    st.none() | anything,
)
reports = st.builds(
    lambda diagnostics, text: Report.gather(
        diagnostics,
        [Source(diagnostic.span.path, text) for diagnostic in diagnostics],
        proposals=1,
        drafts=0,
    ),
    st.lists(faults, max_size=4),
    anything,
)


@given(reports)
def test_no_text_breaks_out_of_its_format(report: Report) -> None:
    """Whatever authors type and name their files, commands keep to their line, XML parses, JSON loads."""
    written = {name: render(report, name, FRENCH, version=VERSION) for name in FORMATS}
    for text in written.values():
        assert text.encode("utf-8").decode("utf-8") == text
        assert text.endswith("\n")
    commands = written["github"].splitlines()
    shown = [item for item in report.standing if item.severity is not Severity.INFORMATION]
    assert len(commands) == len(shown) + 1
    assert all(re.match(r"::(error|warning) file=[^,:]+,line=\d", command) for command in commands[:-1])
    assert len(written["concise"].splitlines()) == len(report.diagnostics) + 1
    assert len(json.loads(written["json"])["diagnostics"]) == len(report.diagnostics)
    assert len(json.loads(written["gitlab"])) == len(report.standing)
    cases = ElementTree.fromstring(written["junit"]).findall("testsuite/testcase")
    assert len(cases) == max(1, len(report.diagnostics))
    rows = job_summary(report, FRENCH).splitlines()
    assert len(rows) == (4 + len(report.diagnostics) if report.diagnostics else 1)
    assert "\x1b" not in written["full"]


@given(reports)
def test_sarif_is_valid_for_any_text(report: Report) -> None:
    """The log follows the published schema whatever the texts and paths."""
    SARIF.validate(json.loads(render(report, "sarif", ENGLISH, version=VERSION)))


@given(st.text(st.characters()))
def test_visible_text_is_one_line_that_xml_takes(text: str) -> None:
    """Nothing that breaks a line, acts on a terminal or is forbidden in XML stays in a shown text."""
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert shown == visible(shown)
    element = ElementTree.Element("a", b=shown)
    assert ElementTree.fromstring(ElementTree.tostring(element, encoding="unicode")).get("b") == shown
