"""What `diff` says of uncertainty: another reference class, costs that move together otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from booklet.diff.compare import compare
from booklet.diff.sentences import consequences
from booklet.text.language import ENGLISH
from tests.costs.test_optimism import ASSUMED
from tests.samples.commands import run
from tests.samples.money import write_money
from tests.samples.revisions import costs_of

if TYPE_CHECKING:
    from pathlib import Path

LINE = f"{{label: a, nature: works, {ASSUMED}"
CLASS = "reference_class: standard-building\nno_running_cost: x"


def save(path: Path, edition: str = "", more: str = "no_running_cost: x") -> str:
    """Save a state of the proposal under a name."""
    root = write_money(path, LINE, edition=edition, more=more)
    saved = path.with_suffix(".json")
    saved.write_text(run("-C", str(root), "costs", "--format", "json").out, "utf-8")
    return str(saved)


def test_another_reference_class_is_a_cause_beside_the_cost(tmp_path: Path) -> None:
    """What the class adds is named with its amount; the cost and the net cost do not change."""
    unusual = CLASS.replace("standard-building", "non-standard-building")
    files = [
        save(tmp_path / "none"),
        save(tmp_path / "usual", more=CLASS),
        save(tmp_path / "unusual", more=unusual),
    ]
    for pair, total in ((files[:2], "2400.00"), (files[1:], "2700.00"), (files[1::-1], "-2400.00")):
        (change,) = json.loads(run("diff", *pair, "--format", "json").out)["proposals"]
        (cause,) = change["causes"]
        assert (cause["cause"], cause["key"], cause["measure"], cause["total"]) == (
            "basis",
            "reference-class",
            "uplift",
            total,
        )
        assert (change["total"], change["net"]) == ("0.00", "0.00")
    assert "usual buildings → unusual buildings" in run("--lang", "en", "diff", *files[1:]).out


@pytest.mark.parametrize(
    ("edition", "told"),
    [
        ("correlation: 0.2\n", "the correlation of costs is 0, then 0.2."),
        ("lines_of_one_nature: together\n", "lines of one nature now move together."),
    ],
)
def test_percentiles_of_another_dependence_are_not_compared(tmp_path: Path, edition: str, told: str) -> None:
    """The edition's new dependence is one sentence; no proposal changes."""
    before, after = save(tmp_path / "before"), save(tmp_path / "after", edition)
    # as a revision or the files are read, without their percentiles
    assert told in " ".join(
        consequences(compare(*map(costs_of, (tmp_path / "before", tmp_path / "after"))), ENGLISH)
    )
    out = run("--lang", "en", "diff", before, after).out
    assert told in " ".join(out.split())
    assert json.loads(run("diff", before, after, "--format", "json").out)["proposals"] == []
