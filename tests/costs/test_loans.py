"""Schedules of loans: what banks compute, to the cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.model.loan import INSTALMENTS, Loan
from booklet.costs.loans import Instalment, level_instalment, schedule_loan, serve_debt
from booklet.money.calendar import Month
from booklet.money.euros import Euros, sum_cells

YEARS = (2021, 2022, 2023, 2024, 2025, 2026)


def write_loan(
    rate: str, years: int, instalments: int, repayment: str = "level", drawn: str = "2022-06"
) -> Loan:
    """Terms as people write them."""
    terms = {"rate": rate, "years": str(years), "instalments": str(instalments)}
    return Loan.model_validate({**terms, "repayment": repayment, "drawn": drawn})


def schedule(amount: int | str, loan: Loan) -> tuple[Instalment, ...]:
    """The schedule of a loan whose terms are known."""
    found = schedule_loan(Euros.of(amount), loan)
    assert found is not None
    return found


def test_a_level_loan_of_150_000_euros_costs_2_645_60_a_quarter() -> None:
    """150 000 € at 0,75 % over 15 years are 59 quarters of 2 645,60 € and a last one that gives back the rest."""
    found = schedule(150_000, write_loan("0,75 %", 15, 4))
    assert {one.interest + one.principal for one in found[:-1]} == {Decimal("2645.60")}
    assert found[0] == Instalment(Month(2022, 9), Decimal("281.25"), Decimal("2364.35"))
    assert found[-1].month == Month(2037, 6)
    assert abs(found[-1].interest + found[-1].principal - Decimal("2645.60")) < Decimal("0.30")
    assert sum_cells(one.principal for one in found) == 150_000


def test_equal_principal_and_a_loan_without_interest() -> None:
    """The same loan in equal parts gives 2 500 € back a quarter, with less and less interest; at 0 % both are alike."""
    found = schedule(150_000, write_loan("0,75 %", 15, 4, "equal_principal"))
    assert {one.principal for one in found} == {Decimal(2500)}
    assert [one.interest for one in found[:3]] == [Decimal("281.25"), Decimal("276.56"), Decimal("271.88")]
    # the sum of an arithmetic series, but for the rounding of each of its terms
    assert abs(sum_cells(one.interest for one in found) - Decimal("281.25") * 61 / 2) < Decimal("0.30")
    free = [schedule(1000, write_loan("0 %", 3, 1, kind)) for kind in ("level", "equal_principal")]
    assert free[0] == free[1]
    assert [one.principal for one in free[0]] == [Decimal("333.33"), Decimal("333.33"), Decimal("333.34")]


def test_a_loan_by_budget_year_and_after_the_term() -> None:
    """Interest and principal of each year, and of all years after the last; together they are what was borrowed."""
    found = serve_debt([schedule(12_000, write_loan("3 %", 6, 1, "equal_principal", "2022-03"))], YEARS)
    assert found.interest.by_year == tuple(map(Decimal, (0, 0, 360, 300, 240, 180)))
    assert found.principal.by_year == tuple(map(Decimal, (0, 0, 2000, 2000, 2000, 2000)))
    assert [found.interest.after_term, found.principal.after_term] == [Decimal(120 + 60), Decimal(4000)]
    assert [found.interest.whole, found.principal.whole] == [Decimal(1260), Decimal(12_000)]


@pytest.mark.parametrize("key", ["rate", "years", "instalments", "repayment", "drawn"])
def test_a_loan_without_one_of_its_terms_has_no_schedule(key: str) -> None:
    """What a loan costs is not known, and not 0, while a term is missing."""
    assert schedule_loan(Euros.of(1000), write_loan("3 %", 6, 1).model_copy(update={key: None})) is None


@given(
    cents=st.integers(0, 10**9),
    rate=st.integers(0, 2000),
    years=st.integers(1, 30),
    instalments=st.sampled_from(INSTALMENTS),
    repayment=st.sampled_from(["level", "equal_principal"]),
)
def test_every_schedule_gives_back_what_was_lent(
    cents: int, rate: int, years: int, instalments: int, repayment: str
) -> None:
    """Principals add up to the loan, none is negative, each interest is that of what is left, to half a cent."""
    amount = Decimal(cents).scaleb(-2)
    loan = write_loan(f"{Decimal(rate).scaleb(-2)} %", years, instalments, repayment)
    left, each = amount, Fraction(rate, 10_000) / instalments
    found = schedule(str(amount), loan)
    assert len(found) == years * instalments
    for one in found:
        assert one.principal >= 0
        assert abs(Fraction(one.interest) - Fraction(left) * each) <= Fraction(1, 200)
        left -= one.principal
    assert left == 0


def test_the_level_instalment_is_an_exact_fraction() -> None:
    """Discounted at the rate, the instalments are worth the loan, without any rounding."""
    rate, count = Fraction(3, 400), 60
    instalment = level_instalment(Fraction(150_000), rate, count).value
    assert sum(instalment / (1 + rate) ** number for number in range(1, count + 1)) == 150_000
