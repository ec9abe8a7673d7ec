"""The two front pages of a list → what they say, to be compared with those of the other lists and with the letter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.content import MAX_CONTENT
from booklet.pdf.verify.drawing import Drawing
from booklet.pdf.verify.fonts import read_resources
from booklet.pdf.verify.geometry import Box, Color, bounds, grow, hull
from booklet.pdf.verify.sections import items, reference
from booklet.pdf.verify.syntax import Objection, parse_dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from booklet.pdf.verify.geometry import Path
    from booklet.pdf.verify.graphics import Shape, Text
    from booklet.pdf.verify.update import Update

#: marks of the items of a list
_BULLET = re.compile(r"[•◦▪–—-]|\d+[.)]")
#: signs that typography puts in the place of typed ones
_TYPED = str.maketrans("‘’«»“”‐–—", '\'\'""""---')
#: endings of ordinals, which typography raises and makes smaller by so much
_ENDING = re.compile("[a-zè]{1,4}")
_SMALLER = 0.68
#: lines that frame or underline: how many depends on where lines of text are broken
_RULE, _SIDES = 2.5, 4
#: points by which places may differ
_NEAR = 0.5
#: lines of one paragraph are nearer than so many times their size
_LEADING = 2.0
#: of one page
_MAX_BULLETS = 100
#: links times texts
_MAX_LINKED = 1_000_000
Place = tuple[float, ...]
#: font, size, colour, and whether it is underlined
Style = tuple[str, float, Color, bool]


@dataclass(frozen=True, slots=True)
class FrontPages:
    """What a list's cover and letter say and show."""

    #: normalised: the texts of the cover, those of the letter, and what is spoken and not drawn
    words: tuple[str, str, str]
    #: the texts of both, one for each change of style
    runs: tuple[str, ...]
    addresses: tuple[str, ...]
    #: of the cover, its picture at its place; fonts, sizes, colours and shapes, where places depend on the list
    looks: tuple[object, ...]
    #: of the letter: margins, what stands apart, and frames; each on the page, and as it stands to the texts beside it
    places: tuple[tuple[Place, Place], ...]
    has_own_font: bool

    def stands_like(self, other: FrontPages) -> bool:
        """Check that a letter is laid out as another: the same places on the page, or the same distances."""
        return len(self.places) == len(other.places) and all(
            any(
                all(abs(a - b) < _NEAR for a, b in zip(mine, theirs, strict=True))
                for mine, theirs in zip(one, another, strict=True)
            )
            for one, another in zip(self.places, other.places, strict=True)
        )


def read_front_pages(update: Update) -> tuple[FrontPages | None, tuple[Message, ...]]:
    """Read the front pages of an examined update, and object to text that is not seen."""
    drawings = []
    pages = [parse_dictionary(update.section.plain[number]) for number in update.pages]
    for page in pages:
        left, bottom, right, top = (float(str(value)) for value in items(page, "/MediaBox"))
        fonts, states = read_resources(update, reference(page["/Resources"]))
        drawing = Drawing(fonts, states, Box(left, bottom, right, top))
        content = update.section.streams[reference(page["/Contents"])].unpack(MAX_CONTENT)
        try:
            drawing.run(content)
        except Objection as objection:
            return None, (*drawing.unseen, objection.message)
        if not drawing.texts:
            return None, (say("a front page has no text"),)
        drawings.append(drawing)
    cover, letter = drawings
    unseen = [message for drawing in drawings for message in drawing.unseen]
    flow, bullets = _split_bullets(letter.texts)
    # the places of the texts in the cover's picture are among the looks
    unseen += [*_check_order([text for text in cover.texts if not text.in_figure], ())]
    unseen += [*_check_order(flow, bullets)]
    rules = [_underlined(shape, flow) for shape in letter.shapes]
    outlines = list(_outlines(letter.shapes, rules))
    runs = (*_runs(cover.texts, ()), *_runs(flow, rules))
    looks = (
        *((drawing.page, *sorted(page)) for page, drawing in zip(pages, drawings, strict=True)),
        tuple(
            (text.text, text.font, text.size, text.color, text.box) for text in cover.texts if text.in_figure
        ),
        tuple((shape.paint, shape.path) for shape in cover.shapes),
        tuple(style for style, _ in runs),
        tuple(bullet.text for bullet in bullets),
        tuple(outline for _, _, outline in outlines),
        tuple(update.roles),
    )
    unseen += [
        *_check_aloud(update, drawings, frozenset(bullets)),
        *_check_links(update, drawings, frozenset(bullets)),
    ]
    words = (_join(cover.texts), _join(flow), normalize("|".join(once(update.spoken))))
    places = (
        *_margins(flow),
        *_gaps(flow),
        *_frames([shape for shape, above, _ in outlines if not above], flow),
    )
    texts = tuple(text for _, text in runs)
    return FrontPages(words, texts, once(update.addresses), looks, places, update.has_own_font), tuple(unseen)


