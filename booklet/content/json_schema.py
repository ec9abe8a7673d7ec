"""Models → JSON Schema draft-07, for completion and messages in editors.

Editors read YAML by their own rules (`2021` is a number there), so the schema of a scalar says which of YAML's types
its text may look like. What only our own reader can check is left to `check`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from booklet.cache.atomic import write_whole
from booklet.cache.links import require_own_folder
from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.parameters import Parameters
from booklet.content.model.proposal import Proposal
from booklet.content.model.sources import Bibliography

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from booklet.text.language import Language

DRAFT = "http://json-schema.org/draft-07/schema#"
FOLDER = ".vscode"
#: kind of file → model and the files of a workspace that it describes
KINDS: dict[str, tuple[type[BaseModel], str]] = {
    "proposal": (Proposal, "proposals/*/*.yaml"),
    "edition": (Edition, "proposals/edition.yaml"),
    "lists": (ElectoralLists, "proposals/lists.yaml"),
    "sources": (Bibliography, "proposals/sources.yaml"),
    "parameters": (Parameters, "proposals/parameters.yaml"),
}


#: keywords under which every key is a name of ours, even where it reads like a keyword
_NAMED = frozenset({"$defs", "properties", "patternProperties"})
#: what pydantic writes for programs (and `model.base.field` for us), and an editor has no use for
_LEFT_OUT = frozenset({"default", "discriminator", "french", "needed", "title"})


def make_schema(kind: str, language: Language) -> dict[str, Any]:
    """The schema of one kind of file, its descriptions in a language."""
    model, _ = KINDS[kind]
    schema = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}", mode="validation")
    return {"$schema": DRAFT, **_translate(_to_draft_07(schema), language)}


def write_schema(kind: str, language: Language) -> str:
    """Write one schema as text, the same for the same models."""
    return json.dumps(make_schema(kind, language), indent=1, ensure_ascii=False) + "\n"


def settings() -> dict[str, Any]:
    """The editor settings that wire each schema to its files (the YAML extension of VS Code)."""
    return {"yaml.schemas": {f"./{FOLDER}/{kind}.schema.json": files for kind, (_, files) in KINDS.items()}}


def write_all(root: Path, language: Language) -> tuple[str, ...]:
    """Write every schema into a workspace, and the editor settings where there are none; return the paths.

    Raises `BuildError` where their folder is a link.
    """
    folder = require_own_folder(root, FOLDER)
    folder.mkdir(exist_ok=True)
    written = []
    for kind in KINDS:
        write_whole(folder / f"{kind}.schema.json", write_schema(kind, language).encode())
        written.append(f"{FOLDER}/{kind}.schema.json")
    if not (folder / "settings.json").exists():
        write_whole(folder / "settings.json", (json.dumps(settings(), indent=2) + "\n").encode())
        written.append(f"{FOLDER}/settings.json")
    return tuple(written)


def _to_draft_07(node: Any) -> Any:
    """Rewrite what draft-07 says otherwise: `definitions`, and no neighbours beside `$ref`."""
    if isinstance(node, list):
        return [_to_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {
        ("definitions" if key == "$defs" else key): (
            {name: _to_draft_07(below) for name, below in value.items()}
            if key in _NAMED
            else _to_draft_07(value)
        )
        for key, value in node.items()
        if key not in _LEFT_OUT
    }
    if "patternProperties" in node:
        node["additionalProperties"] = False  # a key that is no id, or no year
    if "properties" in node:
        node.pop("description", None)  # a model's docstring is for developers
    choices = node.get("anyOf")
    if isinstance(choices, list):
        # a hole is a key that is not there: nobody writes null
        choices = [choice for choice in choices if choice != {"type": "null"}]
        node = {**{key: value for key, value in node.items() if key != "anyOf"}, "anyOf": choices}
        if len(choices) == 1:
            node = {**{key: value for key, value in node.items() if key != "anyOf"}, **choices[0]}
    if "$ref" in node and len(node) > 1:
        return {
            **{key: value for key, value in node.items() if key != "$ref"},
            "allOf": [{"$ref": node["$ref"]}],
        }
    return node


def _translate(node: Any, language: Language) -> Any:
    if isinstance(node, list):
        return [_translate(item, language) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: language.gettext(value)
        if key == "description" and isinstance(value, str)
        else _translate(value, language)
        for key, value in node.items()
    }
