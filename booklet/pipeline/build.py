"""Steps 7 to 9 on one screen: from an analysed workspace to one PDF per electoral list.

Steps 1 to 6 are :mod:`booklet.pipeline.analysis`, which is all that `check` needs. What lays pages out is imported
only when something has to be laid out.
"""

from __future__ import annotations

import pickle
import time
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.cache.digests import fingerprint
from booklet.cache.file_stamps import note_new
from booklet.cache.store import Store, inputs_changed
from booklet.checks.engine import apply_settings
from booklet.content.paths import LISTS
from booklet.diagnostics.diagnostic import Diagnostic, has_errors, has_warnings
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import versions
from booklet.pipeline.build_record import BuildState, is_laid_out_alike, record_build
from booklet.pipeline.forecast import record_layouts
from booklet.pipeline.inputs import (
    InputDigests,
    digest_inputs,
    find_templates,
    fingerprint_inputs,
    fingerprint_machine,
    pin_inputs,
    pin_styles,
    read_digests,
)
from booklet.pipeline.interruption import delay_interrupt
from booklet.pipeline.manifest import Booklet, Manifest, ReleasedFile, sha256_of_all
from booklet.pipeline.outcome import Outcome, repeat_findings
from booklet.pipeline.release import OldRelease, find_current, write_file, write_manifest
from booklet.pipeline.staging import check_ours, only_build, recovered, staging

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from pathlib import Path

    from booklet.chapters.page import Rendered
    from booklet.costs.portfolio import CostedProposal
    from booklet.diagnostics.positions import Source
    from booklet.pdf.attachments import Attachment
    from booklet.pdf.body import Body
    from booklet.pipeline.analysis import Analysis
    from booklet.pipeline.assembly import Assembly
    from booklet.pipeline.filled_pages import FilledPages
    from booklet.pipeline.pool import Span
    from booklet.pipeline.queue import Progress


@dataclass(frozen=True, slots=True)
class Resources:
    """What a build runs with: a store, workers that start when a page has to be laid out, and who hears of progress."""

    store: Store
    workers: Callable[[], AbstractContextManager[Executor]]
    progress: Progress


@dataclass(frozen=True)
class Built:
    """The result of a build; without a manifest nothing was released, and the diagnostics say why."""

    manifest: Manifest | None = None
    was_current: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    #: templates that the diagnostics point into
    sources: Mapping[str, Source] = field(default_factory=dict)
    #: ids of what was laid out anew: fiches and other pages of the body; lists
    rendered: tuple[str, ...] = ()
    rendered_front_matter: tuple[str, ...] = ()
    seconds_by_step: Mapping[str, float] = field(default_factory=dict)
    #: when each worker had work
    spans: tuple[tuple[Span, ...], ...] = ()


