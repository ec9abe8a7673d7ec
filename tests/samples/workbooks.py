"""A workspace whose figures are awkward, its workbook, and the workbook as LibreOffice computes it."""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook, load_workbook

from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.export.xlsx.workbook import fill_workbook
from booklet.law.lookup import law_of
from booklet.text.language import LANGUAGES
from tests.samples.varied import write_varied
from tests.samples.workspace import EDITION, Sample, write_proposal, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.content.workspace import Workspace
    from booklet.costs.financing import Financings
    from booklet.law.lookup import Law

#: every way of spreading, of VAT and of funding; texts that a spreadsheet could take for formulas; no even cent
AWKWARD = """\
# un commentaire en tête
title: "=TITLE+1"
status: ready
promise: PROMISE
problem: |
  Un problème [@bilan-2018].
solution: |
  Une solution.
scope: {included: [un essai]}
owner: ville
decision: 2020-10
timeline:
  - {id: pose, label: Pose, kind: works, start: 2021-02, end: 2022-08}
costs:
  - label: "=1+1"
    section: investissement
    nature: works
    quantity: 7        # sept, ni plus ni moins
    unit: "@SUM(A1)"
    unit_cost: {low: 1 €, central: "33,33 €", high: 100 €}
    spread: pose
    paid_after: 12,34 €
    vat: 5,5 %
    price: ttc
    vat_regime: fctva
    evidence: benchmark
    source: bilan-2018
  - label: +carrefours
    section: investissement
    nature: equipment
    quantity: 150
    unit: carrefour
    unit_cost:
      low: 12 000 €    # au plus bas
      central: '18 k€'
      high: 0,026 M€
    spread: {2022: 40, 2023: 70, 2024: 40}
    paid_before: 1 234,50 €
    vat: 20 %
    vat_regime: assujetti
    evidence: assumption
    assumption: une hypothèse
  - label: -centimes
    section: investissement
    nature: software
    quantity: 1
    unit: lot
    unit_cost: 0,125 €
    spread: {2021: 1}
    vat: 20 %
    vat_regime: aucun
    evidence: assumption
    assumption: une hypothèse
  - label: Équipe
    section: fonctionnement
    nature: staff
    quantity: 2,5
    unit: ETP
    unit_cost: 55 000,01 €
    recurs: {from: 2022-05}
    evidence: assumption
    assumption: une hypothèse
  - label: Appui
    section: fonctionnement
    nature: service
    quantity: 1
    unit: an
    unit_cost: {low: 1 000 €, central: 2 000 €, high: 3 000 €}
    recurs: {from: 2021-11, until: 2024-02}
    vat: 20 %
    vat_regime: aucun
    evidence: assumption
    assumption: une hypothèse
revenues:
  - label: Recettes
    section: fonctionnement
    nature: service
    quantity: 1 200
    unit: ticket
    unit_cost: 1,70 €
    recurs: {from: 2023-08}
    vat: 10 %
    vat_regime: aucun
    evidence: assumption
    assumption: une hypothèse
savings:
  - label: "=Énergie"
    section: fonctionnement
    nature: service
    quantity: 3
    unit: an
    unit_cost: {low: 100 €, central: "333,33 €", high: 500 €}
    recurs: {from: 2022-08}
    vat: 20 %
    price: ttc
    evidence: assumption
    assumption: une hypothèse
  - label: Vente
    section: investissement
    nature: land
    quantity: 1
    unit: terrain
    unit_cost: 0,375 €
    spread: {2023: 1}
    evidence: assumption
    assumption: une hypothèse
lost_revenue:
  - label: Tickets
    section: fonctionnement
    quantity: 12
    unit: mois
    unit_cost: 7,77 €
    recurs: {from: 2024-11}
    evidence: assumption
    assumption: une hypothèse
funding:
  - {funder: region, form: grant, section: investissement, share: 33 %, status: sollicite}
  - {funder: region, form: grant, section: investissement, amount: "1 234,56 €", status: acquis, year: 2022}
  - funder: banque
    form: loan
    section: investissement
    share: 10 %
    status: espere
    loan: {rate: "2,15 %", years: 7, instalments: 4, repayment: level, drawn: 2022-02}
  - {funder: region, form: private, section: fonctionnement, share: 7 %, status: espere, year: {2022: 60 %, 2023: 40 %}}
uncertainty: |
  Tout.
authors: [{name: Groupe d'essai}]
"""
#: the same on assumptions only, of a kind that has overrun
OPTIMISTIC = AWKWARD.replace(
    "evidence: benchmark\n    source: bilan-2018", "evidence: assumption\n    assumption: une hypothèse"
).replace("owner: ville\n", "owner: ville\nreference_class: equipment-development\n")
_ORGANISATIONS = """\
operating_receipts: 120 M€, fctva_lag: 1}
  region: {name: "=Région", kind: region}
  banque: {name: Une banque, kind: banque}
"""


