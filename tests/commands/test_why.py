"""`why` leads from a figure to the lines that were typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import require_refusal

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


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


@pytest.mark.parametrize(
    ("reference", "words"),
    [("feu", ("`feu`", "did you mean `feux`?")), ("feux.2031", ("2031", "`2026`"))],
)
def test_figure_that_is_not_there_is_said(unbuilt: Sample, reference: str, words: tuple[str, ...]) -> None:
    """A proposal or a year that does not exist is wrong usage, with what could be typed."""
    require_refusal(unbuilt.run("--lang", "en", "why", reference), *words)
