"""A proposal whose lines vary in every way: prices of another year, three quantities, ramps, a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.workspace import PROPOSAL, write_proposal

if TYPE_CHECKING:
    from pathlib import Path

#: an index of the year of a line, and of the edition's
PARAMETERS = """\
price-index.tp01:
  description: Travaux publics
  unit: base 100 en 2010
  values:
    2011-01-01: {value: "95,5", known_from: 2012-01-13, address: "https://example.org/tp01"}
    2019-01-01: {value: "111,3", known_from: 2020-01-15, address: "https://example.org/tp01"}
"""
_LINE = """\
  - label: {label}
    section: {section}
    nature: service
    unit: lot
    vat: 20 %
    vat_regime: aucun
    evidence: contract
    assumption: une hypothèse
"""
_VARIED = {
    ("Caméras", "investissement"): """\
    quantity: 50
    unit_cost: {low: 30 000 €, central: 36 600 €, high: 41 000 €}
    price: ttc
    price_year: 2011
    index: tp01
    spread: pose
    paid_before: 1 000 €
""",
    ("Écoles rénovées", "investissement"): """\
    quantity: {low: 111, central: 223, high: 334}
    unit_cost: {low: 18 000 €, central: 20 000 €, high: 21 000 €}
    spread: {2021: 23, 2022: 100, 2023: 100}
    scenario: ecoles
""",
    ("Groupes neufs", "investissement"): """\
    quantity: {low: 1, central: 3, high: 5}
    unit_cost: 220 000 €
    spread: pose
    scenario: ecoles
""",
    ("Écoles neuves", "investissement"): """\
    quantity: {low: 4, central: 2, high: 0}
    unit_cost: 88 000 €
    spread: pose
    scenario: ecoles
""",
    ("Cantine", "fonctionnement"): """\
    recurs: {2022: 10, 2023: 60, then: 150}
    unit_cost: {low: 3 000 €, central: 4 000 €, high: 5 000 €}
""",
    ("Garderie", "fonctionnement"): """\
    quantity: {low: 20, central: 30, high: 45}
    recurs: {2024: 12, then: 30}
    unit_cost: 1 000 €
    price_year: 2011
    index: tp01
""",
    ("Nuits d'hôtel", "fonctionnement"): """\
    quantity: {low: 700, central: 1000, high: 1600}
    unit_cost: {low: 60 €, central: 65 €, high: 80 €}
    recurs: {from: 2021-05}
""",
}
LINES = "".join(
    _LINE.format(label=label, section=section) + keys for (label, section), keys in _VARIED.items()
)

#: line, what a person types in a column of the workbook, and what stands in the file before and after
EDITS = [
    ("costs[1]", "part-2021", 24, "{2021: 23,", "{2021: 24,"),
    ("costs[1]", "quantity-low", 100, "{low: 111, central: 223,", "{low: 100, central: 224,"),
    ("costs[4]", "quantity", 160, "then: 150}", "then: 160}"),
    ("costs[4]", "part-2023", 70, "2023: 60,", "2023: 70,"),
    ("costs[5]", "quantity", 33, "{2024: 12, then: 30}", "{2024: 12, then: 33}"),
    ("costs[5]", "quantity-high", 50, "{low: 20, central: 30, high: 45}", "{low: 20, central: 33, high: 50}"),
    ("costs[6]", "quantity-low", 650, "{low: 700, central: 1000,", "{low: 650, central: 1000,"),
]


def write_varied(root: Path, domain: str, id: str) -> None:
    """Write the proposal, and the parameters that it needs."""
    start, end = PROPOSAL.index("costs:"), PROPOSAL.index("funding:")
    text = f"{PROPOSAL[:start]}costs:\n{LINES}{PROPOSAL[end:]}".replace("no_running_cost", "# rien")
    write_proposal(root, domain, id, text)
    (root / "proposals/parameters.yaml").write_text(PARAMETERS, "utf-8")
