"""YAML gives its shape and its places, nothing of its types; every fault is told where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of
from booklet.content.yaml.parse import FILE, Parsed, parse
from booklet.diagnostics.limits import LEVELS


def read(text: str | bytes) -> Parsed:
    return parse("p.yaml", text.encode() if isinstance(text, str) else text)


def found(parsed: Parsed) -> list[tuple[str, int, int]]:
    """List code, line and column of what was told."""
    return [(d.code, d.span.start.line, d.span.start.column) for d in parsed.diagnostics]


def plain(node: Node | None) -> object:
    """A tree as Python values, every scalar a text."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None


def nodes(node: Node) -> list[Node]:
    """List a node and all below it, keys included."""
    if isinstance(node, Mapping):
        return [node, *(n for key, value in node.entries for n in (key, *nodes(value)))]
    if isinstance(node, Sequence):
        return [node, *(n for item in node.items for n in nodes(item))]
    return [node]


SURPRISES = [
    "no",
    "on",
    "Yes",
    "010",
    "0x1F",
    "1:30",
    "12_000",
    "1.5e6",
    "2021-07-14",
    "~",
    "null",
    ".inf",
    "=",
    "true",
]


@pytest.mark.parametrize("text", SURPRISES)
def test_no_scalar_is_guessed(text: str) -> None:
    """What YAML 1.1 would make a boolean, a number, a date or nothing stays the text that was typed, keys too."""
    parsed = read(f"a: {text}\n{text}: [{text}, '{text}']\n")
    assert not parsed.diagnostics
    assert plain(parsed.root) == {"a": text, text: [text, text]}


def test_texts_are_read_as_typed() -> None:
    """Quotes and folding are undone, a long text keeps its line breaks, and a `#` inside a word is no comment."""
    parsed = read("a: 'l''eau'\nb: \"x\\ty\"\nc: |\n  un\n\n  deux\nd: a#b # comment\ne: un\n  deux\n")
    assert plain(parsed.root) == {"a": "l'eau", "b": "x\ty", "c": "un\n\ndeux\n", "d": "a#b", "e": "un deux"}


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_breaks_and_byte_order_mark_move_nothing(line_break: str, mark: bytes) -> None:
    """CRLF and a byte order mark change neither what is read nor where a fault is shown."""
    text = line_break.join(["title: é😀 bus", "costs:", "  - {a: b}", "costs: 😀", ""])
    parsed = read(mark + text.encode())
    assert plain(parsed.root) == {"title": "é😀 bus", "costs": [{"a": "b"}]}
    assert found(parsed) == [("Y102", 4, 1)]
    assert parsed.diagnostics[0].span.end.column == 6
    assert parsed.diagnostics[0].related[0].span.start.line == 2


def test_columns_count_characters_after_an_emoji() -> None:
    """A place after an emoji is where an editor shows it, not where bytes or UTF-16 units would put it."""
    parsed = read("{a: 😀😀, b: &x c}\n")
    assert found(parsed) == [("Y103", 1, 12)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x 1\n", (1, 4)),
        ("a: *x\n", (1, 4)),
        ("a: !!str 1\n", (1, 4)),
        ("a: !x\n", (1, 4)),
        ("<<: {a: 1}\nb: 2\n", (1, 1)),
        ("a:\n  <<: {b: 1}\n", (2, 3)),
    ],
)
def test_what_makes_figures_stand_elsewhere_is_refused(text: str, place: tuple[int, int]) -> None:
    """Anchors, aliases, tags and merge keys are each one Y103, at the mark, on one line."""
    parsed = read(text)
    assert found(parsed) == [("Y103", *place)]
    assert parsed.diagnostics[0].span.end.line == place[0]


def test_marks_between_quotes_are_texts() -> None:
    """Between quotes, `*`, `&`, `!` and `<<` are ordinary words."""
    parsed = read('"<<": "*a"\nb: "&c"\nd: "!e"\n')
    assert not parsed.diagnostics
    assert plain(parsed.root) == {"<<": "*a", "b": "&c", "d": "!e"}


