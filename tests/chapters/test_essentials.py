"""The essentials and the territory: the figures of the tables, in sentences that say what may not come."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache, reduce
from typing import TYPE_CHECKING

from booklet.chapters.essentials import add_after, gather_essentials, who_pays
from booklet.chapters.letter_figures import portfolio_values
from booklet.chapters.territory import who_is_who
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.law.lookup import load_law
from booklet.money.euros import Euros, PrintedRange
from booklet.tables.net_tables import funders_table
from booklet.tables.rounding import add_section, section_in
from booklet.tables.wording import Wording
from booklet.text.language import ENGLISH, FRENCH
from booklet.text.markdown import PORTFOLIO_SLOTS
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings


@cache
def example() -> tuple[Edition, Portfolio, Financings]:
    workspace = read_workspace(ROOT)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    edition = workspace.edition.value
    return edition, portfolio, finance_portfolio(portfolio, edition, load_law())


def test_table_adds_up_to_the_strip() -> None:
    """The table by domain adds up, and its total is the investment of the strip, low to high."""
    edition, portfolio, financings = example()
    found = gather_essentials(portfolio, edition, financings, FRENCH)
    *rows, total = found.table.rows
    for column in range(5):
        assert sum((row.cells[column] or Decimal(0) for row in rows), Decimal(0)) == total.cells[column]
    whole = reduce(
        PrintedRange.__add__,
        (section_in(costed, "investissement", portfolio.step) for costed in portfolio.ready),
    )
    assert total.cells[:3] == (whole.low, whole.central, whole.high)
    assert total.cells[4] == add_after(portfolio.ready, portfolio.step).central
    figures = [one.figure for one in found.figures]
    assert figures[:2] == [str(len(portfolio.ready)), Wording(FRENCH).compact(whole.central)]


def test_letters_say_the_figures_of_the_essentials() -> None:
    """Every figure that a letter may give of the whole is one of the page of the essentials, or the yardstick's."""
    edition, portfolio, financings = example()
    values = portfolio_values(portfolio, edition, FRENCH)
    assert tuple(values) == PORTFOLIO_SLOTS and all(values.values())
    found = gather_essentials(portfolio, edition, financings, FRENCH)
    assert [values[name] for name in ("proposals", "investment", "after")] == [
        one.figure for one in found.figures[:3]
    ]
    (heaviest,) = (" ".join(point.sentences) for point in found.points if "lourde" in point.name)
    for name in ("peak", "peak_year", "peak_share", "yardstick"):
        assert values[name] in heaviest, name
    yearly = add_section(portfolio.ready, "investissement", portfolio.step).central / 6
    assert values["yearly"] == Wording(FRENCH).compact(yearly)


def test_letters_say_nothing_of_what_is_not_known() -> None:
    """Without a territory there is no yardstick to compare with."""
    edition, portfolio, _ = example()
    values = portfolio_values(portfolio, edition.model_copy(update={"territory": None}), FRENCH)
    assert (values["peak_share"], values["yardstick"]) == ("", "") and values["peak"]


def test_owners_and_funders_share_the_gross() -> None:
    """Own share and co-funding add up to what is invested, and co-funding is what the table of funders prints."""
    edition, portfolio, financings = example()
    sections = [
        who_pays(portfolio, edition, financings, section) for section in ("investissement", "fonctionnement")
    ]
    for shares in sections:
        assert shares.own_share is not None and shares.own_share + shares.co_funded == shares.gross
    assert sections[0].gross == add_section(portfolio.ready, "investissement", portfolio.step).central
    table = funders_table(portfolio, edition, financings, FRENCH)
    assert table is not None and table.rows[-1].kind == "total"
    assert table.rows[-1].cells[-1] == sum((shares.co_funded for shares in sections), Decimal(0))


def test_what_is_not_secured_is_said() -> None:
    """While no funding is secured the page says so, and what the owners would pay alone; once some is, how much."""
    edition, portfolio, financings = example()
    words = " ".join(
        s for p in gather_essentials(portfolio, edition, financings, ENGLISH).points for s in p.sentences
    )
    gross = Wording(ENGLISH).compact(add_section(portfolio.ready, "investissement", portfolio.step).central)
    assert "None of this co-funding is secured" in words and f"the owners would pay {gross}." in words
    certain = {
        key: chain
        and replace(
            chain,
            proposal=chain.proposal.model_copy(
                update={
                    "funding": tuple(one.model_copy(update={"status": "acquis"}) for one in chain.funding)
                }
            ),
        )
        for key, chain in financings.items()
    }
    words = " ".join(
        s for p in gather_essentials(portfolio, edition, certain, ENGLISH).points for s in p.sentences
    )
    assert "None of this" not in words and "are secured or notified" in words


def test_unknown_cost_is_not_a_share() -> None:
    """Where one cost is not known, nobody's share of the whole is printed."""
    edition, portfolio, financings = example()
    hole = {**financings, (portfolio.ready[0].id, "investissement"): None}
    found = gather_essentials(portfolio, edition, hole, ENGLISH)
    assert len(found.figures) == 3
    assert "Who pays: investment" not in [point.name for point in found.points]


def test_everybody_named_by_a_proposal_is_in_the_panorama() -> None:
    """Owners come first, then funders; an organisation that no proposal names is left out; a loan is no gift."""
    edition, portfolio, financings = example()
    more = {
        **edition.organisations,
        "autre": edition.organisations["ademe"].model_copy(update={"name": "Autre"}),
    }
    parties = who_is_who(portfolio, edition.model_copy(update={"organisations": more}), financings, ENGLISH)
    values = [costed.document.value for costed in portfolio.ready]
    named = {value.owner for value in values} | {one.funder for value in values for one in value.funding}
    assert {party.name for party in parties} == {edition.organisations[id or ""].name for id in named}
    owns = [bool(party.owns) for party in parties]
    assert owns == sorted(owns, reverse=True)
    assert sum(party.owns for party in parties) == len(values)
    bank = next(party for party in parties if party.name == "Banque des Territoires")
    assert bank.given is None and bank.certainty.startswith("loan")


def test_yardstick_is_the_territorys() -> None:
    """The heaviest year is compared with what the territory invests in a year, where that is known."""
    edition, portfolio, financings = example()
    assert edition.territory is not None and edition.territory.yearly_investment == Euros.of(432_000_000)
    names = {
        p.name: " ".join(p.sentences)
        for p in gather_essentials(portfolio, edition, financings, ENGLISH).points
    }
    assert "%" in names["The heaviest year"]
    bare = edition.model_copy(update={"territory": None})
    names = {
        p.name: " ".join(p.sentences) for p in gather_essentials(portfolio, bare, financings, ENGLISH).points
    }
    assert "%" not in names["The heaviest year"]
