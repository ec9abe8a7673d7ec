"""Portfolio → the versioned JSON of `costs --format json` (public contract, FORMAT "Machine-readable outputs").

HT, euros of the edition's price year, decimal strings in cents. Each year of each section of each proposal is
rounded once; every total is the sum of those cells. What cannot be costed is null, never 0.

Besides amounts it carries what they were made from: lines, funding, own share, the bibliography and the law used, so
that two saved files are enough for `diff` to find the cause of each change. Inputs are exact: quantities, unit costs
and rates as written, and the part of a line that each year bears as a fraction (`"1/6"`), which may have no finite
decimal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from booklet.cache.digests import fingerprint
from booklet.checks.increase import effective_severity
from booklet.content.model.proposal import SECTIONS, CostLine, Funding, Phase, Proposal, Section
from booklet.costs.costing import LineCost, cost_line, yearly_parts
from booklet.costs.financing import Cells, Financing, finance
from booklet.costs.present_value import present_cents
from booklet.costs.uncertainty import Estimate, estimate_portfolio, estimate_proposal
from booklet.costs.unit_costs import UnitCosts, unit_costs
from booklet.law.lookup import FCTVA_RATE, law_of
from booklet.money.euros import CENT, Euros, PrintedRange
from booklet.text.language import ENGLISH

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.money.calendar import Term

CellsByYear = dict[str, dict[str, str]]
#: rates of the law by id, then by budget year; None where the value is not known
Rates = Mapping[str, Mapping[int, Decimal | None]]
#: the rate that `financing.finance` asks for
_NOT_KNOWN = Cells(None, None, None)
#: what may come after the six years, by the key that it is written under
_LATE: Mapping[str, Callable[[Financing], Cells]] = {
    "fctva": lambda chain: chain.fctva_cells,
    "net": lambda chain: chain.net_cells,
}


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
    law: Rates = law_of(workspace).percents_by_year(portfolio.years) if workspace else {}
    writer = _Writer(portfolio.term, edition, law, discount_rate, uncertainty)
    ready = [writer.proposal(costed, "ready") for costed in portfolio.ready]
    document = {
        "version": 1,
        "years": list(portfolio.years),
        **(
            {"present_value": {"rate": _plain(discount_rate), "year": portfolio.years[0]}}
            if discount_rate is not None
            else {}
        ),
        **_edition(edition),
        "proposals": ready + [writer.proposal(costed, "draft") for costed in portfolio.drafts],
        # a proposal that could not be read is not one that is gone
        "unread": sorted(workspace.unread) if workspace else [],
        "domains": {
            domain: writer.totals(proposals) for domain, proposals in portfolio.ready_by_domain.items()
        },
        "totals": {**writer.totals(portfolio.ready), **writer.whole(portfolio)},
        "sources": _sources(workspace),
        "parameters": {id: _by_year(law[id]) for id in sorted(law)},
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def yearly_cents(costed: CostedProposal, section: str) -> tuple[PrintedRange, ...]:
    """Round each year of a section to cents: the finest cells of every export."""
    return tuple(amount.rounded(CENT) for amount in costed.costing.by_section[section])  # type: ignore[index]


def add_cells(cells: Iterable[PrintedRange]) -> PrintedRange:
    """Add cells as they are written."""
    return reduce(PrintedRange.__add__, cells, PrintedRange())


class _Writer:
    """Write proposals under one term, edition and law."""

    def __init__(
        self,
        term: Term,
        edition: Edition | None,
        law: Rates,
        discount_rate: Decimal | None,
        uncertainty: bool,
    ) -> None:
        self.term = term
        self.edition = edition
        self.discount_rate, self.uncertainty = discount_rate, uncertainty
        self.basis = edition.prices.basis if edition and edition.prices else None
        self.financings: dict[str, Mapping[Section, Financing | None]] = {}
        self.fctva_rate = {year: law.get(FCTVA_RATE, {}).get(year) for year in term.years}

    def proposal(self, costed: CostedProposal, status: str) -> dict[str, object]:
        known = costed.costing.is_complete
        proposal = costed.document.value
        financing = self.financing(costed)
        return {
            "id": costed.id,
            "domain": costed.domain,
            "title": proposal.title,
            "status": status,
            **{
                section: _years(yearly_cents(costed, section), costed.costing.years) if known else None
                for section in SECTIONS
            },
            "after_term_per_year": _write(costed.costing.after_term_per_year.rounded(CENT))
            if known
            else None,
            "owner": proposal.owner,
            "lines": [self.line(proposal, index, line) for index, line in enumerate(proposal.costs)],
            "revenues": [self.line(proposal, index, line) for index, line in enumerate(proposal.revenues)],
            "funding": [
                _funding(index, funding, financing) for index, funding in enumerate(proposal.funding)
            ],
            **_money_of(self.term.years, financing),
            **(_unit_costs(unit_costs(proposal, costed.costing, self.edition)) if self.edition else {}),
            **({"uncertainty": _estimate(estimate_proposal(costed.costing))} if self.uncertainty else {}),
            **self.present_value([costed]),
        }

    def financing(self, costed: CostedProposal) -> Mapping[Section, Financing | None]:
        """Follow both sections to their net cost, once; nothing is known without an edition."""
        if self.edition is None:
            return dict.fromkeys(SECTIONS)
        if costed.id not in self.financings:
            document, costing = costed.document.value, costed.costing
            self.financings[costed.id] = {
                section: finance(document, costing, self.edition, section, self.fctva_rate)
                for section in SECTIONS
            }
        return self.financings[costed.id]

    def totals(self, proposals: Sequence[CostedProposal]) -> dict[str, object]:
        """Add ready proposals up, cell by cell."""
        known = [costed for costed in proposals if costed.costing.is_complete]
        years = self.term.years
        sections: dict[str, object] = {
            section: _years(
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
            "after_term_per_year": _write(after),
            **_late_money(years, chains),
            **self.present_value(known),
        }

    def whole(self, portfolio: Portfolio) -> dict[str, object]:
        """Write what is told of all ready proposals together, of no domain: per inhabitant, and how sure it is."""
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
            "uncertainty": _estimate(estimate_portfolio(portfolio)),
            "uncertainty_by_section": {
                section: _estimate(estimate_portfolio(portfolio, section)) for section in SECTIONS
            },
        }

    def present_value(self, proposals: Sequence[CostedProposal]) -> dict[str, object]:
        """Discount the gross central cost to the first year, where asked for; null while a cost is not known."""
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

    def line(self, proposal: Proposal, index: int, line: CostLine) -> dict[str, object]:
        """Write what a line says, and what it comes to: the central estimate by year."""
        phases = proposal.phases_by_id
        cost = cost_line(index, line, phases, self.term, self.basis)
        unit_cost = line.unit_cost.range if line.unit_cost else None
        return {
            "label": line.label,
            "section": line.section,
            "nature": line.nature,
            "quantity": _plain(line.quantity),
            "unit": line.unit,
            "unit_cost": {name: _euros(getattr(unit_cost, name)) for name in ("low", "central", "high")}
            if unit_cost
            else None,
            "price": line.price or self.basis,
            "vat": _plain(line.vat_rate),
            "vat_regime": line.vat_regime,
            **_timing(line, phases),
            "parts": _parts(line, phases, self.term),
            "evidence": line.evidence,
            "source": line.source,
            "assumption": line.assumption,
            "driver": line.driver,
            "ht": _central(cost) if cost else None,
            "after_term_per_year": f"{cost.after_term_per_year.central.rounded(CENT):.2f}" if cost else None,
        }


def _unit_costs(found: UnitCosts) -> dict[str, str | None]:
    """Write what the six years cost per inhabitant, beneficiary and tonne; null where nobody counted them."""
    named = {
        "per_inhabitant": found.per_inhabitant,
        "per_beneficiary": found.per_beneficiary,
        "per_tonne": found.per_tonne,
    }
    return {name: None if amount is None else f"{amount.rounded():.2f}" for name, amount in named.items()}


def _estimate(found: Estimate | None) -> dict[str, object] | None:
    """Write percentiles in cents and shares of the variance; null where a cost is not known."""
    if found is None:
        return None
    percentiles = {"p10": found.p10, "p50": found.p50, "p80": found.p80, "p90": found.p90}
    return {
        **{name: f"{amount.rounded():.2f}" for name, amount in percentiles.items()},
        "probability_central_is_enough": _plain(found.probability_central_is_enough),
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


def _edition(edition: Edition | None) -> dict[str, object]:
    prices = edition.prices if edition else None
    guardrails = edition.guardrails if edition else None
    severity = effective_severity(edition.severities if edition else {})
    return {
        "lang": edition.lang if edition else None,
        "prices": {"year": prices.year, "basis": prices.basis} if prices else None,
        "organisations": {id: held.name for id, held in sorted(edition.organisations.items())}
        if edition
        else {},
        "fctva_lags": {id: held.fctva_lag for id, held in sorted(edition.organisations.items())}
        if edition
        else {},
        "funding_base": (edition.funding_base or "ht") if edition else None,
        "guardrails": {
            "increase": _plain(guardrails.increase) if guardrails else None,
            "severity": str(severity),
        },
    }


def _timing(line: CostLine, phases: Mapping[str, Phase]) -> dict[str, object]:
    """Write the timing as written, and the months of the phase that it names."""
    spread: object = line.spread
    period = None
    if isinstance(line.spread, str) and line.spread in phases:
        phase = phases[line.spread]
        period = {"from": _text(phase.start), "until": _text(phase.end)}
    elif isinstance(line.spread, Mapping):
        spread = {str(year): _plain(units) for year, units in sorted(line.spread.items())}
    recurs = line.recurs
    return {
        "spread": spread,
        "period": period,
        "recurs": {"from": _text(recurs.start), "until": _text(recurs.until)} if recurs else None,
    }


def _parts(line: CostLine, phases: dict[str, Phase], term: Term) -> dict[str, str] | None:
    """Write the part of quantity × unit cost that each budget year bears, exactly; null while it is not known."""
    parts = yearly_parts(line, phases)
    if parts is None:
        return None
    whole = Fraction(1)
    if isinstance(line.spread, Mapping):
        if not line.quantity:
            return None
        whole = Fraction(line.quantity)
    return {str(year): str(parts.get(year, Fraction(0)) / whole) for year in term.years}


def _funding(
    index: int, funding: Funding, financing: Mapping[Section, Financing | None]
) -> dict[str, object]:
    chain = financing.get(funding.section) if funding.section else None
    grant = next((grant for grant in chain.grants if grant.index == index), None) if chain else None
    year = funding.year
    return {
        "funder": funding.funder,
        "form": funding.form,
        "section": funding.section,
        "share": _plain(funding.share),
        "amount": _euros(funding.amount),
        "eligible": _euros(funding.eligible),
        "status": funding.status,
        "year": {str(when): _plain(part) for when, part in sorted(year.items())}
        if isinstance(year, Mapping)
        else year,
        "envelope": funding.envelope,
        "computed": f"{grant.total.rounded(CENT):.2f}" if grant else None,
    }


def _money_of(years: tuple[int, ...], financing: Mapping[Section, Financing | None]) -> dict[str, object]:
    """Write, by section over the six years, the funding base, own share, FCTVA, revenues and net cost, and the years.

    Null where unknown, and then `net_unknown` says why; the years of the net and what comes after them add up to it.
    """
    return {
        "base": {section: _sum(chain.base) if chain else None for section, chain in financing.items()},
        "own_share": {section: _own_share(chain) for section, chain in financing.items()},
        "earned": {section: _sum(chain.earned) if chain else None for section, chain in financing.items()},
        **_late_money(years, {section: [chain] for section, chain in financing.items()}),
        "net_unknown": {
            section: [reason.text(ENGLISH) for reason in chain.unknown]
            for section, chain in financing.items()
            if chain and chain.unknown
        },
    }


def _late_money(
    years: tuple[int, ...], chains: Mapping[Section, Sequence[Financing | None]]
) -> dict[str, object]:
    """Write the FCTVA and the net cost of one or several proposals: the whole, by year, and what comes late."""
    written: dict[str, object] = {}
    for name, cells_of in _LATE.items():
        sections = {
            section: [cells_of(chain) if chain else _NOT_KNOWN for chain in held]
            for section, held in chains.items()
        }
        written[name] = {
            section: _write_sum(cells.whole for cells in held) for section, held in sections.items()
        }
        written[f"{name}_by_year"] = {
            section: _write_years([cells.by_year for cells in held], years)
            for section, held in sections.items()
        }
        written[f"{name}_after_term"] = {
            section: _write_sum(cells.after_term for cells in held) for section, held in sections.items()
        }
    return written


def _write_years(
    rows: Sequence[tuple[Decimal, ...] | None], years: tuple[int, ...]
) -> dict[str, str | None] | None:
    """Add rows of years; null as soon as one is not known."""
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    return {str(year): _write_sum(row[index] for row in known) for index, year in enumerate(years)}


def _write_sum(amounts: Iterable[Decimal | None]) -> str | None:
    """Add cells as they are written; null as soon as one is not known."""
    held = list(amounts)
    known = [amount for amount in held if amount is not None]
    return f"{sum(known, Decimal(0)):.2f}" if len(known) == len(held) else None


def _own_share(chain: Financing | None) -> str | None:
    """Take what others give, as written, from the base, as written."""
    if chain is None or chain.base is None:
        return None
    given = sum((grant.total.rounded(CENT) for grant in chain.grants if not grant.is_debt), Decimal(0))
    return f"{sum((amount.rounded(CENT) for amount in chain.base), Decimal(0)) - given:.2f}"


def _sum(amounts: Sequence[Euros] | None) -> str | None:
    return None if amounts is None else f"{sum((amount.rounded(CENT) for amount in amounts), Decimal(0)):.2f}"


def _sources(workspace: Workspace | None) -> dict[str, object]:
    references = workspace.bibliography.value.root if workspace and workspace.bibliography else {}
    return {id: _source(references[id]) for id in sorted(references)}


def _source(reference: Reference) -> dict[str, object]:
    """Write what names a source, and a digest of what a figure rests on: the day it was read does not count."""
    digest = fingerprint(reference.title, reference.publisher, reference.year, reference.url)[:16]
    return {"title": reference.title, "year": reference.year, "digest": digest}


def _years(cells: Sequence[PrintedRange], years: Sequence[int]) -> CellsByYear:
    return {str(year): _write(cell) for year, cell in zip(years, cells, strict=True)}


def _write(cell: PrintedRange) -> dict[str, str]:
    return {name: f"{getattr(cell, name):.2f}" for name in ("low", "central", "high")}


def _central(cost: LineCost) -> dict[str, str]:
    return {str(year): f"{cost.ht[year].central.rounded(CENT):.2f}" for year in cost.ht.years}


def _by_year(values: Mapping[int, Decimal | None]) -> dict[str, str | None]:
    return {str(year): _plain(values[year]) for year in sorted(values)}


def _plain(number: Decimal | None) -> str | None:
    """Write a number exactly, without an exponent or trailing zeros."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _euros(amount: Euros | None) -> str | None:
    """Write an amount that somebody typed: it has a finite decimal, kept to the last digit."""
    if amount is None:
        return None
    exact = Decimal(amount.value.numerator) / Decimal(amount.value.denominator)
    return f"{exact:.2f}" if exact == exact.quantize(CENT) else f"{exact:f}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
