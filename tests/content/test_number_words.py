"""Numbers that are written in words are proposed in digits."""

from __future__ import annotations

import pytest

from booklet.content.amount_hints import hint_number, hint_price
from booklet.content.number_words import in_digits
from booklet.money.euros import read_number


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("douze", "12"),
        ("Vingt et un capteurs", "21 capteurs"),
        ("soixante-dix-sept", "77"),
        ("quatre-vingts", "80"),
        ("quatre-vingt-dix-neuf euros", "99 euros"),
        ("cent vingt", "120"),
        ("deux cents", "200"),
        ("mille deux cent trois", "1 203"),
        ("trois cent mille", "300 000"),
        ("deux millions cinq cent mille euros", "2 500 000 euros"),
        ("une dizaine de bornes", "10 bornes"),
        ("trois douzaines d'œufs", "36 œufs"),
        ("twenty-five", "25"),
        ("three hundred and ten", "310"),
        ("12 capteurs", "12 capteurs"),
        ("à chiffrer", "à chiffrer"),
        ("", ""),
        ("cent " * 2_500, "cent " * 2_500),
    ],
)
def test_number_at_the_start_is_written_in_digits(text: str, digits: str) -> None:
    """Its words are added up; a text that begins otherwise stays."""
    assert in_digits(text) == digits


def test_hints_have_digits() -> None:
    """A quantity, an amount and a price with its tax are proposed as they are typed."""
    hints = (
        *hint_number("environ une dizaine d'armoires", read_number),
        *hint_price("dix mille euros"),
        *hint_price("deux mille cinq cents euros TTC"),
    )
    assert [str(hint) for hint in hints] == [
        "write `10`",
        "write `10 000 €`",
        "write `2 500 €`, and `price: ttc` in the same line of cost",
    ]
