"""`costs` prints the portfolio as asked, to the terminal or a file, and says what it cannot do."""

from __future__ import annotations

import json
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import BUILD, require_refusal, run
from tests.samples.marks import long

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample


def test_costs_print_the_whole_chain(unbuilt: Sample) -> None:
    """The table goes from gross to net, and says how sure it is; the present value is there only when asked."""
    plain = unbuilt.run("--lang", "en", "costs")
    assert (plain.status, plain.err) == (0, "")
    rows = [line.split()[1:] for line in plain.out.splitlines()]
    assert ["Total", "360", "72", "−71", "0", "0", "361"] in rows
    assert ["Investment", "360", "332", "360", "378", "388"] in rows
    assert "Present value" not in plain.out
    asked = unbuilt.run("--lang", "en", "costs", "--present-value")
    assert asked.status == 0 and asked.out.startswith(plain.out)


def test_present_value_by_hand(unbuilt: Sample) -> None:
    """180 k€ in 2021 and as much in 2022, at 3.2 %: 180 + 180 / 1.032 = 354 k€; the rate stands above."""
    ran = unbuilt.run("--lang", "en", "costs", "--present-value")
    *_, title, _, head, investment, operation = ran.out.splitlines()
    assert title == "Present value in 2021 at 3.2% a year, before VAT, in thousands of euros"
    assert head.split()[1:] == ["As", "it", "is", "Present", "value"]
    assert investment.split()[1:] == ["Investment", "360", "354"]
    assert operation.split()[1:] == ["Operation", "0", "0"]


def test_present_value_needs_a_rate(unbuilt: Sample) -> None:
    """A law of a day on which the rate was not known gives no present value, and the sentence says what to add."""
    unbuilt.edit("edition.yaml", "licence: ", "law_as_of: 2020-03-15\nlicence: ")
    require_refusal(
        unbuilt.run("--lang", "en", "costs", "--present-value"), "discount.rate", "parameters.yaml"
    )
    assert unbuilt.run("costs").status == 0


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_present_value_is_for_people(unbuilt: Sample, format: str) -> None:
    """No discounted amount stands among those that programs add up: asking for it there is wrong usage."""
    require_refusal(unbuilt.run("costs", "--present-value", "--format", format), "--present-value")


def test_present_value_in_json(unbuilt: Sample) -> None:
    """In the JSON it has its own keys, with the rate, when asked for: 60 k€ in 2021 and 60 / 1.032 in 2022."""
    asked = json.loads(unbuilt.run("costs", "--present-value", "--format", "json").out)
    assert asked["present_value"] == {"rate": "0.032", "year": 2021}
    (held,) = [held for held in asked["proposals"] if held["id"] == "feux"]
    assert held["present_value"] == {"investissement": "118139.53", "fonctionnement": "0.00"}
    assert asked["totals"]["present_value"]["investissement"] == "354418.59"
    plain = unbuilt.run("costs", "--format", "json").out
    assert "present_value" not in plain


@pytest.mark.parametrize("format", ["json", "xlsx", long("table"), long("csv"), long("markdown")])
def test_output_is_what_would_be_printed(unbuilt: Sample, tmp_path: Path, format: str) -> None:
    """`--output` writes the same bytes as the standard output gets, replaces the file, and prints nothing."""
    file = tmp_path / "costs"
    file.write_text("an older one")
    ran = unbuilt.run("costs", "--format", format, "--output", str(file))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    command = [*BUILD, "-C", str(unbuilt.root), "costs", "--format", format]
    printed = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert file.read_bytes() == printed != b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["costs", "workspace"]


def test_output_is_read_from_where_one_stands(unbuilt: Sample, tmp_path: Path) -> None:
    """A name without a folder is a file of the current folder, not of the workspace of `-C`."""
    here = tmp_path / "here"
    here.mkdir()
    assert run("-C", str(unbuilt.root), "costs", "-o", "costs.txt", cwd=here).status == 0
    assert [path.name for path in here.iterdir()] == ["costs.txt"]


def test_output_that_cannot_be_written_is_named(unbuilt: Sample) -> None:
    """A folder that does not exist is told by the name that was typed, in one sentence and status 3."""
    ran = unbuilt.run("--lang", "en", "costs", "--output", "absent/costs.txt")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == "build.py: the system refused `absent/costs.txt`: No such file or directory\n"


def test_faulty_costs_are_not_written(unbuilt: Sample, tmp_path: Path) -> None:
    """While the content has errors, the file of `--output` stays as it is."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    file = tmp_path / "costs.xlsx"
    file.write_text("an older one")
    ran = unbuilt.run("costs", "--format", "xlsx", "--output", str(file))
    assert (ran.status, ran.out) == (1, "") and "M103" in ran.err
    assert file.read_text() == "an older one"


def test_workbook_is_that_of_the_release(built_small: Sample, tmp_path: Path) -> None:
    """`costs --format xlsx` writes the workbook that a build releases, byte for byte, and it is a workbook."""
    file = tmp_path / "budget.xlsx"
    ran = built_small.run("costs", "--format", "xlsx", "--output", str(file))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert file.read_bytes() == (built_small.dist / "budget.xlsx").read_bytes()
    with zipfile.ZipFile(file) as parts:
        assert parts.testzip() is None and "xl/workbook.xml" in parts.namelist()


def test_saved_costs_are_those_of_the_release(built_small: Sample) -> None:
    """`costs --format json` prints the data that a build releases."""
    ran = built_small.run("costs", "--format", "json")
    assert ran.out == (built_small.dist / "data" / "costs.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"), [((), "costs import FILE.xlsx"), (("absent.xlsx",), "absent.xlsx")]
)
def test_workbook_that_is_not_there_is_said(unbuilt: Sample, arguments: tuple[str, ...], words: str) -> None:
    """A workbook that was not named or does not exist is wrong usage."""
    require_refusal(unbuilt.run("--lang", "en", "costs", "import", *arguments), words)
