"""All that is generated and kept in git: rule pages and the catalogue. `python -m booklet.generate`."""

from __future__ import annotations

from pathlib import Path

from booklet.checks import engine  # noqa: F401 (declares every rule)
from booklet.diagnostics.rule_pages import render_all
from booklet.text.catalogue import main as update_catalogue
from booklet.text.language import ENGLISH, FRENCH

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    status = update_catalogue([])
    for name, language in (("rules.md", ENGLISH), ("regles.md", FRENCH)):
        (ROOT / "docs" / name).write_text(render_all(language), encoding="utf-8", newline="\n")
    raise SystemExit(status)
