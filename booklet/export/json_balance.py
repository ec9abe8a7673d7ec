"""What stands beside the net cost → the keys of `costs --format json`: savings, lost revenue, loans, other payments.

By section where figures of the cost are; interest and principal, which are of loans, once. Null where unknown.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.costs.balance import Balance
from booklet.costs.financing import Cells
from booklet.export.json_values import write_number_exactly, write_optional_years, write_sum
from booklet.money.euros import sum_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from booklet.content.model.loan import Loan
    from booklet.content.model.proposal import Section
    from booklet.costs.financing import Financing
    from booklet.costs.loans import Repayment
    from booklet.money.amounts import Amounts
    from booklet.money.euros import Euros

    #: the financings of some proposals, by section
    Chains = Mapping[Section, Sequence[Financing | None]]

_NOT_KNOWN = Cells(None, None, None)


def write_balance(years: tuple[int, ...], chains: Chains) -> dict[str, object]:
    """Write what one or several proposals leave beside their net cost."""
    written: dict[str, object] = {}

    def write(name: str, of: Callable[[Balance], Cells], late: str) -> None:
        found = _by_section(chains, of)
        sections = found.items()
        written[name] = {section: write_sum(one.whole for one in cells) for section, cells in sections}
        written[f"{name}_by_year"] = {
            section: write_optional_years([one.by_year for one in cells], years)
            for section, cells in sections
        }
        written[f"{name}_{late}"] = {
            section: write_sum(one.after_term for one in cells) for section, cells in sections
        }

    write("savings", lambda one: _cells(one.saved, one.saved_after_term), "after_term_per_year")
    write("lost_revenue", lambda one: _cells(one.given_up, one.given_up_after_term), "after_term_per_year")
    write("net_after_savings", lambda one: one.net_after_savings_cells, "after_term")
    for name, of_section in _OUTSIDE.items():
        written[name] = {
            section: write_sum(_cents(of_section(Balance(one))) if one else None for one in chains[section])
            for section in chains
        }
    debts = [Balance(one).debt if one else None for ones in chains.values() for one in ones]
    for name, part in _DEBT.items():
        paid = [part(debt) if debt else None for debt in debts]
        written[name] = write_sum(one.whole if one else None for one in paid)
        written[f"{name}_by_year"] = write_optional_years(
            [one.by_year if one else None for one in paid], years
        )
        written[f"{name}_after_term"] = write_sum(one.after_term if one else None for one in paid)
    running = chains["fonctionnement"]
    by_year = [
        *(one.ht.decimals() if one else None for one in running),
        *(debt.interest.by_year if debt else None for debt in debts),
    ]
    name = "operation_with_interest"
    written[name] = write_sum(None if cells is None else sum_cells(cells) for cells in by_year)
    written[f"{name}_by_year"] = write_optional_years(by_year, years)
    written[f"{name}_after_term_per_year"] = write_sum(
        [
            *(_cents(Balance(one).runs_after_term) if one else None for one in running),
            *(debt.interest.next_year if debt else None for debt in debts),
        ]
    )
    return written


_OUTSIDE: Mapping[str, Callable[[Balance], Euros | None]] = {
    "paid_before": lambda one: one.paid_before,
    "paid_after": lambda one: one.paid_after,
    "ap": lambda one: one.authorised,
}
_DEBT: Mapping[str, Callable[..., Repayment]] = {
    "interest": lambda debt: debt.interest,
    "principal": lambda debt: debt.principal,
}


def _by_section(chains: Chains, of: Callable[[Balance], Cells]) -> dict[Section, list[Cells]]:
    return {
        section: [of(Balance(one)) if one else _NOT_KNOWN for one in found]
        for section, found in chains.items()
    }


def _cells(amounts: Amounts | None, after_term: Euros | None) -> Cells:
    """Each year in cents, their sum, and a full year after the term."""
    if amounts is None:
        return _NOT_KNOWN
    return Cells(amounts.decimals(), _cents(after_term), sum(amounts.decimals(), Decimal(0)))


def _cents(amount: Euros | None) -> Decimal | None:
    return None if amount is None else amount.rounded()


def describe_loan(loan: Loan | None) -> dict[str, object] | None:
    """Write the terms of a loan as typed."""
    if loan is None:
        return None
    return {
        "rate": write_number_exactly(loan.rate),
        "years": loan.years,
        "instalments": loan.instalments,
        "repayment": loan.repayment,
        "drawn": None if loan.drawn is None else str(loan.drawn),
    }
