"""The portfolio's pages: the scorecard, then one chart a page with its message above and its numbers under it.

A message is a sentence computed from the figures that the chart draws; it is also the chart's text alternative.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.chapters.certainty import draw_curve, draw_tornado
from booklet.chapters.chart_page import ChartPage, density, label_writer, set_message
from booklet.chapters.ruler import draw_ranges
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import shorten_text, text_width
from booklet.charts.spending import Series, Spending, lay_out_spending
from booklet.charts.staircase import Staircase, lay_out_staircase
from booklet.charts.waterfall import Manner, Step, Waterfall, lay_out_waterfall
from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS
from booklet.content.model.words import SECTION_NAMES
from booklet.diagnostics.message import say
from booklet.layout.page import fill_page
from booklet.money.euros import round_to
from booklet.tables.money_table import MoneyTable, write_compact
from booklet.tables.net_tables import funders_table, portfolio_net_table
from booklet.tables.peak import find_peak_year
from booklet.tables.scorecard import (
    Scores,
    domains_in_use,
    remaining_table,
    running_table,
    score,
    score_table,
    spending_table,
    steps_table,
)
from booklet.tables.wording import Wording
from booklet.text.typography import typography

if TYPE_CHECKING:
    from booklet.chapters.context import FillContext, PageNumbers
    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.text.language import Language

#: rows of the scorecard in one document; a table of thousands would take hundreds of MiB
_MOST_ROWS = 300


def fill_portfolio(context: FillContext, _numbers: PageNumbers) -> str:
    """Fill scorecard, spending by year, who pays, costs after the term, the ruler, and how certain the total is."""
    edition, portfolio = context.edition, context.portfolio
    financings, language = context.financings, context.language
    scores = score(portfolio, edition, financings)
    scorecard = score_table(scores, edition, language)
    return fill_page(
        context.environment,
        "portfolio.html",
        edition=edition,
        scorecards=scorecard.split(_MOST_ROWS),
        density=density(scorecard, language),
        spending=draw_spending(scores, edition, language),
        net=draw_net(portfolio, edition, financings, language),
        running=draw_running(portfolio, edition, financings, language),
        ranges=draw_ranges(portfolio, edition, context.law, language),
        curve=draw_curve(portfolio, language),
        tornado=draw_tornado(portfolio, language),
        write=label_writer(language),
    )


# --- spending by year ------------------------------------------------------------------------------------------------


def draw_spending(scores: Scores, edition: Edition, language: Language) -> ChartPage:
    """Stack the domains by year, one panel for each section, beside the yearly investment of the territory."""
    portfolio, write = scores.portfolio, label_writer(language)
    count = len(portfolio.years)
    sections = [
        (
            SECTION_NAMES[section].text(language),
            [
                Series(
                    typography(edition.domains[domain].title, language),
                    edition.domains[domain].colour,
                    scores.of_domain(domain, section)[:count],
                )
                for domain in domains_in_use(portfolio, edition)
            ],
        )
        for section in SECTIONS
    ]
    yardstick = edition.territory.yearly_investment if edition.territory else None
    amount = yardstick.rounded() if yardstick else None
    chart: Spending | None = lay_out_spending(portfolio.years, sections, amount, write)
    message = _spending_message(scores, edition, amount, language)
    words = _strip_labels(scores, edition, amount, language)
    return ChartPage(message, chart, (spending_table(scores, edition, language),), words)


def _strip_labels(
    scores: Scores, edition: Edition, yardstick: Decimal | None, language: Language
) -> tuple[str, ...]:
    peak = find_peak_year(scores.of(scores.portfolio.ready, "investissement"), scores.portfolio.years)
    if peak is None or not yardstick or edition.territory is None:
        return ()
    year, amount = peak
    write = label_writer(language)
    ours = set_message(say("{year}: {amount} proposed", year=year, amount=write(amount)), language)
    invested = say(
        "{name}: {amount} invested each year", name=edition.territory.name, amount=write(yardstick)
    )
    room = TEXT_WIDTH - text_width(ours, bold=True) - 14
    return ours, shorten_text(set_message(invested, language), room)


def _spending_message(scores: Scores, edition: Edition, yardstick: Decimal | None, language: Language) -> str:
    found = find_peak_year(scores.of(scores.portfolio.ready, "investissement"), scores.portfolio.years)
    if found is None:
        return set_message(say("No investment is proposed."), language)
    year, peak = found
    written = write_compact(peak, language)
    if not yardstick:
        return set_message(say("Investment peaks in {year}: {amount}.", year=year, amount=written), language)
    words = say(
        "Investment peaks in {year}: {amount}, or {share} of the investment of one year ({name}).",
        year=year,
        amount=written,
        share=_percent(peak / yardstick, language),
        name=edition.territory.name if edition.territory else "",
    )
    return set_message(words, language)


def _percent(share: Decimal, language: Language) -> str:
    """Write a share to a tenth of a percent, as the letter and the essentials do; from 10 on as "12 times"."""
    if share >= 10:
        return say("{times} times", times=round_to(share, Decimal(1))).text(language)
    return Wording(language).percent(round_to(share, Decimal("0.001")))


# --- who pays --------------------------------------------------------------------------------------------------------


def draw_net(portfolio: Portfolio, edition: Edition, financings: Financings, language: Language) -> ChartPage:
    """Draw the steps from gross to net, one panel for each section, co-funders by status."""
    table = steps_table(portfolio, edition, financings, language)
    others = (
        portfolio_net_table(portfolio, edition, financings, language),
        funders_table(portfolio, edition, financings, language),
    )
    below = tuple(other for other in others if other is not None)
    if table is None:
        return ChartPage(set_message(say("Nothing is spent."), language), None, below)
    manners: tuple[Manner, ...] = ("sum", "plus", "minus", *FUNDING_STATUSES, "minus", "sum")
    steps = [
        Step(typography(row.label, language), manner, row.cells)
        for row, manner in zip(table.rows, manners, strict=True)
    ]
    chart: Waterfall | None = lay_out_waterfall(table.columns[1:], steps, label_writer(language))
    return ChartPage(_net_message(table, language), chart, (_without_zero_steps(table), *below))


def _without_zero_steps(table: MoneyTable) -> MoneyTable:
    """Leave out the steps of zero, which the chart does not draw either."""
    first, *steps, last = table.rows
    shown = (step for step in steps if any(cell != 0 for cell in step.cells))
    return replace(table, rows=(first, *shown, last))


def _net_message(table: MoneyTable, language: Language) -> str:
    """Compare the net cost to the owners with the gross cost, section by section."""
    write = label_writer(language)
    parts = [
        say(
            "{net} in {section}, for {gross} gross before VAT",
            section=head.lower(),
            net=write(net),
            gross=write(gross),
        ).text(language)
        for head, gross, net in zip(table.columns[1:], table.rows[0].cells, table.rows[-1].cells, strict=True)
    ]
    words = say("Net cost to the owners: {parts}.", parts="; ".join(parts))
    return set_message(words, language)


# --- after the term --------------------------------------------------------------------------------------------------


def draw_running(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> ChartPage:
    """Draw the cost of operation by year, and of a full year after the term."""
    table = running_table(portfolio, financings, language)
    low, central, high = (row.cells for row in table.rows[:3])
    costs = [
        None if a is None or b is None or c is None else (a, b, c)
        for a, b, c in zip(low, central, high, strict=True)
    ]
    write = label_writer(language)
    chart: Staircase | None = lay_out_staircase(portfolio.years, costs[:-1], costs[-1], write)
    first, last = portfolio.years[0], portfolio.years[-1]
    message = say(
        "Operation goes from {first} in {first_year} to {last} in {last_year}, then costs {after} every year.",
        first=write(central[0]),
        first_year=first,
        last=write(central[-2]),
        last_year=last,
        after=write(central[-1]),
    )
    if chart is None:
        message = say("Nothing that is proposed has a running cost.")
    each = remaining_table(portfolio, edition, language)
    return ChartPage(set_message(message, language), chart, (table,) if each is None else (table, each))
