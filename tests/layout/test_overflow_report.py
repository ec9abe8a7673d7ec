"""R106 says which field is longer than its room, by how much, and what else is out of place."""

from __future__ import annotations

from booklet.checks.layout import does_not_fit
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.positions import Position, Span
from booklet.layout.overflow_report import FieldLines, FieldSize, Layout, Misfit, Overflow

FIELDS = ("problem", "costs", "risks")
TOP = Span("a.yaml", Position(1, 1), Position(1, 1))


def place(field: str) -> Span | None:
    """Find a field at the line of its rank; nobody typed the others."""
    if field not in FIELDS:
        return None
    line = FIELDS.index(field) + 2
    return Span("a.yaml", Position(line, 1), Position(line, 8))


def told(layout: Layout, pages: int | None = 2) -> list[tuple[int, str, tuple[str, ...]]]:
    found: list[Diagnostic] = list(does_not_fit(layout, place, TOP, pages))
    assert {one.severity for one in found} <= {Severity.WARNING}
    return [(one.span.start.line, str(one.message), tuple(str(hint) for hint in one.hints)) for one in found]


def test_what_was_only_pushed_is_not_told() -> None:
    """Of a part that takes more than its page, the field that passes its room is told, with what to cut."""
    part = Overflow(98, (FieldSize("problem", 40, 17, 52, 10), FieldSize("costs", 18, 18, 0, 12)))
    assert told(Layout((), (40, 50, 5), overflows=(part,))) == [
        (2, "`problem` does not fit: 10 lines too many", ("shorten it by 10 lines, about 520 characters",))
    ]


def test_fields_side_by_side_are_cut_to_one_height() -> None:
    """A long text is told beside a longer one: cutting one alone would not make room."""
    part = Overflow(
        100,
        (
            FieldSize("problem", 40, 17, 52, 10, ("risks",)),
            FieldSize("risks", 35, 17, 70, 10, ("problem",)),
            FieldSize("costs", 20, 18, 0, 12),
        ),
    )
    assert [found[:2] for found in told(Layout((), (40, 50, 5), overflows=(part,)))] == [
        (2, "`problem` does not fit: 10 lines too many"),
        (4, "`risks` does not fit: 5 lines too many"),
    ]


def test_fields_within_their_room_are_too_much_together() -> None:
    """Where no field passes its room, the one that comes nearest is told; where nobody typed any, the file is."""
    part = Overflow(25, (FieldSize("problem", 10, 17, 52, 10), FieldSize("costs", 18, 18, 0, 12)))
    layout = Layout((), (40, 50, 1), overflows=(part,))
    assert told(layout) == [(3, "`costs` does not fit: 3 lines too many", ("shorten it by 3 lines",))]
    ours = Layout((), (50, 50, 3), overflows=(Overflow(30, (FieldSize("sources", 3, 0, 0, 10),)),))
    assert [found[:2] for found in told(ours)] == [(1, "does not fit its pages: 3 lines too many")]


def test_document_of_any_length_fits() -> None:
    """Without a number of pages nothing is too long; a last page that is all but empty is told."""
    layout = Layout((FieldLines(3, "risks", 2, 90),), (50, 50, 2))
    assert told(layout, None) == [(4, "the last page holds 2 lines", ("shorten it by 2 lines",))]
    assert told(Layout((FieldLines(1, "risks", 2, 90),), (2,)), None) == []


def test_misfits_are_told_once_each() -> None:
    """What is out of place is told once a field and fault, with its first words."""
    layout = Layout(
        misfits=(
            Misfit("too wide", 1, "costs", "armoires"),
            Misfit("too wide", 1, "costs", "carrefours"),
            Misfit("on another text", 2, "", "Sources"),
            Misfit("off the page", 2, "problem", ""),
            Misfit("lonely heading", 1, "risks", "Risques"),
        )
    )
    assert [found[:2] for found in told(layout)] == [
        (3, "`costs` does not fit: `armoires` is wider than its column, on page 1"),
        (1, "`Sources` stands on other words, on page 2"),
        (2, "a picture does not fit page 2"),
        (4, "heading `Risques` is alone at the foot of page 1"),
    ]
