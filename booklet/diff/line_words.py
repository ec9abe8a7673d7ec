"""Inputs of a saved line → words: what it buys, when it is spent, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.money.calendar import Month
from booklet.money.euros import Euros, write_plain

if TYPE_CHECKING:
    from booklet.diff.snapshot import SavedLine, SavedRange, SavedSource


def write_timing(line: SavedLine) -> Message | str | None:
    """Write when a line is spent."""
    recurs = line.recurs
    if recurs is not None:
        if recurs.then is not None:
            years = ", ".join(f"{year}: {write_plain(units)}" for year, units in sorted(recurs.units.items()))
            return say("{years}, then {units} each year", years=years, units=recurs.then)
        if recurs.until is None:
            return say("every year from {start}", start=_month(recurs.start))
        return say("every year from {start} to {end}", start=_month(recurs.start), end=_month(recurs.until))
    if isinstance(line.spread, Mapping):
        return ", ".join(
            f"{year}: {write_plain(amount)}" for year, amount in sorted(line.spread.items()) if amount
        )
    if line.period is not None:
        return say("{start} to {end}", start=_month(line.period.start), end=_month(line.period.until))
    return None


def _month(text: str | None) -> Month | str:
    """Read a month, to be written in the reader's language; any other text is returned unchanged."""
    try:
        return Month.read(text or "")
    except ValueError:
        return text or "?"


def write_purchase(line: SavedLine) -> Message | Euros | None:
    """Write what a line buys; None where the file does not say."""
    if line.quantity is None or line.unit_cost is None:
        return None
    unit_cost = Euros.of(line.unit_cost.central)
    if line.quantity == 1:
        return unit_cost
    unit = one_line(line.unit)
    return say(
        "{quantity} × {unit_cost}, unit: {unit}", quantity=line.quantity, unit_cost=unit_cost, unit=unit
    )


def write_range(cost: SavedRange) -> Message:
    """Write the low and the high unit cost."""
    return say("{low} to {high}", low=Euros.of(cost.low), high=Euros.of(cost.high))


def write_quantities(found: SavedRange) -> Message:
    """Write the low and the high quantity."""
    return say("{low} to {high}", low=found.low, high=found.high)


def write_price_year(line: SavedLine) -> Message | None:
    """Write the year of a line's prices, and what they are multiplied by."""
    if line.price_year is None or line.price_factor is None:
        return None
    factor = Decimal(round(line.price_factor * 10_000)) / 10_000
    return say("prices of {year} × {factor}", year=line.price_year, factor=factor)


def write_source(id: str | None, sources: Mapping[str, SavedSource]) -> str | None:
    """Write a source by its title and year, or by its id alone."""
    return None if id is None else cite(sources[id]) if id in sources else id


def cite(source: SavedSource) -> str:
    """Write the title of a source and its year."""
    return f"{one_line(source.title)} ({source.year})" if source.year else one_line(source.title)


def write_percent(rate: Decimal | None) -> str | None:
    """Write a rate as a percentage."""
    return None if rate is None else f"{write_plain(rate * 100)} %"


def one_line(text: str | None) -> str:
    """A text on one line."""
    return " ".join((text or "").split())