def test_duplicate_keys_show_both_places() -> None:
    """A key that comes twice keeps its first value and shows where that stands; another group may have the key."""
    parsed = read("a: 1\nb: {a: 2, a: 3}\na: 4\n")
    assert found(parsed) == [("Y102", 2, 11), ("Y102", 3, 1)]
    assert [str(d.related[0].message) for d in parsed.diagnostics] == ["first defined here"] * 2
    assert [d.related[0].span.start.column for d in parsed.diagnostics] == [5, 1]
    assert plain(parsed.root) == {"a": "1", "b": {"a": "2"}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title: Bus : priorité\n", (1, 12)),
        ("a: 'ouvert\nb: 2\n", (1, 4)),
        ("a: [1, 2\nb: 3\n", (1, 4)),
        ("a: 1\n\tb: 2\n", (2, 1)),
        ("a: @b\n", (1, 4)),
        ("a: `b`\n", (1, 4)),
        ("a: 1\n---\nb: 2\n", (2, 1)),
        ("[a, b]: c\n", (1, 1)),
        ("a: \"b\\q\"\n", (1, 6)),
        ("a:\n  - b\n c: d\n", (3, 2)),
        ("a: 20 % de la\nb\n", (2, 1)),
    ],
)  # fmt: skip
def test_syntax_is_told_once_where_it_goes_wrong(text: str, place: tuple[int, int]) -> None:
    """A file that is not YAML gives one Y101 at the place that the author must change, with something to type."""
    parsed = read(text)
    assert found(parsed) == [("Y101", *place)]
    assert "libyaml" not in str(parsed.diagnostics[0].message)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("a: é\n".encode("latin-1"), (1, 4)),
        ("a: é\n".encode("utf-16"), (1, 1)),
        (b"\xef\xbb\xbfa: \xff\n", (1, 4)),
        (b"a: b\x00c\n", (1, 5)),
        ("a: b\x85c\n".encode(), (1, 5)),
        ("a: b\n# é\u2028c: d\n".encode(), (2, 4)),
        ("a: b\u2029\n".encode(), (1, 5)),
        ("a: b\ufeff\n".encode(), (1, 5)),
        (b"a: \x1b[31m\n", (1, 4)),
        (b'a: 1\nb: "x\\e[31m"\n', (2, 4)),
        (b'a: "\\r"\n', (1, 4)),
        (b'a: "\\N\\L\\P"\n', (1, 4)),
    ],
)
def test_text_that_is_not_plain_utf8_is_refused(data: bytes, place: tuple[int, int]) -> None:
    """Another encoding, a control character or an invisible line break is Y104 at the character, escaped or not."""
    assert found(read(data)) == [("Y104", *place)]


def test_tabs_and_line_breaks_may_be_escaped() -> None:
    """A line break or a tab made by an escape is text like any other, as is an emoji."""
    parsed = read('a: "b\\n\\tc\\U0001F600"\n')
    assert not parsed.diagnostics
    assert plain(parsed.root) == {"a": "b\n\tc😀"}


@pytest.mark.parametrize("text", ["", "\n\n", "# rien\n", "---\n", "---\n# rien\n...\n", "\ufeff"])
def test_a_file_without_keys_is_empty(text: str) -> None:
    """Nothing, blank lines and comments are Y106, once."""
    assert found(read(text)) == [("Y106", 1, 1)]


def test_size_and_depth_are_bounded() -> None:
    """A file just inside the limits is read; one byte or one level more is Y105 and nothing else."""
    assert not read("a: " + "b" * (FILE.bytes - 4) + "\n").diagnostics
    assert found(read("a: " + "b" * (FILE.bytes - 3) + "\n")) == [("Y105", 1, 1)]
    deepest = "[" * LEVELS + "]" * LEVELS
    assert not read(deepest).diagnostics
    assert found(read("[" + deepest + "]")) == [("Y105", 1, LEVELS + 1)]
    # libyaml may look ahead and stop at a limit of its own, further on in the line
    ((code, line, _column),) = found(read("[" * 500_000))
    assert (code, line) == ("Y105", 1)


def test_a_block_ends_with_its_last_written_line() -> None:
    """The place of a long text or a list does not reach over the blank lines that follow it."""
    parsed = read("a: |\n  un\n  deux\n\n\nb:\n  - c\n\nd: e\n")
    assert isinstance(parsed.root, Mapping)
    ends = [span_of(parsed.source, value).end for _, value in parsed.root.entries]
    assert [(end.line, end.column) for end in ends] == [(3, 7), (7, 6), (9, 5)]


YAML_TEXTS = st.text(alphabet=st.sampled_from(list("ab: -[]{},'\"#|>&*!?%@\\\n\t é😀1.€~<")), max_size=60)


@given(YAML_TEXTS | st.text(max_size=60))
def test_any_text_is_read_or_reported(text: str) -> None:
    """For any text there is a tree or a fault, and every node and fault lies inside the text."""
    parsed = read(text)
    assert parsed.root is not None or parsed.diagnostics
    last = parsed.source.position(len(text))
    for diagnostic in parsed.diagnostics:
        assert diagnostic.span.start <= diagnostic.span.end <= last
    for node in nodes(parsed.root) if parsed.root else ():
        assert 0 <= node.start <= node.end <= len(parsed.source.text)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_reported(data: bytes) -> None:
    """For any bytes there is a tree or a fault, never an exception."""
    parsed = read(data)
    assert parsed.root is not None or parsed.diagnostics
