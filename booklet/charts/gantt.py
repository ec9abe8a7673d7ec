"""Phases → the bars, years and marks of a proposal's timeline.

Labels are wrapped here, because SVG text does not wrap. Bars differ by fill and outline as well as by shade, so that
the timeline reads in grey.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import text_width, wrap_text
from booklet.content.model.proposal import Phase, Proposal, opening_month
from booklet.money.calendar import Month, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


#: sizes of the words, and points between words and what they name
_NOTE_SIZE, _MARK_SIZE, _NOTE_GAP, _MARK_GAP = 7.4, 8.0, 4.0, 6.0
Side = Literal["right", "left", "inside"]


@dataclass(frozen=True, slots=True)
class GanttWords:
    """The functions that write the words of a timeline, in the language of the booklet."""

    #: beside a bar: its kind and its months
    note: Callable[[Phase], str]
    #: under the axis, from the month of the mark
    decision: Callable[[Month], str]
    opening: Callable[[Month], str]


@dataclass(frozen=True, slots=True)
class Tick:
    """The start of a year; lengths in points."""

    year: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one phase; lengths in points."""

    phase: Phase
    stage: Stage
    label: tuple[str, ...]
    y: float
    height: float
    x: float
    width: float
    #: kind and months; right of the bar, on it or left of it, where there is room
    note: str
    note_x: float
    note_side: Side


@dataclass(frozen=True, slots=True)
class Milestone:
    """The mark of one month; lengths in points."""

    month: Month
    x: float
    words: str
    #: whether the words stand left of the mark
    is_left: bool
    #: 0 right under the axis, 1 under the words of the other mark
    row: int = 0
    #: stretches of its line over the plot, which stops at the notes that it would cross
    line: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Gantt:
    """The timeline of one proposal over the term; lengths in points."""

    width: float
    height: float
    plot_x: float
    plot_y: float
    plot_height: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    decision: Milestone | None
    opening: Milestone | None


def lay_out_gantt(proposal: Proposal, term: Term, words: GanttWords) -> Gantt:
    """Place the phases whose months are known on an axis from T0 to the end of the last budget year.

    The opening is the end of the last works or roll-out. A phase outside the term is cut at its edge: the
    rules have reported it already.
    """
    label_width, line, head, foot, gap = 186.0, 9.4, 15.0, 15.0, 5.6
    first, last = term.start, term.end
    per_month = (TEXT_WIDTH - label_width - 5) / (last.ordinal - first.ordinal + 1)

    def place(month: Month) -> float:
        position = min(max(month.ordinal, first.ordinal), last.ordinal + 1) - first.ordinal
        return round(label_width + position * per_month, 2)

    bars: list[Bar] = []
    y = head + gap / 2
    for phase in proposal.timeline:
        if phase.period is None:
            continue
        label = wrap_text(phase.label or "", label_width - _MARK_GAP, bold=True, lines=3) or ("",)
        height = line * len(label)
        x, end = place(phase.period.start), place(phase.period.end.plus(1))
        stage = _STAGES[phase.kind or "works"]
        bar_width = round(max(end - x, 2.0), 2)
        note = words.note(phase)
        note_x, side = _place_note(x, bar_width, text_width(note, _NOTE_SIZE), label_width, TEXT_WIDTH)
        bars.append(Bar(phase, stage, label, round(y, 2), round(height, 2), x, bar_width, note, note_x, side))
        y += height + gap
    plot_height = round(y - head, 2)
    ticks = tuple(
        Tick(
            year,
            place(Month(year, 1)),
            round(place(Month(year + 1, 1)) - place(Month(year, 1)), 2),
        )
        for year in range(first.year, last.year + 1)
    )
    last_works = opening_month(proposal.timeline)
    decision, opening = _place_marks(
        (proposal.decision, words.decision),
        (last_works.plus(1) if last_works else None, words.opening),
        place,
        TEXT_WIDTH,
    )
    decision, opening = (mark and _draw_line(mark, bars, head, gap) for mark in (decision, opening))
    rows = 1 + max((mark.row for mark in (decision, opening) if mark), default=0)
    return Gantt(
        width=TEXT_WIDTH,
        height=round(head + plot_height + foot + (rows - 1) * line, 2),
        plot_x=label_width,
        plot_y=head,
        plot_height=plot_height,
        ticks=ticks,
        bars=tuple(bars),
        decision=decision,
        opening=opening,
    )


def _place_note(left: float, width: float, words: float, first: float, last: float) -> tuple[float, Side]:
    """Choose where a bar's note stands between the edges of the plot: right of it, on it, left of it."""
    room = words + _NOTE_GAP
    if left + width + room <= last:
        return round(left + width + _NOTE_GAP, 2), "right"
    if room + _NOTE_GAP <= width or left - room < first:
        return round(left + _NOTE_GAP, 2), "inside"
    return round(left - _NOTE_GAP, 2), "left"


def _draw_line(mark: Milestone, bars: Sequence[Bar], top: float, gap: float) -> Milestone:
    """Draw the line of a mark down the plot, row by row, with gaps where it would cross a note."""
    stretches: list[tuple[float, float]] = []
    for bar in bars:
        words = text_width(bar.note, _NOTE_SIZE)
        start = bar.note_x - words if bar.note_side == "left" else bar.note_x
        bottom = round(bar.y + bar.height + gap / 2, 2)
        if not start - 1 <= mark.x <= start + words + 1:
            begins = stretches.pop()[0] if stretches and stretches[-1][1] == top else top
            stretches.append((begins, bottom))
        top = bottom
    return replace(mark, line=tuple(stretches))


def _place_marks(
    decision: tuple[Month | None, Callable[[Month], str]],
    opening: tuple[Month | None, Callable[[Month], str]],
    place: Callable[[Month], float],
    width: float,
) -> tuple[Milestone | None, Milestone | None]:
    """Place the words of both marks so that they do not overlap; the decision's one row below if need be."""
    first, second = (
        None if month is None else (month, place(month), write(month)) for month, write in (decision, opening)
    )
    if first is None or second is None:
        return _mark(first, width), _mark(second, width)
    sides = ((left, right) for right in (False, True) for left in (False, True))
    for is_left, opening_is_left in sides:
        spans = _span(*first[1:], is_left=is_left), _span(*second[1:], is_left=opening_is_left)
        inside = all(start >= 0 and end <= width for start, end in spans)
        if inside and (spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0]):
            return Milestone(*first, is_left), Milestone(*second, opening_is_left)
    below, mark = _mark(first, width), _mark(second, width)
    assert below is not None, "both marks are known here"
    return replace(below, row=1), mark


def _mark(known: tuple[Month, float, str] | None, width: float) -> Milestone | None:
    if known is None:
        return None
    return Milestone(*known, is_left=_span(*known[1:], is_left=False)[1] > width)


def _span(x: float, words: str, *, is_left: bool) -> tuple[float, float]:
    """Compute the left and right ends of a mark with its words."""
    reach = _MARK_GAP + text_width(words, _MARK_SIZE, bold=True)
    return (x - reach, x + _MARK_GAP) if is_left else (x - _MARK_GAP, x + reach)
