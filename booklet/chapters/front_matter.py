"""One list's front matter, cover and letter: the only pages that differ from list to list."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from booklet.chapters.letter_figures import portfolio_values
from booklet.chapters.page import Page
from booklet.charts.cover import CoverPicture, draw_cover
from booklet.layout.page import fill_page
from booklet.text.stamps import Stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from booklet.chapters.context import FillContext
    from booklet.content.model.lists import ElectoralList


#: what is stamped in letters
BODY_LENGTH, BODY_SHA256 = "body-length", "body-sha256"
#: class of the names in `front.css` → letters of the longest name that it fits
_NAME_SIZES = {"": 90, "long": 150, "longer": 250, "longest": inf}


class BodyDigest(NamedTuple):
    """What a letter and the register print about the body, so that anybody can verify it."""

    #: in bytes
    length: int | Stamp
    #: in hexadecimal
    sha256: str | Stamp

    @classmethod
    def stamped(cls, length: int) -> BodyDigest:
        """Stand in for a length of as many digits and its digest, which the linker stamps."""
        return cls(Stamp(BODY_LENGTH, len(str(length))), Stamp(BODY_SHA256, 64))


@dataclass(frozen=True, slots=True)
class SharedFrontMatter:
    """What the covers and letters of all lists have in common."""

    #: the picture of the covers, as inline SVG
    picture: Markup
    #: figures of the portfolio that the letter may print, by slot
    figures: Mapping[str, str]
    #: class of the names, by the longest of all: an official name cannot be shortened
    name_size: str


def share_front_matter(context: FillContext) -> SharedFrontMatter:
    """Draw the cover's picture and write the letter's figures, once for all lists."""
    picture = draw_picture(context.environment, draw_cover(context.portfolio, context.edition))
    figures = portfolio_values(context.portfolio, context.edition, context.language)
    size = next(size for size, letters in _NAME_SIZES.items() if context.longest_name <= letters)
    return SharedFrontMatter(picture, figures, size)


def draw_picture(environment: Environment, picture: CoverPicture) -> Markup:
    """Render the picture of the covers, which has a mark or two for every proposal."""
    macros: Any = environment.get_template("macros/cover.html").module
    return Markup(macros.cover_picture(picture))


def fill_front_matter(
    context: FillContext,
    electoral_list: ElectoralList,
    file_name: str,
    body: BodyDigest,
    shared: SharedFrontMatter,
) -> Page:
    """Fill one list's front matter; the letter differs from those of other lists in its declared slots only."""
    html = fill_page(
        context.environment,
        "front.html",
        edition=context.edition,
        electoral_list=electoral_list,
        letter_slots={**shared.figures, **slot_values(electoral_list)},
        body_length=body.length,
        body_sha256=body.sha256,
        file_name=file_name,
        name_size=shared.name_size,
        picture=shared.picture,
    )
    return Page(electoral_list.id, html)


def slot_values(electoral_list: ElectoralList) -> dict[str, str]:
    """Return the value of every slot that a letter may hold for a list; empty where the list has none."""
    return {
        "list": electoral_list.name,
        "head": electoral_list.head or "",
        "commune": electoral_list.commune,
        "sector": "" if electoral_list.sector is None else str(electoral_list.sector),
        "panel": "" if electoral_list.panel is None else str(electoral_list.panel),
    }
