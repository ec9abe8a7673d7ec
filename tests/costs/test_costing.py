"""What a proposal costs, asserted as figures computed by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.decode import decode
from booklet.content.model.edition import Prices
from booklet.content.model.proposal import SECTIONS, CostLine, Proposal
from booklet.content.yaml.parse import parse
from booklet.costs.costing import Costing, cost_proposal
from booklet.money.calendar import Month, Period, Term, Yearly
from booklet.money.euros import Euros, Range

TERM = Term(Month(2020, 7), 2021)
HT, TTC = (Prices.model_validate({"year": "2019", "basis": basis}) for basis in ("ht", "ttc"))
LINE = "  - {label: x, section: investissement, nature: works, quantity: 1, unit: u, vat: 20 %, "


def cost(text: str, prices: Prices | None = HT) -> Costing:
    parsed = parse("p.yaml", f"status: draft\n{text}".encode())
    assert parsed.root is not None and not parsed.diagnostics
    document, diagnostics = decode(Proposal, parsed.source, parsed.root)
    assert [d for d in diagnostics if d.severity != "information"] == []
    return cost_proposal(document.value, TERM, prices)


def central(yearly: Yearly) -> list[Fraction]:
    return [amount.central.value for amount in yearly]


def known(yearly: Yearly | None) -> Yearly:
    assert yearly is not None
    return yearly


def test_a_phase_gives_each_month_the_same_part() -> None:
    """Eighteen months from October 2021 to March 2023: 3, 12 and 3 of them; 180 000 € is 10 000 € a month."""
    costing = cost(
        "timeline: [{id: a, start: 2021-10, end: 2023-03}]\n"
        f"costs:\n{LINE} unit_cost: {{low: 90 000 €, central: 180 000 €, high: 360 000 €}}, spread: a}}\n"
    )
    line = costing.lines[0]
    assert central(line.ht) == [30_000, 120_000, 30_000, 0, 0, 0]
    assert [amount.low.value for amount in line.ht] == [15_000, 60_000, 15_000, 0, 0, 0]
    assert [amount.high.value for amount in line.ht] == [60_000, 240_000, 60_000, 0, 0, 0]
    assert central(known(line.ttc)) == [36_000, 144_000, 36_000, 0, 0, 0]
    assert not line.after_term_per_year


def test_thirds_are_exact() -> None:
    """100 € over three months of two years is 100/3 and 200/3, and not a cent is lost."""
    line = cost(
        f"timeline: [{{id: a, start: 2021-12, end: 2022-02}}]\ncosts:\n{LINE} unit_cost: 100 €, spread: a}}\n"
    ).lines[0]
    assert central(line.ht) == [Fraction(100, 3), Fraction(200, 3), 0, 0, 0, 0]
    assert line.ht.total.central == Euros.of(100)


def test_units_per_year_are_paid_in_their_year() -> None:
    """Forty, seventy and forty crossroads at 18 000 € are 720 000, 1 260 000 and 720 000 €."""
    text = LINE.replace("quantity: 1,", "quantity: 150,")
    line = cost(f"costs:\n{text} unit_cost: 18 000 €, spread: {{2022: 40, 2023: 70, 2024: 40}}}}\n").lines[0]
    assert central(line.ht) == [0, 720_000, 1_260_000, 720_000, 0, 0]


def test_a_recurring_line_is_prorated_then_goes_on() -> None:
    """150 contracts of 900 € from July 2024: half of 135 000 € the first year, all of it later and after the term."""
    line = cost(
        "costs:\n  - {section: fonctionnement, nature: service, quantity: 150, unit_cost: 900 €,"
        " recurs: {from: 2024-07}, vat: 20 %}\n"
    ).lines[0]
    assert central(line.ht) == [0, 0, 0, 67_500, 135_000, 135_000]
    assert line.after_term_per_year == Range.constant(Euros.of(135_000))


@pytest.mark.parametrize(
    ("recurs", "years", "after"),
    [
        ("{from: 2022-01, until: 2023-03}", [0, 1200, 300, 0, 0, 0], 0),
        ("{from: 2025-12, until: 2026-12}", [0, 0, 0, 0, 100, 1200], 0),
        ("{from: 2025-12, until: 2027-01}", [0, 0, 0, 0, 100, 1200], 1200),
        ("{from: 2026-12}", [0, 0, 0, 0, 0, 100], 1200),
        ("{from: 2021-01, until: 2021-01}", [100, 0, 0, 0, 0, 0], 0),
        ("{from: 2020-07}", [1200] * 6, 1200),
        ("{from: 2027-01}", [0] * 6, 1200),
        ("{from: 2027-02}", [0] * 6, 0),
        ("{from: 2023-05, until: 2023-01}", [0] * 6, 0),
    ],
)
def test_until_is_included_and_january_decides_what_goes_on(
    recurs: str, years: list[int], after: int
) -> None:
    """A month is a twelfth, both ends bear one; what runs in the January after the term costs a full year then."""
    line = cost(f"costs:\n{LINE} unit_cost: 1 200 €, recurs: {recurs}}}\n").lines[0]
    assert central(line.ht) == years
    assert line.after_term_per_year.central == Euros.of(after)


def test_months_outside_the_budget_years_are_not_moved() -> None:
    """A phase from November 2020 to February 2021 leaves half of its cost outside, which C103 tells."""
    line = cost(
        f"timeline: [{{id: a, start: 2020-11, end: 2021-02}}]\ncosts:\n{LINE} unit_cost: 400 €, spread: a}}\n"
    ).lines[0]
    assert central(line.ht) == [200, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("prices", "price", "ht", "ttc"),
    [(HT, "", 120, 144), (TTC, "", 100, 120), (HT, "price: ttc,", 100, 120), (TTC, "price: ht,", 120, 144)],
)
def test_both_bases_of_price(prices: Prices, price: str, ht: int, ttc: int) -> None:
    """The edition's basis holds unless the line has its own: 120 € TTC at 20 % are 100 € HT, 120 € HT are 144 € TTC."""
    line = cost(f"costs:\n{LINE} {price} unit_cost: 120 €, spread: {{2021: 1}}}}\n", prices).lines[0]
    assert line.ht[2021].central == Euros.of(ht)
    assert known(line.ttc)[2021].central == Euros.of(ttc)


