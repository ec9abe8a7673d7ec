"""4. Proposal → its costs: by line, section and budget year, without and with VAT, in the term and after it.

The arithmetic is that of `booklet.costs.figures`; here are its exact values in the low, central and high estimates.
Amounts are unrounded and have the six budget years only: rule C103 reports what falls outside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, CostLine, LineGroup, Phase, Proposal, Section
from booklet.costs.figures import costs as figures
from booklet.costs.figures.costs import CENTRAL, HIGH, LOW, Line
from booklet.costs.figures.exact import Exact
from booklet.costs.figures.inputs import LineInputs, read_line
from booklet.money.calendar import Term, Yearly
from booklet.money.euros import NOTHING, Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from booklet.content.model.edition import Prices
    from booklet.costs.figures.number import Subject
    from booklet.law.lookup import Law
    from booklet.money.amounts import Amounts

ESTIMATES = (LOW, CENTRAL, HIGH)


@dataclass(frozen=True)
class LineCost:
    """The cost of one line in each budget year, and in a full year after the term if it goes on."""

    index: int
    line: CostLine
    years: tuple[int, ...]
    #: the line in its low, central and high estimates: one for all three where they are the same
    estimates: tuple[Line[Amounts], Line[Amounts], Line[Amounts]]

    @cached_property
    def ht(self) -> Yearly:
        """The cost without VAT by budget year."""
        return _yearly(self.years, self.estimates, figures.line_ht)

    @cached_property
    def ttc(self) -> Yearly | None:
        """The yearly cost with VAT; None while the rate is not known."""
        if self.line.vat_rate is None:
            return None
        return _yearly(self.years, self.estimates, figures.line_ttc)

    @cached_property
    def after_term_per_year(self) -> Range:
        """The cost of a full year after the term, without VAT."""
        if not self.estimates[CENTRAL].inputs.goes_on:
            return NOTHING
        return _range([figures.line_after_term(line) for line in self.estimates])

    @property
    def deducts_vat(self) -> bool:
        """Whether the owner deducts the VAT, since the activity is subject to it."""
        return self.estimates[CENTRAL].deducts_vat

    @property
    def section(self) -> Section:
        """The budget section."""
        return self.estimates[CENTRAL].inputs.section


@dataclass(frozen=True)
class Others:
    """The costed lines of a group that stands beside the costs: savings, or lost revenue."""

    lines: tuple[LineCost, ...] = ()
    #: the sections with a line that could not be costed
    unknown: frozenset[Section] = frozenset()

    def total(
        self, years: tuple[int, ...], sections: Iterable[Section] = SECTIONS
    ) -> tuple[Yearly, Range] | None:
        """Add the lines of some sections, by year and in a full year after the term; None if one is unknown."""
        asked = frozenset(sections)
        if asked & self.unknown:
            return None
        found = [cost for cost in self.lines if cost.section in asked]
        after = sum((cost.after_term_per_year for cost in found), NOTHING)
        return Yearly.sum(years, (cost.ht for cost in found)), after

    def of(self, section: Section, estimate: int) -> figures.Earning[Amounts] | None:
        """The lines of one section in one estimate; None where there is nothing."""
        if not (self.lines or self.unknown):
            return None
        lines = tuple(cost.estimates[estimate] for cost in self.lines if cost.section == section)
        return figures.Earning(lines, lacks_a_line=section in self.unknown)


@dataclass(frozen=True)
class Costing:
    """The costs of one proposal; `unknown` has the indexes of the lines that could not be costed, never 0."""

    years: tuple[int, ...]
    lines: tuple[LineCost, ...]
    revenues: tuple[LineCost, ...]
    unknown: tuple[int, ...]
    #: the sections with a revenue that could not be costed
    unknown_revenues: frozenset[Section]
    savings: Others = Others()
    lost_revenue: Others = Others()
    #: whether the list of costs is written and empty: the proposal only saves, earns or gives up a revenue
    pays_nothing: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether all lines are costed; a proposal without lines costs 0 € only where it says so."""
        return (bool(self.lines) or self.pays_nothing) and not self.unknown

    def group(self, name: LineGroup) -> Others:
        """The costed lines under one key of the proposal."""
        return {
            "costs": Others(self.lines),
            "revenues": Others(self.revenues, self.unknown_revenues),
            "savings": self.savings,
            "lost_revenue": self.lost_revenue,
        }[name]

    def lines_of(self, section: Section) -> list[LineCost]:
        """List the costed lines of a section."""
        return [cost for cost in self.lines if cost.section == section]

    @cached_property
    def sections(self) -> dict[Section, tuple[figures.Section[Amounts], ...]]:
        """The sections in their low, central and high estimates."""
        return {section: self._estimate(section) for section in SECTIONS}

    @cached_property
    def by_section(self) -> dict[Section, Yearly]:
        """Add the lines of each section, HT, by budget year."""
        return {
            section: _yearly(self.years, estimates, figures.cost_ht)
            for section, estimates in self.sections.items()
        }

    @cached_property
    def ttc_by_section(self) -> dict[Section, Yearly] | None:
        """Add the lines of each section with VAT; None when a rate is not known."""
        if any(cost.line.vat_rate is None for cost in self.lines):
            return None
        return {
            section: _yearly(self.years, estimates, figures.cost_ttc)
            for section, estimates in self.sections.items()
        }

    @cached_property
    def after_term_by_section(self) -> dict[Section, Range]:
        """A full year, HT, of each section's lines that run in the January after the term."""
        return {
            section: sum((cost.after_term_per_year for cost in self.lines_of(section)), NOTHING)
            for section in SECTIONS
        }

    def after_term_ttc(self, section: Section, *, deducted: bool = True) -> Range:
        """The same full year of a section with VAT, of the lines whose rate is known.

        `deducted` says whether VAT that the owner deducts counts.
        """
        known = (cost for cost in self.lines_of(section) if cost.line.vat_rate is not None)
        return sum(
            (
                cost.after_term_per_year
                * (1 if cost.deducts_vat and not deducted else 1 + (cost.line.vat_rate or 0))
                for cost in known
            ),
            NOTHING,
        )

    @property
    def after_term_per_year(self) -> Range:
        """A full year, HT, of all lines that run in the January after the term."""
        return sum(self.after_term_by_section.values(), NOTHING)

    def _estimate(self, section: Section) -> tuple[figures.Section[Amounts], ...]:
        kind = Exact(self.years)
        lines, revenues = (
            [cost.estimates for cost in costs if cost.section == section]
            for costs in (self.lines, self.revenues)
        )
        return tuple(
            figures.Section(
                kind,
                section,
                tuple([line[estimate] for line in lines]),
                tuple([line[estimate] for line in revenues]),
                lacks_revenue=section in self.unknown_revenues,
                savings=self.savings.of(section, estimate),
                lost_revenue=self.lost_revenue.of(section, estimate),
            )
            for estimate in ESTIMATES
        )


