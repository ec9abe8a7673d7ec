"""Models → JSON Schema draft-07, for completion and messages in editors.

Editors read YAML by their own rules (`2021` is a number there), so the schema of a scalar says which of YAML's types
its text may look like. What only our own reader can check is left to `check`. A ready proposal must have more (`if`,
`then`). Ids that exist in the workspace are offered, and others allowed: they are typed before what they name.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.meanings import describe_values
from booklet.content.model.parameters import Parameters
from booklet.content.model.proposal import Proposal
from booklet.content.model.sources import Bibliography
from booklet.content.scalars import SLUG
from booklet.content.shorthand import YEARS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from booklet.content.workspace import Workspace
    from booklet.text.language import Language

    #: by kind of thing, as `source`: the ids of the workspace, each with what it names
    Ids = Mapping[str, Mapping[str, str]]

DRAFT = "http://json-schema.org/draft-07/schema#"
#: kind of file → model and the files of a workspace that it describes
KINDS: dict[str, tuple[type[BaseModel], str]] = {
    "proposal": (Proposal, "proposals/*/*.yaml"),
    "edition": (Edition, "proposals/edition.yaml"),
    "lists": (ElectoralLists, "proposals/lists.yaml"),
    "sources": (Bibliography, "proposals/sources.yaml"),
    "parameters": (Parameters, "proposals/parameters.yaml"),
}
#: where no workspace is known
NO_IDS: Ids = MappingProxyType({})

#: keywords under which every key is a name of ours, even where it reads like a keyword
_NAMED = frozenset({"$defs", "properties", "patternProperties"})
#: what pydantic writes for programs (and `model.base.field` for us), and an editor has no use for
_LEFT_OUT = frozenset({"default", "discriminator", "french", "needed", "title"})
#: an id that names something
_ID = {"type": ["string", "integer"], "pattern": f"^{SLUG.pattern}$"}


def make_schema(kind: str, language: Language, ids: Ids = NO_IDS) -> dict[str, Any]:
    """The schema of one kind of file, its descriptions in a language, with the ids that its editor offers."""
    model, _ = KINDS[kind]
    raw = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}", mode="validation")
    schema = {"$schema": DRAFT, **_translate(_to_draft_07(raw), language)}
    for named in sorted(_names_in(raw)):
        schema["definitions"][named] = _id_of(ids.get(named, {}))
    if asked := _asked_when_ready(raw, raw.get("$defs", {})):
        schema["if"] = {"properties": {"status": {"const": "ready"}}, "required": ["status"]}
        schema["then"] = asked
    return schema


def write_schema(kind: str, language: Language, ids: Ids = NO_IDS) -> str:
    """Write one schema as text, the same for the same models and ids."""
    return json.dumps(make_schema(kind, language, ids), indent=1, ensure_ascii=False) + "\n"


def ids_of(workspace: Workspace) -> Ids:
    """The organisations, sources and proposals of a workspace, each with its name."""
    named = {
        kind: {id: next(iter(names), "") for id, names in titles.items()}
        for kind, titles in workspace.titles.items()
    }
    proposals = {document.id: document.value.title or "" for document in workspace.proposals}
    return {**named, "proposal": proposals}


def ids_in(schema: dict[str, Any]) -> Ids:
    """The ids that a schema offers."""
    return {
        named: dict(zip(offered["enum"], offered["enumDescriptions"], strict=True))
        for named, definition in schema["definitions"].items()
        if (offered := definition.get("anyOf", [{}])[0]).get("enum")
    }


def _to_draft_07(node: Any) -> Any:
    """Rewrite what draft-07 says otherwise: `definitions`, and no neighbours beside `$ref`."""
    if isinstance(node, list):
        return [_to_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "names" in node:
        return {"$ref": f"#/definitions/{node['names']}"}  # lower case, as no model
    if YEARS in node.get("properties", {}):  # years beside the keys that have names
        years = node["properties"][YEARS]
        named = {key: below for key, below in node["properties"].items() if key != YEARS}
        node = {**node, "properties": named, "patternProperties": years["patternProperties"]}
    group = _keys_of_group(node)
    node = {
        ("definitions" if key == "$defs" else key): (
            {name: _to_draft_07(below) for name, below in value.items()}
            if key in _NAMED
            else _to_draft_07(value)
        )
        for key, value in node.items()
        if key not in _LEFT_OUT
    }
    if "properties" in node:
        node.pop("description", None)  # a model's docstring is for developers
    return _with_reference(_with_choices(node | group))


def _keys_of_group(node: dict[str, Any]) -> dict[str, Any]:
    """What is said of the keys of a group as a whole: which are needed, whether there may be others."""
    keys = node.get("properties", {})
    needed = [key for key, below in keys.items() if below.get("needed") == "always"]
    others = {"additionalProperties": False} if "patternProperties" in node else {}  # no id, or no year
    return others | ({"required": needed} if needed else {})


def _with_choices(node: dict[str, Any]) -> dict[str, Any]:
    """Describe values; of choices leave out null, since a hole is a key that is not there."""
    if meanings := describe_values(node.get("enum", ())):
        return node | {"enumDescriptions": [meaning.template for meaning in meanings]}
    # choices by shape are `oneOf`, but completion of a key reads `anyOf` alone
    choices = node.get("anyOf", node.get("oneOf"))
    if not isinstance(choices, list):
        return node
    rest = {key: value for key, value in node.items() if key not in {"anyOf", "oneOf"}}
    choices = [choice for choice in choices if choice != {"type": "null"}]
    return rest | (choices[0] if len(choices) == 1 else {"anyOf": choices})


def _with_reference(node: dict[str, Any]) -> dict[str, Any]:
    """Put the type beside a reference that has neighbours: a key is completed with its colon where it has a type."""
    if "$ref" not in node or len(node) == 1:
        return node
    rest = {key: value for key, value in node.items() if key != "$ref"}
    is_id = node["$ref"].islower()
    return rest | {"type": _ID["type"] if is_id else "object", "allOf": [{"$ref": node["$ref"]}]}


def _translate(node: Any, language: Language) -> Any:
    if isinstance(node, list):
        return [_translate(item, language) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: language.gettext(value)
        if key == "description" and isinstance(value, str)
        else [language.gettext(text) for text in value]
        if key == "enumDescriptions"
        else _translate(value, language)
        for key, value in node.items()
    }


def _names_in(node: Any) -> set[str]:
    """The kinds of things that the ids of a schema name."""
    if isinstance(node, list):
        return set().union(*map(_names_in, node))
    if not isinstance(node, dict):
        return set()
    own = {node["names"]} if isinstance(node.get("names"), str) else set()
    return own.union(*map(_names_in, node.values()))


def _id_of(known: Mapping[str, str]) -> dict[str, Any]:
    """An id: one of those that are known, with what each names, or any other."""
    offered = {"enum": list(known), "enumDescriptions": list(known.values())}
    return {"anyOf": [offered, _ID]} if known else _ID


def _asked_when_ready(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """What a group of keys must have, and those inside it, once the proposal is ready (M102)."""
    if "$ref" in node:
        return _asked_when_ready(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in node:
        found = (_asked_when_ready(choice, definitions) for choice in node["anyOf"])
        return next(filter(None, found), {})
    asked: dict[str, Any] = {}
    keys = node.get("properties", {})
    if required := [key for key, below in keys.items() if below.get("needed") in {"ready", "written"}]:
        asked["required"] = required
    below = {key: _asked_when_ready(value, definitions) for key, value in keys.items()}
    for key in keys:
        if keys[key].get("needed") == "ready" and keys[key].get("type") == "array":
            below[key]["minItems"] = 1
    if below := {key: inner for key, inner in below.items() if inner}:
        asked["properties"] = below
    if "items" in node and (inner := _asked_when_ready(node["items"], definitions)):
        asked["items"] = inner
    return asked
