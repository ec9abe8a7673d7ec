"""The closing chapters of the body: who decides, method, parameters, equal treatment, colophon, glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.chapters.competence import who_decides
from booklet.chapters.parameters import describe_indices, printed_parameters
from booklet.chapters.qr_code import draw_code
from booklet.layout.page import fill_page

if TYPE_CHECKING:
    from booklet.chapters.context import FillContext, PageNumbers


def fill_closing(context: FillContext, numbers: PageNumbers) -> str:
    """Fill the closing chapters; those without content, such as an empty glossary, leave no heading."""
    edition, portfolio = context.edition, context.portfolio
    waivers = [
        (proposal.document.value.title or "", waiver.rule, waiver.because)
        for proposal in portfolio.ready
        for waiver in proposal.document.value.waivers
    ]
    proposals = [proposal.document.value for proposal in portfolio.ready]
    lines = [line for proposal in proposals for line in proposal.all_lines]
    website = edition.publisher.website if edition.publisher else None
    return fill_page(
        context.environment,
        "closing.html",
        edition=edition,
        decides=who_decides(portfolio, edition, context.law, context.language),
        parameters=printed_parameters(portfolio, edition, context.law, context.language),
        indices=describe_indices(portfolio, edition, context.law, context.language),
        varies=any(one.quantities and one.quantities.varies for one in lines),
        has_scenarios=any(one.scenario for one in lines),
        has_savings=any(one.savings or one.lost_revenue for one in proposals),
        pays_outside=any(one.paid_before or one.paid_after for one in lines),
        borrows=any(funding.loan for one in proposals for funding in one.funding),
        waivers=waivers,
        website=draw_code(website) if website else None,
        data=draw_code(edition.data) if edition.data else None,
        page_by_target={costed.id: numbers.stamp(costed.id) for costed in portfolio.ready},
    )
