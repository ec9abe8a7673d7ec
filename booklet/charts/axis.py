"""Amounts → positions on an axis, linear or logarithmic, and the round amounts marked on it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from booklet.charts.lettering import text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from booklet.tables.money_table import Write

#: the distances between two marks, times a power of ten
_ROUND_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked amount of an axis, at a position in points."""

    amount: Decimal
    at: float


@dataclass(frozen=True, slots=True)
class LinearAxis:
    """A linear scale from amounts `first` to `last` to positions `start` to `end`, which may decrease."""

    first: Decimal
    last: Decimal
    start: float
    end: float
    step: Decimal

    @classmethod
    def over(cls, amounts: Iterable[Decimal], start: float, end: float, intervals: int = 4) -> LinearAxis:
        """Make the axis that contains 0 and every amount, in about so many intervals, with a mark at both ends."""
        known = (Decimal(0), *amounts)
        lowest, highest = min(known), max(known)
        step = round_step((highest - lowest) / intervals or Decimal(1))
        first, last = floor(lowest / step) * step, ceil(highest / step) * step
        return cls(first, last if last > first else first + step, start, end, step)

    def place(self, amount: Decimal) -> float:
        """Compute the position of an amount, in points."""
        part = float((amount - self.first) / (self.last - self.first))
        return round(self.start + (self.end - self.start) * part, 2)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """List the round amounts, both ends included."""
        count = int((self.last - self.first) / self.step)
        amounts = (self.first + self.step * index for index in range(count + 1))
        return tuple(Mark(amount, self.place(amount)) for amount in amounts)


@dataclass(frozen=True, slots=True)
class LogarithmicAxis:
    """A logarithmic scale between two round amounts: the same distance is the same factor."""

    first: Decimal
    last: Decimal
    start: float
    end: float

    @classmethod
    def over(cls, amounts: Iterable[Decimal], start: float, end: float) -> LogarithmicAxis:
        """Make the axis that contains every amount above 0, between two amounts of 1, 2 or 5 times a power of ten."""
        known = [amount for amount in amounts if amount > 0] or [Decimal(1)]
        first = max(amount for amount in _round_amounts(min(known)) if amount <= min(known))
        last = min(amount for amount in _round_amounts(max(known)) if amount >= max(known) and amount > first)
        return cls(first, last, start, end)

    def place(self, amount: Decimal) -> float:
        """Compute the position of an amount, in points; 0 and less are at the start of the axis."""
        part = log10(max(amount, self.first) / self.first) / log10(self.last / self.first)
        return round(self.start + (self.end - self.start) * part, 2)

    def marks(self, write: Write) -> tuple[Mark, ...]:
        """List the amounts to write: all the round ones where their words have room, else powers of ten, or fewer."""
        powers = tuple(amount for amount in self._rounds() if amount.as_tuple().digits[0] == 1)
        fewer = tuple(powers[::every] for every in range(1, len(powers) + 1))
        for amounts in (self._rounds(), *fewer):
            found = tuple(Mark(amount, self.place(amount)) for amount in amounts)
            if are_apart(found, write):
                return found
        return ()

    def minor_marks(self, write: Write) -> tuple[Mark, ...]:
        """List the round amounts that are not written."""
        written = {mark.amount for mark in self.marks(write)}
        return tuple(Mark(amount, self.place(amount)) for amount in self._rounds() if amount not in written)

    def _rounds(self) -> tuple[Decimal, ...]:
        found: list[Decimal] = []
        for power in range(self.first.adjusted(), self.last.adjusted() + 1):
            found += [factor * Decimal(10) ** power for factor in (1, 2, 5)]
        return tuple(amount for amount in found if self.first <= amount <= self.last)


def _round_amounts(near: Decimal) -> tuple[Decimal, ...]:
    """List the round amounts near an amount."""
    power = Decimal(10) ** near.adjusted()
    return tuple(power * factor for factor in (1, 2, 5, 10, 20))


def are_apart(marks: Sequence[Mark], write: Write) -> bool:
    """Check whether the words centred on marks have space between them."""
    widths = [text_width(write(mark.amount)) for mark in marks]
    return all(
        marks[index].at + widths[index] / 2 + 6 <= marks[index + 1].at - widths[index + 1] / 2
        for index in range(len(marks) - 1)
    )


def margin_for(axis: LinearAxis, write: Write) -> float:
    """Compute the width of the words on the left of an upright axis, in points."""
    return round(max(text_width(write(mark.amount)) for mark in axis.marks) + 14, 2)


def round_step(at_least: Decimal) -> Decimal:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that is at least an amount."""
    power = Decimal(1).scaleb(at_least.adjusted())
    return next(step * power for step in _ROUND_STEPS if step * power >= at_least)


def spread(wanted: Iterable[float], gap: float, lowest: float, highest: float) -> tuple[float, ...]:
    """Move positions, given in order, as little as possible so that neighbours are a gap apart between two bounds.

    Where there is no room for all, they are closer together, evenly.
    """
    places = [min(max(place, lowest), highest) for place in wanted]
    if len(places) > 1:
        gap = min(gap, (highest - lowest) / (len(places) - 1))
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    limit = highest
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - gap
    return tuple(round(place, 2) for place in places)
