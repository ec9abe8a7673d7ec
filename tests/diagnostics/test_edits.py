"""Safe edits change their stretch of a text and nothing else."""

from __future__ import annotations

from booklet.diagnostics.edits import Fix, TextEdit, apply_edits
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import Source


def test_edits_keep_every_other_byte() -> None:
    """Edits are applied from any order, line ends of all kinds stay, and of two that overlap the first is applied."""
    source = Source("p.yaml", "é: un\r\nb: deux\n\nc: trois\r")
    first, second = TextEdit(source.span(3, 5), "1"), TextEdit(source.span(10, 14), "2")
    overlapping = TextEdit(source.span(12, 19), "")
    text, applied = apply_edits(source, [second, overlapping, first])
    assert text == "é: 1\r\nb: 2\n\nc: trois\r"
    assert applied == (first, second)


def test_an_edit_may_insert_or_delete() -> None:
    """A span without length is a place to type at; a text without length takes its span away."""
    source = Source("p.yaml", "a  b")
    text, _ = apply_edits(source, [TextEdit(source.span(0, 0), "'"), TextEdit(source.span(2, 3), "")])
    assert text == "'a b"


def test_a_safe_hint_reads_as_any_hint() -> None:
    """A `Fix` is the message that it was made of, with its edit."""
    source = Source("p.yaml", "a")
    fix = Fix.of(say("write `{text}`", text="b"), TextEdit(source.span(0, 1), "b"))
    assert str(fix) == "write `b`"
