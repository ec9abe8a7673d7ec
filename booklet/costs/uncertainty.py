"""Ranges → P10, P50, P80, P90 of a sum, how likely its central figure is to be enough, and what moves it.

A line is a triangle (low, central, high); one amount is a constant. Lines with one `driver` are comonotone: one
uniform number drives them all, across proposals. So are, where the edition asks for it, lines of one nature of one
proposal that name no driver. Everything else is independent, or has the edition's `correlation` (`copula`).

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

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from booklet.costs.copula import CorrelatedSums
from booklet.costs.distribution import ComonotoneSum, LatticeSum
from booklet.money.euros import CENT, NOTHING, ZERO, Euros, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.model.cost_line import Nature
    from booklet.content.model.proposal import Section
    from booklet.costs.costing import LineCost
    from booklet.costs.portfolio import CostedProposal, Portfolio

#: probabilities of the curve, as hundredths
CURVE = tuple(range(1, 100))
#: size of the cache: one estimate is printed on several pages
ESTIMATES_KEPT = 5_000
INDEPENDENT = Decimal(0)


@dataclass(frozen=True, slots=True)
class UncertainLine:
    """The range of one line; lines with the same driver move together, and so do lines of one group without one."""

    label: str
    driver: str | None
    amount: Range
    #: the proposal and the nature of lines that move together without a driver
    group: tuple[str, Nature] | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """The share of the variance that comes from one driver, from lines of one nature, or from one line alone.

    It is the covariance with the sum over the variance of the sum: without correlation, the part's own variance.
    """

    #: the driver, the nature of several lines, or the label of one
    name: str
    is_driver: bool
    labels: tuple[str, ...]
    share: Fraction
    nature: Nature | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The percentiles of a sum, to the cent, and its exact mean; `contributions` has the largest first.

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
    """One point of the curve: with this probability, the sum is at most this amount."""

    probability: Decimal
    amount: Euros


def estimate(lines: Iterable[UncertainLine], correlation: Decimal = INDEPENDENT) -> Estimate:
    """Estimate the sum of lines; their order changes nothing, not even a cent."""
    return _estimate(tuple(lines), correlation)


@lru_cache(maxsize=ESTIMATES_KEPT)
def _estimate(lines: tuple[UncertainLine, ...], correlation: Decimal) -> Estimate:
    found = _Sum(lines, correlation)
    total = found.total
    return Estimate(
        p10=found.quantile(10),
        p50=found.quantile(50),
        p80=found.quantile(80),
        p90=found.quantile(90),
        mean=(total.low + total.central + total.high) * Fraction(1, 3),
        central=total.central,
        probability_central_is_enough=found.probability_within(total.central),
        contributions=found.contributions(),
    )


def quantile_curve(
    lines: Iterable[UncertainLine], correlation: Decimal = INDEPENDENT
) -> tuple[Quantile, ...]:
    """Compute the amount that is enough with each probability from 1 % to 99 %."""
    found = _Sum(lines, correlation)
    return tuple(Quantile(Decimal(percent) * CENT, found.quantile(percent)) for percent in CURVE)


def estimate_proposal(costed: CostedProposal, section: Section | None = None) -> Estimate | None:
    """Estimate the gross HT cost of a proposal in the six years, of one section or of both.

    None where a line is not costed or a range is out of order: the sum would not be that of the proposal.
    """
    lines = lines_of_proposal(costed, section)
    return None if lines is None else estimate(lines, costed.dependence.correlation)


def estimate_portfolio(portfolio: Portfolio, section: Section | None = None) -> Estimate | None:
    """Estimate the gross HT cost of all ready proposals together: percentiles of proposals do not add up to it."""
    lines = lines_of_portfolio(portfolio, section)
    return None if lines is None else estimate(lines, portfolio.dependence.correlation)


def lines_of_proposal(
    costed: CostedProposal, section: Section | None = None, prefix: str = ""
) -> tuple[UncertainLine, ...] | None:
    """List the ranges of a proposal's lines, HT over the six years; None where one is not known or out of order."""
    lines = tuple(
        UncertainLine(f"{prefix}{label}", cost.line.driver, amount, group_of(costed, cost))
        for label, cost, amount in _ranges(
            [cost for cost in costed.costing.lines if section in (None, cost.section)]
        )
    )
    in_order = all(line.amount.low <= line.amount.central <= line.amount.high for line in lines)
    return lines if costed.costing.is_complete and in_order else None


