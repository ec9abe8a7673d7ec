"""The portfolio's pages: the scorecard, then one chart a page with its message above and its numbers under it.

A message is a sentence computed from the figures that the chart draws; it is also the chart's text alternative.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, cast

from booklet.chapters.fiche import Page
from booklet.charts.curve import Curve, Note, lay_out_curve
from booklet.charts.lettering import shorten_text, text_width
from booklet.charts.ranges import Item, Ranges, lay_out_ranges
from booklet.charts.spending import Series, Spending, lay_out_spending
from booklet.charts.staircase import Staircase, lay_out_staircase
from booklet.charts.tornado import Cause, Tornado, lay_out_tornado
from booklet.charts.waterfall import Manner, Step, Waterfall, lay_out_waterfall
from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS
from booklet.content.model.words import SECTION_NAMES
from booklet.costs.uncertainty import (
    Estimate,
    UncertainLine,
    estimate_portfolio,
    lines_of_portfolio,
    quantile_curve,
    round_to_three_figures,
)
from booklet.diagnostics.message import Message, say
from booklet.layout.page import fill_page
from booklet.layout.palette import make_palette
from booklet.money.euros import NOTHING, Range, round_to
from booklet.tables.money_table import THOUSAND, MoneyRow, MoneyTable, Write, write_cell, write_compact
from booklet.tables.net_tables import (
    funders_table,
    name_contribution,
    percentiles_table,
    portfolio_likelihood,
    portfolio_net_table,
)
from booklet.tables.rounding import add_section
from booklet.tables.scorecard import (
    Scores,
    by_cost,
    domains_in_use,
    peak_year,
    ranges_table,
    remaining_table,
    running_table,
    score,
    score_table,
    six_years,
    spending_table,
    steps_table,
)
from booklet.tables.wording import Wording
from booklet.text.typography import typography

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language

#: id of the part; its anchors are `portfolio:` and one of the names of `portfolio_chapters`
PORTFOLIO = "portfolio"
#: causes of uncertainty that are drawn; the others are counted
HEAVIEST = 8


#: width of the text block, 174 mm, in points
CHART_WIDTH = 493.2
#: characters of a cell that nine columns hold in the usual size
LONGEST_CELL = 8


@dataclass(frozen=True, slots=True)
class Panorama:
    """Hold one chart, the sentence that says its message, and the numbers that it draws."""

    message: str
    chart: object
    tables: tuple[MoneyTable, ...]
    #: words that stand inside the chart
    words: tuple[str, ...] = ()


def fill_portfolio(
    environment: Environment, edition: Edition, portfolio: Portfolio, financings: Financings
) -> Page:
    """Fill the pages of the whole: scorecard, spending by year, who pays, after the term, the ruler, how sure it is."""
    language = cast("Language", environment.globals["language"])
    write = write_label(language)
    scores = score(portfolio, edition, financings)
    scorecard = score_table(scores, edition, language)
    html = fill_page(
        environment,
        "portfolio.html",
        edition=edition,
        scorecard=scorecard,
        density=density(scorecard, language),
        spending=draw_spending(scores, edition, language),
        net=draw_net(portfolio, edition, financings, language),
        running=draw_running(portfolio, edition, language),
        ranges=draw_ranges(portfolio, edition, language),
        curve=draw_curve(portfolio, language),
        tornado=draw_tornado(portfolio, language),
        likelihood=portfolio_likelihood(portfolio, language),
        write=write,
    )
    return Page(PORTFOLIO, html)


def portfolio_chapters(language: Language) -> tuple[tuple[str, str], ...]:
    """Name the chapters of the part for the table of contents: target, title."""
    chapters = (
        ("figures", say("The whole in figures")),
        ("spending", say("Year after year")),
        ("net", say("Who pays")),
        ("after", say("After the term")),
        ("ranges", say("Every proposal on one ruler")),
        ("certainty", say("How sure it is")),
    )
    return tuple((f"{PORTFOLIO}:{name}", title.text(language)) for name, title in chapters)


def write_label(language: Language) -> Write:
    """Make what writes the amounts of charts: compact, n.c. where not known."""
    return lambda amount: "n.c." if amount is None else write_compact(amount, language)


def density(table: MoneyTable, language: Language) -> str:
    """Name the class of a table whose cells are too long for its columns."""
    cells = [write_cell(cell, table.step, language) for row in table.rows for cell in row.cells]
    return "dense" if max(map(len, cells), default=0) > LONGEST_CELL else ""


def _set(message: Message, language: Language) -> str:
    return typography(message.text(language), language)


# --- spending by year ------------------------------------------------------------------------------------------------


def draw_spending(scores: Scores, edition: Edition, language: Language) -> Panorama:
    """Stack the domains by year, each section apart, with what the territory invests in a year."""
    portfolio, write = scores.portfolio, write_label(language)
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
    words = _strip_words(scores, edition, amount, language)
    return Panorama(message, chart, (spending_table(scores, edition, language),), words)


def _strip_words(
    scores: Scores, edition: Edition, yardstick: Decimal | None, language: Language
) -> tuple[str, ...]:
    peak = peak_year(scores.of(scores.portfolio.ready, "investissement"), scores.portfolio.years)
    if peak is None or not yardstick or edition.territory is None:
        return ()
    year, amount = peak
    write = write_label(language)
    ours = _set(say("{year}: {amount} proposed", year=year, amount=write(amount)), language)
    invested = say(
        "{name}: {amount} invested each year", name=edition.territory.name, amount=write(yardstick)
    )
    room = CHART_WIDTH - text_width(ours, bold=True) - 14
    return ours, shorten_text(_set(invested, language), room)


def _spending_message(scores: Scores, edition: Edition, yardstick: Decimal | None, language: Language) -> str:
    found = peak_year(scores.of(scores.portfolio.ready, "investissement"), scores.portfolio.years)
    if found is None:
        return _set(say("No investment is proposed."), language)
    year, peak = found
    written = write_compact(peak, language)
    if not yardstick:
        return _set(say("Investment peaks in {year}: {amount}.", year=year, amount=written), language)
    words = say(
        "Investment peaks in {year}: {amount}, or {share} of the investment of one year ({name}).",
        year=year,
        amount=written,
        share=_percent(peak / yardstick, language),
        name=edition.territory.name if edition.territory else "",
    )
    return _set(words, language)


def _percent(share: Decimal, language: Language) -> str:
    """Write a share to a tenth of a percent, as the letter and the essentials do, as a factor from ten times on."""
    if share >= 10:
        return say("{times} times", times=round_to(share, Decimal(1))).text(language)
    return Wording(language).percent(round_to(share, Decimal("0.001")))


# --- who pays --------------------------------------------------------------------------------------------------------


def draw_net(portfolio: Portfolio, edition: Edition, financings: Financings, language: Language) -> Panorama:
    """Go from gross to net, section by section, co-funders by how certain they are."""
    table = steps_table(portfolio, edition, financings, language)
    others = (
        portfolio_net_table(portfolio, edition, financings, language),
        funders_table(portfolio, edition, financings, language),
    )
    below = tuple(other for other in others if other is not None)
    if table is None:
        return Panorama(_set(say("Nothing is spent."), language), None, below)
    manners: tuple[Manner, ...] = ("sum", "plus", "minus", *FUNDING_STATUSES, "minus", "sum")
    steps = [
        Step(typography(row.label, language), manner, row.cells)
        for row, manner in zip(table.rows, manners, strict=True)
    ]
    chart: Waterfall | None = lay_out_waterfall(table.columns[1:], steps, write_label(language))
    return Panorama(_net_message(table, language), chart, (_without_nothing(table), *below))


def _without_nothing(table: MoneyTable) -> MoneyTable:
    """Leave out the steps that the chart leaves out: those that change nothing."""
    first, *steps, last = table.rows
    shown = (step for step in steps if any(cell != 0 for cell in step.cells))
    return replace(table, rows=(first, *shown, last))


def _net_message(table: MoneyTable, language: Language) -> str:
    """Say what is left to the owners of each section's gross cost."""
    write = write_label(language)
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
    return _set(words, language)


