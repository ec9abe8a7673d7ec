"""Law → who is competent for what, from which day of the term, and which deliberation each proposal waits for.

Only what `Law` holds is said. A field in which no text that was read names the competent body is no line of the table,
unless a proposal is of that field: then the line says that nothing was found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from booklet.content.model.words import KIND_NAMES
from booklet.diagnostics.message import say
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from booklet.content.model.edition import Edition
    from booklet.content.model.parameters import DatedValue, Parameter
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.law.lookup import Law
    from booklet.money.calendar import Month, Term
    from booklet.text.language import Language

FAMILY = "competence."
#: who leads where several are competent (CGCT art. L1111-9)
LEAD = "chef-de-file."
#: what ends or begins in the territory besides a competence: a number of councils
COUNCILS = "territory."


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold days of the term in which no competence changes, and the day until which something must be known of them."""

    begin: date
    end: date
    asked: date


@dataclass(frozen=True, slots=True)
class Field:
    """Hold one line of the table: who is competent in each stretch of the term, and by which text."""

    title: str
    #: None where no text that was read says
    holders: tuple[str | None, ...]
    references: tuple[str, ...]
    proposals: tuple[CostedProposal, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Tell what changes on one day of the term."""

    day: date
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Name a deliberation that a proposal waits for."""

    month: Month
    proposal: CostedProposal
    owner: str


@dataclass(frozen=True, slots=True)
class WhoDecides:
    """Hold the chapter."""

    #: heads of the columns, one for each stretch of the term between two changes
    stretches: tuple[str, ...]
    fields: tuple[Field, ...]
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]


def who_decides(portfolio: Portfolio, edition: Edition, law: Law, language: Language) -> WhoDecides:
    """Say who decides what, and when, over the months of the term; fields that proposals name come first."""
    term = portfolio.term
    first, last = term.start.first_day, term_end(term)
    named = dict.fromkeys(costed.document.value.field_ for costed in portfolio.ready)
    others = [name for name in named if name and f"{FAMILY}{name}" not in law.parameters]
    leads = [parameter for name in others if (parameter := law.parameters.get(f"{LEAD}{name}")) is not None]
    held = law.family(FAMILY)
    starts = _starts([*(parameter for _, parameter in held), *leads], first, last)
    ends = [after - timedelta(1) for _, after in pairwise((*starts, last + timedelta(1)))]
    # a booklet as of a day is asked what is known on that day, of the days after it too
    as_of = edition.law_as_of or last
    stretches = [Stretch(begin, end, min(begin, as_of)) for begin, end in zip(starts, ends, strict=True)]
    fields = [
        *(_field(id.removeprefix(FAMILY), one, stretches, portfolio, language) for id, one in held),
        *(_led_field(name, law, stretches, portfolio, language) for name in others),
    ]
    kept = [one for one in fields if one.proposals or any(one.holders)]
    return WhoDecides(
        _heads(starts, language),
        tuple(sorted(kept, key=lambda one: not one.proposals)),
        tuple(_changes(law, first, last, language)),
        tuple(_decisions(portfolio, edition)),
    )


def term_end(term: Term) -> date:
    """Give the last day of the last budget year."""
    return date(term.last_year, 12, 31)


def holders_in_words(kinds: Iterable[str], language: Language) -> str:
    """Name kinds of organisation: `commune et métropole`; a word that is no kind is written as the law file does."""
    names = [KIND_NAMES[kind].text(language) if kind in KIND_NAMES else kind for kind in sorted(kinds)]
    if not names:
        return say("nobody").text(language)
    if len(names) == 1:
        return names[0]
    return say("{first} and {last}", first=", ".join(names[:-1]), last=names[-1]).text(language)


def is_known(entry: DatedValue | None, day: date) -> bool:
    """Tell whether what was read says that a value holds on a day."""
    return (
        entry is not None
        and entry.value is not None
        and (entry.known_until is None or day <= entry.known_until)
    )


