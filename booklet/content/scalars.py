"""How each kind of scalar is read from its raw text.

Every scalar arrives as the text that was typed; the type of its field alone decides what it means, so that none of
YAML 1.1's guesses (`no`, `010`, `1:30`, `12_000`, `1.5e6`, dates) exists. A reader returns the value or raises a
`fault` that `decode` turns into a diagnostic.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeGuard

from pydantic_core import PydanticCustomError

from booklet.content.amount_hints import (
    hint_correlation,
    hint_number,
    hint_percent,
    hint_price,
)
from booklet.content.date_hints import hint_budget_years, hint_day, hint_month, hint_year
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
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Callable

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YEAR = re.compile(r"[12][0-9]{3}")
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:/[^\s<>\"]*)?")
_WORDS = re.compile(r"[\w '’.-]+")
_PLAIN = re.compile(r"[^\W_][\w €%.-]*")
_PERCENT = re.compile(rf"(?P<number>.+?)[{SPACES}]?%")
_INSEE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
_MOST_CORRELATED = Decimal("0.9")
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
        hints = [say("write `{text}`", text=raw[0])] if _is_alone(raw) else []
        raise fault(
            "M103", say("found {found}, expected {expected}", found=kind_of(raw), expected=expected), *hints
        )
    if len(raw) > limit:
        raise fault("M103", say("text of {length} characters, at most {limit}", length=len(raw), limit=limit))
    return raw


def _is_alone(raw: object) -> TypeGuard[list[str]]:
    """Check whether a list has one text that would do in its place."""
    return (
        isinstance(raw, list)
        and len(raw) == 1
        and isinstance(raw[0], str)
        and _PLAIN.fullmatch(raw[0]) is not None
    )


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
            say("write `{text}`", text=slugify(text))
            if _WORDS.fullmatch(text) and slugify(text)
            else say("use lower case letters without accents, digits and `-`"),
        )
    return text


def read_insee_code(raw: object) -> str:
    """Read the code of a commune: two figures, or 2A or 2B, then three."""
    text = _scalar(raw, say("the code of a commune"), ID_CHARACTERS).upper()
    if not _INSEE.fullmatch(text):
        found = kind_of(text)
        raise fault("M103", say("found {found}, expected the code of a commune, as 93066", found=found))
    return text


def read_price(raw: object) -> Euros:
    """Read an amount of a line of cost."""
    amount: Euros = _read_amount(
        raw, say("an amount, as `12 000 €` or `1,2 M€`"), read_euros, "M104", hint_price
    )
    return amount


def read_money(raw: object) -> Euros:
    """Read an amount in euros."""
    amount: Euros = _read_amount(raw, say("an amount, as `12 000 €` or `1,2 M€`"), read_euros, "M104")
    return amount


def read_quantity(raw: object) -> Decimal:
    """Read a number of units."""
    number: Decimal = _read_amount(raw, say("a number, as `150` or `1,5`"), read_number, "M103")
    return number


def _read_amount(
    raw: object,
    expected: Message,
    read: Callable[[str], Any],
    code: str,
    hint: Callable[[str], tuple[Message, ...]] | None = None,
) -> Any:
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
        raise fault(code, message, *(hint(text) if hint else hint_number(text, read))) from None


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
        raise fault(
            "M103",
            say("found {found}, expected a percentage, as `20 %`", found=kind_of(text)),
            *hint_percent(text),
        ) from None


def read_month(raw: object) -> Month:
    """Read a month, `2021-07`."""
    text = _scalar(raw, say("a month, as `2021-07`")).strip()
    try:
        return Month.read(text)
    except ValueError:
        message = say("found {found}, expected a month, as `2021-07`", found=kind_of(text))
        raise fault("M105", message, *hint_month(text)) from None


def read_day(raw: object) -> date:
    """Read a day, `2021-07-14`."""
    text = _scalar(raw, say("a day, as `2021-07-14`")).strip()
    try:
        if not re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        message = say("found {found}, expected a day, as `2021-07-14`", found=kind_of(text))
        raise fault("M105", message, *hint_day(text)) from None


def read_year(raw: object) -> int:
    """Read a calendar year."""
    text = _scalar(raw, say("a year, as `2021`")).strip()
    if not _YEAR.fullmatch(text):
        message = say("found {found}, expected a year, as `2021`", found=kind_of(text))
        raise fault("M105", message, *hint_year(text))
    return int(text)


def read_budget_years(raw: object) -> int:
    """Read `2021-2026` as the first of the six budget years."""
    text = _scalar(raw, say("six budget years, as `2021-2026`")).strip()
    match = _YEARS.fullmatch(text)
    if match is None or int(match["last"]) - int(match["first"]) + 1 != BUDGET_YEARS:
        message = say("found {found}, expected six budget years, as `2021-2026`", found=kind_of(text))
        raise fault("M105", message, *hint_budget_years(text))
    return int(match["first"])


def read_whole_number(raw: object) -> int:
    """Read a whole number of things: people, a sector, a panel."""
    number = _read_amount(raw, say("a whole number"), read_number, "M103")
    if number != int(number):
        raise fault("M103", say("found {found}, expected a whole number", found=kind_of(raw)))
    return int(number)


def read_correlation(raw: object) -> Decimal:
    """Read a correlation: a number from 0 to 0.9, since what moves wholly together has one `driver`."""
    expected = say("a number from 0 to 0.9, as `0.2`")
    number: Decimal = _read_amount(raw, expected, read_number, "M103", hint_correlation)
    if number > _MOST_CORRELATED:
        raise fault("M103", say("found {found}, expected {expected}", found=kind_of(raw), expected=expected))
    return number


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


def read_parameter_value(raw: object) -> Decimal | Euros | int | Fraction | frozenset[str]:
    """Read a value of the law: a percentage, an amount, a whole number, a price index, or a set of words.

    A number without a mark is whole, or a fraction, which a price index alone takes: a rate typed without `%` cannot
    pass for a percentage.
    """
    if isinstance(raw, list):
        return frozenset(read_slug(item) for item in raw)
    text = _scalar(raw, say("a percentage, an amount, a whole number or a list of words"))
    if text.strip().endswith("%"):
        return read_percent(text)
    if "€" in text:
        return read_money(text)
    number: Decimal = _read_amount(raw, say("a whole number"), read_number, "M103")
    return int(number) if number == int(number) else Fraction(number)


def read_colour(raw: object) -> str:
    """Read a colour of print, `#1f6f8b`; the only text of a contributor that a stylesheet ever sees."""
    text = _scalar(raw, say("a colour, as `#1f6f8b`")).strip()
    if not COLOUR.fullmatch(text):
        message = say("found {found}, expected a colour, as `#1f6f8b`", found=kind_of(text))
        raise fault("M103", message, *_hint_colour(text))
    return text.lower()


def _hint_colour(text: str) -> tuple[Message, ...]:
    """Propose a colour whose sign is missing, or whose figures are written once for two."""
    digits = text.removeprefix("#")
    if len(digits) == len("abc"):
        digits = "".join(2 * digit for digit in digits)
    return (say("write `{text}`", text=f'"#{digits}"'),) if COLOUR.fullmatch(f"#{digits}") else ()


def read_web_address(raw: object) -> str:
    """Read an address that a reader can follow: http or https only, whose scheme is made lower case."""
    text = _scalar(raw, say("a web address"), TEXT_CHARACTERS).strip()
    address = re.fullmatch(r"(https?)(://[^\s<>\"]+)", text, re.IGNORECASE)
    if address is None:
        hints = [say("write `{text}`", text=f"https://{text}")] if _HOST.fullmatch(text) else []
        message = say("found {found}, expected an address that starts with https://", found=kind_of(text))
        raise fault("M103", message, *hints)
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
