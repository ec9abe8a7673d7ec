"""The body's first pages: how to read a fiche, the contents, the essentials on one page, the territory, the ideas."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.chapters.essentials import gather_essentials
from booklet.chapters.fiche import Page
from booklet.chapters.parts import DOMAIN, OPENING
from booklet.chapters.territory import who_is_who
from booklet.layout.page import ContentsEntry, fill_page
from booklet.tables.rounding import add_section, after_term, section_total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from booklet.content.model.edition import Domain, Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.money.euros import PrintedRange
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class Chapter:
    """Name a chapter of the contents: its anchor and its words."""

    target: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hold one domain of the contents."""

    domain: Domain
    #: the pages that open the domain
    opener: ContentsEntry
    entries: tuple[ContentsEntry, ...]


def fill_opening(
    environment: Environment,
    edition: Edition,
    portfolio: Portfolio,
    financings: Financings,
    before: Sequence[Chapter],
    after: Sequence[Chapter],
    page_by_target: Mapping[str, int],
) -> Page:
    """Fill the opening; `before` and `after` are the chapters around the fiches."""
    language: Language = environment.globals["language"]  # type: ignore[assignment]
    html = fill_page(
        environment,
        "opening.html",
        edition=edition,
        before=_number(before, page_by_target),
        groups=_groups(edition, portfolio, page_by_target),
        after=_number(after, page_by_target),
        essentials=gather_essentials(portfolio, edition, financings, language),
        parties=who_is_who(portfolio, edition, financings, language),
        yearly_share=_yearly_share(portfolio, edition),
    )
    return Page(OPENING, html)


def _groups(edition: Edition, portfolio: Portfolio, page_by_target: Mapping[str, int]) -> tuple[Group, ...]:
    groups = []
    for domain, described in edition.domains.items():
        entries = tuple(
            ContentsEntry(
                proposal.id,
                proposal.document.value.title or "",
                page_by_target[proposal.id],
                section_total(proposal, "investissement"),
                _running(after_term(proposal)),
            )
            for proposal in portfolio.in_domain(domain)
        )
        if entries:
            opener = f"{DOMAIN}{domain}"
            groups.append(
                Group(described, ContentsEntry(opener, described.title, page_by_target[opener]), entries)
            )
    return tuple(groups)


def _number(chapters: Sequence[Chapter], page_by_target: Mapping[str, int]) -> tuple[ContentsEntry, ...]:
    return tuple(
        ContentsEntry(chapter.target, chapter.title, page_by_target[chapter.target]) for chapter in chapters
    )


def _running(amount: PrintedRange) -> PrintedRange | None:
    return amount if amount else None


def _yearly_share(portfolio: Portfolio, edition: Edition) -> tuple[Decimal, Decimal] | None:
    """Give what the whole invests in an average year, and its part of what the territory invests."""
    yardstick = edition.territory.yearly_investment if edition.territory else None
    whole = add_section(portfolio.ready, "investissement").central
    if not yardstick or not whole:
        return None
    yearly = whole / len(portfolio.years)
    return yearly, Decimal(round(yearly / yardstick.rounded() * 1000)) / 1000
