"""Percentiles of a sum of ranges: GAO's published example, an exact law, a simulation, and the limits of each case."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from bisect import bisect_right
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import factorial, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.decode import decode
from booklet.content.model.edition import Prices
from booklet.content.model.proposal import Proposal
from booklet.content.proposal_files import ProposalDocument
from booklet.content.yaml.parse import parse
from booklet.costs.costing import cost_proposal
from booklet.costs.portfolio import CostedProposal, Portfolio
from booklet.costs.uncertainty import (
    Estimate,
    UncertainLine,
    estimate,
    estimate_portfolio,
    estimate_proposal,
    lines_of_portfolio,
    lines_of_proposal,
    quantile_curve,
    round_to_three_figures,
)
from booklet.money.calendar import Month, Term
from booklet.money.euros import CENT, NOTHING, ZERO, Euros, Range
from tests.samples.marks import long

if TYPE_CHECKING:
    from collections.abc import Callable

GAO = Path(__file__).resolve().parents[1] / "data" / "gao_table12.csv"
ONE_CENT = Euros.of(CENT)
TERM = Term(Month(2020, 7), 2021)
PRICES = Prices.model_validate({"year": "2020", "basis": "ht"})


def line(low: Any, central: Any, high: Any, driver: str | None = None, label: str = "x") -> UncertainLine:
    return UncertainLine(label, driver, Range(Euros.of(low), Euros.of(central), Euros.of(high)))


@cache
def gao_lines() -> tuple[UncertainLine, ...]:
    rows = csv.DictReader(text for text in GAO.read_text("utf-8").splitlines() if not text.startswith("#"))
    return tuple(
        line(row["minimum"], row["most_likely"], row["maximum"], label=row["element"]) for row in rows
    )


def percentiles(found: Estimate) -> tuple[Euros, ...]:
    return (found.p10, found.p50, found.p80, found.p90)


def exact_law(lines: tuple[UncertainLine, ...]) -> Callable[[Euros], float]:
    """P(sum ≤ amount) for independent triangles, in rational numbers.

    A triangle's density is twice the integral of three spikes; a sum's is 2n times that of their product.
    """
    spikes = {Fraction(0): Fraction(1)}
    for each in lines:
        low, mode, high = each.amount.low.value, each.amount.central.value, each.amount.high.value
        up, down = 2 / ((high - low) * (mode - low)), 2 / ((high - low) * (high - mode))
        product: dict[Fraction, Fraction] = {}
        for place, weight in spikes.items():
            for move, factor in ((low, up), (mode, -up - down), (high, down)):
                product[place + move] = product.get(place + move, Fraction(0)) + weight * factor
        spikes = product
    power = 2 * len(lines)

    def probability(amount: Euros) -> float:
        terms = (
            weight * (amount.value - place) ** power
            for place, weight in spikes.items()
            if place < amount.value
        )
        return float(sum(terms) / factorial(power))

    return probability


def inverse_of_triangle(each: UncertainLine, uniform: float) -> float:
    low, mode, high = (
        float(amount.value) for amount in (each.amount.low, each.amount.central, each.amount.high)
    )
    if low == high:
        return low
    if uniform * (high - low) < mode - low:
        return low + sqrt(uniform * (high - low) * (mode - low))
    return high - sqrt((1 - uniform) * (high - low) * (high - mode))


def simulate(lines: tuple[UncertainLine, ...], draws: int) -> list[float]:
    """Draw sums from raw uniforms of a fixed generator, one uniform for each driver, smallest first."""
    generator = random.Random(2020)
    sums = []
    for _ in range(draws):
        uniforms: dict[str, float] = {}
        total = 0.0
        for each in lines:
            uniform = generator.random()
            if each.driver is not None:
                uniform = uniforms.setdefault(each.driver, uniform)
            total += inverse_of_triangle(each, uniform)
        sums.append(total)
    return sorted(sums)


# --- published and exact figures ---------------------------------------------------------------------------------


def test_published_example_is_reproduced() -> None:
    """GAO's seven lines give the percentiles of two million draws, and 12.6 % for the sum of likeliest figures."""
    found = estimate(gao_lines())
    assert [float(amount.value) for amount in percentiles(found)] == pytest.approx(
        [76_717, 81_602, 86_448, 88_917], abs=100
    )
    assert float(found.probability_central_is_enough) == pytest.approx(0.126, abs=0.003)
    assert found.central == Euros.of(77_092)
    assert found.mean == Euros(Fraction(69_355 + 77_092 + 100_285, 3))
    assert [row.name for row in found.contributions[:2]] == ["Software", "Propulsion"]


