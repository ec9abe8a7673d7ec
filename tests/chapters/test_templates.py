"""Pages are laid out without a complaint, with our fonts only, in an order that can be read."""

import hashlib
import io
import itertools
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from markupsafe import escape

from booklet.chapters.address import draw_code
from booklet.chapters.competence import Change, Field, WhoDecides
from booklet.chapters.essentials import Essentials, KeyFigure, Point
from booklet.chapters.fiche import gantt_words
from booklet.chapters.index import IndexEntry
from booklet.chapters.letter import draw_picture
from booklet.chapters.opening import Group as ContentsGroup
from booklet.chapters.parameters import PrintedParameter
from booklet.chapters.register import Served
from booklet.chapters.territory import Party
from booklet.charts.cover import CoverPicture, Group, Line
from booklet.charts.funding_bar import FundingBar, FundingPart
from booklet.charts.gantt import lay_out_gantt
from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralList
from booklet.content.model.proposal import Proposal
from booklet.content.model.sources import Reference
from booklet.layout.page import ContentsEntry, Numbered, fill_page, make_environment
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import Typeset, typeset
from booklet.money.calendar import Month, Term
from booklet.money.euros import PrintedRange
from booklet.tables.key_figures import KeyFigures, OwnShare
from booklet.tables.money_table import FundingPlan, FundingRow, MoneyRow, MoneyTable
from booklet.tables.wording import Wording
from booklet.text.language import ENGLISH, FRENCH, Language

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STYLES = Styles(TEMPLATES)
FACES = sorted((TEMPLATES / "fonts").glob("*.ttf"))

PROPOSAL = {
    "title": "Donner la priorité aux bus à 150 carrefours",
    "status": "ready",
    "promise": "Un bus qui arrive à l'heure.",
    "problem": "Les bus **s'arrêtent** aux feux [@anah-2017].",
    "solution": "# Comment\n\nProlonger le vert, comme [les vélos](proposal:velos) :\n\n- un ;\n- deux.",
    "scope": {"included": ["150 carrefours"], "excluded": ["création de couloirs"]},
    "beneficiaries": {"who": "voyageurs", "number": "120 000"},
    "decision": "2020-10",
    "timeline": [
        {"id": "e", "label": "Étude", "kind": "study", "start": "2020-10", "end": "2021-06"},
        {"id": "d", "label": "Équipement", "kind": "works", "start": "2021-07", "end": "2023-06"},
        {"id": "s", "label": "Suivi", "kind": "evaluation", "start": "2023-07", "end": "2026-12"},
    ],
    "effects": [{"indicator": "Régularité", "unit": "%", "baseline": "78", "target": "88,5", "year": "2024"}],
    "carbon": {"tonnes_per_year": "900", "from": "2023", "assumption": "hypothèse"},
    "uncertainty": "Le prix des armoires.",
    "risks": [{"risk": "Les armoires sont vieilles.", "answer": "On les remplace."}],
    "precedents": [{"place": "Dijon", "what": "113 carrefours", "source": "anah-2017"}],
    "authors": [{"name": "Groupe mobilité", "affiliation": "Association"}],
    "reviewers": [{"name": "Une relectrice", "when": "2020-01-10"}],
}
EDITION = Edition.model_validate(
    {
        "title": "Solutions pour la métropole",
        "subtitle": "Concrètes & chiffrées",
        "version": "1.0",
        "date": "2020-02-06",
        "licence": "CC BY-SA 4.0",
        "publisher": {
            "name": "Association <d'exemple>",
            "address": "1, rue",
            "website": "https://example.org",
        },
        "term": {"start": "2020-07", "years": "2021-2026"},
        "prices": {"year": "2019", "basis": "ht"},
        "territory": {"name": "Métropole", "yearly_investment": "432 M€", "source": "anah-2017"},
        "domains": {"mobilite": {"title": "Mobilité", "colour": "#1f6f8b"}},
        "delivery": {"rule": "Toutes les listes, le même jour.", "adopted": "2020-01-15"},
        "severities": {"C104": {"level": "error", "because": "choix du comité"}},
        "ideas": [{"title": "Une idée", "why": "Pas de chiffre."}],
        "glossary": [{"term": "FCTVA", "means": "Fonds de compensation."}],
        "errata": [{"date": "2020-02-20", "version": "1.1", "what": "Page 12, un total."}],
    }
)
REFERENCE = Reference.model_validate(
    {
        "title": "Bilan",
        "publisher": "Anah",
        "year": "2017",
        "url": "https://example.org/b",
        "read": "2019-12-01",
    }
)
LABELS = {"anah-2017": "Anah, 2017"}
THOUSANDS = PrintedRange(Decimal(1_710_000), Decimal(2_300_000), Decimal(2_950_000))


def money(*cells: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(cell) for cell in cells)


NET_TABLE = MoneyTable(
    "Du brut au net",
    ("Section", "Brut, HT", "TVA", "TVA qui revient", "Cofinanceurs", "Recettes", "Net"),
    (
        MoneyRow("Investissement", money(1000, 200, -197, -300, 0, 703)),
        MoneyRow("Fonctionnement", (Decimal(10), None, None, Decimal(0), Decimal(-2), None)),
    ),
    strong=(5,),
)


