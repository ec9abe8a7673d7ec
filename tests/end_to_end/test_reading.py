"""The example's booklets as they are read aloud: order, headings, tables, figures, links, whatever the pages' look."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from booklet.content.workspace import read_workspace
from booklet.layout.tags import slim
from tests.samples import linked_parts as samples
from tests.samples.structure_reader import Element, Mark, catalog_of, read_structure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.proposal import Proposal
    from tests.samples.workspace import Sample

structure_of = cache(read_structure)


@pytest.fixture(params=[0, -1], ids=["first", "last"])
def booklet(request: pytest.FixtureRequest, example: Sample) -> Path:
    """The booklets to read: the first list's and the last one's, which has no panel number."""
    return Path(example.dist / example.manifest["booklets"][request.param]["path"])


def plain(text: str) -> str:
    """Reduce a text to its letters and digits, without citations and the addresses of Markdown's links."""
    text = re.sub(r"\[@?[^\]]*\](?!\()|\]\([^)]*\)", "", text)
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if character.isalnum())


def fields(proposal: Proposal) -> Iterator[tuple[str, list[str | None]]]:
    """List the texts of a proposal in the fixed order of the fiche; a table orders its rows as it likes."""
    yield "title", [proposal.title]
    yield "promise", [proposal.promise]
    for name, text in (("problem", proposal.problem), ("solution", proposal.solution)):
        yield from ((name, [paragraph]) for paragraph in re.split(r"\n\s*\n", text or ""))
    if proposal.scope:
        yield "included", list(proposal.scope.included)
        yield "excluded", list(proposal.scope.excluded)
    yield "cost lines", [line.label for line in proposal.costs]
    yield "timeline", [phase.label for phase in proposal.timeline]
    yield "effects", [effect.indicator for effect in proposal.effects]
    yield "uncertainty", [proposal.uncertainty]
    yield "risks", [text for risk in proposal.risks for text in (risk.risk, risk.answer)]
    yield "precedents", [precedent.what for precedent in proposal.precedents]
    yield "authors", [author.name for author in proposal.authors]


def test_every_text_is_read_in_the_order_of_the_fiche(example: Sample, booklet: Path) -> None:
    """The structure tree says every text of every printed proposal, in the fixed order of the fiche."""
    spoken = plain(structure_of(booklet).text)
    place = 0
    for document in read_workspace(example.root).ready:
        # a title stands in the contents first, and in other proposals; its fiche is where its promise follows it
        opening = plain(document.value.title or "") + plain(document.value.promise or "")
        place = spoken.find(opening)
        assert place >= 0, f"{document.id}: no fiche begins with its title and promise"
        for name, texts in fields(document.value):
            start = place
            for text in map(plain, filter(None, texts)):
                found = spoken.find(text, start)
                assert found >= 0, f"{document.id}: {name} is missing, or read too early: {text}"
                place = max(place, found if name == "title" else found + len(text))


def test_headings_are_nested_without_gaps(booklet: Path) -> None:
    """The document opens with a first-level heading, and no heading is more than one level below the one before."""
    headings = [element for element in structure_of(booklet).walk() if re.fullmatch("/H[1-6]", element.role)]
    levels = [int(heading.role[2]) for heading in headings]
    assert levels[0] == 1
    for heading, level, before in zip(headings[1:], levels[1:], levels, strict=False):
        assert level <= before + 1, f"after level {before}: {heading.text}"
    assert all(plain(heading.text) for heading in headings)


def test_tables_have_headers(booklet: Path) -> None:
    """Every table has a row of column headers, and every cell that holds a figure names its headers."""
    document = structure_of(booklet)
    tables = [element for element in document.walk() if element.role == "/Table"]
    assert tables
    for table in tables:
        rows = [element for element in table.walk() if element.role == "/TR"]
        first = [kid.role for kid in rows[0].kids if isinstance(kid, Element)]
        assert first and set(first) == {"/TH"}, f"a table without column headers: {rows[0].text}"
        identifiers = {str(cell.source["/ID"]) for cell in table.walk() if "/ID" in cell.source}
        for cell in (element for element in table.walk() if element.role == "/TD"):
            attributes = cell.source["/A"].get_object()
            owners = attributes if isinstance(attributes, list) else [attributes]
            headers = [header for owner in owners for header in owner.get_object().get("/Headers", [])]
            assert headers, f"a cell without headers: {cell.text}"
            assert {str(header) for header in headers} <= identifiers, cell.text


