"""A page of the portfolio: one chart, the message above it and the tables under it, and how their words are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.tables.money_table import MoneyTable, Write, write_cell, write_compact
from booklet.text.typography import typography

if TYPE_CHECKING:
    from booklet.diagnostics.message import Message
    from booklet.text.language import Language

#: characters of a cell that nine columns hold in the usual size
LONGEST_CELL = 8


@dataclass(frozen=True, slots=True)
class ChartPage:
    """One chart, the sentence that says its message, and the numbers that it draws."""

    message: str
    #: the geometry that the chart's macro draws; None where there is nothing to draw
    chart: object
    tables: tuple[MoneyTable, ...]
    #: words inside the chart
    words: tuple[str, ...] = ()


def set_message(message: Message, language: Language) -> str:
    """Write a message in the typography of its language."""
    return typography(message.text(language), language)


def label_writer(language: Language) -> Write:
    """Return the function that writes the amounts of charts: compact, n.c. where not known."""
    return lambda amount: "n.c." if amount is None else write_compact(amount, language)


def density(table: MoneyTable, language: Language) -> str:
    """Return the CSS class of a table: `dense` where its cells are too long for its columns, else none."""
    cells = [write_cell(cell, table.step, language) for row in table.rows for cell in row.cells]
    return "dense" if max(map(len, cells), default=0) > LONGEST_CELL else ""
