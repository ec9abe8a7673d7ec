"""What the build backend does besides copying the package: templates, with compiled catalogues, go into the wheel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplatesHook(BuildHookInterface[Any]):
    """`templates/` → `booklet/templates/`: it stands at the top, where authors and designers find it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every `booklet.po`, so that an installation that may not be written starts at once."""
        if version == "editable":  # the checkout is used as it is
            return
        sys.path.insert(0, self.root)
        from booklet.text.catalogue import load_catalogue

        templates = Path(self.root, "templates")
        for po_file in templates.rglob("*.po"):
            load_catalogue(po_file)
        build_data["force_include"][str(templates)] = "booklet/templates"
