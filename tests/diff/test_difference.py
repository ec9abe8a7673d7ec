"""Two states of a programme differ by causes that add up, and by nothing that is not a change."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.model.proposal import SECTIONS
from booklet.diff.cause_words import describe_cause, tell
from booklet.diff.causes import explain_lines, round_causes
from booklet.diff.change import ProposalChange, printed_cells
from booklet.diff.compare import compare
from booklet.diff.matching import Room, match_lines
from booklet.diff.sentences import closing, consequences
from booklet.diff.snapshot import NotCosts, SavedCosts, SavedLine, read_costs
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT
from tests.samples.revisions import costs_of, difference_of, is_empty, write_repository
from tests.samples.workspace import Sample, write_proposal, write_small

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from booklet.diff.cause import Cause, SectionYear
    from booklet.diff.difference import Difference

BUS = "mobilite/armoires.yaml"
#: half of a character, which no output can hold
SURROGATE = '{"version": 1, "years": [], "proposals": [], "organisations": {"a": "\\ud800"}}'
YEARS = tuple(range(2021, 2027))
RECURRING = """\
costs:
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 1
    unit: an
    unit_cost: 12 000 €
    recurs: {from: 2022-01}
    vat: 20 %
    vat_regime: aucun
    evidence: expert
    assumption: essai
"""


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The small workspace, its first state committed and tagged `first`."""
    return write_repository(tmp_path)


def only(difference: Difference) -> ProposalChange:
    assert len(difference.changes) == 1
    return difference.changes[0]


def told(change: ProposalChange, measure: str = "cost") -> dict[str, Decimal]:
    return {cause.key: cause.total for cause in change.causes if cause.measure == measure}


def add_causes(causes: tuple[Cause, ...]) -> dict[SectionYear, Decimal]:
    cells: dict[SectionYear, Decimal] = defaultdict(Decimal)
    for cause in causes:
        for cell, amount in cause.amounts.items():
            cells[cell] += amount
    return {cell: amount for cell, amount in cells.items() if amount}


def rewrite(costs: SavedCosts, change: Callable[[dict[str, Any]], None]) -> SavedCosts:
    """Change the JSON of a state by hand."""
    document = json.loads(costs.model_dump_json(by_alias=True))
    change(document)
    return read_costs(json.dumps(document))


def test_a_state_does_not_differ_from_itself() -> None:
    """The published example, compared with itself, has nothing to say."""
    costs = costs_of(ROOT)
    difference = compare(costs, costs)
    assert is_empty(difference)
    assert difference.total == 0
    assert difference.unchanged == sum(proposal.is_ready for proposal in costs.proposals)


@pytest.mark.parametrize(
    ("old", "new", "kind", "total"),
    [
        ("quantity: 10", "quantity: 12", "quantity", 24_000),
        ("central: 12 000 €", "central: 12 500 €", "unit-cost", 5_000),
        ("    vat: 20 %", "    vat: 20 %\n    price: ttc", "price-basis", -20_000),
        ("    vat: 20 %", "    vat: 10 %", "vat", 0),
        ("end: 2022-12", "end: 2023-12", "timing", 0),
        ("section: investissement", "section: fonctionnement", "section", 0),
        ("low: 9 000 €", "low: 8 000 €", "range", 0),
        ("quantity: 10", "quantity: {low: 8, central: 10, high: 12}", "quantity-range", 0),
        ("    vat: 20 %", "    vat: 20 %\n    scenario: armoires", "scenario", 0),
        ("label: Armoire", "label: Armoire neuve", "label", 0),
        ("evidence: benchmark", "evidence: contract", "evidence", 0),
        ("    source: bilan-2018", "    assumption: un essai", "source", 0),
    ],
)
def test_each_cause_is_named(sample: Sample, old: str, new: str, kind: str, total: int) -> None:
    """One change of one line has one cause of cost, with its effect."""
    sample.edit(BUS, old, new)
    change = only(difference_of(sample.root, "first"))
    causes = told(change)
    assert causes.pop(kind) == total
    assert not any(causes.values())
    assert change.total == total


