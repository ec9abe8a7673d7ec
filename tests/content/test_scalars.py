"""Each kind of scalar reads from its raw text, and says what to type when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from booklet.content import scalars
from booklet.money.calendar import Month
from booklet.money.euros import Euros

READERS = [
    scalars.read_text,
    scalars.read_slug,
    scalars.read_money,
    scalars.read_quantity,
    scalars.read_correlation,
    scalars.read_percent,
    scalars.read_month,
    scalars.read_day,
    scalars.read_year,
    scalars.read_budget_years,
    scalars.read_whole_number,
    scalars.read_signed_number,
    scalars.read_colour,
    scalars.read_web_address,
]
Reader = Callable[[object], object]


def refuse(read: Reader, raw: object) -> tuple[str, list[str]]:
    """The code and the hints of a refusal."""
    with pytest.raises(PydanticCustomError) as caught:
        read(raw)
    context = caught.value.context or {}
    return context["code"], [str(hint) for hint in context["hints"]]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (scalars.read_text, " no ", " no "),
        (scalars.read_slug, "a-1", "a-1"),
        (scalars.read_slug, "010", "010"),
        (scalars.read_slug, "no", "no"),
        (scalars.read_money, "1,2 M€", Euros.of(1_200_000)),
        (scalars.read_quantity, "2 400", Decimal(2400)),
        (scalars.read_quantity, "1,5", Decimal("1.5")),
        (scalars.read_quantity, "010", Decimal(10)),
        (scalars.read_correlation, "0,2", Decimal("0.2")),
        (scalars.read_correlation, "0", Decimal(0)),
        (scalars.read_percent, "20 %", Decimal("0.2")),
        (scalars.read_percent, "5,5\u202f%", Decimal("0.055")),
        (scalars.read_percent, "100%", Decimal(1)),
        (scalars.read_month, "2021-07", Month(2021, 7)),
        (scalars.read_day, "2020-02-29", date(2020, 2, 29)),
        (scalars.read_year, "2021", 2021),
        (scalars.read_budget_years, "2021-2026", 2021),
        (scalars.read_budget_years, "2021 – 2026", 2021),
        (scalars.read_whole_number, "1 889 666", 1889666),
        (scalars.read_whole_number, "12,0", 12),
        (scalars.read_signed_number, "-1,5", Decimal("-1.5")),
        (scalars.read_signed_number, "−3", Decimal(-3)),
        (scalars.read_colour, "#B5542C", "#b5542c"),
        (scalars.read_web_address, "https://example.org/a?b=c", "https://example.org/a?b=c"),
        (scalars.read_web_address, "HTTPS://Example.org/A", "https://Example.org/A"),
    ],
)
def test_written_forms_read(read: Reader, text: str, value: object) -> None:
    """Each kind reads the forms of FORMAT; a text keeps every character."""
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "code", "hint"),
    [
        (scalars.read_money, "12,500 €", "M104", "write `12 500 €` if the mark separates thousands"),
        (scalars.read_quantity, "1.234", "M104", "write `1 234` if the mark separates thousands"),
        (scalars.read_money, "12_000", "M104", "write `12 000`"),
        (scalars.read_money, "1.5e6", "M104", "write `1 500 000`"),
        (scalars.read_money, "12 000 euros", "M104", "write `12 000 €`"),
        (scalars.read_money, "1,2 million d'euros", "M104", "write `1,2 M€`"),
        (scalars.read_money, "3 milliards", "M104", "write `3 Md€`"),
        (scalars.read_money, "450k", "M104", "write `450 k€`"),
        (scalars.read_money, "1.234.567 €", "M104", "write `1 234 567 €`"),
        (scalars.read_money, "1,234,567.50", "M104", "write `1 234 567,50`"),
        (scalars.read_money, "12 000 € HT", "M104", "write `12 000 €`"),
        (scalars.read_money, "€12", "M104", "write `12 €`"),
        (
            scalars.read_money,
            "-5 €",
            "M104",
            "write a positive number; what comes in belongs under `revenues`, what falls away under `savings`",
        ),
        (scalars.read_money, "1:30", "M104", None),
        (scalars.read_money, "1e99", "M104", None),
        (scalars.read_quantity, "~", "M103", None),
        (scalars.read_correlation, "20 %", "M103", "write `0.2`"),
        (scalars.read_correlation, "0.95", "M103", None),
        (scalars.read_correlation, "-0.2", "M103", None),
        (scalars.read_percent, "20", "M103", "write `20 %`"),
        (scalars.read_percent, "0.2", "M103", "write `20 %`"),
        (scalars.read_percent, "vingt %", "M103", None),
        (scalars.read_month, "07/2021", "M105", "write `2021-07`"),
        (scalars.read_month, "2021-7", "M105", "write `2021-07`"),
        (scalars.read_month, "2021-07-14", "M105", "write `2021-07`"),
        (scalars.read_month, "2021-13", "M105", "months go from 01 to 12"),
        (scalars.read_month, "juillet 2021", "M105", "write `2021-07`"),
        (scalars.read_day, "14/07/2021", "M105", "write `2021-07-14`"),
        (scalars.read_day, "2021-02-30", "M105", "that month has 28 days"),
        (scalars.read_day, "20210714", "M105", None),
        (scalars.read_year, "21", "M105", None),
        (scalars.read_year, "2_021", "M105", None),
        (scalars.read_budget_years, "2021-2025", "M105", "write `2021-2026`"),
        (scalars.read_budget_years, "2021", "M105", None),
        (scalars.read_whole_number, "1,5", "M103", None),
        (scalars.read_slug, "Étude", "M103", "write `etude`"),
        (scalars.read_slug, "../x", "M103", "use lower case letters without accents, digits and `-`"),
        (scalars.read_slug, "a\n", "M103", "use lower case letters without accents, digits and `-`"),
        (scalars.read_colour, "red", "M103", None),
        (scalars.read_colour, "#fff;}", "M103", None),
        (scalars.read_web_address, "javascript:alert(1)", "M103", None),
        (scalars.read_web_address, "https://a b", "M103", None),
        (scalars.read_text, "a" * 20_001, "M103", None),
    ],
)
def test_other_forms_are_refused_with_what_to_type(
    read: Reader, text: str, code: str, hint: str | None
) -> None:
    """A refusal names its rule and its first hint is the text to type; where nobody can know, it is absent."""
    found, hints = refuse(read, text)
    assert found == code
    assert hints[:1] == ([hint] if hint else [])


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("raw", [{"a": "b"}, ["a"]])
def test_a_group_or_a_list_is_no_scalar(read: Reader, raw: object) -> None:
    """Every reader refuses a group of keys and a list as M103."""
    assert refuse(read, raw)[0] == "M103"


@pytest.mark.parametrize("read", READERS)
@given(
    text=st.text(max_size=30) | st.from_regex(r"[-−]?[0-9_' .,]{1,20} ?(%|€|k€|euros|M|e9)?", fullmatch=True)
)
def test_any_text_reads_or_is_refused(read: Reader, text: str) -> None:
    """No text makes a reader raise anything but a refusal, and what it says to type reads without a fault."""
    try:
        read(text)
    except PydanticCustomError as refusal:
        for hint in (refusal.context or {})["hints"]:
            written = str(hint).split("`")[1].strip('"') if str(hint).startswith("write `") else None
            if written and read is not scalars.read_whole_number:
                read(written)


def test_texts_are_shown_short() -> None:
    """What stands in a message is one line of at most forty characters, whatever the author typed."""
    assert str(scalars.kind_of("a" * 50)) == f"`{'a' * 37}…`"
    assert str(scalars.kind_of("un\ndeux")) == "`un deux`"
    assert str(scalars.kind_of({"a": 1})) == "a group of keys"
    assert str(scalars.kind_of([1])) == "a list"


@given(st.text(max_size=20))
def test_a_slug_is_safe_in_any_path(text: str) -> None:
    """What passes as an id holds nothing that could leave a folder, an anchor or an address."""
    if scalars.is_slug(text):
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and text[0] != "-" != text[-1]


@pytest.mark.parametrize(
    ("read", "typed", "hint"),
    [
        (scalars.read_month, "mars 2021", "write `2021-03`"),
        (scalars.read_month, "Sept. 2021", "write `2021-09`"),
        (scalars.read_month, "15/03/2021", "write `2021-03`"),
        (scalars.read_month, "3/2021", "write `2021-03`"),
        (scalars.read_month, "2021-03-15", "write `2021-03`"),
        (scalars.read_day, "1er mars 2021", "write `2021-03-01`"),
        (scalars.read_day, "15/03/2021", "write `2021-03-15`"),
        (scalars.read_money, "environ 10 000 €", "write `10 000 €`"),
        (scalars.read_money, "~10 000 €", "write `10 000 €`"),
        (scalars.read_percent, "0,2", "write `20 %`"),
        (scalars.read_percent, "20", "write `20 %`"),
    ],
)
def test_hint_is_what_can_be_read(read: Reader, typed: str, hint: str | None) -> None:
    """What people type is understood in the hint, whose text is then read; a day that does not exist has no hint."""
    assert refuse(read, typed)[1] == ([hint] if hint else [])
    if hint:
        read(hint.removeprefix("write `").removesuffix("`"))
