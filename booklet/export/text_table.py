"""A table of texts → aligned columns for a terminal, or GitHub Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.diagnostics.reporters.visible import measure

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts; the first column is aligned left, the others right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    #: sentences under the table
    note: str = ""


def display_width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    return sum(cell.width for cell in measure(text))


def write_terminal(tables: Sequence[TextTable]) -> str:
    """Write the tables in aligned columns."""
    blocks = []
    for table in tables:
        rows = [table.head, *table.rows] if any(table.head) else list(table.rows)
        widths = [max(display_width(row[column]) for row in rows) for column in range(len(table.head))]
        lines = [
            "  ".join(
                cell + " " * (width - display_width(cell))
                if index == 0 or not any(table.head)
                else " " * (width - display_width(cell)) + cell
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        blocks.append("\n".join([table.title, "", *lines, *_under(table.note)]))
    return "\n\n".join(blocks) + "\n"


def write_markdown(tables: Sequence[TextTable]) -> str:
    """Write the tables as GitHub Markdown; no text of a contributor can become markup."""
    blocks = []
    for table in tables:
        rule = ["---", *("---:" for _ in table.head[1:])]
        rows = [table.head, rule, *table.rows]
        lines = [
            "| " + " | ".join(_escape(cell) if row is not rule else cell for cell in row) + " |"
            for row in rows
        ]
        blocks.append("\n".join([f"**{_escape(table.title)}**", "", *lines, *_under(_escape(table.note))]))
    return "\n\n".join(blocks) + "\n"


def _under(note: str) -> tuple[str, ...]:
    return ("", note) if note else ()


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#&@~])", r"\\\1", text)
