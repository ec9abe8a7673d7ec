"""Own share, net cost and price with VAT of small proposals made at random: one value in every output."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest

from booklet.content.model.proposal import SECTIONS
from booklet.content.workspace import read_workspace
from booklet.export.datapackage import write_datapackage
from booklet.export.json import write_costs
from booklet.law.lookup import law_of
from booklet.text.language import FRENCH
from booklet.why.explain import explain_figure
from tests.samples.workbooks import cost, open_workbook
from tests.samples.workspace import EDITION, write_proposal, write_small

if TYPE_CHECKING:
    from pathlib import Path

OWNER = """, fctva_lag: 1}
  bourg: {name: Bourg, kind: communaute-communes, fctva_lag: {2021: 0, 2022: 3, 2024: 1}}
  region: {name: Région, kind: region}
  etat: {name: État, kind: etat}
  banque: {name: Banque, kind: banque}
"""
HEAD = """\
title: TITLE
status: ready
owner: ville
timeline:
  - {id: pose, label: Pose, kind: works, start: 2021-02, end: 2023-09}
"""
#: amounts that end in, or near, half a cent
AMOUNTS = ("0,40", "33,33", "100,0050004", "12,345", "1 400", "999 500", "62,00500047", "0,125", "55 000,01")
#: most lines are the proposal's owner's
OWNERS = ("", "", ", owner: bourg")
FUNDERS = {"region": "grant", "etat": "grant", "banque": "loan"}


def make_proposal(random: Random) -> str:
    """Write a proposal with one to three lines, perhaps a revenue, and up to three funders."""

    def line() -> str:
        pick = random.choice
        when = pick(["spread: pose", "spread: {2021: 1, 2024: 0.25}", "recurs: {from: 2022-05}"])
        quantity = "1,25" if "2024" in when else pick(["1", "7", "0,333", "2,5"])
        vat = pick(["vat: 20 %, ", "vat: 5.5 %, ", "vat: 0 %, ", "vat: 10 %, ", ""])
        return (
            f"  - {{label: Ligne, section: {pick(SECTIONS)}, nature: {pick(['works', 'staff', 'service'])}, "
            f'quantity: "{quantity}", unit: {pick(["lot", "ETP"])}, unit_cost: "{pick(AMOUNTS)} €", {when}, {vat}'
            f"price: {pick(['ht', 'ttc'])}, vat_regime: {pick(['fctva', 'aucun', 'assujetti'])}, "
            f"evidence: assumption, assumption: essai{pick(OWNERS)}}}\n"
        )

    text = HEAD + "costs:\n" + "".join(line() for _ in range(random.randint(1, 3)))
    text += f"revenues:\n{line()}" if random.random() < 0.3 else ""
    funding = ""
    for _ in range(random.randint(0, 3)):
        funder = random.choice([*FUNDERS])
        given = random.choice(["share: 33 %", "share: 7.77 %", 'amount: "0,07 €"'])
        year = random.choice(["", ", year: 2023", ", year: {2022: 33 %, 2023: 67 %}"])
        place = f"form: {FUNDERS[funder]}, section: {random.choice(SECTIONS)}"
        funding += (
            f"  - {{funder: {funder}, {place}, {given}, status: acquis{year}{random.choice(OWNERS)}}}\n"
        )
    return text + (f"funding:\n{funding}" if funding else "funding: []\n")


@pytest.mark.parametrize("base", ["ht", "ttc"])
def test_every_output_has_the_same_cents(tmp_path: Path, base: str) -> None:
    """JSON, data package, workbook and `why` have one own share, one net cost, one price with VAT."""
    random = Random(base)
    write_small(tmp_path)
    edition = EDITION.replace("operating_receipts: 120 M€}\n", f"operating_receipts: 120 M€{OWNER}")
    edition = edition.replace("funding_base: ht", f"funding_base: {base}")
    (tmp_path / "proposals" / "edition.yaml").write_text(edition, "utf-8")
    for number in range(4):
        write_proposal(tmp_path, "ecologie", f"essai-{number}", make_proposal(random))
    workspace, costed = read_workspace(tmp_path), cost(tmp_path)
    law, known = law_of(workspace), 0
    package = write_datapackage(
        costed.portfolio, costed.edition, costed.references, FRENCH, costed.financings, costed.law
    )["years.csv"]
    cells = {tuple(row[:4]): row[5] for row in csv.reader(io.StringIO(package.decode()))}
    rows = open_workbook(costed.workbook, values=True)["Années"].iter_rows(min_row=5, values_only=True)
    totals = {(row[1], row[3], row[4]): row[-2] for row in rows}

    def why(reference: str) -> Decimal | None:
        value = explain_figure(reference, workspace, costed.portfolio, law).value
        return None if value is None else Decimal(value.numerator) / value.denominator

    for found in json.loads(write_costs(costed.portfolio, workspace, uncertainty=False))["proposals"]:
        for section in SECTIONS:
            id, chain = found["id"], costed.financings[found["id"], section]
            for key, words in (("own_share", "Reste à charge sur l’assiette"), ("net", "Coût net")):
                value = None if found[key][section] is None else Decimal(found[key][section])
                assert why(f"{id}.{key.replace('_', '-')}.{section}") == value
                names = [name for name in totals if name[:2] == (id, section.capitalize())]
                printed = [totals[name] for name in names if str(name[2]).startswith(words)]
                assert [None if total is None else round(Decimal(str(total)), 2) for total in printed] == (
                    [value] if names else []  # no row where the section has nothing
                )
                known += value is not None
            taxes, owns = (chain.ttc, chain.own_share) if chain else (None, None)
            for place, year in enumerate(costed.portfolio.years[:3]):
                taxed, own = (None if steps is None else steps[place].rounded() for steps in (taxes, owns))
                assert why(f"{id}.ttc.{year}.{section}") == taxed
                written = cells.get((id, section, "own-share", str(year)))
                if written is not None:  # a section that has nothing has no row
                    assert (Decimal(written) if written else None) == own
    assert known > 4
