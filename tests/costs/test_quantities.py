"""Quantities that vary, ramps, scenarios and prices of another year: costs computed by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from booklet.content.decode import decode
from booklet.content.model.edition import Prices
from booklet.content.model.parameters import DatedValue, Parameter
from booklet.content.model.proposal import Proposal
from booklet.content.proposal_files import ProposalDocument
from booklet.content.yaml.parse import parse
from booklet.costs.costing import Costing, LineCost, cost_proposal
from booklet.costs.figures.balance import line_before, line_late
from booklet.costs.portfolio import CostedProposal
from booklet.costs.uncertainty import estimate_proposal
from booklet.law.lookup import Law
from booklet.money.calendar import Month, Term

if TYPE_CHECKING:
    from booklet.money.euros import Range

TERM = Term(Month(2014, 4), 2014)
INDEX = {2011: Fraction("95.5"), 2014: Fraction("99.9"), 2016: 100}
LAW = Law(
    {
        "price-index.ipc": Parameter.model_construct(
            values={
                date(year, 1, 1): DatedValue.model_construct(value=value) for year, value in INDEX.items()
            }
        )
    }
)


def costed(*lines: str, basis: str = "ht", index: str | None = None) -> CostedProposal:
    """Cost lines of works, each given by its other keys, in prices of 2014."""
    common = "section: investissement, nature: works, unit: u, vat: 20 %"
    text = "status: draft\ntimeline: [{id: a, start: 2015-01, end: 2016-12}]\ncosts:\n"
    text += "".join(f"  - {{label: ligne {number}, {common}, {line}}}\n" for number, line in enumerate(lines))
    parsed = parse("p.yaml", text.encode())
    assert parsed.root is not None and not parsed.diagnostics
    read, diagnostics = decode(Proposal, parsed.source, parsed.root)
    assert [d for d in diagnostics if d.severity != "information"] == []
    prices = Prices.model_validate({"year": "2014", "basis": basis} | ({"index": index} if index else {}))
    document = ProposalDocument(read.value, read.node, read.source, read.broken)
    return CostedProposal(document, cost_proposal(read.value, TERM, prices, LAW))


def cost(*lines: str, basis: str = "ht", index: str | None = None) -> Costing:
    return costed(*lines, basis=basis, index=index).costing


def values(amount: Range) -> list[Fraction]:
    return [amount.low.value, amount.central.value, amount.high.value]


def years(line: LineCost, estimate: str = "central") -> list[Fraction]:
    return [getattr(amount, estimate).value for amount in line.ht]


def test_an_index_brings_prices_to_the_year_of_the_edition() -> None:
    """500 cameras at 36 600 € TTC of 2011 cost 500 × 36 600 × 99,9 / 95,5 in 2014, less the VAT, exactly."""
    line = "quantity: 500, unit_cost: 36 600 €, price_year: 2011, spread: {2014: 500}"
    for costing in (cost(f"{line}, index: ipc", basis="ttc"), cost(line, basis="ttc", index="ipc")):
        exact = 500 * 36_600 * Fraction("99.9") / Fraction("95.5") / Fraction("1.2")
        assert years(costing.lines[0]) == [exact, 0, 0, 0, 0, 0]


def test_what_was_paid_outside_the_term_is_brought_to_the_year_of_the_edition_too() -> None:
    """120 € TTC of 2011 are 100 × 99,9 / 95,5 € before VAT in 2014, whether paid in the six years or before."""
    paid = "paid_before: 120 €, paid_after: 12 €, price_year: 2011"
    line = f"quantity: 1, unit_cost: 120 €, spread: {{2014: 1}}, {paid}"
    central = cost(line, basis="ttc", index="ipc").lines[0].estimates[1]
    one = 100 * Fraction("99.9") / Fraction("95.5")
    assert (line_before(central).euros.value, line_late(central).euros.value) == (one, one / 10)


def test_no_other_year_stands_for_one_without_a_value() -> None:
    """A line of 2012 or 2015 is not costed, nor one without an index or with one that there is not: never times 1."""
    line = "quantity: 500, unit_cost: 36 600 €, spread: {2014: 500}, price_year: "
    for keys in ("2012, index: ipc", "2015, index: ipc", "2011, index: bt01", "2011"):
        costing = cost(line + keys)
        assert costing.unknown == (0,) and not costing.is_complete, keys
    assert years(cost(line + "2014").lines[0])[0] == 18_300_000


def test_low_is_low_times_low() -> None:
    """Three quantities at three prices: low × low, central × central, high × high, over a phase and by year."""
    line = "quantity: {low: 1, central: 2, high: 4}, unit_cost: {low: 10 €, central: 20 €, high: 30 €}"
    phase = cost(f"{line}, spread: a").lines[0]
    assert values(phase.ht.total) == [10, 40, 120]
    assert years(phase, "high") == [0, 60, 60, 0, 0, 0]
    by_year = cost(
        f"{line}, spread: {{2015: 0,5, 2016: 1,5}}".replace("0,5", "0.5").replace("1,5", "1.5")
    ).lines[0]
    assert values(by_year.ht.total) == [10, 40, 120]
    assert years(by_year, "low") == [0, Fraction(5, 2), Fraction(15, 2), 0, 0, 0]
    assert years(by_year, "high") == [0, 30, 90, 0, 0, 0]


def test_units_of_no_central_quantity_say_nothing_of_the_high_one() -> None:
    """Where the central quantity is 0 and units are written by year, the line is not known, rather than 0."""
    assert cost("quantity: {low: 0, central: 0, high: 4}, unit_cost: 1 €, spread: {2015: 0}").unknown == (0,)
    assert values(
        cost("quantity: {low: 0, central: 0, high: 4}, unit_cost: 1 €, spread: a").lines[0].ht.total
    ) == [0, 0, 4]


def test_a_ramp_goes_on() -> None:
    """10 in 2015, 60 in 2016, then 150 a year: also after the term, at each of three prices."""
    keys = "recurs: {2015: 10, 2016: 60, then: 150}, unit_cost: {low: 1 €, central: 2 €, high: 4 €}"
    for line in (cost(keys).lines[0], cost(f"{keys}, quantity: 150").lines[0]):
        assert years(line) == [0, 20, 120, 300, 300, 300]
        assert values(line.after_term_per_year) == [150, 300, 600]
    uncertain = cost(f"{keys}, quantity: {{low: 75, central: 150, high: 300}}").lines[0]
    assert years(uncertain, "low") == [0, 5, 30, 75, 75, 75]
    assert values(uncertain.after_term_per_year) == [75, 300, 1_200]
    assert not cost("recurs: {2015: 10, then: 0}, unit_cost: 1 €").lines[0].after_term_per_year


def test_a_scenario_is_one_cost() -> None:
    """Marseille 2014: 27,92, 52,96 and 77,8 M€ though single schools go down; it varies as one sum, and as no other."""
    renovated = "quantity: {low: 111, central: 223, high: 334}, unit_cost: 200 000 €, spread: a"
    groups = "quantity: {low: 1, central: 3, high: 5}, unit_cost: 2 200 000 €, spread: a, scenario: ecoles"
    schools = "quantity: {low: 4, central: 2, high: 0}, unit_cost: 880 000 €, spread: a, scenario: ecoles"
    proposal = costed(f"{renovated}, scenario: ecoles", groups, schools)
    whole = proposal.costing.by_section["investissement"].total
    assert values(whole) == [27_920_000, 52_960_000, 77_800_000]
    sum_of_it = "{low: 27 920 000 €, central: 52 960 000 €, high: 77 800 000 €}"
    one_line = costed(f"quantity: 1, unit_cost: {sum_of_it}, spread: a")
    found, alone = estimate_proposal(proposal), estimate_proposal(one_line)
    assert found is not None and alone is not None
    assert (found.p10, found.p50, found.p80) == (alone.p10, alone.p50, alone.p80)
    assert [one.name for one in found.contributions] == ["ecoles"]
    assert estimate_proposal(costed(schools)) is None


number = st.integers(0, 50)


@given(st.tuples(number, number, number), st.lists(number, min_size=1, max_size=5), number)
def test_estimates_keep_their_order(prices: tuple[int, int, int], units: list[int], then: int) -> None:
    """Whatever a ramp and its prices in order, low ≤ central ≤ high in each year, and years add up to the total."""
    low, central, high = sorted(prices)
    ramp = ", ".join(f"{2014 + index}: {count}" for index, count in enumerate(units))
    line = cost(
        f"recurs: {{{ramp}, then: {then}}}, unit_cost: {{low: {low} €, central: {central} €, high: {high} €}}"
    ).lines[0]
    assert all(amount.low <= amount.central <= amount.high for amount in line.ht)
    assert line.ht.total.central.value == central * (sum(units) + then * (6 - len(units)))
