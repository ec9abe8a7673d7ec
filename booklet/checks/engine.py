"""6. Workspace and portfolio → diagnostics: every rule that needs no layout.

A rule is one function, whose docstring is its page; the decorator beside `@rule` says what it looks at (`scopes`), and
loading the modules of this folder registers it. Checks of a document or a proposal see one alone: their findings depend
on its file, its images, the files around the proposals and the law, and are cached until one of these changes
(`incremental`). Checks of the workspace compare proposals by their cross-references, by what was found in each
(`CheckedProposal`) and by their text; a proposal is read again only to find the line to report. A rule is silent where
a value that it needs is unreadable, so that one mistake is reported once.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from booklet import checks
from booklet.checks import guardrails, owner, settings, unread_text
from booklet.checks.context import CheckedProposal, Context
from booklet.checks.scopes import DOCUMENT_CHECKS, PRINT_CHECKS, PROPOSAL_CHECKS, WORKSPACE_CHECKS
from booklet.content.yaml.findings import bound_findings, first_findings
from booklet.diagnostics.rule import RULES, Rule
from booklet.law.lookup import law_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

    from booklet.checks.words import Phrases
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import Portfolio
    from booklet.diagnostics.diagnostic import Diagnostic

# in alphabetical order; also rules that only a command can check, so that every code is known wherever one is named
for _module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
    import_module(_module.name)


def find_rule(word: str) -> Rule[...] | None:
    """Find a rule by its code or its name, in whatever case."""
    by_name = {rule.name: rule for rule in RULES.values()}
    return RULES.get(word.strip().upper()) or by_name.get(word.strip().lower())


def rule_codes() -> tuple[str, ...]:
    """List the codes of every rule."""
    return tuple(sorted(RULES))


def check_each(
    paths: Iterable[str], check: Callable[[str], CheckedProposal]
) -> Mapping[str, CheckedProposal]:
    """Check proposals one after the other, by path."""
    return {path: check(path) for path in paths}


def check_workspace(
    workspace: Workspace,
    portfolio: Portfolio | None,
    each: Callable[
        [tuple[str, ...], Callable[[str], CheckedProposal]], Mapping[str, CheckedProposal]
    ] = check_each,
) -> tuple[Diagnostic, ...]:
    """Check a workspace whole: its diagnostics by path, line and column, without duplicates.

    They are the faults of reading and the findings of every check, with the severities of the edition and the waivers
    of the proposals. A waived finding stays in the result, with its reason. `each` checks the proposals alone.
    """
    context = Context(workspace, portfolio, law_of(workspace))
    documents = {document.source.path: document for document in (*workspace.proposals, *workspace.damaged)}
    faults = workspace.faults_by_proposal
    checked = each(tuple(faults), lambda path: check_proposal(documents.get(path), faults[path], context))
    return complete_check(workspace, checked, context.list_names)


def check_proposal(
    document: ProposalDocument | None, faults: tuple[Diagnostic, ...], context: Context
) -> CheckedProposal:
    """Run the checks that look at one proposal alone; `document` is None where the faults of reading left nothing."""
    if document is None:
        return CheckedProposal(faults)
    found = [
        finding
        for check in (*DOCUMENT_CHECKS, *PROPOSAL_CHECKS)
        for finding in first_findings(check(document, context))
    ]
    # what is a comment (Y111) was not left out
    comments = [finding.span for finding in found if finding.code == unread_text.comment_in_text.code]
    found = [*_without_echoes(faults, {(span.path, span.start.line) for span in comments}), *found]
    if not document.is_whole:
        return CheckedProposal(tuple(found))
    return CheckedProposal(
        tuple(found),
        guardrails.yearly_spending(document, context),
        owner.find_unknown_thresholds(document, context),
    )


def complete_check(
    workspace: Workspace, checked: Mapping[str, CheckedProposal], names: Phrases | None = None
) -> tuple[Diagnostic, ...]:
    """Check the edition and the workspace as a whole, and add what was found in each proposal, by path."""
    context = Context(workspace, None, law_of(workspace), checked, names)
    found = [
        *_without_echoes(workspace.faults),
        *(finding for one in checked.values() for finding in one.findings),
    ]
    if workspace.edition is not None:
        for document_check in DOCUMENT_CHECKS:
            found += first_findings(document_check(workspace.edition, context))
    for check in WORKSPACE_CHECKS:
        found += check(context)
    found += settings.unused_waiver(workspace, tuple(found))
    return apply_settings(workspace, found)


def check_print(workspace: Workspace) -> tuple[Diagnostic, ...]:
    """Run the checks of the print edition alone, which `print` adds to `check_workspace`."""
    context = Context(workspace, None, law_of(workspace))
    return apply_settings(workspace, [finding for check in PRINT_CHECKS for finding in check(context)])


def apply_settings(workspace: Workspace, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Apply the severities of the edition and the waivers of proposals; sort the findings and drop duplicates."""
    changed = settings.apply_waivers(workspace, settings.apply_severities(workspace, found))
    unique = {finding.order: finding for finding in changed}
    return tuple(
        sorted(bound_findings([unique[order] for order in sorted(unique)]), key=lambda finding: finding.order)
    )


def _without_echoes(
    faults: Sequence[Diagnostic], reported: Set[tuple[str, int]] = frozenset()
) -> Iterator[Diagnostic]:
    """Drop missing keys (M102) on lines of which another fault is reported; `reported` holds paths and lines."""
    # an alias (Y103) was written where the key's value would be
    aliases = {(fault.span.path, fault.span.start.line) for fault in faults if fault.code == "Y103"}
    for fault in faults:
        if fault.code != "M102" or (fault.span.path, fault.span.start.line) not in aliases | reported:
            yield fault
