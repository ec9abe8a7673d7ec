"""What a hint proposes in the place of Markdown that is not read is read."""

from __future__ import annotations

import re

import pytest

from booklet.content.unread_markdown import find_unread
from booklet.text.language import FRENCH
from booklet.text.markdown import render_markdown

PROPOSED = {
    "[le bilan](www.exemple.fr)": '<a href="https://www.exemple.fr">le bilan</a>',
    "[le bilan](exemple.fr/a?b=1)": '<a href="https://exemple.fr/a?b=1">le bilan</a>',
    "[le bilan] (https://exemple.fr)": '<a href="https://exemple.fr">le bilan</a>',
    '<a class="x" href="https://exemple.fr">le bilan</a>': '<a href="https://exemple.fr">le bilan</a>',
    "<B>vite</B>": "<strong>vite</strong>",
    "<em>vite</em>": "<em>vite</em>",
    "[@prix-2018, p. 4]": '<a class="citation" href="proposal:sources:prix-2018">[prix-2018]</a> (p. 4)',
    "[voir @prix-2018]": '<a class="citation" href="proposal:sources:prix-2018">[prix-2018]</a> (voir)',
}


@pytest.mark.parametrize("typed", PROPOSED)
def test_proposed_text_is_read(typed: str) -> None:
    """Typed as the hint says, the text is printed as it was meant, and nothing is told of it."""
    (found,) = find_unread(f"Voir {typed} ici.")
    (proposed,) = re.findall(r"^write `(.*)`$", str(found.hint))
    assert tuple(find_unread(proposed)) == ()
    printed = str(render_markdown(proposed, FRENCH)).replace("\u00a0", " ")
    assert printed == f"<p>{PROPOSED[typed]}</p>\n"


def test_files_are_no_sites() -> None:
    """A link to a file, or to another kind of address, is told without an address that nobody has."""
    for address in ("plan.pdf", "ftp://exemple.fr", "annexe"):
        (found,) = find_unread(f"[plan]({address})")
        assert str(found.hint) == "begin the address with `https://`"
