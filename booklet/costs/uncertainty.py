"""Ranges → P10, P50, P80, P90 of a sum, how likely its central figure is to be enough, and what moves it.

A line is a triangle (low, central, high); one amount is a constant. Lines with one `driver` are comonotone: one
uniform number drives them all, across proposals. Everything else is independent.

No draws, so no seed, and no dependency. The lines of a driver add up to a quantile function that is, between two
modes, a·√u − b·√(1−u) plus a constant: its distribution and its partial expectation are closed forms. Each driver is
laid on one lattice in the linear split, which keeps the mean exactly (mass p_k is the second difference of E(x−X)⁺),
and the independent sums are convolutions of whole numbers: masses are integers over 2⁶⁴, and a convolution is one
multiplication of two long integers (Kronecker's substitution), exact but for a last word cut off. The split makes the
spread slightly too wide; the true variance is known, so the lattice is drawn together to it at the end. Integers, the
four operations and the square root give the same bits on every machine; the arcsine, in the variance of a driver with
lines of different shapes, may differ in its last bit, far below the cent to which results are rounded.

Percentiles are estimates: print them to three figures, and never add them (`round_to_three_figures`).
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, zip_longest
from math import asin, ceil, floor, fsum, inf, sqrt
from typing import TYPE_CHECKING

from booklet.money.euros import CENT, NOTHING, ZERO, Euros, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from booklet.content.model.proposal import Section
    from booklet.costs.costing import Costing
    from booklet.costs.portfolio import Portfolio

#: cells of the lattice in one standard deviation of the sum: the probability of a percentile is then right to a few
#: hundred-thousandths (`tests/costs/test_uncertainty.py` measures it against an exact law)
CELLS_PER_DEVIATION = 64
#: the whole of a distribution on the lattice: the largest number that one 64-bit word holds
WHOLE = 2**64 - 1
#: probabilities of the curve, as hundredths
CURVE = tuple(range(1, 100))
#: one estimate is printed on several pages: so many are made once
ESTIMATES_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class UncertainLine:
    """Hold what one line may cost; lines that name the same driver move together."""

    label: str
    driver: str | None
    amount: Range


@dataclass(frozen=True, slots=True)
class Contribution:
    """Hold the share of the variance that comes from one driver, or from one line without a driver."""

    name: str
    is_driver: bool
    labels: tuple[str, ...]
    share: Fraction


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hold the percentiles of a sum, to the cent, and its exact mean; `contributions` has the largest first.

    Lines of one known amount contribute nothing and are not listed.
    """

    p10: Euros
    p50: Euros
    p80: Euros
    p90: Euros
    mean: Euros
    central: Euros
    probability_central_is_enough: Decimal
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Quantile:
    """Hold one point of the curve: with this probability, the sum is at most this amount."""

    probability: Decimal
    amount: Euros


def estimate(lines: Iterable[UncertainLine]) -> Estimate:
    """Estimate the sum of lines; their order changes nothing, not even a cent."""
    return _estimate(tuple(lines))


@lru_cache(maxsize=ESTIMATES_KEPT)
def _estimate(lines: tuple[UncertainLine, ...]) -> Estimate:
    spread = _Spread(lines)
    total = spread.total
    return Estimate(
        p10=spread.quantile(10),
        p50=spread.quantile(50),
        p80=spread.quantile(80),
        p90=spread.quantile(90),
        mean=(total.low + total.central + total.high) * Fraction(1, 3),
        central=total.central,
        probability_central_is_enough=spread.probability_within(total.central),
        contributions=spread.contributions(),
    )


def quantile_curve(lines: Iterable[UncertainLine]) -> tuple[Quantile, ...]:
    """Give the amount that is enough with each probability from 1 % to 99 %."""
    spread = _Spread(lines)
    return tuple(Quantile(Decimal(percent) * CENT, spread.quantile(percent)) for percent in CURVE)


def estimate_proposal(costing: Costing, section: Section | None = None) -> Estimate | None:
    """Estimate the gross HT cost of a proposal in the six years, of one section or of both.

    None where a line is not costed or a range is out of order: the sum would not be that of the proposal.
    """
    lines = lines_of_proposal(costing, section)
    return None if lines is None else estimate(lines)


def estimate_portfolio(portfolio: Portfolio, section: Section | None = None) -> Estimate | None:
    """Estimate the gross HT cost of all ready proposals together: percentiles of proposals do not add up to it."""
    lines = lines_of_portfolio(portfolio, section)
    return None if lines is None else estimate(lines)


