"""A chapter is filled again when a page number that it prints has changed, and only then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast
from unittest.mock import Mock

import pytest

from booklet.chapters.context import LAST, FillContext, PageNumbers
from booklet.chapters.order import BodyPart
from booklet.chapters.page import Page, Rendered
from booklet.chapters.table import Chapter, Stage
from booklet.checks.layout import layout_unsettled
from booklet.diagnostics.positions import Position, Span
from booklet.pipeline.faults import LayoutFaults
from booklet.pipeline.lookups import Lookups
from booklet.pipeline.pagination import (
    MAX_PASSES,
    ChapterState,
    PageNumbering,
    Paginator,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.pipeline.queue import LayoutQueue


def test_lookups_remember_answers() -> None:
    """What was asked for decides, found or not; what was not asked for does not."""
    lookups = Lookups({"a": 1, "b": 2})
    assert lookups["a"] == 1
    assert lookups.get("c") is None
    assert lookups.are_current({"a": 1, "b": 3})
    assert not lookups.are_current({"a": 2, "b": 2})
    assert not lookups.are_current({"a": 1, "c": 0})


def test_lookups_cannot_be_gone_through() -> None:
    """Whoever goes through all names would depend on all of them without being seen."""
    with pytest.raises(TypeError, match="one key after the other"):
        list(Lookups({"a": 1}))


def contents(context: FillContext, numbers: PageNumbers) -> str:
    return f"index: {'0' * numbers.stamp('index').digits}"


CONTENTS = Chapter(id="opening", template="opening.html", fill=contents, stage=Stage.HEADINGS, pages=5)
INDEX = BodyPart(id="index")
FICHE = BodyPart(id="feux", pages=2, opens_left=True)


def rendered(pages: int) -> Rendered:
    """Make a laid-out document of so many pages, which cites nothing."""
    return Rendered(b"", pages)


def test_chapter_is_stale_when_a_number_moved() -> None:
    """A chapter that printed a number is stale when that number has other digits, not when it or another moved."""
    numbering = PageNumbering((CONTENTS, INDEX, FICHE), {})
    state = ChapterState(CONTENTS, Mock(FillContext), numbering)
    assert state.is_new
    assert not state.is_stale
    assert state.fill() == Page("opening", "index: 0", is_part=True)
    numbering.update({"index": rendered(4)})
    assert numbering.numbers.by_target["feux"] == 10
    assert not state.is_stale
    numbering.update({"opening": rendered(7)})
    assert not state.is_stale
    numbering.update({"opening": rendered(9)})
    assert state.is_stale
    assert state.fill() == Page("opening", "index: 00", is_part=True)
    assert not state.is_stale


def test_headings_are_known_before_they_are_laid_out() -> None:
    """The anchors of a filled chapter are numbered as its first page until it is laid out, then each as its own."""
    numbering = PageNumbering((FICHE, INDEX), {})
    numbering.announce(Page("index", '<h2 id="a">A</h2><p class="x" id="b">B</p>'))
    assert numbering.numbers.by_target == {"feux": 2, "index": 4, "index:a": 4, "index:b": 4, LAST: 4}
    numbering.update({"index": Rendered(b"", 2, anchors={"a": 0, "b": 1})})
    assert numbering.numbers.by_target["index:b"] == 5


def test_first_numbers_are_a_guess() -> None:
    """Until a part is laid out, it has the pages that it is thought to have; a fiche opens on the left."""
    numbering = PageNumbering((CONTENTS, FICHE, BodyPart(id="closing")), {})
    assert numbering.numbers.by_target == {"opening": 1, "feux": 6, "closing": 8, LAST: 8}
    assert numbering.numbers.by_source == {}


class StubQueue:
    """Lay the contents out on nine pages when they print a number of one digit, on eight when it has two."""

    def __init__(self) -> None:
        self.passes = 0

    def begin(self, page: Page) -> None:
        """Do nothing until pages are waited for."""

    def finish(self, pages: Iterable[Page], _step: str) -> dict[str, Rendered]:
        """Lay pages out."""
        self.passes += 1
        return {page.id: rendered(10 - page.html.count("0")) for page in pages}


def test_numbers_that_never_settle_are_told() -> None:
    """Contents that are longer because of the number they print, and shorter because of the next, end the build."""
    queue, faults = StubQueue(), Mock(LayoutFaults, has_errors=False)
    faults.fill.side_effect = lambda _, fill: fill()
    numbering = PageNumbering((replace(CONTENTS, pages=8), INDEX), {})
    paginator = Paginator((CONTENTS,), Mock(FillContext), numbering, cast("LayoutQueue", queue), faults)
    paginator.resolve({})
    assert queue.passes == MAX_PASSES
    (said,) = faults.add_unsettled.call_args.args
    top = Position(1, 1)
    (found,) = layout_unsettled(Span("proposals/edition.yaml", top, top), said)
    assert str(found.message) == "page numbers do not settle: `opening` (8 – 9)" and found.code == "R113"
