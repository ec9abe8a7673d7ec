"""Proposals → the printed cost of each by year, and the tables of the portfolio that add these cells.

The finest cell is one section of one proposal in one year, in the unit of the whole; the years of a row add up to the
total that the fiche prints (`rounding`). Every total of these tables, by domain and for all, is a sum of such
cells, and the charts draw those sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS, Section
from booklet.content.model.words import ESTIMATE_NAMES, SECTION_NAMES, STATUS_NAMES
from booklet.costs.uncertainty import estimate_proposal, round_to_three_figures
from booklet.diagnostics.message import Message, say
from booklet.money.euros import EURO, sum_cells
from booklet.tables.balance_rows import INTEREST, interest_of_whole
from booklet.tables.certainty import note_uplift
from booklet.tables.key_figures import own_share_words, printed_own_share
from booklet.tables.money_table import (
    Kind,
    MoneyRow,
    MoneyTable,
    add_cells,
    with_total,
    year_columns,
)
from booklet.tables.net_tables import net_table, section_net_rows
from booklet.tables.rounding import after_in, section_in, section_ranges, section_years, sum_grants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.optimism import Uplift
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.money.euros import PrintedRange
    from booklet.text.language import Language

#: indexes of the cells after those of the years
TOTAL, OWN_SHARE, AFTER_TERM = -3, -2, -1
Cells = tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """The printed cells of every ready proposal, by id and section: years, total, own share, a year after the term."""

    portfolio: Portfolio
    cells: Mapping[tuple[str, Section], Cells]

    def of(self, proposals: Iterable[CostedProposal], section: Section) -> Cells:
        """Add the cells of some proposals; 0 where there is none."""
        rows = [self.cells[proposal.id, section] for proposal in proposals]
        return add_cells(rows) if rows else (Decimal(0),) * (len(self.portfolio.years) + 3)

    def of_domain(self, domain: str, section: Section) -> Cells:
        """Add the cells of a domain."""
        return self.of(self.portfolio.in_domain(domain), section)


def score(portfolio: Portfolio, edition: Edition, financings: Financings) -> Scores:
    """Compute the cells of every ready proposal."""
    return Scores(
        portfolio,
        {
            (costed.id, section): _cells(costed, section, edition, financings, portfolio.step)
            for costed in portfolio.ready
            for section in SECTIONS
        },
    )


def _cells(
    costed: CostedProposal, section: Section, edition: Edition, financings: Financings, step: Decimal
) -> Cells:
    costing = costed.costing
    if not costing.is_complete:
        return (None,) * (len(costing.years) + 3)
    return (
        *with_total(section_years(costed, section, step)),
        printed_own_share(costed, edition, financings, section, step),
        after_in(costed, step, (section,)).central,
    )


def domains_in_use(portfolio: Portfolio, edition: Edition) -> tuple[str, ...]:
    """List the domains that have a ready proposal, in the order of the edition."""
    return tuple(domain for domain in edition.domains if domain in portfolio.ready_by_domain)


def _is_something(cells: Cells) -> bool:
    return any(cell != 0 for cell in cells)


def score_table(scores: Scores, edition: Edition, language: Language) -> MoneyTable:
    """Build the table of each proposal by year, its two sections one under the other, with the totals of domains."""
    portfolio = scores.portfolio
    rows: list[MoneyRow] = []
    for domain in domains_in_use(portfolio, edition):
        rows.append(MoneyRow(edition.domains[domain].title, kind="group"))
        proposals = portfolio.in_domain(domain)
        for proposal in proposals:
            rows.append(MoneyRow(proposal.document.value.title or "", kind="name", target=proposal.id))
            rows += [
                MoneyRow(row.note, row.cells, "part")
                for row in section_rows("", scores, [proposal], language, "row")
            ]
        words = say("Total, {section}", section=edition.domains[domain].title).text(language)
        rows += section_rows(words, scores, proposals, language, "subtotal")
    rows += section_rows(say("Total").text(language), scores, portfolio.ready, language, "total")
    columns = year_heads(portfolio, edition, say("Proposal"), language)
    caption = say("Each proposal by year, central estimates, before VAT").text(language)
    return MoneyTable(caption, columns, tuple(rows), portfolio.step, strong=(len(portfolio.years),))


def year_heads(portfolio: Portfolio, edition: Edition, first: Message, language: Language) -> tuple[str, ...]:
    """Return the headings of a section's cells: the years, their total, the own share, a year after the term."""
    total_words, after_words = year_columns(language)
    own = own_share_words(edition).text(language)
    return (
        first.text(language),
        *(str(year) for year in portfolio.years),
        total_words,
        own,
        after_words,
    )


