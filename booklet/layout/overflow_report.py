"""How a laid-out document fills its pages: lines by field, and text that overflows or overlaps.

Measured by `overflow`, cached in the store with the page, reported by R106. A field is the key under which the author
typed a text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: a fiche is two facing pages
FICHE_PAGES = 2
#: a last page with so few lines is all but empty
FEW_LINES = 2

Fault = Literal["too wide", "off the page", "on another text", "lonely heading"]


@dataclass(frozen=True, slots=True)
class FieldLines:
    """The number of lines and characters of one field on one page."""

    #: from 1
    page: int
    #: "" for text that no author typed
    field: str
    lines: int
    #: of running text; 0 where there is a table or a picture, since fewer words would not make it shorter
    characters: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """A text that overflows or overlaps, or a heading left alone at the foot of a page."""

    fault: Fault
    #: from 1
    page: int
    field: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class FieldSize:
    """What one field takes of a part of a document, over all its pages."""

    field: str
    lines: int
    #: lines that the template has room for
    room: int
    #: characters of its fullest line; 0 where there is a table or a picture
    width: int
    #: from one line to the next, in CSS pixels
    leading: float
    #: the fields on the same height of a page
    beside: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """Its height over all its pages, in CSS pixels."""
        return self.lines * self.leading


@dataclass(frozen=True, slots=True)
class Overflow:
    """A part of a document, between two forced page breaks, that takes more than its page."""

    #: of what stands past the first page, in CSS pixels
    height: float
    fields: tuple[FieldSize, ...]

    def cuts(self, is_typed: Callable[[str], bool]) -> Iterator[tuple[FieldSize, int]]:
        """What to shorten, the field that most passes its room first, each with the lines to take out.

        One that was only pushed to the next page is not among them, nor one of more lines than usual where the others'
        are enough.
        """
        fields = [one for one in self.fields if is_typed(one.field)]
        left, found = self.height, dict[FieldSize, int]()
        for one in sorted(fields, key=lambda one: one.room - one.lines):
            beside = next((other for other in found if other.field in one.beside), None)
            needed = left
            if beside is not None:
                needed = one.height - beside.height + found[beside] * beside.leading
            cut = min(one.lines - one.room, math.ceil(needed / one.leading))
            if cut > 0:
                found[one] = cut
                left -= 0 if beside else cut * one.leading
            elif not found:
                found[one] = 0
        for one in list(found)[:1]:  # where cutting all of them to their room is not enough
            found[one] += max(0, math.ceil(left / one.leading))
        yield from ((one, cut) for one, cut in found.items() if cut)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document fills its pages."""

    #: by page, then in the order of the document
    fields: tuple[FieldLines, ...] = ()
    #: of every page, whatever the field
    lines_by_page: tuple[int, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    overflows: tuple[Overflow, ...] = ()

    def lines_past(self, pages: int) -> int:
        """Count the lines after the first `pages` pages."""
        return sum(self.lines_by_page[pages:])

    @property
    def is_all_but_empty(self) -> bool:
        """Whether the last of several pages has only one or two lines."""
        return len(self.lines_by_page) > 1 and 0 < self.lines_by_page[-1] <= FEW_LINES


#: of a document that was not laid out
UNMEASURED = Layout()
