"""Bibliography → the sheet of sources, with the proposals whose lines cite each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.export.cost_rows import (
    all_proposals,
)
from booklet.export.xlsx.sheets import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.content.model.sources import Reference
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.export.xlsx.spreadsheet import Spreadsheet


def write_sources(
    spreadsheet: Spreadsheet, portfolio: Portfolio, references: Mapping[str, Reference]
) -> None:
    """Write one row for each source, in the order of the bibliography."""
    sheet = spreadsheet.add(SOURCES)
    sheet.write_text(0, 0, spreadsheet.say(SOURCES), spreadsheet.title)
    words = (
        say("Id"),
        say("Title"),
        say("Publisher"),
        say("Year"),
        say("Address"),
        say("Read on"),
        say("Lines of"),
    )
    sheet.write_heads(2, [spreadsheet.say(word) for word in words])
    cited = _cited(tuple(costed for _, costed in all_proposals(portfolio)))
    for row, (id, reference) in enumerate(references.items(), 3):
        read = reference.read.isoformat() if reference.read else None
        year = str(reference.year) if reference.year else None
        texts = (
            id,
            reference.title,
            reference.publisher,
            year,
            reference.url,
            read,
            ", ".join(cited.get(id, ())),
        )
        for column, text in enumerate(texts):
            sheet.write_text(row, column, text)
    for column, width in enumerate((28, 60, 30, 8, 60, 12, 40)):
        sheet.sheet.set_column(column, column, width)
    sheet.set_up_page(2, (max(3, 2 + len(references)), 6), frozen_columns=1)


def _cited(proposals: Sequence[CostedProposal]) -> dict[str, tuple[str, ...]]:
    """List the proposals whose lines rest on each source."""
    found: dict[str, dict[str, None]] = {}
    for costed in proposals:
        for line in costed.document.value.all_lines:
            if line.source is not None:
                found.setdefault(line.source, {})[costed.id] = None
    return {source: tuple(ids) for source, ids in found.items()}
