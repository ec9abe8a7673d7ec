"""A percentile of lines that the edition says move together: JSON and derivation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.samples.commands import run
from tests.samples.money import write_money

if TYPE_CHECKING:
    from pathlib import Path


def read_costs(root: Path) -> Any:
    ran = run("-C", str(root), "costs", "--format", "json")
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def works(label: str, quantity: str) -> str:
    return (
        f"{{label: {label}, section: investissement, nature: works, quantity: {quantity}, unit: u, "
        "unit_cost: {low: 80 €, central: 100 €, high: 200 €}, spread: p, vat: 20 %, vat_regime: fctva, "
        "evidence: assumption, assumption: x}"
    )


def test_lines_of_one_nature_move_together_where_the_edition_says_so(tmp_path: Path) -> None:
    """Split in two or not, works have one P80; they are one share, and `why` says what moves together."""
    upkeep = works("entretien", "100").replace("works", "service").replace("regime: fctva", "regime: aucun")
    said = "correlation: 0.2\nlines_of_one_nature: together\n"
    write_money(tmp_path, works("a", "1 000"), works("b", "3 000"), upkeep, edition=said)
    split = read_costs(tmp_path)
    found = split["totals"]["uncertainty"]
    assert (split["correlation"], split["lines_of_one_nature"]) == ("0.2", "together")
    assert [(one["name"], one["is_driver"], len(one["lines"])) for one in found["shares"]] == [
        ("works", False, 2),
        ("essai: entretien", False, 1),
    ]
    told = run("-C", str(tmp_path), "why", "essai.p80", "--lang", "en").out
    assert "lines of nature `works`" in told
    assert "a correlation of 0.2" in told and "so do the lines of one nature" in told
    write_money(tmp_path, works("ensemble", "4 000"), upkeep, edition=said)
    assert read_costs(tmp_path)["totals"]["uncertainty"]["p80"] == found["p80"]
    write_money(tmp_path, works("a", "1 000"), works("b", "3 000"), upkeep)
    assert float(read_costs(tmp_path)["totals"]["uncertainty"]["p80"]) < float(found["p80"])
