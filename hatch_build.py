"""What the build backend does besides copying: the message catalogues are compiled before a wheel is filled."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Compile every `booklet.po`, so that an installation that may not be written starts at once."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put the compiled catalogues beside their sources, from where `force-include` takes them."""
        sys.path.insert(0, self.root)
        from booklet.text.catalogue import load_catalogue

        for po_file in Path(self.root, "templates", "locale").rglob("*.po"):
            load_catalogue(po_file)
