"""Parts in the order of the body → the page each starts at.

A fiche is two facing pages, so it opens on the left, on an even page; so do the pages that open a domain. Where the
part before ends on the left, an empty page goes between. Page 1 of the body is a right-hand page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.content.part_ids import blank_part_id

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPart:
    """One part of the body, before its place is known."""

    id: str
    #: how many pages it has: a guess until it is laid out
    pages: int = 1
    opens_left: bool = False


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """One part of the body in its place."""

    id: str
    #: the number printed on its first page
    first: int
    pages: int
    is_blank: bool = False


def place_parts(parts: Iterable[BodyPart]) -> tuple[PlacedPart, ...]:
    """Number the first page of each part, with an empty page before those that would open on the wrong side."""
    placed: list[PlacedPart] = []
    first, blanks = 1, 0
    for part in parts:
        if part.opens_left and first % 2:
            blanks += 1
            placed.append(PlacedPart(blank_part_id(blanks), first, 1, is_blank=True))
            first += 1
        placed.append(PlacedPart(part.id, first, part.pages))
        first += part.pages
    return tuple(placed)
