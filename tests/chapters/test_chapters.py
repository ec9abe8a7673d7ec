"""The chapters around the fiches: what they list, in which order, and that their tables add up."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from booklet.chapters.front_matter import BodyDigest, fill_front_matter, share_front_matter, slot_values
from booklet.chapters.opening import fill_opening
from booklet.chapters.running_foot import number_pages
from booklet.chapters.sources import fill_sources, source_labels
from booklet.chapters.table import list_parts
from booklet.content.model.lists import ElectoralList
from booklet.content.model.sources import Reference
from booklet.content.workspace import read_workspace
from booklet.layout.page import ContentsEntry, Numbered
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import typeset
from booklet.text.language import FRENCH
from booklet.text.markdown import render_markdown
from booklet.text.stamps import Stamp
from tests.samples.commands import ROOT
from tests.samples.contexts import page_numbers, read_context, with_references
from tests.samples.page_texts import page_texts
from tests.samples.workspace import Sample, digests, write_small

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.chapters.context import FillContext

STYLES = Styles(ROOT / "templates")


@pytest.fixture(scope="module")
def published() -> FillContext:
    """Compile the published example."""
    return read_context(ROOT, FRENCH)


def reference(publisher: str | None, year: int | None, title: str = "Bilan") -> Reference:
    raw = {"title": title, "publisher": publisher, "year": None if year is None else str(year)}
    return Reference.model_validate({key: value for key, value in raw.items() if value is not None})


def test_labels_of_sources_are_all_different() -> None:
    """A source is cited by publisher and year; those that would be alike take a letter, in the order of the file."""
    labels = source_labels(
        {"a": reference("Revue", 2018), "b": reference("Revue", 2018), "c": reference("Revue", 2019),
         "d": reference(None, 2018, "Atlas"), "e": reference("Revue", None)}
    )  # fmt: skip
    assert labels == {
        "a": "Revue, 2018a",
        "b": "Revue, 2018b",
        "c": "Revue, 2019",
        "d": "Atlas, 2018",
        "e": "Revue",
    }


def test_bibliography_is_what_the_booklet_cites(published: FillContext) -> None:
    """Sources stand in French order, end with one sign, and those that no page cites are left out."""
    references = {
        "b": reference("Supply", 2019, "Un réseau"),
        "a": reference("Sénat", 2017, "Une affaire rentable ?"),
        "c": reference("Revue", 2009, "Le bac"),
    }
    cited = {id: (Numbered("feux", Stamp("feux", 2), "Feux"),) for id in ("a", "b")}
    html = fill_sources(with_references(published, references), page_numbers({}, cited))
    assert re.findall(r'<li><p id="(\w)">', html) == ["a", "b"]
    assert "rentable\u202f?<" in html and "Un réseau.<" in html


def test_every_proposal_is_in_the_contents(published: FillContext) -> None:
    """The contents list each domain's opener, then every ready proposal once, with a zero for each page."""
    parts = [part.id for part in list_parts(published) if part.id not in ("portfolio", "closing", "index")]
    html = fill_opening(published, (), [ContentsEntry("sources", "Sources", Stamp("sources"))])
    contents = html.partition('<section class="contents">')[2].partition("</section>")[0]
    assert re.findall(r'href="proposal:([\w-]+)"', contents) == parts[1:]
    assert re.findall(r'<span class="page"><a href="stamp:1:([\w-]+)"[^<>]*>0</a>', contents) == parts[1:]


def test_sources_are_those_that_a_page_cites(published: FillContext) -> None:
    """Sources stand as a French reader looks for them, accents apart; one that no page cites is left out."""
    references = {
        id: Reference.model_validate({"title": title, "publisher": publisher, "year": "2019"})
        for id, publisher, title in (
            ("a", "Supply Chain", "Un titre"),
            ("b", "Sénat", "Où va-t-on ?"),
            ("c", "Agam", "Il y a…"),
            ("d", "Non cité", "Rien"),
        )
    }
    cited = {id: (Numbered("velos", Stamp("velos", 2), "Des vélos"),) for id in "abc"}
    html = fill_sources(with_references(published, references), page_numbers({}, cited))
    assert re.findall(r'<p id="(.)">', html) == ["c", "b", "a"]
    assert "Il y a…<" in html and "va-t-on\u202f?<" in html and "Un titre.<" in html


def test_slots_of_the_letter_are_plain_words() -> None:
    """The letter says a list's own words, and nothing where a list has none; no word becomes markup."""
    one = ElectoralList.model_validate(
        {"id": "a", "name": "Un *nom* [lié](https://example.org) <b>", "commune": "Ville", "sector": "3"}
    )
    values = slot_values(one)
    assert (values["head"], values["sector"], values["panel"]) == ("", "3", "")
    html = render_markdown("À {list}, secteur {sector}{panel}.", FRENCH, slots=values)
    assert (
        re.sub(r"\s", " ", html).strip()
        == "<p>À Un *nom* [lié](https://example.org) &lt;b&gt;, secteur 3.</p>"
    )