@pytest.mark.parametrize(
    "lines",
    [
        gao_lines(),
        (line(0, 1_000, 10_000), line(0, 9_000, 10_000)),
        (line(-3_000, 2_000, 4_000), line(0, 5_000, 6_000), line(10_000, 11_000, 30_000)),
        tuple(line(10_000, 11_000 + 100 * step, 15_000) for step in range(7)),
        (line(0, 10**9, 3 * 10**9), line(0, 1, 2), line(0, "0.01", "0.03")),
    ],
    ids=["gao", "mirrored", "three", "alike", "huge-and-tiny"],
)
def test_percentiles_are_those_of_the_exact_law(lines: tuple[UncertainLine, ...]) -> None:
    """The probability of each percentile, computed in rational numbers, is off by less than one ten-thousandth."""
    probability = exact_law(lines)
    found = estimate(lines)
    assert [probability(amount) for amount in percentiles(found)] == pytest.approx(
        [0.1, 0.5, 0.8, 0.9], abs=1e-4
    )
    assert float(found.probability_central_is_enough) == pytest.approx(probability(found.central), abs=1e-4)


@pytest.mark.parametrize(
    "lines",
    [
        gao_lines(),
        (line(0, 0, 10, "a"), line(0, 10, 10, "a"), line(0, 3, 9, "a"), line(5, 6, 20), line(7, 7, 7, "a")),
        long(
            (line(0, 0, 10), line(0, 0, 12, "a"), line(0, 1, 1, "b"), line(2, 3, 4, "a"), line(0, 2, 5, "b"))
        ),
        long(tuple(line(0, step % 4, 4, "abcd"[step % 4]) for step in range(12))),
    ],
    ids=["independent", "one-driver-and-one-line", "right-triangles", "four-drivers"],
)
def test_a_simulation_agrees(lines: tuple[UncertainLine, ...]) -> None:
    """Forty thousand draws fall below each percentile as often as it says, within four standard errors."""
    draws = 40_000
    sums = simulate(lines, draws)
    found = estimate(lines)
    asked = (0.1, 0.5, 0.8, 0.9, float(found.probability_central_is_enough))
    for wanted, amount in zip(asked, (*percentiles(found), found.central), strict=True):
        share = bisect_right(sums, float(amount.value)) / draws
        assert share == pytest.approx(wanted, abs=4 * sqrt(wanted * (1 - wanted) / draws) + 1e-4)


def test_shares_of_variance_are_those_of_a_simulation() -> None:
    """Lines of different shapes under one driver weigh as much as draws of them say."""
    driven = (line(0, 0, 10, "a"), line(0, 10, 10, "a"), line(0, 3, 9, "a"))
    alone = line(0, 5, 20)

    def variance(lines: tuple[UncertainLine, ...]) -> float:
        steps = [sum(inverse_of_triangle(each, (k + 0.5) / 20_000) for each in lines) for k in range(20_000)]
        mean = sum(steps) / len(steps)
        return sum((step - mean) ** 2 for step in steps) / len(steps)

    first, second = estimate((*driven, alone)).contributions
    assert (first.name, first.is_driver, first.labels) == ("a", True, ("x", "x", "x"))
    assert (second.name, second.is_driver) == ("x", False)
    expected = variance(driven) / (variance(driven) + variance((alone,)))
    assert float(first.share) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("count", [100, 2_000])
