"""A figure → the cells of the booklet that print it, rounded as each table rounds.

The tables of the whole round each row of a proposal once, and their totals add printed rows; a fiche rounds its
lines or its years in a unit of its own. The same figure may so stand on paper in two ways, a unit apart.
"""

from __future__ import annotations

from decimal import Decimal

from booklet.derivation.node import Printed
from booklet.derivation.reference import WHOLE, Reference
from booklet.euros import EURO, Range
from booklet.model import SECTIONS, Section
from booklet.portfolio import CostedProposal, Portfolio
from booklet.rounding import printing_step, section_thousands, section_total
from booklet.tables import THOUSAND


def find_printed(asked: Reference, portfolio: Portfolio) -> tuple[Printed, ...]:
    """List the ways in which the booklet prints a figure, each once; none for what stands only in exports."""
    proposals = (
        [asked.proposal]
        if asked.proposal
        else [costed for costed in portfolio.ready if asked.domain in (None, costed.domain)]
    )
    if not proposals or not all(costed.costing.is_complete for costed in proposals):
        return ()
    found = [*_in_the_whole(asked, portfolio, proposals)]
    if asked.proposal is not None and asked.section is not None and asked.figure == "total":
        found += _in_the_fiche(asked, asked.proposal, asked.section)
    return tuple(dict.fromkeys(found))


def _in_the_whole(
    asked: Reference, portfolio: Portfolio, proposals: list[CostedProposal]
) -> tuple[Printed, ...]:
    """Round as the tables by proposal and by year do; drafts stand in neither."""
    amounts: list[Range] = []
    if asked.proposal is not None and not asked.proposal.document.value.is_ready:
        return ()
    if asked.figure == "after-term" and asked.section is None and asked.estimate == "central":
        amounts = [costed.costing.after_term_per_year for costed in proposals]
    elif asked.figure == "total" and asked.section is not None:
        if asked.year is None:
            totals = [section_thousands(costed, asked.section) for costed in proposals]
            return (Printed(sum((getattr(total, asked.estimate) for total in totals), Decimal(0)), THOUSAND),)
        if asked.subject == WHOLE and asked.estimate == "central":
            amounts = [portfolio.by_section[asked.section][asked.year]]
    cells = [getattr(amount, asked.estimate).rounded(THOUSAND) for amount in amounts]
    return (Printed(sum(cells, Decimal(0)), THOUSAND),) if cells else ()


def _in_the_fiche(asked: Reference, costed: CostedProposal, section: Section) -> tuple[Printed, ...]:
    """Round as the fiche's tables by line and by year do, each in its own unit."""
    costing = costed.costing
    if asked.year is None:
        total = section_total(costed, section)
        step = printing_step([cost.ht.total for cost in costing.lines])
        return (Printed(getattr(total, asked.estimate), step),) if total else ()
    if asked.estimate != "central":
        return ()
    step = printing_step([amount for name in SECTIONS for amount in costing.by_section[name] if amount])
    assert step in (EURO, THOUSAND), "the fiche prints euros or thousands of them"
    return (Printed(costing.by_section[section][asked.year].central.rounded(step), step),)
