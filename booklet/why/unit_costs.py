"""What a cost means: for each inhabitant, beneficiary or tonne avoided, and in euros of one year, told step by step.

Each is of the six years' gross central cost, before VAT: both sections together when it is divided, as the booklet
prints it; by section and year when it is discounted, with the rate of the law beside it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.law.lookup import DISCOUNT_RATE
from booklet.why.chain import explain_rate
from booklet.why.figures import explain_both, explain_cost, holes, name_figure
from booklet.why.node import Node, combine, find_place, round_to_cents, typed, unknown

if TYPE_CHECKING:
    from booklet.content.document import Document
    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import Section
    from booklet.why.lines import Case
    from booklet.why.reference import Figure


def explain_each(case: Case, figure: Figure) -> Node:
    """Divide what a proposal costs among inhabitants, beneficiaries or tonnes."""
    label, reference = name_figure(figure, None, None), f"{case.costed.id}.{figure}"
    whole = f"{case.costed.id}.total"
    cost = explain_both(case, explain_cost, name_figure("total", None, None), None, whole)
    if cost.value is None:
        return unknown(label, children=[cost], reference=reference)
    divide = {"per-inhabitant": _inhabitants, "per-beneficiary": _beneficiaries, "per-tonne": _tonnes}[figure]
    divisor = divide(case)
    if isinstance(divisor, Message):
        return unknown(label, divisor, apart=[cost], reference=reference)
    return round_to_cents(combine(label, "quotient", [cost, divisor], reference=reference))


def divide_among_inhabitants(cost: Node, edition: Document[Edition], reference: str) -> Node:
    """Divide what several proposals cost among the inhabitants of the territory."""
    label = name_figure("per-inhabitant", None, None)
    territory = edition.value.territory
    if territory is None or not territory.population:
        return unknown(label, _no_key("territory.population"), apart=[cost], reference=reference)
    place = find_place(edition, "territory", "population")
    divisor = typed(say("inhabitants"), Fraction(territory.population), "number", (place,))
    return round_to_cents(combine(label, "quotient", [cost, divisor], reference=reference))


def explain_present_value(case: Case, section: Section, year: int | None) -> Node:
    """Discount the gross central cost of each year to the first: the rate is the law's, known at the term's end."""
    first = case.term.first_year
    label = name_figure("present-value", section, year)
    parts = (case.costed.id, "present-value", *([str(year)] if year else []), section)
    reference = ".".join(parts)
    rate = explain_rate(case, DISCOUNT_RATE, case.term.end.first_day, say("discount rate, each year"))
    if not case.costed.costing.is_complete:
        return unknown(label, children=holes(case), reference=reference)
    if rate is None:
        reason = say("no discount rate is known: add `discount.rate` to `proposals/parameters.yaml`")
        return unknown(label, reason, reference=reference)
    if year is None:
        yearly = case.costed.costing.by_section[section]
        cells = [explain_present_value(case, section, one) for one in yearly.years if yearly[one].central]
        percent = say("in euros of {year}, at {rate} % a year", year=first, rate=_percent(rate))
        return combine(label, "sum", cells, notes=(percent,), reference=reference)
    cost = explain_cost(case, section, year)
    later = Node(say("years after {year}", year=first), "constant", Fraction(year - first), "number")
    growth = combine(say("1 + discount rate"), "one-plus", [rate], measure="number")
    factor = combine(
        say("what a euro of {year} grows to", year=first), "power", [growth, later], measure="number"
    )
    steps = [cost, factor] if year > first else [cost]
    return round_to_cents(combine(label, "quotient", steps if cost.value else [], reference=reference))


def _percent(rate: Node) -> Decimal:
    """Give a rate that somebody typed in percent: it has a finite decimal."""
    percent = (rate.value or Fraction(0)) * 100
    return Decimal(percent.numerator) / Decimal(percent.denominator)


def _inhabitants(case: Case) -> Node | Message:
    """Count the owner's inhabitants, else the territory's."""
    edition, owner = case.edition, case.document.value.owner or ""
    organisation, territory = edition.value.organisations.get(owner), edition.value.territory
    if organisation is not None and organisation.population:
        place = find_place(edition, "organisations", owner, "population")
        return typed(say("inhabitants"), Fraction(organisation.population), "number", (place,))
    if territory is not None and territory.population:
        place = find_place(edition, "territory", "population")
        return typed(say("inhabitants"), Fraction(territory.population), "number", (place,))
    return _no_key("population")


def _beneficiaries(case: Case) -> Node | Message:
    held = case.document.value.beneficiaries
    if held is None or not held.number:
        return _no_key("beneficiaries.number")
    place = find_place(case.document, "beneficiaries", "number")
    return typed(say("beneficiaries"), Fraction(held.number), "number", (place,))


def _tonnes(case: Case) -> Node | Message:
    """Count the tonnes avoided in the term: each year from the one in which it begins."""
    carbon = case.document.value.carbon
    if carbon is None or carbon.tonnes_per_year is None or carbon.start is None:
        return _no_key("carbon")
    count = sum(1 for year in case.term.years if year >= carbon.start)
    if carbon.tonnes_per_year <= 0 or not count:
        return say("no tonne is avoided in the term")
    place = find_place(case.document, "carbon", "tonnes_per_year")
    tonnes = typed(
        say("tonnes of CO₂e avoided in a year"), Fraction(carbon.tonnes_per_year), "number", (place,)
    )
    since = (find_place(case.document, "carbon", "from"),)
    years = typed(
        say("years of the term from {year} on", year=carbon.start), Fraction(count), "number", since
    )
    return combine(say("tonnes of CO₂e avoided"), "product", [tonnes, years], measure="number")


def _no_key(name: str) -> Message:
    return say("`{name}` is missing or cannot be read", name=name)
