"""What stands beside the net cost: savings, lost revenue, payments outside the six years, interest and principal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.content.model.edition import Prices
from booklet.content.model.proposal import Proposal
from booklet.costs.balance import Balance
from booklet.costs.costing import cost_proposal
from booklet.costs.figures.balance import NO_SAVING
from booklet.costs.financing import finance
from booklet.money.euros import Euros
from tests.costs.test_financing import RATES, TERM, edition, fctva

if TYPE_CHECKING:
    from booklet.content.model.proposal import Section

WORKS = {
    "label": "a",
    "section": "investissement",
    "nature": "works",
    "quantity": "1",
    "unit": "u",
    "vat": "20 %",
    "unit_cost": "1 000 000",
    "spread": {"2022": "1"},
    "vat_regime": "fctva",
    "evidence": "contract",
}
SAVING = {
    "label": "b",
    "section": "fonctionnement",
    "nature": "service",
    "quantity": "1",
    "unit": "an",
    "unit_cost": "1 200",
    "price": "ttc",
    "vat": "20 %",
    "recurs": {"from": "2025-01"},
}
LOST = {
    "label": "c",
    "section": "fonctionnement",
    "quantity": "1",
    "unit": "an",
    "unit_cost": "300",
    "recurs": {"from": "2025-07"},
}


def balance(section: Section, *, basis: str = "ht", **keys: object) -> Balance:
    """What a proposal of these keys leaves beside its net cost."""
    found = Proposal.model_validate({"status": "ready", "owner": "ville", "costs": [], "funding": [], **keys})
    costing = cost_proposal(found, TERM, Prices.model_construct(year=2019, basis=basis))
    chain = finance(found, costing, edition(), section, fctva(RATES))
    assert chain is not None
    return Balance(chain)


def test_savings_and_lost_revenue_stand_beside_the_net_cost() -> None:
    """1 000 € HT saved a year and 300 € given up: the net cost is what it was, and another stands beside it."""
    found = balance("fonctionnement", savings=[SAVING], lost_revenue=[LOST])
    assert found.saved is not None
    assert found.given_up is not None
    assert found.saved.decimals() == tuple(map(Decimal, (0, 0, 0, 0, 1000, 1000)))
    assert found.given_up.decimals() == tuple(map(Decimal, (0, 0, 0, 0, 150, 300)))
    assert found.chain.net_cells.whole == 0
    cells = found.net_after_savings_cells
    assert (cells.by_year, cells.whole) == (tuple(map(Decimal, (0, 0, 0, 0, -850, -700))), Decimal(-1550))
    assert cells.after_term == 0


def test_the_vat_refund_after_the_term_is_in_both_net_costs() -> None:
    """The years and what comes after them add up to the net cost after savings, as to the net cost."""
    late = {**WORKS, "spread": {"2026": "1"}}
    found = balance("investissement", costs=[late], savings=[{**SAVING, "section": "investissement"}])
    cells, net = found.net_after_savings_cells, found.chain.net_cells
    assert cells.by_year is not None
    assert net.whole is not None
    assert cells.after_term == net.after_term == Decimal("-196848.00")
    assert sum(cells.by_year) - Decimal(196_848) == cells.whole == net.whole - 2000


def test_a_saving_without_an_amount_is_not_nothing() -> None:
    """The net cost is known, what it is after savings is not, and the reason is told."""
    found = balance("fonctionnement", savings=[{**SAVING, "unit_cost": None}])
    assert found.saved is None
    assert found.net_after_savings_cells.whole is None
    assert found.chain.net_cells.whole == 0
    assert NO_SAVING in found.chain.unknown


@pytest.mark.parametrize(("basis", "paid"), [("ht", "12 000"), ("ttc", "14 400")])
def test_payments_outside_the_term_are_in_the_ap_and_in_nothing_else(basis: str, paid: str) -> None:
    """A study paid before and a balance paid after, on the line's price basis, are committed with their VAT."""
    price = "1 000 000" if basis == "ht" else "1 200 000"
    outside = {**WORKS, "unit_cost": price, "paid_before": paid, "paid_after": paid}
    found, plain = (
        balance("investissement", basis=basis, costs=[line])
        for line in (outside, {**WORKS, "unit_cost": price})
    )
    assert found.paid_before == found.paid_after == Euros.of(12_000)
    assert found.authorised == Euros.of(1_200_000 + 2 * 14_400)
    assert (plain.paid_before, plain.authorised) == (Euros.of(0), Euros.of(1_200_000))
    assert found.chain.net_cells == plain.chain.net_cells
    assert found.chain.gross == plain.chain.gross == Euros.of(1_000_000)
    deducting = balance("investissement", basis=basis, costs=[{**outside, "vat_regime": "assujetti"}])
    assert deducting.authorised == Euros.of(1_000_000 + 2 * 12_000)


