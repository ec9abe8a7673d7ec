"""`costs`, `costs import`, `diff` and `why`: the portfolio, what changes it, and where a figure comes from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, CONTENT, UsageError, language_of, report_build, workspace_root
from booklet.diagnostics.diagnostic import Severity, has_errors
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.report import choose_color
from booklet.diff.formats import DIFFERENCE_FORMATS
from booklet.export.exporters import EXPORTERS, CostsToExport
from booklet.law.lookup import DISCOUNT_RATE
from booklet.pipeline.analysis import Compiled, compile_workspace
from booklet.text.language import Language, choose_language
from booklet.why.formats import DERIVATION_FORMATS

if TYPE_CHECKING:
    import argparse

    from booklet.costs.portfolio import Portfolio

COSTS_FORMATS = tuple(EXPORTERS)
PRESENT_VALUE_FORMATS = tuple(name for name, exporter in EXPORTERS.items() if exporter.has_present_value)
DIFF_FORMATS = tuple(DIFFERENCE_FORMATS)
WHY_FORMATS = tuple(DERIVATION_FORMATS)


def run_costs(options: argparse.Namespace) -> int:
    """Print the portfolio, or bring changed figures back from its workbook."""
    if options.action == "import":
        return _import_workbook(options)
    if options.present_value and not EXPORTERS[options.format].has_present_value:
        raise UsageError(
            say("`--present-value` is printed with {formats} only", formats=quote_all(PRESENT_VALUE_FORMATS))
        )
    compiled = compile_workspace(workspace_root(options))
    language = language_of(options, compiled)
    if has_errors(compiled.diagnostics) or compiled.portfolio is None:
        report_build(options, compiled, compiled.diagnostics, {}, language)
        return CONTENT
    _put_out(options, _write_costs(options, compiled, compiled.portfolio, language))
    return CLEAN


def _put_out(options: argparse.Namespace, data: bytes) -> None:
    """Write to the file of `--output`, or to the standard output."""
    if options.output is not None:
        from booklet.cache.atomic import write_whole

        try:
            write_whole(Path(options.output).absolute(), data)
        except OSError as error:
            error.filename = options.output  # not the part that is written beside it first
            raise
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def _write_costs(
    options: argparse.Namespace, compiled: Compiled, portfolio: Portfolio, language: Language
) -> bytes:
    rate = None
    if options.present_value:
        rate = compiled.law.percent(DISCOUNT_RATE, portfolio.term.end.first_day)
        if rate is None:
            raise UsageError(
                say("no discount rate is known: add `discount.rate` to `proposals/parameters.yaml`")
            )
    exporter = EXPORTERS[options.format]
    if exporter.is_binary and options.output is None and sys.stdout.isatty():
        raise UsageError(say("a workbook is not for a terminal: name a file with `--output FILE`"))
    return exporter.write(
        CostsToExport(compiled.workspace, portfolio, compiled.law, language, discount_rate=rate)
    )


def _import_workbook(options: argparse.Namespace) -> int:
    """Bring changed quantities and unit costs back into the files of the proposals: all of them or none."""
    from booklet.cache.atomic import write_whole
    from booklet.diagnostics.report import AUTO, choose_format, render
    from booklet.diagnostics.reporters.findings import Report
    from booklet.export.import_workbook import import_workbook

    if options.file is None:
        raise UsageError(say("name the workbook: `costs import FILE.xlsx`"))
    root = workspace_root(options)
    compiled = compile_workspace(root)
    language = language_of(options, compiled)
    if has_errors(compiled.workspace.diagnostics):
        report_build(options, compiled, compiled.workspace.diagnostics, {}, language)
        return CONTENT
    try:
        data = Path(options.file).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(say("no file `{path}`", path=options.file)) from None
    imported = import_workbook(compiled.workspace, Path(options.file).name, data)
    if imported.diagnostics:
        sources = compiled.workspace.sources.values()
        report = Report.gather(
            imported.diagnostics, sources, proposals=len(compiled.workspace.ready), drafts=0
        )
        terminal = sys.stderr.isatty()
        color = choose_color(os.environ, terminal) and not options.no_color
        format = choose_format(AUTO, {}, terminal)
        print(render(report, format, language, color=color, version=""), end="", file=sys.stderr)
    if any(found.severity is Severity.ERROR for found in imported.diagnostics):
        return CONTENT
    for path, content in imported.files.items():
        write_whole(root / path, content)
    for change in imported.changes:
        place = f"{change.span.path}:{change.span.start.line}:{change.span.start.column}"
        print(f"{place}: {change.before} → {change.after}")
    if not imported.changes:
        print(say("no figure was changed").text(language))
    return CLEAN


def run_diff(options: argparse.Namespace) -> int:
    """Print what a change does to the costs, and why; P104 decides the exit status."""
    from booklet.diff.revisions import NoSuchState
    from booklet.diff.states import compare_states

    try:
        compared = compare_states(workspace_root(options), options.before, options.after)
    except NoSuchState as error:
        raise UsageError(error.message, *error.hints) from None
    language = choose_language(options.lang, compared.after.costs.lang, os.environ)
    if options.save is not None:
        compared.save(Path(options.save))
    format = DIFFERENCE_FORMATS[options.format]
    _put_out(options, format.write(compared, language).encode())
    if not format.has_diagnostics:
        for found in compared.diagnostics:
            print(found.message.text(language), file=sys.stderr)
    return CONTENT if compared.fails else CLEAN


def run_why(options: argparse.Namespace) -> int:
    """Print how a figure was derived, down to the lines that were typed."""
    from booklet.why.explain import explain_figure
    from booklet.why.reference import UnknownReference

    compiled = compile_workspace(workspace_root(options))
    language = language_of(options, compiled)
    if compiled.portfolio is None or has_errors(compiled.workspace.diagnostics):
        report_build(options, compiled, compiled.diagnostics, {}, language)
        return CONTENT
    try:
        node = explain_figure(
            options.reference, compiled.workspace, compiled.portfolio, compiled.law, whole=options.whole
        )
    except UnknownReference as error:
        raise UsageError(error.message, *error.hints) from None
    color = choose_color(os.environ, sys.stdout.isatty()) and not options.no_color
    print(DERIVATION_FORMATS[options.format](node, language, color=color), end="")
    return CLEAN
