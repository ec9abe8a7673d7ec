"""`costs` and `costs import`: the portfolio, and changed figures brought back from its workbook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.commands.output import add_output, put_out
from booklet.commands.session import CLEAN, CONTENT, Session, UsageError
from booklet.diagnostics.diagnostic import has_errors
from booklet.diagnostics.limits import WORKBOOK_BYTES
from booklet.diagnostics.message import quote_all, say
from booklet.export.exporters import EXPORTERS, CostsToExport
from booklet.text.outside import visible

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands
    from booklet.costs.portfolio import Portfolio
    from booklet.pipeline.analysis import Analysis

PRESENT_VALUE_FORMATS = tuple(name for name, exporter in EXPORTERS.items() if exporter.has_present_value)


def add_parser(commands: Commands) -> None:
    """Add `costs`."""
    words = say("print the portfolio, or `import` a workbook's changed figures")
    arguments = commands.add("costs", run_costs, words)
    arguments.add("action", nargs="?", choices=("import",), help=say("bring changed figures back from FILE"))
    arguments.add("file", nargs="?", metavar="FILE", help=say("workbook to import"))
    arguments.add("--format", choices=EXPORTERS, default="table", help=say("default: table"))
    add_output(arguments)
    arguments.add("--present-value", action="store_true", help=say("add the present value, with its rate"))


def run_costs(session: Session) -> int:
    """Print the portfolio, or bring changed figures back from its workbook."""
    from booklet.pipeline.analysis import analyse_workspace

    options = session.options
    if options.action == "import":
        return _import_workbook(session)
    if options.present_value and not EXPORTERS[options.format].has_present_value:
        raise UsageError(
            say("`--present-value` is printed with {formats} only", formats=quote_all(PRESENT_VALUE_FORMATS))
        )
    analysis = analyse_workspace(session.root)
    if has_errors(analysis.diagnostics) or analysis.portfolio is None:
        session.report(analysis, analysis.diagnostics)
        return CONTENT
    put_out(_write_costs(session, analysis, analysis.portfolio), options.output)
    return CLEAN


def _write_costs(session: Session, analysis: Analysis, portfolio: Portfolio) -> bytes:
    from booklet.law.lookup import DISCOUNT_RATE

    options = session.options
    rate = None
    if options.present_value:
        rate = analysis.law.percent(DISCOUNT_RATE, portfolio.term.end.first_day)
        if rate is None:
            raise UsageError(
                say("no discount rate is known: add `discount.rate` to `proposals/parameters.yaml`")
            )
    exporter = EXPORTERS[options.format]
    if exporter.is_binary and options.output is None and sys.stdout.isatty():
        raise UsageError(say("a workbook is not for a terminal: name a file with `--output FILE`"))
    costs = CostsToExport(analysis.workspace, portfolio, analysis.law, session.language, discount_rate=rate)
    return exporter.write(costs)


def _import_workbook(session: Session) -> int:
    """Bring changed quantities and unit costs back into the files of the proposals: all of them or none."""
    from booklet.cache.atomic import write_whole
    from booklet.diagnostics.reporters.findings import Report, write_place
    from booklet.export.import_workbook import import_workbook
    from booklet.pipeline.analysis import analyse_workspace

    name = session.options.file
    if name is None:
        raise UsageError(say("name the workbook: `costs import FILE.xlsx`"))
    analysis = analyse_workspace(session.root)
    workspace = analysis.workspace
    if has_errors(workspace.diagnostics):
        session.report(analysis, workspace.diagnostics)
        return CONTENT
    if not Path(name).is_file():  # a pipe would be waited for
        raise UsageError(say("no file `{path}`", path=name))
    with Path(name).open("rb") as file:
        data = file.read(WORKBOOK_BYTES + 1)
    imported = import_workbook(workspace, Path(name).name, data)
    if imported.diagnostics:
        sources = workspace.sources.values()
        session.print_report(
            Report.gather(imported.diagnostics, sources, proposals=len(workspace.ready), drafts=0)
        )
    if has_errors(imported.diagnostics):
        return CONTENT
    for path, content in imported.files.items():
        write_whole(session.root / path, content)
    for change in imported.changes:
        print(f"{write_place(change.span)}: {visible(f'{change.before} → {change.after}')}")
    if not imported.changes:
        print(session.text(say("no figure was changed")))
    return CLEAN
