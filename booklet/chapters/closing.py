"""The body's last chapters but the index and the sources: who decides, method, equal treatment, colophon."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from booklet.chapters.address import draw_code
from booklet.chapters.competence import who_decides
from booklet.chapters.fiche import Page
from booklet.chapters.opening import Chapter
from booklet.chapters.parameters import printed_parameters
from booklet.chapters.parts import CLOSING, INDEX, OPENING, SOURCES
from booklet.chapters.portfolio_pages import portfolio_chapters
from booklet.diagnostics.message import say
from booklet.layout.page import fill_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Law
    from booklet.text.language import Language


def fill_closing(
    environment: Environment,
    edition: Edition,
    portfolio: Portfolio,
    law: Law,
    page_by_target: Mapping[str, int],
) -> Page:
    """Fill the closing chapters."""
    language: Language = environment.globals["language"]  # type: ignore[assignment]
    waivers = [
        (proposal.document.value.title or "", waiver.rule, waiver.because)
        for proposal in portfolio.ready
        for waiver in proposal.document.value.waivers
    ]
    website = edition.publisher.website if edition.publisher else None
    html = fill_page(
        environment,
        "closing.html",
        edition=edition,
        decides=who_decides(portfolio, edition, law, language),
        parameters=printed_parameters(portfolio, edition, law, language),
        waivers=waivers,
        website=draw_code(website) if website else None,
        data=draw_code(edition.data) if edition.data else None,
        page_by_target=page_by_target,
    )
    return Page(CLOSING, html)


def chapters_before(language: Language) -> tuple[Chapter, ...]:
    """List the chapters that may stand before the fiches, as the table of contents names them."""
    chapters = (
        (f"{OPENING}:essentials", say("The essentials")),
        (f"{OPENING}:territory", say("The territory")),
        (f"{OPENING}:parties", say("Who is who")),
        (f"{OPENING}:ideas", say("Ideas that were not costed")),
    )
    return tuple(Chapter(target, title.text(language)) for target, title in chapters)


def chapters_after(language: Language) -> tuple[Chapter, ...]:
    """List the chapters that may stand after the fiches; the contents name those that have content."""
    in_closing = partial("{}:{}".format, CLOSING)
    chapters = (
        (in_closing("decides"), say("Who decides what, and when")),
        (in_closing("method"), say("Method")),
        (in_closing("parameters"), say("Parameters of the law")),
        (in_closing("treatment"), say("Equal treatment")),
        (in_closing("colophon"), say("Version, errata, licences")),
        (in_closing("glossary"), say("Glossary")),
        (INDEX, say("Index")),
        (SOURCES, say("Sources")),
    )
    named = (*portfolio_chapters(language), *((target, title.text(language)) for target, title in chapters))
    return tuple(Chapter(target, title) for target, title in named)
