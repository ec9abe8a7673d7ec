"""Rounding: what a section costs is one number wherever it is printed, and its parts add up to it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booklet.chapters.certainty import draw_curve
from booklet.chapters.chart_page import label_writer
from booklet.chapters.domain_pages import fill_domain
from booklet.chapters.essentials import domains_table, gather_essentials, who_pays
from booklet.chapters.fiche_tables import cost_table, year_table
from booklet.content.model.edition import Edition
from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import SECTION_NAMES
from booklet.content.workspace import read_workspace
from booklet.costs.financing import Financings
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.export.costs_table import make_costs_tables
from booklet.law.lookup import load_law
from booklet.money.euros import EURO, Euros, round_to
from booklet.tables.certainty import percentiles_table
from booklet.tables.funding_plan import funding_plan
from booklet.tables.key_figures import find_key_figures
from booklet.tables.money_table import THOUSAND, MoneyTable, write_cell
from booklet.tables.net_tables import fiche_net_table
from booklet.tables.peak import describe_peak
from booklet.tables.rounding import apportion, section_total_ttc
from booklet.tables.scorecard import (
    AFTER_TERM,
    OWN_SHARE,
    TOTAL,
    domains_in_use,
    ranges_table,
    score,
    score_table,
)
from booklet.tables.wording import Wording
from booklet.text.language import ENGLISH
from tests.samples.commands import ROOT
from tests.samples.contexts import page_numbers, read_context

Whole = tuple[Edition, Portfolio, Financings]


@pytest.fixture(scope="module", params=["ht", "ttc"])
def whole(request: pytest.FixtureRequest) -> Whole:
    """Cost the published example on each funding base."""
    base: Literal["ht", "ttc"] = request.param
    workspace = read_workspace(ROOT)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    edition = workspace.edition.value.model_copy(update={"funding_base": base})
    financings = finance_portfolio(portfolio, edition, load_law())
    return edition, portfolio, financings


def rows(table: MoneyTable | None, kind: str) -> list[tuple[Decimal, ...]]:
    assert table is not None
    return [tuple(cell or Decimal(0) for cell in row.cells) for row in table.rows if row.kind == kind]


def add(found: list[tuple[Decimal, ...]]) -> tuple[Decimal, ...]:
    return tuple(sum(column, Decimal(0)) for column in zip(*found, strict=True))


amounts = st.lists(st.one_of(st.just(0), st.integers(0, 10**7)), min_size=1, max_size=6)


@given(amounts, st.integers(-5, 5), st.sampled_from([EURO, THOUSAND]))
@example([1_300_000, 100_000], -4, THOUSAND)
def test_parts_add_up_and_stay_near(numbers: list[int], off: int, step: Decimal) -> None:
    """Cells add up to the whole; none is below 0, a 0 stays 0, and each is where its part of the whole rounds to."""
    # thirds have no end, so that the sum is never that of the cells by chance alone
    exact = [Euros.of(number) * Decimal("0.37") for number in numbers]
    total = sum((one.value for one in exact), start=Euros.of(0).value)
    target = max(round_to(Decimal(str(float(total))), step) + off * step, Decimal(0)) if total else Decimal(0)
    cells = apportion(exact, target, step)
    assert sum(cells, Decimal(0)) == target
    for cell, one in zip(cells, exact, strict=True):
        assert cell >= 0 and cell % step == 0 and (cell == 0 or one)
        assert abs(cell - one.rounded(step)) <= (abs(off) + 2) * step


def test_cells_that_add_up_are_only_rounded() -> None:
    """Where rounded cells already add up to the whole nothing moves; else the nearest fractions take what is over."""
    exact = [Euros.of(number) for number in ("10.4", "10.4", "10.2")]
    assert apportion(exact, Decimal(30), EURO) == (Decimal(10),) * 3
    assert apportion(exact, Decimal(31), EURO) == (Decimal(11), Decimal(10), Decimal(10))
    halves = [Euros.of(100_000) * Decimal("0.5")] * 2
    assert apportion(halves, Decimal(100_001), EURO) == (Decimal(50_001), Decimal(50_000))


def test_a_fiche_prints_one_total(whole: Whole) -> None:
    """The table by line, the table by year, the plan and the head of a fiche print the same totals."""
    edition, portfolio, financings = whole
    plans = 0
    for costed in portfolio.ready:
        lines, years = cost_table(costed, ENGLISH), year_table(costed, {}, ENGLISH)
        assert lines is not None and years is not None and lines.step == years.step
        by_line = [row[1] for row in rows(lines, "subtotal")]
        assert [row[TOTAL + 1] for row in rows(years, "row") if row[TOTAL + 1]] == by_line, costed.id
        assert all(sum(row[:6]) == row[6] for kind in ("row", "faint") for row in rows(years, kind))
        figures = find_key_figures(costed, edition, financings)
        if figures.running:
            assert figures.running.central == sum(row[AFTER_TERM] for row in rows(years, "row")), costed.id
        kind = "faint" if edition.funding_base == "ttc" else "row"
        gross = {row.label: row.cells[6] for row in years.rows if row.kind == kind}
        plan = funding_plan(costed, edition, financings, ENGLISH)
        for row in plan.rows if plan else ():
            if row.kind == "total":
                with_vat = [section_total_ttc(costed, section) for section in SECTIONS]
                held = with_vat if kind == "faint" else [gross[row.label.split(", ")[1].capitalize()]]
                assert row.amount in held, costed.id
                plans += 1
        net = fiche_net_table(costed, financings, ENGLISH)
        assert [row[0] for row in rows(net, "row") if row[0]] == by_line
    assert plans > 10


def test_the_whole_prints_the_totals_of_the_fiches(whole: Whole) -> None:
    """A row of the scorecard adds up to its fiche's total; every other table of the whole prints the sums."""
    edition, portfolio, financings = whole
    scores = score(portfolio, edition, financings)
    for costed in portfolio.ready:
        totals = {
            row.label: round_to(row.cells[1] or Decimal(0), THOUSAND)
            for row in (cost_table(costed, ENGLISH) or pytest.fail(costed.id)).rows
            if row.kind == "subtotal"
        }
        for section in SECTIONS:
            cells = [cell or Decimal(0) for cell in scores.cells[costed.id, section]]
            name = f"Total, {SECTION_NAMES[section].text(ENGLISH).lower()}"
            assert sum(cells[:TOTAL]) == cells[TOTAL] == totals.get(name, 0), costed.id
            if edition.funding_base == "ht":
                grants = sum(
                    (grant.total.rounded(THOUSAND) for grant in chain.grants if not grant.is_debt)
                    if (chain := financings[costed.id, section])
                    else (),
                    Decimal(0),
                )
                assert cells[OWN_SHARE] + grants == cells[TOTAL], costed.id
    by_section = {section: scores.of(portfolio.ready, section) for section in SECTIONS}
    investment, operation = (by_section[section] for section in SECTIONS)
    total = domains_table(portfolio, edition, ENGLISH).rows[-1].cells
    assert (total[1], total[3]) == (investment[TOTAL], operation[TOTAL])
    assert total[4] == (investment[AFTER_TERM] or 0) + (operation[AFTER_TERM] or 0)
    shares = [who_pays(portfolio, edition, financings, section) for section in SECTIONS]
    assert [one.own_share for one in shares] == [investment[OWN_SHARE], operation[OWN_SHARE]]
    both = (investment[TOTAL] or 0) + (operation[TOTAL] or 0)
    assert add(rows(ranges_table(portfolio, edition, ENGLISH), "row"))[1] == both
    sure = percentiles_table(portfolio, ENGLISH)
    assert sure is not None and [row.cells[0] for row in sure.rows] == [investment[TOTAL], operation[TOTAL]]
    curve = draw_curve(portfolio, ENGLISH)
    assert curve.tables[0].rows[-1].cells[0] == both
    by_proposal, by_year, *_ = make_costs_tables(portfolio, edition, financings, ENGLISH)
    written = [write_cell(cells[TOTAL], THOUSAND, ENGLISH) for cells in (investment, operation)]
    assert [by_proposal.rows[-1][column] for column in (2, 5)] == written
    assert [row[-2] for row in by_year.rows] == written


