"""How each kind of scalar is read from its raw text.

Every scalar arrives as the text that was typed; the type of its field alone decides what it means, so that none of
YAML 1.1's guesses (`no`, `010`, `1:30`, `12_000`, `1.5e6`, dates) exists. A reader returns the value or raises a
`fault` that `decode` turns into a diagnostic.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from booklet.content.corrections import propose
from booklet.content.french_words import day_of
from booklet.diagnostics.limits import (
    CODE_BYTES,
    ID_CHARACTERS,
    MARKS,
    NUMBER_CHARACTERS,
    PROSE_CHARACTERS,
    TEXT_CHARACTERS,
)
from booklet.diagnostics.message import Message, say
from booklet.money.calendar import BUDGET_YEARS, Month
from booklet.money.euros import SPACES, AmbiguousNumber, Euros, UnreadableNumber, read_euros, read_number
from booklet.text.markdown import count_marks

if TYPE_CHECKING:
    from collections.abc import Callable

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YEAR = re.compile(r"[12][0-9]{3}")
_PERCENT = re.compile(rf"(?P<number>.+?)[{SPACES}]?%")
_RANGE = re.compile(
    r"(?i)(?:entre\s+|de\s+)?(?P<low>\d[\d\s.,]*?(?:\s*[kM]?€)?)\s*(?:-|–|à|et)\s*(?P<high>\d[\d\s.,]*?)\s*(?P<unit>€|k€|M€)"
)
_INSEE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_YEARS = re.compile(r"(?P<first>[12][0-9]{3})\s*[-–]\s*(?P<last>[0-9]{4})")


def fault(code: str, message: Message, *hints: Message) -> PydanticCustomError:
    """The exception by which a reader reports a rule of family M."""
    return PydanticCustomError("fault", "{code}", {"code": code, "message": message, "hints": hints})


def is_slug(text: str) -> bool:
    """Check whether a text can be an id: ascii lower case letters and digits, words joined by `-`."""
    return SLUG.fullmatch(text) is not None


def kind_of(raw: object) -> Message:
    """The words for the kind of raw data that was found, as an author would say them."""
    if isinstance(raw, dict):
        return say("a group of keys")
    if isinstance(raw, list):
        return say("a list")
    return say("`{text}`", text=_shorten(str(raw)))


def _shorten(text: str) -> str:
    line = text.strip().replace("\n", " ")
    return line if len(line) <= 40 else line[:37] + "…"


def _scalar(raw: object, expected: Message, limit: int = NUMBER_CHARACTERS) -> str:
    if not isinstance(raw, str):
        raise fault("M103", say("found {found}, expected {expected}", found=kind_of(raw), expected=expected))
    if len(raw) > limit:
        raise fault("M103", say("text of {length} characters, at most {limit}", length=len(raw), limit=limit))
    return raw


def read_prose(raw: object) -> str:
    """Read Markdown, exactly as typed."""
    return read_text(raw, limit=PROSE_CHARACTERS)


def read_text(raw: object, *, limit: int = TEXT_CHARACTERS) -> str:
    """Read a text, exactly as typed."""
    text = _scalar(raw, say("a text"), limit)
    if len(text) > MARKS and (marks := count_marks(text)) > MARKS:
        raise fault(
            "M103", say("text with {count} marks of Markdown, at most {limit}", count=marks, limit=MARKS)
        )
    return text


def read_slug(raw: object) -> str:
    """Read an id."""
    text = _scalar(raw, say("an id"), ID_CHARACTERS)
    if not is_slug(text):
        raise fault(
            "M103",
            say("found {found}, expected an id", found=kind_of(text)),
            say("use lower case letters without accents, digits and `-`"),
        )
    return text


def read_insee_code(raw: object) -> str:
    """Read the code of a commune: two figures, or 2A or 2B, then three."""
    text = _scalar(raw, say("the code of a commune"), ID_CHARACTERS).upper()
    if not _INSEE.fullmatch(text):
        found = kind_of(text)
        raise fault("M103", say("found {found}, expected the code of a commune, as 93066", found=found))
    return text


def read_money(raw: object) -> Euros:
    """Read an amount in euros."""
    amount: Euros = _read_amount(raw, say("an amount, as `12 000 €` or `1,2 M€`"), read_euros, "M104")
    return amount


def read_quantity(raw: object) -> Decimal:
    """Read a number of units."""
    number: Decimal = _read_amount(raw, say("a number, as `150` or `1,5`"), read_number, "M103")
    return number


def _read_amount(raw: object, expected: Message, read: Callable[[str], Any], code: str) -> Any:
    text = _scalar(raw, expected)
    try:
        return read(text)
    except AmbiguousNumber as ambiguous:
        thousands, decimal = ambiguous.readings
        raise fault(
            "M104",
            say("{found} can be read two ways", found=kind_of(text)),
            say("write `{reading}` if the mark separates thousands", reading=thousands),
            say("write `{reading}` if the mark is decimal", reading=decimal),
        ) from None
    except UnreadableNumber:
        message = say("found {found}, expected {expected}", found=kind_of(text), expected=expected)
        raise fault(code, message, *_number_hints(text, read)) from None


def _number_hints(text: str, read: Callable[[str], Any]) -> tuple[Message, ...]:
    """Propose what the author most likely meant, only where that can be read."""
    cleaned = re.sub(r"(?i)^(?:environ|env\.|à peu près|autour de|about|[~≈])\s*", "", text.strip())
    if read is read_euros and (span := _RANGE.fullmatch(cleaned)):
        return _range_hint(span["low"], span["high"], span["unit"])
    if cleaned.startswith(("-", "\N{MINUS SIGN}")):
        return (say("write a positive number; what comes in belongs under `revenues`"),)
    if match := re.fullmatch(r"(\d+)(?:\.(\d+))?[eE]\+?(\d{1,2})", cleaned):
        number = Decimal(f"{match[1]}.{match[2] or 0}e{match[3]}")
        grouped = f"{number:,f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:,f}"
        cleaned = grouped.replace(",", " ")
    proposal = re.sub(r"(?i)\s*(?:euros?|eur)\b", " €", cleaned)
    proposal = re.sub(r"^€\s*(.*)$", r"\1 €", proposal)
    proposal = re.sub(r"(?i)\s*(?:millions?(?: d['’]| de)?)\s*€?", " M€", proposal)
    proposal = re.sub(r"(?i)\s*(?:milliards?(?: d['’]| de)?)\s*€?", " Md€", proposal)
    proposal = re.sub(r"(?<=\d)\s*(m€|M)$", " M€", proposal)
    proposal = re.sub(r"(?<=\d)\s*(k|K)$", " k€", proposal)
    proposal = re.sub(r"\s*(?:ht|ttc)\s*$", "", proposal, flags=re.IGNORECASE)
    if len(proposal) < 40 and re.fullmatch(r"[0-9][0-9_'’ ]*", proposal.removesuffix("€").strip()):
        digits = "".join(filter(str.isdigit, proposal))
        proposal = f"{int(digits):,}".replace(",", " ") + (" €" if proposal.endswith("€") else "")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?: ?€)?", proposal):
        proposal = proposal.replace(".", " ")
    if re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?(?: ?€)?", proposal):
        proposal = proposal.replace(",", " ").replace(".", ",")
    try:
        read(proposal)
    except UnreadableNumber:
        return ()
    if re.search(r"(?i)\bttc\s*$", text):
        return (say("write `{text}`, and `price: ttc` in the same line of cost", text=proposal),)
    return (say("write `{text}`", text=proposal),) if proposal != text else ()


def _range_hint(low: str, high: str, unit: str) -> tuple[Message, ...]:
    """Propose an estimate for two amounts; the most likely one is the author's to say."""
    amounts = [low.strip() if low.endswith("€") else f"{low.strip()} {unit}", f"{high.strip()} {unit}"]
    try:
        for amount in amounts:
            read_euros(amount)
    except UnreadableNumber:
        return ()
    text = say("`{low}` under `low`, `{high}` under `high`", low=amounts[0], high=amounts[1])
    return (say("write {range}, and the most likely amount under `central`", range=text),)


