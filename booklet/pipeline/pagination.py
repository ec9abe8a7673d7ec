"""The pages around the fiches, each filled again only when a page number that it prints has changed.

Contents, openers, index and sources print the page numbers of other parts, and each may move those after it. A page
remembers what it asked for. Pages come in waves, those that ask least first; as long as a fiche is thought to have its
two pages, which nearly all have, the first waves are laid out together with the fiches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from booklet.chapters.order import place_parts
from booklet.chapters.parts import CLOSING, OPENING, PORTFOLIO, SOURCES
from booklet.layout.page import Numbered
from booklet.pdf.body import anchors, citations

if TYPE_CHECKING:
    from booklet.chapters.fiche import Page, Rendered
    from booklet.pipeline.faults import LayoutFaults
    from booklet.pipeline.queue import LayoutQueue


class Wave(IntEnum):
    """When a part is filled first: as soon as what it says is known, or well guessed."""

    #: with the fiches, of which it prints figures and page numbers
    FICHES = 0
    #: when the files inside the body are made
    FILES = 1
    #: when the chapters after the fiches have their pages
    CONTENTS = 2
    #: when every page that may cite a source is laid out
    CITATIONS = 3


#: stands for the number of the last page among the numbers of parts
LAST = ":last"
#: waves that are laid out at most: three settle nearly everything
_MOST_WAVES = 20
Value = TypeVar("Value")


class Lookups(Mapping[str, Value], Generic[Value]):
    """A mapping as one page sees it, which remembers what it was asked for and what it answered."""

    def __init__(self, known: Mapping[str, Value]) -> None:
        self._known = known
        self._answers: dict[str, Value | None] = {}

    def __getitem__(self, key: str) -> Value:
        self._answers[key] = self._known.get(key)
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("ask for one name after the other: what is gone through cannot be remembered")

    def __len__(self) -> int:
        raise TypeError("ask for one name after the other: a count cannot be remembered")

    def are_alike(self, known: Mapping[str, Value]) -> bool:
        """Tell whether every answer would be the same."""
        return all(known.get(key) == answer for key, answer in self._answers.items())


@dataclass
class AroundPage(Generic[Value]):
    """A part around the fiches: when it comes, how it is filled, and with what, as it is known so far."""

    template: str
    wave: Wave
    _fill: Callable[[Mapping[str, Value]], Page]
    _known: Callable[[], Mapping[str, Value]] = dict
    _lookups: Lookups[Value] | None = field(default=None, init=False)

    @property
    def is_new(self) -> bool:
        """Tell whether it was never filled."""
        return self._lookups is None

    @property
    def is_stale(self) -> bool:
        """Tell whether it would be filled otherwise now."""
        return self._lookups is not None and not self._lookups.are_alike(self._known())

    def fill(self) -> Page:
        """Fill it with what is known now."""
        self._lookups = Lookups(self._known())
        return self._fill(self._lookups)


class Numbering:
    """Number pages: `numbers` of parts and of chapters of parts, `cited_by` the pages that cite each source.

    `guess` says how many pages every part has until it is laid out.
    """

    def __init__(
        self,
        order: Sequence[str],
        on_the_left: Collection[str],
        titles: Mapping[str, str],
        guess: Mapping[str, int],
    ) -> None:
        self.order, self._on_the_left = order, on_the_left
        self._titles, self._guess = titles, guess
        self.update({})

    def update(self, rendered: Mapping[str, Rendered]) -> None:
        """Number the parts, those that are laid out by their pages."""
        pages = {**self._guess, **{id: one.pages for id, one in rendered.items()}}
        self.places = place_parts(self.order, pages, self._on_the_left)
        self.numbers = dict(self._number(rendered))
        self.cited_by = self._find_citations(rendered)

    def _number(self, rendered: Mapping[str, Rendered]) -> Iterator[tuple[str, int]]:
        for place in self.places:
            if place.is_blank:
                continue
            yield place.id, place.first
            if place.id in (OPENING, PORTFOLIO, CLOSING) and place.id in rendered:
                for name, index in anchors(rendered[place.id].pdf).items():
                    yield f"{place.id}:{name}", place.first + index
        yield LAST, sum(place.pages for place in self.places)

    def _find_citations(self, rendered: Mapping[str, Rendered]) -> dict[str, tuple[Numbered, ...]]:
        """Find, for each source, the first page of each part that cites it."""
        found: dict[str, tuple[Numbered, ...]] = {}
        for place in self.places:
            if place.id not in rendered or place.id == SOURCES:
                continue
            seen: set[str] = set()
            for index, targets in enumerate(citations(rendered[place.id].pdf)):
                for target in targets:
                    source = target.removeprefix(f"{SOURCES}:")
                    if source != target and source not in seen:
                        seen.add(source)
                        title = self._titles.get(place.id, "")
                        numbered = Numbered(place.id, place.first + index, title)
                        found[source] = (*found.get(source, ()), numbered)
        return found


class Around:
    """Lay pages out until every number that they print is that of the body."""

    def __init__(
        self,
        pages: Iterable[AroundPage[int] | AroundPage[tuple[Numbered, ...]]],
        numbering: Numbering,
        queue: LayoutQueue,
        faults: LayoutFaults,
    ) -> None:
        self._pages, self._numbering = tuple(pages), numbering
        self._queue, self._faults = queue, faults
        self._filled: dict[str, Page] = {}

    def begin(self, wave: Wave | None) -> None:
        """Have a wave laid out by what is known now, and again what would be filled otherwise."""
        due = [around for around in self._pages if around.is_stale or (around.is_new and around.wave == wave)]
        pages = [self._faults.fill(around.template, around.fill) for around in due]
        # filled first: until the workers have started, whoever gives them work waits
        for page in filter(None, pages):
            self._queue.begin(page)
            self._filled[page.id] = page

    def settle(self, fiches: Mapping[str, Rendered]) -> dict[str, Rendered]:
        """Lay out the other waves, and what was filled with other numbers than it now would be; gives every part."""
        for _ in range(_MOST_WAVES):
            rendered = {**fiches, **self._queue.finish(self._filled.values(), "pages")}
            self._numbering.update(rendered)
            new = [around.wave for around in self._pages if around.is_new]
            if self._faults.has_errors or not (new or any(around.is_stale for around in self._pages)):
                return rendered
            self.begin(min(new, default=None))
        raise AssertionError(f"page numbers did not settle in {_MOST_WAVES} waves")
