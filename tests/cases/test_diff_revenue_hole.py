"""A revenue without an amount: `check` says what is missing, `diff` that the net cost is unknown now, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import run
from tests.samples.money import list_findings, write_money
from tests.samples.revisions import commit, git

if TYPE_CHECKING:
    from pathlib import Path

HOLE = "no_running_cost: x\nrevenues:\n  - {label: Recette, section: fonctionnement}"


def test_a_revenue_with_a_hole_is_told(tmp_path: Path) -> None:
    """What the revenue lacks is listed, key by key, as for a cost."""
    assert ("M102", "error") in list_findings(write_money(tmp_path, more=HOLE))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_net_cost_that_becomes_unknown_says_why(tmp_path: Path, language: str) -> None:
    """Between the state without the revenue and that with it, the net cost turned unknown: a revenue is not known."""
    root = write_money(tmp_path)
    git(root, "init", "--quiet")
    commit(root, "first")
    write_money(tmp_path, more=HOLE)
    ran = run("-C", str(root), "--lang", language, "diff", "HEAD")
    assert ran.status == 0 and "Traceback" not in ran.err, ran.err
    words = {
        "en": "the net cost was known, and is unknown now (a revenue is not known)",
        "fr": "le coût net était connu, et il est inconnu désormais (une recette n’est pas connue)",
    }
    assert words[language] in " ".join(ran.out.split()).replace("\N{NO-BREAK SPACE}", " ")
    found = json.loads(run("-C", str(root), "diff", "HEAD", "--format", "json").out)
    (change,) = found["proposals"]
    assert change["causes"][-1]["key"] == "net-unknown"
