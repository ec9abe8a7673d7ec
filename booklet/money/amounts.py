"""Exact amounts in a row: whole numbers over one denominator, so that arithmetic is that of integers.

A row has a cell for each budget year, or one cell; beside a longer row, one cell counts in each of its cells. Reading
a cell gives `Euros`; nothing is rounded but by `cents`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from operator import add, mul, sub
from typing import overload

from booklet.money.euros import ZERO, Euros

#: a denominator beyond which a row is reduced: small ones cost less than the greatest common divisor
_LARGE = 10**15


class Amounts(Sequence[Euros]):
    """One exact amount, or one for each budget year, in euros; also a number without unit (a rate, a part)."""

    __slots__ = ("cells", "denominator")

    def __init__(self, cells: tuple[int, ...], denominator: int = 1) -> None:
        if denominator > _LARGE:
            divisor = gcd(denominator, *cells)
            cells, denominator = tuple(cell // divisor for cell in cells), denominator // divisor
        self.cells = cells
        #: above 0
        self.denominator = denominator

    @classmethod
    def of(cls, *values: Fraction | int | Decimal) -> Amounts:
        """Make a row of these values."""
        ratios = [value.as_integer_ratio() for value in values]
        denominator = lcm(*[below for _, below in ratios])
        return cls(tuple([above * (denominator // below) for above, below in ratios]), denominator)

    @classmethod
    def one(cls, value: Fraction | int | Decimal) -> Amounts:
        """Make a row of one cell."""
        above, below = value.as_integer_ratio()
        return cls((above,), below)

    @classmethod
    def sum(cls, rows: Iterable[Amounts], length: int) -> Amounts:
        """Add rows of one length, cell by cell; the sum of no rows is `length` times 0."""
        found = list(rows)
        if len(found) < 2:
            return found[0] if found else cls((0,) * length)
        denominator = lcm(*[row.denominator for row in found])
        return cls(
            tuple(map(sum, zip(*[row.scaled(denominator) for row in found], strict=True))), denominator
        )

    def __add__(self, other: Amounts) -> Amounts:
        return self._beside(other, add)

    def __sub__(self, other: Amounts) -> Amounts:
        return self._beside(other, sub)

    def __mul__(self, other: Amounts) -> Amounts:
        one, many = (self, other) if len(self.cells) == 1 else (other, self)
        denominator = self.denominator * other.denominator
        if len(one.cells) == 1:
            (factor,) = one.cells
            return Amounts(tuple([factor * cell for cell in many.cells]), denominator)
        return Amounts(tuple(map(mul, one.cells, many.cells)), denominator)

    def __truediv__(self, other: Amounts) -> Amounts:
        """Divide by one amount; raises `ZeroDivisionError` where it is 0."""
        (divisor,) = other.cells
        if not divisor:
            raise ZeroDivisionError
        sign = 1 if divisor > 0 else -1
        return self * Amounts((sign * other.denominator,), abs(divisor))

    def one_plus(self) -> Amounts:
        """1 + each cell: a price with VAT is the price without it times 1 + the rate."""
        return Amounts(tuple(self.denominator + cell for cell in self.cells), self.denominator)

    def total(self) -> Amounts:
        """The sum of the cells."""
        return Amounts((sum(self.cells),), self.denominator)

    def later(self, years: int) -> Amounts:
        """Each cell moved a number of years later; those moved past the last year are dropped."""
        count = len(self.cells)
        return Amounts(((0,) * min(years, count) + self.cells)[:count], self.denominator)

    def moved(self, years: tuple[int, ...]) -> Amounts:
        """Each cell moved its own number of years later; those moved past the last year are dropped."""
        cells = [0] * len(self.cells)
        for place, (cell, later) in enumerate(zip(self.cells, years, strict=True)):
            if place + later < len(cells):
                cells[place + later] += cell
        return Amounts(tuple(cells), self.denominator)

    def late(self, years: tuple[int, ...]) -> Amounts:
        """The sum of the cells that `moved` drops."""
        count = len(self.cells)
        late = (
            cell
            for place, (cell, later) in enumerate(zip(self.cells, years, strict=True))
            if place + later >= count
        )
        return Amounts((sum(late),), self.denominator)

    def cents(self) -> Amounts:
        """Each cell rounded to cents, half to even."""
        return Amounts(self._rounded(), 100)

    def at_least_nothing(self) -> Amounts:
        """Each cell, or 0 where it is less."""
        return Amounts(tuple(max(cell, 0) for cell in self.cells), self.denominator)

    def decimals(self) -> tuple[Decimal, ...]:
        """Each cell in cents, as files write it."""
        return tuple([Decimal(cell).scaleb(-2) for cell in self._rounded()])

    @property
    def is_nothing(self) -> bool:
        """Whether every cell is 0."""
        return not any(self.cells)

    @property
    def euros(self) -> Euros:
        """The amount of a row of one cell."""
        (cell,) = self.cells
        return Euros(Fraction(cell, self.denominator))

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, index: int) -> Euros: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Euros, ...]: ...
    def __getitem__(self, index: int | slice) -> Euros | tuple[Euros, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return Euros(Fraction(self.cells[index], self.denominator))

    def __iter__(self) -> Iterator[Euros]:
        denominator = self.denominator
        return (Euros(Fraction(cell, denominator)) for cell in self.cells)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Amounts):
            return NotImplemented
        return [cell * other.denominator for cell in self.cells] == [
            cell * self.denominator for cell in other.cells
        ]

    def __hash__(self) -> int:
        return hash(tuple(Fraction(cell, self.denominator) for cell in self.cells))

    def __repr__(self) -> str:
        return f"Amounts.of({', '.join(str(Fraction(cell, self.denominator)) for cell in self.cells)})"

    def scaled(self, denominator: int) -> tuple[int, ...]:
        """The cells over a multiple of the denominator."""
        factor = denominator // self.denominator
        return self.cells if factor == 1 else tuple([cell * factor for cell in self.cells])

    def _beside(self, other: Amounts, operation: Callable[[int, int], int]) -> Amounts:
        denominator = (
            self.denominator
            if self.denominator == other.denominator
            else lcm(self.denominator, other.denominator)
        )
        mine, others = self.scaled(denominator), other.scaled(denominator)
        if len(mine) != len(others):
            length = max(len(mine), len(others))
            mine, others = (cells if len(cells) == length else cells * length for cells in (mine, others))
        return Amounts(tuple(map(operation, mine, others)), denominator)

    def _rounded(self) -> tuple[int, ...]:
        """Each cell in whole cents, half to even."""
        denominator = self.denominator
        if 100 % denominator == 0:
            return self.scaled(100)
        # half a cent more, cut off to whole cents; what stood halfway is now whole, and one too high where it is odd
        cells = [divmod(200 * cell + denominator, 2 * denominator) for cell in self.cells]
        return tuple([whole - (not rest and whole % 2) for whole, rest in cells])


def total(amounts: Iterable[Euros]) -> Euros:
    """Add amounts exactly."""
    if isinstance(amounts, Amounts):
        return amounts.total().euros
    return sum(amounts, ZERO)
