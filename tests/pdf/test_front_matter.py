"""Front matter made with that of other lists is what it is alone, to the byte, whoever stands beside it."""

from __future__ import annotations

import hashlib
import io
import os
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from booklet.cache.file_stamps import Stamps
from booklet.chapters.front_matter import BODY_LENGTH, BODY_SHA256, BodyDigest
from booklet.chapters.page import Page, Rendered, render
from booklet.layout.styles import Styles
from booklet.pdf import front_matter
from booklet.pdf.front_matter import fits, lay_out_front_matter, link_front_matter
from booklet.pdf.incremental_update import LacksFont, OpenBody
from booklet.pdf.relocatable import Relocatable
from booklet.pipeline.analysis import analyse_workspace
from booklet.pipeline.release import BodyFile, OldRelease, write_booklet
from tests.samples import linked_parts
from tests.samples.commands import ROOT
from tests.samples.marks import long
from tests.samples.page_texts import page_texts
from tests.samples.workspace import Sample, digests, laid_out

if TYPE_CHECKING:
    from pathlib import Path

STYLES = Styles(ROOT / "templates")
LONG = "Une lettre qui ne finit pas, et qui dit tout deux fois. " * 80


@cache
def body_bytes(root: Path) -> bytes:
    sample = Sample(root)
    length: int = sample.manifest["body"]["length"]
    booklet: str = sample.manifest["booklets"][0]["path"]
    return (sample.dist / booklet).read_bytes()[:length]


@cache
def body_of(root: Path) -> OpenBody:
    return OpenBody(body_bytes(root))


def pages_of(sample: Sample, body: BodyDigest | None = None, language: str = "fr") -> tuple[Page, ...]:
    """Fill the front matter of the workspace's lists."""
    from booklet.chapters.front_matter import fill_front_matter, share_front_matter
    from booklet.text.language import LANGUAGES
    from tests.samples.contexts import context_of

    analysis = analyse_workspace(sample.root)
    assert analysis.workspace.lists
    context = context_of(analysis, LANGUAGES[language])
    shared = replace(share_front_matter(context), figures={})
    return tuple(
        fill_front_matter(
            context, electoral_list, f"{electoral_list.id}.pdf", body or digest_of(12345), shared
        )
        for electoral_list in analysis.workspace.lists.value.root
    )


def alone(page: Page, body: OpenBody) -> Rendered:
    """Make an update without any of what is shared."""
    front = render(page, STYLES)
    return replace(front, pdf=body.prepend(front.pdf, page.id) if fits(front) else b"")


def link(made: tuple[Rendered, ...], pages: tuple[Page, ...], body: OpenBody) -> tuple[Rendered, ...]:
    """Make the updates of what was laid out."""
    return tuple(
        link_front_matter(front, page, page.id, {}, STYLES, body)
        for front, page in zip(made, pages, strict=True)
    )


def together(pages: tuple[Page, ...], body: OpenBody) -> tuple[Rendered, ...]:
    """Make the updates of some lists at once, and require that none was made alone."""
    made = front_matter._lay_out_together(pages, STYLES)
    assert made is not None
    return link(made, pages, body)


def test_neighbours_do_not_count(built_small: Sample) -> None:
    """An update is the same alone, with others before or after it, and with a letter that links and is marked up."""
    body, pages = body_of(built_small.root), pages_of(built_small)
    letter = pages[1].html.replace(
        "Voici notre livret.", '<a href="https://example.org/un">Voici</a> <em>notre</em> livret.'
    )
    pages = (pages[0], replace(pages[1], html=letter), pages[2])
    expected = [alone(page, body) for page in pages]
    assert all(front.pdf for front in expected)
    for order in ((0, 1, 2), (2, 0, 1), (1, 0), (1, 2, 1)):
        assert together(tuple(pages[i] for i in order), body) == tuple(expected[i] for i in order)


