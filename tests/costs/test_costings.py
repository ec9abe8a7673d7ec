"""Published costings, written in the contract, come out as published, or the difference is told.

The workspaces are in `tests/samples/costings`; the head of each proposal says what its page does not.
"""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.samples.commands import ROOT, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COSTINGS = ROOT / "tests" / "samples" / "costings"
LIST = "- {id: a, name: Une liste, head: Prénom Nom, commune: Essai, panel: 1}\n"
#: `(JSON of the proposal) → amount`, beside what was published
Figure = tuple["Callable[[Any], Any]", str]


def six_years(proposal: Any, estimate: str = "central") -> str:
    cells = [*proposal["investissement"].values(), *proposal["fonctionnement"].values()]
    return f"{sum(Decimal(cell[estimate]) for cell in cells):.0f}"


def both(amounts: Any) -> str:
    return f"{sum(Decimal(amounts[section]) for section in ('investissement', 'fonctionnement')):.2f}"


PUBLISHED: dict[str, list[Figure]] = {
    "01-piscine": [
        (lambda p: p["investissement"]["2023"]["central"], "526856.57"),
        (lambda p: p["investissement"]["2024"]["central"], "3000000.00"),
        (lambda p: p["investissement"]["2025"]["central"], "2173143.43"),
        (six_years, "5700000"),
    ],
    "03-cameras": [
        (lambda p: p["base"]["investissement"], "18300000.00"),
        (lambda p: both(p["base"]), "41100000.00"),
        (lambda p: p["own_share"]["investissement"], "14640000.00"),
        (lambda p: both(p["own_share"]), "37440000.00"),
    ],
    "04-agents": [
        (lambda p: p["savings"]["fonctionnement"], "126000000.00"),
        (lambda p: p["savings_by_year"]["fonctionnement"]["2019"], "36000000.00"),
        (lambda p: p["savings_after_term_per_year"]["fonctionnement"], "36000000.00"),
    ],
    # of the whole scenario: single schools go down while the others go up
    "06-ecoles": [
        (lambda p: six_years(p, "low"), "27920000"),
        (six_years, "52960000"),
        (lambda p: six_years(p, "high"), "77800000"),
    ],
    "08-lycee": [
        (lambda p: six_years(p, "low"), "33500000"),
        (six_years, "42650000"),
        (lambda p: six_years(p, "high"), "49400000"),
    ],
    "11-paris": [
        (lambda p: six_years(p, "low"), "155000000"),
        (six_years, "320000000"),
        (lambda p: six_years(p, "high"), "485000000"),
    ],
    # ten years, of which the term has six
    "11-strasbourg": [
        (six_years, "25020000"),
        (lambda p: p["paid_after"]["investissement"], "16680000.00"),
    ],
    "15-eclairage": [
        (lambda p: p["own_share"]["investissement"], "3149.10"),
        # what the commune says it is charged with
        (lambda p: p["net_by_year"]["investissement"]["2018"], "6298.20"),
        (lambda p: p["net"]["investissement"], "3198.73"),
    ],
    # paid back in less than a year
    "16-grazac": [
        (six_years, "1800"),
        (lambda p: p["savings_by_year"]["fonctionnement"]["2019"], "2000.00"),
    ],
    "16-troyes": [
        (six_years, "1720000"),
        (lambda p: p["paid_before"]["investissement"], "1700000.00"),
        (lambda p: p["savings_after_term_per_year"]["fonctionnement"], "270000.00"),
    ],
    "27-trois-points": [
        (lambda p: six_years(p, "low"), "69355000"),
        (six_years, "77092000"),
        (lambda p: six_years(p, "high"), "100285000"),
    ],
}


#: its published sum is wrong
WRONG = "17-creches"


def write_costing(name: str, root: Path) -> Path:
    """Make a workspace of one costing."""
    folder = root / "proposals"
    (folder / "essai").mkdir(parents=True)
    for file in ("edition", "sources"):
        shutil.copy(COSTINGS / name / f"{file}.yaml", folder)
    shutil.copy(COSTINGS / name / "proposal.yaml", folder / "essai" / "chiffrage.yaml")
    (folder / "lists.yaml").write_text(LIST, "utf-8")
    return root


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_figures_come_out(name: str, tmp_path: Path) -> None:
    """Each published amount is computed from what its page says, sums to the euro."""
    ran = run("-C", str(write_costing(name, tmp_path)), "costs", "--format", "json")
    assert ran.status == 0, ran.err
    (proposal,) = json.loads(ran.out)["proposals"]
    assert [figure(proposal) for figure, _ in PUBLISHED[name]] == [amount for _, amount in PUBLISHED[name]]


def test_a_sum_that_fails_in_print_is_told(tmp_path: Path) -> None:
    """The crèches are funded with 132 000 € a year and cost 130 000 €: the gap is told, with what to take away."""
    said = run(
        "-C", str(write_costing(WRONG, tmp_path)), "check", "--no-store", "--lang", "en", "--format", "full"
    ).out
    assert "error[F101]" in said and "take 2,000 € away" in said
    assert {path.name for path in COSTINGS.iterdir()} == {*PUBLISHED, WRONG}


def test_three_points_have_the_percentiles_of_many_draws(tmp_path: Path) -> None:
    """Independent triangles of GAO's table 12 are within a thousandth of 400 000 draws of them."""
    ran = run("-C", str(write_costing("27-trois-points", tmp_path)), "costs", "--format", "json")
    (proposal,) = json.loads(ran.out)["proposals"]
    drawn = {"p10": 76_715_000, "p50": 81_597_000, "p80": 86_433_000, "p90": 88_918_000}
    found = proposal["uncertainty"]
    assert all(abs(Decimal(found[key]) / amount - 1) < Decimal("0.001") for key, amount in drawn.items())
