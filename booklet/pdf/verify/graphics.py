"""Texts and shapes as a page shows them, and the state in which they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.pdf.verify.fonts import Font
    from booklet.pdf.verify.geometry import Box, Color, Matrix, Path


@dataclass(frozen=True, slots=True)
class Text:
    """A text drawn in one go."""

    text: str
    font: str
    size: float
    color: Color
    #: from the baseline to the height of an x
    box: Box
    in_figure: bool
    #: of its marked content, by which an element refers to it; None where assistive technology passes it over
    mark: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A painted path, or a clip."""

    #: operator, and what it paints with: colours, opacities, widths and dashes
    paint: tuple[object, ...]
    color: Color
    #: operators and page coordinates
    path: Path
    #: parts of the page that it can cover
    boxes: tuple[Box, ...]
    is_rectangle: bool


@dataclass(frozen=True)
class State:
    """What the next text or path is drawn with (ISO 32000-1 §8.4)."""

    matrix: Matrix
    clip: Box
    fill: Color = (0.0, 0.0, 0.0)
    stroke: Color = (0.0, 0.0, 0.0)
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    width: float = 1.0
    #: dashes, joins and ends of lines, by operator
    lines: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    #: a clip other than upright rectangles, whose box says too little
    is_cut_out: bool = False
    font: Font | None = None
    size: float = 0.0
