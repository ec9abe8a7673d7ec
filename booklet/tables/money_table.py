"""Printed amounts → rows and tables, and how their cells are written.

A table's cells are rounded once, to the unit it prints, and its totals are sums of printed cells, so that a
reader who adds up a column finds the total that is printed under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from booklet.diagnostics.message import say
from booklet.money.euros import round_to, sum_cells, write_number
from booklet.text.language import NO_BREAK_SPACE, Language

MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1_000)

#: function that writes an amount for a label, n.c. where it is not known
Write = Callable[[Decimal | None], str]

#: `group` is a heading inside the table, `name` one of the rows under it, `part` such a row, `faint` a row that only
#: qualifies the one above it.
Kind = Literal["row", "group", "name", "part", "subtotal", "total", "faint"]


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One row: a heading and its printed cells, in euros; None is an unknown amount, never 0."""

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
    """The financing plan of a proposal, own share and total included, in thousands of euros."""

    caption: str
    rows: tuple[FundingRow, ...]


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

    The precision falls with the size: three figures from a million on, whole thousands above ten thousand.
    """
    size = abs(amount)
    if size >= MILLION:
        step = MILLION / 100 if size < 10 * MILLION else MILLION / 10 if size < 100 * MILLION else MILLION
        number = (round_to(amount, step) / MILLION).normalize()
        whole, _, decimals = f"{abs(number):f}".partition(".")
        text = write_number(Decimal(whole), language) + (language.decimal_mark + decimals if decimals else "")
        return f"{'−' if number < 0 else ''}{text}{NO_BREAK_SPACE}M€"
    if size >= 10 * THOUSAND:
        return f"{write_number(round_to(amount, THOUSAND) / THOUSAND, language)}{NO_BREAK_SPACE}k€"
    return f"{write_number(round_to(amount, Decimal(1)), language)}{NO_BREAK_SPACE}€"


def year_columns(language: Language) -> tuple[str, str]:
    """Return the headings of the two columns after the years."""
    return say("Total").text(language), say("Then, a year").text(language)


def with_total(cells: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Append the sum of the printed years to them."""
    return (*cells, sum_cells(cells))
