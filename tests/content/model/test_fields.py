"""What the models declare of keys and values is complete, and is walked from one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import pytest

from booklet.content.json_schema import KINDS
from booklet.content.model.base import Model
from booklet.content.model.cost_line import Evidence, VatRegime
from booklet.content.model.edition import Edition, OrganisationKind
from booklet.content.model.fields import groups_in, ids_naming, keys_of, model_at
from booklet.content.model.proposal import (
    ESTIMATES,
    FUNDING_STATUSES,
    CostLine,
    EstimateName,
    FundingForm,
    FundingStatus,
    PhaseKind,
    Proposal,
    Section,
)
from booklet.content.model.words import (
    ESTIMATE_NAMES,
    EVIDENCE_NAMES,
    FORM_NAMES,
    KIND_NAMES,
    PHASE_NAMES,
    SECTION_NAMES,
    STATUS_NAMES,
    VAT_REGIME_NAMES,
)
from booklet.content.spelling import nearest_key
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.diagnostics.message import Message

PROPOSAL = Proposal.model_validate(
    {
        "beneficiaries": {"number": "10", "source": "insee"},
        "costs": [{"source": "devis"}, {"assumption": "x"}],
        "impact_study": "etude",
        "precedents": [{"source": "nantes"}],
    }
)


def test_every_key_stands_in_the_documentation() -> None:
    """Whatever key a file may hold is in docs/format.md."""
    written = set(re.findall(r"\w+", (ROOT / "docs/format.md").read_text("utf-8")))
    keys = {key for model in Model.__subclasses__() for key in keys_of(model)}
    assert len(keys) > 100
    assert keys - written == set()


def test_every_id_of_a_source_is_found_with_its_path() -> None:
    """A key that names a source is found by the type of its value, wherever a model has one."""
    assert list(ids_naming("source", groups_in(PROPOSAL))) == [
        (("impact_study",), "etude"),
        (("beneficiaries", "source"), "insee"),
        (("costs", 0, "source"), "devis"),
        (("precedents", 0, "source"), "nantes"),
    ]


def test_every_key_called_source_names_one() -> None:
    """No model has a `source` that the walk would miss."""
    for kind, _ in KINDS.values():
        for _, group in groups_in(kind.model_validate([] if kind.__name__ == "ElectoralLists" else {})):
            declared = keys_of(type(group)).get("source")
            assert declared is None or declared.names == "source"
    for model in (CostLine, model_at(Edition, ("territory", "figures", 0))):
        assert model is not None
        assert keys_of(model)["source"].names == "source"


@pytest.mark.parametrize(
    ("word", "path", "key"),
    [
        ("calendrier", (), "timeline"),
        ("Maître d’ouvrage", (), "owner"),
        ("mots_cles", (), "keywords"),
        ("coûts", (), "costs"),
        ("cout", ("costs", 0), "unit_cost"),
        ("prix", ("costs", 0), "unit_cost"),
        ("nom", ("costs", 0), "label"),
        ("title", ("costs", 0), "label"),
        ("début", ("timeline", 0), "start"),
        ("début", ("costs", 0, "recurs"), "from"),
        ("zzz", (), None),
        ("123", (), None),
    ],
)
def test_a_french_word_stands_for_the_key_of_its_group(
    word: str, path: tuple[str | int, ...], key: str | None
) -> None:
    """The same word can mean another key in another group, however it is accented and joined."""
    model = model_at(Proposal, path)
    assert model is not None
    assert nearest_key(word, keys_of(model)) == key


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (SECTION_NAMES, Section),
        (ESTIMATE_NAMES, EstimateName),
        (PHASE_NAMES, PhaseKind),
        (EVIDENCE_NAMES, Evidence),
        (VAT_REGIME_NAMES, VatRegime),
        (FORM_NAMES, FundingForm),
        (STATUS_NAMES, FundingStatus),
        (KIND_NAMES, OrganisationKind),
    ],
)
def test_every_value_has_its_words(names: Mapping[str, Message], values: object) -> None:
    """Whatever value the format knows, tables can print it."""
    assert set(names) == set(get_args(values))


def test_orders_are_those_of_the_types() -> None:
    """Tables go through statuses and estimates in the order in which the format lists them."""
    assert get_args(FundingStatus) == FUNDING_STATUSES == tuple(STATUS_NAMES)
    assert get_args(EstimateName) == ESTIMATES