def test_money_moved_between_years_is_timing(sample: Sample) -> None:
    """Money that is paid later at an equal total is no increase, and each year says what it loses or gains."""
    sample.edit(BUS, "start: 2021-01, end: 2022-12", "start: 2022-01, end: 2023-12")
    difference = difference_of(sample.root, "first")
    (cause,) = [cause for cause in only(difference).causes if cause.key == "timing"]
    assert cause.by_year == {2021: -60_000, 2023: 60_000}
    assert difference.total == 0
    assert not is_empty(difference)


def test_a_line_that_runs_longer_is_no_shift(sample: Sample) -> None:
    """A recurring cost that starts a year earlier costs a year more."""
    path = sample.proposal("armoires")
    whole = path.read_text("utf-8")
    start, end = whole.index("costs:"), whole.index("funding:")
    path.write_text(whole[:start] + RECURRING + whole[end:], "utf-8")
    before = costs_of(sample.root)
    sample.edit(BUS, "from: 2022-01", "from: 2021-01")
    assert told(only(compare(before, costs_of(sample.root)))) == {"duration": 12_000}


def test_units_by_year_count_where_they_are_written(sample: Sample) -> None:
    """Units added to one year raise the quantity in that year only: no money seems to move."""
    sample.edit(BUS, "spread: pose", "spread: {2021: 4, 2022: 6}")
    before = costs_of(sample.root)
    sample.edit(BUS, "spread: {2021: 4, 2022: 6}", "spread: {2021: 4, 2022: 9}")
    sample.edit(BUS, "quantity: 10", "quantity: 13")
    change = only(compare(before, costs_of(sample.root)))
    (cause,) = [cause for cause in change.causes if cause.measure == "cost"]
    assert (cause.key, cause.by_year) == ("quantity", {2022: Decimal(36_000)})


def test_a_line_without_units_hides_no_cause(sample: Sample) -> None:
    """Land paid before the term has 0 units in it: the other line still says why it changed, units that come count."""
    land = (
        "costs:\n  - {label: Terrain, section: investissement, nature: land, quantity: 0, unit: lot, "
        "unit_cost: 1 000 €, vat: 0 %, spread: {2021: 0}, paid_before: 9 000 €, evidence: expert, assumption: essai}\n"
    )
    sample.edit(BUS, "costs:\n", land)
    before = costs_of(sample.root)
    sample.edit(BUS, "quantity: 10", "quantity: 13")
    assert told(only(compare(before, costs_of(sample.root)))) == {"quantity": 36_000}
    sample.edit(BUS, "quantity: 13", "quantity: 10")
    sample.edit(BUS, "quantity: 0, unit", "quantity: 3, unit")
    sample.edit(BUS, "spread: {2021: 0}", "spread: {2021: 3}")
    assert told(only(compare(before, costs_of(sample.root)))) == {"quantity": 3_000}


def test_a_ramp_that_falls_to_nothing_says_why_it_changed(sample: Sample) -> None:
    """10 units in 2021, 5 in 2022 and none from then on have causes: another price, and units that go on."""
    path = sample.proposal("armoires")
    whole = path.read_text("utf-8")
    start, end = whole.index("costs:"), whole.index("funding:")
    ramp = (
        "costs:\n  - {label: Cantine, section: fonctionnement, nature: service, unit: enfant, unit_cost: 1 000 €, "
        "vat: 20 %, recurs: {2021: 10, 2022: 5, then: 0}, evidence: contract, assumption: essai}\n"
    )
    path.write_text(whole[:start] + ramp + whole[end:], "utf-8")
    before = costs_of(sample.root)
    sample.edit(BUS, "then: 0", "then: 3")
    assert told(only(compare(before, costs_of(sample.root)))) == {"quantity": 12_000}
    sample.edit(BUS, "then: 3", "then: 0")
    sample.edit(BUS, "1 000 €", "2 000 €")
    assert told(only(compare(before, costs_of(sample.root)))) == {"unit-cost": 15_000}


def test_an_index_is_a_cause_of_its_own(sample: Sample) -> None:
    """120 000 € of 2015, brought to 2019 by an index that rose by a tenth, cost 12 000 € more; its values show."""
    (sample.root / "proposals/parameters.yaml").write_text(
        "price-index.tp01:\n  description: Travaux publics\n  unit: base 100\n  values:\n"
        "    2015-01-01: {value: 100, known_from: 2016-01-01}\n"
        "    2019-01-01: {value: 110, known_from: 2020-01-01}\n",
        "utf-8",
    )
    sample.edit(BUS, "    vat: 20 %", "    vat: 20 %\n    price_year: 2015\n    index: tp01")
    change = only(difference_of(sample.root, "first"))
    assert told(change) == {"price-year": 12_000}
    sample.edit(BUS, "\n    index: tp01", "")
    sample.edit("edition.yaml", "basis: ht}", "basis: ht, index: tp01}")
    assert told(only(difference_of(sample.root, "first"))) == {"price-year": 12_000}
    assert describe_cause(change.causes[0], ENGLISH) == "year of the prices (prices of 2015 × 1.10)"


