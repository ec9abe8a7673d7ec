"""One proposal → the six figures printed under its promise: cost, own share, certainty, dates.

Each is the figure of a table of the same fiche, so that a reader who looks further finds the same number again.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Proposal, Section, opening_month
from booklet.costs.uncertainty import estimate_proposal, round_to_three_figures
from booklet.diagnostics.message import Message, say
from booklet.money.euros import PrintedRange, round_to
from booklet.tables.money_table import THOUSAND
from booklet.tables.net_tables import sum_grants
from booklet.tables.rounding import after_term, section_thousands, section_total, section_total_ttc

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal
    from booklet.money.calendar import Month


@dataclass(frozen=True, slots=True)
class OwnShare:
    """The owner's share of the first section that costs anything, loans included."""

    section: Section
    amount: Decimal
    #: of the gross cost of the section, whole percents
    part: Decimal


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures to print; None for an amount that is not known, or is 0."""

    #: HT, over the six years
    investment: PrintedRange | None
    #: HT, in a full year after the term
    running: PrintedRange | None
    own_share: OwnShare | None
    #: HT, both sections over the six years: four chances in five to cost less
    p80: Decimal | None
    start: Month | None
    opening: Month | None


def find_key_figures(costed: CostedProposal, edition: Edition, financings: Financings) -> KeyFigures:
    """Gather the key figures of a proposal, as its tables print them."""
    costing, proposal = costed.costing, costed.document.value
    found = estimate_proposal(costing)
    after = after_term(costed)
    return KeyFigures(
        section_total(costed, "investissement") if costing.is_complete else None,
        after if after else None,
        _own_share(costed, edition, financings),
        round_to_three_figures(found.p80)[0] if found is not None and found.central else None,
        start_month(proposal),
        opening.plus(1) if (opening := opening_month(proposal.timeline)) else None,
    )


def start_month(proposal: Proposal) -> Month | None:
    """Return the first month of the first phase."""
    starts = [phase.start for phase in proposal.timeline if phase.start]
    return min(starts) if starts else None


def base_words(edition: Edition) -> Message:
    """Name the price that shares, gross cost and own share are computed on."""
    return say("VAT included") if edition.funding_base == "ttc" else say("before VAT")


def own_share_words(edition: Edition) -> Message:
    """Name the own share among amounts before VAT: with its price where that includes VAT."""
    if edition.funding_base != "ttc":
        return say("Own share")
    return say("Own share, {base}", base=base_words(edition))


def printed_gross(
    costed: CostedProposal, edition: Edition, financings: Financings, section: Section
) -> Decimal | None:
    """Compute the gross cost of a section on the funding base, in thousands, as the financing plan prints it."""
    chain = financings.get((costed.id, section))
    if chain is None or chain.gross is None:
        return None
    if edition.funding_base != "ttc":
        return section_thousands(costed, section).central
    with_vat = section_total_ttc(costed, section)
    return None if with_vat is None else round_to(with_vat, THOUSAND)


def printed_own_share(
    costed: CostedProposal, edition: Edition, financings: Financings, section: Section
) -> Decimal | None:
    """Compute the owner's share of that gross cost, as the financing plan prints it, loans included."""
    gross, chain = printed_gross(costed, edition, financings, section), financings.get((costed.id, section))
    return None if gross is None or chain is None else gross - sum_grants(chain.grants)


def _own_share(costed: CostedProposal, edition: Edition, financings: Financings) -> OwnShare | None:
    for section in SECTIONS:
        gross = printed_gross(costed, edition, financings, section)
        if not gross:
            continue
        amount = printed_own_share(costed, edition, financings, section)
        assert amount is not None, "what is printed of a gross cost is known"
        return OwnShare(section, amount, Decimal(round(amount / gross * 100)) / 100)
    return None
