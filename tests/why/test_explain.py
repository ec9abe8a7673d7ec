"""A printed figure is derived down to the words typed in a file, and every step of the way adds up."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booklet.content.model.proposal import SECTIONS
from booklet.content.workspace import Workspace, read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.export.json import write_costs
from booklet.law.lookup import Law, law_of
from booklet.money.euros import Euros
from booklet.tables.certainty import certainty_table, percentiles_table
from booklet.tables.net_tables import describe_unit_costs, fiche_net_table, portfolio_net_table
from booklet.tables.wording import Wording
from booklet.text.language import ENGLISH
from booklet.why.derivation import Derivation, recompute
from booklet.why.explain import explain_figure
from booklet.why.json import write_json
from booklet.why.reference import UnknownReference, list_every_part, list_subjects, read_reference
from booklet.why.terminal import write_tree
from tests.samples.commands import ROOT
from tests.samples.marks import long
from tests.samples.workspace import PROPOSAL, Sample, write_proposal, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUS = "priorite-bus-carrefours"
ESTIMATES = ("low", "central", "high")


class Asked:
    """Ask one workspace for its figures."""

    def __init__(self, root: Path) -> None:
        self.workspace: Workspace = read_workspace(root)
        portfolio = build_portfolio(self.workspace)
        assert portfolio is not None and self.workspace.edition is not None
        self.portfolio: Portfolio = portfolio
        self.law: Law = law_of(self.workspace)
        self.domains = tuple(self.workspace.edition.value.domains)
        self.costs: dict[str, Any] = json.loads(write_costs(portfolio, self.workspace))

    def why(self, reference: str, *, whole: bool = False) -> Derivation:
        return explain_figure(reference, self.workspace, self.portfolio, self.law, whole=whole)

    def cents(self, reference: str) -> str | None:
        """A figure in cents, as the JSON of `costs` writes amounts."""
        amount = self.why(reference).amount
        return None if amount is None else f"{amount.rounded():.2f}"

    def next_parts(self, reference: str) -> Iterator[str]:
        """List the parts with which a reference can go on."""
        for part in list_every_part(read_reference(reference, self.portfolio, self.domains), self.portfolio):
            with suppress(UnknownReference):
                read_reference(f"{reference}.{part}", self.portfolio, self.domains)
                yield part

    def references(self) -> Iterator[str]:
        """List every subject, alone and with each part that can come next, up to two parts."""
        for subject in list_subjects(self.portfolio, self.domains):
            yield subject
            for part in self.next_parts(subject):
                yield f"{subject}.{part}"
                if subject not in ("total", "mobilite", BUS, "air-des-ecoles") or part[-2:] in (".2", ".3"):
                    continue  # what follows one proposal follows every one
                for second in self.next_parts(f"{subject}.{part}"):
                    yield f"{subject}.{part}.{second}"


REVENUE = """\
revenues:
  - label: Loyer
    section: investissement
    nature: service
    quantity: 1
    unit: loyer
    unit_cost: 1 000 €
    spread: {2026: 1}
    vat: 20 %
    vat_regime: assujetti
    evidence: assumption
    assumption: essai