def section_rows(
    name: str,
    scores: Scores,
    proposals: Sequence[CostedProposal],
    language: Language,
    kind: Kind,
) -> list[MoneyRow]:
    """Build one row for each section that is not 0, its name as the note; the first row bears `name`."""
    by_section = {section: scores.of(proposals, section) for section in SECTIONS}
    shown = [section for section in SECTIONS if _is_something(by_section[section])] or list(SECTIONS[:1])
    words = (SECTION_NAMES[section].text(language) for section in shown)
    return [
        MoneyRow("" if index else name, by_section[section], kind, note=note)
        for index, (section, note) in enumerate(zip(shown, words, strict=True))
    ]


def spending_table(scores: Scores, edition: Edition, language: Language) -> MoneyTable:
    """Build the table of each section by domain and year: the numbers of the chart that stacks the domains."""
    years = len(scores.portfolio.years)
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        by_domain = [
            (edition.domains[domain].title, scores.of_domain(domain, section))
            for domain in domains_in_use(scores.portfolio, edition)
        ]
        shown = [(title, cells) for title, cells in by_domain if _is_something(cells)]
        if not shown:
            continue
        name = SECTION_NAMES[section].text(language)
        rows.append(MoneyRow(name, kind="group"))
        rows += [MoneyRow(title, _without_own(cells)) for title, cells in shown]
        words = say("Total, {section}", section=name.lower()).text(language)
        rows.append(MoneyRow(words, _without_own(add_cells([cells for _, cells in shown])), "subtotal"))
    columns = (
        say("Section").text(language),
        *(str(year) for year in scores.portfolio.years),
        *year_columns(language),
    )
    caption = say("Central cost of the whole by domain and year, before VAT").text(language)
    return MoneyTable(caption, columns, tuple(rows), scores.portfolio.step, strong=(years,))


def _without_own(cells: Cells) -> Cells:
    return (*cells[:OWN_SHARE], cells[AFTER_TERM])


