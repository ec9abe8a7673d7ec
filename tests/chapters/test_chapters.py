"""The pages around the fiches: what they list, in which order, and that their tables add up."""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from booklet.chapters.essentials import whole_values
from booklet.chapters.letter import draw_picture, fill_front, slot_values
from booklet.chapters.opening import Chapter, fill_opening
from booklet.chapters.order import fill_numbers, order_parts
from booklet.chapters.sources import fill_sources, source_labels
from booklet.charts.cover import draw_cover
from booklet.content.model.lists import ElectoralList
from booklet.content.model.sources import Reference
from booklet.content.workspace import Workspace, read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.law.lookup import law_of
from booklet.layout.page import Numbered, make_environment
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import typeset
from booklet.text.language import FRENCH
from booklet.text.markdown import fill_slots, render_markdown
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample, digests, write_small

if TYPE_CHECKING:
    from pathlib import Path

STYLES = Styles(ROOT / "templates")


@pytest.fixture(scope="module")
def published() -> tuple[Workspace, Portfolio]:
    """Read the published example."""
    workspace = read_workspace(ROOT)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    return workspace, portfolio


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


def test_bibliography_is_what_the_booklet_cites() -> None:
    """Sources stand in French order, end with one sign, and those that no page cites are left out."""
    references = {
        "b": reference("Supply", 2019, "Un réseau"),
        "a": reference("Sénat", 2017, "Une affaire rentable ?"),
        "c": reference("Revue", 2009, "Le bac"),
    }
    environment = make_environment(STYLES.templates, FRENCH, source_labels(references))
    cited = {id: (Numbered("feux", 10, "Feux"),) for id in ("a", "b")}
    html = fill_sources(environment, references, cited).html
    assert re.findall(r'<li><p id="(\w)">', html) == ["a", "b"]
    assert "rentable\u202f?<" in html and "Un réseau.<" in html


def test_every_proposal_is_in_the_contents(published: tuple[Workspace, Portfolio]) -> None:
    """The contents list each domain's opener, then every ready proposal once, with the pages of the booklet."""
    workspace, portfolio = published
    assert workspace.edition is not None
    edition = workspace.edition.value
    parts = [id for id in order_parts(edition, portfolio) if id not in ("portfolio", "closing", "index")]
    numbers = {id: 10 + index for index, id in enumerate(parts)}
    environment = make_environment(STYLES.templates, FRENCH)
    financings = finance_portfolio(portfolio, edition, law_of(workspace))
    after = [Chapter("sources", "Sources")]
    html = fill_opening(environment, edition, portfolio, financings, (), after, numbers).html
    contents = html.partition('<section class="contents">')[2].partition("</section>")[0]
    assert re.findall(r'href="proposal:([\w-]+)"', contents) == parts[1:]
    pages = re.findall(r'<span class="page">(\d+)</span>', contents)
    assert pages == [str(numbers[id]) for id in parts[1:]]


def test_sources_are_those_that_a_page_cites() -> None:
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
    environment = make_environment(STYLES.templates, FRENCH, source_labels(references))
    cited = {id: (Numbered("velos", 12, "Des vélos"),) for id in "abc"}
    html = fill_sources(environment, references, cited).html
    assert re.findall(r'<p id="(.)">', html) == ["c", "b", "a"]
    assert "Il y a…<" in html and "va-t-on\u202f?<" in html and "Un titre.<" in html


def test_slots_of_the_letter_are_plain_words() -> None:
    """The letter says a list's own words, and nothing where a list has none; no word becomes markup."""
    one = ElectoralList.model_validate(
        {"id": "a", "name": "Un *nom* [lié](https://example.org) <b>", "commune": "Ville", "sector": "3"}
    )
    values = slot_values(one)
    assert (values["head"], values["sector"], values["panel"]) == ("", "3", "")
    html = render_markdown(fill_slots("À {list}, secteur {sector}{panel}.", values), FRENCH)
    assert (
        re.sub(r"\s", " ", html).strip()
        == "<p>À Un *nom* [lié](https://example.org) &lt;b&gt;, secteur 3.</p>"
    )


def test_numbered_pages_are_laid_out_by_the_fifty(published: tuple[Workspace, Portfolio]) -> None:
    """There are always enough numbered pages, and one page more rarely lays them out again."""
    environment = make_environment(STYLES.templates, FRENCH)
    assert fill_numbers(environment, 1) == fill_numbers(environment, 50)
    assert fill_numbers(environment, 51) != fill_numbers(environment, 50)
    laid_out = typeset(fill_numbers(environment, 51).html, STYLES)
    assert laid_out.pages == 100 and laid_out.complaints == ()
    assert PdfReader(io.BytesIO(laid_out.pdf)).pages[50].extract_text().strip() == "51"


def test_front_matter_is_the_lists_own(built_small: Sample) -> None:
    """Each booklet's first two pages name its own list and no other."""
    names = {"une": "Une liste", "deux": "L’œuvre d’été", "trois": "Un nom *marqué*"}
    heads = {"une": "Nom", "deux": "Autre", "trois": "Tiers"}
    for booklet in built_small.manifest["booklets"]:
        pages = PdfReader(built_small.dist / booklet["path"]).pages
        front = "".join(" ".join(page.extract_text().split()) for page in pages[:2])
        for id, name in names.items():
            assert (name in front) is (id == booklet["list"]), (id, booklet["list"])
        assert f"conduite par Prénom {heads[booklet['list']]}" in front


# --- front matter ------------------------------------------------------------------------------------------------


def front_text(pdf: Path) -> str:
    """Give the text of the first two pages without spaces: names of other lengths break lines elsewhere."""
    return "".join("".join(page.extract_text() for page in PdfReader(pdf).pages[:2]).split())


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


def test_longest_name_of_the_example_fits(published: tuple[Workspace, Portfolio]) -> None:
    """The list of the example with the longest name has its cover and letter on two pages, each word in its place."""
    workspace, _ = published
    assert workspace.edition is not None and workspace.lists is not None
    longest = max(workspace.lists.value.root, key=lambda one: len(one.name))
    environment = make_environment(STYLES.templates, FRENCH)
    _, portfolio = published
    edition = workspace.edition.value
    picture = draw_cover(portfolio, edition)
    page = fill_front(
        environment,
        edition,
        longest,
        "x.pdf",
        500_000,
        "a" * 64,
        draw_picture(environment, picture),
        whole_values(portfolio, edition, FRENCH),
    )
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
        f'- {{id: une, name: "{"Une liste au nom sans fin " * 12}", head: Prénom Nom, commune: Une ville}}\n',
        "utf-8",
    )
    ran = unbuilt.run("build", "--jobs", "1")
    told = set(re.findall(r"^(\S+?): error\[(\w+)\]", ran.err, re.MULTILINE))
    assert told == {("proposals/lists.yaml:1:19", "R106")}