def test_a_ramp_that_grows_is_a_quantity(sample: Sample) -> None:
    """One unit more in each year after 2022, in the term and after it: 4 × 12 000 €, and no shift in time."""
    sample.edit(BUS, "spread: pose", "recurs: {2021: 4, 2022: 6, then: 10}")
    before = costs_of(sample.root)
    sample.edit(BUS, "recurs: {2021: 4, 2022: 6, then: 10}", "recurs: {2021: 4, 2022: 6, then: 11}")
    sample.edit(BUS, "quantity: 10", "quantity: 11")
    (cause,) = [one for one in only(compare(before, costs_of(sample.root))).causes if one.measure == "cost"]
    assert (cause.key, cause.by_year) == ("quantity", dict.fromkeys(YEARS[2:], Decimal(12_000)))


def test_lines_come_and_go(sample: Sample) -> None:
    """A line that was added and one that was taken away are told apart, whatever their order."""
    before = costs_of(sample.root)
    sample.edit(BUS, "costs:\n", RECURRING)
    with_both = costs_of(sample.root)
    assert told(only(compare(before, with_both))) == {"new-line": 60_000}
    assert told(only(compare(with_both, before))) == {"removed-line": -60_000}


def test_a_source_that_changed_is_a_cause(sample: Sample) -> None:
    """A bibliography entry with another year is told on every line that cites it."""
    before = costs_of(sample.root)
    sample.edit("sources.yaml", "year: 2018", "year: 2019")
    difference = compare(before, costs_of(sample.root))
    assert difference.changed_sources == ("bilan-2018",)
    assert {cause.key for change in difference.changes for cause in change.causes} == {"source-content"}
    assert len(difference.changes) == 3


def test_a_renamed_proposal_is_recognised(sample: Sample) -> None:
    """A proposal under another id, title and domain is renamed, neither removed nor new."""
    path = sample.proposal("armoires")
    target = sample.root / "proposals" / "ecologie" / "coffrets.yaml"
    path.rename(target)
    sample.edit("ecologie/coffrets.yaml", "label: Armoire", "label: Coffret")
    change = only(difference_of(sample.root, "first"))
    assert (change.kind, change.id, change.total) == ("renamed", "coffrets", Decimal(0))
    assert change.before is not None
    assert change.before.id == "armoires"


def test_another_proposal_is_not_a_renamed_one(sample: Sample) -> None:
    """A proposal that replaces another with other lines is new, and the other is removed."""
    sample.proposal("armoires").unlink()
    text = f"title: Planter sans rien couper\nstatus: ready\n{RECURRING}"
    write_proposal(sample.root, "ecologie", "planter", text)
    difference = difference_of(sample.root, "first")
    assert {change.id: change.kind for change in difference.changes} == {
        "planter": "new",
        "armoires": "removed",
    }
    assert difference.total == 60_000 - 120_000


def test_drafts_are_told_apart(sample: Sample) -> None:
    """A change of a draft is in no total; a draft that becomes ready brings all it costs."""
    sample.edit(BUS, "status: ready", "status: draft")
    as_draft = costs_of(sample.root)
    sample.edit(BUS, "quantity: 10", "quantity: 20")
    difference = compare(as_draft, costs_of(sample.root))
    assert (difference.changes, difference.total) == ((), Decimal(0))
    assert [told(change) for change in difference.drafts] == [{"quantity": 120_000}]
    sample.edit(BUS, "status: draft", "status: ready")
    change = only(compare(as_draft, costs_of(sample.root)))
    assert (change.kind, change.total, change.total_before) == ("became-ready", Decimal(240_000), Decimal(0))
    assert told(change) == {"became-ready": 240_000}


