"""The pages around the fiches: reading key and contents before them, figures, method and sources after them; and the
front matter, cover and letter, that is each list's own.

Everything here but the front matter is part of the body, which is the same for every list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jinja2 import Environment

from booklet.cover import CoverPicture
from booklet.diagnostic import say
from booklet.euros import PrintedRange
from booklet.fiche import Page, year_columns, yearly_cells
from booklet.financing import Financings
from booklet.language import Language
from booklet.model import SECTIONS, Edition, ElectoralList, Reference
from booklet.net_tables import (
    certainty_table,
    funders_table,
    peak_year,
    percentiles_table,
    portfolio_likelihood,
    portfolio_net_table,
)
from booklet.page import ContentsEntry, fill_page
from booklet.portfolio import Portfolio
from booklet.prose import fill_slots
from booklet.rounding import section_thousands, section_total
from booklet.tables import SECTION_NAMES, THOUSAND, MoneyRow, MoneyTable

#: ids of the parts that are no fiche; `sources` gives its name to the anchors that citations lead to
OPENING, CLOSING, SOURCES, FRONT = "opening", "closing", "sources", "front"
#: empty pages are laid out by the fifty, so that one more page does not lay them all out again
NUMBERS_STEP = 50


@dataclass(frozen=True, slots=True)
class ClosingEntry:
    """Name a chapter after the fiches: its anchor in the closing pages, or the sources."""

    target: str
    title: str


def fill_contents(
    environment: Environment,
    edition: Edition,
    portfolio: Portfolio,
    closing: Sequence[ClosingEntry],
    page_by_target: Mapping[str, int],
) -> Page:
    """Fill the reading key and the table of contents."""
    groups = []
    for domain, described in edition.domains.items():
        entries = [
            ContentsEntry(
                proposal.id,
                proposal.document.value.title or "",
                page_by_target[proposal.id],
                section_total(proposal, "investissement"),
                _running(proposal.costing.after_term_per_year.rounded()),
            )
            for proposal in portfolio.ready
            if proposal.domain == domain
        ]
        if entries:
            groups.append((described, entries))
    after = [ContentsEntry(entry.target, entry.title, page_by_target[entry.target]) for entry in closing]
    html = fill_page(environment, "contents.html", edition=edition, groups=groups, closing=after)
    return Page(OPENING, html)


def _running(amount: PrintedRange) -> PrintedRange | None:
    return amount if amount else None


def fill_closing(
    environment: Environment, edition: Edition, portfolio: Portfolio, financings: Financings
) -> Page:
    """Fill the portfolio's tables, the method, the ideas that were not costed and the glossary."""
    language: Language = environment.globals["language"]  # type: ignore[assignment]
    waivers = [
        (proposal.document.value.title or "", waiver.rule, waiver.because)
        for proposal in portfolio.ready
        for waiver in proposal.document.value.waivers
    ]
    html = fill_page(
        environment,
        "closing.html",
        edition=edition,
        tables=portfolio_tables(portfolio, edition, language),
        net_tables=net_tables(portfolio, edition, financings, language),
        certainty=certainty_table(portfolio, language),
        likelihood=portfolio_likelihood(portfolio, language),
        peak=peak_year(portfolio, edition, language),
        waivers=waivers,
    )
    return Page(CLOSING, html)


def closing_entries(edition: Edition, language: Language) -> tuple[ClosingEntry, ...]:
    """List the chapters after the fiches, as the table of contents names them."""
    entries = [
        ClosingEntry(f"{CLOSING}:figures", say("The whole in figures").text(language)),
        ClosingEntry(f"{CLOSING}:net", say("Who pays, and how sure it is").text(language)),
        ClosingEntry(f"{CLOSING}:method", say("Method").text(language)),
    ]
    if edition.ideas:
        entries.append(ClosingEntry(f"{CLOSING}:ideas", say("Ideas that were not costed").text(language)))
    if edition.glossary:
        entries.append(ClosingEntry(f"{CLOSING}:glossary", say("Glossary").text(language)))
    return (*entries, ClosingEntry(SOURCES, say("Sources").text(language)))


def fill_sources(environment: Environment, references: Mapping[str, Reference]) -> Page:
    """Fill the bibliography, ordered by label and then by title."""
    labels: Mapping[str, str] = environment.globals["source_labels"]  # type: ignore[assignment]
    ordered = sorted(
        references.items(), key=lambda item: (labels[item[0]].casefold(), item[1].title.casefold())
    )
    return Page(SOURCES, fill_page(environment, "sources.html", sources=ordered))


def source_labels(references: Mapping[str, Reference]) -> dict[str, str]:
    """Give each source the short label of its citations, "Batiweb, 2017", with a letter where two would be alike."""
    plain = {
        id: ", ".join(filter(None, [entry.publisher or entry.title, str(entry.year) if entry.year else ""]))
        for id, entry in references.items()
    }
    labels: dict[str, str] = {}
    for id, label in plain.items():
        alike = [other for other in plain if plain[other] == label]
        labels[id] = label if len(alike) == 1 else f"{label}{chr(ord('a') + alike.index(id))}"
    return labels


def fill_numbers(environment: Environment, pages: int) -> Page:
    """Fill the empty pages that carry nothing but their number: enough for a body of so many pages."""
    enough = -(-pages // NUMBERS_STEP) * NUMBERS_STEP
    return Page("numbers", fill_page(environment, "numbers.html", pages=enough))


def fill_front(
    environment: Environment,
    edition: Edition,
    electoral_list: ElectoralList,
    file_name: str,
    body_length: int,
    body_sha256: str,
    picture: CoverPicture,
) -> Page:
    """Fill one list's cover and letter; its own words stand in the declared slots only."""
    html = fill_page(
        environment,
        "front.html",
        edition=edition,
        electoral_list=electoral_list,
        letter=fill_slots(edition.letter, slot_values(electoral_list)),
        body_length=body_length,
        body_sha256=body_sha256,
        file_name=file_name,
        picture=picture,
    )
    return Page(electoral_list.id, html)


def slot_values(electoral_list: ElectoralList) -> dict[str, str]:
    """Give the value of every slot that a letter may hold; what a list does not have is empty."""
    return {
        "list": electoral_list.name,
        "head": electoral_list.head or "",
        "commune": electoral_list.commune,
        "sector": "" if electoral_list.sector is None else str(electoral_list.sector),
        "panel": "" if electoral_list.panel is None else str(electoral_list.panel),
    }


# --- printed tables ----------------------------------------------------------------------------------------------


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
