"""What projects of one class cost beyond their first estimate → a second figure, never mixed into the authors' own.

HM Treasury's supplementary Green Book guidance has an upper bound for six classes, as a share of the first estimate. It
is for those who have no figures of their own: it is asked of a proposal that rests on assumptions only, of the natures
that have a class.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from booklet.money.amounts import total
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from booklet.content.model.cost_line import CostLine, Nature, Section
    from booklet.content.model.proposal import Proposal, ReferenceClass
    from booklet.costs.portfolio import CostedProposal
    from booklet.law.lookup import Law

#: the parameter of a class is this and its name
OPTIMISM = "optimism-bias."
_WORKS: tuple[Section, frozenset[Nature]] = ("investissement", frozenset({"works"}))
#: the lines that the bound of each class is about
COVERED: Mapping[ReferenceClass, tuple[Section, frozenset[Nature]]] = {
    "standard-building": _WORKS,
    "non-standard-building": _WORKS,
    "standard-civil-engineering": _WORKS,
    "non-standard-civil-engineering": _WORKS,
    "equipment-development": ("investissement", frozenset({"equipment", "software"})),
    "outsourcing": ("fonctionnement", frozenset({"service"})),
}
#: natures of investment for which a class is asked
ASKED: frozenset[Nature] = frozenset({"works", "equipment", "software"})


@dataclass(frozen=True, slots=True)
class Uplift:
    """What a proposal costs beyond its central estimate, HT, if it overruns as far as the bound of its class."""

    reference_class: ReferenceClass
    rate: Decimal
    #: the central cost of the lines that the class is about, over six years, in cents
    base: Euros

    @property
    def added(self) -> Euros:
        """The overrun, to the cent."""
        return Euros.of((self.base * self.rate).rounded())


def covers(name: ReferenceClass, line: CostLine) -> bool:
    """Check whether the bound of a class is about a line."""
    section, natures = COVERED[name]
    return line.section == section and line.nature in natures


def is_assumed(proposal: Proposal) -> bool:
    """Check whether every cost line rests on an assumption."""
    return bool(proposal.costs) and all(line.evidence == "assumption" for line in proposal.costs)


def find_uplift(costed: CostedProposal, law: Law, year: int) -> Uplift | None:
    """Compute the uplift of a proposal under the bound of a year; None where its class does not apply."""
    proposal, costing = costed.document.value, costed.costing
    name = proposal.reference_class
    if name is None or not costing.is_complete or not is_assumed(proposal):
        return None
    rate = law.percent(f"{OPTIMISM}{name}", date(year, 1, 1))
    covered = [line for line in costing.lines if covers(name, line.line)]
    if rate is None or not covered:
        return None
    cells = (Euros.of(amount.central.rounded()) for line in covered for amount in line.ht)
    return Uplift(name, rate, total(cells))
