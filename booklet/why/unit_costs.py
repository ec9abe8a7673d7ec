"""Unit costs and present value → their derivation: per inhabitant, beneficiary or tonne avoided; in euros of one year.

All are computed on the six years' gross central cost before VAT: quotients on both sections together, as the booklet
prints them; present value by section and year, with the discount rate of the law.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.law.lookup import DISCOUNT_RATE
from booklet.why.derivation import Derivation, combine, quote, round_to_cents, typed, unknown
from booklet.why.figures import explain_both, explain_cost, explain_gaps, name_figure
from booklet.why.law_rate import explain_rate

if TYPE_CHECKING:
    from booklet.content.document import Document
    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import Section
    from booklet.why.lines import ProposalContext
    from booklet.why.reference import FigureName


def explain_each(context: ProposalContext, figure: FigureName) -> Derivation:
    """Derive the cost of a proposal per inhabitant, beneficiary or tonne."""
    label, reference = name_figure(figure, None, None), f"{context.costed.id}.{figure}"
    whole = f"{context.costed.id}.total"
    cost = explain_both(context, explain_cost, name_figure("total", None, None), None, whole)
    if cost.value is None:
        return unknown(label, children=[cost], reference=reference)
    divide = {"per-inhabitant": _inhabitants, "per-beneficiary": _beneficiaries, "per-tonne": _tonnes}[figure]
    divisor = divide(context)
    if isinstance(divisor, Message):
        return unknown(label, divisor, apart=[cost], reference=reference)
    return round_to_cents(combine(label, "quotient", [cost, divisor], reference=reference))


def divide_among_inhabitants(cost: Derivation, edition: Document[Edition], reference: str) -> Derivation:
    """Derive the cost of several proposals per inhabitant of the territory."""
    label = name_figure("per-inhabitant", None, None)
    territory = edition.value.territory
    if territory is None or not territory.population:
        return unknown(label, _no_key("territory.population"), apart=[cost], reference=reference)
    quoted = quote(edition, "territory", "population")
    divisor = typed(say("inhabitants"), Fraction(territory.population), "number", (quoted,))
    return round_to_cents(combine(label, "quotient", [cost, divisor], reference=reference))


def explain_present_value(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Discount the gross central cost of each year to the first, at the law's rate on the last day of the term."""
    first = context.term.first_year
    label = name_figure("present-value", section, year)
    parts = (context.costed.id, "present-value", *([str(year)] if year else []), section)
    reference = ".".join(parts)
    rate = explain_rate(context, DISCOUNT_RATE, context.term.end.first_day, say("discount rate, each year"))
    if not context.costed.costing.is_complete:
        return unknown(label, children=explain_gaps(context), reference=reference)
    if rate is None:
        reason = say("no discount rate is known: add `discount.rate` to `proposals/parameters.yaml`")
        return unknown(label, reason, reference=reference)
    if year is None:
        yearly = context.costed.costing.by_section[section]
        cells = [explain_present_value(context, section, one) for one in yearly.years if yearly[one].central]
        percent = say("in euros of {year}, at {rate} % a year", year=first, rate=_percent(rate))
        return combine(label, "sum", cells, notes=(percent,), reference=reference)
    cost = explain_cost(context, section, year)
    later = Derivation(say("years after {year}", year=first), "constant", Fraction(year - first), "number")
    growth = combine(say("1 + discount rate"), "one-plus", [rate], unit="number")
    factor = combine(
        say("what a euro of {year} grows to", year=first), "power", [growth, later], unit="number"
    )
    steps = [cost, factor] if year > first else [cost]
    return round_to_cents(combine(label, "quotient", steps if cost.value else [], reference=reference))


def _percent(rate: Derivation) -> Decimal:
    """The rate in percent; it is finite as a decimal, since it was typed in percent."""
    percent = (rate.value or Fraction(0)) * 100
    return Decimal(percent.numerator) / Decimal(percent.denominator)


def _inhabitants(context: ProposalContext) -> Derivation | Message:
    """The owner's inhabitants, or the territory's; a message where neither is known."""
    edition, owner = context.edition, context.document.value.owner or ""
    organisation, territory = edition.value.organisations.get(owner), edition.value.territory
    if organisation is not None and organisation.population:
        quoted = quote(edition, "organisations", owner, "population")
        return typed(say("inhabitants"), Fraction(organisation.population), "number", (quoted,))
    if territory is not None and territory.population:
        quoted = quote(edition, "territory", "population")
        return typed(say("inhabitants"), Fraction(territory.population), "number", (quoted,))
    return _no_key("population")


def _beneficiaries(context: ProposalContext) -> Derivation | Message:
    beneficiaries = context.document.value.beneficiaries
    if beneficiaries is None or not beneficiaries.number:
        return _no_key("beneficiaries.number")
    quoted = quote(context.document, "beneficiaries", "number")
    return typed(say("beneficiaries"), Fraction(beneficiaries.number), "number", (quoted,))


def _tonnes(context: ProposalContext) -> Derivation | Message:
    """The tonnes avoided over the years of the term from the start on."""
    carbon = context.document.value.carbon
    if carbon is None or carbon.tonnes_per_year is None or carbon.start is None:
        return _no_key("carbon")
    count = sum(1 for year in context.term.years if year >= carbon.start)
    if carbon.tonnes_per_year <= 0 or not count:
        return say("no tonne is avoided in the term")
    quoted = quote(context.document, "carbon", "tonnes_per_year")
    tonnes = typed(
        say("tonnes of CO₂e avoided in a year"), Fraction(carbon.tonnes_per_year), "number", (quoted,)
    )
    since = (quote(context.document, "carbon", "from"),)
    years = typed(
        say("years of the term from {year} on", year=carbon.start), Fraction(count), "number", since
    )
    return combine(say("tonnes of CO₂e avoided"), "product", [tonnes, years], unit="number")


def _no_key(name: str) -> Message:
    return say("`{name}` is missing or cannot be read", name=name)
