"""Boxes laid out by WeasyPrint → lines by page and field, text that overflows or overlaps, headings left alone.

WeasyPrint neither clips nor warns: a word wider than its column is drawn over the next one, and a text too long for its
page is drawn below it. So the laid-out boxes are measured. A field is the value of
the nearest attribute `data-field` above a text in the template: the key under which the author typed it.

A line is one that a reader counts: boxes side by side, as the cells of a row, are one line (the largest number of boxes
that stand one below another, found as in interval scheduling).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from booklet.layout.overflow_report import Fault, FieldLines, Layout, Misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: CSS pixels by which a box may pass an edge: invisible letter spacing and rounding
TOLERANCE = 1.0
#: lines of its text that a heading needs below it on its page
LINES_BELOW_HEADING = 2
_EXCERPT = 20
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def read_layout(root: Any, pages: Iterable[Any]) -> Layout:
    """Measure the pages of one document; `root` is its element tree."""
    return _read([root], pages)


def read_layouts(documents: Sequence[Sequence[Any]], pages: Iterable[Any]) -> tuple[Layout, ...] | None:
    """Measure the pages of several documents that were laid out one after another; each is a list of elements.

    None where a page has no element of any document, or a document has no page.
    """
    owner = {element: index for index, tops in enumerate(documents) for top in tops for element in top.iter()}
    pages_by_document: list[list[Any]] = [[] for _ in documents]
    for page in pages:
        owners = (owner[box.element] for box in page._page_box.descendants() if box.element in owner)
        first = next(owners, None)
        if first is None:
            return None
        pages_by_document[first].append(page)
    if not all(pages_by_document):
        return None
    return tuple(_read(tops, own) for tops, own in zip(documents, pages_by_document, strict=True))


def _read(roots: Iterable[Any], pages: Iterable[Any]) -> Layout:
    places = _places(roots)
    lines_by_page: list[tuple[_Line, ...]] = []
    misfits: list[Misfit] = []
    for number, page in enumerate(pages, 1):
        reader = _PageReader(number, page._page_box, places)
        lines_by_page.append(tuple(reader.lines))
        misfits += reader.misfits
        misfits += _collisions(reader.inks)
    misfits += _lonely_headings([line for lines in lines_by_page for line in lines])
    fields = [count for lines in lines_by_page for count in _count_fields(lines)]
    return Layout(
        tuple(fields), tuple(_count(lines) for lines in lines_by_page), tuple(dict.fromkeys(misfits))
    )


# --- reading one page --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of an element in the document, and its role."""

    order: int
    field: str
    #: 1 to 6 in a heading, 0 elsewhere
    heading: int = 0
    in_table: bool = False


#: for the boxes in the margins of a page, which come from no element
_FOOT = _Place(-1, "")


def _places(roots: Iterable[Any]) -> dict[Any, _Place]:
    """Number the elements in document order, each with the field and role that it inherits."""
    places: dict[Any, _Place] = {}

    def visit(element: Any, above: _Place) -> None:
        tag = element.tag
        place = _Place(
            len(places),
            element.get("data-field", above.field),
            _HEADINGS.index(tag) + 1 if tag in _HEADINGS else above.heading,
            above.in_table or tag == "table",
        )
        places[element] = place
        for child in element:
            visit(child, place)

    for root in roots:
        visit(root, _Place(0, ""))
    return places


@dataclass(frozen=True, slots=True)
class _Line:
    """One laid-out line, or a picture as the lines that it takes; lengths in CSS pixels from the page's top."""

    page: int
    place: _Place
    top: float
    bottom: float
    #: "" for a picture
    text: str
    #: how many lines it takes
    lines: int = 1


