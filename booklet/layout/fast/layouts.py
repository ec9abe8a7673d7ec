"""A Pango layout is copied from one of its text style: context, fonts and metrics are looked up once for each.

Relies on `Layout.setup` reading the properties below and no others, and `pango_layout_copy` copying what it sets.
Needless once WeasyPrint keeps contexts and font descriptions by text style on its `FontConfiguration`.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from weasyprint.text.ffi import ffi, gobject, pango
from weasyprint.text.line_break import Layout

if TYPE_CHECKING:
    from booklet.layout.fast import Attribute

#: text styles kept; beyond, all are dropped
MOST = 1_000
_read_style = itemgetter(
    *(
        "direction",
        "lang",
        "font_language_override",
        "font_size",
        "font_style",
        "font_weight",
        "font_stretch",
    ),
    *("font_feature_settings", "font_variation_settings", "font_kerning", "font_variant_alternates"),
    *("font_variant_caps", "font_variant_east_asian", "font_variant_ligatures", "font_variant_numeric"),
    "font_variant_position",
)
_setup = Layout.setup
ffi.cdef("PangoLayout * pango_layout_copy (PangoLayout *layout);")


def _copy(self: Any, style: Any) -> None:
    layouts = style.font_config.__dict__.setdefault("layouts", {})
    is_decorated = style["text_decoration_line"] != "none"  # whose place is measured
    key = (is_decorated, tuple(style["font_family"]), *_read_style(style))
    model = layouts.get(key)
    if model is None:
        if len(layouts) >= MOST:
            layouts.clear()
        model = layouts[key] = Layout.__new__(Layout)
        _setup(model, style)
        del model.style
    self.__dict__.update(model.__dict__)
    self.style = style
    self.layout = ffi.gc(pango.pango_layout_copy(model.layout), gobject.g_object_unref)


REPLACEMENTS: tuple[Attribute, ...] = ((Layout, "setup", _copy),)