funding: []
"""


@pytest.fixture(scope="module")
def example() -> Asked:
    return Asked(ROOT)


def small(tmp_path: Path, *changes: tuple[str, str], edition: tuple[tuple[str, str], ...] = ()) -> Asked:
    """Write the small workspace with one proposal changed, `armoires`."""
    sample: Sample = write_small(tmp_path)
    text = PROPOSAL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    write_proposal(sample.root, "mobilite", "armoires", text)
    for old, new in edition:
        sample.edit("edition.yaml", old, new)
    return Asked(sample.root)


def prove(node: Derivation) -> None:
    """Require that each node says what its children say, and that what is typed stands where it points."""
    for step in node.walk():
        assert step.value == recompute(step), step.label
        assert step.unrounded is None or step.value == Fraction(Euros(step.unrounded).rounded())
        if step.operation == "typed":
            assert step.quotes, step.label
        for before, after in pairwise(step.quotes):
            assert before.span <= after.span or before.span.path != after.span.path


# --- every tree adds up ------------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_figure_adds_up(example: Asked) -> None:
    """Every figure that can be asked for follows, step by step, from its own tree."""
    asked = 0
    for reference in example.references():
        prove(example.why(reference))
        asked += 1
    assert asked > 700


def test_what_is_typed_stands_where_the_tree_points(example: Asked) -> None:
    """The text of a place is the text of the file at its line and column."""
    quotes = [place for step in example.why("total", whole=True).walk() for place in step.quotes]
    assert len({place.span.path for place in quotes}) > 10
    for place in quotes:
        line = example.workspace.sources[place.span.path].lines[place.span.start.line - 1]
        assert place.text.removesuffix(" …") and line[place.span.start.column - 1 :].startswith(
            place.text.removesuffix(" …")
        )


def test_every_leaf_is_typed_or_the_law(example: Asked) -> None:
    """Followed whole, a total rests on nothing but typed words, the law, and twelve months in a year."""
    for figure in ("total", "after-term"):
        leaves = [
            step
            for step in example.why(f"total.{figure}", whole=True).walk()
            if not (step.children or step.apart)
        ]
        assert {step.operation for step in leaves if step.value} == {"typed", "constant"} - (
            {"constant"} if figure == "after-term" else set()
        )
        assert all(step.quotes for step in leaves if step.operation == "typed")


def test_what_is_given_is_derived_under_its_reference(example: Asked) -> None:
    """A value that a tree does not derive is the value of the tree that its reference leads to."""
    given_nodes = {
        (step.reference, step.value, step.unrounded)
        for reference in ("total", "mobilite.2023.investissement", f"{BUS}.funding.1.2023", "total.net")
        for step in example.why(reference).walk()
        if step.operation == "given"
    }
    assert len(given_nodes) > 20
    for reference, value, exact in given_nodes:
        found = example.why(reference)
        assert found.value is not None and value is not None
        assert value in (found.value, found.unrounded) and (exact is None or exact == found.unrounded)


# --- the root is the figure --------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [5, long(1)])
def test_costs_are_those_of_the_json(example: Asked, every: int) -> None:
    """Each year of each section of each proposal, and the totals, are to the cent what `costs` exports."""
    for held in (*example.costs["proposals"][::every], {"id": "total", **example.costs["totals"]}):
        for section in SECTIONS:
            for year, cell in held[section].items():
                for estimate in ESTIMATES:
                    reference = f"{held['id']}.{year}.{section}.{estimate}"
                    assert example.cents(reference) == cell[estimate], reference
            six_years = sum(Fraction(cell["central"]) for cell in held[section].values())
            assert example.why(f"{held['id']}.{section}").value == six_years
        for estimate in ESTIMATES:
            assert (
                example.cents(f"{held['id']}.after-term.{estimate}") == held["after_term_per_year"][estimate]
            )


@pytest.mark.parametrize("every", [3, long(1)])
def test_the_chain_is_that_of_the_json(example: Asked, every: int) -> None:
    """Own share, FCTVA, net cost and each funder's money are to the cent what `costs` exports, unknowns included."""
    known = 0
    for held in example.costs["proposals"][::every]:
        for section in SECTIONS:
            for figure in ("own-share", "fctva", "net"):
                expected = held[figure.replace("-", "_")][section]
                assert example.cents(f"{held['id']}.{figure}.{section}") == expected, (
                    held["id"],
                    figure,
                    section,
                )
                known += expected is not None
        for number, funding in enumerate(held["funding"], 1):
            assert example.cents(f"{held['id']}.funding.{number}") == funding["computed"]
        for number, line in enumerate(held["lines"], 1):
            for year, amount in line["ht"].items():
                assert example.cents(f"{held['id']}.costs.{number}.{year}") == amount
    assert known > 40


def test_figures_of_the_booklet(example: Asked) -> None:
    """The tree says how the booklet prints a figure: thousands of euros in the tables of the whole and the fiche."""
    printed = example.why(f"{BUS}.2023.investissement").printed
    assert [(cell.amount, cell.step) for cell in printed] == [(Decimal(1_409_000), Decimal(1_000))]
    whole = example.why("total.investissement").printed
    rows = [example.why(f"{costed.id}.investissement").printed[0] for costed in example.portfolio.ready]
    assert [cell.amount for cell in whole] == [sum(cell.amount for cell in rows)]


def test_one_figure_by_hand(example: Asked) -> None:
    """2023 is 70 crossroads at 18 000 € and twelve of the 29 months in which 300 buses get a sender at 1 200 €."""
    node = example.why(f"{BUS}.2023.investissement")
    crossroads, senders = node.children
    assert [child.value for child in crossroads.children] == [70, 18_000]
    assert [child.value for child in senders.children] == [300, 1_200, Fraction(12, 29)]
    assert node.unrounded == 70 * 18_000 + Fraction(300 * 1_200 * 12, 29)
    assert f"{node.amount.rounded() if node.amount else 0}" == "1408965.52"
    unit_cost = crossroads.children[1].quotes[0]
    assert unit_cost.text == "18 000 €" and unit_cost.span.path == f"proposals/mobilite/{BUS}.yaml"


