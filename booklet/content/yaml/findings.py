"""The findings in one file: the first are reported, the others counted."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from booklet.content.yaml.rules import too_many_findings
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.limits import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Position


class Findings:
    """The first findings in a file, and the number of those after them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._first: list[Diagnostic] = []
        self._others, self._gravest = 0, Severity.INFORMATION

    def __bool__(self) -> bool:
        return bool(self._first)

    @property
    def is_full(self) -> bool:
        """Whether others are only counted."""
        return len(self._first) >= FINDINGS

    def add(self, found: Iterable[Diagnostic]) -> None:
        """Add findings."""
        for finding in found:
            if finding.code == too_many_findings.code:
                self.count(finding.severity, int(str(dict(finding.message.values)["count"])))
            elif self.is_full:
                self.count(Severity.INFORMATION if finding.waived else finding.severity)
            else:
                self._first.append(finding)

    def count(self, severity: Severity, number: int = 1) -> None:
        """Count findings that are not made."""
        if number:
            self._others += number
            if severity.rank < self._gravest.rank:
                self._gravest = severity

    def drop(self, start: Position) -> None:
        """Take back what was found at a position."""
        self._first = [finding for finding in self._first if finding.span.start != start]

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """The first findings, and last the number of the others."""
        if not self._others:
            return tuple(self._first)
        return (*self._first, *too_many_findings(self.path, self._others, self._gravest))


def bound_findings(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Keep the gravest findings of each file, and count the others."""
    by_path: dict[str, list[Diagnostic]] = {}
    for finding in found:
        by_path.setdefault(finding.span.path, []).append(finding)
    for path, here in by_path.items():
        findings = Findings(path)
        findings.add(sorted(here, key=lambda finding: (finding.waived is not None, finding.severity.rank)))
        yield from findings.all


def first_findings(found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
    """Make no more findings of one check than a file may have; the next one stands for all that are not made."""
    yield from islice(found, FINDINGS)
    for finding in islice(found, 1):
        yield from too_many_findings(finding.span.path, 1, finding.severity)
