"""What a reader asks for, `bus.2023.investissement` → a reference, or what was meant.

A reference is a subject and parts in any order, between dots: `total`, the id of a domain or of a proposal (or
`domain/proposal` where an id could mean either), then at most one of each kind of part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from booklet.content.model.proposal import ESTIMATES, SECTIONS, EstimateName, Section
from booklet.content.spelling import nearest
from booklet.diagnostics.message import Message, quote_all, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.costs.portfolio import CostedProposal, Portfolio

Figure = Literal[
    "all",
    "total",
    "after-term",
    "ttc",
    "funding",
    "own-share",
    "fctva",
    "net",
    "revenues",
    "p10",
    "p50",
    "p80",
    "p90",
    "per-inhabitant",
    "per-beneficiary",
    "per-tonne",
    "present-value",
    "line",
]
Collection = Literal["costs", "revenues", "funding"]
WHOLE = "total"
FIGURES: tuple[Figure, ...] = (
    "total",
    "after-term",
    "ttc",
    "funding",
    "own-share",
    "fctva",
    "net",
    "revenues",
    "p10",
    "p50",
    "p80",
    "p90",
    "per-inhabitant",
    "per-beneficiary",
    "per-tonne",
    "present-value",
)
PERCENTILES: frozenset[Figure] = frozenset({"p10", "p50", "p80", "p90"})
#: what the whole cost of a proposal is divided by
QUOTIENTS: frozenset[Figure] = frozenset({"per-inhabitant", "per-beneficiary", "per-tonne"})
#: beneficiaries of several proposals may be the same people, and not every proposal counts its tonnes
_OF_ONE_PROPOSAL: frozenset[Figure] = QUOTIENTS - {"per-inhabitant"}
#: figures of the six years, or of what comes after them
_WITHOUT_YEAR: frozenset[Figure] = PERCENTILES | QUOTIENTS | {"after-term"}
COLLECTIONS: tuple[Collection, ...] = ("costs", "revenues", "funding")
#: figures that carry a low and a high estimate; the others follow the central one
RANGED: frozenset[Figure] = frozenset({"total", "after-term", "ttc", "revenues", "line"})
#: as many names as a hint can list and still be read
LISTED = 12
_NUMBER = re.compile("[0-9]{1,4}")


class UnknownReference(ValueError):
    """Tell that a reference leads nowhere, and what could be typed instead."""

    def __init__(self, message: Message, *hints: Message) -> None:
        super().__init__(str(message))
        self.message, self.hints = message, hints


@dataclass(frozen=True, slots=True)
class Reference:
    """Name one figure: whose, which, when."""

    subject: str
    proposal: CostedProposal | None = None
    domain: str | None = None
    figure: Figure = "all"
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


def read_reference(text: str, portfolio: Portfolio, domains: Iterable[str]) -> Reference:
    """Read a reference; raises `UnknownReference` with what could be typed instead."""
    subject, *parts = text.strip().split(".")
    reference = _subject(subject, portfolio, tuple(domains))
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
            kind, reference = _part(reference, part, portfolio)
        if kind in seen:
            raise UnknownReference(_SECOND[kind], say("leave `{part}` out", part=part))
        seen.add(kind)
    return _settle(reference, bool(seen))


_SECOND = {
    "figure": say("a reference names one figure, this one names two"),
    "section": say("a reference names one section, this one names two"),
    "year": say("a reference names one year, this one names two"),
    "estimate": say("a reference names one estimate, this one names two"),
}


def next_parts(text: str, portfolio: Portfolio, domains: Iterable[str]) -> tuple[str, ...]:
    """List what can come after a reference that is complete so far; the subjects after an empty one."""
    if not text:
        return _subjects(portfolio, tuple(domains))
    known = tuple(domains)
    reference = read_reference(text, portfolio, known)
    return tuple(
        part for part in _every_part(reference, portfolio) if _reads(f"{text}.{part}", portfolio, known)
    )


def _reads(text: str, portfolio: Portfolio, domains: tuple[str, ...]) -> bool:
    try:
        read_reference(text, portfolio, domains)
    except UnknownReference:
        return False
    return True


def _subjects(portfolio: Portfolio, domains: tuple[str, ...]) -> tuple[str, ...]:
    return (WHOLE, *domains, *(costed.id for costed in (*portfolio.ready, *portfolio.drafts)))


def _subject(name: str, portfolio: Portfolio, domains: tuple[str, ...]) -> Reference:
    if name == WHOLE:
        return Reference(name)
    every = (*portfolio.ready, *portfolio.drafts)
    for costed in every:
        if name in (costed.id, f"{costed.domain}/{costed.id}"):
            return Reference(name, proposal=costed)
    if name in domains:
        return Reference(name, domain=name)
    subjects = _subjects(portfolio, domains)
    close = nearest(name, subjects)
    contained = [subject for subject in subjects if name and name.lower() in subject][:LISTED]
    meant = _with_words(name, subjects) or ([close] if close else contained) or _with_some(name, subjects)
    if meant:
        hint = say("did you mean {keys}?", keys=quote_all(meant))
    else:
        listed = quote_all(domains)
        hint = say("type `{whole}`, a domain ({domains}) or a proposal's id", whole=WHOLE, domains=listed)
    raise UnknownReference(say("no proposal or domain `{name}`", name=name), hint)


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"\W+|_", name.lower()) if word}


def _with_words(name: str, subjects: Iterable[str]) -> list[str]:
    """List the ids that hold all the words of a name, in any order."""
    words = _words(name)
    return [subject for subject in subjects if words and words <= _words(subject)][:LISTED]


def _with_some(name: str, subjects: Iterable[str]) -> list[str]:
    """List the ids that share the most words with a name, at least half of them; short words link nothing."""
    words = {word for word in _words(name) if len(word) > 2}
    shared = {subject: len(words & _words(subject)) for subject in subjects}
    most = max(shared.values(), default=0)
    return [
        subject for subject, count in shared.items() if most and 2 * most >= len(words) and count == most
    ][:LISTED]


def _line(reference: Reference, collection: str, number: str) -> Reference:
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


def _part(reference: Reference, part: str, portfolio: Portfolio) -> tuple[str, Reference]:
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
    known = [*_every_part(reference, portfolio), *COLLECTIONS]
    begun = [name for name in known if len(part) > 2 and name.startswith(part)]
    close = begun[0] if begun else nearest(part, known)
    raise UnknownReference(
        say("no part `{part}` after `{reference}`", part=part, reference=reference),
        *([say("did you mean {keys}?", keys=quote_all([close]))] if close else []),
        say("after `{id}` can come {parts}", id=reference.subject, parts=_list_parts(reference, portfolio)),
    )


def _list_parts(reference: Reference, portfolio: Portfolio) -> str:
    """List what can come after the subject alone; numbered lines are shown as a span."""
    parts: list[str] = []
    for part in _every_part(reference, portfolio):
        name, _, number = part.partition(".")
        if not number:
            parts.append(f"`{part}`")
        elif number == "1":
            last = len(getattr(reference.proposal.document.value, name)) if reference.proposal else 1
            parts.append(f"`{part}`" if last == 1 else f"`{part}` … `{name}.{last}`")
    return ", ".join(parts)


def _settle(reference: Reference, has_parts: bool) -> Reference:
    """Choose the figure that is meant where none was named, and refuse parts that do not go together."""
    if reference.figure == "all" and (has_parts or reference.subject == WHOLE):
        reference = replace(reference, figure="total")
    refused = None
    if reference.proposal is None and reference.figure in _OF_ONE_PROPOSAL:
        raise UnknownReference(
            say("`{part}` is of one proposal", part=reference.figure), say("begin with the id of a proposal")
        )
    if reference.figure in _WITHOUT_YEAR and reference.year is not None:
        refused = str(reference.year)
    elif reference.figure in QUOTIENTS | {"line"} and reference.section is not None:
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


def _figure_name(reference: Reference) -> str:
    if reference.figure == "line":
        return f"{reference.collection}.{reference.number}"
    return reference.figure


def _every_part(reference: Reference, portfolio: Portfolio) -> tuple[str, ...]:
    """List every part that a reference of this subject can hold, in the order in which a reader meets them."""
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
