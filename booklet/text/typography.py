"""Text as typed → text as a French or English printer sets it.

French follows the *Lexique des règles typographiques en usage à l'Imprimerie nationale*: a narrow no-break
space (U+202F) before `;`, `!`, `?`, inside guillemets and between thousands; a no-break space (U+00A0) before
`:` and between a number and its unit. Web and mail addresses are left alone. Setting is idempotent: a text
already set right comes out as it went in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from booklet.text.language import Language

#: A Unicode noncharacter: replaces in a run what typography must leave alone (markup, code).
HOLE: Final = "\ufdd0"
_ADDRESS: Final = "\ufdd1"
_SPACE = "[ \u00a0\u2009\u202f]"
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff]")
#: with a scheme, or a host before a path; names are short, so that no text takes long to look through
_ADDRESSES = re.compile(
    r"(?:\b[a-zA-Z][\w+.-]{0,20}://|www\.|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,20}/)"
    rf"[^\s{HOLE}<>«»\"]*[^\s{HOLE}<>«»\".,;:!?'’”)\]…]"
    rf"|(?:mailto:)?[\w.+-]{{1,64}}@\w[\w-]*\.[\w.-]*\w"
)
_UNITS = (
    "k€|M€|Md€|euros?|millions?|milliards?|km²?|m²|m³|cm|mm|ha|kWh|MWh|GWh|kWc|kW|MW|GW|tCO₂e?|kg|t|h|min|ans?|mois|"
    "jours?|ETP|°C|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_ORDINALS_OR_ADDRESSES = re.compile(
    rf"{_ADDRESSES.pattern}|\b(1)(er|ers|re|res)\b|\b(\d{{1,3}}|[XVI]{{2,}}|[XV])(es?|èmes?)\b"
)

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def strip_invisible(text: str) -> str:
    """Compose accents and drop what cannot be seen: soft hyphens, zero-width and direction marks.

    U+2010 looks like the keyboard's hyphen and becomes it: on a page it means that layout cut a word (`structure`).
    """
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\u2010", "-")


def typography(text: str, language: Language) -> str:
    """Set spaces, quotes and apostrophes of a plain text as the language wants them."""
    return set_run(strip_invisible(text), language)


def set_run(run: str, language: Language) -> str:
    """Set a run of text that may have holes; addresses become holes while it is set."""
    addresses: list[str] = []

    def take_out(match: re.Match[str]) -> str:
        addresses.append(match[0])
        return _ADDRESS

    run = _ADDRESSES.sub(take_out, run)
    before = None
    # quotes inside quotes are set from the inside out: once more as long as straight ones pair up
    while run != before and (before is None or '"' in run):
        before = run
        for pattern, replacement in (*_COMMON, *_OF_LANGUAGE[language.code]):
            run = pattern.sub(replacement, run)
    kept = iter(addresses)
    return re.sub(_ADDRESS, lambda _: next(kept), run)


def superscript_ordinals(html: str, language: Language) -> str:
    """Raise the ending of French ordinals (1er, 2e, XXe) in a text already escaped for HTML, but for addresses."""
    if language.code != "fr":
        return html

    def raise_ending(found: re.Match[str]) -> str:
        number, ending = found[1] or found[3], found[2] or found[4]
        return f"{number}<sup>{ending}</sup>" if number else found[0]

    return _ORDINALS_OR_ADDRESSES.sub(raise_ending, html)


def bind_short_words(text: str, language: Language) -> str:
    """Tie articles and prepositions of a title to the word that follows, so that none ends a line."""
    return _SHORT_WORDS[language.code].sub("\\1\u00a0", text)


def _narrow(match: re.Match[str]) -> str:
    return re.sub(_SPACE, "\u202f", match[0])


_COMMON: tuple[_Rule, ...] = (
    (re.compile("\u2010"), "-"),  # once more: Markdown may have written it as `&hyphen;`
    (re.compile(r"(?<!\w)CO2(?!\w)"), "CO₂"),
    (re.compile(r"(?<!\.)\.{3}(?!\.)"), "…"),
    (re.compile(r"(?<=[^\W\d_])'"), "’"),
    (re.compile(rf"(?<![\d,.])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)"), _narrow),
    (re.compile(rf"(?<=\d){_SPACE}(?=(?:{_UNITS})(?!\w))"), "\u00a0"),
    (re.compile(rf"\b(n°|art\.|p\.){_SPACE}?(?=\d)"), "\\1\u00a0"),
)
_FRENCH: tuple[_Rule, ...] = (
    (re.compile(rf'(?<![^\s(\[{HOLE}])"([^"]*[^\s"][^"]*)"(?!\w)'), r"«\1»"),
    (re.compile(rf"«{_SPACE}*(?=[^ \u00a0\u2009\u202f])"), "«\u202f"),
    (re.compile(rf"(?<=[^ \u00a0\u2009\u202f]){_SPACE}*»"), "\u202f»"),
    (re.compile(rf"(?<=[^\s(\[«“!?]){_SPACE}*([!?]+)(?=[\s»)”\]…,.{HOLE}]|$)"), "\u202f\\1"),
    (re.compile(rf"(?<=[^\s(\[«“;]){_SPACE}*;(?=[\s»)”\]{HOLE}]|$)"), "\u202f;"),
    (re.compile(rf"(?<=[^\s(\[«“:]){_SPACE}*:(?=[\s»)”\]{HOLE}]|$)"), "\u00a0:"),
    (re.compile(rf"(?<=\d){_SPACE}?(?=[%‰€])"), "\u00a0"),
    (re.compile(rf"(?<=\S){_SPACE}(?=[–—]\s)"), "\u00a0"),
)
_ENGLISH: tuple[_Rule, ...] = (
    (re.compile(rf'(?<![^\s(\[{HOLE}])"([^"]*[^\s"][^"]*)"(?!\w)'), r"“\1”"),
    (re.compile(rf"(?<=\w){_SPACE}+(?=[;:!?](?:\s|$))"), ""),
)
_OF_LANGUAGE: Mapping[str, tuple[_Rule, ...]] = {"fr": _FRENCH, "en": _ENGLISH}
_SHORT_WORDS = {
    "fr": re.compile(
        r"(?<![\w’-])(à|au|aux|de|des|du|en|et|la|le|les|ou|par|pour|sur|un|une) (?=\w)", re.IGNORECASE
    ),
    "en": re.compile(r"(?<![\w’-])(a|an|and|at|by|for|in|of|on|or|the|to) (?=\w)", re.IGNORECASE),
}