def test_list_that_does_not_fit_is_the_one(built_small: Sample) -> None:
    """Front matter of three pages is told of its own list, wherever it stands, and the others have their two."""
    body, pages = body_of(built_small.root), pages_of(built_small)
    long = replace(pages[0], id="longue", html=pages[0].html.replace("Voici notre livret.", LONG))
    expected = {page.id: alone(page, body) for page in (*pages, long)}
    assert expected["longue"].pages > 2 and not expected["longue"].pdf
    for batch in ((long, *pages[1:]), (*pages, long), (pages[1], long, pages[2])):
        assert together(batch, body) == tuple(expected[page.id] for page in batch)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Voici", "\N{CJK UNIFIED IDEOGRAPH-4E00}oici"),
        ("Voici", "<span id='ici'>Voici</span>"),
        long("Voici", "<span style='opacity: 0.5; display: inline-block'>Voici</span>"),
        long("Voici", "<img src='absente.png' alt='Une image'>"),
    ],
    ids=["missing-character", "anchor", "group", "complaint"],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_made_alone(built_small: Sample, old: str, new: str) -> None:
    """What one list brings that a common file would mix up makes each of them alone, with its own faults."""
    body, pages = body_of(built_small.root), pages_of(built_small)
    pages = (replace(pages[0], html=pages[0].html.replace(old, new)), *pages[1:])
    assert new in pages[0].html
    assert front_matter._lay_out_together(pages, STYLES) is None
    made = link(lay_out_front_matter(pages, STYLES), pages, body)
    assert made == tuple(alone(page, body) for page in pages)
    assert not made[1].complaints and not made[1].missing_characters


def test_picture_elsewhere_is_not_shared(built_small: Sample) -> None:
    """A cover whose picture stands elsewhere is not given the drawing of another place."""
    pages = pages_of(built_small)
    moved = replace(pages[1], html=pages[1].html.replace("Association d’essai</p>", "A<br>B</p>", 1))
    assert front_matter._lay_out_together((pages[0], moved), STYLES) is None


LENGTHS = (
    6_206_209,
    *map(long, (1_111_111, 2_244_018, 7_777_777, 4_147_174, 3_695_850, 8_960_976)),
)


def digest_of(length: int) -> BodyDigest:
    """The length of some body and a digest."""
    return BodyDigest(length, hashlib.sha256(str(length).encode()).hexdigest())


def drawn(pdf: bytes) -> tuple[str, list[float]]:
    """The characters of the letter, and where each is drawn."""
    text = pypdfium2.PdfDocument(pdf)[1].get_textpage()
    count = text.count_chars()
    return text.get_text_range(0, count), [edge for index in range(count) for edge in text.get_charbox(index)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("length", LENGTHS)
def test_stamped_letter_is_what_layout_would_print(built_small: Sample, length: int, language: str) -> None:
    """A letter laid out with zeros and stamped draws what a letter laid out with the words draws, where it draws it."""
    digest, body = digest_of(length), body_of(built_small.root)
    words = {BODY_LENGTH: str(length), BODY_SHA256: str(digest.sha256)}
    pages = pages_of(built_small, BodyDigest.stamped(length), language)
    made = lay_out_front_matter(pages, STYLES)
    whole = body_bytes(built_small.root)
    for front, page, printed in zip(made, pages, pages_of(built_small, digest, language), strict=True):
        linked = link_front_matter(front, page, page.id, words, STYLES, body)
        (stamped, places), (laid_out, expected) = map(
            drawn, (whole + linked.pdf, whole + alone(printed, body).pdf)
        )
        assert stamped == laid_out and places == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<p class="digest"><code>', '<p class="digest" style="width: 50mm; word-break: break-all"><code>'),
        ("head -c", "<span style='letter-spacing: 1pt'>head -c"),
    ],
    ids=["cut in two", "spread"],
)
def test_numbers_that_are_cut_or_spread(built_small: Sample, old: str, new: str) -> None:
    """A digest that takes two lines, a number with space between its digits, are stamped like any other."""
    digest = digest_of(2_244_018)
    page = pages_of(built_small, BodyDigest.stamped(2_244_018))[0]
    page = replace(page, html=page.html.replace(old, new))
    assert new in page.html
    (front,) = lay_out_front_matter([page], STYLES)
    words = {BODY_LENGTH: str(digest.length), BODY_SHA256: str(digest.sha256)}
    linked = link_front_matter(front, page, page.id, words, STYLES, body_of(built_small.root))
    letter = "".join(drawn(body_bytes(built_small.root) + linked.pdf)[0].split())
    assert str(digest.sha256) in letter and "head-c2244018" in letter