def normalize(text: str) -> str:
    """Reduce a text to what is read: without spaces, soft hyphens and other invisible characters.

    Ligatures and full forms are taken apart, quotes and dashes are those of the keyboard.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TYPED)
    return "".join(
        character
        for character in plain
        if not character.isspace() and unicodedata.category(character) != "Cf"
    )


def once(told: Iterable[str]) -> tuple[str, ...]:
    """Addresses or words of links, in their order: a link that is broken across lines has one for each."""
    return tuple(one for one, _ in groupby(told))


def _join(texts: Iterable[Text]) -> str:
    return normalize("".join(text.text for text in texts))


def _check_aloud(update: Update, drawings: Sequence[Drawing], bullets: frozenset[Text]) -> Iterator[Message]:
    """Require that assistive technology reads all texts, in the order of the elements, as they are drawn."""
    by_mark: dict[tuple[int, int | None], list[Text]] = {}
    for number, drawing in zip(update.pages, drawings, strict=True):
        for text in drawing.texts:
            by_mark.setdefault((number, text.mark), []).append(text)
    aloud = [text for mark in update.read_by for text in by_mark.get(mark, ()) if text not in bullets]
    drawn = [text for drawing in drawings for text in drawing.texts if text not in bullets]
    for read, text in zip_longest(aloud, drawn):
        if read is not text:
            yield say("`{text}` is not read aloud where it stands", text=(text or read).text[:40])
            return


def _check_links(update: Update, drawings: Sequence[Drawing], bullets: frozenset[Text]) -> Iterator[Message]:
    """Require that each link lies over the words that it is read with, and over no others."""
    holders = {element: number for (number, mark), element in update.read_by.items() if mark is None}
    for page, drawing in zip(update.pages, drawings, strict=True):
        texts = [text for text in drawing.texts if text not in bullets]
        links = update.links.get(page, {})
        if len(texts) * len(links) > _MAX_LINKED:
            raise Objection(say("a front page draws more than is compared"))
        words: dict[int, list[Text]] = {}
        for text in texts:
            element = update.read_by.get((page, text.mark))
            while element is not None and element not in holders:
                element = update.parents.get(element)
            if element is not None:
                words.setdefault(holders[element], []).append(text)
        for number, area in links.items():
            own = words.get(number)
            under = [text for text in texts if area.meets(text.box, 1)]
            if own != under or not hull(grow(one.box, one.size) for one in under).covers(area):
                yield say("link {number} does not lie over its words", number=number)


def _split_bullets(texts: Sequence[Text]) -> tuple[list[Text], list[Text]]:
    """Take the marks of lists apart: they are drawn when the page is done, beside what they mark."""
    flow = list(texts)
    bullets: list[Text] = []
    while flow and len(bullets) < _MAX_BULLETS and _BULLET.fullmatch(flow[-1].text.strip()):
        bullets.append(flow.pop())
    return flow, bullets[::-1]


def _check_order(flow: Sequence[Text], bullets: Sequence[Text]) -> Iterator[Message]:
    """Require that texts stand where they are read: from left to right, and line below line."""
    before: Text | None = None
    for text in flow:
        if before is not None:
            is_same_line = _is_same_line(before, text)
            is_behind = is_same_line and text.box.left >= before.box.right - 1
            if not (is_behind or (text.box.bottom < before.box.bottom and not is_same_line)):
                yield say("`{text}` does not stand where it is read", text=text.text[:40])
                return
        before = text
    # a mark ends with a space, which may lie over what it marks
    others = [(bullet, text) for bullet in bullets for text in (*flow, *bullets) if text is not bullet]
    if any(bullet.box.meets(text.box, bullet.size * 0.3) for bullet, text in others):
        yield say("`{text}` does not stand where it is read", text=bullets[0].text[:40])


def _is_same_line(before: Text, text: Text) -> bool:
    return abs(text.box.bottom - before.box.bottom) < max(text.size, before.size) * 0.6


def _starts(flow: Sequence[Text]) -> list[Text]:
    """The first text of each line."""
    starts: list[Text] = []
    for text in flow:
        if not starts or not _is_same_line(starts[-1], text):
            starts.append(text)
    return starts


def _margins(flow: Sequence[Text]) -> Iterator[tuple[Place, Place]]:
    """Where lines begin, from left to right; lists have more or fewer lines."""
    last = -_NEAR
    for left in sorted(text.box.left for text in _starts(flow)):
        if left - last > _NEAR:
            yield (left,), (left,)
        last = left


def _gaps(flow: Sequence[Text]) -> Iterator[tuple[Place, Place]]:
    """The first line, and those that stand apart from the line before; how many a paragraph has depends on the list."""
    starts = _starts(flow)
    yield (starts[0].box.bottom,), (starts[0].box.bottom,)
    for before, text in pairwise(starts):
        gap = before.box.bottom - text.box.bottom
        if gap > _LEADING * max(before.size, text.size):
            yield (text.box.bottom,), (gap,)


def _frames(shapes: Iterable[Shape], flow: Sequence[Text]) -> Iterator[tuple[Place, Place]]:
    """Shapes of the letter, from the first text below their top to the last one above their bottom."""
    for frame in filter(None, (bounds(shape.path) for shape in shapes)):
        first = max((text.box.bottom for text in flow if text.box.bottom < frame.top), default=frame.top)
        last = min((text.box.bottom for text in flow if text.box.bottom > frame.bottom), default=frame.bottom)
        yield frame, (frame.left, frame.right, frame.top - first, frame.bottom - last)


def _runs(texts: Sequence[Text], rules: Iterable[list[Text]]) -> list[tuple[Style, str]]:
    """Texts of one style in succession: the same, wherever lines are broken and ordinals stand in a name."""
    underlined = {text for above in rules for text in above}
    runs: list[tuple[Style, list[Text]]] = []
    for text in texts:
        style = (text.font, text.size, text.color, text in underlined)
        before = runs[-1][0] if runs else None
        is_ordinal = before and _ENDING.fullmatch(text.text) and abs(text.size - before[1] * _SMALLER) < 0.2
        if style != before and not (before and is_ordinal and (text.font, text.color) == before[::2]):
            runs.append((style, []))
        runs[-1][1].append(text)
    return [(style, _join(run)) for style, run in runs]


def _outlines(
    shapes: Sequence[Shape], rules: Sequence[list[Text]]
) -> Iterator[tuple[Shape, list[Text], tuple[object, ...]]]:
    """Shapes of a letter, and without their place: frames grow with the text, and each line is underlined."""
    before = None
    for shape, underlined in zip(shapes, rules, strict=True):
        outline = (shape.paint, _outline(shape.path))
        if outline != before or not underlined:
            yield shape, underlined, outline
        before = outline


def _underlined(shape: Shape, texts: Sequence[Text]) -> list[Text]:
    """The texts that a shape underlines: a rule right below them, as long as they are; empty for another shape."""
    found: list[Text] = []
    for box in shape.boxes if len(shape.boxes) <= _SIDES else ():
        above = [
            text
            for text in texts
            if box.left - 1 <= text.box.left
            and text.box.right <= box.right + 1
            and text.box.bottom - text.size / 2 < box.bottom
            and box.top < text.box.bottom + 1
        ]
        is_rule = above and box.top - box.bottom < _RULE
        if not is_rule or above[0].box.left > box.left + 1 or above[-1].box.right < box.right - 1:
            return []
        found += above
    return found


def _outline(path: Path) -> tuple[object, ...]:
    """A path without its place, and without the lengths of upright and level lines."""
    outline: list[object] = []
    x, y = 0.0, 0.0
    for operator, points in path:
        if operator in ("m", "re"):
            outline.append(operator)
        else:
            steps = [
                value - origin for value, origin in zip(points, (x, y) * (len(points) // 2), strict=True)
            ]
            level = operator == "l" and min(map(abs, steps)) < 0.01
            outline.append((operator, *([round(step) != 0 for step in steps] if level else steps)))
        x, y = points[-2:] if points else (x, y)
    return tuple(outline)
