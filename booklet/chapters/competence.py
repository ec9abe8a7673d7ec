"""Law → who is competent in each field over the term, and the deliberation that each proposal waits for.

Only what the law files say is printed. A field for which they name no competent body has a row only if a proposal is of
that field: the row then says that nothing was found.
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
#: numbers of councils: besides competences, councils begin and end during a term
COUNCILS = "territory."


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the term, both included, between which no competence changes."""

    begin: date
    end: date
    #: a value is printed if the law files vouch for it on this day: the first of the period, or the edition's
    #: `law_as_of` where that is earlier
    known_on: date


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One row of the table: who is competent in a field in each period of the term, and by which text."""

    title: str
    #: in words, by period; None where no text says
    holders: tuple[str | None, ...]
    references: tuple[str, ...]
    proposals: tuple[CostedProposal, ...]


@dataclass(frozen=True, slots=True)
class DatedChanges:
    """What changes on one day of the term, one sentence for each change."""

    day: date
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A deliberation that a proposal waits for."""

    month: Month
    proposal: CostedProposal
    owner: str


@dataclass(frozen=True, slots=True)
class WhoDecides:
    """The content of the chapter, in words."""

    #: heads of the columns, one for each period
    periods: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    changes: tuple[DatedChanges, ...]
    decisions: tuple[Decision, ...]


def who_decides(portfolio: Portfolio, edition: Edition, law: Law, language: Language) -> WhoDecides:
    """Build the chapter for the months of the term; fields of the proposals come first."""
    term = portfolio.term
    first, last = term.start.first_day, term_end(term)
    named = dict.fromkeys(costed.document.value.field_ for costed in portfolio.ready)
    others = [name for name in named if name and f"{FAMILY}{name}" not in law.parameters]
    leads = [parameter for name in others if (parameter := law.parameters.get(f"{LEAD}{name}")) is not None]
    competences = law.family(FAMILY)
    starts = _starts([*(parameter for _, parameter in competences), *leads], first, last)
    ends = [after - timedelta(1) for _, after in pairwise((*starts, last + timedelta(1)))]
    # a booklet as of a day prints what was known on that day, also about later days
    as_of = edition.law_as_of or last
    periods = [Period(begin, end, min(begin, as_of)) for begin, end in zip(starts, ends, strict=True)]
    fields = [
        *(_field(id.removeprefix(FAMILY), one, periods, portfolio, language) for id, one in competences),
        *(_led_field(name, law, periods, portfolio, language) for name in others),
    ]
    printed = [one for one in fields if one.proposals or any(one.holders)]
    return WhoDecides(
        _heads(starts, language),
        tuple(sorted(printed, key=lambda one: not one.proposals)),
        tuple(_changes(law, first, last, language)),
        tuple(_decisions(portfolio, edition)),
    )


def term_end(term: Term) -> date:
    """Return the last day of the last budget year."""
    return date(term.last_year, 12, 31)


def holders_in_words(kinds: Iterable[str], language: Language) -> str:
    """Join the names of kinds of organisation: `commune et métropole`; any other word is printed as it stands."""
    names = [KIND_NAMES[kind].text(language) if kind in KIND_NAMES else kind for kind in sorted(kinds)]
    if not names:
        return say("nobody").text(language)
    if len(names) == 1:
        return names[0]
    return say("{first} and {last}", first=", ".join(names[:-1]), last=names[-1]).text(language)


def is_known(entry: DatedValue | None, day: date) -> bool:
    """Check whether the law files vouch for a value on a day: it is given, and not past its `known_until`."""
    return (
        entry is not None
        and entry.value is not None
        and (entry.known_until is None or day <= entry.known_until)
    )


def _starts(parameters: Iterable[Parameter], first: date, last: date) -> tuple[date, ...]:
    """List the first days of the periods: that of the term, and each day on which a parameter changes."""
    changes = {day for parameter in parameters for day in parameter.values if first < day <= last}
    return (first, *sorted(changes))


def _heads(starts: Sequence[date], language: Language) -> tuple[str, ...]:
    wording = Wording(language)
    return tuple(say("from {day}", day=wording.day(day)).text(language) for day in starts)


def _led_field(
    name: str, law: Law, periods: Sequence[Period], portfolio: Portfolio, language: Language
) -> FieldRow:
    """Build the row of a shared field: the lead authority (CGCT art. L1111-9), or dashes where no text names one."""
    parameter = law.parameters.get(f"{LEAD}{name}")
    if parameter is None:
        return FieldRow(name, (None,) * len(periods), (), _proposals_of(portfolio, name))
    found = _field(name, parameter, periods, portfolio, language)
    leads = (
        None if one is None else say("lead: {holders}", holders=one).text(language) for one in found.holders
    )
    return replace(found, holders=tuple(leads))


def _field(
    id: str,
    parameter: Parameter,
    periods: Sequence[Period],
    portfolio: Portfolio,
    language: Language,
) -> FieldRow:
    entries = [parameter.entry(one.begin) for one in periods]
    known = [
        entry if is_known(entry, one.known_on) else None for entry, one in zip(entries, periods, strict=True)
    ]
    holders = [
        _holder(entry, one.end, language) if entry is not None else None
        for entry, one in zip(known, periods, strict=True)
    ]
    references = dict.fromkeys(entry.reference for entry in known if entry is not None and entry.reference)
    return FieldRow(parameter.description, tuple(holders), tuple(references), _proposals_of(portfolio, id))


def _holder(entry: DatedValue, end: date, language: Language) -> str:
    assert isinstance(entry.value, frozenset), "a competence is held by kinds of organisation"
    words = holders_in_words(entry.value, language)
    if entry.known_until is None or entry.known_until >= end:
        return words
    until = Wording(language).day(entry.known_until)
    return say("{holder} (known until {day})", holder=words, day=until).text(language)


def _proposals_of(portfolio: Portfolio, field: str) -> tuple[CostedProposal, ...]:
    return tuple(costed for costed in portfolio.ready if costed.document.value.field_ == field)


def _changes(law: Law, first: date, last: date, language: Language) -> Iterable[DatedChanges]:
    """List, day by day, the competences that pass to others, the new lead authorities and the councils that change."""
    found: dict[date, list[str]] = {}
    for id, parameter in (*law.family(COUNCILS), *law.family(FAMILY), *law.family(LEAD)):
        for day in sorted(parameter.values):
            before = parameter.entry(day - timedelta(1))
            if first < day <= last and before is not None:
                words = _change(parameter, before, parameter.values[day], language, leads=id.startswith(LEAD))
                found.setdefault(day, []).append(words)
    return (DatedChanges(day, tuple(found[day])) for day in sorted(found))


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
