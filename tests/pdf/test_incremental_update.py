"""A list's front matter put before the body by an incremental update, read back with independent readers."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pypdf import PdfReader

from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.merge import LinkError, UnresolvedTargets
from tests.samples import linked_parts as samples

if TYPE_CHECKING:
    from pathlib import Path

LIST = "Marseille en commun"


def test_booklet_begins_with_the_body() -> None:
    """The first bytes are the body's, whichever list it is for, and what follows is small."""
    body = samples.body().pdf
    for electoral_list in (LIST, "Debout Marseille"):
        booklet = samples.booklet(electoral_list)
        assert booklet[: len(body)] == body
        assert len(booklet) - len(body) < 8000


def test_update_depends_on_its_front_matter_only() -> None:
    """The same front matter gives the same bytes, whatever was done with the open body before."""
    opened = OpenBody(samples.body().pdf)
    opened.prepend(samples.front("Debout Marseille"), "autre")
    update = opened.prepend(samples.front(LIST), f"Cent mesures – {LIST}")
    assert samples.body().pdf + update == samples.booklet(LIST)


def test_booklet_is_sound_for_every_reader(tmp_path: Path) -> None:
    """qpdf, Poppler, MuPDF and pypdf read every page without a word of complaint."""
    booklet = samples.booklet()
    assert "No syntax or stream encoding errors" in samples.run(tmp_path, booklet, "qpdf", "--check", "FILE")
    assert "Pages:           7" in samples.run(tmp_path, booklet, "pdfinfo", "FILE")
    assert "Livret" in samples.run(tmp_path, booklet, "mutool", "draw", "-N", "-q", "-F", "text", "FILE")
    assert len(PdfReader(io.BytesIO(booklet), strict=True).pages) == 7


def test_structure_is_the_front_matter_then_the_body(tmp_path: Path) -> None:
    """The text of the structure is that of the front matter and of the parts, in order."""
    texts = [samples.front(), *map(samples.laid_out, samples.FICHES)]
    expected = "".join(samples.structure_text(tmp_path, pdf) for pdf in texts)
    assert samples.structure_text(tmp_path, samples.booklet()) == expected


def test_outline_opens_with_the_front_matter(tmp_path: Path) -> None:
    """Every reader walks from the front matter's bookmarks to the body's, and back."""
    listed = samples.run(tmp_path, samples.booklet(), "mutool", "show", "FILE", "outline")
    assert re.findall(r'"(.*?)"\t#page=(\d+)', listed) == [
        (LIST, "1"),
        ("Lettre", "2"),
        ("Priorité aux bus", "3"),
        ("Coûts", "4"),
        ("Front de mer", "5"),
        ("Pistes", "6"),
        ("Coûts des pistes", "7"),
    ]
    with pikepdf.open(io.BytesIO(samples.booklet())) as document:
        item: pikepdf.Object | None = document.Root["/Outlines"]["/Last"]
        back = []
        while item is not None:
            back.append(str(item["/Title"]))
            item = item.get("/Prev")
    assert back == ["Pistes", "Front de mer", "Priorité aux bus", "Lettre", LIST]


def test_front_matter_without_headings_has_a_bookmark() -> None:
    """Front matter that brings no bookmark takes one with the booklet's title."""
    plain = samples.render("<p>Couverture</p><p style='break-before: page'>Lettre</p>")
    booklet = samples.body().pdf + OpenBody(samples.body().pdf).prepend(plain, "Le livret")
    titles = [title for title in samples.bookmark_titles(booklet) if isinstance(title, str)]
    assert titles == ["Le livret", "Priorité aux bus", "Front de mer", "Pistes"]


def test_destinations_and_links_of_both_halves_work() -> None:
    """Names of the front matter stand sorted among the body's, and every link has its destination."""
    reader = PdfReader(io.BytesIO(samples.booklet()))
    pages = {
        name: reader.get_destination_page_number(target) for name, target in reader.named_destinations.items()
    }
    assert list(pages) == sorted(pages)
    assert (pages["front:cover"], pages["front:letter"]) == (0, 1)
    assert (pages["bus-priorite"], pages["front-de-mer"], pages["pistes:costs"]) == (2, 4, 6)
    targets = [
        str(note.get_object()["/Dest"])
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/Dest" in note.get_object()
    ]
    assert targets[:2] == ["front:cover", "pistes:costs"] and len(targets) >= 6
    assert set(targets) <= set(pages)


def test_labels_title_and_language(tmp_path: Path) -> None:
    """Front pages are i and ii, the body starts at 1; the title is new; language and date are the body's."""
    booklet = samples.booklet()
    assert PdfReader(io.BytesIO(booklet)).page_labels == ["i", "ii", "1", "2", "3", "4", "5"]
    with pikepdf.open(io.BytesIO(booklet)) as document:
        assert str(document.docinfo["/CreationDate"]) == "D:20200227000000Z"
        assert str(document.docinfo["/Title"]) == f"Cent mesures – {LIST}"
        with document.open_metadata(update_docinfo=False) as metadata:
            assert metadata["dc:title"] == f"Cent mesures – {LIST}"
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert str(document.Root["/Lang"]) == "fr"
    assert "Tagged:          yes" in samples.run(tmp_path, booklet, "pdfinfo", "FILE")


def test_front_matter_uses_the_fonts_of_the_body(tmp_path: Path) -> None:
    """No font is stored twice: the update holds none."""
    update = samples.booklet()[len(samples.body().pdf) :]
    assert b"/Length1" not in update
    listed = samples.run(tmp_path, samples.booklet(), "pdffonts", "FILE").splitlines()[2:]
    assert len({line.split()[0] for line in listed}) == len(listed) == 3


def test_body_read_through_the_booklet_looks_the_same(tmp_path: Path) -> None:
    """Each body page gives the same pixels alone and behind the front matter."""
    rendered = []
    for pdf, first in ((samples.body().pdf, 1), (samples.booklet(), 3)):
        prefix = tmp_path / f"page-{first}"
        samples.run(
            tmp_path, pdf, "pdftoppm", "-r", "40", "-f", str(first), "-l", str(first + 4), "FILE", str(prefix)
        )
        rendered.append([path.read_bytes() for path in sorted(tmp_path.glob(f"page-{first}-*.ppm"))])
    assert len(rendered[0]) == 5 and rendered[0] == rendered[1]


def test_front_matter_is_two_pages() -> None:
    """Page labels and the proof rely on two front pages, so that another number is refused."""
    with pytest.raises(LinkError, match="2 pages, not 1"):
        OpenBody(samples.body().pdf).prepend(samples.render("<h1>Seule</h1>"), "x")


def test_front_matter_that_cites_nothing_known_is_refused() -> None:
    """A link of the front matter to a part that the body does not have is an error with its target."""
    lost = samples.render("<h1>A</h1><h1 style='break-before: page'><a href='proposal:nowhere'>B</a></h1>")
    with pytest.raises(UnresolvedTargets) as caught:
        OpenBody(samples.body().pdf).prepend(lost, "x")
    assert caught.value.targets == (("front", "nowhere"),)
