"""What YAML takes out of a text (Y111), what Markdown changes in it (R115), and what is printed as typed (R114)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from booklet.checks.mentions import span_in_text
from booklet.checks.scopes import for_each_document, for_workspace
from booklet.checks.spans import scalars_at
from booklet.content.model.fields import reader_at
from booklet.content.scalars import is_slug, read_prose, read_text
from booklet.content.unread_markdown import MAY_BE_UNREAD, OUTER_QUOTES, find_unread, within_quotes
from booklet.content.yaml.lines import KEY_OR_ITEM_LINE
from booklet.content.yaml.quoting import put_quotes
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.limits import MARKS, PROSE_CHARACTERS
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule
from booklet.text.markdown import ListItem, count_marks, list_items

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


def _goes_on(source: Source, scalar: Scalar) -> bool:
    """Check whether the line below a text can be part of it: further in, and neither a key nor an item."""
    number = source.position(scalar.end).line
    below = next((line for line in source.lines[number:] if line.strip()), "")
    begin = _INDENTATION.match(source.lines[number - 1])
    is_in = len(below) - len(below.lstrip()) >= (begin.end() if begin else 0) and below[:1] == " "
    return is_in and KEY_OR_ITEM_LINE.match(below) is None


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
    if len(quoted) > _SHOWN or "\n" in quoted or _goes_on(source, scalar):
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


# --- Markdown ----------------------------------------------------------------------------------------------------


@for_each_document
@rule("R114", "unread-markdown", Severity.WARNING)
def unread_markdown(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A text uses Markdown or HTML that the booklet does not read: it would be printed as it is typed.

    Read are paragraphs, lists, headings (`#`), quotes, `*emphasis*`, `**strong**`, `code`, links to https, mailto and
    `proposal:`, and sources as `[@id]`. Quotes of a word processor around a whole text are printed too: a warning, for
    information where they are those of French.

    Why
        Tables run together into one line, comments are read by everybody, and a link without `https://` leads nowhere.

    Fails
        problem: Voir [le bilan](www.exemple.fr).

    Passes
        problem: Voir [le bilan](https://www.exemple.fr).

    Source
        `docs/format.md`, "A proposal".
    """
    if MAY_BE_UNREAD.search(document.source.text):
        for scalar in _texts(document, context, MAY_BE_UNREAD):
            for found in find_unread(scalar.text):
                span = span_in_text(document, scalar, found.offset, found.length)
                yield unread_markdown.at(span, found.message, found.hint)
    if OUTER_QUOTES.search(document.source.text):
        for scalar in _texts(document, context, OUTER_QUOTES):
            if (text := within_quotes(scalar.text)) is not None:
                yield _report_quotes(document, scalar, text)


def _report_quotes(document: Document[Any], scalar: Scalar, text: str) -> Diagnostic:
    """The finding of quotes that are printed; those of French are perhaps meant."""
    source, is_french = document.source, "«" in scalar.text
    written = put_quotes(text)
    hint = (
        say("write `{text}`", text=written)
        if len(written) <= _SHOWN
        else say('take them away, or put straight quotes (`"`) in their place')
    )
    return unread_markdown.at(
        source.span(scalar.start, scalar.start + len(source.text[scalar.start : scalar.end].rstrip())),
        say("the quotes around the text are printed"),
        hint,
        severity=Severity.INFORMATION if is_french else None,
    )


@for_each_document
@rule("R115", "figure-made-item", Severity.ERROR)
def figure_made_item(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A sign or a number at the start of a line becomes the mark of a list, and a figure is printed otherwise.

    A list that begins with a year or another large number is a warning; one whose items are all percentages or amounts
    is told for information.

    Why
        `+ 12 %` would be printed with the dash of our lists, as `– 12 %`; a third item `5.` would be printed `3.`.

    Fails
        uncertainty: "+ 12 % de trafic en dix ans"

    Passes
        uncertainty: Le trafic croît de 12 % en dix ans

    Source
        CommonMark 0.31, "List items".
    """
    if not _MAY_HAVE_ITEMS.search(document.source.text):
        return
    for scalar in _texts(document, context, _MAY_BE_ITEM, (read_prose,)):
        lines = scalar.text.split("\n")
        for item in list_items(scalar.text):
            line = lines[item.line].rstrip()
            mark = line.lstrip()[: len(item.mark)]
            rest = line.lstrip()[len(item.mark) :].lstrip()
            found = _judge(item, rest, "\n".join(lines[: item.line]))
            if found is None or mark != item.mark:
                continue
            message, severity = found
            offset = sum(len(one) + 1 for one in lines[: item.line]) + len(line) - len(line.lstrip())
            typed = f"{mark[:-1]}\\{mark[-1]} {rest}"
            hint = (
                say("write `{text}`", text=typed)
                if len(typed) <= _SHOWN
                else say("write `\\` before the `{mark}`", mark=mark[-1])
            )
            if document.source.text[scalar.start : scalar.start + 1] == '"':
                hint = say("begin the line with a word")
            yield figure_made_item.at(
                span_in_text(document, scalar, offset, len(line.lstrip())), message, hint, severity=severity
            )


#: a line that Markdown may take for an item, and that begins with a figure
_MAY_BE_ITEM = re.compile(r"(?m)^[ ]*(?:[-+][ \t]+\d|\d+[.)][ \t])")
#: the same in the file, where a text may begin after a key or a quote
_MAY_HAVE_ITEMS = re.compile(r"(?m)(?:^[ ]*|[\"'] *|: +|\\n *)(?:[-+][ \t]+\d|\d+[.)][ \t])")
_FIGURE = re.compile(r"\d[\d\s.,]*(?:%|€|k€|M€|points?\b)")
#: from which on the number of a first item is a figure
_LARGE = 32


def _judge(item: ListItem, rest: str, above: str) -> tuple[Message, Severity | None] | None:
    """What is said of an item, and how grave it is; None where it is one."""
    mark = item.mark
    if mark in "-+" and rest[:1].isdecimal():
        message = say("`{mark}` at the start of a line is printed as the dash of a list", mark=mark)
        is_announced = above.rstrip().endswith(":")
        is_sentence = above.endswith(tuple("abcdefghijklmnopqrstuvwxyzàéè,"))
        if mark == "+" or (len(item.marks) == 1 and (_FIGURE.match(rest) or is_sentence)):
            return message, Severity.WARNING if is_announced else None
        return (message, Severity.INFORMATION) if item.all_begin(_FIGURE) else None
    if not mark[:-1].isdecimal():
        return None
    if int(mark[:-1]) != item.printed and len(set(item.marks)) > 1:
        return say("`{typed}` is printed `{printed}.`", typed=mark, printed=item.printed), None
    if item.index == 0 and int(mark[:-1]) >= _LARGE:
        return say("`{typed}` at the start of a line begins a list", typed=mark), Severity.WARNING
    return None


def _texts(
    document: Document[Any],
    context: Context,
    pattern: re.Pattern[str],
    readers: tuple[object, ...] = (read_text, read_prose),
) -> Iterator[Scalar]:
    """The texts of a document that have a pattern, are read by some readers, and not too long to be looked at."""
    for path, scalar in context.scalars(document):
        if (
            len(scalar.text) <= PROSE_CHARACTERS
            and pattern.search(scalar.text)
            and reader_at(type(document.value), path) in readers
            and count_marks(scalar.text) <= MARKS
        ):
            yield scalar
