"""What is printed of the way from gross to net, of the funders and of the uncertainty adds up, and never guesses."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS
from booklet.costs.portfolio import CostedProposal, Portfolio
from booklet.money.amounts import total
from booklet.pipeline.analysis import Analysis, analyse_workspace
from booklet.tables.certainty import (
    certainty_table,
    describe_likelihood,
    describe_portfolio_likelihood,
    percentiles_table,
)
from booklet.tables.key_figures import find_key_figures
from booklet.tables.money_table import THOUSAND, MoneyTable
from booklet.tables.net_tables import describe_unit_costs, fiche_net_table, funders_table, portfolio_net_table
from booklet.tables.peak import describe_peak
from booklet.tables.rounding import add_section
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT
from tests.samples.workspace import PROPOSAL, Sample, write_proposal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from booklet.content.model.edition import Edition

FUNDED = """\
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 1
    unit: an
    unit_cost: {low: 10 000 €, central: 15 000 €, high: 25 000 €}
    recurs: {from: 2023-01}
    vat: 20 %
    vat_regime: aucun
    evidence: benchmark
    source: bilan-2018
funding:
  - {funder: region, form: grant, section: investissement, share: 30 %, status: acquis}
  - {funder: region, form: grant, section: investissement, amount: 5 000 €, status: espere}
  - {funder: fonds, form: private, section: fonctionnement, share: 10 %, status: sollicite}
  - {funder: banque, form: loan, section: investissement, share: 40 %, status: acquis}
"""


def compiled_of(sample: Sample) -> Analysis:
    return analyse_workspace(sample.root)


def parts_of(analysis: Analysis) -> tuple[Portfolio, Edition]:
    assert analysis.portfolio is not None and analysis.workspace.edition is not None
    return analysis.portfolio, analysis.workspace.edition.value


def one_of(analysis: Analysis, id: str) -> CostedProposal:
    return next(costed for costed in parts_of(analysis)[0].ready if costed.id == id)


def net_table_of(analysis: Analysis, id: str) -> MoneyTable:
    table = fiche_net_table(one_of(analysis, id), analysis.financings, ENGLISH)
    assert table is not None
    return table


def written(table: MoneyTable | None) -> dict[str, list[int | None]]:
    """A table's cells by row, in thousands of euros."""
    assert table is not None
    return {
        row.label: [None if cell is None else round(cell / THOUSAND) for cell in row.cells]
        for row in table.rows
    }


@pytest.fixture
def funded(unbuilt: Sample) -> Sample:
    """The small workspace, whose lights have a running cost, grants, private money and a loan."""
    unbuilt.edit(
        "edition.yaml",
        "letter: |",
        "  region: {name: Une région, kind: region}\n  fonds: {name: Un fonds, kind: prive}\n"
        "  banque: {name: Une banque, kind: banque}\nletter: |",
    )
    text = PROPOSAL.replace("funding: []\n", FUNDED)
    write_proposal(
        unbuilt.root,
        "mobilite",
        "feux",
        text.replace("no_running_cost: rien ne revient, c'est un essai\n", ""),
    )
    return unbuilt


@pytest.fixture(scope="module")
def published() -> Analysis:
    """Read the published example."""
    return analyse_workspace(ROOT)


# --- from gross to net --------------------------------------------------------------------------------------------


def test_a_fiche_by_hand(funded: Sample) -> None:
    """120 k€ HT are 144 k€ TTC, of which 16,404 % come back; 36 + 5 k€ are given, and the loan takes nothing off."""
    assert written(net_table_of(compiled_of(funded), "feux")) == {
        "Investment": [120, 24, -24, -41, 0, 79],
        # 15 k€ a year from 2023 to 2026, none of whose VAT comes back; a tenth is given
        "Operation": [60, 12, 0, -6, 0, 66],
    }


