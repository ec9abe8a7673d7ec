"""How a laid-out document fills its pages: lines by field, and text that overflows or overlaps.

Measured by `overflow`, cached in the store with the page, reported by R106. A field is the key under which the author
typed a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
class Layout:
    """How a document fills its pages."""

    #: by page, then in the order of the document
    fields: tuple[FieldLines, ...] = ()
    #: of every page, whatever the field
    lines_by_page: tuple[int, ...] = ()
    misfits: tuple[Misfit, ...] = ()

    def past(self, pages: int) -> tuple[FieldLines, ...]:
        """Count the lines of each field after the first `pages` pages, in the order of the document.

        The `page` of a count is the first of these pages that has the field."""
        found: dict[str, FieldLines] = {}
        for one in self.fields:
            if one.page > pages:
                known = found.get(one.field, FieldLines(one.page, one.field, 0, 0))
                lines, characters = known.lines + one.lines, known.characters + one.characters
                found[one.field] = FieldLines(known.page, one.field, lines, characters)
        return tuple(found.values())

    def lines_past(self, pages: int) -> int:
        """Count the lines after the first `pages` pages."""
        return sum(self.lines_by_page[pages:])

    def longest(self) -> FieldLines | None:
        """Return the field with the most lines; None where no field is printed."""
        return max((one for one in self.past(0) if one.field), key=lambda one: one.lines, default=None)

    @property
    def is_all_but_empty(self) -> bool:
        """Whether the last of several pages has only one or two lines."""
        return len(self.lines_by_page) > 1 and 0 < self.lines_by_page[-1] <= FEW_LINES


#: of a document that was not laid out
UNMEASURED = Layout()
