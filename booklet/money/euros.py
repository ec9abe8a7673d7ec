"""Exact money: read, add, split, write.

Amounts that people write are `Decimal`; a twelfth of a year or a price without VAT has no finite decimal, so what
is computed stays an exact fraction until it is printed. Rounding happens once, half to even, in the finest
cells of a printed table; a printed total is the sum of printed cells (`docs/architecture.md`, "Money and rounding").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce, total_ordering
from typing import TYPE_CHECKING

from booklet.text.language import ENGLISH, NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CENT = Decimal("0.01")
EURO = Decimal(1)
KILO = Decimal(1_000)
_MILLION = 1_000_000

#: the three spaces that French people put between thousands and before a unit
SPACES = f" {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}"
SCALES = {"": 1, "€": 1, "k€": 1_000, "K€": 1_000, "M€": 1_000_000, "Md€": 1_000_000_000}
_NUMBER = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+|[0-9]+)(?:[.,](?P<decimals>[0-9]{{1,9}}))?"
)
_AMOUNT = re.compile(rf"(?P<number>[0-9][0-9{SPACES}.,]*?)[{SPACES}]?(?P<unit>k€|K€|M€|Md€|€|)")
#: a thousand billions: more digits are a slip of the keyboard, and no sum of a territory ever needs them
MAX_DIGITS = 15


class UnreadableNumber(ValueError):
    """A text is not a number as people write it."""


class AmbiguousNumber(UnreadableNumber):
    """A number can be read two ways; `readings` holds both, thousands first, ready to be typed."""

    def __init__(self, readings: tuple[str, str]) -> None:
        super().__init__(f"two readings: {readings[0]} or {readings[1]}")
        self.readings = readings


@total_ordering
@dataclass(frozen=True, slots=True)
class Euros:
    """An exact amount of euros; never a float, never rounded before it is printed."""

    value: Fraction

    @classmethod
    def of(cls, amount: Decimal | int | str | Fraction) -> Euros:
        """Convert a decimal number; a float is refused by type and by value."""
        if isinstance(amount, float):
            raise TypeError("money is never a float")
        return cls(Fraction(amount))

    def __add__(self, other: Euros) -> Euros:
        # most years of most lines cost nothing, and adding fractions is not cheap
        if not other.value:
            return self
        return Euros(self.value + other.value) if self.value else other

    def __sub__(self, other: Euros) -> Euros:
        return Euros(self.value - other.value)

    def __mul__(self, factor: Decimal | int | Fraction) -> Euros:
        return Euros(self.value * (factor if isinstance(factor, (int, Fraction)) else Fraction(factor)))

    def __lt__(self, other: Euros) -> bool:
        return self.value < other.value

    def __bool__(self) -> bool:
        return bool(self.value)

    def rounded(self, step: Decimal = CENT) -> Decimal:
        """Round half to even to a multiple of `step` (cents by default): a printed cell, or a cell of the JSON."""
        return Decimal(round(self.value / Fraction(step))) * step

    def split(self, parts: int) -> tuple[Euros, ...]:
        """Split into equal parts that add up to the whole exactly."""
        return (Euros(self.value / parts),) * parts

    def write(self, language: Language = ENGLISH) -> str:
        """Write the amount in full, with cents only where there are some."""
        return f"{write_number(self.rounded(), language)}{NO_BREAK_SPACE}€"


ZERO = Euros(Fraction(0))


@dataclass(frozen=True, slots=True)
class Range:
    """The low, central and high estimates of one amount."""

    low: Euros
    central: Euros
    high: Euros

    @classmethod
    def constant(cls, amount: Euros) -> Range:
        """The range of an amount that is known: three times the same."""
        return cls(amount, amount, amount)

    def __add__(self, other: Range) -> Range:
        # most years of most lines are this very value, and three additions are not free
        if other is NOTHING:
            return self
        if self is NOTHING:
            return other
        return Range(self.low + other.low, self.central + other.central, self.high + other.high)

    def __mul__(self, factor: Decimal | int | Fraction) -> Range:
        if self is NOTHING or factor == 1:  # a year without cost, a year of twelve months, no VAT
            return self
        return Range(self.low * factor, self.central * factor, self.high * factor)

    def __bool__(self) -> bool:
        return bool(self.low or self.central or self.high)

    def rounded(self, step: Decimal = CENT) -> PrintedRange:
        """Round each estimate once: the finest cells of a printed table."""
        return PrintedRange(self.low.rounded(step), self.central.rounded(step), self.high.rounded(step))


NOTHING = Range(ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class PrintedRange:
    """Low, central and high as printed, already rounded; printed totals add these."""

    low: Decimal = Decimal(0)
    central: Decimal = Decimal(0)
    high: Decimal = Decimal(0)

    def __add__(self, other: PrintedRange) -> PrintedRange:
        return PrintedRange(self.low + other.low, self.central + other.central, self.high + other.high)

    def __bool__(self) -> bool:
        return bool(self.low or self.central or self.high)


def printing_step(amounts: Sequence[Range]) -> Decimal:
    """Choose the unit of a table: thousands of euros for millions, unless an amount would print as 0."""
    largest = reduce(Euros.__add__, (amount.high for amount in amounts), ZERO)
    smallest = min(
        (bound for amount in amounts for bound in (amount.low, amount.central) if bound), default=largest
    )
    return KILO if largest.value >= _MILLION and smallest.value >= KILO else EURO


def shows_all(amounts: Iterable[Euros], step: Decimal) -> bool:
    """Check whether every amount other than 0 is at least one unit: a smaller one would print as 0, or as one."""
    return all(not amount or abs(amount.value) >= step for amount in amounts)


def read_number(text: str) -> Decimal:
    """Read a number as French people write it: `12 000`, `1,5`, `12000.50`.

    A single comma or point followed by exactly three digits can be thousands or decimals and raises
    `AmbiguousNumber`, except after a leading 0; anything else that is not a number raises `UnreadableNumber`.
    """
    return _read_plain_number(text.strip(f"{SPACES}\t"), scale=1, unit="")


def read_euros(text: str) -> Euros:
    """Read an amount: `12 000 €`, `1,2 M€`, `450 k€`, `1,68 Md€`, with any of the three French spaces.

    With k€, M€ or Md€ a comma or point is decimal. Raises `AmbiguousNumber` or `UnreadableNumber`.
    """
    match = _AMOUNT.fullmatch(text.strip(f"{SPACES}\t"))
    if match is None:
        raise UnreadableNumber(text)
    unit = match["unit"]
    return Euros.of(_read_plain_number(match["number"], scale=SCALES[unit], unit=" €" if unit else ""))


def _read_plain_number(text: str, *, scale: int, unit: str) -> Decimal:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise UnreadableNumber(text)
    whole = "".join(filter(str.isdigit, match["whole"]))
    decimals = match["decimals"] or ""
    if len(whole) > MAX_DIGITS:
        raise UnreadableNumber(text)
    if len(decimals) == 3 and scale == 1 and not whole.startswith("0"):
        thousands = _group(whole + decimals, " ")
        # three decimals would be ambiguous again: a fourth one makes the reading plain
        decimal = f"{_group(whole, ' ')},{decimals.rstrip('0') or '0'}"
        decimal += "0" if decimals[-1] != "0" else ""
        raise AmbiguousNumber((f"{thousands}{unit}", f"{decimal}{unit}"))
    return Decimal(f"{whole}.{decimals or 0}") * scale


def write_number(number: Decimal | int, language: Language = ENGLISH) -> str:
    """Write a number exactly, in groups of three, with no trailing zeros beyond cents."""
    sign = "\N{MINUS SIGN}" if number < 0 else ""
    whole, _, decimals = f"{abs(number):f}".partition(".")
    decimals = decimals.rstrip("0")
    if decimals:
        decimals = language.decimal_mark + decimals.ljust(2, "0")
    return f"{sign}{_group(whole, language.group_mark)}{decimals}"


def round_to(number: Decimal, step: Decimal) -> Decimal:
    """Round half to even to a multiple of `step`."""
    return Decimal(round(Fraction(number) / Fraction(step))) * step


def write_plain(number: Decimal) -> str:
    """Write a number for a file or in any language: every digit, no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sum_cells(cells: Iterable[Decimal]) -> Decimal:
    """Add cells of a table or of a file, each rounded already; the sum of no cells is 0."""
    return sum(cells, Decimal(0))


def _group(digits: str, mark: str) -> str:
    head = len(digits) % 3 or 3
    return mark.join([digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))])
