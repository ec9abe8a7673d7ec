"""Find what texts cite, `[@source]` and `[title](proposal:id)`, with the place of each id in the file.

Reading Markdown costs more than every other check together. Most files are settled by looking at the ids their raw
text holds; only a file that seems to cite something unknown has its texts read as Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from booklet.checks.places import texts
from booklet.content.scalars import is_slug
from booklet.text.markdown import mentions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from booklet.content.document import Document
    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Span

Kind = Literal["source", "proposal"]
_SEEN = re.compile(
    r"\[@(?P<source>[^\]\s]{0,200})\]|\(<?proposal:(?P<proposal>[^)>\s]{0,200})|<proposal:(?P<auto>[^>\s]{0,200})>"
)


def find_wrong_mentions(
    document: Document[Any], is_right: Callable[[Kind, str], bool]
) -> Iterator[tuple[Kind, str, Span]]:
    """Find the mentions of a document that are not right, each with the place of its id.

    A mention whose id cannot be one (`[@Batiweb 2017]`) would be printed as typed, and is found too, except in `code`.
    """
    if all(is_right(kind, cited) for kind, cited, _ in _seen(document.source.text)):
        return
    for scalar in texts(document):
        seen = [
            (kind, cited, offset) for kind, cited, offset in _seen(scalar.text) if not is_right(kind, cited)
        ]
        if not seen:
            continue
        real = {(mention.kind, mention.id, mention.offset) for mention in mentions(scalar.text)}
        for kind, cited, offset in seen:
            ordinary = not is_slug(cited) and scalar.text.count("`", 0, offset) % 2 == 0
            if (kind, cited, offset) in real or ordinary:
                yield kind, cited, _place(document, scalar, cited, offset)


def _seen(text: str) -> Iterator[tuple[Kind, str, int]]:
    for match in _SEEN.finditer(text):
        if match["source"] is not None:
            yield "source", match["source"], match.start("source")
        else:
            group = "proposal" if match["proposal"] is not None else "auto"
            yield "proposal", match[group], match.start(group)


def _place(document: Document[Any], scalar: Scalar, cited: str, offset: int) -> Span:
    """Find in the file what stands at an offset of a text; the whole text where quoting hides it."""
    source = document.source
    written = source.text[scalar.start : scalar.end]
    sign = scalar.text[max(0, offset - 2) : offset] + cited
    before = scalar.text.count(sign, 0, max(0, offset - 2))
    start = -1
    for _ in range(before + 1):
        start = written.find(sign, start + 1)
        if start < 0:
            return source.span(scalar.start, scalar.end)
    start += scalar.start + len(sign) - len(cited)
    return source.span(start, start + max(1, len(cited)))
