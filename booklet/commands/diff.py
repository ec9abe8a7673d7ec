"""`diff`: what a change does to the costs, and why."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.commands.output import add_output, put_out
from booklet.commands.session import CLEAN, CONTENT, Session, UsageError
from booklet.diagnostics.message import say
from booklet.diff.formats import DIFFERENCE_FORMATS
from booklet.text.language import choose_language
from booklet.text.outside import visible

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `diff`."""
    arguments = commands.add("diff", run_diff, say("print what a change does to the costs, and why"))
    arguments.add("before", metavar="REV", help=say("git revision, or a saved `costs --format json`"))
    arguments.add("after", nargs="?", metavar="REV", help=say("the same (default: the working tree)"))
    arguments.add("--format", choices=DIFFERENCE_FORMATS, default="table", help=say("default: table"))
    add_output(arguments)
    arguments.add("--save", metavar="DIR", help=say("keep the JSON of both states in a folder"))


def run_diff(session: Session) -> int:
    """Print what a change does to the costs; P104 decides the exit status."""
    from booklet.diff.revisions import NoSuchState
    from booklet.diff.states import SAVED_SUFFIX, compare_states

    options = session.options
    # two saved files are compared wherever one stands; a revision or the working tree is a workspace's
    is_saved = all((word or "").endswith(SAVED_SUFFIX) for word in (options.before, options.after))
    root = session.directory if is_saved else session.root
    try:
        compared = compare_states(root, options.before, options.after)
    except NoSuchState as error:
        raise UsageError(error.message, *error.hints) from None
    # the later state's, which need not be the working tree's
    language = choose_language(options.lang, compared.after.costs.lang, os.environ)
    if options.save is not None:
        compared.save(Path(options.save))
    format = DIFFERENCE_FORMATS[options.format]
    put_out(format.write(compared, language).encode(), options.output)
    if not format.has_diagnostics:
        for found in compared.diagnostics:
            print(visible(found.message.text(language)), file=sys.stderr)
    return CONTENT if compared.fails else CLEAN
