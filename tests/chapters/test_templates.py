"""Pages are laid out without a complaint, with our fonts only, in an order that can be read."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from markupsafe import escape

from booklet.chapters.context import LAST, FillContext, PageNumbers
from booklet.chapters.fiche import fill_fiche
from booklet.chapters.front_matter import BodyDigest, fill_front_matter, share_front_matter
from booklet.chapters.register import ServedList, fill_register
from booklet.chapters.running_foot import number_pages
from booklet.chapters.table import AFTER, BEFORE, WITHOUT_PLACE
from booklet.content.model.lists import ElectoralList
from booklet.layout.page import Numbered
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import Typeset, typeset
from booklet.text.language import ENGLISH, FRENCH, Language
from booklet.text.stamps import Stamp
from tests.samples.commands import ROOT
from tests.samples.contexts import page_numbers, read_context
from tests.samples.marks import long
from tests.samples.workspace import SOURCES, Sample, write_small

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = ROOT / "templates"
STYLES = Styles(TEMPLATES)
FACES = sorted((TEMPLATES / "fonts").glob("*.ttf"))

#: a proposal with one of everything
BUS = """\
title: Donner la priorité aux bus à 150 carrefours
status: ready
promise: Un bus qui arrive à l'heure.
problem: |
  Les bus **s'arrêtent** aux feux [@anah-2017].
solution: |
  # Comment

  Prolonger le vert, comme [les vélos](proposal:feux) :

  - un ;
  - deux.
scope: {included: [150 carrefours], excluded: [création de couloirs]}
keywords: [bus, vélo]
owner: ville
field: voirie
beneficiaries: {who: voyageurs, number: 120 000, assumption: comptage des auteurs}
decision: 2020-10
timeline:
  - {id: e, label: Étude, kind: study, start: 2020-10, end: 2021-06}
  - {id: d, label: Équipement, kind: works, start: 2021-07, end: 2023-06}
  - {id: s, label: Suivi, kind: evaluation, start: 2023-07, end: 2026-12}
costs:
  - label: Équipement d'un carrefour
    section: investissement
    nature: equipment
    quantity: 150
    unit: carrefour
    unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}
    spread: d
    vat: 20 %
    vat_regime: fctva
    evidence: benchmark
    source: anah-2017
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 1
    unit: an
    unit_cost: {low: 100 000 €, central: 150 000 €, high: 250 000 €}
    recurs: {from: 2023-07}
    vat: 20 %
    vat_regime: aucun
    evidence: expert
    assumption: hypothèse des auteurs
funding:
  - {funder: region, form: grant, section: investissement, share: 30 %, status: sollicite}
effects:
  - {indicator: Régularité, unit: "%", baseline: 78, target: "88,5", year: 2024, assumption: hypothèse}
carbon: {tonnes_per_year: 900, from: 2023, assumption: hypothèse}
uncertainty: |
  Le prix des armoires.
