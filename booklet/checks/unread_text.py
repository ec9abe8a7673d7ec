"""What YAML takes out of a text, although its author meant it to be printed (Y111)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from booklet.checks.scopes import for_each_document, for_workspace
from booklet.checks.spans import scalars_at
from booklet.content.model.fields import reader_at
from booklet.content.scalars import is_slug, read_prose, read_text
from booklet.content.yaml.quoting import put_quotes
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context
    from booklet.content.document import Document
    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Source

#: the comment after a value: on its line, or a line that begins with a number and goes on where the text ends
_COMMENT = re.compile(r"(?P<space>[ \t]*|\r?\n(?P<next>[ ]+)(?=#\d))(?P<comment>#[^\r\n]*)")
#: no author begins a comment like this: `#12`, `# 12`, or `#mot` after one space
_NO_COMMENT = re.compile(r"\s*#\d|[ \t]?#[ ]?\d|[ \t]?#\w")
#: a comment after the text, and not in it
_SECOND = re.compile(r"[ \t]{2,}#[ \t]")
_INDENTATION = re.compile(r"[\s-]*")
#: characters of a hint
_SHOWN = 60


@for_each_document
@rule("Y111", "comment-in-text", Severity.ERROR)
def comment_in_text(document: Document[Any], _context: Context) -> Iterator[Diagnostic]:
    """A ` #` inside a text without quotes: YAML reads what follows as a comment, and it is not printed.

    After one space and before another, where a comment or a text can be meant, it is a warning. Two spaces before `#`,
    as in the files of `new`, say that a comment is meant; so does a line of its own.

    Why
        Half of a sentence would be lost without anybody seeing it.

    Fails
        promise: Fontaine #12, un panneau dit la qualité de l'eau.

    Passes
        promise: "Fontaine #12, un panneau dit la qualité de l'eau."

    Source
        YAML 1.1 §6.6 (comments).
    """
    source = document.source
    if "#" not in source.text:
        return
    for path, scalar in scalars_at(document.node):
        found = _COMMENT.match(source.text, scalar.end) if scalar.plain else None
        if (
            found
            and reader_at(type(document.value), path) in (read_text, read_prose)
            and _continues(source, scalar, found)
        ):
            yield from _report(document, scalar, found)


def _continues(source: Source, scalar: Scalar, found: re.Match[str]) -> bool:
    """Check whether a comment can be part of a text: on its line, or further in than the line of the text."""
    line = source.lines[source.position(scalar.start).line - 1]
    begin = _INDENTATION.match(line)
    return found["next"] is None or (begin is not None and len(found["next"]) > begin.end())


def _report(document: Document[Any], scalar: Scalar, found: re.Match[str]) -> Iterator[Diagnostic]:
    source, comment = document.source, found.start("comment")
    is_clear = _NO_COMMENT.match(found[0]) is not None
    if not is_clear and (found["space"] != " " or not scalar.text or is_slug(scalar.text)):
        return
    second = _SECOND.search(found["comment"])
    start = scalar.start if scalar.text else comment
    end = comment + (second.start() if second else len(found["comment"].rstrip()))
    whole = source.text[start:end]
    quoted = put_quotes(whole)
    hint = say("write `{text}`", text=quoted)
    if len(quoted) > _SHOWN or "\n" in quoted:
        hint = say("put the whole text between quotes")
    message = say("` {text}` is a comment, and is not printed", text=source.text[comment:end][:_SHOWN])
    if not is_clear:
        yield comment_in_text.at(
            source.span(comment, end),
            message,
            hint,
            say("put two spaces before the `#` of a comment"),
            severity=Severity.WARNING,
        )
        return
    # where other lines cannot be read, or a bracket was to be closed, the text may go on
    is_safe = document.is_whole and whole[-1] not in ",]}"
    fix = Fix.of(hint, TextEdit(source.span(start, end), quoted)) if is_safe else hint
    yield comment_in_text.at(source.span(comment, end), message, fix)


@for_workspace
def comment_in_lists(context: Context) -> Iterator[Diagnostic]:
    """Report the texts of the lists, the sources and the parameters (Y111)."""
    workspace = context.workspace
    for document in (workspace.lists, workspace.bibliography, workspace.parameters):
        if document is not None:
            yield from comment_in_text(document, context)
