"""Chapters → their pages: numbers that they print are guessed, and stamped when the body is linked.

Contents, domain pages, index and sources print the page numbers of other parts, and the length of each may move the
parts after it. A chapter is laid out with as many zeros as a number has digits, and records which numbers it read: it
is filled again only where one has more digits than was thought. In the contents and the lists of domains a number has
a column for itself, so that they are laid out once whatever comes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from booklet.chapters.context import LAST, FillContext, PageNumbers
from booklet.chapters.order import BodyPart, place_parts
from booklet.chapters.page import Page, Rendered
from booklet.chapters.sources import SOURCES
from booklet.layout.page import Numbered
from booklet.pipeline.lookups import RecordedNumbers
from booklet.text.stamps import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from booklet.chapters.table import Chapter, Stage
    from booklet.pipeline.faults import LayoutFaults
    from booklet.pipeline.filled_pages import FilledPages
    from booklet.pipeline.queue import LayoutQueue

_ANCHOR = re.compile(r'\sid="([^"]+)"')
#: layout passes at most: three settle nearly every body
MAX_PASSES = 20


class PageNumbering:
    """Page numbers of a body, from the parts that are laid out and a guess for the others."""

    def __init__(self, parts: Sequence[BodyPart], titles: Mapping[str, str]) -> None:
        self._parts, self._titles = parts, titles
        #: anchors of the chapters that are filled
        self._anchors: dict[str, tuple[str, ...]] = {}
        self.update({})

    def announce(self, page: Page) -> None:
        """Number the anchors of a filled chapter, at first as its first page."""
        self._anchors[page.id] = tuple(_ANCHOR.findall(page.html))
        self.update(self._rendered)

    def update(self, rendered: Mapping[str, Rendered]) -> None:
        """Number the pages again, with the true lengths of the parts that are laid out."""
        self._rendered = rendered
        self.places = place_parts(
            replace(part, pages=rendered[part.id].pages) if part.id in rendered else part
            for part in self._parts
        )
        self.numbers = PageNumbers(dict(self._number_targets(rendered)), self._find_citations(rendered))

    def _number_targets(self, rendered: Mapping[str, Rendered]) -> Iterator[tuple[str, int]]:
        for place in self.places:
            if place.is_blank:
                continue
            yield place.id, place.first
            anchors: Mapping[str, int] = dict.fromkeys(self._anchors.get(place.id, ()), 0)
            if place.id in rendered:
                anchors = rendered[place.id].anchors
            for name, index in anchors.items():
                yield f"{place.id}:{name}", place.first + index
        yield LAST, sum(place.pages for place in self.places)

    def _find_citations(self, rendered: Mapping[str, Rendered]) -> dict[str, tuple[Numbered, ...]]:
        """Find, for each source, the first page of each part that cites it."""
        found: dict[str, tuple[Numbered, ...]] = {}
        for place in self.places:
            if place.id not in rendered or place.id == SOURCES:
                continue
            seen: set[str] = set()
            for index, targets in enumerate(rendered[place.id].citations):
                for target in targets:
                    source = target.removeprefix(f"{SOURCES}:")
                    if source != target and source not in seen:
                        seen.add(source)
                        page = Stamp(f"{place.id}+{index}", len(str(place.first + index)))
                        numbered = Numbered(place.id, page, self._titles.get(place.id, ""))
                        found[source] = (*found.get(source, ()), numbered)
        return found


class ChapterState:
    """A chapter of this body, and the page numbers that it was last filled with."""

    def __init__(
        self,
        chapter: Chapter,
        context: FillContext,
        numbering: PageNumbering,
        kept: FilledPages | None = None,
    ) -> None:
        self.chapter, self._context, self._numbering, self._kept = chapter, context, numbering, kept
        self._recorded: RecordedNumbers | None = None

    @property
    def is_new(self) -> bool:
        """Whether it was never filled."""
        return self._recorded is None

    @property
    def is_stale(self) -> bool:
        """Whether a page number that it printed has other digits, or a heading that it lists is there now."""
        return self._recorded is not None and not self._recorded.are_current(self._numbering.numbers)

    def fill(self, attached: Iterable[str] = ()) -> Page:
        """Fill the template with the current page numbers, and record which of them it reads."""
        numbers, context = self._numbering.numbers, self._context
        self._recorded = recorded = RecordedNumbers(numbers)
        html = (
            self._kept.fill_chapter(self.chapter, context, numbers, recorded, attached)
            if self._kept
            else self.chapter.fill(context, recorded.numbers)
        )
        return Page(self.chapter.id, html, is_part=not self.chapter.is_layer)


class Paginator:
    """Lay chapters out again until every page number that they print is final."""

    def __init__(
        self,
        chapters: Iterable[Chapter],
        context: FillContext,
        numbering: PageNumbering,
        queue: LayoutQueue,
        faults: LayoutFaults,
        kept: FilledPages | None = None,
    ) -> None:
        # the longest first: a stage is done when its last page is laid out
        ordered = sorted(chapters, key=lambda chapter: -chapter.pages)
        self._states = [ChapterState(chapter, context, numbering, kept) for chapter in ordered]
        self._numbering, self._queue, self._faults = numbering, queue, faults
        #: names of the files attached to the body
        self.attached: tuple[str, ...] = ()
        #: the documents of each chapter that was filled
        self.documents: dict[str, tuple[Page, ...]] = {}

    def begin(self, stage: Stage | None) -> None:
        """Begin the layout of the chapters of a stage, and of those that are stale; it goes on in the workers."""
        due = [one for one in self._states if one.is_stale or (one.is_new and one.chapter.stage == stage)]
        # all are filled before the first is begun, which waits until the workers have started
        pages = [self._fill(one) for one in due]
        # the contents list headings of their own chapter
        pages = [self._fill(one) if one.is_stale else page for one, page in zip(due, pages, strict=True)]
        for page in filter(None, pages):
            self.documents[page.id] = page.split()
            for document in self.documents[page.id]:
                self._queue.begin(document)

    def _fill(self, state: ChapterState) -> Page | None:
        page = self._faults.fill(state.chapter.template, partial(state.fill, self.attached))
        if page is not None:
            self._numbering.announce(page)
        return page

    def resolve(self, fiches: Mapping[str, Rendered]) -> dict[str, Rendered]:
        """Go through the remaining stages until no chapter is stale; returns every document, the fiches included.

        Ends early when a template has a fault, or when the numbers never settle, which is one (R113).
        """
        counts: dict[str, list[int]] = {}  # of the pages of parts that are stale, in the last two passes
        for _ in range(MAX_PASSES):
            documents = self._queue.finish(chain.from_iterable(self.documents.values()), "pages")
            rendered = {**fiches, **documents}
            parts = {
                id: Rendered.join([documents[page.id] for page in pages])
                for id, pages in self.documents.items()
            }
            self._numbering.update({**fiches, **parts})
            remaining = [one.chapter.stage for one in self._states if one.is_new]
            is_final = not remaining and not any(one.is_stale for one in self._states)
            if is_final or self._faults.has_errors:
                return rendered
            stale = [one.chapter.id for one in self._states if one.is_stale]
            counts = {id: [*counts.get(id, [])[-1:], parts[id].pages] for id in stale}
            self.begin(min(remaining, default=None))
        self._faults.add_unsettled(counts)
        return rendered
