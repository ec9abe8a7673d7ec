"""How much is drawn for an SVG: its elements with every copy that `<use>`, patterns, masks and markers make of others.

Each element is counted once, after all that it contains or refers to; so a file is counted in the time it takes to
read it, however many copies it stands for. The count is never too low; where paints are inherited, it may be too high.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from booklet.diagnostics import limits
from booklet.diagnostics.message import say
from booklet.pictures.refusal import PictureRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

#: elements before one that is looked for by its id, and all elements at each level, that take as long as drawing one
_BEFORE, _SCANNED = 50, 1_000
#: beyond this, counting stops to be exact, so that numbers stay short
_CEILING = 10**12


class Times(Enum):
    """How often what is referred to is drawn."""

    COPIED = "in the place of the element"
    ONCE = "for the element"
    SHAPES = "for each shape in the element"
    VERTICES = "for each point of each path in the element"


class Reference(NamedTuple):
    """An id that an element refers to."""

    id: str
    times: Times


@dataclass(slots=True)
class Element:
    """What is known of an element when it ends."""

    name: str
    weight: int
    #: elements that it is in, and those that stand before them or it in the same element
    depth: int = 0
    before: int = 0
    #: it is in a pattern, which is looked through again each time that it is painted
    is_in_pattern: bool = False
    vertices: int = 0
    #: weight of long values that each element inside has too, since it inherits them
    handed_on: int = 0
    #: elements inside, by their place in the sequence of all
    children: list[int] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    #: its outline is worked out beforehand, which takes as long as drawing it
    is_measured: bool = False

    def add(self, style: Element) -> None:
        """Add what a style makes of it."""
        self.weight += style.weight
        self.vertices += style.vertices
        self.handed_on += style.handed_on
        self.references.extend(style.references)
        self.is_measured = self.is_measured or style.is_measured


class Drawn(NamedTuple):
    """What is drawn for an element."""

    #: with copies, paints, masks and markers
    total: int
    #: with copies alone
    plain: int
    shapes: int
    vertices: int
    depth: int


def count_drawn(elements: Sequence[Element], by_id: dict[str, int]) -> int:
    """Count what is drawn for the first element; raises `PictureRefused` for an element that contains itself."""
    ids = {one.id for element in elements for one in element.references}
    searches = {id: _count_search(elements, by_id.get(id)) for id in ids}
    for element in elements:
        repeated = (one.id for one in element.references if element.is_in_pattern or one.id not in by_id)
        element.weight += sum(searches[id] for id in repeated)
    drawn: dict[int, Drawn] = {}
    opened: set[int] = set()
    stack = [0]
    while stack:
        place = stack[-1]
        element = elements[place]
        needed = [*element.children, *(by_id[one.id] for one in element.references if one.id in by_id)]
        if place in opened:
            stack.pop()
            if place not in drawn:
                drawn[place] = _add_up(element, drawn, by_id)
            opened.discard(place)
            continue
        if place in drawn:
            stack.pop()
            continue
        opened.add(place)
        for other in needed:
            if other in opened:
                raise PictureRefused(
                    say("an SVG with a `<{name}>` that contains itself", name=elements[other].name)
                )
            if other not in drawn:
                stack.append(other)
    whole = drawn[0]
    if whole.depth > limits.SVG_DEPTH:
        raise too_deep()
    return whole.total + sum(searches.values())


def _count_search(elements: Sequence[Element], place: int | None) -> int:
    """Count what looking for an id takes, in elements drawn: the renderer goes through all that stands before it."""
    if place is None:
        return len(elements) // _SCANNED
    target = elements[place]
    return target.before // _BEFORE + len(elements) * target.depth // _SCANNED


def too_deep() -> PictureRefused:
    """The refusal of elements that stand too deep in one another, copies included."""
    return PictureRefused(say("an SVG of more than {limit} elements in one another", limit=limits.SVG_DEPTH))


def _add_up(element: Element, drawn: dict[int, Drawn], by_id: dict[str, int]) -> Drawn:
    inside = [drawn[child] for child in element.children]
    targets = [(one.times, drawn[by_id[one.id]]) for one in element.references if one.id in by_id]
    copies = [one for times, one in targets if times is Times.COPIED]
    copied = inside + copies
    inherited = element.handed_on * sum(one.shapes for one in copies)
    plain = element.weight + inherited + sum(one.plain for one in copied)
    shapes = 1 + sum(one.shapes for one in copied)
    vertices = element.vertices + sum(one.vertices for one in copied)
    times_drawn = {Times.COPIED: 1, Times.ONCE: 1, Times.SHAPES: shapes, Times.VERTICES: vertices}
    total = (
        element.weight
        + inherited
        + (plain if element.is_measured else 0)
        + sum(one.total for one in inside)
        + sum(times_drawn[times] * one.total for times, one in targets)
    )
    depth = 1 + max((one.depth for one in (*inside, *(one for _, one in targets))), default=0)
    counts = (min(count, _CEILING) for count in (total, plain, shapes, vertices, depth))
    return Drawn(*counts)
