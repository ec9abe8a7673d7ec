"""Filled pages → laid-out pages: from the store, or from workers that lay out in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.cache.store import PAGE, Store
from booklet.chapters.page import Page, Rendered
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.pdf.part import unpack_page
from booklet.pdf.relocatable import Relocatable
from booklet.pipeline.bounds import WorkerEnded
from booklet.pipeline.pool import wait_for_some
from booklet.pipeline.tasks import render_fiche, render_page

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from booklet.diagnostics.message import Message
    from booklet.layout.styles import Styles

#: called with the name of a step, how many of its items are done, and how many there are
Progress = Callable[[str, int, int], None]


class LayoutQueue:
    """Lay pages out in workers, equal pages once; every result goes into the store, even if nobody waits for it."""

    def __init__(
        self, styles: Styles, machine: str, store: Store, executor: Executor, progress: Progress
    ) -> None:
        self.styles, self.machine, self.store = styles, machine, store
        self.executor, self.progress = executor, progress
        #: applied to every page before layout; the press marks those that begin on a left-hand page
        self.arrange: Callable[[Page], Page] = lambda page: page
        #: ids of the pages that were laid out, not found in the store
        self.rendered: list[str] = []
        #: digests of the HTML and of the images of each page, as last filled
        self.filled: dict[str, tuple[str, str]] = {}
        #: the entry of the store that holds each page
        self.entries: dict[str, str] = {}
        #: why the worker of a fiche was ended, by id
        self.ended: dict[str, Message] = {}
        self._done: dict[str, Rendered] = {}
        self._under_way: dict[str, Future[Rendered]] = {}

    def begin(self, page: Page) -> None:
        """Begin the layout of a page that is neither laid out nor under way."""
        self._begin(self.arrange(page))

    def _begin(self, page: Page) -> str:
        self.filled[page.id] = (fingerprint(page.html), page.images)
        self.entries[page.id] = name = page.fingerprint(self.machine)
        if name not in self._done and name not in self._under_way:
            stored = self.store.load(PAGE, name, unpack_page)
            if stored is not None:
                self._done[name] = _without_record(stored, page)
            else:
                work = render_fiche if page.is_fiche else render_page
                self._under_way[name] = Future()
                future = self.executor.submit(work, page, self.styles)
                future.add_done_callback(partial(self._store, name, page, self._under_way[name]))
        return name

    def _store(self, name: str, page: Page, kept: Future[Rendered], done: Future[Rendered]) -> None:
        """Put a laid-out page into the store; what the linker reads there is not kept in memory."""
        try:
            rendered = done.result()
        except BaseException as error:
            kept.set_exception(error)
        else:
            is_stored = self.store.put(PAGE, name, rendered.pack())
            kept.set_result(_without_record(rendered, page) if is_stored else rendered)

    def read_part(self, id: str) -> Relocatable:
        """Read a laid-out part of the body from the store, to be linked; from memory where the store has none."""
        name = self.entries[id]
        rendered: Rendered | None = self._done[name]
        if not self._done[name].pdf:
            rendered = self.store.load(PAGE, name, Rendered.unpack)
        if rendered is None:
            raise BuildError(say("the store was emptied while the booklets were made: build again"))
        return Relocatable.unpack(rendered.pdf)

    def finish(self, pages: Iterable[Page], step: str) -> dict[str, Rendered]:
        """Wait until pages are laid out, and return them by id; those not begun yet are begun.

        Fiches over which a worker ended are left out, and the reason put into `ended`.
        """
        pages = tuple(pages)
        names = {page.id: self._begin(self.arrange(page)) for page in pages}
        fiches = {names[page.id] for page in pages if page.is_fiche}
        waited_for = {self._under_way[name]: name for name in names.values() if name in self._under_way}
        if waited_for:
            self.progress(step, len(names) - len(waited_for), len(names))

        def take(future: Future[Rendered]) -> None:
            name = waited_for[future]
            try:
                self._done[name] = future.result()
            except WorkerEnded as ended:
                if name not in fiches:
                    raise
                self.ended |= {id: ended.reason for id in names if names[id] == name}
            del self._under_way[name]
            left = sum(name in self._under_way for name in waited_for.values())
            self.progress(step, len(names) - left, len(names))

        pending = set(waited_for)
        while pending:
            for future in wait_for_some(pending):
                take(future)
        anew = set(waited_for.values()) & self._done.keys()
        self.rendered += [id for id, name in names.items() if name in anew and id not in self.rendered]
        return {id: self._done[name] for id, name in names.items() if name in self._done}


def _without_record(rendered: Rendered, page: Page) -> Rendered:
    return replace(rendered, pdf=b"") if page.is_part else rendered
