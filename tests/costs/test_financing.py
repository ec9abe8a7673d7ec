"""Gross → net: VAT, what comes back of it and when, who else pays, what is left to the owner, and what is not known."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, get_args

from hypothesis import given
from hypothesis import strategies as st

from booklet.content.decode import decode
from booklet.content.model.cost_line import Nature
from booklet.content.model.edition import Edition, Organisation, Prices, Territory
from booklet.content.model.proposal import Proposal
from booklet.content.yaml.parse import parse
from booklet.costs.costing import cost_proposal
from booklet.costs.financing import Cells, Financing, finance
from booklet.costs.present_value import present_value
from booklet.costs.unit_costs import per_beneficiary, per_inhabitant, per_tonne
from booklet.law.lookup import Fctva
from booklet.money.amounts import Amounts, total
from booklet.money.calendar import Month, Term
from booklet.money.euros import ZERO, Euros

if TYPE_CHECKING:
    from collections.abc import Mapping

TERM = Term(Month(2020, 7), 2021)
RATES = dict.fromkeys(TERM.years, Decimal("0.16404"))
LINE = (
    "{label: Quai, section: investissement, nature: works, quantity: 1, unit: quai, unit_cost: COST,"
    " spread: {2022: 1}, vat: 20 %, vat_regime: REGIME, evidence: contract}"
)


def proposal(*lines: str, funding: str = "[]", more: str = "") -> Proposal:
    text = (
        "owner: ville\nfunding: " + funding + "\ncosts:\n" + "".join(f"  - {line}\n" for line in lines) + more
    )
    parsed = parse("x.yaml", text.encode())
    assert parsed.root is not None
    return decode(Proposal, parsed.source, parsed.root)[0].value


def line(cost: str = "1 M€", regime: str = "fctva") -> str:
    return LINE.replace("COST", cost).replace("REGIME", regime)


def edition(lag: int | None = 1, base: str = "ht", population: int | None = None) -> Edition:
    owner = Organisation.model_construct(kind="commune", fctva_lag=lag, population=population)
    others = {"region": Organisation.model_construct(kind="region")}
    return Edition.model_construct(
        organisations={"ville": owner, **others},
        funding_base=base,
        territory=Territory.model_construct(population=200_000),
    )


def fctva(rates: Mapping[int, Decimal | None]) -> Fctva:
    """What the law says where it has these rates and no lag."""
    by_year = tuple(rates.get(year) for year in TERM.years)
    return Fctva(dict.fromkeys(("", *get_args(Nature)), by_year), {})


def chain(found: Proposal, of: Edition, rates: dict[int, Decimal | None] | None = None) -> Financing:
    costing = cost_proposal(found, TERM, Prices.model_construct(year=2019, basis="ht"))
    financing = finance(found, costing, of, "investissement", fctva(RATES if rates is None else rates))
    assert financing is not None
    return financing


def euros(amounts: Amounts | None) -> list[Decimal | int] | None:
    return None if amounts is None else [amount.rounded() for amount in amounts]


def net(financing: Financing) -> Euros | None:
    whole = financing.net_cells.whole
    return None if whole is None else Euros.of(whole)


def net_after_term(financing: Financing) -> Euros | None:
    late = financing.net_cells.after_term
    return None if late is None else Euros.of(late)


def test_fctva_of_a_million() -> None:
    """1 M€ HT at 20 % is 1 200 000 € TTC; the FCTVA gives back 196 848 €, so that 1 003 152 € are left, not 1 M€."""
    found = chain(proposal(line()), edition())
    assert found.ttc is not None and net(found) is not None
    assert (total(found.ht), total(found.ttc)) == (Euros.of(1_000_000), Euros.of(1_200_000))
    assert found.fctva_total == Euros.of(196_848)
    assert net(found) == Euros.of(1_003_152)
    assert euros(found.fctva) == [0, 0, 196_848, 0, 0, 0]
    assert euros(found.net_by_year) == [0, 1_200_000, -196_848, 0, 0, 0]
    assert net_after_term(found) == ZERO
    assert found.unknown == ()


def test_fctva_after_the_term() -> None:
    """What is paid back after the six years is in the net of none of them, apart, and in the net of all."""
    found = chain(proposal(line().replace("2022", "2026")), edition(lag=1))
    assert euros(found.fctva) == [0] * 6
    assert (found.fctva_after_term, found.fctva_total) == (Euros.of(196_848), Euros.of(196_848))
    assert euros(found.net_by_year) == [0, 0, 0, 0, 0, 1_200_000]
    assert (net_after_term(found), net(found)) == (Euros.of(-196_848), Euros.of(1_003_152))


def test_an_unknown_lag_leaves_the_years_unknown() -> None:
    """Without the owner's lag the refund and the net are known and their years are not, and a word says so."""
    found = chain(proposal(line()), edition(lag=None))
    assert (found.fctva, found.fctva_after_term, found.net_by_year, net_after_term(found)) == (None,) * 4
    assert (found.fctva_total, net(found)) == (Euros.of(196_848), Euros.of(1_003_152))
    assert found.net_cells == Cells(None, None, Decimal(1_003_152))
    assert [str(message) for message in found.unknown] == [
        "when the FCTVA is paid is not known: the owner has no `fctva_lag`"
    ]


