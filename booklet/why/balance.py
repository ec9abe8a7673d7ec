"""What stands beside the net cost → its derivation: savings, lost revenue, loans, payments outside the six years.

Each figure is checked against `costs.balance`.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.costs.balance import Balance
from booklet.costs.figures import balance
from booklet.costs.figures.number import Unknown
from booklet.costs.loans import schedule_loan
from booklet.diagnostics.message import say
from booklet.why.cost_words import refer
from booklet.why.derivation import Derivation, combine, quote, round_to_cents, typed, unknown
from booklet.why.figures import name_figure, section_of
from booklet.why.lines import ProposalContext, explain_unknown_line, financing_of
from booklet.why.net_cost import derive_unknown, explain_chain, explain_grant

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from booklet.content.model.proposal import LineGroup, Section
    from booklet.costs.figures import costs
    from booklet.costs.financing import Financing, Grant
    from booklet.costs.loans import Instalment
    from booklet.why.reference import FigureName
    from booklet.why.traced import Steps


def explain_savings(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive savings without VAT; they reduce nothing but the net cost after savings."""
    return _explain_group(context, "savings", "savings", balance.saved, section, year)


def explain_lost_revenue(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive lost revenue; it raises nothing but the net cost after savings."""
    return _explain_group(context, "lost-revenue", "lost_revenue", balance.given_up, section, year)


def _explain_group(
    context: ProposalContext,
    figure: FigureName,
    collection: LineGroup,
    formula: Callable[[costs.Section[Steps]], Steps],
    section: Section,
    year: int | None,
) -> Derivation:
    reference = refer(context, figure, year, section)
    try:
        row = formula(section_of(context, section)).cents()
    except Unknown:
        known = {cost.index for cost in context.costed.costing.group(collection).lines}
        lines = enumerate(getattr(context.document.value, collection))
        missing = [index for index, line in lines if index not in known and line.section in (section, None)]
        shown = [explain_unknown_line(context, collection, index) for index in missing]
        return unknown(name_figure(figure, section, year), children=shown, reference=reference)
    return replace(row.at(context.at(year)), reference=reference)


def explain_net_after_savings(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the net cost, less savings, plus lost revenue."""
    label = name_figure("net-after-savings", section, year)
    reference = refer(context, "net-after-savings", year, section)
    financing = financing_of(context, section)
    cells = Balance(financing).net_after_savings_cells if financing else None
    if financing is None or cells is None or (cells.by_year if year else cells.whole) is None:
        return derive_unknown(context, label, reference, financing)
    net, lost = explain_chain("net", context, section, year), explain_lost_revenue(context, section, year)
    paid = combine(say("Net cost and lost revenue"), "sum", [net, lost]) if lost.value else net
    saved = explain_savings(context, section, year)
    node = combine(label, "difference", [paid, saved] if saved.value else [paid], reference=reference)
    expected = cells.whole if year is None else (cells.by_year or ())[financing.years.index(year)]
    _check_value(node, expected)
    return node


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
    if financing is None or debt is None:
        reasons = [say("a loan has no terms, of which its interest follows")] if financing else []
        return unknown(label, *reasons, reference=reference)
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


def explain_paid_before(context: ProposalContext, section: Section, _year: int | None) -> Derivation:
    """Derive what was paid before the six years, without VAT."""
    return _explain_outside(context, "paid-before", balance.paid_before, section)


def explain_paid_after(context: ProposalContext, section: Section, _year: int | None) -> Derivation:
    """Derive what is left to pay after the six years, without VAT."""
    return _explain_outside(context, "paid-after", balance.paid_after, section)


def explain_authorised(context: ProposalContext, section: Section, _year: int | None) -> Derivation:
    """Derive all that is committed: the six years, and what is paid before and after, with VAT but what is deducted."""
    return _explain_outside(context, "ap", balance.authorised, section)


def _explain_outside(
    context: ProposalContext,
    figure: FigureName,
    formula: Callable[[costs.Section[Steps]], Steps],
    section: Section,
) -> Derivation:
    reference, financing = refer(context, figure, section), financing_of(context, section)
    try:
        if financing is not None:
            node = formula(section_of(context, section)).cents().at(None)
            return replace(node, reference=reference)
    except Unknown:
        pass
    return derive_unknown(context, name_figure(figure, section, None), reference, financing)


def _check_value(node: Derivation, expected: Decimal | None) -> None:
    assert expected is not None, f"{node.reference or node.label} is explained, and not known"
    assert node.value == Fraction(expected), (
        f"{node.reference or node.label} is explained as {node.value}, computed as {expected}"
    )
