"""The rows of a fiche and of the whole for savings, lost revenue, loans and payments outside the six years."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.chapters.fiche_tables import cost_table, year_table
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio, finance_portfolio
from booklet.law.lookup import law_of
from booklet.tables.net_tables import fiche_net_table, portfolio_net_table
from booklet.tables.scorecard import running_table
from booklet.text.language import ENGLISH
from tests.export.test_balance import LOAN, OTHERS, WORKS
from tests.samples.money import write_money

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_proposal_saves_gives_up_and_pays_besides_stands_apart(tmp_path: Path) -> None:
    """Rows of the years, of the lines and from gross to net; cost and net cost are what they are without them."""
    root = write_money(tmp_path, WORKS, funding=LOAN, more=OTHERS)
    text = (root / "proposals/mobilite/essai.yaml").read_text("utf-8")
    before, rest = text.split("costs:\n")
    alone = f"{before}costs: []\nfunding: []\nuncertainty: x{rest.partition('uncertainty: x')[2]}"
    (root / "proposals/mobilite/seul.yaml").write_text(alone.replace("no_running_cost: x\n", ""), "utf-8")
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    assert workspace.edition is not None
    edition = workspace.edition.value
    financings = finance_portfolio(portfolio, edition, law_of(workspace))
    both, alone_too = portfolio.ready
    years = year_table(both, financings, ENGLISH)
    assert years is not None
    rows = {row.label: tuple(map(int, filter(None, row.cells[-2:]))) for row in years.rows}
    assert rows == {
        "Investment": (1_000_000,),
        "CP, with the VAT that is paid": (1_200_000,),
        "Savings": (1800, 1200),
        "Lost revenue": (600, 300),
        "Interest on loans (after: 6,300\N{NO-BREAK SPACE}€)": (10_200, 1800),
        "Principal paid back, out of investment (after: 60\N{NO-BREAK SPACE}k€)": (40_000, 10_000),
        "Paid before the term, before VAT": (10_000,),
        "Left to pay after the term, before VAT": (5000,),
        "AP, with the VAT that is paid": (1_218_000,),
    }
    interest = running_table(portfolio, financings, ENGLISH).rows[-1]
    assert interest.label == "Interest on loans, in no sum above"
    assert list(map(int, filter(None, interest.cells))) == [3000, 3000, 2000, 2000, 2000]
    lines = cost_table(alone_too, ENGLISH)
    assert lines is not None
    assert [(row.label, row.cells[1:2]) for row in lines.rows] == [
        *(("Savings", ()), ("b", (Decimal(1800),)), ("Total, savings", (Decimal(1800),))),
        *(("Lost revenue", ()), ("c", (Decimal(600),)), ("Total, lost revenue", (Decimal(600),))),
    ]
    net = fiche_net_table(both, financings, ENGLISH)
    assert net is not None
    assert net.columns[-4:] == ("Net for the owners", "Savings", "Lost revenue", "Net after savings")
    assert list(net.rows[1].cells[5:]) == list(map(Decimal, (0, -1800, 600, -1200)))
    whole = portfolio_net_table(portfolio, edition, financings, ENGLISH)
    assert list(whole.rows[-1].cells[5:]) == list(map(Decimal, (1_003_000, -4000, 2000, 1_001_000)))
