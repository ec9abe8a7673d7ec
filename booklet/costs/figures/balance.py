"""What stands beside the net cost: savings, lost revenue, and what is paid outside the six years.

None of it is netted into the costs. `net_after_savings` stands beside the net cost, whose meaning it leaves as it is: a
proposal that saves more than it costs has a net cost, and a smaller one, or less than nothing, after savings.

Savings count before VAT, as revenues do: the VAT that a saving spares is left out, which never understates the cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.costs.figures.costs import cost_ttc, deducted_vat, inflation, line_after_term, line_ht
from booklet.costs.figures.net import NO_REGIME, net, net_by_year, net_exact
from booklet.costs.figures.number import Chosen, N, Unknown, figure
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.costs.figures.costs import Earning, Line, Section
    from booklet.costs.figures.net import Plan

NO_SAVING = say("a saving is not known")
NO_LOST_REVENUE = say("a lost revenue is not known")


@figure(say("Savings"))
def saved(section: Section[N]) -> N:
    """What is no longer paid, before VAT, by budget year."""
    if section.savings.lacks_a_line:
        raise Unknown(NO_SAVING)
    return Chosen(section.kind, section.savings.lines).add(line_ht)


@figure(say("Lost revenue"))
def given_up(section: Section[N]) -> N:
    """The fares and taxes that no longer come in, by budget year."""
    if section.lost_revenue.lacks_a_line:
        raise Unknown(NO_LOST_REVENUE)
    return Chosen(section.kind, section.lost_revenue.lines).add(line_ht)


@figure(say("Savings, a full year after the term"))
def saved_after_term(section: Section[N]) -> N:
    """What is no longer paid in a full year after the term."""
    saved(section)
    return _going_on(section, section.savings).add(line_after_term).total()


@figure(say("Lost revenue, a full year after the term"))
def given_up_after_term(section: Section[N]) -> N:
    """What no longer comes in, in a full year after the term."""
    given_up(section)
    return _going_on(section, section.lost_revenue).add(line_after_term).total()


def _going_on(section: Section[N], earning: Earning[N]) -> Chosen[N, Line[N]]:
    lines = tuple(line for line in earning.lines if line.inputs.goes_on)
    return Chosen(section.kind, lines)


@figure(say("Savings less lost revenue"))
def balance(section: Section[N]) -> N:
    """What savings leave once lost revenue is taken off, by year, in cents: files and workbook show both in cents."""
    return saved(section).cents() - given_up(section).cents()


@figure(say("Net cost after savings"))
def net_after_savings(plan: Plan[N]) -> N:
    """The net cost of the six years' spending, less savings, plus lost revenue, in cents."""
    return net(plan) - balance(plan.section).total()


@figure(say("Net cost after savings"))
def net_after_savings_by_year(plan: Plan[N]) -> N:
    """The owner's payments in each year, in cents, less savings, plus lost revenue."""
    return net_by_year(plan) - balance(plan.section)


@figure(say("Net cost after savings"))
def net_after_savings_exact(plan: Plan[N]) -> N:
    """The same payments, not rounded: the step that the workbook rounds."""
    return net_exact(plan) - saved(plan.section) + given_up(plan.section)


@figure(say("Paid before the term"))
def line_before(line: Line[N]) -> N:
    """What a line paid before the six years, without VAT; asked only of a line that did."""
    return _without_vat(line, line.paid_before)


@figure(say("Left to pay after the term"))
def line_late(line: Line[N]) -> N:
    """What a line leaves to pay after the six years, without VAT; asked only of a line that does."""
    return _without_vat(line, line.paid_after)


def _without_vat(line: Line[N], amount: N) -> N:
    """Bring an amount of a line to the edition's basis as its unit cost is: without VAT, in the edition's prices."""
    price = amount / line.vat_rate.one_plus() if line.inputs.is_ttc else amount
    return price if line.inputs.indices is None else price * inflation(line)


@figure(say("Paid before the term"))
def paid_before(section: Section[N]) -> N:
    """What was paid before the six years, without VAT; in no budget year and no net cost."""
    return section.paying_before.add(line_before).total()


@figure(say("Left to pay after the term"))
def paid_after(section: Section[N]) -> N:
    """What is left to pay after the six years, without VAT; in no budget year and no net cost."""
    return section.paying_after.add(line_late).total()


@figure(say("Paid before the term, as budgeted"))
def line_before_budgeted(line: Line[N]) -> N:
    """What a line paid before the six years, with the VAT that the budget bears."""
    return line_before(line) if line.deducts_vat else line_before(line) * line.vat_rate.one_plus()


@figure(say("Left to pay after the term, as budgeted"))
def line_late_budgeted(line: Line[N]) -> N:
    """What a line leaves to pay after the six years, with the VAT that the budget bears."""
    return line_late(line) if line.deducts_vat else line_late(line) * line.vat_rate.one_plus()


@figure(say("AP"))
def authorised(section: Section[N]) -> N:
    """All that is committed: the six years, and what is paid before and after them, with VAT but what is deducted.

    CGCT art. L2311-3.
    """
    for line in section.lines:
        if line.inputs.regime is None and line.inputs.may_bear_vat:
            raise Unknown(NO_REGIME.fill(label=line.inputs.label))
    six_years = (cost_ttc(section) - deducted_vat(section)).total()
    before = section.paying_before.add(line_before_budgeted).total()
    return six_years + before + section.paying_after.add(line_late_budgeted).total()
