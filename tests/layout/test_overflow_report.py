"""R106 says which field is too long, by how much, and what else is out of place."""

from __future__ import annotations

from booklet.checks.layout import does_not_fit
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.positions import Position, Span
from booklet.layout.overflow_report import FieldLines, Layout, Misfit

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


def test_field_after_the_last_page_is_told_with_what_to_cut() -> None:
    """Lines after the second page are told at their field, with the lines and about the characters to take out."""
    layout = Layout((FieldLines(1, "problem", 40, 3000), FieldLines(3, "risks", 5, 387)), (40, 50, 5))
    assert told(layout) == [
        (
            4,
            "`risks` does not fit: 5 lines too many",
            ("shorten it by 5 lines, about 390 characters", "the longest is `problem`, 40 lines"),
        )
    ]


def test_several_fields_are_told_with_their_total() -> None:
    """Each field that stands after the last page is told with its own lines, over all its pages, and the total."""
    layout = Layout(
        (
            FieldLines(3, "costs", 1, 0),
            FieldLines(3, "risks", 4, 300),
            FieldLines(4, "risks", 2, 100),
            FieldLines(4, "", 3, 90),
        ),
        (50, 50, 5, 4),
    )
    total = "in all, 9 lines stand after page 2"
    assert told(layout) == [
        (3, "`costs` does not fit: 1 line too many", ("shorten it by 1 line", total)),
        (
            4,
            "`risks` does not fit: 6 lines too many",
            ("shorten it by 6 lines, about 400 characters", total),
        ),
    ]


def test_lines_that_nobody_typed_are_told_of_the_whole() -> None:
    """When only words of ours stand after the last page, the file is told."""
    layout = Layout((FieldLines(3, "sources", 3, 90),), (50, 50, 3))
    assert [found[:2] for found in told(layout)] == [(1, "does not fit its pages: 3 lines too many")]


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
