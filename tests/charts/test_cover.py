"""The picture on the cover is the portfolio: a line for each proposal, from its first study on, inside its field."""

from __future__ import annotations

import itertools

import pytest

from booklet.charts.cover import HEIGHT, LABELS, WIDTH, CoverPicture, draw_cover
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio
from tests.samples.workspace import PROPOSAL, Sample, write_proposal


def draw(sample: Sample) -> CoverPicture:
    workspace = read_workspace(sample.root)
    portfolio = build_portfolio(workspace)
    assert workspace.edition is not None
    assert portfolio is not None
    return draw_cover(portfolio, workspace.edition.value)


def test_a_line_is_dark_until_the_proposal_serves(unbuilt: Sample) -> None:
    """Works from January 2021 to December 2022 of a term that ends in 2026: a line of six years, dark for two."""
    (line, *_others) = draw(unbuilt).groups[0].lines
    months = (WIDTH - LABELS) / 78
    assert line.x == pytest.approx(LABELS + 6 * months, abs=0.02)
    assert line.made_width == pytest.approx(24 * months, abs=0.02)
    assert line.served_width == pytest.approx(48 * months, abs=0.02)


@pytest.mark.parametrize("added", [0, 1, 60])
def test_every_proposal_has_a_line_in_the_field(unbuilt: Sample, added: int) -> None:
    """One proposal or sixty more: all are drawn, apart from one another, and none outside."""
    before = draw(unbuilt).proposals
    for number in range(added):
        write_proposal(unbuilt.root, "ecologie", f"idee-{number}", PROPOSAL)
    picture = draw(unbuilt)
    lines = [line for group in picture.groups for line in group.lines]
    assert len(lines) == picture.proposals == before + added
    tops = [line.y for line in lines]
    assert all(later - sooner >= picture.thickness for sooner, later in itertools.pairwise(tops))
    assert picture.height <= HEIGHT and all(line.x >= LABELS for line in lines)
    assert all(line.x + line.made_width + line.served_width <= WIDTH + 0.02 for line in lines)
