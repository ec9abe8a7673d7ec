"""`build --preview`: one proposal's pages, drafts too, without the rest of the booklet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from booklet.commands.session import (
    CLEAN,
    CONTENT,
    Progress,
    UsageError,
    fails,
    language_of,
    open_store,
    report_build,
    workers_for,
    workspace_root,
)
from booklet.content.proposal_files import EDITION, PARAMETERS, ProposalDocument
from booklet.content.spelling import nearest
from booklet.diagnostics.diagnostic import Diagnostic, has_errors
from booklet.diagnostics.message import say
from booklet.pipeline.analysis import Compiled, compile_workspace
from booklet.pipeline.build import preview

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

#: beside `dist/`, which a preview never touches
PREVIEW_FOLDER = "preview"
#: files without which no page is right, whatever the proposal
_NEEDED = (EDITION, PARAMETERS)


def run_preview(options: argparse.Namespace) -> int:
    """Lay out the named proposals, or all of them, each to `preview/<id>.pdf`.

    A proposal with errors gets no page, and the one of before is removed: it would show what the file no longer says.
    Errors elsewhere, but for those that make the edition unreadable, are left to `check`.
    """
    root = workspace_root(options)
    compiled = compile_workspace(root)
    language = language_of(options, compiled)
    chosen = _choose(compiled, options.preview)
    own = {document.id: _about(document, compiled.diagnostics) for document in chosen}
    shared = tuple(_unreadable(compiled.diagnostics))
    told = (*shared, *(found for listed in own.values() for found in listed))
    report_build(options, compiled, tuple(sorted(told, key=lambda found: found.order)), {}, language)
    folder = root / PREVIEW_FOLDER
    sound = {document.id for document in chosen if not shared and not has_errors(own[document.id])}
    for document in chosen:
        if document.id not in sound:
            (folder / f"{document.id}.pdf").unlink(missing_ok=True)
    if shared or compiled.portfolio is None:
        return CONTENT

    from booklet.cache.atomic import write_whole

    costed = [one for one in (*compiled.portfolio.ready, *compiled.portfolio.drafts) if one.id in sound]
    progress = Progress(language)
    store = open_store(options, root)
    try:
        made = preview(compiled, costed, store, workers_for(options, most=len(sound)), progress)
    finally:
        progress.clear()
    report_build(options, compiled, made.diagnostics, made.sources, language)
    if options.verbose:
        print(f"laid out: {', '.join(made.rendered) or '-'}", file=sys.stderr)
    folder.mkdir(exist_ok=True)
    for id, rendered in made.fiches.items():
        path = folder / f"{id}.pdf"
        if rendered.missing_characters or rendered.complaints:
            path.unlink(missing_ok=True)
            continue
        write_whole(path, rendered.pdf)
        name = path.relative_to(root).as_posix()
        one = say("{path}: one page", path=name)
        words = one if rendered.pages == 1 else say("{path}: {pages} pages", path=name, pages=rendered.pages)
        print(words.text(language))
    return CONTENT if fails((*told, *made.diagnostics), options) else CLEAN


def _choose(compiled: Compiled, ids: Sequence[str]) -> tuple[ProposalDocument, ...]:
    """Find the named proposals, all when none is named; an unknown name is wrong usage."""
    by_id = {document.id: document for document in compiled.workspace.proposals}
    for id in ids:
        if id not in by_id:
            close = nearest(id, by_id)
            hint = (
                say("did you mean `{key}`?", key=close)
                if close
                else say("name it as its file, without `.yaml`")
            )
            raise UsageError(say("no proposal `{id}`", id=id), hint)
    return tuple(by_id[id] for id in dict.fromkeys(ids or by_id))


def _about(document: ProposalDocument, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep what is found in a proposal's own file and folder."""
    path, folder = document.source.path, f"{document.folder}/"
    return tuple(
        found for found in diagnostics if found.span.path == path or found.span.path.startswith(folder)
    )


def _unreadable(diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """Keep the errors that leave a hole in what every page needs."""
    return (
        found
        for found in diagnostics
        if found.span.path in _NEEDED and found.code[0] in "YM" and has_errors((found,))
    )
