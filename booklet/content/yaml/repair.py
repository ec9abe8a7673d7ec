"""A fault of syntax → its finding, with the edit that mends it where its line can only be meant one way.

Each repair takes the text and the offset of the fault; None where the line has two readings. A repair never moves or
drops a character that was typed, but for those that stood for YAML's own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from booklet.content.yaml.flow_texts import quote_entries
from booklet.content.yaml.lines import KEY_OR_ITEM_LINE, Lines, plain_line
from booklet.content.yaml.margins import NO_MARGINS, item_inside, place_in, read_structure, with_margins
from booklet.content.yaml.quoting import put_quotes
from booklet.content.yaml.rules import yaml_syntax
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from booklet.content.yaml.margins import Margins
    from booklet.content.yaml.syntax import SyntaxFault
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source

#: letters of a line that a hint shows whole
_SHOWN = 100
#: the widths that a tab may stand for, the likeliest first
_TAB_WIDTHS = (2, 4, 8, 1)
#: a value that is not there, in a structure
_EMPTY = (yaml.ScalarEvent, "")
#: letters of the longest text that is read with each of them
LONGEST = 100_000
_LEADING = re.compile(r"(?P<indentation>[ \t]*)(?P<dashes>(?:-[ \t]+)*)")
#: a line with one text: indentation and dashes, a key as the format has them, the text, and what is clearly a comment
_TEXT_LINE = re.compile(
    r"(?P<before> *(?:- +)*(?:(?P<key>[^\W\d_][\w-]*|\"[^\"\n]*\"|'[^'\n]*'):[ \t]+)?)"
    r"(?P<text>\S.*?)(?P<after>(?:(?:\t|\s{2,})#(?:\s.*)?)?\s*)$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_NO_SPACE = re.compile(r" *(?:- +)*[a-z_]+:(?=[^\s/:])")
#: lines that are no sentence: an empty line, marks of Markdown, which would lose their line breaks between quotes
_NOT_FOLDED = re.compile(r"\s*(?:$|[-–•*+>|#]|\d+[.)]\s)")
#: lines that may be of a group or a list, or hold a comment
_NO_PROSE = re.compile(r"^\s*(?:[a-z_]+:(?:\s|$)|- )|(?:^|\s)#|^\s*\t")
#: lines above a fault among which the key of its text is looked for
_LINES_ABOVE = 20


class Replacement(NamedTuple):
    """A stretch of the text by its offsets, and what to put there."""

    start: int
    end: int
    text: str


if TYPE_CHECKING:
    Repair = Callable[[str, int], Replacement | None]


def report_faults(
    source: Source,
    readable: str,
    faults: Sequence[SyntaxFault],
    stopped: int | None = None,
    margins: Margins = NO_MARGINS,
) -> Iterator[Diagnostic]:
    """Report faults that are told together; `readable`: what is read so far, up to the offset `stopped`.

    Their edits are tried: where the reader gets no further with them, they are none.
    """
    mended = [_mend(source, readable, fault) for fault in faults]
    if stopped is not None and any(mended) and not _gets_further(readable, mended, stopped, margins):
        mended = [None] * len(mended)
    for fault, replacement in zip(faults, mended, strict=True):
        hints = [hint] if (hint := _hint(source, fault, replacement)) else []
        yield from yaml_syntax(source, fault.offset, fault.offset + 1, fault.complaint.message, *hints)


def _mend(source: Source, readable: str, fault: SyntaxFault) -> Replacement | None:
    repair = fault.complaint.repair
    mended = repair(readable, fault.offset) if repair and len(readable) <= LONGEST else None
    is_line_end = mended and "\r" in source.text[mended.start : mended.end].replace("\r\n", "")
    return None if is_line_end else mended


def _gets_further(text: str, mended: Sequence[Replacement | None], stopped: int, margins: Margins) -> bool:
    """Check whether a text can be read further with replacements: to a later line, or to later on the line."""
    after, end = list[str](), 0
    for one in sorted(filter(None, mended)):
        if one.start >= end:
            after += text[end : one.start], one.text
            end = one.end
    whole = with_margins("".join([*after, text[end:]]), margins)
    place = read_structure(whole).stop
    return place is None or place_in(whole, place) > place_in(text, stopped)


def _hint(source: Source, fault: SyntaxFault, mended: Replacement | None) -> Message | None:
    """What to type against a fault, with the edit where there is one."""
    hint = fault.complaint.hint
    if mended is None:
        return hint
    start = source.text.rfind("\n", 0, mended.start) + 1
    rest = source.text[mended.end :].partition("\n")[0]
    line = f"{source.text[start : mended.start]}{mended.text}{rest}".strip()
    typed = Lines(source.text).line(start).strip()
    if hint is None or (line != typed and "\n" not in line and len(line) <= _SHOWN):
        hint = say("write `{text}`", text=line)
    return Fix.of(hint, TextEdit(source.span(mended.start, mended.end), mended.text))


def quote_text(text: str, offset: int) -> Replacement | None:
    """Put quotes around the whole text of a key or an item."""
    lines = Lines(text)
    start = next((one for one in _lines_up(lines, offset) if lines.value(one) is not None), None)
    part = lines.value(start) if start is not None else None
    if start is None or part is None or part.end <= offset:
        return None
    if text[part.start] == "\n":
        key_end = start + len(lines.line(start).rstrip())
        return _open_long_text(text[part.start + 1 : part.end], key_end, lines.column(start))
    match = _TEXT_LINE.match(lines.line(start))
    return _quote_match(match, start, text, part.end) if match else None


def _quote_match(match: re.Match[str], start: int, text: str, end: int) -> Replacement | None:
    key, first = match["key"], start + match.start("text")
    written = match["text"] if start + match.end("text") >= end - len(match["after"]) else ""
    if not written:  # the text goes on below
        written = text[first:end]
        if any(_NOT_FOLDED.match(line) for line in written.split("\n")[1:]):
            return None
    is_no_key = not key.strip("\"'").islower() if key else "-" not in match["before"]
    if is_no_key or re.search(r"\s#", written) or not _can_be_text(written):
        return None
    return Replacement(first, first + len(written), put_quotes(_without_outer_quotes(written)))


def _open_long_text(below: str, end: int, column: int) -> Replacement | None:
    """Put `|` after a key whose text begins on the line below and is no list, no group and no comment."""
    written = [line for line in below.split("\n") if line.strip()]
    depths = [len(line) - len(line.lstrip(" ")) for line in written]
    if min(depths) <= column or min(depths) < depths[0] or any(map(_NO_PROSE.search, written)):
        return None
    return Replacement(end, end, " |")


def open_text_of_items(text: str, offset: int) -> Replacement | None:
    """Put `|` after a key whose text has items, and the text on a line of its own."""
    lines = Lines(text)
    for start in _lines_up(lines, offset):
        match, part = _TEXT_LINE.match(lines.line(start)), lines.value(start)
        if match is None or match["key"] is None or part is None or part.end <= offset:
            continue
        first, *below = (line for line in text[part.start : part.end].split("\n") if line.strip())
        margin = min((len(line) - len(line.lstrip(" ")) for line in below), default=0)
        if text[part.start] == "\n" or margin <= lines.column(start) or re.search(r"\s#", first):
            return None
        line_end = "\r\n" if lines.line(start).endswith("\r\n") else "\n"
        return Replacement(part.start, part.start, f"|{line_end}{' ' * margin}")
    return None


def quote_in_collection(text: str, offset: int) -> Replacement | None:
    """Put quotes around the texts with a colon inside `{…}` or `[…]` on one line."""
    lines = Lines(text)
    start = lines.start(offset)
    line = lines.line(start).rstrip("\r\n")
    match = KEY_OR_ITEM_LINE.match(line)
    mended = quote_entries(line[match.end() :]) if match else None
    return _changed(start, line, line[: match.end()] + mended) if match and mended else None


def _lines_up(lines: Lines, offset: int) -> Iterator[int]:
    start = lines.start(offset)
    yield start
    yield from islice(lines.above(start), _LINES_ABOVE)


def _can_be_text(written: str) -> bool:
    """Check that a value is no list, group of keys, long text, alias, nor part of one that began above."""
    if (
        written[0] in "{|>"
        or _QUOTED.fullmatch(written)
        or re.fullmatch(r"[*&!][\w-]+", written)
        or written[-1] in ",}"
    ):
        return False
    brackets = re.match(r"\[[^\[\]{},:]*\]\s+\S", written)  # `[Urgent] Réparer les vannes`
    return bool(brackets) if written[0] == "[" else written[-1] != "]"


def _without_outer_quotes(written: str) -> str:
    """The text inside quotes that it holds itself: `'L'eau'`; of `"Un" et "deux"` they are part of the text."""
    mark, inner = written[0], written[1:-1]
    if mark not in "\"'" or written[-1] != mark or len(written) < 3:
        return written
    first = inner.find(mark)
    before, after = inner[first - 1 : first], inner[first + 1 : first + 2]
    opens = not before.strip(" (") and after.strip()
    elides = mark == "'" and before.isalpha() and after.isalpha()
    return inner if first >= 0 and "\\" not in inner and (opens or elides) else written


def type_space_after_colon(text: str, offset: int) -> Replacement | None:
    """Put a space between the `:` of a key and its value."""
    match = _NO_SPACE.match(text, Lines(text).start(offset))
    return Replacement(match.end(), match.end(), " ") if match else None


def type_colon_at_end(text: str, offset: int) -> Replacement | None:
    """Put a colon after the only word of a line."""
    lines = Lines(text)
    start = lines.start(offset)
    end = start + len(lines.line(start).rstrip())
    return Replacement(end, end, ":")


def type_colon(text: str, offset: int) -> Replacement | None:
    """Put a colon and a space in the place of a mark that looks like a colon."""
    line = Lines(text).line(Lines(text).start(offset))
    after = text[offset + 1 : offset + len(line)]
    before = text[:offset]
    start = len(before.rstrip(" \u00a0\u202f"))
    return Replacement(start, offset + 1 + len(after) - len(after.lstrip(" \u00a0\u3000")), ": ")


def type_plain(text: str, offset: int) -> Replacement | None:
    """Put YAML's own characters where others stand for them."""
    lines = Lines(text)
    start = lines.start(offset)
    line = lines.line(start).rstrip("\r\n")
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return expand_tabs(text, offset)
    return _changed(start, line, _plain(line))


