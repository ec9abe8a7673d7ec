"""The workbook of a proposal of several owners: a part of the FCTVA and of the shares for each, by formulas."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.workspace import read_workspace
from booklet.export.json import write_costs
from tests.costs.test_owners import write
from tests.export.xlsx.test_workbook import cents, differences, years_sheet
from tests.samples.workbooks import cost, open_workbook, recalculate

if TYPE_CHECKING:
    from pathlib import Path

RATE = """\
fctva.rate.equipment:
  description: Taux d'essai
  unit: part of the TTC price
  values:
    2021-01-01: {value: 5 %, known_from: 2021-01-01}
"""


def test_libreoffice_computes_each_part(tmp_path: Path) -> None:
    """With lags by year, a rate of one nature and State grants on prices with VAT, sheets have the JSON's cents."""
    root = write(tmp_path / "workspace", base="ttc")
    (root / "proposals/parameters.yaml").write_text(RATE, "utf-8")
    costed = cost(root, "en")
    computed = recalculate(tmp_path, open_workbook(costed.workbook))
    assert differences(costed.workbook, computed, at_least=150) == []
    (proposal,) = json.loads(write_costs(costed.portfolio, read_workspace(root)))["proposals"]
    bourg = proposal["owners"]["bourg"]["fctva"]["investissement"]
    assert Decimal(bourg) == Decimal(240_000) * Decimal("0.05")
    rows = years_sheet(computed)
    for label, key in (("FCTVA received", "fctva"), ("Net cost to the owner", "net")):
        found = [cents(cell) for cell in rows["essai", "Investment", label][:8]]
        by_year = proposal[f"{key}_by_year"]["investissement"].values()
        late = proposal[f"{key}_after_term"]["investissement"]
        expected = [*by_year, late, proposal[key]["investissement"]]
        assert found == [Decimal(amount) for amount in expected]
