"""One list's cover and letter: the only pages of a booklet that are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from booklet.chapters.fiche import Page
from booklet.layout.page import fill_page
from booklet.text.markdown import fill_slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from booklet.charts.cover import CoverPicture
    from booklet.content.model.edition import Edition
    from booklet.content.model.lists import ElectoralList


def fill_front(
    environment: Environment,
    edition: Edition,
    electoral_list: ElectoralList,
    file_name: str,
    body_length: int,
    body_sha256: str,
    picture: Markup,
    whole: Mapping[str, str],
) -> Page:
    """Fill one list's cover and letter; its own words stand in the declared slots only; `picture` is drawn.

    `whole` gives the figures that every letter has alike (`whole_values`).
    """
    html = fill_page(
        environment,
        "front.html",
        edition=edition,
        electoral_list=electoral_list,
        letter=fill_slots(edition.letter, {**whole, **slot_values(electoral_list)}),
        body_length=body_length,
        body_sha256=body_sha256,
        file_name=file_name,
        picture=picture,
    )
    return Page(electoral_list.id, html)


def draw_picture(environment: Environment, picture: CoverPicture) -> Markup:
    """Fill the picture that all covers have, once: it has a mark or two for every proposal."""
    macros: Any = environment.get_template("macros/cover.html").module
    return Markup(macros.cover_picture(picture))


def slot_values(electoral_list: ElectoralList) -> dict[str, str]:
    """Give the value of every slot that a letter may hold; what a list does not have is empty."""
    return {
        "list": electoral_list.name,
        "head": electoral_list.head or "",
        "commune": electoral_list.commune,
        "sector": "" if electoral_list.sector is None else str(electoral_list.sector),
        "panel": "" if electoral_list.panel is None else str(electoral_list.panel),
    }