def test_many_alike_lines_approach_the_normal_law(count: int) -> None:
    """Many lines, each narrower than a few cells of the lattice, keep the spread that their variances add up to."""
    found = estimate([line(1_000, 2_000, 3_000)] * count)
    deviation = sqrt(count * 2_000**2 / 24)
    expected = [2_000 * count + quantile * deviation for quantile in (-1.28155, 0, 0.84162, 1.28155)]
    assert [float(amount.value) for amount in percentiles(found)] == pytest.approx(
        expected, abs=deviation / 500
    )


# --- limits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [(), (line(5, 5, 5),), (line(1, 1, 1), line("0.10", "0.10", "0.10", "a"))])
def test_known_amounts_are_certain(lines: tuple[UncertainLine, ...]) -> None:
    """A sum of known amounts, or of none, is its own percentile, is surely enough, and nothing moves it."""
    total = sum((each.amount for each in lines), NOTHING).central
    found = estimate(lines)
    assert set(percentiles(found)) == {total} == {found.mean}
    assert found.probability_central_is_enough == 1
    assert found.contributions == ()


def test_one_line_has_the_percentiles_of_its_triangle() -> None:
    """One line needs no lattice: its percentiles are the inverse of the triangle, to the cent."""
    found = estimate((line(10, 20, 50),))
    assert found.p50.rounded() == round(Decimal(50 - sqrt(0.5 * 40 * 30)), 2)
    assert found.probability_central_is_enough == Decimal("0.25")
    assert [row.share for row in found.contributions] == [1]


@pytest.mark.parametrize(("central", "expected"), [(0, 0), (10, 1)])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_central_at_an_end_is_never_or_always_enough(central: int, expected: int, count: int) -> None:
    """When every central figure is the lowest it is never enough, and when it is the highest it always is."""
    assert estimate([line(0, central, 10)] * count).probability_central_is_enough == expected


def test_ranges_of_no_width_change_nothing_but_the_place() -> None:
    """A known amount among uncertain lines shifts every percentile by exactly itself."""
    shifted = estimate((*gao_lines(), line("1000.01", "1000.01", "1000.01", "any")))
    for moved, amount in zip(percentiles(shifted), percentiles(estimate(gao_lines())), strict=True):
        assert moved == amount + Euros.of("1000.01")


def test_a_range_out_of_order_is_our_own_fault() -> None:
    """The checks stop ranges out of order: one that comes so far is an assertion."""
    with pytest.raises(AssertionError, match="out of order"):
        estimate((line(2, 1, 3),))


# --- properties --------------------------------------------------------------------------------------------------

amounts = st.decimals(0, 10**7, places=2)
uncertain_lines = st.lists(
    st.builds(
        lambda three, driver: line(min(three), sorted(three)[1], max(three), driver),
        st.tuples(amounts, amounts, amounts),
        st.sampled_from([None, None, "salaires", "chantiers"]),
    ),
    max_size=6,
).map(tuple)


@given(uncertain_lines, st.randoms(use_true_random=False))
def test_order_of_lines_changes_nothing(lines: tuple[UncertainLine, ...], shuffler: random.Random) -> None:
    """The same lines in another order give the same estimate, to the last digit."""
    named = [replace(each, label=f"line {index}") for index, each in enumerate(lines)]
    shuffled = list(named)
    shuffler.shuffle(shuffled)
    assert estimate(shuffled) == estimate(named)


@given(uncertain_lines)
def test_percentiles_are_in_order_and_within_the_range(lines: tuple[UncertainLine, ...]) -> None:
    """Percentiles never decrease and never leave the sums of low and high figures; shares add up to 1."""
    total = sum((each.amount for each in lines), NOTHING)
    found = estimate(lines)
    ordered = [total.low, *percentiles(found), total.high]
    assert ordered == sorted(ordered)
    assert total.low <= found.mean <= total.high
    assert 0 <= found.probability_central_is_enough <= 1
    assert sum(row.share for row in found.contributions) == (1 if total.low < total.high else 0)
    shares = [row.share for row in found.contributions]
    assert shares == sorted(shares, reverse=True)


