"""Portfolio → CSV and `datapackage.json`: valid for a reader that is not ours, with our cents, empty where unknown."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from frictionless import Package, validate
from frictionless.resources import TableResource

from booklet.export.datapackage import write_datapackage
from booklet.export.json import write_costs
from booklet.text.language import ENGLISH, FRENCH, Language
from tests.costs.test_owners import write as write_owners
from tests.samples.commands import ROOT
from tests.samples.varied import write_varied
from tests.samples.workbooks import Costed, cost, write_awkward
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = ("investissement", "fonctionnement")


def package_of(costed: Costed, language: Language = ENGLISH) -> dict[str, bytes]:
    return write_datapackage(
        costed.portfolio, costed.edition, costed.references, language, costed.financings, costed.law
    )


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))


def descriptor(files: dict[str, bytes]) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(files["datapackage.json"])
    return held


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / "datapackage.json"


@pytest.fixture(scope="module")
def costed(tmp_path_factory: pytest.TempPathFactory) -> Costed:
    return cost(write_awkward(tmp_path_factory.mktemp("package"), varied=True).root)


def test_lines_that_vary_have_columns_of_their_own(tmp_path: Path) -> None:
    """Three quantities, a scenario, prices of another year and their index stand beside what every line has."""
    sample = write_small(tmp_path)
    write_varied(sample.root, "mobilite", "armoires")
    files = package_of(cost(sample.root))
    (tmp_path / "package").mkdir()
    assert validate(str(write_files(tmp_path / "package", files))).valid
    rows = list(csv.DictReader(io.StringIO(files["lines.csv"].decode())))
    index = {key: rows[0][key] for key in ("price_year", "index_prices", "index_edition", "quantity_low")}
    assert index == {
        "price_year": "2011",
        "index_prices": "95.5",
        "index_edition": "111.3",
        "quantity_low": "50",
    }
    assert [rows[3][key] for key in ("quantity_low", "quantity", "quantity_high", "scenario")] == [
        *("4", "2", "0", "ecoles"),
    ]


@pytest.fixture(scope="module")
def files(costed: Costed) -> dict[str, bytes]:
    return package_of(costed)


@pytest.mark.parametrize("language", [ENGLISH, FRENCH], ids=lambda language: language.code)
def test_awkward_package_is_valid(costed: Costed, language: Language, tmp_path: Path) -> None:
    """Every file, type, key and foreign key of the package holds for frictionless."""
    path = write_files(tmp_path, package_of(costed, language))
    report = validate(str(path))
    assert report.valid, report.flatten()
    assert [task.name for task in report.tasks] == [
        *("proposals", "lines", "years", "funding", "organisations", "sources")
    ]


def test_published_example_is_valid(tmp_path: Path) -> None:
    """The package of the published example holds for frictionless."""
    report = validate(str(write_files(tmp_path, package_of(cost(ROOT)))))
    assert report.valid, report.flatten()


@pytest.mark.parametrize(
    ("name", "before", "after", "fault"),
    [
        ("lines.csv", b"bilan-2018", b"bilan-2017", "foreign-key"),
        ("years.csv", b"maladroit", b"parti", "foreign-key"),
        ("funding.csv", b"banque", b"caisse", "foreign-key"),
        ("proposals.csv", b"feux", b"armoires", "primary-key"),
        ("years.csv", b"ready", b"perhaps", "constraint-error"),
        ("lines.csv", b"33.33", b"33,33", "type-error"),
        ("lines.csv", b"33.33", b"33.330", "byte-count"),
    ],
)
def test_keys_and_types_are_declared(
    files: dict[str, bytes], tmp_path: Path, name: str, before: bytes, after: bytes, fault: str
) -> None:
    """A reference to nothing, a repeated id, a word or a size that is not announced is told by frictionless."""
    path = write_files(tmp_path, {**files, name: files[name].replace(before, after, 1)})
    found = {error[0] for error in validate(str(path)).flatten(["type"])}
    assert fault in found


def test_years_are_the_cents_of_the_json(costed: Costed, files: dict[str, bytes]) -> None:
    """Every cost of every proposal, section, year and estimate is the JSON's; what it does not know is empty here."""
    document = json.loads(write_costs(costed.portfolio))
    amounts = {
        (r["proposal"], r["section"], r["measure"], r["period"]): r["amount"] for r in rows(files, "years")
    }
    compared = 0
    for proposal in document["proposals"]:
        for section in SECTIONS:
            for year in map(str, document["years"]):
                for estimate in ("low", "central", "high"):
                    key = (proposal["id"], section, f"cost-{estimate}", year)
                    known = proposal[section][year][estimate] if proposal[section] else ""
                    compared += key in amounts
                    assert amounts.get(key, "0.00") == known
    assert compared == 18 * (3 + 5 * 2)


