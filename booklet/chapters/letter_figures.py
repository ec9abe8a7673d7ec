"""The portfolio → the figures that the letter prints, of the whole and of the part of an owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.chapters.essentials import add_after
from booklet.tables.peak import find_peak
from booklet.tables.rounding import add_section
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from decimal import Decimal

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.money.euros import Euros
    from booklet.text.language import Language


def portfolio_values(portfolio: Portfolio, edition: Edition, language: Language) -> dict[str, str]:
    """Write the figures that a letter may print, by slot (`PORTFOLIO_SLOTS`); empty where not known.

    A slot such as `investment.amp` is for the part of that owner.
    """
    wording = Wording(language)
    yardstick = edition.territory.yearly_investment if edition.territory else None
    values = _values_of(portfolio, yardstick, portfolio.step, wording)
    for id, organisation in edition.organisations.items():
        if f".{id}}}" in edition.letter:
            part = portfolio.part_of(id)
            of_owner = _values_of(part, organisation.yearly_investment, portfolio.step, wording)
            values |= {f"{slot}.{id}": value for slot, value in of_owner.items()}
    return values


def _values_of(
    portfolio: Portfolio, yardstick: Euros | None, step: Decimal, wording: Wording
) -> dict[str, str]:
    investment, after = add_section(portfolio.ready, "investissement", step), add_after(portfolio.ready, step)
    peak = find_peak(portfolio, yardstick, step)
    return {
        "proposals": str(len(portfolio.ready)),
        "investment": wording.compact(investment.central),
        "after": wording.compact(after.central),
        "peak": wording.compact(peak.amount) if peak else "",
        "peak_year": str(peak.year) if peak else "",
        "peak_share": wording.percent(peak.share) if peak and peak.share is not None else "",
        "yearly": wording.compact(investment.central / len(portfolio.years)),
        "yardstick": wording.compact(yardstick.rounded()) if yardstick else "",
    }
