"""Figures that the law decides: FCTVA, ceilings of grants, shares of an eligible expense."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from tests.samples.commands import run
from tests.samples.money import WORKS, list_findings, read_costs, write_money
from tests.samples.workbooks import recalculate

if TYPE_CHECKING:
    from pathlib import Path

TTC = "funding_base: ttc\n"
WAIVED = "no_running_cost: x\nwaivers: [{{rule: {}, because: essai}}]"


def test_no_fctva_where_no_vat_was_borne(tmp_path: Path) -> None:
    """Works at 0 % that count on the FCTVA are F107, and nothing is given back."""
    untaxed = WORKS.replace("vat: 20 %", "vat: 0 %")
    assert ("F107", "error") in list_findings(write_money(tmp_path, untaxed))
    root = write_money(tmp_path, untaxed, more=WAIVED.format("F107"))
    assert read_costs(root)["fctva"]["investissement"] == "0.00"


def test_grants_of_the_state_on_a_price_with_vat_leave_the_fctva(tmp_path: Path) -> None:
    """70 % of 1 200 000 € TTC are 84 % of the cost before VAT (F104), and the fund is paid on the other 30 %."""

    def write(given: str, more: str, decision: str = "2022-10") -> Path:
        plan = f"[{{funder: dsil, form: grant, section: investissement, {given}, status: sollicite}}]"
        months = ("2023-03", "2023-12")
        return write_money(
            tmp_path, funding=plan, owner="bourg", decision=decision, months=months, edition=TTC, more=more
        )

    assert ("F104", "error") in list_findings(write("share: 70 %", "no_running_cost: x"))
    # the plan is on the price with VAT, whether a grant is written as a share of it or as an amount
    for given in ("amount: 840 000", "share: 70 %"):
        root = write(given, WAIVED.format("F104"))
        found = read_costs(root)
        assert found["fctva"]["investissement"] == "59054.40"
        assert found["net"]["investissement"] == "300945.60"
    why = run("-C", str(root), "why", "essai.fctva.investissement", "--format", "json")
    assert json.loads(why.out)["figure"]["value"] == "59054.40", why.err

    late = run(
        "-C", str(write("share: 10 %", "no_running_cost: x", "2023-02")), "check", "--format", "concise"
    )
    assert "[S103] `state-grants.base`" in late.out, late.out


def test_a_share_with_an_eligible_expense_is_a_share_of_it(tmp_path: Path) -> None:
    """50 % of an eligible expense of 400 000 € is 200 000 €, whatever the works cost; `why` takes the same steps."""
    plan = "[{funder: dsil, form: grant, section: investissement, share: 50 %, eligible: 400 000 €, status: acquis}]"
    root = write_money(tmp_path, funding=plan)
    assert read_costs(root)["funding"][0]["computed"] == "200000.00"
    why = run("-C", str(root), "why", "essai.own-share.investissement", "--format", "json")
    assert json.loads(why.out)["figure"]["value"] == "800000.00", why.err


def test_a_plan_that_is_not_written_is_not_a_plan_without_funders(tmp_path: Path) -> None:
    """With `funding:` left empty own share and net are unknown, and the reason is told; with `[]` they are known."""
    empty = read_costs(write_money(tmp_path / "empty", funding="", status="draft"))
    assert empty["own_share"] == empty["net"] == {"investissement": None, "fonctionnement": None}
    assert "`funding` is not written" in empty["net_unknown"]["investissement"][0]
    none = read_costs(write_money(tmp_path / "none", status="draft"))
    assert none["own_share"]["investissement"] == "1000000.00"
    assert ("M102", "error") in list_findings(write_money(tmp_path / "ready", funding=""))


def test_the_own_share_is_one_exact_difference_rounded_once(tmp_path: Path) -> None:
    """A third of a cost spread over months: the own share is the exact difference, in JSON and in `why` alike."""
    line = WORKS.replace("unit_cost: 1 000 000", "unit_cost: 1 000.01").replace("quantity: 1", "quantity: 7")
    plan = "[{funder: region, form: grant, section: investissement, share: 12.345 %, status: acquis}]"
    root = write_money(tmp_path, line, funding=plan, months=("2021-03", "2023-09"))
    # 7 000.07 × (1 − 0.12345) = 6 135.911…
    assert read_costs(root)["own_share"]["investissement"] == "6135.91"
    why = run("-C", str(root), "why", "essai.own-share.investissement", "--format", "json")
    assert json.loads(why.out)["figure"]["value"] == "6135.91", why.err
    file = tmp_path / "budget.xlsx"
    assert run("-C", str(root), "costs", "--format", "xlsx", "-o", str(file)).status == 0
    sheets = load_workbook(BytesIO(file.read_bytes()), data_only=True).worksheets
    rows = sheets[2].iter_rows(min_row=5, values_only=True)
    assert [row[12] for row in rows if str(row[4]).startswith("Reste à charge")] == [6135.91]


@pytest.mark.long
def test_a_spreadsheet_computes_what_was_written(tmp_path: Path) -> None:
    """LibreOffice finds the same grants of the State, eligible expenses, FCTVA and own share by the formulas."""
    untaxed = WORKS.replace("vat: 20 %", "vat: 0 %")
    deducted = WORKS.replace("vat_regime: fctva", "vat_regime: assujetti")
    plan = (
        "[{funder: dsil, form: grant, section: investissement, share: 20 %, status: sollicite}, "
        "{funder: dsil, form: grant, section: investissement, share: 12.345 %, eligible: 400 000 €, status: acquis}]"
    )
    root = write_money(
        tmp_path,
        *(WORKS, untaxed, deducted),
        funding=plan,
        months=("2023-01", "2024-07"),
        edition=TTC,
        more=WAIVED.format("F107"),
    )
    file = tmp_path / "budget.xlsx"
    ran = run("-C", str(root), "costs", "--format", "xlsx", "-o", str(file))
    assert ran.status == 0, ran.err
    book, written = load_workbook(file), load_workbook(file, data_only=True)
    computed = recalculate(tmp_path, book)
    for sheet in written.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, (int, float)):
                    found = computed[sheet.title][cell.coordinate].value
                    assert found == pytest.approx(cell.value, abs=1e-6), (sheet.title, cell.coordinate)


def test_why_knows_a_price_with_vat_where_the_costing_does(tmp_path: Path) -> None:
    """A line without a VAT rate leaves every year of its section unknown, also one in which it spends nothing."""
    known = WORKS.replace("spread: p", "spread: {2021: 1}")
    unknown = WORKS.replace("spread: p", "spread: {2022: 1}").replace("vat: 20 %, ", "")
    root = write_money(tmp_path, known, unknown, status="draft", edition=TTC)
    assert read_costs(root)["base"]["investissement"] is None
    for year in ("2021.", "2022.", ""):
        why = run("-C", str(root), "why", f"essai.ttc.{year}investissement", "--format", "json")
        assert json.loads(why.out)["figure"]["value"] is None, why.err
