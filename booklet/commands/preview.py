"""`build --preview`: one proposal's pages, drafts too, without the rest of the booklet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from booklet.cache.atomic import write_whole
from booklet.cache.links import require_own_folder
from booklet.commands.findings import BuildFindings, print_result
from booklet.commands.progress import Progress
from booklet.commands.selection import is_within, select_paths
from booklet.commands.session import CLEAN, CONTENT, Session, UsageError
from booklet.content.paths import EDITION, PARAMETERS, is_proposal
from booklet.diagnostics.diagnostic import Diagnostic, has_errors
from booklet.diagnostics.message import say
from booklet.pipeline.analysis import Analysis, analyse_workspace
from booklet.text.slug import file_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.content.proposal_files import ProposalDocument

#: beside `dist/`, which a preview never touches
PREVIEW_FOLDER = "preview"
#: files without which no page is right, whatever the proposal
_NEEDED = (EDITION, PARAMETERS)


def run_preview(session: Session) -> int:
    """Lay out the named proposals, or all of them, each to `preview/<id>.pdf`.

    A proposal with errors gets no page, and its earlier one is removed: it would show what the file no longer says.
    Errors elsewhere, but for those that make the edition unreadable, are left to `check`.
    """
    from booklet.pipeline.build import Resources, preview

    folder = require_own_folder(session.root, PREVIEW_FOLDER)
    analysis = analyse_workspace(session.root)
    paths = _choose(analysis, session)
    chosen = [one for one in analysis.workspace.proposals if one.source.path in paths]
    found_in = {document.id: _of_proposal(document, analysis.diagnostics) for document in chosen}
    unread = paths - {document.source.path for document in chosen}
    shared = tuple(_unreadable(analysis.diagnostics))
    elsewhere = (*shared, *(found for found in analysis.diagnostics if found.span.path in unread))
    reported = (*elsewhere, *(found for listed in found_in.values() for found in listed))
    findings = BuildFindings(session, analysis)
    findings.add(sorted(reported, key=lambda found: found.order))
    sound = {document.id for document in chosen if not shared and not has_errors(found_in[document.id])}
    for document in chosen:
        if document.id not in sound:
            (folder / f"{file_name(document.id)}.pdf").unlink(missing_ok=True)
    if shared or analysis.portfolio is None or (paths and not sound):
        findings.end()
        return CONTENT

    costed = [one for one in (*analysis.portfolio.ready, *analysis.portfolio.drafts) if one.id in sound]
    progress = Progress(session.language)
    resources = Resources(session.open_store(), session.workers(most=len(sound)), progress)
    try:
        made = preview(analysis, costed, resources)
    finally:
        progress.clear()
    findings.add(made.diagnostics, made.sources)
    findings.end()
    if session.options.verbose:
        message = say("laid out: {names}", names=", ".join(made.rendered) or "-")
        print(session.text(message), file=sys.stderr)
    folder.mkdir(exist_ok=True)
    for id in sound - made.fiches.keys():  # its layout was ended
        (folder / f"{file_name(id)}.pdf").unlink(missing_ok=True)
    for id, rendered in made.fiches.items():
        path = folder / f"{file_name(id)}.pdf"
        if rendered.missing_characters or rendered.complaints:
            path.unlink(missing_ok=True)
            continue
        write_whole(path, rendered.pdf)
        name = path.relative_to(session.root).as_posix()
        one = say("{path}: one page", path=name)
        many = say("{path}: {pages} pages", path=name, pages=rendered.pages)
        print_result(one if rendered.pages == 1 else many, session)
    return CONTENT if session.fails((*reported, *made.diagnostics)) else CLEAN


def _choose(analysis: Analysis, session: Session) -> set[str]:
    """Find the files of the named proposals, all when none is named; those too that cannot be read."""
    names = session.options.preview
    files = {path for path in analysis.workspace.sources if is_proposal(path)}
    if not names:
        return {document.source.path for document in analysis.workspace.proposals}
    chosen: set[str] = set()
    for name, path in zip(names, select_paths(names, session), strict=True):
        within = {file for file in files if is_within(file, (path,))}
        if not within:
            raise UsageError(say("no proposal in `{path}`", path=name))
        chosen |= within
    return chosen


def _of_proposal(document: ProposalDocument, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep what is found in a proposal's own file and folder."""
    paths = (document.source.path, document.folder)
    return tuple(found for found in diagnostics if is_within(found.span.path, paths))


def _unreadable(diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """Keep the errors that leave a hole in what every page needs."""
    return (
        found
        for found in diagnostics
        if found.span.path in _NEEDED and found.code[0] in "YM" and has_errors((found,))
    )
