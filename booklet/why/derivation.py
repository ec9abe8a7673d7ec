"""A printed figure → where it comes from: a tree from the total down to the words typed in a YAML file.

`explain_figure` reads a reference (`bus.2023.investissement`) and derives it; `terminal` and `versioned_json` write
the tree. The root equals what `costs --format json` and the tables of the whole say, to the cent and to the thousand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.diagnostics.message import Message, say
from booklet.why.chain import explain_fctva, explain_funding, explain_net, explain_own_share, follow
from booklet.why.figures import (
    SectionFigure,
    explain_after_term,
    explain_both,
    explain_cost,
    explain_line,
    explain_revenues,
    explain_ttc,
    name_figure,
)
from booklet.why.likelihood import explain_percentile
from booklet.why.lines import Case
from booklet.why.node import Basis, Node, Place, combine, find_key, recompute, round_to_cents, unknown
from booklet.why.printed import find_printed
from booklet.why.reference import (
    FIGURES,
    PERCENTILES,
    QUOTIENTS,
    Figure,
    Reference,
    UnknownReference,
    next_parts,
    read_reference,
)
from booklet.why.unit_costs import divide_among_inhabitants, explain_each, explain_present_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.law.lookup import Law

__all__ = [
    "Basis",
    "Node",
    "Place",
    "UnknownReference",
    "explain_figure",
    "next_parts",
    "read_reference",
    "recompute",
]

_SECTION_FIGURES: Mapping[Figure, SectionFigure] = {
    "total": explain_cost,
    "ttc": explain_ttc,
    "funding": explain_funding,
    "own-share": explain_own_share,
    "fctva": explain_fctva,
    "net": explain_net,
    "revenues": explain_revenues,
    "present-value": explain_present_value,
}


def explain_figure(
    reference: str,
    workspace: Workspace,
    portfolio: Portfolio,
    law: Law,
    *,
    whole: bool = False,
) -> Node:
    """Derive the figure that a reference names; raises `UnknownReference` with what could be typed instead.

    `law` is that of `law_of(workspace)`. In the sums of several proposals, each is derived down to
    its lines only if `whole` is asked; otherwise it is given with the reference under which it is derived.
    """
    assert workspace.edition is not None, "without an edition there is no term, hence no portfolio"
    asked = read_reference(reference, portfolio, workspace.edition.value.domains)
    inquiry = _Inquiry(workspace, portfolio, asked, law, whole)
    node = inquiry.proposal(asked.proposal, asked) if asked.proposal else inquiry.several(asked)
    printed = find_printed(
        asked,
        portfolio,
        workspace.edition.value,
        lambda costed, section: follow(inquiry.case(costed), section),
    )
    return replace(node, reference=str(asked), printed=printed)


class _Inquiry:
    """Answer one reference."""

    def __init__(
        self,
        workspace: Workspace,
        portfolio: Portfolio,
        asked: Reference,
        law: Law,
        whole: bool,
    ) -> None:
        self.workspace, self.portfolio, self.asked, self.law, self.whole = (
            workspace,
            portfolio,
            asked,
            law,
            whole,
        )
        self.cases: dict[str, Case] = {}

    def case(self, costed: CostedProposal) -> Case:
        """Gather what the figures of a proposal are computed with."""
        assert self.workspace.edition is not None
        if costed.id not in self.cases:
            self.cases[costed.id] = Case(
                costed,
                self.workspace.edition,
                self.workspace.bibliography,
                self.portfolio.term,
                self.law,
                self.workspace.parameters,
                self.asked.estimate,
            )
        return self.cases[costed.id]

    def proposal(self, costed: CostedProposal, asked: Reference) -> Node:
        """Derive one figure of one proposal, or list all of them."""
        case = self.case(costed)
        if asked.figure == "all":
            return self._overview(case)
        if asked.figure == "line":
            assert asked.number is not None
            if asked.collection == "funding":
                return _explain_funding_line(case, asked.number, asked.year)
            return explain_line(case, asked.collection, asked.number, asked.year)
        return _explain(case, asked.figure, asked.section, asked.year)

    def _overview(self, case: Case) -> Node:
        """List every figure of a proposal, each derived; nothing is added up."""
        proposal = case.document.value
        sections = [
            section
            for section in SECTIONS
            if any(line.section == section for line in (*proposal.costs, *proposal.funding))
        ]
        nodes = [explain_cost(case, section, None) for section in sections]
        nodes.append(explain_after_term(case, None))
        if proposal.revenues:
            nodes.append(explain_revenues(case, None, None))
        for section in sections:
            chain = [
                figure(case, section, None) for figure in (explain_own_share, explain_fctva, explain_net)
            ]
            nodes += [node for node in chain if node.value is None or node.children]
        each = [explain_each(case, figure) for figure in FIGURES if figure in QUOTIENTS]
        nodes += [node for node in each if node.value is not None]
        if case.costed.costing.is_complete:
            # how they are estimated stands under their own reference
            percentiles: tuple[Figure, ...] = ("p50", "p80")
            nodes += [replace(_explain(case, figure, None, None), notes=()) for figure in percentiles]
        place = find_key(case.document, "title")
        return Node(proposal.title or case.costed.id, "figures", None, children=tuple(nodes), places=(place,))

    def several(self, asked: Reference) -> Node:
        """Derive one figure of the whole or of a domain; percentiles are of the sum, and no sum of percentiles."""
        if asked.figure in PERCENTILES:
            cases = [self.case(costed) for costed in self._of_domain(self.portfolio.ready)]
            return explain_percentile(cases, asked.figure, asked.section, str(asked))
        if asked.figure in QUOTIENTS:
            assert self.workspace.edition is not None
            cost = self._sum_of_sections(replace(asked, figure="total"))
            return divide_among_inhabitants(cost, self.workspace.edition, str(asked))
        return self._sum_of_sections(replace(asked, figure="total") if asked.figure == "all" else asked)

    def _sum_of_sections(self, asked: Reference) -> Node:
        """Add the ready proposals of the whole or of a domain; drafts stand apart and count for nothing."""
        if asked.section or asked.figure in ("after-term", "revenues"):
            return self._sum(asked, drafts=True)
        children = [self._sum(replace(asked, section=section), drafts=False) for section in SECTIONS]
        drafts = self._proposals(asked, self._of_domain(self.portfolio.drafts))
        return combine(
            name_figure(asked.figure, asked.section, asked.year),
            "sum",
            children,
            notes=_drafts_note(drafts),
            apart=drafts,
        )

    def _sum(self, asked: Reference, *, drafts: bool) -> Node:
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
                    places=(find_key(self.workspace.edition, "domains", domain),),
                    reference=str(replace(asked, subject=domain, domain=domain)),
                )
                for domain, proposals in self.portfolio.ready_by_domain.items()
            ]
        apart = self._proposals(asked, self._of_domain(self.portfolio.drafts)) if drafts else []
        return combine(
            name_figure(asked.figure, asked.section, asked.year),
            "sum",
            children,
            reference=str(asked),
            notes=_drafts_note(apart),
            apart=apart,
        )

    def _of_domain(self, proposals: Sequence[CostedProposal]) -> list[CostedProposal]:
        return [costed for costed in proposals if self.asked.domain in (None, costed.domain)]

    def _proposals(self, asked: Reference, proposals: Sequence[CostedProposal]) -> list[Node]:
        return [self._one(replace(asked, subject=p.id, domain=None, proposal=p), p) for p in proposals]

    def _one(self, asked: Reference, costed: CostedProposal) -> Node:
        """Give a proposal's part of a sum, derived in full or under its own reference."""
        node = self.proposal(costed, asked)
        label = costed.document.value.title or costed.id
        places = (find_key(costed.document, "costs"),)
        if self.whole or node.value is None:
            return replace(node, label=label, places=places, reference=str(asked))
        return Node(label, "given", node.value, exact=node.exact, places=places, reference=str(asked))


