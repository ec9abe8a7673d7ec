"""The JSON of what stands beside the net cost: savings, lost revenue, loans, payments outside the six years."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.samples.commands import run
from tests.samples.money import read_costs, write_money

if TYPE_CHECKING:
    from pathlib import Path

WORKS = (
    "{label: a, section: investissement, nature: works, quantity: 1, unit: u, unit_cost: 1 000 000, spread: p, "
    "vat: 20 %, vat_regime: fctva, paid_before: 10 000, paid_after: 5 000, evidence: contract, source: essai-2019}"
)
LOAN = (
    "[{funder: region, form: loan, section: investissement, amount: 100 000, status: acquis, "
    "loan: {rate: 3 %, years: 10, instalments: 1, repayment: equal_principal, drawn: 2022-06}}]"
)
OTHERS = """\
no_running_cost: x
savings:
  - {label: b, section: fonctionnement, nature: service, quantity: 1, unit: an, unit_cost: 1 200,
     recurs: {from: 2025-07}, vat: 20 %, evidence: contract, source: essai-2019}
lost_revenue:
  - {label: c, section: fonctionnement, quantity: 1, unit: an, unit_cost: 300, recurs: {from: 2025-01},
     evidence: contract, source: essai-2019}
"""


def test_every_sum_stands_apart_by_year_whole_and_after_the_term(tmp_path: Path) -> None:
    """Net cost, savings, lost revenue, what both make of it, loans and other payments, of one proposal and of all."""
    root = write_money(tmp_path, WORKS, funding=LOAN, more=OTHERS)
    costs = json.loads(run("-C", str(root), "costs", "--format", "json").out)
    (one,) = costs["proposals"]
    assert one["savings"] == {"investissement": "0.00", "fonctionnement": "1800.00"}
    assert one["savings_by_year"]["fonctionnement"]["2025"] == "600.00"
    assert one["savings_after_term_per_year"]["fonctionnement"] == "1200.00"
    assert one["lost_revenue"]["fonctionnement"] == "600.00"
    assert one["lost_revenue_by_year"]["fonctionnement"]["2026"] == "300.00"
    assert one["lost_revenue_after_term_per_year"]["fonctionnement"] == "300.00"
    assert one["net"] == {"investissement": "1003152.00", "fonctionnement": "0.00"}
    assert one["net_after_savings"] == {"investissement": "1003152.00", "fonctionnement": "-1200.00"}
    assert one["net_after_savings_by_year"]["fonctionnement"]["2025"] == "-300.00"
    assert one["net_after_savings_after_term"] == one["net_after_term"]
    assert (one["paid_before"]["investissement"], one["paid_after"]["investissement"]) == (
        "10000.00",
        "5000.00",
    )
    assert one["ap"] == {"investissement": "1218000.00", "fonctionnement": "0.00"}
    assert (one["interest"], one["interest_after_term"]) == ("16500.00", "6300.00")
    # nothing runs but the loan, which costs 2 100 € in the last year and 1 800 € in the next
    assert one["operation_with_interest_by_year"]["2026"] == "2100.00"
    assert (one["operation_with_interest"], one["operation_with_interest_after_term_per_year"]) == (
        "10200.00",
        "1800.00",
    )
    assert "Interest on loans, in no sum above" in run("-C", str(root), "costs", "--lang", "en").out
    assert one["interest_by_year"] == {
        "2021": "0.00",
        "2022": "0.00",
        "2023": "3000.00",
        "2024": "2700.00",
        "2025": "2400.00",
        "2026": "2100.00",
    }
    assert (one["principal"], one["principal_after_term"]) == ("100000.00", "60000.00")
    assert one["funding"][0]["loan"]["rate"] == "0.03"
    assert one["savings_lines"][0]["after_term_per_year"] == "1200.00"
    for whole in (costs["totals"], costs["domains"]["mobilite"]):
        for key in (
            "savings",
            "lost_revenue_by_year",
            "net_after_savings",
            "paid_after",
            "ap",
            "interest",
            "principal_by_year",
        ):
            assert whole[key] == one[key]


def test_a_loan_without_terms_has_no_known_interest(tmp_path: Path) -> None:
    """Interest is null, and not 0, while a term is missing; a proposal without loans pays none."""
    bare = LOAN.partition(", loan:")[0] + "}]"
    one = read_costs(write_money(tmp_path / "bare", WORKS, funding=bare))
    assert (one["interest"], one["principal_by_year"], one["interest_after_term"]) == (None, None, None)
    assert one["operation_with_interest"] is None
    none = read_costs(write_money(tmp_path / "none", WORKS))
    assert (none["interest"], none["savings"]["fonctionnement"]) == ("0.00", "0.00")