risks: [{risk: Les armoires sont vieilles., answer: On les remplace.}]
precedents: [{place: Dijon, what: 113 carrefours, source: anah-2017}]
links: {overlaps: [feux, arbres]}
waivers: [{rule: C104, because: choix du comité}]
authors: [{name: Groupe mobilité, affiliation: Association}]
reviewers: [{name: Une relectrice, when: 2020-01-10}]
"""
#: what an edition may have besides what the small one has
EDITION = """\
severities: {C104: {level: error, because: choix du comité}}
ideas: [{title: Une idée, why: Pas de chiffre.}]
glossary: [{term: FCTVA, means: Fonds de compensation.}]
errata: [{date: 2020-02-20, version: "1.1", what: "Page 12, un total."}]
data: https://example.org/donnees
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Write a workspace whose pages print one of everything."""
    small = write_small(tmp_path_factory.mktemp("everything"))
    folder = small.root / "proposals"
    (folder / "mobilite" / "bus.yaml").write_text(BUS, "utf-8")
    (folder / "mobilite" / "vide.yaml").write_text("status: draft\n", "utf-8")
    (folder / "sources.yaml").write_text(
        f"{SOURCES}anah-2017: {{title: Bilan, publisher: Anah, year: 2017, "
        'url: "https://example.org/b", read: 2019-12-01}\n',
        "utf-8",
    )
    small.edit(
        "edition.yaml",
        "{name: Association d'essai}",
        "{name: Association <d'essai>, address: '1, rue', website: https://example.org}",
    )
    small.edit("edition.yaml", "name: Une ville}\ndomains", f"{TERRITORY}}}\ndomains")
    small.edit("edition.yaml", "120 M€}\n", "120 M€}\n  region: {name: Région, kind: region}\n")
    with (folder / "edition.yaml").open("a", encoding="utf-8") as file:
        file.write(EDITION)
    return small


TERRITORY = "name: Une ville, yearly_investment: 432 M€, source: anah-2017"
BODY = BodyDigest(1_987_654, "9f" * 32)
LIST = ElectoralList.model_validate({"id": "l", "name": "Liste & Cie", "commune": "Marseille", "panel": "3"})
CHAPTERS = {chapter.template: chapter for chapter in (*BEFORE, *AFTER, *WITHOUT_PLACE)}


def numbers_of(context: FillContext) -> PageNumbers:
    """Number the parts and chapters of a body, each of one page, and cite each source in a proposal."""
    parts = [f"domain-{domain}" for domain in context.edition.domains]
    parts += [costed.id for costed in context.portfolio.ready]
    headings = [heading.target(row.id) for row in CHAPTERS.values() for heading in row.headings]
    numbers = {target: page for page, target in enumerate((*parts, *headings, LAST), 1)}
    cited = {id: (Numbered("bus", Stamp("bus"), context.titles["bus"]),) for id in context.references}
    return page_numbers(numbers, cited)


def fill(template: str, context: FillContext) -> str:
    """Fill a template as a build does."""
    if template in CHAPTERS:
        return CHAPTERS[template].fill(context, numbers_of(context))
    if template == "front.html":
        shared = share_front_matter(context)
        return fill_front_matter(context, LIST, "3-liste-cie.pdf", BODY, shared).html
    if template == "register.html":
        served = ServedList(LIST, "marseille/3-liste-cie.pdf", 1_987_999, "9f" * 32)
        (page,) = fill_register(context, (served,), BODY)
        return page.html
    assert template == "fiche.html"
    return fill_proposal("bus", context)


def fill_proposal(id: str, context: FillContext) -> str:
    """Fill the fiche of a proposal, ready or not."""
    portfolio = context.portfolio
    costed = next(one for one in (*portfolio.ready, *portfolio.drafts) if one.id == id)
    return fill_fiche(context, costed, context.titles).html


def lay_out(html: str) -> Typeset:
    return typeset(html, STYLES)


def run(command: str, pdf: bytes, folder: Path, *options: str) -> str:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    arguments = [command, *options, str(path), *(["-"] if command == "pdftotext" else [])]
    return subprocess.run(arguments, capture_output=True, check=True, text=True).stdout


#: `test_portfolio_pages` lays out the figures of the whole, tests of `press` the pages of the print edition
ALL = tuple(
    sorted(
        path.name
        for path in TEMPLATES.glob("*.html")
        if path.name not in ("base.html", "domain.html", "portfolio.html", "imprint.html", "fold-proof.html")
    )
)


@pytest.mark.parametrize("language", [FRENCH, long(ENGLISH)], ids=["fr", "en"])
@pytest.mark.parametrize("template", ALL)
def test_every_page_is_laid_out_without_a_complaint(
    sample: Sample, template: str, language: Language
) -> None:
    """No log line, no missing character, and only our own fonts, all embedded."""
    laid_out = lay_out(fill(template, read_context(sample.root, language)))
    assert laid_out.complaints == () and laid_out.missing_characters == ()
    with pikepdf.open(io.BytesIO(laid_out.pdf)) as pdf:
        names = {
            str(item["/FontName"]): "/FontFile2" in item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        }
    assert bool(names) is (template != "blank.html") and all(names.values())
    assert all(re.fullmatch(r"/[A-Z]{6}\+Booklet-(Sans|Serif|Mono)\S*", name) for name in names)


def test_sample_prints_one_of_everything(sample: Sample) -> None:
    """The pages that are laid out here are full: no table, chart, chapter or section of theirs is left out."""
    context = read_context(sample.root, ENGLISH)
    fiche, opening, closing = (fill(f"{name}.html", context) for name in ("fiche", "opening", "closing"))
    assert fiche.count("<svg") == 2 and "to be written" not in fiche
    tables = {name for names in re.findall(r'<table class="([\w ]+)"', fiche) for name in names.split()}
    assert {"lines", "years", "net", "effects"} <= tables
    for html, part in ((opening, "opening"), (closing, "closing")):
        headings = CHAPTERS[f"{part}.html"].headings
        assert all(f'id="{heading.anchor}"' in html for heading in headings)
    assert closing.count("<svg") == 2 and "C104" in closing
    assert "<em>" in fill("index.html", context) and fill("sources.html", context).count("<li>") == 2


def test_front_matter_is_two_pages_for_the_longest_name(sample: Sample) -> None:
    """The longest real name of a list, and a long letter, fit on exactly two pages."""
    name = "LE PRINTEMPS MARSEILLAIS, LE RASSEMBLEMENT DE LA GAUCHE, DES ECOLOGISTES ET DES CITOYENS"
    raw = {"id": "l", "name": name, "commune": "Marseille", "sector": "1", "panel": "4"}
    context = read_context(sample.root)
    edition = context.edition.model_copy(update={"letter": "Un mot de la lettre. " * 40})
    page = fill_front_matter(
        replace(context, edition=edition),
        ElectoralList.model_validate(raw),
        f"{'1-4-le-printemps-marseillais-' * 4}.pdf",
        BODY,
        share_front_matter(context),
    )
    assert lay_out(page.html).pages == 2


def test_letter_prints_what_can_be_checked(sample: Sample, tmp_path: Path) -> None:
    """The letter prints the body's length, its digest and a command that can be copied."""
    pdf = lay_out(fill("front.html", read_context(sample.root))).pdf
    text = run("pdftotext", pdf, tmp_path, "-raw")
    assert "head -c 1987654 3-liste-cie.pdf | sha256sum" in text
    assert "9f" * 32 in text


