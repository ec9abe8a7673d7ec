"""Report → GitLab's Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/).

The format has no word for what a waiver covers, so that is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.reporters.findings import (
    Report,
    fingerprints,
    message_lines,
    with_prefix,
)
from booklet.text.outside import dump_json

if TYPE_CHECKING:
    from booklet.text.language import Language

LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFORMATION: "info"}


def render_gitlab(report: Report, language: Language, *, prefix: str = "") -> str:
    """Write one issue per diagnostic; its fingerprint stays when lines are added above it."""
    issues = [
        {
            "description": f"{diagnostic.code}: " + " — ".join(message_lines(diagnostic, language)),
            "check_name": diagnostic.name,
            "fingerprint": fingerprint,
            "severity": LEVELS[diagnostic.severity],
            "location": {
                "path": with_prefix(diagnostic.span.path, prefix),
                "lines": {"begin": diagnostic.span.start.line, "end": diagnostic.span.end.line},
            },
        }
        for diagnostic, fingerprint in fingerprints(report, report.standing)
    ]
    return dump_json(issues)
