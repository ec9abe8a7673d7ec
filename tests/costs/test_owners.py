"""Several owners of one proposal: each has its part of cost, grants, FCTVA and net, and the parts make the whole."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from booklet.chapters.fiche_tables import cost_table
from booklet.chapters.letter_figures import portfolio_values
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio, finance_portfolio
from booklet.law.lookup import law_of
from booklet.tables.funding_plan import funding_plan
from booklet.tables.net_tables import fiche_net_table
from booklet.tables.peak import describe_peak
from booklet.text.language import ENGLISH
from tests.samples.commands import run
from tests.samples.money import read_costs, write_money

if TYPE_CHECKING:
    from pathlib import Path

#: the métropole builds in 2022 and is paid back a year later; the bourg furnishes in 2023
WORKS = (
    "{label: Bâtiment, section: investissement, nature: works, quantity: 1, unit: u, unit_cost: 1 800 000, "
    "spread: {2022: 1}, vat: 20 %, vat_regime: fctva, evidence: contract, source: essai-2019}"
)
FURNITURE = (
    "{label: Mobilier, section: investissement, nature: equipment, quantity: 1, unit: u, unit_cost: 200 000, "
    "spread: {2023: 1}, vat: 20 %, vat_regime: fctva, evidence: contract, source: essai-2019, owner: bourg}"
)
PLAN = (
    "[{funder: dsil, form: grant, section: investissement, share: 40 %, status: acquis},"
    " {funder: region, form: grant, section: investissement, share: 50 %, status: acquis, owner: bourg}]"
)


def write(root: Path, *lines: str, lag: str = "{2021: 2, 2026: 1}", base: str = "ht") -> Path:
    """A workspace of one proposal of both owners; `lag` is that of the bourg."""
    write_money(
        root,
        *(lines or (WORKS, FURNITURE)),
        funding=PLAN,
        edition=f"{GUARDED}funding_base: {base}\n",
    )
    edition = root / "proposals/edition.yaml"
    bourg = "bourg: {name: Bourg, kind: commune, population: 20 000, fctva_lag: "
    text = edition.read_text("utf-8")
    assert f"{bourg}1" in text
    edition.write_text(text.replace(f"{bourg}1", f"{bourg}{lag}"), "utf-8")
    return root


GUARDED = "guardrails: {owners: {bourg: {total: {investissement: 200 000 €}}}}\n"


def numbers(found: Any) -> dict[str, Decimal | None]:
    """The figures of the investment of a proposal or of a part."""
    names = ("own_share", "fctva", "fctva_after_term", "net", "net_after_term")
    return {
        name: Decimal(found[name]["investissement"]) if found[name]["investissement"] else None
        for name in names
    }


def test_each_owner_has_its_part(tmp_path: Path) -> None:
    """A share is one of the owner's cost, the FCTVA comes with its lag, and the whole is the sum of the parts."""
    found = read_costs(write(tmp_path))
    metro, bourg = numbers(found["owners"]["metro"]), numbers(found["owners"]["bourg"])
    assert (metro["own_share"], metro["fctva"], metro["net"]) == (
        Decimal(1_080_000),
        Decimal("354326.40"),
        Decimal("1085673.60"),
    )
    assert (bourg["own_share"], bourg["fctva"], bourg["net"]) == (
        Decimal(100_000),
        Decimal("39369.60"),
        Decimal("100630.40"),
    )
    assert numbers(found) == {name: metro[name] + bourg[name] for name in metro}  # type: ignore[operator]
    by_year = found["fctva_by_year"]["investissement"]
    assert {year: paid for year, paid in by_year.items() if Decimal(paid)} == {
        "2023": "354326.40",
        "2025": "39369.60",
    }
    assert [line["computed"] for line in found["funding"]] == ["720000.00", "100000.00"]


def test_the_whole_adds_the_parts_of_each_owner(tmp_path: Path) -> None:
    """In the totals each owner has its part of every proposal; lags are by year where they change."""
    ran = run("-C", str(write(tmp_path)), "costs", "--format", "json")
    costs = json.loads(ran.out)
    owners = costs["totals"]["owners"]
    assert {id: part["gross"]["investissement"] for id, part in owners.items()} == {
        "bourg": "200000.00",
        "metro": "1800000.00",
    }
    assert costs["fctva_lags"]["metro"] == 1
    assert costs["fctva_lags"]["bourg"] == {str(year): 2 if year < 2026 else 1 for year in range(2021, 2027)}


def test_the_fiche_prints_each_part_and_the_cells_add_up(tmp_path: Path) -> None:
    """From gross to net: a row of each owner under the section, whose printed cells add up to the section's."""
    workspace = read_workspace(write(tmp_path))
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    financings = finance_portfolio(portfolio, workspace.edition.value, law_of(workspace))
    table = fiche_net_table(portfolio.ready[0], financings, ENGLISH, {"metro": "Métropole", "bourg": "Bourg"})
    assert table is not None
    whole, *parts = table.rows
    assert [row.label for row in parts] == ["of which Métropole", "of which Bourg"]
    thousands = [[int(cell or 0) // 1000 for cell in row.cells] for row in parts]
    assert thousands == [[1800, 360, -355, -720, 0, 1085], [200, 40, -39, -100, 0, 101]]
    assert [sum(filter(None, cells)) for cells in zip(*(row.cells for row in parts), strict=True)] == list(
        whole.cells
    )


def test_why_derives_the_parts(tmp_path: Path) -> None:
    """What `why` explains of several owners is what is computed, by year too."""
    root = write(tmp_path, base="ttc")
    for figure in ("net", "fctva.2025", "own-share"):
        ran = run("-C", str(root), "why", f"essai.{figure}")
        assert ran.status == 0, ran.err


def test_the_letter_and_the_yardstick_count_each_part(tmp_path: Path) -> None:
    """A slot with an owner behind is of its part, and so is the peak against the owner's yearly investment."""
    root = write(tmp_path)
    path = root / "proposals/edition.yaml"
    text = path.read_text("utf-8").replace("operating_receipts: 30 M€", "yearly_investment: 1 M€")
    path.write_text(text.replace("letter: |", "letter: |\n  {investment.bourg}"), "utf-8")
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    assert workspace.edition is not None and portfolio is not None
    values = portfolio_values(portfolio, workspace.edition.value, ENGLISH)
    names = ("investment", "investment.bourg", "peak_share.bourg", "yardstick.bourg")
    assert [" ".join(values[name].split()) for name in names] == ["2 M€", "200 k€", "20%", "1 M€"]
    told = describe_peak(portfolio, workspace.edition.value, ENGLISH)
    assert "The part of Bourg peaks in 2023" in told


def test_the_pages_name_each_owner(tmp_path: Path) -> None:
    """A line, a grant and the parameters printed under Method say whose they are."""
    root = write(tmp_path)
    workspace = read_workspace(root)
    portfolio, law = build_portfolio(workspace), law_of(workspace)
    assert workspace.edition is not None and portfolio is not None
    edition = workspace.edition.value
    names = {id: one.name for id, one in edition.organisations.items()}
    table = cost_table(portfolio.ready[0], ENGLISH, names)
    assert table is not None and "Mobilier (Bourg)" in [row.label for row in table.rows]
    plan = funding_plan(portfolio.ready[0], edition, finance_portfolio(portfolio, edition, law), ENGLISH)
    assert plan is not None and [row.label for row in plan.rows[:2]] == ["DSIL", "Région, for Bourg"]
    assert [row.share for row in plan.rows[:2]] == [Decimal("0.36"), Decimal("0.05")]
