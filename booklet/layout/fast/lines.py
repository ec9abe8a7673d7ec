"""Lines of text are split once: three of four calls repeat a text, a style and a width, in tables and grids above all.

Relies on `split_first_line` reading the properties below and no others, and on painting changing the `Layout` alone.
Needless once WeasyPrint keeps the lines that it split on its `FontConfiguration`.
"""

from __future__ import annotations

from copy import copy
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from weasyprint.layout import inline, preferred
from weasyprint.text import line_break
from weasyprint.text.line_break import split_first_line

if TYPE_CHECKING:
    from booklet.layout.fast import Attribute

#: results kept; beyond, all are dropped, which costs a repeated page a tenth of its time
MOST_LINES = 50_000
#: every property that `weasyprint.text.line_break` reads, but for the lines under and over a text
_read_style = itemgetter(
    *("direction", "lang", "tab_size", "white_space", "word_break", "overflow_wrap"),
    *("hyphens", "hyphenate_character", "hyphenate_limit_chars", "hyphenate_limit_zone"),
    *("font_family", "font_size", "font_style", "font_weight", "font_stretch", "font_language_override"),
    *("font_feature_settings", "font_variation_settings", "font_kerning", "font_variant_alternates"),
    *("font_variant_caps", "font_variant_east_asian", "font_variant_ligatures", "font_variant_numeric"),
    *("font_variant_position", "letter_spacing", "word_spacing"),
)


def _split_once(  # as WeasyPrint calls it
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,  # noqa: FBT001, FBT002
    minimum: bool = False,  # noqa: FBT001, FBT002
) -> tuple[Any, ...]:
    lines = style.font_config.__dict__.setdefault("split_lines", {})
    is_decorated = style["text_decoration_line"] != "none"  # whose place is measured
    key = (
        *(text, max_width, justification_spacing, is_line_start, minimum, is_decorated),
        *_read_style(style),
    )
    found = lines.get(key)
    if found is None:
        if len(lines) >= MOST_LINES:
            lines.clear()
        found = lines[key] = split_first_line(
            text, style, context, max_width, justification_spacing, is_line_start, minimum
        )
    # painting changes the first: its spacing and what Pango holds of it
    return (copy(found[0]), *found[1:])


def _split_in_drawing(text: str, style: Any, *arguments: Any) -> tuple[Any, ...]:
    """Split a text of a drawing, which is set letter by letter."""
    style["font_family"] = tuple(style["font_family"])
    return _split_once(text, style, *arguments)


REPLACEMENTS: tuple[Attribute, ...] = (
    (inline, "split_first_line", _split_once),
    (preferred, "split_first_line", _split_once),
    # drawings import it when they are drawn
    (line_break, "split_first_line", _split_in_drawing),
)
