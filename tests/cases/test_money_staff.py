"""Staff spread over a phase: a cost per full-time equivalent and year, times the months of the phase."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from booklet.chapters.fiche_tables import cost_table
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio
from booklet.text.language import ENGLISH
from tests.samples.commands import run
from tests.samples.money import read_costs, write_money

if TYPE_CHECKING:
    from pathlib import Path

TEAM = (
    "{label: Équipe projet, section: fonctionnement, nature: staff, quantity: 2, unit: ETP, "
    "unit_cost: {low: 44 000, central: 55 000, high: 68 000}, spread: p, evidence: expert, source: essai-2019}"
)
MONTHS = ("2021-07", "2023-12")


def write(root: Path, line: str = TEAM) -> Path:
    return write_money(root, line, months=MONTHS, kind="operation")


def test_a_team_costs_its_years(tmp_path: Path) -> None:
    """2 ETP at 55 000 € a year over 30 months cost 275 000 €, year by year what the months are of twelve."""
    found = read_costs(write(tmp_path))["fonctionnement"]
    assert [found[year]["central"] for year in ("2021", "2022", "2023", "2024")] == [
        "55000.00",
        "110000.00",
        "110000.00",
        "0.00",
    ]


@pytest.mark.parametrize(
    ("changed", "cost"),
    [
        (TEAM.replace("unit: ETP", "unit: etpt"), "110000.00"),
        (TEAM.replace("unit: ETP", "unit: mission"), "44000.00"),
        (TEAM.replace("nature: staff", "nature: service, vat: 20 %, vat_regime: aucun"), "44000.00"),
        (TEAM.replace("spread: p", "spread: {2022: 2}"), "110000.00"),
    ],
)
def test_only_full_time_equivalents_are_yearly(tmp_path: Path, changed: str, cost: str) -> None:
    """Another unit or nature spreads one amount over the phase; units by year are units by year."""
    assert read_costs(write(tmp_path, changed))["fonctionnement"]["2022"]["central"] == cost


def test_every_output_takes_the_same_steps(tmp_path: Path) -> None:
    """`why`, the note of the fiche and the formula of the workbook all say how the team comes to its cost."""
    root = write(tmp_path)
    why = run("-C", str(root), "--lang", "en", "why", "essai.2022.fonctionnement")
    assert why.status == 0 and "110,000" in why.out and "months of a year" in why.out
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    table = cost_table(portfolio.ready[0], ENGLISH)
    assert table is not None and table.rows[1].note.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "2 × 55,000 € / ETP a year, over 30 months"
    )
    file = tmp_path / "budget.xlsx"
    assert run("-C", str(root), "costs", "--format", "xlsx", "-o", str(file)).status == 0
    lines = load_workbook(BytesIO(file.read_bytes()), data_only=True).worksheets[1]
    heads = {cell.value: cell.column for cell in lines[1] if cell.value}
    row = [
        lines.cell(5, heads[name]).value
        for name in ("months", "part-2021", "part-2022", "central-2022", "central-total")
    ]
    assert row == [12, 6, 12, 110_000, 275_000]
    again = run("-C", str(root), "costs", "import", str(file))
    assert again.status == 0, again.err


def test_a_longer_phase_costs_more_in_a_diff(tmp_path: Path) -> None:
    """A phase of 12 months more is a cause of its own, of 110 000 €."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    for file, months in ((before, MONTHS), (after, (MONTHS[0], "2024-12"))):
        root = write_money(tmp_path / file.stem, TEAM, months=months, kind="operation")
        file.write_text(run("-C", str(root), "costs", "--format", "json").out, "utf-8")
    ran = run("-C", str(tmp_path / "after"), "diff", str(before), str(after), "--format", "json")
    assert ran.status == 0, ran.err
    (change,) = json.loads(ran.out)["proposals"]
    assert [cause["key"] for cause in change["causes"] if cause["measure"] == "cost"] == ["duration"]


@pytest.mark.parametrize("unit", ["E.T.P.", "équivalent temps plein", "Équivalents-temps plein", "FTE"])
def test_full_time_in_other_words_costs_its_years_too(tmp_path: Path, unit: str) -> None:
    """Full-time equivalents are the same in full letters."""
    found = read_costs(write(tmp_path, TEAM.replace("unit: ETP", f"unit: {unit}")))["fonctionnement"]
    assert found["2022"]["central"] == "110000.00"
