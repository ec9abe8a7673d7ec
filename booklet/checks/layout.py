"""Rules of family R that need the laid-out pages: `build` and `print` call them."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

from booklet.content.yaml.nodes import Mapping, Node, Scalar, Sequence, span_of
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Source, Span
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from booklet.content.document import Document
    from booklet.content.proposal_files import ProposalDocument
    from booklet.layout.overflow_report import Layout, Misfit

#: a character of YAML's double quotes, or of Markdown
_HEX = "[0-9A-Fa-f]"
_ESCAPE = re.compile(rf"\\(?:x({_HEX}{{2}})|u({_HEX}{{4}})|U00((?:0{_HEX}|10){_HEX}{{4}}))|&#?\w+;")


@rule("R101", "template-error", Severity.ERROR)
def template_error(span: Span, subject: str, message: Message) -> Iterator[Diagnostic]:
    """A template or a stylesheet cannot be laid out as it is written.

    Why
        WeasyPrint would go on and leave a hole on the page; a booklet is released whole or not at all.

    Fails
        {{ proposal.titel }}

    Passes
        {{ proposal.title }}

    Source
        `docs/architecture.md`, "Laying out".
    """
    yield template_error.at(
        span, say("`{subject}` cannot be laid out: {message}", subject=subject, message=message)
    )


@rule("R106", "does-not-fit", Severity.WARNING)
def does_not_fit(
    layout: Layout,
    find_span: Callable[[str], Span | None],
    top: Span,
    pages: int | None = None,
    severity: Severity | None = None,
) -> Iterator[Diagnostic]:
    """A text does not fit the pages that it has.

    Why
        A proposal stands on two facing pages, so that any two can be compared at a glance; one that takes more takes
        four. Nothing is cut, so what is too long must be seen: lines after the last page, words wider than their
        column or on other words, a heading without its text, a last page that is all but empty. Front matter has
        exactly two pages, the cover and the letter, so that every list's body starts alike: there it is an error.
        What is longer than its room on the page is told, not what it pushes to the next.

    Fails
        a `problem` of 700 words; a letter of three pages

    Passes
        a `problem` of 100 words; a letter of one page

    Source
        `docs/architecture.md`, "Linking". Lines are counted in the pages as they are laid out.
    """
    total = 0 if pages is None else layout.lines_past(pages)
    if total:
        cuts = [cut for part in layout.overflows for cut in part.cuts(lambda field: bool(find_span(field)))]
        for one, lines in cuts:
            hint = _shorten(lines, one.width * lines)
            yield does_not_fit.at(
                find_span(one.field) or top, _too_many(one.field, lines), hint, severity=severity
            )
        if not cuts:
            yield does_not_fit.at(top, _too_many("", total), _shorten(total, 0), severity=severity)
    reported = set()
    for misfit in layout.misfits:
        if (misfit.fault, misfit.field) not in reported:
            reported.add((misfit.fault, misfit.field))
            yield does_not_fit.at(find_span(misfit.field) or top, *_misplaced(misfit), severity=severity)
    if layout.is_all_but_empty and not total:
        lines, last = layout.lines_by_page[-1], layout.fields[-1].field
        message = (
            say("the last page holds one line")
            if lines == 1
            else say("the last page holds {lines} lines", lines=lines)
        )
        yield does_not_fit.at(find_span(last) or top, message, _shorten(lines, 0), severity=severity)


def _too_many(field: str, lines: int) -> Message:
    if not field:
        return say("does not fit its pages: {lines} lines too many", lines=lines)
    if lines == 1:
        return say("`{field}` does not fit: 1 line too many", field=field)
    return say("`{field}` does not fit: {lines} lines too many", field=field, lines=lines)


def _shorten(lines: int, characters: int) -> Message:
    if characters:
        about = max(10, round(characters, -1))
        if lines == 1:
            return say("shorten it by 1 line, about {characters} characters", characters=about)
        return say(
            "shorten it by {lines} lines, about {characters} characters", lines=lines, characters=about
        )
    return say("shorten it by 1 line") if lines == 1 else say("shorten it by {lines} lines", lines=lines)


def _misplaced(misfit: Misfit) -> tuple[Message, Message]:
    """Word a misfit, and a hint."""
    words, field, page = misfit.excerpt, misfit.field, misfit.page
    if misfit.fault == "lonely heading":
        return (
            say("heading `{words}` is alone at the foot of page {page}", words=words, page=page),
            say("shorten what stands before it, or lengthen it"),
        )
    if not words:
        return (
            say("a picture does not fit page {page}", page=page),
            say("make it smaller, or what stands beside it shorter"),
        )
    messages = {
        "too wide": say("`{words}` is wider than its column, on page {page}", words=words, page=page),
        "off the page": say("`{words}` leaves the type area of page {page}", words=words, page=page),
        "on another text": say("`{words}` stands on other words, on page {page}", words=words, page=page),
    }
    message = messages[misfit.fault]
    if field:
        message = say("`{field}` does not fit: {what}", field=field, what=message)
    return message, say("write it shorter, or in shorter words")


@rule("R112", "layout-ended", Severity.ERROR)
def layout_ended(root: Path, document: ProposalDocument, reason: Message) -> Iterator[Diagnostic]:
    """The pages of a proposal take too long to lay out, or too much memory: their layout was ended.

    It is told at the key or the image that holds most; the other proposals are laid out all the same, and nothing is
    released.

    Why
        One proposal must not stop the booklet of everybody else.

    Fails
        an image that fills 20 s of processor time

    Passes
        any proposal that two pages hold: it takes two seconds at most

    Source
        Our own limits: `docs/format.md`, "Limits".
    """
    figures = [figure.file for figure in document.value.figures if figure.file is not None]
    sizes = {file: (root / document.folder / file).stat().st_size for file in figures}
    field, length = max(_lengths(document.node), key=lambda found: found[1])
    largest = max(sizes, key=lambda file: sizes[file], default="")
    is_image = sizes.get(largest, 0) > length
    place = ("figures", figures.index(largest), "file") if is_image else (field,)
    yield layout_ended.at(
        document.span(*place) if is_image else document.key_span(*place),
        say("{reason}: look at `{name}`", reason=reason, name=largest if is_image else field),
        say("it has {size} bytes, more than any other image or text", size=sizes[largest])
        if is_image
        else say("its texts have {length} characters, more than those of any other key", length=length),
    )


def _lengths(node: Node) -> Iterator[tuple[str, int]]:
    """The keys of a file, each with the number of characters of the texts below it."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.text, sum(len(scalar.text) for scalar in _scalars(value))