def test_without_funding_nothing_is_taken_off(unbuilt: Sample) -> None:
    """A proposal that nobody else funds has one row, no co-funder, and no table of funders stands beside it."""
    analysis = compiled_of(unbuilt)
    portfolio, edition = parts_of(analysis)
    assert written(net_table_of(analysis, "feux")) == {"Investment": [120, 24, -24, 0, 0, 120]}
    assert funders_table(portfolio, edition, analysis.financings, ENGLISH) is None


@pytest.mark.parametrize("lag", ["", ", fctva_lag: 1", ", fctva_lag: 2"])
def test_the_lag_does_not_change_six_years_of_spending(funded: Sample, lag: str) -> None:
    """The FCTVA of the six years' spending is taken off whenever it is paid, and where nobody knows when, too."""
    funded.edit("edition.yaml", "kind: commune,", f"kind: commune{lag},")
    assert written(net_table_of(compiled_of(funded), "feux"))["Investment"] == [120, 24, -24, -41, 0, 79]


@pytest.mark.parametrize(
    ("word", "row"),
    [
        ("    vat: 20 %\n", [120, None, None, 0, 0, None]),
        ("    vat_regime: fctva\n", [120, 24, None, 0, 0, None]),
    ],
    ids=["vat", "regime"],
)
def test_what_is_not_known_is_never_zero(unbuilt: Sample, word: str, row: list[int | None]) -> None:
    """Without a rate or a regime, what follows from it is unknown: in the fiche, its domain's row and the total."""
    unbuilt.edit("ecologie/arbres.yaml", word, "")
    analysis = compiled_of(unbuilt)
    portfolio, edition = parts_of(analysis)
    assert written(net_table_of(analysis, "arbres")) == {"Investment": row}
    rows = written(portfolio_net_table(portfolio, edition, analysis.financings, ENGLISH))
    assert rows["Investment, Écologie"] == row
    assert rows["Investment, Mobilité"] == [240, 48, -47, 0, 0, 241]
    assert [cell is None for cell in rows["Total"]] == [cell is None for cell in row]
    assert rows["Total"][0] == 360


def test_shares_of_an_unknown_base_are_unknown(funded: Sample) -> None:
    """Where shares are of the price with VAT and a rate is not known, the co-funders' money is not 0."""
    funded.edit("edition.yaml", "funding_base: ht", "funding_base: ttc")
    path = funded.proposal("feux")
    path.write_text(path.read_text("utf-8").replace("    vat: 20 %\n", "", 1), "utf-8")
    rows = written(net_table_of(compiled_of(funded), "feux"))
    assert rows == {"Investment": [120, None, None, None, 0, None], "Operation": [60, 12, 0, -7, 0, 65]}


def test_a_draft_without_prices_has_no_table(unbuilt: Sample) -> None:
    """Where a line is not costed there is no way to a net, no cost of each, and no likelihood."""
    unbuilt.edit("mobilite/feux.yaml", "status: ready", "status: draft")
    unbuilt.edit("mobilite/feux.yaml", "    quantity: 10\n", "")
    analysis = compiled_of(unbuilt)
    portfolio, edition = parts_of(analysis)
    (draft,) = portfolio.drafts
    assert fiche_net_table(draft, analysis.financings, ENGLISH) is None
    assert (describe_unit_costs(draft, edition, ENGLISH), describe_likelihood(draft, ENGLISH)) == ("", "")
    rows = written(portfolio_net_table(portfolio, edition, analysis.financings, ENGLISH))
    assert rows["Total"] == [240, 48, -48, 0, 0, 240], "a draft is in no total"


