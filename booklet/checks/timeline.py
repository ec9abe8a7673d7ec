"""Family T: phases, decisions and dependencies in an order that can happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.context import Context, money_lines, phase_cycles, phases_by_id
from booklet.checks.places import place
from booklet.content.model.proposal import BUILDING, Phase
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.money.calendar import Month

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.proposal_files import ProposalDocument

#: phases that prepare what is built
PREPARING = frozenset({"study", "procurement"})


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
        FORMAT, "Rules of time and money"; CPB, Keuzes in kaart (a measure starts when it can be carried out).
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
                    place(document, "timeline", index, end),
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
                    place(document, "timeline", index, end),
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


@rule("T102", "phase-reversed", Severity.ERROR)
def phase_reversed(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
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
                place(document, "timeline", index, "end"),
                say("phase ends in {end}, before it starts in {start}", end=phase.end, start=phase.start),
                related=(Label(place(document, "timeline", index, "start"), say("it starts here")),),
            )
    for group, index, line in money_lines(document):
        recurs = line.recurs
        if recurs is None or recurs.start is None or recurs.until is None or recurs.until >= recurs.start:
            continue
        yield phase_reversed.at(
            place(document, group, index, "recurs", "until"),
            say("the line stops in {end}, before it starts in {start}", end=recurs.until, start=recurs.start),
            related=(Label(place(document, group, index, "recurs", "from"), say("it starts here")),),
        )


@rule("T103", "phase-order", Severity.ERROR)
def phase_order(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
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
    waiting_for_themselves = {phase_id for cycle in phase_cycles(document.value) for phase_id in cycle}
    for index, phase in enumerate(phases):
        if phase.period is None:
            continue
        after = {
            index_by_id[phase_id]
            for phase_id in phase.after
            if phase_id in index_by_id and not {phase_id, phase.id} <= waiting_for_themselves
        }
        if phase.kind in BUILDING:
            after |= {other for other, earlier in enumerate(phases) if earlier.kind in PREPARING}
        for other in sorted(after - {index}):
            earlier = phases[other].period
            if earlier is None or phase.period.start >= earlier.end:
                continue
            yield phase_order.at(
                place(document, "timeline", index, "start"),
                say(
                    "starts in {start}, before `{other}` ends in {end}",
                    start=phase.period.start,
                    other=phases[other].id or phases[other].label or other + 1,
                    end=earlier.end,
                ),
                say("write `{month}` or later", month=earlier.end),
                related=(Label(place(document, "timeline", other, "end"), say("it ends here")),),
            )


@rule("T104", "spending-before-decision", Severity.ERROR)
def spending_before_decision(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
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
    phases = phases_by_id(document)
    told: set[str] = set()
    for index, line in enumerate(document.value.costs):
        if document.is_broken("costs", index):
            continue
        phase = phases.get(line.spread) if isinstance(line.spread, str) else None
        kind = phase.kind if phase else None
        if kind == "study" or not (line.nature in ("works", "equipment") or kind in BUILDING):
            continue
        month: Month | None = None
        path: tuple[str, ...] = ("spread",)
        if line.recurs is not None:
            month, path = line.recurs.start, ("recurs", "from")
        elif isinstance(line.spread, dict):
            paid = [year for year, units in line.spread.items() if units]
            if paid and min(paid) < decision.year:
                month, path = Month(min(paid), 1), ("spread", str(min(paid)))
        elif phase is not None and phase.period is not None and line.spread not in told:
            month = phase.period.start
        if month is None or month >= decision:
            continue
        if isinstance(line.spread, str):
            told.add(line.spread)
        by_year = isinstance(line.spread, dict) and line.recurs is None
        span = document.key_span("costs", index, *path) if by_year else place(document, "costs", index, *path)
        yield spending_before_decision.at(
            span,
            say(
                "spending from {month}, before the decision in {decision}",
                month=month.year if by_year else month,
                decision=decision,
            ),
            say("start it in {decision} or later", decision=decision),
            related=(Label(place(document, "decision"), say("the decision stands here")),),
        )
