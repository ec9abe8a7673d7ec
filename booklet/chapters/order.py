"""Parts → their order in the body, and the page each starts at.

A fiche is two facing pages, so it opens on the left, on an even page; what opens a domain does too. An empty page goes
before them where the part before ends on the left. The body's page 1 is a right-hand page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.chapters.fiche import Page
from booklet.chapters.parts import BLANK, CLOSING, DOMAIN, INDEX, OPENING, PORTFOLIO, SOURCES
from booklet.layout.page import fill_page

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio

#: empty pages are laid out by the fifty, so that one more page does not lay them all out again
NUMBERS_STEP = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a part stands: the number printed on its first page, and how many pages it has."""

    id: str
    first: int
    pages: int

    @property
    def is_blank(self) -> bool:
        """Tell whether the part is an empty page."""
        return self.id.startswith(BLANK)


def order_parts(edition: Edition, portfolio: Portfolio) -> Iterator[str]:
    """Name the body's parts in their order; the last ones have their place whether they have content or not."""
    yield OPENING
    for domain in edition.domains:
        fiches = [costed.id for costed in portfolio.in_domain(domain)]
        if fiches:
            yield f"{DOMAIN}{domain}"
            yield from fiches
    yield from (PORTFOLIO, CLOSING, INDEX, SOURCES)


def open_left(edition: Edition, portfolio: Portfolio) -> frozenset[str]:
    """Name the parts that open on an even page: fiches, and what opens a domain."""
    openers = (f"{DOMAIN}{domain}" for domain in edition.domains)
    return frozenset((*openers, *(costed.id for costed in portfolio.ready)))


def place_parts(
    order: Iterable[str], pages_by_part: Mapping[str, int], on_the_left: Collection[str]
) -> tuple[Place, ...]:
    """Give each part that has pages its first one, after an empty page where it would open on the wrong side."""
    places: list[Place] = []
    first, blanks = 1, 0
    for id in order:
        if id not in pages_by_part:
            continue
        if id in on_the_left and first % 2:
            blanks += 1
            places.append(Place(f"{BLANK}{blanks}", first, 1))
            first += 1
        places.append(Place(id, first, pages_by_part[id]))
        first += pages_by_part[id]
    return tuple(places)


def fill_blank(environment: Environment) -> Page:
    """Fill the empty page, one for all the places where it stands."""
    return Page("blank", fill_page(environment, "blank.html"))


def fill_numbers(environment: Environment, pages: int) -> Page:
    """Fill the empty pages that carry nothing but their number: enough for a body of so many pages."""
    enough = -(-pages // NUMBERS_STEP) * NUMBERS_STEP
    return Page("numbers", fill_page(environment, "numbers.html", pages=enough))
