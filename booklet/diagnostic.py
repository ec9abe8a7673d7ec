"""What we tell an author: rules, messages, diagnostics.

A diagnostic is one value; every renderer (`report/`) derives from it and no rule knows a renderer. Messages are
English templates translated when they are written, so that a stage never depends on a language.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Generic, ParamSpec

from booklet.euros import Euros, write_number
from booklet.language import ENGLISH, Language
from booklet.source import Span


class Severity(StrEnum):
    """Rank what is found: an error stops the build, a warning only with `--strict`, information never."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Message:
    """Hold an English template and its values, until a language is known."""

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: Language) -> str:
        """Write the message in a language: values in their written form, the template from the catalogue."""
        if not self.values:
            return language.gettext(self.template).replace("{{", "{").replace("}}", "}")
        written = {name: _write(value, language) for name, value in self.values}
        return language.gettext(self.template).format(**written)

    def __str__(self) -> str:
        return self.text(ENGLISH)


def say(template: str, /, **values: object) -> Message:
    """Word a message; the marker by which the catalogue finds its templates."""
    return Message(template, tuple(values.items())) if values else _say_alone(template)


@cache  # what a value should be is said to every reader of a value, and hardly ever printed
def _say_alone(template: str) -> Message:
    return Message(template)


def quote_all(words: Iterable[object]) -> str:
    """Join words as a message lists them: `a`, `b`, `c`."""
    return ", ".join(f"`{word}`" for word in words)


def _write(value: object, language: Language) -> str:
    if isinstance(value, Message):
        return value.text(language)
    if isinstance(value, Euros):
        return value.write(language)
    if isinstance(value, Decimal):
        return write_number(value, language)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True, slots=True)
class Label:
    """Point at a second place that explains the first ("first defined here")."""

    span: Span
    message: Message


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """State one fault: what was found and expected, where, and what to type."""

    code: str
    name: str
    severity: Severity
    message: Message
    span: Span
    hints: tuple[Message, ...] = ()
    related: tuple[Label, ...] = ()
    #: the author's reason, when a waiver of the proposal covers it; it then counts for nothing
    waived: str | None = None
    #: the edition's reason, when it holds the rule for information only
    accepted: str | None = None

    @property
    def is_told(self) -> bool:
        """Tell whether a build speaks of it: information, and what is waived, wait for `check`."""
        return self.severity is not Severity.INFORMATION and not self.waived

    @property
    def order(self) -> tuple[Span, str, str]:
        """Sort by path, line, column, then code and text."""
        return (self.span, self.code, str(self.message))


P = ParamSpec("P")


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether anything stands in the way of a release."""
    return any(found.severity is Severity.ERROR and not found.waived for found in diagnostics)


def has_warnings(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether anything stands in the way when warnings count as errors."""
    return any(found.severity is Severity.WARNING and not found.waived for found in diagnostics)


@dataclass(frozen=True)
class Rule(Generic[P]):
    """Register one rule: a stable code, a name that reads well after "allow", and the function that checks it.

    The function's docstring is the rule's page in `docs/rules.md` and in `explain`.
    """

    code: str
    name: str
    severity: Severity
    check: Callable[P, Iterator[Diagnostic]]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Diagnostic]:
        """Check: give what the rule finds in the values that it takes."""
        return self.check(*args, **kwargs)

    @property
    def page(self) -> str:
        """Give the rule's documentation, as written under its function."""
        return inspect.getdoc(self.check) or ""

    def at(
        self,
        span: Span,
        message: Message,
        *hints: Message,
        related: Iterable[Label] = (),
        severity: Severity | None = None,
    ) -> Diagnostic:
        """Report this rule at a place; `severity` only where the rule says that it depends on the case."""
        return Diagnostic(
            self.code, self.name, severity or self.severity, message, span, tuple(hints), tuple(related)
        )


#: every rule by its code, in the order of declaration
RULES: dict[str, Rule[...]] = {}


def rule(code: str, name: str, severity: Severity) -> Callable[[Callable[P, Iterator[Diagnostic]]], Rule[P]]:
    """Declare the rule that a function checks; a code or name used twice fails at import."""

    def declare(check: Callable[P, Iterator[Diagnostic]]) -> Rule[P]:
        assert code not in RULES, f"rule {code} is declared twice"
        assert all(name != known.name for known in RULES.values()), f"rule name {name} is used twice"
        declared = Rule(code, name, severity, check)
        RULES[code] = declared
        return declared

    return declare


class BuildError(Exception):
    """Tell that the machine is not ready (exit status 3): one sentence, and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
