"""`costs`, `costs import`, `diff` and `why`: the portfolio, what changes it, and where a figure comes from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, CONTENT, UsageError, language_of, report_build, workspace_root
from booklet.costs.financing import DISCOUNT_RATE
from booklet.diagnostics.diagnostic import Severity, has_errors
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.report import choose_color
from booklet.pipeline.analysis import Compiled, compile_workspace
from booklet.text.language import Language, choose_language

if TYPE_CHECKING:
    import argparse

    from booklet.costs.portfolio import Portfolio

COSTS_FORMATS = ("table", "json", "csv", "markdown", "xlsx")
#: formats that keep discounted amounts apart; in a table of amounts as they are they would be added to them
PRESENT_VALUE_FORMATS = ("table", "json", "markdown")
DIFF_FORMATS = ("table", "markdown", "json", "csv")
WHY_FORMATS = ("tree", "json")


def run_costs(options: argparse.Namespace) -> int:
    """Print the portfolio, or bring changed figures back from its workbook."""
    if options.action == "import":
        return _import_workbook(options)
    if options.present_value and options.format not in PRESENT_VALUE_FORMATS:
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
    workspace = compiled.workspace
    assert workspace.edition is not None, "without an edition there is no term, hence no portfolio"
    edition = workspace.edition.value
    rate = None
    if options.present_value:
        rate = compiled.law.percent(DISCOUNT_RATE, portfolio.term.end.first_day)
        if rate is None:
            raise UsageError(
                say("no discount rate is known: add `discount.rate` to `proposals/parameters.yaml`")
            )
    if options.format == "json":
        from booklet.export.json import write_costs as write_json

        return write_json(portfolio, workspace, discount_rate=rate).encode()
    if options.format == "csv":
        from booklet.export.csv import write_costs as write_csv

        return write_csv(portfolio).encode()
    if options.format == "xlsx":
        from booklet.export.xlsx.workbook import write_workbook

        if options.output is None and sys.stdout.isatty():
            raise UsageError(say("a workbook is not for a terminal: name a file with `--output FILE`"))
        references = workspace.bibliography.value.root if workspace.bibliography else {}
        rates = compiled.law.fctva_rates(portfolio.years)
        return write_workbook(portfolio, edition, references, language, compiled.financings, rates)
    from booklet.export.text_table import make_grids, make_present_value, write_markdown, write_terminal

    grids = make_grids(portfolio, edition, compiled.financings, language)
    if rate is not None:
        grids = (*grids, make_present_value(portfolio, rate, language))
    return (write_markdown(grids) if options.format == "markdown" else write_terminal(grids)).encode()


def _import_workbook(options: argparse.Namespace) -> int:
    """Bring changed quantities and unit costs back into the files of the proposals: all of them or none."""
    from booklet.cache.atomic import write_whole
    from booklet.diagnostics.report import AUTO, Report, choose_format, render
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
    from booklet.diff.comparison import compare_states
    from booklet.diff.revisions import NoSuchState

    try:
        compared = compare_states(workspace_root(options), options.before, options.after)
    except NoSuchState as error:
        raise UsageError(error.message, *error.hints) from None
    language = choose_language(options.lang, compared.after.costs.lang, os.environ)
    if options.save is not None:
        compared.save(Path(options.save))
    _put_out(options, compared.write(options.format, language).encode())
    if options.format == "csv":
        for found in compared.diagnostics:
            print(found.message.text(language), file=sys.stderr)
    return CONTENT if compared.fails else CLEAN


def run_why(options: argparse.Namespace) -> int:
    """Print how a figure was derived, down to the lines that were typed."""
    from booklet.why.explain import explain_figure
    from booklet.why.json import write_json
    from booklet.why.reference import UnknownReference
    from booklet.why.terminal import write_tree

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
    if options.format == "json":
        print(write_json(node, language), end="")
    else:
        color = choose_color(os.environ, sys.stdout.isatty()) and not options.no_color
        print(write_tree(node, language, color=color), end="")
    return CLEAN
