"""What the figures of `costs --format json` were computed from: edition, lines, funding, sources.

Quantities, unit costs and rates are written exactly as typed; the part of a line that a budget year bears is a fraction
(`"1/6"`), which may have no finite decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.checks.guardrails import effective_severity
from booklet.content.model.proposal import ESTIMATES
from booklet.costs.figures.costs import CENTRAL
from booklet.costs.figures.inputs import spread_line
from booklet.costs.financing import lags_of
from booklet.export.json_balance import describe_loan
from booklet.export.json_values import write_number_exactly, write_text_of, write_typed_amount
from booklet.money.euros import CENT

if TYPE_CHECKING:
    from booklet.content.model.cost_line import Recurrence
    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import CostLine, Funding, Phase, Section
    from booklet.content.model.sources import Reference
    from booklet.content.workspace import Workspace
    from booklet.costs.costing import LineCost
    from booklet.costs.financing import Financing
    from booklet.law.lookup import Fctva
    from booklet.money.calendar import Term


def describe_edition(edition: Edition | None, years: tuple[int, ...], fctva: Fctva) -> dict[str, object]:
    """Write the keys of the edition that `diff` compares: language, prices, organisations, funding base, guardrails."""
    prices = edition.prices if edition else None
    guardrails = edition.guardrails if edition else None
    severity = effective_severity(edition.severities if edition else {})
    return {
        "lang": edition.lang if edition else None,
        "prices": {
            "year": prices.year,
            "basis": prices.basis,
            **({"index": prices.index} if prices.index else {}),
        }
        if prices
        else None,
        "organisations": {id: organisation.name for id, organisation in sorted(edition.organisations.items())}
        if edition
        else {},
        "organisation_kinds": {
            id: organisation.kind for id, organisation in sorted(edition.organisations.items())
        }
        if edition
        else {},
        "fctva_lags": {
            id: _write_lags(lags_of(organisation, years, fctva), years)
            for id, organisation in sorted(edition.organisations.items())
        }
        if edition
        else {},
        "funding_base": (edition.funding_base or "ht") if edition else None,
        "guardrails": {
            "increase": write_number_exactly(guardrails.increase) if guardrails else None,
            "severity": str(severity),
        },
    }


def _write_lags(lags: tuple[int | None, ...], years: tuple[int, ...]) -> object:
    """Write the years until the FCTVA is paid; by year of spending where they are not all the same."""
    return lags[0] if len(set(lags)) == 1 else {str(year): lag for year, lag in zip(years, lags, strict=True)}


def describe_timing(line: CostLine, phases: Mapping[str, Phase]) -> dict[str, object]:
    """Write the timing as typed, and the months of the phase that it names."""
    spread: object = line.spread
    period = None
    if isinstance(line.spread, str) and line.spread in phases:
        phase = phases[line.spread]
        period = {"from": write_text_of(phase.start), "until": write_text_of(phase.end)}
    elif isinstance(line.spread, Mapping):
        spread = {str(year): write_number_exactly(units) for year, units in sorted(line.spread.items())}
    recurs = line.recurs
    return {
        "spread": spread,
        "period": period,
        "recurs": {
            "from": write_text_of(recurs.start),
            "until": write_text_of(recurs.until),
            **(_describe_ramp(recurs) if recurs.is_ramp else {}),
        }
        if recurs
        else None,
    }


def _describe_ramp(recurs: Recurrence) -> dict[str, object]:
    """Write the units of each year of a ramp, and those of the years after it."""
    units = {str(year): write_number_exactly(count) for year, count in sorted(recurs.units.items())}
    return {"units": units, "then": write_number_exactly(recurs.then)}


def describe_variation(line: CostLine, cost: LineCost | None) -> dict[str, object]:
    """Write what few lines have: three quantities, a scenario, prices of another year and what brings them to it."""
    found: dict[str, object] = {}
    if (known := line.quantity_range) and len(set(known)) > 1:
        found["quantities"] = dict(zip(ESTIMATES, map(write_number_exactly, known), strict=True))
    if line.scenario is not None:
        found["scenario"] = line.scenario
    if line.price_year is not None:
        indices = cost.estimates[CENTRAL].inputs.indices if cost else None
        factor = (indices[1] / indices[0])[0].value if indices else Fraction(1)
        found |= {
            "price_year": line.price_year,
            "index": line.index,
            "price_factor": str(factor) if cost else None,
        }
    return found


def write_parts(line: CostLine, phases: dict[str, Phase], term: Term) -> dict[str, str] | None:
    """Write the exact part of quantity × unit cost in each budget year; null while unknown."""
    spreading = spread_line(line, phases)
    whole = None if spreading is None else spreading.months or Fraction(line.quantity or 0)
    if spreading is None or not whole:
        return None
    counts = zip(term.years, spreading.of_years(term.years), strict=True)
    return {str(year): str(count / whole) for year, count in counts}


def describe_funding(
    index: int, funding: Funding, financing: Mapping[Section, Financing | None]
) -> dict[str, object]:
    """Write one line of a financing plan, as typed, and the amount that it comes to."""
    chain = financing.get(funding.section) if funding.section else None
    grant = next((grant for grant in chain.grants if grant.index == index), None) if chain else None
    year = funding.year
    return {
        "funder": funding.funder,
        "form": funding.form,
        "section": funding.section,
        "share": write_number_exactly(funding.share),
        "amount": write_typed_amount(funding.amount),
        "eligible": write_typed_amount(funding.eligible),
        "status": funding.status,
        "year": {str(when): write_number_exactly(part) for when, part in sorted(year.items())}
        if isinstance(year, Mapping)
        else year,
        "envelope": funding.envelope,
        "owner": funding.owner,
        "loan": describe_loan(funding.loan),
        "computed": f"{grant.total.rounded(CENT):.2f}" if grant else None,
    }


def describe_sources(workspace: Workspace | None) -> dict[str, object]:
    """Write the sources of the bibliography by id."""
    references = workspace.bibliography.value.root if workspace and workspace.bibliography else {}
    return {id: _describe_source(references[id]) for id in sorted(references)}


def _describe_source(reference: Reference) -> dict[str, object]:
    """Write a source's title and year, and a digest of its content; the day on which it was read is left out."""
    digest = fingerprint(reference.title, reference.publisher, reference.year, reference.url)[:16]
    return {"title": reference.title, "year": reference.year, "digest": digest}
