"""Printed cells by year → the year that costs most, and its share of the territory's yearly investment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from booklet.diagnostics.message import say
from booklet.tables.rounding import add_years
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.money.euros import Euros
    from booklet.text.language import Language


class PeakYear(NamedTuple):
    """The year of the highest cell, and that cell, in euros."""

    year: int
    amount: Decimal


def find_peak_year(cells: Sequence[Decimal | None], years: Sequence[int]) -> PeakYear | None:
    """Find the first of the highest years; None where nothing known is spent.

    `cells` begins with one cell a year; those after the years are ignored.
    """
    known = [PeakYear(year, cell) for cell, year in zip(cells, years, strict=False) if cell]
    return max(known, key=lambda peak: peak.amount, default=None)


@dataclass(frozen=True, slots=True)
class Peak:
    """The year in which the ready proposals invest most, and its share of a yearly investment."""

    year: int
    amount: Decimal
    #: to a tenth of a percent; None without a yardstick
    share: Decimal | None


def find_peak(portfolio: Portfolio, yardstick: Euros | None, step: Decimal) -> Peak | None:
    """Find the year in which the ready proposals together invest most, as printed; None where nothing is invested."""
    yearly = add_years(portfolio.ready, "investissement", len(portfolio.years), step)
    found = find_peak_year(yearly, portfolio.years)
    if found is None:
        return None
    share = Decimal(round(Fraction(found.amount) / yardstick.value * 1000)) / 1000 if yardstick else None
    return Peak(found.year, found.amount, share)


def describe_peak(portfolio: Portfolio, edition: Edition, language: Language) -> str:
    """Write in which year the ready proposals invest most, and its share of the territory's yearly investment.

    So it is for the part of each owner whose yearly investment is known.
    """
    wording = Wording(language)
    territory = edition.territory
    peak = find_peak(portfolio, territory.yearly_investment if territory else None, portfolio.step)
    if peak is None:
        return ""
    words = say(
        "The investment peaks in {year}: {amount}, before VAT.",
        year=peak.year,
        amount=wording.compact(peak.amount),
    )
    sentences = [words.text(language)]
    if peak.share is not None and territory and territory.yearly_investment:
        against = say(
            "It is {share} of the {yardstick} that {name} invests in a year.",
            share=wording.percent(peak.share),
            yardstick=wording.compact(territory.yearly_investment.rounded()),
            name=territory.name,
        )
        sentences.append(against.text(language))
    for id, organisation in edition.organisations.items():
        yardstick = organisation.yearly_investment
        part = find_peak(portfolio.part_of(id), yardstick, portfolio.step) if yardstick else None
        if part is None or part.share is None or yardstick is None:
            continue
        of_owner = say(
            "The part of {name} peaks in {year}: {amount}, {share} of the {yardstick} that it invests in a year.",
            name=organisation.name,
            year=part.year,
            amount=wording.compact(part.amount),
            share=wording.percent(part.share),
            yardstick=wording.compact(yardstick.rounded()),
        )
        sentences.append(of_owner.text(language))
    return " ".join(sentences)
