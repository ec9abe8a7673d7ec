"""What looks like a character of the keyboard is made that one, and nothing else is changed."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from booklet.text.look_alikes import find_strange, show, to_plain


@given(st.text())
@example("𝜖")
@example("\u1fbe")
def test_plain_text_is_plain_for_good(text: str) -> None:
    """What was made plain stays as it is, and holds nothing strange; what holds nothing strange is plain."""
    plain = to_plain(text)
    assert to_plain(plain) == plain and find_strange(plain) is None
    assert (find_strange(text) is None) == (show(text) == text)


def test_what_is_written_in_french_is_kept() -> None:
    """Accents, ligatures of French, currencies and typographic marks are what they seem."""
    text = "L’œuvre d’été « à 1,2 M€ » … 50 % à Ÿ, n° 2²"
    assert to_plain(text.replace("é", "e\u0301")) == text and show(text) == text
