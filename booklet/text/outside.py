"""Text from outside → what each output may hold of it: shown, and escaped in Markdown, JSON and CSV.

An author's text can hold control characters, marks that reverse the direction of writing, tabs, combining accents, wide
characters, words that a reader of our output takes for a command. Every output for people shows all of it on one line,
with nothing that acts or hides, and begins no line with it: a mark stands before it, or the path of a file. Widths are
those of `wcwidth`: Unicode's East Asian Width (UAX #11) and emoji sequences (UTS #51).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: stands before somebody's text that would begin a line: runners obey lines that begin with `::`
BULLET = "• "
TAB = "→"
#: what acts or draws nothing: controls, formats, surrogates, line separators (categories Cc, Cf, Cs, Zl, Zp), and what
#: Unicode calls ignorable by default; `##[` (GitHub), `##vso[` (Azure) and `##teamcity[` are obeyed in the middle of a
#: line too. Joiners stay between letters of scripts that need them and inside emoji, variation selectors and tags (the
#: regions of flags) after an emoji
_ACTING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e0fff]"
    r"|(?<![\u0600-\u1cff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
    r"|(?<![#*0-9\xa9\xae\u203c-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]"
    r"|(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]"
    r"|(?<=##)\[|(?<=##[Vv][Ss][Oo])\[|(?<=##teamcity)\["
)
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>|~&$])")
#: signs that open a block at the beginning of a text
_MARKDOWN_OPENING = re.compile(r"^(|\d+(?=[.)](?:\s|$)))([-+#=.)])")
#: what GitHub and GitLab turn into mentions, references and links in plain text
_REFERENCES = re.compile(
    r"(?<=[@#!$~&%^])(?=[\w\"])|(?<=GH)(?=-\d)|(?<=www)(?=\.)|(?<=:)(?=//)|(?<=:)(?=\w+:)", re.I
)
WORD_JOINER = "\u2060"
#: what spreadsheets take for a formula, and runners for a command
_CSV_OPENING = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]|::")
#: where a spreadsheet of many countries, France among them, begins another cell
_CSV_SEPARATOR = re.compile(rf"(?<=;)(?=\s*(?:{_CSV_OPENING.pattern}))")


@dataclass(frozen=True, slots=True)
class Cell:
    """One character as it is shown, and the columns of a terminal that it takes."""

    text: str
    width: int


def visible(text: str) -> str:
    """Show a text on one line, whatever it holds; the result can stand in XML and on a terminal."""
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return _ACTING.sub(lambda found: _show(found[0]), text)


def visible_path(path: str) -> str:
    """Show a path that may begin a line: `./` stands before a name that could be taken for something else."""
    shown = visible(path)
    return shown if shown[:1].isalnum() or shown.startswith((".", "_", "/")) else f"./{shown}"


def measure(text: str) -> Iterator[Cell]:
    """Measure a text character by character, as `visible` shows it; the widths add up to what a terminal shows.

    The first character of what is drawn as one, an accented letter or an emoji of several parts, has the whole width.
    """
    acting = {found.start() for found in _ACTING.finditer(text)}
    if text.isascii() and not acting:
        yield from (Cell(character, 1) for character in text)
        return
    from wcwidth import iter_graphemes, wcswidth

    place = 0
    for drawn in iter_graphemes(text):
        if acting.isdisjoint(range(place, place + len(drawn))):
            yield Cell(drawn[0], max(0, wcswidth(drawn)))
            yield from (Cell(character, 0) for character in drawn[1:])
        else:
            for index, character in enumerate(drawn, place):
                shown = _show(character) if index in acting else character
                yield Cell(shown, len(shown) if index in acting else max(0, wcswidth(character)))
        place += len(drawn)


def display_width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    return sum(cell.width for cell in measure(text))


def escape_markdown(text: str) -> str:
    """Escape a text for Markdown and for the references that GitHub and GitLab find in it."""
    shown = _MARKDOWN_SIGNS.sub(r"\\\1", break_references(visible(text)))
    return _MARKDOWN_OPENING.sub(r"\1\\\2", shown)


def break_references(text: str) -> str:
    """Put a word joiner, which draws nothing, into what would become a mention, a reference or a link."""
    return _REFERENCES.sub(WORD_JOINER, text)


def dump_json(document: object) -> str:
    """Write a JSON document that any reader of UTF-8 takes; what acts on a terminal is escaped.

    The name of a file that is not Unicode holds lone surrogates, which stand as `\\udc80`.
    """
    text = json.dumps(document, ensure_ascii=False, indent=1)
    # raw line breaks are those between our lines: inside a text they are escaped already
    return _ACTING.sub(lambda found: found[0] if found[0] == "\n" else _escape_json(found[0]), text) + "\n"


def write_csv_text(text: str | None) -> str:
    """Write a text for a cell of a CSV: shown on one line, an apostrophe before what opens a formula."""
    shown = _CSV_SEPARATOR.sub("'", visible(" ".join((text or "").split())))
    return f"'{shown}" if _CSV_OPENING.match(shown) else shown


def _escape_json(character: str) -> str:
    return re.sub(r"(....)", r"\\u\1", character.encode("utf-16-be", "surrogatepass").hex())


def _show(character: str) -> str:
    point = ord(character)
    if character == "\t":
        return TAB
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "␡"
    return f"<U+{point:04X}>"
