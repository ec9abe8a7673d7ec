"""Folder of templates → the stylesheets, pictures and fonts that pages are laid out with, and their digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.cache.digests import digest_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: the stylesheets of every page, paths inside `templates/`; a later one overrules an earlier one
STYLESHEETS = (
    "css/theme.css",
    "css/text.css",
    "css/page.css",
    "css/tables.css",
    "css/fiche.css",
    "css/front.css",
    "css/opening.css",
    "css/closing.css",
    "css/charts.css",
    "css/portfolio.css",
)
#: suffixes of the files that Fontconfig reads
_FONTS = frozenset({".ttf", ".otf", ".conf"})
#: the stylesheet that the print edition adds
PRESS_STYLESHEET = "css/press.css"


@dataclass(frozen=True, slots=True)
class Styles:
    """The files that every document of a booklet is laid out with."""

    templates: Path
    #: whether pages are laid out for the press
    is_press: bool = False
    #: digest of the files when the build began, to refuse pages laid out with changed ones; empty: not compared
    digest: str = ""

    @property
    def stylesheets(self) -> tuple[Path, ...]:
        """The stylesheets in the order in which they apply."""
        names = (*STYLESHEETS, PRESS_STYLESHEET) if self.is_press else STYLESHEETS
        return tuple(self.templates / name for name in names)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that decides how a filled page looks: stylesheets and their pictures, fonts and settings."""
        beside = (path for path in self.folders[0].rglob("*") if path.is_file())
        fonts = (path for path in self.folders[1].iterdir() if path.suffix in _FONTS)
        others = set() if self.is_press else {self.templates / PRESS_STYLESHEET}
        visible = {path for path in (*beside, *fonts) if not path.name.startswith(".")}
        return tuple(sorted(visible.union(self.stylesheets) - others))

    @property
    def folders(self) -> tuple[Path, Path]:
        """The folders that a page may load files from, besides the one with its images."""
        return self.templates / "css", self.templates / "fonts"

    @property
    def font_settings(self) -> Path:
        """The private Fontconfig configuration."""
        return self.templates / "fonts" / "fonts.conf"


def named_files(styles: Styles) -> Iterator[tuple[str, Path]]:
    """List the files that pages are laid out with, each with its path inside the templates."""
    return ((path.relative_to(styles.templates).as_posix(), path) for path in styles.files)


def digest_styles(styles: Styles) -> str:
    """Compute one digest of the files that pages are laid out with."""
    return digest_files(named_files(styles))
