"""Cost of a proposal → cost for each inhabitant, each beneficiary and each tonne of CO₂e avoided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Proposal
from booklet.money.amounts import total
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.costing import Costing


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """The cost per inhabitant, per beneficiary and per tonne avoided; None where their number is not known."""

    per_inhabitant: Euros | None
    per_beneficiary: Euros | None
    per_tonne: Euros | None


def unit_costs(proposal: Proposal, costing: Costing, edition: Edition) -> UnitCosts:
    """Divide the six years' gross central cost, both sections together, HT, its years in cents as files write them."""
    if not costing.is_complete:
        return UnitCosts(None, None, None)
    whole = total(
        Euros.of(amount.central.rounded())
        for section in SECTIONS
        for amount in costing.by_section[section]
        if amount.central
    )
    return UnitCosts(
        per_inhabitant(whole, proposal, edition),
        per_beneficiary(whole, proposal),
        per_tonne(whole, proposal, costing.years),
    )


def per_inhabitant(amount: Euros, proposal: Proposal, edition: Edition) -> Euros | None:
    """Divide among the inhabitants: the owner's population, else the territory's; None where neither is known."""
    owner = edition.organisations.get(proposal.owner or "")
    territory = edition.territory.population if edition.territory else None
    population = (owner.population if owner else None) or territory
    return amount * Fraction(1, population) if population else None


def per_beneficiary(amount: Euros, proposal: Proposal) -> Euros | None:
    """Divide among those who benefit; None where their number is not known."""
    number = proposal.beneficiaries.number if proposal.beneficiaries else None
    return amount * Fraction(1, number) if number else None


def per_tonne(amount: Euros, proposal: Proposal, years: tuple[int, ...]) -> Euros | None:
    """Divide by the tonnes of CO₂e avoided in the term: tonnes per year × years in the term; None where none are."""
    carbon = proposal.carbon
    if carbon is None or carbon.tonnes_per_year is None or carbon.start is None:
        return None
    tonnes = Fraction(carbon.tonnes_per_year) * sum(1 for year in years if year >= carbon.start)
    return amount * (1 / tonnes) if tonnes > 0 else None
