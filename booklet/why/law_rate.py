"""A rate of the law on a day → a leaf: its value and article, and the line of a `parameters.yaml` that overrides it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.why.derivation import Basis, Derivation, Quote, quote

if TYPE_CHECKING:
    from datetime import date

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
    overridden = context.parameters
    quotes: tuple[Quote, ...] = ()
    if overridden is not None and overridden.value.root.get(id) is parameter:
        quotes = (quote(overridden, id, "values", first.isoformat(), "value"),)
    basis = Basis("law", entry.reference or parameter.description, id, address=entry.address or "")
    return Derivation(label, "law", Fraction(rate), "rate", quotes=quotes, basis=basis, notes=tuple(notes))
