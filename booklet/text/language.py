"""The two languages we speak: the catalogue of messages and the way numbers are written.

Messages are written in English in the code; the French catalogue is in `templates/locale/`. Language never
depends on the machine's locale: it comes from `--lang`, the edition, or `LANGUAGE`/`LANG` as a last resort.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from booklet.text.catalogue import find_catalogue, load_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

LANGUAGES = ("fr", "en")
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Language:
    """A language that we write: its translations of messages, and the marks in its numbers."""

    code: str

    def gettext(self, template: str) -> str:
        """Translate one template; an unknown one stays English, never fails."""
        return _catalogue(self.code).gettext(template) if template else ""

    @property
    def decimal_mark(self) -> str:
        """The sign between units and decimals (CLDR)."""
        return "," if self.code == "fr" else "."

    @property
    def group_mark(self) -> str:
        """The sign between groups of three digits (CLDR: U+202F in French)."""
        return NARROW_NO_BREAK_SPACE if self.code == "fr" else ","


@cache
def _catalogue(code: str) -> NullTranslations:
    return load_catalogue(find_catalogue(code))


ENGLISH = Language("en")
FRENCH = Language("fr")


def choose_language(asked: str | None, edition: str | None, environment: Mapping[str, str]) -> Language:
    """Choose by `--lang`, then the edition's `lang`, then the environment; French where nothing says."""
    for code in (asked, edition):
        if code in LANGUAGES:
            return Language(code)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = environment.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return Language(code)
    return FRENCH
