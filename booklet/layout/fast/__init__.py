"""Replacements for functions of WeasyPrint and pydyf: the same bytes in less time, since what repeats is done once.

Each module replaces functions of one library. Nothing is replaced where `BOOKLET_PLAIN_LAYOUT` is set, nor in versions
that the replacements were not written for: pages are then laid out as ever, in twice the time.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

#: set to anything, it has every page laid out by WeasyPrint and pydyf as they are
VARIABLE = "BOOKLET_PLAIN_LAYOUT"
TESTED = {"weasyprint": "70.0", "pydyf": "0.13.0"}
#: class or module, name of an attribute, its value
Attribute = tuple[Any, str, Any]


@cache
def quicken() -> tuple[Attribute, ...]:
    """Replace, once in a process, what there is a faster way to do; returns what was replaced."""
    from weasyprint.pdf import VERSION, pydyf

    if os.environ.get(VARIABLE) or {"weasyprint": VERSION, "pydyf": pydyf.VERSION} != TESTED:
        return ()
    from booklet.layout.fast import documents, fonts, layouts, lines, streams, styles

    modules = (documents, fonts, layouts, lines, streams, styles)
    replacements = [attribute for module in modules for attribute in module.REPLACEMENTS]
    replaced = tuple((owner, name, vars(owner)[name]) for owner, name, _ in replacements)
    for attribute in replacements:
        setattr(*attribute)
    return replaced


def forget(fonts: Any) -> None:
    """Drop the styles of a page that failed or brought warnings, so that WeasyPrint warns again of the next page."""
    for name in ("shared_sheets", "shared_styles"):
        fonts.__dict__.pop(name, None)
