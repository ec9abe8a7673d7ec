"""A proposal whose lines vary in every way: prices of another year, three quantities, ramps, a scenario."""

from __future__ import annotations

#: an index of two years, and one that has a value of the edition's year only by its own name
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
    evidence: assumption
    assumption: une hypothèse
"""
_VARIED = {
    ("Caméras", "investissement"): """\
    quantity: 500
    unit_cost: {low: 30 000 €, central: 36 600 €, high: 41 000 €}
    price: ttc
    price_year: 2011
    index: tp01
    spread: pose
""",
    ("Écoles rénovées", "investissement"): """\
    quantity: {low: 111, central: 223, high: 334}
    unit_cost: {low: 180 000 €, central: 200 000 €, high: 210 000 €}
    spread: {2021: 23, 2022: 100, 2023: 100}
    scenario: ecoles
""",
    ("Groupes neufs", "investissement"): """\
    quantity: {low: 1, central: 3, high: 5}
    unit_cost: 2 200 000 €
    spread: pose
    scenario: ecoles
""",
    ("Écoles neuves", "investissement"): """\
    quantity: {low: 4, central: 2, high: 0}
    unit_cost: 880 000 €
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