# --- what a line can be ------------------------------------------------------------------------------------------


def test_price_with_vat_is_divided(tmp_path: Path) -> None:
    """A price typed with VAT is divided by 1 + the rate, and the tree points at both and at who said `ttc`."""
    asked = small(tmp_path, ("    vat: 20 %\n", "    vat: 20 %\n    price: ttc\n"))
    node = asked.why("armoires.2021.investissement")
    prove(node)
    assert node.value == 10 * 12_000 / Fraction(6, 5) / 2
    quotient = node.children[0].children[1]
    assert quotient.operation == "quotient" and quotient.quotes[0].text == "ttc"
    with_vat, divisor = quotient.children
    assert with_vat.quotes[0].text == "12 000 €" and divisor.children[0].quotes[0].text == "20 %"


def test_recurring_line_is_prorated(tmp_path: Path) -> None:
    """A line that starts in October bears three twelfths of a year, and goes on after the term in full."""
    asked = small(
        tmp_path,
        ("section: investissement", "section: fonctionnement"),
        ("spread: pose", "recurs: {from: 2022-10}"),
    )
    node = asked.why("armoires.2022.fonctionnement")
    part = node.children[0].children[2]
    assert part.value == Fraction(1, 4) and [child.value for child in part.children] == [3, 12]
    assert part.children[0].quotes[0].text == "2022-10"
    assert node.value == 30_000 and asked.why("armoires.after-term").value == 120_000
    prove(node)


def test_source_is_named_with_its_title_and_year(tmp_path: Path) -> None:
    """A line's source is told with publisher, title and year, and where the bibliography holds it."""
    basis = small(tmp_path).why("armoires.2021").children[0].children[0].basis
    assert basis is not None and basis.quote is not None
    assert (basis.kind, basis.publisher, basis.text, basis.year) == (
        "source",
        "Une revue",
        "Bilan de l’an passé",
        2018,
    )
    assert basis.quote.span.path == "proposals/sources.yaml"


def test_fctva_rests_on_the_law(tmp_path: Path) -> None:
    """One million HT at 20 % brings 196 848 € back the year after, at the rate of the law: net 1 003 152."""
    asked = small(
        tmp_path,
        ("unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}", "unit_cost: 100 000 €"),
        ("spread: pose", "spread: {2021: 10}"),
        edition=(("population: 100 000,", "population: 100 000, fctva_lag: 1,"),),
    )
    total, paid = asked.why("armoires.fctva"), asked.why("armoires.fctva.2022.investissement")
    assert total.value == paid.value == 196_848
    assert not asked.why("armoires.fctva.2021").value
    rate = next(step for step in paid.walk() if step.operation == "law")
    assert rate.basis is not None and rate.basis.text == "CGCT art. L1615-6" and rate.basis.address
    assert [place.text for place in paid.quotes] == ["1"]
    assert asked.why("armoires.net").value == 1_003_152
    assert asked.why("armoires.net.2022").value == -196_848


def test_net_is_the_years_and_what_comes_after_them(tmp_path: Path) -> None:
    """FCTVA of the last years is received after the term: a node apart, with which the years are the whole."""
    asked = small(
        tmp_path,
        ("spread: pose", "spread: {2025: 4, 2026: 6}"),
        ("funding: []\n", REVENUE),
        edition=(("population: 100 000,", "population: 100 000, fctva_lag: 1,"),),
    )
    node = asked.why("armoires.net.investissement")
    prove(node)
    within, after = node.children
    assert within.value == sum(asked.why(f"armoires.net.{year}").value or 0 for year in (2025, 2026))
    assert after.value == Fraction("14173.06")  # 72 000 € HT, 20 % of VAT, 16.404 % of that
    assert [place.text for place in after.quotes] == ["1"]
    (held,) = [held for held in asked.costs["proposals"] if held["id"] == "armoires"]
    for year, cell in held["net_by_year"]["investissement"].items():
        assert asked.cents(f"armoires.net.{year}.investissement") == cell
    assert Fraction(held["net_after_term"]["investissement"]) == -after.value
    assert held["net"]["investissement"] == asked.cents("armoires.net.investissement")
    # a revenue comes off the net of its year, before VAT
    spent = asked.why("armoires.net.2026.investissement")
    assert [child.value for child in spent.children] == [86_400, Fraction("9448.70"), 1_000]
    assert asked.why("armoires.revenues.2026.investissement").value == 1_000


