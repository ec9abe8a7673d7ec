"""A page around the fiches is filled again when what it prints has changed, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from booklet.chapters.fiche import Page
from booklet.chapters.parts import CLOSING, OPENING
from booklet.pipeline.pagination import LAST, AroundPage, Lookups, Numbering, Wave

if TYPE_CHECKING:
    from collections.abc import Mapping


def test_lookups_remember_answers() -> None:
    """What was asked for decides, found or not; what was not asked for does not."""
    lookups = Lookups({"a": 1, "b": 2})
    assert lookups["a"] == 1
    assert lookups.get("c") is None
    assert lookups.are_alike({"a": 1, "b": 3})
    assert not lookups.are_alike({"a": 2, "b": 2})
    assert not lookups.are_alike({"a": 1, "c": 0})


def test_lookups_cannot_be_gone_through() -> None:
    """Whoever goes through all names would depend on all of them without being seen."""
    with pytest.raises(TypeError, match="one name after the other"):
        list(Lookups({"a": 1}))


def test_page_is_stale_when_a_number_moved() -> None:
    """A page that printed a number is stale when that number is another."""
    numbers = {"a": 1, "b": 2}

    def fill(known: Mapping[str, int]) -> Page:
        return Page("contents", f"a: {known['a']}")

    page = AroundPage("contents.html", Wave.CONTENTS, fill, lambda: numbers)
    assert page.is_new
    assert not page.is_stale
    assert page.fill().html == "a: 1"
    numbers = {"a": 1, "b": 9}
    assert not page.is_stale
    numbers = {"a": 3, "b": 9}
    assert page.is_stale
    assert page.fill().html == "a: 3"
    assert not page.is_stale


def test_first_numbers_are_a_guess() -> None:
    """Until a part is laid out, it has the pages that it is thought to have; a fiche opens on the left."""
    numbering = Numbering(
        (OPENING, "feux", CLOSING), frozenset({"feux"}), {}, {OPENING: 5, "feux": 2, CLOSING: 1}
    )
    assert numbering.numbers == {OPENING: 1, "feux": 6, CLOSING: 8, LAST: 8}
    assert numbering.cited_by == {}
