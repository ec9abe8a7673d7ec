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
import pytest

from booklet.cache.file_stamps import Stamps
from booklet.chapters.page import Page, Rendered, render
from booklet.layout.styles import Styles
from booklet.pdf import front_matter
from booklet.pdf.front_matter import fits, lay_out_front_matter, link_front_matter
from booklet.pdf.incremental_update import LacksFont, OpenBody
from booklet.pdf.placeholders import DIGEST, CannotFill, choose_number
from booklet.pdf.relocatable import Relocatable
from booklet.pipeline.analysis import analyse_workspace
from booklet.pipeline.release import BodyFile, OldRelease, write_booklet
from tests.samples import linked_parts
from tests.samples.commands import ROOT
from tests.samples.marks import long
from tests.samples.page_texts import page_texts
from tests.samples.workspace import Sample, digests, laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STYLES = Styles(ROOT / "templates")
LONG = "Une lettre qui ne finit pas, et qui dit tout deux fois. " * 80


@cache
def body_of(root: Path) -> OpenBody:
    sample = Sample(root)
    booklet = sample.manifest["booklets"][0]["path"]
    return OpenBody((sample.dist / booklet).read_bytes()[: sample.manifest["body"]["length"]])


def pages_of(
    sample: Sample, length: int = 12345, sha256: str = "0" * 64, language: str = "fr"
) -> tuple[Page, ...]:
    """Fill the front matter of the workspace's lists."""
    from booklet.chapters.front_matter import BodyDigest, fill_front_matter, share_front_matter
    from booklet.text.language import LANGUAGES
    from tests.samples.contexts import context_of

    analysis = analyse_workspace(sample.root)
    assert analysis.workspace.lists
    context = context_of(analysis, LANGUAGES[language])
    shared = replace(share_front_matter(context), figures={})
    body = BodyDigest(length, sha256)
    return tuple(
        fill_front_matter(context, electoral_list, f"{electoral_list.id}.pdf", body, shared)
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
    made = front_matter._lay_out_together(pages, (), STYLES)
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
    assert front_matter._lay_out_together(pages, (), STYLES) is None
    made = link(lay_out_front_matter(pages, (), STYLES), pages, body)
    assert made == tuple(alone(page, body) for page in pages)
    assert not made[1].complaints and not made[1].missing_characters


def test_picture_elsewhere_is_not_shared(built_small: Sample) -> None:
    """A cover whose picture stands elsewhere is not given the drawing of another place."""
    pages = pages_of(built_small)
    moved = replace(pages[1], html=pages[1].html.replace("Association d’essai</p>", "A<br>B</p>", 1))
    assert front_matter._lay_out_together((pages[0], moved), (), STYLES) is None


LENGTHS = (
    6_206_209,
    *map(long, (1_111_111, 2_244_018, 7_777_777, 4_147_174, 3_695_850, 8_960_976)),
)
MARKS = {"fr": "\u202f", "en": ","}


def words_of(length: int, language: str = "fr") -> dict[str, str]:
    """The words that replace the placeholders."""

    def grouped(number: int) -> str:
        return f"{number:,}".replace(",", MARKS[language])

    sha256 = hashlib.sha256(str(length).encode()).hexdigest()
    return {grouped(9_999_999): grouped(length), "9999999": str(length), DIGEST: sha256}


def replaced(page: Page, words: Mapping[str, str]) -> Page:
    """Print the words themselves."""
    html = page.html
    for placeholder, word in words.items():
        html = html.replace(placeholder, word)
    return replace(page, html=html)


@pytest.mark.parametrize("language", MARKS)
@pytest.mark.parametrize("length", LENGTHS)
def test_filled_placeholders_are_what_layout_would_print(
    built_small: Sample, length: int, language: str
) -> None:
    """A letter laid out with stand-ins and filled in afterwards is, to the byte, the letter laid out with the words."""
    body, words = body_of(built_small.root), words_of(length, language)
    pages = pages_of(built_small, 9_999_999, DIGEST, language)
    made = lay_out_front_matter(pages, tuple(words), STYLES)
    for front, page in zip(made, pages, strict=True):
        assert all(placeholder in page.html for placeholder in words)
        expected = alone(replaced(page, words), body)
        assert (
            replace(front, pdf=front_matter._link_as_laid_out(front, page, page.id, words, body)) == expected
        )


def test_front_matter_of_the_store_is_what_it_was(built_small: Sample) -> None:
    """Objects that were packed and unpacked are the same objects."""
    pages = pages_of(built_small, 9_999_999, DIGEST)
    for front in lay_out_front_matter(pages, tuple(words_of(1_234_567)), STYLES):
        relocatable = Relocatable.unpack(front.pdf)
        assert relocatable.needs and len(next(iter(relocatable.placeholders.values()))) == 3
        assert Relocatable.unpack(relocatable.pack()) == relocatable
        assert relocatable.pack() == front.pdf


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<p class="digest"><code>', '<p class="digest" style="width: 50mm; word-break: break-all"><code>'),
        ("sha256sum", "sha256sum <b style='letter-spacing: 1pt'>9999999</b>"),
    ],
    ids=["cut in two", "spread"],
)
def test_placeholder_that_cannot_be_exchanged(built_small: Sample, old: str, new: str) -> None:
    """A digest that takes two lines, a number with space between its digits: the words themselves are laid out."""
    body, words = body_of(built_small.root), words_of(2_244_018)
    page = pages_of(built_small, 9_999_999, DIGEST)[0]
    page = replace(page, html=page.html.replace(old, new))
    assert new in page.html
    (front,) = lay_out_front_matter([page], tuple(words), STYLES)
    with pytest.raises(CannotFill):
        front_matter._link_as_laid_out(front, page, page.id, words, body)
    linked = link_front_matter(front, page, page.id, words, STYLES, body)
    assert linked == alone(replaced(page, words), body)


def test_font_that_the_body_does_not_have(built_small: Sample) -> None:
    """Before a body in which no page is set in a face of the letter, the letter brings that face along."""
    body, pages = OpenBody(linked_parts.body().pdf), pages_of(built_small)
    laid_out_front_matter = lay_out_front_matter(pages, (), STYLES)
    with pytest.raises(LacksFont):
        front_matter._link_as_laid_out(laid_out_front_matter[0], pages[0], "", {}, body)
    linked = link(laid_out_front_matter, pages, body)
    assert linked == tuple(alone(page, body) for page in pages)
    booklet = pikepdf.open(io.BytesIO(linked_parts.body().pdf + linked[0].pdf))
    fonts = booklet.pages[1].obj["/Resources"]["/Font"]
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts.values()} >= {
        "Booklet-Mono",
        "Booklet-Sans",
    }


def test_placeholder_is_a_number_that_nobody_wrote() -> None:
    """A number that stands in a text, with spaces or without, is not chosen."""
    assert choose_number(7, ["Marseille, 870 731 habitants"]) == 9_999_999
    assert choose_number(3, ["1 999", "9,98", "x"]) == 997
    assert choose_number(1, ["0123456789"]) is None


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
