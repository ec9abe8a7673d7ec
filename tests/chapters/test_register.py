"""The register beside the booklets, and the colophon: what they say is what the manifest and the edition say."""

from __future__ import annotations

import re
import subprocess
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pikepdf
import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from booklet.cache.store import Store
from booklet.chapters import register
from booklet.chapters.qr_code import QUIET_ZONE, draw_code
from booklet.diagnostics.limits import CODE_BYTES
from booklet.pipeline.analysis import analyse_workspace
from booklet.pipeline.build import Resources, build
from booklet.pipeline.inputs import digest_inputs
from booklet.pipeline.pool import pool
from tests.samples.page_texts import page_texts

if TYPE_CHECKING:
    from booklet.pipeline.manifest import Booklet
    from tests.samples.workspace import Sample


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_register_says_what_the_manifest_says(built_small: Sample) -> None:
    """Each list has its line: name, file, length and the first figures of the digest that the manifest gives."""
    manifest = built_small.manifest
    text = squeeze("".join(page_texts(built_small.dist / "register.pdf")))
    assert manifest["body"]["sha256"] in text and f"head-c{manifest['body']['length']}" in text
    names = {"une": "Une liste", "deux": "L’œuvre d’été", "trois": "Un nom *marqué*"}
    for booklet in manifest["booklets"]:
        line = (names[booklet["list"]], booklet["path"], f"{booklet['length']:,}".replace(",", ""))
        assert all(squeeze(word) in text for word in line), booklet["list"]
        assert booklet["sha256"][:16] in text
    assert "Mêmecontenu,mêmejour,gratuitement" in text and "15mars2020" in text
    with pikepdf.open(built_small.dist / "register.pdf") as pdf:
        assert bool(pdf.Root["/MarkInfo"]["/Marked"]) and str(pdf.Root["/Lang"]) == "fr"


def test_register_is_verified(small: Sample) -> None:
    """The register is a file of the manifest: once altered, `verify` names it."""
    assert "register.pdf" in {file["path"] for file in small.manifest["files"]}
    assert small.run("verify", "dist").status == 0
    path = small.dist / "register.pdf"
    path.write_bytes(path.read_bytes() + b"%")
    ran = small.run("verify", "dist")
    assert ran.status == 1 and "register.pdf" in ran.out + ran.err


def test_lists_are_not_in_the_body(built_small: Sample) -> None:
    """No page of the body names a list, a head, or the register's digests."""
    path = built_small.dist / built_small.manifest["booklets"][0]["path"]
    body = squeeze("".join(page_texts(path)[2:]))
    for word in ("Une liste", "L’œuvre d’été", "Prénom Nom", built_small.manifest["body"]["sha256"]):
        assert squeeze(word) not in body


def test_edition_without_optional_keys_has_no_empty_chapter(built_small: Sample) -> None:
    """Without ideas, glossary, keywords, site or data, those chapters and codes are neither printed nor announced."""
    path = built_small.dist / built_small.manifest["booklets"][0]["path"]
    document = PdfReader(path)
    titles = {str(item.title) for item in document.outline if not isinstance(item, list)}
    assert {"L’essentiel", "Qui décide quoi, et quand", "Égalité de traitement", "Sources"} <= titles
    assert not {"Index", "Glossaire", "Idées non chiffrées"} & titles
    text = "".join(page_texts(path))
    assert "Code QR" not in text and "Aucun à ce jour" in text and "Glossaire" not in text


@pytest.mark.long
def test_errata_and_codes_are_printed(unbuilt: Sample) -> None:
    """Errata of the edition stand in the colophon with date and version; one code is drawn for each address."""
    with (unbuilt.root / "proposals" / "edition.yaml").open("a", encoding="utf-8") as file:
        file.write("data: https://example.org/donnees?a=1&b=2\nerrata:\n")
        file.write('  - {date: 2020-02-20, version: "1.1", what: "Un *total* de la page 12."}\n')
    assert unbuilt.run("build", "--jobs", "2").status == 0
    path = unbuilt.dist / unbuilt.manifest["booklets"][0]["path"]
    document = PdfReader(path)
    index = document.get_destination_page_number(document.named_destinations["closing:colophon"])
    assert index is not None
    text = " ".join(page_texts(path)[index].split())
    assert "20 février 2020 (version 1.1) : Un total de la page 12." in text
    assert "Aucun à ce jour" not in text and "https://example.org/donnees?a=1&b=2" in text.replace(" ", "")


@given(st.from_regex(r"https://[a-z]{1,20}\.(fr|org)/[\w/?=&%-]{0,60}", fullmatch=True).filter(str.isascii))
@example("https://exämple.org/œuvre")
@example("https://example.org/".ljust(CODE_BYTES, "x"))
def test_code_is_read_by_another_program(address: str) -> None:
    """Whatever the address, the drawing holds four empty modules on every side and is read back as it was written."""
    code = draw_code(address)
    picture = Image.new("L", (code.size, code.size), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        picture.paste(0, (int(x), int(y), int(x) + int(width), int(y) + 1))
    inner = range(QUIET_ZONE, code.size - QUIET_ZONE)
    dark = [(x, y) for x in range(code.size) for y in range(code.size) if picture.getpixel((x, y)) == 0]
    assert dark and all(x in inner and y in inner for x, y in dark)
    (read,) = zxingcpp.read_barcodes(picture.resize((code.size * 4, code.size * 4), Image.Resampling.NEAREST))
    assert read.text == address


@pytest.mark.long
def test_long_register_is_linked_of_parts(unbuilt: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register of more lists than one document is to hold says the same, its pages numbered through."""
    monkeypatch.setattr(register, "LISTS_PER_PART", 2)
    inputs = digest_inputs(unbuilt.root)
    analysis, dist = analyse_workspace(unbuilt.root), unbuilt.root / "dist"
    with pool(1) as executor:
        built = build(
            analysis, inputs, dist, Resources(Store(None), lambda: nullcontext(executor), lambda *_: None)
        )
    assert built.manifest is not None
    texts = page_texts(dist / "register.pdf")
    assert [text.split()[-1] for text in texts] == ["1", "2"]
    whole = squeeze("".join(texts))
    places = [whole.index(squeeze(booklet.path)) for booklet in sorted(built.manifest.booklets, key=path_of)]
    assert places == sorted(places)
    assert whole.count(squeeze("Registre de remise")) >= 1
    assert "Listesservies3" in whole
    checked = subprocess.run(["qpdf", "--check", dist / "register.pdf"], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def path_of(booklet: Booklet) -> str:
    """Order booklets as the register does."""
    return booklet.path
