"""A cost line → its derivation: quantity × unit cost × the part of the year, each quoted from the YAML.

The arithmetic repeats that of `costs.costing`; every amount is checked against it, so that a derivation that gives
another figure is an internal error and never printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from booklet.content.model.proposal import ESTIMATES
from booklet.costs.figures.inputs import MONTHS
from booklet.costs.price_years import indices_of, needs_index
from booklet.diagnostics.message import Message, say
from booklet.money.calendar import Month, Period, Term
from booklet.why.derivation import Basis, Derivation, Quote, combine, quote, quote_key, typed, unknown
from booklet.why.law_rate import explain_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.document import Document
    from booklet.content.model.edition import Edition
    from booklet.content.model.parameters import Parameters
    from booklet.content.model.proposal import CostLine, EstimateName, Phase, Section
    from booklet.content.model.sources import Bibliography
    from booklet.costs.costing import LineCost
    from booklet.costs.financing import Financing
    from booklet.costs.portfolio import CostedProposal
    from booklet.law.lookup import Law
    from booklet.money.euros import Euros, Range
    from booklet.why.reference import Collection


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """A proposal, and everything that its figures are computed from."""

    costed: CostedProposal
    edition: Document[Edition]
    bibliography: Document[Bibliography] | None
    term: Term
    law: Law
    #: `parameters.yaml`: values that the edition adds to the law
    parameters: Document[Parameters] | None = None
    estimate: EstimateName = "central"
    #: cache of `financing_of`, by section
    chains: dict[Section, Financing | None] = field(default_factory=dict, compare=False)

    @property
    def document(self) -> Document[Any]:
        """The proposal, with the spans of its values."""
        return self.costed.document

    @property
    def suffix(self) -> str:
        """The end of a reference that names the estimate; empty for the central one."""
        return "" if self.estimate == "central" else f".{self.estimate}"

    def choose(self, amount: Range) -> Euros:
        """Return the estimate that the reference names."""
        low_central_high: dict[EstimateName, Euros] = {
            "low": amount.low,
            "central": amount.central,
            "high": amount.high,
        }
        return low_central_high[self.estimate]


def explain_line_year(
    context: ProposalContext, collection: Collection, cost: LineCost, year: int
) -> Derivation:
    """Derive the exact amount of one line in one year, before VAT."""
    factors = _factors(context, collection, cost)
    line = cost.line
    if line.units_by_year is not None:
        factors[:1] = _units_of_year(context, collection, cost, year)
    else:
        factors.append(_part_of_year(context, collection, cost, year))
    node = _derive_line(context, collection, cost, factors, f".{year}")
    _check_value(node, context.choose(cost.ht[year]))
    return node


def explain_full_year(context: ProposalContext, collection: Collection, cost: LineCost) -> Derivation:
    """Derive the amount of a recurring line in a full year after the term."""
    node = _derive_line(context, collection, cost, _factors(context, collection, cost), "")
    _check_value(node, context.choose(cost.after_term_per_year))
    return node


def explain_line_year_ttc(context: ProposalContext, cost: LineCost, year: int) -> Derivation:
    """Derive the exact amount of one cost line in one year, VAT included."""
    ht = explain_line_year(context, "costs", cost, year)
    if cost.line.vat_rate is None:
        return unknown(ht.label, say("the VAT rate is not known"), apart=[ht], quotes=ht.quotes)
    node = combine(ht.label, "product", [ht, one_plus_vat(context, "costs", cost)], quotes=ht.quotes)
    assert cost.ttc is not None
    _check_value(node, context.choose(cost.ttc[year]))
    return node


def explain_line_year_vat(context: ProposalContext, cost: LineCost, year: int) -> Derivation:
    """Derive the VAT on the amount of one cost line in one year."""
    ht = explain_line_year(context, "costs", cost, year)
    return combine(ht.label, "product", [ht, _vat_rate(context, "costs", cost)], quotes=ht.quotes)


def name_line(line: CostLine, index: int) -> Message | str:
    """Name a line by its label, or by its place in the list."""
    return line.label or say("line {number}", number=index + 1)


def explain_unknown_line(context: ProposalContext, collection: Collection, index: int) -> Derivation:
    """Make the unknown of a line that cannot be costed, naming its missing keys."""
    line: CostLine = getattr(context.document.value, collection)[index]
    missing = [name for name in ("section", "quantity", "unit_cost") if getattr(line, name) is None]
    if line.spread is None and line.recurs is None:
        missing.append("spread")
    lacks = [say("`{name}` is missing or cannot be read", name=name) for name in missing]
    prices = context.edition.value.prices
    if not lacks and needs_index(line, prices) and indices_of(line, prices, context.law) is None:
        lacks = [say("no index brings its prices of {year} to those of the edition", year=line.price_year)]
    return unknown(
        name_line(line, index),
        *(lacks or [say("when it is paid, or its VAT, is not known")]),
        quotes=(quote_line(context, collection, index),),
    )


def _derive_line(
    context: ProposalContext, collection: Collection, cost: LineCost, factors: list[Derivation], when: str
) -> Derivation:
    node = combine(
        name_line(cost.line, cost.index),
        "product",
        factors,
        quotes=(quote_line(context, collection, cost.index),),
        reference=f"{context.costed.id}.{collection}.{cost.index + 1}{when}{context.suffix}" if when else "",
    )
    return replace(node, basis=find_basis(context, collection, cost.index))


def _factors(context: ProposalContext, collection: Collection, cost: LineCost) -> list[Derivation]:
    return [
        _quantity(context, collection, cost, context.estimate),
        *_unit_cost_of_edition(context, collection, cost),
    ]


def _quantity(
    context: ProposalContext, collection: Collection, cost: LineCost, estimate: EstimateName
) -> Derivation:
    """The number of units, one of three where there are three; of a ramp, that of each year after it."""
    line, document = cost.line, context.document
    assert line.quantity_range is not None
    path: tuple[str | int, ...] = (collection, cost.index, "quantity")
    if not document.has(*path):
        path = (collection, cost.index, "recurs", "then")
    label = say("quantity ({unit})", unit=line.unit) if line.unit else say("quantity")
    if document.has(*path, estimate):
        path, label = (
            (*path, estimate),
            say("{quantity}, {estimate}", quantity=label, estimate=_NAMES[estimate]),
        )
    number = line.quantity_range[ESTIMATES.index(estimate)]
    return typed(label, Fraction(number), "number", (quote(document, *path),))


def _units_of_year(
    context: ProposalContext, collection: Collection, cost: LineCost, year: int
) -> list[Derivation]:
    """The units that a year has of the central quantity, and what they are multiplied by in another estimate."""
    line = cost.line
    assert line.units_by_year is not None
    key, units = ("spread" if line.recurs is None else "recurs"), line.units_by_year.get(year, Decimal(0))
    path: tuple[str | int, ...] = (collection, cost.index, key, str(year))
    if line.recurs is not None and year > max(line.recurs.units):
        assert line.recurs.then is not None
        units, path = line.recurs.then, (collection, cost.index, key, "then")
    found = [typed(_units(line, year), Fraction(units), "number", (quote(context.document, *path),))]
    numbers = [_quantity(context, collection, cost, one) for one in (context.estimate, "central")]
    if numbers[0].value != numbers[1].value:
        label = say("quantity over the central one")
        found.append(combine(label, "quotient", numbers, unit="number"))
    return found


def _units(line: CostLine, year: int) -> Message:
    if not line.unit:
        return say("units in {year}", year=year)
    return say("units in {year} ({unit})", year=year, unit=line.unit)


_NAMES: Mapping[EstimateName, Message] = {
    "low": say("low"),
    "central": say("central"),
    "high": say("high"),
}
_UNIT_COSTS: Mapping[EstimateName, Message] = {
    "low": say("unit cost, low"),
    "central": say("unit cost, central"),
    "high": say("unit cost, high"),
}


def _unit_cost_of_edition(
    context: ProposalContext, collection: Collection, cost: LineCost
) -> tuple[Derivation, ...]:
    """The unit cost before VAT, and what brings it to the prices of the edition where they are of another year."""
    unit_cost, line = _unit_cost(context, collection, cost), cost.line
    prices = context.edition.value.prices
    if not needs_index(line, prices):
        return (unit_cost,)
    years = (prices.year if prices else None, line.price_year)
    name = line.index or (prices.index if prices else None) or ""
    indices = [explain_index(context, name, year) for year in years if year is not None]
    label = say("from the prices of {year} to those of {prices}", year=years[1], prices=years[0])
    quoted = quote(context.document, collection, cost.index, "price_year")
    return unit_cost, combine(label, "quotient", indices, unit="number", quotes=(quoted,))


def _unit_cost(context: ProposalContext, collection: Collection, cost: LineCost) -> Derivation:
    """The unit cost before VAT: as typed, or the price with VAT divided by 1 + the VAT rate."""
    line, document = cost.line, context.document
    assert line.unit_cost is not None
    assert line.unit_cost.range is not None
    path: tuple[str | int, ...] = (collection, cost.index, "unit_cost")
    if document.has(*path, context.estimate):
        path = (*path, context.estimate)
    amount = context.choose(line.unit_cost.range).value
    label = _UNIT_COSTS[context.estimate]
    prices = context.edition.value.prices
    if (line.price or (prices.basis if prices else None)) != "ttc":
        return typed(label, amount, "euros", (quote(document, *path),))
    with_vat = typed(say("{amount}, VAT included", amount=label), amount, "euros", (quote(document, *path),))
    # the price basis is typed on the line, or in the edition for all lines
    basis = (
        quote(document, collection, cost.index, "price")
        if line.price
        else quote(context.edition, "prices", "basis")
    )
    return combine(
        say("{amount}, without VAT", amount=label),
        "quotient",
        [with_vat, one_plus_vat(context, collection, cost)],
        quotes=(basis,),
    )


def one_plus_vat(context: ProposalContext, collection: Collection, cost: LineCost) -> Derivation:
    """1 + the VAT rate of a line; the nature of staff, grants and land sets it to 0."""
    leaf = _vat_rate(context, collection, cost)
    return combine(say("1 + VAT rate"), "one-plus", [leaf], unit="number")


def _vat_rate(context: ProposalContext, collection: Collection, cost: LineCost) -> Derivation:
    rate = cost.line.vat_rate
    assert rate is not None
    key = "nature" if cost.line.vat is None else "vat"
    quoted = quote(context.document, collection, cost.index, key)
    return typed(say("VAT rate"), Fraction(rate), "rate", (quoted,))


def _part_of_year(context: ProposalContext, collection: Collection, cost: LineCost, year: int) -> Derivation:
    """The part of a line that is spent in a year: its months of the phase, or of a full year."""
    line, document = cost.line, context.document
    if line.recurs is not None:
        assert line.recurs.start is not None
        path = (collection, cost.index, "recurs")
        period = Period(line.recurs.start, line.recurs.until or Month(year + 1, 12))
        quotes = tuple(quote(document, *path, key) for key in ("from", "until") if document.has(*path, key))
        whole = Derivation(say("months of a year"), "constant", Fraction(MONTHS), "number")
        label = say("part of a year borne in {year}", year=year)
    else:
        index, phase = _phase(document.value.timeline, str(line.spread))
        assert phase.period is not None
        period = phase.period
        quotes = tuple(quote(document, "timeline", index, key) for key in ("start", "end"))
        if line.counts_full_time:  # its cost is that of a year
            whole = Derivation(say("months of a year"), "constant", Fraction(MONTHS), "number")
            label = say("part of a year borne in {year}", year=year)
        else:
            months_of_phase = say("months of the phase `{phase}`", phase=phase.id or "")
            whole = typed(months_of_phase, Fraction(period.months), "number", quotes)
            label = say("part of the phase `{phase}` in {year}", phase=phase.id or "", year=year)
    months = typed(say("months in {year}", year=year), Fraction(period.months_in(year)), "number", quotes)
    key = "recurs" if line.recurs is not None else "spread"
    quoted = quote_key(document, collection, cost.index, key)
    return combine(label, "quotient", [months, whole], unit="number", quotes=(quoted,))


def _phase(timeline: tuple[Phase, ...], id: str) -> tuple[int, Phase]:
    """Find a phase by id as `costing` does: the last one where two have it."""
    return [(index, phase) for index, phase in enumerate(timeline) if phase.id == id][-1]


def quote_line(context: ProposalContext, collection: Collection, index: int) -> Quote:
    """Quote the label of a line, or its first words."""
    label = (collection, index, "label")
    return quote(context.document, *(label if context.document.has(*label) else (collection, index)))


def find_basis(context: ProposalContext, collection: Collection, index: int) -> Basis | None:
    """Find the basis of a line: its source with title and year, or its assumption in the author's words."""
    line: CostLine = getattr(context.document.value, collection)[index]
    evidence = line.evidence or ""
    if line.source is not None:
        references = context.bibliography.value.root if context.bibliography else {}
        found = references.get(line.source)
        if found is None or context.bibliography is None:
            quoted = quote(context.document, collection, index, "source")
            return Basis("source", line.source, line.source, evidence=evidence, quote=quoted)
        return Basis(
            "source",
            found.title,
            line.source,
            found.publisher or "",
            found.year,
            found.url or "",
            evidence,
            quote_key(context.bibliography, line.source),
        )
    if line.assumption is not None:
        quoted = quote(context.document, collection, index, "assumption")
        return Basis("assumption", line.assumption, evidence=evidence, quote=quoted)
    return None


def _check_value(node: Derivation, amount: Euros) -> None:
    assert node.value == amount.value, (
        f"{node.label} is explained as {node.value}, computed as {amount.value}"
    )
