"""From the gross cost of a section to what its owner pays: co-funders, own share, FCTVA, net cost, by budget year.

There is one net cost: what is left of the six years' spending, TTC, once the VAT that comes back, the co-funders and
the revenues (HT) are taken off, whenever the FCTVA is paid. By year it is cash: the FCTVA when it is received. What is
received after the six years stands apart, so that the years and it add up to the net cost.

FCTVA: a flat rate of the TTC price of eligible spending, paid by the State after a lag (CGCT art. L1615-6). It is not
a funder: own share and ceilings are computed on the gross cost, on the basis that `funding_base` names. It is paid on
VAT that was borne, and not on what grants of the State pay of a cost with VAT (`funding_base: ttc`).

Of several owners each has a plan of its own: what others give is a share of its part of the cost, and the FCTVA comes
with its lag. The plan of the section adds them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.costs.figures import costs
from booklet.costs.figures.number import Chosen, N, Rates, Subject, Unknown, figure, known
from booklet.diagnostics.message import say
from booklet.money.amounts import Amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.costs.figures.costs import Line, Section
    from booklet.costs.figures.number import Kind

NO_REGIME = say("the VAT regime of `{label}` is not known")
NO_RATE_OF_LINE = say("the VAT rate of `{label}` is not known")
NO_FCTVA_RATE = say("the FCTVA rate of {year} is not known")
NO_PLAN = say("who pays is not known: `funding` is not written")
NO_LAG_OF_YEAR = say("when the FCTVA of {year} is paid is not known: the owner has no `fctva_lag`")
NO_LAG = say("when the FCTVA is paid is not known: the owner has no `fctva_lag`")


@dataclass(frozen=True, slots=True)
class GrantInputs:
    """One line of a financing plan that comes to an amount."""

    index: int
    #: an amount, or a share of the eligible expense, else of the gross cost
    amount: Amounts | None
    share: Amounts | None
    eligible: Amounts | None
    #: the part paid in each budget year; None where it follows the cost
    payments: Amounts | None
    is_debt: bool
    is_of_state: bool


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What the financing of a section depends on beside its costs."""

    grants: tuple[GrantInputs, ...]
    #: whether `funding` is written: an empty list is a plan without funders, nothing is no plan
    is_written: bool
    #: whether shares and own share are computed on the cost with VAT
    is_ttc: bool
    #: years until the owner gets the FCTVA of each budget year's spending; None while that is not known
    fctva_lags: tuple[int | None, ...]
    #: the FCTVA rate of each budget year's spending, by nature of line; None where no source says
    fctva_rates: Mapping[str, Rates]


class Plan(Subject[N]):
    """The financing of one section of a proposal, central estimates: of one owner, or of several with a part each."""

    def __init__(
        self, kind: Kind[N], section: Section[N], inputs: PlanInputs, parts: tuple[Plan[N], ...] = ()
    ) -> None:
        super().__init__(kind)
        self.section, self.inputs, self.parts = section, inputs, parts
        self.lines = tuple(RefundedLine(kind, line, self) for line in section.refunded.subjects)
        grants = [Grant(kind, self, one) for one in inputs.grants]
        for part in parts:
            grants += part.grants
        self.grants: tuple[Grant[N], ...] = tuple(sorted(grants, key=lambda grant: grant.inputs.index))

    @property
    def owners(self) -> Chosen[N, Plan[N]]:
        """The part of each owner, where there are several."""
        return Chosen(self.kind, self.parts)

    @property
    def refunded(self) -> Chosen[N, RefundedLine[N]]:
        """The lines on which FCTVA is paid, or may be."""
        return Chosen(self.kind, self.lines)

    @property
    def co_funders(self) -> Chosen[N, Grant[N]]:
        """The co-funders' money; loans are the owner's."""
        grants = tuple(grant for grant in self.grants if not grant.inputs.is_debt)
        return Chosen(self.kind, grants)

    @property
    def state_grants(self) -> Chosen[N, Grant[N]]:
        """What the State gives."""
        grants = tuple(grant for grant in self.grants if grant.inputs.is_of_state)
        return Chosen(self.kind, grants)


class Grant(Subject[N]):
    """One line of a financing plan."""

    def __init__(self, kind: Kind[N], plan: Plan[N], inputs: GrantInputs) -> None:
        super().__init__(kind)
        self.plan, self.inputs = plan, inputs


class RefundedLine(Subject[N]):
    """One cost line under a plan, on which FCTVA is paid, or may be."""

    def __init__(self, kind: Kind[N], line: Line[N], plan: Plan[N]) -> None:
        super().__init__(kind)
        self.line, self.plan = line, plan


