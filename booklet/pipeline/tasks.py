"""What a worker does: lay out a page of the body; lay out, link and write the booklets of some lists.

Tasks and results are plain values that can be pickled; the functions read nothing but their arguments, and the files
that these name.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.cache.store import FRONT_MATTER, Store
from booklet.chapters.page import Page, Rendered, render_file
from booklet.layout.overflow_report import UNMEASURED, Layout
from booklet.layout.weasyprint import prepare
from booklet.pdf.front_matter import fits, lay_out_front_matter, link_front_matter, unpack_front_matter
from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.part import render_part
from booklet.pipeline.bounds import bounded
from booklet.pipeline.pool import workers_of
from booklet.pipeline.release import BodyFile, OldRelease, write_booklet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from booklet.layout.styles import Styles


def warm_up(executor: Executor, styles: Styles) -> None:
    """Start the workers in the background; a worker that cannot start fails with its first page.

    A thread of its own submits: a cluster is first sent the stylesheets.
    """

    def submit() -> None:
        # the pool may be shut down already, or unable to start: the next one to submit work gets the error
        with suppress(RuntimeError, OSError, EOFError):
            for _ in range(workers_of(executor)):
                executor.submit(get_ready, styles)

    threading.Thread(target=submit, daemon=True).start()


def get_ready(styles: Styles) -> None:
    """Import WeasyPrint and parse the stylesheets before the first page comes."""
    prepare(styles)


def render_page(page: Page, styles: Styles) -> Rendered:
    """Lay out one page, and take it apart if it is to be linked."""
    return render_part(page, styles) if page.is_part else render_file(page, styles)


def render_fiche(page: Page, styles: Styles) -> Rendered:
    """Lay out a fiche in a worker that is ended where it takes too much."""
    with bounded():
        return render_page(page, styles)


@dataclass(frozen=True, slots=True)
class FrontMatterTask:
    """One booklet to make: the filled front matter of a list, the booklet's title and its path in the release."""

    page: Page
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class FrontMatterResult:
    """The booklet of one list; without a digest it was not written, because its front matter does not fit."""

    list: str
    path: str
    pages: int
    missing_characters: tuple[str, ...]
    complaints: tuple[str, ...]
    #: only of front matter that does not fit
    layout: Layout
    length: int = 0
    sha256: str = ""
    was_rendered: bool = False


@dataclass(frozen=True, slots=True)
class BookletsTask:
    """What the booklets of all lists are made with."""

    styles: Styles
    machine: str
    store: Store
    #: a file named after the digest of its content
    body: Path
    #: stamped in the letters, by name
    words: Mapping[str, str]
    #: the folder of the new release
    folder: Path
    #: the release that it will replace
    before: OldRelease


def make_booklets(tasks: tuple[FrontMatterTask, ...], shared: BookletsTask) -> tuple[FrontMatterResult, ...]:
    """Lay out the front matter of some lists, put it before the body, and write each booklet."""
    cached = find_front_matter(tasks, shared)
    missing = tuple(
        task.page for task, front_matter in zip(tasks, cached, strict=True) if front_matter is None
    )
    return write_booklets(tasks, cached, render_front_matter(missing, shared.styles), shared)


def find_front_matter(
    tasks: tuple[FrontMatterTask, ...], shared: BookletsTask
) -> tuple[Rendered | None, ...]:
    """Read the front matter that the store has, None for each list that has to be laid out."""
    return tuple(
        shared.store.load(FRONT_MATTER, _entry_name(task, shared), unpack_front_matter) for task in tasks
    )


def render_front_matter(pages: tuple[Page, ...], styles: Styles) -> tuple[Rendered, ...]:
    """Lay out the front matter of some lists, independently of any body."""
    return lay_out_front_matter(pages, styles) if pages else ()


def write_booklets(
    tasks: tuple[FrontMatterTask, ...],
    cached: tuple[Rendered | None, ...],
    made: tuple[Rendered, ...],
    shared: BookletsTask,
) -> tuple[FrontMatterResult, ...]:
    """Cache the front matter that was `made`, for the lists not `cached` in order; write the booklets that fit."""
    remaining = iter(made)
    results = []
    for task, old in zip(tasks, cached, strict=True):
        front_matter = old or next(remaining)
        if old is None:
            shared.store.put(FRONT_MATTER, _entry_name(task, shared), front_matter.pack())
        results.append(_write(task, front_matter, shared, was_rendered=old is None))
    return tuple(results)


def _entry_name(task: FrontMatterTask, shared: BookletsTask) -> str:
    return fingerprint("front", task.page.fingerprint(shared.machine))


def _write(
    task: FrontMatterTask, front_matter: Rendered, shared: BookletsTask, *, was_rendered: bool
) -> FrontMatterResult:
    body, body_file = _read_body(shared.body)
    linked = link_front_matter(front_matter, task.page, task.title, shared.words, shared.styles, body)
    length, sha256 = 0, ""
    if fits(linked):
        length, sha256 = write_booklet(shared.folder, task.path, body_file, linked.pdf, shared.before)
    return FrontMatterResult(
        task.page.id,
        task.path,
        linked.pages,
        linked.missing_characters,
        linked.complaints,
        linked.layout if length == 0 else UNMEASURED,
        length,
        sha256,
        was_rendered=was_rendered,
    )


@lru_cache(maxsize=1)
def _read_body(path: Path) -> tuple[OpenBody, BodyFile]:
    """Parse and digest the body, once in each worker: no descriptor stays open, and the next body takes its place."""
    return OpenBody(path.read_bytes()), BodyFile.read(path)
