"""The house style as templates see it: the custom properties of `templates/css/theme.css`.

Stylesheets use `var(--ink)`; drawings and page margins, where WeasyPrint knows no custom property, use `theme.ink`. One
file thus gives both their colours and families.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STYLESHEET = "css/theme.css"
_PROPERTY = re.compile(r"^\s*--(?P<name>[a-z-]+):\s*(?P<value>[^;]+);", re.MULTILINE)


def read_theme(templates: Path) -> dict[str, str]:
    """Read the properties by name, `ink_soft` for `--ink-soft`, without the quotes of font families."""
    text = (templates / STYLESHEET).read_text(encoding="utf-8")
    return {
        found["name"].replace("-", "_"): found["value"].strip().strip('"')
        for found in _PROPERTY.finditer(text)
    }