def fiche_context(raw: dict[str, Any]) -> dict[str, object]:
    proposal = Proposal.model_validate(raw)
    lines = (
        MoneyRow("Investissement", kind="group"),
        MoneyRow(
            "Équipement d'un carrefour", money(1350000, 1800000, 2250000), note="150 × 12 000 € [@anah-2017]"
        ),
        MoneyRow("Total", money(1350000, 1800000, 2250000), "total"),
    )
    funding = FundingRow("Région", "grant", "applied for", Decimal("0.3"), Decimal(690_000))
    return {
        "edition": EDITION,
        "domain": EDITION.domains["mobilite"],
        "proposal": proposal,
        "owner": "Métropole",
        "key_figures": KeyFigures(
            THOUSANDS,
            THOUSANDS,
            OwnShare("investissement", Decimal(1_610_000), Decimal("0.7")),
            Decimal(2_650_000),
            Month(2020, 10),
            Month(2023, 7),
        ),
        "cost_table": MoneyTable("Coût", ("Ligne", "Bas", "Central", "Haut"), lines, strong=(1,)),
        "year_table": MoneyTable("Par an", ("Section", "2021"), (MoneyRow("Investissement", (None,)),)),
        "unit_costs": "Six ans : 12 € par habitant.",
        "likelihood": "Une chance sur deux de coûter moins de 2,4 M€ (P50).",
        "net_table": NET_TABLE,
        "gantt": lay_out_gantt(proposal, Term(Month(2020, 7), 2021), gantt_words(Wording(ENGLISH))),
        "funding": FundingPlan("Plan de financement", (funding,)),
        "funding_bar": FundingBar(
            493.2,
            "Investissement",
            (
                FundingPart(2, 0, 148, "sollicité 30 %", "sollicité 30 %"),
                FundingPart(None, 148, 345.2, "", "Reste à charge 70 %"),
            ),
        ),
        "related": (("Recouvre :", (("velos", "Des vélos"), ("quais", "Des quais"))),),
        "sources": (("anah-2017", REFERENCE),),
        "images": (),
    }


def context_of(template: str) -> dict[str, object]:
    """Give the names that a template needs, with one of everything."""
    table = MoneyTable(
        "Par proposition", ("Proposition", "A"), (MoneyRow("Des vélos", money(1000), target="velos"),)
    )
    entry = ContentsEntry("velos", "Des vélos", 12, THOUSANDS, THOUSANDS)
    electoral_list = ElectoralList.model_validate(
        {"id": "l", "name": "Liste & Cie", "commune": "Marseille", "panel": "3"}
    )
    contexts: dict[str, dict[str, object]] = {
        "fiche.html": fiche_context(PROPOSAL),
        "opening.html": {
            "edition": EDITION,
            "before": (ContentsEntry("opening:essentials", "L’essentiel", 3),),
            "groups": (ContentsGroup(EDITION.domains["mobilite"], entry, (entry,)),),
            "after": (ContentsEntry("sources", "Sources", 30),),
            "essentials": Essentials(
                (KeyFigure("Propositions", "11", "dans 4 domaines"),),
                (Point("Qui paie", ("Les uns.", "Les autres.")),),
                table,
            ),
            "parties": (Party("Région", "région", 0, 3, Decimal(1_200_000), "sollicité"),),
            "yearly_share": (Decimal(13_100_000), Decimal("0.03")),
        },
        "closing.html": {
            "edition": EDITION,
            "decides": WhoDecides(
                ("à partir du 1er juillet 2020",),
                (Field("Voirie", (None,), (), ()),),
                (Change(date(2023, 1, 1), ("Voirie : commune, puis métropole",)),),
                (),
            ),
            "parameters": (PrintedParameter("Taux", "20 %", date(2015, 1, 1), None, "CGI art. 278"),),
            "waivers": (("Titre", "F102", "opération ANRU"),),
            "website": draw_code("https://example.org"),
            "data": None,
            "page_by_target": {},
        },
        "index.html": {
            "letters": (
                ("V", ((IndexEntry("vélo", ("velos",), True), (Numbered("velos", 12, "Des vélos"),)),)),
            ),
            "glossary": 43,
        },
        "sources.html": {
            "sources": (("anah-2017", REFERENCE),),
            "cited_by": {"anah-2017": (Numbered("velos", 12, "Des vélos"),)},
        },
        "blank.html": {},
        "register.html": {
            "edition": EDITION,
            "served": (Served(electoral_list, "marseille/3-liste-cie.pdf", 1_987_999, "9f" * 32),),
            "count": 1,
            "is_first": True,
            "is_last": True,
            "body_length": 1_987_654,
            "body_sha256": "9f" * 32,
            "has_sectors": False,
            "has_panels": True,
        },
        "numbers.html": {"pages": 3},
        "front.html": {
            "edition": EDITION,
            "electoral_list": electoral_list,
            "letter": "Madame, Monsieur,\n\nVoici.",
            "body_length": 1_987_654,
            "body_sha256": "9f" * 32,
            "file_name": "3-liste-cie.pdf",
            "picture": draw_picture(
                make_environment(TEMPLATES, FRENCH, LABELS),
                CoverPicture(
                    493.2,
                    60,
                    11,
                    ((2021, 150.0),),
                    (Group("Mobilité", "#1f6f8b", ("Mobilité",), 20, (Line(0, 120, 60, 300),)),),
                    1,
                ),
            ),
        },
    }
    return contexts[template]