def test_an_unknown_cost_is_never_zero(sample: Sample) -> None:
    """A proposal whose cost became unknown changes by an unknown amount, and is in neither total."""
    sample.edit(BUS, "    quantity: 10\n", "")
    difference = difference_of(sample.root, "first")
    change = only(difference)
    assert (change.total, change.own_share, change.after_term) == (None, None, None)
    assert [cause.key for cause in change.causes] == ["became-unknown"]
    assert difference.not_comparable == (change,)
    assert [totals["investissement"] for totals in difference.totals] == [240_000, 240_000]


def test_a_file_that_cannot_be_read_is_not_a_removed_proposal(sample: Sample) -> None:
    """A proposal with broken YAML is said to be unread, and stays out of both totals."""
    sample.proposal("armoires").write_text("title: [\n", "utf-8")
    difference = difference_of(sample.root, "first")
    assert (difference.changes, difference.unread, difference.total) == ((), ("armoires",), Decimal(0))


FUNDED = """\
funding:
  - {funder: ville, form: grant, section: investissement, share: 30 %, status: sollicite}
  - {funder: ville, form: loan, section: investissement, share: 20 %, status: acquis}
"""


@pytest.mark.parametrize(
    ("old", "new", "causes", "own"),
    [
        ("quantity: 10", "quantity: 20", {"follows-cost": 36_000}, 84_000),
        ("share: 30 %", "share: 50 %", {"share": 24_000}, -24_000),
        ("share: 30 %", "amount: 10 000 €", {"share": -26_000}, 26_000),
        ("form: grant", "form: loan", {"form": -36_000}, 36_000),
        ("status: sollicite", "status: acquis", {"status": 0}, 0),
        ("share: 20 %", "share: 60 %", {"share": 0}, 0),
    ],
)
def test_funding_has_its_own_causes(
    sample: Sample, old: str, new: str, causes: dict[str, int], own: int
) -> None:
    """What others give changes with the cost or with the plan; a loan changes nothing of the own share."""
    sample.edit(BUS, "funding: []\n", FUNDED)
    before = costs_of(sample.root)
    sample.edit(BUS, old, new)
    change = only(compare(before, costs_of(sample.root)))
    assert told(change, "funding") == causes
    assert change.funding == sum(causes.values())
    assert change.own_share == own


def test_a_changed_law_is_a_cause(sample: Sample) -> None:
    """A rate of the law that an edition replaces changes the FCTVA, not the cost, and is named with its effect."""
    before = costs_of(sample.root)
    rate = "{value: 10 %, reference: essai, known_from: 2019-01-01}"
    (sample.root / "proposals" / "parameters.yaml").write_text(
        f"fctva.rate: {{description: Taux, unit: part du TTC, values: {{2019-01-01: {rate}}}}}\n", "utf-8"
    )
    difference = compare(before, costs_of(sample.root))
    assert {id for id, *_ in difference.changed_parameters} == {"fctva.rate"}
    assert difference.total == 0
    for change in difference.changes:
        assert told(change, "fctva") == {"law": Decimal("-9221.76")}  # 144 000 € TTC × (10 % − 16.404 %)


# --- the net cost: 144 000 € with VAT, 72 000 € in each of two years ------------------------------------------------

RATE = "{value: 10 %, reference: essai, known_from: 2019-01-01}"
LAW = f"fctva.rate: {{description: Taux, unit: part du TTC, values: {{2019-01-01: {RATE}}}}}\n"


def with_lag(sample: Sample, old: str = "", new: str = ", fctva_lag: 1") -> SavedCosts:
    """Set the FCTVA lag of the owner of every proposal, and return the costs."""
    sample.edit("edition.yaml", f"population: 100 000{old}", f"population: 100 000{new}")
    for id in ("armoires", "feux", "arbres"):
        file = sample.proposal(id)
        if "owner:" not in file.read_text("utf-8"):
            file.write_text(f"{file.read_text('utf-8')}owner: ville\n", "utf-8")
    return costs_of(sample.root)


def armoires(difference: Difference) -> ProposalChange:
    return next(change for change in difference.changes if change.id == "armoires")


