"""X101–X103: changes in a workbook that cannot be written to the files; `costs import` calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from booklet.diagnostics.positions import Span


@rule("X101", "workbook-conflict", Severity.ERROR)
def workbook_conflict(
    span: Span, here: str, exported: Decimal | None, changed: Decimal
) -> Iterator[Diagnostic]:
    """A number was changed in the workbook, and in the file since the workbook was made.

    Why
        Two people changed the same figure: taking either would silently lose the other.

    Fails
        # exported as 12 000, changed to 13 000 in the workbook
        unit_cost: 12 500 €

    Passes
        # exported as 12 000, changed to 13 000 in the workbook
        unit_cost: 12 000 €

    Source
        `costs import`: a figure is written only over the figure that was exported.
    """
    was = "-" if exported is None else exported
    yield workbook_conflict.at(
        span,
        say("`{here}` here, {new} in the workbook, exported as {old}", here=here, new=changed, old=was),
        say("write `{new}` here if the workbook is right, or put `{here}` there", new=changed, here=here),
    )


@rule("X102", "workbook-unknown-row", Severity.ERROR)
def workbook_unknown_row(span: Span, message: Message, *hints: Message) -> Iterator[Diagnostic]:
    """A row of the workbook is no line of the proposals, or a line has no row or two.

    Lines are found by the hidden key of their row and by their label, whatever sheet, row or column they were moved to.
    A line that was taken out of its file, given another label, or added in the workbook cannot be told from a slip. A
    line without a row is a warning where it may have been added to its file since the export; so are rows, columns and
    sheets, beside the lines, that are gone or new. A file that is no .xlsx workbook, or one without its hidden names,
    is told too.

    Why
        What was typed there would silently be lost.

    Fails
        # a row added in the workbook under the line `Armoire`
        - label: Armoire

    Passes
        # the same line, added in the file of the proposal
        - label: Armoire
        - label: Pose

    Source
        `costs import` changes quantities and unit costs of lines that exist.
    """
    yield workbook_unknown_row.at(span, message, *hints)


@rule("X103", "workbook-bad-value", Severity.ERROR)
def workbook_bad_value(span: Span, message: Message, *hints: Message) -> Iterator[Diagnostic]:
    """A change in the workbook cannot be written in the file.

    It is not a number, it is negative, it has no place in the file, or it would break the line: low above central, or
    units by year that do not add up to the quantity; it is a formula that no program computed; or it is no quantity and
    no unit cost, which alone come back: a unit, a VAT rate, a price basis, an amount or a formula in the place of a
    formula, and, as a warning, any cell of the other sheets: totals, FCTVA rates, financing plan, sources.

    Why
        The file would no longer say what the workbook shows.

    Fails
        # low and high changed in the workbook, where the file holds one amount
        unit_cost: 12 000 €

    Passes
        # low and high changed in the workbook, where the file holds three
        unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}

    Source
        `docs/format.md`, "A proposal".
    """
    yield workbook_bad_value.at(span, message, *hints)