def steps_table(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> MoneyTable | None:
    """Build the table from gross to net, step by step, co-funders by status; None without any cost.

    Each step is the sum of the cells of the table by domain. A section that costs and earns nothing has no column.
    """
    columns: list[Cells] = []
    heads = []
    for section in SECTIONS:
        rows = section_net_rows(portfolio, edition, financings, section, language)
        if not rows:
            continue
        gross, vat, back, _, earned, net = add_cells(
            [row.cells for row in net_table("", rows, portfolio.step, language).rows]
        )
        chains = [chain for row in rows for chain in row.chains]
        known = [(costed, one) for costed, one in chains if one is not None and one.co_funded is not None]
        funded: list[Decimal | None] = [
            -sum_cells(sum_grants(costed, chain.grants_of(status), portfolio.step) for costed, chain in known)
            if len(known) == len(chains)
            else None
            for status in FUNDING_STATUSES
        ]
        columns.append((gross, vat, back, *funded, earned, net))
        heads.append(SECTION_NAMES[section].text(language))
    if not columns:
        return None
    names: tuple[str, ...] = (
        say("Gross, before VAT").text(language),
        say("VAT").text(language),
        say("VAT that comes back").text(language),
        *(
            say("Co-funders, {status}", status=STATUS_NAMES[status].text(language)).text(language)
            for status in FUNDING_STATUSES
        ),
        say("Revenues").text(language),
        say("Net for the owners").text(language),
    )
    cells = tuple(zip(*columns, strict=True))
    rows_printed = tuple(
        MoneyRow(name, row, "total" if index == len(names) - 1 else "row")
        for index, (name, row) in enumerate(zip(names, cells, strict=True))
    )
    caption = say("From gross to net, step by step, six years").text(language)
    return MoneyTable(caption, (say("Step").text(language), *heads), rows_printed, portfolio.step)


def running_table(portfolio: Portfolio, financings: Financings, language: Language) -> MoneyTable:
    """Build the table of operating costs by year, low, central and high, and after the term; interest beside it."""
    rows = [
        MoneyRow(
            name.text(language),
            add_cells([_running_cells(proposal, bound, portfolio.step) for proposal in portfolio.ready]),
        )
        for bound, name in ESTIMATE_NAMES.items()
    ]
    if interest := interest_of_whole(portfolio, financings):
        *by_year, _total, next_year = interest
        rows.append(MoneyRow(INTEREST.text(language), (*by_year, next_year), "faint"))
    columns = (
        say("Estimate").text(language),
        *(str(year) for year in portfolio.years),
        year_columns(language)[1],
    )
    caption = say("Operation of the whole by year, before VAT").text(language)
    return MoneyTable(caption, columns, tuple(rows), portfolio.step, strong=(len(portfolio.years),))


def remaining_table(portfolio: Portfolio, edition: Edition, language: Language) -> MoneyTable | None:
    """Build the table of each domain's operation in a full year after the term; None where there is none.

    The scorecard has the central estimate of each proposal, and each fiche all three.
    """
    rows = []
    for domain in domains_in_use(portfolio, edition):
        proposals = portfolio.in_domain(domain)
        cells = add_cells([_remaining_cells(proposal, portfolio.step) for proposal in proposals])
        if _is_something(cells):
            rows.append(MoneyRow(edition.domains[domain].title, cells))
    if not rows:
        return None
    rows.append(MoneyRow(say("Total").text(language), add_cells([row.cells for row in rows]), "total"))
    columns = tuple(words.text(language) for words in (say("Domain"), *ESTIMATE_NAMES.values()))
    caption = say("What each domain goes on costing, a full year of operation after the term, before VAT")
    return MoneyTable(caption.text(language), columns, tuple(rows), portfolio.step, strong=(1,))


def _remaining_cells(costed: CostedProposal, step: Decimal) -> Cells:
    return tuple(_running_cells(costed, bound, step)[-1] for bound in ESTIMATE_NAMES)


def _running_cells(costed: CostedProposal, bound: str, step: Decimal) -> Cells:
    if not costed.costing.is_complete:
        return (None,) * (len(costed.costing.years) + 1)
    running: tuple[Section, ...] = ("fonctionnement",)
    amounts = (*section_ranges(costed, running[0], step), after_in(costed, step, running))
    return tuple(getattr(amount, bound) for amount in amounts)


def six_years(costed: CostedProposal, step: Decimal) -> PrintedRange | None:
    """Compute the six-year cost of a proposal, both sections, in `step`; None where a line is not known."""
    if not costed.costing.is_complete:
        return None
    investment, running = (section_in(costed, section, step) for section in SECTIONS)
    return investment + running


def ranges_table(
    portfolio: Portfolio,
    edition: Edition,
    language: Language,
    uplifts: Mapping[str, Uplift | None] = MappingProxyType({}),
) -> MoneyTable:
    """Build the table of each proposal's six-year cost, low, central and high, P50 and P80; `uplifts` are noted."""
    rows: list[MoneyRow] = []
    for domain in domains_in_use(portfolio, edition):
        rows.append(MoneyRow(edition.domains[domain].title, kind="group"))
        for costed in by_cost(portfolio.in_domain(domain)):
            found, sure = six_years(costed, portfolio.step), estimate_proposal(costed)
            cells = (found.low, found.central, found.high) if found else (None,) * 3
            is_fixed = sure is not None and not sure.contributions
            percentiles = round_to_three_figures(sure.p50, sure.p80) if sure and not is_fixed else (None,) * 2
            note = note_uplift(uplifts.get(costed.id), found, portfolio.step, language)
            rows.append(
                MoneyRow(
                    costed.document.value.title or "",
                    (*cells, *percentiles),
                    "fixed" if is_fixed else "row",
                    note,
                    costed.id,
                )
            )
    columns = tuple(
        words.text(language) for words in (say("Proposal"), *ESTIMATE_NAMES.values(), say("P50"), say("P80"))
    )
    caption = say("Cost of each proposal over the six years, both sections, before VAT").text(language)
    return MoneyTable(caption, columns, tuple(rows), portfolio.step, strong=(1,))


def by_cost(proposals: Iterable[CostedProposal]) -> tuple[CostedProposal, ...]:
    """Order proposals by their central six-year cost, the costliest first; unknown costs come last."""

    def key(costed: CostedProposal) -> tuple[Decimal, str]:
        found = six_years(costed, EURO)
        return (-found.central if found else Decimal(1), costed.id)

    return tuple(sorted(proposals, key=key))
