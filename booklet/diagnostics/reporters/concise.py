"""Report → one line per diagnostic, for pipes and editors; one line per rule for what is for information.

The severity stays in English here: problem matchers of editors look for that word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.reporters.findings import Report, summarize, write_others, write_place
from booklet.text.outside import visible

if TYPE_CHECKING:
    from booklet.text.language import Language


def render_concise(report: Report, language: Language, *, whole: bool = True) -> str:
    """Write `path:line:column: error[C103] message` lines, errors first, then the summary; one may be `waived`.

    Unless `whole`, a rule's findings for information are one line, with their number.
    """
    lines = [
        f"{write_place(diagnostic.span)}: "
        f"{diagnostic.severity if diagnostic.waived is None else 'waived'}[{visible(diagnostic.code)}] "
        f"{visible(diagnostic.message.text(language))}"
        f"{f' ({write_others(others, language)})' if others else ''}"
        for diagnostic, others in report.grouped(whole=whole)
    ]
    return "\n".join([*lines, summarize(report, language)]) + "\n"