# --- after the term --------------------------------------------------------------------------------------------------


def draw_running(portfolio: Portfolio, edition: Edition, language: Language) -> Panorama:
    """Follow what operation costs past the term."""
    table = running_table(portfolio, language)
    low, central, high = (row.cells for row in table.rows)
    costs = [
        None if a is None or b is None or c is None else (a, b, c)
        for a, b, c in zip(low, central, high, strict=True)
    ]
    write = write_label(language)
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
    return Panorama(_set(message, language), chart, (table,) if each is None else (table, each))


# --- one ruler -------------------------------------------------------------------------------------------------------


def ruler_item(costed: CostedProposal, edition: Edition, language: Language) -> Item:
    """Give a proposal as it stands on the ruler: its six years, both sections."""
    described = edition.domains[costed.domain]
    shades = make_palette(described.colour)
    found = six_years(costed)
    return Item(
        typography(costed.document.value.title or "", language),
        typography(described.title, language),
        shades.colour,
        shades.ink,
        (found.low, found.central, found.high) if found else None,
    )


def draw_ranges(portfolio: Portfolio, edition: Edition, language: Language) -> Panorama:
    """Set every proposal on one logarithmic axis, by domain, the costliest first."""
    items = [
        ruler_item(costed, edition, language)
        for domain in domains_in_use(portfolio, edition)
        for costed in by_cost(proposal for proposal in portfolio.ready if proposal.domain == domain)
    ]
    charts: tuple[Ranges, ...] = lay_out_ranges(items, write_label(language))
    message = ranges_message([item.estimate[1] for item in items if item.estimate], language)
    return Panorama(message, charts, (ranges_table(portfolio, edition, language),))


