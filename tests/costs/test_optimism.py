"""The bounds of reference classes, and what one adds beside the cost of a proposal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import pytest

from booklet.content.model.proposal import ReferenceClass
from booklet.costs.optimism import OPTIMISM
from booklet.law.lookup import load_law
from tests.samples.commands import run
from tests.samples.money import read_costs, write_money

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2021, 1, 1)
#: capital expenditure, but for outsourcing: HM Treasury, supplementary guidance on optimism bias, table 2
BOUNDS = {
    "standard-building": "0.24",
    "non-standard-building": "0.51",
    "standard-civil-engineering": "0.44",
    "non-standard-civil-engineering": "0.66",
    "equipment-development": "2",
    "outsourcing": "0.41",
}
ASSUMED = (
    "section: investissement, quantity: 10, unit: u, spread: p, vat: 20 %, vat_regime: fctva, evidence: assumption, "
    "assumption: x, unit_cost: {low: 800 €, central: 1 000 €, high: 2 000 €}}"
)


def test_bounds_are_those_of_the_guidance() -> None:
    """Each class has the upper bound of the table; the guidance's combined building, 30 % and 70 %, has 32.1 %."""
    found = {name: load_law().percent(f"{OPTIMISM}{name}", DAY) for name in get_args(ReferenceClass)}
    assert found == {name: Decimal(rate) for name, rate in BOUNDS.items()}
    combined = [found["non-standard-building"], found["standard-building"]]
    assert combined[0] and combined[1]
    assert combined[0] * Decimal("0.3") + combined[1] * Decimal("0.7") == Decimal("0.321")
    assert load_law().percent(f"{OPTIMISM}outsourcing", date(2003, 3, 31)) is None


def test_an_overrun_stands_beside_the_cost(tmp_path: Path) -> None:
    """The bound is taken of the lines of its kind, and changes neither cost nor percentile; `why` derives it."""
    lines = (f"{{label: a, nature: works, {ASSUMED}", f"{{label: b, nature: equipment, {ASSUMED}")
    write_money(tmp_path, *lines)
    without = read_costs(tmp_path)
    write_money(tmp_path, *lines, more="reference_class: standard-building\nno_running_cost: x")
    costs = read_costs(tmp_path)
    assert costs.pop("uplift") == {
        "reference_class": "standard-building",
        "rate": "0.24",
        "base": "10000.00",
        "added": "2400.00",
    }
    assert costs == without
    told = run("-C", str(tmp_path), "why", "essai.uplift", "--lang", "en").out
    assert "2,400.00" in told and "24" in told and "Green Book" in told


@pytest.mark.parametrize(
    ("name", "evidence"), [("outsourcing", "assumption"), ("standard-building", "expert")]
)
def test_a_class_that_does_not_apply_adds_nothing(tmp_path: Path, name: str, evidence: str) -> None:
    """Without a line of its kind, or beside better evidence, there is no second figure: null, never 0."""
    line = f"{{label: a, nature: works, {ASSUMED}".replace("evidence: assumption", f"evidence: {evidence}")
    write_money(tmp_path, line, more=f"reference_class: {name}\nno_running_cost: x")
    assert read_costs(tmp_path)["uplift"] is None
