"""Proposals of every size: each page looks right, or says what does not fit; nothing breaks, nothing overlaps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from tests.samples.page_texts import page_texts
from tests.samples.stress import AMOUNT, CASES, LONG_WORD, outside, overlaps, read_words, usual, write_case
from tests.samples.workspace import PROPOSAL, Sample, write_proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.samples.commands import Run

#: those that are told to be too long
TOO_LONG = {"texte-3", "texte-10", "lignes-40", "mots"}

pytestmark = pytest.mark.long


def told(sample: Sample) -> Mapping[str, list[str]]:
    """The layout's warnings by proposal."""
    found: dict[str, list[str]] = {}
    for line in (sample.root / "said").read_text("utf-8").splitlines():
        if match := re.match(r"proposals/(?:\w+/)?([\w-]+)\.yaml:\d+:\d+: warning\[R106\] (.*)", line):
            found.setdefault(match[1], []).append(match[2])
    return found


@pytest.mark.parametrize("id", CASES)
def test_nothing_overlaps_and_nothing_leaves_the_page(stressed: Sample, id: str) -> None:
    """Whatever the length of a text, no two words stand on one another, and none leaves its page."""
    words = list(read_words(stressed.root / "preview" / f"{id}.pdf"))
    assert len(words) > 200
    assert overlaps(words) == []
    assert outside(words) == []


def test_pages_around_the_fiches_hold_them(stressed: Sample) -> None:
    """Contents, tables of the whole and sources hold long words and large amounts too."""
    booklet = stressed.dist / stressed.manifest["booklets"][0]["path"]
    words = list(read_words(booklet))
    assert overlaps(words) == []
    assert [
        word for word in outside(words) if not word[1].isdigit()
    ] == []  # the page number stands at the foot


def test_what_is_too_long_is_told_by_field_and_lines(stressed: Sample) -> None:
    """A fiche of more than two pages says which fields are too long and by how many lines; the others say nothing."""
    found = told(stressed)
    assert set(found) == TOO_LONG
    for id, messages in found.items():
        for message in messages:
            assert re.fullmatch(r"`[a-z]+` does not fit: (1 line|\d+ lines) too many", message), (id, message)
        assert len(PdfReader(stressed.root / "preview" / f"{id}.pdf").pages) > 2
    for id in set(CASES) - TOO_LONG:
        assert len(PdfReader(stressed.root / "preview" / f"{id}.pdf").pages) == 2, id


def test_what_is_told_is_enough(unbuilt: Sample) -> None:
    """The field that is told first is the one that is too long; shortened by what is told, it fits."""
    text = "Un mot de plus, "
    long = usual() | {"problem": text * 125}
    write_case(unbuilt.root, "long", long)
    said = unbuilt.run("build", "--preview", "long", "--lang", "en").err
    (match,) = re.finditer(r"R106\] `problem` does not fit: (\d+) lines", said)
    write_case(unbuilt.root, "long", long | {"problem": (text * 125)[: -52 * int(match[1])]})
    ran = unbuilt.run("build", "--preview", "long", "--lang", "en")
    assert ran.err == "" and "2 pages" in ran.out


def test_long_word_is_printed_whole(stressed: Sample) -> None:
    """A word longer than its line is cut into lines, and none of its letters is lost."""
    text = re.sub(r"\s", "", "".join(page_texts(stressed.root / "preview" / "mots.pdf")))
    printed = ("title", "promise", "problem", "solution", "included", "excluded")
    assert text.count(LONG_WORD) >= len(printed)


def test_large_amount_is_printed_whole(stressed: Sample) -> None:
    """Amounts of twelve digits stand in their tables, and their sums too."""
    text = "".join(page_texts(stressed.root / "preview" / "montants.pdf"))
    plain = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", AMOUNT) in plain
    assert "6172839450" in plain  # thousands of euros: five lines of ten


@pytest.mark.parametrize(
    "title", ["Des bus 🚌 partout", "حافلات للجميع", "אוטובוסים לכולם"], ids=["emoji", "arabic", "hebrew"]
)
def test_title_that_no_font_prints_is_told(unbuilt: Sample, title: str) -> None:
    """A title with emoji or letters written from right to left is refused where it stands, and nothing is released."""
    text = PROPOSAL.replace("title: TITLE", f"title: {title}")
    write_proposal(unbuilt.root, "mobilite", "feux", text)
    ran = unbuilt.run("build", "--jobs", "1", "--lang", "en")
    assert ran.status == 1 and not unbuilt.dist.exists()
    assert re.search(
        r"^proposals/mobilite/feux\.yaml:1:\d+: error\[R107\] no font prints", ran.err, re.MULTILINE
    )


def test_strict_build_refuses_what_does_not_fit(unbuilt: Sample) -> None:
    """With `--strict` a fiche that does not fit is not released; without it, it is, and told again each time."""
    write_case(unbuilt.root, "long", usual(3))
    ran = unbuilt.run("build", "--strict", "--jobs", "1")
    assert ran.status == 1 and "R106" in ran.err and not unbuilt.dist.exists()
    said: list[Run] = [unbuilt.build() for _ in range(2)]
    assert all(one.err.count("R106") == said[0].err.count("R106") > 0 for one in said)
    write_case(unbuilt.root, "long", usual())
    assert "R106" not in unbuilt.build().err
