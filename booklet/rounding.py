"""What a section of a proposal costs over the six years, as every table prints it.

The finest cells are the lines of the fiche, rounded once to the unit of its table; a section's total is their sum,
and the tables of the whole, the financing plan and the table of contents print that same total.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache, reduce

from booklet.euros import EURO, Euros, PrintedRange, Range, round_to
from booklet.model import Section
from booklet.portfolio import CostedProposal
from booklet.tables import MILLION, THOUSAND

#: every total is printed on many pages; so many proposals, in both sections, are added up once
TOTALS_KEPT = 5_000


def printing_step(amounts: Sequence[Range]) -> Decimal:
    """Choose the unit of a table: thousands of euros for millions, unless an amount would print as 0."""
    largest = reduce(Euros.__add__, (amount.high for amount in amounts), Euros.of(0))
    smallest = min(
        (bound for amount in amounts for bound in (amount.low, amount.central) if bound), default=largest
    )
    return THOUSAND if largest.value >= MILLION and smallest.value >= THOUSAND else EURO


@lru_cache(maxsize=TOTALS_KEPT)
def section_total(costed: CostedProposal, section: Section) -> PrintedRange | None:
    """Give a section's six-year total as the fiche's table of costs prints it; None where nothing is spent."""
    costs = [cost for cost in costed.costing.lines if cost.section == section]
    if not costs:
        return None
    step = printing_step([cost.ht.total for cost in costed.costing.lines])
    return reduce(PrintedRange.__add__, (cost.ht.total.rounded(step) for cost in costs))


def section_thousands(costed: CostedProposal, section: Section) -> PrintedRange:
    """Give the same total in thousands of euros, as the tables of the whole print it."""
    total = section_total(costed, section) or PrintedRange()
    return PrintedRange(*(round_to(amount, THOUSAND) for amount in (total.low, total.central, total.high)))
