"""One proposal → the rows under its costs by year: revenues, savings, lost revenue, loans, payments outside the term.

None of them is netted into the costs above them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, LineGroup
from booklet.costs.balance import Balance
from booklet.diagnostics.message import Message, say
from booklet.money.euros import round_to, sum_cells
from booklet.tables.money_table import MoneyRow, add_cells, with_total
from booklet.tables.rounding import apportion, section_others
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from booklet.content.model.proposal import Section
    from booklet.costs.financing import Financings
    from booklet.costs.loans import DebtService, Repayment
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language

Cells = tuple[Decimal | None, ...]
#: the lines of a proposal that are no costs
OTHER_NAMES: Mapping[LineGroup, Message] = {
    "revenues": say("Revenues"),
    "savings": say("Savings"),
    "lost_revenue": say("Lost revenue"),
}
#: a running cost, which the tables of the whole show under operation and add to nothing
INTEREST = say("Interest on loans, in no sum above")


def balance_rows(costed: CostedProposal, financings: Financings, language: Language) -> Iterator[MoneyRow]:
    """Build the rows of what a proposal earns, saves, gives up and pays for its loans."""
    proposal = costed.document.value
    for group, words in OTHER_NAMES.items():
        if getattr(proposal, group):
            # without `savings` they may be written under `revenues`, as ever
            is_both = group == "revenues" and not proposal.savings
            name = say("Revenues and savings") if is_both else words
            yield MoneyRow(name.text(language), _group_cells(costed, group), "faint")
    yield from _debt_rows(costed, financings, language)


def _group_cells(costed: CostedProposal, group: LineGroup) -> Cells:
    found = costed.costing.group(group).total(costed.costing.years)
    if found is None:
        return (None,) * (len(costed.costing.years) + 2)
    yearly, after = found
    by_section = (section_others(costed, group, section) for section in SECTIONS)
    whole = sum_cells(amount for amount in by_section if amount is not None)
    cells = apportion([amount.central for amount in yearly], whole, costed.step)
    return *with_total(cells), after.central.rounded(costed.step)


def _debt_rows(costed: CostedProposal, financings: Financings, language: Language) -> Iterator[MoneyRow]:
    """Build the rows of interest, which is a running cost, and of principal, which is none; none without terms."""
    if not any(funding.loan for funding in costed.document.value.funding):
        return
    debts = _pay_back(costed, financings)
    named = (
        (say("Interest on loans (after: {amount})"), _interest),
        (say("Principal paid back, out of investment (after: {amount})"), _principal),
    )
    for words, part in named:
        paid = None if debts is None else [part(debt) for debt in debts]
        after = None if paid is None else sum_cells(one.after_term for one in paid)
        late = "n.c." if after is None else Wording(language).compact(after)
        cells = _debt_cells(paid, costed.costing.years, costed.step)
        yield MoneyRow(words.fill(amount=late).text(language), cells, "faint")


def interest_of_whole(portfolio: Portfolio, financings: Financings) -> Cells | None:
    """The interest of all loans by year, over the six years and in the year after them; None where none has terms."""
    if not any(funding.loan for costed in portfolio.ready for funding in costed.document.value.funding):
        return None
    of_proposals = []
    for costed in portfolio.ready:
        debts = _pay_back(costed, financings)
        paid = None if debts is None else [debt.interest for debt in debts]
        of_proposals.append(_debt_cells(paid, portfolio.years, portfolio.step))
    return add_cells(of_proposals)


def _pay_back(costed: CostedProposal, financings: Financings) -> tuple[DebtService, ...] | None:
    """The loans of both sections; None while one is not known."""
    chains = [financings.get((costed.id, section)) for section in SECTIONS]
    debts = [Balance(chain).debt if chain else None for chain in chains]
    known = tuple(debt for debt in debts if debt is not None)
    return known if len(known) == len(debts) else None


def _debt_cells(paid: Sequence[Repayment] | None, years: Sequence[int], step: Decimal) -> Cells:
    if paid is None:
        return (None,) * (len(years) + 2)
    by_year = [sum_cells(cells) for cells in zip(*(one.by_year for one in paid), strict=True)]
    rounded = tuple(round_to(amount, step) for amount in by_year)
    return *with_total(rounded), round_to(sum_cells(one.next_year for one in paid), step)


def _interest(debt: DebtService) -> Repayment:
    return debt.interest


def _principal(debt: DebtService) -> Repayment:
    return debt.principal


def outside_rows(
    costed: CostedProposal, section: Section, financings: Financings, language: Language
) -> Iterator[MoneyRow]:
    """Build a section's rows of what is paid before and after the six years, and of all that is committed."""
    lines = [cost.line for cost in costed.costing.lines_of(section)]
    chain = financings.get((costed.id, section))
    if chain is None or all(line.paid_before is None and line.paid_after is None for line in lines):
        return
    found = Balance(chain)
    is_invested = section == "investissement"
    amounts = (
        (say("Paid before the term, before VAT"), found.paid_before),
        (say("Left to pay after the term, before VAT"), found.paid_after),
        (
            say("AP, with the VAT that is paid")
            if is_invested
            else say("Committed, with the VAT that is paid"),
            found.authorised,
        ),
    )
    no_year = (None,) * len(costed.costing.years)
    for words, amount in amounts:
        cell = None if amount is None else amount.rounded(costed.step)
        yield MoneyRow(words.text(language), (*no_year, cell, None), "outside")