def build(
    analysis: Analysis, inputs: str | None, dist: Path, resources: Resources, *, strict: bool = False
) -> Built:
    """Lay out (7), link (8) and release (9): every booklet or none.

    The workspace has no errors, and no warnings if `strict`; `inputs` is the digest (`digest_inputs`) of what was
    analysed. Nothing is laid out when `dist/` is already what these inputs make; warnings of layout are then repeated.
    Raises `BuildError` when the machine is not ready, or inputs change meanwhile; faults that only layout shows
    (R101, R106 to R108) are in `Built.diagnostics`.
    """
    clock = _Clock()
    store = resources.store
    with only_build(analysis.workspace.root), recovered(dist):
        check_ours(dist)
        styles, digests = pin_inputs(analysis.workspace.root, inputs)
        current = _reuse_release(analysis, styles, digests, dist, store, strict=strict)
        clock.mark("inputs")
        if current is not None:
            return replace(current, seconds_by_step=clock.seconds_by_step)

        from booklet.pipeline.pool import spans_of

        # the workers end before the folder that they write into replaces `dist/` or is removed
        with staging(dist) as folder, resources.workers() as executor:
            _start_workers(executor, styles, is_edit=is_laid_out_alike(store, digests.machine))
            machine = fingerprint_machine(digests)
            assembly = assemble(analysis, styles, machine, store, executor, resources.progress, digests)
            files_made = begin_release_files(analysis, executor, assembly.kept)
            pages = assembly.begin_body()
            clock.mark("fill")
            files, attachments = finish_release_files(analysis, files_made, assembly.kept)
            clock.mark("files")
            body = assembly.finish_body(pages, attachments)
            clock.mark("body")
            booklets = assembly.make_booklets(body, folder, OldRelease.of(dist, store)) if body else ()
            register = assembly.make_register(body, booklets, folder) if body and booklets else None
            clock.mark("booklets")
            found = apply_settings(analysis.workspace, assembly.faults.diagnostics)
            is_refused = has_errors(found) or (strict and has_warnings(found))
            manifest = None
            if body and register and all(booklet.length for booklet in booklets) and not is_refused:
                others = (register, *(write_file(folder, path, data) for path, data in files.items()))
                manifest = _release(analysis.workspace.root, digests, folder, store, body, booklets, others)
                assembly.keep_filled()
            spans = spans_of(executor)
        _remember(analysis, assembly, digests, found, store, is_released=manifest is not None)
    return Built(
        manifest,
        diagnostics=found,
        sources=assembly.faults.sources,
        rendered=tuple(assembly.queue.rendered),
        rendered_front_matter=tuple(assembly.rendered_front_matter),
        seconds_by_step=clock.seconds_by_step,
        spans=spans,
    )


def _reuse_release(
    analysis: Analysis,
    styles: Styles,
    digests: InputDigests,
    dist: Path,
    store: Store,
    *,
    strict: bool,
) -> Built | None:
    """Return the release in `dist/` if it is what the inputs make, with the warnings of its layout."""
    inputs = fingerprint_inputs(digests)
    manifest = find_current(dist, inputs, store)
    if manifest is None:
        return None
    findings = repeat_findings(analysis, styles.templates, store, inputs, strict=strict)
    if findings is None:
        return None
    is_refused = strict and has_warnings(findings.diagnostics)
    return Built(
        None if is_refused else manifest,
        was_current=not is_refused,
        diagnostics=findings.diagnostics,
        sources=findings.sources,
    )


def _start_workers(executor: Executor, styles: Styles, *, is_edit: bool) -> None:
    with delay_interrupt():
        from booklet.pipeline.pool import expect_few_pages
        from booklet.pipeline.tasks import warm_up  # pikepdf, an extension in C++
    if is_edit:  # a worker gets ready with its first page
        expect_few_pages(executor)
    else:
        warm_up(executor, styles)


def _release(
    root: Path,
    digests: InputDigests,
    folder: Path,
    store: Store,
    body: Body,
    booklets: tuple[Booklet, ...],
    others: tuple[ReleasedFile, ...],
) -> Manifest:
    """Write the manifest that makes a folder a release; raises `BuildError` where the inputs changed meanwhile."""
    inputs = fingerprint_inputs(digests)
    if inputs != digest_inputs(root):
        raise inputs_changed()
    manifest = Manifest.of(f"booklet {__version__}", inputs, versions(), body, booklets, others)
    write_manifest(folder, manifest)
    note_new(store, inputs, folder, sha256_of_all(folder, manifest))
    return manifest


def _remember(
    analysis: Analysis,
    assembly: Assembly,
    digests: InputDigests,
    found: tuple[Diagnostic, ...],
    store: Store,
    *,
    is_released: bool,
) -> None:
    """Put into the store what the next build and `explain-rebuild` need, and trim it."""
    if not has_errors(found):
        is_silent = is_released and not any(one.is_printed for one in (*analysis.diagnostics, *found))
        Outcome(assembly.findings, is_silent).record(store, fingerprint_inputs(digests))
    record_layouts(store, (costed.document for costed in assembly.portfolio.ready), assembly.findings)
    paths = {costed.id: costed.document.source.path for costed in assembly.portfolio.ready}
    documents = {
        id: (fingerprint(*filled), paths.get(id, "")) for id, filled in assembly.queue.filled.items()
    }
    documents |= {id: (digest, LISTS) for id, digest in assembly.front_matter_digests.items()}
    laid_out = (*assembly.queue.rendered, *assembly.rendered_front_matter)
    record_build(store, BuildState(digests.machine, digests.contents, documents), laid_out)
    store.trim()


