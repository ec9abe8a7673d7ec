"""A rate of the law on a day → a leaf: its value and article, and the line of a `parameters.yaml` that overrides it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.law.lookup import PRICE_INDEX
from booklet.why.derivation import Basis, Derivation, Quote, quote

if TYPE_CHECKING:
    from booklet.why.lines import ProposalContext


def explain_rate(context: ProposalContext, id: str, day: date, label: Message) -> Derivation | None:
    """The rate of a parameter of the law on a day, with its article; None where it is unknown.

    A parameter of `booklet/law/fr` has no line to quote; one that the workspace's `parameters.yaml` replaces has.
    """
    parameter = context.law.parameters.get(id)
    entry = parameter.entry(day) if parameter else None
    rate = context.law.percent(id, day)
    if parameter is None or entry is None or rate is None:
        return None
    first = max(first for first in parameter.values if first <= day)
    notes = [say("holds from {day}", day=first)]
    if entry.known_until is not None and entry.known_until < day:
        notes.append(say("not known to hold after {day}", day=entry.known_until))
    quotes = _quote(context, id, first)
    basis = Basis("law", entry.reference or parameter.description, id, address=entry.address or "")
    return Derivation(label, "law", Fraction(rate), "rate", quotes=quotes, basis=basis, notes=tuple(notes))


def explain_index(context: ProposalContext, name: str, year: int) -> Derivation:
    """The value of a price index in a year, where it was read; it is known wherever a line rests on it."""
    id, first = f"{PRICE_INDEX}{name}", date(year, 1, 1)
    parameter, value = context.law.parameters[id], context.law.index(name, year)
    entry = parameter.values[first]
    basis = Basis("law", entry.reference or parameter.description, id, address=entry.address or "")
    label = say("price index `{name}` in {year}", name=name, year=year)
    return Derivation(label, "law", value, "number", quotes=_quote(context, id, first), basis=basis)


def _quote(context: ProposalContext, id: str, first: date) -> tuple[Quote, ...]:
    """Quote the value of a first day that the workspace gives to a parameter."""
    written = context.parameters
    if written is None or id not in written.value.root:
        return ()
    return (quote(written, id, "values", first.isoformat(), "value"),)
