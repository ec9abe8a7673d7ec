"""A percentile of a cost → the drivers and lines that it is estimated from, and the share of the uncertainty of each.

A percentile adds nothing up: it is read on the law of the sum (`uncertainty`), so that it is given, and below it stand
the low, central and high amounts of each line, where they are typed. Lines of one driver stand under its name; what
moves the sum most comes first, and what moves it by less than a hundredth is gathered.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import ESTIMATES
from booklet.costs.costing import LineCost
from booklet.costs.financing import total
from booklet.costs.uncertainty import Contribution, UncertainLine, estimate
from booklet.diagnostics.message import Message, say
from booklet.money.euros import ZERO, Euros
from booklet.why.figures import PERCENTS, holes, name_figure
from booklet.why.lines import Case, find_basis, line_place
from booklet.why.node import Node, combine, find_place, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.content.model.proposal import EstimateName, Section
    from booklet.why.reference import Figure

#: shares are estimates too: a hundredth of a percent is more than anybody can tell
_STEP = 10_000
_SMALL = Fraction(1, 100)
_ESTIMATES: Mapping[EstimateName, Message] = {
    "low": say("low estimate"),
    "central": say("central estimate"),
    "high": say("high estimate"),
}
_Line = tuple[Case, LineCost]


def explain_percentile(
    cases: Sequence[Case], figure: Figure, section: Section | None, reference: str
) -> Node:
    """Show what a percentile of the six years' cost, before VAT, of one or several proposals is estimated from."""
    label = name_figure(figure, section, None)
    missing = [hole for case in cases if not case.costed.costing.is_complete for hole in holes(case)]
    if missing:
        return unknown(label, children=missing, reference=reference)
    lines: dict[str, _Line] = {
        f"{case.costed.id}.costs.{cost.index + 1}": (case, cost)
        for case in cases
        for cost in case.costed.costing.lines
        if section in (None, cost.section)
    }
    disordered = [held for held in lines.values() if not _is_in_order(held[1])]
    if disordered:
        places = tuple(line_place(case, "costs", cost.index) for case, cost in disordered)
        return unknown(label, say("a range is out of order"), places=places, reference=reference)
    found = estimate(
        UncertainLine(name, cost.line.driver, cost.ht.total) for name, (_, cost) in lines.items()
    )
    percentile = {10: found.p10, 50: found.p50, 80: found.p80, 90: found.p90}[PERCENTS[figure]]
    moving = [_contribution(lines, each) for each in found.contributions]
    small = [node for node in moving if (node.value or 0) < _SMALL]
    if len(small) > 1:
        share = sum((node.value or Fraction(0) for node in small), Fraction(0))
        rest = Node(say("all others"), "estimate", share, "rate", children=tuple(small))
        moving = [*moving[: len(moving) - len(small)], rest]
    constant = [_amount(lines, name, "central") for name, (_, cost) in lines.items() if not _moves(cost)]
    known = [combine(say("amounts that are not ranges"), "sum", constant)] if constant else []
    return Node(
        label,
        "estimate",
        percentile.value,
        children=(*moving, *known),
        notes=_method(found.central, found.probability_central_is_enough),
        reference=reference,
    )


def _method(central: Euros, probability: Decimal) -> tuple[Message, ...]:
    percent = Decimal(round(probability * 100))
    return (
        say("estimated, never summed: each line is a triangle from low to high, its top at central"),
        say("lines of one driver move together, all others independently; shares are of the variance"),
        say(
            "the sum of central amounts, {amount}, is enough in {percent} % of cases",
            amount=central,
            percent=percent,
        ),
    )


def _contribution(lines: Mapping[str, _Line], held: Contribution) -> Node:
    """Show one driver with its lines, or one line: its share of the variance, and its amounts."""
    share = Fraction(round(held.share * _STEP), _STEP)
    nodes = [_line(lines, name) for name in held.labels]
    if not held.is_driver:
        return replace(nodes[0], operation="estimate", value=share, measure="rate")
    case, cost = lines[held.labels[0]]
    place = find_place(case.document, "costs", cost.index, "driver")
    label = say("driver `{name}`", name=held.name)
    return Node(label, "estimate", share, "rate", children=tuple(nodes), places=(place,))


def _line(lines: Mapping[str, _Line], name: str) -> Node:
    case, cost = lines[name]
    return Node(
        cost.line.label or say("line {number}", number=cost.index + 1),
        "figures",
        None,
        children=tuple(
            replace(_amount(lines, name, which), label=_ESTIMATES[which], places=()) for which in ESTIMATES
        ),
        places=(line_place(case, "costs", cost.index),),
        basis=find_basis(case, "costs", cost.index),
    )


def _amount(lines: Mapping[str, _Line], name: str, which: EstimateName) -> Node:
    """Give what a line costs over the six years, the sum of its years in cents; it is derived under its reference."""
    case, cost = lines[name]
    amounts = [getattr(amount, which) for amount in cost.ht]
    value = total(Euros.of(amount.rounded()) for amount in amounts if amount != ZERO).value
    label = cost.line.label or say("line {number}", number=cost.index + 1)
    reference = name if which == "central" else f"{name}.{which}"
    return Node(label, "given", value, places=(line_place(case, "costs", cost.index),), reference=reference)


def _moves(cost: LineCost) -> bool:
    return cost.ht.total.low < cost.ht.total.high


def _is_in_order(cost: LineCost) -> bool:
    return cost.ht.total.low <= cost.ht.total.central <= cost.ht.total.high
