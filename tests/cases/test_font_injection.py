"""A picture changes no page: neither its own fonts nor its own styles reach what others print (`font-injection`)."""

from __future__ import annotations

import base64
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from booklet.layout.styles import Styles
from booklet.layout.weasyprint import typeset
from tests.samples.commands import ROOT
from tests.samples.hostile_pictures import embedded, exchanged_digits, font_face, svg
from tests.samples.workspace import digests

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

STYLES = Styles(ROOT / "templates")
HARMLESS = svg(
    "<style>.a { fill: #1b627d }</style><rect class='a' width='9' height='9'/><text y='9'>12 345</text>"
)


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    """Pictures that bring a font in which every digit d is drawn as 9 - d."""
    font = base64.b64encode(exchanged_digits(ROOT / "templates/fonts/BookletSans-Regular.ttf")).decode()
    rule = font_face("Booklet Sans", f"url(data:image/png;base64,{font})")
    return {
        "embedded": svg(f"<style>{rule}</style><text y='9'>12 345</text>"),
        "local": svg(f"<style>{font_face('Booklet Sans', 'local(Booklet Serif)')}</style><rect/>"),
        "nested": embedded(svg(f"<style>{rule}</style><rect/>")),
        "style of all": svg(
            "<style>* { font-family: Booklet Serif; fill: red } @page { margin: 0 }</style><rect/>"
        ),
    }


@pytest.mark.parametrize("name", ["embedded", "local", "nested", "style of all"])
def test_font_in_a_picture_is_refused_and_told(bare: Sample, hostile: dict[str, bytes], name: str) -> None:
    """`check` refuses the picture where the proposal names it (R103), and `build` releases nothing."""
    feux = bare.proposal("feux")
    feux.with_suffix("").mkdir()
    feux.with_suffix("").joinpath("a.svg").write_bytes(hostile[name])
    feux.write_text(feux.read_text("utf-8") + "figures: [{file: a.svg, alt: un schéma}]\n", "utf-8")
    for command in ("check", "build"):
        ran = bare.run(command, "--lang", "en")
        assert ran.status == 1
        assert "error[R103] an SVG " in ran.out + ran.err and "feux.yaml:" in ran.out + ran.err
    assert not bare.dist.exists()


def test_pages_are_the_same_after_any_picture(tmp_path: Path, hostile: dict[str, bytes]) -> None:
    """Hostile and harmless pages, laid out in every order by one process, are each the bytes that they are alone."""
    pictures = {"harmless": HARMLESS, "embedded": hostile["embedded"], "local": hostile["local"], "none": b""}
    for name, data in pictures.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.svg").write_bytes(data)

    def lay_out(name: str) -> bytes:
        picture = '<img src="a.svg" alt="schéma">' if pictures[name] else ""
        page = f'<html lang="fr"><head><title>E</title></head><body><p>0 123 456 789 €</p>{picture}</body></html>'
        laid_out = typeset(page, STYLES, tmp_path / name)
        assert bool(laid_out.complaints) is (name in hostile)
        return laid_out.pdf

    alone = {name: lay_out(name) for name in ("none", "harmless", "embedded", "local")}
    for order in permutations(alone):
        assert {name: lay_out(name) for name in order} == alone


def test_no_page_adds_a_font_once_the_stylesheets_are_read(tmp_path: Path, hostile: dict[str, bytes]) -> None:
    """Even a font rule that no examination found would not act: the fonts of a process are complete."""
    rule = hostile["embedded"].decode().partition("<style>")[2].partition("</style>")[0]
    text = '<html lang="fr"><head><title>E</title>{}</head><body><p>0 123 456 789 €</p></body></html>'
    before = typeset(text.format(""), STYLES, tmp_path).pdf
    with pytest.raises(ValueError, match="fonts come from the stylesheets only"):
        typeset(text.format(f"<style>{rule}</style>"), STYLES, tmp_path)
    assert typeset(text.format(""), STYLES, tmp_path).pdf == before


def test_store_changes_no_byte(small: Sample, built_small: Sample) -> None:
    """After a picture came and went, the release is the one of a workspace that never had it, laid out afresh."""
    feux = small.proposal("feux")
    text = feux.read_text("utf-8")
    feux.with_suffix("").mkdir()
    feux.with_suffix("").joinpath("a.svg").write_bytes(HARMLESS)
    feux.write_text(text + "figures: [{file: a.svg, alt: un schéma}]\n", "utf-8")
    small.build()
    assert digests(small.dist) != digests(built_small.dist)
    feux.write_text(text, "utf-8")
    feux.with_suffix("").joinpath("a.svg").unlink()
    small.build()
    assert digests(small.dist) == digests(built_small.dist)