def _spent(plan: Plan[N]) -> N:
    return costs.cost_ttc(plan.section) if plan.inputs.is_ttc else costs.cost_ht(plan.section)


@figure(say("gross cost"))
def base(plan: Plan[N]) -> N:
    """The cost that shares and own share are computed on, by budget year: HT or TTC, as `funding_base` says."""
    return _spent(plan)


@figure(say("gross cost over the six years"))
def gross(plan: Plan[N]) -> N:
    """The six years' cost on the funding base."""
    return base(plan).total()


@figure(say("amount"))
def granted(grant: Grant[N]) -> N:
    """The money of one line of the plan: an amount, or a share of the eligible expense, else of the gross cost."""
    inputs = grant.inputs
    if inputs.amount is not None:
        return grant.given("amount", inputs.amount)
    assert inputs.share is not None, "a grant is an amount or a share"
    expense = gross(grant.plan) if inputs.eligible is None else grant.given("eligible", inputs.eligible)
    return expense * grant.given("share", inputs.share)


@figure(say("amount"))
def granted_cents(grant: Grant[N]) -> N:
    """The money of one line of the plan, in cents."""
    return granted(grant).cents()


@figure(say("part paid"))
def part_paid(grant: Grant[N]) -> N:
    """The part of a grant that is paid in each budget year: in one year, by shares, or in proportion to the cost."""
    if grant.inputs.payments is not None:
        return grant.given("payments", grant.inputs.payments)
    whole, by_year = gross(grant.plan), base(grant.plan)
    return grant.kind.if_any(whole, lambda: by_year / whole, lambda: by_year)


@figure(say("amount"))
def paid(grant: Grant[N]) -> N:
    """The money of one line of the plan by budget year."""
    return granted(grant) * part_paid(grant)


def _add_co_funders(plan: Plan[N], amount: Callable[[Grant[N]], N]) -> N:
    base(plan)
    if not plan.inputs.is_written:
        raise Unknown(NO_PLAN)
    return plan.co_funders.add(amount)


@figure(say("Co-funding"))
def co_funded(plan: Plan[N]) -> N:
    """The co-funders' money by budget year."""
    return _add_co_funders(plan, paid)


@figure(say("Co-funding"))
def co_funded_whole(plan: Plan[N]) -> N:
    """The co-funders' money, each line of the plan in cents."""
    return _add_co_funders(plan, granted_cents).total()


@figure(say("Own share"))
def own_share(plan: Plan[N]) -> N:
    """The owner's share by budget year, on the funding base: loans included, FCTVA not taken off."""
    return _spent(plan) - _add_co_funders(plan, paid)


@figure(say("gross cost over the six years"))
def spent_whole(plan: Plan[N]) -> N:
    """The six years' cost on the funding base, as the sum of its years."""
    return _spent(plan).total()


@figure(say("Own share"))
def own_share_whole(plan: Plan[N]) -> N:
    """The owner's share of the six years."""
    return spent_whole(plan) - _add_co_funders(plan, granted).total()


@figure(say("FCTVA"))
def line_refund(refunded: RefundedLine[N]) -> N:
    """The FCTVA on one line's spending of each year, before grants of the State are taken off."""
    line, inputs = refunded.line, refunded.line.inputs
    if inputs.regime is None:
        raise Unknown(NO_REGIME.fill(label=inputs.label))
    if inputs.vat is None:
        raise Unknown(NO_RATE_OF_LINE.fill(label=inputs.label))
    spent, rates = costs.line_ttc(line), refunded.plan.inputs.fctva_rates[inputs.nature]
    return spent * refunded.kind.known_where(refunded, "fctva_rate", rates, spent, NO_FCTVA_RATE)


@figure(say("cost less grants of the State"))
def cost_left(plan: Plan[N]) -> N:
    """The gross cost less what the State gives."""
    return gross(plan) - plan.state_grants.add(granted)


@figure(say("part that the grants of the State leave"))
def part_left(plan: Plan[N]) -> N:
    """The part of a cost with VAT that is left once the State's grants on it are taken off; never below 0."""
    if not plan.inputs.is_written:
        raise Unknown(NO_PLAN)
    whole = gross(plan)

    def left() -> N:
        return (cost_left(plan) / whole).at_least_nothing()

    return plan.kind.if_any(whole, left, lambda: plan.given("whole", Amounts((1,))))


