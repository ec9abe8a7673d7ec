"""Report → reviewdog's Diagnostic Format (rdjson), whose suggestions a reviewer applies with one click.

The format: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf. Ends are exclusive, and columns count the
bytes of UTF-8. It has no word for what a waiver covers, which is left out, nor for the new name of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.edits import TextEdit
from booklet.diagnostics.reporters.findings import Report, message_lines, with_prefix
from booklet.text.outside import dump_json

if TYPE_CHECKING:
    from booklet.diagnostics.positions import Position, Span
    from booklet.text.language import Language

LEVELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFORMATION: "INFO"}


def render_rdjson(report: Report, language: Language, *, prefix: str = "") -> str:
    """Write every diagnostic that no waiver covers, a safe edit as its suggestion."""
    entries = [_entry(diagnostic, report, language, prefix) for diagnostic in report.standing]
    return dump_json({"source": {"name": "booklet"}, "diagnostics": entries})


def _entry(diagnostic: Diagnostic, report: Report, language: Language, prefix: str) -> dict[str, object]:
    entry: dict[str, object] = {
        "message": "\n".join(message_lines(diagnostic, language)),
        "location": {
            "path": with_prefix(diagnostic.span.path, prefix),
            "range": _range(diagnostic.span, report),
        },
        "severity": LEVELS[diagnostic.severity],
        "code": {"value": diagnostic.code},
    }
    if diagnostic.fix is not None and isinstance(edit := diagnostic.fix.edit, TextEdit):
        entry["suggestions"] = [{"range": _range(edit.span, report), "text": edit.text}]
    return entry


def _range(span: Span, report: Report) -> dict[str, object]:
    return {"start": _position(span.start, span, report), "end": _position(span.end, span, report)}


def _position(position: Position, span: Span, report: Report) -> dict[str, int]:
    source = report.sources.get(span.path)
    line = source.lines[position.line - 1] if source and position.line <= len(source.lines) else ""
    before = line[: position.column - 1]
    beyond = position.column - 1 - len(before)
    return {
        "line": position.line,
        "column": len(before.encode("utf-8", "surrogatepass")) + beyond + 1,
    }
