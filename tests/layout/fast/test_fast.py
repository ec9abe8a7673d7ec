"""With what `layout/fast` replaces, pages have the bytes of WeasyPrint and pydyf as they are, in whatever order."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from benchmarks.booklets import Size, write_workspace
from booklet.chapters.fiche import fill_fiche
from booklet.chapters.page import Page
from booklet.chapters.table import WITHOUT_PLACE, Chapter, list_parts
from booklet.layout import fast
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import Typeset, prepare, typeset
from booklet.pipeline.pagination import PageNumbering
from tests.samples.commands import ROOT
from tests.samples.contexts import read_context
from tests.samples.stress import write_cases
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

STYLES = Styles(ROOT / "templates")


def fill_pages(root: Path) -> Iterator[Page]:
    """Fill the pages of a workspace, with page numbers as they are guessed at first."""
    context = read_context(root)
    parts = list_parts(context)
    numbers = PageNumbering(parts, context.titles).numbers
    for chapter in (*parts, *WITHOUT_PLACE):
        if isinstance(chapter, Chapter):
            yield Page(chapter.id, chapter.fill(context, numbers))
    for costed in context.portfolio.ready:
        yield fill_fiche(context, costed, context.titles)


def lay_out(pages: Sequence[Page]) -> dict[str, Typeset]:
    return {page.id: typeset(page.html, STYLES, page.folder) for page in pages}


def compare(pages: Sequence[Page], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay pages out as they come, in another order and without what was replaced."""
    prepare(STYLES)
    replaced = fast.quicken()
    assert replaced, "the replacements are for other versions than those installed"
    ours = lay_out(pages)
    assert lay_out(Random(1).sample(pages, len(pages))) == ours
    for attribute in replaced:
        monkeypatch.setattr(*attribute)
    assert lay_out(pages) == ours


def test_pages_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a small workspace that share styles, fonts and words."""
    pages = {page.id: page for page in fill_pages(write_small(tmp_path).root)}
    compare([pages[id] for id in ("feux", "sources")], monkeypatch)


def test_what_a_page_says_of_itself_reaches_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes of pages, rules in a page and what is wrong in one: equal rules, elements and words around them."""
    own = (
        *(
            "@page { size: A5 }",
            "@page { size: 90mm 200mm }",
            "p { color: red }",
            "p { width: calc(1px * 1px) }",
        ),
        *("p { width: var(--none, 3em) } body { --none: bad }", "@media print { p { color: blue } }", ""),
    )
    shared = "p { width: 40vw; margin-left: calc(1em + 1vw) } h1 { page: named }"
    styles = ("", "height: 9vh", "width: calc(1px * 1px); bad: 1")
    pages = [
        Page(
            str(index),
            f'<!DOCTYPE html><html lang="{("fr", "en")[index % 2]}"><head><title>T</title><style>{rule}</style>'
            f'<style>{shared}</style></head><body><h1 id="a">Titre</h1><p style="{styles[index % 3]}">'
            "Un <b>texte</b> qui passe à la ligne plusieurs fois, s’il le faut.</p></body></html>",
        )
        for index, rule in enumerate(own)
    ]
    compare(pages, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["published", "stress", "random"])
def test_many_pages_are_the_same(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of the example, proposals of every size, and two hundred drawn ones."""
    if kind == "published":
        root = ROOT
    elif kind == "stress":
        root = write_cases(tmp_path).root
    else:
        write_workspace(tmp_path, Size(200, 1))
        root = tmp_path
    compare(list(fill_pages(root)), monkeypatch)


def test_versions_that_were_not_tested_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is replaced in another version of a library, nor where plain layout is asked for."""
    monkeypatch.setitem(fast.TESTED, "weasyprint", "70.1")
    assert fast.quicken.__wrapped__() == ()
    monkeypatch.undo()
    monkeypatch.setenv(fast.VARIABLE, "1")
    assert fast.quicken.__wrapped__() == ()
