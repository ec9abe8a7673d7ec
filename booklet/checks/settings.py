"""What authors may change about rules: severities in the edition, waivers in a proposal, each with a reason.

Both are printed under Method. What nobody changes stands in `diagnostics.rule`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.content.paths import EDITION
from booklet.content.schema_rules import wrong_type
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import RULES, is_fixed, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.checks.context import Context
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace

#: families of what cannot be read, and so cannot be judged
UNREAD = ("Y", "M")
#: families, and one rule, that a proposal can waive
WAIVABLE = ("C", "F", "S", "T", "N104")


@for_workspace
def check_severities(context: Context) -> Iterator[Diagnostic]:
    """Report severities of rules that no edition can change, and those that change nothing (M103)."""
    edition = context.workspace.edition
    for code, change in edition.value.severities.items() if edition else ():
        if edition is None or code not in RULES:
            continue
        if is_fixed(code):
            message = say("rule `{code}` keeps its severity", code=code)
        elif change.level == RULES[code].severity:
            message = say("rule `{code}` is `{level}` already", code=code, level=change.level)
        else:
            continue
        yield from wrong_type(edition.key_span("severities", code), message, say("delete this entry"))


@for_each_proposal
def check_waivers(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Report waivers of rules that no proposal can waive (M103)."""
    for index, waiver in enumerate(document.value.waivers):
        if waiver.rule in RULES and not _is_waivable(waiver.rule):
            yield from wrong_type(
                document.span("waivers", index, "rule"),
                say("rule `{code}` cannot be waived", code=waiver.rule)
                if is_fixed(waiver.rule)
                else say(
                    "rule `{code}` cannot be waived, only families C, F, S, T and N104", code=waiver.rule
                ),
                say("correct what the rule reports"),
            )


def _is_waivable(code: str) -> bool:
    return code.startswith(WAIVABLE) and not is_fixed(code)


def apply_severities(workspace: Workspace, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Set on findings the severity that the edition chooses for their rule.

    A finding that is milder than its rule (in a draft, say) never becomes graver by this.
    """
    edition = workspace.edition
    changes = dict(edition.value.severities) if edition else {}
    for finding in found:
        change = changes.get(finding.code)
        if change is None or change.level is None or change.because is None or is_fixed(finding.code):
            yield finding
            continue
        level = Severity(change.level)
        if finding.severity is not RULES[finding.code].severity:
            level = max(level, finding.severity, key=lambda severity: severity.rank)
        is_lowered = level is Severity.INFORMATION and finding.severity is not level
        yield replace(finding, severity=level, accepted=change.because if is_lowered else None)


def apply_waivers(workspace: Workspace, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Set the reason of a waiver on the findings that it covers: those of its rule in its own proposal."""
    reason_by_path_and_rule: dict[tuple[str, str], str] = {}
    for document in workspace.proposals:
        for waiver in document.cross_references.waivers:
            if waiver.rule is None or waiver.because is None or not _is_waivable(waiver.rule):
                continue
            # N104 is about the edition as a whole: a waiver of any proposal covers it
            path = EDITION if waiver.rule.startswith("N") else document.source.path
            reason_by_path_and_rule.setdefault((path, waiver.rule), waiver.because)
    for finding in found:
        reason = reason_by_path_and_rule.get((finding.span.path, finding.code))
        yield replace(finding, waived=reason) if reason is not None else finding


@rule("P103", "unused-waiver", Severity.WARNING)
def unused_waiver(workspace: Workspace, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """A waiver covers nothing: its rule finds nothing in this proposal, or another waiver has said so already.

    Not asked of a proposal with a fault of families Y and M: what cannot be read cannot be judged.

    Why
        A waiver that outlives its reason would cover the next mistake without anybody seeing it; and it would be
        printed under Method for nothing.

    Fails
        # the own share is 40 %
        waivers: [{rule: F102, because: "opération ANRU"}]

    Passes
        # the own share is 10 %
        waivers: [{rule: F102, because: "opération ANRU"}]

    Source
        Practice of checkers of code (an unused suppression is reported).
    """
    reported = {(finding.span.path, finding.code) for finding in found}
    unread = {path for path, code in reported if code.startswith(UNREAD)}
    for document in workspace.proposals:
        path = document.source.path
        seen: set[str] = set()
        for index, waiver in enumerate(document.cross_references.waivers):
            if waiver.rule not in RULES or not _is_waivable(waiver.rule) or waiver.because is None:
                continue
            covered = EDITION if waiver.rule.startswith("N") else path
            twice = waiver.rule in seen
            seen.add(waiver.rule)
            if (covered, waiver.rule) in reported and not twice:
                continue
            if document.cross_references.is_ready and path in unread and not twice:
                continue
            yield unused_waiver.at(
                document.span("waivers", index, "rule"),
                say("`{code}` is waived twice", code=waiver.rule)
                if twice
                else say("`{code}` is waived and finds nothing", code=waiver.rule),
                say("delete this waiver"),
                severity=Severity.INFORMATION if document.cross_references.status == "draft" else None,
            )
