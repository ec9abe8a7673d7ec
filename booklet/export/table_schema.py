"""Tables of a data package: their fields as Table Schema describes them, and their rows as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.text.outside import write_csv_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.diagnostics.message import Message
    from booklet.text.language import Language

CsvValue = str | int | Decimal | Fraction | None


@dataclass(frozen=True, slots=True)
class TableField:
    """A field descriptor of Table Schema; `unit`, an extension, is the currency of amounts."""

    name: str
    title: Message
    type: str = "string"
    required: bool = False
    enum: tuple[str, ...] = ()
    unit: str | None = None

    def describe(self, language: Language) -> dict[str, object]:
        """Write the field descriptor."""
        constraints: dict[str, object] = {"required": True} if self.required else {}
        if self.enum:
            constraints["enum"] = list(self.enum)
        return {
            "name": self.name,
            "title": self.title.text(language),
            "type": self.type,
            **({"unit": self.unit} if self.unit else {}),
            **({"constraints": constraints} if constraints else {}),
        }


@dataclass(frozen=True, slots=True)
class Resource:
    """One table: its fields, keys and rows; `foreign_keys` maps a column to the table whose `id` it refers to."""

    name: str
    title: Message
    columns: tuple[TableField, ...]
    primary_key: tuple[str, ...]
    foreign_keys: Mapping[str, str]
    rows: tuple[tuple[CsvValue, ...], ...]

    def write(self) -> bytes:
        """Write the CSV (RFC 4180, UTF-8)."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(column.name for column in self.columns)
        writer.writerows([_write_cell(cell) for cell in row] for row in self.rows)
        return buffer.getvalue().encode()

    def describe(self, data: bytes, language: Language) -> dict[str, object]:
        """Write the resource descriptor of the CSV that was written."""
        return {
            "name": self.name,
            "title": self.title.text(language),
            "path": f"{self.name}.csv",
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "schema": {
                "fields": [column.describe(language) for column in self.columns],
                "missingValues": [""],
                "primaryKey": list(self.primary_key),
                "foreignKeys": [
                    {"fields": column, "reference": {"resource": resource, "fields": "id"}}
                    for column, resource in self.foreign_keys.items()
                ],
            },
        }


def _write_cell(cell: CsvValue) -> str:
    """Write a text as CSV has it, and a number exactly, with a point and no exponent."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return write_csv_text(cell)
    if isinstance(cell, Fraction):
        # typed by an author, hence finite as a decimal
        cell = Decimal(cell.numerator) / Decimal(cell.denominator)
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