def _explain(case: Case, figure: Figure, section: Section | None, year: int | None) -> Node:
    if figure == "after-term":
        return explain_after_term(case, section)
    if figure in PERCENTILES:
        parts = [case.costed.id, figure, *([section] if section else [])]
        return explain_percentile([case], figure, section, ".".join(parts))
    if figure in QUOTIENTS:
        return explain_each(case, figure)
    if figure == "revenues" and section is None:
        return explain_revenues(case, None, year)
    derive = _SECTION_FIGURES[figure]
    if section is not None:
        return derive(case, section, year)
    return explain_both(case, derive, name_figure(figure, None, year), year, "")


def _explain_funding_line(case: Case, number: int, year: int | None) -> Node:
    """Derive one line of the financing plan."""
    funding = case.document.value.funding[number - 1]
    label = say("line {number}", number=number)
    place = find_key(case.document, "funding")
    if funding.section is None:
        return unknown(label, say("`{name}` is missing or cannot be read", name="section"), places=(place,))
    found = explain_funding(case, funding.section, year)
    reference = f"{case.costed.id}.funding.{number}"
    if found.operation == "unknown":
        return replace(found, label=label)
    for node in (*found.children, *found.apart):
        if node.reference in (reference, f"{reference}.{year}"):
            return node if year is None else round_to_cents(node)
    if funding.amount is None and funding.share is None:
        return unknown(label, say("`{name}` is missing or cannot be read", name="share"), places=(place,))
    return combine(label, "sum", (), places=(place,))


def _drafts_note(drafts: Sequence[Node]) -> tuple[Message, ...]:
    return (say("drafts stand apart, in no total"),) if drafts else ()
