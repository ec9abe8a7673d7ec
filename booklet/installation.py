"""Where the tool's own files are: beside the package in a checkout, inside it in a wheel.

`templates/` stands at the top of the repository, where designers find it; the build backend puts it into the wheel
as `booklet/templates/` (`hatch_build.py`).
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
#: the folder that holds the package: the top of a checkout, or `site-packages`
TOOLKIT = PACKAGE.parent
IS_CHECKOUT = not (PACKAGE / "templates").is_dir()
TEMPLATES = (TOOLKIT if IS_CHECKOUT else PACKAGE) / "templates"
LOCALE = TEMPLATES / "locale"
LAW = PACKAGE / "law" / "fr"
