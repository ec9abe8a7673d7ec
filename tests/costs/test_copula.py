"""A common factor behind all sums: against two million draws, against known laws, and in its limits."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from math import erfc, fsum, sqrt
from statistics import NormalDist

import pytest

from booklet.costs.copula import copula, normal_density, normal_probability
from booklet.costs.uncertainty import UncertainLine, estimate, quantile_curve
from tests.costs.test_uncertainty import (
    gao_lines,
    inverse_of_triangle,
    line,
    percentiles,
)
from tests.samples.marks import long

CORRELATION = Decimal("0.2")


def draw(lines: tuple[UncertainLine, ...], correlation: Decimal, draws: int) -> list[float]:
    """Draw sums whose normal scores have one common part, from a fixed generator, smallest first."""
    normal = random.Random(2020).gauss
    common, own = sqrt(correlation), sqrt(1 - correlation)
    sums = []
    for _ in range(draws):
        factor = common * normal(0, 1)
        uniforms: dict[object, float] = {}
        total = 0.0
        for index, each in enumerate(lines):
            key = each.driver or each.group or index
            if key not in uniforms:
                uniforms[key] = erfc(-(factor + own * normal(0, 1)) / sqrt(2)) / 2
            total += inverse_of_triangle(each, uniforms[key])
        sums.append(total)
    return sorted(sums)


def portfolio() -> tuple[UncertainLine, ...]:
    """Build twenty-four lines of several sizes and shapes, half of them with one of two drivers."""
    generator = random.Random(16)
    lines = []
    for index in range(24):
        central = generator.randrange(100, 3_000)
        low, high = central * generator.randrange(60, 101), central * generator.randrange(100, 220)
        lines.append(line(low, central * 100, high, (None, None, "a", "b")[index % 4], f"line {index}"))
    return tuple(lines)


CASES = {
    "gao": (gao_lines(), CORRELATION),
    "gao-strong": (gao_lines(), Decimal("0.6")),
    "right-triangles": ((line(0, 0, 10), line(0, 10, 10), line(0, 0, 40)), CORRELATION),
    "drivers": (portfolio(), CORRELATION),
}
#: P10, P50, P80 and P90 of two million draws of each case, and the part of them within the sum of central figures
DRAWN = {
    "gao": (76_093.70, 81_592.23, 86_827.91, 89_507.75, 0.1625),
    "gao-strong": (75_025.46, 81_548.88, 87_573.66, 90_668.59, 0.2164),
    "right-triangles": (10.12, 21.92, 33.22, 39.00, 0.0968),
    "drivers": (3_905_065.36, 4_279_271.32, 4_554_131.39, 4_697_666.18, 0.1738),
}


@pytest.mark.parametrize("name", ["gao", long("gao-strong"), "right-triangles", long("drivers")])
def test_percentiles_are_those_that_were_drawn(name: str) -> None:
    """Each percentile is the one of two million draws, within what so many draws leave open."""
    found = estimate(*CASES[name])
    *drawn, enough = DRAWN[name]
    # a standard error of P50 is some 0.05 % of what lies between P10 and P90
    within = (drawn[3] - drawn[0]) / 400
    assert [float(amount.value) for amount in percentiles(found)] == pytest.approx(drawn, abs=within)
    assert float(found.probability_central_is_enough) == pytest.approx(enough, abs=1e-3)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_two_million_draws_agree(name: str) -> None:
    """Two million draws fall below each percentile as often as it says, within four standard errors."""
    lines, correlation = CASES[name]
    draws = 2_000_000
    sums = draw(lines, correlation, draws)
    found = estimate(lines, correlation)
    for wanted, amount in zip((0.1, 0.5, 0.8, 0.9), percentiles(found), strict=True):
        share = bisect_right(sums, float(amount.value)) / draws
        assert share == pytest.approx(wanted, abs=4 * sqrt(wanted * (1 - wanted) / draws) + 1.5e-4)


@pytest.mark.parametrize("score", [-7.5, -2.0, -0.3, 0.0, 0.7, 1.5, 4.0, 9.0])
def test_the_normal_law_is_that_of_the_library(score: float) -> None:
    """Φ and its density, made of sums and products alone, are those of the machine's library."""
    assert normal_probability(score) == pytest.approx(erfc(-score / sqrt(2)) / 2, abs=1e-15)
    assert normal_density(score) == pytest.approx(NormalDist().pdf(score), rel=1e-14)


@pytest.mark.parametrize("correlation", [0.2, 0.6])
def test_the_factor_leaves_each_law_as_it_was(correlation: float) -> None:
    """Over all nodes, the uniform number of a sum is below each edge as often as the edge says."""
    model = copula(correlation)
    for at, edge in enumerate(model.edges):
        mixed = fsum(weight * row[at] for weight, row in zip(model.weights, model.below, strict=True))
        assert mixed == pytest.approx(edge, abs=2e-5)


def test_more_correlation_spreads_more() -> None:
    """The mean stays, and P10 and P90 go apart from independence to one driver for all; shares add up to 1."""
    found = [estimate(gao_lines(), Decimal(text)) for text in ("0", "0.2")]
    found.append(estimate(replace(each, driver="all") for each in gao_lines()))
    for narrow, wide in pairwise(found):
        assert wide.p10 < narrow.p10 < narrow.p50 < narrow.p90 < wide.p90
        assert wide.mean == narrow.mean
    assert all(sum(row.share for row in one.contributions) == 1 for one in found)
    # a small line has little of its own, and as much in common as any
    shares = {row.name: row.share for row in found[1].contributions}
    alone = {row.name: row.share for row in found[0].contributions}
    smallest = min(alone, key=alone.__getitem__)
    assert shares[smallest] > alone[smallest]


def test_order_changes_nothing() -> None:
    """The same lines in another order give the same estimate and curve, to the last digit."""
    lines = gao_lines()[:4]
    assert estimate(lines, CORRELATION) == estimate(lines[::-1], CORRELATION)
    curve = quantile_curve(lines, CORRELATION)
    assert curve == quantile_curve(lines[::-1], CORRELATION)
    assert all(one.amount < other.amount for one, other in pairwise(curve))


@pytest.mark.parametrize("correlation", [Decimal(0), CORRELATION])
def test_a_line_split_into_four_of_one_nature_keeps_its_percentiles(correlation: Decimal) -> None:
    """Lines of one nature that move together are as uncertain as the one line they were; apart, they are not."""
    others = (line(10, 20, 60, label="Upkeep"), line(5, 9, 10, "a", label="Rails"))
    part = line(25, 50, 150, label="Works")
    whole = estimate((line(100, 200, 600, label="Works"), *others), correlation)
    together = estimate(([replace(part, group=("bus", "works"))] * 4) + list(others), correlation)
    apart = estimate([part] * 4 + list(others), correlation)
    assert percentiles(together) == percentiles(whole)
    assert apart.p80 < whole.p80
    first = together.contributions[0]
    assert (first.name, first.nature, first.is_driver, len(first.labels)) == ("works", "works", False, 4)
    assert float(first.share) == pytest.approx(float(whole.contributions[0].share), abs=1e-9)
