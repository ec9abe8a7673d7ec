"""A financing plan → one bar of parts, from the surest to the least sure, then what the owner bears.

The parts are as wide as the amounts of the table under it, and their percents are exact; a part too narrow for its
words leaves them to the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from booklet.charts.frame import TEXT_WIDTH
from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS
from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.diagnostics.message import say
from booklet.tables.key_figures import printed_gross, printed_own_share, share_of_cost
from booklet.tables.rounding import sum_grants
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
        gross = printed_gross(costed, edition, financings, section, costed.step)
        own_share = printed_own_share(costed, edition, financings, section, costed.step)
        chain = financings.get((costed.id, section))
        exact = chain.own_share_total if chain else None
        if chain is None or exact is None or not gross or own_share is None or own_share < 0:
            continue
        if all(grant.is_debt for grant in chain.grants):
            continue
        amounts = [
            _Amount(
                index,
                STATUS_NAMES[status].text(language),
                sum_grants(costed, chain.grants_of(status), costed.step),
                share_of_cost(chain, chain.by_status(status)) or Decimal(0),
            )
            for index, status in enumerate(FUNDING_STATUSES)
        ]
        part = share_of_cost(chain, exact) or Decimal(0)
        amounts.append(_Amount(None, say("Own share").text(language), own_share, part))
        parts = tuple(_parts(amounts, gross, width, language))
        return FundingBar(width, SECTION_NAMES[section].text(language), parts)
    return None


class _Amount(NamedTuple):
    """One part: how certain it is, its name, its printed amount and its exact part of the cost."""

    certainty: int | None
    name: str
    printed: Decimal
    share: Decimal


def _parts(amounts: list[_Amount], gross: Decimal, width: float, language: Language) -> Iterator[FundingPart]:
    x = 0.0
    for certainty, name, printed, share in amounts:
        if not printed:
            continue
        words = f"{name} {Wording(language).percent(share)}"
        part_width = round(float(printed / gross) * width, 2)
        fits = len(words) * _PER_CHARACTER + _AROUND <= part_width
        yield FundingPart(certainty, round(x, 2), part_width, words if fits else "", words)
        x += part_width
