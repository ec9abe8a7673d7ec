"""The first pages of the body: how to read a fiche, the contents, the essentials, the territory, uncosted ideas."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.chapters.essentials import gather_essentials
from booklet.chapters.territory import who_is_who
from booklet.content.part_ids import domain_part_id
from booklet.layout.page import ContentsEntry, fill_page
from booklet.tables.rounding import add_section, after_term, section_total
from booklet.text.stamps import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.chapters.context import FillContext
    from booklet.content.model.edition import Domain, Edition
    from booklet.costs.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class ContentsGroup:
    """One domain in the contents: the pages that open it, then its fiches."""

    domain: Domain
    opener: ContentsEntry
    entries: tuple[ContentsEntry, ...]


def fill_opening(
    context: FillContext,
    before: Sequence[ContentsEntry],
    after: Sequence[ContentsEntry],
) -> str:
    """Fill the opening; `before` and `after` are the contents of the chapters before and after the domains."""
    edition, portfolio, financings = context.edition, context.portfolio, context.financings
    return fill_page(
        context.environment,
        "opening.html",
        edition=edition,
        before=before,
        groups=tuple(_group_by_domain(context)),
        after=after,
        essentials=gather_essentials(portfolio, edition, financings, context.language),
        parties=who_is_who(portfolio, edition, financings, context.language),
        step=portfolio.step,
        yearly_share=_yearly_share(portfolio, edition),
    )


def _group_by_domain(context: FillContext) -> Iterator[ContentsGroup]:
    for domain, described in context.edition.domains.items():
        entries = tuple(
            ContentsEntry(
                proposal.id,
                proposal.document.value.title or "",
                Stamp(proposal.id),
                section_total(proposal, "investissement"),
                after_term(proposal) or None,
            )
            for proposal in context.portfolio.in_domain(domain)
        )
        if entries:
            opener = domain_part_id(domain)
            entry = ContentsEntry(opener, described.title, Stamp(opener))
            yield ContentsGroup(described, entry, entries)


def _yearly_share(portfolio: Portfolio, edition: Edition) -> tuple[Decimal, Decimal] | None:
    """Investment of the portfolio in an average year, in euros, and its share of the territory's yearly investment.

    None where one of them is not known or zero.
    """
    yardstick = edition.territory.yearly_investment if edition.territory else None
    whole = add_section(portfolio.ready, "investissement", portfolio.step).central
    if not yardstick or not whole:
        return None
    yearly = whole / len(portfolio.years)
    return yearly, Decimal(round(yearly / yardstick.rounded() * 1000)) / 1000
