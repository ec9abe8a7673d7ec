"""One command as it was typed: the workspace it works in, its language, its workers, and how it reports faults."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from booklet import __version__
from booklet.cache.links import require_own_folder, resolve_links
from booklet.cache.store import LIMIT, Store
from booklet.diagnostics.diagnostic import Diagnostic, has_errors, has_warnings
from booklet.diagnostics.message import Message, MessageError, say
from booklet.diagnostics.report import AUTO, choose_color, choose_format, render
from booklet.diagnostics.reporters.findings import Report
from booklet.text.outside import visible, visible_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from booklet.diagnostics.positions import Source
    from booklet.pipeline.analysis import CheckedWorkspace
    from booklet.text.language import Language

    #: starts so many workers, and ends them when the block ends
    WorkerFactory = Callable[[int], AbstractContextManager[Executor]]

#: exit statuses; `cli` has the others
CLEAN, CONTENT = 0, 1
WORKSPACE_MARK = "proposals"
#: beside `proposals/`
STORE_FOLDER = ".booklet-store"
#: how messages name the tool before a command
IN_A_CHECKOUT = "sh run.sh"


class UsageError(MessageError):
    """A command was used wrongly (exit status 2): what is wrong, and what to type."""


class UnreportedError(OSError):
    """A check found errors (exit status 1), and its report cannot be written: why not."""


@dataclass(frozen=True)
class Session:
    """A command with its options, and what it needs of the place it was typed in."""

    options: argparse.Namespace
    language: Language
    #: what is typed before a command: `sh run.sh`, or `booklet` where the tool is installed
    tool: str = IN_A_CHECKOUT
    #: takes the place of a pool of processes
    worker_factory: WorkerFactory | None = None

    @property
    def directory(self) -> Path:
        """The folder of `-C`, or the current one."""
        return Path(self.options.directory)

    @cached_property
    def root(self) -> Path:
        """The workspace: the nearest folder with `proposals/`, from `directory` upwards.

        Raises `UsageError` where there is none, and `BuildError` where `proposals/` is a link.
        """
        if not self.directory.is_dir():
            raise UsageError(say("`{folder}` is not a folder", folder=str(self.directory)))
        found = find_workspace(self.directory)
        if found is None:
            raise UsageError(
                say(
                    "no folder `{folder}/` here or above: run in a workspace, or name it with `-C DIR`",
                    folder=WORKSPACE_MARK,
                )
            )
        require_own_folder(found, WORKSPACE_MARK)
        return found

    def open_store(self) -> Store:
        """Open the workspace's store, of the size that was asked for; with `--no-store`, one that keeps nothing.

        Raises `BuildError` where the folder is a link, or not of our making.
        """
        size: int | None = getattr(self.options, "store_size", None)
        is_kept = not getattr(self.options, "no_store", False)
        folder = self.root / STORE_FOLDER if is_kept else None
        return Store(folder, LIMIT if size is None else size).require_ours()

    def workers(self, most: int | None = None) -> Callable[[], AbstractContextManager[Executor]]:
        """Choose who lays pages out, `most` of them at most; they start when something has to be laid out."""

        def start() -> AbstractContextManager[Executor]:
            if getattr(self.options, "cluster", None):
                from booklet.pipeline.cluster.executor import cluster  # Dask, which may not be installed

                return cluster(self.options.cluster)
            from booklet.pipeline.pool import default_jobs, pool

            jobs: int = self.options.jobs or default_jobs()
            return (self.worker_factory or pool)(jobs if most is None else max(1, min(jobs, most)))

        return start

    def begin_workers(self) -> None:
        """Start what workers are forked from, while something else is done; none where others do their work."""
        if self.worker_factory is None and not getattr(self.options, "cluster", None):
            from booklet.pipeline.pool import begin_fork_server

            begin_fork_server()

    def fails(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Check whether diagnostics make the command fail."""
        found = tuple(diagnostics)
        return has_errors(found) or (self.options.strict and has_warnings(found))

    def report(
        self,
        analysis: CheckedWorkspace,
        diagnostics: Iterable[Diagnostic],
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        """Print errors and warnings on the error output; information waits for `check`.

        `sources` are texts outside the workspace that the diagnostics point into.
        """
        printed = tuple(found for found in diagnostics if found.is_printed)
        if printed:
            self.print_report(gather_report(analysis, printed, sources or {}))

    def print_report(self, report: Report) -> None:
        """Print a report on the error output."""
        format = choose_format(AUTO, {}, terminal=sys.stderr.isatty())
        print(self.render(report, format, sys.stderr), end="", file=sys.stderr)

    def render(
        self, report: Report, format: str, stream: TextIO, *, prefix: str = "", whole: bool = False
    ) -> str:
        """Write a report in one of the formats of `check`, coloured where the stream shows colours.

        With `whole` or `-v`, people see each finding for information.
        """
        return self.as_typed(
            render(
                report,
                format,
                self.language,
                color=self.has_color(stream),
                version=__version__,
                prefix=prefix,
                whole=whole or bool(self.options.verbose),
            )
        )

    def has_color(self, stream: TextIO) -> bool:
        """Check whether a stream shows colours and none were refused."""
        return choose_color(os.environ, terminal=stream.isatty()) and not self.options.no_color

    def text(self, message: Message) -> str:
        """Write a message in the language of the command, on one line: its values may be somebody's text."""
        return visible(self.as_typed(message.text(self.language)))

    def as_typed(self, text: str) -> str:
        """Name the tool as it was typed in the commands that a text proposes."""
        return text.replace(f"{IN_A_CHECKOUT} ", f"{self.tool} ")


def find_workspace(folder: Path) -> Path | None:
    """Find the nearest folder that has `proposals/`, from one upwards, as git and ruff find theirs."""
    start = resolve_links(folder)
    return next((each for each in (start, *start.parents) if (each / WORKSPACE_MARK).is_dir()), None)


def read_edition_language(folder: Path) -> str | None:
    """Read `lang` of the edition of the workspace around a folder; None where it cannot be read."""
    root = find_workspace(folder)
    if root is None:
        return None

    from booklet.content.yaml.nodes import Mapping as MappingNode
    from booklet.content.yaml.nodes import Scalar
    from booklet.content.yaml.parse import parse
    from booklet.diagnostics.limits import FILE_BYTES
    from booklet.diagnostics.positions import read_bytes

    path = f"{WORKSPACE_MARK}/edition.yaml"
    try:
        # a link may lead anywhere, and a pipe would make it wait for ever
        file = resolve_links(root / path)
        if not file.is_relative_to(root / WORKSPACE_MARK) or not file.is_file():
            return None
        node = parse(path, read_bytes(root, path, FILE_BYTES)).root
    except OSError:
        return None
    entry = node.find("lang") if isinstance(node, MappingNode) else None
    return entry[1].text if entry and isinstance(entry[1], Scalar) else None


def gather_report(
    analysis: CheckedWorkspace, diagnostics: tuple[Diagnostic, ...], sources: Mapping[str, Source]
) -> Report:
    """Make the report of some diagnostics, with the texts that they point into."""
    workspace = analysis.workspace
    return Report.gather(
        diagnostics,
        [*workspace.sources.values(), *sources.values()],
        proposals=len(workspace.ready),
        drafts=len(workspace.drafts),
    )


def show_path(path: Path) -> str:
    """Write a path from where the user stands."""
    try:
        return visible_path(Path(os.path.relpath(path)).as_posix())
    except ValueError:  # on another drive
        return visible_path(path.as_posix())
