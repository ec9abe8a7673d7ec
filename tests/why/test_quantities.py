"""Prices of another year, three quantities and ramps are derived down to the words typed, in each estimate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from booklet.text.language import ENGLISH
from booklet.why.terminal import write_tree
from tests.samples.varied import write_varied
from tests.samples.workspace import write_small
from tests.why.test_explain import Asked, prove


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The small workspace with a proposal whose lines vary in every way."""
    sample = write_small(tmp_path_factory.mktemp("varied"))
    write_varied(sample.root, "mobilite", "armoires")
    return Asked(sample.root)


def test_every_line_of_every_estimate_adds_up(asked: Asked) -> None:
    """Each line and year is derived from what was typed, in low, central and high, and is what the JSON says."""
    (proposal,) = [one for one in asked.costs["proposals"] if one["id"] == "armoires"]
    assert len(proposal["lines"]) == 7
    for number, line in enumerate(proposal["lines"], 1):
        for year, written in line["ht"].items():
            assert asked.cents(f"armoires.costs.{number}.{year}") == written
            for estimate in ("", ".low", ".high"):
                prove(asked.why(f"armoires.costs.{number}.{year}{estimate}"))
    for section in ("investissement", "fonctionnement"):
        for estimate in ("low", "high"):
            cells = [amounts[estimate] for amounts in proposal[section].values()]
            assert asked.cents(f"armoires.{section}.{estimate}") == str(sum(map(Decimal, cells)))
    assert asked.cents("armoires.after-term.high") == proposal["after_term_per_year"]["high"]


def test_an_index_is_told_with_its_source(asked: Asked) -> None:
    """The tree of a line of 2011 names both values of the index, where they stand and where they were read."""
    told = write_tree(asked.why("armoires.costs.1.2021"), ENGLISH, depth=9)
    for part in (
        "from the prices of 2011 to those of 2019",
        "price index `tp01` in 2019",
        "https://example.org/tp01",
    ):
        assert part in told
