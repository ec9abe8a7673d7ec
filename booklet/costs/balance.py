"""What a section's financing leaves beside its net cost: savings, lost revenue, loans, payments outside the six years.

Nothing here changes the net cost, which counts what is bought, not how it is paid. What is not known is None, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.content.model.loan import Loan
from booklet.costs.figures import balance, costs
from booklet.costs.figures.number import known
from booklet.costs.financing import Cells, Financing
from booklet.costs.loans import DebtService, schedule_loan, serve_debt

if TYPE_CHECKING:
    from booklet.money.amounts import Amounts
    from booklet.money.euros import Euros


@dataclass(frozen=True)
class Balance:
    """What stands beside the net cost of one section of a proposal, central estimates."""

    chain: Financing

    @property
    def saved(self) -> Amounts | None:
        """Savings, HT, by year."""
        return known(balance.saved, self.chain.plan.section)

    @property
    def given_up(self) -> Amounts | None:
        """Lost revenue by year."""
        return known(balance.given_up, self.chain.plan.section)

    @property
    def saved_after_term(self) -> Euros | None:
        """Savings of a full year after the term, HT."""
        found = known(balance.saved_after_term, self.chain.plan.section)
        return None if found is None else found.euros

    @property
    def given_up_after_term(self) -> Euros | None:
        """Lost revenue of a full year after the term."""
        found = known(balance.given_up_after_term, self.chain.plan.section)
        return None if found is None else found.euros

    @property
    def runs_after_term(self) -> Euros | None:
        """Cost of a full year after the term, HT."""
        found = known(costs.after_term, self.chain.plan.section)
        return None if found is None else found.euros

    @property
    def net_after_savings(self) -> Amounts | None:
        """The owner's payments in each year less savings, plus lost revenue, not rounded."""
        return known(balance.net_after_savings_exact, self.chain.plan)

    @cached_property
    def net_after_savings_cells(self) -> Cells:
        """The net cost after savings in cents; what is received after the six years is that of the net cost."""
        whole = known(balance.net_after_savings, self.chain.plan)
        by_year = known(balance.net_after_savings_by_year, self.chain.plan)
        return Cells(
            None if by_year is None else by_year.decimals(),
            None if by_year is None else self.chain.net_cells.after_term,
            None if whole is None else whole.decimals()[0],
        )

    @property
    def paid_before(self) -> Euros | None:
        """What was paid before the six years, HT."""
        found = known(balance.paid_before, self.chain.plan.section)
        return None if found is None else found.euros

    @property
    def paid_after(self) -> Euros | None:
        """What is left to pay after the six years, HT."""
        found = known(balance.paid_after, self.chain.plan.section)
        return None if found is None else found.euros

    @property
    def authorised(self) -> Euros | None:
        """All that is committed, with the VAT that the budget bears: the six years, before and after them (AP)."""
        found = known(balance.authorised, self.chain.plan.section)
        return None if found is None else found.euros

    @cached_property
    def debt(self) -> DebtService | None:
        """Interest and principal of the section's loans; None while the amount or the terms of one are not known."""
        loans = [grant for grant in self.chain.grants if grant.is_debt]
        schedules = [schedule_loan(loan.total, loan.funding.loan or Loan()) for loan in loans]
        found = [schedule for schedule in schedules if schedule is not None]
        return serve_debt(found, self.chain.years) if len(found) == self.chain.loans_written else None
