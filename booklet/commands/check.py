"""`check`: every fault of every file."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from booklet.commands.arguments import add_store, add_strict
from booklet.commands.findings import add_format, print_findings
from booklet.commands.session import CLEAN, CONTENT
from booklet.diagnostics.message import say
from booklet.diagnostics.report import FOR_PEOPLE, choose_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.commands.arguments import Commands
    from booklet.commands.session import Session
    from booklet.diagnostics.diagnostic import Diagnostic


def add_parser(commands: Commands) -> None:
    """Add `check`."""
    arguments = commands.add("check", run_check, say("print every fault of every file"))
    arguments.add(
        "paths",
        nargs="*",
        metavar="PATH",
        help=say("report only on these files or folders, or proposals by their ids"),
    )
    add_format(arguments)
    arguments.add(
        "--fix",
        action="store_true",
        help=say("correct what can only be meant one way, then print what remains"),
    )
    arguments.add(
        "--diff", action="store_true", help=say("print what `--fix` would change, and change nothing")
    )
    add_strict(arguments)
    add_store(arguments)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Collect nothing meanwhile: a check makes hardly any cycles, and looking for them takes a twentieth of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_garbage_collection()
def run_check(session: Session) -> int:
    """Print every diagnostic."""
    from booklet.commands.fixes import print_diff, print_fixes
    from booklet.commands.selection import is_within, select_paths
    from booklet.pipeline.analysis import check_incrementally
    from booklet.pipeline.fixes import find_fixes

    chosen = select_paths(session.options.paths, session) or (".",)
    store = session.open_store()
    checked = check_incrementally(session.root, store)
    if session.options.fix or session.options.diff:
        fixes = find_fixes(session.root, store, checked, lambda path: is_within(path, chosen))
        chosen += tuple(fixes.files)
        if session.options.diff:
            print_diff(fixes, session)
        else:
            if fixes.files:
                fixes.save()
                checked = check_incrementally(session.root, store)
            format = choose_format(session.options.format, os.environ, terminal=sys.stdout.isatty())
            print_fixes(fixes, session, sys.stdout if format in FOR_PEOPLE else sys.stderr)

    def shows(found: Diagnostic) -> bool:
        """A double count stands in two files: it is reported on either."""
        return any(
            is_within(span.path, chosen) for span in (found.span, *(one.span for one in found.related))
        )

    diagnostics = tuple(found for found in checked.diagnostics if shows(found))
    if session.options.diff:
        return CONTENT if session.fails(diagnostics) else CLEAN
    status = print_findings(session, checked, diagnostics, whole=bool(session.options.paths))
    if session.options.verbose:
        message = say("proposals checked anew: {count}", count=len(checked.anew))
        print(session.text(message), file=sys.stderr)
    return status