def lay_out(template: str, context: dict[str, object], language: Language = FRENCH) -> Typeset:
    return typeset(fill_page(make_environment(TEMPLATES, language, LABELS), template, **context), STYLES)


def run(command: str, pdf: bytes, folder: Path, *options: str) -> str:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    arguments = [command, *options, str(path), *(["-"] if command == "pdftotext" else [])]
    return subprocess.run(arguments, capture_output=True, check=True, text=True).stdout


#: those of the figures of the whole are laid out by `test_overview`, those of the print edition by `test_press`
ALL = tuple(
    sorted(
        path.name
        for path in TEMPLATES.glob("*.html")
        if path.name not in ("base.html", "domain.html", "portfolio.html", "imprint.html", "fold-proof.html")
    )
)


@pytest.mark.parametrize("language", [FRENCH, ENGLISH], ids=["fr", "en"])
@pytest.mark.parametrize("template", ALL)
def test_every_page_is_laid_out_without_a_complaint(template: str, language: Language) -> None:
    """No log line, no missing character, and only our own fonts, all embedded."""
    laid_out = lay_out(template, context_of(template), language)
    assert laid_out.complaints == () and laid_out.missing_characters == ()
    with pikepdf.open(io.BytesIO(laid_out.pdf)) as pdf:
        names = {
            str(item["/FontName"]): "/FontFile2" in item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        }
    assert bool(names) is (template != "blank.html") and all(names.values())
    assert all(re.fullmatch(r"/[A-Z]{6}\+Booklet-(Sans|Serif|Mono)\S*", name) for name in names)


def test_front_matter_is_two_pages_for_the_longest_name() -> None:
    """The longest real name of a list, and a long letter, fit on exactly two pages."""
    name = "LE PRINTEMPS MARSEILLAIS, LE RASSEMBLEMENT DE LA GAUCHE, DES ECOLOGISTES ET DES CITOYENS"
    electoral_list = {"id": "l", "name": name, "commune": "Marseille", "sector": "1", "panel": "4"}
    context = context_of("front.html") | {
        "electoral_list": ElectoralList.model_validate(electoral_list),
        "letter": "Un mot de la lettre. " * 40,
        "file_name": f"{'1-4-le-printemps-marseillais-' * 4}.pdf",
    }
    assert lay_out("front.html", context).pages == 2


def test_letter_prints_what_can_be_checked(tmp_path: Path) -> None:
    """The letter prints the body's length, its digest and a command that can be copied."""
    text = run("pdftotext", lay_out("front.html", context_of("front.html")).pdf, tmp_path, "-raw")
    assert "head -c 1987654 3-liste-cie.pdf | sha256sum" in text
    assert "9f" * 32 in text


def test_page_numbers_stand_alone(tmp_path: Path) -> None:
    """Page i of the numbers holds the number i and nothing else."""
    text = run("pdftotext", lay_out("numbers.html", {"pages": 3}).pdf, tmp_path)
    assert text.split() == ["1", "2", "3"]
    assert text.count("\f") == 3


def test_reading_order_is_that_of_the_page(tmp_path: Path) -> None:
    """The structure tree tells the fiche in its fixed order, and the timeline in words."""
    laid_out = lay_out("fiche.html", fiche_context(PROPOSAL), ENGLISH)
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
    assert "sollicité 30 %, Reste à charge 70 %." in funding
    assert "Decision in October\u00a02020. In service in July\u00a02023." in timeline
    assert "Étude, from October\u00a02020 to June\u00a02021." in timeline


def test_draft_with_holes_is_laid_out() -> None:
    """An empty draft shows its holes instead of failing."""
    empty = {
        "cost_table": None,
        "year_table": None,
        "net_table": None,
        "unit_costs": "",
        "likelihood": "",
        "gantt": None,
        "funding": None,
        "key_figures": KeyFigures(None, None, None, None, None, None),
        "funding_bar": None,
    }
    context = fiche_context({"status": "draft"}) | empty | {"owner": "", "related": (), "sources": ()}
    html = fill_page(make_environment(TEMPLATES, ENGLISH), "fiche.html", **context)
    assert "Draft" in html and html.count("to be written") >= 5
    assert typeset(html, STYLES).complaints == ()


def test_text_is_never_markup() -> None:
    """What contributors write is escaped in every place of the page."""
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    raw = PROPOSAL | dict.fromkeys(("title", "promise", "problem", "solution", "uncertainty"), hostile)
    raw |= {"risks": [{"risk": hostile, "answer": hostile}], "authors": [{"name": hostile}]}
    html = fill_page(make_environment(TEMPLATES, FRENCH), "fiche.html", **fiche_context(raw))
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
