"""Amounts and numbers → strings of the JSON: cents rounded once, totals of rounded cells, inputs exactly as typed."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

from booklet.content.model.proposal import ESTIMATES
from booklet.money.euros import CENT, Euros, PrintedRange, write_plain
from booklet.tables.money_table import add_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from booklet.costs.financing import Financing
    from booklet.costs.portfolio import CostedProposal


CellsByYear = dict[str, dict[str, str]]


def yearly_cents(costed: CostedProposal, section: str) -> tuple[PrintedRange, ...]:
    """Round each year of a section to cents, the finest cells of every export."""
    return tuple(amount.rounded(CENT) for amount in costed.costing.by_section[section])  # type: ignore[index]


def add_cells(cells: Iterable[PrintedRange]) -> PrintedRange:
    """Add rounded cells."""
    return reduce(PrintedRange.__add__, cells, PrintedRange())


def write_optional_years(
    rows: Sequence[tuple[Decimal, ...] | None], years: tuple[int, ...]
) -> dict[str, str | None] | None:
    """Add rows of years; null if one is unknown."""
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    return {str(year): write_sum(row[index] for row in known) for index, year in enumerate(years)}


def write_sum(amounts: Iterable[Decimal | None]) -> str | None:
    """Add rounded cells; null if one is unknown."""
    total = add_known(tuple(amounts))
    return None if total is None else f"{total:.2f}"


def write_own_share(chain: Financing | None) -> str | None:
    """Write the exact own share of the six years, rounded once; null where unknown."""
    own_share = own_share_of(chain) if chain else None
    return None if own_share is None else f"{own_share:.2f}"


def own_share_of(chain: Financing) -> Decimal | None:
    """The own share of the six years in cents; None where unknown."""
    own_share = chain.own_share_total
    return None if own_share is None else own_share.rounded(CENT)


def write_rounded_sum(amounts: Sequence[Euros] | None) -> str | None:
    """Round each amount to cents and add them; null where unknown."""
    found = sum_years(amounts)
    return None if found is None else f"{found:.2f}"


def sum_years(amounts: Sequence[Euros] | None) -> Decimal | None:
    """Round each amount to cents and add them; None where unknown."""
    return None if amounts is None else sum((amount.rounded(CENT) for amount in amounts), Decimal(0))


def write_years(cells: Sequence[PrintedRange], years: Sequence[int]) -> CellsByYear:
    """Write the three estimates of each year."""
    return {str(year): write_range(cell) for year, cell in zip(years, cells, strict=True)}


def write_range(cell: PrintedRange) -> dict[str, str]:
    """Write the three estimates of one amount."""
    return {name: f"{getattr(cell, name):.2f}" for name in ESTIMATES}


def write_rates(values: Mapping[int, Decimal | None]) -> dict[str, str | None]:
    """Write rates of the law by year; null where one is unknown."""
    return {str(year): write_number_exactly(values[year]) for year in sorted(values)}


def write_number_exactly(number: Decimal | None) -> str | None:
    """Write a number without loss; null for None."""
    return None if number is None else write_plain(number)


def write_typed_amount(amount: Euros | None) -> str | None:
    """Write a typed amount, which is finite as a decimal, to the last digit."""
    if amount is None:
        return None
    exact = Decimal(amount.value.numerator) / Decimal(amount.value.denominator)
    return f"{exact:.2f}" if exact == exact.quantize(CENT) else f"{exact:f}"


def write_text_of(value: Any) -> str | None:
    """Write a value as a text; null for None."""
    return None if value is None else str(value)
