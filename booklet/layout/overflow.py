"""Boxes laid out by WeasyPrint → lines by page and field, text that overflows or overlaps, headings left alone.

WeasyPrint neither clips nor warns: a word wider than its column is drawn over the next one, and a text too long for its
page is drawn below it. So the laid-out boxes are measured. A field is the value of the nearest attribute `data-field`
above a text in the template: the key under which the author typed it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from booklet.layout.lines import (
    TOLERANCE,
    Ink,
    Line,
    Place,
    count_fields,
    count_lines,
    find_collisions,
    find_lonely_headings,
    find_overflows,
    shorten,
)
from booklet.layout.overflow_report import Fault, Layout, Misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType
    from xml.etree.ElementTree import Element

#: values of `break-before` and `break-after` that end a page
_FORCED = frozenset({"always", "page", "left", "right", "recto", "verso"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class _Page(Protocol):
    """A page of a WeasyPrint document."""

    _page_box: _Box


class _Box(Protocol):
    """What is read of a laid-out box of WeasyPrint, which has no types; lengths in CSS pixels.

    Only a text has `text` and `baseline`; only a box with children has `all_children`.
    """

    element: Element
    children: Sequence[_Box]
    style: Mapping[str, Any]
    text: str
    position_x: float
    position_y: float
    width: float
    height: float
    baseline: float
    padding_left: float
    is_table_wrapper: bool
    is_outside_marker: bool

    def all_children(self) -> Iterable[_Box]: ...
    def descendants(self) -> Iterable[_Box]: ...
    def border_box_x(self) -> float: ...
    def border_width(self) -> float: ...
    def content_box_x(self) -> float: ...
    def content_box_y(self) -> float: ...
    def hit_area(self) -> tuple[float, float, float, float]: ...


def read_layout(root: Element, pages: Iterable[_Page]) -> Layout:
    """Measure the pages of one document; `root` is its element tree."""
    return _read([root], pages)


def read_layouts(documents: Sequence[Sequence[Element]], pages: Iterable[_Page]) -> tuple[Layout, ...] | None:
    """Measure the pages of several documents that were laid out one after another; each is a list of elements.

    None where a page has no element of any document, or a document has no page.
    """
    owner = {element: index for index, tops in enumerate(documents) for top in tops for element in top.iter()}
    pages_by_document: list[list[_Page]] = [[] for _ in documents]
    for page in pages:
        owners = (owner[box.element] for box in _page_box(page).descendants() if box.element in owner)
        first = next(owners, None)
        if first is None:
            return None
        pages_by_document[first].append(page)
    if not all(pages_by_document):
        return None
    return tuple(_read(tops, pages_of) for tops, pages_of in zip(documents, pages_by_document, strict=True))


def _read(roots: Iterable[Element], pages: Iterable[_Page]) -> Layout:
    places = _places(roots)
    lines_by_page: list[tuple[Line, ...]] = []
    misfits: list[Misfit] = []
    breaks: set[int] = set()
    extents: list[tuple[float, float]] = []
    for number, page in enumerate(pages, 1):
        reader = _PageReader(number, _page_box(page), places)
        lines_by_page.append(tuple(reader.lines))
        misfits += reader.misfits
        misfits += find_collisions(reader.inks)
        breaks |= reader.breaks
        extents.append((reader.content.top, reader.content.bottom))
    every = [line for lines in lines_by_page for line in lines]
    misfits += find_lonely_headings(every)
    fields = [count for lines in lines_by_page for count in count_fields(lines)]
    return Layout(
        tuple(fields),
        tuple(count_lines(lines) for lines in lines_by_page),
        tuple(dict.fromkeys(misfits)),
        tuple(find_overflows(every, breaks, extents)),
    )


def _page_box(page: _Page) -> _Box:
    return page._page_box  # noqa: SLF001 (WeasyPrint has no public way from a page to its boxes)


# --- reading one page --------------------------------------------------------------------------------------------


#: for the boxes in the margins of a page, which come from no element
_FOOT = Place(-1, "")


def _places(roots: Iterable[Element]) -> dict[Element, Place]:
    """Number the elements in document order, each with the field and role that it inherits."""
    places: dict[Element, Place] = {}

    def visit(element: Element, above: Place) -> None:
        tag = element.tag
        place = Place(
            len(places),
            element.get("data-field", above.field),
            above.room if element.get("data-field") is None else _read_room(element),
            _HEADINGS.index(tag) + 1 if tag in _HEADINGS else above.heading,
            above.in_table or tag == "table",
        )
        places[element] = place
        for child in element:
            visit(child, place)

    for root in roots:
        visit(root, Place(0, ""))
    return places


def _read_room(element: Element) -> int:
    written = element.get("data-room", "")
    return int(written) if written.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """The edges that a box may not pass, in CSS pixels."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass
