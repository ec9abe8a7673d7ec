"""`explain-rebuild`: why the last build laid out what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, Session, UsageError
from booklet.diagnostics.message import quote_all, say
from booklet.text.outside import BULLET, visible

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `explain-rebuild`."""
    words = say("say why the last build laid out what it did")
    arguments = commands.add("explain-rebuild", run_explain_rebuild, words)
    arguments.add("ids", nargs="*", metavar="ID", help=say("proposals, lists or pages (default: all)"))


def run_explain_rebuild(session: Session) -> int:
    """Print the cause for which each document was laid out by the last build."""
    from booklet.content.spelling import nearest
    from booklet.pipeline.build_record import read_record

    ids = session.options.ids
    record = read_record(session.open_store())
    if record is None:
        print(session.text(say("the store holds no record of a build: build first")))
        return CLEAN
    known = record.after.documents
    unknown = [id for id in ids if id not in known]
    if unknown:
        close = nearest(unknown[0], known)
        hints = (say("did you mean `{key}`?", key=close),) if close else ()
        raise UsageError(say("the last build made nothing of {ids}", ids=quote_all(unknown)), *hints)
    chosen = [id for id in record.laid_out if not ids or id in ids]
    ids_by_cause: dict[str, list[str]] = {}
    for id in chosen:
        ids_by_cause.setdefault(session.text(record.explain(id)), []).append(id)
    for cause, those in ids_by_cause.items():
        print(visible(f"{BULLET}{', '.join(those)}"))
        print(f"    {cause}")
    if not chosen:
        message = (
            say("the last build did not lay {ids} out: the store held it", ids=quote_all(ids))
            if ids
            else say("the last build laid nothing out: all of it came from the store")
        )
        print(session.text(message))
    return CLEAN
