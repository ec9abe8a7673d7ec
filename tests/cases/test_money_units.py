"""Small amounts: one unit for a fiche and one for the whole, in which no amount prints as 0, and exact percents."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.chapters.essentials import gather_essentials
from booklet.chapters.letter_figures import portfolio_values
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio, finance_portfolio
from booklet.law.lookup import law_of
from booklet.tables.funding_plan import funding_plan
from booklet.tables.key_figures import find_key_figures
from booklet.tables.money_table import write_compact
from booklet.tables.net_tables import fiche_net_table, portfolio_net_table
from booklet.tables.scorecard import TOTAL, score
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import run
from tests.samples.money import WORKS, write_money

if TYPE_CHECKING:
    from pathlib import Path

BENCH = WORKS.replace("works", "equipment").replace("unit_cost: 1 000 000", "unit_cost: 1 400 €")
PLAN = "[{funder: region, form: grant, section: investissement, share: 40 %, status: notifie}]"


def read(root: Path) -> tuple:  # type: ignore[type-arg]
    """The only proposal, with the edition and the financings that its tables are made of; then the portfolio."""
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    edition = workspace.edition.value
    financings = finance_portfolio(portfolio, edition, law_of(workspace))
    return portfolio.ready[0], edition, financings, portfolio


def test_a_small_proposal_prints_its_own_share(tmp_path: Path) -> None:
    """1 400 € with a grant of 40 %: the own share is 60 %, 840 €, and the net 844 €, in fiche and whole."""
    costed, edition, financings, portfolio = read(write_money(tmp_path, BENCH, funding=PLAN))
    case = (costed, edition, financings)
    own = find_key_figures(*case).own_share
    assert own is not None and (own.amount, own.part) == (Decimal(840), Decimal("0.6"))
    plan, net = funding_plan(*case, ENGLISH), fiche_net_table(costed, financings, ENGLISH)
    assert plan is not None and net is not None and plan.step == net.step == portfolio.step == 1
    assert [(row.share, row.amount) for row in plan.rows] == [
        (Decimal("0.4"), Decimal(560)),
        (Decimal("0.6"), Decimal(840)),
        (None, Decimal(1400)),
    ]
    assert [row.cells[-1] for row in net.rows] == [Decimal(844)]
    whole = portfolio_net_table(portfolio, edition, financings, ENGLISH)
    assert [int(cell or 0) for cell in whole.rows[-1].cells] == [1400, 280, -276, -560, 0, 844]
    cells = score(portfolio, edition, financings).of(portfolio.ready, "investissement")
    assert [cells[TOTAL], cells[TOTAL + 1]] == [Decimal(1400), Decimal(840)]


def test_the_whole_follows_its_unit_everywhere(tmp_path: Path) -> None:
    """Essentials, slots of the letter, `costs` and `why` print 1 400 € and 840 €, not 1 000 € and 0 €."""
    root = write_money(tmp_path, BENCH, funding=PLAN)
    _, edition, financings, portfolio = read(root)
    page = gather_essentials(portfolio, edition, financings, FRENCH)
    figures = {one.figure for one in page.figures}
    assert {"1 400 €".replace(" ", chr(0x202F), 1).replace(" ", chr(0xA0)), f"840{chr(0xA0)}€"} <= figures
    assert "1" in portfolio_values(portfolio, edition, FRENCH)["investment"]
    assert portfolio_values(portfolio, edition, FRENCH)["investment"] in figures
    table = run("-C", str(root), "--lang", "en", "costs").out
    assert "in euros" in table and "1,400" in table and "in thousands" not in table
    why = run("-C", str(root), "--lang", "en", "why", "essai.net.investissement").out
    assert "844" in why and "thousands" not in why


def test_a_grant_too_small_for_thousands_makes_the_unit_finer(tmp_path: Path) -> None:
    """A fiche of a million with a grant of 400 € is in euros; without it, in thousands."""
    plan = "[{funder: region, form: grant, section: investissement, amount: 400 €, status: notifie}]"
    small, *_, whole = read(write_money(tmp_path / "small", funding=plan))
    large, *_, other = read(write_money(tmp_path / "large"))
    assert (small.step, whole.step) == (1, 1) and (large.step, other.step) == (1000, 1000)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("999.6", "1,000 €"),
        ("9999.4", "9,999 €"),
        ("9999.6", "10 k€"),
        ("999499", "999 k€"),
        ("999500", "1 M€"),
        ("9995000", "10 M€"),
        ("9999500", "10 M€"),
        ("99949999", "99.9 M€"),
        ("99950000", "100 M€"),
        ("-999500", "−1 M€"),
        ("0", "0 €"),
    ],
)
def test_the_unit_is_that_of_the_rounded_amount(amount: str, written: str) -> None:
    """No amount prints as a thousand of a unit: what rounds up to the next unit is written in it."""
    assert write_compact(Decimal(amount), ENGLISH) == written.replace(" ", "\N{NO-BREAK SPACE}")


def test_drafts_alone_are_in_no_total(tmp_path: Path) -> None:
    """Every format of `costs` writes an edition that has nothing but drafts; its totals are 0."""
    root = write_money(tmp_path, BENCH, status="draft")
    for name in ("table", "json", "csv", "markdown", "xlsx"):
        ran = run("-C", str(root), "costs", "--format", name, "--output", str(tmp_path / name))
        assert ran.status == 0, ran.err
    total = next(line for line in (tmp_path / "table").read_text("utf-8").splitlines() if "│ Total" in line)
    assert total.split()[2:] == ["0"] * 7