def test_a_net_cost_that_becomes_unknown_is_told(sample: Sample) -> None:
    """A VAT regime that is taken away leaves the net cost unknown: the cause is the regime, the effect unknown."""
    before = with_lag(sample)
    for id in ("armoires", "feux", "arbres"):
        file = sample.proposal(id)
        file.write_text(file.read_text("utf-8").replace("    vat_regime: fctva\n", ""), "utf-8")
    after = costs_of(sample.root)
    for first, second, turned in ((before, after, "unknown"), (after, before, "known")):
        difference = compare(first, second)
        change = armoires(difference)
        assert (change.total, change.net, change.turned) == (Decimal(0), None, turned)
        assert change.moves_money
        assert [(one.key, one.is_unknown) for one in change.causes if one.measure == "net"] == [
            ("vat-regime", True),
            (f"net-{turned}", True),
        ]
        assert difference.count_turned("known" if turned == "known" else "unknown") == 3
        assert difference.net == 0


@pytest.mark.parametrize("later", [", fctva_lag: 5", ""])
def test_a_later_fctva_is_told_and_changes_no_net(sample: Sample, later: str) -> None:
    """FCTVA that is paid later, even after the term or nobody knows when, is told and leaves the net as it is."""
    before = with_lag(sample)
    change = armoires(compare(before, with_lag(sample, ", fctva_lag: 1", later)))
    assert told(change, "net") == {"fctva-lag": 0}
    assert (change.net, change.turned) == (Decimal(0), None)
    assert told(change, "fctva") == {}
    assert not change.moves_money


def test_another_meaning_of_net_is_not_compared(sample: Sample) -> None:
    """A file saved while `net` was what is paid within the six years gives no net cost to compare."""
    before = with_lag(sample)
    sample.edit(BUS, "vat_regime: fctva", "vat_regime: aucun")

    def forget(document: dict[str, Any]) -> None:
        for proposal in document["proposals"]:
            del proposal["net_after_term"]

    change = only(compare(rewrite(before, forget), costs_of(sample.root)))
    assert change.net is None and told(change, "net") == {}


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("fctva", "aucun", "23621.76"),
        ("fctva", "assujetti", "-378.24"),
        ("assujetti", "aucun", "24000"),
    ],
)
def test_a_vat_regime_is_a_cause_of_the_net_cost(sample: Sample, old: str, new: str, change: str) -> None:
    """VAT that comes back in another way, or no more, moves the net cost only, by the VAT that is kept."""
    with_lag(sample)
    sample.edit(BUS, "vat_regime: fctva", f"vat_regime: {old}")
    before = costs_of(sample.root)
    sample.edit(BUS, f"vat_regime: {old}", f"vat_regime: {new}")
    found = only(compare(before, costs_of(sample.root)))
    assert (found.total, found.net) == (Decimal(0), Decimal(change))
    assert told(found, "net") == {"vat-regime": Decimal(change)}
    assert told(found) == {}
    follows = told(found, "fctva")
    assert set(follows) <= {"vat-regime"}


def test_a_rate_of_the_law_is_a_cause_of_the_net_cost(sample: Sample) -> None:
    """A lower FCTVA rate costs the owner what the State gives no more."""
    before = with_lag(sample)
    (sample.root / "proposals" / "parameters.yaml").write_text(LAW, "utf-8")
    difference = compare(before, costs_of(sample.root))
    change = armoires(difference)
    assert told(change, "net") == {"law": Decimal("9221.76")}
    assert change.net == Decimal("9221.76")
    assert difference.net == 3 * change.net


def test_the_rate_of_a_nature_is_named(sample: Sample) -> None:
    """An FCTVA rate of equipment alone, before unwritten, is a cause under its own name, with both rates in words."""
    before = with_lag(sample)
    law = LAW.replace("fctva.rate:", "fctva.rate.equipment:")
    (sample.root / "proposals" / "parameters.yaml").write_text(law, "utf-8")
    difference = compare(before, costs_of(sample.root))
    (cause,) = [one for one in armoires(difference).causes if one.measure == "net"]
    assert (cause.kind, cause.subject, cause.total) == ("law", "fctva.rate.equipment", Decimal("9221.76"))
    words = [text.replace("\N{NO-BREAK SPACE}", " ") for text in tell(cause, difference, FRENCH)[1:]]
    assert words == ["fctva.rate.equipment (équipement)", "le taux de la loi a changé : 16,404 % → 10 %"]
    assert ("fctva.rate.equipment", 2021, Decimal("0.16404"), Decimal("0.1")) in difference.changed_parameters


