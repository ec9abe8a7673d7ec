"""One file holds the house style: what it names is drawn, and no drawing brings a colour of its own."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from booklet.layout.theme import STYLESHEET, read_theme
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

TEMPLATES = ROOT / "templates"


def test_properties_are_read_by_name() -> None:
    """A property of the stylesheet is given without its dashes and quotes, a comment is not part of it."""
    theme = read_theme(TEMPLATES)
    assert theme["text_family"] == "Booklet Sans"
    assert re.fullmatch("#[0-9a-f]{6}", theme["ink_soft"])


def test_templates_bring_no_colour_of_their_own() -> None:
    """Macros and pages take their colours from the theme or from a domain; black is for QR codes alone."""
    own = {
        (path.name, colour)
        for path in TEMPLATES.rglob("*.html")
        for colour in re.findall("#[0-9a-fA-F]{6}", path.read_text("utf-8"))
    }
    assert own <= {("code.html", "#000000")}


@pytest.mark.long
def test_another_theme_changes_every_page(unbuilt: Sample, tmp_path: Path) -> None:
    """With another ink in that one file, no page draws anything in the old one."""
    templates = unbuilt.root / "templates"
    shutil.copytree(TEMPLATES, templates)
    old = read_theme(TEMPLATES)["ink"]
    path = templates / STYLESHEET
    path.write_text(path.read_text("utf-8").replace(old, "#0b3d2e"), "utf-8")
    unbuilt.build()
    import pikepdf

    booklet = next(unbuilt.dist.rglob("*.pdf"))
    red, green, blue = (int(old[start : start + 2], 16) / 255 for start in (1, 3, 5))
    operands = [f"{value:.3f}"[:4] for value in (red, green, blue)]
    with pikepdf.open(booklet) as document:
        for page in document.pages:
            for item in pikepdf.parse_content_stream(page):
                if str(item.operator) in ("rg", "RG"):
                    assert [f"{float(value):.3f}"[:4] for value in item.operands] != operands
