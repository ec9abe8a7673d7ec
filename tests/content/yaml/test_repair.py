"""A fault of syntax with one reading is mended in its line; one with two is left to its author."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.yaml.parse import parse
from booklet.diagnostics.edits import TextEdit, apply_edits

TEXT = """\
title: Des bornes
costs:
  - label: Borne
    nature: equipment  # neuve
links: {needs: [un, deux]}
"""


def mend(text: str) -> str:
    """Apply the edits of every fault, until there is none."""
    for _ in range(9):
        parsed = parse("p.yaml", text.encode())
        edits = [one.fix.edit for one in parsed.diagnostics if one.fix]
        text, applied = apply_edits(parsed.source, [one for one in edits if isinstance(one, TextEdit)])
        if not applied:
            return text
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("good", "typed", "mended"),
    [
        ("Des bornes", "Des bornes : où ?  # vu", '"Des bornes : où ?"  # vu'),
        ("Des bornes", 'L\'eau : "un bien"', "'L''eau : \"un bien\"'"),
        ("Des bornes", "Des bornes : ici\n  et là", '"Des bornes : ici\n  et là"'),
        ("Des bornes", "Des bornes\n  et ici : là", '"Des bornes\n  et ici : là"'),
        (
            "title: Des bornes",
            "title:\n  Des bornes\n  et là : deux",
            "title: |\n  Des bornes\n  et là : deux",
        ),
        ("Borne", "Borne : pose", '"Borne : pose"'),
        ("Des bornes", '"Des" bornes', "'\"Des\" bornes'"),
        ("Des bornes", "'L'eau du port'", '"L\'eau du port"'),
        ("Des bornes", '"Le "bus" de nuit"', "'Le \"bus\" de nuit'"),
        ("Des bornes", '"Un" et "deux"', '\'"Un" et "deux"\''),
        ("Des bornes", "% de bornes", '"% de bornes"'),
        ("Des bornes", "*Toutes* les bornes", '"*Toutes* les bornes"'),
        ("Des bornes", "[Urgent] les bornes", '"[Urgent] les bornes"'),
        ("Des bornes", "“Des bornes : où ?”", '"Des bornes : où ?"'),
        ("Des bornes", "«\u00a0Des \\ bornes : où ?\u00a0»", "'Des \\ bornes : où ?'"),
        ("[un, deux]", "[un : deux]", "[un : deux]"),
        ("{needs: [un, deux]}", "[{a: L'un : e, b: f}]  # x : y", '[{a: "L\'un : e", b: f}]  # x : y'),
        ("{needs: [un, deux]}", "{a: [b, {c: d : e}], f: 'g : h'}", "{a: [b, {c: \"d : e\"}], f: 'g : h'}"),
        ("title: Des bornes", "title:\u00a0Des bornes", "title: Des bornes"),
        ("title: Des bornes", "title:Des bornes", "title: Des bornes"),
        ("  - label", "  – label", "  - label"),
        ("    nature", "\u00a0\u00a0\u00a0\u00a0nature", "    nature"),
        ("    nature", "\tnature", "    nature"),
        ("    nature", "  \tnature", "    nature"),
        ("  - label: Borne\n    nature", "\t- label: Borne\n\t  nature", "  - label: Borne\n    nature"),
        ("  - label: Borne\n    nature", "\t- label: A : B\n\t\tnature", '  - label: "A : B"\n    nature'),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_has_one_reading_is_mended(good: str, typed: str, mended: str, line_end: str) -> None:
    """Quotes, spaces, dashes and tabs are those of YAML afterwards; all else stays, comments and line ends too."""
    assert TEXT.count(good) == 1
    text, expected = (TEXT.replace(good, one).replace("\n", line_end) for one in (typed, mended))
    assert mend(text) == expected
    assert parse("p.yaml", expected.encode()).diagnostics == ()


@pytest.mark.parametrize(
    ("good", "typed"),
    [
        ("Des bornes", "Des bornes : la #12"),
        ("Des bornes", "Des bornes : la 1re # ou la 2e"),
        ("Des bornes", '"Des bornes'),
        ("Des bornes", "[Des bornes"),
        ("Des bornes", "Deux choses : ici\n  - un\n  - deux"),
        ("title: Des bornes", "title:\n  Deux choses\n  - ici : là\n  - deux : trois"),
        ("title: Des bornes", "title:\n  Deux choses  # vu\n  et là : deux"),
        ("{needs: [un, deux]}", "{needs: [un, deux}"),
        ("{needs: [un, deux]}", "{needs: un : deux, trois}"),
        ("title: Des bornes", "title Des bornes"),
        ("title: Des bornes", "Titre : un : deux"),
        ("  - label", "   - label: a\n  - label"),
    ],
)
def test_what_has_two_readings_is_left(good: str, typed: str) -> None:
    """A fault is told, and nobody guesses: a number sign, a quote or bracket never closed, a list, a lost colon."""
    text = TEXT.replace(good, typed, 1)
    assert mend(text) == text
    assert parse("p.yaml", text.encode()).diagnostics


def test_a_tab_before_a_key_of_the_margin_is_left() -> None:
    """A key is not moved to where it would lose what stands below it."""
    text = "timeline:\n  - id: pose\n    end: 2021\n\tcosts:\n  - label: borne\n    vat: 20 %\n"
    assert mend(text) == text


def test_a_tab_of_two_widths_is_left() -> None:
    """Where a tab of two spaces makes another structure than one of four, neither is chosen."""
    text = "scope:\n  included:\n    un:\n\tdeux: trois\n"
    assert mend(text) == text


#: lines of texts that are hardly YAML
LINES = (
    *("a: b", "  a: b : c", "- x : y : z", "  - ici : là", "\t- k: v", "\tk: v", "    - 'l'eau'", 'k: "a" b'),
    *(
        "k: “x : y”",
        "– k: v",
        "  – un",
        "k:",
        "  Un texte",
        "  et : suite",
        "k: |",
        "k: [a: b : c]",
        "k\xa0: v",
    ),
    *(
        "\xa0\xa0k: v",
        "k:v",
        "* x",
        "k: *x* y",
        "# c",
        "",
        "k: a # b : c",
        "k: 'a",
        "}",
        "- k: [a",
        "? a",
        "---",
    ),
)


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8))
def test_edits_come_to_an_end(lines: list[str]) -> None:
    """Whatever the text, no edit is found again once it was made."""
    assert mend("\n".join(lines)) is not None
