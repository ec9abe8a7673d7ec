"""Charts draw what the tables print: sums, places, words that do not run into each other, and grey that can be read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from booklet.chapters.chart_page import label_writer
from booklet.charts.axis import LinearAxis, LogarithmicAxis, are_apart, round_step, spread
from booklet.charts.curve import Note, lay_out_curve
from booklet.charts.domain import lay_out_ruler, lay_out_years
from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import text_width, wrap_text
from booklet.charts.ranges import Item, lay_out_ranges
from booklet.charts.spending import Series, lay_out_spending
from booklet.charts.staircase import YEARS_AFTER, lay_out_staircase
from booklet.charts.tornado import Cause, lay_out_tornado
from booklet.charts.waterfall import Step, lay_out_waterfall
from booklet.layout.palette import ENOUGH_CONTRAST, PAPER, contrast, make_palette, text_on
from booklet.layout.theme import read_theme
from booklet.money.euros import sum_cells
from booklet.text.language import FRENCH
from tests.samples.commands import ROOT

WRITE = label_writer(FRENCH)
YEARS = tuple(range(2021, 2027))

#: whole thousands, up to 12 digits
amounts = st.integers(0, 999_999_999).map(lambda thousands: Decimal(thousands) * 1000)
maybe = st.none() | amounts
colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
names = st.text("abcdefghijéàç lmnopqrstuvwxyz", min_size=1, max_size=90)
estimates = st.lists(amounts, min_size=3, max_size=3).map(lambda three: tuple(sorted(three)))
items = st.builds(
    Item,
    names,
    st.sampled_from(["A", "B"]),
    colours,
    colours,
    st.none() | estimates,
)
uplifted_items = st.builds(
    lambda item, times: replace(item, uplifted=item.estimate[1] * times if item.estimate and times else None),
    items,
    st.sampled_from([None, 3]),
)


def series(group: list[list[Decimal | None]]) -> list[Series]:
    return [Series(f"Domaine {index}", "#1b627d", tuple(row)) for index, row in enumerate(group)]


groups = st.lists(st.lists(maybe, min_size=6, max_size=6), min_size=1, max_size=12)


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("face", "bold"), [("Regular", False), ("Semibold", True)])
def test_widths_are_those_of_the_font(face: str, bold: bool) -> None:
    """French text is as wide as the font says, and no letter is wider than is reckoned but by a hair."""
    font = TTFont(ROOT / "templates" / "fonts" / f"BookletSans-{face}.ttf")
    widths, letters = font["hmtx"], font.getBestCmap()
    for code, glyph in letters.items():
        if code >= 0x20 and not 0x300 <= code < 0x370:
            assert text_width(chr(code), 1000, bold=bold) >= widths[glyph][0] - 30, hex(code)
    french = "".join(map(chr, range(0x20, 0x7F))) + "àâçéèêëîïôùûüœæÀÂÇÉÈÊËÎÏÔÙÛÜŒÆ«»’–—…€°×−·\u00a0\u202f"
    assert all(text_width(each, 1000, bold=bold) == widths[letters[ord(each)]][0] for each in french)


@given(names, st.floats(20, 200), st.integers(1, 3))
def test_wrapped_text_fits(text: str, width: float, lines: int) -> None:
    """No line is wider than its column, and what is cut says so."""
    wrapped = wrap_text(text, width, lines=lines)
    assert len(wrapped) <= lines
    assert all(text_width(line) <= width for line in wrapped)
    assert " ".join(wrapped) == text or any(line.endswith("…") for line in wrapped)


# --- axes ------------------------------------------------------------------------------------------------------------


@given(st.lists(amounts | amounts.map(lambda amount: -amount), max_size=8))
def test_linear_axis_holds_everything(given_amounts: list[Decimal]) -> None:
    """Every amount lies between the ends, which are round, and marks are evenly apart."""
    axis = LinearAxis.over(given_amounts, 0, 100)
    assert all(0 <= axis.place(amount) <= 100 for amount in (*given_amounts, Decimal(0)))
    assert axis.marks[0].amount == axis.first and axis.marks[-1].amount == axis.last
    assert 1 <= len(axis.marks) - 1 <= 6
    assert round_step(axis.step) == axis.step


@given(st.lists(amounts, max_size=8))
def test_logarithmic_axis_holds_everything(given_amounts: list[Decimal]) -> None:
    """Every amount above 0 lies inside, equal factors are equally far, and written marks do not touch."""
    axis = LogarithmicAxis.over(given_amounts, 0, 300)
    assert all(0 <= axis.place(amount) <= 300 for amount in given_amounts)
    assert axis.first < axis.last
    double = axis.place(axis.first * 2)
    assert axis.last < axis.first * 4 or axis.place(axis.first * 4) - double == pytest.approx(
        double, abs=0.02
    )
    assert are_apart(axis.marks(WRITE), WRITE)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12).map(sorted))
def test_spread_labels_keep_their_order(wanted: list[float]) -> None:
    """Labels stay between the bounds, in order, and a gap apart where there is room for all."""
    places = spread(wanted, 9, 0, 100)
    assert all(0 <= place <= 100 for place in places)
    gap = min(9, 100 / max(len(wanted) - 1, 1))
    assert all(b - a >= gap - 0.02 for a, b in pairwise(places))


# --- spending by year ------------------------------------------------------------------------------------------------


@given(groups, groups, st.none() | amounts)
def test_columns_are_the_sums_of_the_table(
    investment: list[list[Decimal | None]], operation: list[list[Decimal | None]], yardstick: Decimal | None
) -> None:
    """A column is as high as its printed amounts together, and says n.c. when one of them is not known."""
    chart = lay_out_spending(YEARS, [("I", series(investment)), ("F", series(operation))], yardstick, WRITE)
    if chart is None:
        assert not any(cell for row in (*investment, *operation) for cell in row)
        return
    for panel in chart.panels:
        rows = investment if panel.title == "I" else operation
        drawn = [row for row in rows if any(cell != 0 for cell in row)]
        for index, column in enumerate(panel.columns):
            cells = [row[index] for row in drawn]
            assert [segment.amount for segment in column.segments] == [cell for cell in cells if cell]
            height = sum(segment.height for segment in column.segments)
            assert panel.base - column.top == pytest.approx(height, abs=0.1)
            assert column.label == WRITE(None if None in cells else sum_cells(cell for cell in cells if cell))
            assert column.top >= panel.top - 0.1 and column.x + column.width <= chart.plot_end
        assert all(b.y - a.y >= 9.3 for a, b in pairwise(panel.labels))
        assert all(
            chart.plot_end + 26 + text_width(label.name, bold=True) <= TEXT_WIDTH for label in panel.labels
        )
        assert all(
            text_width(f"{label.name} ", bold=True) + text_width(label.total) + chart.plot_end + 26
            <= TEXT_WIDTH
            for label in panel.labels
            if label.is_short
        )


@given(colours)
def test_words_on_a_bar_can_be_read(colour: str) -> None:
    """Whatever colour a domain has, the amount on its bar is readable, and so is white on its opener."""
    assert contrast(text_on(colour), colour) >= ENOUGH_CONTRAST
    assert contrast(PAPER, make_palette(colour).field) >= ENOUGH_CONTRAST


def test_fixed_colours_can_be_read() -> None:
    """Both inks are readable on white, and the bars of no domain stand out from it."""
    theme = read_theme(ROOT / "templates")
    inks = (theme[name] for name in ("ink", "ink_soft", "domain"))
    assert min(contrast(ink, theme["paper"]) for ink in inks) >= ENOUGH_CONTRAST


def test_neighbours_are_parted_by_a_line() -> None:
    """Stacked parts may be of one shade of grey: each has a white outline, and names stand in its order."""
    macro = (ROOT / "templates" / "macros" / "charts" / "spending.html").read_text("utf-8")
    assert 'fill="{{ segment.colour }}" stroke="{{ theme.paper }}" stroke-width="0.8"' in macro
    rows: list[list[Decimal | None]] = [[Decimal(1000 * (index + 1))] * 6 for index in range(3)]
    chart = lay_out_spending(YEARS, [("I", series(rows))], None, WRITE)
    assert chart is not None
    assert [label.name for label in chart.panels[0].labels] == ["Domaine 2", "Domaine 1", "Domaine 0"]


def test_a_long_name_is_written_whole() -> None:
    """The columns leave their names the room that they need, on one line with their total too."""
    name = "Formation et inclusion numérique"
    named = [Series(name, "#56430f", (Decimal(3_770_000),) * 6), *series([[Decimal(1000)] * 6] * 6)]
    chart = lay_out_spending(YEARS, [("I", named), ("F", named)], None, WRITE)
    assert chart is not None
    assert all(name in [label.name for label in panel.labels] for panel in chart.panels)


# --- from gross to net -----------------------------------------------------------------------------------------------


@given(st.tuples(amounts, amounts, amounts, amounts), st.booleans())
def test_waterfall_ends_where_the_table_does(given_amounts: tuple[Decimal, ...], is_known: bool) -> None:
    """Each bar starts where the one before ended, and after an amount that nobody knows there is no bar."""
    gross, vat, back, funded = given_amounts
    steps = [
        Step("Brut", "sum", (gross,)),
        Step("TVA", "plus", (vat if is_known else None,)),
        Step("TVA récupérée", "minus", (-back,)),
        Step("Cofinancement", "acquis", (-funded,)),
        Step("Net", "sum", (gross + vat - back - funded if is_known else None,)),
    ]
    chart = lay_out_waterfall(["Investissement"], steps, WRITE)
    if chart is None:
        assert is_known and not any(given_amounts)
        return
    bars = {row.name[0]: row.bars[0] for row in chart.rows}
    assert all(bar.label_x + text_width(bar.label, bold=True) <= TEXT_WIDTH + 0.1 for bar in bars.values())
    if not is_known:
        assert bars["TVA"].width is None and bars["TVA"].label == bars["Net"].label == "n.c."
        assert all(bar.width is None for name, bar in bars.items() if name != "Brut")
        return
    zero = chart.panels[0][1]
    net = bars["Net"]
    assert net.ends == pytest.approx(list(bars.values())[-2].ends, abs=0.02)
    assert (net.width or 0) == pytest.approx(abs((net.ends or 0) - zero), abs=0.03)


# --- after the term --------------------------------------------------------------------------------------------------


@given(st.lists(st.none() | estimates, min_size=6, max_size=6), st.none() | estimates)
def test_stairs_go_on_after_the_term(costs: list[object], after: object) -> None:
    """Every year of the term has its stair, then the same one is repeated; what is not known has none."""
    chart = lay_out_staircase(YEARS, costs, after, WRITE)  # type: ignore[arg-type]
    if chart is None:
        return
    assert [stair.year for stair in chart.stairs] == list(range(2021, 2027 + YEARS_AFTER))
    for stair, estimate in zip(chart.stairs, [*costs, *[after] * YEARS_AFTER], strict=True):
        assert (stair.label == "n.c.") == (estimate is None)
        assert stair.height is None or 0 <= stair.height <= chart.base
        assert stair.x + stair.width <= TEXT_WIDTH + 0.1 and stair.label_y >= 10
    assert len({(stair.y, stair.label) for stair in chart.stairs[6:]}) == 1


# --- one ruler -------------------------------------------------------------------------------------------------------


@given(st.lists(uplifted_items, min_size=1, max_size=60))
def test_every_proposal_is_on_the_ruler(given_items: list[Item]) -> None:
    """Each proposal has one row, on as many charts as it takes; rows do not overlap and words stay inside."""
    charts = lay_out_ranges(given_items, WRITE)
    if not charts:
        assert not any(high for item in given_items if item.estimate for high in item.estimate)
        return
    assert sum(len(chart.rows) for chart in charts) == len(given_items)
    for chart in charts:
        assert chart.height <= 645 + 30
        for upper, lower in pairwise(chart.rows):
            assert lower.y - upper.y >= 4.7 * (len(upper.name) + len(lower.name))
        for row in chart.rows:
            assert row.label_x + text_width(row.label, bold=True) <= TEXT_WIDTH
            assert all(text_width(line) <= chart.plot_x - 4 for line in row.name)
            assert row.ends is None or chart.plot_x <= row.ends[0] <= row.ends[1] <= row.ends[2]
            assert row.uplifted is None or (row.ends and row.ends[1] <= row.uplifted < row.label_x)
            assert row.ends is not None or row.label in ("n.c.", "0\N{NO-BREAK SPACE}€")


@given(st.lists(items, min_size=1, max_size=80), st.lists(items, max_size=20))
def test_ruler_of_a_domain_keeps_to_its_room(own: list[Item], others: list[Item]) -> None:
    """A domain's ruler is never higher than its room, whatever the number of proposals; those left out are counted."""
    chart = lay_out_ruler(own, others, WRITE)
    if chart is None:
        return
    assert chart.height <= 310 + 10
    assert len(chart.rows) + chart.left_out == len(own)
    assert len(chart.others) == sum(1 for item in others if item.estimate and item.estimate[1] > 0)
    for upper, lower in pairwise(chart.rows):
        assert lower.y - upper.y >= 9.4 * max(len(upper.name), len(lower.name))


