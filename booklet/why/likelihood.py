"""A percentile of a cost → the drivers and lines that it is estimated from, and each one's share of the variance.

A percentile is read on the distribution of the sum (`costs.uncertainty`), so no operation on its children gives it.
The children are drivers and lines, the largest share first, with the low, central and high amounts of each line; those
with less than a hundredth of the variance are gathered in one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import ESTIMATES, EstimateName
from booklet.costs.costing import LineCost
from booklet.costs.optimism import OPTIMISM, covers, find_uplift
from booklet.costs.portfolio import Dependence
from booklet.costs.uncertainty import Contribution, UncertainLine, estimate, group_of
from booklet.diagnostics.message import Message, say
from booklet.money.amounts import total
from booklet.money.euros import ZERO, Euros
from booklet.why.derivation import Derivation, combine, quote, round_to_cents, unknown
from booklet.why.figures import PERCENTS, explain_gaps, name_figure
from booklet.why.law_rate import explain_rate
from booklet.why.lines import ProposalContext, find_basis, name_line, quote_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.content.model.proposal import Section
    from booklet.why.reference import FigureName

#: shares are rounded to a hundredth of a percent: they are estimates too
_STEP = 10_000
_SMALL = Fraction(1, 100)
_ESTIMATES: Mapping[EstimateName, Message] = {
    "low": say("low estimate"),
    "central": say("central estimate"),
    "high": say("high estimate"),
}
_Line = tuple[ProposalContext, LineCost]


def explain_percentile(
    contexts: Sequence[ProposalContext], figure: FigureName, section: Section | None, reference: str
) -> Derivation:
    """Derive a percentile of the six years' cost before VAT of one or several proposals."""
    label = name_figure(figure, section, None)
    missing = [
        hole
        for context in contexts
        if not context.costed.costing.is_complete
        for hole in explain_gaps(context)
    ]
    if missing:
        return unknown(label, children=missing, reference=reference)
    lines: dict[str, _Line] = {
        f"{context.costed.id}.costs.{cost.index + 1}": (context, cost)
        for context in contexts
        for cost in context.costed.costing.lines
        if section in (None, cost.section)
    }
    disordered = [line for line in lines.values() if not _is_in_order(line[1])]
    if disordered:
        quotes = tuple(quote_line(context, "costs", cost.index) for context, cost in disordered)
        return unknown(label, say("a range is out of order"), quotes=quotes, reference=reference)
    dependence = contexts[0].costed.dependence if contexts else Dependence()
    found = estimate(
        (
            UncertainLine(name, cost.line.driver, cost.ht.total, group_of(context.costed, cost))
            for name, (context, cost) in lines.items()
        ),
        dependence.correlation,
    )
    percentile = {10: found.p10, 50: found.p50, 80: found.p80, 90: found.p90}[PERCENTS[figure]]
    moving = [_contribution(lines, each) for each in found.contributions]
    small = [node for node in moving if (node.value or 0) < _SMALL]
    if len(small) > 1:
        share = sum((node.value or Fraction(0) for node in small), Fraction(0))
        rest = Derivation(say("all others"), "estimate", share, "rate", children=tuple(small))
        moving = [*moving[: len(moving) - len(small)], rest]
    constant = [_amount(lines, name, "central") for name, (_, cost) in lines.items() if not _moves(cost)]
    known = [combine(say("amounts that are not ranges"), "sum", constant)] if constant else []
    return Derivation(
        label,
        "estimate",
        percentile.value,
        children=(*moving, *known),
        notes=_method(dependence, found.central, found.probability_central_is_enough),
        reference=reference,
    )


