"""An amount, a number or a percentage that cannot be read → what its author most likely meant, as text to type.

Each text proposed is one that can be read. No figure is made up: what only the author knows stands as `…`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.corrections import propose
from booklet.content.french_words import is_none
from booklet.content.number_words import in_digits
from booklet.diagnostics.limits import NUMBER_CHARACTERS
from booklet.diagnostics.message import Message, say
from booklet.money.euros import Euros, UnreadableNumber, read_euros, read_number

if TYPE_CHECKING:
    from collections.abc import Callable

#: what only the author can say, in a text to type
HOLE = "…"
_ABOUT = re.compile(
    r"(?i)^(?:environ|env\.|à peu près|autour de|de l'ordre de|about|approximately|c(?:irc)?a\.?|[~≈±])\s*"
)
_AMOUNT = r"\d[\d\s.,]*?(?:\s*(?:[kK]|M|Md)?€)?"
_RANGE = re.compile(
    rf"(?i)(?:entre\s+|de\s+|between\s+|from\s+)?(?P<low>{_AMOUNT})\s*(?:-|–|à|et|to|and)\s*"
    r"(?P<high>\d[\d\s.,]*?)\s*(?P<unit>€|k€|M€)?"
)
_THREE = re.compile(rf"({_AMOUNT})\s*[/;|]\s*({_AMOUNT})\s*[/;|]\s*({_AMOUNT})")
_TAX = re.compile(r"(?i)\s*\(?\b(?P<basis>ht|ttc|h\.\s?t\.?|t\.\s?t\.\s?c\.?)\)?\s*$")
_OTHER_CURRENCY = re.compile(
    r"(?i)[£$¥₣]|\b(?:chf|usd|gbp|cad|francs?|livres?|dollars?|pounds?|dirhams?|yens?)\b|\d\s*Fr?\.?$"
)
#: a number and what is counted, as `20 000 passants`; words that multiply are no such thing
_COUNTED = re.compile(r"(?P<number>\d[\d\s.,]*?)\s+(?P<words>[^\W\d_](?:[^\W\d_]|[ '’-])*)")
#: a number of order, as those of sectors: `1er secteur`, `secteur 1`
_ORDINAL = re.compile(
    r"(?i)(?P<before>\d{1,3})\s?(?:er|ère|e|è|ème|nde?|st|nd|rd|th)(?:\s+(?:secteur|arrondissement|sector))?"
    r"|(?:secteur|arrondissement|sector|n°)\s?(?P<after>\d{1,3})"
)
#: words for the rate of VAT of most purchases
_NORMAL_RATE = frozenset(("normal", "normale", "taux normal", "taux plein", "plein"))
_MULTIPLIERS = re.compile(
    r"(?i)\b(?:mille|milliers?|millions?|milliards?|cent(?:s|aines?)?|di?zaines?|douzaines?|k|m|md|pour|per|percent)\b"
    r"|\b(?:thousands?|hundreds?|billions?|dozens?|euros?|eur|par|by|ou|or|à|to|et|and)\b"
)


def hint_number(text: str, read: Callable[[str], object]) -> tuple[Message, ...]:
    """Propose a number or an amount that reads; or say in words what is asked for."""
    cleaned = in_digits(_ABOUT.sub("", text.strip()))
    if cleaned.startswith(("-", "\N{MINUS SIGN}")):
        return (
            say(
                "write a positive number; what comes in belongs under `revenues`, what falls away under `savings`"
            ),
        )
    if read is not read_euros:
        return _hint_count(cleaned) or _write_if_read(_rewrite(cleaned), text, read)
    if _OTHER_CURRENCY.search(text):
        return (say("every amount is in euros: convert it, and say at what rate"),)
    if _THREE.fullmatch(cleaned) or _has_tax(cleaned):
        return ()
    return _write_if_read(_rewrite(_TAX.sub("", cleaned)), text, read)


def _hint_count(text: str) -> tuple[Message, ...]:
    """Propose the number alone, of a text that says what is counted or what is numbered."""
    if text.endswith("%"):
        return (say("write a number of units, not a share of them"),)
    if ordinal := _ORDINAL.fullmatch(text):
        return (say("write `{text}`", text=ordinal["before"] or ordinal["after"]),)
    if counted := split_count(text):
        return (say("write `{text}`", text=counted[0]),)
    return ()


def hint_price(text: str) -> tuple[Message, ...]:
    """Propose the amount of a line of cost, whose tax is a key of its own."""
    if tax := _TAX.search(text):
        basis = _basis(tax)
        amount = _rewrite(in_digits(_ABOUT.sub("", text[: tax.start()].strip())))
        if _reads(amount):
            return (
                say(
                    "write `{text}`, and `price: {basis}` in the same line of cost", text=amount, basis=basis
                ),
            )
    return hint_number(text, read_euros)


def split_tax(text: str) -> tuple[str, str | None]:
    """Split the price basis from a text that ends with one: `prix TTC`."""
    tax = _TAX.search(text)
    return (text[: tax.start()], _basis(tax)) if tax else (text, None)


def hint_estimate(raw: object, *, in_euros: bool = True) -> tuple[Message, ...]:
    """Propose low, central and high for two or three amounts, or numbers; none where there is one."""
    if isinstance(raw, list):
        amounts = raw if len(raw) == len(("low", "central", "high")) else []
    elif not isinstance(raw, str) or len(raw) > NUMBER_CHARACTERS:
        return ()
    elif three := _THREE.fullmatch(raw.strip()):
        amounts = list(three.groups())
    elif span := _RANGE.fullmatch(_name_ends(_TAX.sub("", _ABOUT.sub("", raw.strip())))):
        unit = f" {span['unit'] or '€'}" if in_euros else ""
        low = span["low"].strip()
        amounts = [low if low.endswith("€") else f"{low}{unit}", HOLE, f"{span['high'].strip()}{unit}"]
    else:
        return ()
    if not amounts or not all(isinstance(one, str) and (one == HOLE or _reads(one)) for one in amounts):
        return ()
    if not in_euros and any("€" in one for one in amounts):
        return ()
    known = [read_euros(one) for one in amounts if one != HOLE]
    if known != sorted(known):
        return ()
    estimate = write_estimate(*amounts)
    hints = [say("write `{text}`", text=estimate)]
    if HOLE in amounts:
        middle = (
            say("write `{text}`, with the most likely amount in the middle", text=estimate)
            if in_euros
            else say("write `{text}`, with the most likely number in the middle", text=estimate)
        )
        hints = [middle]
    if in_euros and isinstance(raw, str) and (tax := _TAX.search(raw)):
        hints.append(say("add `price: {basis}` in the same line of cost", basis=_basis(tax)))
    return tuple(hints)


def _name_ends(text: str) -> str:
    """Write `min 6 000 €, max 15 000 €` as a range."""
    without = re.sub(r"(?i)^(?:mini?(?:mum)?|bas)\b\s*:?\s*", "", text)
    return re.sub(r"(?i)\s*[,;/]?\s*(?:et\s+)?(?:maxi?(?:mum)?|haut)\b\s*:?\s*", " - ", without)


def _basis(tax: re.Match[str]) -> str:
    return "".join(filter(str.isalpha, tax["basis"])).lower()


def write_estimate(low: str, central: str, high: str) -> str:
    """Write three amounts as the estimate of a unit cost, as it is typed."""
    return f"{{low: {_quote(low)}, central: {_quote(central)}, high: {_quote(high)}}}"


def _quote(amount: str) -> str:
    return f'"{amount}"' if "," in amount else amount


def split_count(text: str) -> tuple[str, str] | None:
    """Split a number from the words for what is counted: `20 000 passants`; None where words change the number."""
    match = _COUNTED.fullmatch(text)
    if match is None or _MULTIPLIERS.search(match["words"]):
        return None
    try:
        read_number(match["number"])
    except UnreadableNumber:
        return None
    return match["number"], match["words"]


def hint_percent(text: str) -> tuple[Message, ...]:
    """Propose a percentage: for a number below one, that many hundredths."""
    if is_none(text) or text.casefold() in ("exonéré", "exonérée", "exempt"):
        return (say("write `{text}`", text="0 %"),)
    if text.casefold() in _NORMAL_RATE:
        return (say("write `{text}`", text="20 %"),)
    number = re.sub(r"(?i)\s*(?:pour cent|pour-cent|percent|pct|p\. ?100)\s*$", "", text).replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(?:\.\d{1,4})?", number):
        return ()
    share = Decimal(number)
    if number == text == "1":
        return tuple(say("write `{text}`", text=written) for written in ("1 %", "100 %"))
    if 0 < share < 1 and number == text.replace(",", "."):
        share *= 100
    return (say("write `{text}`", text=f"{share.normalize():f} %".replace(".", ",")),)


def hint_correlation(text: str) -> tuple[Message, ...]:
    """Propose the number that a percentage is."""
    match = re.fullmatch(r"(\d{1,2}(?:[.,]\d{1,4})?)\s*%", text.strip())
    if match is None or (number := Decimal(match[1].replace(",", ".")) / 100) > Decimal("0.9"):
        return ()
    return (propose(f"{number.normalize():f}", is_safe=True),)


def _has_tax(text: str) -> bool:
    match = _TAX.search(text)
    return match is not None and match["basis"].lower().startswith("t")


def _write_if_read(proposal: str, text: str, read: Callable[[str], object]) -> tuple[Message, ...]:
    try:
        read(proposal)
    except UnreadableNumber:
        return ()
    return (say("write `{text}`", text=proposal),) if proposal != text else ()


def _reads(amount: str) -> Euros | None:
    try:
        return read_euros(amount)
    except UnreadableNumber:
        return None


def _rewrite(cleaned: str) -> str:
    """Write an amount as this tool reads it: its unit as a sign, its thousands by spaces."""
    if match := re.fullmatch(r"(\d+)(?:\.(\d+))?[eE]\+?(\d{1,2})", cleaned):
        number = Decimal(f"{match[1]}.{match[2] or 0}e{match[3]}")
        grouped = f"{number:,f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:,f}"
        cleaned = grouped.replace(",", " ")
    proposal = re.sub(r"(?i)\s*(?:euros?|eur)\b", " €", re.sub(r",[-–](?=\s*€|$)", "", cleaned))
    proposal = re.sub(r"^€\s*(.*)$", r"\1 €", proposal)
    proposal = re.sub(r"(?i)\s*(?:millions?(?: d['’]| de)?)\s*€?", " M€", proposal)
    proposal = re.sub(r"(?i)\s*(?:milliards?(?: d['’]| de)?)\s*€?", " Md€", proposal)
    proposal = re.sub(r"(?i)\s*(?:milliers?(?: d['’]| de)?|mille)\s*€?", " k€", proposal)
    proposal = re.sub(r"(?<=\d)\s*(m€|M)$", " M€", proposal)
    proposal = re.sub(r"(?<=\d)\s*(k|K)$", " k€", proposal)
    if len(proposal) < 40 and re.fullmatch(r"[0-9][0-9_'’ ]*", proposal.removesuffix("€").strip()):
        digits = "".join(filter(str.isdigit, proposal))
        proposal = f"{int(digits):,}".replace(",", " ") + (" €" if proposal.endswith("€") else "")
    if re.fullmatch(r"\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:\.\d{3})+,\d{1,2})(?: ?€)?", proposal):
        proposal = proposal.replace(".", " ")
    if re.fullmatch(r"\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|(?:,\d{3})+\.\d{1,2})(?: ?€)?", proposal):
        proposal = proposal.replace(",", " ").replace(".", ",")
    return proposal
