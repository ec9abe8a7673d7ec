"""One body from several tagged PDFs, read back with readers that know nothing of ours."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest
from pypdf import PdfReader

from booklet.layout.tags import kids, parent_entries, slim, walk
from booklet.pdf.body import link_body
from booklet.pdf.merge import LinkError, UnresolvedTargets
from booklet.pdf.part import read_part
from tests.samples import linked_parts as samples
from tests.samples.page_texts import page_texts

if TYPE_CHECKING:
    from pathlib import Path


def pages_of_destinations(folder: Path, pdf: bytes) -> dict[str, int]:
    """Read named destinations with Poppler: name → page."""
    listed = samples.run(folder, pdf, "pdfinfo", "-dests", "FILE")
    return {name: int(page) for page, name in re.findall(r'^ *(\d+) \[.*\] "(.*)"$', listed, re.MULTILINE)}


def test_slimming_keeps_the_text_of_the_structure(tmp_path: Path) -> None:
    """A slimmed fiche says, element after element, what it said before."""
    before = samples.render(samples.FICHES["bus-priorite"], samples.FOOT)
    assert samples.structure_text(tmp_path, slim(before)) == samples.structure_text(tmp_path, before)
    assert "Un texte assez long" in samples.structure_text(tmp_path, slim(before))


def test_emphasis_in_a_link_has_no_link_of_its_own(tmp_path: Path) -> None:
    """A link of plain, strong and emphasised words is one annotation in one Link, and says all its words."""
    words = '<p>Voir <a href="https://example.org">ce <b>gros</b> <em>mot</em></a> et <a href="https://example.org">un</a>.</p>'
    slimmed = slim(samples.render(words))
    assert samples.structure_text(tmp_path, slimmed) == samples.structure_text(
        tmp_path, samples.render(words)
    )
    with pikepdf.open(io.BytesIO(slimmed)) as pdf:
        (page,) = pdf.pages
        links = [element for element in walk(pdf.Root["/StructTreeRoot"]) if str(element["/S"]) == "/Link"]
        noted = [
            kid["/Obj"].objgen
            for link in links
            for kid in kids(link)
            if not isinstance(kid, int) and "/Obj" in kid
        ]
        assert sorted(note.objgen for note in page.obj["/Annots"]) == sorted(noted)
        assert len(noted) == len(links) == 2
        entries = parent_entries(pdf)
        assert {entries[int(note["/StructParent"])].objgen for note in page.obj["/Annots"]} == {
            link.objgen for link in links
        }


def test_slimming_leaves_no_element_that_says_nothing(tmp_path: Path) -> None:
    """Lines of text hang directly in their paragraph, and what carries a meaning is still there."""
    shape = samples.run(tmp_path, samples.laid_out("bus-priorite"), "pdfinfo", "-struct", "FILE")
    assert not re.search(r"P \(block\)\n +Span", shape)
    with pikepdf.open(io.BytesIO(samples.laid_out("bus-priorite"))) as document:
        elements = list(walk(document.Root["/StructTreeRoot"]))
    kinds = [str(element["/S"]) for element in elements]
    assert kinds.count("/Link") == 3
    assert kinds.count("/TH") == 3 and kinds.count("/TD") == 1
    (figure,) = (element for element in elements if str(element["/S"]) == "/Figure")
    assert str(figure["/Alt"]) == "Un rond"


def test_words_cut_by_layout_come_out_whole(tmp_path: Path) -> None:
    """A word that layout cut at the end of a line is read whole, and a hyphen that belongs to a word stays."""
    words = "Anticonstitutionnellement, un porte-monnaie intercommunal extraordinairement déraisonnable"
    pdf = slim(samples.render(f"<p>{words}</p>", "p { hyphens: auto; width: 30mm }"))
    plain = samples.run(tmp_path, pdf, "pdftotext", "FILE", "-")
    lines = plain.split("\n")
    cut = [line for line in lines if line.endswith("\u00ad")]
    assert len(cut) >= 3 and "\u2010" not in plain
    # soft hyphens are for joining (ISO 32000-1 §14.8.2.2.3): Poppler, PDFium, and whoever searches the text
    assert plain.replace("\u00ad\n", "").split() == words.split()
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert page.replace("\ufffe", "").split() == words.split()
    told = re.findall(
        r'^ *"(.*)"$', samples.run(tmp_path, pdf, "pdfinfo", "-struct-text", "FILE"), re.MULTILINE
    )
    assert [line.removesuffix("\u00ad") for line in lines if line.strip("\f")] == [
        line.strip() for line in told
    ]


def test_slimming_twice_changes_nothing() -> None:
    """A slim file is as slim as it gets: same elements, same content, same bytes from then on."""
    once = samples.laid_out("bus-priorite")
    twice = slim(once)
    assert len(twice) == len(once) and slim(twice) == twice


def test_parent_tree_leads_back_to_the_element_that_holds_the_content() -> None:
    """Going down from an element to its content and up through the parent tree gives the same element."""
    with pikepdf.open(io.BytesIO(samples.booklet())) as document:
        root = document.Root["/StructTreeRoot"]
        parents = pikepdf.NumberTree(root["/ParentTree"])
        seen = 0
        for element in walk(root):
            kids = element.get("/K", pikepdf.Array())
            for kid in kids.as_list() if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, int):
                    holder = parents[int(element["/Pg"]["/StructParents"])][kid]
                    assert holder.objgen == element.objgen
                    seen += 1
                elif str(kid.get("/Type")) == "/OBJR":
                    assert parents[int(kid["/Obj"]["/StructParent"])].objgen == element.objgen
                    seen += 1
        assert seen > 40


def test_running_feet_are_artifacts() -> None:
    """Text of the margins hangs in no element, and is marked so."""
    with pikepdf.open(io.BytesIO(samples.laid_out("front-de-mer"))) as document:
        page = document.pages[0]
        assert b"/Artifact <</Type /Pagination>> BDC" in page.obj["/Contents"].read_bytes()


def test_body_is_sound_for_every_reader(tmp_path: Path) -> None:
    """qpdf finds no error, and pypdf reads every page."""
    assert "No syntax or stream encoding errors" in samples.run(
        tmp_path, samples.body().pdf, "qpdf", "--check", "FILE"
    )
    reader = PdfReader(io.BytesIO(samples.body().pdf), strict=True)
    assert len(reader.pages) == samples.body().pages == 5


def test_body_holds_the_structure_of_its_parts_in_order(tmp_path: Path) -> None:
    """The text of the body's structure is the text of its parts, one after the other."""
    expected = "".join(samples.structure_text(tmp_path, samples.laid_out(name)) for name in samples.FICHES)
    assert samples.structure_text(tmp_path, samples.body().pdf) == expected


