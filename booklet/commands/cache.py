"""`clean` and `explain-rebuild`: what the store holds, and why something was laid out again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from booklet.cache.store import Store
from booklet.commands.session import CLEAN, STORE_FOLDER, UsageError, edition_language, workspace_root
from booklet.content.spelling import nearest
from booklet.diagnostics.message import quote_all, say
from booklet.pipeline.build_record import read_record
from booklet.pipeline.staging import only_build
from booklet.text.language import choose_language

if TYPE_CHECKING:
    import argparse


def run_clean(options: argparse.Namespace) -> int:
    """Empty the store, or bring it down to a size; what is missing is laid out again when it is needed."""
    root = workspace_root(options)
    language = choose_language(options.lang, edition_language(options), os.environ)
    with only_build(root):
        found = Store(root / STORE_FOLDER).trim(options.store_size or 0)
    message = say(
        "store: {removed} entries removed ({removed_mb} MB), {kept} left ({kept_mb} MB)",
        removed=found.removed,
        removed_mb=_megabytes(found.removed_bytes),
        kept=found.kept,
        kept_mb=_megabytes(found.kept_bytes),
    )
    print(message.text(language))
    return CLEAN


def run_explain_rebuild(options: argparse.Namespace) -> int:
    """Say why the last build laid out what it did: which part of its inputs had changed."""
    root = workspace_root(options)
    language = choose_language(options.lang, edition_language(options), os.environ)
    parts, reasons = read_record(Store(root / STORE_FOLDER))
    if parts is None:
        print(say("the store holds no record of a build: build first").text(language))
        return CLEAN
    known = (*parts.pages, *parts.fronts)
    unknown = [id for id in options.ids if id not in known]
    if unknown:
        close = nearest(unknown[0], known)
        hints = (say("did you mean `{key}`?", key=close),) if close else ()
        raise UsageError(say("the last build made nothing of {ids}", ids=quote_all(unknown)), *hints)
    chosen = [reason for reason in reasons if not options.ids or reason.id in options.ids]
    by_causes: dict[str, list[str]] = {}
    for reason in chosen:
        by_causes.setdefault("; ".join(cause.text(language) for cause in reason.causes), []).append(reason.id)
    for causes, ids in by_causes.items():
        print(f"{', '.join(ids)}\n    {causes}")
    if not chosen:
        what = quote_all(options.ids)
        message = (
            say("the last build did not lay {ids} out: the store held it", ids=what)
            if options.ids
            else say("the last build laid nothing out: all of it came from the store")
        )
        print(message.text(language))
    return CLEAN


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"
