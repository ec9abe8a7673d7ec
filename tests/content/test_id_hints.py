"""A text where an id is asked for names the thing that it means."""

from __future__ import annotations

import pytest

from booklet.content.id_hints import find_by_name

NAMES = {"marseille": ("Ville de Marseille",), "amp": ("Métropole Aix-Marseille-Provence",)}


@pytest.mark.parametrize("text", ["Mairie de Marseille", "mairie-de-marseille", "Commune de Marseille"])
def test_a_town_hall_is_the_town(text: str) -> None:
    """A town that is called by its town hall is found, as a text and as an id."""
    assert find_by_name(text, NAMES) == "marseille"
    assert find_by_name(text.replace("arseille", "arignane"), NAMES) is None
