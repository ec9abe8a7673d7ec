"""`why`: how a figure was derived, down to the lines that were typed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, CONTENT, Session, UsageError
from booklet.diagnostics.diagnostic import has_errors
from booklet.diagnostics.message import say
from booklet.why.formats import DERIVATION_FORMATS

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `why`."""
    words = say("print how a figure was derived, down to the lines that were typed")
    arguments = commands.add("why", run_why, words)
    arguments.add("reference", metavar="REF", help=say("as `bus-priorite.2023.investissement`, or `total`"))
    arguments.add("--format", choices=DERIVATION_FORMATS, default="tree", help=say("default: tree"))
    arguments.add(
        "--whole", action="store_true", help=say("derive every proposal of a sum down to its lines")
    )


def run_why(session: Session) -> int:
    """Print how a figure was derived."""
    from booklet.pipeline.analysis import analyse_workspace
    from booklet.why.explain import explain_figure
    from booklet.why.reference import UnknownReference

    options = session.options
    analysis = analyse_workspace(session.root)
    if analysis.portfolio is None or has_errors(analysis.workspace.diagnostics):
        session.report(analysis, analysis.diagnostics)
        return CONTENT
    try:
        node = explain_figure(
            options.reference, analysis.workspace, analysis.portfolio, analysis.law, whole=options.whole
        )
    except UnknownReference as error:
        raise UsageError(error.message, *error.hints) from None
    color = session.has_color(sys.stdout)
    print(DERIVATION_FORMATS[options.format](node, session.language, color=color), end="")
    return CLEAN