@rule("R107", "missing-glyph", Severity.ERROR)
def missing_glyph(documents: Iterable[Document[object]], character: str) -> Iterator[Diagnostic]:  # type: ignore[type-var]
    """A text, or an image in SVG, holds a character that no font of the booklet can print.

    Why
        On paper it would be an empty box.

    Fails
        title: Donner la priorité aux 🚌

    Passes
        title: Donner la priorité aux bus

    Source
        The fixed Latin set of `templates/fonts/README.md`.
    """
    first = None
    for document in documents:
        first = first or document
        for scalar in _scalars(document.node):
            offset = document.source.text.find(character, scalar.start, scalar.end)
            if offset >= 0:
                yield unprintable(document.source.span(offset, offset + 1), character)
                return
            if character in unicodedata.normalize("NFC", html.unescape(scalar.text)):
                yield unprintable(_find_escape(document.source, scalar, character), character)
                return
    if first is not None:  # made by a template, of a text or not: never left unsaid
        yield unprintable(first.span(), character)


def _find_escape(source: Source, scalar: Scalar, character: str) -> Span:
    """Where a text writes a character as `\\u2603` (YAML) or `&phone;` (Markdown); the whole text where it does not."""
    for found in _ESCAPE.finditer(source.text, scalar.start, scalar.end):
        read = chr(int(found[found.lastindex], 16)) if found.lastindex else html.unescape(found[0])
        if read == character:
            return source.span(*found.span())
    return span_of(source, scalar)


def unprintable(span: Span, character: str) -> Diagnostic:
    """The finding of a character that no font prints (R107)."""
    code = f"U+{ord(character):04X}"
    return missing_glyph.at(
        span,
        say("no font prints `{character}` ({code})", character=character, code=code),
        say("write it with letters of the Latin alphabet, or in words"),
    )


@rule("R108", "nothing-to-print", Severity.ERROR)
def nothing_to_print(path: str, message: Message, *hints: Message) -> Iterator[Diagnostic]:
    """There is no ready proposal, or no list to give the booklet to.

    Why
        An empty release would replace the one that stands in `dist/`.

    Fails
        every proposal has `status: draft`

    Passes
        one proposal has `status: ready`

    Source
        `docs/format.md`, "A proposal".
    """
    yield nothing_to_print.at(Span(path, Position(1, 1), Position(1, 1)), message, *hints)


@rule("R113", "layout-unsettled", Severity.ERROR)
def layout_unsettled(top: Span, pages_by_part: dict[str, list[int]]) -> Iterator[Diagnostic]:
    """Page numbers do not settle: a part is longer because of one that it prints, and shorter because of the next.

    Why
        A number in the contents or the index would be wrong.

    Fails
        contents of 5 pages if they say 99, and of 6, which makes it 100, if they say 100

    Passes
        contents of 5 pages, whatever numbers they print

    Source
        `docs/architecture.md`, "Linking".
    """
    parts = ", ".join(
        f"`{id}` ({' – '.join(str(pages) for pages in sorted(set(found)))})"
        for id, found in pages_by_part.items()
    )
    yield layout_unsettled.at(
        top,
        say("page numbers do not settle: {parts}", parts=parts),
        say("in brackets, the pages that each part takes in turn: add a line to one, or delete one"),
    )


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Mapping):
        for _, value in node.entries:
            yield from _scalars(value)
