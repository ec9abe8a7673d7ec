"""The body's order: which part comes when, on which side it opens, and where an empty page is needed."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from booklet.chapters.order import BodyPart, place_parts
from booklet.chapters.page import Page, render
from booklet.chapters.running_foot import fill_blank
from booklet.chapters.table import AFTER, list_parts
from booklet.content.workspace import read_workspace
from booklet.layout.styles import Styles
from booklet.text.language import FRENCH
from tests.samples.commands import ROOT
from tests.samples.contexts import page_numbers, read_context
from tests.samples.page_texts import page_texts
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

STYLES = Styles(ROOT / "templates")


def places(*parts: tuple[str, int], left: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
    body = (BodyPart(id=id, pages=pages, opens_left=id in left) for id, pages in parts)
    return [(one.id, one.first) for one in place_parts(body)]


def test_empty_page_goes_before_what_would_open_on_the_right() -> None:
    """A fiche of three pages is followed by an empty page, one of two pages by none."""
    left = frozenset({"domain-a", "un", "deux"})
    parts = (("opening", 5), ("domain-a", 2), ("un", 3), ("deux", 2), ("portfolio", 1))
    assert places(*parts, left=left) == [
        ("opening", 1),
        ("domain-a", 6),
        ("un", 8),
        ("blank-1", 11),
        ("deux", 12),
        ("portfolio", 14),
    ]


def test_chapter_without_content_has_no_place(tmp_path: Path) -> None:
    """An index without words takes no page and no number; the sources have theirs."""
    context = read_context(write_small(tmp_path).root)
    parts = [part.id for part in list_parts(context)]
    assert parts[-1] == "sources" and "index" not in parts
    without = replace(context, references={})
    assert "sources" not in [part.id for part in list_parts(without)]


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=30))
def test_pages_follow_each_other(parts: list[tuple[int, bool]]) -> None:
    """Whatever the parts, pages follow without a gap, what opens left is even, and no two empty pages touch."""
    pages = {f"p{index}": count for index, (count, _) in enumerate(parts)}
    left = {f"p{index}" for index, (_, is_left) in enumerate(parts) if is_left}
    placed = place_parts(BodyPart(id=id, pages=count, opens_left=id in left) for id, count in pages.items())
    assert [one.id for one in placed if not one.is_blank] == list(pages)
    following = 1
    for one in placed:
        assert one.first == following
        following += one.pages
        assert one.id not in left or one.first % 2 == 0
    assert not any(a.is_blank and b.is_blank for a, b in pairwise(placed))


def test_order_is_that_of_the_booklet() -> None:
    """Each domain's opener stands before its fiches, between the opening and the portfolio; drafts have no place."""
    context = read_context(ROOT)
    portfolio, parts = context.portfolio, list_parts(context)
    order = [part.id for part in parts]
    assert order[0] == "opening" and order[-len(AFTER) :] == [chapter.id for chapter in AFTER]
    domains = [id.removeprefix("domain-") for id in order if id.startswith("domain-")]
    assert domains == list(portfolio.by_domain)
    for costed in portfolio.ready:
        before = order[: order.index(costed.id)]
        assert [id for id in before if id.startswith("domain-")][-1] == f"domain-{costed.domain}"
    openers = {id for id in order if id.startswith("domain-")}
    assert {part.id for part in parts if part.opens_left} == openers | {
        costed.id for costed in portfolio.ready
    }
    assert not {costed.id for costed in portfolio.drafts} & set(order)


def test_empty_page_is_tagged_and_empty(tmp_path: Path) -> None:
    """The empty page is one tagged page with a structure tree and nothing to read."""
    context = read_context(write_small(tmp_path).root, FRENCH)
    rendered = render(Page("blank", fill_blank(context, page_numbers({}))), STYLES)
    assert rendered.pages == 1 and rendered.complaints == ()
    assert page_texts(rendered.pdf)[0].strip() == ""
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        assert pdf.Root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in pdf.Root


def first_pages(path: Path, names: set[str]) -> dict[str, int]:
    """Read from a booklet the number printed on the first page of each part."""
    document = PdfReader(path)
    labels = document.page_labels
    found = {name: target for name, target in document.named_destinations.items() if name in names}
    return {
        name: int(labels[document.get_destination_page_number(target) or 0]) for name, target in found.items()
    }


def test_fiches_and_openers_are_left_pages(built_small: Sample, example: Sample) -> None:
    """Read back from the file: every fiche and every opener starts on an even page, in the example as in less."""
    for built in (built_small, example):
        workspace = read_workspace(built.root)
        assert workspace.edition is not None
        names = {document.id for document in workspace.ready}
        names |= {f"domain-{document.domain}" for document in workspace.ready}
        path = built.dist / built.manifest["booklets"][0]["path"]
        found = first_pages(path, names)
        assert found.keys() == names
        assert {name for name, page in found.items() if page % 2} == set()


@pytest.mark.long
def test_empty_pages_of_a_booklet_hold_their_number(unbuilt: Sample) -> None:
    """A fiche that takes three pages is followed by a page that holds nothing but its number."""
    words = "Un paragraphe de plus, qui ne dit rien mais tient de la place.\n\n  " * 80
    unbuilt.edit("mobilite/armoires.yaml", "La première solution", words + "La première solution")
    ran = unbuilt.run("build", "--jobs", "2")
    assert ran.status == 0, ran.err
    pages = page_texts(unbuilt.dist / unbuilt.manifest["booklets"][0]["path"])
    texts = [page.split() for page in pages]
    empty = [index for index, words_of_page in enumerate(texts) if len(words_of_page) <= 1]
    assert empty and all(texts[index] == [str(index - 1)] for index in empty)
    assert not any(one + 1 in empty for one in empty)
    assert unbuilt.run("verify", "dist").status == 0
