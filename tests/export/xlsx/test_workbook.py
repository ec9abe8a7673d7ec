"""Portfolio → `budget.xlsx`: live formulas that LibreOffice computes to our cents, and no text that is a formula."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from booklet.costs.balance import Balance
from booklet.export.json import write_costs
from booklet.export.xlsx.spreadsheet import half_even
from booklet.money.euros import Euros
from tests.samples.commands import ROOT
from tests.samples.varied import EDITS
from tests.samples.workbooks import (
    Costed,
    change,
    cost,
    formulas,
    lines_sheet,
    open_workbook,
    place,
    recalculate,
    write_awkward,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

SECTIONS = {"Investment": "investissement", "Operation": "fonctionnement"}
ESTIMATES = ("low", "central", "high")
#: binary floats: far below what a cent could hide
NOISE = 1e-6


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The awkward workspace, for reading only."""
    return write_awkward(tmp_path_factory.mktemp("awkward"), varied=True)


@pytest.fixture(scope="module")
def english(awkward: Sample) -> Costed:
    return cost(awkward.root, "en")


@pytest.fixture(scope="module")
def computed(english: Costed, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The awkward workbook as LibreOffice computes it."""
    return recalculate(tmp_path_factory.mktemp("computed"), open_workbook(english.workbook))


def cents(value: object) -> Decimal:
    """Read a cell as an amount that is whole cents, but for the noise of binary floats."""
    assert isinstance(value, (int, float)), value
    rounded = Decimal(f"{value:.2f}")
    assert abs(Decimal(value) - rounded) < Decimal(NOISE)
    return rounded


def differences(written: bytes, computed: Workbook, at_least: int = 300) -> list[str]:
    """List the formulas whose computed value is not the one that we wrote beside them."""
    ours, count, found = open_workbook(written, values=True), 0, []
    for sheet, cell, formula in formulas(open_workbook(written)):
        count += 1
        here, there = ours[sheet][cell].value, computed[sheet][cell].value
        if not isinstance(there, (int, float)) or abs(float(str(here)) - there) > NOISE:
            found.append(f"{sheet}!{cell}: {here} written, {there} computed by {formula}")
    assert count > at_least
    return found


def years_sheet(book: Workbook) -> dict[tuple[str, str, str], list[object]]:
    """Read the sheet of years: cells by proposal, section and measure."""
    rows = book["Years"].iter_rows(min_row=5, values_only=True)
    return {(str(row[1]), str(row[3]), str(row[4])): list(row[5:]) for row in rows if row[1]}


def test_libreoffice_computes_what_we_wrote(english: Costed, computed: Workbook) -> None:
    """Every formula of every sheet comes to the value that stands beside it."""
    assert differences(english.workbook, computed) == []


@pytest.mark.long
def test_published_example_computes_to_the_same(tmp_path: Path) -> None:
    """In the published example too, every formula comes to the value that stands beside it."""
    workbook = cost(ROOT).workbook
    assert differences(workbook, recalculate(tmp_path, open_workbook(workbook))) == []


def test_years_are_those_of_the_json(english: Costed, computed: Workbook) -> None:
    """Every cost of every ready proposal, section and year is the JSON's, to the cent, and so are the sums."""
    document = json.loads(write_costs(english.portfolio))
    years, rows = [str(year) for year in document["years"]], years_sheet(computed)
    compared = 0
    for proposal in document["proposals"]:
        for name, section in SECTIONS.items():
            for estimate in ESTIMATES:
                cells = rows.get((proposal["id"], name, f"Cost before VAT, {estimate}"))
                if cells is None:
                    assert proposal["status"] == "draft" or all(
                        Decimal(proposal[section][year][estimate]) == 0 for year in years
                    )
                    continue
                assert proposal["status"] == "ready"
                expected = [Decimal(proposal[section][year][estimate]) for year in years]
                assert [cents(cell) for cell in (*cells[:6], cells[7])] == [*expected, sum(expected)]
                compared += 1
    assert compared == 3 * (3 + 2 + 2 + 2)


def test_portfolio_adds_up_to_the_totals_of_the_json(english: Costed, computed: Workbook) -> None:
    """The first block of the sheet of totals holds the JSON's totals, by section, estimate and year."""
    document = json.loads(write_costs(english.portfolio))
    totals = {
        (str(row[1]), str(row[2])): (*row[3:9], row[10])
        for row in computed["Portfolio"].iter_rows(min_row=5, values_only=True)
        if not row[0]
    }
    for name, section in SECTIONS.items():
        for estimate in ESTIMATES:
            expected = [Decimal(cell[estimate]) for cell in document["totals"][section].values()]
            found = totals[name, f"Cost before VAT, {estimate}"]
            assert [cents(cell) for cell in found] == [*expected, sum(expected)]


def test_chain_is_ours(english: Costed, computed: Workbook) -> None:
    """VAT, FCTVA, co-funding, own share and net cost of each section are those of our own chain, to the cent."""
    rows = years_sheet(computed)
    names = {
        "VAT": "vat",
        "VAT deducted": "deducted_vat",
        "FCTVA of what is spent": "fctva_of_spending",
        "FCTVA received": "fctva",
        "Co-funding, loans left out": "co_funded",
        "Own share of the funding base": "own_share",
    }
    for name, section in SECTIONS.items():
        chain = english.financings["maladroit", section]  # type: ignore[index]
        assert chain is not None
        for label, attribute in names.items():
            expected = [amount.rounded() for amount in getattr(chain, attribute)]
            assert [cents(cell) for cell in rows["maladroit", name, label][:6]] == expected
        for label, written in (
            ("FCTVA received", chain.fctva_cells),
            ("Net cost to the owner", chain.net_cells),
        ):
            assert written.by_year is not None
            found = [cents(cell) for cell in rows["maladroit", name, label][:8]]
            assert found == [*written.by_year, written.after_term, written.whole]
            assert sum(found[:7]) == found[7]
        beside = Balance(chain)
        found = [
            cents(cell) for cell in rows["maladroit", name, "Net cost after savings and lost revenue"][:8]
        ]
        cells = beside.net_after_savings_cells
        assert found == [*(cells.by_year or ()), cells.after_term, cells.whole]
    invested = english.financings["maladroit", "investissement"]
    assert invested is not None
    debt = Balance(invested).debt
    assert debt is not None
    for label, paid in (
        ("Interest on loans", debt.interest),
        ("Principal of loans paid back", debt.principal),
    ):
        found = [cents(cell) for cell in rows["maladroit", "Investment", label][:8]]
        assert found == [*paid.by_year, paid.after_term, paid.whole]
        assert paid.after_term
    assert cents(rows["maladroit", "Investment", "FCTVA received"][1]) > 0


def test_what_is_paid_outside_the_term_and_the_ap_are_the_jsons(english: Costed, computed: Workbook) -> None:
    """Payments before and after the six years and the AP have rows of their own, here and in the whole, as in JSON."""
    document, rows = json.loads(write_costs(english.portfolio, english.workspace)), years_sheet(computed)
    totals = {row[1:3]: row[10] for row in computed["Portfolio"].iter_rows(values_only=True) if not row[0]}
    names = {
        "paid_before": "Paid before the term, before VAT",
        "paid_after": "Left to pay after the term, before VAT",
        "ap": "AP: all that is committed, with the VAT that is borne",
    }
    for name, section in SECTIONS.items():
        for key, label in names.items():
            for proposal in document["proposals"]:
                if cells := rows.get((proposal["id"], name, label)):
                    assert cells[:7] == [None] * 7
                    assert cents(cells[7]) == Decimal(proposal[key][section])
            if (name, label) in totals:
                assert cents(totals[name, label]) == Decimal(document["totals"][key][section])
    assert {row[0] for row in rows if row[2] == names["paid_before"]} == {"maladroit", "optimiste", "varie"}
    assert {row[0] for row in rows if row[2] == names["ap"]} >= {"maladroit", "feux"}


def test_uncertainty_is_that_of_the_json(english: Costed, computed: Workbook) -> None:
    """Percentiles of the whole, its sections and each proposal, and the overrun of a kind, are those of the JSON."""
    document = json.loads(write_costs(english.portfolio, english.workspace))
    rows = list(computed["Uncertainty"].iter_rows(min_row=7, max_col=12, values_only=True))
    totals = document["totals"]
    ready = [one for one in document["proposals"] if one["status"] == "ready"]
    expected = [totals["uncertainty"], *totals["uncertainty_by_section"].values()]
    expected += [one["uncertainty"] for one in ready]
    assert [row[0] for row in rows] == [None, None, None, *(one["id"] for one in ready)]
    for row, found in zip(rows, expected, strict=True):
        assert [cents(cell) for cell in row[3:7]] == [
            Decimal(found[key]) for key in ("p10", "p50", "p80", "p90")
        ]
        assert row[7] == float(found["probability_central_is_enough"])
    over = {row[0]: row[8:] for row in rows if any(row[8:])}
    uplift = next(one["uplift"] for one in ready if one["id"] == "optimiste")
    assert over.keys() == {"optimiste"}
    assert over["optimiste"][:2] == ("equipment and software", float(uplift["rate"]))
    assert [cents(cell) for cell in over["optimiste"][2:]] == [
        Decimal(uplift[key]) for key in ("base", "added")
    ]


#: what is changed in the workbook, and the same in the YAML
CHANGES = [
    (("costs[0]", "central", 44.44), ('central: "33,33 €"', 'central: "44,44 €"')),
    (("costs[0]", "quantity", 9), ("quantity: 7 ", "quantity: 9 ")),
    (("costs[1]", "high", 27000), ("0,026 M€", "0,027 M€")),
    (("costs[3]", "central", 60000.01), ("55 000,01 €", "60 000,01 €")),
    (("costs[3]", "quantity", 3.25), ("quantity: 2,5", "quantity: 3,25")),
    (("revenues[0]", "central", 1.9), ("1,70 €", "1,90 €")),
    (("savings[0]", "quantity", 4), ("quantity: 3\n", "quantity: 4\n")),
    (("lost_revenue[0]", "central", 8.01), ("7,77 €", "8,01 €")),
    (("costs[0]", "paid-after", 13.37), ("12,34 €", "13,37 €")),
    (("costs[1]", "paid-before", 1000.01), ("1 234,50 €", "1 000,01 €")),
]


def test_changes_are_followed_to_every_total(english: Costed, tmp_path: Path) -> None:
    """Quantities, unit costs and units by year changed in the workbook give what we make of the changed YAML."""
    book = open_workbook(english.workbook)
    sample = write_awkward(tmp_path / "workspace", varied=True)
    for id in ("maladroit", "optimiste"):
        path = sample.proposal(id)
        text = path.read_text("utf-8")
        for (line, column, value), (before, after) in CHANGES:
            change(book, f"{id}#{line}", column, value)
            assert text.count(before) == 1
            text = text.replace(before, after)
        change(book, f"{id}#costs[1]", "part-2023", 75)
        text = text.replace("quantity: 150", "quantity: 155").replace("2023: 70", "2023: 75")
        path.write_text(text, "utf-8")
    path = sample.proposal("varie")
    text = path.read_text("utf-8")
    for line, column, value, before, after in EDITS:
        change(book, f"varie#{line}", column, value)
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    changed = cost(sample.root, "en").workbook
    computed = recalculate(tmp_path, book)
    assert differences(changed, computed) == []
    assert differences(english.workbook, computed) != []


def test_halves_are_rounded_to_the_even_cent(tmp_path: Path) -> None:
    """The formula of a rounded cell gives the cents of `Euros.rounded`, halves too, up to a billion euros."""
    numbers = random.Random(20200315)
    halves = [
        Fraction(numbers.randrange(10**digits) * 10 + 5, 1000) for digits in range(1, 12) for _ in range(60)
    ]
    others = [
        Fraction(numbers.randrange(10**digits), divisor)
        for digits in range(1, 12)
        for divisor in (3, 7, 12, 1055)
    ]
    # so near a half cent that few decimals show on which side
    near = [Fraction(text) for text in ("100.0050004", "100.0049996", "100.005000001", "98765.4350001")]
    exact = [*halves, *others, *near, *(-number for number in halves), Fraction(0)]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, number in enumerate(exact, 1):
        sheet.cell(row, 1).value = float(number)
        sheet.cell(row, 2).value = half_even(f"A{row}")
    found = recalculate(tmp_path, book).worksheets[0]
    assert [cents(found.cell(row, 2).value) for row in range(1, len(exact) + 1)] == [
        Euros(number).rounded() for number in exact
    ]


def test_no_text_is_a_formula(english: Costed, computed: Workbook) -> None:
    """Titles, labels, units and names that start like a formula are texts, before and after LibreOffice."""
    for book in (open_workbook(english.workbook), computed):
        texts = {
            cell.value: cell.data_type
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and cell.value.startswith(tuple("=+-@")) and cell.data_type != "f"
        }
        assert set(texts.values()) == {"s"}
        assert {"=1+1", "@SUM(A1)", "+carrefours", "-centimes", "=Région"} <= texts.keys()
        assert any(text.startswith("=Essayer") for text in texts)
    written = [formula for _, _, formula in formulas(open_workbook(english.workbook))]
    assert [
        formula for formula in written if "1+1" in formula or "Essayer" in formula or "Région" in formula
    ] == []


def test_same_bytes_under_other_settings(awkward: Sample, tmp_path: Path) -> None:
    """Another time zone, locale, hash seed and moment give the same bytes."""
    for name, settings in (
        ("one", {"TZ": "UTC", "PYTHONHASHSEED": "1"}),
        ("two", {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "2", "LC_ALL": "C"}),
    ):
        ran = awkward.run(
            "--lang", "fr", "costs", "--format", "xlsx", "-o", str(tmp_path / name), environment=settings
        )
        assert ran.status == 0, ran.err
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_drafts_are_apart(english: Costed) -> None:
    """Drafts stand on a sheet of their own, and no other sheet names them; an unknown amount is an empty cell."""
    book = open_workbook(english.workbook, values=True)
    naming = {
        sheet.title
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        if row and {"brouillon", "incomplet"} & {str(cell) for cell in row}
    }
    assert naming == {"Drafts"}
    drafts = lines_sheet(book, 1)
    row, column = place(drafts, "incomplet#costs[3]", "central-2023")
    assert drafts.cell(row, column).value is None
    row, column = place(drafts, "brouillon#costs[3]", "central-2023")
    assert drafts.cell(row, column).value == 137500.025


def test_what_is_not_known_is_empty_up_to_the_total(tmp_path: Path) -> None:
    """Without the owner's lag, the years of FCTVA and net cost are empty, here and in the whole; their sums are not."""
    sample = write_awkward(tmp_path)
    sample.edit("edition.yaml", ", fctva_lag: 1", "")
    book = open_workbook(cost(sample.root, "en").workbook, values=True)
    for measure in ("FCTVA received", "Net cost to the owner"):
        cells = years_sheet(book)["maladroit", "Investment", measure]
        assert set(cells[:7]) == {None} and cells[7] is not None
        totals = [
            row
            for row in book["Portfolio"].iter_rows(values_only=True)
            if row[1:3] == ("Investment", measure)
        ]
        assert len(totals) == 1 and set(totals[0][3:10]) == {None} and totals[0][10] is not None
    assert years_sheet(book)["maladroit", "Investment", "VAT"][0] is not None


def test_an_ap_and_percentiles_that_are_not_known_are_empty(tmp_path: Path) -> None:
    """Without a VAT regime there is no AP, and without a range in order no percentile, here and in the whole."""
    sample = write_awkward(tmp_path)
    sample.edit("ecologie/maladroit.yaml", "    vat_regime: assujetti\n", "")
    sample.edit("ecologie/maladroit.yaml", "low: 1 €", "low: 200 €")
    book = open_workbook(cost(sample.root, "en").workbook, values=True)
    label = "AP: all that is committed, with the VAT that is borne"
    assert years_sheet(book)["maladroit", "Investment", label][7] is None
    assert years_sheet(book)["maladroit", "Operation", label][7] is not None
    (total,) = [
        row for row in book["Portfolio"].iter_rows(values_only=True) if row[1:3] == ("Investment", label)
    ]
    assert total[10] is None
    rows = {row[:3]: row[3:8] for row in book["Uncertainty"].iter_rows(min_row=7, values_only=True)}
    assert set(rows[None, "The whole", "Both sections together"]) == {None}
    assert None not in rows[None, "The whole", "Operation"]
    assert [id for (id, *_), cells in rows.items() if set(cells) == {None} and id] == ["maladroit"]


@pytest.mark.parametrize(
    ("language", "funding", "money"),
    [("fr", "Financement", "#,##0.00\\ [$€-40C]"), ("en", "Funding", "[$€-809]#,##0.00")],
)
def test_names_and_numbers_are_the_languages(
    awkward: Sample, language: str, funding: str, money: str
) -> None:
    """Sheets are named, and amounts written, in the language that is asked for."""
    book = open_workbook(cost(awkward.root, language).workbook)
    assert len(book.sheetnames) == 10
    assert funding in book.sheetnames
    other = open_workbook(cost(awkward.root, "en" if language == "fr" else "fr").workbook)
    assert set(book.sheetnames) & set(other.sheetnames) <= {"Sources"}
    sheet = lines_sheet(book)
    row, column = place(sheet, "maladroit#costs[0]", "central")
    assert sheet.cell(row, column).number_format == money


def test_sheets_are_ready_to_read_and_print(english: Costed) -> None:
    """Tables freeze and repeat their headings and have a print area; the file's date is the edition's."""
    book = open_workbook(english.workbook)
    for name in ("Lines", "Years", "Funding", "Exact sums"):
        assert book[name].freeze_panes not in (None, "A1")
        assert book[name].print_title_rows == "$4:$4"
        assert book[name].print_area
    assert str(book.properties.created).startswith("2020-02-06")
    assert lines_sheet(book).row_dimensions[1].hidden
    assert lines_sheet(book).column_dimensions["A"].hidden
