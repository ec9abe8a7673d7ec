"""Derivations of what stands beside the net cost: the JSON's figures, down to what was typed."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio
from booklet.law.lookup import law_of
from booklet.why.derivation import recompute
from booklet.why.explain import explain_figure
from tests.export.test_balance import LOAN, OTHERS, WORKS
from tests.samples.commands import run
from tests.samples.money import write_money

if TYPE_CHECKING:
    from pathlib import Path


def test_every_figure_is_the_json_s_and_follows_from_its_children(tmp_path: Path) -> None:
    """Savings, lost revenue, net cost after them, interest, principal, payments outside the term: value and tree."""
    root = write_money(tmp_path, WORKS, funding=LOAN.replace("equal_principal", "level"), more=OTHERS)
    (one,) = json.loads(run("-C", str(root), "costs", "--format", "json").out)["proposals"]
    expected = {
        "savings.fonctionnement": one["savings"]["fonctionnement"],
        "savings.2025.fonctionnement": one["savings_by_year"]["fonctionnement"]["2025"],
        "savings.1": "1800.00",
        "lost-revenue": one["lost_revenue"]["fonctionnement"],
        "net-after-savings.fonctionnement": one["net_after_savings"]["fonctionnement"],
        "net-after-savings.2022.investissement": one["net_after_savings_by_year"]["investissement"]["2022"],
        "interest": one["interest"],
        "interest.2024": one["interest_by_year"]["2024"],
        "principal.2026": one["principal_by_year"]["2026"],
        "paid-before": one["paid_before"]["investissement"],
        "paid-after.investissement": one["paid_after"]["investissement"],
        "ap.investissement": one["ap"]["investissement"],
        "ap.fonctionnement": one["ap"]["fonctionnement"],
        "funding.1.2022": "100000.00",
        "funding.1.2023": "0.00",
    }
    workspace = read_workspace(root)
    portfolio, law = build_portfolio(workspace), law_of(workspace)
    assert portfolio is not None
    for name, value in expected.items():
        tree = explain_figure(f"essai.{name}", workspace, portfolio, law)
        assert tree.value == Fraction(value), name
        assert all(recompute(node) == node.value for node in tree.walk()), name
    assert len(explain_figure("essai", workspace, portfolio, law).children) > 10
    whole = explain_figure("total.net-after-savings", workspace, portfolio, law)
    assert whole.value == sum(map(Fraction, one["net_after_savings"].values()))


def test_what_is_committed_is_not_known_in_parts(tmp_path: Path) -> None:
    """Without the VAT regime there is no AP; while a line has no price, nothing of its section is a sum."""
    lines = (WORKS.replace("vat_regime: fctva, ", ""), WORKS.replace("unit_cost: 1 000 000, ", ""))
    for count, before in ((1, 10_000), (2, None)):
        root = write_money(tmp_path / str(count), *lines[:count], more=OTHERS, status="draft")
        workspace = read_workspace(root)
        portfolio, law = build_portfolio(workspace), law_of(workspace)
        assert portfolio is not None
        found = [
            explain_figure(f"essai.{name}.investissement", workspace, portfolio, law)
            for name in ("paid-before", "ap")
        ]
        assert [node.value for node in found] == [before, None], count
        assert all(node.value is not None or node.notes or node.children for node in found)
