"""Numbers that a PDF cannot hold are refused by `check` (`svg-huge-numbers`), and so is a view that is none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from booklet.layout.pdf_numbers import has_large_numbers
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import typeset
from booklet.pictures.picture import read_picture
from tests.samples.commands import ROOT
from tests.samples.hostile_pictures import svg
from tests.samples.workspace import write_figure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample


@pytest.mark.parametrize("view", ["0 0 1e12 1e12", "0 0 1e-9 1e-9", "0 0 NaN 100", "0 0 100"])
def test_view_is_refused_where_the_picture_is_named(bare: Sample, view: str) -> None:
    """R103 at the figure's file, status 1, in place of a PDF that no validator accepts, or of a traceback."""
    line = write_figure(bare.proposal("feux"), "a.svg", svg("<rect width='9' height='9'/>", view))
    for command in ("check", "build"):
        ran = bare.run(command, "--lang", "en")
        assert (ran.status, "Traceback" in ran.err) == (1, False)
        assert f"feux.yaml:{line}:9: error[R103] an SVG w" in ran.out + ran.err


def test_scales_that_multiply_are_told_of(tmp_path: Path) -> None:
    """Numbers each within the limits, which the renderer multiplies beyond what PDF/A holds, are a complaint."""
    size = 'viewBox="0 0 .001 .001" markerWidth="9in" markerHeight="9in"'
    scaled = f'<marker id="m" {size}><rect width="9" height="9"/></marker>'
    path = '<path d="M0 0H1H2" stroke="#000" stroke-width="{}" marker-mid="url(#m)"/>'
    page = '<html lang="fr"><head><title>E</title></head><body><p>0123456789</p><img src="a.svg" alt="a"></body></html>'
    for width, told in ((1, False), (1_000_000, True)):
        data = svg(scaled + path.format(width))
        assert read_picture(data).drawn > 1
        (tmp_path / "a.svg").write_bytes(data)
        complaints = typeset(page, Styles(ROOT / "templates"), tmp_path).complaints
        assert (complaints == ("a picture's scales make numbers that no PDF/A holds",)) is told, complaints


def test_matrices_and_what_is_no_number_are_looked_at() -> None:
    """The matrix of a pattern and a number that is none are found; texts are none of them."""
    words = [b"/P <</MCID 0>> BDC", b"(2147483648) Tj", b"1 0 0 1 -2147483648 2147483647 cm"]
    harmless = SimpleNamespace(stream=words, extra={"BBox": [0, 0, 9, 9]})
    assert not has_large_numbers([harmless, object()])
    for operators, extra in (
        ([b"0 2147483648 l"], {}),
        ([b"nan 0 l"], {}),
        ([], {"Matrix": [1e12, 0, 0, 1, 0, 0]}),
        ([], {"BBox": [0, 0, float("nan"), 1]}),
    ):
        assert has_large_numbers([harmless, SimpleNamespace(stream=operators, extra=extra)])


def test_what_only_layout_shows_is_told_of_the_image(unbuilt: Sample) -> None:
    """An image whose scales multiply is R103 at its own file, among others, and no page is written."""
    size = 'viewBox="0 0 .001 .001" markerWidth="9in" markerHeight="9in"'
    marker = f'<marker id="m" {size}><rect width="9" height="9"/></marker>'
    path = '<path d="M0 0H1H2" stroke="#000" stroke-width="1000000" marker-mid="url(#m)"/>'
    feux = unbuilt.proposal("feux")
    write_figure(feux, "sound.svg", svg("<rect width='9' height='9'/>"))
    line = write_figure(feux, "scaled.svg", svg(marker + path), key="")
    assert unbuilt.run("check").status == 0
    ran = unbuilt.run("build", "--preview", "feux", "--lang", "en")
    told = f"proposals/mobilite/feux.yaml:{line}:9: error[R103] an image that cannot be drawn whole"
    assert ran.status == 1 and told in ran.err and ran.err.count("error[") == 1, ran.err
    assert not list((unbuilt.root / "preview").iterdir())
