"""Front matter made with that of other lists is what it is alone, to the byte, whoever stands beside it."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sample_workspace import ROOT, Sample, digests, laid_out

from booklet import fronts
from booklet.append import OpenBody
from booklet.fiche import Page, Rendered, render
from booklet.fronts import fits, make_updates
from booklet.pipeline import compile_workspace
from booklet.release import BodyFile, OldRelease, write_booklet
from booklet.stamps import Stamps
from booklet.typeset import Styles

STYLES = Styles(ROOT / "templates")
LONG = "Une lettre qui ne finit pas, et qui dit tout deux fois. " * 80


@cache
def body_of(root: Path) -> OpenBody:
    sample = Sample(root)
    booklet = sample.manifest["booklets"][0]["path"]
    return OpenBody((sample.dist / booklet).read_bytes()[: sample.manifest["body"]["length"]])


def pages_of(sample: Sample) -> tuple[Page, ...]:
    """Fill the front matter of the workspace's lists."""
    from booklet.cover import draw_cover
    from booklet.language import Language
    from booklet.matter.front import draw_picture, fill_front
    from booklet.page import make_environment

    compiled = compile_workspace(sample.root)
    assert compiled.workspace.edition and compiled.workspace.lists and compiled.portfolio
    edition = compiled.workspace.edition.value
    environment = make_environment(STYLES.templates, Language("fr"))
    picture = draw_picture(environment, draw_cover(compiled.portfolio, edition))
    return tuple(
        fill_front(
            environment, edition, electoral_list, f"{electoral_list.id}.pdf", 12345, "0" * 64, picture, {}
        )
        for electoral_list in compiled.workspace.lists.value.root
    )


def alone(page: Page, body: OpenBody) -> Rendered:
    """Make an update without any of what is shared."""
    front = render(page, STYLES)
    return replace(front, pdf=body.prepend(front.pdf, page.id) if fits(front) else b"")


def together(pages: tuple[Page, ...], body: OpenBody) -> tuple[Rendered, ...]:
    """Make the updates of some lists at once, and require that none was made alone."""
    made = fronts._make_together(pages, [page.id for page in pages], STYLES, body)
    assert made is not None
    return made


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
        ("Voici", "<span style='opacity: 0.5; display: inline-block'>Voici</span>"),
        ("Voici", "<img src='absente.png' alt='Une image'>"),
    ],
    ids=["missing-character", "anchor", "group", "complaint"],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_made_alone(built_small: Sample, old: str, new: str) -> None:
    """What one list brings that a common file would mix up makes each of them alone, with its own faults."""
    body, pages = body_of(built_small.root), pages_of(built_small)
    pages = (replace(pages[0], html=pages[0].html.replace(old, new)), *pages[1:])
    assert new in pages[0].html
    assert fronts._make_together(pages, [page.id for page in pages], STYLES, body) is None
    made = make_updates(pages, [page.id for page in pages], STYLES, body)
    assert made == tuple(alone(page, body) for page in pages)
    assert not made[1].complaints and not made[1].missing_characters


def test_picture_elsewhere_is_not_shared(built_small: Sample) -> None:
    """A cover whose picture stands elsewhere is not given the drawing of another place."""
    body, pages = body_of(built_small.root), pages_of(built_small)
    moved = replace(pages[1], html=pages[1].html.replace("Association d’essai</p>", "A<br>B</p>", 1))
    assert fronts._make_together((pages[0], moved), ["a", "b"], STYLES, body) is None


def test_booklets_that_did_not_change_are_not_written(small: Sample) -> None:
    """One more list leaves the files of the others as they are on disk, under their second name."""
    before = {path: path.stat().st_ino for path in small.dist.glob("*/*.pdf")}
    with (small.root / "proposals" / "lists.yaml").open("a", encoding="utf-8") as file:
        file.write("- {id: quatre, name: Une quatrième, commune: Une ville}\n")
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
    body = BodyFile.open(tmp_path / "body")
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
