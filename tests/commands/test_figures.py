"""`costs`, `diff` and `why` on the command line: what they print, where they write it, and how they end."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import BUILD, Run, run
from tests.samples.revisions import commit, write_repository
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Sample:
    """Give the small workspace as the first commit of a repository, under the tag `first`."""
    root = tmp_path / "repository"
    root.mkdir()
    return write_repository(root)


def refused(ran: Run, *words: str) -> None:
    """Require wrong usage: status 2, nothing on the standard output, and some words on the other."""
    assert (ran.status, ran.out) == (2, ""), ran.err
    assert ran.err.startswith("build.py: ") and "Traceback" not in ran.err
    assert all(word in ran.err for word in words), ran.err


# --- costs --------------------------------------------------------------------------------------------------------


def test_costs_print_the_whole_chain(unbuilt: Sample) -> None:
    """The table goes from gross to net, and says how sure it is; the present value is there only when asked."""
    plain = unbuilt.run("--lang", "en", "costs")
    assert (plain.status, plain.err) == (0, "")
    rows = [line.split() for line in plain.out.splitlines()]
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
    assert head.split() == ["As", "it", "is", "Present", "value"]
    assert investment.split() == ["Investment", "360", "354"]
    assert operation.split() == ["Operation", "0", "0"]


def test_present_value_needs_a_rate(unbuilt: Sample) -> None:
    """A law of a day on which the rate was not known gives no present value, and the sentence says what to add."""
    unbuilt.edit("edition.yaml", "licence: ", "law_as_of: 2020-03-15\nlicence: ")
    refused(unbuilt.run("--lang", "en", "costs", "--present-value"), "discount.rate", "parameters.yaml")
    assert unbuilt.run("costs").status == 0


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_present_value_is_for_people(unbuilt: Sample, format: str) -> None:
    """No discounted amount stands among those that programs add up: asking for it there is wrong usage."""
    refused(unbuilt.run("costs", "--present-value", "--format", format), "--present-value")


def test_present_value_in_json(unbuilt: Sample) -> None:
    """In the JSON it has its own keys, with the rate, when asked for: 60 k€ in 2021 and 60 / 1.032 in 2022."""
    asked = json.loads(unbuilt.run("costs", "--present-value", "--format", "json").out)
    assert asked["present_value"] == {"rate": "0.032", "year": 2021}
    (held,) = [held for held in asked["proposals"] if held["id"] == "feux"]
    assert held["present_value"] == {"investissement": "118139.53", "fonctionnement": "0.00"}
    assert asked["totals"]["present_value"]["investissement"] == "354418.59"
    plain = unbuilt.run("costs", "--format", "json").out
    assert "present_value" not in plain


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown", "xlsx"])
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
    ("arguments", "words"),
    [
        (("costs", "import"), ("costs import FILE.xlsx",)),
        (("costs", "import", "absent.xlsx"), ("absent.xlsx",)),
        (("why", "feu"), ("`feu`", "did you mean `feux`?")),
        (("why", "feux.2031"), ("2031", "`2026`")),
    ],
)
def test_what_is_not_there_is_said(
    unbuilt: Sample, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """A workbook, proposal or year that does not exist is wrong usage, with what could be typed."""
    refused(unbuilt.run("--lang", "en", *arguments), *words)


@pytest.mark.parametrize(
    "arguments",
    [
        ("costs", "export"),
        ("costs", "--format", "pdf"),
        ("diff",),
        ("diff", "a", "b", "c"),
        ("diff", "first", "--format", "xlsx"),
        ("why",),
        ("why", "total", "--format", "csv"),
    ],
)
def test_wrong_arguments_are_status_2(unbuilt: Sample, arguments: tuple[str, ...]) -> None:
    """An action, format or number of arguments that does not exist is status 2 and says what was expected."""
    ran = unbuilt.run(*arguments)
    assert (ran.status, ran.out) == (2, "") and re.match(r"usage.?: build\.py ", ran.err)


# --- diff ---------------------------------------------------------------------------------------------------------


def test_difference_with_the_working_tree(repository: Sample) -> None:
    """Two cabinets more are 24 k€, by their cause; with nothing changed the same command says so: both status 0."""
    same = repository.run("--lang", "en", "diff", "first")
    assert (same.status, same.out) == (0, "The programme costs the same.\n")
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    ran = repository.run("--lang", "en", "diff", "first")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("The programme costs 24\u00a0k€ more")
    assert "quantity: 10 → 12" in ran.out


def test_difference_of_two_revisions(repository: Sample) -> None:
    """Two revisions are compared whatever the working tree holds, and the order decides the sign."""
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    second = commit(repository.root, "second")
    repository.edit("mobilite/feux.yaml", "quantity: 12", "quantity: 1000")
    changes = []
    for revisions in (("first", second), (second, "first")):
        rows = csv.DictReader(io.StringIO(repository.run("diff", *revisions, "--format", "csv").out))
        changes.append(sum(Decimal(row["change"]) for row in rows if row["measure"] == "cost"))
    assert changes == [24_000, -24_000]


def test_difference_of_two_saved_files(repository: Sample, tmp_path: Path) -> None:
    """What `costs --format json --output` saved is compared without any history, and gives what git gives."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    repository.run("costs", "--format", "json", "--output", str(before))
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    repository.run("costs", "--format", "json", "--output", str(after))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    saved = run("--lang", "en", "diff", str(before), str(after), cwd=elsewhere)
    assert saved.status == 0 and saved == repository.run("--lang", "en", "diff", "first")


