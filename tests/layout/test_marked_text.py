"""Text that is marked in the element around it before a page is written: fewer elements, the same page in the end."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf

from booklet.layout import weasyprint
from booklet.layout.styles import Styles
from booklet.layout.tags import slim, walk
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    import pytest

STYLES = Styles(ROOT / "templates")
PAGE = """<!DOCTYPE html>
<html lang="fr"><head><title>Page</title></head><body>
<h1>A <em>title</em></h1><div>loose text<p>of <strong>two <em>words</em></strong>, a <a href="https://example.org">link</a></p></div>
<ul><li>one<ul><li>inside</li></ul>after</li><li><p>two</p></li></ul>
<table><caption>Table</caption><tr><th scope="row">Head</th><td>one<br/>two</td></tr></table>
<p style="break-after: page">%s</p><p lang="en">last</p>
</body></html>""" % ("Over two pages. " * 900)


def count_elements(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return sum(1 for _ in walk(document.Root["/StructTreeRoot"]))


def test_the_page_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines lose their own elements at once, and pruning what is left gives the bytes that pruning all of it gives."""
    marked = weasyprint.typeset(PAGE, STYLES).pdf
    monkeypatch.setattr(weasyprint, "mark_text_in_place", lambda _objects: None)
    plain = weasyprint.typeset(PAGE, STYLES).pdf
    assert count_elements(marked) < count_elements(plain) / 2
    assert slim(marked) == slim(plain)
