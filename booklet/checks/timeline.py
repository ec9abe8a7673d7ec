"""Family T: phases, decisions and dependencies in an order that can happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from booklet.checks.context import Context, money_lines, phase_cycles
from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import span_of
from booklet.content.model.proposal import BUILDING, Phase
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.money.calendar import Month

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.fields import KeyPath
    from booklet.content.model.proposal import CostLine
    from booklet.content.proposal_files import ProposalDocument

#: kinds of phases that come before building
PREPARING = frozenset({"study", "procurement"})


@for_each_proposal
@rule("T101", "phase-outside-term", Severity.ERROR)
def phase_outside_term(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A phase starts before T0, or ends after December of the last budget year.

    Why
        The councils that would carry the proposal sit from T0 on; what ends after the term is not done in six years.

    Fails
        # term: {start: 2020-07, years: 2021-2026}
        end: 2027-03

    Passes
        end: 2026-12

    Source
        `docs/format.md`, "Rules of time and money"; CPB, Keuzes in kaart (a measure starts when it can be carried out).
    """
    term = context.term
    if term is None:
        return
    for index, phase in enumerate(document.value.timeline):
        if _is_reversed(phase):
            continue
        for end, month in (("start", phase.start), ("end", phase.end)):
            if month is None or document.is_broken("timeline", index, end):
                continue
            verb = say("starts") if end == "start" else say("ends")
            if month < term.start:
                yield phase_outside_term.at(
                    span_of(document, "timeline", index, end),
                    say(
                        "phase {verb} in {month}, before T0 in {start}",
                        verb=verb,
                        month=month,
                        start=term.start,
                    ),
                    say("write `{month}` or later", month=term.start),
                )
            elif month > term.end:
                yield phase_outside_term.at(
                    span_of(document, "timeline", index, end),
                    say(
                        "phase {verb} in {month}, after the term ends in {end}",
                        verb=verb,
                        month=month,
                        end=term.end,
                    ),
                    say("write `{month}` or earlier", month=term.end),
                )


def _is_reversed(phase: Phase) -> bool:
    return phase.start is not None and phase.end is not None and phase.end < phase.start