def assemble(
    analysis: Analysis,
    styles: Styles,
    machine: str,
    store: Store,
    executor: Executor,
    progress: Progress,
    digests: InputDigests | None = None,
) -> Assembly:
    """Prepare to lay out a workspace that has no errors; with the digests of its inputs, nothing is filled twice."""
    from booklet.pipeline.assembly import Assembly  # Jinja, Babel, pikepdf
    from booklet.pipeline.filled_pages import FilledPages
    from booklet.pipeline.queue import LayoutQueue

    kept = FilledPages.of(analysis.workspace, digests, machine, store) if digests else None
    return Assembly(analysis, LayoutQueue(styles, machine, store, executor, progress), kept)


def begin_release_files(
    analysis: Analysis, executor: Executor, kept: FilledPages | None = None
) -> Future[dict[str, bytes]]:
    """Find the files of a release but booklets, by path, or have a worker make them while pages are filled."""
    found = kept and kept.find_files()
    if found:
        future: Future[dict[str, bytes]] = Future()
        future.set_result(found)
        return future

    from booklet.export.release_files import make_pickled_files

    assert analysis.portfolio is not None, "a workspace with errors is never built"
    figures = (analysis.workspace, analysis.portfolio, analysis.financings, analysis.law)
    # now: the thread that talks to the worker would pickle figures while chapters are filled, which adds some to them
    return executor.submit(make_pickled_files, pickle.dumps(figures))


def finish_release_files(
    analysis: Analysis, made: Future[dict[str, bytes]], kept: FilledPages | None = None
) -> tuple[dict[str, bytes], tuple[Attachment, ...]]:
    """Wait for these files, and choose those attached to every booklet."""
    from booklet.export.release_files import choose_attachments  # pikepdf

    files = made.result()
    if kept:
        kept.add_files(files)
    return files, choose_attachments(analysis.workspace, files)


@dataclass(frozen=True)
class Previewed:
    """The pages of some proposals, by id, and what layout found; a proposal with errors has none."""

    fiches: Mapping[str, Rendered]
    diagnostics: tuple[Diagnostic, ...]
    #: templates that the diagnostics point into
    sources: Mapping[str, Source]
    #: ids of what was laid out anew
    rendered: tuple[str, ...]


def preview(analysis: Analysis, chosen: Sequence[CostedProposal], resources: Resources) -> Previewed:
    """Lay out some proposals alone, drafts too; nothing is linked or released.

    Their files have no errors and neither has the edition; other files may. Faults that only layout shows are in
    `Previewed.diagnostics`.
    """
    styles = Styles(find_templates(analysis.workspace.root))
    with resources.workers() as executor:
        digests = read_digests(analysis.workspace.root, styles)
        machine = fingerprint_machine(digests)
        styles = pin_styles(styles, digests)
        assembly = assemble(analysis, styles, machine, resources.store, executor, resources.progress)
        pages = [page.without_links() for page in assembly.fill(chosen)]
        fiches = assembly.lay_out(pages, "fiches")
        record_layouts(resources.store, (costed.document for costed in chosen), assembly.findings)
    return Previewed(
        fiches, assembly.faults.diagnostics, assembly.faults.sources, tuple(assembly.queue.rendered)
    )


class _Clock:
    """A stopwatch that measures each step since the last mark, for `-v`."""

    def __init__(self) -> None:
        self.seconds_by_step: dict[str, float] = {}
        self._last = time.perf_counter()

    def mark(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds_by_step[step] = now - self._last
        self._last = now
