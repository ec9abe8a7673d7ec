"""The language comes from what people asked, never from the machine's own settings by surprise."""

from __future__ import annotations

import pytest

from booklet.text.language import ENGLISH, FRENCH, Language, choose_language


@pytest.mark.parametrize(
    ("asked", "edition", "environment", "chosen"),
    [
        ("en", "fr", {"LANG": "fr_FR.UTF-8"}, ENGLISH),
        (None, "en", {"LANG": "fr_FR.UTF-8"}, ENGLISH),
        (None, None, {"LANG": "en_GB.UTF-8"}, ENGLISH),
        (None, None, {"LANGUAGE": "fr:en", "LANG": "en_GB.UTF-8"}, FRENCH),
        (None, None, {"LC_ALL": "en_GB", "LANG": "fr_FR"}, ENGLISH),
        (None, "de", {"LANG": "de_DE"}, FRENCH),
        (None, None, {"LANG": "C.UTF-8"}, FRENCH),
        (None, None, {}, FRENCH),
    ],
)
def test_language_is_chosen_in_order(
    asked: str | None, edition: str | None, environment: dict[str, str], chosen: Language
) -> None:
    """The option wins over the edition, the edition over the environment; French where nothing says."""
    assert choose_language(asked, edition, environment) == chosen


def test_marks_of_numbers() -> None:
    """French writes a comma and a narrow non-breaking space, English a point and a comma."""
    assert (FRENCH.decimal_mark, FRENCH.group_mark) == (",", "\u202f")
    assert (ENGLISH.decimal_mark, ENGLISH.group_mark) == (".", ",")


def test_an_unknown_template_stays_english() -> None:
    """A template without a translation is shown as it is; an empty one never becomes the catalogue's header."""
    assert FRENCH.gettext("no catalogue holds this sentence") == "no catalogue holds this sentence"
    assert FRENCH.gettext("") == ""
