"""Rules' docstrings → `explain` and `docs/rules.md`: every page complete, and the written pages current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from booklet.checks import engine  # noqa: F401 (declares every rule)
from booklet.content.yaml.parse import parse
from booklet.diagnostics.rule import Rule, rule
from booklet.diagnostics.rule_pages import list_rules, read_page, render_all, render_page
from booklet.text.language import ENGLISH, FRENCH

RELEASED = Path(__file__).resolve().parents[1] / "data" / "released_rules.txt"
EACH_RULE = pytest.mark.parametrize("declared", list_rules(), ids=lambda declared: declared.code)


def test_released_codes_keep_their_names() -> None:
    """No code that a release had is missing or renamed (`tests/data/released_rules.txt`, extended by each release)."""
    declared = {f"{declared.code} {declared.name}" for declared in list_rules()}
    assert set(RELEASED.read_text("utf-8").splitlines()) - declared == set()


@EACH_RULE
def test_page_is_complete(declared: Rule[...]) -> None:
    """A page has one sentence, its four headings in order, and examples that differ."""
    page = read_page(declared)
    assert page.summary.endswith(".")
    assert page.why and page.source
    assert page.fails and page.passes and page.fails != page.passes


@EACH_RULE
def test_passing_example_is_readable(declared: Rule[...]) -> None:
    """What a page shows as passing is read without a fault, except where the example is in words."""
    example = read_page(declared).passes
    if ":" in example and "{{" not in example:
        assert parse("example.yaml", f"{example}\n".encode()).diagnostics == ()


@EACH_RULE
def test_explained_page_shows_all_of_it(declared: Rule[...]) -> None:
    """`explain` shows the code, the name, the severity, and both examples as typed."""
    page, written = read_page(declared), render_page(declared, ENGLISH)
    assert written.startswith(f"# {declared.code} {declared.name} ({declared.severity})\n")
    assert f"```yaml\n{page.fails}\n```" in written
    assert f"```yaml\n{page.passes}\n```" in written


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