@pytest.mark.parametrize("format", ["table", "markdown", "json", "csv"])
def test_difference_goes_to_a_file(repository: Sample, tmp_path: Path, format: str) -> None:
    """`--output` holds what would have been printed, in every format."""
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    printed = repository.run("diff", "first", "--format", format)
    file = tmp_path / "difference"
    written = repository.run("diff", "first", "--format", format, "--output", str(file))
    assert (written.status, written.out) == (0, "")
    assert file.read_text("utf-8") == printed.out != ""


def test_saved_states_can_be_compared_again(repository: Sample, tmp_path: Path) -> None:
    """`--save` keeps both states in a folder; compared from there they give the same difference."""
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    kept = tmp_path / "kept"
    first = repository.run("diff", "first", "--save", str(kept))
    states = sorted(path.name for path in kept.iterdir())
    assert len(states) == 2 and first.status == 0
    after, before = (str(kept / name) for name in states)
    assert run("--lang", "fr", "diff", before, after, cwd=tmp_path).out == first.out


def test_an_increase_above_the_ceiling_fails(repository: Sample) -> None:
    """What rises more than `guardrails.increase` is P104 and status 1; the difference is printed all the same."""
    repository.edit("edition.yaml", "letter: |", "guardrails: {increase: 5 %}\nletter: |")
    commit(repository.root, "ceiling")
    repository.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 11")
    assert repository.run("diff", "HEAD").status == 0
    repository.edit("mobilite/feux.yaml", "quantity: 11", "quantity: 12")
    ran = repository.run("--lang", "en", "diff", "HEAD")
    assert ran.status == 1 and "24\u00a0k€ more" in ran.out
    held = json.loads(repository.run("diff", "HEAD", "--format", "json").out)
    assert "P104" in json.dumps(held)


def test_without_a_history_saved_files_are_asked_for(unbuilt: Sample) -> None:
    """Outside a repository there is no revision to compare with: one sentence says what to compare instead."""
    ran = unbuilt.run("--lang", "en", "diff", "first")
    assert (ran.status, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "git" in ran.err and "costs --format json" in ran.err


def test_unknown_revision_is_said(repository: Sample) -> None:
    """A revision that git does not know is wrong usage, on either side, and changes nothing in the repository."""
    before = digests(repository.root)
    for revisions in (("nosuch",), ("first", "nosuch")):
        refused(repository.run("--lang", "en", "diff", *revisions), "no revision `nosuch`")
    assert digests(repository.root) == before


# --- why ----------------------------------------------------------------------------------------------------------


def test_why_leads_to_the_lines_that_were_typed(unbuilt: Sample) -> None:
    """A figure of a year is derived down to a quantity, a unit cost and two months, each with its place."""
    ran = unbuilt.run("--lang", "en", "why", "feux.2021.investissement")
    assert (ran.status, ran.err) == (0, "")
    assert "60,000.00" in ran.out.splitlines()[0]
    for line, typed in ((17, "10"), (19, "12 000 €"), (12, "2021-01")):
        assert f"proposals/mobilite/feux.yaml:{line} `{typed}`" in ran.out
    assert "\x1b" not in ran.out


def test_why_of_the_whole_is_as_deep_as_asked(unbuilt: Sample) -> None:
    """The total names each proposal; `--whole` derives each of them down to its lines, as JSON too."""
    brief, whole = (unbuilt.run("why", "total", *more) for more in ((), ("--whole",)))
    assert brief.status == whole.status == 0
    assert all(id in brief.out for id in ("armoires", "feux", "arbres"))
    assert "feux.yaml:17" in whole.out and "feux.yaml:17" not in brief.out
    held = json.loads(unbuilt.run("why", "total", "--format", "json").out)
    assert (held["version"], held["reference"]) == (1, "total")


def test_why_of_a_faulty_workspace_is_not_told(unbuilt: Sample) -> None:
    """While a file cannot be read as it should, no figure is derived: what to correct, and status 1."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    ran = unbuilt.run("why", "armoires")
    assert (ran.status, ran.out) == (1, "") and "M103" in ran.err
