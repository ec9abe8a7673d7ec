"""Y101 to Y106: faults of a file as YAML, found before its values are read; Y107 is in `flow_commas`."""

from __future__ import annotations

import codecs
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.limits import FINDINGS
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Span
from booklet.diagnostics.rule import rule
from booklet.text.look_alikes import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Source

#: characters that no text may hold
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
#: marks without width in the indentation of a line, which YAML takes for the beginning of a text
_BEFORE_KEY = re.compile(
    "^[ ]*(?P<marks>[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069]+)"
    r"(?=[ ]+(?:- +)*[\w-]+[ ]?:(?:\s|$)|[ ]*- )",
    re.MULTILINE,
)

_WRITTEN_LINE = re.compile(r"[^\r\n]+")


@rule("Y101", "yaml-syntax", Severity.ERROR)
def yaml_syntax(
    source: Source, offset: int, end: int, message: Message, *hints: Message
) -> Iterator[Diagnostic]:
    """Something here is not YAML.

    Why
        What belongs to this key or line cannot be read. The rest of the file is checked in the same run, alone: nothing
        is added up from it until the fault is gone.

    Fails
        title: Bus : priorité aux carrefours

    Passes
        title: "Bus : priorité aux carrefours"

    Source
        YAML 1.1 (yaml.org/spec/1.1), as read by libyaml.
    """
    yield yaml_syntax.at(source.span(offset, end), message, *hints)


@rule("Y102", "duplicate-key", Severity.ERROR)
def duplicate_key(source: Source, first: Scalar, again: Scalar, *hints: Message) -> Iterator[Diagnostic]:
    """The same key stands twice in one group of keys.

    Why
        YAML would silently keep the last one, and a figure would be lost.

    Fails
        owner: amp
        owner: marseille

    Passes
        owner: amp

    Source
        YAML 1.1 §3.2.1.3: the keys of a mapping are unique.
    """
    yield duplicate_key.at(
        source.span(again.start, again.end),
        say("key `{key}` stands twice", key=again.text),
        *(hints or (say("keep one of the two"),)),
        related=(Label(source.span(first.start, first.end), say("first defined here")),),
    )


@rule("Y103", "yaml-alias", Severity.ERROR)
def yaml_alias(source: Source, start: int, end: int, found: Message, *hints: Message) -> Iterator[Diagnostic]:
    """Anchors (`&`), aliases (`*`), merge keys (`<<`) and tags (`!`) are not used in proposals.

    Why
        They make a figure stand elsewhere than where it is read, and a reviewer cannot see what a change does.

    Fails
        costs: *same-as-last-year

    Passes
        promise: "*Tous* les bus à l'heure"

    Source
        `docs/format.md`.
    """
    yield yaml_alias.at(source.span(start, end), found, *hints)


@rule("Y104", "not-utf8", Severity.ERROR)
def not_utf8(source: Source, data: bytes) -> Iterator[Diagnostic]:
    """The file is not UTF-8 text, or holds control characters.

    Why
        Accents would be lost on paper; control characters are invisible and break search and speech.

    Fails
        a file saved as "Windows-1252" or "UTF-16"

    Passes
        a file saved as "UTF-8"

    Source
        YAML 1.2 §5.1 and §5.2 (character set and encodings).
    """
    hint = say("save the file again with the encoding UTF-8")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield not_utf8.at(source.span(0, 0), say("the file is UTF-16, expected UTF-8"), hint)
        return
    written = data.removeprefix(codecs.BOM_UTF8)
    try:
        written.decode()
    except UnicodeDecodeError as error:
        offset = len(written[: error.start].decode())
        message = say("byte {byte} is not UTF-8", byte=f"0x{written[error.start]:02x}")
        yield not_utf8.at(source.span(offset, offset + 1), message, hint)
        return
    for match in _BEFORE_KEY.finditer(source.text):
        span = source.span(match.start("marks"), match.end("marks"))
        message = say("`{found}` before a key or an item", found=show(match["marks"]))
        yield not_utf8.at(span, message, Fix.of(say("delete this character"), TextEdit(span, "")))
    for match in CONTROL.finditer(source.text):
        message = say("control character {character}", character=f"U+{ord(match[0]):04X}")
        yield not_utf8.at(source.span(match.start(), match.end()), message, say("delete this character"))


@rule("Y105", "file-too-large", Severity.ERROR)
def file_too_large(source: Source, limit: int) -> Iterator[Diagnostic]:
    """The file is larger, longer or nested deeper than one ever needs to be.

    Why
        A file made to exhaust the reader must not stop the booklet of everybody else.

    Fails
        a proposal of 2 MB; keys nested in thirteen levels

    Passes
        a proposal of 20 kB

    Source
        Our own limits: `docs/format.md`, "Limits".
    """
    yield file_too_large.at(source.span(0, 0), say("file of more than {limit} bytes", limit=limit))


@rule("Y106", "empty-file", Severity.ERROR)
def empty_file(source: Source) -> Iterator[Diagnostic]:
    """The file holds nothing but comments.

    Why
        A proposal that was never written, or was emptied by mistake, would silently disappear from the booklet.

    Fails
        # a comment

    Passes
        title: Donner la priorité aux bus
        status: draft

    Source
        `docs/format.md`.
    """
    lines = (match[0].strip() for match in _WRITTEN_LINE.finditer(source.text))
    if not any(line and not line.startswith("#") and line not in ("---", "...") for line in lines):
        yield empty_file.at(
            source.span(0, 0),
            say("the file holds no keys"),
            say("`sh run.sh new TITLE --domain D` makes a file to start from"),
        )


@rule("Y112", "merge-conflict", Severity.ERROR)
def merge_conflict(source: Source, start: int, end: int) -> Iterator[Diagnostic]:
    """Git left two versions of some lines here, which it could not merge.

    Why
        Which of them is right is for people to say. The rest of the file is checked with the first version.

    Fails
        a file with the marks `<<<<<<<`, `=======` and `>>>>>>>`

    Passes
        a file with one of the two versions

    Source
        git-merge(1), "How conflicts are presented".
    """
    yield merge_conflict.at(
        source.span(start, end),
        say("two versions that git could not merge"),
        say("keep one of the two, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`"),
    )


@rule("Y110", "too-many-findings", Severity.ERROR)
def too_many_findings(path: str, count: int, severity: Severity | None = None) -> Iterator[Diagnostic]:
    """The file has more findings than are told: the others are counted, those of one rule at least once.

    The count is as grave as the gravest finding that it stands for.

    Why
        Two hundred findings are more than anybody mends at once, and a file made to be full of them must not stop the
        check of the others.

    Fails
        a file of 990 000 control characters

    Passes
        a file with 12 misspelt keys

    Source
        Our own limits: `docs/format.md`, "Limits".
    """
    message = say(
        "at least {count} more findings, beyond the first {limit}", count=Decimal(count), limit=FINDINGS
    )
    top = Span(path, Position(1, 1), Position(1, 1))
    yield too_many_findings.at(top, message, say("mend the first ones, then check again"), severity=severity)
