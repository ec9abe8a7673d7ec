"""What others pay, what is left to the owner, and the figures under the promise: the same numbers everywhere."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.charts.funding_bar import lay_out_funding_bar
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import CostedProposal, build_portfolio, finance_portfolio
from booklet.law.lookup import law_of
from booklet.money.calendar import Month
from booklet.tables.funding_plan import funding_plan
from booklet.tables.key_figures import find_key_figures
from booklet.text.language import ENGLISH
from tests.samples.workspace import PROPOSAL, Sample, write_proposal

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings

#: of 120 000 € of investment
PLAN = """\
funding:
  - {funder: ville, form: loan, section: investissement, share: 25 %, status: sollicite}
  - {funder: ville, form: grant, section: investissement, amount: 12 400 €, status: espere}
  - {funder: ville, form: grant, section: investissement, share: 30 %, status: acquis}
"""


def read(sample: Sample, plan: str) -> tuple[CostedProposal, Edition, Financings]:
    write_proposal(sample.root, "mobilite", "feux", PROPOSAL.replace("funding: []\n", plan))
    workspace = read_workspace(sample.root)
    portfolio = build_portfolio(workspace)
    assert workspace.edition is not None
    assert portfolio is not None
    edition = workspace.edition.value
    financings = finance_portfolio(portfolio, edition, law_of(workspace))
    return next(one for one in portfolio.ready if one.id == "feux"), edition, financings


@pytest.mark.parametrize("base", ["ht", "ttc"])
def test_a_plan_adds_up_to_the_gross_cost(unbuilt: Sample, base: str) -> None:
    """Grants and own share add up to the gross cost on the funding base; a loan is inside the own share."""
    unbuilt.edit("edition.yaml", "funding_base: ht", f"funding_base: {base}")
    plan = funding_plan(*read(unbuilt, PLAN), ENGLISH)
    assert plan is not None
    surest, hoped, own, loan, gross = plan.rows
    whole = Decimal(120_000 if base == "ht" else 144_000)
    assert (surest.amount, hoped.amount, gross.amount) == (whole * 3 / 10, Decimal(12_400), whole)
    assert surest.amount is not None
    assert hoped.amount is not None
    assert own.amount == whole - surest.amount - hoped.amount
    assert loan.amount == whole / 4
    assert (surest.status, hoped.status, loan.kind) == ("secured", "hoped for", "faint")


def test_the_own_share_of_a_fiche_is_that_of_its_plan(unbuilt: Sample) -> None:
    """The figure under the promise, the row of the plan and the last part of the bar say the same."""
    case = read(unbuilt, PLAN)
    plan, figures, bar = (
        funding_plan(*case, ENGLISH),
        find_key_figures(*case),
        lay_out_funding_bar(*case, ENGLISH),
    )
    assert plan is not None
    assert figures.own_share is not None
    assert bar is not None
    own = next(row for row in plan.rows if row.kind == "subtotal")
    assert (
        (figures.own_share.amount, figures.own_share.part)
        == (own.amount, own.share)
        == (Decimal(71_600), Decimal("0.6"))
    )
    assert [part.words for part in bar.parts] == ["secured 30%", "hoped for 10%", "Own share 60%"]
    assert bar.parts[-1].label == "Own share 60%"


def test_the_parts_of_the_bar_fill_it(unbuilt: Sample) -> None:
    """Parts stand end to end from edge to edge, and words only where they fit."""
    bar = lay_out_funding_bar(*read(unbuilt, PLAN), ENGLISH, width=100.0)
    assert bar is not None
    edges = [(part.x, round(part.x + part.width, 2)) for part in bar.parts]
    assert edges[0][0] == 0 and edges[-1][1] == pytest.approx(100)
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(edges))
    assert bar.parts[1].label == ""


def test_a_proposal_without_co_funders_is_its_owners(unbuilt: Sample) -> None:
    """Without a plan there is neither table nor bar, and the owner pays the whole."""
    case = read(unbuilt, "funding: []\n")
    own = find_key_figures(*case).own_share
    assert own is not None
    assert own.part == 1 and own.amount == 120_000
    assert funding_plan(*case, ENGLISH) is None
    assert lay_out_funding_bar(*case, ENGLISH) is None


def test_key_figures_tell_cost_and_months(unbuilt: Sample) -> None:
    """Investment, what comes after the term, the percentile, and the months of the first and last works."""
    figures = find_key_figures(*read(unbuilt, "funding: []\n"))
    assert figures.investment is not None
    assert figures.investment.low == 90_000 and figures.investment.high == 150_000
    assert figures.running is None
    assert figures.p80 is not None
    assert 120_000 < figures.p80 < 150_000
    assert (figures.start, figures.opening) == (Month(2021, 1), Month(2023, 1))


def test_what_is_not_costed_is_not_known(unbuilt: Sample) -> None:
    """A line without a price leaves every figure that needs it unknown, never 0."""
    text = PROPOSAL.replace("    unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}\n", "")
    write_proposal(unbuilt.root, "mobilite", "feux", text.replace("status: ready", "status: draft"))
    workspace = read_workspace(unbuilt.root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    assert workspace.edition is not None
    edition = workspace.edition.value
    draft = next(one for one in portfolio.drafts if one.id == "feux")
    figures = find_key_figures(draft, edition, finance_portfolio(portfolio, edition, law_of(workspace)))
    assert (figures.investment, figures.own_share, figures.p80) == (None, None, None)
