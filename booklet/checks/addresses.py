"""R111: an address that a reader would take for another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from booklet.checks.scopes import for_each_document, for_workspace
from booklet.checks.spans import text_scalars
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.text.outside import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context
    from booklet.content.document import Document

_ADDRESS = re.compile(r"https?:[^\s<>\"]+", re.IGNORECASE)
_USER = re.compile(r"https?:[/\\]*[^/?#\\)\]]*@", re.IGNORECASE)
#: a backslash that is no escape of Markdown
_BACKSLASH = re.compile(r"\\(?![_*~\[\]()#.!|{}+`<>&-])")


@for_each_document
@rule("R111", "deceptive-address", Severity.ERROR)
def deceptive_address(document: Document[Any], _context: Context) -> Iterator[Diagnostic]:
    """A web address has a user name, a backslash or invisible marks.

    Why
        The reader would take it for another: `https://known.fr@other.org` leads to the other, a browser reads a
        backslash as a slash, and a mark of direction turns what is read around.

    Fails
        url: https://marseille.fr@example.org/

    Passes
        url: https://example.org/

    Source
        WHATWG URL Standard, "URL rendering": user names are to be removed, as they lend themselves to deception.
    """
    if "http" not in document.source.text.lower():
        return
    for scalar in text_scalars(document):
        for found in _ADDRESS.finditer(scalar.text):
            address = found[0]
            is_alone = address == scalar.text.strip()
            if (
                _USER.match(address)
                or _BACKSLASH.search(address)
                or (is_alone and "\\" in address)
                or visible(address) != address
            ):
                yield deceptive_address.at(
                    document.source.span(scalar.start, scalar.end),
                    say(
                        "an address with a user name, a backslash or invisible marks: `{text}`",
                        text=address[:80],
                    ),
                    say("type the address as a browser shows it"),
                )


@for_workspace
def deceptive_address_of_a_source(context: Context) -> Iterator[Diagnostic]:
    """Report the addresses of the bibliography (R111)."""
    if context.workspace.bibliography is not None:
        yield from deceptive_address(context.workspace.bibliography, context)