def part_of(costing: Costing, proposal: Proposal, owner: str | None) -> Costing:
    """The lines of a proposal that are one owner's."""

    def of_owner(lines: Sequence[CostLine], known: Sequence[LineCost]) -> Others:
        costed = {cost.index for cost in known}
        lacking = [
            line.section
            for index, line in enumerate(lines)
            if index not in costed and proposal.owner_of(line) == owner
        ]
        unknown = (section for one in lacking for section in ([one] if one else SECTIONS))
        return Others(
            tuple(cost for cost in known if proposal.owner_of(cost.line) == owner), frozenset(unknown)
        )

    revenues = of_owner(proposal.revenues, costing.revenues)
    return replace(
        costing,
        lines=of_owner(proposal.costs, costing.lines).lines,
        revenues=revenues.lines,
        unknown=tuple(one for one in costing.unknown if proposal.owner_of(proposal.costs[one]) == owner),
        unknown_revenues=revenues.unknown,
        savings=of_owner(proposal.savings, costing.savings.lines),
        lost_revenue=of_owner(proposal.lost_revenue, costing.lost_revenue.lines),
    )


def cost_proposal(proposal: Proposal, term: Term, prices: Prices | None, law: Law | None = None) -> Costing:
    """Cost every complete line; the lines of a draft with missing values are unknown."""
    phases, kind = proposal.phases_by_id, Exact(term.years)

    def cost_group(lines: Sequence[CostLine]) -> Others:
        costed = [
            _cost_line(index, line, phases, term, prices, law, kind) for index, line in enumerate(lines)
        ]
        lacking = [line.section for line, cost in zip(lines, costed, strict=True) if cost is None]
        unknown = (section for one in lacking for section in ([one] if one else SECTIONS))
        return Others(tuple(cost for cost in costed if cost is not None), frozenset(unknown))

    costs, revenues = cost_group(proposal.costs).lines, cost_group(proposal.revenues)
    known = {cost.index for cost in costs}
    return Costing(
        kind.years,
        costs,
        revenues.lines,
        tuple(index for index in range(len(proposal.costs)) if index not in known),
        revenues.unknown,
        cost_group(proposal.savings),
        cost_group(proposal.lost_revenue),
        proposal.pays_nothing,
    )


def _cost_line(
    index: int,
    line: CostLine,
    phases: Mapping[str, Phase],
    term: Term,
    prices: Prices | None,
    law: Law | None,
    kind: Exact,
) -> LineCost | None:
    """Cost one line; None while a value that the sum needs is missing."""
    inputs = read_line(index, line, phases, term, prices, law)
    return None if inputs is None else LineCost(index, line, kind.years, _estimate(inputs, kind))


def _estimate(inputs: LineInputs, kind: Exact) -> tuple[Line[Amounts], Line[Amounts], Line[Amounts]]:
    central = Line(kind, inputs, CENTRAL)
    if inputs.is_constant:
        return central, central, central
    return Line(kind, inputs, LOW), central, Line(kind, inputs, HIGH)


def _yearly(
    years: tuple[int, ...], estimates: Sequence[Subject[Amounts]], figure: Callable[..., Amounts]
) -> Yearly:
    return Yearly(years, *(figure(one) for one in estimates))


def _range(estimates: Iterable[Amounts]) -> Range:
    return Range(*(amount.euros for amount in estimates))
