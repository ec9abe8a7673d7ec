"""Amounts and changes → short texts with three figures, for sentences."""

from __future__ import annotations

from decimal import Decimal

from booklet.diagnostics.message import say
from booklet.money.euros import Euros, round_to, write_number, write_plain
from booklet.tables.money_table import MILLION, write_compact
from booklet.text.language import NO_BREAK_SPACE, Language

MINUS = "\N{MINUS SIGN}"


TENTH = Decimal("0.1")


def write_change(amount: Decimal | None, language: Language) -> str:
    """Write a change with its sign: `+1,8 M€`, `−450 k€`; “unknown” for None."""
    if amount is None:
        return say("unknown").text(language)
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    return f"{sign}{write_compact(abs(amount), language)}"


def write_percent(change: Decimal | None, before: Decimal | None, language: Language) -> str:
    """Write a change as a part of what there was: `+1,8 %`; a dash where it has none."""
    if change is None or not before:
        return "–"
    percent = change * 100 / before
    sign = "+" if round_to(percent, TENTH) > 0 else MINUS if round_to(percent, TENTH) < 0 else ""
    return f"{sign}{_write_decimals(abs(percent), 1, language)}{language.percent_space}%"


def write_rate(rate: Decimal | None, language: Language) -> str:
    """Write a rate as a percentage; “unknown” for None."""
    if rate is None:
        return say("unknown").text(language)
    return f"{write_plain(rate * 100).replace('.', language.decimal_mark)} %"


def write_total(total: Decimal, change: Decimal, language: Language) -> str:
    """Write a total finely enough for its change to be seen: `110,5 M€` when hundreds of thousands change."""
    if abs(total) < MILLION:
        return write_compact(total, language)
    places = next((places for places in range(1, 4) if abs(change) >= MILLION / 10**places), 0)
    if not places:
        return write_compact(total, language) if not change else Euros.of(total).write(language)
    return f"{_write_decimals(total / MILLION, places, language)}{NO_BREAK_SPACE}M€"


def _write_decimals(number: Decimal, places: int, language: Language) -> str:
    """Write a number with a fixed count of decimals."""
    whole, _, decimals = f"{round_to(number, TENTH**places):.{places}f}".partition(".")
    return f"{write_number(Decimal(whole), language)}{language.decimal_mark}{decimals}"


def write_size(amount: Decimal, language: Language) -> str:
    """Write an amount without its sign."""
    return write_compact(abs(amount), language)
