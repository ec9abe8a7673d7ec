"""A line that was split before is the line that would be split anew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weasyprint.layout import inline, preferred
from weasyprint.text.line_break import split_first_line

from booklet.layout.fast import lines as split_lines
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import prepare, typeset
from tests.samples.commands import ROOT

STYLES = Styles(ROOT / "templates")
WORDS = "anticonstitutionnellement coûts de 1 000 € l’aménagement <b>gras</b> <u>souligné</u> <i>«&nbsp;oui&nbsp;»</i>"
CELL = "<td style='width: {}px; font-size: {}pt; letter-spacing: {}px; text-align: justify'>{}</td>"
CELLS = st.builds(
    CELL.format,
    st.integers(8, 200),
    st.sampled_from((7, 9.5)),
    st.sampled_from((0, 1)),
    st.lists(st.sampled_from(WORDS.split(" ")), min_size=1, max_size=30).map(" ".join),
)


@settings(max_examples=max(5, settings().max_examples // 5))  # each lays three pages out
@given(cells=st.lists(CELLS, min_size=1, max_size=4))
def test_bytes_are_those_of_lines_split_anew(cells: list[str]) -> None:
    """Words of every width and style: alike before, from and without what was kept."""
    table = f"<table><tr>{''.join(cells)}</tr><tr>{''.join(reversed(cells))}</tr></table>"
    page = (
        f"<!DOCTYPE html><html lang='fr'><head><title>T</title></head><body>{table}<p>{table}</body></html>"
    )
    prepare(STYLES)
    kept = [typeset(page, STYLES).pdf for _ in range(2)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(inline, "split_first_line", split_first_line)
        patched.setattr(preferred, "split_first_line", split_first_line)
        assert kept == [typeset(page, STYLES).pdf] * 2


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of lines, all are dropped, and pages stay what they were."""
    page = f"<!DOCTYPE html><html lang='fr'><head><title>T</title></head><body>{WORDS * 5}</body></html>"
    before = typeset(page, STYLES).pdf
    monkeypatch.setattr(split_lines, "MOST_LINES", 3)
    assert typeset(page, STYLES).pdf == before
