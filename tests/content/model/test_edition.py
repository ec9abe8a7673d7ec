"""The edition: organisations, and the years until they get the FCTVA."""

from __future__ import annotations

from booklet.content.decode import decode
from booklet.content.model.edition import Edition
from booklet.content.yaml.parse import parse

ORGANISATIONS = """\
organisations:
  same: {name: A, kind: commune, fctva_lag: 1}
  later: {name: B, kind: communaute-communes, fctva_lag: {2022: 0, 2026: 1}}
  silent: {name: C, kind: syndicat}
  faulty: {name: D, kind: spl, fctva_lag: {26: 1, 2027: un}}
"""


def test_the_lag_of_the_fctva_may_change_by_year() -> None:
    """A lag holds from its year on, and nothing is known before the first; years and lags are read as such."""
    parsed = parse("edition.yaml", ORGANISATIONS.encode())
    assert parsed.root is not None
    document, found = decode(Edition, parsed.source, parsed.root)
    known = document.value.organisations
    lags = {id: [known[id].lag_of(year) for year in (2021, 2022, 2025, 2026, 2030)] for id in known}
    assert lags["same"] == [1] * 5
    assert lags["later"] == [None, 0, 0, 1, 1]
    assert lags["silent"] == [None] * 5
    assert (known["same"].fctva_lag, known["later"].fctva_lag) == (1, None)
    codes = [(one.code, one.span.start.column) for one in found if one.span.start.line == 5]
    assert codes == [("M105", 44), ("M103", 57)]
