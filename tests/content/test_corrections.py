"""A corrected value is typed as its author would have typed it, and read as exactly that text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booklet.content.proposal_files import read_proposal
from booklet.content.yaml.nodes import Mapping, Scalar, Sequence
from booklet.content.yaml.parse import parse
from booklet.content.yaml.quoting import put_quotes, quote
from booklet.diagnostics.edits import TextEdit, apply_edits


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
@example("Bus : priorité #1")
@example('L\'arrêt "Castellane" : fin')
@example("- non, {oui}")
@example("C:\\temp")
@example("")
def test_a_quoted_text_is_read_as_itself(text: str) -> None:
    """After a key and between brackets, YAML reads the quoted text as the text."""
    if any(mark in text for mark in "\u2028\u2029\ufeff\ufffe\uffff"):
        return  # no file holds these, escaped or not
    for written in (quote(text), put_quotes(text)):
        node = parse("p.yaml", f"a: {written}\nb: [{written}, c]\n".encode()).root
        assert isinstance(node, Mapping), written
        (_, one), (_, listed) = node.entries
        assert isinstance(one, Scalar)
        assert isinstance(listed, Sequence)
        item = listed.items[0]
        assert isinstance(item, Scalar)
        assert (one.text, item.text) == (text, text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("decision: mars 2021  # vu", "decision: 2021-03  # vu"),
        ("decision: '15/03/2021'", "decision: '2021-03'"),
        ('status: "prête"', 'status: "ready"'),
        ("timeline: [{start: 03/2021, end: 2021.6}]", "timeline: [{start: 2021-03, end: 2021-06}]"),
        ("status: Ready", "status: ready"),
    ],
)
def test_what_can_mean_one_thing_is_typed(typed: str, meant: str) -> None:
    """Dates and French words become those of the format, in the quotes of their author."""
    document, found = read_proposal("proposals/a/b.yaml", f"{typed}\n".encode())
    assert document is not None
    edits = [one.fix.edit for one in found if one.fix and isinstance(one.fix.edit, TextEdit)]
    assert apply_edits(document.source, edits)[0] == f"{meant}\n"


@pytest.mark.parametrize("typed", ["03/04/2021", "2021", "jui 2021", "31/02/2021"])
def test_a_date_with_two_readings_is_left(typed: str) -> None:
    """The third of April is the fourth of March elsewhere: the hint says how to write it, and nobody else does."""
    _, found = read_proposal("proposals/a/b.yaml", f"reviewers: [{{when: {typed}}}]\n".encode())
    assert [one.fix for one in found if one.code == "M105"] == [None]