class _PageReader:
    """One walk over the boxes of a page, which collects lines, inks and misfits."""

    number: int
    page: _Box
    places: Mapping[Element, Place]
    lines: list[Line] = field(default_factory=list)
    #: the places of the elements after which a page ends, whatever is on it
    breaks: set[int] = field(default_factory=set)
    inks: list[Ink] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)

    def __post_init__(self) -> None:
        from weasyprint.formatting_structure import boxes

        self.boxes: ModuleType = boxes
        self.content = content = _content(self.page)
        for child in self.page.children:
            frame = _content(child) if isinstance(child, boxes.MarginBox) else content
            self.walk(child, frame, frame)

    def walk(self, box: _Box, frame: _Frame, page: _Frame) -> None:
        """Visit a box: `frame` has the edges of its container, `page` those of the type area or of the margin box."""
        boxes = self.boxes
        box = getattr(box, "_box", box)  # a positioned box is wrapped in a placeholder
        if isinstance(box, boxes.LineBox):
            self.read_line(box, frame, page)
        elif isinstance(box, boxes.ReplacedBox):
            self.read_picture(box, frame, page)
        elif isinstance(box, boxes.TableBox):
            left, right = box.border_box_x(), box.border_box_x() + box.border_width()
            if right > frame.right + TOLERANCE or left < frame.left - TOLERANCE:
                self.add_misfit(box, "too wide", next(_texts(box, boxes), ""))
            frame = _Frame(left, right, frame.top, frame.bottom)
        elif isinstance(box, (boxes.BlockContainerBox, boxes.FlexContainerBox, boxes.GridContainerBox)):
            self.note_breaks(box)
            frame, page = self.enter(box, frame, page)
        if not isinstance(box, boxes.LineBox):
            for child in getattr(box, "all_children", tuple)():
                self.walk(child, frame, page)

    def note_breaks(self, box: _Box) -> None:
        """Note the place after which a box begins or ends its page."""
        place = self.places.get(box.element)
        if place is not None and box.style["break_before"] in _FORCED:
            self.breaks.add(place.order - 1)
        if place is not None and box.style["break_after"] in _FORCED:
            self.breaks.add(place.order + sum(1 for _ in box.element.iter()) - 1)

    def enter(self, box: _Box, frame: _Frame, page: _Frame) -> tuple[_Frame, _Frame]:
        """Return the edges for the children of a box; the wrapper of a table is as wide as the table."""
        if box.is_table_wrapper:
            return frame, page
        inside = _content(box)
        has_height = box.style["height"] not in ("auto", None) and not isinstance(
            box, self.boxes.TableCellBox
        )
        bottom = min(page.bottom, inside.bottom) if has_height else page.bottom
        return inside, _Frame(page.left, page.right, page.top, bottom)

    def read_line(self, line: _Box, frame: _Frame, page: _Frame) -> None:
        """Collect the texts of a line, and a misfit for each that passes an edge."""
        boxes = self.boxes
        place = self.place(line)
        words: list[str] = []
        for box in line.descendants():
            if isinstance(box, boxes.TextBox) and box.text.strip() and not box.is_outside_marker:
                ink = self.ink(box)
                self.inks.append(ink)
                words.append(ink.text)
                if fault := _fault(ink, frame, page):
                    self.misfits.append(Misfit(fault, self.number, ink.field, shorten(ink.text)))
            elif isinstance(box, boxes.ReplacedBox):
                self.read_picture(box, frame, page)
        if words and place is not _FOOT:
            bottom = line.position_y + line.height
            self.lines.append(Line(self.number, place, line.position_y, bottom, "".join(words)))

    def read_picture(self, box: _Box, frame: _Frame, page: _Frame) -> None:
        """Collect a picture as the lines of text that would be as high."""
        left, top, width, height = box.hit_area()
        ink = Ink(self.number, self.place(box).field, "", left, top, left + width, top + height)
        self.inks.append(ink)
        if fault := _fault(ink, frame, page):
            self.misfits.append(Misfit(fault, self.number, ink.field, ""))
        line_height = 1.35 * float(box.style["font_size"])
        lines = max(1, math.ceil(height / line_height))
        self.lines.append(Line(self.number, self.place(box), top, top + height, "", lines))

    def ink(self, box: _Box) -> Ink:
        """Measure a text from the foot of its letters to the top of its capitals: its own box is higher than a line."""
        left, baseline, size = box.position_x, box.position_y + box.baseline, float(box.style["font_size"])
        top, bottom = baseline - 0.7 * size, baseline + 0.2 * size
        return Ink(self.number, self.place(box).field, box.text, left, top, left + box.width, bottom)

    def add_misfit(self, box: _Box, fault: Fault, text: str) -> None:
        """Collect a misfit for a box."""
        self.misfits.append(Misfit(fault, self.number, self.place(box).field, shorten(text)))

    def place(self, box: _Box) -> Place:
        """Find the element of a box; the running foot has none."""
        return self.places.get(box.element, _FOOT)


def _content(box: _Box) -> _Frame:
    left, top = box.content_box_x(), box.content_box_y()
    # the first line of a hanging paragraph begins in its padding
    hanging = box.padding_left if box.style["text_indent"].value < 0 else 0
    return _Frame(left - hanging, left + box.width, top, top + box.height)


def _fault(ink: Ink, frame: _Frame, page: _Frame) -> Fault | None:
    if (
        ink.bottom > page.bottom + TOLERANCE
        or ink.top < page.top - TOLERANCE
        or ink.right > page.right + TOLERANCE
        or ink.left < page.left - TOLERANCE
    ):
        return "off the page"
    if ink.right > frame.right + TOLERANCE or ink.left < frame.left - TOLERANCE:
        return "too wide"
    return None


def _texts(box: _Box, boxes: ModuleType) -> Iterator[str]:
    return (
        inner.text for inner in box.descendants() if isinstance(inner, boxes.TextBox) and inner.text.strip()
    )