def test_rate_of_the_edition_is_shown_where_it_is_typed(tmp_path: Path) -> None:
    """A rate that `parameters.yaml` replaces points at its line there."""
    sample = write_small(tmp_path)
    sample.edit("edition.yaml", "population: 100 000,", "population: 100 000, fctva_lag: 0,")
    (sample.root / "proposals/parameters.yaml").write_text(
        "fctva.rate:\n  description: Taux\n  unit: part of the TTC price\n  values:\n"
        "    2020-01-01: {value: 10 %, reference: un texte, known_from: 2020-01-01}\n",
        "utf-8",
    )
    rate = next(step for step in Asked(sample.root).why("feux.fctva").walk() if step.operation == "law")
    assert rate.value == Fraction(1, 10) and [place.text for place in rate.quotes] == ["10 %"]


def test_funding_in_one_year_by_shares_or_as_the_cost_goes(tmp_path: Path) -> None:
    """A grant's part of a year is all of it, the share typed for that year, or the year's part of the cost."""
    lines = "".join(
        f"  - {{funder: ville, form: {form}, section: investissement, share: 10 %, status: acquis{year}}}\n"
        for form, year in (
            ("grant", ", year: 2022"),
            ("grant", ", year: {2021: 25 %, 2022: 75 %}"),
            ("grant", ""),
            ("loan", ""),
        )
    )
    asked = small(tmp_path, ("funding: []\n", f"funding:\n{lines}"))
    by_year = {
        number: [asked.why(f"armoires.funding.{number}.{year}").value for year in (2021, 2022, 2023)]
        for number in (1, 2, 3, 4)
    }
    assert by_year[1] == [0, 12_000, 0]
    assert by_year[2] == [3_000, 9_000, 0]
    assert by_year[3] == by_year[4] == [6_000, 6_000, 0]
    # the loan is the owner's own money: it stands apart
    funding = asked.why("armoires.funding.investissement")
    assert funding.value == 36_000 and [node.reference for node in funding.apart] == ["armoires.funding.4"]
    assert asked.why("armoires.own-share").value == 120_000 - 36_000
    for reference in ("armoires.funding.2022", "armoires.own-share.2021", "armoires.funding.2.2022"):
        prove(asked.why(reference))


# --- how sure, and what a cost means -----------------------------------------------------------------------------


def test_percentiles_are_those_of_the_json_and_of_the_booklet(example: Asked) -> None:
    """Each percentile is to the cent what `costs` exports, and is printed with three figures as the tables print it."""
    for held in (*example.costs["proposals"], {"id": "total", **example.costs["totals"]}):
        for figure in ("p10", "p50", "p80", "p90"):
            assert example.cents(f"{held['id']}.{figure}") == held["uncertainty"][figure]
    for section in SECTIONS:
        written = example.costs["totals"]["uncertainty_by_section"][section]
        assert example.cents(f"total.p80.{section}") == written["p80"]
    certainty = certainty_table(example.portfolio, ENGLISH)
    whole = percentiles_table(example.portfolio, ENGLISH)
    assert certainty is not None and whole is not None
    for row in certainty.rows:
        for column, figure in ((1, "p50"), (2, "p80")):
            assert row.cells[column] in [
                cell.amount for cell in example.why(f"{row.target}.{figure}").printed
            ]
    for row, section in zip(whole.rows, SECTIONS, strict=True):
        for column, figure in enumerate(("p10", "p50", "p80", "p90"), 1):
            (cell,) = example.why(f"total.{figure}.{section}").printed
            assert row.cells[column] == cell.amount


def test_a_percentile_shows_what_moves_it(example: Asked) -> None:
    """Drivers and lines stand under a percentile with their share, each line with its range, under its reference."""
    for reference in (f"{BUS}.p80", "total.p50", "mobilite.p90.fonctionnement"):
        node = example.why(reference)
        prove(node)
        shares = [child.value or Fraction(0) for child in node.children if child.unit == "rate"]
        assert abs(sum(shares, Fraction(0)) - 1) < Fraction(1, 100)
        assert shares[:-1] == sorted(shares[:-1], reverse=True)
    driver = example.why(f"{BUS}.p80").children[0]
    assert "carrefours" in str(driver.label) and [place.text for place in driver.quotes] == ["carrefours"]
    lines = [step for step in driver.walk() if step.operation == "figures"]
    assert len(lines) == 2
    for line in lines:
        assert line.quotes
        low, central, high = (child.value or 0 for child in line.children)
        assert low < central < high
        for child in line.children:
            assert example.why(child.reference).value == child.value
    assert [str(note) for note in example.why(f"{BUS}.p80").notes][-1].endswith("is enough in 39 % of cases")


