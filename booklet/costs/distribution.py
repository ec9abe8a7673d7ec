"""Triangular amounts → the distribution of their sum, exact for one driver, on a lattice for independent ones.

`uncertainty` explains the method and its precision.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, zip_longest
from math import asin, ceil, floor, fsum, inf, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.money.euros import Range

#: cells of the lattice in one standard deviation of the sum: the probability of a percentile is then right to a few
#: hundred-thousandths (`tests/costs/test_uncertainty.py` measures it against an exact law)
CELLS_PER_DEVIATION = 64
#: the whole of a distribution on the lattice: the largest number that one 64-bit word holds
WHOLE = 2**64 - 1
#: a distribution on a lattice: the number of its first point, and the masses from there on, as parts of WHOLE
Law = tuple[int, list[int]]


@dataclass(frozen=True, slots=True, order=True)
class _Piece:
    """Piece of a quantile function: Q(u) = constant + rise·√u − fall·√(1−u) from u = `start`, where Q is `reached`."""

    start: float
    reached: float
    constant: float
    rise: float
    fall: float

    def roots_at(self, amount: float) -> tuple[float, float]:
        """Solve Q(u) = amount for √u and √(1−u): a point of the unit circle on a line."""
        square = _square(self.rise) + _square(self.fall)
        height = amount - self.constant
        rest = sqrt(max(0.0, square - _square(height)))
        return (
            min(1.0, max(0.0, (self.rise * height + self.fall * rest) / square)),
            min(1.0, max(0.0, (self.rise * rest - self.fall * height) / square)),
        )

    def area(self, root: float, other_root: float) -> float:
        """Compute the primitive of Q at u = root² = 1 − other_root²."""
        roots = self.rise * _cube(root) + self.fall * _cube(other_root)
        return self.constant * _square(root) + roots * (2 / 3)


@dataclass(frozen=True, slots=True)
class ComonotoneSum:
    """The sum, above its low total, of amounts that one uniform number drives."""

    pieces: tuple[_Piece, ...]
    width: float
    mean: float
    variance: float

    @classmethod
    def of(cls, amounts: Sequence[Range]) -> ComonotoneSum:
        """Add triangular amounts that move together: each quantile function is a root before the mode and one after.

        Between two modes, an amount past its mode is width − √(width·right·(1−u)), another is √(width·left·u).
        """
        triangles = []
        for amount in amounts:
            left, right = (amount.central - amount.low).value, (amount.high - amount.central).value
            triangles.append((float(left / (left + right)), float(left), float(right)))
        triangles.sort()
        widths = [left + right for _, left, right in triangles]
        rises = [sqrt((left + right) * left) for _, left, right in triangles]
        falls = [sqrt((left + right) * right) for _, left, right in triangles]
        constant = list(accumulate(widths, initial=0.0))
        fall = list(accumulate(falls, initial=0.0))
        rise = list(accumulate(reversed(rises), initial=0.0))[::-1]
        modes = [mode for mode, _, _ in triangles]
        pieces = []
        for start in sorted({0.0, *modes} - {1.0}):
            passed = bisect_right(modes, start)
            reached = constant[passed] + rise[passed] * sqrt(start) - fall[passed] * sqrt(1 - start)
            pieces.append(_Piece(start, reached, constant[passed], rise[passed], fall[passed]))
        mean = fsum((2 * left + right) / 3 for _, left, right in triangles)
        return cls(tuple(pieces), constant[-1], mean, _variance(pieces, mean, triangles))

    def quantile(self, probability: float) -> float:
        """Compute Q(u), in closed form."""
        piece = self.pieces[bisect_right(self.pieces, probability, key=lambda piece: piece.start) - 1]
        return piece.constant + piece.rise * sqrt(probability) - piece.fall * sqrt(1 - probability)

    def probability_below(self, amount: float) -> float:
        """Compute the probability that the sum is at most an amount, in closed form."""
        if amount <= 0 or amount >= self.width:
            return float(amount > 0)
        piece = self.pieces[max(0, bisect_right(self.pieces, amount, key=lambda piece: piece.reached) - 1)]
        root, _ = piece.roots_at(amount)
        return root * root

    def masses(self, step: float) -> Law:
        """Lay the sum on the lattice mean + k·step."""
        first, last = floor(-self.mean / step), ceil((self.width - self.mean) / step)
        expectations = [0.0, 0.0, *self._expectations(range(first + 1, last), step), last, last + 1.0]
        return first, split(expectations)

    def offsets(self) -> list[float]:
        """Compute what each piece's primitive lacks, so that the integral of Q starts at 0."""
        areas = []
        area = 0.0
        for piece, following in zip_longest(self.pieces, self.pieces[1:]):
            area -= piece.area(sqrt(piece.start), sqrt(1 - piece.start))
            areas.append(area)
            if following:
                area += piece.area(sqrt(following.start), sqrt(1 - following.start))
        return areas

    def _expectations(self, cells: range, step: float) -> Iterator[float]:
        """Compute E(x − X)⁺, in steps, at the points x of the lattice, all between 0 and the width but for rounding."""
        ends = [piece.reached for piece in self.pieces[1:]] + [inf]
        areas = self.offsets()
        at = 0
        for cell in cells:
            amount = self.mean + cell * step
            while amount >= ends[at]:
                at += 1
            piece = self.pieces[at]
            root, other_root = piece.roots_at(amount)
            yield (amount * root * root - areas[at] - piece.area(root, other_root)) / step