def group_of(costed: CostedProposal, cost: LineCost) -> tuple[str, Nature] | None:
    """Name the lines that a line moves with though it names no driver; None where it moves alone."""
    nature = cost.line.nature
    alone = cost.line.driver is None and cost.line.scenario is None
    grouped = costed.dependence.by_nature and alone
    return (costed.id, nature) if grouped and nature else None


def _ranges(costs: Iterable[LineCost]) -> Iterator[tuple[object, LineCost, Range]]:
    """Each line with its label and range; those of a scenario are one cost, named after it."""
    together: dict[object, list[LineCost]] = {}
    for cost in costs:
        together.setdefault(cost.line.scenario or cost.index, []).append(cost)
    for name, lines in together.items():
        line = lines[0].line
        label = name if line.scenario else line.label or lines[0].index + 1
        yield label, lines[0], sum((cost.ht.total for cost in lines), NOTHING)


def lines_of_portfolio(
    portfolio: Portfolio, section: Section | None = None
) -> tuple[UncertainLine, ...] | None:
    """List the lines of all ready proposals, labelled `proposal: line`; None where one is not known."""
    all_lines: list[UncertainLine] = []
    for costed in portfolio.ready:
        lines = lines_of_proposal(costed, section, f"{costed.id}: ")
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


class _Sum:
    """The distribution of a sum of lines, between its exact low and high totals."""

    def __init__(self, lines: Iterable[UncertainLine], correlation: Decimal) -> None:
        self.total = NOTHING
        groups: dict[object, list[UncertainLine]] = {}
        for index, line in enumerate(lines):
            amount = line.amount
            assert amount.low <= amount.central <= amount.high, f"{line.label}: range out of order"
            self.total = self.total + amount
            if amount.low < amount.high:
                groups.setdefault(line.driver or line.group or index, []).append(line)
        movers = [(ComonotoneSum.of([line.amount for line in group]), group) for group in groups.values()]
        movers.sort(key=lambda mover: (mover[0].pieces, mover[0].mean, mover[0].variance))
        self.movers = tuple(movers)
        self.variances = [law.variance for law, _ in movers]
        self.distribution: ComonotoneSum | LatticeSum | None = None
        laws = [law for law, _ in movers]
        if len(laws) == 1:
            self.distribution = laws[0]
        elif laws and correlation:
            correlated = CorrelatedSums(laws, float(correlation))
            self.variances = correlated.covariances
            self.distribution = correlated.law()
        elif laws:
            self.distribution = LatticeSum.of_independent(laws)

    def quantile(self, percent: int) -> Euros:
        """Compute the amount that is enough with this probability, in whole cents above the low total."""
        if self.distribution is None:
            return self.total.low
        above = Euros(Fraction(round(self.distribution.quantile(percent / 100) * 100), 100))
        return min(self.total.low + max(above, ZERO), self.total.high)

    def probability_within(self, amount: Euros) -> Decimal:
        """Compute the probability that the sum is at most an amount, to six decimals."""
        if self.distribution is None or not self.total.low < amount < self.total.high:
            return Decimal(int(amount >= self.total.high))
        probability = self.distribution.probability_below(float((amount - self.total.low).value))
        return Decimal(round(probability * 10**6)).scaleb(-6)

    def contributions(self) -> tuple[Contribution, ...]:
        """List the shares of the variance, largest first, then by name; they add up to 1 exactly."""
        whole = sum(map(Fraction, self.variances))
        rows = []
        for (_, lines), variance in zip(self.movers, self.variances, strict=True):
            first, *others = lines
            nature = first.group[1] if first.group and others and first.driver is None else None
            rows.append(
                Contribution(
                    first.driver or nature or first.label,
                    first.driver is not None,
                    tuple(sorted(line.label for line in lines)),
                    Fraction(variance) / whole,
                    nature,
                )
            )
        return tuple(sorted(rows, key=lambda row: (-row.share, row.name, row.labels)))