@dataclass(frozen=True, slots=True)
class _Ink:
    """The rectangle of a text's letters, without the space above and below them; CSS pixels."""

    page: int
    field: str
    text: str
    left: float
    top: float
    right: float
    bottom: float


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
    page: Any
    places: Mapping[Any, _Place]
    lines: list[_Line] = field(default_factory=list)
    inks: list[_Ink] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)

    def __post_init__(self) -> None:
        from weasyprint.formatting_structure import boxes

        self.boxes = boxes
        content = _content(self.page)
        for child in self.page.children:
            frame = _content(child) if isinstance(child, boxes.MarginBox) else content
            self.walk(child, frame, frame)

    def walk(self, box: Any, frame: _Frame, page: _Frame) -> None:
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
            frame, page = self.enter(box, frame, page)
        if not isinstance(box, boxes.LineBox):
            for child in getattr(box, "all_children", tuple)():
                self.walk(child, frame, page)

    def enter(self, box: Any, frame: _Frame, page: _Frame) -> tuple[_Frame, _Frame]:
        """Return the edges for the children of a box; the wrapper of a table is as wide as the table."""
        if box.is_table_wrapper:
            return frame, page
        inside = _content(box)
        has_height = box.style["height"] not in ("auto", None) and not isinstance(
            box, self.boxes.TableCellBox
        )
        bottom = min(page.bottom, inside.bottom) if has_height else page.bottom
        return inside, _Frame(page.left, page.right, page.top, bottom)

    def read_line(self, line: Any, frame: _Frame, page: _Frame) -> None:
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
                    self.misfits.append(Misfit(fault, self.number, ink.field, _shorten(ink.text)))
            elif isinstance(box, boxes.ReplacedBox):
                self.read_picture(box, frame, page)
        if words and place is not _FOOT:
            bottom = line.position_y + line.height
            self.lines.append(_Line(self.number, place, line.position_y, bottom, "".join(words)))

    def read_picture(self, box: Any, frame: _Frame, page: _Frame) -> None:
        """Collect a picture as the lines of text that would be as high."""
        left, top, width, height = box.hit_area()
        ink = _Ink(self.number, self.place(box).field, "", left, top, left + width, top + height)
        self.inks.append(ink)
        if fault := _fault(ink, frame, page):
            self.misfits.append(Misfit(fault, self.number, ink.field, ""))
        line_height = 1.35 * float(box.style["font_size"])
        lines = max(1, math.ceil(height / line_height))
        self.lines.append(_Line(self.number, self.place(box), top, top + height, "", lines))

    def ink(self, box: Any) -> _Ink:
        """Measure a text from the foot of its letters to the top of its capitals: its own box is higher than a line."""
        left, baseline, size = box.position_x, box.position_y + box.baseline, float(box.style["font_size"])
        top, bottom = baseline - 0.7 * size, baseline + 0.2 * size
        return _Ink(self.number, self.place(box).field, box.text, left, top, left + box.width, bottom)

    def add_misfit(self, box: Any, fault: Fault, text: str) -> None:
        """Collect a misfit for a box."""
        self.misfits.append(Misfit(fault, self.number, self.place(box).field, _shorten(text)))

    def place(self, box: Any) -> _Place:
        """Find the element of a box; the running foot has none."""
        return self.places.get(box.element, _FOOT)


def _content(box: Any) -> _Frame:
    left, top = box.content_box_x(), box.content_box_y()
    # the first line of a hanging paragraph begins in its padding
    hanging = box.padding_left if box.style["text_indent"].value < 0 else 0
    return _Frame(left - hanging, left + box.width, top, top + box.height)


def _fault(ink: _Ink, frame: _Frame, page: _Frame) -> Fault | None:
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


def _texts(box: Any, boxes: Any) -> Iterator[str]:
    return (
        inner.text for inner in box.descendants() if isinstance(inner, boxes.TextBox) and inner.text.strip()
    )


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"


# --- counting lines and finding faults ------------------------------------------------------------------------------


def _count(lines: Iterable[_Line]) -> int:
    """Count the lines one below another: the largest set that does not overlap vertically."""
    counted, last = 0, -math.inf
    for line in sorted(lines, key=lambda line: (line.bottom, line.top)):
        if line.top >= last - TOLERANCE:
            counted, last = counted + line.lines, line.bottom
    return counted


def _count_fields(lines: Sequence[_Line]) -> Iterator[FieldLines]:
    by_field: dict[str, list[_Line]] = {}
    for line in sorted(lines, key=lambda line: line.place.order):
        by_field.setdefault(line.place.field, []).append(line)
    for name, own in by_field.items():
        is_prose = all(line.text and not line.place.in_table for line in own)
        yield FieldLines(
            own[0].page, name, _count(own), sum(len(line.text) for line in own) if is_prose else 0
        )


def _collisions(inks: Sequence[_Ink]) -> Iterator[Misfit]:
    """Find overlapping texts: each, from top to bottom, is compared with those that begin above its bottom."""
    ordered = sorted(inks, key=lambda ink: (ink.top, ink.left))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.top > one.bottom - TOLERANCE:
                break
            if (
                other.left < one.right - TOLERANCE
                and one.left < other.right - TOLERANCE
                and other.bottom > one.top + TOLERANCE
            ):
                for ink in (one, other):
                    yield Misfit("on another text", ink.page, ink.field, _shorten(ink.text))


def _lonely_headings(lines: Sequence[_Line]) -> Iterator[Misfit]:
    """Find headings with fewer than two lines of their text on their page, and more on the next."""
    ordered = sorted(lines, key=lambda line: (line.place.order, line.page, line.top))
    for index, line in enumerate(ordered):
        level = line.place.heading
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        if not level or following is None or following.place == line.place:
            continue
        own: list[_Line] = []
        for below in ordered[index + 1 :]:
            if 0 < below.place.heading <= level:
                break
            own.append(below)
        here = _count(below for below in own if below.page == line.page)
        if here < LINES_BELOW_HEADING and any(below.page > line.page for below in own):
            yield Misfit("lonely heading", line.page, line.place.field, _shorten(line.text))
