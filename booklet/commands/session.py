"""One invocation: the workspace it works in, its language, and how it tells faults."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.cache.store import LIMIT, Store
from booklet.diagnostics.diagnostic import Diagnostic, has_errors, has_warnings
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.report import AUTO, choose_color, choose_format, render
from booklet.diagnostics.reporters.findings import Report
from booklet.text.language import Language, choose_language

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from booklet.diagnostics.positions import Source
    from booklet.pipeline.analysis import Checked

    #: starts so many workers, and ends them when the block ends
    WorkerFactory = Callable[[int], AbstractContextManager[Executor]]

#: exit statuses; 3 and 4 are told in `cli`
CLEAN, CONTENT = 0, 1
#: beside `proposals/`
STORE_FOLDER = ".booklet-store"
#: of a step, before the time that is left is told
SECONDS_BEFORE_TELLING = 2.0


class UsageError(Exception):
    """Tell that a command was used wrongly (exit status 2), and what to type."""

    def __init__(self, message: Message, *hints: Message) -> None:
        super().__init__(str(message))
        self.message, self.hints = message, hints


def workspace_root(options: argparse.Namespace) -> Path:
    """Give the folder of `-C`, or the current one."""
    root = Path(options.directory)
    if not root.is_dir():
        raise UsageError(say("`{folder}` is not a folder", folder=str(root)))
    return root.resolve()


def language_of(options: argparse.Namespace, compiled: Checked) -> Language:
    """Choose the language of a command that has read the workspace."""
    edition = compiled.workspace.edition
    written = edition.value.lang if edition and edition.has("lang") else None
    return choose_language(options.lang, written, os.environ)


def open_store(options: argparse.Namespace, root: Path) -> Store:
    """Open a workspace's store, of the size that was asked for; with `--no-store`, one that keeps nothing."""
    size = LIMIT if options.store_size is None else options.store_size
    return Store(None if options.no_store else root / STORE_FOLDER, size)


def edition_language(options: argparse.Namespace) -> str | None:
    """Ask the edition for its language, for commands that need nothing else of it."""
    from booklet.content.decode import decode
    from booklet.content.model.edition import Edition
    from booklet.content.proposal_files import EDITION
    from booklet.content.yaml.parse import parse

    try:
        parsed = parse(EDITION, (Path(options.directory) / EDITION).read_bytes())
    except OSError:
        return None
    return decode(Edition, parsed.source, parsed.root)[0].value.lang if parsed.root else None


def gather_report(
    compiled: Checked, diagnostics: tuple[Diagnostic, ...], sources: Mapping[str, Source]
) -> Report:
    """Make the report of some diagnostics, with the texts that they point into."""
    workspace = compiled.workspace
    return Report.gather(
        diagnostics,
        [*workspace.sources.values(), *sources.values()],
        proposals=len(workspace.ready),
        drafts=len(workspace.drafts),
    )


def workers_for(
    options: argparse.Namespace, most: int | None = None
) -> Callable[[], AbstractContextManager[Executor]]:
    """Choose who lays pages out, `most` of them at most; they are started when something has to be laid out."""

    def start() -> AbstractContextManager[Executor]:
        if options.cluster:
            from booklet.pipeline.cluster.executor import cluster  # Dask, which may not be installed

            return cluster(options.cluster)
        from booklet.pipeline.pool import default_jobs, pool  # Jinja and pikepdf

        jobs: int = options.jobs or default_jobs()
        factory: WorkerFactory = options.workers or pool
        return factory(jobs if most is None else max(1, min(jobs, most)))

    return start


def report_build(
    options: argparse.Namespace,
    compiled: Checked,
    diagnostics: tuple[Diagnostic, ...],
    sources: Mapping[str, Source],
    language: Language,
) -> None:
    """Print what stands in the way, and warnings, on the error output; information waits for `check`."""
    told = tuple(found for found in diagnostics if found.is_told)
    if not told:
        return
    terminal = sys.stderr.isatty()
    format = choose_format(AUTO, {}, terminal)
    color = choose_color(os.environ, terminal) and not options.no_color
    report = gather_report(compiled, told, sources)
    print(render(report, format, language, color=color, version=__version__), end="", file=sys.stderr)


def fails(diagnostics: tuple[Diagnostic, ...], options: argparse.Namespace) -> bool:
    """Tell whether diagnostics make a command fail."""
    return has_errors(diagnostics) or (options.strict and has_warnings(diagnostics))


class Progress:
    """Show on a terminal how far a step is; say nothing elsewhere."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.shown = sys.stderr.isatty()
        #: of the step that is shown: its name, when it began to be shown and how much of it was done then
        self.began = ("", 0.0, 0)
        self.names = {
            "fiches": say("laying out the proposals"),
            "pages": say("laying out the other pages"),
            "link": say("linking"),
            "booklets": say("making the booklets"),
        }

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        if self.shown:
            count = f" {done}/{total}" if total > 1 else ""
            left = self._time_left(step, done, total)
            told = f"{self.names[step].text(self.language)}{count}{left}"
            print(f"\r\x1b[K{told}", end="", file=sys.stderr, flush=True)

    def _time_left(self, step: str, done: int, total: int) -> str:
        """Estimate how long a step still takes from what it took so far; "" until there is enough to tell."""
        now = time.monotonic()
        if self.began[0] != step or done < self.began[2]:
            self.began = (step, now, done)
        _, start, first = self.began
        if now - start < SECONDS_BEFORE_TELLING or not first < done < total:
            return ""
        seconds = round((now - start) / (done - first) * (total - done))
        minutes, rest = divmod(seconds, 60)
        left = (
            say(", about {minutes} min {seconds} s left", minutes=minutes, seconds=rest)
            if minutes
            else say(", about {seconds} s left", seconds=max(1, rest))
        )
        return left.text(self.language)

    def clear(self) -> None:
        """Leave the line empty for what is printed next."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
