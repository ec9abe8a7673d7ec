"""The register of a release: the lists served, with the file and digest of each; a separate file beside the booklets.

It is no part of the body, which must not depend on the lists. The manifest says the same to programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.chapters.page import Page
from booklet.layout.page import fill_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.chapters.context import FillContext
    from booklet.chapters.front_matter import BodyDigest
    from booklet.content.model.lists import ElectoralList
    from booklet.content.part_ids import PartId

ID: PartId = "register"
PATH = "register.pdf"
#: hexadecimal digits of a digest that are printed: enough to compare by eye, the manifest has them all
SHORT = 16
#: memory of layout grows with the rows of a document, so a longer register is laid out in parts, which are then linked
LISTS_PER_PART = 500


@dataclass(frozen=True, slots=True)
class ServedList:
    """One line of the register: a list and the file it receives."""

    electoral_list: ElectoralList
    path: str
    length: int
    sha256: str

    @property
    def short_sha256(self) -> str:
        """The first digits of the file's digest."""
        return self.sha256[:SHORT]


def fill_register(context: FillContext, served: Sequence[ServedList], body: BodyDigest) -> Iterator[Page]:
    """Fill the register of the lists, in their order, in parts of at most `LISTS_PER_PART`."""
    for start in range(0, len(served), LISTS_PER_PART):
        html = fill_page(
            context.environment,
            "register.html",
            edition=context.edition,
            served=served[start : start + LISTS_PER_PART],
            count=len(served),
            is_first=start == 0,
            is_last=start + LISTS_PER_PART >= len(served),
            body_length=body.length,
            body_sha256=body.sha256,
            has_sectors=any(one.electoral_list.sector is not None for one in served),
            has_panels=any(one.electoral_list.panel is not None for one in served),
        )
        is_whole = len(served) <= LISTS_PER_PART
        yield Page(ID if is_whole else f"{ID}-{start // LISTS_PER_PART + 1}", html, is_part=not is_whole)
