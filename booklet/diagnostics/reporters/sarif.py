"""Report → SARIF 2.1.0 (OASIS standard), for code scanning and other viewers.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Its sections are cited
where they decide something.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING
from urllib.parse import quote

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.edits import TextEdit
from booklet.diagnostics.reporters.findings import (
    Report,
    fingerprints,
    message_lines,
    with_prefix,
)
from booklet.diagnostics.rule import RULES
from booklet.text.outside import dump_json, visible

if TYPE_CHECKING:
    from booklet.diagnostics.positions import Span
    from booklet.text.language import Language

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
TOOL = "booklet"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note"}
#: headings of a rule's page whose text is YAML, to be shown as it is
EXAMPLES = ("Fails", "Passes")
_SECTION = re.compile(r"^(?P<title>\w[^\n]*)\n(?P<body>(?:(?: {4}[^\n]*)?(?:\n|\Z))+)", re.MULTILINE)


def render_sarif(report: Report, language: Language, *, version: str, prefix: str = "") -> str:
    """Write one run: every rule with its page, every diagnostic with its places, waivers as suppressions."""
    found = {diagnostic.code: diagnostic for diagnostic in report.diagnostics}
    codes = sorted({*RULES, *found})
    rule_index = {code: index for index, code in enumerate(codes)}
    results = [
        _result(diagnostic, fingerprint, rule_index, language, prefix, any_waived=bool(report.waived))
        for diagnostic, fingerprint in fingerprints(report, report.diagnostics)
    ]
    driver = {"name": TOOL, "version": version, "rules": [_rule(code, found) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "language": language.code,
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return dump_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str, found: dict[str, Diagnostic]) -> dict[str, object]:
    declared = RULES.get(code)
    if declared is None:
        return {"id": code, "name": found[code].name}
    descriptor: dict[str, object] = {
        "id": code,
        "name": declared.name,
        "defaultConfiguration": {"level": LEVELS[declared.severity]},
    }
    if declared.page:
        descriptor["shortDescription"] = {"text": declared.page.splitlines()[0]}
        descriptor["help"] = {"text": declared.page, "markdown": _page_markdown(declared.page)}
    return descriptor


def _result(
    diagnostic: Diagnostic,
    fingerprint: str,
    rule_index: dict[str, int],
    language: Language,
    prefix: str,
    *,
    any_waived: bool,
) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index[diagnostic.code],
        "level": LEVELS[diagnostic.severity],
        "message": {"text": _message("\n".join(message_lines(diagnostic, language)))},
        "locations": [{"physicalLocation": _physical_location(diagnostic.span, prefix)}],
        "partialFingerprints": {"faultOfLine/v1": fingerprint},
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _physical_location(label.span, prefix),
                "message": {"text": _message(label.message.text(language))},
            }
            for number, label in enumerate(diagnostic.related)
        ]
    if diagnostic.fix is not None and isinstance(edit := diagnostic.fix.edit, TextEdit):
        location = _physical_location(edit.span, prefix)
        replacement = {"deletedRegion": location["region"], "insertedContent": {"text": edit.text}}
        changes = [{"artifactLocation": location["artifactLocation"], "replacements": [replacement]}]
        hint = _message(visible(diagnostic.fix.text(language)))
        result["fixes"] = [{"description": {"text": hint}, "artifactChanges": changes}]
    if diagnostic.waived is not None:
        # a waiver stands in the proposal itself (§3.35.2)
        result["suppressions"] = [{"kind": "inSource", "justification": diagnostic.waived}]
    elif any_waived:
        # in one run, either all results have the property or none (§3.27.23)
        result["suppressions"] = []
    return result


def _physical_location(span: Span, prefix: str) -> dict[str, object]:
    # a name of a file that is not UTF-8 has lone surrogates, each of which stands for one byte
    uri = quote(with_prefix(span.path, prefix), safe="/", errors="surrogateescape")
    return {
        "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        },
    }


def _page_markdown(page: str) -> str:
    """Write a rule's page as Markdown: headings over indented text in bold, examples as code."""

    def write_section(match: re.Match[str]) -> str:
        title, body = match["title"], dedent(match["body"]).strip("\n")
        if not body:
            return match[0]
        return f"**{title}**\n\n" + (f"```yaml\n{body}\n```\n\n" if title in EXAMPLES else f"{body}\n\n")

    return _SECTION.sub(write_section, page).strip() + "\n"


def _message(text: str) -> str:
    """Escape what would be a placeholder (§3.11.5) or a link (§3.11.6) in a SARIF message."""
    before, end, after = text.replace("{", "{{").replace("}", "}}").rpartition("](")
    return before.replace("[", r"\[") + end + after