def test_what_stands_beside_the_net_is_that_of_the_json(costed: Costed, files: dict[str, bytes]) -> None:
    """Payments outside the six years, the AP, percentiles and overruns are the JSON's, drafts too; unknown is empty."""
    document = json.loads(write_costs(costed.portfolio, costed.workspace))
    amounts = {
        (r["proposal"], r["section"], r["measure"], r["period"]): r["amount"] for r in rows(files, "years")
    }
    by_id = {row["id"]: row for row in rows(files, "proposals")}
    for found in document["proposals"]:
        key = (found["id"], "investissement")
        row, likely, uplift = by_id[found["id"]], found["uncertainty"], found.get("uplift")
        assert amounts[*key, "ap", "whole"] == (found["ap"]["investissement"] or "")
        for measure, period in (("paid-before", "before-term"), ("paid-after", "after-term")):
            paid = amounts.get((*key, measure, period), "0.00")
            assert paid == (found[measure.replace("-", "_")]["investissement"] or "")
        for name in ("p10", "p50", "p80", "p90", "probability_central_is_enough"):
            assert row[name] == (likely[name] if likely else "")
        for name in ("rate", "base", "added"):
            assert row[f"uplift_{name}"] == (uplift[name] if uplift else "")
    assert by_id["optimiste"]["reference_class"] == "equipment-development"
    assert amounts["incomplet", "investissement", "ap", "whole"] == by_id["incomplet"]["p50"] == ""
    assert ("feux", "investissement", "paid-before", "before-term") not in amounts


def test_ready_rows_add_up_to_the_totals(costed: Costed, files: dict[str, bytes]) -> None:
    """The rows that are not drafts' add up to the totals of the JSON."""
    totals = json.loads(write_costs(costed.portfolio))["totals"]
    for section in SECTIONS:
        for year, cell in totals[section].items():
            held = [
                Decimal(row["amount"])
                for row in rows(files, "years")
                if (row["section"], row["measure"], row["period"], row["status"])
                == (section, "cost-central", year, "ready")
            ]
            assert f"{sum(held, Decimal('0.00'))}" == cell["central"]


def test_what_was_typed_is_exact(files: dict[str, bytes]) -> None:
    """Numbers stand as typed, without a unit; what opens a formula has an apostrophe before it."""
    held = {(row["proposal"], row["line"]): row for row in rows(files, "lines") if row["kind"] == "costs"}
    first, half, staff = (held["maladroit", number] for number in ("1", "3", "4"))
    assert (first["label"], first["unit"]) == ("'=1+1", "'@SUM(A1)")
    assert (first["unit_cost_central"], first["vat_rate"], first["price"]) == ("33.33", "0.055", "ttc")
    assert (half["unit_cost_central"], half["central_2021"]) == ("0.125", "0.12")
    assert (staff["quantity"], staff["unit_cost_low"], staff["vat_rate"]) == ("2.5", "55000.01", "0")
    assert held["incomplet", "4"]["unit_cost_central"] == held["incomplet", "4"]["central_2023"] == ""


