"""Messages wait for a language; rules have one code, one name and one page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.content.schema_rules import missing_key
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.positions import Position, Span
from booklet.diagnostics.rule import RULES, rule
from booklet.money.euros import Euros
from booklet.text.language import ENGLISH, FRENCH

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Span("a.yaml", Position(2, 3), Position(2, 5))


def test_values_are_written_in_the_language() -> None:
    """Amounts, numbers, days and messages inside a message take the language it is written in."""
    day = date(2021, 7, 14)
    message = say("{a} {b} {c} {d}", a=Euros.of(Decimal(1200)), b=Decimal("1.5"), c=day, d=say("{n}", n=2))
    assert message.text(FRENCH) == "1\u202f200\u00a0€ 1,50 2021-07-14 2"
    assert str(message) == message.text(ENGLISH) == "1,200\u00a0€ 1.50 2021-07-14 2"


def test_braces_of_an_author_are_only_text() -> None:
    """What an author typed is never read as a template; doubled braces of a template are single ones."""
    assert str(say("found {found}", found="{0.__class__} {x}")) == "found {0.__class__} {x}"
    assert str(say("{{2021: {units}}}", units=50)) == "{2021: 50}"
    assert str(say("write {{2021: 50}}")) == "write {2021: 50}"


def test_words_are_listed_between_marks() -> None:
    """A list of words in a message marks each word."""
    assert quote_all(("ht", "ttc")) == "`ht`, `ttc`"


def test_diagnostics_sort_by_place() -> None:
    """Order is path, line, column, then code: the same for the same faults."""
    spans = [
        Span("b.yaml", Position(1, 1), Position(1, 2)),
        Span("a.yaml", Position(10, 1), Position(10, 2)),
        Span("a.yaml", Position(9, 2), Position(9, 3)),
        Span("a.yaml", Position(9, 1), Position(9, 2)),
    ]
    found = [Diagnostic("C103", "n", Severity.ERROR, say("m"), span) for span in spans]
    found.append(Diagnostic("C101", "n", Severity.ERROR, say("m"), spans[-1]))
    ordered = sorted(found, key=lambda diagnostic: diagnostic.order)
    assert [(d.span.path, d.span.start.line, d.span.start.column, d.code) for d in ordered] == [
        ("a.yaml", 9, 1, "C101"),
        ("a.yaml", 9, 1, "C103"),
        ("a.yaml", 9, 2, "C103"),
        ("a.yaml", 10, 1, "C103"),
        ("b.yaml", 1, 1, "C103"),
    ]


def test_a_rule_reports_with_its_own_severity_unless_told() -> None:
    """A rule stamps code, name and severity; a case may lower it, a second place explains it."""
    label = Label(HERE, say("first defined here"))
    plain = missing_key.at(HERE, say("m"), say("h"), related=[label])
    assert (plain.code, plain.name, plain.severity) == ("M102", "missing-key", Severity.ERROR)
    assert plain.hints == (say("h"),) and plain.related == (label,) and plain.waived is None
    assert missing_key.at(HERE, say("m"), severity=Severity.INFORMATION).severity is Severity.INFORMATION


@pytest.mark.parametrize(("code", "name"), [("M102", "a-new-name"), ("Z999", "missing-key")])
def test_codes_and_names_are_used_once(code: str, name: str) -> None:
    """Declaring a code or a name a second time fails at import."""

    def check() -> Iterator[Diagnostic]:
        yield from ()

    with pytest.raises(AssertionError):
        rule(code, name, Severity.ERROR)(check)
    assert "Z999" not in RULES
    assert RULES["M102"] is missing_key