def expand_tabs(text: str, offset: int) -> Replacement | None:
    """Indent a line with spaces: as many for a tab as make sense of the whole file, if that is one number."""
    lines = Lines(text)
    start = lines.start(offset)
    line = lines.line(start).rstrip("\r\n")
    width = _tab_width(text, text.count("\n", 0, start))
    return None if width is None else _changed(start, line, _plain(_expand(line, width)))


def _plain(line: str) -> str:
    """A line with YAML's own characters, and without the spaces inside French quotes."""
    plain = plain_line(line)
    quoted = re.fullmatch(r'(?P<before>.*?)"(?P<text>[^"]*)"(?P<after>\s*)', plain)
    if quoted is None or plain.count('"') == line.count('"') or not quoted["text"].strip():
        return plain
    return quoted["before"] + put_quotes(quoted["text"].strip()) + quoted["after"]


def _expand(line: str, width: int) -> str:
    def write(match: re.Match[str]) -> str:
        return match["indentation"].expandtabs(width) + re.sub(r" *\t[ \t]*", " ", match["dashes"])

    return _LEADING.sub(write, line, count=1)


def _tab_width(text: str, line: int) -> int | None:
    """The number of spaces with which the file can be read furthest; None where two numbers make two structures."""
    if len(text) > LONGEST:
        return None
    read = [(*_read(text, width), width) for width in _TAB_WIDTHS]
    furthest = max(end for end, *_ in read)
    structures = {structure for end, structure, _ in read if end == furthest}
    if furthest <= line or len(structures) > 1:
        return None
    end, alone = _read(text, 0)  # at the margin, a key may have what is empty otherwise
    if end >= furthest and alone.count(_EMPTY) < max(structure.count(_EMPTY) for structure in structures):
        return None
    return next(width for end, _, width in read if end == furthest)


