"""Amounts are written as a reader expects them."""

from decimal import Decimal

import pytest

from booklet.tables.money_table import Kind, MoneyRow, MoneyTable, write_cell, write_compact
from booklet.text.language import ENGLISH, FRENCH


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0\u00a0€"),
        ("900", "900\u00a0€"),
        ("9999.5", "10\u00a0k€"),
        ("450000", "450\u00a0k€"),
        ("1234567", "1,23\u00a0M€"),
        ("2300000", "2,3\u00a0M€"),
        ("28784000", "28,8\u00a0M€"),
        ("432000000", "432\u00a0M€"),
        ("1680000000", "1\u202f680\u00a0M€"),
        ("-2300000", "−2,3\u00a0M€"),
    ],
)
def test_compact_amounts(amount: str, written: str) -> None:
    """An amount keeps the figures that a reader remembers, in euros, thousands or millions."""
    assert write_compact(Decimal(amount), FRENCH) == written


def test_compact_amount_in_english() -> None:
    """English has a decimal point."""
    assert write_compact(Decimal(1_230_000), ENGLISH) == "1.23\u00a0M€"


def test_unknown_is_never_zero() -> None:
    """A cell that nobody knows says so."""
    assert write_cell(None, Decimal(1000), FRENCH) == "n.c."
    assert write_cell(Decimal(0), Decimal(1000), FRENCH) == "0"
    assert write_cell(Decimal(1_200_000), Decimal(1000), FRENCH) == "1\u202f200"


def test_ragged_table_is_refused() -> None:
    """A row with a missing cell is a fault of ours, not a hole on the page."""
    with pytest.raises(AssertionError, match="ragged"):
        MoneyTable("c", ("a", "b", "c"), (MoneyRow("r", (Decimal(1),)),))


def test_long_table_is_split_before_names() -> None:
    """Parts hold every row in its order, and a name or a group stands with what comes under it."""
    names: list[Kind] = ["name", "part", "part"]
    kinds: list[Kind] = ["group", *names * 5, "subtotal", "group", *names[:2], "subtotal", "total"]
    rows = tuple(
        MoneyRow(str(index), () if kind in ("group", "name") else (None,), kind=kind)
        for index, kind in enumerate(kinds)
    )
    table = MoneyTable("caption", ("name", "2020"), rows)
    parts = table.split(4)
    assert tuple(row for part in parts for row in part.rows) == rows
    assert [part.rows[0].kind for part in parts] == ["group", "name", "name", "group"]
    assert table.split(100) == (table,)
