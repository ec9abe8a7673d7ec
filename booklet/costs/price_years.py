"""Prices of another year → those of the edition, by a price index; no other year stands for one without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from booklet.content.model.edition import Prices
    from booklet.content.model.proposal import CostLine
    from booklet.law.lookup import Law
    from booklet.money.euros import Euros


def needs_index(line: CostLine, prices: Prices | None) -> bool:
    """Check whether the amounts of a line are in the prices of another year than the edition's."""
    return line.price_year is not None and (prices is None or line.price_year != prices.year)


def indices_of(line: CostLine, prices: Prices | None, law: Law | None) -> tuple[Fraction, Fraction] | None:
    """The price index in the year of a line's prices and in the edition's; None where none is needed, or known."""
    name = line.index or (prices.index if prices else None)
    if not needs_index(line, prices) or name is None or law is None:
        return None
    if line.price_year is None or prices is None or prices.year is None:
        return None
    before, after = law.index(name, line.price_year), law.index(name, prices.year)
    return None if before is None or after is None else (before, after)


def central_price(line: CostLine, prices: Prices | None, law: Law) -> Euros | None:
    """The central unit cost as typed, with or without VAT, in the prices of the edition; None where not known."""
    typed = line.unit_cost.central if line.unit_cost else None
    if typed is None or not needs_index(line, prices):
        return typed
    indices = indices_of(line, prices, law)
    return typed * (indices[1] / indices[0]) if indices else None
