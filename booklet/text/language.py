"""The languages that we write: translations of messages, and how numbers and dates are written.

Messages are written in English in the code; the French catalogue is in `templates/locale/`. Language never
depends on the machine's locale: it comes from `--lang`, the edition, or `LANGUAGE`/`LANG` as a last resort.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from booklet.text.catalogue import find_catalogue, load_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

LanguageCode = Literal["fr", "en"]
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language that we write: its translations of messages, and the forms of its numbers and dates (CLDR)."""

    code: LanguageCode
    #: between units and decimals
    decimal_mark: str
    #: between groups of three digits
    group_mark: str
    #: between a number and its `%`
    percent_space: str
    #: how a date begins that starts with the first day of a month
    first_day: str
    #: whether 0 is singular
    is_zero_singular: bool
    #: number format of an amount of euros in a workbook
    euro_format: str

    def gettext(self, template: str) -> str:
        """Translate one template; an unknown one stays English, never fails."""
        return _catalogue(self.code).gettext(template) if template else ""


@cache
def _catalogue(code: str) -> NullTranslations:
    return load_catalogue(find_catalogue(code))


FRENCH = Language(
    code="fr",
    decimal_mark=",",
    group_mark=NARROW_NO_BREAK_SPACE,
    percent_space=NO_BREAK_SPACE,
    first_day="1er",
    is_zero_singular=True,
    euro_format="#,##0.00\\ [$€-40C]",
)
ENGLISH = Language(
    code="en",
    decimal_mark=".",
    group_mark=",",
    percent_space="",
    first_day="1",
    is_zero_singular=False,
    euro_format="[$€-809]#,##0.00",
)
#: by code; the type of `code` must name each
LANGUAGES: Mapping[str, Language] = {language.code: language for language in (FRENCH, ENGLISH)}


def choose_language(asked: str | None, edition: str | None, environment: Mapping[str, str]) -> Language:
    """Choose by `--lang`, then the edition's `lang`, then the environment; French where nothing says."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    codes = (asked, edition, *(environment.get(name, "")[:2].lower() for name in names))
    return next((LANGUAGES[code] for code in codes if code and code in LANGUAGES), FRENCH)
