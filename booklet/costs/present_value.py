"""Amounts of several years → what they are worth in one year, at the discount rate of the law."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.money.amounts import total
from booklet.money.euros import Euros, sum_cells

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PresentValue:
    """The worth of several years' amounts in the euros of one year, with the rate, always printed beside it."""

    amount: Euros
    rate: Decimal
    #: the year whose euros are not discounted
    year: int


def present_value(amount_by_year: Mapping[int, Euros], rate: Decimal, year: int) -> PresentValue:
    """Discount the amounts of later years to one year: amount / (1 + rate) ^ years, exactly.

    The rate is `discount.rate` of the law: 3.2 % halves a euro in 22 years. Never added to undiscounted amounts.
    """
    worth = total(discount(amount, rate, when - year) for when, amount in amount_by_year.items())
    return PresentValue(worth, rate, year)


def discount(amount: Euros, rate: Decimal, years: int) -> Euros:
    """Discount an amount by a number of years."""
    return amount * (1 + Fraction(rate)) ** -years


def present_cents(amount_by_year: Mapping[int, Euros], rate: Decimal, year: int) -> Decimal:
    """Discount yearly amounts as files write them: each year in cents, before and after it is discounted."""
    cells = ((when, Euros.of(amount.rounded())) for when, amount in amount_by_year.items())
    return sum_cells(discount(cell, rate, when - year).rounded() for when, cell in cells if cell)