def read_percent(raw: object) -> Decimal:
    """Read `20 %` or `5,5 %` as a fraction of one."""
    text = _scalar(raw, say("a percentage, as `20 %`")).strip()
    match = _PERCENT.fullmatch(text)
    try:
        if match is None:
            raise UnreadableNumber(text)
        return read_number(match["number"]) / 100
    except AmbiguousNumber as ambiguous:
        # `16,404 %`: no percentage has thousands, so that the mark is decimal
        return read_number(ambiguous.readings[1]) / 100
    except UnreadableNumber:
        hints: tuple[Message, ...] = ()
        if match := re.fullmatch(r"0[.,](\d{1,2})", text):
            hints = (say("write `{text}`", text=f"{int(match[1].ljust(2, '0'))} %"),)
        elif re.fullmatch(r"\d{1,3}(?:[.,]\d{1,2})?", text):
            hints = (say("write `{text}`", text=f"{text} %"),)
        raise fault(
            "M103", say("found {found}, expected a percentage, as `20 %`", found=kind_of(text)), *hints
        ) from None


def read_month(raw: object) -> Month:
    """Read a month, `2021-07`."""
    text = _scalar(raw, say("a month, as `2021-07`")).strip()
    try:
        return Month.read(text)
    except ValueError:
        hints: tuple[Message, ...] = ()
        if meant := day_of(text):
            hints = (propose(f"{meant.year}-{meant.month:02d}", is_safe=meant.is_certain),)
        raise fault(
            "M105", say("found {found}, expected a month, as `2021-07`", found=kind_of(text)), *hints
        ) from None


