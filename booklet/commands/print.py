"""`print`: the press files of every list, sheets to fold, and what to order."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

from booklet.checks.engine import check_print
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
from booklet.diagnostics.message import quote_all, say
from booklet.pipeline.analysis import Compiled, compile_workspace
from booklet.pipeline.inputs import digest_inputs

PRINT_FOLDER = "print"


def run_print(options: argparse.Namespace) -> int:
    """Check, lay out for the press, impose, and say what to order."""
    if options.cluster:
        raise UsageError(say("`--cluster` is for `build`: `print` lays out on this machine"))
    root = workspace_root(options)
    inputs = digest_inputs(root)  # before anything is read, as in `build`
    compiled = compile_workspace(root)
    language = language_of(options, compiled)
    found = (*compiled.diagnostics, *check_print(compiled.workspace))
    report_build(options, compiled, found, {}, language)
    if fails(found, options):
        return CONTENT
    _require_lists(options.lists, compiled)

    from booklet.export.text_table import write_terminal
    from booklet.press.edition import PrintOptions, make_print  # Jinja and pikepdf
    from booklet.press.paper import Paper
    from booklet.press.print_order import make_order_grid

    chosen = PrintOptions(
        Paper(options.paper, options.bulk),
        options.sheet,
        options.copies,
        options.section,
        tuple(options.lists),
        options.strict,
    )
    progress = Progress(language)
    store = open_store(options, root)
    try:
        printed = make_print(
            compiled,
            inputs,
            root / PRINT_FOLDER,
            store,
            workers_for(options),
            progress,
            chosen,
        )
    finally:
        progress.clear()
    report_build(options, compiled, printed.diagnostics, printed.sources, language)
    if not printed.lines:
        return CONTENT
    print(write_terminal((make_order_grid(printed.lines, language),)))
    message = say(
        "{count} press files in print/, with their sheets, a proof to fold and order.csv",
        count=len(printed.lines),
    )
    print(message.text(language))
    return CLEAN


def _require_lists(ids: list[str], compiled: Compiled) -> None:
    """Refuse the id of a list that is not served."""
    from booklet.content.spelling import nearest

    lists = compiled.workspace.lists
    known = [one.id for one in lists.value.root] if lists else []
    unknown = [id for id in ids if id not in known]
    if unknown:
        close = nearest(unknown[0], known)
        hints = (say("did you mean `{key}`?", key=close),) if close else ()
        raise UsageError(say("no list {ids} in `proposals/lists.yaml`", ids=quote_all(unknown)), *hints)


def positive_number(text: str) -> Decimal:
    """Read a number above 0, with a comma or a point."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal(0)
    if not number.is_finite() or number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def section_pages(text: str) -> int:
    """Read the pages of a section: a multiple of four."""
    if not text.isdecimal() or int(text) < 4 or int(text) % 4:
        raise argparse.ArgumentTypeError(f"{text!r} is not a multiple of 4")
    return int(text)
