"""The models say what people may write; what they compute is what the words mean."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, RootModel, ValidationError

from booklet.content.model.edition import Edition
from booklet.content.model.fields import keys_of
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.proposal import CostLine, Estimate, Phase, Proposal
from booklet.content.model.sources import Bibliography
from booklet.money.calendar import Month, Period, Term
from booklet.money.euros import Euros, Range
from booklet.text.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]
FILES = (Proposal, Edition, ElectoralLists, Bibliography)


def models(annotation: Any) -> set[type[BaseModel]]:
    """List the models that a type leads to."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        below = (models(info.annotation) for info in annotation.model_fields.values())
        return {annotation}.union(*below)
    return set().union(*(models(argument) for argument in getattr(annotation, "__args__", ())))


ALL = sorted(set().union(*(models(model) for model in FILES)), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", ALL)
def test_every_key_is_described_and_may_be_a_hole(model: type[BaseModel]) -> None:
    """Editors show a description of each key, and a file without a key still makes a model."""
    for name, info in model.model_fields.items():
        assert issubclass(model, RootModel) or info.description, f"{model.__name__}.{name}"
        assert issubclass(model, RootModel) or not info.is_required(), f"{model.__name__}.{name}"
    assert model.model_config["frozen"]
    if not issubclass(model, RootModel):
        assert model.model_config["extra"] == "forbid"
        model.model_validate({})


@pytest.mark.parametrize("model", FILES)
def test_what_was_read_does_not_change(model: type[BaseModel]) -> None:
    """A value cannot be changed after it was read."""
    value = model.model_validate([] if model is ElectoralLists else {})
    with pytest.raises(ValidationError):
        setattr(value, next(iter(model.model_fields)), "x")


def test_one_amount_is_a_constant() -> None:
    """A unit cost of one amount stands for low, central and high; three amounts make a range; a hole makes none."""
    assert CostLine.model_validate({"unit_cost": "12 000 €"}).unit_cost == Estimate.model_validate(
        dict.fromkeys(("low", "central", "high"), "12 000")
    )
    line = CostLine.model_validate({"unit_cost": {"low": "1", "central": "2", "high": "3"}})
    assert line.unit_cost is not None
    assert line.unit_cost.range == Range(Euros.of(1), Euros.of(2), Euros.of(3))
    assert Estimate.model_validate({"low": "1", "high": "3"}).range is None


@pytest.mark.parametrize(
    ("vat", "nature", "rate"),
    [("20 %", "works", "0.2"), (None, "staff", "0"), (None, "grant", "0"), (None, "land", "0"), (None, "works", None),
     (None, None, None), ("5,5 %", "land", "0.055")],
)  # fmt: skip
def test_vat_is_known_or_not(vat: str | None, nature: str | None, rate: str | None) -> None:
    """Staff, grants and land bear no VAT unless told; for the rest a missing rate is unknown, never 0."""
    raw = {key: value for key, value in (("vat", vat), ("nature", nature)) if value}
    assert CostLine.model_validate(raw).vat_rate == (Decimal(rate) if rate else None)


def test_a_phase_has_months_when_its_ends_are_in_order() -> None:
    """Both ends belong to a phase; one that is reversed or has a hole has no months."""
    assert Phase.model_validate({"start": "2021-01", "end": "2021-01"}).period == Period(
        Month(2021, 1), Month(2021, 1)
    )
    assert Phase.model_validate({"start": "2021-02", "end": "2021-01"}).period is None
    assert Phase.model_validate({"start": "2021-02"}).period is None


def test_a_spread_is_a_phase_or_units_per_year() -> None:
    """The shape of what was written decides: a word names a phase, keys are years."""
    assert CostLine(spread="pose").spread == "pose"
    assert CostLine.model_validate({"spread": {"2021": "1,5"}}).spread == {2021: Decimal("1.5")}


def test_the_term_is_known_when_both_its_keys_are() -> None:
    """An edition has a term only when the month and the years are both there."""
    term = {"start": "2020-07", "years": "2021-2026"}
    assert Edition.model_validate({"term": term}).budget_term == Term(Month(2020, 7), 2021)
    assert Edition.model_validate({"term": {"start": "2020-07"}}).budget_term is None
    assert Edition().budget_term is None


def test_only_ready_is_ready() -> None:
    """A draft, and a proposal that does not say, are not printed."""
    assert Proposal(status="ready").is_ready
    assert not Proposal(status="draft").is_ready
    assert not Proposal().is_ready


def test_the_skeleton_shows_the_keys_that_a_ready_proposal_needs() -> None:
    """Every key that a ready proposal needs stands in the file that `new` writes, in every language."""
    needed = {key for key, declared in keys_of(Proposal).items() if declared.needed}
    assert {"title", "status", "promise", "owner", "decision", "costs", "uncertainty", "authors"} <= needed
    for language in LANGUAGES:
        template = (ROOT / "templates" / "new" / f"proposal.{language}.yaml").read_text("utf-8")
        assert needed <= set(re.findall(r"^#?(\w+):", template, re.MULTILINE))
