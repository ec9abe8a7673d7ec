"""A figure → the cells of the booklet that print it, rounded as each table rounds.

Each fiche has its own unit; the tables of the portfolio have one (`Portfolio.step`), and their totals add printed rows
(`tables.rounding`). A figure is thus printed in one unit or in two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES
from booklet.costs.uncertainty import estimate_portfolio, estimate_proposal, round_to_three_figures
from booklet.costs.unit_costs import unit_costs
from booklet.money.euros import EURO, sum_cells
from booklet.tables.certainty import certainty_cells, likely_cells, percentile_cells
from booklet.tables.net_tables import fiche_net_table, name_net_row, portfolio_net_table
from booklet.tables.rounding import after_in, section_in, section_total, section_years
from booklet.text.language import ENGLISH
from booklet.why.derivation import PrintedFigure
from booklet.why.reference import PERCENTILES, QUOTIENTS, WHOLE, FigureName, FigureReference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financing, Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio

#: columns of the table “from gross to net”, by figure; subtracted amounts are printed with a minus
_NET_COLUMNS: Mapping[FigureName, int] = {"funding": 3, "revenues": 4, "net": 5}


def find_printed(
    asked: FigureReference,
    portfolio: Portfolio,
    edition: Edition,
    financing_of: Callable[[CostedProposal, Section], Financing | None],
) -> tuple[PrintedFigure, ...]:
    """List the distinct roundings in which the booklet prints a figure; empty for a figure of exports only.

    `financing_of` returns the financing of a section of a proposal.
    """
    proposals = (
        [asked.proposal]
        if asked.proposal
        else [costed for costed in portfolio.ready if asked.domain in (None, costed.domain)]
    )
    if not proposals or not all(costed.costing.is_complete for costed in proposals):
        return ()
    found = [*_round_as_portfolio(asked, portfolio, proposals)]
    if asked.proposal is not None and asked.section is not None and asked.figure == "total":
        found += _round_as_fiche(asked, asked.proposal, asked.section)
    if asked.figure in PERCENTILES:
        found += _round_percentile(asked, portfolio)
    if asked.figure in QUOTIENTS and asked.proposal is not None:
        found += _round_quotient(asked.figure, asked.proposal, edition)
    if asked.figure in _NET_COLUMNS and asked.year is None and asked.estimate == "central":
        followed = {
            (costed.id, section): financing_of(costed, section)
            for costed in proposals
            for section in SECTIONS
        }
        found += _read_net_table(asked, portfolio, edition, followed)
    return tuple(dict.fromkeys(found))


def _round_as_portfolio(
    asked: FigureReference, portfolio: Portfolio, proposals: list[CostedProposal]
) -> tuple[PrintedFigure, ...]:
    """Round as the portfolio's tables by proposal and by year do; drafts are in neither."""
    if asked.proposal is not None and not asked.proposal.document.value.is_ready:
        return ()
    step = portfolio.step
    if asked.figure == "after-term" and asked.section is None and asked.estimate == "central":
        return _add(step, (after_in(costed, step).central for costed in proposals))
    if asked.figure != "total" or asked.section is None:
        return ()
    section = asked.section
    if asked.year is None:
        cells = (getattr(section_in(costed, section, step), asked.estimate) for costed in proposals)
        return _add(step, cells)
    if asked.estimate != "central":
        return ()
    at = portfolio.years.index(asked.year)
    return _add(step, (section_years(costed, section, step)[at] for costed in proposals))


def _add(step: Decimal, cells: Iterable[Decimal]) -> tuple[PrintedFigure, ...]:
    return (PrintedFigure(sum_cells(cells), step),)


def _round_as_fiche(
    asked: FigureReference, costed: CostedProposal, section: Section
) -> tuple[PrintedFigure, ...]:
    """Round as the fiche's tables by line and by year do."""
    step, found = costed.step, section_total(costed, section)
    if asked.year is None:
        return (PrintedFigure(getattr(found, asked.estimate), step),) if found else ()
    if asked.estimate != "central":
        return ()
    return (
        PrintedFigure(section_years(costed, section, step)[costed.costing.years.index(asked.year)], step),
    )


def _read_net_table(
    asked: FigureReference, portfolio: Portfolio, edition: Edition, financings: Financings
) -> tuple[PrintedFigure, ...]:
    """Read the cell of the table “from gross to net”: a section of a fiche, a section of a domain, or the total."""
    if asked.proposal is not None:
        table = fiche_net_table(asked.proposal, financings, ENGLISH)
        name = SECTION_NAMES[asked.section].text(ENGLISH) if asked.section else ""
    else:
        table = portfolio_net_table(portfolio, edition, financings, ENGLISH, asked.domain)
        name = ""
        if asked.section is None and asked.domain is None:
            name = table.rows[-1].label
        elif asked.section is not None and asked.domain is not None and asked.domain in edition.domains:
            name = name_net_row(asked.section, edition.domains[asked.domain].title, ENGLISH)
    column = _NET_COLUMNS[asked.figure]
    cells = [row.cells[column] for row in table.rows if row.label == name] if table else []
    if not cells or cells[0] is None:
        return ()
    step = table.step if table else portfolio.step
    return (PrintedFigure(cells[0] if asked.figure == "net" else -cells[0], step),)


def _round_percentile(asked: FigureReference, portfolio: Portfolio) -> tuple[PrintedFigure, ...]:
    """Round as the sentences and tables of likelihood; a domain or a section of a fiche has none."""
    columns = {"p10": (0, None, None), "p50": (1, 1, 0), "p80": (2, 2, 1), "p90": (3, None, None)}[
        asked.figure
    ]
    cells: list[Decimal] = []
    if asked.subject == WHOLE:
        found = estimate_portfolio(portfolio, asked.section)
        if found and asked.section:
            cells = [percentile_cells(found)[columns[0]]]
    elif asked.proposal is not None and asked.section is None:
        found = estimate_proposal(asked.proposal)
        if (
            found
            and found.contributions
            and columns[1] is not None
            and asked.proposal.document.value.is_ready
        ):
            cells = [certainty_cells(found)[columns[1]]]
    else:
        return ()
    if found and found.contributions and asked.section is None and columns[2] is not None:
        cells.append(likely_cells(found)[columns[2]])
    return tuple(PrintedFigure(cell, portfolio.step) for cell in cells)


def _round_quotient(
    figure: FigureName, costed: CostedProposal, edition: Edition
) -> tuple[PrintedFigure, ...]:
    """Round as the fiche's sentence does: three figures."""
    found = unit_costs(costed.document.value, costed.costing, edition)
    amount = getattr(found, figure.replace("-", "_"))
    return () if amount is None else (PrintedFigure(round_to_three_figures(amount)[0], EURO),)