def test_funding_is_the_plan(costed: Costed, files: dict[str, bytes]) -> None:
    """Each line of the plan has its amount and its years in cents, loans told by their form."""
    chain = costed.financings["maladroit", "investissement"]
    assert chain is not None
    held = [row for row in rows(files, "funding") if row["proposal"] == "maladroit"]
    assert [row["form"] for row in held] == ["grant", "grant", "loan", "private"]
    assert [held[1][key] for key in ("share", "amount", "amount_2021", "amount_2022")] == [
        *("", "1234.56", "0.00", "1234.56")
    ]
    assert held[0]["amount"] == str(chain.grants[0].total.rounded())
    assert held[2]["amount_2023"] == str(chain.grants[2].by_year[2].rounded())


def test_descriptor_tells_edition_licence_and_digests(files: dict[str, bytes]) -> None:
    """Title, version, day, publisher and licence are the edition's; length and digest those of each file."""
    held = descriptor(files)
    assert (held["name"], held["title"], held["version"]) == (
        "essais-pour-une-ville",
        "Essais pour une ville",
        "1.0",
    )
    assert held["created"] == "2020-02-06T00:00:00Z"
    assert held["contributors"] == [{"title": "Association d'essai", "role": "publisher"}]
    path = "https://creativecommons.org/licenses/by-sa/4.0/"
    assert held["licenses"] == [{"name": "CC-BY-SA-4.0", "path": path, "title": "CC BY-SA 4.0"}]
    for resource in held["resources"]:
        data = files[resource["path"]]
        assert (resource["bytes"], resource["hash"]) == (
            len(data),
            f"sha256:{hashlib.sha256(data).hexdigest()}",
        )
    assert len(held["resources"]) == len(files) - 1


@pytest.mark.parametrize(
    ("licence", "name"),
    [("Licence Ouverte 2.0", "Licence-Ouverte-2.0"), ("cc-by-nc 3.0", "CC-BY-NC-3.0"), ("©", "other")],
)
def test_any_licence_has_a_name(costed: Costed, licence: str, name: str) -> None:
    """A licence gets a name that the specification allows, and keeps its text."""
    edition = costed.edition.model_copy(update={"licence": licence})
    found = write_datapackage(
        costed.portfolio, edition, costed.references, ENGLISH, costed.financings, costed.law
    )
    assert descriptor(found)["licenses"][0]["name"] == name
    assert descriptor(found)["licenses"][0]["title"] == licence


def test_columns_are_the_same_in_every_language(costed: Costed, files: dict[str, bytes]) -> None:
    """Only titles and descriptions are translated: the data of both languages are the same bytes."""
    french = package_of(costed, FRENCH)
    assert {name for name in files if files[name] != french[name]} == {"datapackage.json"}
    fields = [resource["schema"]["fields"] for resource in descriptor(french)["resources"]]
    assert [[field["name"] for field in one] for one in fields] == [
        [field["name"] for field in resource["schema"]["fields"]]
        for resource in descriptor(files)["resources"]
    ]


def test_package_opens_as_tables(files: dict[str, bytes], tmp_path: Path) -> None:
    """A reader gets numbers as decimals, months and days as dates, unknowns as nothing."""
    package = Package(str(write_files(tmp_path, files)))
    resource = package.get_resource("years")
    assert isinstance(resource, TableResource)
    years = resource.read_rows()
    assert all(row["amount"] is None or isinstance(row["amount"], Decimal) for row in years)
    assert {
        row["proposal"] for row in years if row["measure"] == "cost-central" and row["amount"] is None
    } == {"incomplet"}


def test_lines_and_funding_name_their_owner(files: dict[str, bytes], tmp_path: Path) -> None:
    """Where a proposal has several owners, each line and each funding has its own; else no column says so."""
    several = package_of(cost(write_owners(tmp_path / "workspace")))
    assert validate(str(write_files(tmp_path, several))).valid
    assert [row["owner"] for row in rows(several, "lines")] == ["metro", "bourg"]
    assert [row["owner"] for row in rows(several, "funding")] == ["metro", "bourg"]
    assert "owner" not in rows(files, "lines")[0]
