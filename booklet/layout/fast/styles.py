"""Cascaded and computed styles are shared by the documents of a process; a stylesheet inside a document is parsed once.

Relies on a cascade following from the rules that an element matches, and on a computed value following from the style's
parent, its cascaded values and the fonts, but for viewport units.
Needless once WeasyPrint computes the style of equal declarations under equal parents once for a `FontConfiguration`.
"""

from __future__ import annotations

import re
from copy import copy
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

from weasyprint import css

if TYPE_CHECKING:
    from booklet.layout.fast import Attribute

#: styles and sheets kept; beyond, all are dropped
MOST = 5_000
_AT_RULE = re.compile(r"@(?!page\b|(?:top|bottom|left|right)-)")


class _PageSizeError(BaseException):
    """A value depends on the size of a document's first page."""


class _NoPageSizes(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        raise _PageSizeError


class _Style(css.ComputedStyle):  # type: ignore[misc]
    """A style of one document, which may change it; its values are those of a style that nobody changes."""

    @cached_property
    def shared(self) -> Any:
        """The style with equal values under an equal parent; found when a value is asked for, as few are of most."""
        parent = None if self.parent_style is None else self.parent_style.shared
        shared = _share(parent, self.cascaded, self.pseudo_type, self.base_url, self.font_config)
        self.specified = shared.specified
        self.update(shared | self)
        return shared

    def __missing__(self, key: str) -> Any:
        if key != "anchor":
            try:
                value = self[key] = self.shared[key]
            except _PageSizeError:
                pass
            else:
                return value
        return super().__missing__(key)


class _Cascade(dict[str, Any]):
    """The declarations of an element that win, with their weights."""

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """Its identity, but for the name of a place to link to."""
        return tuple(
            (name, value if name == "lang" or isinstance(value, str) else id(value), *weight[:2], *weight[2])
            for name, (value, weight) in self.items()
            if name != "anchor"
        )


_NO_DECLARATIONS = _Cascade()


def _share(
    parent: Any, cascaded: _Cascade, pseudo_type: str | None, base_url: str, fonts: Any
) -> css.ComputedStyle:
    # the kept style holds its parent and its values, so that no other object can have their identity
    key = (id(parent), pseudo_type, base_url, cascaded.key)
    styles = _kept(fonts, "shared_styles")
    found = styles.get(key)
    if found is None:
        root = css.InitialStyle(fonts) if parent is None else parent.root_style
        own = {name: value for name, value in cascaded.items() if name != "anchor"}
        found = css.ComputedStyle(parent, own, pseudo_type, root, base_url, fonts, _NoPageSizes())
        if parent is None:
            found.root_style = found
        styles[key] = found
    return found


def _kept(fonts: Any, name: str) -> dict[Any, Any]:
    kept: dict[Any, Any] = fonts.__dict__.setdefault(name, {})
    if len(kept) >= MOST:
        kept.clear()
    return kept


def _style_elements(
    self: Any,
    html: Any,
    sheets: Any,
    presentational_hints: bool,  # noqa: FBT001 (as WeasyPrint calls it)
    font_config: Any,
    target_collector: Any,
) -> None:
    cascaded: dict[Any, _Cascade] = {}
    computed: dict[Any, Any] = {}
    self._cascaded_styles, self._computed_styles = cascaded, computed
    self.initial_page_sizes = {"box": None, "area": None}
    self._sheets, self.font_config = sheets, font_config
    own: dict[Any, _Cascade] = {}
    for specificity, element, declarations, base_url in css.find_style_attributes(
        html.etree_element, presentational_hints, html.base_url
    ):
        _add(
            own.setdefault(element, _Cascade()),
            css.preprocess_declarations(base_url, declarations),
            "author",
            inf,
            specificity,
        )
    styles = {}
    place = {"root": html.etree_element, "base_url": html.base_url, "target_collector": target_collector}
    for wrapper in html.wrapper_element.iter_subtree():
        element, parent = wrapper.etree_element, wrapper.parent and wrapper.parent.etree_element
        matched = tuple(
            (sheet, origin, sheet_specificity, selector)
            for sheet, origin, sheet_specificity in sheets
            for selector in sheet.matcher.match(wrapper)
        )
        found = _cascade(matched, own.get(element), font_config)
        cascaded.update({(element, pseudo_type): one for pseudo_type, one in found.items()})
        key = (parent and id(computed[parent, None]), id(found))
        if key not in styles:
            self.set_computed_styles(element, parent=parent, **place)
            styles[key] = computed[element, None], found
        computed[element, None] = styles[key][0]
    for element, pseudo_type in cascaded:
        if pseudo_type:
            self.set_computed_styles(element, parent=element, pseudo_type=pseudo_type, **place)
    cascaded.clear()  # it is used for page margins later


def _cascade(matched: tuple[Any, ...], own: _Cascade | None, fonts: Any) -> dict[str | None, _Cascade]:
    """Find what wins for an element and its pseudo-elements, of the rules that it matches and its own declarations."""
    if own is None:
        # what is kept holds its rules
        key = tuple((id(sheet), id(selector[3])) for sheet, _, _, selector in matched)
        kept = _kept(fonts, "shared_cascades")
        if key in kept:
            return kept[key][0]  # type: ignore[no-any-return]
    styles: dict[str | None, _Cascade] = {} if own is None else {None: _Cascade(own)}
    for sheet, origin, sheet_specificity, (specificity, _, pseudo_type, (declarations, layer)) in matched:
        layer_order = inf if layer is None else sheet.layers.index(layer)
        style = styles.setdefault(pseudo_type, _Cascade())
        _add(style, declarations, origin, layer_order, sheet_specificity or specificity)
    if own is None:
        kept[key] = styles, matched
    return styles


def _add(style: _Cascade, declarations: Any, origin: str, layer: float, specificity: Any) -> None:
    for name, values, importance in declarations:
        weight = css.declaration_precedence(origin, importance), layer, specificity
        if name not in style or style[name][1] <= weight:
            style[name] = values, weight


def _set_computed_styles(
    self: Any,
    element: Any,
    parent: Any,
    root: Any = None,
    pseudo_type: str | None = None,
    base_url: Any = None,
    target_collector: Any = None,
) -> None:
    computed, fonts = self.get_computed_styles(), self.font_config
    cascaded = self.get_cascaded_styles().get((element, pseudo_type), _NO_DECLARATIONS)
    if not isinstance(cascaded, _Cascade):  # of a page
        cascaded = _Cascade(cascaded)
    is_root = element == root and pseudo_type is None
    above, top = (
        (None, css.InitialStyle(fonts)) if is_root else (computed[parent, None], computed[root, None])
    )
    style = computed[element, pseudo_type] = _Style(
        above, cascaded, pseudo_type, top, base_url, fonts, self.initial_page_sizes
    )
    if target_collector and "anchor" not in cascaded:
        style["anchor"] = css.INITIAL_VALUES["anchor"]  # a style without any value would count as none
    elif target_collector and style["anchor"]:
        target_collector.collect_anchor(style["anchor"])


def _parse_once(**options: Any) -> Any:
    text = options.get("string")
    if text is None or _AT_RULE.search(text):
        return _parse(**options)
    sheets = _kept(options["font_config"], "shared_sheets")
    key = (text, options["base_url"], options["media_type"])
    parsed = sheets.get(key)
    if parsed is None:
        parsed = sheets[key] = _parse(**options | {"page_rules": [], "layers": []})
    sheet = copy(parsed)
    options["page_rules"].extend(parsed.page_rules)
    sheet.page_rules, sheet.layers = options["page_rules"], options["layers"]
    return sheet


_parse = css.CSS
REPLACEMENTS: tuple[Attribute, ...] = (
    (css.StyleFor, "__init__", _style_elements),
    (css.StyleFor, "set_computed_styles", _set_computed_styles),
    (css, "CSS", _parse_once),
)
