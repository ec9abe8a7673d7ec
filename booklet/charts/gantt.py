"""Phases → the bars, years and marks of a proposal's timeline.

Labels are wrapped here, because SVG text does not wrap. Bars differ by fill and outline as well as by shade, so that
the timeline reads in grey.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from booklet.model import Phase, Proposal
from booklet.term import Month, Term

#: Works and roll-out are what citizens see; before is preparation, after is use.
Stage = Literal["preparation", "delivery", "use"]
_STAGES: dict[str, Stage] = {
    "study": "preparation",
    "procurement": "preparation",
    "works": "delivery",
    "rollout": "delivery",
    "operation": "use",
    "evaluation": "use",
}


#: of a phase's name on one line
_LABEL_CHARACTERS = 44
#: points that the longest pair of months takes, and between them and the bar
_NOTE_WIDTH, _NOTE_GAP = 92.0, 4.0


@dataclass(frozen=True, slots=True)
class Tick:
    """Mark the start of a year; lengths in points."""

    year: int
    x: float
    width: float
    is_budget_year: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """Draw one phase; lengths in points."""

    phase: Phase
    stage: Stage
    label: tuple[str, ...]
    y: float
    height: float
    x: float
    width: float
    #: where the months stand: right of the bar, left of it, or on it where neither side has room
    note_x: float
    note_side: Literal["right", "left", "inside"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """Mark one month; lengths in points."""

    month: Month
    x: float
    #: Whether the words stand left of the mark, for lack of room on the right.
    is_late: bool


@dataclass(frozen=True, slots=True)
class Gantt:
    """Hold the timeline of one proposal over the term; lengths in points."""

    width: float
    height: float
    plot_x: float
    plot_y: float
    plot_height: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    decision: Milestone | None
    opening: Milestone | None


def lay_out_gantt(
    proposal: Proposal, term: Term, *, width: float = 493.2, label_width: float = 186.0
) -> Gantt:
    """Place the phases whose months are known on an axis from T0 to the end of the last budget year.

    The opening is the end of the last works or roll-out. A phase outside the term is cut at its edge: the
    rules have reported it already.
    """
    line, head, foot, gap = 9.4, 15.0, 15.0, 5.6
    first, last = term.start, term.end
    per_month = (width - label_width - 5) / (last.ordinal - first.ordinal + 1)

    def place(month: Month) -> float:
        position = min(max(month.ordinal, first.ordinal), last.ordinal + 1) - first.ordinal
        return round(label_width + position * per_month, 2)

    bars: list[Bar] = []
    y = head + gap / 2
    for phase in proposal.timeline:
        if phase.period is None:
            continue
        label = tuple(textwrap.wrap(phase.label or "", _LABEL_CHARACTERS)) or ("",)
        height = line * len(label)
        x, end = place(phase.period.start), place(phase.period.end.plus(1))
        stage = _STAGES[phase.kind or "works"]
        bar_width = round(max(end - x, 2.0), 2)
        bars.append(
            Bar(
                phase,
                stage,
                label,
                round(y, 2),
                round(height, 2),
                x,
                bar_width,
                *_place_note(x, bar_width, label_width, width),
            )
        )
        y += height + gap
    plot_height = round(y - head, 2)
    ticks = tuple(
        Tick(
            year,
            place(Month(year, 1)),
            round(place(Month(year + 1, 1)) - place(Month(year, 1)), 2),
            term.bears_money(year),
        )
        for year in range(first.year, last.year + 1)
    )
    opening = opening_month(proposal.timeline)
    opening_x = place(opening.plus(1)) if opening else None
    decision_x = place(proposal.decision) if proposal.decision else None
    room = 100.0  # for the words beside a mark
    crowded = decision_x is not None and opening_x is not None and 0 <= opening_x - decision_x < room
    return Gantt(
        width=width,
        height=round(head + plot_height + foot, 2),
        plot_x=label_width,
        plot_y=head,
        plot_height=plot_height,
        ticks=ticks,
        bars=tuple(bars),
        decision=(
            Milestone(proposal.decision, decision_x, crowded or decision_x > width - room)
            if proposal.decision and decision_x is not None
            else None
        ),
        opening=(
            Milestone(opening.plus(1), opening_x, opening_x > width - room)
            if opening and opening_x is not None
            else None
        ),
    )


def _place_note(
    x: float, width: float, first: float, last: float
) -> tuple[float, Literal["right", "left", "inside"]]:
    """Choose where a bar's months stand between the edges of the plot."""
    if x + width + _NOTE_WIDTH <= last:
        return round(x + width + _NOTE_GAP, 2), "right"
    if width < _NOTE_WIDTH and x - _NOTE_WIDTH >= first:
        return round(x - _NOTE_GAP, 2), "left"
    return round(x + _NOTE_GAP, 2), "inside"


def opening_month(timeline: Sequence[Phase]) -> Month | None:
    """Give the last month of works or roll-out, after which citizens have the use of it."""
    ends = [phase.end for phase in timeline if phase.end and phase.kind in {"works", "rollout"}]
    return max(ends) if ends else None
