"""One small proposal in an edition with funders of every kind, to ask what its figures are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.samples.commands import run

if TYPE_CHECKING:
    from pathlib import Path

EDITION = """\
title: Livret d'essai
version: "1.0"
lang: fr
date: 2020-02-06
publisher: {name: Association d'essai}
term: {start: 2020-07, years: 2021-2026}
prices: {year: 2019, basis: ht}
territory: {name: Territoire d'essai, population: 100 000, yearly_investment: 50 M€, source: essai-2019}
domains:
  mobilite: {title: Mobilité, colour: "#1f6f8b"}
organisations:
  bourg: {name: Bourg, kind: commune, population: 20 000, fctva_lag: 1, operating_receipts: 30 M€}
  metro: {name: Métropole, kind: metropole, population: 100 000, fctva_lag: 1, operating_receipts: 300 M€}
  region: {name: Région, kind: region}
  dsil: {name: DSIL, kind: etat, scheme: dsil}
delivery: {rule: Même livret pour toutes les listes., adopted: 2020-01-15, on: 2020-02-06, poll: 2020-03-15}
letter: |
  À {head}, tête de la liste {list} à {commune}.
"""
#: one line of 1 M€ over two years
WORKS = (
    "{label: a, section: investissement, nature: works, quantity: 1, unit: u, unit_cost: 1 000 000, spread: p, "
    "vat: 20 %, vat_regime: fctva, evidence: contract, source: essai-2019}"
)


def write_money(
    root: Path,
    *lines: str,
    funding: str = "[]",
    more: str = "no_running_cost: x",
    months: tuple[str, str] = ("2021-01", "2022-12"),
    decision: str = "2020-10",
    owner: str = "metro",
    kind: str = "works",
    edition: str = "",
    status: str = "ready",
) -> Path:
    """Write a workspace of one proposal, `essai`; `edition` and `more` are lines added at the end."""
    costs = "".join(f"  - {line}\n" for line in lines or (WORKS,))
    proposal = f"""\
title: Essai
status: {status}
promise: x
problem: x
solution: x
scope: {{included: [x]}}
owner: {owner}
decision: {decision}
timeline: [{{id: p, label: p, kind: {kind}, start: {months[0]}, end: {months[1]}}}]
costs:
{costs}funding: {funding}
uncertainty: x
authors: [{{name: A}}]
{more}
"""
    files = {
        "edition.yaml": f"{EDITION}{edition}",
        "lists.yaml": "- {id: a, name: Une liste, head: Prénom Nom, commune: Bourg, panel: 1}\n",
        "sources.yaml": "essai-2019: {title: Essai, year: 2019}\n",
        "mobilite/essai.yaml": proposal,
    }
    for name, text in files.items():
        path = root / "proposals" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def read_costs(root: Path) -> Any:
    """The JSON of the costs of the proposal."""
    ran = run("-C", str(root), "costs", "--format", "json")
    assert ran.status == 0, ran.err
    (proposal,) = json.loads(ran.out)["proposals"]
    return proposal


def list_findings(root: Path) -> list[tuple[str, str]]:
    """The code and severity of each finding of the proposal."""
    found = json.loads(run("-C", str(root), "check", "--no-store", "--format", "json").out)["diagnostics"]
    return [(one["code"], one["severity"]) for one in found if one["path"].endswith("essai.yaml")]
