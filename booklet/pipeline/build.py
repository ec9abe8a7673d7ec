"""The nine steps on one screen: from a folder of proposals to one PDF per electoral list.

Steps 1 to 6 are `compilation`, all that `check` needs; `build` goes on from there. What lays pages out is loaded only
when something has to be laid out.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.cache.file_stamps import note_new
from booklet.cache.store import PAGE, Store, inputs_changed
from booklet.checks.engine import apply_settings
from booklet.diagnostics.diagnostic import BuildError, Diagnostic, has_errors, has_warnings
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import versions
from booklet.pipeline import interruption
from booklet.pipeline.build_record import record_build
from booklet.pipeline.inputs import (
    begin,
    digest_inputs,
    fingerprint_inputs,
    fingerprint_machine,
    held_to,
    read_parts,
    templates_of,
)
from booklet.pipeline.manifest import Manifest, sha256_of_all
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
    from booklet.pipeline.analysis import Compiled
    from booklet.pipeline.assembly import Assembly
    from booklet.pipeline.queue import Progress

#: kind of the store's entries that name the pages in which layout found something
FINDINGS = "findings"
#: kind of the store's entries that name inputs which were built without a warning
SILENT = "silent"


@dataclass
class Built:
    """Tell what a build did; without a manifest nothing was released, and the diagnostics say why."""

    manifest: Manifest | None = None
    was_current: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    #: templates that the diagnostics point into
    sources: Mapping[str, Source] = field(default_factory=dict)
    #: ids of what was laid out anew: fiches, other pages of the body, lists
    rendered: tuple[str, ...] = ()
    rendered_fronts: tuple[str, ...] = ()
    seconds_by_step: dict[str, float] = field(default_factory=dict)


def find_silent(root: Path, inputs: str, dist: Path, store: Store) -> Manifest | None:
    """Give the manifest of `dist/` if it is what these inputs give and there is nothing to say of them.

    Checks depend on nothing but the inputs, so what was made without a warning need not even be read. What stands in
    the way of a build is left to the build, which comes after the checks.
    """
    if store.get(SILENT, inputs) is None:
        return None
    try:
        with only_build(root), recovered(dist):
            check_ours(dist)
            return find_current(dist, inputs, store)
    except (OSError, BuildError):
        return None


def build(
    compiled: Compiled,
    inputs: str | None,
    dist: Path,
    store: Store,
    workers: Callable[[], AbstractContextManager[Executor]],
    progress: Progress,
    *,
    strict: bool = False,
) -> Built:
    """Lay out (7), link (8) and release (9): every booklet or none.

    The workspace has no errors, and no warnings if `strict`; `inputs` is the digest (`digest_inputs`) of what it was
    compiled from. Nothing is laid out when `dist/` already is what these inputs give; what layout warned of is told
    again. Raises `BuildError` when the machine is not ready, or inputs change meanwhile; faults that only layout shows
    (R101, R106 to R108) are in `Built.diagnostics`.
    """
    built = Built()
    clock = _Clock(built.seconds_by_step)
    with only_build(compiled.workspace.root), recovered(dist):
        check_ours(dist)
        styles, parts = begin(compiled.workspace.root, inputs)
        inputs, machine = fingerprint_inputs(parts), fingerprint_machine(parts)
        lists = compiled.workspace.lists.value.root if compiled.workspace.lists else ()
        current = find_current(dist, inputs, store, lists)
        clock.mark("inputs")
        told = None if current is None else _tell_again(compiled, styles, store, inputs, strict=strict)
        if told is not None:
            built.diagnostics, built.sources = told
            if not (strict and has_warnings(told[0])):
                built.manifest, built.was_current = current, True
            return built

        with interruption.held():
            from booklet.pipeline.pool import start

        # the workers end before the folder they write in is put in place or removed
        with staging(dist) as folder, workers() as executor:
            start(executor, styles)
            files: dict[str, bytes] = {}

            def choose() -> tuple[Attachment, ...]:
                clock.mark("fill")
                made, attachments = make_release_files(compiled)
                files.update(made)
                clock.mark("files")
                return attachments

            assembly = assemble(compiled, styles, machine, store, executor, progress)
            body = assembly.make_body(choose)
            clock.mark("body")
            if body is not None:
                booklets = assembly.make_booklets(body, folder, OldRelease.of(dist, store))
                register = assembly.make_register(body, booklets, folder) if booklets else None
                clock.mark("booklets")
                found = apply_settings(compiled.workspace, assembly.faults.diagnostics)
                is_refused = has_errors(found) or (strict and has_warnings(found))
                is_whole = all(booklet.length for booklet in booklets)
                if register is not None and is_whole and not is_refused:
                    if inputs != digest_inputs(compiled.workspace.root):
                        raise inputs_changed()
                    written = (write_file(folder, path, data) for path, data in files.items())
                    released = (register, *written)
                    tool = f"booklet {__version__}"
                    built.manifest = Manifest.of(tool, inputs, versions(), body, booklets, released)
                    write_manifest(folder, built.manifest)
                    note_new(store, inputs, folder, sha256_of_all(folder, built.manifest))
        built.diagnostics = apply_settings(compiled.workspace, assembly.faults.diagnostics)
        built.sources = assembly.faults.sources
        if not has_errors(built.diagnostics):
            store.put(FINDINGS, inputs, json.dumps(assembly.findings).encode())
        told_of = (*compiled.diagnostics, *built.diagnostics)
        if built.manifest is not None and not any(found.is_told for found in told_of):
            store.put(SILENT, inputs, b"")
        record_build(
            store,
            replace(parts, pages=assembly.queue.filled, fronts=assembly.fronts),
            {costed.id: costed.document.source.path for costed in assembly.portfolio.ready},
            assembly.queue.rendered,
            assembly.rendered_fronts,
        )
        store.trim()
        built.rendered, built.rendered_fronts = (
            tuple(assembly.queue.rendered),
            tuple(assembly.rendered_fronts),
        )
    return built


def _tell_again(
    compiled: Compiled, styles: Styles, store: Store, inputs: str, *, strict: bool
) -> tuple[tuple[Diagnostic, ...], Mapping[str, Source]] | None:
    """Tell again what was found in the pages of a release, which the store still holds; None when it does not.

    A store that was emptied knows of no warning, which only `strict` has to be sure of.
    """
    held = store.get(FINDINGS, inputs)
    if held is None:
        return None if strict else ((), {})
    pages = {id: store.get(PAGE, name) for id, name in json.loads(held).items()}
    if not pages:
        return (), {}

    from booklet.chapters.page import Rendered  # what layout found is told by what lays out: Jinja, pikepdf
    from booklet.pipeline.faults import LayoutFaults

    faults = LayoutFaults(compiled.workspace, styles.templates)
    for id, page in pages.items():
        if page is None:
            return None
        faults.examine_page(id, Rendered.unpack(page))
    return apply_settings(compiled.workspace, faults.diagnostics), faults.sources


def assemble(
    compiled: Compiled, styles: Styles, machine: str, store: Store, executor: Executor, progress: Progress
) -> Assembly:
    """Make ready to lay out a workspace that has no errors."""
    from booklet.pipeline.assembly import Assembly  # Jinja, Babel, pikepdf
    from booklet.pipeline.queue import LayoutQueue

    return Assembly(compiled, LayoutQueue(styles, machine, store, executor, progress))


def make_release_files(compiled: Compiled) -> tuple[dict[str, bytes], tuple[Attachment, ...]]:
    """Make the files of a release that are no booklet, and choose those that every booklet carries inside."""
    from booklet.export.release_files import (  # XlsxWriter, which only a new release needs
        choose_attachments,
        make_files,
    )

    assert compiled.portfolio is not None, "a workspace with errors is never built"
    files = make_files(compiled.workspace, compiled.portfolio, compiled.financings, compiled.law)
    return files, choose_attachments(compiled.workspace, files)


@dataclass(frozen=True)
class Previewed:
    """Hold the pages of some proposals, and what layout found; a proposal with errors has none."""

    fiches: Mapping[str, Rendered]
    diagnostics: tuple[Diagnostic, ...]
    #: templates that the diagnostics point into
    sources: Mapping[str, Source]
    #: ids of what was laid out anew
    rendered: tuple[str, ...]


def preview(
    compiled: Compiled,
    chosen: Sequence[CostedProposal],
    store: Store,
    workers: Callable[[], AbstractContextManager[Executor]],
    progress: Progress,
) -> Previewed:
    """Lay out some proposals alone, drafts too; nothing is linked or released.

    Their files have no errors and neither has the edition; other files may. Faults that only layout shows are in
    `Previewed.diagnostics`.
    """
    styles = Styles(templates_of(compiled.workspace.root))
    with workers() as executor:
        parts = read_parts(compiled.workspace.root, styles)
        styles = held_to(styles, parts)
        assembly = assemble(compiled, styles, fingerprint_machine(parts), store, executor, progress)
        pages = [page.alone() for page in assembly.fill(chosen)]
        fiches = assembly.lay_out(pages, "fiches")
    return Previewed(
        fiches, assembly.faults.diagnostics, assembly.faults.sources, tuple(assembly.queue.rendered)
    )


class _Clock:
    """Tell the seconds since the last mark, for `-v`."""

    def __init__(self, seconds_by_step: dict[str, float]) -> None:
        self.seconds_by_step = seconds_by_step
        self._last = time.perf_counter()

    def mark(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds_by_step[step] = now - self._last
        self._last = now
