"""Report → workflow commands (annotations on a pull request), and the job summary that holds the rest.

GitHub keeps ten errors, ten warnings and ten notices per step and drops the others without a word
(https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md), so the gravest come first and the
rest are counted. Information is not annotated: it asks nothing of the author. Columns are given only for
a span of one line, as the checks API asks; `endColumn` is exclusive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.reporters.findings import (
    Report,
    message_lines,
    severity_word,
    summarize,
    with_prefix,
    write_counts,
    write_place,
)
from booklet.text.outside import escape_markdown, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.text.language import Language

ANNOTATIONS_PER_SEVERITY = 10
#: GitHub refuses a job summary over 1 MiB; the room left is for the heading and the last line
SUMMARY_BYTES = 1024 * 1024 - 16 * 1024


def render_github(report: Report, language: Language, *, prefix: str = "") -> str:
    """Write at most ten errors and ten warnings as commands, count the others, end with the summary.

    `prefix` is the workspace's folder in the repository, where it is not the repository itself.
    """
    lines: list[str] = []
    left_out = 0, 0
    ranked = report.ranked()
    for severity in (Severity.ERROR, Severity.WARNING):
        found = [diagnostic for diagnostic in ranked if diagnostic.severity is severity]
        lines += [_command(item, language, prefix) for item in found[:ANNOTATIONS_PER_SEVERITY]]
        left_out = left_out[1], max(0, len(found) - ANNOTATIONS_PER_SEVERITY)
    if any(left_out):
        rest = write_counts(*left_out, 0, language)
        message = say("not shown here: {counts}; the job summary has them all", counts=rest)
        lines.append(f"::notice::{_escape_data(message.text(language))}")
    return "\n".join([*lines, summarize(report, language)]) + "\n"


def job_summary(report: Report, language: Language) -> str:
    """Write the whole report as a Markdown table, the gravest first, for `$GITHUB_STEP_SUMMARY`."""
    parts = [f"### {escape_markdown(summarize(report, language))}\n"]
    if report.diagnostics:
        titles = [say("severity"), say("rule"), say("place"), say("message")]
        parts.append("\n| " + " | ".join(title.text(language) for title in titles) + " |\n")
        parts.append("| --- | --- | --- | --- |\n")
    size = 0
    rows = list(_rows(report, language))
    for number, row in enumerate(rows):
        size += len(row.encode("utf-8"))
        if size > SUMMARY_BYTES:
            missing = say("Too many for a job summary: {count} not shown.", count=len(rows) - number)
            parts.append(f"\n{missing.text(language)}\n")
            break
        parts.append(row)
    return "".join(parts)


def _command(diagnostic: Diagnostic, language: Language, prefix: str) -> str:
    span = diagnostic.span
    places: dict[str, int] = {"line": span.start.line}
    if span.end.line == span.start.line:
        places |= {"endLine": span.end.line, "col": span.start.column, "endColumn": span.end.column}
    else:
        places |= {"endLine": span.end.line}
    properties = {
        "file": visible(with_prefix(span.path, prefix)),
        **{key: str(value) for key, value in places.items()},
        "title": visible(f"{diagnostic.code} {diagnostic.name}"),
    }
    written = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    message = "\n".join(message_lines(diagnostic, language))
    return f"::{diagnostic.severity} {written}::{_escape_data(message)}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _rows(report: Report, language: Language) -> Iterator[str]:
    for diagnostic in report.listed():
        words = [escape_markdown(line) for line in message_lines(diagnostic, language)]
        if diagnostic.waived is None:
            severity = severity_word(diagnostic.severity).text(language)
        else:
            severity = say("waived").text(language)
            reason = say("because: {reason}", reason=diagnostic.waived)
            words.append(escape_markdown(reason.text(language)))
        place = escape_markdown(write_place(diagnostic.span))
        code = escape_markdown(diagnostic.code)
        yield f"| {severity} | {code} | {place} | {'<br>'.join(words)} |\n"