def test_vat_of_a_million() -> None:
    """1 M€ HT at 20 % is 1 200 000 € TTC (costing.md §1.3, the FCTVA's base)."""
    costing = cost(f"costs:\n{LINE} unit_cost: 1 M€, spread: {{2022: 1}}}}\n")
    assert costing.ttc_by_section is not None
    assert costing.ttc_by_section["investissement"].total.central == Euros.of(1_200_000)
    assert costing.by_section["investissement"].total.central == Euros.of(1_000_000)


def test_staff_bears_no_vat() -> None:
    """Two posts at 55 000 € cost the same HT and TTC."""
    line = cost(
        "costs:\n  - {section: fonctionnement, nature: staff, quantity: 2, unit: ETP, unit_cost: 55 000 €,"
        " recurs: {from: 2022-07}}\n",
        TTC,
    ).lines[0]
    assert central(line.ht) == central(known(line.ttc)) == [0, 55_000, 110_000, 110_000, 110_000, 110_000]


def test_sections_stay_apart_and_add_up() -> None:
    """Investment and operation never mix; the full year after the term holds both, without VAT and with it."""
    costing = cost(
        f"costs:\n{LINE} unit_cost: 500 €, spread: {{2021: 1}}}}\n"
        f"{LINE} unit_cost: 250 €, spread: {{2021: 1, 2022: 1}}}}\n"
        "  - {section: fonctionnement, nature: service, quantity: 1, unit_cost: 60 €, vat: 10 %,"
        " recurs: {from: 2022-01}}\n"
    )
    assert central(costing.by_section["investissement"]) == [750, 250, 0, 0, 0, 0]
    assert central(costing.by_section["fonctionnement"]) == [0, 60, 60, 60, 60, 60]
    assert costing.after_term_per_year.central == Euros.of(60)
    assert costing.after_term_ttc("fonctionnement").central == Euros.of(66)


def test_revenues_are_never_netted() -> None:
    """A revenue is costed like a cost and stands apart: the costs are what they were."""
    text = f"costs:\n{LINE} unit_cost: 500 €, spread: {{2021: 1}}}}\n"
    revenue = (
        "revenues:\n"
        + LINE.replace("investissement", "fonctionnement")
        + "unit_cost: 120 €, recurs: {from: 2026-07}}\n"
    )
    alone, both = cost(text), cost(text + revenue)
    assert alone.by_section == both.by_section
    assert central(both.revenues[0].ht) == [0, 0, 0, 0, 0, 60]


@pytest.mark.parametrize(
    "line",
    [
        "{section: investissement, quantity: 1, unit_cost: 5 €, vat: 20 %}",
        "{section: investissement, quantity: 1, unit_cost: 5 €, vat: 20 %, spread: absent}",
        "{section: investissement, quantity: 1, vat: 20 %, spread: {2021: 1}}",
        "{section: investissement, unit_cost: 5 €, vat: 20 %, spread: {2021: 1}}",
        "{quantity: 1, unit_cost: 5 €, vat: 20 %, spread: {2021: 1}}",
        "{section: investissement, quantity: 1, unit_cost: {low: 1 €, high: 5 €}, vat: 20 %, spread: {2021: 1}}",
        "{section: investissement, quantity: 1, unit_cost: 5 €, price: ttc, nature: works, spread: {2021: 1}}",
        "{section: investissement, quantity: 1, unit_cost: 5 €, vat: 20 %, recurs: {until: 2022-01}}",
    ],
)
def test_a_line_with_a_hole_is_unknown_not_zero(line: str) -> None:
    """A line that lacks what its sum needs is listed as unknown, and the sums of the proposal are not complete."""
    costing = cost(f"costs:\n{LINE} unit_cost: 500 €, spread: {{2021: 1}}}}\n  - {line}\n")
    assert costing.unknown == (1,)
    assert not costing.is_complete
    assert [cost.index for cost in costing.lines] == [0]


