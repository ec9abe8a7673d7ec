"""Editors get schemas that are true to the models: draft-07, complete, in the language of the edition."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from booklet.content.json_schema import (
    DRAFT,
    KINDS,
    _to_draft_07,
    ids_in,
    ids_of,
    make_schema,
    write_schema,
)
from booklet.content.model.fields import keys_of
from booklet.content.model.proposal import Proposal
from booklet.content.workspace import read_workspace
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.samples.workspace import Sample

EXAMPLES = [
    *(("proposal", path) for path in sorted((ROOT / "proposals").glob("*/*.yaml"))),
    *((kind, ROOT / "proposals" / f"{kind}.yaml") for kind in ("edition", "lists", "sources")),
]


class EditorLoader(yaml.SafeLoader):
    """Load YAML as the editors' extension does: the core schema of YAML 1.2, without dates, octals or `no`."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), list(first))


def load(text: str) -> Any:
    """Load a file as an editor does; keys are texts there."""
    return json.loads(json.dumps(yaml.load(text, EditorLoader)))


@cache
def validator(kind: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(make_schema(kind, ENGLISH))


def errors(kind: str, text: str) -> list[jsonschema.ValidationError]:
    return list(validator(kind).iter_errors(load(text)))


def complaints(kind: str, text: str) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message}" for error in errors(kind, text)]


def missing(text: str) -> list[str]:
    """The keys that an editor misses in a proposal, each after what holds it."""
    found = []
    for error in errors("proposal", text):
        assert error.validator == "required", error.message
        found.append(".".join(map(str, [*error.absolute_path, error.message.split("'")[1]])))
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_schemas_are_draft_07(kind: str, language: Any) -> None:
    """Each schema is valid against draft-07, uses its words only, and every key says what it is for."""
    schema = make_schema(kind, language)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT
    text = json.dumps(schema)
    assert "$defs" not in text and '"discriminator"' not in text and '{"type": "null"}' not in text
    for definition in (schema, *schema.get("definitions", {}).values()):
        for key, described in definition.get("properties", {}).items():
            assert described.get("description"), key
        if "properties" in definition:
            assert definition["additionalProperties"] is False


@pytest.mark.parametrize(("kind", "path"), EXAMPLES, ids=lambda value: getattr(value, "stem", value))
def test_the_examples_please_the_editor(kind: str, path: Path) -> None:
    """Every published file is valid in an editor, whose YAML has numbers and booleans of its own."""
    assert complaints(kind, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "title: on\nkeywords: [no, 2021, true]\ndecision: 2021-07\n",
        "costs: [{quantity: 150, unit_cost: 12000, spread: {2021: 50, 2022: 100}}]",
        "costs: [{quantity: 1 200, unit_cost: {low: 1, central: 1 €, high: 2.5}, spread: pose}]",
        "funding: [{year: 2022, share: 30 %}, {year: {2022: 60 %}}]",
        "effects: [{baseline: -5, target: 1, year: 2024}]",
        "reviewers: [{name: x, when: 2020-01-10}]",
        "carbon: {tonnes_per_year: 900, from: 2023}",
        "funding: []\nrevenues: []",
    ],
)
def test_what_we_read_is_not_underlined(text: str) -> None:
    """What the checker accepts is accepted in an editor too, dates and `no` included."""
    assert complaints("proposal", f"status: draft\n{text}") == []


def test_what_is_missing_is_underlined_where_it_is_needed() -> None:
    """A draft needs its status alone; a ready proposal all that M102 asks for, also inside its groups."""
    line = "costs:\n- label: x\n  unit_cost: {low: 1}\nfunding: []\n"
    assert missing(f"title: x\n{line}") == ["status"]
    assert missing(f"status: draft\n{line}") == []
    needed = {key for key, one in keys_of(Proposal).items() if one.needed in {"ready", "written"}}
    found = missing(f"status: ready\n{line}")
    assert {key for key in found if "." not in key} == needed - {"costs", "funding"}
    assert {"costs.0.nature", "costs.0.unit_cost.high"} <= set(found)
    assert any(error.validator == "minItems" for error in errors("proposal", "status: ready\ntimeline: []"))


def test_ids_of_the_workspace_are_offered(bare: Sample) -> None:
    """Owners, funders, sources and proposals are offered with their names; an id that is not there yet is allowed."""
    ids = ids_of(read_workspace(bare.root))
    schema = make_schema("proposal", FRENCH, ids)
    offered, _ = schema["definitions"]["organisation"]["anyOf"]
    assert dict(zip(offered["enum"], offered["enumDescriptions"], strict=True))["ville"] == "Une ville"
    assert set(schema["definitions"]["proposal"]["anyOf"][0]["enum"]) >= {"armoires", "feux"}
    assert schema["properties"]["owner"]["allOf"] == [{"$ref": "#/definitions/organisation"}]
    owner = jsonschema.Draft7Validator(schema["definitions"]["organisation"])
    assert owner.is_valid("ville") and owner.is_valid("une-autre") and not owner.is_valid("Une autre")
    assert ids_in(json.loads(write_schema("proposal", FRENCH, ids))).keys() <= ids.keys()
    assert ids_in(schema)["source"] == ids["source"]


def test_every_value_is_described() -> None:
    """Each value of a list in a proposal says what it means, in French."""
    enums = [node for node in nodes(make_schema("proposal", FRENCH)) if "enum" in node]
    assert len(enums) == 21
    for node in enums:
        assert len(node["enumDescriptions"]) == len(node["enum"]), node["enum"]
        assert all(re.match("[A-ZÉ]", text) for text in node["enumDescriptions"])


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of a schema."""
    if isinstance(node, dict):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(below)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("proposal", "titel: x"),
        ("proposal", "status: redy"),
        ("proposal", "owner: Métropole"),
        ("proposal", "decision: 07/2021"),
        ("proposal", "costs: [{recurs: {start: 2021-01}}]"),
        ("proposal", "costs: [{vat: 20}]"),
        ("proposal", "costs: {label: x}"),
        ("proposal", "keywords: bus"),
        ("edition", "domains: {a: {colour: red}}"),
        ("edition", "domains: {Été: {title: x}}"),
        ("lists", "a: b"),
        ("sources", "x: {url: ftp://x}"),
    ],
)
def test_slips_are_underlined(kind: str, text: str) -> None:
    """A misspelt key, an unknown word, a date in another order are underlined while they are typed."""
    assert len([error for error in errors(kind, text) if error.validator != "required"]) == 1


def test_descriptions_speak_the_language() -> None:
    """French descriptions are translated; nothing else of the schema depends on the language."""
    french, english = (make_schema("proposal", language) for language in (FRENCH, ENGLISH))
    assert french["properties"]["keywords"]["description"] != english["properties"]["keywords"]["description"]

    def without(node: Any) -> Any:
        if isinstance(node, dict):
            words = {
                "enumDescriptions",
                *(["description"] if isinstance(node.get("description"), str) else []),
            }
            return {key: without(below) for key, below in node.items() if key not in words}
        return [without(item) for item in node] if isinstance(node, list) else node

    assert without(french) == without(english)


def test_a_key_may_read_like_a_keyword() -> None:
    """A key called `default` or `title` is described like any other."""
    schema = {"properties": {"default": {"type": "string", "default": "x"}, "title": {"title": "T"}}}
    assert _to_draft_07(schema) == {"properties": {"default": {"type": "string"}, "title": {}}}