def read_day(raw: object) -> date:
    """Read a day, `2021-07-14`."""
    text = _scalar(raw, say("a day, as `2021-07-14`")).strip()
    try:
        if not re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        hints: tuple[Message, ...] = ()
        meant = day_of(text)
        if meant and meant.day:
            written = f"{meant.year}-{meant.month:02d}-{meant.day:02d}"
            hints = (propose(written, is_safe=meant.is_certain),)
        raise fault(
            "M105", say("found {found}, expected a day, as `2021-07-14`", found=kind_of(text)), *hints
        ) from None


def read_year(raw: object) -> int:
    """Read a calendar year."""
    text = _scalar(raw, say("a year, as `2021`")).strip()
    if not _YEAR.fullmatch(text):
        raise fault("M105", say("found {found}, expected a year, as `2021`", found=kind_of(text)))
    return int(text)


def read_budget_years(raw: object) -> int:
    """Read `2021-2026` as the first of the six budget years."""
    text = _scalar(raw, say("six budget years, as `2021-2026`")).strip()
    match = _YEARS.fullmatch(text)
    if match is None or int(match["last"]) - int(match["first"]) + 1 != BUDGET_YEARS:
        hints: tuple[Message, ...] = ()
        if match is not None:
            first = int(match["first"])
            hints = (say("write `{text}`", text=f"{first}-{first + BUDGET_YEARS - 1}"),)
        raise fault(
            "M105",
            say("found {found}, expected six budget years, as `2021-2026`", found=kind_of(text)),
            *hints,
        )
    return int(match["first"])


def read_whole_number(raw: object) -> int:
    """Read a whole number of things: people, a sector, a panel."""
    number = _read_amount(raw, say("a whole number"), read_number, "M103")
    if number != int(number):
        raise fault("M103", say("found {found}, expected a whole number", found=kind_of(raw)))
    return int(number)


def read_signed_number(raw: object) -> Decimal:
    """Read an indicator's value, which may be negative."""
    text = _scalar(raw, say("a number")).strip()
    if text.startswith(("-", "\N{MINUS SIGN}")):
        return -read_quantity(text[1:].lstrip(SPACES))
    return read_quantity(text)


def read_parameter_id(raw: object) -> str:
    """Read the id of a parameter of the law: ids joined by points, `fctva.rate`."""
    text = _scalar(raw, say("a parameter, as `fctva.rate`"), ID_CHARACTERS)
    if not all(is_slug(part) for part in text.split(".")) or "." not in text:
        raise fault("M103", say("found {found}, expected a parameter, as `fctva.rate`", found=kind_of(text)))
    return text


def read_parameter_value(raw: object) -> Decimal | Euros | int | frozenset[str]:
    """Read a value of the law: a percentage, an amount, a whole number, or a set of words.

    A number without a mark is a whole number, so that a rate typed without `%` cannot pass for a percentage.
    """
    if isinstance(raw, list):
        return frozenset(read_slug(item) for item in raw)
    text = _scalar(raw, say("a percentage, an amount, a whole number or a list of words"))
    if text.strip().endswith("%"):
        return read_percent(text)
    if "€" in text:
        return read_money(text)
    return read_whole_number(text)


def read_colour(raw: object) -> str:
    """Read a colour of print, `#1f6f8b`; the only text of a contributor that a stylesheet ever sees."""
    text = _scalar(raw, say("a colour, as `#1f6f8b`")).strip()
    if not COLOUR.fullmatch(text):
        raise fault("M103", say("found {found}, expected a colour, as `#1f6f8b`", found=kind_of(text)))
    return text.lower()


def read_web_address(raw: object) -> str:
    """Read an address that a reader can follow: http or https only, whose scheme is made lower case."""
    text = _scalar(raw, say("a web address"), TEXT_CHARACTERS).strip()
    address = re.fullmatch(r"(https?)(://[^\s<>\"]+)", text, re.IGNORECASE)
    if address is None:
        raise fault(
            "M103", say("found {found}, expected an address that starts with https://", found=kind_of(text))
        )
    return address[1].lower() + address[2]


def read_code_address(raw: object) -> str:
    """Read a web address that is printed as a QR code too."""
    address = read_web_address(raw)
    size = len(address.encode("utf-8", "surrogatepass"))
    if size > CODE_BYTES:
        raise fault(
            "M103",
            say(
                "an address of {size} bytes, at most {limit} for a QR code that can be read",
                size=size,
                limit=CODE_BYTES,
            ),
        )
    return address