def _square(number: float) -> float:
    """Multiply a number by itself; `**` calls the machine's `pow`, whose last bit differs between machines."""
    return number * number


def _cube(number: float) -> float:
    return number * number * number


def _variance(
    pieces: Sequence[_Piece], mean: float, triangles: Sequence[tuple[float, float, float]]
) -> float:
    """Integrate (Q(u) − mean)² over all u; one triangle has a shorter formula, which needs no arcsine."""
    if len(triangles) == 1:
        _, left, right = triangles[0]
        return (left * left + left * right + right * right) / 18
    variance = 0.0
    for piece, following in zip_longest(pieces, pieces[1:]):
        for start, sign in ((piece.start, -1), (following.start if following else 1.0, 1)):
            root, other_root = sqrt(start), sqrt(1 - start)
            constant = piece.constant - mean
            product = (asin(root) - root * other_root * (1 - 2 * start)) / 4  # ∫ √(u(1−u)) du
            variance += sign * (
                _square(constant) * start
                + constant * (piece.rise * _cube(root) + piece.fall * _cube(other_root)) * (4 / 3)
                + (_square(piece.rise * start) - _square(piece.fall * (1 - start))) / 2
                - 2 * piece.rise * piece.fall * product
            )
    return variance


def split(expectations: Sequence[float]) -> list[int]:
    """Take the second differences of E(x − X)⁺: the masses of the linear split, which keeps the mean."""
    masses = [
        max(0, round((before - 2 * here + after) * WHOLE))
        for before, here, after in zip(expectations, expectations[1:], expectations[2:], strict=False)
    ]
    masses[masses.index(max(masses))] += WHOLE - sum(masses)
    return masses


class LatticeSum:
    """A sum as masses on a lattice of equal steps, drawn together around its mean to its true deviation."""

    def __init__(self, masses: Sequence[int], mean: float, deviation: float) -> None:
        self.mean = mean
        self.below = list(accumulate(masses, initial=0))
        self.whole = self.below[-1]
        first_moment = sum(index * mass for index, mass in enumerate(masses))
        second_moment = sum(index * index * mass for index, mass in enumerate(masses))
        self.middle = first_moment / self.whole
        # A mass is spread evenly over its cell, which adds 1/12 to the variance.
        variance = Fraction(second_moment, self.whole) - Fraction(first_moment, self.whole) ** 2
        self.step = deviation / sqrt(variance + Fraction(1, 12))

    @classmethod
    def of_independent(cls, sums: Sequence[ComonotoneSum]) -> LatticeSum:
        """Add independent sums."""
        deviation = sqrt(fsum(one.variance for one in sums))
        _, masses = convolve([one.masses(deviation / CELLS_PER_DEVIATION) for one in sums])
        return cls(masses, fsum(one.mean for one in sums), deviation)

    def quantile(self, probability: float) -> float:
        """Compute the amount below which this part of the mass lies."""
        wanted = probability * self.whole
        index = max(0, bisect_left(self.below, wanted) - 1)
        part = (wanted - self.below[index]) / (self.below[index + 1] - self.below[index])
        return self.mean + (index - 0.5 + part - self.middle) * self.step

    def probability_below(self, amount: float) -> float:
        """Compute the part of the mass below an amount."""
        place = (amount - self.mean) / self.step + self.middle + 0.5
        index = floor(place)
        if not 0 <= index < len(self.below) - 1:
            return float(index >= 0)
        mass = self.below[index + 1] - self.below[index]
        return (self.below[index] + (place - index) * mass) / self.whole


def convolve(laws: Sequence[Law]) -> Law:
    """Add independent distributions on one lattice."""
    laws = sorted(laws, key=lambda law: len(law[1]))
    while len(laws) > 1:
        # Neighbours in size first: multiplying two long integers is cheapest when they are equally long.
        pairs = [_convolve(one, other) for one, other in zip(laws[::2], laws[1::2], strict=False)]
        laws = pairs + laws[2 * len(pairs) :]
    return laws[0]


def _convolve(one: Law, other: Law) -> Law:
    """Convolve two independent distributions on one lattice: each mass of the sum is a 128-bit digit of one product.

    No digit overflows, since all of them together are at most WHOLE². The upper word of each is kept: what is cut off
    is less than 2⁻⁶⁴ a cell.
    """
    product = _pack(one[1]) * _pack(other[1])
    cells = len(one[1]) + len(other[1]) - 1
    masses = list(struct.unpack(f"<{2 * cells}Q", product.to_bytes(16 * cells, "little"))[1::2])
    start = next(index for index, mass in enumerate(masses) if mass)
    end = next(index for index in range(cells, 0, -1) if masses[index - 1])
    return one[0] + other[0] + start, masses[start:end]


def _pack(masses: Sequence[int]) -> int:
    words = [0] * (2 * len(masses))
    words[::2] = masses
    return int.from_bytes(struct.pack(f"<{len(words)}Q", *words), "little")
