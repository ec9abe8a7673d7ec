"""Percentiles and contributions of the portfolio → the two charts of its uncertainty: a curve and a tornado."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING

from booklet.chapters.chart_page import ChartPage, label_writer, set_message
from booklet.charts.curve import Curve, Note, lay_out_curve
from booklet.charts.tornado import Cause, Tornado, lay_out_tornado
from booklet.content.model.proposal import SECTIONS
from booklet.costs.uncertainty import (
    Estimate,
    UncertainLine,
    estimate_portfolio,
    lines_of_portfolio,
    quantile_curve,
    round_to_three_figures,
)
from booklet.diagnostics.message import Message, say
from booklet.money.euros import NOTHING, Range, round_to
from booklet.tables.certainty import name_contribution, percentiles_table
from booklet.tables.money_table import MoneyRow, MoneyTable, Write
from booklet.tables.rounding import add_section
from booklet.tables.wording import Wording
from booklet.text.typography import typography

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.costs.portfolio import Portfolio
    from booklet.text.language import Language

#: causes of uncertainty that are drawn; the others are counted
HEAVIEST = 8


def draw_curve(portfolio: Portfolio, language: Language) -> ChartPage:
    """Draw the probability that each amount is enough for the portfolio, both sections together."""
    lines, found = lines_of_portfolio(portfolio), estimate_portfolio(portfolio)
    table = percentiles_table(portfolio, language)
    if not lines or found is None or table is None:
        return ChartPage(
            set_message(say("A cost is not known, so neither is how sure the whole is."), language), None, ()
        )
    p10, p50, p80, p90 = round_to_three_figures(found.p10, found.p50, found.p80, found.p90)
    whole_sum = sum(
        (add_section(portfolio.ready, section, portfolio.step).central for section in SECTIONS), Decimal(0)
    )
    whole = MoneyRow(
        say("Both sections together").text(language),
        (whole_sum, p10, p50, p80, p90),
        "subtotal",
    )
    table = replace(table, rows=(*table.rows, whole))
    write = label_writer(language)
    probability = found.probability_central_is_enough
    central = say(
        "central sum {amount}: {share}",
        amount=write(whole_sum),
        share=Wording(language).percent(round_to(probability, Decimal("0.01"))),
    )
    notes = [
        Note(Decimal("0.5"), found.p50.rounded(), typography(f"P50: {write(p50)}", language)),
        Note(Decimal("0.8"), found.p80.rounded(), typography(f"P80: {write(p80)}", language)),
        Note(probability, found.central.rounded(), set_message(central, language), goes_left=True),
    ]
    quantiles = [
        (point.probability, point.amount.rounded())
        for point in quantile_curve(lines, portfolio.dependence.correlation)
    ]
    chart: Curve | None = lay_out_curve(quantiles, notes, write)
    message = say(
        "One chance in two that the whole costs less than {p50}, four in five that it costs less than {p80}.",
        p50=write(p50),
        p80=write(p80),
    )
    words = set_message(_compare(found, write(whole_sum)), language)
    return ChartPage(set_message(message, language), chart, (table,), (words,))


def _compare(found: Estimate, central: str) -> Message:
    """Say why the headline of the whole is not the sum of the central estimates."""
    if found.p50 > found.central:
        return say(
            "P50 is the headline of a total. The sum of the central estimates, {central}, is lower: each is the"
            " likeliest price of a line, and lines may exceed it by more than they may fall short of it.",
            central=central,
        )
    return say(
        "P50 is the headline of a total. The sum of the central estimates, {central}, is no lower: each is the"
        " likeliest price of a line, and lines may fall short of it by as much as they may exceed it, or more.",
        central=central,
    )


def draw_tornado(portfolio: Portfolio, language: Language) -> ChartPage | None:
    """Draw the causes of uncertainty, the largest share first; None where all is certain or a cost is missing."""
    lines, found = lines_of_portfolio(portfolio), estimate_portfolio(portfolio)
    if not lines or found is None or not found.contributions:
        return None
    causes = _measure_causes(lines, found, portfolio.step, language)
    shown, others = causes[:HEAVIEST], found.contributions[HEAVIEST:]
    rows = [
        MoneyRow(
            cause.name,
            (cause.down, cause.up),
            note=say("{share} of the uncertainty", share=cause.share).text(language),
        )
        for cause in shown
    ]
    columns = (say("What moves the sum"), say("At its low"), say("At its high"))
    caption = say("How far each cause moves the central sum, six years, both sections, before VAT")
    table = MoneyTable(
        caption.text(language),
        tuple(column.text(language) for column in columns),
        tuple(rows),
        portfolio.step,
    )
    chart: Tornado | None = lay_out_tornado(shown, _signed(language))
    message = say('"{name}" carries {share} of the uncertainty.', name=shown[0].name, share=shown[0].share)
    words = message.text(language)
    if others:
        rest = sum((cause.share for cause in others), start=0 * others[0].share)
        words += " " + say(
            "The {count} other causes together carry {share}.",
            count=len(others),
            share=_share(rest.numerator, rest.denominator, language),
        ).text(language)
    return ChartPage(typography(words, language), chart, (table,))


def _signed(language: Language) -> Write:
    write = label_writer(language)
    return lambda amount: f"+{write(amount)}" if amount is not None and amount > 0 else write(amount)


def _share(numerator: int, denominator: int, language: Language) -> str:
    return Wording(language).percent(round_to(Decimal(numerator) / denominator, Decimal("0.01")))


def _measure_causes(
    lines: Sequence[UncertainLine], found: Estimate, step: Decimal, language: Language
) -> list[Cause]:
    """Compute how far each cause moves the sum when it alone is at its low or at its high."""
    causes = []
    for cause in found.contributions:
        moving = [
            line.amount
            for line in lines
            if (
                line.driver == cause.name
                if cause.is_driver
                else line.driver is None and line.label in cause.labels
            )
        ]
        moved = reduce(Range.__add__, moving, NOTHING)
        causes.append(
            Cause(
                typography(name_contribution(cause, language, prefix=True), language),
                _share(cause.share.numerator, cause.share.denominator, language),
                (moved.low - moved.central).rounded(step),
                (moved.high - moved.central).rounded(step),
            )
        )
    return causes
