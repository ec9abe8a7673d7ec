"""Rules' docstrings → `explain` and `docs/rules.md`: every page complete, and the written pages current."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from booklet.checks import engine  # noqa: F401 (declares every rule)
from booklet.content.yaml.parse import parse
from booklet.diagnostics.rule import RULES, rule
from booklet.diagnostics.rule_pages import list_rules, read_page, render_all, render_page, write_text
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT

RELEASED = Path(__file__).resolve().parents[1] / "data" / "released_rules.txt"


def test_released_codes_keep_their_names() -> None:
    """No code that a release had is missing or renamed (`tests/data/released_rules.txt`, extended by each release)."""
    declared = {f"{declared.code} {declared.name}" for declared in list_rules()}
    assert set(RELEASED.read_text("utf-8").splitlines()) - declared == set()


def test_page_is_complete() -> None:
    """A page has one sentence, its four headings in order, and examples that differ."""
    for declared in list_rules():
        page = read_page(declared)
        assert page.summary.endswith("."), declared.code
        assert page.why and page.source, declared.code
        assert page.fails and page.passes and page.fails != page.passes, declared.code


def test_passing_example_is_readable() -> None:
    """What a page shows as passing is read without a fault, except where the example is in words."""
    for declared in list_rules():
        example = read_page(declared).passes
        if ":" in example and "{{" not in example:
            assert parse("example.yaml", f"{example}\n".encode()).diagnostics == (), declared.code


def test_explained_page_shows_all_of_it() -> None:
    """`explain` shows the code, the name, the severity, and both examples as typed."""
    for declared in list_rules():
        page, written = read_page(declared), render_page(declared, ENGLISH)
        assert written.startswith(f"# {declared.code} {declared.name} ({declared.severity})\n"), declared.code
        assert f"```yaml\n{page.fails}\n```" in written, declared.code
        assert f"```yaml\n{page.passes}\n```" in written, declared.code


def test_every_address_of_the_table_leads_to_a_heading() -> None:
    """Every link of the table of rules is the address of a heading of the page."""
    for language in (ENGLISH, FRENCH):
        page = render_all(language)
        headings = {
            re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
            for line in page.splitlines()
            if line.startswith("### ")
        }
        assert set(re.findall(r"\]\(#([^)]+)\)", page)) == headings


def test_a_code_is_declared_once() -> None:
    """Declaring a code or a name a second time fails at once."""
    with pytest.raises(AssertionError, match="C103 is declared twice"):
        rule("C103", "another-name", list_rules()[0].severity)(list_rules()[0].check)
    with pytest.raises(AssertionError, match="cost-outside-term is used twice"):
        rule("C999", "cost-outside-term", list_rules()[0].severity)(list_rules()[0].check)


def test_explained_page_is_plain_text() -> None:
    """On a terminal the page has no marks of Markdown, in lines of its width, and the examples as typed."""
    for declared in list_rules():
        page, written = read_page(declared), write_text(declared, ENGLISH, 80)
        assert written.startswith(f"{declared.code} {declared.name} ({declared.severity})\n"), declared.code
        assert not re.search(r"^#|\*\*|```", written.replace("  # ", ""), re.MULTILINE), declared.code
        for example in (page.fails, page.passes):
            assert textwrap.indent(example, "  ") in written, declared.code
        prose = written.replace(textwrap.indent(page.fails, "  "), "").replace(
            textwrap.indent(page.passes, "  "), ""
        )
        assert all(len(line) <= 80 or " " not in line.strip() for line in prose.splitlines()), declared.code


def test_sources_name_headings_that_exist() -> None:
    """A page of ours that a rule rests on is there, with the heading that is named."""
    for declared in list_rules():
        for source in read_page(declared).source:
            assert not re.search(r"\b(?:FORMAT|ARCHITECTURE)\b", source), declared.code
            for path, heading in re.findall(r'`(docs/[\w-]+\.md)`(?:, "([^"]+)")?', source):
                assert re.search(
                    rf"^#+ {re.escape(heading)}", (ROOT / path).read_text("utf-8"), re.MULTILINE
                ), declared.code


def test_examples_speak_the_language_of_the_page() -> None:
    """What an example says in words is translated, in comments and where it is no YAML; YAML stays as typed."""
    french = write_text(RULES["R106"], FRENCH, 80)
    assert "une lettre de trois pages" in french and "a letter" not in french
    assert "# les organismes de edition.yaml sont amp et marseille\n  owner: aix" in write_text(
        RULES["M106"], FRENCH, 80
    )
