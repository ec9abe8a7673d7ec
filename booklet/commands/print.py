"""`print`: the press files of every list, sheets to fold, and what to order."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from booklet.commands.arguments import UnreadableArgument, add_jobs, add_store, add_strict, read_count
from booklet.commands.session import CLEAN, CONTENT, Session, UsageError
from booklet.diagnostics.message import quote_all, say

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands
    from booklet.pipeline.analysis import Analysis

PRINT_FOLDER = "print"


def add_parser(commands: Commands) -> None:
    """Add `print`."""
    words = say("make the files for a printer, and what to order, in print/")
    arguments = commands.add("print", run_print, words)
    arguments.add("lists", nargs="*", metavar="LIST", help=say("ids of lists (default: every list)"))
    arguments.add("--copies", read=read_count, default=1, metavar="N", help=say("copies for each list"))
    arguments.add(
        "--paper", read=read_positive, default=Decimal(90), metavar="G", help=say("g/m² (default: 90)")
    )
    arguments.add(
        "--bulk",
        read=read_positive,
        default=Decimal("1.2"),
        metavar="B",
        help=say("cm³/g (default: 1.2, offset)"),
    )
    arguments.add(
        "--sheet",
        choices=("a4", "a3"),
        default="a4",
        help=say("a4 folds to A5, a3 to A4 (default: a4)"),
    )
    arguments.add(
        "--section",
        read=read_section,
        default=16,
        metavar="N",
        help=say("pages a section, beyond 80 pages"),
    )
    add_strict(arguments)
    add_jobs(arguments)
    add_store(arguments)


def read_positive(text: str) -> Decimal:
    """Read a number above 0, with a comma or a point."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal(0)
    if not number.is_finite() or number <= 0:
        raise UnreadableArgument(say("`{text}` is not a number above 0", text=text))
    return number


def read_section(text: str) -> int:
    """Read the pages of a section: a multiple of four."""
    if not text.isdecimal() or int(text) < 4 or int(text) % 4:
        raise UnreadableArgument(say("`{text}` is not a multiple of 4", text=text))
    return int(text)


def run_print(session: Session) -> int:
    """Check, lay out for the press, impose, and say what to order."""
    from booklet.checks.engine import check_print
    from booklet.commands.progress import Progress
    from booklet.pipeline.analysis import analyse_workspace
    from booklet.pipeline.inputs import digest_inputs

    options, root = session.options, session.root
    inputs = digest_inputs(root)  # before anything is read, as in `build`
    analysis = analyse_workspace(root)
    found = (*analysis.diagnostics, *check_print(analysis.workspace))
    session.report(analysis, found)
    if session.fails(found):
        return CONTENT
    _require_lists(options.lists, analysis)

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
    progress = Progress(session.language)
    try:
        printed = make_print(
            analysis,
            inputs,
            root / PRINT_FOLDER,
            session.open_store(),
            session.workers(),
            progress,
            chosen,
        )
    finally:
        progress.clear()
    session.report(analysis, printed.diagnostics, printed.sources)
    if not printed.lines:
        return CONTENT
    print(write_terminal((make_order_grid(printed.lines, session.language),)))
    message = say(
        "{count} press files in print/, with their sheets, a proof to fold and order.csv",
        count=len(printed.lines),
    )
    print(session.text(message))
    return CLEAN


def _require_lists(ids: list[str], analysis: Analysis) -> None:
    """Refuse the id of a list that is not served."""
    from booklet.content.spelling import nearest

    lists = analysis.workspace.lists
    known = [one.id for one in lists.value.root] if lists else []
    unknown = [id for id in ids if id not in known]
    if unknown:
        close = nearest(unknown[0], known)
        hints = (say("did you mean `{key}`?", key=close),) if close else ()
        raise UsageError(say("no list {ids} in `proposals/lists.yaml`", ids=quote_all(unknown)), *hints)
