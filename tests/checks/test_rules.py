"""Rules' docstrings → `explain` and `docs/rules.md`: every page complete, and the written pages current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from booklet.checks.engine import (
    DIFF_RULES,
    DOCUMENT_RULES,
    LAYOUT_RULES,
    PRINT_RULES,
    PROPOSAL_RULES,
    SETTINGS_RULES,
    WORKBOOK_RULES,
    WORKSPACE_RULES,
)
from booklet.content.yaml.parse import parse
from booklet.diagnostics.rule import Rule, rule
from booklet.diagnostics.rule_pages import list_rules, read_page, render_all, render_page
from booklet.text.language import ENGLISH, FRENCH

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: codes that are promised for ever, with their names
PROMISED = [
    "Y101",
    "yaml-syntax",
    "Y102",
    "duplicate-key",
    "Y103",
    "yaml-alias",
    "Y104",
    "not-utf8",
    "Y105",
    "file-too-large",
    "Y106",
    "empty-file",
    "Y107",
    "comma-in-flow",
    "Y108",
    "stray-file",
    "Y109",
    "not-a-plain-file",
    "M101",
    "unknown-key",
    "M102",
    "missing-key",
    "M103",
    "wrong-type",
    "M104",
    "bad-amount",
    "M105",
    "bad-date",
    "M106",
    "unknown-reference",
    "M107",
    "id-mismatch",
    "M108",
    "duplicate-id",
    "M109",
    "range-order",
    "C101",
    "total-mismatch",
    "C102",
    "spread-mismatch",
    "C103",
    "cost-outside-term",
    "C104",
    "capex-without-opex",
    "C105",
    "opex-stops-with-term",
    "C110",
    "vat-rate",
    "C111",
    "no-cost",
    "T101",
    "phase-outside-term",
    "T102",
    "phase-reversed",
    "T103",
    "phase-order",
    "T104",
    "spending-before-decision",
    "T105",
    "dependency-cycle",
    "T106",
    "one-way-link",
    "T107",
    "needs-later-proposal",
    "S101",
    "unsourced-figure",
    "S102",
    "stale-source",
    "S104",
    "unused-source",
    "N101",
    "duplicate-list",
    "N102",
    "list-or-candidate-named",
    "N103",
    "call-to-vote",
    "N107",
    "unknown-slot",
    "C106",
    "fte-cost-unusual",
    "C107",
    "range-too-narrow",
    "C108",
    "no-optimism-margin",
    "C109",
    "double-count",
    "C112",
    "false-precision",
    "F101",
    "funding-exceeds-cost",
    "F102",
    "own-share-below-20",
    "F103",
    "own-share-below-30",
    "F104",
    "state-grants-above-80",
    "F105",
    "loan-funds-operating",
    "F106",
    "funder-not-eligible",
    "F107",
    "fctva-not-eligible",
    "F108",
    "owner-not-competent",
    "F109",
    "impact-study-missing",
    "F110",
    "funding-mostly-hoped",
    "F111",
    "funding-years-mismatch",
    "S103",
    "parameter-expired",
    "N104",
    "no-delivery-rule",
    "N105",
    "delivered-on-polling-day",
    "N106",
    "no-printer-imprint",
    "P101",
    "guardrail-total",
    "P102",
    "guardrail-year",
    "P103",
    "unused-waiver",
    "P104",
    "guardrail-increase",
    "R101",
    "template-error",
    "R102",
    "asset-missing",
    "R103",
    "asset-refused",
    "R104",
    "missing-alternative-text",
    "R105",
    "broken-reference",
    "R107",
    "missing-glyph",
    "X101",
    "workbook-conflict",
    "X102",
    "workbook-unknown-row",
    "X103",
    "workbook-bad-value",
]
EACH_RULE = pytest.mark.parametrize("declared", list_rules(), ids=lambda declared: declared.code)


def test_promised_codes_keep_their_names() -> None:
    """No code of the contract is missing or renamed."""
    declared = {declared.code: declared.name for declared in list_rules()}
    promised = dict(zip(PROMISED[::2], PROMISED[1::2], strict=True))
    assert {code: declared.get(code) for code in promised} == promised


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


def test_every_rule_of_a_family_is_asked() -> None:
    """A rule of the families that check values stands in the lists of rules, once."""
    beside = (LAYOUT_RULES, SETTINGS_RULES, PRINT_RULES, DIFF_RULES, WORKBOOK_RULES)
    lists = (DOCUMENT_RULES, PROPOSAL_RULES, WORKSPACE_RULES, *beside)
    asked = [one for rules in lists for one in rules if isinstance(one, Rule)]
    expected = [one for one in list_rules() if one.code[0] in "CTSNRFPX" or one.code == "M106"]
    assert sorted(one.code for one in asked) == sorted(one.code for one in expected)


def test_a_code_is_declared_once() -> None:
    """Declaring a code or a name a second time fails at once."""
    with pytest.raises(AssertionError, match="C103 is declared twice"):
        rule("C103", "another-name", list_rules()[0].severity)(list_rules()[0].check)
    with pytest.raises(AssertionError, match="cost-outside-term is used twice"):
        rule("C999", "cost-outside-term", list_rules()[0].severity)(list_rules()[0].check)