def test_printed_rows_add_up(published: Analysis) -> None:
    """What is printed between gross and net adds up to the net of every row and of the total."""
    portfolio, edition = parts_of(published)
    tables = [fiche_net_table(costed, published.financings, FRENCH) for costed in portfolio.ready]
    whole = portfolio_net_table(portfolio, edition, published.financings, FRENCH)
    rows = [row for table in (*tables, whole) if table is not None for row in table.rows]
    assert len(rows) > 2 * len(portfolio.ready)
    for row in rows:
        cells = [cell for cell in row.cells if cell is not None]
        assert len(cells) == 6 and sum(cells[:5]) == cells[5], row.label
        assert all(cell % THOUSAND == 0 for cell in cells)
        assert cells[0] > 0 <= cells[1] and cells[2] <= 0 >= cells[3] and cells[4] <= 0, row.label
    for column in range(6):
        assert sum(row.cells[column] or 0 for row in whole.rows[:-1]) == whole.rows[-1].cells[column]


def test_the_whole_is_the_sum_of_the_fiches(published: Analysis) -> None:
    """Each cell of the portfolio's total is that of all fiches added, within half a thousand for each rounded cell."""
    portfolio, edition = parts_of(published)
    fiches = [
        row
        for costed in portfolio.ready
        for row in getattr(fiche_net_table(costed, published.financings, FRENCH), "rows", ())
    ]
    whole = portfolio_net_table(portfolio, edition, published.financings, FRENCH)
    rounded = len(fiches) + len(whole.rows) - 1
    for column in range(5):
        apart = sum(row.cells[column] or 0 for row in fiches) - (whole.rows[-1].cells[column] or 0)
        assert abs(apart) <= rounded * THOUSAND / 2


# --- revenues -----------------------------------------------------------------------------------------------------

EARNED = """\
revenues:
  - label: Abonnement
    section: fonctionnement
    nature: service
    quantity: 100
    unit: abonnement
    unit_cost: {low: 50 €, central: 96 €, high: 120 €}
    recurs: {from: 2024-01}
    vat: 20 %
    vat_regime: REGIME
    evidence: assumption
    assumption: essai
funding:
"""


def earn(sample: Sample, regime: str = "assujetti", price: str = "") -> None:
    text = EARNED.replace("REGIME", regime) if regime else EARNED.replace("    vat_regime: REGIME\n", "")
    sample.edit(
        "mobilite/feux.yaml", "funding:\n", text.replace("    vat: 20 %\n", f"    vat: 20 %\n{price}")
    )


@pytest.mark.parametrize("regime", ["assujetti", "aucun", "fctva", ""])
def test_revenues_are_taken_off_the_net_only(funded: Sample, regime: str) -> None:
    """Three years of 9 600 € HT are 29 k€ less net, whatever the VAT; gross, VAT and co-funders are as before."""
    earn(funded, regime)
    analysis = compiled_of(funded)
    assert written(net_table_of(analysis, "feux")) == {
        "Investment": [120, 24, -24, -41, 0, 79],
        "Operation": [60, 12, 0, -6, -29, 37],
    }
    rows = written(portfolio_net_table(*parts_of(analysis), analysis.financings, ENGLISH))
    assert rows["Operation, Mobilité"] == [60, 12, 0, -6, -29, 37]
    assert rows["Total"] == [420, 84, -71, -47, -29, 357]


def test_revenues_with_vat_are_printed_without(funded: Sample) -> None:
    """A revenue typed with its VAT counts for its price before VAT: 28.8 k€ with a fifth on top are 24."""
    earn(funded, price="    price: ttc\n")
    assert written(net_table_of(compiled_of(funded), "feux"))["Operation"] == [60, 12, 0, -6, -24, 42]


def test_a_section_that_only_earns_has_a_row(unbuilt: Sample) -> None:
    """Where operation costs nothing and earns, its row has a negative net, in the fiche and in the whole."""
    unbuilt.edit("mobilite/feux.yaml", "funding: []\n", EARNED.replace("REGIME", "aucun") + "  []\n")
    analysis = compiled_of(unbuilt)
    assert written(net_table_of(analysis, "feux"))["Operation"] == [0, 0, 0, 0, -29, -29]
    rows = written(portfolio_net_table(*parts_of(analysis), analysis.financings, ENGLISH))
    assert rows["Operation, Mobilité"] == [0, 0, 0, 0, -29, -29]
    assert "Operation, Écologie" not in rows


