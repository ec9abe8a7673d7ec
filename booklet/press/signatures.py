"""Pages → sheets: the page on each half of each side, and how far creep moves it.

Sheets folded once are nested: the outermost carries the first and the last two pages, and so on inwards. Each sheet
around another pushes its fore edge out by about one thickness. Pages are moved towards the spine by as much ("creep",
"shingling"), so that margins are equal once the fore edge is trimmed. One thickness a sheet is the usual formula; loose
stapling makes it 1.2 to 1.4, which binders find by trial.

A booklet that is too thick to be stapled is folded in sections, laid one upon the other and glued.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.press.paper import PAGES_PER_SHEET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

#: beyond this, staples hold badly, the booklet does not stay shut, and creep eats the outer margin
MAX_STAPLED_PAGES = 80
#: four sheets a section fold flat by hand or by machine, whatever the paper
SECTION_PAGES = 16


@dataclass(frozen=True, slots=True)
class Side:
    """The two pages, numbered from 1, of one side of a sheet; the sheet is turned over its short edge."""

    #: from 0, over all sections
    sheet: int
    is_front: bool
    left: int
    right: int
    #: by which both pages are moved towards the spine
    creep_um: Decimal
    #: from 0
    section: int
    #: whether it is the outside of the folded section, whose back bears the collating mark
    is_outer: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The sides, front and back of each sheet in turn, and the number of sheets in each section."""

    sides: tuple[Side, ...]
    sheets_by_section: tuple[int, ...]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return 2 * len(self.sides)

    @property
    def is_stapled(self) -> bool:
        """Whether there is one section, whose sheets are all nested."""
        return len(self.sheets_by_section) == 1


def plan_sheets(pages: int, thickness_um: Decimal, section_pages: int = SECTION_PAGES) -> Plan:
    """Position the pages: in one section up to `MAX_STAPLED_PAGES`, in several beyond."""
    assert pages > 0
    assert pages % PAGES_PER_SHEET == 0
    assert section_pages % PAGES_PER_SHEET == 0
    sections = (pages,) if pages <= MAX_STAPLED_PAGES else _sections(pages, section_pages)
    sides: list[Side] = []
    first = 1
    for section, count in enumerate(sections):
        sides += _nest(first, count, thickness_um, section, len(sides) // 2)
        first += count
    return Plan(tuple(sides), tuple(count // PAGES_PER_SHEET for count in sections))


def _sections(pages: int, section_pages: int) -> tuple[int, ...]:
    """Split pages into sections; a short one comes before the last, where it does not come loose."""
    whole, rest = divmod(pages, section_pages)
    sizes = [section_pages] * whole
    if rest:
        sizes.insert(max(len(sizes) - 1, 0), rest)
    return tuple(sizes)


def _nest(first: int, count: int, thickness_um: Decimal, section: int, first_sheet: int) -> Iterator[Side]:
    last = first + count - 1
    for depth in range(count // PAGES_PER_SHEET):
        low, high, creep = first + 2 * depth, last - 2 * depth, depth * thickness_um
        sheet = first_sheet + depth
        is_outer = depth == 0
        yield Side(
            sheet, is_front=True, left=high, right=low, creep_um=creep, section=section, is_outer=is_outer
        )
        yield Side(
            sheet,
            is_front=False,
            left=low + 1,
            right=high - 1,
            creep_um=creep,
            section=section,
            is_outer=False,
        )