def lines_of_proposal(
    costing: Costing, section: Section | None = None, prefix: str = ""
) -> tuple[UncertainLine, ...] | None:
    """Give the lines of a proposal, HT over the six years; None where one is not known."""
    lines = tuple(
        UncertainLine(f"{prefix}{cost.line.label or cost.index + 1}", cost.line.driver, cost.ht.total)
        for cost in costing.lines
        if section in (None, cost.section)
    )
    in_order = all(line.amount.low <= line.amount.central <= line.amount.high for line in lines)
    return lines if costing.is_complete and in_order else None


def lines_of_portfolio(
    portfolio: Portfolio, section: Section | None = None
) -> tuple[UncertainLine, ...] | None:
    """Give the lines of all ready proposals, labelled `proposal: line`; None where one is not known."""
    all_lines: list[UncertainLine] = []
    for proposal in portfolio.ready:
        lines = lines_of_proposal(proposal.costing, section, f"{proposal.id}: ")
        if lines is None:
            return None
        all_lines += lines
    return tuple(all_lines)


def round_to_three_figures(*amounts: Euros) -> tuple[Decimal, ...]:
    """Round a row of estimates to one step, which leaves three significant figures to the largest, at most cents.

    One step for a whole row, so that P10 does not look more precise than P90, is the rounding rule of Australia's
    Parliamentary Budget Office (pbo.gov.au/for-parliamentarians/how-we-analyse/pbo-rounding-rules).
    """
    largest = max(abs(amount.value) for amount in amounts)
    whole = largest.numerator // largest.denominator
    exponent = len(str(whole)) - 3 if whole else -2
    step = Decimal(10**exponent) if exponent >= 0 else Decimal(1) / 10**-exponent
    return tuple(amount.rounded(step) for amount in amounts)


class _Spread:
    """Hold the law of a sum around its exact low, central and high totals."""

    def __init__(self, lines: Iterable[UncertainLine]) -> None:
        self.total = NOTHING
        groups: dict[tuple[str, int], list[UncertainLine]] = {}
        for index, line in enumerate(lines):
            amount = line.amount
            assert amount.low <= amount.central <= amount.high, f"{line.label}: range out of order"
            self.total = self.total + amount
            if amount.low < amount.high:
                group = ("", index) if line.driver is None else (line.driver, -1)
                groups.setdefault(group, []).append(line)
        movers = [(_Mover.of(group), group) for group in groups.values()]
        movers.sort(key=lambda mover: (mover[0].pieces, mover[0].mean, mover[0].variance))
        self.movers = tuple(movers)
        self.law: _Mover | _Lattice | None = None
        if len(movers) == 1:
            self.law = movers[0][0]
        elif movers:
            self.law = _Lattice([mover for mover, _ in movers])

    def quantile(self, percent: int) -> Euros:
        """Give the amount that is enough with this probability, to the cent above the low total."""
        if self.law is None:
            return self.total.low
        above = Euros(Fraction(round(self.law.quantile(percent / 100) * 100), 100))
        return min(self.total.low + max(above, ZERO), self.total.high)

    def probability_within(self, amount: Euros) -> Decimal:
        """Give the probability that the sum is at most an amount, to six decimals."""
        if self.law is None or not self.total.low < amount < self.total.high:
            return Decimal(int(amount >= self.total.high))
        probability = self.law.probability_below(float((amount - self.total.low).value))
        return Decimal(round(probability * 10**6)).scaleb(-6)

    def contributions(self) -> tuple[Contribution, ...]:
        """Share the variance out, largest share first, then by name; shares add up to 1 exactly."""
        whole = sum(Fraction(mover.variance) for mover, _ in self.movers)
        rows = []
        for mover, lines in self.movers:
            driver = lines[0].driver
            labels = tuple(sorted(line.label for line in lines))
            share = Fraction(mover.variance) / whole
            rows.append(Contribution(driver or lines[0].label, driver is not None, labels, share))
        return tuple(sorted(rows, key=lambda row: (-row.share, row.name, row.labels)))


@dataclass(frozen=True, slots=True, order=True)
class _Piece:
    """Hold Q(u) = constant + rise·√u − fall·√(1−u) from u = `start` on, where the sum reaches `reached`."""

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
        """Give the primitive of Q at u = root² = 1 − other_root²."""
        roots = self.rise * _cube(root) + self.fall * _cube(other_root)
        return self.constant * _square(root) + roots * (2 / 3)