@given(uncertain_lines, st.sampled_from([Fraction(1, 1000), Fraction(1, 3), Fraction(7), Fraction(10**6)]))
def test_percentiles_scale(lines: tuple[UncertainLine, ...], factor: Fraction) -> None:
    """Amounts in another unit give the same percentiles in that unit, within a cent of either."""
    scaled = estimate(replace(each, amount=each.amount * factor) for each in lines)
    within = ONE_CENT * (1 + factor)
    for amount, original in zip(percentiles(scaled), percentiles(estimate(lines)), strict=True):
        assert original * factor - within <= amount <= original * factor + within


@given(uncertain_lines)
def test_moving_together_spreads_at_least_as_much(lines: tuple[UncertainLine, ...]) -> None:
    """One driver for all lines gives percentiles whose expected excess is never below that of independent lines."""
    together = quantile_curve(replace(each, driver="all") for each in lines)
    apart = quantile_curve(replace(each, driver=None) for each in lines)
    # What lies above a percentile weighs more when lines move together: the sums of the upper quantiles are larger
    # (convex order), and those of the lower ones smaller. The lattice is right to a small part of the deviation.
    width = sum((each.amount.high - each.amount.low for each in lines), ZERO)
    margin = width * Fraction(1, 1000) * len(together)
    for start in (50, 75, 90):
        above = [sum((point.amount for point in curve[start:]), ZERO) for curve in (together, apart)]
        below = [sum((point.amount for point in curve[: 99 - start]), ZERO) for curve in (together, apart)]
        assert above[0] + margin >= above[1]
        assert below[0] <= below[1] + margin


def test_lines_of_one_shape_under_one_driver_are_one_line() -> None:
    """Three equal lines that move together are one line three times as large."""
    together = estimate([line(10, 20, 50, "a")] * 3)
    assert percentiles(together) == percentiles(estimate((line(30, 60, 150),)))


def test_curve_rises_through_the_percentiles() -> None:
    """The curve has one point for each hundredth and goes through P10, P50, P80 and P90."""
    curve = quantile_curve(gao_lines())
    found = estimate(gao_lines())
    assert [point.probability for point in curve] == [Decimal(percent) / 100 for percent in range(1, 100)]
    assert [curve[percent - 1].amount for percent in (10, 50, 80, 90)] == list(percentiles(found))
    assert all(one.amount < other.amount for one, other in pairwise(curve))


# --- proposals ---------------------------------------------------------------------------------------------------


def cost_line(label: str, section: str, unit_cost: object, driver: str | None = None) -> dict[str, object]:
    written = {"label": label, "section": section, "nature": "works", "quantity": 10, "vat": "20 %"}
    spread = {"unit_cost": unit_cost, "spread": {2021: 4, 2023: 6}}
    return {**written, **spread, **({"driver": driver} if driver else {})}


def costed(id: str, *lines: dict[str, object], status: str = "ready") -> CostedProposal:
    text = yaml.safe_dump({"status": status, "costs": list(lines)}, allow_unicode=True, sort_keys=False)
    parsed = parse(f"proposals/rues/{id}.yaml", text.encode())
    assert parsed.root is not None
    read, _ = decode(Proposal, parsed.source, parsed.root)
    document = ProposalDocument(read.value, read.node, read.source, read.broken, id=id, domain="rues")
    return CostedProposal(document, cost_proposal(document.value, TERM, PRICES))


def spread(low: int, central: int, high: int) -> dict[str, str]:
    return {"low": f"{low} €", "central": f"{central} €", "high": f"{high} €"}


WORKS = cost_line("Works", "investissement", spread(100, 150, 300), "chantiers")
UPKEEP = cost_line("Upkeep", "fonctionnement", spread(10, 20, 40))
KNOWN = cost_line("Survey", "investissement", "70 €")


def test_a_proposal_is_estimated_over_six_years_by_section_and_whole() -> None:
    """The lines of a proposal are its gross HT costs in the six years; a section has its own lines only."""
    tram = costed("tram", WORKS, UPKEEP, KNOWN)
    lines = lines_of_proposal(tram)
    assert lines is not None
    assert [each.label for each in lines] == ["Works", "Upkeep", "Survey"]
    assert lines[0] == line(1000, 1500, 3000, "chantiers", "Works")
    assert estimate_proposal(tram) == estimate(lines)
    assert estimate_proposal(tram, "investissement") == estimate((lines[0], lines[2]))
    assert estimate_proposal(tram, "fonctionnement") == estimate(lines[1:2])