def test_a_revenue_that_is_not_known_is_not_zero(funded: Sample) -> None:
    """A draft's revenue without a quantity leaves its section's revenues and net unknown, and the other one known."""
    earn(funded)
    funded.edit("mobilite/feux.yaml", "    quantity: 100\n", "")
    funded.edit("mobilite/feux.yaml", "status: ready", "status: draft")
    analysis = compiled_of(funded)
    (draft,) = parts_of(analysis)[0].drafts
    assert written(fiche_net_table(draft, analysis.financings, ENGLISH)) == {
        "Investment": [120, 24, -24, -41, 0, 79],
        "Operation": [60, 12, 0, -6, None, None],
    }


# --- funders ------------------------------------------------------------------------------------------------------


def test_funders_by_hand(funded: Sample) -> None:
    """Each funder has one row by how certain its money is; a loan is the owner's own and is not there."""
    analysis = compiled_of(funded)
    portfolio, edition = parts_of(analysis)
    assert written(funders_table(portfolio, edition, analysis.financings, ENGLISH)) == {
        "Une région": [36, 0, 0, 5, 41],
        "Un fonds": [0, 0, 6, 0, 6],
        "Total": [36, 0, 6, 5, 47],
    }


def test_funders_give_what_proposals_count_on(published: Analysis) -> None:
    """The table holds every grant of every plan once, by status, and its rows and columns add up as printed."""
    portfolio, edition = parts_of(published)
    table = funders_table(portfolio, edition, published.financings, FRENCH)
    assert table is not None
    *rows, last = [[cell or Decimal(0) for cell in row.cells] for row in table.rows]
    for cells in (*rows, last):
        assert sum(cells[:4]) == cells[4]
    assert last == [sum(row[column] for row in rows) for column in range(5)]
    chains = [
        chain for costed in portfolio.ready for s in SECTIONS if (chain := published.financings[costed.id, s])
    ]
    for column, status in enumerate(FUNDING_STATUSES):
        exact = total(chain.by_status(status) for chain in chains).rounded()
        assert abs(last[column] - exact) <= len(rows) * THOUSAND / 2, status
    names = {
        edition.organisations[funding.funder or ""].name
        for costed in portfolio.ready
        for funding in costed.document.value.funding
        if funding.form != "loan"
    }
    assert {row.label for row in table.rows[:-1]} == names


# --- how sure -----------------------------------------------------------------------------------------------------


def test_percentiles_are_in_order(published: Analysis) -> None:
    """Both sections have their own row, P10 ≤ P50 ≤ P80 ≤ P90, to three figures; no row adds them up."""
    portfolio, _ = parts_of(published)
    table = percentiles_table(portfolio, ENGLISH)
    assert table is not None and [row.label for row in table.rows] == ["Investment", "Operation"]
    for row, section in zip(table.rows, SECTIONS, strict=True):
        central, *percentiles = [cell or Decimal(0) for cell in row.cells]
        costed = portfolio.by_section[section].total
        assert central == add_section(portfolio.ready, section, portfolio.step).central
        assert percentiles == sorted(percentiles)
        assert costed.low.rounded() < percentiles[0] < percentiles[-1] < costed.high.rounded()
        assert len(percentiles[-1].normalize().as_tuple().digits) <= 3


def test_each_proposal_has_its_own_certainty(published: Analysis) -> None:
    """Each ready proposal has its central sum, P50 and P80 over both sections, in order, to three figures, no total."""
    portfolio, _ = parts_of(published)
    table = certainty_table(portfolio, ENGLISH)
    assert table is not None and table.columns[1:] == ("Sum of central", "P50", "P80")
    assert [row.target for row in table.rows] == [costed.id for costed in portfolio.ready]
    assert {row.kind for row in table.rows} == {"row"}
    for row, costed in zip(table.rows, portfolio.ready, strict=True):
        central, p50, p80 = [cell or Decimal(0) for cell in row.cells]
        exact = total(costed.costing.by_section[section].total.central for section in SECTIONS).rounded()
        assert 0 < p50 < p80 and abs(central - exact) * 200 <= exact, row.label
        assert all(len(cell.normalize().as_tuple().digits) <= 3 for cell in (central, p50, p80)), row.label


