"""Exact cost of a section of a proposal → the same printed amounts in every table of the booklet.

A fiche has one unit for all its amounts (`CostedProposal.step`). Its finest cells are its lines, each rounded once to
that unit: a section's total is their sum, in the table of costs, the scorecard, the financing plan, the contents and
everywhere else, in the fiche's unit or in thousands of euros. The years of a section are the same total, split:
where their rounded amounts do not add up to it, they are apportioned by largest remainders.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import floor
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.costs.financing import earn, total
from booklet.money.euros import Euros, PrintedRange, round_to, sum_cells
from booklet.tables.money_table import THOUSAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from booklet.costs.portfolio import CostedProposal


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


def section_thousands(costed: CostedProposal, section: Section) -> PrintedRange:
    """Round `section_total` to thousands of euros, as the tables of the portfolio print it."""
    return _in_thousands(section_total(costed, section) or PrintedRange())


def add_section(proposals: Iterable[CostedProposal], section: Section) -> PrintedRange:
    """Add one section of proposals over the six years, as the tables of the portfolio print it."""
    return reduce(
        PrintedRange.__add__, (section_thousands(costed, section) for costed in proposals), PrintedRange()
    )


def section_total_ttc(costed: CostedProposal, section: Section) -> Decimal | None:
    """Compute the central total of a section with VAT, rounded once to the fiche's unit; None if a rate is unknown."""
    vat: list[Euros] = []
    for cost in costed.costing.lines_of(section):
        if cost.ttc is None:
            return None
        vat.append(cost.ttc.total.central - cost.ht.total.central)
    found = section_total(costed, section) or PrintedRange()
    return found.central + total(vat).rounded(costed.step)


def section_years(costed: CostedProposal, section: Section, step: Decimal) -> tuple[Decimal, ...]:
    """Split a section's central total by year, in the fiche's unit or in thousands; the years add up to it."""
    found = section_total(costed, section) or PrintedRange()
    amounts = [amount.central for amount in costed.costing.by_section[section]]
    return apportion(amounts, round_to(found.central, step), step)


def add_years(proposals: Iterable[CostedProposal], section: Section, count: int) -> tuple[Decimal, ...]:
    """Add one section of proposals by year, as the tables of the portfolio print it; `count` is the number of years."""
    rows = [section_years(costed, section, THOUSAND) for costed in proposals]
    return tuple(map(sum_cells, zip(*rows, strict=True))) or (Decimal(0),) * count


def section_years_ttc(costed: CostedProposal, section: Section) -> tuple[Decimal, ...] | None:
    """Split a section's central total with VAT by year, in the fiche's unit; None while a rate is not known."""
    whole, ttc = section_total_ttc(costed, section), costed.costing.ttc_by_section
    if whole is None or ttc is None:
        return None
    return apportion([amount.central for amount in ttc[section]], whole, costed.step)


def section_ranges(costed: CostedProposal, section: Section) -> tuple[PrintedRange, ...]:
    """Round the years of a section to thousands; low and high have no printed total, and never cross the central."""
    central = section_years(costed, section, THOUSAND)
    return tuple(
        PrintedRange(min(amount.low.rounded(THOUSAND), cell), cell, max(amount.high.rounded(THOUSAND), cell))
        for amount, cell in zip(costed.costing.by_section[section], central, strict=True)
    )


def after_term(costed: CostedProposal, sections: Iterable[Section] = SECTIONS) -> PrintedRange:
    """Add the full year after the term of some sections, each as the fiche prints it."""
    step = costed.step
    after = costed.costing.after_term_by_section
    return reduce(
        PrintedRange.__add__, (after[section].rounded(step) for section in sections), PrintedRange()
    )


def after_thousands(costed: CostedProposal, sections: Iterable[Section] = SECTIONS) -> PrintedRange:
    """Add the same full years in thousands of euros, as the tables of the portfolio print each section."""
    return reduce(
        PrintedRange.__add__,
        (_in_thousands(after_term(costed, (section,))) for section in sections),
        PrintedRange(),
    )


def section_revenues(costed: CostedProposal, section: Section) -> Decimal | None:
    """Compute a section's revenues and savings in the six years, rounded once to the fiche's unit; None if unknown."""
    found = earn(costed.document.value, costed.costing, (section,))
    return None if found is None else found[0].total.central.rounded(costed.step)


def revenues_thousands(costed: CostedProposal, section: Section) -> Decimal | None:
    """Round the same revenues to thousands of euros, as the table from gross to net prints them."""
    found = section_revenues(costed, section)
    return None if found is None else round_to(found, THOUSAND)


def _in_thousands(amount: PrintedRange) -> PrintedRange:
    return PrintedRange(*(round_to(bound, THOUSAND) for bound in (amount.low, amount.central, amount.high)))
