"""Offsets become the lines and columns that an editor shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.diagnostics.positions import Position, Source, read_bytes

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(alphabet=st.sampled_from("aé😀\t \r\n"), max_size=40) | st.text(max_size=40)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_line_break_counts_once(line_break: str) -> None:
    """LF, CRLF and CR each end one line."""
    source = Source("a.yaml", line_break.join(["un", "deux", "", "quatre"]))
    assert source.lines == ("un", "deux", "", "quatre")
    assert source.position(source.text.index("quatre")) == Position(4, 1)
    assert source.position(source.text.index("ux")) == Position(2, 3)


def test_columns_count_characters() -> None:
    """An accent, an emoji and a tab take one column each, as code points do in an editor."""
    source = Source("a.yaml", "é😀\tfin")
    assert source.position(source.text.index("fin")) == Position(1, 4)


def test_the_end_is_a_position() -> None:
    """Offsets before the start or past the end are brought back inside the text."""
    source = Source("a.yaml", "ab\n")
    assert source.span(-5, 99).start == Position(1, 1)
    assert source.span(-5, 99).end == Position(2, 1)


@given(TEXTS, st.data())
def test_positions_lie_inside_the_source(text: str, data: st.DataObject) -> None:
    """Any offset becomes a line that exists and a column on it or on its line break, in the order of the offsets."""
    source = Source("a.yaml", text)
    offset = data.draw(st.integers(0, len(text)))
    position = source.position(offset)
    assert 1 <= position.line <= len(source.lines)
    line = source.lines[position.line - 1]
    assert 1 <= position.column <= len(line) + 2
    if position.column <= len(line):
        assert line[position.column - 1] == text[offset]
    assert source.position(max(0, offset - 1)) <= position


def test_a_file_is_read_as_bytes(tmp_path: Path) -> None:
    """Bytes come as they are; a file that is not there is the machine's fault to tell."""
    (tmp_path / "a").write_bytes(b"\xff\r\n")
    assert read_bytes(tmp_path, "a") == b"\xff\r\n"
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path, "b")