def test_a_lag_matters_only_where_something_comes_back() -> None:
    """Without FCTVA the net is known whatever the lag: VAT that is deducted comes back at once, other VAT never."""
    deducted = chain(proposal(line(regime="assujetti")), edition(lag=None))
    assert euros(deducted.net_by_year) == [0, 1_000_000, 0, 0, 0, 0]
    lost = chain(proposal(line(regime="aucun")), edition(lag=None))
    assert euros(lost.net_by_year) == [0, 1_200_000, 0, 0, 0, 0]


def test_an_unknown_regime_or_rate_leaves_the_net_unknown() -> None:
    """A line that does not say how its VAT comes back, or a year without a rate of the law, is never counted as 0."""
    silent = chain(
        proposal(line().replace("vat_regime: REGIME, ", "").replace("vat_regime: fctva, ", "")), edition()
    )
    assert (net(silent), silent.fctva_total) == (None, None)
    assert [str(message) for message in silent.unknown] == ["the VAT regime of `Quai` is not known"]
    unknown = chain(proposal(line()), edition(), {**RATES, 2022: None})
    assert (net(unknown), unknown.fctva_total) == (None, None)
    assert [str(message) for message in unknown.unknown] == ["the FCTVA rate of 2022 is not known"]


def test_an_unknown_vat_rate_leaves_what_needs_it_unknown() -> None:
    """A line without `vat` has no TTC and no net; its price without VAT is known all the same."""
    for regime in ("fctva", "assujetti"):
        found = chain(proposal(line(regime=regime).replace("vat: 20 %, ", "")), edition())
        assert (found.vat, found.ttc, net(found)) == (None, None, None)
        assert total(found.ht) == Euros.of(1_000_000)
        assert found.unknown


def test_funders_by_status_and_own_share() -> None:
    """Grants are added by status; a loan is the owner's own money; the FCTVA is no funder."""
    plan = """
  - {funder: region, form: grant, section: investissement, share: 30 %, status: acquis}
  - {funder: region, form: grant, section: investissement, amount: 100 000 €, status: espere, year: 2023}
  - {funder: region, form: loan, section: investissement, share: 40 %, status: acquis}"""
    found = chain(proposal(line(), funding=plan), edition())
    assert found.by_status("acquis") == Euros.of(300_000)
    assert found.by_status("espere") == Euros.of(100_000)
    assert (found.by_status("notifie"), found.by_status("sollicite")) == (ZERO, ZERO)
    assert euros(found.co_funded) == [0, 300_000, 100_000, 0, 0, 0]
    assert euros(found.own_share) == [0, 700_000, -100_000, 0, 0, 0]
    assert net(found) == Euros.of(1_003_152 - 400_000)


def test_shares_are_of_the_base_that_the_edition_names() -> None:
    """A share of 50 % is of the price without VAT, or with it where `funding_base` says so."""
    plan = "[{funder: region, form: grant, section: investissement, share: 50 %, status: acquis}]"
    of_ht, of_ttc = (chain(proposal(line(), funding=plan), edition(base=base)) for base in ("ht", "ttc"))
    assert (of_ht.gross, of_ht.by_status("acquis")) == (Euros.of(1_000_000), Euros.of(500_000))
    assert (of_ttc.gross, of_ttc.by_status("acquis")) == (Euros.of(1_200_000), Euros.of(600_000))


REVENUE = (
    "revenues:\n  - {label: Tickets, section: investissement, nature: service, quantity: QUANTITY, unit: ticket,"
    " unit_cost: 7.31 €, recurs: {from: 2023-02}, vat: 10 %, vat_regime: aucun, evidence: expert}\n"
)


def test_a_revenue_is_taken_off_the_net() -> None:
    """A revenue counts HT in its years; one that is not known leaves the net unknown, and nothing else."""
    earning = proposal(line(), more=REVENUE.replace("QUANTITY", "1200"))
    found = chain(earning, edition())
    assert euros(found.earned) == [0, 0, 8_041, 8_772, 8_772, 8_772]
    assert net(found) == Euros.of(1_003_152 - 8_041 - 3 * 8_772)
    assert found.own_share is not None and total(found.own_share) == Euros.of(1_000_000)
    silent = chain(proposal(line(), more=REVENUE.replace(" quantity: QUANTITY,", "")), edition())
    assert (silent.earned, net(silent), silent.net_by_year) == (None, None, None)
    assert silent.fctva_total == Euros.of(196_848)
    assert [str(message) for message in silent.unknown] == ["a revenue is not known"]


