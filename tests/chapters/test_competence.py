"""Who decides what, and the parameters printed: what the law holds on the days of the term, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest

from booklet.chapters.competence import FAMILY, WhoDecides, holders_in_words, who_decides
from booklet.chapters.parameters import printed_parameters, used_parameters
from booklet.content.model.parameters import Parameter
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio
from booklet.law.lookup import Law, load_law
from booklet.tables.wording import Wording
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition


@cache
def example() -> tuple[Edition, Portfolio]:
    workspace = read_workspace(ROOT)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    return workspace.edition.value, portfolio


@pytest.fixture(scope="module")
def chapter() -> WhoDecides:
    """Build the chapter of the example, in English."""
    edition, portfolio = example()
    return who_decides(portfolio, edition, load_law(), ENGLISH)


def parameter(description: str, **values: list[str] | str) -> Parameter:
    """Make a parameter whose values start on `d2016`, the first of a year."""
    dated = {
        f"{name.removeprefix('d')}-01-01": {
            "value": value,
            "reference": f"Loi de {name}",
            "known_from": "2016-01-01",
        }
        for name, value in values.items()
    }
    return Parameter.model_validate({"description": description, "unit": "kinds", "values": dated})


def test_holders_are_those_of_the_law_on_each_day(chapter: WhoDecides) -> None:
    """Every cell of the table names who is competent by law on the first and the last day of its period."""
    law = load_law()
    ids = {law.parameters[id].description: id for id, _ in law.family(FAMILY)}
    leads = {parameter.description for _, parameter in law.family("chef-de-file.")}
    days = ((date(2020, 7, 1), date(2022, 12, 31)), (date(2023, 1, 1), date(2023, 12, 31)))
    assert chapter.periods == ("from July\u00a01,\u00a02020", "from January\u00a01,\u00a02023")
    told = 0
    for field in chapter.fields:
        if field.title not in ids:
            # a field that a proposal names and nobody holds alone
            assert field.title in leads and all(
                one is None or one.startswith("lead: ") for one in field.holders
            )
            continue
        for holder, stretch in zip(field.holders, days, strict=True):
            for day in stretch:
                kinds = law.words(ids[field.title], day)
                if holder is None:
                    assert kinds is None, field.title
                else:
                    assert kinds is not None and holder.startswith(holders_in_words(kinds, ENGLISH)), (
                        field.title
                    )
                    told += 1
    assert told > 30


def test_changes_of_the_term_are_told_at_their_dates(chapter: WhoDecides) -> None:
    """The end of the territorial councils and what the law of 2022 gave back stand at their two dates."""
    days = {change.day: " ".join(change.words) for change in chapter.changes}
    assert list(days) == [date(2022, 7, 1), date(2023, 1, 1)]
    assert "Conseils de territoire" in days[date(2022, 7, 1)] and "6, then none" in days[date(2022, 7, 1)]
    assert "Réseaux de chaleur ou de froid urbains: métropole, then commune" in days[date(2023, 1, 1)]


def test_what_no_text_says_is_not_said(chapter: WhoDecides) -> None:
    """Roads before 2023 are a hole, and a competence known only before the term has no line."""
    titles = [field.title for field in chapter.fields]
    roads = next(field for field in chapter.fields if field.title.startswith("Voirie"))
    assert roads.holders[0] is None and roads.holders[1] is not None
    assert not any("assainissement" in title for title in titles)


def test_fields_of_the_proposals_come_first(chapter: WhoDecides) -> None:
    """Fields that a proposal names come before the others, each with its proposals."""
    used = [bool(field.proposals) for field in chapter.fields]
    assert used == sorted(used, reverse=True)
    _, portfolio = example()
    named = [costed.id for field in chapter.fields for costed in field.proposals]
    assert sorted(named) == sorted(one.id for one in portfolio.ready if one.document.value.field_)


def test_field_that_the_law_does_not_hold_is_a_line_of_holes() -> None:
    """A proposal of a field without a text has its line, which names nobody."""
    edition, portfolio = example()
    found = who_decides(portfolio, edition, Law({}), FRENCH)
    named = {costed.document.value.field_ for costed in portfolio.ready} - {None}
    assert {(field.title, field.holders, field.references) for field in found.fields} == {
        (name, (None,), ()) for name in named
    }
    assert found.changes == ()


def test_value_known_for_a_time_says_until_when() -> None:
    """Where what was read does not reach the end of a stretch, the cell says until when it is known."""
    edition, portfolio = example()
    held = parameter("Voirie", d2016=["metropole"])
    first = date(2016, 1, 1)
    until = held.values[first].model_copy(update={"known_until": date(2024, 11, 13)})
    law = Law({"competence.mobilite": held.model_copy(update={"values": {first: until}})})
    (field,) = (
        field for field in who_decides(portfolio, edition, law, ENGLISH).fields if field.title == "Voirie"
    )
    assert field.holders == ("métropole (known until November\u00a013,\u00a02024)",)


def test_law_of_a_day_before_the_term_says_who_is_competent_then() -> None:
    """Before the term, every field known that day is told with that day; what was known to end sooner is a hole."""
    edition, portfolio = example()
    day = date(2020, 3, 15)
    early = edition.model_copy(update={"law_as_of": day})
    found = who_decides(portfolio, early, load_law().known_by(day), ENGLISH)
    titles = {one.description: id for id, one in load_law().family(FAMILY)}
    told = {titles[field.title]: field.holders for field in found.fields if field.title in titles}
    assert told["competence.cimetieres"] == ("métropole (known until March\u00a015,\u00a02020)",)
    assert {"competence.mobilite", "competence.reseaux-de-chaleur"} <= set(told)
    assert not any("assainissement" in id for id in told)
    assert found.changes == ()


def test_lead_that_changes_in_the_term_is_told() -> None:
    """A lead authority that changes opens a stretch of the table and is told among the changes."""
    edition, portfolio = example()
    named = next(one.document.value.field_ for one in portfolio.ready if one.document.value.field_)
    law = Law({f"chef-de-file.{named}": parameter("Mobilité", d2016=["region"], d2024=["commune"])})
    found = who_decides(portfolio, edition, law, ENGLISH)
    (field,) = (field for field in found.fields if field.title == "Mobilité")
    assert field.holders == ("lead: région", "lead: commune")
    assert found.periods[1:] == ("from January\u00a01,\u00a02024",)
    assert [(one.day, one.words) for one in found.changes] == [
        (date(2024, 1, 1), ("Mobilité, lead: région, then commune",))
    ]


def test_deliberations_are_in_the_order_of_their_months(chapter: WhoDecides) -> None:
    """Every ready proposal has its deliberation, with its month and its owner."""
    edition, portfolio = example()
    assert {one.proposal.id for one in chapter.decisions} == {costed.id for costed in portfolio.ready}
    months = [one.month for one in chapter.decisions]
    assert months == sorted(months)
    for one in chapter.decisions:
        value = one.proposal.document.value
        assert one.month == value.decision and one.owner == edition.organisations[value.owner or ""].name


def test_parameters_are_those_of_the_law_in_the_term() -> None:
    """Each printed parameter is used, holds on some day of the term, and bears the words of its reference."""
    edition, portfolio = example()
    law = load_law()
    printed = printed_parameters(portfolio, edition, law, FRENCH)
    used = used_parameters(portfolio, edition, law)
    assert {"fctva.rate", "vat.normal", "own-share.floor", "state-grants.ceiling"} <= set(used)
    by_title = {law.parameters[id].description: law.parameters[id] for id in used}
    for one in printed:
        held = by_title[one.title]
        assert one.reference == (held.values[one.first].reference or "")
        assert one.known_until == held.known_until(one.first)
    rate = next(one for one in printed if one.title == law.parameters["fctva.rate"].description)
    assert rate.value == "16,404\u00a0%"


def test_superseded_value_is_known_until_the_next_one() -> None:
    """A value that another follows in the term is printed with its last day; the last value has no end."""
    edition, portfolio = example()
    law = Law({"fctva.rate": parameter("Taux du FCTVA", d2016="16 %", d2023="15 %")})
    printed = printed_parameters(portfolio, edition, law, FRENCH)
    assert [(one.first, one.known_until) for one in printed] == [
        (date(2016, 1, 1), date(2022, 12, 31)),
        (date(2023, 1, 1), None),
    ]


def test_parameter_nobody_uses_is_not_printed() -> None:
    """Without funding nor FCTVA, neither the owner's least share nor the rate of the FCTVA is printed."""
    edition, portfolio = example()
    plain = tuple(
        replace(
            costed,
            document=replace(
                costed.document, value=costed.document.value.model_copy(update={"funding": (), "costs": ()})
            ),
        )
        for costed in portfolio.ready
    )
    used = used_parameters(replace(portfolio, ready=plain), edition, load_law())
    assert not {"own-share.floor", "fctva.rate", "state-grants.ceiling"} & set(used)


def test_first_of_a_month_is_an_ordinal() -> None:
    """French writes the first day of a month as an ordinal, and no other day."""
    days = (date(2022, 7, 1), date(2022, 7, 11))
    assert [Wording(FRENCH).day(day) for day in days] == [
        "1er\u00a0juillet\u00a02022",
        "11\u00a0juillet\u00a02022",
    ]
    assert Wording(ENGLISH).day(days[0]) == "July\u00a01,\u00a02022"
