"""The text of a reference (`bus.2023.investissement`) → a parsed reference, or hints of what was meant.

A reference is a subject, then parts in any order, joined by dots. The subject is `total`, the id of a domain or of a
proposal (or `domain/proposal` where an id names both); there is at most one part of each kind: figure, section, year,
estimate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from booklet.content.model.proposal import ESTIMATES, SECTIONS, EstimateName, Section
from booklet.content.spelling import nearest
from booklet.diagnostics.message import MessageError, quote_all, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.costs.portfolio import CostedProposal, Portfolio

#: `all` lists every figure of a proposal: what its id alone asks for; `line` needs a collection and a number
FigureName = Literal[
    "all",
    "total",
    "after-term",
    "ttc",
    "funding",
    "own-share",
    "fctva",
    "net",
    "revenues",
    "savings",
    "lost-revenue",
    "net-after-savings",
    "interest",
    "principal",
    "paid-before",
    "paid-after",
    "ap",
    "p10",
    "p50",
    "p80",
    "p90",
    "per-inhabitant",
    "per-beneficiary",
    "per-tonne",
    "uplift",
    "present-value",
    "line",
]
Collection = Literal["costs", "revenues", "savings", "lost_revenue", "funding"]
WHOLE = "total"
#: the figures that can be named; a line is named by its list and its number
FIGURES: tuple[FigureName, ...] = tuple(name for name in get_args(FigureName) if name not in ("all", "line"))
PERCENTILES: frozenset[FigureName] = frozenset({"p10", "p50", "p80", "p90"})
#: the total cost of a proposal divided by a count
QUOTIENTS: frozenset[FigureName] = frozenset({"per-inhabitant", "per-beneficiary", "per-tonne"})
#: figures of one proposal, never of several: these may serve the same people, or leave their tonnes uncounted
_OF_ONE_PROPOSAL: frozenset[FigureName] = (QUOTIENTS - {"per-inhabitant"}) | {"uplift"}
#: what is paid before the six years and after them, and all that is committed
OUTSIDE: frozenset[FigureName] = frozenset({"paid-before", "paid-after", "ap"})
#: figures over the six years, or after them: naming a year with one is an error
_WITHOUT_YEAR: frozenset[FigureName] = PERCENTILES | QUOTIENTS | OUTSIDE | {"after-term", "uplift"}
COLLECTIONS: tuple[Collection, ...] = get_args(Collection)
#: figures that can be asked low or high; the others are computed from central estimates only
RANGED: frozenset[FigureName] = frozenset(
    {"total", "after-term", "ttc", "revenues", "savings", "lost-revenue", "line"}
)
#: the most names that a hint lists
LISTED = 12
_NUMBER = re.compile("[0-9]{1,4}")


class UnknownReference(MessageError):
    """A reference that names no figure; `hints` say what to type instead."""


@dataclass(frozen=True, slots=True)
class FigureReference:
    """One figure: its subject, kind, section, year and estimate."""

    subject: str
    proposal: CostedProposal | None = None
    domain: str | None = None
    figure: FigureName = "all"
    section: Section | None = None
    year: int | None = None
    estimate: EstimateName = "central"
    collection: Collection = "costs"
    #: from 1, as people count lines
    number: int | None = None

    def __str__(self) -> str:
        parts: list[object] = [self.subject]
        if self.figure == "line":
            parts += [self.collection, self.number]
        elif self.figure not in ("all", "total"):
            parts.append(self.figure)
        elif self.figure == "total" and self.subject != WHOLE and self.year is None and self.section is None:
            parts.append(WHOLE)
        parts += [part for part in (self.year, self.section) if part is not None]
        if self.estimate != "central":
            parts.append(self.estimate)
        return ".".join(map(str, parts))


def read_reference(text: str, portfolio: Portfolio, domains: Iterable[str]) -> FigureReference:
    """Parse a reference; raises `UnknownReference` with hints of what to type instead."""
    subject, *parts = text.strip().split(".")
    reference = _read_subject(subject, portfolio, tuple(domains))
    seen: set[str] = set()
    while parts:
        part = parts.pop(0)
        if (
            part in COLLECTIONS
            and parts
            and _NUMBER.fullmatch(parts[0])
            and int(parts[0]) not in portfolio.years
        ):
            kind, reference = "figure", _line(reference, part, parts.pop(0))
        else:
            kind, reference = _read_part(reference, part, portfolio)
        if kind in seen:
            raise UnknownReference(_SECOND[kind], say("leave `{part}` out", part=part))
        seen.add(kind)
    return _complete(reference, has_parts=bool(seen))


_SECOND = {
    "figure": say("a reference names one figure, this one names two"),
    "section": say("a reference names one section, this one names two"),
    "year": say("a reference names one year, this one names two"),
    "estimate": say("a reference names one estimate, this one names two"),
}


def list_subjects(portfolio: Portfolio, domains: Iterable[str]) -> tuple[str, ...]:
    """List what a reference can begin with."""
    return (WHOLE, *domains, *(costed.id for costed in (*portfolio.ready, *portfolio.drafts)))


def _read_subject(name: str, portfolio: Portfolio, domains: tuple[str, ...]) -> FigureReference:
    if name == WHOLE:
        return FigureReference(name)
    every = (*portfolio.ready, *portfolio.drafts)
    for costed in every:
        if name in (costed.id, f"{costed.domain}/{costed.id}"):
            return FigureReference(name, proposal=costed)
    if name in domains:
        return FigureReference(name, domain=name)
    subjects = list_subjects(portfolio, domains)
    close = nearest(name, subjects)
    contained = [subject for subject in subjects if name and name.lower() in subject][:LISTED]
    meant = (
        _find_by_all_words(name, subjects)
        or ([close] if close else contained)
        or _find_by_some_words(name, subjects)
    )
    if meant:
        hint = say("did you mean {keys}?", keys=quote_all(meant))
    else:
        listed = quote_all(domains)
        hint = say("type `{whole}`, a domain ({domains}) or a proposal's id", whole=WHOLE, domains=listed)
    raise UnknownReference(say("no proposal or domain `{name}`", name=name), hint)


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"\W+|_", name.lower()) if word}


def _find_by_all_words(name: str, subjects: Iterable[str]) -> list[str]:
    """List the ids that contain all words of a name, in any order."""
    words = _words(name)
    return [subject for subject in subjects if words and words <= _words(subject)][:LISTED]


def _find_by_some_words(name: str, subjects: Iterable[str]) -> list[str]:
    """List the ids that share the most words with a name, at least half of them; words of two letters are ignored."""
    words = {word for word in _words(name) if len(word) > 2}
    shared = {subject: len(words & _words(subject)) for subject in subjects}
    most = max(shared.values(), default=0)
    return [
        subject for subject, count in shared.items() if most and 2 * most >= len(words) and count == most
    ][:LISTED]


def _line(reference: FigureReference, collection: str, number: str) -> FigureReference:
    proposal = reference.proposal
    if proposal is None:
        raise UnknownReference(
            say("`{collection}.{number}` is a line of one proposal", collection=collection, number=number),
            say("begin with the id of a proposal"),
        )
    count = len(getattr(proposal.document.value, collection))
    if not 1 <= int(number) <= count:
        raise UnknownReference(
            say(
                "`{id}` has no `{collection}.{number}`",
                id=reference.subject,
                collection=collection,
                number=number,
            ),
            say("lines are counted from 1 to {count}", count=count) if count else say("it has no line there"),
        )
    return replace(reference, figure="line", collection=_one_of(COLLECTIONS, collection), number=int(number))


def _one_of(known: tuple[Collection, ...], name: str) -> Collection:
    return next(one for one in known if one == name)


def _read_part(reference: FigureReference, part: str, portfolio: Portfolio) -> tuple[str, FigureReference]:
    for figure in FIGURES:
        if part == figure:
            return "figure", replace(reference, figure=figure)
    for section in SECTIONS:
        if part == section:
            return "section", replace(reference, section=section)
    for estimate in ESTIMATES:
        if part == estimate:
            return "estimate", replace(reference, estimate=estimate)
    if _NUMBER.fullmatch(part) and int(part) in portfolio.years:
        return "year", replace(reference, year=int(part))
    known = [*list_every_part(reference, portfolio), *COLLECTIONS]
    begun = [name for name in known if len(part) > 2 and name.startswith(part)]
    close = begun[0] if begun else nearest(part, known)
    raise UnknownReference(
        say("no part `{part}` after `{reference}`", part=part, reference=reference),
        *([say("did you mean {keys}?", keys=quote_all([close]))] if close else []),
        say("after `{id}` can come {parts}", id=reference.subject, parts=_list_parts(reference, portfolio)),
    )


def _list_parts(reference: FigureReference, portfolio: Portfolio) -> str:
    """Write the parts that can follow the subject alone; numbered lines as a range."""
    parts: list[str] = []
    for part in list_every_part(reference, portfolio):
        name, _, number = part.partition(".")
        if not number:
            parts.append(f"`{part}`")
        elif number == "1":
            last = len(getattr(reference.proposal.document.value, name)) if reference.proposal else 1
            parts.append(f"`{part}`" if last == 1 else f"`{part}` … `{name}.{last}`")
    return ", ".join(parts)


def _complete(reference: FigureReference, *, has_parts: bool) -> FigureReference:
    """Set the default figure where none was named; raises `UnknownReference` for parts that exclude each other."""
    if reference.figure == "all" and (has_parts or reference.subject == WHOLE):
        reference = replace(reference, figure="total")
    refused = None
    if reference.proposal is None and reference.figure in _OF_ONE_PROPOSAL:
        raise UnknownReference(
            say("`{part}` is of one proposal", part=reference.figure), say("begin with the id of a proposal")
        )
    if reference.figure in _WITHOUT_YEAR and reference.year is not None:
        refused = str(reference.year)
    elif reference.figure in QUOTIENTS | {"line", "uplift"} and reference.section is not None:
        refused = reference.section
    elif reference.estimate != "central" and (
        reference.figure not in RANGED or reference.collection == "funding"
    ):
        refused = reference.estimate
    if refused is not None:
        raise UnknownReference(
            say("`{part}` says nothing about `{figure}`", part=refused, figure=_figure_name(reference)),
            say("leave `{part}` out", part=refused),
        )
    return reference


def _figure_name(reference: FigureReference) -> str:
    if reference.figure == "line":
        return f"{reference.collection}.{reference.number}"
    return reference.figure


def list_every_part(reference: FigureReference, portfolio: Portfolio) -> tuple[str, ...]:
    """List every part that can follow this subject, in reading order."""
    parts: list[str] = [*SECTIONS, *map(str, portfolio.years)]
    left_out = {reference.subject} if reference.proposal else {reference.subject, *_OF_ONE_PROPOSAL}
    parts += [figure for figure in FIGURES if figure not in left_out]
    if reference.proposal is not None:
        proposal = reference.proposal.document.value
        parts += [
            f"{name}.{number}"
            for name in COLLECTIONS
            for number in range(1, len(getattr(proposal, name)) + 1)
        ]
    return (*parts, *(estimate for estimate in ESTIMATES if estimate != "central"))
