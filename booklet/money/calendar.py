"""Months and budget years.

A budget year is a calendar year. The term runs from T0, the month the new councils take office, to December of the
last of six budget years; phases lie in the term, money in the budget years.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.money.amounts import Amounts
from booklet.money.euros import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MONTH = re.compile(r"(?P<year>[12][0-9]{3})-(?P<month>0[1-9]|1[0-2])")
BUDGET_YEARS = 6


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Month:
        """Read `2021-07`; raises `ValueError` for anything else."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match["year"]), int(match["month"]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def ordinal(self) -> int:
        """The number of months since year 0, so that months subtract."""
        return self.year * 12 + self.month - 1

    def plus(self, months: int) -> Month:
        """The month that lies a number of months later."""
        year, month = divmod(self.ordinal + months, 12)
        return Month(year, month + 1)

    @property
    def first_day(self) -> date:
        """The first day of the month: the law of that day applies to the whole month."""
        return date(self.year, self.month, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole months, both ends included."""

    start: Month
    end: Month

    @property
    def months(self) -> int:
        """The number of its months; zero or less when the ends are reversed."""
        return self.end.ordinal - self.start.ordinal + 1

    def months_in(self, year: int) -> int:
        """The number of its months that fall in a calendar year."""
        first = max(self.start.ordinal, year * 12)
        last = min(self.end.ordinal, year * 12 + 11)
        return max(0, last - first + 1)


@dataclass(frozen=True, slots=True)
class Term:
    """T0, the month in which the new councils take office, and the six budget years."""

    start: Month
    first_year: int

    @property
    def years(self) -> tuple[int, ...]:
        """The six budget years."""
        return tuple(range(self.first_year, self.first_year + BUDGET_YEARS))

    @property
    def last_year(self) -> int:
        """The last budget year."""
        return self.first_year + BUDGET_YEARS - 1

    @property
    def end(self) -> Month:
        """December of the last budget year."""
        return Month(self.last_year, 12)

    def bears_money(self, year: int) -> bool:
        """Check whether a calendar year is one of the budget years."""
        return self.first_year <= year <= self.last_year


@dataclass(frozen=True)
class Yearly:
    """One range for each budget year: the rows of the low, central and high estimates, in the order of the years."""

    years: tuple[int, ...]
    low: Amounts
    central: Amounts
    high: Amounts

    @classmethod
    def sum(cls, years: tuple[int, ...], several: Iterable[Yearly]) -> Yearly:
        """Add amounts of the same years; the sum of none is 0 in each year."""
        found = list(several)
        assert all(one.years == years for one in found), "amounts of two different terms"
        rows = zip(*((one.low, one.central, one.high) for one in found), strict=True) if found else ((),) * 3
        return cls(years, *(Amounts.sum(row, len(years)) for row in rows))

    @cached_property
    def amounts(self) -> tuple[Range, ...]:
        """The range of each year."""
        if self.low is self.high:
            return tuple(Range.constant(amount) for amount in self.central)
        return tuple(map(Range, self.low, self.central, self.high))

    def __getitem__(self, year: int) -> Range:
        return self.amounts[year - self.years[0]]

    def __iter__(self) -> Iterator[Range]:
        return iter(self.amounts)

    def __bool__(self) -> bool:
        return not (self.low.is_nothing and self.central.is_nothing and self.high.is_nothing)

    @cached_property
    def total(self) -> Range:
        """The sum of the six years; cached, since tables of the portfolio use the total of every line many times."""
        return Range(*(row.total().euros for row in (self.low, self.central, self.high)))
