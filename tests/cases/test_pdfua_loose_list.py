"""`pdfua-loose-list`: whatever an item of a list holds stands in its one body, as PDF/UA-1 asks (7.2)."""

from __future__ import annotations

import io

import pikepdf

from booklet.layout.styles import Styles
from booklet.layout.tags import children, kids, slim, walk
from booklet.layout.weasyprint import typeset
from booklet.text.language import FRENCH
from booklet.text.markdown import render_markdown
from tests.samples.commands import ROOT

#: lists, each with what the bodies of its items hold
LISTS = {
    "- un\n- deux": [[], []],
    "- un\n\n- deux": [["/P"], ["/P"]],
    "- un\n\n  suite": [["/P", "/P"]],
    "- # un": [["/H3"]],
    "- > un": [["/BlockQuote"]],
    "1. un\n   > deux": [["/P", "/BlockQuote"]],
    "- un\n\n  - deux": [["/P"], []],
    "- un\n  1. deux\n\n     trois": [[], ["/P", "/P"]],
    "> - un\n>\n> - *deux*": [["/P"], ["/P"]],
    "-\n-": [[], []],
    # what follows a list in an item follows it in the tree
    "- un\n\n  - deux\n\n  suite": [["/P", "/L", "/P"], []],
    "- un\n  - deux\n    > trois\n  # Titre\n  - quatre\n- cinq": [
        ["/P", "/L", "/H3"],
        ["/P", "/BlockQuote"],
        [],
        [],
    ],
    "- - un\n    - deux\n    ## Titre\n\n  suite\n\n  1. trois\n\n  fin": [
        ["/L", "/P", "/L", "/P"],
        ["/P", "/L", "/H3"],
        [],
        [],
    ],
}


def test_items_hold_a_label_and_a_body() -> None:
    """Loose or tight, with quotes, headings or lists in them, items hold `Lbl` and `LBody`, and nothing else."""
    body = "".join(f"<div>{render_markdown(text, FRENCH)}</div>" for text in LISTS)
    page = f'<html lang="fr"><head><title>Essai</title></head><body>{body}</body></html>'
    pdf = slim(typeset(page, Styles(ROOT / "templates")).pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (root,) = children(document.Root["/StructTreeRoot"])
        found = []
        for division in children(root):
            items = [element for element in walk(division) if str(element["/S"]) == "/LI"]
            parts = [[str(kid["/S"]) for kid in children(item)] for item in items]
            assert all(part in (["/Lbl", "/LBody"], ["/Lbl"]) for part in parts), parts
            bodies = [children(item)[1] for item in items if len(children(item)) > 1]
            assert all(element["/P"].objgen == items[0].objgen for element in children(items[0]))
            texts = walk(division, but="/Lbl")
            content = [kid for one in texts for kid in kids(one) if isinstance(kid, int)]
            assert content == sorted(content)
            found.append([[str(kid["/S"]) for kid in children(body)] for body in bodies])
    assert found == list(LISTS.values())