@pytest.mark.parametrize(
    "unit_cost", [{"low": "1 €", "central": "2 €"}, spread(3, 2, 4)], ids=["hole", "disorder"]
)
def test_what_is_not_known_is_not_estimated(unit_cost: dict[str, str]) -> None:
    """A line without its cost, or with a range out of order, leaves proposal and portfolio without an estimate."""
    proposal = costed("tram", WORKS, cost_line("Rails", "investissement", unit_cost))
    assert estimate_proposal(proposal) is None
    assert estimate_portfolio(Portfolio(TERM, (proposal,), ())) is None


def test_a_driver_moves_lines_across_proposals() -> None:
    """In the portfolio, lines of two proposals with one driver are one contribution; drafts do not count."""
    first, second, draft = (
        costed("bus", WORKS, UPKEEP),
        costed("tram", WORKS),
        costed("vélo", WORKS, status="draft"),
    )
    portfolio = Portfolio(TERM, (first, second), (draft,))
    found = estimate_portfolio(portfolio)
    assert found is not None
    assert [(row.name, row.labels) for row in found.contributions] == [
        ("chantiers", ("bus: Works", "tram: Works")),
        ("bus: Upkeep", ("bus: Upkeep",)),
    ]
    whole = estimate_portfolio(portfolio, "investissement")
    alone = estimate_proposal(second, "investissement")
    assert whole is not None
    assert alone is not None
    twice = (alone.p90 - alone.p10) * 2
    assert float((whole.p90 - whole.p10).value) == pytest.approx(float(twice.value), abs=0.04)


# --- printing, speed, sameness -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "printed"),
    [
        (["1456.789"], ["1460"]),
        (["76714.30", "81602.57", "86446.08", "88909.56"], ["76700", "81600", "86400", "88900"]),
        (["99500000", "104500000"], ["100000000", "104000000"]),
        (["999.7"], ["1000"]),
        (["12.345", "3.333"], ["12.3", "3.3"]),
        (["0.126"], ["0.13"]),
        (["0", "0"], ["0", "0"]),
    ],
)
def test_a_row_is_rounded_to_one_step(row: list[str], printed: list[str]) -> None:
    """The largest amount of a row keeps three figures, and the others take its step."""
    assert round_to_three_figures(*map(Euros.of, row)) == tuple(map(Decimal, printed))


def portfolio_of(proposals: int) -> Portfolio:
    generator = random.Random(60)
    ready = []
    for number in range(proposals):
        rows = []
        for index in range(8):
            central = generator.randrange(100, 100_000)
            low, high = (
                central * generator.randrange(60, 100) // 100,
                central * generator.randrange(101, 200) // 100,
            )
            section = ("investissement", "fonctionnement")[index % 2]
            driver = generator.choice([None, None, None, f"d{generator.randrange(20)}"])
            rows.append(cost_line(f"line {index}", section, spread(low, central, high), driver))
        ready.append(costed(f"p{number}", *rows))
    return Portfolio(TERM, tuple(ready), ())


def test_sixty_proposals_and_their_portfolio_are_estimated() -> None:
    """Sixty proposals of eight lines, each section and both, and the portfolio with its curve, all have estimates."""
    portfolio = portfolio_of(60)
    for section in (None, "investissement", "fonctionnement"):
        assert all(estimate_proposal(proposal, section) for proposal in portfolio.ready)
        assert estimate_portfolio(portfolio, section)
    lines = lines_of_portfolio(portfolio)
    assert lines is not None
    assert len(quantile_curve(lines)) == 99


def test_another_process_finds_the_same() -> None:
    """The estimate does not depend on the seed of Python's hashes."""
    program = (
        "from tests.costs.test_uncertainty import portfolio_of\n"
        "from booklet.costs.uncertainty import estimate_portfolio\n"
        "print(estimate_portfolio(portfolio_of(3)))"
    )
    root = Path(__file__).resolve().parents[2]
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {f"{estimate_portfolio(portfolio_of(3))}\n".encode()}
