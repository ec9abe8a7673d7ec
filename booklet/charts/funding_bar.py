"""A financing plan → one bar of parts, from the surest to the least sure, then what the owner bears.

The parts are those of the table under it; a part too narrow for its words leaves them to the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

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

#: points that a character of a label takes, at most, and around it
_PER_CHARACTER, _AROUND = 4.3, 8.0


@dataclass(frozen=True, slots=True)
class Segment:
    """Draw one part of the gross cost; lengths in points."""

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
    """Hold the parts of one section's gross cost; lengths in points."""

    width: float
    section: str
    segments: tuple[Segment, ...]


def lay_out_funding_bar(
    costed: CostedProposal,
    edition: Edition,
    financings: Financings,
    language: Language,
    *,
    width: float = 493.2,
) -> FundingBar | None:
    """Lay the parts of the first section that has co-funders side by side; None where there is nothing to divide."""
    for section in SECTIONS:
        gross = printed_gross(costed, edition, financings, section)
        chain = financings.get((costed.id, section))
        grants = [grant for grant in chain.grants if not grant.is_debt] if chain else []
        own = gross - sum_grants(grants) if gross else None
        if not gross or not grants or own is None or own < 0:
            continue
        amounts: list[tuple[int | None, str, Decimal]] = [
            (
                index,
                STATUS_NAMES[status].text(language),
                sum_grants(grant for grant in grants if grant.funding.status == status),
            )
            for index, status in enumerate(FUNDING_STATUSES)
        ]
        amounts.append((None, say("Own share").text(language), own))
        segments = tuple(_segments(amounts, gross, width, language))
        return FundingBar(width, SECTION_NAMES[section].text(language), segments)
    return None


def _segments(
    amounts: list[tuple[int | None, str, Decimal]], gross: Decimal, width: float, language: Language
) -> Iterator[Segment]:
    x = 0.0
    for certainty, name, amount in amounts:
        part = amount / gross
        if not amount:
            continue
        words = f"{name} {Wording(language).percent(Decimal(round(part * 100)) / 100)}"
        own_width = round(float(part) * width, 2)
        fits = len(words) * _PER_CHARACTER + _AROUND <= own_width
        yield Segment(certainty, round(x, 2), own_width, words if fits else "", words)
        x += own_width
