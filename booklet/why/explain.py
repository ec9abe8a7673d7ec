"""A reference (`bus.2023.investissement`) → the derivation of its figure, down to the words typed in a YAML file.

`terminal` and `json` write the tree. Its root equals the figure of `costs --format json` to the cent, and that of the
portfolio's tables to the thousand.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.diagnostics.message import Message, say
from booklet.why.debt import explain_interest, explain_principal
from booklet.why.derivation import (
    Derivation,
    combine,
    quote_key,
    round_to_cents,
    unknown,
)
from booklet.why.figures import (
    SectionFigure,
    explain_after_term,
    explain_both,
    explain_cost,
    explain_group,
    explain_line,
    explain_revenues,
    explain_ttc,
    name_figure,
)
from booklet.why.likelihood import explain_percentile, explain_uplift
from booklet.why.lines import ProposalContext, financing_of
from booklet.why.net_cost import CHAIN, OUTSIDE, explain_chain, explain_outside
from booklet.why.printed import find_printed
from booklet.why.reference import (
    FIGURES,
    PERCENTILES,
    QUOTIENTS,
    FigureName,
    FigureReference,
    read_reference,
)
from booklet.why.unit_costs import divide_among_inhabitants, explain_each, explain_present_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.law.lookup import Law

_SECTION_FIGURES: Mapping[FigureName, SectionFigure] = {
    "total": explain_cost,
    "ttc": explain_ttc,
    **{name: partial(explain_chain, name) for name in CHAIN},
    "revenues": explain_revenues,
    "present-value": explain_present_value,
    "savings": partial(explain_group, "savings"),
    "lost-revenue": partial(explain_group, "lost_revenue"),
    "interest": explain_interest,
    "principal": explain_principal,
    **{name: partial(explain_outside, name) for name in OUTSIDE},
}
#: of the chain from gross to net, what the list of a proposal's figures shows
_CHAIN: tuple[FigureName, ...] = ("own-share", "fctva", "net")


def explain_figure(
    reference: str,
    workspace: Workspace,
    portfolio: Portfolio,
    law: Law,
    *,
    whole: bool = False,
) -> Derivation:
    """Derive the figure that a reference names; raises `UnknownReference` with hints of what to type instead.

    `law` is that of `law_of(workspace)`. In a sum over several proposals, `whole` derives each proposal down to its
    lines; without it a proposal is a leaf that names the reference of its own derivation.
    """
    assert workspace.edition is not None, "without an edition there is no term, hence no portfolio"
    asked = read_reference(reference, portfolio, workspace.edition.value.domains)
    explainer = _Explainer(workspace, portfolio, asked, law, whole=whole)
    node = explainer.proposal(asked.proposal, asked) if asked.proposal else explainer.several(asked)
    printed = find_printed(
        asked,
        portfolio,
        workspace.edition.value,
        lambda costed, section: financing_of(explainer.context(costed), section),
    )
    return replace(node, reference=str(asked), printed=printed)


class _Explainer:
    """Derives one reference, with the contexts of the proposals that it needs."""

    def __init__(
        self,
        workspace: Workspace,
        portfolio: Portfolio,
        asked: FigureReference,
        law: Law,
        *,
        whole: bool,
    ) -> None:
        self.workspace, self.portfolio, self.asked = workspace, portfolio, asked
        self.law, self.whole = law, whole
        self.contexts: dict[str, ProposalContext] = {}

    def context(self, costed: CostedProposal) -> ProposalContext:
        """The context of a proposal, made once."""
        assert self.workspace.edition is not None
        if costed.id not in self.contexts:
            self.contexts[costed.id] = ProposalContext(
                costed,
                self.workspace.edition,
                self.workspace.bibliography,
                self.portfolio.term,
                self.law,
                self.workspace.parameters,
                self.asked.estimate,
            )
        return self.contexts[costed.id]

    def proposal(self, costed: CostedProposal, asked: FigureReference) -> Derivation:
        """Derive one figure of one proposal, or list all of them."""
        context = self.context(costed)
        if asked.figure == "all":
            return self._overview(context)
        if asked.figure == "line":
            assert asked.number is not None
            if asked.collection == "funding":
                return _explain_funding_line(context, asked.number, asked.year)
            return explain_line(context, asked.collection, asked.number, asked.year)
        return _explain(context, asked.figure, asked.section, asked.year)

    def _overview(self, context: ProposalContext) -> Derivation:
        """List every figure of a proposal, each derived, without a sum."""
        proposal = context.document.value
        sections = [
            section
            for section in SECTIONS
            if any(
                item.section == section for items in (proposal.all_lines, proposal.funding) for item in items
            )
        ]
        nodes = [explain_cost(context, section, None) for section in sections]
        nodes.append(explain_after_term(context, None))
        if proposal.revenues:
            nodes.append(explain_revenues(context, None, None))
        for section in sections:
            chain = [explain_chain(figure, context, section, None) for figure in _CHAIN]
            nodes += [node for node in chain if node.value is None or node.children]
            nodes += self._beside(context, section)
        each = [explain_each(context, figure) for figure in FIGURES if figure in QUOTIENTS]
        nodes += [node for node in (*each, explain_uplift(context)) if node.value is not None]
        if context.costed.costing.is_complete:
            # the notes on the method are shown under the percentiles' own references
            percentiles: tuple[FigureName, ...] = ("p50", "p80")
            nodes += [replace(_explain(context, figure, None, None), notes=()) for figure in percentiles]
        quoted = quote_key(context.document, "title")
        return Derivation(
            proposal.title or context.costed.id, "figures", None, children=tuple(nodes), quotes=(quoted,)
        )

    def _beside(self, context: ProposalContext, section: Section) -> list[Derivation]:
        """List savings, lost revenue, the net cost after them and what loans pay, where the proposal has them."""
        proposal = context.document.value
        found: list[FigureName] = []
        if proposal.savings or proposal.lost_revenue:
            found += ["savings", "lost-revenue", "net-after-savings"]
        if any(funding.loan for funding in proposal.funding):
            found += ["interest", "principal"]
        found += ["paid-before", "paid-after"]
        nodes = [_SECTION_FIGURES[figure](context, section, None) for figure in found]
        shown = [node for node in nodes if node.value is None or node.children]
        lines = [line for line in proposal.costs if line.section == section]
        if any(line.paid_before or line.paid_after for line in lines):
            shown.append(explain_outside("ap", context, section, None))
        return shown

    def several(self, asked: FigureReference) -> Derivation:
        """Derive one figure of the portfolio or of a domain; a percentile is that of the sum."""
        if asked.figure in PERCENTILES:
            contexts = [self.context(costed) for costed in self._of_domain(self.portfolio.ready)]
            return explain_percentile(contexts, asked.figure, asked.section, str(asked))
        if asked.figure in QUOTIENTS:
            assert self.workspace.edition is not None
            cost = self._sum_of_sections(replace(asked, figure="total"))
            return divide_among_inhabitants(cost, self.workspace.edition, str(asked))
        return self._sum_of_sections(replace(asked, figure="total") if asked.figure == "all" else asked)

    def _sum_of_sections(self, asked: FigureReference) -> Derivation:
        """Add the ready proposals of the portfolio or of a domain; drafts are shown apart and not counted."""
        if asked.section or asked.figure in ("after-term", "revenues"):
            return self._sum(asked, drafts=True)
        children = [self._sum(replace(asked, section=section), drafts=False) for section in SECTIONS]
        drafts = self._proposals(asked, self._of_domain(self.portfolio.drafts))
        node = combine(
            name_figure(asked.figure, asked.section, asked.year), "sum", children, notes=_drafts_note(drafts)
        )
        return replace(node, apart=tuple(drafts))

    def _sum(self, asked: FigureReference, *, drafts: bool) -> Derivation:
        assert self.workspace.edition is not None
        described = self.workspace.edition.value.domains
        if asked.domain is not None:
            children = self._proposals(asked, self._of_domain(self.portfolio.ready))
        else:
            children = [
                combine(
                    described[domain].title if domain in described else domain,
                    "sum",
                    self._proposals(asked, proposals),
                    quotes=(quote_key(self.workspace.edition, "domains", domain),),
                    reference=str(replace(asked, subject=domain, domain=domain)),
                )
                for domain, proposals in self.portfolio.ready_by_domain.items()
            ]
        apart = self._proposals(asked, self._of_domain(self.portfolio.drafts)) if drafts else []
        node = combine(
            name_figure(asked.figure, asked.section, asked.year),
            "sum",
            children,
            reference=str(asked),
            notes=_drafts_note(apart),
        )
        return replace(node, apart=tuple(apart))

    def _of_domain(self, proposals: Sequence[CostedProposal]) -> list[CostedProposal]:
        return [costed for costed in proposals if self.asked.domain in (None, costed.domain)]

    def _proposals(self, asked: FigureReference, proposals: Sequence[CostedProposal]) -> list[Derivation]:
        return [self._one(replace(asked, subject=p.id, domain=None, proposal=p), p) for p in proposals]

    def _one(self, asked: FigureReference, costed: CostedProposal) -> Derivation:
        """A proposal's term of a sum: derived in full, or a leaf that names its own reference."""
        node = self.proposal(costed, asked)
        label = costed.document.value.title or costed.id
        quotes = (quote_key(costed.document, "costs"),)
        if self.whole or node.value is None:
            return replace(node, label=label, quotes=quotes, reference=str(asked))
        return Derivation(
            label, "given", node.value, unrounded=node.unrounded, quotes=quotes, reference=str(asked)
        )


