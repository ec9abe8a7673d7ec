"""Loans → the derivation of what they cost and pay back, checked against `costs.balance`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.costs.balance import Balance
from booklet.costs.loans import schedule_loan
from booklet.diagnostics.message import say
from booklet.why.cost_words import refer
from booklet.why.derivation import Derivation, combine, quote, round_to_cents, typed, unknown
from booklet.why.figures import name_figure
from booklet.why.lines import ProposalContext, financing_of
from booklet.why.net_cost import derive_unknown, explain_grant

if TYPE_CHECKING:
    from decimal import Decimal

    from booklet.content.model.proposal import Section
    from booklet.costs.financing import Financing, Grant
    from booklet.costs.loans import Instalment
    from booklet.why.reference import FigureName


def explain_interest(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the interest on the loans of a section: of a year, or of all years, those after the term too."""
    return _explain_debt(context, "interest", section, year)


def explain_principal(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive what the loans of a section pay back: in a year, or in all, those after the term too."""
    return _explain_debt(context, "principal", section, year)


def _explain_debt(
    context: ProposalContext, figure: FigureName, section: Section, year: int | None
) -> Derivation:
    label = name_figure(figure, section, year)
    reference = refer(context, figure, year, section)
    financing = financing_of(context, section)
    debt = Balance(financing).debt if financing else None
    if financing is None:
        return derive_unknown(context, label, reference, financing)
    if debt is None:
        return unknown(label, say("a loan has no terms, of which its interest follows"), reference=reference)
    nodes = [
        _explain_loan(context, financing, loan, figure, year) for loan in financing.grants if loan.is_debt
    ]
    node = combine(label, "sum", [one for one in nodes if one.value], reference=reference)
    paid = debt.interest if figure == "interest" else debt.principal
    _check_value(node, paid.whole if year is None else paid.by_year[financing.years.index(year)])
    return node


def _explain_loan(
    context: ProposalContext, financing: Financing, loan: Grant, figure: FigureName, year: int | None
) -> Derivation:
    """Derive the interest, or the principal, of the instalments of one loan in a year or in all."""
    schedule = schedule_loan(loan.total, loan.funding.loan) if loan.funding.loan else None
    assert schedule is not None, "its debt is known"
    amount = explain_grant(context, financing, loan.index)
    given, nodes = Fraction(0), []
    for one in schedule:
        if year in (None, one.month.year):
            nodes.append(_explain_instalment(context, loan, one, amount, given, figure))
        given += Fraction(one.principal)
    return combine(
        amount.label, "sum", nodes, quotes=(quote(context.document, "funding", loan.index, "loan"),)
    )


def _explain_instalment(
    context: ProposalContext,
    loan: Grant,
    one: Instalment,
    amount: Derivation,
    given: Fraction,
    figure: FigureName,
) -> Derivation:
    terms, here = loan.funding.loan, ("funding", loan.index, "loan")
    assert terms is not None
    label = say("instalment of {month}", month=str(one.month))
    if figure == "principal":
        notes = (say("the instalment, rounded to cents, less its interest; the last one is what is left"),)
        if terms.repayment == "equal_principal":
            notes = (say("the loan in equal parts, rounded to cents; the last one is what is left"),)
        return Derivation(
            label,
            "given",
            Fraction(one.principal),
            quotes=(quote(context.document, *here),),
            notes=notes,
            reference=f"{context.costed.id}.principal",
        )
    paid = Derivation(say("paid back before"), "given", given, reference=f"{context.costed.id}.principal")
    left = combine(say("left to pay back"), "difference", [amount, paid] if given else [amount])
    rate = typed(say("rate"), Fraction(terms.rate or 0), "rate", (quote(context.document, *here, "rate"),))
    count = Fraction(terms.instalments or 1)
    each = typed(say("instalments a year"), count, "number", (quote(context.document, *here, "instalments"),))
    part = combine(say("rate of an instalment"), "quotient", [rate, each], unit="rate")
    return round_to_cents(combine(label, "product", [left, part]))


def _check_value(node: Derivation, expected: Decimal | None) -> None:
    assert expected is not None, f"{node.reference or node.label} is explained, and not known"
    assert node.value == Fraction(expected), (
        f"{node.reference or node.label} is explained as {node.value}, computed as {expected}"
    )
