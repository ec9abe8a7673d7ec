"""6. Workspace and portfolio → diagnostics: every rule that needs no layout, listed as data.

A rule is one function, whose docstring is its page. Rules of a proposal are asked of each one; rules of the workspace
see all at once. A rule stays silent where what it needs could not be read, so that one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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
from booklet.checks.context import Context
from booklet.diagnostic import RULES, Diagnostic, Rule
from booklet.law import law_of
from booklet.portfolio import Portfolio
from booklet.workspace import ProposalDocument, Workspace

ProposalRule = Callable[[ProposalDocument, Context], Iterator[Diagnostic]]
WorkspaceRule = Callable[[Context], Iterator[Diagnostic]]

PROPOSAL_RULES: tuple[ProposalRule, ...] = (
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
)
WORKSPACE_RULES: tuple[WorkspaceRule, ...] = (
    references.unknown_reference,
    estimates.double_count,
    owner.impact_study_missing,
    dependencies.dependency_cycle,
    dependencies.one_way_link,
    dependencies.needs_later_proposal,
    sources.unsourced_figure,
    sources.stale_source,
    sources.unused_source,
    neutrality.duplicate_list,
    neutrality.list_or_candidate_named,
    neutrality.call_to_vote,
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
    found = [
        *_reading(workspace),
        *settings.check_settings(workspace),
        *parameters.check_parameters(workspace),
    ]
    for document in workspace.proposals:
        for rule in PROPOSAL_RULES:
            found += rule(document, context)
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
    """Go through the faults of reading, without those that a rule tells better."""
    told_by_line = {
        (finding.span.path, finding.span.start.line)
        for finding in workspace.diagnostics
        if finding.code == "Y103"  # an alias stands where the key's value would be
    }
    for document in workspace.proposals:
        if costs.is_written_empty(document):  # C111
            told_by_line.add((document.source.path, document.key_span("costs").start.line))
    read = {document.source.path for document in workspace.proposals}
    unread = tuple(f"{path.removesuffix('.yaml')}/" for path in workspace.sources if path not in read)
    for finding in workspace.diagnostics:
        told = finding.code == "M102" and (finding.span.path, finding.span.start.line) in told_by_line
        # the images of a proposal that cannot be read are not astray
        told |= finding.code == "Y108" and finding.span.path.startswith(unread)
        if not told:
            yield finding