def test_page_numbers_stand_alone(sample: Sample, tmp_path: Path) -> None:
    """Page i of the numbers holds the number i and nothing else."""
    text = run("pdftotext", lay_out(number_pages(read_context(sample.root), 3)).pdf, tmp_path)
    assert text.split() == [str(number) for number in range(1, 51)]
    assert text.count("\f") == 50


def test_reading_order_is_that_of_the_page(sample: Sample, tmp_path: Path) -> None:
    """The structure tree tells the fiche in its fixed order, and the timeline in words."""
    laid_out = lay_out(fill("fiche.html", read_context(sample.root, ENGLISH)))
    tree = run("pdfinfo", laid_out.pdf, tmp_path, "-struct-text")
    headings = [
        "The problem",
        "The solution",
        "What the cost covers",
        "What it does not cover",
        "What it costs",
        "When it is paid",
        "Who pays",
        "The six years",
        "What it changes",
    ]
    headings += ["What could make the figures wrong", "Risks and answers", "Where it has been done"]
    headings += ["Related", "Sources", "Authors"]
    places = [tree.index(f'"{heading}"') for heading in headings]
    assert places == sorted(places)
    levels = [int(level) for level in re.findall(r"^\s*H(\d)", tree, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert not re.search(r"^( *)L \(block\)\n\1  (?!LI)", tree, re.MULTILINE), "a list holds items only"
    with pikepdf.open(io.BytesIO(laid_out.pdf)) as pdf:
        figures = [
            str(item["/Alt"])
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]
    funding, timeline = figures
    assert "applied for 30%, Own share 70%." in funding
    assert "Decision in October\u00a02020. In service in July\u00a02023." in timeline
    assert "Étude, from October\u00a02020 to June\u00a02021." in timeline


def test_draft_with_holes_is_laid_out(sample: Sample) -> None:
    """An empty draft shows its holes instead of failing."""
    html = fill_proposal("vide", read_context(sample.root, ENGLISH))
    assert "Draft" in html and html.count("to be written") >= 5
    assert typeset(html, STYLES).complaints == ()


def test_text_is_never_markup(sample: Sample) -> None:
    """What contributors write is escaped in every place of the page."""
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    context = read_context(sample.root)
    costed = next(one for one in context.portfolio.ready if one.id == "bus")
    proposal = costed.document.value
    texts = dict.fromkeys(("title", "promise", "problem", "solution", "uncertainty"), hostile)
    people = {
        "risks": tuple(one.model_copy(update={"risk": hostile, "answer": hostile}) for one in proposal.risks),
        "authors": tuple(one.model_copy(update={"name": hostile}) for one in proposal.authors),
    }
    document = replace(costed.document, value=proposal.model_copy(update=texts | people))
    html = fill_fiche(context, replace(costed, document=document), context.titles).html
    assert "<script" not in html and "{{ 7 * 7 }}" in html
    assert html.count("&lt;script&gt;") >= 8


def test_characters_without_a_glyph_are_told() -> None:
    """A character that our fonts lack is reported, not taken from the machine."""
    html = '<html lang="fr"><title>t</title><p>漢 a 😀</p></html>'
    assert typeset(html, STYLES).missing_characters == ("漢", "😀")


def test_a_face_is_the_same_object_in_every_document() -> None:
    """Two documents that use one face embed the same bytes, so that a booklet can hold them once."""
    digests = []
    for text in ("abc", "Tout autre texte, 12 €"):
        pdf = typeset(f'<html lang="fr"><title>t</title><p>{text}</p></html>', STYLES).pdf
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            files = [
                item["/FontFile2"].read_bytes()
                for item in opened.objects
                if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item
            ]
        digests.append([hashlib.sha256(file).hexdigest() for file in files])
    assert digests[0] == digests[1] and len(digests[0]) == 1


def test_every_character_comes_out_as_it_went_in(tmp_path: Path) -> None:
    """What the fonts can print is extracted as it was typed, and no narrow space is lost."""
    invisible = "\u00ad"
    codes = TTFont(TEMPLATES / "fonts" / "BookletSans-Regular.ttf")["cmap"].getBestCmap()
    characters = [chr(code) for code in sorted(codes) if code > 0x20 and chr(code) not in invisible]
    html = "".join(f"<p>a{escape(character)}x</p>" for character in characters)
    pdf = typeset(f'<html lang="fr"><title>t</title>{html}</html>', STYLES).pdf
    lines = run("pdftotext", pdf, tmp_path, "-raw").replace("\f", "").split("\n")
    # Poppler writes every kind of space as a space, and loses those that are too narrow
    expected = ["a x" if character.isspace() else f"a{character}x" for character in characters]
    assert lines[: len(characters)] == expected


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.stem)
def test_faces_fit_their_purpose(face: Path) -> None:
    """A face is small, free to embed, renamed, with tabular figures and a glyph for each character."""
    font = TTFont(face)
    character_map = font["cmap"].getBestCmap()
    assert face.stat().st_size < 60 * 1024
    assert font["OS/2"].fsType == 0
    assert "Source" not in font["name"].getDebugName(1) and "Source" not in font["name"].getDebugName(6)
    assert len({font["hmtx"][character_map[ord(figure)]][0] for figure in "0123456789"}) == 1
    assert len(set(character_map.values())) == len(character_map)
    assert {0x202F, 0x00A0, 0x2009, 0x2011, 0x20AC, 0x153, 0x2082} <= character_map.keys()
    assert "GSUB" not in font