def test_destinations_are_prefixed_by_part(tmp_path: Path) -> None:
    """Anchors have one name in the body, parts the top of their first page."""
    pages = pages_of_destinations(tmp_path, samples.body().pdf)
    assert pages == {
        "bus-priorite": 1,
        "bus-priorite:top": 1,
        "bus-priorite:costs": 2,
        "front-de-mer": 3,
        "front-de-mer:top": 3,
        "pistes": 4,
        "pistes:top": 4,
        "pistes:costs": 5,
    }
    assert [(place.id, place.first, place.count) for place in samples.body().pages_by_part] == [
        ("bus-priorite", 1, 2),
        ("front-de-mer", 3, 1),
        ("pistes", 4, 2),
    ]


def test_links_lead_where_they_should() -> None:
    """Links inside a part stay in it, those with the private scheme become real, those to the web stay."""
    reader = PdfReader(io.BytesIO(samples.body().pdf))
    found = []
    for page in reader.pages:
        for note in page.get("/Annots", []):
            link = note.get_object()
            found.append((link.get("/Dest") or link["/A"]["/URI"], link["/Contents"]))
    assert found == [
        ("bus-priorite:costs", "Priorité aux bus"),
        ("pistes", "Pistes"),
        ("https://example.org/", "https://example.org/"),
        ("pistes:costs", "Pistes"),
        ("bus-priorite", "Priorité aux bus"),
    ]
    assert all(target in reader.named_destinations for target, _ in found if not target.startswith("https"))


