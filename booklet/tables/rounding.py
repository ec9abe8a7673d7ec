"""Exact cost of a section of a proposal → the same printed amounts in every table of the booklet.

A fiche has one unit for all its amounts (`CostedProposal.step`). Its finest cells are its lines, each rounded once to
that unit: a section's total is their sum, in the table of costs, the scorecard, the financing plan, the contents and
everywhere else, in the fiche's unit or in that of the whole (`Portfolio.step`), never finer than the fiche. The years
of a section are the same total, split: where their rounded amounts do not add up to it, they are apportioned by
largest remainders.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import floor
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, LineGroup, Section
from booklet.money.amounts import total
from booklet.money.euros import Euros, PrintedRange, round_to, sum_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from booklet.costs.financing import Grant
    from booklet.costs.portfolio import CostedProposal
    from booklet.money.calendar import Yearly


def apportion(amounts: Sequence[Euros], whole: Decimal, step: Decimal) -> tuple[Decimal, ...]:
    """Round amounts to multiples of `step` that add up to `whole`, itself a multiple, near their exact sum.

    Each is rounded where that adds up; otherwise by largest remainders, where an amount of 0 stays 0.
    """
    cells = tuple(amount.rounded(step) for amount in amounts)
    exact = total(amounts).value
    if sum_cells(cells) == whole or not exact:
        return cells
    units = [amount.value * Fraction(whole) / exact / Fraction(step) for amount in amounts]
    floors = [floor(unit) for unit in units]
    over = int(Fraction(whole) / Fraction(step)) - sum(floors)
    ordered = sorted(range(len(units)), key=lambda index: floors[index] - units[index])
    raised = frozenset(ordered[:over])
    return tuple((number + (index in raised)) * step for index, number in enumerate(floors))


def section_total(costed: CostedProposal, section: Section) -> PrintedRange | None:
    """A section's six-year total as the fiche's table of costs prints it; None where nothing is spent."""
    return costed.printed_total_by_section.get(section)


def section_in(costed: CostedProposal, section: Section, step: Decimal) -> PrintedRange:
    """Round `section_total` to `step`, as the tables of the whole print it."""
    return _round_range(section_total(costed, section) or PrintedRange(), step)


def add_section(proposals: Iterable[CostedProposal], section: Section, step: Decimal) -> PrintedRange:
    """Add one section of proposals over the six years, as the tables of the whole print it."""
    return reduce(
        PrintedRange.__add__, (section_in(costed, section, step) for costed in proposals), PrintedRange()
    )


def section_total_ttc(costed: CostedProposal, section: Section, *, deducted: bool = True) -> Decimal | None:
    """Compute the central total of a section with VAT, rounded once to the fiche's unit; None if a rate is unknown.

    `deducted`: whether VAT that the owner deducts counts.
    """
    paid = _paid_by_line(costed, section, deducted=deducted)
    if paid is None:
        return None
    found = section_total(costed, section) or PrintedRange()
    vat = total(one.total.central for one in paid) - costed.costing.by_section[section].total.central
    return found.central + vat.rounded(costed.step)


def section_years(costed: CostedProposal, section: Section, step: Decimal) -> tuple[Decimal, ...]:
    """Split a section's central total by year, in `step` or the fiche's coarser unit; the years add up to it."""
    found = section_total(costed, section) or PrintedRange()
    amounts = [amount.central for amount in costed.costing.by_section[section]]
    return apportion(amounts, round_to(found.central, step), max(step, costed.step))


def add_years(
    proposals: Iterable[CostedProposal], section: Section, count: int, step: Decimal
) -> tuple[Decimal, ...]:
    """Add one section of proposals by year, as the tables of the whole print it; `count` is the number of years."""
    rows = [section_years(costed, section, step) for costed in proposals]
    return tuple(map(sum_cells, zip(*rows, strict=True))) or (Decimal(0),) * count


def section_years_ttc(
    costed: CostedProposal, section: Section, *, deducted: bool = True
) -> tuple[Decimal, ...] | None:
    """Split a section's central total with VAT by year, in the fiche's unit; None while a rate is not known."""
    whole = section_total_ttc(costed, section, deducted=deducted)
    paid = _paid_by_line(costed, section, deducted=deducted)
    if whole is None or paid is None:
        return None
    years = range(len(costed.costing.years))
    amounts = [total(one.amounts[index].central for one in paid) for index in years]
    return apportion(amounts, whole, costed.step)


def _paid_by_line(costed: CostedProposal, section: Section, *, deducted: bool) -> list[Yearly] | None:
    lines = costed.costing.lines_of(section)
    paid = [cost.ht if cost.deducts_vat and not deducted else cost.ttc for cost in lines]
    known = [one for one in paid if one is not None]
    return known if len(known) == len(lines) else None


def section_ranges(costed: CostedProposal, section: Section, step: Decimal) -> tuple[PrintedRange, ...]:
    """Round the years of a section to `step`; low and high have no printed total, and never cross the central."""
    central, step = section_years(costed, section, step), max(step, costed.step)
    return tuple(
        PrintedRange(min(amount.low.rounded(step), cell), cell, max(amount.high.rounded(step), cell))
        for amount, cell in zip(costed.costing.by_section[section], central, strict=True)
    )


def after_term(costed: CostedProposal, sections: Iterable[Section] = SECTIONS) -> PrintedRange:
    """Add the full year after the term of some sections, each as the fiche prints it."""
    step = costed.step
    after = costed.costing.after_term_by_section
    return reduce(
        PrintedRange.__add__, (after[section].rounded(step) for section in sections), PrintedRange()
    )


def after_in(costed: CostedProposal, step: Decimal, sections: Iterable[Section] = SECTIONS) -> PrintedRange:
    """Add the same full years in `step`, as the tables of the whole print each section."""
    return reduce(
        PrintedRange.__add__,
        (_round_range(after_term(costed, (section,)), step) for section in sections),
        PrintedRange(),
    )


def section_others(costed: CostedProposal, group: LineGroup, section: Section) -> Decimal | None:
    """Compute a section's revenues, savings or lost revenue, rounded once to the fiche's unit; None if unknown."""
    found = costed.costing.group(group).total(costed.costing.years, (section,))
    return None if found is None else found[0].total.central.rounded(costed.step)


def others_in(costed: CostedProposal, group: LineGroup, section: Section, step: Decimal) -> Decimal | None:
    """Round the same amount to `step`, as the table from gross to net prints it."""
    found = section_others(costed, group, section)
    return None if found is None else round_to(found, step)


def grant_in(costed: CostedProposal, grant: Grant, step: Decimal) -> Decimal:
    """Round the money of one line of a financing plan to the fiche's unit, then to `step`."""
    return round_to(grant.total.rounded(costed.step), step)


def sum_grants(costed: CostedProposal, grants: Iterable[Grant], step: Decimal) -> Decimal:
    """Add the money of a proposal's co-funders, each rounded once; loans are the owner's own money."""
    return sum_cells(grant_in(costed, grant, step) for grant in grants if not grant.is_debt)


def _round_range(amount: PrintedRange, step: Decimal) -> PrintedRange:
    return PrintedRange(*(round_to(bound, step) for bound in (amount.low, amount.central, amount.high)))