def test_a_percentile_of_what_is_not_known_is_not_known(tmp_path: Path) -> None:
    """A draft's line without a quantity leaves its percentiles unknown, and those of the whole as they are."""
    asked = small(tmp_path, ("status: ready", "status: draft"), ("    quantity: 10\n", ""))
    assert asked.why("armoires.p80").value is None
    assert "`quantity`" in write_tree(asked.why("armoires.p80"), ENGLISH)
    assert asked.why("total.p80").value is not None


def test_quotients_are_those_of_the_json_and_of_the_booklet(example: Asked) -> None:
    """Cost for each inhabitant, beneficiary and tonne: the JSON's cents, the fiche's three figures, both leaves."""
    for costed in example.portfolio.ready:
        (held,) = [held for held in example.costs["proposals"] if held["id"] == costed.id]
        assert example.workspace.edition is not None
        words = describe_unit_costs(costed, example.workspace.edition.value, ENGLISH)
        for name in ("inhabitant", "beneficiary", "tonne"):
            node = example.why(f"{costed.id}.per-{name}")
            prove(node)
            assert example.cents(f"{costed.id}.per-{name}") == held[f"per_{name}"]
            if node.value is not None:
                (printed,) = node.printed
                assert f"{Wording(ENGLISH).euros(printed.amount)} per {name}" in words
                assert [child.unit for child in node.children] == ["euros", "number"]
    node = example.why(f"{BUS}.per-tonne")
    assert node.unrounded == 4_942_500 / Fraction(400 * 2)
    assert [step.quotes[0].text for step in node.children[1].children] == ["400", "2025"]
    assert example.cents("total.per-inhabitant") == example.costs["totals"]["per_inhabitant"]


def test_what_nobody_counted_divides_nothing(tmp_path: Path) -> None:
    """Without beneficiaries or carbon the cost of each is not known, and the tree names the key."""
    asked = small(tmp_path)
    for figure, key in (("per-beneficiary", "`beneficiaries.number`"), ("per-tonne", "`carbon`")):
        node = asked.why(f"armoires.{figure}")
        assert node.value is None and key in write_tree(node, ENGLISH)


def test_present_value_is_discounted_year_by_year(example: Asked) -> None:
    """Each year is divided by what a euro grows to, at the rate of the law; the sum is what `costs` exports."""
    node = example.why(f"{BUS}.present-value.investissement")
    prove(node)
    cost = example.why(f"{BUS}.2023.investissement").value or 0
    in_2023 = example.why(f"{BUS}.present-value.2023.investissement")
    assert in_2023.unrounded == cost / Fraction("1.032") ** 2
    law = next(step for step in node.walk() if step.operation == "law")
    assert law.value == Fraction("0.032") and law.basis is not None and law.basis.id == "discount.rate"
    assert "3.20 %" in str(node.notes[0])
    written = json.loads(
        write_costs(example.portfolio, example.workspace, discount_rate=Decimal("0.032"), uncertainty=False)
    )
    assert written["present_value"] == {"rate": "0.032", "year": 2021}
    assert "uncertainty" not in written["totals"]
    for held in (*written["proposals"], {"id": "total", **written["totals"]}):
        for section in SECTIONS:
            reference = f"{held['id']}.present-value.{section}"
            assert example.cents(reference) == held["present_value"][section], reference


def test_net_is_the_printed_cell(example: Asked) -> None:
    """A net says the cell that a table prints: a fiche's section, a domain's section, the whole."""
    assert example.workspace.edition is not None
    edition = example.workspace.edition.value
    financings = finance_portfolio(example.portfolio, edition, example.law)
    table = portfolio_net_table(example.portfolio, edition, financings, ENGLISH)
    cells = {row.label: row.cells[5] for row in table.rows}
    asked = {"total.net": cells["Total"]}
    for domain in example.domains:
        asked[f"{domain}.net.investissement"] = cells[f"Investment, {edition.domains[domain].title}"]
    for costed in example.portfolio.ready:
        fiche = fiche_net_table(costed, financings, ENGLISH)
        assert fiche is not None
        for row in fiche.rows:
            section = "investissement" if row.label == "Investment" else "fonctionnement"
            asked[f"{costed.id}.net.{section}"] = row.cells[5]
    assert len(asked) > 20
    for reference, printed in asked.items():
        node = example.why(reference)
        assert [cell.amount for cell in node.printed] == [printed], reference
        # five cells of each row were rounded to thousands
        rows = len(asked) if reference == "total.net" else 8
        assert printed is not None and abs((node.value or 0) - Fraction(printed)) <= rows * 5 * 500


