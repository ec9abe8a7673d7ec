"""Diagnostics of one run → `Report`, and the words that every format shares.

A format is a function of a report and a language; it knows no rule and reads no file.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.text.outside import visible, visible_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from booklet.diagnostics.positions import Source, Span
    from booklet.text.language import Language


#: how to see each finding that is for information
EACH = "sh run.sh check -v"


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one run, ready to be rendered in any format."""

    #: sorted by `Diagnostic.order`; the waived ones are among them, and are not counted
    diagnostics: tuple[Diagnostic, ...]
    #: the text of each file by its path, for excerpts; a file that could not be read as text has none
    sources: Mapping[str, Source]
    #: proposals that are ready
    proposals: int
    #: proposals that are drafts, counted apart
    drafts: int

    @classmethod
    def gather(
        cls, diagnostics: Iterable[Diagnostic], sources: Iterable[Source], *, proposals: int, drafts: int
    ) -> Report:
        """Sort diagnostics that come from several stages, and file the sources under their paths."""
        ordered = tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.order))
        return cls(ordered, {source.path: source for source in sources}, proposals, drafts)

    @property
    def errors(self) -> int:
        """The number of findings that stop a build."""
        return self._count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        """The number of findings that stop a build only with `--strict`."""
        return self._count(Severity.WARNING)

    @property
    def information(self) -> int:
        """The number of findings that never stop a build."""
        return self._count(Severity.INFORMATION)

    @property
    def waived(self) -> int:
        """The number of findings that a waiver covers."""
        return sum(diagnostic.waived is not None for diagnostic in self.diagnostics)

    @property
    def standing(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that no waiver covers, in order."""
        return tuple(diagnostic for diagnostic in self.diagnostics if diagnostic.waived is None)

    def ranked(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that no waiver covers, errors first, each severity in order."""
        return tuple(sorted(self.standing, key=lambda diagnostic: diagnostic.severity.rank))

    def listed(self) -> tuple[Diagnostic, ...]:
        """All diagnostics: those of `ranked`, then the waived ones."""
        waived = (diagnostic for diagnostic in self.diagnostics if diagnostic.waived is not None)
        return (*self.ranked(), *waived)

    def grouped(self, *, whole: bool) -> Iterator[tuple[Diagnostic, int]]:
        """The diagnostics of `listed`; of a rule's findings for information the first alone, unless `whole`.

        Each comes with the number of the others that it stands for.
        """
        left = Counter(one.code for one in self.standing if one.severity is Severity.INFORMATION)
        for one in self.listed():
            if whole or one.waived is not None or one.severity is not Severity.INFORMATION:
                yield one, 0
            elif one.code in left:
                yield one, left.pop(one.code) - 1

    def line_text(self, span: Span) -> str | None:
        """The text of the line where a span starts; None where the file or the line is unknown."""
        source = self.sources.get(span.path)
        if source is None or not 1 <= span.start.line <= len(source.lines):
            return None
        return source.lines[span.start.line - 1]

    def _count(self, severity: Severity) -> int:
        return sum(diagnostic.severity is severity for diagnostic in self.standing)


def severity_word(severity: Severity) -> Message:
    """The word for a severity, for people; formats that programs read have the English word."""
    words = {
        Severity.ERROR: say("error"),
        Severity.WARNING: say("warning"),
        Severity.INFORMATION: say("information"),
    }
    return words[severity]


def write_counts(errors: int, warnings: int, information: int, language: Language) -> str:
    """Write the counts that are not zero: `3 errors, 2 warnings`."""
    parts: list[str] = []
    if errors:
        count = Decimal(errors)
        one, many = say("{count} error", count=count), say("{count} errors", count=count)
        parts.append(inflect(errors, one, many, language))
    if warnings:
        count = Decimal(warnings)
        one, many = say("{count} warning", count=count), say("{count} warnings", count=count)
        parts.append(inflect(warnings, one, many, language))
    if information:
        parts.append(say("{count} for information", count=Decimal(information)).text(language))
    return ", ".join(parts)


def write_others(count: int, language: Language) -> str:
    """Write how many findings of a rule are not shown, and how to see them."""
    values = {"count": Decimal(count), "command": EACH}
    one = say("and {count} other: {command}", **values)
    many = say("and {count} others: {command}", **values)
    return inflect(count, one, many, language)


def summarize(report: Report, language: Language) -> str:
    """Write the line that ends a report: what was found, or that nothing was among how many proposals."""
    counts = write_counts(report.errors, report.warnings, report.information, language)
    checked = _write_checked(report, language)
    sentence = counts or say("nothing to report: {checked} checked", checked=checked).text(language)
    if not report.waived:
        return sentence
    waived = say("{count} waived", count=Decimal(report.waived))
    return f"{sentence}, {waived.text(language)}"


def write_place(span: Span) -> str:
    """Write where a span starts, as editors and terminals make a link of it."""
    return f"{visible_path(span.path)}:{span.start.line}:{span.start.column}"


def with_prefix(path: str, prefix: str) -> str:
    """Write a path of the workspace as one of the repository, where the workspace is the folder `prefix`."""
    folder = prefix.strip("/")
    return f"{folder}/{path}" if folder not in ("", ".") else path


def message_lines(diagnostic: Diagnostic, language: Language) -> list[str]:
    """Write a message, then the second places and hints that explain it, each on one line, all visible."""
    related = [
        f"{write_place(label.span)}: {visible(label.message.text(language))}" for label in diagnostic.related
    ]
    hints = [
        say("hint: {hint}", hint=visible(hint.text(language))).text(language) for hint in diagnostic.hints
    ]
    return [visible(diagnostic.message.text(language)), *related, *hints]


def fingerprints(report: Report, diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
    """Pair each diagnostic with a name that stays when lines are added above it or the language changes.

    It covers rule, path, English message and the text of the line; equal ones are numbered in order.
    """
    seen: Counter[str] = Counter()
    for diagnostic in diagnostics:
        line = (report.line_text(diagnostic.span) or "").strip()
        parts = [diagnostic.code, diagnostic.span.path, str(diagnostic.message), line]
        key = json.dumps(parts)
        seen[key] += 1
        yield diagnostic, hashlib.sha256(json.dumps([*parts, seen[key]]).encode()).hexdigest()


def _write_checked(report: Report, language: Language) -> str:
    count = Decimal(report.proposals)
    one, many = say("{count} proposal", count=count), say("{count} proposals", count=count)
    proposals = inflect(report.proposals, one, many, language)
    if not report.drafts:
        return proposals
    count = Decimal(report.drafts)
    one, many = say("{count} draft", count=count), say("{count} drafts", count=count)
    drafts = inflect(report.drafts, one, many, language)
    return say("{proposals} and {drafts}", proposals=proposals, drafts=drafts).text(language)


def inflect(count: int, one: Message, many: Message, language: Language) -> str:
    """Write one message or the other, as the number of a language asks."""
    is_singular = count == 1 or (count == 0 and language.is_zero_singular)
    return (one if is_singular else many).text(language)