def test_figures_carry_their_message(booklet: Path) -> None:
    """Every figure has an alternative of several words, which no other kind of figure could have."""
    figures = [element for element in structure_of(booklet).walk() if element.role == "/Figure"]
    assert figures
    for figure in figures:
        assert len(figure.alternative.split()) >= 4, f"alternative: {figure.alternative!r}"


def test_links_say_where_they_lead(booklet: Path) -> None:
    """Every link holds words or an image to choose it by, and its description is not the bare name of its target."""
    links = [element for element in structure_of(booklet).walk() if element.role == "/Link"]
    assert links
    for link in links:
        said = link.text
        assert any(c.isalnum() for c in said), f"a link without words: {link.annotations}"
        for note in link.annotations:
            assert note["/Contents"].strip(), said
            assert "/Dest" not in note or note["/Contents"] != note["/Dest"], f"{said}: {note['/Contents']}"
    held = {id(note) for link in links for note in link.annotations}
    reader = PdfReader(booklet)
    assert len(held) == sum(len(page.get("/Annots", [])) for page in reader.pages)


def test_document_presents_itself(example: Sample, booklet: Path) -> None:
    """The language is marked, the title is what the window shows, and every proposal has its bookmark."""
    catalog = catalog_of(PdfReader(booklet))
    assert catalog["/Lang"] == "fr" and catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    told = subprocess.run(
        ["mutool", "show", str(booklet), "outline"], capture_output=True, encoding="utf-8", check=True
    )
    bookmarks = [plain(title) for title in re.findall(r'"(.*)"\t', told.stdout)]
    titles = [plain(document.value.title or "") for document in read_workspace(example.root).ready]
    assert [title for title in bookmarks if title in titles] and set(titles) <= set(bookmarks)


def misplaced(document: Element) -> list[tuple[Mark, Mark]]:
    """List what is read later but stands above, and not to the right of, something read before on its page.

    So columns are read one after the other from left to right, each from top to bottom, and so are the cells of a row.
    """
    by_page: dict[int, list[Mark]] = {}
    for mark in document.marks():
        if mark.box is not None:
            by_page.setdefault(mark.page, []).append(mark)
    found = []
    for marks in by_page.values():
        for index, late in enumerate(marks):
            for early in marks[:index]:
                assert late.box is not None
                assert early.box is not None
                # a point of tolerance: accents and ascenders touch the line above
                if late.box[1] >= early.box[3] - 1 and late.box[0] < early.box[2] - 1:
                    found.append((early, late))
                    break
    return found


def test_reading_order_is_the_order_of_the_page(booklet: Path) -> None:
    """On every page with a text, what is read later stands below or to the right of what was read before."""
    document = structure_of(booklet)
    seen = {mark.page for mark in document.marks() if mark.box is not None}
    reader = PdfReader(booklet)
    # the page before a part that opens on the left has its number only, which is no text
    empty = {
        reader.get_destination_page_number(place)
        for name, place in reader.named_destinations.items()
        if name.startswith("blank-")
    }
    assert seen == set(range(len(reader.pages))) - empty
    assert [(early.text, late.text) for early, late in misplaced(document)] == []


def test_another_order_would_be_found(tmp_path: Path) -> None:
    """A paragraph that is drawn above the one read before it is found; two columns, read in turn, are not."""
    boxes = "div { position: absolute; width: 30mm } .b { left: 40mm } .low { top: 40mm }"
    orders = {
        "right": "<div>un</div><div class='low'>deux</div><div class='b'>trois</div><div class='b low'>quatre</div>",
        "wrong": "<div class='low'>deux</div><div>un</div>",
        "backwards": "<div class='b low'>quatre</div><div>un</div>",
    }
    found = {}
    for name, content in orders.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(slim(samples.render(content, boxes)))
        found[name] = [(early.text, late.text) for early, late in misplaced(read_structure(path))]
    assert found == {"right": [], "wrong": [("deux", "un")], "backwards": [("quatre", "un")]}
