"""Printed amounts → rows and tables, and how their cells are written.

A table's cells are rounded once, to the unit it prints, and its totals are sums of printed cells, so that a
reader who adds up a column finds the total that is printed under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from booklet.diagnostics.message import Message, say
from booklet.money.euros import round_to, sum_cells, write_number
from booklet.text.language import NO_BREAK_SPACE, Language

MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1_000)
MINUS = "\N{MINUS SIGN}"
#: the units of compact amounts, the smallest first: precision, limit that a rounded amount stays below, unit
_COMPACT = (
    (Decimal(1), 10 * THOUSAND, Decimal(1), "€"),
    (THOUSAND, MILLION, THOUSAND, "k€"),
    (MILLION / 100, 10 * MILLION, MILLION, "M€"),
    (MILLION / 10, 100 * MILLION, MILLION, "M€"),
    (MILLION, None, MILLION, "M€"),
)

#: function that writes an amount for a label, n.c. where it is not known
Write = Callable[[Decimal | None], str]

#: `group` is a heading inside the table, `name` one of the rows under it, `part` such a row, `faint` a row that only
#: qualifies the one above it, `fixed` one whose missing cells do not exist, as the percentiles of a fixed price.
Kind = Literal["row", "group", "name", "part", "subtotal", "total", "faint", "fixed", "outside"]


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One row: a heading and its printed cells, in euros; None is an unknown amount, never 0.

    A row that is `outside` the years has an amount in the strong column only.
    """

    label: str
    cells: tuple[Decimal | None, ...] = ()
    kind: Kind = "row"
    #: Source of the amount, printed under the label: one line of Markdown.
    note: str = ""
    #: Anchor that the label links to, of the private scheme `proposal:`.
    target: str = ""


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """A table of amounts: one heading per column, the first over the rows' labels."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[MoneyRow, ...]
    #: What one unit of the printed cells is worth, in euros: 1 or 1000.
    step: Decimal = THOUSAND
    #: Indexes of the cells that stand out (the central estimate, the total).
    strong: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            assert row.kind in ("group", "name") or len(row.cells) == len(self.columns) - 1, (
                f"ragged row {row.label!r}"
            )

    def split(self, most: int) -> tuple[MoneyTable, ...]:
        """Split a table of more rows than `most` before rows that name something, so that pages are laid out apart."""
        starts = [0]
        for index, row in enumerate(self.rows):
            follows_group = index > 0 and self.rows[index - 1].kind == "group"
            if index - starts[-1] >= most and row.kind in ("group", "name") and not follows_group:
                starts.append(index)
        ends = (*starts[1:], len(self.rows))
        return tuple(
            replace(self, rows=self.rows[start:end]) for start, end in zip(starts, ends, strict=True)
        )


@dataclass(frozen=True, slots=True)
class FundingRow:
    """One row of a financing plan, in words ready to print."""

    label: str
    form: str
    status: str
    #: Of the gross cost that the plan funds; None on rows without a share.
    share: Decimal | None
    amount: Decimal | None
    kind: Kind = "row"


@dataclass(frozen=True, slots=True)
class FundingPlan:
    """The financing plan of a proposal, own share and total included."""

    caption: str
    rows: tuple[FundingRow, ...]
    #: what one unit of the printed cells is worth, in euros: that of the fiche
    step: Decimal


def add_cells(rows: Iterable[Sequence[Decimal | None]]) -> tuple[Decimal | None, ...]:
    """Add printed cells column by column; an amount unknown in one row is unknown in the sum."""
    return tuple(add_known(column) for column in zip(*rows, strict=True))


def add_known(cells: Sequence[Decimal | None]) -> Decimal | None:
    """Add printed cells; None while one of them is not known."""
    known = [cell for cell in cells if cell is not None]
    return sum_cells(known) if len(known) == len(cells) else None


def write_cell(amount: Decimal | None, step: Decimal, language: Language) -> str:
    """Write a printed cell in units of `step`; an unknown amount is `n.c.`, never 0."""
    return "n.c." if amount is None else write_number(amount / step, language)


def write_compact(amount: Decimal, language: Language) -> str:
    """Write an amount with the unit a reader remembers: `1,8 M€`, `450 k€`, `900 €`.

    The precision falls with the size: three figures from a million on, whole thousands above ten thousand. The unit is
    that of the rounded amount: 999 500 € are `1 M€`.
    """
    choices = ((round_to(amount, step), limit, unit, name) for step, limit, unit, name in _COMPACT)
    rounded, _, unit, name = next(one for one in choices if one[1] is None or abs(one[0]) < one[1])
    whole, _, decimals = f"{(abs(rounded) / unit).normalize():f}".partition(".")
    text = write_number(Decimal(whole), language) + (language.decimal_mark + decimals if decimals else "")
    return f"{MINUS if rounded < 0 else ''}{text}{NO_BREAK_SPACE}{name}"


def year_columns(language: Language) -> tuple[str, str]:
    """Return the headings of the two columns after the years."""
    return say("Total").text(language), say("Then, a year").text(language)


def with_total(cells: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Append the sum of the printed years to them."""
    return (*cells, sum_cells(cells))


def name_unit(step: Decimal) -> Message:
    """Name the unit of a table's cells."""
    return say("in euros") if step == 1 else say("in thousands of euros")
