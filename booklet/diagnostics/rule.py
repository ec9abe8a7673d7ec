"""Rules: a stable code, a name, and the function that checks it, whose docstring is its page."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, ParamSpec

from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from booklet.diagnostics.message import Message
    from booklet.diagnostics.positions import Span

P = ParamSpec("P")


@dataclass(frozen=True)
class Rule(Generic[P]):
    """A rule: a stable code, a name that reads well after "allow", and the function that checks it.

    The function's docstring is the rule's page in `docs/rules.md` and in `explain`.
    """

    code: str
    name: str
    severity: Severity
    check: Callable[P, Iterator[Diagnostic]]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Diagnostic]:
        """Run the check: every finding in the values that it takes."""
        return self.check(*args, **kwargs)

    @property
    def page(self) -> str:
        """The rule's documentation: the docstring of its function."""
        return inspect.getdoc(self.check) or ""

    def at(
        self,
        span: Span,
        message: Message,
        *hints: Message,
        related: Iterable[Label] = (),
        severity: Severity | None = None,
    ) -> Diagnostic:
        """A finding of this rule at a span; `severity` only for rules whose severity depends on the case."""
        return Diagnostic(
            self.code, self.name, severity or self.severity, message, span, tuple(hints), tuple(related)
        )


#: families, and rules of the others, whose findings nobody sets aside: what is unreadable or cannot be laid out is not
#: printed; money of a sum that does not hold would be in no total; a workbook's conflict is for its import to resolve;
#: a letter with a hole for one list would not be that of the others
FIXED_FAMILIES = ("Y", "M", "X")
FIXED_RULES = ("C101", "C102", "C103", "F101", "F111", "N108", "R101", "R107", "R108", "R112", "R113", "T101")

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


def is_fixed(code: str) -> bool:
    """Check whether no edition changes a rule's severity and no proposal waives its findings."""
    return code.startswith((*FIXED_FAMILIES, *FIXED_RULES))
