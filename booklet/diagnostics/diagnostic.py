"""A diagnostic: one finding of one rule, with its span, message and hints.

Every format (`reporters/`) is rendered from this value, and no rule knows a format.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from booklet.diagnostics.edits import Fix
from booklet.diagnostics.message import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.diagnostics.message import Message
    from booklet.diagnostics.positions import Span


class Severity(StrEnum):
    """How grave a finding is, the gravest first: errors stop a build, warnings only with `--strict`."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"

    @property
    def rank(self) -> int:
        """The place in the order of gravity: 0 is the gravest."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Label:
    """A second span that explains the first ("first defined here")."""

    span: Span
    message: Message


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what was found and expected, where, and what to type."""

    code: str
    name: str
    severity: Severity
    message: Message
    span: Span
    hints: tuple[Message, ...] = ()
    related: tuple[Label, ...] = ()
    #: the author's reason, when a waiver of the proposal covers the finding; it is then not counted
    waived: str | None = None
    #: the edition's reason, when it holds the rule for information only
    accepted: str | None = None

    @property
    def fix(self) -> Fix | None:
        """The hint that is safe to follow, with its edit; None where every hint asks for a decision."""
        return next((hint for hint in self.hints if isinstance(hint, Fix)), None)

    @property
    def is_printed(self) -> bool:
        """Check whether a build prints the finding: information, and what is waived, is left to `check`."""
        return self.severity is not Severity.INFORMATION and not self.waived

    @property
    def order(self) -> tuple[str, int, int, int, int, str, str]:
        """The key to sort by: path, line, column, then code and text."""
        start, end = self.span.start, self.span.end
        place = self.span.path, start.line, start.column, end.line, end.column
        return (*place, self.code, str(self.message))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Check whether an error that no waiver covers prevents a release."""
    return any(found.severity is Severity.ERROR and not found.waived for found in diagnostics)


def has_warnings(diagnostics: Iterable[Diagnostic]) -> bool:
    """Check whether a warning that no waiver covers prevents a release under `--strict`."""
    return any(found.severity is Severity.WARNING and not found.waived for found in diagnostics)


class BuildError(MessageError):
    """The machine is not ready (exit status 3): one sentence, and what to do."""
