"""Portfolio → the versioned JSON of `costs --format json` (public contract, `docs/format.md`).

HT, euros of the edition's price year, decimal strings in cents. Each year of each section of each proposal is
rounded once; every total is the sum of those cells. What cannot be costed is null, never 0.

Besides amounts it has their inputs (`json_inputs`): lines, funding, own share, the bibliography and the law, so that
`diff` finds the cause of each change in two saved files.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import ESTIMATES, SECTIONS, CostLine, Proposal, Section
from booklet.costs.financing import Financing, finance
from booklet.costs.optimism import OPTIMISM, find_uplift
from booklet.costs.present_value import present_cents
from booklet.costs.uncertainty import Estimate, estimate_portfolio, estimate_proposal
from booklet.costs.unit_costs import UnitCosts, unit_costs
from booklet.export.json_balance import write_balance
from booklet.export.json_inputs import (
    describe_edition,
    describe_funding,
    describe_sources,
    describe_timing,
    describe_variation,
    write_parts,
)
from booklet.export.json_money import write_late_money, write_money, write_part, write_parts_of
from booklet.export.json_values import (
    add_cells,
    write_number_exactly,
    write_range,
    write_rates,
    write_typed_amount,
    write_years,
    yearly_cents,
)
from booklet.law.lookup import Law, law_of
from booklet.money.euros import CENT, Euros, PrintedRange
from booklet.text.outside import dump_json, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.content.model.edition import Edition
    from booklet.content.workspace import Workspace
    from booklet.costs.costing import LineCost
    from booklet.costs.portfolio import CostedProposal, Dependence, Portfolio
    from booklet.law.lookup import Fctva
    from booklet.money.calendar import Term


def write_costs(
    portfolio: Portfolio,
    workspace: Workspace | None = None,
    *,
    discount_rate: Decimal | None = None,
    uncertainty: bool = True,
) -> str:
    """Write every proposal, drafts marked as such, and the totals of the ready ones.

    Own share, bibliography, organisations and the law come from the workspace, and are absent without one. Present
    values are there where a rate is given; percentiles may be left out, since they are what takes longest.
    """
    edition = workspace.edition.value if workspace and workspace.edition else None
    law = law_of(workspace) if workspace else Law({})
    rates, fctva = law.percents_by_year(portfolio.years), law.fctva(portfolio.years)
    writer = _Writer(portfolio.term, edition, fctva, law, discount_rate, uncertainty=uncertainty)
    ready = [writer.proposal(costed, "ready") for costed in portfolio.ready]
    document = {
        "version": 1,
        "years": list(portfolio.years),
        **(
            {"present_value": {"rate": write_number_exactly(discount_rate), "year": portfolio.years[0]}}
            if discount_rate is not None
            else {}
        ),
        **describe_edition(edition, portfolio.years, fctva),
        **write_dependence(portfolio.dependence),
        "proposals": ready + [writer.proposal(costed, "draft") for costed in portfolio.drafts],
        # without this list, `diff` would take an unreadable proposal for a removed one
        "unread": sorted(map(visible, workspace.unread)) if workspace else [],
        "domains": {
            domain: writer.totals(proposals) for domain, proposals in portfolio.ready_by_domain.items()
        },
        "totals": {**writer.totals(portfolio.ready), **writer.whole(portfolio)},
        "sources": describe_sources(workspace),
        "parameters": {id: write_rates(rates[id]) for id in sorted(rates) if _is_used(id, portfolio)},
    }
    return dump_json(document)


class _Writer:
    """Writes proposals and totals under one term, edition and law."""

    def __init__(
        self,
        term: Term,
        edition: Edition | None,
        fctva: Fctva,
        law: Law,
        discount_rate: Decimal | None,
        *,
        uncertainty: bool,
    ) -> None:
        self.term = term
        self.edition = edition
        self.discount_rate, self.uncertainty = discount_rate, uncertainty
        self.basis = edition.prices.basis if edition and edition.prices else None
        self.financings: dict[str, Mapping[Section, Financing | None]] = {}
        self.fctva, self.law = fctva, law

    def proposal(self, costed: CostedProposal, status: str) -> dict[str, object]:
        known = costed.costing.is_complete
        proposal = costed.document.value
        financing = self.financing(costed)
        return {
            # of the names of a file and its folder, which need not be UTF-8
            "id": visible(costed.id),
            "domain": visible(costed.domain),
            "title": proposal.title,
            "status": status,
            **{
                section: write_years(yearly_cents(costed, section), costed.costing.years) if known else None
                for section in SECTIONS
            },
            "after_term_per_year": write_range(costed.costing.after_term_per_year.rounded(CENT))
            if known
            else None,
            "owner": proposal.owner,
            "lines": self.lines(proposal, proposal.costs, costed.costing.lines),
            "revenues": self.lines(proposal, proposal.revenues, costed.costing.revenues),
            "savings_lines": self.lines(proposal, proposal.savings, costed.costing.savings.lines),
            "lost_revenue_lines": self.lines(
                proposal, proposal.lost_revenue, costed.costing.lost_revenue.lines
            ),
            "funding": [
                describe_funding(index, funding, financing) for index, funding in enumerate(proposal.funding)
            ],
            **write_money(self.term.years, financing),
            **write_balance(self.term.years, {section: [chain] for section, chain in financing.items()}),
            **write_parts_of(self.term.years, financing),
            **(_write_unit_costs(unit_costs(proposal, costed.costing, self.edition)) if self.edition else {}),
            **({"uncertainty": _write_estimate(estimate_proposal(costed))} if self.uncertainty else {}),
            **self.uplift(costed),
            **self.present_value([costed]),
        }

    def uplift(self, costed: CostedProposal) -> dict[str, object]:
        """Write the overrun of the proposal's reference class, null where it does not apply; nothing without one."""
        if costed.document.value.reference_class is None:
            return {}
        found = find_uplift(costed, self.law, self.term.first_year)
        if found is None:
            return {"uplift": None}
        return {
            "uplift": {
                "reference_class": found.reference_class,
                "rate": write_number_exactly(found.rate),
                "base": f"{found.base.rounded():.2f}",
                "added": f"{found.added.rounded():.2f}",
            }
        }

    def financing(self, costed: CostedProposal) -> Mapping[Section, Financing | None]:
        """The financing of both sections, computed once; None without an edition."""
        if self.edition is None:
            return dict.fromkeys(SECTIONS)
        if costed.id not in self.financings:
            document, costing = costed.document.value, costed.costing
            self.financings[costed.id] = {
                section: finance(document, costing, self.edition, section, self.fctva) for section in SECTIONS
            }
        return self.financings[costed.id]

    def totals(self, proposals: Sequence[CostedProposal]) -> dict[str, object]:
        """Add ready proposals up, cell by cell."""
        known = [costed for costed in proposals if costed.costing.is_complete]
        years = self.term.years
        sections: dict[str, object] = {
            section: write_years(
                tuple(
                    add_cells(column)
                    for column in zip(*(yearly_cents(p, section) for p in known), strict=True)
                )
                or tuple(PrintedRange() for _ in years),
                years,
            )
            for section in SECTIONS
        }
        after = add_cells(proposal.costing.after_term_per_year.rounded(CENT) for proposal in known)
        chains = {section: [self.financing(costed)[section] for costed in proposals] for section in SECTIONS}
        return {
            **sections,
            "after_term_per_year": write_range(after),
            **write_late_money(years, chains),
            **write_balance(years, chains),
            "owners": self.owners(proposals),
            **self.present_value(known),
        }

    def owners(self, proposals: Sequence[CostedProposal]) -> dict[str, object]:
        """Write the part of each owner: cost, own share, FCTVA and net of its lines, in whatever proposals."""
        parts: dict[str, dict[Section, list[Financing | None]]] = {}
        for costed in proposals:
            for section, chain in self.financing(costed).items():
                owners = costed.document.value.owners
                of_owners = chain.parts if chain and chain.parts else dict.fromkeys(owners, chain)
                for owner, part in of_owners.items():
                    of_sections = parts.setdefault(owner or "", {name: [] for name in SECTIONS})
                    of_sections[section].append(part)
        return {owner: write_part(self.term.years, parts[owner]) for owner in sorted(parts)}

    def whole(self, portfolio: Portfolio) -> dict[str, object]:
        """Write the figures of the portfolio that no domain has: cost per inhabitant, and percentiles."""
        territory = self.edition.territory if self.edition else None
        cells = (cell for p in portfolio.ready for section in SECTIONS for cell in yearly_cents(p, section))
        cost = Euros.of(sum((cell.central for cell in cells), Decimal(0)))
        is_known = all(costed.costing.is_complete for costed in portfolio.ready)
        population = territory.population if territory and is_known else None
        each = f"{(cost * Fraction(1, population)).rounded():.2f}" if population else None
        if not self.uncertainty:
            return {"per_inhabitant": each}
        return {
            "per_inhabitant": each,
            "uncertainty": _write_estimate(estimate_portfolio(portfolio)),
            "uncertainty_by_section": {
                section: _write_estimate(estimate_portfolio(portfolio, section)) for section in SECTIONS
            },
        }

    def present_value(self, proposals: Sequence[CostedProposal]) -> dict[str, object]:
        """Discount the gross central cost to the first year where a rate is given; null while a cost is unknown."""
        if self.discount_rate is None:
            return {}
        return {"present_value": {section: self._discounted(proposals, section) for section in SECTIONS}}

    def _discounted(self, proposals: Sequence[CostedProposal], section: Section) -> str | None:
        if self.discount_rate is None or not all(costed.costing.is_complete for costed in proposals):
            return None
        years = self.term.years
        worth = Decimal(0)
        for costed in proposals:
            yearly = costed.costing.by_section[section]
            amounts = {year: yearly[year].central for year in years}
            worth += present_cents(amounts, self.discount_rate, years[0])
        return f"{worth:.2f}"

    def lines(
        self, proposal: Proposal, lines: Sequence[CostLine], costed: Sequence[LineCost]
    ) -> list[dict[str, object]]:
        """Write the lines of a list, in its order."""
        known = {cost.index: cost for cost in costed}
        return [self.line(proposal, line, known.get(index)) for index, line in enumerate(lines)]

    def line(self, proposal: Proposal, line: CostLine, cost: LineCost | None) -> dict[str, object]:
        """Write a line as typed, and its central amount by year."""
        phases = proposal.phases_by_id
        unit_cost = line.unit_cost.range if line.unit_cost else None
        return {
            "label": line.label,
            "section": line.section,
            "nature": line.nature,
            "quantity": write_number_exactly(line.quantity),
            "unit": line.unit,
            "unit_cost": {name: write_typed_amount(getattr(unit_cost, name)) for name in ESTIMATES}
            if unit_cost
            else None,
            "price": line.price or self.basis,
            "vat": write_number_exactly(line.vat_rate),
            "vat_regime": line.vat_regime,
            **describe_variation(line, cost),
            **describe_timing(line, phases),
            "parts": write_parts(line, phases, self.term),
            "evidence": line.evidence,
            "source": line.source,
            "assumption": line.assumption,
            "driver": line.driver,
            "owner": line.owner,
            "paid_before": write_typed_amount(line.paid_before),
            "paid_after": write_typed_amount(line.paid_after),
            "ht": _write_central(cost) if cost else None,
            "after_term_per_year": f"{cost.after_term_per_year.central.rounded(CENT):.2f}" if cost else None,
        }