def explain_uplift(context: ProposalContext) -> Derivation:
    """Derive what the reference class of a proposal adds to its central cost."""
    label, reference = name_figure("uplift", None, None), f"{context.costed.id}.uplift"
    found = find_uplift(context.costed, context.law, context.term.first_year)
    if found is None:
        return unknown(label, say("no `reference_class` applies"), reference=reference)
    id, day = f"{OPTIMISM}{found.reference_class}", date(context.term.first_year, 1, 1)
    rate = explain_rate(context, id, day, say("upper bound of `{name}`", name=found.reference_class))
    assert rate is not None, id
    lines: dict[str, _Line] = {
        f"{context.costed.id}.costs.{cost.index + 1}": (context, cost)
        for cost in context.costed.costing.lines
        if covers(found.reference_class, cost.line)
    }
    base = combine(
        say("central cost of the lines of that kind"),
        "sum",
        [_amount(lines, name, "central") for name in lines],
    )
    quoted = quote(context.document, "reference_class")
    note = say("a second figure, in no sum and in no percentile")
    return round_to_cents(
        combine(label, "product", [base, rate], quotes=(quoted,), notes=(note,), reference=reference)
    )


def _method(dependence: Dependence, central: Euros, probability: Decimal) -> tuple[Message, ...]:
    percent = Decimal(round(probability * 100))
    moves = (
        say(
            "lines of one driver move together, all with a correlation of {correlation}; shares are of the variance",
            correlation=dependence.correlation,
        )
        if dependence.correlation
        else say("lines of one driver move together, all others independently; shares are of the variance")
    )
    by_nature = say("so do the lines of one nature of a proposal that name no driver")
    return (
        say("estimated, never summed: each line is a triangle from low to high, its top at central"),
        moves,
        *([by_nature] if dependence.by_nature else []),
        say(
            "the sum of central amounts, {amount}, is enough in {percent} % of cases",
            amount=central,
            percent=percent,
        ),
    )


def _contribution(lines: Mapping[str, _Line], found: Contribution) -> Derivation:
    """One driver with its lines, or one line: its share of the variance, and its amounts."""
    share = Fraction(round(found.share * _STEP), _STEP)
    nodes = [_line(lines, name) for name in found.labels]
    context, cost = lines[found.labels[0]]
    if found.nature:
        quoted = quote(context.document, "costs", cost.index, "nature")
        label = say("lines of nature `{nature}`", nature=found.nature)
        return Derivation(label, "estimate", share, "rate", children=tuple(nodes), quotes=(quoted,))
    if not found.is_driver:
        return replace(nodes[0], operation="estimate", value=share, unit="rate")
    quoted = quote(context.document, "costs", cost.index, "driver")
    label = say("driver `{name}`", name=found.name)
    return Derivation(label, "estimate", share, "rate", children=tuple(nodes), quotes=(quoted,))


def _line(lines: Mapping[str, _Line], name: str) -> Derivation:
    context, cost = lines[name]
    return Derivation(
        name_line(cost.line, cost.index),
        "figures",
        None,
        children=tuple(
            replace(_amount(lines, name, which), label=_ESTIMATES[which], quotes=()) for which in ESTIMATES
        ),
        quotes=(quote_line(context, "costs", cost.index),),
        basis=find_basis(context, "costs", cost.index),
    )


def _amount(lines: Mapping[str, _Line], name: str, which: EstimateName) -> Derivation:
    """The cost of a line over the six years, the sum of its years in cents: a leaf that names its own reference."""
    context, cost = lines[name]
    amounts = [getattr(amount, which) for amount in cost.ht]
    value = total(Euros.of(amount.rounded()) for amount in amounts if amount != ZERO).value
    label = name_line(cost.line, cost.index)
    reference = name if which == "central" else f"{name}.{which}"
    return Derivation(
        label, "given", value, quotes=(quote_line(context, "costs", cost.index),), reference=reference
    )


def _moves(cost: LineCost) -> bool:
    return cost.ht.total.low < cost.ht.total.high


def _is_in_order(cost: LineCost) -> bool:
    return cost.ht.total.low <= cost.ht.total.central <= cost.ht.total.high