# --- what is not known -------------------------------------------------------------------------------------------


def test_unknown_is_never_zero(tmp_path: Path) -> None:
    """Without the owner's lag the year of the FCTVA is not known, nor a year's net, and the tree says why and where."""
    asked = small(tmp_path)
    assert asked.why("armoires.fctva").value == Fraction(16_404, 100_000) * 144_000
    whole = asked.why("armoires.net")
    prove(whole)
    assert whole.value == 144_000 - Fraction(16_404, 100_000) * 144_000
    assert "`fctva_lag`" in write_tree(whole, ENGLISH)
    for reference in ("armoires.fctva.2022", "armoires.net.2022", "total.net.2023"):
        node = asked.why(reference)
        assert node.value is None
        text = write_tree(node, ENGLISH)
        assert "not known" in text.splitlines()[0] and "`fctva_lag`" in text
        figure = json.loads(write_json(node))["figure"]
        assert figure["value"] is None and figure["exact"] is None
    reasons = [
        step for step in asked.why("armoires.net.2022").walk() if step.operation == "unknown" and step.quotes
    ]
    assert {place.span.path for step in reasons for place in step.quotes} == {"proposals/edition.yaml"}


def test_hole_makes_every_cost_unknown(tmp_path: Path) -> None:
    """A draft whose line lacks its quantity has no figure; the line is named with what it lacks."""
    asked = small(tmp_path, ("status: ready", "status: draft"), ("    quantity: 10\n", ""))
    for reference in (
        "armoires.investissement",
        "armoires.2021.fonctionnement",
        "armoires.total",
        "armoires.net",
    ):
        node = asked.why(reference)
        assert node.value is None and asked.cents(reference) is None
        assert "`quantity` is missing or cannot be read" in write_tree(node, ENGLISH)
        prove(node)
    assert asked.why("armoires.costs.1").operation == "unknown"
    assert asked.why("armoires").children[0].value is None


def test_drafts_stand_apart(tmp_path: Path) -> None:
    """A draft is shown under the total and its domain, and counts for nothing."""
    asked = small(tmp_path, ("status: ready", "status: draft"))
    for reference, expected in (
        ("total.investissement", 240_000),
        ("mobilite", 120_000),
        ("mobilite.2021", 60_000),
    ):
        node = asked.why(reference)
        assert node.value == expected
        assert [draft.reference.split(".")[0] for draft in node.apart] == ["armoires"]
        prove(node)
    assert asked.why("armoires.investissement").value == 120_000


# --- references --------------------------------------------------------------------------------------------------


