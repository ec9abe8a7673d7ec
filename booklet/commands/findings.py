"""Findings → a report on the standard output, in the format that was asked for."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, CONTENT, Session, UnreportedError, gather_report
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.report import AUTO, FORMATS, choose_format
from booklet.diagnostics.reporters.github import job_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from booklet.commands.arguments import Arguments
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source
    from booklet.pipeline.analysis import CheckedWorkspace


def add_format(arguments: Arguments) -> None:
    """Add `--format`."""
    arguments.add(
        "--format", choices=(AUTO, *FORMATS), default=AUTO, help=say("how to print (default: auto)")
    )


def print_findings(
    session: Session,
    checked: CheckedWorkspace,
    diagnostics: tuple[Diagnostic, ...],
    sources: Mapping[str, Source] | None = None,
    *,
    whole: bool = False,
) -> int:
    """Print findings, and return the status that they end a command with.

    Raises `UnreportedError` where there are errors and they cannot be printed.
    """
    report = gather_report(checked, diagnostics, sources or {})
    format = choose_format(session.options.format, os.environ, terminal=sys.stdout.isatty())
    fails = session.fails(diagnostics)
    try:
        prefix = _path_in_repository(session.root)
        written = session.render(report, format, sys.stdout, prefix=prefix, whole=whole)
        print(written, end="", flush=True)
    except OSError as error:
        if fails:
            raise UnreportedError(error.errno, error.strerror) from error
        raise
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format == "github" and summary:
        _add_summary(summary, job_summary(report, session.language), session)
    return CONTENT if fails else CLEAN


class BuildFindings:
    """What a build finds, step by step: printed at once on the error output, for people.

    With `--format`, what `check` would print and what layout found are one report at the end.
    """

    def __init__(self, session: Session, checked: CheckedWorkspace) -> None:
        self.session, self.checked = session, checked
        self.is_asked = session.options.format != AUTO
        self._found: list[Diagnostic] = []
        self._sources: dict[str, Source] = {}

    def add(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source] | None = None) -> None:
        """Print findings, or keep them for the report."""
        if self.is_asked:
            self._found += diagnostics
            self._sources |= sources or {}
        else:
            self.session.report(self.checked, diagnostics, sources)

    def end(self) -> None:
        """Print the report that was asked for."""
        if self.is_asked:
            print_findings(self.session, self.checked, tuple(self._found), self._sources)


def print_result(message: Message, session: Session) -> None:
    """Print what was made; where a report was asked for, it has the standard output for itself."""
    print(session.text(message), file=sys.stdout if session.options.format == AUTO else sys.stderr)


def _add_summary(path: str, summary: str, session: Session) -> None:
    """Add to the summary of a job, which is a convenience: where it cannot be written, the verdict stays."""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(summary)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = say("the summary `{name}` cannot be written: {reason}", name=path, reason=reason)
        with suppress(OSError):
            print(session.text(message), file=sys.stderr)


def _path_in_repository(root: Path) -> str:
    """Name the workspace's folder in the repository that holds it, for annotations."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            relative = root.relative_to(folder).as_posix()
            return "" if relative == "." else f"{relative}/"
    return ""