def test_numbered_pages_are_laid_out_by_the_fifty(published: FillContext) -> None:
    """There are always enough numbered pages, and one page more rarely lays them out again."""
    assert number_pages(published, 1) == number_pages(published, 50)
    assert number_pages(published, 51) != number_pages(published, 50)
    laid_out = typeset(number_pages(published, 51), STYLES)
    assert laid_out.pages == 100 and laid_out.complaints == ()
    assert page_texts(laid_out.pdf)[50].strip() == "51"


def test_front_matter_is_the_lists_own(built_small: Sample) -> None:
    """Each booklet's first two pages name its own list and no other."""
    names = {"une": "Une liste", "deux": "L’œuvre d’été", "trois": "Un nom *marqué*"}
    heads = {"une": "Nom", "deux": "Autre", "trois": "Tiers"}
    for booklet in built_small.manifest["booklets"]:
        pages = page_texts(built_small.dist / booklet["path"])
        front = "".join(" ".join(page.split()) for page in pages[:2])
        for id, name in names.items():
            assert (name in front) is (id == booklet["list"]), (id, booklet["list"])
        assert f"conduite par Prénom {heads[booklet['list']]}" in front


# --- front matter ------------------------------------------------------------------------------------------------


def front_text(pdf: Path) -> str:
    """Return the text of the first two pages without spaces: names of other lengths break lines elsewhere."""
    return "".join("".join(page_texts(pdf)[:2]).split())


@pytest.mark.long
def test_front_matter_differs_in_the_declared_slots_only(tmp_path: Path) -> None:
    """Without list, head, commune, sector, panel and file name, all covers and letters say the same, in one body."""
    sample = write_small(tmp_path)
    sample.edit(
        "edition.yaml",
        "À la liste {list}, conduite par {head}, à {commune}.",
        "À la liste [{list}], tête [{head}], commune [{commune}], secteur [{sector}], panneau [{panel}].",
    )
    names = (
        "Zorglub",
        "Une liste au nom bien plus long, qui prend plusieurs lignes de la couverture et de la lettre",
    )
    lists = [
        f'- {{id: x{number}, name: "{name}", head: Tête{number}, commune: Bourg{"ade" * number}, '
        f"sector: {number + 41}, panel: {number + 71}}}\n"
        for number, name in enumerate(names)
    ]
    (sample.root / "proposals" / "lists.yaml").write_text("".join(lists), "utf-8")
    sample.build()
    manifest = sample.manifest
    texts, bodies = set(), set()
    for number, (booklet, name) in enumerate(zip(manifest["booklets"], names, strict=True)):
        path = sample.dist / booklet["path"]
        assert path.name in front_text(path)
        text = front_text(path).replace(path.name, "SLOT")
        slots = (
            "".join(name.split()),
            f"Tête{number}",
            f"Bourg{'ade' * number}",
            str(number + 41),
            str(number + 71),
        )
        for slot in slots:
            # the digest may hold any two figures; ours stand apart
            apart = rf"(?<![0-9a-f]){slot}(?![0-9a-f])" if slot.isdigit() else re.escape(slot)
            assert re.search(apart, text), (slot, text)
            text = re.sub(apart, "SLOT", text)
        texts.add(text)
        bodies.add(hashlib.sha256(path.read_bytes()[: manifest["body"]["length"]]).hexdigest())
    assert len(texts) == 1, texts
    assert bodies == {manifest["body"]["sha256"]}
    assert manifest["body"]["sha256"] in texts.pop()


def test_longest_name_of_the_example_fits(published: FillContext) -> None:
    """The list of the example with the longest name has its cover and letter on two pages, each word in its place."""
    lists = read_workspace(ROOT).lists
    assert lists is not None
    longest = max(lists.value.root, key=lambda one: len(one.name))
    body = BodyDigest(500_000, "a" * 64)
    page = fill_front_matter(published, longest, "x.pdf", body, share_front_matter(published))
    laid_out = typeset(page.html, STYLES)
    assert (laid_out.pages, laid_out.layout.misfits, laid_out.complaints) == (2, (), ())


def test_name_that_does_not_fit_is_told_at_the_list(small: Sample) -> None:
    """A list's name too long for its cover is an error at that name, and the release stays as it is."""
    before = digests(small.dist)
    small.edit("lists.yaml", "name: Une liste", f'name: "{"Une liste au nom sans fin " * 60}"')
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 1
    told = set(re.findall(r"^(\S+?): error\[(\w+)\]", ran.err, re.MULTILINE))
    assert told == {("proposals/lists.yaml:1:19", "R106")}
    assert digests(small.dist) == before


def test_name_that_does_not_fit_is_told_at_the_only_list(unbuilt: Sample) -> None:
    """With one list alone, a name too long for its cover is told at the name and not at the letter that it pushes."""
    lists = unbuilt.root / "proposals" / "lists.yaml"
    lists.write_text(
        f'- {{id: une, name: "{"Une liste au nom sans fin " * 60}", head: Prénom Nom, commune: Une ville}}\n',
        "utf-8",
    )
    ran = unbuilt.run("build", "--jobs", "1")
    told = set(re.findall(r"^(\S+?): error\[(\w+)\]", ran.err, re.MULTILINE))
    assert told == {("proposals/lists.yaml:1:19", "R106")}
