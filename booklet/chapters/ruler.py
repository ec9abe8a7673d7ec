"""Proposals → the ruler: all of them on one logarithmic axis, and the sentence that compares its ends."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.chapters.chart_page import ChartPage, label_writer, set_message
from booklet.charts.ranges import Item, Ranges, lay_out_ranges
from booklet.costs.optimism import find_uplift
from booklet.diagnostics.message import say
from booklet.layout.palette import make_palette
from booklet.money.euros import round_to
from booklet.tables.money_table import write_compact
from booklet.tables.scorecard import by_cost, domains_in_use, ranges_table, six_years
from booklet.tables.wording import Wording
from booklet.text.typography import typography

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.optimism import Uplift
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.law.lookup import Law
    from booklet.text.language import Language


def ruler_item(
    costed: CostedProposal, edition: Edition, step: Decimal, language: Language, uplift: Uplift | None = None
) -> Item:
    """Describe a proposal on the ruler: its cost over the six years, both sections together."""
    described = edition.domains[costed.domain]
    shades = make_palette(described.colour)
    found = six_years(costed, step)
    return Item(
        typography(costed.document.value.title or "", language),
        typography(described.title, language),
        shades.colour,
        shades.ink,
        (found.low, found.central, found.high) if found else None,
        found.central + uplift.added.rounded(step) if found and uplift else None,
    )


def draw_ranges(portfolio: Portfolio, edition: Edition, law: Law, language: Language) -> ChartPage:
    """Draw every proposal on one logarithmic axis, by domain, the costliest first."""
    uplifts = {costed.id: find_uplift(costed, law, portfolio.term.first_year) for costed in portfolio.ready}
    items = [
        ruler_item(costed, edition, portfolio.step, language, uplifts[costed.id])
        for domain in domains_in_use(portfolio, edition)
        for costed in by_cost(portfolio.in_domain(domain))
    ]
    charts: tuple[Ranges, ...] = lay_out_ranges(items, label_writer(language))
    message = ranges_message([item.estimate[1] for item in items if item.estimate], language)
    second = say(
        "The thin bar under a range begins at the central estimate and ends where it would be if the project overran as"
        " far as those of its kind have: the upper bound of the UK Treasury, for what rests on assumptions only."
    )
    words = (set_message(second, language),) if any(item.uplifted for item in items) else ()
    return ChartPage(message, charts, (ranges_table(portfolio, edition, language, uplifts),), words)


def ranges_message(central: Sequence[Decimal], language: Language) -> str:
    """Compare the cheapest and the costliest proposal; `central` are their central estimates, in euros."""
    paid = [amount for amount in central if amount > 0]
    if not paid:
        return set_message(say("No cost is known."), language)
    least, most = min(paid), max(paid)
    written = {"least": write_compact(least, language), "most": write_compact(most, language)}
    times = most / least
    if written["least"] == written["most"]:
        return set_message(say("{most} over six years.", most=written["most"]), language)
    if times < 2:
        return set_message(say("Proposals cost from {least} to {most} over six years.", **written), language)
    words = say(
        "From {least} to {most} over six years: the costliest proposal is worth {times} times the cheapest.",
        times=Wording(language).number(round_to(times, Decimal("0.1") if times < 10 else Decimal(1))),
        **written,
    )
    return set_message(words, language)
