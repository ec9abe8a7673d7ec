"""What authors may change about rules: severities of an edition, waivers of a proposal, each with a reason.

Nothing is changed silently: both are printed under Method. Families Y and M cannot be changed, nor R101, R107 and R108:
what cannot be read or laid out cannot be printed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.content.proposal_files import EDITION, ProposalDocument
from booklet.content.schema_rules import wrong_type
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import RULES, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.checks.context import Context
    from booklet.content.workspace import Workspace

#: families that no edition can change
FIXED_FAMILIES = frozenset("YM")
#: rules that no edition can change: a template that fails, a character that no font has, nothing to print
FIXED_RULES = frozenset({"R101", "R107", "R108"})
#: families, and one rule, that a proposal can waive
WAIVABLE = ("C", "F", "S", "T", "N104")


def check_severities(context: Context) -> Iterator[Diagnostic]:
    """Report changed severities of rules that nobody can change (M103)."""
    edition = context.workspace.edition
    for code in edition.value.severities if edition else ():
        if edition is not None and code in RULES and _is_fixed(code):
            yield from wrong_type(
                edition.key_span("severities", code),
                say("rule `{code}` keeps its severity, as families Y and M, R101, R107 and R108", code=code),
                say("delete this entry"),
            )


def check_waivers(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Report waivers of rules that nobody can waive (M103)."""
    for index, waiver in enumerate(document.value.waivers):
        if waiver.rule in RULES and not waiver.rule.startswith(WAIVABLE):
            yield from wrong_type(
                document.span("waivers", index, "rule"),
                say("rule `{code}` cannot be waived, only families C, F, S, T and N104", code=waiver.rule),
                say("correct what the rule reports"),
            )


def _is_fixed(code: str) -> bool:
    return code[:1] in FIXED_FAMILIES or code in FIXED_RULES


def apply_severities(workspace: Workspace, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Give findings the severity that the edition asks for.

    A finding that its own rule already holds for milder (a draft, a lesser case) is never made graver than asked, and
    never graver than the rule holds it.
    """
    edition = workspace.edition
    changes = dict(edition.value.severities) if edition else {}
    for finding in found:
        change = changes.get(finding.code)
        if change is None or change.level is None or change.because is None or _is_fixed(finding.code):
            yield finding
            continue
        level = Severity(change.level)
        if finding.severity is not RULES[finding.code].severity:
            level = max(level, finding.severity, key=lambda severity: severity.rank)
        is_lowered = level is Severity.INFORMATION and finding.severity is not level
        yield replace(finding, severity=level, accepted=change.because if is_lowered else None)


def apply_waivers(workspace: Workspace, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Mark the findings that a waiver of their own proposal covers, with its reason."""
    reason_by_place: dict[tuple[str, str], str] = {}
    for document in workspace.proposals:
        for waiver in document.ties.waivers:
            if waiver.rule is None or waiver.because is None or not waiver.rule.startswith(WAIVABLE):
                continue
            # N104 is about the edition as a whole: a waiver of any proposal covers it
            path = EDITION if waiver.rule.startswith("N") else document.source.path
            reason_by_place.setdefault((path, waiver.rule), waiver.because)
    for finding in found:
        reason = reason_by_place.get((finding.span.path, finding.code))
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
    unread = {path for path, code in reported if code[:1] in FIXED_FAMILIES}
    for document in workspace.proposals:
        path = document.source.path
        told: set[str] = set()
        for index, waiver in enumerate(document.ties.waivers):
            if waiver.rule not in RULES or not waiver.rule.startswith(WAIVABLE) or waiver.because is None:
                continue
            place = EDITION if waiver.rule.startswith("N") else path
            twice = waiver.rule in told
            told.add(waiver.rule)
            if (place, waiver.rule) in reported and not twice:
                continue
            if document.ties.is_ready and path in unread and not twice:
                continue
            yield unused_waiver.at(
                document.span("waivers", index, "rule"),
                say("`{code}` is waived twice", code=waiver.rule)
                if twice
                else say("`{code}` is waived and finds nothing", code=waiver.rule),
                say("delete this waiver"),
                severity=Severity.INFORMATION if document.ties.status == "draft" else None,
            )