@for_each_proposal
@rule("T102", "phase-reversed", Severity.ERROR)
def phase_reversed(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A phase ends before it starts; or what recurs stops before it begins.

    Why
        The two months were swapped, or one year was mistyped, and the cost of the phase falls nowhere.

    Fails
        start: 2022-09
        end: 2021-10

    Passes
        start: 2021-10
        end: 2022-09

    Source
        Arithmetic: months are whole, both ends are included.
    """
    for index, phase in enumerate(document.value.timeline):
        if _is_reversed(phase):
            yield phase_reversed.at(
                span_of(document, "timeline", index, "end"),
                say("phase ends in {end}, before it starts in {start}", end=phase.end, start=phase.start),
                related=(Label(span_of(document, "timeline", index, "start"), say("it starts here")),),
            )
    for group, index, line in money_lines(document):
        recurs = line.recurs
        if recurs is None or recurs.start is None or recurs.until is None or recurs.until >= recurs.start:
            continue
        yield phase_reversed.at(
            span_of(document, group, index, "recurs", "until"),
            say("the line stops in {end}, before it starts in {start}", end=recurs.until, start=recurs.start),
            related=(Label(span_of(document, group, index, "recurs", "from"), say("it starts here")),),
        )


@for_each_proposal
@rule("T103", "phase-order", Severity.ERROR)
def phase_order(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A phase starts before one that it comes `after` has ended, or works start before their study or procurement.

    A phase may start in the very month in which the other ends.

    Why
        Nothing is built before it is designed and contracted; a calendar that says so is a promise that will slip.

    Fails
        - {id: etude, kind: study, start: 2021-01, end: 2021-09}
        - {id: travaux, kind: works, start: 2021-03, end: 2022-06}

    Passes
        - {id: etude, kind: study, start: 2021-01, end: 2021-09}
        - {id: travaux, kind: works, start: 2021-09, end: 2022-06}

    Source
        UK HM Treasury, Green Book (optimism bias in durations); CPB, Keuzes in kaart (phasing in).
    """
    phases = document.value.timeline
    index_by_id = {
        phase.id: index for index, phase in reversed(list(enumerate(phases))) if phase.id is not None
    }
    in_cycle = {phase_id for cycle in phase_cycles(document.value) for phase_id in cycle}
    for index, phase in enumerate(phases):
        if phase.period is None:
            continue
        after = {
            index_by_id[phase_id]
            for phase_id in phase.after
            if phase_id in index_by_id and not {phase_id, phase.id} <= in_cycle
        }
        if phase.kind in BUILDING:
            after |= {other for other, earlier in enumerate(phases) if earlier.kind in PREPARING}
        for other in sorted(after - {index}):
            earlier = phases[other].period
            if earlier is None or phase.period.start >= earlier.end:
                continue
            yield phase_order.at(
                span_of(document, "timeline", index, "start"),
                say(
                    "starts in {start}, before `{other}` ends in {end}",
                    start=phase.period.start,
                    other=phases[other].id or phases[other].label or other + 1,
                    end=earlier.end,
                ),
                say("write `{month}` or later", month=earlier.end),
                related=(Label(span_of(document, "timeline", other, "end"), say("it ends here")),),
            )


@for_each_proposal
@rule("T104", "spending-before-decision", Severity.ERROR)
def spending_before_decision(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Works, equipment or a roll-out are paid before the month of the decision that authorises them.

    Studies may come first. A line spread by units per year counts from January, and is reported only where its whole
    year lies before the year of the decision.

    Why
        Credits are voted before they are spent: a commitment without a deliberation is void.

    Fails
        decision: 2021-10
        timeline: [{id: travaux, kind: works, start: 2021-07, end: 2022-06}]
        costs: [{nature: works, spread: travaux}]

    Passes
        decision: 2021-06
        timeline: [{id: travaux, kind: works, start: 2021-07, end: 2022-06}]
        costs: [{nature: works, spread: travaux}]

    Source
        CGCT art. L2311-3 (the authorisation of a programme comes before its payments).
    """
    decision = document.value.decision
    if decision is None:
        return
    phases = document.value.phases_by_id
    reported: set[str] = set()
    for index, line in enumerate(document.value.costs):
        phase = phases.get(line.spread) if isinstance(line.spread, str) else None
        if document.is_broken("costs", index) or not _is_building(line, phase):
            continue
        payment = _first_payment(line, phase)
        if payment is None or payment.month >= decision:
            continue
        if isinstance(line.spread, str):
            if line.recurs is None and line.spread in reported:
                continue
            reported.add(line.spread)
        path: KeyPath = ("costs", index, *payment.path)
        yield spending_before_decision.at(
            document.key_span(*path) if payment.is_by_year else span_of(document, *path),
            say(
                "spending from {month}, before the decision in {decision}",
                month=payment.month.year if payment.is_by_year else payment.month,
                decision=decision,
            ),
            say("start it in {decision} or later", decision=decision),
            related=(Label(span_of(document, "decision"), say("the decision stands here")),),
        )


def _is_building(line: CostLine, phase: Phase | None) -> bool:
    """Check whether a line, spread over a phase or not, pays for works, equipment or a roll-out."""
    kind = phase.kind if phase else None
    return kind in BUILDING or (kind != "study" and line.nature in ("works", "equipment"))


class _Payment(NamedTuple):
    """The first payment of a line; where only the year is known, its last month, before which nothing is certain."""

    month: Month
    #: path of the key that sets the month, below the line
    path: tuple[str, ...]
    is_by_year: bool = False


def _first_payment(line: CostLine, phase: Phase | None) -> _Payment | None:
    if line.units_by_year is not None:
        key, years = "spread" if line.recurs is None else "recurs", line.units_by_year
        year = min((year for year, units in years.items() if units), default=None)
        return None if year is None else _Payment(Month(year, 12), (key, str(year)), is_by_year=True)
    if line.recurs is not None:
        return _Payment(line.recurs.first, ("recurs", "from")) if line.recurs.first else None
    return _Payment(phase.period.start, ("spread",)) if phase and phase.period else None