@given(st.lists(maybe, min_size=6, max_size=6), st.lists(maybe, min_size=6, max_size=6))
def test_years_of_a_domain_share_one_scale(one: list[Decimal | None], other: list[Decimal | None]) -> None:
    """Bars of both sections are as high as their amounts, on one scale, and their words do not touch."""
    chart = lay_out_years(YEARS, [("I", one), ("F", other)], WRITE)
    if chart is None:
        assert not any(cell != 0 for cell in (*one, *other))
        return
    highest = max((cell for cell in (*one, *other) if cell), default=Decimal(1))
    for section in chart.sections:
        cells = one if section.title == "I" else other
        for bar, cell in zip(section.bars, cells, strict=True):
            height = float((cell or 0) / highest) * 120
            assert (bar.height or 0) == pytest.approx(height, abs=0.02)
            assert (bar.label == "n.c.") == (cell is None)
        for left, right in pairwise(section.bars):
            assert (text_width(left.label, 7.4) + text_width(right.label, 7.4)) / 2 <= right.x - left.x + 4


# --- how sure it is --------------------------------------------------------------------------------------------------


@given(st.lists(amounts, min_size=5, max_size=5, unique=True).map(sorted))
def test_curve_rises(quantiles: list[Decimal]) -> None:
    """The curve rises to the right inside its frame, and its marks lie on it."""
    probabilities = [Decimal(part) / 100 for part in (1, 25, 50, 80, 99)]
    pairs = list(zip(probabilities, quantiles, strict=True))
    notes = [Note(*pairs[2], "P50 : 12,3 M€"), Note(*pairs[3], "P80 : 12,3 M€")]
    chart = lay_out_curve(pairs, notes, WRITE)
    assert chart is not None
    assert all(a[0] <= b[0] and a[1] >= b[1] for a, b in pairwise(chart.points))
    assert all(chart.plot_x <= x <= TEXT_WIDTH and chart.top <= y <= chart.base for x, y in chart.points)
    assert [(note.x, note.y) for note in chart.noted] == [chart.points[2], chart.points[3]]
    for note in chart.noted:
        edge = note.x - 10 - note.words_width if note.is_late else note.x + 10 + note.words_width
        assert 0 <= edge <= TEXT_WIDTH
    assert are_apart(chart.x_marks, WRITE)
    assert lay_out_curve([(Decimal("0.01"), Decimal(5)), (Decimal("0.99"), Decimal(5))], [], WRITE) is None


@given(st.lists(st.tuples(names, amounts, amounts), max_size=8))
def test_tornado_is_as_wide_as_its_amounts(given_causes: list[tuple[str, Decimal, Decimal]]) -> None:
    """Bars go left and right of the central sum in proportion, and their words stay on the page."""
    causes = [Cause(name, "12 %", -down, up) for name, down, up in given_causes]
    chart = lay_out_tornado(causes, WRITE)
    if chart is None:
        assert not any(cause.up or cause.down for cause in causes)
        return
    widest = max(max(cause.up, -cause.down) for cause in causes)
    longest = max(max(swing.up_width, swing.down_width) for swing in chart.swings)
    for cause, swing in zip(causes, chart.swings, strict=True):
        assert swing.up_width == pytest.approx(longest * float(cause.up / widest), abs=0.05)
        assert swing.down_width == pytest.approx(longest * float(-cause.down / widest), abs=0.05)
        assert swing.x - 4 - text_width(swing.down) >= chart.share_x
        assert chart.middle + swing.up_width + 4 + text_width(swing.up) <= TEXT_WIDTH
