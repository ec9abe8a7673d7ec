"""Lines that vary are printed as they were written: in their fiche, and under Method what that means."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from booklet.chapters.closing import fill_closing
from booklet.chapters.fiche_tables import cost_table
from booklet.text.language import ENGLISH
from tests.export.test_balance import LOAN, OTHERS, WORKS
from tests.samples.contexts import page_numbers, read_context
from tests.samples.money import write_money
from tests.samples.varied import write_varied
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.chapters.context import FillContext


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> FillContext:
    """The small workspace with a proposal whose lines vary in every way."""
    sample = write_small(tmp_path_factory.mktemp("varied"))
    write_varied(sample.root, "mobilite", "armoires")
    return read_context(sample.root, ENGLISH)


def test_a_fiche_says_how_each_line_varies(varied: FillContext) -> None:
    """Beside its amounts a line has its three quantities, its ramp, its scenario, or the year of its prices."""
    table = cost_table(varied.portfolio.ready[0], ENGLISH)
    assert table is not None
    notes = {row.label: row.note.replace("\N{NO-BREAK SPACE}", " ") for row in table.rows if row.note}
    for label, part in (
        ("Caméras", "50 × 36,600 € / lot, VAT 20%, prices of 2011 brought by an index"),
        ("Écoles neuves", "2 (4 to 0) × 88,000 € / lot, VAT 20%, scenario ecoles"),
        ("Cantine", "150 × 4,000 € / lot, each year from 2024 on (10 in 2022, 60 in 2023)"),
    ):
        assert notes[label].startswith(part)


def test_method_names_the_sums_beside_the_cost(varied: FillContext, tmp_path: Path) -> None:
    """What net after savings, an AP and interest mean is told where a proposal has them, and nowhere else."""
    context = read_context(write_money(tmp_path, WORKS, funding=LOAN, more=OTHERS), ENGLISH)
    pages = [" ".join(fill_closing(one, page_numbers(defaultdict(int))).split()) for one in (context, varied)]
    words = ("The net cost after savings is", "An AP is all", "Interest on a loan is")
    found = [[one in page.replace("\N{NO-BREAK SPACE}", " ") for one in words] for page in pages]
    assert found == [[True, True, True], [False, True, False]]


def test_method_says_what_varies(varied: FillContext) -> None:
    """Method tells of indices with their values and where they were read, of quantities and of scenarios."""
    page = " ".join(fill_closing(varied, page_numbers(defaultdict(int))).split())
    for part in (
        "Travaux publics, base 100 en 2010 (2011 = 95.5, 2019 = 111.3) [given by the authors, https://example.org/tp01]",
        "Where the quantity varies too, low is low times low",
        "Lines of one scenario go together",
    ):
        assert part.replace(" ", "") in page.replace("\N{NO-BREAK SPACE}", "").replace(" ", ""), part