def test_unresolved_targets_are_all_named() -> None:
    """A link that leads nowhere fails, and every such link is told with the part that holds it."""
    lost = samples.as_part("lost", render_link("proposal:nowhere"), "Lost")
    other = samples.as_part("other", render_link("proposal:lost:nothing"), "Other")
    with pytest.raises(UnresolvedTargets) as caught:
        link_body((lost, other), samples.numbers(), samples.DESCRIPTION)
    assert caught.value.targets == (("lost", "nowhere"), ("other", "lost:nothing"))


def render_link(address: str) -> bytes:
    """Lay out a page with one link."""
    return samples.render(f"<h1>Titre</h1><p><a href='{address}'>lien</a></p>")


def test_anchors_and_citations_of_a_part() -> None:
    """A part tells what it defines and what it cites before anything is linked."""
    assert samples.part("pistes").anchors == {"top": 0, "costs": 1}
    assert [page for page in samples.part("bus-priorite").read().citations() if page] == [("pistes",)]
    assert [page for page in samples.part("front-de-mer").read().citations() if page] == [("pistes:costs",)]


def test_outline_follows_the_parts() -> None:
    """Bookmarks of the parts come in order, nested as they were."""
    assert samples.bookmark_titles(samples.body().pdf) == [
        "Priorité aux bus",
        ["Coûts"],
        "Front de mer",
        "Pistes",
        ["Coûts des pistes"],
    ]
    reader = PdfReader(io.BytesIO(samples.body().pdf))
    titles = [item for item in reader.outline if not isinstance(item, list)]
    assert [reader.get_destination_page_number(item) for item in titles] == [0, 2, 3]


def test_part_without_bookmarks_takes_one_if_it_has_a_title() -> None:
    """The title given to a part is its bookmark when it brings none; an empty title asks for nothing."""
    plain = samples.render("<p>Sans titre</p>")
    parts = (samples.as_part("named", plain, "Nommé"), samples.as_part("unnamed", plain, ""))
    assert samples.bookmark_titles(link_body(parts, samples.numbers(), samples.DESCRIPTION).pdf) == ["Nommé"]


def test_tables_keep_their_headers_apart() -> None:
    """Two fiches whose tables have the same identifiers do not share them in the body."""
    with pikepdf.open(io.BytesIO(samples.body().pdf)) as document:
        elements = list(walk(document.Root["/StructTreeRoot"]))
        identifiers = [str(element["/ID"]) for element in elements if "/ID" in element]
        headers = [
            str(header)
            for element in elements
            if "/Headers" in element.get("/A", pikepdf.Dictionary())
            for header in element["/A"]["/Headers"]
        ]
        assert len(identifiers) == len(set(identifiers)) == 6
        assert len(headers) == 4 and set(headers) <= set(identifiers)
        tree = pikepdf.NameTree(document.Root["/StructTreeRoot"]["/IDTree"])
        assert sorted(tree.keys()) == sorted(identifiers)
        assert all(str(tree[name]["/ID"]) == name for name in identifiers)


def test_every_page_shows_its_number_once(tmp_path: Path) -> None:
    """Page i of the body shows foot i, drawn as an artifact outside the structure."""
    for index in range(1, 6):
        text = samples.run(
            tmp_path, samples.body().pdf, "pdftotext", "-f", str(index), "-l", str(index), "FILE", "-"
        )
        assert re.findall(r"n°(\d+)", text) == [str(index)]
    assert "n°" not in samples.structure_text(tmp_path, samples.body().pdf)
    with pikepdf.open(io.BytesIO(samples.body().pdf)) as document:
        for page in document.pages:
            operators = [str(item.operator) for item in pikepdf.parse_content_stream(page)]
            assert operators.count("q") == operators.count("Q")
            assert operators[-5:] == ["BDC", "q", "Do", "Q", "EMC"]