def test_parts_come_in_any_order(example: Asked) -> None:
    """The order of parts changes nothing, and a reference writes itself so that it reads the same again."""
    for reference in (
        f"{BUS}.2023.investissement.low",
        f"{BUS}.costs.2.2023",
        f"{BUS}.own-share.2022",
        "total",
    ):
        subject, *parts = reference.split(".")
        again = read_reference(
            str(read_reference(reference, example.portfolio, example.domains)),
            example.portfolio,
            example.domains,
        )
        assert again == read_reference(reference, example.portfolio, example.domains)
        if "costs" not in parts:
            turned = ".".join([subject, *reversed(parts)])
            assert example.why(turned).value == example.why(reference).value
    assert example.why(f"mobilite/{BUS}.investissement").value == 3_840_000


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        (
            "priorite-bus-carefours",
            "no proposal or domain `priorite-bus-carefours`",
            f"did you mean `{BUS}`?",
        ),
        ("bus-priorite", "no proposal or domain `bus-priorite`", f"did you mean `{BUS}`?"),
        ("carrefours_bus.net", "no proposal or domain `carrefours_bus`", f"did you mean `{BUS}`?"),
        ("priorite-tramway", "no proposal or domain `priorite-tramway`", f"did you mean `{BUS}`?"),
        ("bus.2023", "no proposal or domain `bus`", f"did you mean `{BUS}`?"),
        ("xyzzy", "no proposal or domain `xyzzy`", "type `total`, a domain (`logement`, `mobilite`, "),
        ("", "no proposal or domain ``", "type `total`, a domain ("),
        (f"{BUS}.invest", f"no part `invest` after `{BUS}`", "did you mean `investissement`?"),
        (f"{BUS}.2019", f"no part `2019` after `{BUS}`", "did you mean `2021`?"),
        (f"{BUS}.cost", f"no part `cost` after `{BUS}`", "did you mean `costs.1`?"),
        (f"{BUS}.costs.9", f"`{BUS}` has no `costs.9`", "lines are counted from 1 to 7"),
        (f"{BUS}.costs.0", f"`{BUS}` has no `costs.0`", "lines are counted from 1 to 7"),
        (f"{BUS}.2022.2023", "a reference names one year, this one names two", "leave `2023` out"),
        (f"{BUS}.after-term.2023", "`2023` says nothing about `after-term`", "leave `2023` out"),
        (f"{BUS}.net.low", "`low` says nothing about `net`", "leave `low` out"),
        ("total.costs.1", "`costs.1` is a line of one proposal", "begin with the id of a proposal"),
        ("total.per-tonne", "`per-tonne` is of one proposal", "begin with the id of a proposal"),
        (f"{BUS}.p81", f"no part `p81` after `{BUS}`", f"after `{BUS}` can come"),
        (f"{BUS}.per-tone", f"no part `per-tone` after `{BUS}`", "did you mean `per-tonne`?"),
        (f"{BUS}.p80.2023", "`2023` says nothing about `p80`", "leave `2023` out"),
        (
            f"{BUS}.per-tonne.investissement",
            "`investissement` says nothing about",
            "leave `investissement` out",
        ),
    ],
)
def test_wrong_reference_says_what_to_type(example: Asked, reference: str, message: str, hint: str) -> None:
    """A reference that leads nowhere is refused with what was meant or what can come next."""
    with pytest.raises(UnknownReference) as refused:
        example.why(reference)
    assert str(refused.value.message).startswith(message)
    assert any(str(found).startswith(hint) for found in refused.value.hints), [*map(str, refused.value.hints)]


@given(st.text(alphabet="abctolfundig-.0123456789/²é", max_size=24))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(example: Asked, text: str) -> None:
    """Whatever is typed is a reference or is refused with a hint; nothing else happens."""
    for reference in (text, f"{BUS}.{text}"):
        hints: tuple[object, ...] = ("read",)
        try:
            read_reference(reference, example.portfolio, example.domains)
        except UnknownReference as refused:
            hints = refused.hints
        assert hints


# --- writers -----------------------------------------------------------------------------------------------------


def test_tree_as_it_is_read(tmp_path: Path) -> None:
    """The tree of one year: what, how much, the sign that joins it, the place and the words typed there."""
    text = write_tree(small(tmp_path).why("armoires.2021.investissement"), ENGLISH)
    short = text.replace("proposals/mobilite/", "").replace("\N{NO-BREAK SPACE}", " ")
    assert short == (
        "• Investment in 2021, before VAT          60,000.00 €\n"
        "│  the booklet prints 60, in thousands of euros\n"
        "│  the booklet prints 60,000, in euros\n"
        "└─ Armoire                                60,000.00 €  armoires.yaml:14\n"
        "   │  source: Une revue, Bilan de l’an passé, 2018 (proposals/sources.yaml:1)\n"
        "   ├─ quantity (armoire)                           10  armoires.yaml:17 `10`\n"
        "   ├─ unit cost, central                × 12,000.00 €  armoires.yaml:19 `12 000 €`\n"
        "   └─ part of the phase `pose` in 2021  ×        0.50  armoires.yaml:20\n"
        "      ├─ months in 2021                            12  armoires.yaml:12 `2021-01`  :12 `2022-12`\n"
        "      └─ months of the phase `pose`     ÷          24  armoires.yaml:12 `2021-01`  :12 `2022-12`\n"
    )


def test_long_tree_stops_where_it_fits(example: Asked) -> None:
    """A tree deeper than a screen stops at a level, and says under which reference the rest is derived."""
    node = example.why(f"{BUS}.investissement")
    short, whole = write_tree(node, ENGLISH, rows=12), write_tree(node, ENGLISH, depth=99)
    assert len(short.splitlines()) <= 12 < len(whole.splitlines())
    assert f"→ why {BUS}.2023.investissement" in short and "→ why" not in whole
    assert "11/29" in whole and "11/29" not in short


