"""The example's booklets, as any reader of PDF sees them: whole, tagged, and every link on the page it prints."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from booklet.content.workspace import Workspace, read_workspace
from booklet.costs.portfolio import build_portfolio
from booklet.text.language import FRENCH
from booklet.text.typography import typography
from tests.samples.excerpt import LISTS
from tests.samples.marks import long
from tests.samples.page_texts import page_texts
from tests.samples.structure_reader import catalog_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pypdf.generic import Destination

    from booklet.content.model.proposal import Proposal
    from tests.samples.workspace import Sample


@cache
def read_example(root: Path) -> Workspace:
    return read_workspace(root)


@cache
def reader(path: Path) -> PdfReader:
    return PdfReader(path)


def read_with(*command: str | Path) -> str:
    """Run a program that reads PDF; it must have nothing to complain about."""
    ran = subprocess.run([str(word) for word in command], capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0 and ran.stderr == "", f"{command[0]}: {ran.stderr or ran.stdout}"
    return ran.stdout


def plain(text: str) -> str:
    """Reduce a text to its letters and digits, so that line breaks, hyphens and Markdown marks do not matter."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if character.isalnum())


def booklets(example: Sample) -> Mapping[str, Path]:
    """Name the file of each list."""
    return {booklet["list"]: example.dist / booklet["path"] for booklet in example.manifest["booklets"]}


@pytest.fixture(scope="session", params=(0, long(-1)), ids=("first", "last"))
def booklet(request: pytest.FixtureRequest, example: Sample) -> Path:
    """The booklets to read deeply: the first list's, with a panel number, and the last one's, without."""
    lists = read_example(example.root).lists
    assert lists is not None
    without = [one.id for one in lists.value.root if one.panel is None]
    chosen = lists.value.root[0].id if request.param == 0 else without[-1]
    return booklets(example)[chosen]


def ready(example: Sample) -> Iterator[tuple[str, Proposal]]:
    for document in read_example(example.root).ready:
        yield document.id, document.value