@dataclass(frozen=True)
class Costed:
    """The costs of a workspace, computed."""

    portfolio: Portfolio
    edition: Edition
    references: dict[str, Reference]
    financings: Financings
    law: Law
    workspace: Workspace
    workbook: bytes


def write_awkward(root: Path, *, varied: bool = False) -> Sample:
    """Write the small workspace, an awkward proposal, a draft like it, and a draft that cannot be costed.

    `varied` adds a proposal whose lines vary, which has columns of its own, and one with an overrun.
    """
    sample = write_small(root)
    (root / "proposals" / "edition.yaml").write_text(
        EDITION.replace("operating_receipts: 120 M€}\n", _ORGANISATIONS), "utf-8"
    )
    write_proposal(root, "ecologie", "maladroit", AWKWARD)
    draft = AWKWARD.replace("status: ready", "status: draft")
    write_proposal(root, "ecologie", "brouillon", draft)
    if varied:
        write_varied(root, "ecologie", "varie")
        write_proposal(root, "mobilite", "optimiste", OPTIMISTIC)
    write_proposal(root, "mobilite", "incomplet", draft.replace("55 000,01 €", ""))
    return sample


def cost(root: Path, language: str = "fr") -> Costed:
    """Cost a workspace and write its workbook."""
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None and workspace.bibliography is not None
    edition, law = workspace.edition.value, law_of(workspace)
    financings = finance_portfolio(portfolio, edition, law)
    references = dict(workspace.bibliography.value.root)
    workbook = fill_workbook(portfolio, edition, references, LANGUAGES[language], financings, law).close()
    return Costed(portfolio, edition, references, financings, law, workspace, workbook)


def open_workbook(data: bytes, *, values: bool = False) -> Workbook:
    """Open a workbook with a reader that is not the writer: its formulas, or the values beside them."""
    return load_workbook(io.BytesIO(data), data_only=values)


def save(book: Workbook) -> bytes:
    """Save a workbook as a program does that does not compute: the values beside the formulas are gone."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def recalculate(folder: Path, book: Workbook) -> Workbook:
    """Open a workbook in LibreOffice, which computes every formula, and read the values."""
    source = folder / "workbook.xlsx"
    source.write_bytes(save(book))
    profile = folder / "profile"
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"),
            *(
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
                str(folder / "computed"),
                str(source),
            ),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return load_workbook(folder / "computed" / "workbook.xlsx", data_only=True)


def formulas(book: Workbook) -> Iterator[tuple[str, str, str]]:
    """List the formulas of a workbook: sheet, cell and text."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, str(cell.value)


def lines_sheet(book: Workbook, number: int = 0) -> Worksheet:
    """Find a sheet of lines by its hidden first cell: the ready proposals' first, then the drafts'."""
    return [sheet for sheet in book.worksheets if str(sheet["A1"].value).startswith("booklet-lines")][number]


def place(sheet: Worksheet, key: str, column: str) -> tuple[int, int]:
    """Find the row and column of a number of a line, by the hidden key and the hidden name."""
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == key)
    return row, next(
        index for index in range(1, sheet.max_column + 1) if sheet.cell(1, index).value == column
    )


def change(book: Workbook, key: str, column: str, value: object, number: int = 0) -> None:
    """Change a number of a line, as a person does."""
    sheet = lines_sheet(book, number)
    row, index = place(sheet, key, column)
    sheet.cell(row, index).value = value  # type: ignore[assignment]
