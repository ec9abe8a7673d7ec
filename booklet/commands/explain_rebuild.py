"""`explain-rebuild`: why the last build laid out what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.cache.store import Store
from booklet.commands.session import CLEAN, STORE_FOLDER, Session, UsageError
from booklet.diagnostics.message import quote_all, say

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `explain-rebuild`."""
    words = say("say why the last build laid out what it did")
    arguments = commands.add("explain-rebuild", run_explain_rebuild, words)
    arguments.add("ids", nargs="*", metavar="ID", help=say("proposals, lists or pages (default: all)"))


def run_explain_rebuild(session: Session) -> int:
    """Print which part of its inputs had changed, for each document that the last build laid out."""
    from booklet.content.spelling import nearest
    from booklet.pipeline.build_record import read_record

    ids = session.options.ids
    parts, reasons = read_record(Store(session.root / STORE_FOLDER))
    if parts is None:
        print(session.text(say("the store holds no record of a build: build first")))
        return CLEAN
    known = (*parts.pages, *parts.fronts)
    unknown = [id for id in ids if id not in known]
    if unknown:
        close = nearest(unknown[0], known)
        hints = (say("did you mean `{key}`?", key=close),) if close else ()
        raise UsageError(say("the last build made nothing of {ids}", ids=quote_all(unknown)), *hints)
    chosen = [reason for reason in reasons if not ids or reason.id in ids]
    by_causes: dict[str, list[str]] = {}
    for reason in chosen:
        by_causes.setdefault("; ".join(map(session.text, reason.causes)), []).append(reason.id)
    for causes, those in by_causes.items():
        print(f"{', '.join(those)}\n    {causes}")
    if not chosen:
        message = (
            say("the last build did not lay {ids} out: the store held it", ids=quote_all(ids))
            if ids
            else say("the last build laid nothing out: all of it came from the store")
        )
        print(session.text(message))
    return CLEAN
