"""Editors get schemas that are true to the models: draft-07, complete, in the language of the edition."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from booklet.content.json_schema import DRAFT, KINDS, _to_draft_07, make_schema, settings, write_all
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

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


def complaints(kind: str, text: str) -> list[str]:
    validator = jsonschema.Draft7Validator(make_schema(kind, ENGLISH))
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(load(text))]


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
    assert complaints("proposal", text) == []


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
    assert len(complaints(kind, text)) == 1


def test_descriptions_speak_the_language() -> None:
    """French descriptions are translated; nothing else of the schema depends on the language."""
    french, english = (make_schema("proposal", language) for language in (FRENCH, ENGLISH))
    assert french["properties"]["keywords"]["description"] != english["properties"]["keywords"]["description"]

    def without(node: Any) -> Any:
        if isinstance(node, dict):
            return {k: without(v) for k, v in node.items() if not (k == "description" and isinstance(v, str))}
        return [without(item) for item in node] if isinstance(node, list) else node

    assert without(french) == without(english)


def test_committed_settings_wire_every_schema() -> None:
    """The project's own editor settings give each file its schema."""
    committed = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
    assert committed["yaml.schemas"] == settings()["yaml.schemas"]


def test_schemas_are_written_where_editors_look(tmp_path: Path) -> None:
    """All schemas are written, and settings only where there are none: those of the author stay."""
    written = write_all(tmp_path, FRENCH)
    assert written == (*(f".vscode/{kind}.schema.json" for kind in KINDS), ".vscode/settings.json")
    assert all((tmp_path / path).is_file() for path in written)
    (tmp_path / ".vscode" / "settings.json").write_text("{}", "utf-8")
    assert write_all(tmp_path, FRENCH) == written[:-1]
    assert (tmp_path / ".vscode" / "settings.json").read_text("utf-8") == "{}"


def test_a_key_may_read_like_a_keyword() -> None:
    """A key called `default` or `title` is described like any other."""
    schema = {"properties": {"default": {"type": "string", "default": "x"}, "title": {"title": "T"}}}
    assert _to_draft_07(schema) == {"properties": {"default": {"type": "string"}, "title": {}}}
