"""Law as data: every value has a date, a unit and what was read; the reader asks for a day and gets the value of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.content.decode import decode
from booklet.content.paths import PARAMETERS
from booklet.content.workspace import Workspace, read_workspace
from booklet.content.yaml.parse import parse
from booklet.law.lookup import Law, Parameters, kind_of_value, law_of, load_law
from booklet.money.euros import Euros
from tests.samples.annotated_cases import SOUND, check, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.content.model.parameters import Parameter
    from booklet.diagnostics.diagnostic import Diagnostic

DATED = """\
vat.normal:
  description: Taux d'essai
  unit: part of the price
  values:
    2014-01-01: {value: 20 %, known_from: 2013-12-30}
    2000-04-01: {value: "19,6 %", known_from: 2000-03-01}
"""
EDITION = "proposals/edition.yaml"


def read(text: str) -> tuple[Parameters, tuple[Diagnostic, ...]]:
    parsed = parse("law.yaml", text.encode())
    assert parsed.root is not None
    document, diagnostics = decode(Parameters, parsed.source, parsed.root)
    return document.value, diagnostics


def workspace(root: Path, files: dict[str, str]) -> Workspace:
    write_files(root, SOUND | files)
    return read_workspace(root)


def test_a_value_holds_until_the_next_one() -> None:
    """A parameter gives the value of the last date that is not after the day; none before the first."""
    parameters, diagnostics = read(DATED)
    assert diagnostics == ()
    parameter = parameters.root["vat.normal"]
    assert parameter.at(date(2000, 3, 31)) is None
    assert parameter.at(date(2000, 4, 1)) == Decimal("0.196")
    assert parameter.at(date(2013, 12, 31)) == Decimal("0.196")
    assert parameter.at(date(2014, 1, 1)) == Decimal("0.2")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("16,404 %", Decimal("0.16404")),
        ("100 M€", Euros.of(100_000_000)),
        ("20 000", 20_000),
        ("[commune, metropole]", frozenset({"commune", "metropole"})),
        ("[]", frozenset()),
    ],
)
def test_a_value_says_by_its_writing_what_it_is(written: str, value: object) -> None:
    """A percentage, an amount, a whole number and a set of words are told apart, a set of nobody included."""
    parameters, diagnostics = read(
        f"x.y:\n  description: d\n  unit: u\n  values:\n    2014-01-01:\n      value: {written}\n"
        "      known_from: 2014-01-01\n"
    )
    assert diagnostics == ()
    found = parameters.root["x.y"].at(date(2020, 1, 1))
    assert found == value
    assert type(found) is type(value)


def test_what_cannot_be_read_is_reported_like_in_any_file(tmp_path: Path) -> None:
    """A misspelt key, a bad day and a word in place of a value are faults at their place."""
    text = (
        "scheme.essai.owners:\n  description: d\n  unit: u\n  valeurs: 1\n  values:\n"
        "    2014: {value: x, known_from: hier}\n"
    )
    found = [
        (one.code, one.span.path, one.span.start.line)
        for one in read_workspace_with(tmp_path, text).diagnostics
    ]
    assert found == [
        ("M101", PARAMETERS, 4),
        ("M105", PARAMETERS, 6),
        ("M103", PARAMETERS, 6),
        ("M105", PARAMETERS, 6),
    ]


def read_workspace_with(root: Path, parameters: str) -> Workspace:
    return workspace(root, {PARAMETERS: parameters})


def test_vat_rates_of_the_term() -> None:
    """The law of the six years knows five rates, two of them reduced; no float is among them."""
    law = load_law()
    for day in (date(2020, 7, 1), date(2026, 12, 31)):
        assert law.vat_rates(day) == {Decimal(rate) / 1000 for rate in (200, 100, 55, 21, 0)}
        assert law.reduced_vat_rates(day) == {Decimal(rate) / 1000 for rate in (100, 55)}
        assert all(type(rate) is Decimal for rate in law.vat_rates(day))


def test_nothing_is_known_before_the_first_source() -> None:
    """Where no source says what the law was, nothing is given, so that no rule can speak."""
    law = load_law()
    assert law.vat_rates(date(1990, 1, 1)) == frozenset()
    assert law.percent("fctva.rate", date(2014, 12, 31)) is None
    assert law.words("competence.voirie", date(2022, 12, 31)) is None


def test_the_law_of_local_finance() -> None:
    """The figures of the term, as their texts give them."""
    law, day = load_law(), date(2022, 1, 1)
    assert law.parameter("fctva.rate").at(day) == Decimal("0.16404")
    assert law.percent("own-share.floor", day) == Decimal("0.2")
    assert law.percent("own-share.floor-chef-de-file", day) == Decimal("0.3")
    assert law.percent("state-grants.ceiling", day) == Decimal("0.8")
    assert law.percent("impact-study.receipts-from-400001", day) == Decimal("0.25")
    assert law.amount("impact-study.amount-from-400001", day) == Euros.of(100_000_000)
    assert law.percent("impact-study.receipts-from-50000", day) == Decimal("0.5")
    assert law.amount("impact-study.amount-from-50000", day) == Euros.of(50_000_000)
    assert law.count("scheme.detr.commune-below", day) == 20_000
    assert (law.amount("staff.cost-low", day), law.amount("staff.cost-high", day)) == (
        Euros.of(40_000),
        Euros.of(70_000),
    )


def test_the_law_changes_inside_the_term() -> None:
    """Councils end on 1 July 2022; cemeteries go to the communes and the Fonds vert opens on 1 January 2023."""
    law = load_law()
    assert [law.count("territory.councils", date(2022, month, 1)) for month in (6, 7)] == [6, 0]
    last, first = date(2022, 12, 31), date(2023, 1, 1)
    assert law.words("competence.cimetieres", last) == frozenset({"metropole"})
    assert law.words("competence.cimetieres", first) == frozenset({"commune"})
    assert law.words("scheme.fonds-vert.owners", last) == frozenset()
    assert "commune" in (law.words("scheme.fonds-vert.owners", first) or ())
    assert "land" in (law.words("fctva.natures", date(2020, 12, 31)) or ())
    assert "land" not in (law.words("fctva.natures", date(2021, 1, 1)) or ())
    assert law.words("fctva.upkeep", date(2015, 12, 31)) is None
    assert "reseaux" not in (law.words("fctva.upkeep", date(2019, 12, 31)) or ())
    assert "reseaux" in (law.words("fctva.upkeep", date(2020, 1, 1)) or ())


def test_what_could_be_known_on_a_day() -> None:
    """In 2020 nobody could know the law of 2022 nor the discount rate of 2021; the values before stay."""
    law = load_law().known_by(date(2020, 3, 15))
    assert law.words("competence.cimetieres", date(2024, 1, 1)) == frozenset({"metropole"})
    assert "discount.rate" not in law.parameters
    assert law.percent("discount.rate", date(2024, 1, 1)) is None
    assert load_law().percent("discount.rate", date(2024, 1, 1)) == Decimal("0.032")
    assert law.percent("fctva.rate", date(2024, 1, 1)) == Decimal("0.16404")


def until(parameter: Parameter, day: date) -> date | None:
    first = parameter.first_day(day)
    assert first is not None
    return parameter.known_until(first)


def test_a_value_is_known_until_the_next_one() -> None:
    """A later value ends an earlier one the day before; an earlier day that is written counts; nothing else ends it."""
    parameters, _ = read(DATED)
    parameter = parameters.root["vat.normal"]
    assert until(parameter, date(2001, 1, 1)) == date(2013, 12, 31)
    assert until(parameter, date(2020, 1, 1)) is None
    sooner, diagnostics = read(DATED.replace("2000-03-01}", "2000-03-01, known_until: 2009-12-31}"))
    assert diagnostics == ()
    assert until(sooner.root["vat.normal"], date(2001, 1, 1)) == date(2009, 12, 31)
    assert until(load_law().parameter("competence.cimetieres"), date(2020, 1, 1)) == date(2022, 12, 31)


@pytest.mark.parametrize(
    ("as_of", "id", "day", "known_until"),
    [
        # what was read in 2025 was not known in 2020
        ("2020-03-15", "fctva.rate", "2020-01-01", "2020-03-15"),
        # a law of 2022 ends the value, but nobody knew it
        ("2020-03-15", "competence.cimetieres", "2020-01-01", "2020-03-15"),
        # the law of February 2022 announces the end of the year
        ("2022-03-15", "competence.cimetieres", "2022-01-01", "2022-12-31"),
        # … and a value that starts after that day
        ("2022-03-15", "competence.cimetieres", "2023-06-01", "2023-01-01"),
        # what is known to end sooner keeps its end
        ("2025-12-31", "fctva.rate", "2025-01-01", "2025-02-15"),
        ("2018-01-01", "competence.dechets", "2017-01-01", "2018-01-01"),
    ],
)
def test_until_when_was_known_on_a_day(as_of: str, id: str, day: str, known_until: str) -> None:
    """On a day a value is known to hold until that day at the latest, unless the text announces its end."""
    law = load_law().known_by(date.fromisoformat(as_of))
    assert until(law.parameter(id), date.fromisoformat(day)) == date.fromisoformat(known_until)


def test_a_value_without_end_is_not_known_beyond_the_day() -> None:
    """A text that has no end is known to hold until the day of `law_as_of`, and no longer."""
    parameters, _ = read(DATED)
    law = Law({"vat.normal": parameters.root["vat.normal"]}).known_by(date(2016, 5, 1))
    assert until(law.parameter("vat.normal"), date(2016, 1, 1)) == date(2016, 5, 1)


def test_an_edition_chooses_its_day(tmp_path: Path) -> None:
    """`law_as_of` keeps what could be known on that day, and only that."""
    dated = SOUND[EDITION] + "law_as_of: 2020-03-15\n"
    assert "discount.rate" not in law_of(workspace(tmp_path, {EDITION: dated})).parameters
    assert "discount.rate" in law_of(workspace(tmp_path, {})).parameters


def test_an_edition_adds_and_replaces_parameters(tmp_path: Path) -> None:
    """`parameters.yaml` replaces a parameter whole and adds others; the rest of the law stays."""
    law = law_of(read_workspace_with(tmp_path, DATED + "competence.ecoles:\n" + one_value("[commune]")))
    assert law.vat_rates(date(2005, 1, 1)) == {Decimal("0.196")}
    assert law.words("competence.ecoles", date(2021, 1, 1)) == frozenset({"commune"})
    assert law.percent("fctva.rate", date(2021, 1, 1)) == Decimal("0.16404")
    assert load_law().percent("vat.normal", date(2005, 1, 1)) is None


def one_value(value: str) -> str:
    return f"  description: d\n  unit: u\n  values:\n    2015-01-01: {{value: {value}, known_from: 2015-01-01}}\n"


def test_a_replacement_of_another_kind_is_not_used(tmp_path: Path) -> None:
    """A rate typed without `%` is reported, and the law of the tool stays in force."""
    changed = read_workspace_with(tmp_path, "fctva.rate:\n" + one_value("16"))
    assert law_of(changed).percent("fctva.rate", date(2021, 1, 1)) == Decimal("0.16404")
    assert [one.code for one in check(tmp_path)] == ["M103"]


def test_a_new_parameter_of_another_kind_is_not_used(tmp_path: Path) -> None:
    """A number where kinds of organisation are asked for names nobody."""
    changed = read_workspace_with(tmp_path, "competence.ecoles:\n" + one_value("16"))
    assert "competence.ecoles" not in law_of(changed).parameters


def test_a_rate_of_one_nature_stands_before_that_of_all(tmp_path: Path) -> None:
    """The FCTVA of a nature has its own rate from the day on which one is written; communities have a lag, by year."""
    values = "  values:\n    2022-01-01: {value: 5 %, known_from: 2022-01-01}\n"
    written = f"fctva.rate.software:\n  description: d\n  unit: u\n{values}"
    fctva = law_of(workspace(tmp_path, {PARAMETERS: written})).fctva((2021, 2022, 2026))
    assert fctva.rates["works"] == fctva.rates[""] == (Decimal("0.16404"),) * 3
    assert fctva.rates["software"] == (Decimal("0.16404"), Decimal("0.05"), Decimal("0.05"))
    assert fctva.lags == {"communaute-agglomeration": (0, 0, 1), "communaute-communes": (0, 0, 1)}


def test_rates_by_year_for_exports() -> None:
    """Exports carry every percentage of each year, None where a year has none; amounts and words are left out."""
    rates = load_law().percents_by_year((2014, 2015))
    assert rates["fctva.rate"] == {2014: None, 2015: Decimal("0.16404")}
    assert "discount.rate" not in rates
    assert "staff.cost-low" not in rates


def test_every_value_says_what_it_rests_on() -> None:
    """Every value has its day, unit, reference, page, and the days between which it is known; ours say so in words."""
    for id, parameter in load_law().parameters.items():
        assert parameter.description and parameter.unit and parameter.values, id
        assert kind_of_value(parameter) is not None, id
        for first, value in parameter.values.items():
            assert value.value is not None and value.known_from is not None, id
            assert value.reference, id
            assert value.address or value.reference.startswith("convention de ce livret"), id
            known_until = parameter.known_until(first)
            assert known_until is not None and known_until >= first, id
            # another page is named only for a day that is written
            assert value.checked_at is None or value.known_until is not None, id
            assert value.checked_at != value.address or value.address is None, id


def test_law_is_read_once() -> None:
    """Every reader gets the same law."""
    assert load_law() is load_law()
