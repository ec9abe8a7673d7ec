"""Templates are compiled once in a process, whoever fills them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.layout.page import fill_page, make_environment
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_a_compiled_template_speaks_each_language(tmp_path: Path) -> None:
    """What one language was filled with is not printed in another, and a changed text is read again."""
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "theme.css").write_bytes((ROOT / "templates" / "css" / "theme.css").read_bytes())
    page = tmp_path / "page.html"
    page.write_text("{{ 12345|number }} {{ amount|number }} {% trans %}Total{% endtrans %}", "utf-8")

    def fill() -> list[str]:
        environments = (make_environment(tmp_path, language) for language in (ENGLISH, FRENCH, ENGLISH))
        return [fill_page(environment, "page.html", amount=Decimal(1000)) for environment in environments]

    assert fill() == ["12,345 1,000 Total", "12\u202f345 1\u202f000 Total", "12,345 1,000 Total"]
    page.write_text("{{ amount|number }}", "utf-8")
    assert fill() == ["1,000", "1\u202f000", "1,000"]