def test_certainty_by_hand(unbuilt: Sample) -> None:
    """A symmetrical triangle from 90 to 150 k€ has its median at 120, and four chances in five below 131."""
    analysis = compiled_of(unbuilt)
    rows = written(certainty_table(parts_of(analysis)[0], ENGLISH))
    assert list(rows.values()) == [[120, 120, 131]] * 3
    assert certainty_table(Portfolio(parts_of(analysis)[0].term, (), ()), ENGLISH) is None


def test_likelihood_of_known_prices_is_not_told(unbuilt: Sample) -> None:
    """Where every price is one amount nothing is uncertain: no sentence, no P50 and no P80 of a proposal."""
    for id in ("feux", "armoires", "arbres"):
        path = unbuilt.proposal(id)
        ranges = "{low: 9 000 €, central: 12 000 €, high: 15 000 €}"
        path.write_text(path.read_text("utf-8").replace(ranges, "12 000 €"), "utf-8")
    analysis = compiled_of(unbuilt)
    portfolio, _ = parts_of(analysis)
    assert (
        describe_likelihood(one_of(analysis, "feux"), ENGLISH)
        == describe_portfolio_likelihood(portfolio, ENGLISH)
        == ""
    )
    assert written(percentiles_table(portfolio, ENGLISH))["Investment"] == [360] * 5
    each = certainty_table(portfolio, ENGLISH)
    assert each and {(row.kind, row.cells[1:]) for row in each.rows} == {("fixed", (None, None))}
    figures = find_key_figures(one_of(analysis, "feux"), parts_of(analysis)[1], analysis.financings)
    assert (figures.is_fixed, figures.p80) == (True, None)


def test_what_weighs_most_is_named_as_it_was_typed(unbuilt: Sample) -> None:
    """A symmetrical triangle is enough one time in two; its line is named whole, with the colons of its label."""
    unbuilt.edit("mobilite/feux.yaml", "label: Armoire", 'label: "Lot 1 : armoire"')
    analysis = compiled_of(unbuilt)
    told = describe_likelihood(one_of(analysis, "feux"), ENGLISH)
    assert "probability 50%." in told and "less than 120\u00a0k€ (P50)" in told
    assert told.endswith("Share of the uncertainty: Lot 1 : armoire (100%).")
    whole = describe_portfolio_likelihood(parts_of(analysis)[0], ENGLISH)
    assert whole.endswith("Share of the uncertainty: Armoire (33%), Armoire (33%), Lot 1 : armoire (33%).")


def test_lines_of_one_driver_are_named_by_it(unbuilt: Sample) -> None:
    """What moves together is told by its driver and the number of its lines, not by one line that would bear it all."""
    for path in ("mobilite/feux.yaml", "ecologie/arbres.yaml"):
        unbuilt.edit(path, "    spread: pose\n", "    spread: pose\n    driver: acier\n")
    analysis = compiled_of(unbuilt)
    told = describe_portfolio_likelihood(parts_of(analysis)[0], ENGLISH)
    assert told.endswith("Share of the uncertainty: acier, 2 lines (80%), Armoire (20%).")
    assert describe_likelihood(one_of(analysis, "feux"), ENGLISH).endswith("Armoire (100%).")


