"""A figure → the cells of the booklet that print it, rounded as each table rounds.

The tables of the whole round each row of a proposal once, and their totals add printed rows; a fiche rounds its
lines or its years in a unit of its own. The same figure may so stand on paper in two ways, a unit apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from booklet.derivation.node import Printed
from booklet.derivation.reference import PERCENTILES, QUOTIENTS, WHOLE, Figure, Reference
from booklet.euros import EURO, Range
from booklet.financing import Financing, Financings, unit_costs
from booklet.language import ENGLISH
from booklet.model import SECTIONS, Edition, Section
from booklet.net_tables import (
    certainty_cells,
    fiche_net_table,
    likely_cells,
    name_net_row,
    percentile_cells,
    portfolio_net_table,
)
from booklet.portfolio import CostedProposal, Portfolio
from booklet.rounding import printing_step, section_thousands, section_total
from booklet.tables import SECTION_NAMES, THOUSAND
from booklet.uncertainty import estimate_portfolio, estimate_proposal, round_to_three_figures

#: the figures of the table “from gross to net”, by column; what is taken off is printed with a minus
_NET_COLUMNS: Mapping[Figure, int] = {"funding": 3, "revenues": 4, "net": 5}


def find_printed(
    asked: Reference,
    portfolio: Portfolio,
    edition: Edition,
    follow: Callable[[CostedProposal, Section], Financing | None],
) -> tuple[Printed, ...]:
    """List the ways in which the booklet prints a figure, each once; none for what stands only in exports.

    `follow` gives the chain of a section of a proposal.
    """
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
    if asked.figure in PERCENTILES:
        found += _percentile(asked, portfolio)
    if asked.figure in QUOTIENTS and asked.proposal is not None:
        found += _divided(asked.figure, asked.proposal, edition)
    if asked.figure in _NET_COLUMNS and asked.year is None and asked.estimate == "central":
        followed = {
            (costed.id, section): follow(costed, section) for costed in proposals for section in SECTIONS
        }
        found += _from_gross_to_net(asked, portfolio, edition, followed)
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


def _from_gross_to_net(
    asked: Reference, portfolio: Portfolio, edition: Edition, financings: Financings
) -> tuple[Printed, ...]:
    """Read the cell of the table itself: a section of a fiche, a section of a domain, or the whole."""
    if asked.proposal is not None:
        table = fiche_net_table(asked.proposal, financings, ENGLISH)
        name = SECTION_NAMES[asked.section].text(ENGLISH) if asked.section else ""
    else:
        of_domain = [costed for costed in portfolio.ready if asked.domain in (None, costed.domain)]
        table = portfolio_net_table(replace(portfolio, ready=tuple(of_domain)), edition, financings, ENGLISH)
        name = ""
        if asked.section is None and asked.domain is None:
            name = table.rows[-1].label
        elif asked.section is not None and asked.domain is not None and asked.domain in edition.domains:
            name = name_net_row(asked.section, edition.domains[asked.domain].title, ENGLISH)
    column = _NET_COLUMNS[asked.figure]
    cells = [row.cells[column] for row in table.rows if row.label == name] if table else []
    if not cells or cells[0] is None:
        return ()
    return (Printed(cells[0] if asked.figure == "net" else -cells[0], THOUSAND),)


def _percentile(asked: Reference, portfolio: Portfolio) -> tuple[Printed, ...]:
    """Round as the sentences and tables on how sure a cost is; a domain or a fiche's section has none."""
    places = {"p10": (0, None, None), "p50": (1, 1, 0), "p80": (2, 2, 1), "p90": (3, None, None)}[
        asked.figure
    ]
    cells: list[Decimal] = []
    if asked.subject == WHOLE:
        found = estimate_portfolio(portfolio, asked.section)
        if found and asked.section:
            cells = [percentile_cells(found)[places[0]]]
    elif asked.proposal is not None and asked.section is None:
        found = estimate_proposal(asked.proposal.costing)
        if found and places[1] is not None and asked.proposal.document.value.is_ready:
            cells = [certainty_cells(found)[places[1]]]
    else:
        return ()
    if found and found.contributions and asked.section is None and places[2] is not None:
        cells.append(likely_cells(found)[places[2]])
    return tuple(Printed(cell, THOUSAND) for cell in cells)


def _divided(figure: Figure, costed: CostedProposal, edition: Edition) -> tuple[Printed, ...]:
    """Round as the fiche's sentence does: three figures."""
    found = unit_costs(costed.document.value, costed.costing, edition)
    amount = getattr(found, figure.replace("-", "_"))
    return () if amount is None else (Printed(round_to_three_figures(amount)[0], EURO),)
