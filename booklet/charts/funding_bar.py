"""A financing plan → one bar of parts, from the surest to the least sure, then what the owner bears.

The parts are those of the table under it; a part too narrow for its words leaves them to the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.charts.frame import TEXT_WIDTH
from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS
from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.diagnostics.message import say
from booklet.tables.key_figures import printed_gross
from booklet.tables.net_tables import sum_grants
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal
    from booklet.text.language import Language

#: points: the width of the widest character of a label, and the space around a label
_PER_CHARACTER, _AROUND = 4.3, 8.0


@dataclass(frozen=True, slots=True)
class FundingPart:
    """One part of the gross cost; lengths in points."""

    #: index in `FUNDING_STATUSES`, from the surest; None for the own share
    certainty: int | None
    x: float
    width: float
    #: empty where there is no room for it
    label: str
    #: for the text alternative
    words: str


@dataclass(frozen=True, slots=True)
class FundingBar:
    """The parts of one section's gross cost; lengths in points."""

    width: float
    section: str
    parts: tuple[FundingPart, ...]


def lay_out_funding_bar(
    costed: CostedProposal,
    edition: Edition,
    financings: Financings,
    language: Language,
    *,
    width: float = TEXT_WIDTH,
) -> FundingBar | None:
    """Lay the parts of the first section that has co-funders side by side; None where there is nothing to divide."""
    for section in SECTIONS:
        gross = printed_gross(costed, edition, financings, section)
        chain = financings.get((costed.id, section))
        grants = [grant for grant in chain.grants if not grant.is_debt] if chain else []
        own_share = gross - sum_grants(grants) if gross else None
        if not gross or not grants or own_share is None or own_share < 0:
            continue
        amounts: list[tuple[int | None, str, Decimal]] = [
            (
                index,
                STATUS_NAMES[status].text(language),
                sum_grants(grant for grant in grants if grant.funding.status == status),
            )
            for index, status in enumerate(FUNDING_STATUSES)
        ]
        amounts.append((None, say("Own share").text(language), own_share))
        parts = tuple(_parts(amounts, gross, width, language))
        return FundingBar(width, SECTION_NAMES[section].text(language), parts)
    return None


def _parts(
    amounts: list[tuple[int | None, str, Decimal]], gross: Decimal, width: float, language: Language
) -> Iterator[FundingPart]:
    x = 0.0
    for certainty, name, amount in amounts:
        share = amount / gross
        if not amount:
            continue
        words = f"{name} {Wording(language).percent(Decimal(round(share * 100)) / 100)}"
        part_width = round(float(share) * width, 2)
        fits = len(words) * _PER_CHARACTER + _AROUND <= part_width
        yield FundingPart(certainty, round(x, 2), part_width, words if fits else "", words)
        x += part_width