@lru_cache(maxsize=len(_TAB_WIDTHS) + 1)
def _read(text: str, width: int) -> tuple[float, tuple[object, ...]]:
    """Read a text whose tabs are so wide: the line of its first fault, and its structure up to there."""
    expanded = "\n".join(_without_texts(_expand(line, width)) for line in text.split("\n"))
    parser: Any = CParser(expanded)
    structure = list[object]()
    try:
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            value = getattr(event, "value", None)
            if value and not event.style:
                inside = item_inside(expanded, event.start_mark.index, event.end_mark.index)
                if inside is not None:  # that is not what its author meant
                    return expanded.count("\n", 0, inside), tuple(structure)
            structure.append((type(event), " ".join(value.split()) if value else value))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        return (mark.line if mark else 0), tuple(structure)
    finally:
        parser.dispose()
    return float("inf"), tuple(structure)


def _without_texts(line: str) -> str:
    """A line with its keys, and a letter for its text, which may have a fault of its own."""
    match = KEY_OR_ITEM_LINE.match(line)
    written = line[match.end() if match else len(line) - len(line.lstrip()) :]
    return line if written[:1] in ("", *"|>{[\"'#\r") else f"{line[: len(line) - len(written)]}x"


def _changed(start: int, before: str, after: str) -> Replacement | None:
    """The part of a line that changes; None where nothing does."""
    if before == after:
        return None
    head = next(
        (n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )
    most = min(len(before), len(after)) - head
    tail = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
    return Replacement(start + head, start + len(before) - tail, after[head : len(after) - tail])
