"""What figures are computed from: plain values of a proposal, its edition and the law, as they were typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from booklet.costs.price_years import indices_of, needs_index
from booklet.money.amounts import Amounts
from booklet.money.calendar import Month, Period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from booklet.content.model.cost_line import Recurrence
    from booklet.content.model.edition import Prices
    from booklet.content.model.proposal import CostLine, Phase, Section
    from booklet.law.lookup import Law
    from booklet.money.calendar import Term

    Number = Fraction | Decimal

MONTHS = 12
#: years, more than any term has
FOREVER = 100


@dataclass(frozen=True, slots=True)
class Spreading:
    """The calendar years that a line is spread over, inside the term or not: months out of `months`, or units."""

    #: the months that quantity × unit cost pays for; None where units are written by year
    months: int | None
    counts: Mapping[int, Fraction | int]
    #: cache of `parts`: most lines of a proposal share their months with others
    _parts: dict[tuple[int, ...], Amounts] = field(default_factory=dict, compare=False, repr=False)

    def of_years(self, years: tuple[int, ...]) -> tuple[Fraction, ...]:
        """The months or units of some years."""
        return tuple(Fraction(self.counts.get(year, 0)) for year in years)

    def parts(self, years: tuple[int, ...]) -> Amounts:
        """The parts of quantity × unit cost that some years bear, or their units."""
        if years not in self._parts:
            counts = Amounts.of(*(self.counts.get(year, 0) for year in years))
            self._parts[years] = counts if self.months is None else counts / Amounts((self.months,))
        return self._parts[years]


@dataclass(frozen=True, slots=True)
class LineInputs:
    """A line of costs or revenues with all that its cost needs; three values are low, central and high."""

    index: int
    label: str
    section: Section
    quantity: tuple[Amounts, Amounts, Amounts]
    unit_cost: tuple[Amounts, Amounts, Amounts]
    #: the price index in the year of its prices and in the edition's; None where they are of one year
    indices: tuple[Amounts, Amounts] | None
    is_ttc: bool
    #: None where it is needed and not written; a price with VAT is never without
    vat: Amounts | None
    regime: str | None
    #: the part of quantity × unit cost that each budget year bears, or its units: those of the central quantity
    spread: Amounts
    has_units: bool
    #: whether it runs in the January after the term
    goes_on: bool
    #: paid before the six years and left to pay after them, on the price basis of the line; None where there is none
    paid_before: Amounts | None = None
    paid_after: Amounts | None = None
    #: empty where none is written yet
    nature: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether its three estimates are the same."""
        return all(low is central is high for low, central, high in (self.unit_cost, self.quantity))

    @property
    def may_bear_vat(self) -> bool:
        """Whether VAT is borne, or may be."""
        return self.vat is None or not self.vat.is_nothing

    @property
    def bears_fctva(self) -> bool:
        """Whether FCTVA is paid on it: it is a refund of VAT, none is paid where none was borne."""
        return self.regime == "fctva" and self.may_bear_vat


def read_line(
    index: int,
    line: CostLine,
    phases: Mapping[str, Phase],
    term: Term,
    prices: Prices | None,
    law: Law | None,
) -> LineInputs | None:
    """Read the inputs of a line; None while one that its cost needs is missing."""
    unit_cost, quantity = line.unit_cost.range if line.unit_cost else None, line.quantity_range
    price, rate = line.price or (prices.basis if prices else None), line.vat_rate
    if line.section is None or quantity is None or unit_cost is None or price is None:
        return None
    spreading = spread_line(line, phases)
    if spreading is None or (price == "ttc" and rate is None):
        return None
    if spreading.months is None and not line.quantity and any(quantity):
        return None  # units by year are of the central quantity: when the others come is not known
    indices = indices_of(line, prices, law)
    if indices is None and needs_index(line, prices):
        return None
    return LineInputs(
        index,
        line.label or "",
        line.section,
        _read_three(*quantity),
        _read_three(unit_cost.low.value, unit_cost.central.value, unit_cost.high.value),
        indices and (Amounts.one(indices[0]), Amounts.one(indices[1])),
        price == "ttc",
        None if rate is None else Amounts.one(rate),
        line.vat_regime,
        spreading.parts(term.years),
        spreading.months is None,
        recurs_after(line, term),
        None if line.paid_before is None else Amounts.of(line.paid_before.value),
        None if line.paid_after is None else Amounts.of(line.paid_after.value),
        line.nature or "",
    )


def _read_three(low: Number, central: Number, high: Number) -> tuple[Amounts, Amounts, Amounts]:
    middle = Amounts.one(central)
    if low == central == high:
        return middle, middle, middle
    return Amounts.one(low), middle, Amounts.one(high)


def spread_line(line: CostLine, phases: Mapping[str, Phase]) -> Spreading | None:
    """Compute the months or units that each calendar year bears; None while they cannot be read.

    A line that goes on does so for a hundred years, longer than any term. Staff counted in full-time
    equivalents costs a twelfth of its yearly cost in each month of its phase.
    """
    if line.recurs is not None:
        return _spread_recurring(line.recurs)
    if isinstance(line.spread, str):
        phase = phases.get(line.spread)
        period = phase.period if phase else None
        if period is None:
            return None
        return _months_of(period, MONTHS if line.counts_full_time else period.months)
    if line.spread is not None:
        return Spreading(None, {year: Fraction(units) for year, units in line.spread.items()})
    return None


def _spread_recurring(recurs: Recurrence) -> Spreading | None:
    if recurs.start is None:
        return None
    if not recurs.is_ramp:
        return _months_of(
            Period(recurs.start, recurs.until or Month(recurs.start.year + FOREVER, 12)), MONTHS
        )
    if recurs.then is None:
        return None
    last = max(recurs.units)
    after = dict.fromkeys(range(last + 1, last + FOREVER), Fraction(recurs.then))
    return Spreading(None, {year: Fraction(units) for year, units in recurs.units.items()} | after)


def recurs_after(line: CostLine, term: Term) -> bool:
    """Check whether the line runs in the January after the term."""
    recurs = line.recurs
    if recurs is None or recurs.start is None:
        return False
    january = term.end.plus(1)
    return recurs.start <= january and (recurs.until is None or recurs.until >= january)


@lru_cache(maxsize=1024)
def _months_of(period: Period, paid: int) -> Spreading:
    years = range(period.start.year, period.end.year + 1)
    months = dict.fromkeys(years, MONTHS)
    # only the first and the last year may hold fewer than twelve of its months
    ends = {year: period.months_in(year) for year in (*years[:1], *years[-1:])}
    return Spreading(paid, months | ends)
