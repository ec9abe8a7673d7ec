"""The overview pages: what opens a domain, and the whole in figures after the fiches."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from jinja2 import Environment

from booklet.diagnostic import say
from booklet.fiche import Page, year_columns, yearly_cells
from booklet.financing import Financings
from booklet.language import Language
from booklet.matter import DOMAIN, PORTFOLIO
from booklet.model import SECTIONS, Edition
from booklet.net_tables import (
    certainty_table,
    funders_table,
    peak_year,
    percentiles_table,
    portfolio_likelihood,
    portfolio_net_table,
)
from booklet.page import fill_page
from booklet.portfolio import Portfolio
from booklet.rounding import section_thousands, section_total
from booklet.tables import SECTION_NAMES, THOUSAND, MoneyRow, MoneyTable


def fill_domain(
    environment: Environment,
    edition: Edition,
    domain_id: str,
    portfolio: Portfolio,
    financings: Financings,
    page_by_target: Mapping[str, int],
) -> Page:
    """Fill the two facing pages that open a domain: its proposals with their pages, and their totals."""
    language: Language = environment.globals["language"]  # type: ignore[assignment]
    proposals = [costed for costed in portfolio.ready if costed.domain == domain_id]
    alone = Portfolio(portfolio.term, tuple(proposals), ())
    html = fill_page(
        environment,
        "domain.html",
        edition=edition,
        domain=edition.domains[domain_id],
        entries=[
            (
                costed.id,
                costed.document.value,
                page_by_target[costed.id],
                section_total(costed, "investissement"),
            )
            for costed in proposals
        ],
        tables=portfolio_tables(alone, edition, language),
    )
    return Page(f"{DOMAIN}{domain_id}", html)


def fill_portfolio(
    environment: Environment, edition: Edition, portfolio: Portfolio, financings: Financings
) -> Page:
    """Fill the whole in figures, who pays and how sure it is."""
    language: Language = environment.globals["language"]  # type: ignore[assignment]
    html = fill_page(
        environment,
        "portfolio.html",
        edition=edition,
        tables=portfolio_tables(portfolio, edition, language),
        net_tables=net_tables(portfolio, edition, financings, language),
        certainty=certainty_table(portfolio, language),
        likelihood=portfolio_likelihood(portfolio, language),
        peak=peak_year(portfolio, edition, language),
    )
    return Page(PORTFOLIO, html)


def portfolio_chapters(language: Language) -> tuple[tuple[str, str], ...]:
    """Name the chapters of the portfolio for the table of contents: target, title."""
    chapters = (("figures", say("The whole in figures")), ("net", say("Who pays, and how sure it is")))
    return tuple((f"{PORTFOLIO}:{name}", title.text(language)) for name, title in chapters)


def portfolio_tables(portfolio: Portfolio, edition: Edition, language: Language) -> tuple[MoneyTable, ...]:
    """Print the whole: by proposal and domain, by section and year."""
    return (_by_proposal(portfolio, edition, language), _by_year(portfolio, language))


def net_tables(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> tuple[MoneyTable, ...]:
    """Print who pays in the end, and how sure the cost of the whole is."""
    tables = (
        portfolio_net_table(portfolio, edition, financings, language),
        funders_table(portfolio, edition, financings, language),
        percentiles_table(portfolio, language),
    )
    return tuple(table for table in tables if table is not None)


def _by_proposal(portfolio: Portfolio, edition: Edition, language: Language) -> MoneyTable:
    rows: list[MoneyRow] = []
    grand = [Decimal(0)] * 5
    for domain, described in edition.domains.items():
        proposals = [proposal for proposal in portfolio.ready if proposal.domain == domain]
        if not proposals:
            continue
        rows.append(MoneyRow(described.title, kind="group"))
        total = [Decimal(0)] * 5
        for proposal in proposals:
            investment = section_thousands(proposal, "investissement")
            running = section_thousands(proposal, "fonctionnement")
            after = proposal.costing.after_term_per_year.rounded(THOUSAND)
            cells = (investment.low, investment.central, investment.high, running.central, after.central)
            rows.append(MoneyRow(proposal.document.value.title or "", cells, target=proposal.id))
            total = [a + b for a, b in zip(total, cells, strict=True)]
        words = say("Total, {section}", section=described.title).text(language)
        rows.append(MoneyRow(words, tuple(total), "subtotal"))
        grand = [a + b for a, b in zip(grand, total, strict=True)]
    rows.append(MoneyRow(say("Total").text(language), tuple(grand), "total"))
    columns = (
        say("Proposal"),
        say("Investment, low"),
        say("central"),
        say("high"),
        say("Operation, six years"),
        say("Then, a year"),
    )
    caption = say("Cost of each proposal over the six years, before VAT").text(language)
    return MoneyTable(
        caption, tuple(column.text(language) for column in columns), tuple(rows), THOUSAND, strong=(1,)
    )


def _by_year(portfolio: Portfolio, language: Language) -> MoneyTable:
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        name = SECTION_NAMES[section].text(language)
        after = portfolio.after_term_by_section[section].central.rounded(THOUSAND)
        rows.append(MoneyRow(name, (*yearly_cells(portfolio.by_section[section], THOUSAND), after)))
    return MoneyTable(
        say("Central cost of the whole by year, before VAT").text(language),
        (say("Section").text(language), *(str(year) for year in portfolio.years), *year_columns(language)),
        tuple(rows),
        THOUSAND,
        strong=(len(portfolio.years),),
    )
