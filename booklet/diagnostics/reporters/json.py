"""Report → the versioned JSON that other programs may rely on.

Paths are relative to the workspace; lines and columns count from 1, columns in characters; `end_column` is
exclusive. Keys may be added; a key that goes or changes its meaning raises `version`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.text.outside import dump_json

if TYPE_CHECKING:
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.reporters.findings import Report
    from booklet.text.language import Language

VERSION = 1


def render_json(report: Report, language: Language) -> str:
    """Write every diagnostic, waived ones with their reason, and the counts of those that stand."""
    return dump_json(
        {
            "version": VERSION,
            "diagnostics": [_entry(diagnostic, language) for diagnostic in report.diagnostics],
            "summary": {
                "errors": report.errors,
                "warnings": report.warnings,
                "information": report.information,
                "waived": report.waived,
                "proposals": report.proposals,
                "drafts": report.drafts,
            },
        }
    )


def _entry(diagnostic: Diagnostic, language: Language) -> dict[str, object]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message.text(language),
        "path": span.path,
        "line": span.start.line,
        "column": span.start.column,
        "end_line": span.end.line,
        "end_column": span.end.column,
        "hints": [hint.text(language) for hint in diagnostic.hints],
        "related": [
            {
                "path": label.span.path,
                "line": label.span.start.line,
                "column": label.span.start.column,
                "message": label.message.text(language),
            }
            for label in diagnostic.related
        ],
        "waived": diagnostic.waived,
    }
