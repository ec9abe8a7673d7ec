"""4. Proposal → yearly amounts: by line, section and budget year, without and with VAT, in the term and after it.

A line costs quantity × unit cost. It is spread over a phase (the same part each month) or by units per budget year, or
it recurs (a twelfth of the yearly cost each month, so that a year begun in July costs half). Staff counted in full-time
equivalents costs a twelfth of its yearly cost in each month of its phase. The amounts here have the
six budget years only: rule C103 reports what falls outside them.

Amounts are exact and unrounded. HT is the price without VAT; a `ttc` price is divided by (1 + rate), CGI art. 278 ff.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, CostLine, Phase, Proposal, Section
from booklet.money.calendar import Month, Period, Term, Yearly
from booklet.money.euros import NOTHING, Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.content.model.edition import Prices

MONTHS = 12


@dataclass(frozen=True)
class LineCost:
    """The cost of one line in each budget year, and in a full year after the term if it goes on."""

    index: int
    line: CostLine
    ht: Yearly
    after_term_per_year: Range

    @cached_property
    def ttc(self) -> Yearly | None:
        """The yearly cost with VAT; None while the rate is not known."""
        rate = self.line.vat_rate
        return None if rate is None else self.ht * (1 + Fraction(rate))

    @property
    def deducts_vat(self) -> bool:
        """Whether the owner deducts the VAT, since the activity is subject to it."""
        return self.line.vat_regime == "assujetti"

    @property
    def section(self) -> Section:
        """The budget section; a line without one is never costed."""
        assert self.line.section is not None
        return self.line.section


@dataclass(frozen=True)
class Costing:
    """The costs of one proposal; `unknown` has the indexes of the lines that could not be costed, never 0."""

    years: tuple[int, ...]
    lines: tuple[LineCost, ...]
    revenues: tuple[LineCost, ...]
    unknown: tuple[int, ...]

    @property
    def is_complete(self) -> bool:
        """Whether there is a line and all are costed: a proposal without lines does not cost 0 €."""
        return bool(self.lines) and not self.unknown

    def lines_of(self, section: Section) -> list[LineCost]:
        """List the costed lines of a section."""
        return [cost for cost in self.lines if cost.section == section]

    @cached_property
    def by_section(self) -> dict[Section, Yearly]:
        """Add the lines of each section, HT, by budget year."""
        return {
            section: _add(self.years, (cost.ht for cost in self.lines_of(section))) for section in SECTIONS
        }

    @cached_property
    def ttc_by_section(self) -> dict[Section, Yearly] | None:
        """Add the lines of each section with VAT; None when a rate is not known."""
        if any(cost.ttc is None for cost in self.lines):
            return None
        return {
            section: _add(self.years, (cost.ttc for cost in self.lines_of(section) if cost.ttc))
            for section in SECTIONS
        }

    @cached_property
    def after_term_by_section(self) -> dict[Section, Range]:
        """A full year, HT, of each section's lines that run in the January after the term."""
        return {
            section: reduce(
                Range.__add__, (cost.after_term_per_year for cost in self.lines_of(section)), NOTHING
            )
            for section in SECTIONS
        }

    def after_term_ttc(self, section: Section, *, deducted: bool = True) -> Range:
        """The same full year of a section with VAT, of the lines whose rate is known.

        `deducted` says whether VAT that the owner deducts counts.
        """
        taxed = (
            cost.after_term_per_year
            * (1 if cost.deducts_vat and not deducted else 1 + Fraction(cost.line.vat_rate))
            for cost in self.lines_of(section)
            if cost.line.vat_rate is not None
        )
        return reduce(Range.__add__, taxed, NOTHING)

    @property
    def after_term_per_year(self) -> Range:
        """A full year, HT, of all lines that run in the January after the term."""
        return reduce(Range.__add__, self.after_term_by_section.values(), NOTHING)


def cost_proposal(proposal: Proposal, term: Term, prices: Prices | None) -> Costing:
    """Cost every complete line; the lines of a draft with missing values are unknown."""
    basis = prices.basis if prices else None
    phases = proposal.phases_by_id
    costed = [cost_line(index, line, phases, term, basis) for index, line in enumerate(proposal.costs)]
    revenues = [cost_line(index, line, phases, term, basis) for index, line in enumerate(proposal.revenues)]
    return Costing(
        term.years,
        tuple(cost for cost in costed if cost is not None),
        tuple(cost for cost in revenues if cost is not None),
        tuple(index for index, cost in enumerate(costed) if cost is None),
    )


def cost_line(
    index: int, line: CostLine, phases: dict[str, Phase], term: Term, basis: str | None
) -> LineCost | None:
    """Cost one line; None while a value that the sum needs is missing."""
    unit_cost = line.unit_cost.range if line.unit_cost else None
    price = line.price or basis
    if line.section is None or line.quantity is None or unit_cost is None or price is None:
        return None
    if price == "ttc":
        if line.vat_rate is None:
            return None
        unit_cost = unit_cost * (1 / (1 + Fraction(line.vat_rate)))
    parts = yearly_parts(line, phases)
    if parts is None:
        return None
    whole = unit_cost * line.quantity if not isinstance(line.spread, dict) else unit_cost
    ht = Yearly.of(term.years, {year: whole * parts[year] for year in term.years if year in parts})
    return LineCost(index, line, ht, whole if recurs_after(line, term) else NOTHING)


def yearly_parts(line: CostLine, phases: dict[str, Phase]) -> dict[int, Fraction] | None:
    """Compute the part of quantity × unit cost (or the units) that each calendar year bears, inside the term or not.

    A recurring line without `until` goes on for a hundred years, longer than any term.
    """
    if line.recurs is not None:
        if line.recurs.start is None:
            return None
        until = line.recurs.until or Month(line.recurs.start.year + 100, 12)
        return _months_of(Period(line.recurs.start, until), MONTHS)
    if isinstance(line.spread, str):
        phase = phases.get(line.spread)
        period = phase.period if phase else None
        return _months_of(period, shared_months(line, period)) if period else None
    if line.spread is not None:
        return {year: Fraction(units) for year, units in line.spread.items()}
    return None


def shared_months(line: CostLine, period: Period) -> int:
    """The months that quantity × unit cost pays for: those of the phase, or of a year of full-time staff."""
    return MONTHS if line.counts_full_time else period.months


def _months_of(period: Period, divisor: int) -> dict[int, Fraction]:
    years = range(period.start.year, period.end.year + 1)
    parts = dict.fromkeys(years, Fraction(MONTHS, divisor))
    # only the first and the last year may hold fewer than twelve of its months
    return parts | {year: Fraction(period.months_in(year), divisor) for year in (*years[:1], *years[-1:])}


def recurs_after(line: CostLine, term: Term) -> bool:
    """Check whether the line runs in the January after the term."""
    january = term.end.plus(1)
    recurs = line.recurs
    if recurs is None or recurs.start is None:
        return False
    return recurs.start <= january and (recurs.until is None or recurs.until >= january)


def _add(years: tuple[int, ...], amounts: Iterable[Yearly]) -> Yearly:
    return reduce(Yearly.__add__, amounts, Yearly.of(years, {}))
