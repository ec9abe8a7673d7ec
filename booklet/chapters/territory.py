"""Organisations of the edition → who is who: the owners and funders of the proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import FORM_NAMES, KIND_NAMES, STATUS_NAMES
from booklet.money.euros import sum_cells
from booklet.tables.rounding import grant_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from booklet.content.model.edition import Edition, Organisation
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class Party:
    """One organisation that owns or funds proposals."""

    name: str
    kind: str
    #: how many proposals it owns, and how many it funds
    owns: int
    funds: int
    #: its grants over the six years, in euros, loans left out; None where it only lends
    given: Decimal | None
    #: the statuses of its grants, in words, after `loan` if it lends
    certainty: str


def who_is_who(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> tuple[Party, ...]:
    """List owners, then funders, each in the edition's order; organisations that no proposal names are left out."""
    parties = list(_parties(portfolio, edition, financings, language))
    return tuple(sorted(parties, key=lambda party: not party.owns))


def _parties(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> Iterator[Party]:
    for id, organisation in edition.organisations.items():
        grants = [
            (costed, grant)
            for costed in portfolio.ready
            for section in SECTIONS
            if (chain := financings.get((costed.id, section))) is not None
            for grant in chain.grants
            if grant.funding.funder == id
        ]
        owns = sum(id in costed.document.value.owners for costed in portfolio.ready)
        if not owns and not grants:
            continue
        given = [grant_in(costed, grant, portfolio.step) for costed, grant in grants if not grant.is_debt]
        statuses = {grant.funding.status for _, grant in grants}
        certainty = [
            *([FORM_NAMES["loan"].text(language)] if len(given) < len(grants) else []),
            *(name.text(language) for status, name in STATUS_NAMES.items() if status in statuses),
        ]
        yield Party(
            organisation.name,
            _kind(organisation, language),
            owns,
            len({costed.id for costed, _ in grants}),
            sum_cells(given) if given else None,
            ", ".join(certainty),
        )


def _kind(organisation: Organisation, language: Language) -> str:
    return KIND_NAMES[organisation.kind].text(language) if organisation.kind else ""
