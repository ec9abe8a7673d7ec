"""The content of a front page → the texts and shapes that it draws, and what of its text is not seen.

Only the operators that our pages use are known (ISO 32000-1 §8 and §9); any other is an objection, since nothing could
be said about what it draws.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.content import matrix, name_of, number, read_operations, read_shown, unknown
from booklet.pdf.verify.geometry import (
    Box,
    Color,
    Matrix,
    apply,
    blend,
    bounds,
    contrast,
    grow,
    is_upright,
    multiply,
    segments,
)
from booklet.pdf.verify.graphics import Shape, State, Text
from booklet.pdf.verify.syntax import Objection, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from booklet.pdf.verify.fonts import Font

#: texts times shapes, of which each that is near takes twenty times as long, with each of its parts
_MAX_COMPARED = 4_000_000
_NEAR_COSTS = 20
#: texts or shapes of one page
_MAX_DRAWN = 8_000
_MAX_STATES = 60
#: of a text that an objection quotes
_SHORT = 40
_MIN_SIZE = 4.0
#: of black on white: 21 (WCAG 2.2, contrast ratio)
_MIN_CONTRAST = 1.6
#: in points: rounding, and the overhang of letters
_NEAR = 1.0
_PAINTS = {
    "f": (True, False), "f*": (True, False), "S": (False, True), "s": (False, True),
    "B": (True, True), "B*": (True, True), "b": (True, True), "b*": (True, True), "n": (False, False),
}  # fmt: skip

_IN_PATH = frozenset({"m", "l", "c", "re", "h", "W", "W*"})
_IN_TEXT = frozenset({"Tm", "Tf", "Tr", "TJ", "ET"})


@dataclass
class Drawing:
    """What a page draws, in the order in which it is painted."""

    fonts: Mapping[str, Font]
    states: Mapping[str, Mapping[str, Value]]
    page: Box
    texts: list[Text] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    unseen: dict[Message, None] = field(default_factory=dict)
    #: the ids of marked content
    marks: set[int] = field(default_factory=set)
    _compared: int = 0
    #: around each text and shape
    _text_boxes: list[Box] = field(default_factory=list)
    _shape_boxes: list[Box] = field(default_factory=list)

    def run(self, content: bytes) -> None:
        """Draw a content stream; raises `Objection` at what our pages never use."""
        self._now = State((1, 0, 0, 1, 0, 0), self.page)
        self._saved: list[State] = []
        self._path: list[tuple[str, tuple[float, ...]]] = []
        self._clips = ""
        self._text_matrix: Matrix | None = None
        self._open_marks: list[tuple[str, int | None]] = []
        for name, operands in read_operations(content):
            run = self._OPERATORS.get(name)
            if run is None or len(operands) != run[0] or not self._may_follow(name):
                raise unknown(name.encode())
            run[1](self, name, operands)
        if self._saved or self._open_marks or self._path or self._text_matrix:
            raise unknown(b"EOF")

    def _may_follow(self, name: str) -> bool:
        """Check that texts and paths are whole, each with nothing else between: readers would take it differently."""
        if (self._text_matrix is not None) != (name in _IN_TEXT):
            return False
        return name in _PAINTS if self._clips else not self._path or name in _IN_PATH or name in _PAINTS

    # --- graphics ----------------------------------------------------------------------------------------------------

    def _save(self, _name: str, _operands: Sequence[bytes]) -> None:
        if len(self._saved) == _MAX_STATES:
            raise Objection(say("a front page has more than {count} levels", count=_MAX_STATES))
        self._saved.append(self._now)

    def _restore(self, _name: str, _operands: Sequence[bytes]) -> None:
        if not self._saved:
            raise unknown(b"Q")
        self._now = self._saved.pop()

    def _move(self, _name: str, operands: Sequence[bytes]) -> None:
        self._now = replace(self._now, matrix=multiply(matrix(operands), self._now.matrix))

    def _set_color(self, name: str, operands: Sequence[bytes]) -> None:
        values = [min(1.0, max(0.0, value)) for value in map(number, operands)]
        red, green, blue = values * 3 if len(values) == 1 else values
        color = (red, green, blue)
        is_fill = name.islower()
        self._now = replace(self._now, fill=color) if is_fill else replace(self._now, stroke=color)

    def _set_width(self, _name: str, operands: Sequence[bytes]) -> None:
        self._now = replace(self._now, width=number(operands[0]))

    def _set_state(self, _name: str, operands: Sequence[bytes]) -> None:
        state = self.states.get(name_of(operands[0]))
        if state is None:
            raise unknown(operands[0])
        fill, stroke = state.get("/ca", self._now.fill_opacity), state.get("/CA", self._now.stroke_opacity)
        assert isinstance(fill, int | float), "examined before"
        assert isinstance(stroke, int | float), "examined before"
        self._now = replace(self._now, fill_opacity=float(fill), stroke_opacity=float(stroke))

    def _set_lines(self, name: str, operands: Sequence[bytes]) -> None:
        self._now = replace(self._now, lines={**self._now.lines, name: tuple(operands)})

    def _draw(self, name: str, operands: Sequence[bytes]) -> None:
        numbers = [number(operand) for operand in operands]
        if name == "re":
            left, bottom, right, top = *numbers[:2], numbers[0] + numbers[2], numbers[1] + numbers[3]
            numbers = [left, bottom, right, bottom, right, top, left, top]
        points = [apply(self._now.matrix, x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        self._path.append((name, tuple(round(value, 2) for point in points for value in point)))

    def _clip(self, name: str, _operands: Sequence[bytes]) -> None:
        self._clips = name

    def _paint(self, name: str, _operands: Sequence[bytes]) -> None:
        fills, strokes = _PAINTS[name]
        now, path = self._now, tuple(self._path)
        self._path.clear()
        whole = bounds(path)
        if self._clips:
            if whole is None:
                raise unknown(self._clips.encode())
            self._count(len(self.texts))
            self._add(Shape((self._clips,), (0, 0, 0), path, (), is_rectangle=False), whole)
            is_cut_out = now.is_cut_out or not is_upright(path)
            self._now = replace(now, clip=now.clip.cut(whole), is_cut_out=is_cut_out)
            self._clips = ""
        if whole is None or not (fills or strokes):
            return
        half = now.width * max(map(abs, now.matrix[:4])) / 2
        parts = [whole] if fills else segments(path)
        boxes = tuple(grow(part, half if strokes else 0.0).cut(now.clip) for part in parts)
        color = blend(now.fill, now.fill_opacity) if fills else blend(now.stroke, now.stroke_opacity)
        paint: tuple[object, ...] = (name,)
        if fills:
            paint += (now.fill, now.fill_opacity)
        if strokes:
            scale = tuple(round(value, 3) for value in now.matrix[:4])
            paint += (now.stroke, now.stroke_opacity, now.width, scale, *sorted(now.lines.items()))
        shape = Shape(paint, color, path, boxes, fills and is_upright(path) and now.fill_opacity == 1)
        around = grow(whole, half if strokes else 0.0)
        self._check_covered(shape, around)
        self._add(shape, around)

    def _add(self, shape: Shape, around: Box) -> None:
        self.shapes.append(shape)
        self._shape_boxes.append(around)

    def _check_covered(self, shape: Shape, around: Box) -> None:
        self._count(len(self.texts))
        for place in around.near(self._text_boxes):
            text = self.texts[place]
            self._count(_NEAR_COSTS * len(shape.boxes))
            # what underlines the next text may begin under the end of this one
            inner = text.box._replace(left=text.box.left + _NEAR / 2, right=text.box.right - _NEAR / 2)
            if any(box.meets(inner, _NEAR / 5) for box in shape.boxes):
                self._object(say("`{text}` is covered", text=text.text[:_SHORT]))

    def _count(self, compared: int) -> None:
        self._compared += compared
        if self._compared > _MAX_COMPARED or max(len(self.shapes), len(self.texts)) > _MAX_DRAWN:
            raise Objection(say("a front page draws more than is compared"))

    # --- text --------------------------------------------------------------------------------------------------------

    def _begin_text(self, _name: str, _operands: Sequence[bytes]) -> None:
        self._text_matrix = (1, 0, 0, 1, 0, 0)

    def _end_text(self, _name: str, _operands: Sequence[bytes]) -> None:
        self._text_matrix = None

    def _place_text(self, _name: str, operands: Sequence[bytes]) -> None:
        self._text_matrix = matrix(operands)

    def _set_font(self, _name: str, operands: Sequence[bytes]) -> None:
        font = self.fonts.get(name_of(operands[0]))
        if font is None:
            raise unknown(operands[0])
        self._now = replace(self._now, font=font, size=number(operands[1]))

    def _set_rendering(self, _name: str, operands: Sequence[bytes]) -> None:
        if operands[0] != b"0":
            raise Objection(
                say("a front page has text that is drawn in mode {mode}", mode=operands[0].decode("latin-1"))
            )

    def _show(self, _name: str, operands: Sequence[bytes]) -> None:
        now, place = self._now, self._text_matrix
        if now.font is None or place is None or not operands[0].startswith(b"["):
            raise unknown(b"TJ")
        text, advance = read_shown(operands[0][1:-1], now.font)
        placed = multiply(place, now.matrix)
        across, up, aslant, height, left, bottom = placed
        size = now.size * height
        right = left + advance / 1000 * now.size * across
        # the next text of the same line begins where this one ends
        self._text_matrix = multiply((1, 0, 0, 1, advance / 1000 * now.size, 0), place)
        if not text.strip():
            return
        if (
            abs(up) + abs(aslant) > 0.001
            or across <= 0
            or size < _MIN_SIZE
            or not 0.99 < across / height < 1.01
        ):
            self._object(say("`{text}` is turned, or too small to be read", text=text[:_SHORT]))
        box = Box(left, bottom, right, bottom + size / 2)
        color = blend(now.fill, now.fill_opacity)
        if now.is_cut_out or not now.clip.cut(self.page).covers(box, _NEAR):
            self._object(say("`{text}` is outside the page, or cut off", text=text[:_SHORT]))
        if any(contrast(color, behind) < _MIN_CONTRAST for behind in self._behind(box)):
            self._object(say("`{text}` has the colour of what is behind it", text=text[:_SHORT]))
        in_figure = any(name == "/Figure" for name, _ in self._open_marks)
        is_read = self._open_marks and all(name != "/Artifact" for name, _ in self._open_marks)
        mark = self._open_marks[-1][1] if is_read else None
        self.texts.append(Text(text, now.font.key, round(size, 1), color, box, in_figure, mark))
        self._text_boxes.append(box)

    def _behind(self, box: Box) -> list[Color]:
        """The colours that a text is drawn on, down to what is behind all of it."""
        colors = []
        self._count(len(self.shapes))
        for place in reversed(box.near(self._shape_boxes)):
            shape = self.shapes[place]
            self._count(_NEAR_COSTS * len(shape.boxes))
            if any(part.meets(box) for part in shape.boxes):
                colors.append(shape.color)
                if shape.is_rectangle and shape.boxes[0].covers(box, _NEAR):
                    return colors
        return [*colors, (1.0, 1.0, 1.0)]

    def _object(self, message: Message) -> None:
        if len(self.unseen) < 5:
            self.unseen[message] = None

    # --- marks -------------------------------------------------------------------------------------------------------

    def _begin_mark(self, _name: str, operands: Sequence[bytes]) -> None:
        mark = None
        if len(operands) == 2:
            if not operands[1].startswith(b"<<"):
                raise unknown(operands[1])
            mark = int(re.sub(rb"[^0-9]", b"", operands[1]))
            if mark in self.marks:
                raise Objection(say("a front page has the mark {number} twice", number=mark))
            self.marks.add(mark)
        self._open_marks.append((name_of(operands[0]), mark))
        if len(self._open_marks) > _MAX_STATES:
            raise Objection(say("a front page has more than {count} levels", count=_MAX_STATES))

    def _end_mark(self, _name: str, _operands: Sequence[bytes]) -> None:
        if not self._open_marks:
            raise unknown(b"EMC")
        self._open_marks.pop()

    #: operator → how many operands it has, and what it does
    _OPERATORS: ClassVar[Mapping[str, tuple[int, Callable[[Drawing, str, Sequence[bytes]], None]]]] = {
        "q": (0, _save),
        "Q": (0, _restore),
        "cm": (6, _move),
        **dict.fromkeys(("rg", "RG"), (3, _set_color)),
        **dict.fromkeys(("g", "G"), (1, _set_color)),
        "w": (1, _set_width),
        "gs": (1, _set_state),
        **dict.fromkeys(("J", "j", "M"), (1, _set_lines)),
        "d": (2, _set_lines),
        **dict.fromkeys(("m", "l"), (2, _draw)),
        "c": (6, _draw),
        "re": (4, _draw),
        "h": (0, _draw),
        **dict.fromkeys(("W", "W*"), (0, _clip)),
        **dict.fromkeys(_PAINTS, (0, _paint)),
        "BT": (0, _begin_text),
        "ET": (0, _end_text),
        "Tm": (6, _place_text),
        "Tf": (2, _set_font),
        "Tr": (1, _set_rendering),
        "TJ": (1, _show),
        "BDC": (2, _begin_mark),
        "BMC": (1, _begin_mark),
        "EMC": (0, _end_mark),
    }
