"""Small tagged PDFs by WeasyPrint, a body linked from them and booklets: made once, read by the tests."""

from __future__ import annotations

import io
import re
import subprocess
from functools import cache
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import Destination
from weasyprint import HTML

from booklet.layout.tags import slim
from booklet.pdf.attachments import Attachment
from booklet.pdf.body import Body, Part, link_body
from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.metadata import Description
from booklet.pdf.part import read_part

FONTS = Path(__file__).resolve().parents[2] / "templates" / "fonts"
FACES = "".join(
    f"@font-face {{ font-family: Essai; src: url('{(FONTS / name).as_uri()}'); {style} }}"
    for name, style in (
        ("BookletSans-Regular.ttf", "font-weight: 400"),
        ("BookletSans-Semibold.ttf", "font-weight: 700"),
        ("BookletSans-Italic.ttf", "font-weight: 400; font-style: italic"),
    )
)
STYLE = f"{FACES} @page {{ size: A6; margin: 15mm }} body {{ font-family: Essai }}"
FOOT = "@page { @bottom-left { content: 'pied de la fiche'; font-family: Essai } }"
NUMBER = "@page { @bottom-right { content: 'n°' counter(page); font-family: Essai } }"
DESCRIPTION = Description(
    title="Cent mesures",
    language="fr",
    author="Association d’exemple",
    date="2020-02-27",
    keywords=("mobilité", "logement"),
    producer="booklet test",
)

ATTACHMENTS = (
    Attachment("pistes.yaml", "title: Pistes\nsource: hypothèse\n".encode(), "Pistes", "Source"),
    Attachment("lines.csv", b"proposal,label\r\npistes,Peinture\r\n", "Lignes de coût", "Data"),
)

FICHES = {
    "bus-priorite": """
        <h1 id="top">Priorité aux bus</h1> <p>Un <em>texte</em> assez long pour tenir sur deux lignes, voir <a
        href="#costs">les coûts</a> et <a href="proposal:pistes">les pistes</a>, <a
        href="https://example.org/">ailleurs</a>.</p> <div>Du texte <b>dans</b> un bloc</div> <svg width="40"
        height="20" viewBox="0 0 40 20"><title>Un rond</title><circle cx="9" cy="9" r="5"/></svg> <h2
        id="costs" style="break-before: page">Coûts</h2>
        <table><thead><tr><th>Année</th><th>Coût</th></tr></thead>
        <tbody><tr><th scope="row">2021</th><td>12</td></tr></tbody></table>""",
    "front-de-mer": """
        <h1 id="top">Front de mer</h1><ul><li>un</li><li>deux</li></ul>
        <p>Voir <a href="proposal:pistes:costs">ce que coûtent les pistes</a>.</p>""",
    "pistes": """
        <h1 id="top">Pistes</h1><p>Retour à <a href="proposal:bus-priorite">la priorité aux bus</a>.</p>
        <h2 id="costs" style="break-before: page">Coûts des pistes</h2>
        <table><thead><tr><th>Année</th><th>Coût</th></tr></thead>
        <tbody><tr><th scope="row">2022</th><td>34</td></tr></tbody></table>""",
}


@cache
def render(content: str, style: str = "") -> bytes:
    """Lay out a few elements as a tagged PDF, with the whole font."""
    head = f"<head><title>Essai</title><style>{STYLE} {style}</style></head>"
    pdf = HTML(string=f"<html lang='fr'>{head}<body>{content}</body></html>").write_pdf(
        pdf_variant="pdf/ua-1", full_fonts=True
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def part(name: str) -> Part:
    """Make one of the three fiches."""
    title = re.search("<h1[^>]*>(.*?)</h1>", FICHES[name])
    assert title is not None
    return as_part(name, laid_out(name), title[1])


def as_part(id: str, pdf: bytes, title: str) -> Part:
    """Make a part of a laid-out document."""
    document = read_part(id, pdf)
    return Part(id, document.pages, document.anchors, title, lambda: document)


@cache
def laid_out(name: str) -> bytes:
    """Lay out one of the three fiches."""
    return slim(render(FICHES[name], FOOT))


def parts() -> tuple[Part, ...]:
    """Make the three fiches, in order."""
    return tuple(part(name) for name in FICHES)


@cache
def numbers(pages: int = 8) -> bytes:
    """Make pages that hold nothing but their number."""
    return slim(render("<p style='break-after: page'></p>" * (pages - 1), NUMBER))


@cache
def body() -> Body:
    """Link the three fiches, with two files inside."""
    return link_body(parts(), numbers(), DESCRIPTION, ATTACHMENTS)


@cache
def long_body(fiches: int) -> Body:
    """Link many copies of a fiche of two pages."""
    one = part("pistes")
    copies = tuple(as_part(f"pistes-{number}", laid_out("pistes"), one.title) for number in range(fiches))
    first = part("bus-priorite"), one
    return link_body((*first, *copies), numbers(2 * fiches + 8), DESCRIPTION, ATTACHMENTS)


@cache
def front(electoral_list: str = "Marseille en commun") -> bytes:
    """Make the cover and the letter of a list."""
    return render(
        f"<h1 id='cover'>{electoral_list}</h1><p>Livret</p>"
        "<h1 id='letter' style='break-before: page'>Lettre</h1>"
        "<p>Retour à la <a href='#cover'>couverture</a>, ou "
        "<a href='proposal:pistes:costs'>plus loin</a>.</p>"
    )


@cache
def booklet(electoral_list: str = "Marseille en commun") -> bytes:
    """Put the front matter of a list before the body."""
    return body().pdf + OpenBody(body().pdf).prepend(
        front(electoral_list), f"Cent mesures – {electoral_list}"
    )


def bookmark_titles(pdf: bytes) -> list[str | list[str]]:
    """Read the outline with pypdf: titles, those below a bookmark as a list after it."""
    return [
        [str(child.title) for child in item if isinstance(child, Destination)]
        if isinstance(item, list)
        else str(item.title)
        for item in PdfReader(io.BytesIO(pdf)).outline
    ]


def run(folder: Path, pdf: bytes, *command: str) -> str:
    """Run an independent reader on a file, which stands for FILE in the command, and return what it prints.

    A reader that complains, with words or a status, fails the test.
    """
    path = folder / "file.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        [str(path) if word == "FILE" else word for word in command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr, (command, done.stderr)
    return done.stdout


def structure_text(folder: Path, pdf: bytes) -> str:
    """Read the text that hangs in the structure tree, in its order."""
    return "".join(
        re.findall(r'^ *"(.*)"$', run(folder, pdf, "pdfinfo", "-struct-text", "FILE"), re.MULTILINE)
    )
