"""One proposal → its financing plan as printed: co-funders from the surest to the least sure, then what is left.

Shares and amounts are of the edition's `funding_base`. A loan is paid back by the owner: it is part of the own share,
printed under it and not subtracted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS, Section
from booklet.content.model.words import FORM_NAMES, SECTION_NAMES, STATUS_NAMES
from booklet.diagnostics.message import say
from booklet.tables.key_figures import base_words, printed_gross, share_of_cost
from booklet.tables.money_table import FundingPlan, FundingRow
from booklet.tables.rounding import sum_grants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financing, Financings, Grant
    from booklet.costs.portfolio import CostedProposal
    from booklet.text.language import Language


def funding_plan(
    costed: CostedProposal, edition: Edition, financings: Financings, language: Language
) -> FundingPlan | None:
    """Build the financing plan, section by section: each funder, the own share, and the gross cost, their sum."""
    proposal = costed.document.value
    if not proposal.funding or not costed.costing.is_complete:
        return None
    rows: list[FundingRow] = []
    for section in SECTIONS:
        if any(funding.section == section for funding in proposal.funding):
            rows += _rows(costed, edition, financings, section, language)
    caption = say("Financing plan, {base}", base=base_words(edition)).text(language)
    return FundingPlan(caption, tuple(rows), costed.step)


def _rows(
    costed: CostedProposal, edition: Edition, financings: Financings, section: Section, language: Language
) -> Iterator[FundingRow]:
    gross = printed_gross(costed, edition, financings, section, costed.step)
    chain = financings.get((costed.id, section))
    if gross is None or chain is None or chain.own_share_total is None:
        return
    grants = sorted((grant for grant in chain.grants if not grant.is_debt), key=_certainty)
    for grant in grants:
        yield _row(costed, chain, grant, edition, language)
    own_share = gross - sum_grants(costed, grants, costed.step)
    share = share_of_cost(chain, chain.own_share_total)
    yield FundingRow(say("Own share").text(language), "", "", share, own_share, "subtotal")
    for grant in chain.grants:
        if grant.is_debt:
            yield _row(costed, chain, grant, edition, language, borrowed=True)
    name = SECTION_NAMES[section].text(language).lower()
    yield FundingRow(say("Gross cost, {section}", section=name).text(language), "", "", None, gross, "total")


def _certainty(grant: Grant) -> int:
    status = grant.funding.status
    return FUNDING_STATUSES.index(status) if status else len(FUNDING_STATUSES)


def _row(
    costed: CostedProposal,
    chain: Financing,
    grant: Grant,
    edition: Edition,
    language: Language,
    *,
    borrowed: bool = False,
) -> FundingRow:
    funding = grant.funding
    organisation = edition.organisations.get(funding.funder or "")
    name = organisation.name if organisation else funding.funder or ""
    owner = chain.proposal.owner_of(funding)
    if owner != chain.owner:
        of_owner = edition.organisations.get(owner or "")
        name = say(
            "{funder}, for {owner}", funder=name, owner=of_owner.name if of_owner else owner or ""
        ).text(language)
    return FundingRow(
        say("of which borrowed, {name}", name=name).text(language) if borrowed else name,
        FORM_NAMES[funding.form].text(language) if funding.form else "",
        STATUS_NAMES[funding.status].text(language) if funding.status else "",
        # a share of an eligible expense is another one of the cost, which this column is about
        share_of_cost(chain, grant.total)
        if funding.share and (funding.eligible is not None or chain.parts)
        else funding.share,
        grant.total.rounded(costed.step),
        "faint" if borrowed else "row",
    )
