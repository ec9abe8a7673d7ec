"""Rows of a workbook → the lines of the proposals that they show, wherever rows or lines were moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_unknown_row
from booklet.diagnostics.message import say
from booklet.export.workbook_rows import KEY, formula_without_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.model.fields import KeyPath
    from booklet.content.model.proposal import CostLine
    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.export.workbook_rows import WorkbookRow

#: what tells a line from every other: the id of its proposal, the key of its list, its index from 0
LineKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proposal: the key of its list, and its index from 0."""

    document: ProposalDocument
    group: str
    index: int

    @property
    def value(self) -> CostLine:
        """The line as it was read."""
        line: CostLine = getattr(self.document.value, self.group)[self.index]
        return line

    @property
    def key(self) -> LineKey:
        """What tells the line from every other."""
        return self.document.id, self.group, self.index

    def path(self, *steps: str) -> KeyPath:
        """The path of a value of the line, from the root of its file."""
        return (self.group, self.index, *steps)


def find_line(
    row: WorkbookRow,
    by_id: Mapping[str, ProposalDocument],
    keys: dict[tuple[str, str], set[int]],
    diagnostics: list[Diagnostic],
) -> Line | None:
    """Find the line of a row by its key, or by its label where lines were moved; add the key to `keys`."""
    uncomputed = [key for key in ("key", "label") if key in row.formulas and key not in row.cells]
    if uncomputed:
        diagnostics += formula_without_value(row, uncomputed[0])
        return None
    key = KEY.fullmatch(str(row.cells.get("key", "")))
    label = fold(row.cells.get("label"))
    if key is None:
        message = say("this row is no line of a proposal: {label}", label=label or "-")
        diagnostics += workbook_unknown_row(
            row.span, message, say("add the line to the file of its proposal")
        )
        return None
    document = by_id.get(key["id"])
    if document is None:
        message = say("no proposal `{id}`", id=key["id"])
        diagnostics += workbook_unknown_row(
            row.span, message, say("delete this row, or export the workbook again")
        )
        return None
    lines = getattr(document.value, key["group"])
    index = int(key["index"])
    keys.setdefault((key["id"], key["group"]), set()).add(index)
    if index < len(lines) and fold(lines[index].label) == label:
        return Line(document, key["group"], index)
    named = [place for place, line in enumerate(lines) if fold(line.label) == label]
    if len(named) == 1:
        return Line(document, key["group"], named[0])
    message = say("`{id}` has no line `{label}`", id=document.id, label=label)
    diagnostics += workbook_unknown_row(
        row.span, message, say("delete this row, or export the workbook again")
    )
    return None


def fold(text: object) -> str:
    """A text as cells hold it: on one line."""
    return "" if text is None else " ".join(str(text).split())
