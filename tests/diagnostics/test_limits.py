"""The limits of the code are those of the documentation."""

from __future__ import annotations

from booklet.diagnostics import limits
from tests.samples.commands import ROOT


def test_every_limit_stands_in_the_documentation() -> None:
    """Each number of `booklet/diagnostics/limits.py` is in the table of docs/format.md."""
    table = (ROOT / "docs/format.md").read_text("utf-8").partition("## Limits")[2]
    written = set(table.replace("|", ";").replace("; ", ";").replace(" ;", ";").split(";"))
    missing = {
        name: value
        for name, value in vars(limits).items()
        if name.isupper() and f"{value:,}".replace(",", " ") not in written
    }
    assert missing == {}
