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
from booklet.money.amounts import total
from booklet.money.euros import Euros, PrintedRange, round_to
from booklet.tables.rounding import after_term, section_in, section_total, section_total_ttc, sum_grants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financing, Financings
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
    #: no price varies: there is no P80
    is_fixed: bool
    start: Month | None
    opening: Month | None


def find_key_figures(costed: CostedProposal, edition: Edition, financings: Financings) -> KeyFigures:
    """Gather the key figures of a proposal, as its tables print them."""
    costing, proposal = costed.costing, costed.document.value
    found = estimate_proposal(costed)
    after = after_term(costed)
    return KeyFigures(
        section_total(costed, "investissement") if costing.is_complete else None,
        after if after else None,
        _own_share(costed, edition, financings),
        round_to_three_figures(found.p80)[0] if found is not None and found.contributions else None,
        found is not None and not found.contributions,
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
    costed: CostedProposal, edition: Edition, financings: Financings, section: Section, step: Decimal
) -> Decimal | None:
    """Compute the gross cost of a section on the funding base, in `step`: that of the fiche, or of the whole."""
    chain = financings.get((costed.id, section))
    if chain is None or chain.gross is None:
        return None
    if edition.funding_base != "ttc":
        return section_in(costed, section, step).central
    with_vat = section_total_ttc(costed, section)
    return None if with_vat is None else round_to(with_vat, step)


def printed_own_share(
    costed: CostedProposal, edition: Edition, financings: Financings, section: Section, step: Decimal
) -> Decimal | None:
    """Compute the owner's share of that gross cost, loans included; None also while no plan is written."""
    gross = printed_gross(costed, edition, financings, section, step)
    chain = financings.get((costed.id, section))
    if gross is None or chain is None or chain.co_funded is None:
        return None
    return gross - sum_grants(costed, chain.grants, step)


def own_part(chains: Iterable[Financing | None]) -> Decimal | None:
    """Compute the owners' part of the exact gross cost of several sections; None while one is not known, or of none."""
    found = [(chain.own_share_total, chain.gross) if chain else (None, None) for chain in chains]
    known = [(own, gross) for own, gross in found if own is not None and gross is not None]
    whole = total(gross for _, gross in known)
    if len(known) < len(found) or not whole:
        return None
    return _hundredths(total(own for own, _ in known), whole)


def _hundredths(amount: Euros, whole: Euros) -> Decimal:
    return Decimal(round(amount.value / whole.value * 100)) / 100


def share_of_cost(chain: Financing, amount: Euros) -> Decimal | None:
    """Compute the part of the exact gross cost that an exact amount is, in whole percents; None of no cost."""
    return _hundredths(amount, chain.gross) if chain.gross else None


def _own_share(costed: CostedProposal, edition: Edition, financings: Financings) -> OwnShare | None:
    for section in SECTIONS:
        if not printed_gross(costed, edition, financings, section, costed.step):
            continue
        amount, chain = (
            printed_own_share(costed, edition, financings, section, costed.step),
            financings[costed.id, section],
        )
        exact = chain.own_share_total if chain else None
        part = share_of_cost(chain, exact) if chain and exact is not None else None
        return None if amount is None or part is None else OwnShare(section, amount, part)
    return None