def test_a_range_that_follows_its_central_value_is_no_cause(sample: Sample) -> None:
    """A fixed price, and three prices raised alike, are one cause; a range that widens beside a price is two."""
    keys = []
    for old, new in (
        ("{low: 9 000 €, central: 12 000 €, high: 15 000 €}", "12 000 €"),
        ("unit_cost: 12 000 €", "unit_cost: 13 000 €"),
        ("unit_cost: 13 000 €", "unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}"),
        (
            "{low: 9 000 €, central: 12 000 €, high: 15 000 €}",
            "{low: 9 900 €, central: 13 200 €, high: 16 500 €}",
        ),
        ("high: 16 500 €", "high: 18 000 €"),
    ):
        before = costs_of(sample.root)
        sample.edit(BUS, old, new)
        keys.append(list(told(only(compare(before, costs_of(sample.root))))))
    assert keys == [["range"], ["unit-cost"], ["unit-cost", "range"], ["unit-cost"], ["range"]]


def test_another_kind_of_organisation_is_told(sample: Sample) -> None:
    """The kind of an owner changes no amount, but what it may do: one line, in words, with both kinds."""
    before = costs_of(sample.root)
    sample.edit("edition.yaml", "kind: commune", "kind: metropole")
    difference = compare(before, costs_of(sample.root))
    assert list(closing(difference, ENGLISH)) == [
        ("Organisations that are of another kind", ["Une ville: commune → métropole"])
    ]


def test_causes_of_the_net_cost_add_up(sample: Sample) -> None:
    """Regime, delay, rate, cost, VAT rate and funding changed at once: their parts are the whole change."""
    before = with_lag(sample)
    sample.edit(BUS, "vat_regime: fctva", "vat_regime: assujetti")
    sample.edit(BUS, "quantity: 10", "quantity: 11")
    sample.edit(BUS, "funding: []\n", FUNDED)
    sample.edit("mobilite/feux.yaml", "    vat: 20 %", "    vat: 10 %")
    (sample.root / "proposals" / "parameters.yaml").write_text(LAW, "utf-8")
    difference = compare(before, with_lag(sample, ", fctva_lag: 1", ", fctva_lag: 5"))
    assert len(difference.changes) == 3
    for change in difference.changes:
        causes = [cause for cause in change.causes if cause.measure == "net"]
        assert sum(cause.total for cause in causes) == change.net
        assert change.net
    assert difference.net == sum(change.net or 0 for change in difference.changes)


def test_files_without_lines_tell_no_cause_of_the_net_cost(sample: Sample) -> None:
    """A file without lines gives the change of the net cost, and not its causes."""
    before = with_lag(sample)
    sample.edit(BUS, "vat_regime: fctva", "vat_regime: aucun")
    after = costs_of(sample.root)

    def drop_lines(document: dict[str, Any]) -> None:
        for proposal in document["proposals"]:
            del proposal["lines"]

    old = rewrite(before, drop_lines)
    change = only(compare(old, after))
    assert told(change, "net") == {"no-detail": Decimal("23621.76")}


def test_other_euros_are_told(sample: Sample) -> None:
    """A price year that changes does not compare silently."""
    before = costs_of(sample.root)
    sample.edit("edition.yaml", "prices: {year: 2019", "prices: {year: 2020")
    difference = compare(before, costs_of(sample.root))
    told_apart = list(consequences(difference, ENGLISH))
    assert "The amounts are not in the same euros: of 2019, then of 2020." in told_apart
    assert not is_empty(difference)


def test_a_file_without_lines_is_compared_without_causes(sample: Sample) -> None:
    """A file of the first contract gives the same amounts, and says that it cannot tell why."""
    before = costs_of(sample.root)
    sample.edit(BUS, "quantity: 10", "quantity: 12")
    after = costs_of(sample.root)

    def forget(document: dict[str, Any]) -> None:
        for proposal in document["proposals"]:
            del proposal["lines"]

    difference = compare(rewrite(before, forget), after)
    assert told(only(difference)) == {"no-detail": 24_000}
    assert difference.total == 24_000