def test_no_line_is_not_zero() -> None:
    """A proposal without a cost line, or without a price basis, has no known cost."""
    assert not cost("title: x\n").is_complete
    assert not cost(f"costs:\n{LINE} unit_cost: 500 €, spread: {{2021: 1}}}}\n", None).is_complete


def test_without_a_rate_the_price_with_vat_is_unknown() -> None:
    """A line without its VAT rate has a price HT; what it costs with VAT is unknown, and so is the sum."""
    costing = cost(
        "costs:\n  - {section: investissement, nature: works, quantity: 1, unit_cost: 5 €, spread: {2021: 1}}\n"
    )
    assert costing.is_complete
    assert costing.lines[0].ttc is None and costing.ttc_by_section is None


MONTHS = st.integers(0, 71).map(lambda months: Month(2021, 1).plus(months))


@st.composite
def lines(draw: st.DrawFn) -> dict[str, object]:
    """Draw a cost line that lies in the term."""
    low = draw(st.integers(0, 10**6))
    estimates = {"low": low, "central": low + draw(st.integers(0, 10**6)), "high": 2 * 10**6}
    start = draw(MONTHS)
    end = draw(MONTHS.filter(lambda month: month >= start))
    shape: dict[str, object] = draw(
        st.sampled_from(
            [
                {"spread": f"{start}.{end}"},
                {"recurs": {"from": str(start)}},
                {"spread": {"2021": "1", "2026": "2"}},
            ]
        )
    )
    return {
        "section": draw(st.sampled_from(SECTIONS)),
        "quantity": str(draw(st.integers(0, 999))),
        "unit_cost": {name: str(amount) for name, amount in estimates.items()},
        "vat": draw(st.sampled_from(["20 %", "5,5 %", "0 %"])),
        "price": draw(st.sampled_from(["ht", "ttc"])),
        **shape,
    }


def proposal_of(raw: list[dict[str, object]]) -> Proposal:
    value = Proposal.model_validate({"costs": raw})
    names = {line.spread for line in value.costs if isinstance(line.spread, str)}
    timeline = [{"id": "a", "start": name[:7], "end": name[8:]} for name in sorted(names)]
    phases = Proposal.model_validate({"timeline": timeline}).timeline
    renamed = tuple(
        phase.model_copy(update={"id": name}) for phase, name in zip(phases, sorted(names), strict=True)
    )
    return value.model_copy(update={"timeline": renamed})


@given(st.lists(lines(), min_size=1, max_size=5))
def test_sums_over_years_equal_sums_over_sections(raw: list[dict[str, object]]) -> None:
    """Adding lines by section then year, or line by line, gives the same exact total, without VAT and with it."""
    costing = cost_proposal(proposal_of(raw), TERM, HT)
    assert costing.is_complete and costing.ttc_by_section is not None
    for sections, by_line in (
        (costing.by_section, [line.ht for line in costing.lines]),
        (costing.ttc_by_section, [known(line.ttc) for line in costing.lines]),
    ):
        for name in ("low", "central", "high"):
            by_section = sum(getattr(section.total, name).value for section in sections.values())
            by_year = sum(getattr(yearly[year], name).value for yearly in by_line for year in TERM.years)
            assert by_section == by_year
        for yearly in sections.values():
            assert all(amount.low <= amount.central <= amount.high for amount in yearly)


@given(lines().filter(lambda raw: isinstance(raw.get("spread"), str)))
def test_a_phase_inside_the_term_bears_the_whole_cost(raw: dict[str, object]) -> None:
    """What is spread over months of the term is quantity × unit cost, to the last fraction of a cent."""
    proposal = proposal_of([raw])
    line = proposal.costs[0]
    costing = cost_proposal(proposal, TERM, HT)
    assert line.unit_cost and line.unit_cost.range and line.quantity is not None and line.vat is not None
    whole = (
        line.unit_cost.range * line.quantity * (1 / (1 + Fraction(line.vat)) if line.price == "ttc" else 1)
    )
    assert costing.lines[0].ht.total == whole


@given(MONTHS, st.integers(0, 10**6))
def test_a_recurring_line_bears_a_twelfth_a_month(start: Month, amount: int) -> None:
    """From its first month to the end of the term a recurring line bears as many twelfths as there are months."""
    line = CostLine.model_validate(
        {
            "section": "fonctionnement",
            "quantity": "1",
            "unit_cost": str(amount),
            "recurs": {"from": str(start)},
        }
    )
    costing = cost_proposal(Proposal(costs=()).model_copy(update={"costs": (line,)}), TERM, HT)
    months = Period(start, TERM.end).months
    assert costing.lines[0].ht.total.central.value == Fraction(amount * months, 12)
    assert costing.lines[0].after_term_per_year.central == Euros.of(Decimal(amount))