def test_running_feet_may_come_in_several_documents() -> None:
    """Feet given as two documents, end to end, give the same pages; too few of them are refused."""
    feet = samples.numbers()
    short = slim(samples.render("<p></p>", samples.NUMBER))
    with pytest.raises(LinkError, match="stop before the last page"):
        link_body(samples.parts(), short, samples.DESCRIPTION)
    both = link_body(samples.parts(), (short, feet), samples.DESCRIPTION)
    texts = page_texts(both.pdf)
    assert ["n°1" in texts[0], "n°1" in texts[1], "n°2" in texts[2]] == [True, True, True]


def test_fonts_are_stored_once(tmp_path: Path) -> None:
    """A face used by every part and by the running feet is one font and one file in the body."""
    listed = samples.run(tmp_path, samples.body().pdf, "pdffonts", "FILE").splitlines()[2:]
    names = [line.split()[0] for line in listed]
    assert len(names) == len(set(names)) == 3
    with pikepdf.open(io.BytesIO(samples.body().pdf)) as document:
        files = [
            value for value in document.objects if isinstance(value, pikepdf.Stream) and "/Length1" in value
        ]
        assert len(files) == 3
    assert len(samples.body().pdf) < 1.1 * max(len(samples.laid_out(name)) for name in samples.FICHES)


def test_document_says_what_it_is(tmp_path: Path) -> None:
    """Title, language, tags, labels and dates are those given, in the packet as in Info."""
    with pikepdf.open(io.BytesIO(samples.body().pdf)) as document:
        assert str(document.Root["/Lang"]) == "fr"
        assert bool(document.Root["/MarkInfo"]["/Marked"])
        assert bool(document.Root["/ViewerPreferences"]["/DisplayDocTitle"])
        assert str(document.docinfo["/CreationDate"]) == "D:20200227000000Z"
        with document.open_metadata(update_docinfo=False) as metadata:
            assert metadata["dc:title"] == str(document.docinfo["/Title"]) == "Cent mesures"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["xmp:CreateDate"] == "2020-02-27T00:00:00Z"
            assert metadata["dc:language"] == {"fr"}
    assert PdfReader(io.BytesIO(samples.body().pdf)).page_labels == ["1", "2", "3", "4", "5"]


def test_same_parts_give_the_same_bytes() -> None:
    """Linking twice gives one body; its digest changes with any part and any file inside."""
    inputs = (samples.parts(), samples.numbers(), samples.DESCRIPTION)
    assert link_body(*inputs, samples.ATTACHMENTS) == samples.body()
    assert link_body(*inputs).sha256 != samples.body().sha256
    fewer = link_body(samples.parts()[:1] + samples.parts()[2:], samples.numbers(), samples.DESCRIPTION)
    assert fewer.sha256 != samples.body().sha256


@pytest.mark.parametrize("name", ["front", "Été", "a:b:c", "", "a--b"])
def test_part_ids_that_would_make_anchors_ambiguous_are_refused(name: str) -> None:
    """An id is a slug, and of a section one more after a colon; and not the prefix of the front matter."""
    with pytest.raises(LinkError, match="cannot be the id"):
        link_body(
            (samples.as_part(name, samples.laid_out("pistes"), ""),), samples.numbers(), samples.DESCRIPTION
        )


def test_what_cannot_be_carried_is_refused() -> None:
    """A document with an attached script is refused rather than stripped of it in silence."""
    with pikepdf.open(io.BytesIO(samples.laid_out("pistes"))) as document:
        document.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
        target = io.BytesIO()
        document.save(target)
    with pytest.raises(LinkError, match="cannot carry /OpenAction"):
        read_part("pistes", target.getvalue())