def test_lines_that_do_not_give_the_amounts_explain_nothing(sample: Sample) -> None:
    """Lines that were edited by hand, and do not add up to the amounts, are not taken for a cause."""
    before = costs_of(sample.root)

    def falsify(document: dict[str, Any]) -> None:
        document["proposals"][0]["lines"][0]["quantity"] = "11"
        document["proposals"][0]["investissement"]["2021"]["central"] = "60001.00"

    assert told(only(compare(before, rewrite(before, falsify)))) == {"no-detail": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "years": [], "proposals": []}',
        "[" * 100_000,
        "\ufeff",
        "NaN",
        "1" * 9_999,
        SURROGATE,
    ],
    ids=["empty", "list", "mapping", "version", "nested", "mark", "nan", "long", "surrogate"],
)
def test_other_files_are_refused(text: str) -> None:
    """What `costs --format json` did not write is refused, whatever it is."""
    with pytest.raises(NotCosts):
        read_costs(text)


# --- properties --------------------------------------------------------------------------------------------------

AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=2)


@st.composite
def lines(draw: st.DrawFn) -> SavedLine:
    """Draw a line that can be costed: on either basis, spread over parts that have no finite decimal."""
    weights = draw(st.lists(st.integers(0, 7), min_size=6, max_size=6).filter(any))
    whole = draw(st.sampled_from([sum(weights), 12]))
    return SavedLine.model_validate(
        {
            "label": draw(st.sampled_from(["Feux", "Arbres", "Abris"])),
            "section": draw(st.sampled_from(SECTIONS)),
            "quantity": draw(st.decimals(min_value=0, max_value=10**4, places=1)),
            "unit_cost": dict.fromkeys(("low", "central", "high"), draw(AMOUNTS)),
            "price": draw(st.sampled_from(["ht", "ttc"])),
            "vat": draw(st.sampled_from([Decimal("0.2"), Decimal("0.055"), Decimal(0)])),
            "spread": draw(st.sampled_from([None, {2021: 1}])),
            "parts": {
                year: str(Fraction(weight, whole)) for year, weight in zip(YEARS, weights, strict=True)
            },
        }
    )


def printed(held: list[SavedLine]) -> dict[SectionYear, Decimal]:
    """Add lines exactly and round each year of each section once, as every export does."""
    cells: dict[SectionYear, Fraction] = defaultdict(Fraction)
    for line in held:
        assert line.section is not None
        assert line.quantity is not None
        assert line.unit_cost is not None
        assert line.parts is not None
        assert line.vat is not None
        factor = 1 / (1 + Fraction(line.vat)) if line.price == "ttc" else Fraction(1)
        for year, part in line.parts.items():
            whole = Fraction(line.quantity) * Fraction(line.unit_cost.central) * factor
            cells[line.section, year] += whole * part
    return {cell: Decimal(round(amount * 100)) / 100 for cell, amount in cells.items()}


@given(st.lists(lines(), max_size=4), st.lists(lines(), max_size=4))
def test_effects_add_up_to_the_change(before: list[SavedLine], after: list[SavedLine]) -> None:
    """In every section and year, to the cent, the effects of the causes are the difference of the printed cells."""
    cells = (printed(before), printed(after))
    steps, level = explain_lines(match_lines(before, after, Room()), ({}, {}))
    causes = round_causes(steps, level, "cost", cells)
    assert causes is not None
    changed = {
        cell: cells[1].get(cell, Decimal(0)) - cells[0].get(cell, Decimal(0))
        for cell in {*cells[0], *cells[1]}
    }
    assert add_causes(causes) == {cell: amount for cell, amount in changed.items() if amount}


@given(st.lists(lines(), max_size=4))
def test_equal_lines_have_no_causes(held: list[SavedLine]) -> None:
    """Lines compared with themselves in another order have no cause at all, duplicates included."""
    steps, _ = explain_lines(match_lines(held, held[::-1], Room()), ({}, {}))
    assert [step for step in steps if step.delta] == []


def test_totals_are_the_difference_of_totals(tmp_path: Path) -> None:
    """The total of a difference is the later total less the earlier one, and its proposals add up to it."""
    sample = write_small(tmp_path)
    before, after = costs_of(ROOT), costs_of(sample.root)
    difference = compare(before, after)
    first, second = (
        sum(
            (amount for held in costs.proposals if held.is_ready for amount in printed_cells(held).values()),
            Decimal(0),
        )
        for costs in (before, after)
    )
    assert difference.total == second - first
    assert difference.total == sum(change.total or 0 for change in difference.changes)
    for change in difference.changes:
        causes = tuple(cause for cause in change.causes if cause.measure == "cost")
        assert add_causes(causes) == change.cells