def ranges_message(central: Sequence[Decimal], language: Language) -> str:
    """Say how far apart the cheapest and the costliest proposals are."""
    paid = [amount for amount in central if amount > 0]
    if not paid:
        return _set(say("No cost is known."), language)
    least, most = min(paid), max(paid)
    written = {"least": write_compact(least, language), "most": write_compact(most, language)}
    times = most / least
    if written["least"] == written["most"]:
        return _set(say("{most} over six years.", most=written["most"]), language)
    if times < 2:
        return _set(say("Proposals cost from {least} to {most} over six years.", **written), language)
    words = say(
        "From {least} to {most} over six years: the costliest proposal is worth {times} times the cheapest.",
        times=Wording(language).number(round_to(times, Decimal("0.1") if times < 10 else Decimal(1))),
        **written,
    )
    return _set(words, language)


# --- how sure it is --------------------------------------------------------------------------------------------------


def draw_curve(portfolio: Portfolio, language: Language) -> Panorama:
    """Draw how likely each amount is to be enough for the whole, both sections together."""
    lines, found = lines_of_portfolio(portfolio), estimate_portfolio(portfolio)
    table = percentiles_table(portfolio, language)
    if not lines or found is None or table is None:
        return Panorama(
            _set(say("A cost is not known, so neither is how sure the whole is."), language), None, ()
        )
    p10, p50, p80, p90 = round_to_three_figures(found.p10, found.p50, found.p80, found.p90)
    whole_sum = sum((add_section(portfolio.ready, section).central for section in SECTIONS), Decimal(0))
    whole = MoneyRow(
        say("Both sections together").text(language),
        (whole_sum, p10, p50, p80, p90),
        "subtotal",
    )
    table = replace(table, rows=(*table.rows, whole))
    write = write_label(language)
    probability = found.probability_central_is_enough
    central = say(
        "central sum {amount}: {share}",
        amount=write(whole_sum),
        share=Wording(language).percent(round_to(probability, Decimal("0.01"))),
    )
    notes = [
        Note(Decimal("0.5"), found.p50.rounded(), typography(f"P50: {write(p50)}", language)),
        Note(Decimal("0.8"), found.p80.rounded(), typography(f"P80: {write(p80)}", language)),
        Note(probability, found.central.rounded(), _set(central, language), goes_left=True),
    ]
    quantiles = [(point.probability, point.amount.rounded()) for point in quantile_curve(lines)]
    chart: Curve | None = lay_out_curve(quantiles, notes, write)
    message = say(
        "Four chances in five that the whole costs less than {p80}, one in two that it costs less than {p50}.",
        p80=write(p80),
        p50=write(p50),
    )
    return Panorama(_set(message, language), chart, (table,))


def draw_tornado(portfolio: Portfolio, language: Language) -> Panorama | None:
    """Draw what makes the whole uncertain, the widest share first; None where all is certain or a cost is not known."""
    lines, found = lines_of_portfolio(portfolio), estimate_portfolio(portfolio)
    if not lines or found is None or not found.contributions:
        return None
    causes = _causes(lines, found, language)
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
        caption.text(language), tuple(column.text(language) for column in columns), tuple(rows), THOUSAND
    )
    chart: Tornado | None = lay_out_tornado(shown, _signed(language))
    message = say('"{name}" carries {share} of the uncertainty.', name=shown[0].name, share=shown[0].share)
    told = message.text(language)
    if others:
        rest = sum((cause.share for cause in others), start=0 * others[0].share)
        told += " " + say(
            "The {count} other causes together carry {share}.",
            count=len(others),
            share=_share(rest.numerator, rest.denominator, language),
        ).text(language)
    return Panorama(typography(told, language), chart, (table,))


def _signed(language: Language) -> Write:
    write = write_label(language)
    return lambda amount: f"+{write(amount)}" if amount is not None and amount > 0 else write(amount)


def _share(numerator: int, denominator: int, language: Language) -> str:
    return Wording(language).percent(round_to(Decimal(numerator) / denominator, Decimal("0.01")))


def _causes(lines: Sequence[UncertainLine], found: Estimate, language: Language) -> list[Cause]:
    """Measure how far each contribution moves the sum when it alone is at its low or at its high."""
    causes = []
    for cause in found.contributions:
        own = [
            line.amount
            for line in lines
            if (
                line.driver == cause.name
                if cause.is_driver
                else line.driver is None and line.label in cause.labels
            )
        ]
        moved = reduce(Range.__add__, own, NOTHING)
        causes.append(
            Cause(
                typography(name_contribution(cause, language, prefix=True), language),
                _share(cause.share.numerator, cause.share.denominator, language),
                (moved.low - moved.central).rounded(THOUSAND),
                (moved.high - moved.central).rounded(THOUSAND),
            )
        )
    return causes