def test_the_heaviest_year_is_that_of_the_scorecard(whole: Whole) -> None:
    """The essentials name the highest year of the scorecard's total, and its amount."""
    edition, portfolio, financings = whole
    cells = [
        cell or Decimal(0) for cell in score(portfolio, edition, financings).of(portfolio.ready, SECTIONS[0])
    ]
    peak = max(cells[:TOTAL])
    told = describe_peak(portfolio, edition, ENGLISH)
    year = portfolio.years[cells.index(peak)]
    assert f"{year}: {Wording(ENGLISH).compact(peak)}" in told and label_writer(ENGLISH)(peak) in told
    essentials = gather_essentials(portfolio, edition, financings, ENGLISH)
    assert any(told in point.sentences for point in essentials.points)


def test_own_share_says_on_which_price_it_stands(whole: Whole) -> None:
    """Under tables before VAT an own share of amounts with VAT says so; essentials always say it, with their gross."""
    edition, portfolio, financings = whole
    with_vat = edition.funding_base == "ttc"
    scores = score(portfolio, edition, financings)
    heads = score_table(scores, edition, ENGLISH).columns
    assert ("Own share, VAT included" in heads, "Own share" in heads) == (with_vat, not with_vat)
    context = replace(
        read_context(ROOT, ENGLISH), edition=edition, portfolio=portfolio, financings=financings
    )
    for domain in domains_in_use(portfolio, edition):
        numbers = {costed.id: 1 for costed in portfolio.ready}
        html = fill_domain(context, page_numbers(numbers), domain)
        assert ("Own share, VAT included" in html) is with_vat
    essentials = gather_essentials(portfolio, edition, financings, ENGLISH)
    words = "VAT included" if with_vat else "before VAT"
    own = next(one for one in essentials.figures if one.label.startswith("Own share"))
    shares = who_pays(portfolio, edition, financings, SECTIONS[0])
    assert own.detail.endswith(f"of what is invested, {words}")
    told = [
        sentence for point in essentials.points for sentence in point.sentences if "owners bring" in sentence
    ]
    assert told and all(f"{words} (" in sentence for sentence in told)
    assert shares.gross is not None and Wording(ENGLISH).compact(shares.gross) in told[0]
