"""Filled pages → laid-out pages: from the store, or from the workers, which begin before anybody waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.cache.store import PAGE, Store
from booklet.chapters.fiche import Page, Rendered
from booklet.pipeline.pool import finish, render_page

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from booklet.layout.styles import Styles

#: hears of a step, how much of it is done, and how much there is
Progress = Callable[[str, int, int], None]


class LayoutQueue:
    """Have pages laid out, the same page once; what comes back goes into the store, waited for or not."""

    def __init__(
        self, styles: Styles, machine: str, store: Store, executor: Executor, progress: Progress
    ) -> None:
        self.styles, self.machine, self.store = styles, machine, store
        self.executor, self.progress = executor, progress
        #: what is done to every page before: the press says on which side it stands
        self.arrange: Callable[[Page], Page] = lambda page: page
        #: ids of what was laid out anew
        self.rendered: list[str] = []
        #: digests of what each page was filled with last: its text, its images
        self.filled: dict[str, tuple[str, str]] = {}
        #: the entry of the store that holds each page
        self.entries: dict[str, str] = {}
        self._done: dict[str, Rendered] = {}
        self._under_way: dict[str, Future[Rendered]] = {}

    def begin(self, page: Page) -> None:
        """Have a page laid out, unless it is, or has been."""
        self._begin(self.arrange(page))

    def _begin(self, page: Page) -> str:
        self.filled[page.id] = (fingerprint(page.html), page.images)
        self.entries[page.id] = name = page.fingerprint(self.machine)
        if name not in self._done and name not in self._under_way:
            held = self.store.get(PAGE, name)
            if held is not None:
                self._done[name] = Rendered.unpack(held)
            else:
                future = self.executor.submit(render_page, page, self.styles)
                future.add_done_callback(partial(self._keep, name))
                self._under_way[name] = future
        return name

    def _keep(self, name: str, future: Future[Rendered]) -> None:
        if not future.cancelled() and future.exception() is None:
            self.store.put(PAGE, name, future.result().pack())

    def finish(self, pages: Iterable[Page], step: str) -> dict[str, Rendered]:
        """Wait for pages, by id, whether they were begun or not."""
        names = {page.id: self._begin(self.arrange(page)) for page in pages}
        waited_for = {self._under_way[name]: name for name in names.values() if name in self._under_way}
        if waited_for:
            self.progress(step, len(names) - len(waited_for), len(names))

        def take(future: Future[Rendered]) -> None:
            name = waited_for[future]
            self._done[name] = future.result()
            del self._under_way[name]
            left = sum(name in self._under_way for name in waited_for.values())
            self.progress(step, len(names) - left, len(names))

        finish(waited_for, take)
        anew = set(waited_for.values())
        self.rendered += [id for id, name in names.items() if name in anew and id not in self.rendered]
        return {id: self._done[name] for id, name in names.items()}