def _explain(
    context: ProposalContext, figure: FigureName, section: Section | None, year: int | None
) -> Derivation:
    if figure == "after-term":
        return explain_after_term(context, section)
    if figure in PERCENTILES:
        parts = [context.costed.id, figure, *([section] if section else [])]
        return explain_percentile([context], figure, section, ".".join(parts))
    if figure in QUOTIENTS | {"uplift"}:
        return explain_uplift(context) if figure == "uplift" else explain_each(context, figure)
    if figure == "revenues" and section is None:
        return explain_revenues(context, None, year)
    derive = _SECTION_FIGURES[figure]
    if section is not None:
        return derive(context, section, year)
    return explain_both(context, derive, name_figure(figure, None, year), year, "")


def _explain_funding_line(context: ProposalContext, number: int, year: int | None) -> Derivation:
    """Derive one line of the financing plan."""
    funding = context.document.value.funding[number - 1]
    label = say("line {number}", number=number)
    quoted = quote_key(context.document, "funding")
    if funding.section is None:
        return unknown(label, say("`{name}` is missing or cannot be read", name="section"), quotes=(quoted,))
    found = explain_chain("funding", context, funding.section, year)
    reference = f"{context.costed.id}.funding.{number}"
    if found.operation == "unknown":
        return replace(found, label=label)
    for node in (*found.children, *found.apart):
        if node.reference in (reference, f"{reference}.{year}"):
            return node if year is None else round_to_cents(node)
    if funding.amount is None and funding.share is None:
        return unknown(label, say("`{name}` is missing or cannot be read", name="share"), quotes=(quoted,))
    return combine(label, "sum", (), quotes=(quoted,))


def _drafts_note(drafts: Sequence[Derivation]) -> tuple[Message, ...]:
    return (say("drafts stand apart, in no total"),) if drafts else ()
