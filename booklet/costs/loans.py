"""Terms of a loan → its schedule: interest and principal of each instalment, by budget year, and what comes after.

Interest is a running cost, which the budget pays out of its operation; principal gives money back and is no cost.

The arithmetic is that of banks. The rate of an instalment is the yearly rate divided by their number a year; the first
falls one such part of a year after the money is drawn. The instalment (`level`: P × i ÷ (1 − (1 + i)⁻ⁿ), a fraction as
the rate is) or the principal in it (`equal_principal`: P ÷ n) is rounded once, to cents; so is the interest on what is
left. The last instalment gives back the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.costs.figures.inputs import MONTHS
from booklet.money.euros import Euros, sum_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.model.loan import Loan
    from booklet.money.calendar import Month

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is paid in one month, in cents."""

    month: Month
    interest: Decimal
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Repayment:
    """Amounts of a schedule, in cents: by budget year, and after the last of them."""

    by_year: tuple[Decimal, ...]
    #: of all years after the last, and of the first of them
    after_term: Decimal
    next_year: Decimal

    @property
    def whole(self) -> Decimal:
        """All of it, whenever it is paid."""
        return sum_cells(self.by_year) + self.after_term


@dataclass(frozen=True, slots=True)
class DebtService:
    """What a loan costs and what it gives back."""

    interest: Repayment
    principal: Repayment


def schedule_loan(amount: Euros, loan: Loan) -> tuple[Instalment, ...] | None:
    """List the instalments that pay an amount back; None while a term is not known."""
    if None in (loan.rate, loan.years, loan.instalments, loan.repayment, loan.drawn):
        return None
    return tuple(_pay_back(amount.rounded(), loan))


def _pay_back(amount: Decimal, loan: Loan) -> Iterator[Instalment]:
    assert loan.rate is not None
    assert loan.years is not None
    assert loan.instalments is not None
    assert loan.drawn is not None
    count, rate = loan.years * loan.instalments, Fraction(loan.rate) / loan.instalments
    left = amount
    is_level = loan.repayment == "level"
    level = level_instalment(Fraction(amount), rate, count).rounded() if is_level else NOTHING
    equal = Euros(Fraction(amount) / count).rounded()
    for number in range(1, count + 1):
        interest = Euros(Fraction(left) * rate).rounded()
        # of a few euros over many years a rounded instalment may be more than what is left, or less than the interest
        wanted = max(level - interest, NOTHING) if is_level else equal
        principal = left if number == count else min(wanted, left)
        yield Instalment(loan.drawn.plus(number * MONTHS // loan.instalments), interest, principal)
        left -= principal


def level_instalment(amount: Fraction, rate: Fraction, count: int) -> Euros:
    """Compute the one instalment that pays an amount back in a number of times, at a rate for each time."""
    return Euros(amount * rate / (1 - (1 + rate) ** -count) if rate else amount / count)


def serve_debt(schedules: Iterable[Iterable[Instalment]], years: tuple[int, ...]) -> DebtService:
    """Add interest and principal of some loans up by budget year; what is paid after the last stands apart."""
    instalments = [one for schedule in schedules for one in schedule]
    paid = {
        "interest": [(one.month.year, one.interest) for one in instalments],
        "principal": [(one.month.year, one.principal) for one in instalments],
    }
    return DebtService(
        **{
            name: Repayment(
                tuple(sum_cells(amount for year, amount in cells if year == at) for at in years),
                sum_cells(amount for year, amount in cells if year > years[-1]),
                sum_cells(amount for year, amount in cells if year == years[-1] + 1),
            )
            for name, cells in paid.items()
        }
    )
