"""Proposals add up, whatever their order; drafts do not."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.content.model.proposal import SECTIONS
from booklet.content.workspace import Workspace, read_workspace
from booklet.costs.portfolio import Portfolio, add_sections, build_portfolio
from booklet.export import json as versioned_json
from booklet.money.euros import Euros
from tests.samples.commands import ROOT
from tests.samples.workspace import write_proposal, write_small

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def example() -> Workspace:
    return read_workspace(ROOT)


def portfolio_of(workspace: Workspace) -> Portfolio:
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    return portfolio


def test_the_small_portfolio_by_hand(tmp_path: Path) -> None:
    """Three times ten cabinets at 12 000 € are 180 000 € in each of two years, two thirds of it in mobility."""
    portfolio = portfolio_of(read_workspace(write_small(tmp_path).root))
    investment = portfolio.by_section["investissement"]
    assert [amount.central for amount in investment] == [Euros.of(n) for n in (180_000, 180_000, 0, 0, 0, 0)]
    assert investment.total.low == Euros.of(270_000) and investment.total.high == Euros.of(450_000)
    assert not portfolio.by_section["fonctionnement"]
    assert portfolio.by_domain["mobilite"]["investissement"].total.central == Euros.of(240_000)
    assert list(portfolio.by_domain) == ["mobilite", "ecologie"]


def test_the_bus_lanes_of_the_example_by_hand(example: Workspace) -> None:
    """The investment of the priority of buses: 180 + 2 700 + 360 + 600 = 3 840 thousand euros, as it declares."""
    portfolio = portfolio_of(example)
    bus = next(costed for costed in portfolio.ready if costed.id == "priorite-bus-carrefours")
    investment = bus.costing.by_section["investissement"]
    assert investment.total.central == Euros.of(3_840_000)
    # 2021: the study; 2022: 40 crossroads, the centre, and 11 of the 29 months in which 300 buses are equipped
    assert investment[2021].central == Euros.of(180_000)
    assert investment[2022].central.rounded() == Decimal("1456551.72")
    assert bus.costing.after_term_per_year.central == Euros.of(150 * 900 + 60_000 + 2 * 55_000)


def test_order_changes_nothing(example: Workspace) -> None:
    """Proposals read in any order make the same portfolio, in the same order, to the letter of its JSON."""
    expected = portfolio_of(example)
    proposals = list(example.proposals)
    for seed in range(3):
        random.Random(seed).shuffle(proposals)
        shuffled = portfolio_of(replace(example, proposals=tuple(proposals)))
        assert [costed.id for costed in shuffled.ready] == [costed.id for costed in expected.ready]
        assert shuffled.by_section == expected.by_section
        assert versioned_json.write_costs(shuffled) == versioned_json.write_costs(expected)


def test_sums_agree_however_they_are_made(example: Workspace) -> None:
    """Domains add up to the whole, years to the term, and proposals to their domain, exactly."""
    portfolio = portfolio_of(example)
    for section in SECTIONS:
        by_domain = sum(sections[section].total.central.value for sections in portfolio.by_domain.values())
        by_proposal = sum(p.costing.by_section[section].total.central.value for p in portfolio.ready)
        by_year = sum(amount.central.value for amount in portfolio.by_section[section])
        assert by_domain == by_proposal == by_year == portfolio.by_section[section].total.central.value
        after = sum(p.costing.after_term_by_section[section].central.value for p in portfolio.ready)
        assert portfolio.after_term_by_section[section].central.value == after
    assert add_sections(portfolio.years, portfolio.ready) == portfolio.by_section


def test_drafts_add_nothing(tmp_path: Path) -> None:
    """A draft with the same costs is listed apart, and no total moves."""
    root = write_small(tmp_path).root
    before = portfolio_of(read_workspace(root))
    text = write_proposal(root, "ecologie", "brouillon").read_text("utf-8")
    (root / "proposals/ecologie/brouillon.yaml").write_text(
        text.replace("status: ready", "status: draft"), "utf-8"
    )
    after = portfolio_of(read_workspace(root))
    assert [costed.id for costed in after.drafts] == ["brouillon"]
    assert after.by_section == before.by_section and after.by_domain == before.by_domain


def test_without_a_term_there_is_no_portfolio(tmp_path: Path) -> None:
    """While the edition does not say its years, nothing is added up."""
    sample = write_small(tmp_path)
    sample.edit("edition.yaml", "years: 2021-2026", "years: 2021-2025")
    assert build_portfolio(read_workspace(sample.root)) is None