@figure(say("FCTVA"))
def line_refund_left(refunded: RefundedLine[N]) -> N:
    """The FCTVA on what the grants of the State leave of one line's spending of each year."""
    return line_refund(refunded) * part_left(refunded.plan)


@figure(say("FCTVA of spending"))
def refund(plan: Plan[N]) -> N:
    """The FCTVA on each year's spending, whenever it is paid."""
    if plan.parts:
        return plan.owners.add(refund)
    whole = plan.refunded.add(line_refund)
    if not plan.inputs.is_ttc or (plan.inputs.is_written and not plan.state_grants.subjects):
        return whole
    return plan.kind.if_any(whole, lambda: plan.refunded.add(line_refund_left), lambda: whole)


@figure(say("FCTVA"))
def received(plan: Plan[N]) -> N:
    """The FCTVA received in each year; where there is none, no lag is needed."""
    if plan.parts:
        return plan.owners.add(received)
    spent, lags = refund(plan), plan.inputs.fctva_lags
    if set(lags) == {None}:

        def needed() -> N:
            raise Unknown(NO_LAG)

        return plan.kind.if_any(spent, needed, lambda: spent)
    if None in lags:
        years = Rates.of(None if lag is None else Decimal(lag) for lag in lags)
        plan.kind.known_where(plan, "fctva_lag", years, spent, NO_LAG_OF_YEAR)
    return _delayed(spent, lags)


def _delayed(spent: N, lags: tuple[int | None, ...]) -> N:
    """Move the FCTVA of each year's spending to the year of its payment; nothing is moved where no lag is known."""
    known = tuple(lag or 0 for lag in lags)
    return spent.later(known[0]) if len(set(known)) == 1 else spent.moved(known)


@figure(say("FCTVA received after the term"))
def received_late(plan: Plan[N]) -> N:
    """The FCTVA of the six years' spending that is received after them."""
    return refund(plan).total() - received(plan).total()


@figure(say("FCTVA of spending"))
def refund_cents(plan: Plan[N]) -> N:
    """The FCTVA on each year's spending in cents: rounded once, then paid."""
    return plan.owners.add(refund_cents) if plan.parts else refund(plan).cents()


@figure(say("FCTVA"))
def received_cents(plan: Plan[N]) -> N:
    """The FCTVA received in each year, in cents."""
    if plan.parts:
        return plan.owners.add(received_cents)
    received(plan)  # raises where the lag is needed and not known
    return _delayed(refund_cents(plan), plan.inputs.fctva_lags)


@figure(say("FCTVA received after the term"))
def late_cents(plan: Plan[N]) -> N:
    """The FCTVA of the six years' spending that is received after them, in cents."""
    if plan.parts:
        return plan.owners.add(late_cents)
    received(plan)  # raises where the lag is needed and not known
    return refund_cents(plan).late(tuple(lag or 0 for lag in plan.inputs.fctva_lags))


@figure(say("FCTVA"))
def refund_whole(plan: Plan[N]) -> N:
    """The FCTVA of the six years' spending, whenever it is received, in cents."""
    return refund_cents(plan).total()


def _take_off(plan: Plan[N], gross: N, refunded: N, over: Callable[[N], N]) -> N:
    """What is left to the owner of a cost with VAT: files and workbook show each step in cents."""
    left = gross - over(costs.deducted_vat(plan.section).cents()) - refunded
    return left - over(co_funded(plan).cents()) - over(costs.earned(plan.section).cents())


@figure(say("Net cost"))
def net_by_year(plan: Plan[N]) -> N:
    """The owner's payments in each year, in cents, less the FCTVA received in it."""
    return _take_off(plan, costs.gross_cents(plan.section), received_cents(plan), lambda by_year: by_year)


@figure(say("Net cost"))
def net_at_once(plan: Plan[N]) -> N:
    """The net cost of the six years' spending, in cents, whenever the FCTVA is received."""
    gross = costs.gross_cents_whole(plan.section)
    return _take_off(plan, gross, refund_whole(plan), lambda by_year: by_year.total())


@figure(say("Net cost"))
def net(plan: Plan[N]) -> N:
    """The net cost of the six years' spending, in cents: that of the years less the FCTVA received after them."""
    if known(received, plan) is None:
        return net_at_once(plan)
    return net_by_year(plan).total() - late_cents(plan)


@figure(say("Net cost"))
def net_exact(plan: Plan[N]) -> N:
    """The owner's payments in each year, not rounded: the step that the workbook rounds."""
    returned = (
        costs.deducted_vat(plan.section) + received(plan) + co_funded(plan) + costs.earned(plan.section)
    )
    return costs.cost_ttc(plan.section) - returned
