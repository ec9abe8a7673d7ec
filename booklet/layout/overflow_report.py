"""How a laid-out document fills its pages: lines by field, and words that are not where they should be.

Read by `boxes` from what WeasyPrint laid out, kept in the store with the page, told by R106. A field is the key
under which the author typed a text.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

#: a last page with so few lines is all but empty
FEW_LINES = 2

Fault = Literal["too wide", "off the page", "on another text", "lonely heading"]


@dataclass(frozen=True, slots=True)
class FieldLines:
    """Count what one field has on one page."""

    #: from 1
    page: int
    #: "" for words that no author typed
    field: str
    lines: int
    #: of running text; 0 where there is a table or a picture, which shortening words does not shorten
    characters: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """Name words that are not where they should be."""

    fault: Fault
    #: from 1
    page: int
    field: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold how a document fills its pages."""

    #: by page, then in the order of the document
    fields: tuple[FieldLines, ...] = ()
    #: of every page, whatever the field
    lines_by_page: tuple[int, ...] = ()
    misfits: tuple[Misfit, ...] = ()

    def past(self, pages: int) -> tuple[FieldLines, ...]:
        """Count what each field has after so many pages, in the order of the document; `page` is the first one."""
        found: dict[str, FieldLines] = {}
        for one in self.fields:
            if one.page > pages:
                known = found.get(one.field, FieldLines(one.page, one.field, 0, 0))
                lines, characters = known.lines + one.lines, known.characters + one.characters
                found[one.field] = FieldLines(known.page, one.field, lines, characters)
        return tuple(found.values())

    def lines_past(self, pages: int) -> int:
        """Count the lines after so many pages."""
        return sum(self.lines_by_page[pages:])

    def longest(self) -> FieldLines | None:
        """Give the field that has the most lines."""
        return max((one for one in self.past(0) if one.field), key=lambda one: one.lines, default=None)

    @property
    def is_all_but_empty(self) -> bool:
        """Tell whether the last of several pages holds a line or two."""
        return len(self.lines_by_page) > 1 and 0 < self.lines_by_page[-1] <= FEW_LINES

    def plain(self) -> dict[str, Any]:
        """Give the values as JSON holds them."""
        return asdict(self)

    @classmethod
    def of_plain(cls, held: Mapping[str, Any]) -> Layout:
        """Read the values that JSON held."""
        return cls(
            tuple(FieldLines(**one) for one in held["fields"]),
            tuple(held["lines_by_page"]),
            tuple(Misfit(**one) for one in held["misfits"]),
        )


#: for what was not laid out
UNMEASURED = Layout()