@given(
    costs=st.lists(st.integers(1, 10**10), min_size=1, max_size=4),
    regimes=st.lists(st.sampled_from(["fctva", "assujetti", "aucun"]), min_size=4, max_size=4),
    lag=st.integers(0, 8),
    share=st.integers(0, 100),
    tickets=st.integers(0, 10**6),
)
def test_every_euro_is_paid_by_somebody(
    costs: list[int], regimes: list[str], lag: int, share: int, tickets: int
) -> None:
    """TTC is what the owner pays, plus what comes back, is given and comes in: exactly, and in cents as written."""
    lines = [
        line(f"{cost / 100:.2f} €", regime).replace("spread: {2022: 1}", "recurs: {from: 2021-05}")
        for cost, regime in zip(costs, regimes, strict=False)
    ]
    plan = f"[{{funder: region, form: grant, section: investissement, share: {share} %, status: acquis}}]"
    spending = proposal(*lines, funding=plan, more=REVENUE.replace("QUANTITY", str(tickets)))
    found, lost = chain(spending, edition(lag=lag)), chain(spending, edition(lag=None))
    assert found.ttc is not None and found.fctva is not None
    assert found.co_funded is not None and found.fctva_after_term is not None and found.earned is not None
    assert found.fctva_total == total(found.fctva) + found.fctva_after_term
    returned = (*found.deducted_vat, *found.fctva, found.fctva_after_term, *found.co_funded, *found.earned)
    exact_net = total(found.ttc) - total(returned)
    assert found.own_share is not None and found.gross == total(found.own_share) + total(found.co_funded)
    # the years and what comes after them are the whole, whatever the lag
    assert found.net_by_year is not None and net(found) == net(lost)
    assert total(found.net_by_year) - found.fctva_after_term == exact_net <= total(found.ttc)
    for written, without_lag, exact in (
        (found.net_cells, lost.net_cells, exact_net),
        (found.fctva_cells, lost.fctva_cells, found.fctva_total),
    ):
        assert written.by_year is not None and written.after_term is not None
        assert sum(written.by_year) + written.after_term == written.whole == without_lag.whole
        assert written.whole is not None and exact is not None
        # six steps of six years, each within half a cent
        assert abs(Fraction(written.whole) - exact.value) <= Fraction(36, 200)


def test_present_value_halves_in_22_years() -> None:
    """At 3.2 % a euro of 22 years later is worth half a euro: 1.032^-22 = 0.50009; the rate stays beside it."""
    worth = present_value({2043: Euros.of(1)}, Decimal("0.032"), 2021)
    assert worth.amount.value == 1 / Fraction("1.032") ** 22
    assert round(worth.amount.value, 5) == Fraction("0.50009")
    assert (worth.rate, worth.year) == (Decimal("0.032"), 2021)


def test_present_value_of_the_first_year_is_the_amount() -> None:
    """Only later years are discounted; amounts add up."""
    worth = present_value({2021: Euros.of(100), 2022: Euros.of(110)}, Decimal("0.1"), 2021)
    assert worth.amount == Euros.of(200)


def test_cost_per_inhabitant_beneficiary_and_tonne() -> None:
    """Per inhabitant of the owner, else of the territory; per beneficiary; per tonne over the years of the term."""
    found = proposal(
        line(), more="beneficiaries: {who: tous, number: 500}\ncarbon: {tonnes_per_year: 50, from: 2025}\n"
    )
    amount = Euros.of(1_000_000)
    assert per_inhabitant(amount, found, edition(population=100_000)) == Euros.of(10)
    assert per_inhabitant(amount, found, edition()) == Euros.of(5)
    assert per_beneficiary(amount, found) == Euros.of(2_000)
    assert per_tonne(amount, found, TERM.years) == Euros.of(10_000)


def test_what_nobody_counted_is_not_divided() -> None:
    """Without a number of beneficiaries or tonnes avoided there is no cost of each."""
    nothing, worse = proposal(line()), proposal(line(), more="carbon: {tonnes_per_year: -5, from: 2022}\n")
    late = proposal(line(), more="carbon: {tonnes_per_year: 5, from: 2030}\n")
    assert per_beneficiary(Euros.of(1), nothing) is None
    assert [per_tonne(Euros.of(1), one, TERM.years) for one in (nothing, worse, late)] == [None, None, None]