def test_colours_change_no_word(example: Asked) -> None:
    """With colours the tree is the same text, with codes around some of it."""
    node = example.why(f"{BUS}.2023.investissement")
    coloured = write_tree(node, ENGLISH, color=True)
    assert "\x1b[1m" in coloured and "\x1b" not in write_tree(node, ENGLISH)
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == write_tree(node, ENGLISH)


def test_words_of_an_author_never_act_on_the_terminal(tmp_path: Path) -> None:
    """A label that holds a control character or the marks of a format is shown, not obeyed."""
    asked = small(tmp_path, ("label: Armoire", 'label: "Arm\\u202Eoire {unit} 100 %"'))
    text = write_tree(asked.why("armoires.2021"), ENGLISH)
    assert "Arm<U+202E>oire {unit} 100 %" in text
    assert "\u202e" not in write_tree(asked.why("armoires.fctva"), ENGLISH)


def test_json_holds_the_whole_tree(example: Asked) -> None:
    """The JSON says every step with exact values, places and sources, the same bytes each time."""
    node = example.why(f"{BUS}.2023.investissement")
    written = write_json(node)
    assert written == write_json(example.why(f"{BUS}.2023.investissement"))
    held = json.loads(written)
    assert (held["version"], held["reference"]) == (1, f"{BUS}.2023.investissement")
    figure = held["figure"]
    assert (figure["value"], figure["printed"]) == ("1408965.52", [{"amount": "1409000", "step": "1000"}])
    assert Fraction(figure["rounded_from"]) == sum(Fraction(child["exact"]) for child in figure["children"])
    quantity = figure["children"][0]["children"][0]
    assert (quantity["value"], quantity["places"][0]["text"]) == ("70", "70")
    assert figure["children"][1]["basis"]["kind"] == "assumption"


# --- property ----------------------------------------------------------------------------------------------------

MONTHS = st.tuples(st.integers(2021, 2026), st.integers(1, 12))


@given(
    quantity=st.integers(1, 10_000),
    cents=st.integers(1, 10**9),
    months=st.tuples(MONTHS, MONTHS).map(sorted),
    vat=st.sampled_from(["20 %", "5,5 %", "0 %"]),
    price=st.sampled_from(["ht", "ttc"]),
    share=st.integers(0, 100),
    base=st.sampled_from(["ht", "ttc"]),
)
def test_any_proposal_adds_up(
    tmp_path_factory: pytest.TempPathFactory,
    quantity: int,
    cents: int,
    months: list[tuple[int, int]],
    vat: str,
    price: str,
    share: int,
    base: str,
) -> None:
    """Whatever a line costs, however it is spread and funded, each tree adds up and its root is the exported figure."""
    (start, first), (end, last) = months
    grant = f"  - {{funder: ville, form: grant, section: investissement, share: {share} %, status: espere}}\n"
    asked = small(
        tmp_path_factory.mktemp("any"),
        ("start: 2021-01, end: 2022-12", f"start: {start}-{first:02d}, end: {end}-{last:02d}"),
        ("quantity: 10\n", f"quantity: {quantity}\n"),
        ("{low: 9 000 €, central: 12 000 €, high: 15 000 €}", f"{cents // 100}.{cents % 100:02d} €"),
        ("vat: 20 %\n", f"vat: {vat}\n    price: {price}\n"),
        ("funding: []\n", f"funding:\n{grant}"),
        edition=(
            ("population: 100 000,", "population: 100 000, fctva_lag: 2,"),
            ("funding_base: ht", f"funding_base: {base}"),
        ),
    )
    held = next(held for held in asked.costs["proposals"] if held["id"] == "armoires")
    for figure in ("own_share", "fctva", "net"):
        reference = f"armoires.{figure.replace('_', '-')}.investissement"
        prove(asked.why(reference))
        assert asked.cents(reference) == held[figure]["investissement"]
        for year in range(2021, 2027):
            prove(asked.why(f"{reference}.{year}"))
            if figure != "own_share":
                by_year = held[f"{figure}_by_year"]["investissement"]
                assert asked.cents(f"{reference}.{year}") == by_year[str(year)]
    for year, cell in held["investissement"].items():
        node = asked.why(f"armoires.{year}.investissement")
        prove(node)
        assert asked.cents(f"armoires.{year}.investissement") == cell["central"]
