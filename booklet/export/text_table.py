"""A table of texts → aligned columns for a terminal, or GitHub Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.text.outside import display_width, escape_markdown, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

#: stands before each row: no line begins with somebody's text
RULE = "│ "


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts; the first column is aligned left, the others right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    #: sentences under the table
    note: str = ""


def write_terminal(tables: Sequence[TextTable]) -> str:
    """Write the tables in aligned columns, control characters of contributors' texts made visible."""
    blocks = []
    for table in tables:
        written = [table.head, *table.rows] if any(table.head) else list(table.rows)
        rows = [tuple(map(visible, row)) for row in written]
        widths = [max(display_width(row[column]) for row in rows) for column in range(len(table.head))]
        lines = [
            RULE
            + "  ".join(
                cell + " " * (width - display_width(cell))
                if index == 0 or not any(table.head)
                else " " * (width - display_width(cell)) + cell
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        blocks.append("\n".join([visible(table.title), "", *lines, *_under(visible(table.note))]))
    return "\n\n".join(blocks) + "\n"


def write_markdown(tables: Sequence[TextTable]) -> str:
    """Write the tables as GitHub Markdown; no text of a contributor can become markup."""
    blocks = []
    for table in tables:
        rule = ["---", *("---:" for _ in table.head[1:])]
        rows = [table.head, rule, *table.rows]
        lines = [
            "| " + " | ".join(escape_markdown(cell) if row is not rule else cell for cell in row) + " |"
            for row in rows
        ]
        title, note = escape_markdown(table.title), escape_markdown(table.note)
        blocks.append("\n".join([f"**{title}**", "", *lines, *_under(note)]))
    return "\n\n".join(blocks) + "\n"


def _under(note: str) -> tuple[str, ...]:
    return ("", note) if note else ()
