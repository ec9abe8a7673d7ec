"""A month, a day or a year that cannot be read → what its author most likely meant, as text to type.

A day that does not exist is never proposed: it is said how many the month has.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING

from booklet.content.corrections import propose
from booklet.content.french_words import day_of
from booklet.diagnostics.message import say
from booklet.money.calendar import BUDGET_YEARS

if TYPE_CHECKING:
    from booklet.content.french_words import Meant
    from booklet.diagnostics.message import Message

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
#: the last two digits of a year, after a month
_SHORT_YEAR = re.compile(r"(?P<before>(?:\d{1,2}[-/. ])?(?:\d{1,2}|[^\W\d]{3,9}\.?)[-/. ])(?P<year>\d\d)")
_YEARS = re.compile(r"(?P<first>[12]\d{3})\s*(?:[-–/]|à|a|au|et|to)\s*(?P<last>(?:[12]\d)?\d\d)")
_SINCE = re.compile(
    r"(?i)^(?:(?:chaque|tous les) ans?,?\s*)?(?:à partir (?:de|du)|à compter (?:de|du)|d[eè]s|depuis|from|since)?\s*"
)
#: the day of a date: at its start or, after a year, at its end
_DAY = re.compile(r"^\d\d?(?=(?:er)?[-/. ])|(?P<iso>(?<=\d{4}-\d\d)-\d\d$)")


def hint_month(text: str) -> tuple[Message, ...]:
    """Propose the month of a date, or say what it lacks."""
    typed = day_of(text)
    if meant := typed or day_of(_with_whole_year(text)):
        is_safe = typed is not None and meant.is_certain
        return (propose(f"{meant.year}-{meant.month:02d}", is_safe=is_safe),)
    if first := _first_of_month(text):
        return (propose(f"{first.year}-{first.month:02d}", is_safe=False),)
    if re.fullmatch(r"[12]\d{3}[-/. ]\d\d?", text):
        return (say("months go from 01 to 12"),)
    return (say("add the month after the year, from 01 to 12"),) if _YEAR.search(text) else ()


def hint_day(text: str) -> tuple[Message, ...]:
    """Propose the day of a date, or say what it lacks."""
    typed = day_of(text)
    meant = typed or day_of(_with_whole_year(text))
    if meant and meant.day:
        written = f"{meant.year}-{meant.month:02d}-{meant.day:02d}"
        return (propose(written, is_safe=typed is not None and meant.is_certain),)
    if meant:
        return (
            say(
                "add the day after the month, from 01 to {last}", last=monthrange(meant.year, meant.month)[1]
            ),
        )
    return _no_such_day(text)


def hint_year(text: str) -> tuple[Message, ...]:
    """Propose the year of a date, where it has one only."""
    years = set(_YEAR.findall(text))
    return (say("write `{text}`", text=years.pop()),) if len(years) == 1 else ()


def hint_budget_years(text: str) -> tuple[Message, ...]:
    """Propose the six budget years that begin with the first one."""
    match = _YEARS.fullmatch(text)
    if match is None:
        return ()
    first = int(match["first"])
    return (say("write `{text}`", text=f"{first}-{first + BUDGET_YEARS - 1}"),)


def _with_whole_year(text: str) -> str:
    """A date with the century that its year lacks: `03/21` is in this one."""
    match = _SHORT_YEAR.fullmatch(text)
    return f"{match['before']}20{match['year']}" if match else text


def _no_such_day(text: str) -> tuple[Message, ...]:
    """Say how many days a month has, of a date that would be one on its first day."""
    first = _first_of_month(text)
    if first is None or first.day is None:
        return ()
    return (say("that month has {last} days", last=monthrange(first.year, first.month)[1]),)


def _first_of_month(text: str) -> Meant | None:
    """The first day of the month of a date that does not exist."""
    return day_of(_DAY.sub(lambda day: "-01" if day["iso"] else "1", text, count=1))


def hint_period(text: str) -> str | None:
    """Write when something recurs as its keys: `à partir de 2023`, `2021-2026`."""
    if years := _YEARS.fullmatch(text):
        last = years["last"] if len(years["last"]) == 4 else years["first"][:2] + years["last"]
        return f"from: {years['first']}-01, until: {last}-12"
    since = _SINCE.sub("", text)
    if meant := day_of(since):
        return f"from: {meant.year}-{meant.month:02d}"
    return f"from: {since}-01" if _YEAR.fullmatch(since) else None
