"""The register of a release: the lists served, with the file and digest of each; a file of its own beside the booklets.

It is no part of the body, which must not depend on the lists. The manifest says the same to programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.chapters.fiche import Page
from booklet.layout.page import fill_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.content.model.lists import ElectoralList

PATH = "register.pdf"
#: figures of a digest that are printed: enough to compare by eye, the manifest has them all
SHORT = 16
#: a document's memory grows with its rows, so a longer register is laid out in parts, which are then linked
LISTS_PER_PART = 500


@dataclass(frozen=True, slots=True)
class Served:
    """Hold one line of the register: a list and the file it receives."""

    electoral_list: ElectoralList
    path: str
    length: int
    sha256: str

    @property
    def short_sha256(self) -> str:
        """Give the first figures of the digest."""
        return self.sha256[:SHORT]


def fill_register(
    environment: Environment, edition: Edition, served: Sequence[Served], body_length: int, body_sha256: str
) -> Iterator[Page]:
    """Fill the register of the lists, in their order, in as many parts as it takes."""
    for start in range(0, len(served), LISTS_PER_PART):
        html = fill_page(
            environment,
            "register.html",
            edition=edition,
            served=served[start : start + LISTS_PER_PART],
            count=len(served),
            is_first=start == 0,
            is_last=start + LISTS_PER_PART >= len(served),
            body_length=body_length,
            body_sha256=body_sha256,
            has_sectors=any(one.electoral_list.sector is not None for one in served),
            has_panels=any(one.electoral_list.panel is not None for one in served),
        )
        yield Page(
            f"register-{start // LISTS_PER_PART + 1}" if len(served) > LISTS_PER_PART else "register", html
        )