def test_few_lines_of_one_driver_are_named_in_a_fiche(published: Analysis) -> None:
    """A fiche tells the lines that move together by their own names, which its readers have just seen."""
    told = describe_likelihood(one_of(published, "toits-solaires"), FRENCH)
    assert "Panneaux posés et raccordés + Étanchéité d’un toit (" in told
    assert not re.search(
        r"\d lignes \(", " ".join(describe_likelihood(each, FRENCH) for each in parts_of(published)[0].ready)
    )


def test_what_weighs_little_is_not_named(published: Analysis) -> None:
    """No line is told with a share under 10 %."""
    told = [describe_likelihood(costed, FRENCH) for costed in parts_of(published)[0].ready]
    assert all(told) and not any(re.search(r"\([0-9]\s%\)", sentence) for sentence in told)


# --- sentences ----------------------------------------------------------------------------------------------------


def test_costs_of_each_by_hand(unbuilt: Sample) -> None:
    """120 k€ among 100 000 inhabitants, 500 beneficiaries and 4 tonnes a year from 2022 on, to three figures."""
    analysis = compiled_of(unbuilt)
    edition = parts_of(analysis)[1]
    assert (
        describe_unit_costs(one_of(analysis, "feux"), edition, ENGLISH)
        == "Six years, both sections, before VAT: 1.20\u00a0€ per inhabitant."
    )
    unbuilt.edit(
        "mobilite/feux.yaml",
        "owner: ville",
        "owner: ville\nbeneficiaries: {who: tous, number: 500, assumption: essai}\n"
        "carbon: {tonnes_per_year: 4, from: 2022, assumption: essai}",
    )
    assert describe_unit_costs(one_of(compiled_of(unbuilt), "feux"), edition, ENGLISH).endswith(
        "1.20\u00a0€ per inhabitant, 240\u00a0€ per beneficiary, 6,000\u00a0€"
        " per tonne of CO₂e avoided by the end of 2026."
    )


def test_nobody_to_divide_among(unbuilt: Sample) -> None:
    """Where no population, beneficiary or tonne is known, nothing is said of a cost of each."""
    unbuilt.edit("edition.yaml", ", population: 100 000", "")
    analysis = compiled_of(unbuilt)
    assert describe_unit_costs(one_of(analysis, "feux"), parts_of(analysis)[1], ENGLISH) == ""


def spread_over_later_years(sample: Sample) -> None:
    sample.edit("mobilite/feux.yaml", "spread: pose", "spread: {2021: 1, 2023: 9}")


def say_what_the_territory_invests(sample: Sample) -> None:
    spread_over_later_years(sample)
    sample.edit("edition.yaml", "{name: Une ville}", "{name: Une ville, yearly_investment: 1 M€}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (spread_over_later_years, "The investment peaks in 2021: 132\u00a0k€, before VAT."),
        (
            say_what_the_territory_invests,
            "The investment peaks in 2021: 132\u00a0k€, before VAT."
            " It is 13.2% of the 1\u00a0M€ that Une ville invests in a year.",
        ),
    ],
)
def test_peak_year(unbuilt: Sample, change: Callable[[Sample], None], told: str) -> None:
    """The year of the largest investment is told, against the territory's yearly investment where that is known."""
    change(unbuilt)
    portfolio, edition = parts_of(compiled_of(unbuilt))
    assert describe_peak(portfolio, edition, ENGLISH) == told


def test_no_investment_has_no_peak(tmp_path: Path) -> None:
    """A portfolio that invests nothing has no year in which it invests most."""
    sample = Sample(tmp_path)
    text = PROPOSAL.replace("section: investissement", "section: fonctionnement")
    write_proposal(tmp_path, "mobilite", "feux", text)
    (tmp_path / "proposals" / "edition.yaml").write_text(
        "term: {start: 2020-07, years: 2021-2026}\ndomains: {mobilite: {title: Mobilité, colour: '#1b627d'}}\n",
        "utf-8",
    )
    portfolio, edition = parts_of(compiled_of(sample))
    assert portfolio.ready and describe_peak(portfolio, edition, ENGLISH) == ""
