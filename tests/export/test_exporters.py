"""Every format of `costs` writes the same portfolio, and no format is unknown to the command line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio
from booklet.export.exporters import EXPORTERS, CostsToExport
from booklet.law.lookup import law_of
from booklet.text.language import FRENCH
from tests.samples.commands import run
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from pathlib import Path


def costs_at(root: Path, discount_rate: Decimal | None = None) -> CostsToExport:
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    return CostsToExport(workspace, portfolio, law_of(workspace), FRENCH, discount_rate)


@pytest.mark.parametrize("name", EXPORTERS)
def test_a_format_names_every_proposal_and_is_reproducible(name: str, tmp_path: Path) -> None:
    """The same workspace gives the same bytes in each format; texts name the proposals, in UTF-8."""
    root = write_small(tmp_path).root
    exporter = EXPORTERS[name]
    data = exporter.write(costs_at(root))
    assert data == exporter.write(costs_at(root))
    assert exporter.is_binary or "armoires" in data.decode()


@pytest.mark.parametrize("name", EXPORTERS)
def test_only_some_formats_have_present_values(name: str, tmp_path: Path) -> None:
    """A discount rate adds to the formats that keep present values apart, and changes nothing in the others."""
    root = write_small(tmp_path).root
    exporter = EXPORTERS[name]
    with_rate = exporter.write(costs_at(root, Decimal("0.032")))
    assert (with_rate != exporter.write(costs_at(root))) == exporter.has_present_value


def test_the_command_line_offers_every_format() -> None:
    """The choices of `costs --format` are the names of the table, in its order."""
    assert f"--format {{{','.join(EXPORTERS)}}}" in run("costs", "--help").out