def _starts(parameters: Iterable[Parameter], first: date, last: date) -> tuple[date, ...]:
    """List the first days of the stretches in which none of the table's lines changes."""
    changes = {day for parameter in parameters for day in parameter.values if first < day <= last}
    return (first, *sorted(changes))


def _heads(starts: Sequence[date], language: Language) -> tuple[str, ...]:
    wording = Wording(language)
    return tuple(say("from {day}", day=wording.day(day)).text(language) for day in starts)


def _led_field(
    name: str, law: Law, stretches: Sequence[Stretch], portfolio: Portfolio, language: Language
) -> Field:
    """Make the line of a field that no one holds alone: who leads, or dashes where no text that was read says."""
    parameter = law.parameters.get(f"{LEAD}{name}")
    if parameter is None:
        return Field(name, (None,) * len(stretches), (), _of_field(portfolio, name))
    found = _field(name, parameter, stretches, portfolio, language)
    leads = (
        None if one is None else say("lead: {holders}", holders=one).text(language) for one in found.holders
    )
    return replace(found, holders=tuple(leads))


def _field(
    id: str,
    parameter: Parameter,
    stretches: Sequence[Stretch],
    portfolio: Portfolio,
    language: Language,
) -> Field:
    entries = [parameter.entry(one.begin) for one in stretches]
    known = [
        entry if is_known(entry, one.asked) else None for entry, one in zip(entries, stretches, strict=True)
    ]
    holders = [
        _holder(entry, one.end, language) if entry is not None else None
        for entry, one in zip(known, stretches, strict=True)
    ]
    references = dict.fromkeys(entry.reference for entry in known if entry is not None and entry.reference)
    return Field(parameter.description, tuple(holders), tuple(references), _of_field(portfolio, id))


def _holder(entry: DatedValue, end: date, language: Language) -> str:
    assert isinstance(entry.value, frozenset), "a competence is held by kinds of organisation"
    words = holders_in_words(entry.value, language)
    if entry.known_until is None or entry.known_until >= end:
        return words
    until = Wording(language).day(entry.known_until)
    return say("{holder} (known until {day})", holder=words, day=until).text(language)


def _of_field(portfolio: Portfolio, field: str) -> tuple[CostedProposal, ...]:
    return tuple(costed for costed in portfolio.ready if costed.document.value.field_ == field)


def _changes(law: Law, first: date, last: date, language: Language) -> Iterable[Change]:
    """Tell, day by day, what passes from whom to whom, who leads, and which councils begin or end."""
    found: dict[date, list[str]] = {}
    for id, parameter in (*law.family(COUNCILS), *law.family(FAMILY), *law.family(LEAD)):
        for day in sorted(parameter.values):
            before = parameter.entry(day - timedelta(1))
            if first < day <= last and before is not None:
                told = _change(parameter, before, parameter.values[day], language, leads=id.startswith(LEAD))
                found.setdefault(day, []).append(told)
    return (Change(day, tuple(found[day])) for day in sorted(found))


def _change(
    parameter: Parameter, before: DatedValue, after: DatedValue, language: Language, *, leads: bool
) -> str:
    def write(value: object) -> str:
        if isinstance(value, frozenset):
            return holders_in_words(value, language)
        return say("none").text(language) if value == 0 else str(value)

    words = {
        "what": parameter.description,
        "before": write(before.value),
        "after": write(after.value),
    }
    if leads:
        return say("{what}, lead: {before}, then {after}", **words).text(language)
    return say("{what}: {before}, then {after}", **words).text(language)


def _decisions(portfolio: Portfolio, edition: Edition) -> Iterable[Decision]:
    """List the deliberations by month, then in the booklet's order."""
    for costed in sorted(
        portfolio.ready,
        key=lambda one: one.document.value.decision.ordinal if one.document.value.decision else 0,
    ):
        month = costed.document.value.decision
        owner = edition.organisations.get(costed.document.value.owner or "")
        if month is not None:
            yield Decision(month, costed, owner.name if owner else "")
