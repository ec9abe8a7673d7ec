"""Report → the format for people: message, place, excerpt with marks, hints.

    error[C103]: cost in 2033, after the term ends in 2026
      --> proposals/mobilite/pistes-cyclables.yaml:14:7
       |
    14 |       2033: 40
       |       ^^^^
       = hint: move the 40 units to 2026 or earlier
       = explain: sh run.sh explain C103

The shape is rustc's. A second place follows under `:::`, with its own excerpt, `---` marks and its message.
What a waiver covers is printed short and dim, with the author's reason. What the edition accepts, with a reason, is
only counted, at the end: every other format has the places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.reporters.excerpt import take_excerpt
from booklet.diagnostics.reporters.findings import (
    EACH,
    Report,
    inflect,
    severity_word,
    summarize,
    write_others,
    write_place,
)
from booklet.text.outside import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.diagnostics.positions import Span
    from booklet.text.language import Language

#: SGR sequences (ECMA-48 §8.3.117)
RESET = "\x1b[0m"
BOLD = "\x1b[1m"
DIM = "\x1b[2m"
BLUE = "\x1b[1;34m"
INKS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFORMATION: "\x1b[1;36m",
}
EXPLAIN = "sh run.sh explain"
FIX = "sh run.sh check --fix"
#: files that are named of those that it corrects
_FILES = 5
PLACES = f"{EACH} --format concise"


def render_full(report: Report, language: Language, *, color: bool = False, whole: bool = True) -> str:
    """Write diagnostics with their excerpts, errors first, then the summary; colours only if asked.

    Unless `whole`, a rule's findings for information are one, with their number.
    """
    page = _Page(report, language, color)
    accepted = [one for one in report.standing if one.accepted is not None]
    shown = tuple(one for one in report.diagnostics if one.accepted is None or one.waived is not None)
    listed = replace(report, diagnostics=shown).grouped(whole=whole)
    blocks = ["\n".join(page.lines(one, others)) for one, others in listed]
    blocks += ["\n".join(page.accepted_lines(code, found)) for code, found in _by_code(accepted)]
    end = [summarize(report, language)]
    if fixed := [one.fix.edit.path for one in report.standing if one.fix]:
        files = list(dict.fromkeys(fixed))
        named = ", ".join(map(visible, files[:_FILES])) + (", …" if len(files) > _FILES else "")
        corrects = say(
            "`{command}` corrects {count} of them, in {files}",
            command=FIX,
            count=Decimal(len(fixed)),
            files=named,
        )
        end.append(corrects.text(language))
    return "\n\n".join([*blocks, "\n".join(end)]) + "\n"


def write_diagnostic(diagnostic: Diagnostic, report: Report, language: Language) -> str:
    """Write one diagnostic without colour, for formats that carry a text of their own."""
    return "\n".join(_Page(report, language, color=False).lines(diagnostic))


def _by_code(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, list[Diagnostic]]]:
    def code_of(diagnostic: Diagnostic) -> str:
        return diagnostic.code

    for code, found in groupby(sorted(diagnostics, key=code_of), key=code_of):
        yield code, list(found)


@dataclass(frozen=True, slots=True)
class _Page:
    """The report, language and colours that every line is written with."""

    report: Report
    language: Language
    color: bool

    def lines(self, diagnostic: Diagnostic, others: int = 0) -> Iterator[str]:
        if diagnostic.waived is not None:
            yield from self._waived_lines(diagnostic, diagnostic.waived)
            return
        ink = INKS[diagnostic.severity]
        severity = severity_word(diagnostic.severity).text(self.language)
        label = self._paint(f"{severity}[{diagnostic.code}]", ink)
        yield label + self._paint(self._heading(diagnostic), BOLD)
        spans = [diagnostic.span, *(label.span for label in diagnostic.related)]
        gutter = max(len(str(span.start.line)) for span in spans)
        margin = " " * gutter
        yield f"{margin}{self._paint('-->', BLUE)} {write_place(diagnostic.span)}"
        yield from self._excerpt_lines(diagnostic.span, "^", None, ink, gutter)
        for second in diagnostic.related:
            place = write_place(second.span)
            if self.report.line_text(second.span) is None:
                place = f"{place}: {self._write(second.message)}"
            yield f"{margin}{self._paint(':::', BLUE)} {place}"
            yield from self._excerpt_lines(second.span, "-", second.message, BLUE, gutter)
        notes = [say("hint: {hint}", hint=self._write(hint)) for hint in diagnostic.hints]
        notes.append(say("explain: {command}", command=f"{EXPLAIN} {diagnostic.code}"))
        written = [note.text(self.language) for note in notes]
        written += [write_others(others, self.language)] if others else []
        for note in written:
            yield f"{margin} {self._paint('=', BLUE)} {note}"

    def _waived_lines(self, diagnostic: Diagnostic, because: str) -> Iterator[str]:
        word = say("waived").text(self.language)
        reason = say("because: {reason}", reason=visible(because)).text(self.language)
        yield self._paint(f"{word}[{diagnostic.code}]{self._heading(diagnostic)}", DIM)
        yield self._paint(f" --> {write_place(diagnostic.span)}", DIM)
        yield self._paint(f"  = {reason}", DIM)

    def accepted_lines(self, code: str, found: list[Diagnostic]) -> Iterator[str]:
        """Count what the edition accepts of one rule, with its reason and how to see each place."""
        count = Decimal(len(found))
        one = say("{count} finding that the edition accepts", count=count)
        many = say("{count} findings that the edition accepts", count=count)
        heading = say(": {message}", message=inflect(len(found), one, many, self.language))
        severity = severity_word(Severity.INFORMATION).text(self.language)
        reason = say("because: {reason}", reason=visible(found[0].accepted or ""))
        places = say("places: {command}", command=PLACES)
        yield self._paint(f"{severity}[{code}]{heading.text(self.language)}", DIM)
        for note in (reason, places):
            yield self._paint(f"  = {note.text(self.language)}", DIM)

    def _excerpt_lines(
        self, span: Span, sign: str, message: Message | None, ink: str, gutter: int
    ) -> Iterator[str]:
        line = self.report.line_text(span)
        if line is None:
            return
        # an end at column 1 belongs to the line before
        last_line = span.end.line - (span.end.column == 1)
        one_line = span.end.line == span.start.line
        excerpt = take_excerpt(line, span.start.column - 1, span.end.column - 1 if one_line else len(line))
        mark = [sign * excerpt.width]
        if message is not None:
            mark.append(self._write(message))
        if last_line > span.start.line:
            mark.append(say("(down to line {line})", line=last_line).text(self.language))
        bar = self._paint("|", BLUE)
        number = self._paint(f"{span.start.line:>{gutter}}", BLUE)
        yield f"{' ' * gutter} {bar}"
        yield f"{number} {bar} {excerpt.text}".rstrip()
        yield f"{' ' * gutter} {bar} {' ' * excerpt.indent}{self._paint(' '.join(mark), ink)}"

    def _heading(self, diagnostic: Diagnostic) -> str:
        # a template, since French has a space before the colon
        return say(": {message}", message=self._write(diagnostic.message)).text(self.language)

    def _write(self, message: Message) -> str:
        return visible(message.text(self.language))

    def _paint(self, text: str, sequence: str) -> str:
        return f"{sequence}{text}{RESET}" if self.color else text