def test_every_list_has_its_booklet(example: Sample) -> None:
    """Every list has its booklet; every file of the release is in the manifest, with its digest, and no other."""
    manifest = example.manifest
    lists = read_example(example.root).lists
    assert lists is not None
    assert [one["list"] for one in manifest["booklets"]] == [one.id for one in lists.value.root]
    held = {path.relative_to(example.dist).as_posix() for path in example.dist.rglob("*") if path.is_file()}
    released = [*manifest["booklets"], *manifest["files"]]
    assert {"budget.xlsx", "data/costs.json"} <= {one["path"] for one in manifest["files"]}
    assert sorted([*(one["path"] for one in released), "manifest.json"]) == sorted(held)
    for one in released:
        data = (example.dist / one["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one["length"], one["sha256"])
    assert {one["pages"] for one in manifest["booklets"]} == {manifest["body"]["pages"] + 2}


def test_every_booklet_begins_with_the_body(example: Sample) -> None:
    """The command that the letter prints gives, for every file, the digest that the manifest gives."""
    body = example.manifest["body"]
    for path in booklets(example).values():
        head = subprocess.run(
            ["head", "-c", str(body["length"]), path], capture_output=True, check=True
        ).stdout
        assert hashlib.sha256(head).hexdigest() == body["sha256"], path.name


def test_every_booklet_opens_everywhere(example: Sample) -> None:
    """qpdf finds no fault in any file; Poppler and MuPDF read each one's title page and page count."""
    pages = example.manifest["body"]["pages"] + 2
    names = {one.id: one.name for one in read_example(example.root).lists.value.root}  # type: ignore[union-attr]

    def examine(item: tuple[str, Path]) -> None:
        id, path = item
        checked = read_with("qpdf", "--check", path)
        assert "No syntax or stream encoding errors found" in checked
        assert f"Pages: {pages}\n" in read_with("mutool", "info", path)
        assert re.search(rf"^Pages: +{pages}$", read_with("pdfinfo", path), re.MULTILINE)
        front = plain(read_with("pdftotext", "-l", "2", path, "-"))
        assert front.count(plain(typography(names[id], FRENCH))) >= 2, (
            f"{path.name} does not name its list twice"
        )

    with ThreadPoolExecutor(2) as threads:
        assert len(list(threads.map(examine, booklets(example).items()))) >= len(LISTS)


def test_chromium_opens_a_booklet(example: Sample, booklet: Path) -> None:
    """PDFium, with which Chromium shows PDF, opens a booklet and draws text on every page."""
    document = pypdfium2.PdfDocument(booklet)
    assert len(document) == example.manifest["body"]["pages"] + 2
    names = reader(booklet).named_destinations
    empty = {
        reader(booklet).get_destination_page_number(names[name])
        for name in names
        if name.startswith("blank-")
    }
    for index, text in enumerate(page_texts(booklet)):
        page = document[index]
        assert plain(text)[:200] in plain(page.get_textpage().get_text_range()), f"page {index + 1}"
        picture = page.render(scale=0.4, grayscale=True)
        # the page before a part that opens on the left holds its number only
        assert (len(set(bytes(picture.buffer))) > 16) != (index in empty), f"page {index + 1}"


def test_every_proposal_is_told(example: Sample, booklet: Path) -> None:
    """In a booklet stand the title, promise, problem and solution of every proposal, word for word."""
    whole = plain("".join(page_texts(booklet)))
    for id, proposal in ready(example):
        assert proposal.title and proposal.promise and proposal.problem and proposal.solution
        assert plain(proposal.title) in whole, id
        assert plain(proposal.promise) in whole, id
        for prose in (proposal.problem, proposal.solution):
            # a citation is printed in words of its own, between those of the sentence
            words = re.sub(r"\[@[\w-]+\]", ".", prose)
            words = re.sub(r"\]\([^)]*\)|^\d+\. ", " ", words, flags=re.MULTILINE)
            told = [plain(sentence) for sentence in re.split(r"[.:;!?«»]|\n\n|\n- |\]| \[", words)]
            assert [one for one in told if one not in whole] == [], id
    for document in read_example(example.root).drafts:
        assert plain(document.value.title or "a draft has a title") not in whole


def test_letter_prints_the_proof(example: Sample, booklet: Path) -> None:
    """The letter prints the length and digest of the body, and the command that checks this very file."""
    letter, body = plain(page_texts(booklet)[1]), example.manifest["body"]
    assert plain(body["sha256"]) in letter
    assert plain(f"head -c {body['length']} {booklet.name} | sha256sum") in letter


def test_outline_leads_to_every_chapter(example: Sample, booklet: Path) -> None:
    """Every bookmark leads to a page on which its words stand, and every proposal has one."""
    found = list(bookmarks(reader(booklet).outline))
    for bookmark in found:
        index = reader(booklet).get_destination_page_number(bookmark)
        assert index is not None and plain(str(bookmark.title)) in plain(page_texts(booklet)[index]), (
            bookmark.title
        )
    titles = {plain(str(bookmark.title)) for bookmark in found}
    assert {plain(proposal.title or "") for _, proposal in ready(example)} <= titles


def bookmarks(outline: Any) -> Iterator[Destination]:
    for item in outline:
        if isinstance(item, list):
            yield from bookmarks(item)
        else:
            yield item


@pytest.mark.long
def test_pages_are_labelled_as_printed(booklet: Path) -> None:
    """Pages are labelled i, ii, then 1 and so on, and each page of the body prints its label at its foot."""
    labels = reader(booklet).page_labels
    assert labels == ["i", "ii", *(str(number) for number in range(1, len(labels) - 1))]
    for index, label in enumerate(labels[2:], 2):
        height = float(reader(booklet).pages[index].mediabox.height)
        foot = [word for word, _, top in words_of(booklet)[index] if top > height - 60]
        assert label in foot, f"page {label} prints {foot}"


@cache
def words_of(path: Path) -> tuple[tuple[tuple[str, float, float], ...], ...]:
    """List each page's words with their left and top, in points from the upper left corner."""
    pages = read_with("pdftotext", "-bbox", path, "-").split("<page ")[1:]
    word = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)</word>')
    return tuple(tuple((m[3], float(m[1]), float(m[2])) for m in word.finditer(page)) for page in pages)


def links(path: Path) -> Iterator[tuple[int, tuple[float, ...], str, int]]:
    """List internal links: page, rectangle, destination, page it leads to."""
    document = reader(path)
    destinations = document.named_destinations
    for index, page in enumerate(document.pages):
        for note in page.get("/Annots", ()):
            note = note.get_object()
            assert note["/Subtype"] == "/Link"
            if "/A" in note and note["/A"]["/S"] == "/URI":
                assert re.match(r"https?://|mailto:", note["/A"]["/URI"]), note["/A"]["/URI"]
                continue
            name = note["/Dest"] if "/Dest" in note else note["/A"]["/D"]
            target = document.get_destination_page_number(destinations[str(name)])
            assert target is not None
            yield index, tuple(float(value) for value in note["/Rect"]), str(name), target


def test_contents_print_the_page_they_lead_to(example: Sample, booklet: Path) -> None:
    """Every entry of the table of contents leads to the page whose number it prints, where its words stand."""
    labels = reader(booklet).page_labels
    lines: dict[tuple[int, str, int], list[tuple[float, ...]]] = {}
    contents = contents_pages(booklet)
    for index, rectangle, name, target in links(booklet):
        if index in contents:
            lines.setdefault((index, name, target), []).append(rectangle)
    domains = {f"domain-{document.domain}" for document in read_example(example.root).ready}
    chapters = {"opening:essentials", "closing:decides", "closing:colophon", "index", "sources"}
    assert {*dict(ready(example)), *domains, *chapters} <= {name for _, name, _ in lines}
    for (index, name, target), rectangles in lines.items():
        height = float(reader(booklet).pages[index].mediabox.height)
        right = max(max(left, right) for left, _, right, _ in rectangles)
        bottom = min(min(one, other) for _, one, _, other in rectangles)
        top = max(max(one, other) for _, one, _, other in rectangles)
        beside = [
            (left, word)
            for word, left, word_top in words_of(booklet)[index]
            if left > right and height - top - 4 < word_top < height - bottom
        ]
        assert max(beside)[1] == labels[target], f"{name} prints {max(beside)}, leads to {labels[target]}"


def contents_pages(path: Path) -> range:
    """Name the pages of the contents: after the reading key, up to the essentials."""
    document = reader(path)
    following = document.get_destination_page_number(document.named_destinations["opening:essentials"])
    assert following is not None
    return range(3, following)


def test_numbers_that_are_links_are_right(example: Sample, booklet: Path) -> None:
    """A number that is a link, in the index, the sources or a table, is that of the page it leads to."""
    labels = reader(booklet).page_labels
    parts: dict[str, int] = {}
    for index, (left, one, right, other), name, target in links(booklet):
        bottom, top = sorted((one, other))
        height = float(reader(booklet).pages[index].mediabox.height)
        inside = [
            word.rstrip(",.")
            for word, word_left, word_top in words_of(booklet)[index]
            if left - 1 <= word_left < right and height - top - 2 <= word_top < height - bottom
        ]
        if inside and all(word.isdigit() for word in inside):
            if name in dict(ready(example)):  # a source may be cited on any page of a fiche
                assert int(labels[target]) <= int(inside[0]) <= int(labels[target]) + 1, (labels[index], name)
                parts["fiche"] = parts.get("fiche", 0) + 1
            elif name == "closing:glossary":
                assert inside == [labels[target]], labels[index]
                parts["glossary"] = parts.get("glossary", 0) + 1
    assert parts["fiche"] > 40 and parts["glossary"] > 5


def test_openers_print_the_pages_of_their_fiches(example: Sample, booklet: Path) -> None:
    """On the two pages that open a domain stands the page of each of its fiches, on the line of its link."""
    document, labels = reader(booklet), reader(booklet).page_labels
    domain_by_id = {one.id: one.domain for one in read_example(example.root).ready}
    told = set()
    for index, (_, one, _, other), name, target in links(booklet):
        if name not in domain_by_id:
            continue
        bottom, top = sorted((one, other))
        opener = document.named_destinations[f"domain-{domain_by_id[name]}"]
        first = document.get_destination_page_number(opener)
        assert first is not None
        if index not in (first, first + 1):
            continue
        height = float(document.pages[index].mediabox.height)
        line = [
            word for word, _, at in words_of(booklet)[index] if height - top - 6 < at < height - bottom + 6
        ]
        if labels[target] in line:
            told.add(name)
    assert told == set(domain_by_id)


def test_no_chapter_is_empty(booklet: Path) -> None:
    """Under every bookmark stands more than its own words."""
    for bookmark in bookmarks(reader(booklet).outline):
        index = reader(booklet).get_destination_page_number(bookmark)
        assert index is not None
        text = plain(page_texts(booklet)[index])
        assert len(text.partition(plain(str(bookmark.title)))[2]) > 80, bookmark.title


def test_codes_are_read_as_the_addresses_beside_them(example: Sample, booklet: Path) -> None:
    """A reader of QR codes that did not write them reads in the drawn page the addresses printed beside them."""
    edition = read_example(example.root).edition
    assert edition is not None and edition.value.publisher is not None
    expected = {edition.value.publisher.website, edition.value.data}
    document = reader(booklet)
    index = document.get_destination_page_number(document.named_destinations["closing:colophon"])
    assert index is not None
    page = pypdfium2.PdfDocument(booklet)[index]
    codes = zxingcpp.read_barcodes(page.render(scale=3, grayscale=True).to_pil())
    assert {code.text for code in codes} == expected
    assert all(plain(address) in plain(page_texts(booklet)[index]) for address in expected if address)


def test_every_link_lands(example: Sample, booklet: Path) -> None:
    """Every internal link of every page lands in the part it names: a proposal's title, or the list of sources."""
    titles = {id: plain(proposal.title or "") for id, proposal in ready(example)}
    starts = {name: target for _, _, name, target in links(booklet) if ":" not in name}
    for id, title in titles.items():
        assert title in plain(page_texts(booklet)[starts[id]])
    cited = [(name, target) for _, _, name, target in links(booklet) if name.startswith("sources:")]
    bibliography = read_example(example.root).bibliography
    assert cited and bibliography is not None
    for name, target in cited:
        title = bibliography.value.root[name.removeprefix("sources:")].title
        assert plain(title) in plain(page_texts(booklet)[target]), name


def structure_text(path: Path) -> str:
    """Read the text of the structure tree in its order, without the names of its elements."""
    told = read_with("pdfinfo", "-struct-text", path)
    return plain("".join(re.findall(r'^ *"(.*?)"$', told, re.MULTILINE | re.DOTALL)))


@pytest.mark.long
def test_structure_is_that_of_the_parts(built_small: Sample, tmp_path: Path) -> None:
    """The structure tree's text is the front matter's, then each part's, in order, with nothing lost or added."""
    booklet = built_small.dist / built_small.manifest["booklets"][1]["path"]
    texts = []
    for index, entry in enumerate(sorted((built_small.root / ".booklet-store").glob("page/*/*"))):
        _, _, packed = entry.read_bytes().partition(b"\n")
        part = tmp_path / f"{index}.pdf"
        part.write_bytes(packed[packed.index(b"\n") + 1 :])
        texts.append(structure_text(part))
    portfolio = build_portfolio(read_example(built_small.root))
    assert portfolio is not None
    titles = [plain(costed.document.value.title or "") for costed in portfolio.ready]
    whole = structure_text(booklet)
    parts: list[str] = []
    # the front matter is all that stands before the first part: how to read a proposal
    start = whole.index(plain("Comment lire une proposition"))
    assert plain(booklet.name) in whole[:start]
    rest = whole[start:]
    while rest:
        here = max((text for text in texts if text and rest.startswith(text)), key=len, default="")
        assert here, f"after {len(parts)} parts, no part begins with {rest[:80]}"
        texts.remove(here)
        rest = rest[len(here) :]
        parts.append(here)
    # opening, domain openers and their fiches in the edition's order, portfolio, closing, sources
    assert len(parts) == 1 + len({costed.domain for costed in portfolio.ready}) + len(titles) + 3
    fiches = iter(parts[1:-3])
    for title in titles:
        assert any(title in part[: len(title) + 60] for part in fiches), title


def test_metadata_is_the_lists(example: Sample, booklet: Path) -> None:
    """A booklet says its language, its own title, in Info as in XMP, and that it is tagged PDF/UA-1."""
    workspace = read_example(example.root)
    assert workspace.edition is not None and workspace.lists is not None
    chosen = {path: id for id, path in booklets(example).items()}[booklet]
    name = next(one.name for one in workspace.lists.value.root if one.id == chosen)
    title = f"{workspace.edition.value.title} — {name}"
    document = reader(booklet)
    assert catalog_of(document)["/Lang"] == "fr"
    assert document.metadata is not None and document.metadata.title == title
    xmp = document.xmp_metadata
    assert xmp is not None and xmp.dc_title is not None and xmp.dc_title["x-default"] == title
    assert re.search(r"^Tagged: +yes$", read_with("pdfinfo", booklet), re.MULTILINE)
    assert "pdfuaid:part" in read_with("pdfinfo", "-meta", booklet)


def test_files_inside_are_those_of_the_release(example: Sample, booklet: Path, tmp_path: Path) -> None:
    """A reader takes out the workbook and the data as they are released, and every printed proposal as it was typed."""
    read_with("pdfdetach", "-saveall", "-o", tmp_path, booklet)
    taken = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    package = json.loads((example.dist / "data" / "datapackage.json").read_bytes())
    data = ["datapackage.json", *(resource["path"] for resource in package["resources"])]
    expected = {name: (example.dist / "data" / name).read_bytes() for name in data}
    expected["budget.xlsx"] = (example.dist / "budget.xlsx").read_bytes()
    workspace = read_example(example.root)
    folder = example.root / "proposals"
    for path in (folder / "edition.yaml", folder / "sources.yaml", folder / "parameters.yaml"):
        if path.exists():
            expected[path.name] = path.read_bytes()
    for document in workspace.ready:
        expected[f"{document.id}.yaml"] = (example.root / document.source.path).read_bytes()
    assert taken == expected


def test_fonts_are_embedded_and_ours(booklet: Path) -> None:
    """Every font is embedded, maps to Unicode, and is one of the fonts of `templates/fonts/`."""
    fonts = [line.split() for line in read_with("pdffonts", booklet).splitlines()[2:]]
    assert fonts
    for name, *_, embedded, _subset, unicode, _object, _generation in fonts:
        assert "Booklet" in name and (embedded, unicode) == ("yes", "yes"), name
