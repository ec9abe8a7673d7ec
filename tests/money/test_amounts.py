"""Rows of exact amounts against fractions, cell by cell."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.money.amounts import Amounts, total
from booklet.money.euros import Euros

FRACTIONS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)
ROWS = st.lists(FRACTIONS, min_size=6, max_size=6)


@given(ROWS, ROWS, FRACTIONS)
def test_rows_compute_as_fractions_do(one: list[Fraction], other: list[Fraction], factor: Fraction) -> None:
    """Sums, differences, products and quotients are those of the cells; one amount counts in each cell."""
    a, b, one_amount = Amounts.of(*one), Amounts.of(*other), Amounts.of(factor)
    pairs = list(zip(one, other, strict=True))
    assert values(a + b) == [x + y for x, y in pairs] and values(a - b) == [x - y for x, y in pairs]
    assert values(a * b) == [x * y for x, y in pairs]
    assert values(a * one_amount) == values(one_amount * a) == [x * factor for x in one]
    assert values(a.one_plus()) == [1 + x for x in one]
    assert values(Amounts.sum([a, b, a], 6)) == [2 * x + y for x, y in pairs]
    assert total(a) == Euros(sum(one, Fraction(0))) and a.later(2)[2] == a[0] and not a.later(2)[1]
    if factor:
        assert values(a / one_amount) == [x / factor for x in one]
        assert values(a / one_amount * one_amount) == one


@given(ROWS)
def test_cents_are_rounded_half_to_even(row: list[Fraction]) -> None:
    """The cents of a row are those of each of its amounts, also of half cents and below 0."""
    halves = [round(cell) + Fraction(5, 1000) for cell in row]
    for cells in (row, halves):
        expected = [Euros(cell).rounded() for cell in cells]
        assert list(Amounts.of(*cells).decimals()) == expected
        assert values(Amounts.of(*cells).cents()) == [Fraction(cell) for cell in expected]


def test_a_row_is_equal_to_one_of_other_denominators() -> None:
    """A half is two quarters; a division by nothing has no amount; a sum of no rows is 0 in each year."""
    assert Amounts((1, 2), 2) == Amounts((2, 4), 4) and hash(Amounts((1,), 2)) == hash(Amounts((2,), 4))
    assert Amounts.sum([], 3) == Amounts.of(0, 0, 0) and Amounts.sum([], 3).is_nothing
    assert Amounts.of(Decimal("0.5")).euros == Euros(Fraction(1, 2))
    with pytest.raises(ZeroDivisionError):
        Amounts.of(1) / Amounts.of(0)


def values(row: Amounts) -> list[Fraction]:
    return [amount.value for amount in row]
