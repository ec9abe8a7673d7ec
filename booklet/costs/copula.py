"""Sums that one common factor moves together: a one-factor Gaussian copula on exact triangular marginals.

The uniform number of each sum is Φ(√ρ·Z + √(1−ρ)·ε), with Z common to all and ε its own: ρ is the correlation of the
normal scores of any two. Given Z the sums are independent, so the method of `distribution` adds them, at fixed nodes
of Z. Between two nodes the law of the whole is taken from both, each moved to the mean that belongs there, in
proportion to their nearness. Given a node, the density of the uniform number is constant between fixed edges; the
marginals stay what they are without correlation. Mean and variance of the whole are known, covariances included, so
the lattice is drawn together to them at the end.

Φ is a series, its density an exponential of `decimal`, which is rounded correctly: no function of the machine's
library, whose last bit differs, so the bytes are the same everywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from math import ceil, floor, fsum, inf, sqrt
from operator import mul
from typing import TYPE_CHECKING

from booklet.costs.distribution import WHOLE, ComonotoneSum, LatticeSum, Law, convolve, split

if TYPE_CHECKING:
    from collections.abc import Sequence

#: the copula is known to these many standard deviations of Z, and of the normal score of each sum
_REACH = 4.5
#: distance of two nodes of Z, and of two edges of a sum's normal score, where nothing is correlated
_NODE, _EDGE = 0.7, 0.08
#: cells of the lattice in one standard deviation of the sum given Z: the mixture is smoother than its parts
_CELLS = 24
#: deviations between two nodes up to which the trapezoidal rule is right to less than a ten-thousandth
_NEAR = 1.3
#: points of Z between two nodes, at least
_PARTS = 4
#: more digits than a float holds
_EXACT = Context(prec=25)
_ROOT_OF_TWO_PI = sqrt(2 * 3.141592653589793)


@lru_cache(maxsize=20_000)
def normal_density(score: float) -> float:
    """Compute φ, the same bits on every machine."""
    return float(_EXACT.exp(Decimal(-score * score / 2))) / _ROOT_OF_TWO_PI


def normal_probability(score: float) -> float:
    """Compute Φ by its series of positive terms."""
    if score < 0:
        return 1 - normal_probability(-score)
    if score > 8:
        return 1.0
    term = total = score
    odd = 1
    while total + term != total:
        odd += 2
        term *= score * score / odd
        total += term
    return 0.5 + normal_density(score) * total


@dataclass(frozen=True)
class _Copula:
    """The fixed nodes of Z, and the law of a uniform number given each of them."""

    correlation: float

    @cached_property
    def spacing(self) -> float:
        """The distance of two nodes: finer where the law given Z is narrower."""
        return _NODE * sqrt(1 - self.correlation)

    @cached_property
    def nodes(self) -> tuple[float, ...]:
        """The nodes, symmetric around 0."""
        return _grid(self.spacing)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """The weights of the trapezoidal rule, which is exact to many digits for smooth functions of Z."""
        densities = [normal_density(node) for node in self.nodes]
        return tuple(density / fsum(densities) for density in densities)

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The normal scores of the inner edges."""
        return _grid(_EDGE * sqrt(1 - self.correlation))

    @cached_property
    def edges(self) -> tuple[float, ...]:
        """The edges in [0, 1] between which the density of a uniform number is constant."""
        return (0.0, *map(normal_probability, self.scores), 1.0)

    @cached_property
    def below(self) -> tuple[tuple[float, ...], ...]:
        """For each node, the probability that the uniform number is below each edge."""
        root, other_root = sqrt(self.correlation), sqrt(1 - self.correlation)
        return tuple(
            (0.0, *(normal_probability((score - root * node) / other_root) for score in self.scores), 1.0)
            for node in self.nodes
        )

    @cached_property
    def densities(self) -> tuple[tuple[float, ...], ...]:
        """For each node, the density of the uniform number after each edge."""
        widths = [after - before for before, after in pairwise(self.edges)]
        return tuple(
            tuple(
                (after - before) / width for (before, after), width in zip(pairwise(row), widths, strict=True)
            )
            for row in self.below
        )


copula = lru_cache(maxsize=8)(_Copula)


def _grid(spacing: float) -> tuple[float, ...]:
    last = ceil(_REACH / spacing)
    return tuple(index * spacing for index in range(-last, last + 1))


