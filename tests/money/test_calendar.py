"""Months are read, counted and cut into budget years."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.money.amounts import Amounts
from booklet.money.calendar import Month, Period, Term, Yearly
from booklet.money.euros import NOTHING, Euros, Range

MONTHS = st.builds(Month, st.integers(1900, 2100), st.integers(1, 12))
TERM = Term(Month(2020, 7), 2021)


def ten(amount: int) -> Range:
    return Range.constant(Euros.of(Decimal(amount)))


def yearly(*amounts: int) -> Yearly:
    return Yearly(TERM.years, *[Amounts.of(*amounts)] * 3)


@pytest.mark.parametrize(
    "text",
    ["2021-7", "2021-13", "2021-00", "21-07", "2021/07", "07-2021", "2021-07-01", "0000-01", "9999-01", "２０２１-07",
     " 2021-07"],
)  # fmt: skip
def test_only_year_dash_month_is_a_month(text: str) -> None:
    """Anything but four digits of a year that a calendar of ours holds, a dash and two digits is refused."""
    with pytest.raises(ValueError, match=re.escape(text)):
        Month.read(text)


@given(MONTHS)
def test_a_month_reads_back(month: Month) -> None:
    """A written month is the same month, and its first day lies in it."""
    assert Month.read(str(month)) == month
    assert month.first_day == date(month.year, month.month, 1)


@given(MONTHS, st.integers(-500, 500))
def test_months_move_and_subtract(month: Month, months: int) -> None:
    """Moving by some months and counting them are each other's reverse, and order follows."""
    moved = month.plus(months)
    assert moved.ordinal - month.ordinal == months
    assert (moved > month) == (months > 0)


@given(MONTHS, st.integers(0, 120))
def test_years_of_a_period_hold_all_its_months(start: Month, length: int) -> None:
    """A period holds both its ends, and its months in each year add up to its months."""
    period = Period(start, start.plus(length))
    assert period.months == length + 1
    assert sum(period.months_in(year) for year in range(start.year, period.end.year + 1)) == period.months
    assert period.months_in(start.year - 1) == period.months_in(period.end.year + 1) == 0


def test_a_term_has_six_budget_years() -> None:
    """The term ends in December of its sixth budget year; the part of the year before them bears no money."""
    assert TERM.years == (2021, 2022, 2023, 2024, 2025, 2026)
    assert TERM.last_year == 2026
    assert TERM.end == Month(2026, 12)
    assert [year for year in range(2018, 2030) if TERM.bears_money(year)] == list(TERM.years)


def test_yearly_amounts_keep_their_year() -> None:
    """A year without an amount costs nothing; amounts add year by year and in total."""
    first, second = yearly(10, 0, 0, 0, 0, 5), yearly(1, 0, 0, 0, 0, 0)
    both = Yearly.sum(TERM.years, [first, second])
    assert both[2021] == ten(11)
    assert first[2023] == NOTHING
    assert both.total == ten(16)
    assert first and not Yearly.sum(TERM.years, [])


def test_two_terms_never_add() -> None:
    """Amounts of two different terms are a fault of ours, not a sum."""
    with pytest.raises(AssertionError):
        Yearly.sum(TERM.years, [Yearly.sum((2027, 2028), [])])
