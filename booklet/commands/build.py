"""`build`: make a release, or lay out some proposals alone."""

from __future__ import annotations

import re
import sys
import time
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.commands.arguments import UnreadableArgument, add_jobs, add_store, add_strict
from booklet.commands.findings import BuildFindings, add_format, print_result
from booklet.commands.session import CLEAN, CONTENT, Session, UsageError, show_path
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.report import AUTO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.commands.arguments import Arguments, Commands
    from booklet.pipeline.build import Built
    from booklet.pipeline.manifest import Manifest

#: steps of `-v`
_STEPS = {
    "check": say("check"),
    "inputs": say("inputs"),
    "fill": say("fill"),
    "files": say("files"),
    "body": say("body"),
    "booklets": say("booklets"),
    "total": say("total"),
}


def add_parser(commands: Commands) -> None:
    """Add `build`."""
    words = say("check, then make every booklet in dist/ (the default command)")
    add_options(commands.add("build", run_build, words))


def add_options(arguments: Arguments) -> None:
    """Add the options of `build`, which may be typed without its name."""
    arguments.add(
        "--preview",
        nargs="*",
        metavar="ID",
        help=say(
            "lay out these proposals alone, ids or paths (default: all), drafts too, in preview/; "
            "dist/ is left as it is"
        ),
    )
    add_strict(arguments)
    add_format(arguments)
    arguments.add(
        "--cluster",
        read=read_scheduler,
        metavar="ADDRESS",
        help=say("lay out on the workers of a Dask scheduler, as tcp://10.0.0.5:8786"),
    )
    add_jobs(arguments)
    add_store(arguments)


def read_scheduler(text: str) -> str:
    """Read the address of a Dask scheduler."""
    if not re.fullmatch(r"(tcp|tls)://[^\s/]+:\d+", text):
        raise UnreadableArgument(say("`{text}` is not an address as tcp://10.0.0.5:8786", text=text))
    return text


def run_build(session: Session) -> int:
    """Check, lay out, link and release; or lay out some proposals alone."""
    options = session.options
    if options.cluster and options.jobs:
        raise UsageError(say("`--jobs` counts processes of this machine: leave it out with `--cluster`"))
    if options.preview is not None:
        from booklet.commands.preview import run_preview

        return run_preview(session)

    from booklet.pipeline.inputs import digest_inputs
    from booklet.pipeline.outcome import find_silent, read_outcome

    started = time.perf_counter()
    store, dist = session.open_store(), session.root / "dist"
    inputs = digest_inputs(session.root)
    # a report that was asked for is made of the files, whether they have faults or not
    silent = find_silent(session.root, inputs, dist, store) if inputs and options.format == AUTO else None
    if silent is not None:  # what reads and checks files is not even imported
        _print_timings({"inputs": time.perf_counter() - started}, (), (), session)
        _print_current(silent, session)
        return CLEAN
    if inputs is None or read_outcome(store, inputs) is None:  # these inputs were not built before
        session.begin_workers()

    from booklet.commands.progress import Progress
    from booklet.pipeline.build import Resources
    from booklet.pipeline.open_workspace import OpenWorkspace

    progress = Progress(session.language)
    workspace = OpenWorkspace(session.root, Resources(store, session.workers(), progress))
    findings = BuildFindings(session, workspace.analysis)
    checked = time.perf_counter()
    findings.add(workspace.diagnostics)
    if session.fails(workspace.diagnostics):
        findings.end()
        return CONTENT

    try:
        built = workspace.build(dist, strict=options.strict)
    finally:
        progress.clear()
    findings.add(built.diagnostics, built.sources)
    findings.end()
    seconds = time.perf_counter() - started
    steps = {"check": checked - started, **built.seconds_by_step, "total": seconds}
    _print_timings(steps, built.rendered, built.rendered_front_matter, session)
    _print_timeline(built, started, session)
    if built.manifest is None:
        return CONTENT
    if built.was_current:
        _print_current(built.manifest, session)
    else:
        _print_release(built.manifest, seconds, session)
    return CLEAN


def _print_release(manifest: Manifest, seconds: float, session: Session) -> None:
    message = say(
        "{booklets} booklets in {folder}/, in {duration}: body of {pages} pages, {length} bytes, SHA-256 {digest}",
        booklets=len(manifest.booklets),
        folder=show_path(session.root / "dist"),
        duration=write_duration(seconds),
        pages=manifest.body.pages,
        length=manifest.body.length,
        digest=manifest.body.sha256,
    )
    print_result(message, session)


def _print_current(manifest: Manifest, session: Session) -> None:
    message = say(
        "{folder}/ is up to date: {booklets} booklets, body of {pages} pages, SHA-256 {digest}",
        folder=show_path(session.root / "dist"),
        booklets=len(manifest.booklets),
        pages=manifest.body.pages,
        digest=manifest.body.sha256,
    )
    print_result(message, session)


def write_duration(seconds: float) -> Message:
    """Write a duration in minutes and seconds, below ten seconds to a hundredth."""
    if seconds < 10:
        return say("{seconds} s", seconds=Decimal(f"{seconds:.2f}"))
    minutes, rest = divmod(round(seconds), 60)
    return (
        say("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
        if minutes
        else say("{seconds} s", seconds=rest)
    )


def _print_timeline(built: Built, started: float, session: Session) -> None:
    """Print with `-v` from when each worker had work, and how much of the time until the last one ended."""
    last = max((spans[-1][1] for spans in built.spans if spans), default=started) - started
    for number, spans in enumerate(filter(None, built.spans), 1):
        if session.options.verbose:
            message = say(
                "worker {number}: from {first} s on, {share} % busy until {last} s",
                number=number,
                first=Decimal(f"{spans[0][0] - started:.2f}"),
                share=round(100 * sum(end - begun for begun, end in spans) / last),
                last=Decimal(f"{last:.2f}"),
            )
            print(session.text(message), file=sys.stderr)


def _print_timings(
    seconds_by_step: Mapping[str, float], pages: Sequence[str], lists: Sequence[str], session: Session
) -> None:
    """Print with `-v` the seconds of each step, and what was laid out anew."""
    if not session.options.verbose:
        return
    for step, seconds in seconds_by_step.items():
        written = f"{seconds:7.2f}".replace(".", session.language.decimal_mark)
        print(f"{session.text(_STEPS[step]):>10} {written} s", file=sys.stderr)
    message = say(
        "laid out: {names}; front matter of {count} lists",
        names=", ".join(pages) or "-",
        count=len(lists),
    )
    print(session.text(message), file=sys.stderr)
