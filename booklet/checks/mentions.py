"""Texts of a document → the ids that they cite, `[@source]` and `[title](proposal:id)`, with the span of each.

Parsing Markdown costs more than every other check together. Most files need none: a regular expression finds every id
in the raw file, and only a file that seems to cite an unknown one is parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from booklet.checks.spans import text_scalars
from booklet.content.scalars import is_slug
from booklet.diagnostics.limits import MARKS, PROSE_CHARACTERS
from booklet.text.markdown import count_marks, has_encoded_link, mentions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from booklet.content.document import Document
    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Span

Kind = Literal["source", "proposal"]
_CANDIDATE = re.compile(
    r"\[@(?P<source>[^\]\s]{0,200})\]|\(<?proposal:(?P<proposal>[^)>\s]{0,200})|<proposal:(?P<auto>[^>\s]{0,200})>",
    re.IGNORECASE,
)


class _Candidate(NamedTuple):
    """What reads like a mention in text that may be Markdown, or YAML around it."""

    kind: Kind
    cited: str
    #: of the id in the text
    offset: int


def find_wrong_mentions(
    document: Document[Any], is_right: Callable[[Kind, str], bool]
) -> Iterator[tuple[str, Span]]:
    """Find the mentions that are not right, each by the id that it cites and the id's span.

    A mention with words that cannot be an id (`[@Batiweb 2017]`) is ordinary text in Markdown and would be printed as
    typed: it is found too, except in `code`.
    """
    text = document.source.text
    is_encoded = has_encoded_link(text)
    if not is_encoded and all(is_right(kind, cited) for kind, cited, _ in _find_candidates(text)):
        return
    for scalar in text_scalars(document):
        candidates = [one for one in _find_candidates(scalar.text) if not is_right(one.kind, one.cited)]
        is_hidden = is_encoded and has_encoded_link(scalar.text)
        if not (candidates or is_hidden) or len(scalar.text) > PROSE_CHARACTERS:
            continue  # too much of a text is reported where it is read
        if count_marks(scalar.text) > MARKS:
            continue
        if is_hidden:
            yield from _find_encoded(document, scalar, is_right)
        parsed = {(mention.kind, mention.id, mention.offset) for mention in mentions(scalar.text)}
        for kind, cited, offset in candidates:
            typed = not is_slug(cited) and scalar.text.count("`", 0, offset) % 2 == 0
            if (kind, cited, offset) in parsed or typed:
                yield cited, span_in_text(document, scalar, offset, len(cited))


def _find_encoded(
    document: Document[Any], scalar: Scalar, is_right: Callable[[Kind, str], bool]
) -> Iterator[tuple[str, Span]]:
    """Find the mentions that are not right and that no candidate shows, with the span of the whole text."""
    shown = {(one.kind, one.cited) for one in _find_candidates(scalar.text)}
    for mention in mentions(scalar.text):
        if (mention.kind, mention.id) not in shown and not is_right(mention.kind, mention.id):
            yield mention.id, document.source.span(scalar.start, scalar.end)


def _find_candidates(text: str) -> Iterator[_Candidate]:
    for match in _CANDIDATE.finditer(text):
        if match["source"] is not None:
            yield _Candidate("source", match["source"], match.start("source"))
        else:
            group = "proposal" if match["proposal"] is not None else "auto"
            yield _Candidate("proposal", match[group], match.start(group))


def span_in_text(document: Document[Any], scalar: Scalar, offset: int, length: int) -> Span:
    """The span in the file of a part of a text; of the whole text where YAML quoting hides it."""
    source = document.source
    written = source.text[scalar.start : scalar.end]
    begin = max(0, offset - 2)
    if "\n" in scalar.text[begin:offset]:  # which YAML indents
        begin = offset
    sign = scalar.text[begin : offset + length]
    before = scalar.text.count(sign, 0, begin)
    start = -len(sign)
    for _ in range(before + 1):
        start = written.find(sign, start + len(sign))
        if start < 0:
            return source.span(scalar.start, scalar.end)
    start += scalar.start + len(sign) - length
    return source.span(start, start + max(1, length))
