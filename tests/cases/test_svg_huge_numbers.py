"""Numbers that a PDF cannot hold are refused by `check` (`svg-huge-numbers`), and so is a view that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.samples.hostile_pictures import svg

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


@pytest.mark.parametrize("view", ["0 0 1e12 1e12", "0 0 1e-9 1e-9", "0 0 NaN 100", "0 0 100"])
def test_view_is_refused_where_the_picture_is_named(bare: Sample, view: str) -> None:
    """R103 at the figure's file, status 1, in place of a PDF that no validator accepts, or of a traceback."""
    feux = bare.proposal("feux")
    feux.with_suffix("").mkdir()
    feux.with_suffix("").joinpath("a.svg").write_bytes(svg("<rect width='9' height='9'/>", view))
    feux.write_text(feux.read_text("utf-8") + "figures:\n- file: a.svg\n  alt: un schéma\n", "utf-8")
    line = feux.read_text("utf-8").count("\n") - 1
    for command in ("check", "build"):
        ran = bare.run(command, "--lang", "en")
        assert (ran.status, "Traceback" in ran.err) == (1, False)
        assert f"feux.yaml:{line}:9: error[R103] an SVG w" in ran.out + ran.err
