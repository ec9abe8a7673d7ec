"""Amounts are read as people write them, kept exactly, and written so that they read back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.money.euros import (
    SCALES,
    SPACES,
    AmbiguousNumber,
    Euros,
    PrintedRange,
    Range,
    UnreadableNumber,
    read_euros,
    read_number,
    round_to,
    write_number,
)
from booklet.text.language import ENGLISH, FRENCH

CENTS = st.integers(0, 10**15 - 1)


def euros(amount: str | int) -> Euros:
    return Euros.of(Decimal(amount))


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    ("pattern", "amount"),
    [
        ("12_000_€", "12000"),
        ("12_000", "12000"),
        ("12000€", "12000"),
        ("1,2_M€", "1200000"),
        ("1.2_M€", "1200000"),
        ("450_k€", "450000"),
        ("450_K€", "450000"),
        ("1,68_Md€", "1680000000"),
        ("12000.50", "12000.50"),
        ("12_000,50_€", "12000.50"),
        ("15_500,5_€", "15500.5"),
        ("_0,75_€_", "0.75"),
        ("1_234_567,89_€", "1234567.89"),
    ],
)
def test_amounts_in_every_written_form(space: str, pattern: str, amount: str) -> None:
    """Every form of FORMAT reads with the ordinary, the non-breaking and the narrow non-breaking space."""
    assert read_euros(pattern.replace("_", space)) == euros(amount)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1,234 M€", "1234000"), ("12,500 k€", "12500"), ("1.005 Md€", "1005000000"), ("0,125 €", "0.125"),
     ("0.500", "0.5")],
)  # fmt: skip
def test_three_decimals_are_plain_with_a_scale_or_after_a_zero(text: str, amount: str) -> None:
    """With k€, M€ or Md€, or after a leading 0, a mark before three digits is decimal."""
    assert read_euros(text) == euros(amount)


@pytest.mark.parametrize(
    ("text", "thousands", "decimal", "values"),
    [
        ("12,500", "12 500", "12,5", ("12500", "12.5")),
        ("12,500 €", "12 500 €", "12,5 €", ("12500", "12.5")),
        ("1.234", "1 234", "1,2340", ("1234", "1.234")),
        ("9,000 €", "9 000 €", "9,0 €", ("9000", "9")),
        ("1 234,567 €", "1 234 567 €", "1 234,5670 €", ("1234567", "1234.567")),
    ],
)
def test_ambiguous_amounts_give_two_readings(
    text: str, thousands: str, decimal: str, values: tuple[str, str]
) -> None:
    """A single mark before three digits is refused, and each proposed reading reads as what it means."""
    with pytest.raises(AmbiguousNumber) as caught:
        read_euros(text)
    assert caught.value.readings == (thousands, decimal)
    assert tuple(read_euros(reading) for reading in caught.value.readings) == tuple(map(euros, values))


@pytest.mark.parametrize(
    "text",
    ["", " ", "€", "12_000", "1.5e6", "1:30", "no", "~", "-5", "−5 €", "12 00 €", "1 2000", "1,2,3",
     "1.234.567", "12 m€", "12  000 €", "12 000 $", "0x1F", "١٢ €", "²", ".5", "5.", "1 000 000 000 000 000",
     "1,0000000001 €", "12\n000"],
)  # fmt: skip
def test_everything_else_is_unreadable(text: str) -> None:
    """What people do not write as an amount is refused, never guessed: YAML's own forms, other digits, absurd sizes."""
    with pytest.raises(UnreadableNumber):
        read_euros(text)


def test_leading_zeros_are_decimal() -> None:
    """`010` is ten, not the octal eight of YAML 1.1."""
    assert read_number("010") == 10


@given(CENTS)
def test_reading_what_was_written_gives_the_same_amount(cents: int) -> None:
    """An amount written in French reads back as the same amount, to the cent."""
    amount = Euros(Fraction(cents, 100))
    assert read_euros(amount.write(FRENCH)) == amount


@given(st.integers(0, 10**6), st.integers(0, 3), st.sampled_from(sorted(SCALES)), st.sampled_from(",."))
def test_typed_numbers_mean_what_their_digits_say(whole: int, places: int, unit: str, mark: str) -> None:
    """Digits, mark and unit alone make the value; three decimals without a scale are the only doubt."""
    decimals = str(whole)[-places:].rjust(places, "0") if places else ""
    text = f"{whole}{mark + decimals if places else ''} {unit}".strip()
    expected = Euros(
        (whole + (Fraction(int(decimals), 10**places) if places else 0)) * Fraction(SCALES[unit])
    )
    if places == 3 and unit in ("", "€") and whole != 0:
        with pytest.raises(AmbiguousNumber):
            read_euros(text)
    else:
        assert read_euros(text) == expected


@given(st.text(max_size=30) | st.from_regex(r"[0-9 .,]{1,12}( ?(k|M|Md)?€)?", fullmatch=True))
def test_any_text_reads_or_is_unreadable(text: str) -> None:
    """No text makes the reader do anything but give an amount that is not negative, or say that it cannot."""
    try:
        amount = read_euros(text)
    except UnreadableNumber:
        return
    assert amount >= Euros.of(0)


@given(CENTS, st.integers(1, 72))
def test_parts_add_up_to_the_whole(cents: int, parts: int) -> None:
    """Splitting loses nothing, whatever the number of parts."""
    amount = Euros(Fraction(cents, 100))
    assert sum((part.value for part in amount.split(parts)), Fraction(0)) == amount.value


@pytest.mark.parametrize(
    ("amount", "step", "printed"),
    [("0.005", "0.01", "0.00"), ("0.015", "0.01", "0.02"), ("500", "1000", "0"), ("1500", "1000", "2000"),
     ("2500", "1000", "2000"), ("2500.01", "1000", "3000")],
)  # fmt: skip
def test_rounding_is_half_to_even(amount: str, step: str, printed: str) -> None:
    """A cell that falls half-way goes to the even neighbour, in cents and in thousands."""
    assert euros(amount).rounded(Decimal(step)) == Decimal(printed)
    assert round_to(Decimal(amount), Decimal(step)) == Decimal(printed)


def test_a_float_is_never_money() -> None:
    """A float is refused before it can lose a cent."""
    with pytest.raises(TypeError):
        Euros.of(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [
        ("1234567.5", "1\u202f234\u202f567,50", "1,234,567.50"),
        ("999", "999", "999"),
        ("1000", "1\u202f000", "1,000"),
        ("-1200", "−1\u202f200", "−1,200"),
        ("0.10", "0,10", "0.10"),
        ("5.000", "5", "5"),
    ],
)
def test_numbers_are_written_by_the_language(number: str, french: str, english: str) -> None:
    """Groups, decimal mark and minus sign follow the language; there are no trailing zeros beyond cents."""
    assert write_number(Decimal(number), FRENCH) == french
    assert write_number(Decimal(number), ENGLISH) == english


def test_ranges_add_estimate_by_estimate() -> None:
    """Low adds to low and high to high; a printed range adds cells that are already rounded."""
    cell = Range(euros("0.5"), euros("1.5"), euros("2.5"))
    assert cell + cell == Range(euros(1), euros(3), euros(5))
    assert cell * Decimal("0.5") == Range(euros("0.25"), euros("0.75"), euros("1.25"))
    printed = cell.rounded(Decimal(1))
    assert printed == PrintedRange(Decimal(0), Decimal(2), Decimal(2))
    assert (printed + printed).central == 4 != (cell + cell).rounded(Decimal(1)).central
    assert not Range.constant(euros(0)) and Range.constant(euros(1))