@dataclass(frozen=True, slots=True)
class _Mover:
    """Hold the sum, above its low total, of the lines that one uniform number drives."""

    pieces: tuple[_Piece, ...]
    width: float
    mean: float
    variance: float

    @classmethod
    def of(cls, lines: Sequence[UncertainLine]) -> _Mover:
        """Add triangles that move together: each rises from 0 to its width, by a root before its mode and one after.

        Between two modes, a line past its mode is width − √(width·right·(1−u)), another is √(width·left·u).
        """
        triangles = []
        for line in lines:
            low, central, high = line.amount.low, line.amount.central, line.amount.high
            left, right = (central - low).value, (high - central).value
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
        """Give Q(u), in closed form."""
        piece = self.pieces[bisect_right(self.pieces, probability, key=lambda piece: piece.start) - 1]
        return piece.constant + piece.rise * sqrt(probability) - piece.fall * sqrt(1 - probability)

    def probability_below(self, amount: float) -> float:
        """Give the probability that the sum is at most an amount, in closed form."""
        if amount <= 0 or amount >= self.width:
            return float(amount > 0)
        piece = self.pieces[max(0, bisect_right(self.pieces, amount, key=lambda piece: piece.reached) - 1)]
        root, _ = piece.roots_at(amount)
        return root * root

    def masses(self, step: float) -> tuple[int, list[int]]:
        """Lay the sum on the lattice mean + k·step: the first k, and the masses from there on, as parts of WHOLE."""
        first, last = floor(-self.mean / step), ceil((self.width - self.mean) / step)
        expectations = [0.0, 0.0, *self._expectations(range(first + 1, last), step), last, last + 1.0]
        masses = [
            max(0, round((before - 2 * here + after) * WHOLE))
            for before, here, after in zip(expectations, expectations[1:], expectations[2:], strict=False)
        ]
        masses[masses.index(max(masses))] += WHOLE - sum(masses)
        return first, masses

    def _expectations(self, cells: range, step: float) -> Iterator[float]:
        """Give E(x − X)⁺, in steps, at the points x of the lattice, all between 0 and the width but for rounding."""
        ends = [piece.reached for piece in self.pieces[1:]] + [inf]
        areas = []  # what to take from each piece's primitive, so that the integral of Q starts at 0
        area = 0.0
        for piece, following in zip_longest(self.pieces, self.pieces[1:]):
            area -= piece.area(sqrt(piece.start), sqrt(1 - piece.start))
            areas.append(area)
            if following:
                area += piece.area(sqrt(following.start), sqrt(1 - following.start))
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


class _Lattice:
    """Hold the law of independent movers together, as masses on equal steps around the mean."""

    def __init__(self, movers: Sequence[_Mover]) -> None:
        self.mean = fsum(mover.mean for mover in movers)
        deviation = sqrt(fsum(mover.variance for mover in movers))
        laws = [mover.masses(deviation / CELLS_PER_DEVIATION) for mover in movers]
        laws.sort(key=lambda law: len(law[1]))
        while len(laws) > 1:
            # Neighbours in size first: multiplying two long integers is cheapest when they are equally long.
            pairs = [_convolve(one, other) for one, other in zip(laws[::2], laws[1::2], strict=False)]
            laws = pairs + laws[2 * len(pairs) :]
        self.first, masses = laws[0]
        self.below = list(accumulate(masses, initial=0))
        self.whole = self.below[-1]
        first_moment = sum(index * mass for index, mass in enumerate(masses))
        second_moment = sum(index * index * mass for index, mass in enumerate(masses))
        self.middle = first_moment / self.whole
        # A mass is spread evenly over its cell, which adds 1/12 to the variance.
        variance = Fraction(second_moment, self.whole) - Fraction(first_moment, self.whole) ** 2
        self.step = deviation / sqrt(variance + Fraction(1, 12))

    def quantile(self, probability: float) -> float:
        """Give the amount below which this part of the mass lies."""
        wanted = probability * self.whole
        index = max(0, bisect_left(self.below, wanted) - 1)
        part = (wanted - self.below[index]) / (self.below[index + 1] - self.below[index])
        return self.mean + (index - 0.5 + part - self.middle) * self.step

    def probability_below(self, amount: float) -> float:
        """Give the part of the mass below an amount."""
        place = (amount - self.mean) / self.step + self.middle + 0.5
        index = floor(place)
        if not 0 <= index < len(self.below) - 1:
            return float(index >= 0)
        mass = self.below[index + 1] - self.below[index]
        return (self.below[index] + (place - index) * mass) / self.whole


def _convolve(one: tuple[int, list[int]], other: tuple[int, list[int]]) -> tuple[int, list[int]]:
    """Add two independent laws on one lattice: each mass of the sum is a 128-bit digit of one product.

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