def test_front_matter_of_the_store_is_what_it_was(built_small: Sample) -> None:
    """Objects that were packed and unpacked are the same objects."""
    for front in lay_out_front_matter(pages_of(built_small, BodyDigest.stamped(9_999_999)), STYLES):
        relocatable = Relocatable.unpack(front.pdf)
        (on_letter,) = relocatable.stamps.values()
        assert relocatable.needs and len(on_letter.stamps) == 3
        assert Relocatable.unpack(relocatable.pack()) == relocatable
        assert relocatable.pack() == front.pdf


def test_font_that_the_body_does_not_have(built_small: Sample) -> None:
    """Before a body in which no page is set in a face of the letter, the letter brings that face along."""
    body, pages = OpenBody(linked_parts.body().pdf), pages_of(built_small)
    laid_out_front_matter = lay_out_front_matter(pages, STYLES)
    with pytest.raises(LacksFont):
        body.link(Relocatable.unpack(laid_out_front_matter[0].pdf), "", {})
    linked = link(laid_out_front_matter, pages, body)
    assert linked == tuple(alone(page, body) for page in pages)
    booklet = pikepdf.open(io.BytesIO(linked_parts.body().pdf + linked[0].pdf))
    fonts = booklet.pages[1].obj["/Resources"]["/Font"]
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts.values()} >= {
        "Booklet-Mono",
        "Booklet-Sans",
    }


@pytest.mark.long
def test_edited_proposal_lays_out_no_letter(small: Sample) -> None:
    """After an edit every booklet is new, and no letter is laid out again: each prints the digest of the new body."""
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    ran = small.build()
    assert laid_out(ran)[1] == 0
    sha256 = small.manifest["body"]["sha256"]
    length = small.manifest["body"]["length"]
    for path in small.dist.glob("*/*.pdf"):
        assert hashlib.sha256(path.read_bytes()[:length]).hexdigest() == sha256
        letter = "".join(page_texts(path)[1].split())
        assert sha256 in letter and f"head-c{length}" in letter and str(length) in re.sub(r"\D", "", letter)


def test_booklets_that_did_not_change_are_not_written(small: Sample) -> None:
    """One more list leaves the files of the others as they are on disk, under their second name."""
    before = {path: path.stat().st_ino for path in small.dist.glob("*/*.pdf")}
    with (small.root / "proposals" / "lists.yaml").open("a", encoding="utf-8") as file:
        file.write("- {id: quatre, name: Une quatrième, head: Prénom Quart, commune: Une ville}\n")
    ran = small.build()
    assert laid_out(ran) == ({"register"}, 1)
    after = {path: path.stat().st_ino for path in small.dist.glob("*/*.pdf")}
    assert {path: after[path] for path in before} == before
    assert len(after) == 4
    assert all(path.stat().st_nlink == 1 for path in after)


def test_altered_booklet_is_written_again(small: Sample) -> None:
    """A file of the old release that somebody altered is not taken into the new one."""
    expected = digests(small.dist)
    path = next(small.dist.glob("*/*.pdf"))
    path.write_bytes(path.read_bytes() + b"%")
    small.build()
    assert digests(small.dist) == expected


def test_file_system_without_links_or_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system neither links nor copies, the same bytes are read and written."""

    def refuse(*_arguments: object) -> int:
        raise OSError(95, "not supported")

    content = os.urandom(3_000_001)
    (tmp_path / "body").write_bytes(content)
    body = BodyFile.read(tmp_path / "body")
    length, sha256 = write_booklet(
        tmp_path, "a/one.pdf", body, b"update", OldRelease(tmp_path, {}, Stamps(tmp_path))
    )
    old = OldRelease(tmp_path, {"a/one.pdf": sha256}, Stamps(tmp_path))
    (tmp_path / "new").mkdir()
    monkeypatch.setattr(os, "copy_file_range", refuse)
    monkeypatch.setattr(os, "link", refuse)
    assert write_booklet(tmp_path / "new", "a/one.pdf", body, b"update", old) == (length, sha256)
    assert (tmp_path / "new/a/one.pdf").read_bytes() == content + b"update"
    assert (tmp_path / "a/one.pdf").read_bytes() == content + b"update"
