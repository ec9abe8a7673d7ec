"""`schema`: the JSON Schemas that editors use, with the ids of the workspace, and tasks and snippets of VS Code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, Session
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands

KINDS = ("proposal", "edition", "lists", "sources", "parameters")


def add_parser(commands: Commands) -> None:
    """Add `schema`."""
    words = say("write the JSON Schemas that editors use, or print one")
    arguments = commands.add("schema", run_schema, words)
    arguments.add("kind", nargs="?", choices=KINDS, help=say("print this one"))


def run_schema(session: Session) -> int:
    """Print one JSON Schema, or write all of them where editors look."""
    from booklet.content.editor import write_all
    from booklet.content.json_schema import ids_of, write_schema
    from booklet.content.workspace import read_workspace

    if session.options.kind is not None:
        print(write_schema(session.options.kind, session.language), end="")
    else:
        for path in write_all(session.root, session.language, ids_of(read_workspace(session.root))):
            print(path)
    return CLEAN
