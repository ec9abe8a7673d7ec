"""Computed styles are shared by the documents of a process, and a stylesheet inside a document is parsed once.

Relies on a computed value following from the style's parent, its cascaded values and the fonts, but for viewport units.
Needless once WeasyPrint computes the style of equal declarations under equal parents once for a `FontConfiguration`.
"""

from __future__ import annotations

import re
from copy import copy
from functools import cached_property
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


def _share(parent: Any, cascaded: Any, pseudo_type: str | None, base_url: str, fonts: Any) -> Any:
    # the kept style holds its parent and its values, so that no other object can have their identity
    values = tuple(
        (name, value if name == "lang" or isinstance(value, str) else id(value), *weight[:2], *weight[2])
        for name, (value, weight) in cascaded.items()
        if name != "anchor"
    )
    key = (id(parent), pseudo_type, base_url, values)
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
    cascaded = self.get_cascaded_styles().get((element, pseudo_type), {})
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
    (css.StyleFor, "set_computed_styles", _set_computed_styles),
    (css, "CSS", _parse_once),
)
