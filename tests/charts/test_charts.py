"""Charts stay inside their frame and colours stay readable, whatever the edition asks for."""

from hypothesis import given
from hypothesis import strategies as st

from booklet.charts.gantt import GanttWords, lay_out_gantt
from booklet.charts.lettering import text_width
from booklet.content.model.proposal import Phase, Proposal, opening_month
from booklet.layout.palette import ENOUGH_CONTRAST, contrast, make_palette
from booklet.money.calendar import Month, Term

TERM = Term(Month(2020, 7), 2021)
months = st.builds(Month, st.integers(2018, 2029), st.integers(1, 12))
phases = st.builds(
    lambda kind, label, one, other: Phase.model_construct(
        id="p", kind=kind, label=label, start=min(one, other), end=max(one, other), after=()
    ),
    st.sampled_from(["study", "procurement", "works", "rollout", "operation", "evaluation"]),
    st.text(max_size=150),
    months,
    months,
)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_ink_of_any_colour_can_be_read(colour: str) -> None:
    """Text in a domain's ink is readable on white and on the domain's tint."""
    palette = make_palette(colour)
    assert contrast(palette.ink, "#ffffff") >= ENOUGH_CONTRAST
    assert contrast(palette.ink, palette.tint) >= ENOUGH_CONTRAST


WORDS = GanttWords(
    lambda phase: f"{phase.kind}, {phase.start} – {phase.end}",
    lambda month: f"Décision · {month}",
    lambda month: f"Mise en service · {month}",
)


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21 to 1, and #767676 on white is just enough."""
    assert round(contrast("#000000", "#ffffff"), 6) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@given(st.lists(phases, max_size=8), st.none() | months)
def test_everything_lies_inside_the_frame(timeline: list[Phase], decision: Month | None) -> None:
    """Bars and marks stay between the labels and the right edge, and bars do not overlap."""
    proposal = Proposal.model_construct(timeline=tuple(timeline), decision=decision)
    chart = lay_out_gantt(proposal, TERM, WORDS)
    bottom = chart.plot_y
    for bar in chart.bars:
        assert chart.plot_x <= bar.x and bar.x + bar.width <= chart.width
        assert bar.y >= bottom
        bottom = bar.y + bar.height
    assert bottom <= chart.plot_y + chart.plot_height <= chart.height
    for mark in (chart.decision, chart.opening):
        assert mark is None or chart.plot_x <= mark.x <= chart.width


def test_opening_follows_the_last_works() -> None:
    """What is built is in use the month after the last works or roll-out, not after the study."""
    proposal = Proposal.model_validate(
        {
            "timeline": [
                {"id": "a", "label": "A", "kind": "study", "start": "2021-01", "end": "2026-12"},
                {"id": "b", "label": "B", "kind": "works", "start": "2021-01", "end": "2022-06"},
                {"id": "c", "label": "C", "kind": "rollout", "start": "2021-01", "end": "2022-03"},
            ]
        }
    )
    assert opening_month(proposal.timeline) == Month(2022, 6)
    chart = lay_out_gantt(proposal, TERM, WORDS)
    assert chart.opening is not None and chart.opening.month == Month(2022, 7)


@given(st.lists(phases, max_size=8), st.none() | months)
def test_words_of_the_marks_never_touch(timeline: list[Phase], decision: Month | None) -> None:
    """Decision and opening have their words side by side, or one under the other where there is no room."""
    proposal = Proposal.model_construct(timeline=tuple(timeline), decision=decision)
    chart = lay_out_gantt(proposal, TERM, WORDS)
    if chart.decision is None or chart.opening is None or chart.decision.row != chart.opening.row:
        return
    spans = []
    for mark in (chart.decision, chart.opening):
        reach = 6 + text_width(mark.words, bold=True)
        spans.append((mark.x - reach, mark.x + 3.6) if mark.is_left else (mark.x - 3.6, mark.x + reach))
    assert spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0]
    assert all(start >= 0 and end <= chart.width for start, end in spans)


@given(st.lists(phases, max_size=8))
def test_notes_of_the_bars_stay_in_the_plot(timeline: list[Phase]) -> None:
    """A bar's months stand beside it or on it, and do not leave the plot where it is wide enough for them."""
    proposal = Proposal.model_construct(timeline=tuple(timeline), decision=None)
    chart = lay_out_gantt(proposal, TERM, WORDS)
    for bar in chart.bars:
        width = text_width(bar.note, 7.4)
        start = bar.note_x - width if bar.note_side == "left" else bar.note_x
        assert start >= chart.plot_x - 0.02
        assert start + width <= chart.width + 0.02 or width > bar.width


@given(st.lists(phases, max_size=8), st.none() | months)
def test_no_mark_runs_through_the_words_of_a_bar(timeline: list[Phase], decision: Month | None) -> None:
    """The line of a mark goes down the plot and stops at the rows whose note it would cross."""
    proposal = Proposal.model_construct(timeline=tuple(timeline), decision=decision)
    chart = lay_out_gantt(proposal, TERM, WORDS)
    for mark in filter(None, (chart.decision, chart.opening)):
        for bar in chart.bars:
            width = text_width(bar.note, 7.4)
            start = bar.note_x - width if bar.note_side == "left" else bar.note_x
            is_crossed = start - 1 <= mark.x <= start + width + 1
            middle = bar.y + bar.height / 2
            assert is_crossed != any(first < middle < last for first, last in mark.line)


def test_marks_at_the_end_have_their_words_on_two_rows() -> None:
    """A decision shortly before an opening at the end of the term finds no place beside it."""
    timeline = [{"id": "b", "label": "B", "kind": "works", "start": "2026-08", "end": "2026-11"}]
    proposal = Proposal.model_validate({"decision": "2026-07", "timeline": timeline})
    chart = lay_out_gantt(proposal, TERM, WORDS)
    assert chart.decision is not None
    assert chart.opening is not None
    assert (chart.decision.row, chart.opening.row) == (1, 0)
    assert (chart.decision.is_left, chart.opening.is_left) == (True, True)


def test_marks_close_together_have_words_on_either_side() -> None:
    """The words of a decision go to its left when those of the opening need the right."""
    timeline = [{"id": "b", "label": "B", "kind": "works", "start": "2021-01", "end": "2021-02"}]
    proposal = Proposal.model_validate({"decision": "2020-10", "timeline": timeline})
    chart = lay_out_gantt(proposal, TERM, WORDS)
    assert chart.decision is not None and chart.opening is not None
    assert (chart.decision.is_left, chart.opening.is_left) == (True, False)