def _write_unit_costs(found: UnitCosts) -> dict[str, str | None]:
    """Write what the six years cost per inhabitant, beneficiary and tonne; null where the count is unknown."""
    named = {
        "per_inhabitant": found.per_inhabitant,
        "per_beneficiary": found.per_beneficiary,
        "per_tonne": found.per_tonne,
    }
    return {name: None if amount is None else f"{amount.rounded():.2f}" for name, amount in named.items()}


def _is_used(parameter: str, portfolio: Portfolio) -> bool:
    """Leave out the bounds of reference classes that no proposal names."""
    named = {costed.document.value.reference_class for costed in (*portfolio.ready, *portfolio.drafts)}
    return not parameter.startswith(OPTIMISM) or parameter.removeprefix(OPTIMISM) in named


def write_dependence(dependence: Dependence) -> dict[str, object]:
    """Write what the edition says of costs that move together; nothing where it says nothing."""
    return {
        **({"correlation": f"{dependence.correlation:f}"} if dependence.correlation else {}),
        **({"lines_of_one_nature": "together"} if dependence.by_nature else {}),
    }


def _write_estimate(found: Estimate | None) -> dict[str, object] | None:
    """Write percentiles in cents and shares of the variance; null where a cost is unknown."""
    if found is None:
        return None
    percentiles = {"p10": found.p10, "p50": found.p50, "p80": found.p80, "p90": found.p90}
    return {
        **{name: f"{amount.rounded():.2f}" for name, amount in percentiles.items()},
        "probability_central_is_enough": write_number_exactly(found.probability_central_is_enough),
        "shares": [
            {
                "name": each.name,
                "is_driver": each.is_driver,
                "lines": list(each.labels),
                "share": f"{Decimal(round(each.share * 10**6)).scaleb(-6):f}",
            }
            for each in found.contributions
        ],
    }


def _write_central(cost: LineCost) -> dict[str, str]:
    return {str(year): f"{cost.ht[year].central.rounded(CENT):.2f}" for year in cost.ht.years}
