"""6. Workspace and portfolio → diagnostics: every rule that needs no layout, listed as data.

A rule is one function, whose docstring is its page. Rules of a document or of a proposal look at one alone: what they
find rests on its file and its images, on the files around the proposals and on the law, and holds until one of them
changes. Rules of the workspace look at all at once; of a proposal they ask its ties (`ties`), what was found in it
(`Examined`), and its text, and read it whole only to say where something stands. A rule stays silent where what it
needs could not be read, so that one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from booklet.checks import (
    assets,
    completeness,
    costs,
    delivery,
    dependencies,
    eligibility,
    estimates,
    funding,
    guardrails,
    increase,
    layout,
    neutrality,
    own_share,
    owner,
    parameters,
    references,
    settings,
    sources,
    timeline,
    vat,
    workbook,
)
from booklet.checks.context import Context, Examined
from booklet.content.document import Document
from booklet.content.proposal_files import ProposalDocument
from booklet.diagnostics.diagnostic import Diagnostic
from booklet.diagnostics.rule import RULES, Rule
from booklet.law.lookup import law_of

if TYPE_CHECKING:
    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import Portfolio

DocumentRule = Callable[[Document[Any], Context], Iterator[Diagnostic]]
ProposalRule = Callable[[ProposalDocument, Context], Iterator[Diagnostic]]
WorkspaceRule = Callable[[Context], Iterator[Diagnostic]]

#: rules that are asked of every proposal, and of the edition
DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    references.unknown_reference,
    sources.unsourced_figure,
    sources.stale_source,
    neutrality.list_or_candidate_named,
    neutrality.call_to_vote,
)
#: rules that are asked of every proposal
PROPOSAL_RULES: tuple[ProposalRule, ...] = (
    settings.check_waivers,
    completeness.check_completeness,
    costs.total_mismatch,
    costs.spread_mismatch,
    costs.cost_outside_term,
    costs.capex_without_opex,
    costs.opex_stops_with_term,
    estimates.fte_cost_unusual,
    estimates.range_too_narrow,
    estimates.no_optimism_margin,
    vat.vat_rate,
    costs.no_cost,
    estimates.false_precision,
    timeline.phase_outside_term,
    timeline.phase_reversed,
    timeline.phase_order,
    timeline.spending_before_decision,
    funding.funding_exceeds_cost,
    own_share.own_share_below_20,
    own_share.own_share_below_30,
    own_share.state_grants_above_80,
    funding.loan_funds_operating,
    eligibility.funder_not_eligible,
    eligibility.fctva_not_eligible,
    owner.owner_not_competent,
    funding.funding_mostly_hoped,
    funding.funding_years_mismatch,
    parameters.parameter_expired,
    assets.asset_missing,
    assets.asset_refused,
    assets.missing_alternative_text,
    assets.find_unused_files,
    owner.impact_study_missing,
    dependencies.check_phases,
)
#: rules that compare proposals, or look at the files around them
WORKSPACE_RULES: tuple[WorkspaceRule, ...] = (
    settings.check_severities,
    parameters.check_parameters,
    references.check_links,
    estimates.double_count,
    owner.check_thresholds,
    dependencies.dependency_cycle,
    dependencies.one_way_link,
    dependencies.needs_later_proposal,
    sources.unused_source,
    neutrality.duplicate_list,
    neutrality.unknown_slot,
    delivery.no_delivery_rule,
    delivery.delivered_on_polling_day,
    guardrails.guardrail_total,
    guardrails.guardrail_year,
    assets.broken_reference,
)
#: rules of what authors may change, asked once everything else is found
SETTINGS_RULES: tuple[Rule[...], ...] = (settings.unused_waiver,)
#: rules that only the print edition has to keep
PRINT_RULES: tuple[WorkspaceRule, ...] = (delivery.no_printer_imprint,)
#: rules that only `diff` can ask
DIFF_RULES: tuple[Rule[...], ...] = (increase.guardrail_increase,)
#: rules that only `costs import` can ask
WORKBOOK_RULES: tuple[Rule[...], ...] = (
    workbook.workbook_conflict,
    workbook.workbook_unknown_row,
    workbook.workbook_bad_value,
)

#: rules that only `build` and `print` can ask, named here so that every code is known wherever rules are named
LAYOUT_RULES: tuple[Rule[...], ...] = (
    layout.template_error,
    layout.does_not_fit,
    layout.missing_glyph,
    layout.nothing_to_print,
    layout.image_resolution,
    layout.too_thick_to_staple,
)


def find_rule(word: str) -> Rule[...] | None:
    """Find a rule by its code or its name, in whatever case."""
    by_name = {rule.name: rule for rule in RULES.values()}
    return RULES.get(word.strip().upper()) or by_name.get(word.strip().lower())


def rule_codes() -> tuple[str, ...]:
    """List the codes of every rule."""
    return tuple(sorted(RULES))


def check_workspace(workspace: Workspace, portfolio: Portfolio | None) -> tuple[Diagnostic, ...]:
    """Find every fault of a workspace, in order of path, line and column, each once.

    Holds the faults of reading, the findings of every rule, the severities of the edition and the waivers of the
    proposals. A waived finding stays in the result, with its reason.
    """
    context = Context(workspace, portfolio, law_of(workspace))
    documents = {document.source.path: document for document in workspace.proposals}
    examined = {
        path: examine(documents.get(path), faults, context)
        for path, faults in workspace.faults_by_proposal.items()
    }
    return check_together(workspace, examined)


def examine(document: ProposalDocument | None, faults: tuple[Diagnostic, ...], context: Context) -> Examined:
    """Ask the rules that look at one proposal alone; of an unreadable one only the faults of reading are told."""
    if document is None:
        return Examined(faults)
    # what the author wrote empty is told by C111
    told = [document.key_span("costs")] if costs.is_written_empty(document) else []
    found = list(_without_echoes(faults, {(span.path, span.start.line) for span in told}))
    for rule in (*DOCUMENT_RULES, *PROPOSAL_RULES):
        found += rule(document, context)
    return Examined(
        tuple(found), guardrails.find_spending(document, context), owner.find_untold(document, context)
    )


def check_together(workspace: Workspace, examined: Mapping[str, Examined]) -> tuple[Diagnostic, ...]:
    """Find every fault of a workspace whose proposals were examined, each by its path."""
    context = Context(workspace, None, law_of(workspace), examined)
    found = [*_reading(workspace), *(finding for one in examined.values() for finding in one.findings)]
    if workspace.edition is not None:
        for rule in DOCUMENT_RULES:
            found += rule(workspace.edition, context)
    for check in WORKSPACE_RULES:
        found += check(context)
    found += settings.unused_waiver(workspace, tuple(found))
    return judge(workspace, found)


def check_print(workspace: Workspace) -> tuple[Diagnostic, ...]:
    """Find what the print edition alone has to keep; `print` asks this besides `check_workspace`."""
    context = Context(workspace, None, law_of(workspace))
    return judge(workspace, [finding for check in PRINT_RULES for finding in check(context)])


def judge(workspace: Workspace, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Apply what the authors changed about the rules, and put findings in order, each once."""
    judged = settings.apply_waivers(workspace, settings.apply_severities(workspace, found))
    unique = {finding.order: finding for finding in judged}
    return tuple(unique[order] for order in sorted(unique))


def _reading(workspace: Workspace) -> Iterator[Diagnostic]:
    """Go through the faults of reading but those of proposals; images of one that is unreadable are not astray."""
    read = {document.source.path for document in workspace.proposals}
    unread = tuple(f"{path.removesuffix('.yaml')}/" for path in workspace.sources if path not in read)
    for fault in _without_echoes(workspace.faults):
        if fault.code != "Y108" or not fault.span.path.startswith(unread):
            yield fault


def _without_echoes(
    faults: Sequence[Diagnostic], told: Set[tuple[str, int]] = frozenset()
) -> Iterator[Diagnostic]:
    """Go through faults of reading, without missing keys on lines, by path, of which more was told."""
    # an alias stands where the key's value would be
    aliases = {(fault.span.path, fault.span.start.line) for fault in faults if fault.code == "Y103"}
    for fault in faults:
        if fault.code != "M102" or (fault.span.path, fault.span.start.line) not in aliases | told:
            yield fault