class _Mover:
    """One sum that the factor moves, given each node."""

    def __init__(self, law: ComonotoneSum, model: _Copula) -> None:
        self.law, self.model = law, model
        self.offsets = law.offsets()
        starts = [piece.start for piece in law.pieces]
        self.areas = []  # the integral of the quantile function to each edge
        for edge in model.edges:
            at = bisect_right(starts, edge) - 1
            self.areas.append(self.offsets[at] + law.pieces[at].area(sqrt(edge), sqrt(1 - edge)))
        parts = [after - before for before, after in pairwise(self.areas)]
        self.partial = [
            tuple(accumulate(map(mul, densities, parts), initial=0.0)) for densities in model.densities
        ]
        #: what each node adds to the mean
        self.shifts = [row[-1] - law.mean for row in self.partial]

    def laws(self, step: float) -> list[Law]:
        """Lay the sum on the lattice mean + k·step, given each node."""
        law, edges = self.law, self.model.edges
        first, last = floor(-law.mean / step), ceil((law.width - law.mean) / step)
        ends = [piece.reached for piece in law.pieces[1:]] + [inf]
        at = 0
        points = []  # of each cell: its interval, its amount, and what the interval adds for a density of one
        for cell in range(first + 1, last):
            amount = law.mean + cell * step
            while amount >= ends[at]:
                at += 1
            piece = law.pieces[at]
            root, other_root = piece.roots_at(amount)
            uniform = root * root
            interval = min(bisect_right(edges, uniform), len(edges) - 1) - 1
            area = self.offsets[at] + piece.area(root, other_root) - self.areas[interval]
            points.append((interval, amount, amount * (uniform - edges[interval]) - area))
        model = zip(self.model.below, self.model.densities, self.partial, self.shifts, strict=True)
        found = []
        for below, densities, partial, shift in model:
            ends_at = last - shift / step
            expectations = [
                (amount * below[interval] - partial[interval] + densities[interval] * rest) / step
                for interval, amount, rest in points
            ]
            found.append(_trim(first, split([0.0, 0.0, *expectations, ends_at, ends_at + 1])))
        return found


class CorrelatedSums:
    """Sums that one factor moves: the law of the whole, and the covariance of each with it."""

    def __init__(self, sums: Sequence[ComonotoneSum], correlation: float) -> None:
        self.model = model = copula(correlation)
        self.movers = [_Mover(one, model) for one in sums]
        self.shifts = [fsum(column) for column in zip(*(mover.shifts for mover in self.movers), strict=True)]
        #: the covariance of each sum with the whole
        self.covariances = [
            mover.law.variance
            + fsum(
                weight * shift * (whole - shift)
                for weight, shift, whole in zip(model.weights, mover.shifts, self.shifts, strict=True)
            )
            for mover in self.movers
        ]

    def law(self) -> LatticeSum:
        """Mix the laws of the whole given each node, moved between nodes as its mean moves."""
        common = fsum(
            weight * shift * shift for weight, shift in zip(self.model.weights, self.shifts, strict=True)
        )
        deviation = sqrt(fsum(self.covariances))
        own = sqrt(max(fsum(self.covariances) - common, 0.0))
        step = own / _CELLS
        by_mover = [mover.laws(step) for mover in self.movers]
        moves = self._moves(own)
        laws = [convolve([*given, _lay(move, step)]) for *given, move in zip(*by_mover, moves, strict=True)]
        first = min(law[0] for law in laws)
        masses = [0] * (max(start + len(law) for start, law in laws) - first)
        for (start, law), move in zip(laws, moves, strict=True):
            weight = round(fsum(part for part, _ in move) * WHOLE)
            place = slice(start - first, start - first + len(law))
            masses[place] = [mass + weight * more for mass, more in zip(masses[place], law, strict=True)]
        return LatticeSum(masses, fsum(mover.law.mean for mover in self.movers), deviation)

    def _moves(self, deviation: float) -> list[list[tuple[float, float]]]:
        """For each node, the points of Z around it: the weight of each, and how far the mean moves from the node.

        The mean is a cubic through four nodes. Neighbouring points move it by less than a deviation. Where the nodes
        themselves do, they are enough.
        """
        model, shifts = self.model, self.shifts
        widest = max(after - before for before, after in pairwise(shifts))
        if widest < deviation * _NEAR:
            return [[(weight, 0.0)] for weight in model.weights]
        parts = max(_PARTS, ceil(widest / deviation))
        found = []
        for index, node in enumerate(model.nodes):
            start = min(max(index - 1, 0), len(shifts) - 4)
            points = []
            for part in range(1 - parts, parts):
                away = part / parts
                weight = (1 - abs(away)) * normal_density(node + away * model.spacing)
                points.append(
                    (weight, _cubic(shifts[start : start + 4], index - start + away) - shifts[index])
                )
            found.append(points)
        whole = fsum(weight for points in found for weight, _ in points)
        return [[(weight / whole, move) for weight, move in points] for points in found]


def _cubic(values: Sequence[float], place: float) -> float:
    """Interpolate four values at 0, 1, 2 and 3."""
    one, two, three = place - 1, place - 2, place - 3
    return (
        -one * two * three / 6 * values[0]
        + place * two * three / 2 * values[1]
        - place * one * three / 2 * values[2]
        + place * one * two / 6 * values[3]
    )


def _lay(points: Sequence[tuple[float, float]], step: float) -> Law:
    """Lay points on the lattice, each split between its two neighbours."""
    places = [floor(amount / step) for _, amount in points]
    first = min(places)
    masses = [0] * (max(places) - first + 2)
    whole = fsum(weight for weight, _ in points)
    for (weight, amount), place in zip(points, places, strict=True):
        mass, after = round(weight / whole * WHOLE), amount / step - place
        further = round(weight / whole * after * WHOLE)
        masses[place - first] += mass - further
        masses[place - first + 1] += further
    masses[masses.index(max(masses))] += WHOLE - sum(masses)
    return _trim(first, masses)


def _trim(first: int, masses: list[int]) -> Law:
    """Leave out the empty cells at both ends: far from a node there is nothing."""
    start = next(index for index, mass in enumerate(masses) if mass)
    end = next(index for index in range(len(masses), 0, -1) if masses[index - 1])
    return first + start, masses[start:end]
