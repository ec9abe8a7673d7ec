"""Pages that are well-formed XML are read by expat, the others by the HTML parser, in thirty times the time.

Relies on templates that close each element where it ends: both parsers then make the same tree, but for `xmlns`.
Needless once WeasyPrint takes a parsed tree.
"""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import weasyprint

if TYPE_CHECKING:
    from booklet.layout.fast import Attribute

_read_html = weasyprint.tinyhtml5.parse
#: how a page begins; another document is no page of ours
_START = "<!DOCTYPE html>\n<html"


def _parse(source: Any, **options: Any) -> Any:
    text = source.getvalue() if isinstance(source, StringIO) else ""
    if text.startswith(_START):
        try:
            root = ElementTree.fromstring(text)
        except (ElementTree.ParseError, ValueError):
            pass
        else:
            if [child.tag for child in root] == ["head", "body"]:
                return _as_html(root)
    return _read_html(source, **options)


def _as_html(root: ElementTree.Element) -> ElementTree.Element:
    """Place white space outside the body where an HTML parser does."""
    body = root[1]
    if len(body):
        body[-1].tail = (body[-1].tail or "") + (body.tail or "")
    else:
        body.text = (body.text or "") + (body.tail or "")
    root.text = body.tail = None
    return root


REPLACEMENTS: tuple[Attribute, ...] = ((weasyprint, "tinyhtml5", SimpleNamespace(parse=_parse)),)