def test_a_loan_costs_interest_which_is_in_no_net_cost() -> None:
    """A tenth of the cost, drawn in June 2022 and paid back in four years: interest and principal by budget year."""
    terms = {
        "rate": "3 %",
        "years": "4",
        "instalments": "1",
        "repayment": "equal_principal",
        "drawn": "2022-06",
    }
    loan = {"funder": "banque", "form": "loan", "section": "investissement", "share": "10 %", "loan": terms}
    found = balance("investissement", costs=[WORKS], funding=[loan])
    assert found.debt is not None
    assert found.debt.interest.by_year == tuple(map(Decimal, (0, 0, 3000, 2250, 1500, 750)))
    assert found.debt.principal.by_year == tuple(map(Decimal, (0, 0, 25_000, 25_000, 25_000, 25_000)))
    assert found.debt.interest.after_term == 0
    assert found.chain.net_cells.whole == balance("investissement", costs=[WORKS]).chain.net_cells.whole
    assert [amount.rounded() for amount in found.chain.grants[0].by_year] == [0, 100_000, 0, 0, 0, 0]
    assert balance("investissement", costs=[WORKS], funding=[{**loan, "loan": None}]).debt is None
    assert balance("investissement", costs=[WORKS]).debt is not None


def test_a_loan_is_one_owners() -> None:
    """Its interest is in the part of the owner who borrows; another owner's is known, and nothing."""
    terms = {
        "rate": "3 %",
        "years": "4",
        "instalments": "1",
        "repayment": "equal_principal",
        "drawn": "2022-06",
    }
    loan = {
        "funder": "banque",
        "form": "loan",
        "section": "investissement",
        "amount": "100 000",
        "loan": terms,
    }
    lines = [WORKS, {**WORKS, "owner": "bourg"}]
    chain = balance("investissement", costs=lines, funding=[{**loan, "owner": "bourg"}]).chain
    debts = [Balance(chain.parts[owner]).debt for owner in ("ville", "bourg")] + [Balance(chain).debt]
    assert [debt and debt.interest.whole for debt in debts] == [0, 7500, 7500]
    plain = balance("investissement", costs=lines, funding=[{**loan, "owner": "bourg", "loan": None}]).chain
    debts = [Balance(plain.parts[owner]).debt for owner in ("ville", "bourg")] + [Balance(plain).debt]
    assert [debt is None for debt in debts] == [False, True, True]


def test_the_ap_is_not_known_while_a_vat_regime_is_not() -> None:
    """Nobody knows whether the VAT of the line is deducted: what is committed is no figure, and never one too high."""
    assert balance("investissement", costs=[{**WORKS, "vat_regime": None}]).authorised is None
    untaxed = {**WORKS, "vat_regime": None, "vat": "0 %"}
    assert balance("investissement", costs=[untaxed]).authorised == Euros.of(1_000_000)


def test_a_proposal_costs_nothing_only_where_it_says_so() -> None:
    """`costs: []` beside a saving is a cost of 0 €; without the saving, or without the key, the cost is not known."""
    prices = Prices.model_construct(year=2019, basis="ht")

    def is_complete(**keys: object) -> bool:
        return cost_proposal(Proposal.model_validate(keys), TERM, prices).is_complete

    assert is_complete(costs=[], savings=[SAVING])
    assert not is_complete(costs=[])
    assert not is_complete(savings=[SAVING])
