"""What VS Code reads in `.vscode/`: which schema goes with which file, the extension to install, tasks and snippets.

Only the schemas are the tool's own: every other file is written where there is none, and is its owner's from then on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from booklet.cache.atomic import write_whole
from booklet.cache.links import require_own_folder
from booklet.content.json_schema import KINDS, NO_IDS, write_schema
from booklet.content.model.fields import keys_of, model_at
from booklet.content.model.proposal import CostLine, Funding, Phase
from booklet.content.model.sources import Reference
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from booklet.content.json_schema import Ids
    from booklet.diagnostics.message import Message
    from booklet.text.language import Language

FOLDER = ".vscode"
YAML_EXTENSION = "redhat.vscode-yaml"
#: what is typed before a command
IN_A_CHECKOUT, INSTALLED = ("sh", "run.sh"), ("booklet",)
#: reads a line of `check --format concise`; VS Code knows the severities `error`, `warning` and `info`
MATCHER = {
    "owner": "booklet",
    "source": "booklet",
    "fileLocation": ["relative", "${workspaceFolder}"],
    "pattern": {
        "regexp": r"^(.+?):(\d+):(\d+): (error|warning|info)(?:rmation)?\[([A-Z]\d{3})\] (.+)$",
        "file": 1,
        "line": 2,
        "column": 3,
        "severity": 4,
        "code": 5,
        "message": 6,
    },
}


def settings() -> dict[str, Any]:
    """Wire each schema to its files (the YAML extension)."""
    return {"yaml.schemas": {f"./{FOLDER}/{kind}.schema.json": files for kind, (_, files) in KINDS.items()}}


def tasks(language: Language, command: Sequence[str]) -> dict[str, Any]:
    """The commands of the menu, each with its findings on the lines that they are about."""
    program, *first = command
    concise = ("--format", "concise")
    commands: tuple[tuple[Message, tuple[str, ...], dict[str, Any]], ...] = (
        (say("Check every proposal"), ("check", *concise), {"group": {"kind": "build", "isDefault": True}}),
        (say("Check this file"), ("check", *concise, "${file}"), {}),
        (say("Show what can be corrected in this file"), ("check", "--diff", "${file}"), {}),
        (say("Correct what can be corrected in this file"), ("check", "--fix", *concise, "${file}"), {}),
        (say("Make the pages of this file, in preview/"), ("build", "--preview", *concise, "${file}"), {}),
        (say("Offer new organisations and sources while typing"), ("schema",), {}),
    )
    return {
        "version": "2.0.0",
        "tasks": [
            {
                "label": label.text(language),
                "type": "process",
                "command": program,
                "args": [*first, *arguments],
                "problemMatcher": MATCHER if "concise" in arguments else [],
                **more,
            }
            for label, arguments, more in commands
        ],
    }


def snippets(language: Language) -> dict[str, Any]:
    """Groups of keys to fill in, offered where one of their words is typed; a key that stays empty is told (M102)."""
    groups = (
        (
            say("Line of cost"),
            ["cost", "cout"],
            _item(CostLine, ("spread", "vat", "vat_regime", "assumption")),
        ),
        (say("Line of the financing plan"), ["funding", "financement"], _item(Funding, ("share",))),
        (say("Phase of the timeline"), ["phase"], _item(Phase)),
        (say("Entry of sources.yaml"), ["source"], _number(["§:", *_lines(Reference, keys_of(Reference))])),
    )
    return {
        title.text(language): {"scope": "yaml", "prefix": words, "body": body}
        for title, words, body in groups
    }


def _item(model: type[BaseModel], more: Sequence[str] = ()) -> list[str]:
    """An item of a list: the keys that a ready proposal must have, and some more."""
    keys = [key for key, declared in keys_of(model).items() if declared.needed or key in more]
    first, *others = _lines(model, keys)
    return _number([f"- {first.lstrip()}", *others])


def _lines(model: type[BaseModel], keys: Iterable[str]) -> list[str]:
    """Keys with `§` where a value is typed, and its choices; the first is `…`, so that none is taken unread."""
    lines = []
    for key in keys:
        words = keys_of(model)[key].words
        group = model_at(keys_of(model)[key].annotation, ()) if keys_of(model)[key].read is None else None
        inner = ", ".join(f"{name}: §" for name in keys_of(group)) if group else ""
        value = f"§|…,{','.join(words)}|" if words else f"{{{inner}}}" if inner else "§"
        lines.append(f"  {key}: {value}")
    return lines


def _number(lines: Iterable[str]) -> list[str]:
    """Make each `§` a stop of the Tab key, in order."""
    first, *stops = "\n".join(lines).split("§")
    text = first
    for number, rest in enumerate(stops, 1):
        choices, bar, after = rest[1:].partition("|") if rest.startswith("|") else ("", "", rest)
        text += (f"${{{number}|{choices}|}}" if bar else f"${number}") + after
    return text.split("\n")


def make_files(language: Language, command: Sequence[str]) -> dict[str, str]:
    """The files beside the schemas and the settings, by name."""
    values = {
        "extensions.json": {"recommendations": [YAML_EXTENSION]},
        "tasks.json": tasks(language, command),
        "booklet.code-snippets": snippets(language),
    }
    return {name: _write(value) for name, value in values.items()}


def write_all(root: Path, language: Language, ids: Ids = NO_IDS) -> tuple[str, ...]:
    """Write every schema into a workspace, and the other files where there are none; return the paths.

    Raises `BuildError` where their folder is a link.
    """
    folder = require_own_folder(root, FOLDER)
    folder.mkdir(exist_ok=True)
    command = IN_A_CHECKOUT if (root / IN_A_CHECKOUT[1]).is_file() else INSTALLED
    files = {f"{kind}.schema.json": write_schema(kind, language, ids) for kind in KINDS}
    others = {"settings.json": _write(settings()), **make_files(language, command)}
    files |= {name: text for name, text in others.items() if not (folder / name).exists()}
    for name, text in files.items():
        write_whole(folder / name, text.encode())
    return tuple(f"{FOLDER}/{name}" for name in files)


def _write(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
