"""A domain → the two facing pages that open it.

On the left its colour, its name, its costs and its proposals; on the right the same proposals on the ruler of the whole
portfolio, and its spending by year. Any number of proposals fits on the two pages: the list is set closer, then in two
columns, then ends with a line that counts the rest, which the contents list in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from booklet.chapters.chart_page import density, label_writer
from booklet.chapters.essentials import KeyFigure
from booklet.chapters.ruler import ranges_message, ruler_item
from booklet.charts.domain import lay_out_ruler, lay_out_years
from booklet.charts.lettering import wrap_text
from booklet.content.model.proposal import SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES
from booklet.content.part_ids import domain_part_id
from booklet.diagnostics.message import say
from booklet.layout.page import fill_page
from booklet.tables.key_figures import own_part, own_share_words
from booklet.tables.money_table import MoneyRow, MoneyTable
from booklet.tables.peak import find_peak_year
from booklet.tables.rounding import after_in, after_term, section_in, section_total
from booklet.tables.scorecard import OWN_SHARE, Scores, by_cost, score, section_rows, year_heads
from booklet.tables.wording import Wording
from booklet.text.stamps import Stamp
from booklet.text.typography import typography

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.chapters.context import FillContext, PageNumbers
    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import CostedProposal
    from booklet.money.euros import PrintedRange
    from booklet.text.language import Language

#: height of the left page's text block, and of the field of colour without its introduction, in points
_HEIGHT, _FIELD = 751.0, 330.0
_INTRODUCTION_WIDTH, _INTRODUCTION_LINE = 400.0, 15.0


@dataclass(frozen=True, slots=True)
class ListedProposal:
    """One line of the list; amounts are those of the fiche's head, None where nothing is spent or a cost is missing."""

    target: str
    title: str
    #: empty where there is no room for it
    promise: str
    investment: PrintedRange | None
    running: PrintedRange | None
    #: as printed at the foot of the page; None where it is not printed
    page: Stamp | None


@dataclass(frozen=True, slots=True)
class ListedProposals:
    """The list, by columns, in the style in which it fits, and how many proposals it leaves out."""

    #: CSS class of the style
    style: str
    columns: tuple[tuple[ListedProposal, ...], ...]
    left_out: int


def fill_domain(context: FillContext, numbers: PageNumbers, domain: str) -> str:
    """Fill the two pages of one domain."""
    edition, portfolio = context.edition, context.portfolio
    financings, language = context.financings, context.language
    write = label_writer(language)
    scores = score(portfolio, edition, financings)
    described = edition.domains[domain]
    proposals = portfolio.in_domain(domain)
    others = [costed for costed in portfolio.ready if costed.domain != domain]
    items = [ruler_item(costed, edition, portfolio.step, language) for costed in by_cost(proposals)]
    count = len(portfolio.years)
    table = _totals_table(scores, proposals, edition, described.title, language)
    return fill_page(
        context.environment,
        "domain.html",
        id=domain_part_id(domain),
        domain=described,
        count=len(proposals),
        figures=_key_figures(proposals, scores, context),
        listing=_list_proposals(proposals, described.intro or "", numbers, language),
        ruler=lay_out_ruler(
            items, [ruler_item(costed, edition, portfolio.step, language) for costed in others], write
        ),
        ruler_message=ranges_message([item.estimate[1] for item in items if item.estimate], language),
        years=lay_out_years(
            portfolio.years,
            [
                (SECTION_NAMES[section].text(language), scores.of_domain(domain, section)[:count])
                for section in SECTIONS
            ],
            write,
        ),
        years_message=_years_message(scores, domain, language),
        table=table,
        density=density(table, language),
        write=write,
    )


# --- the left page ---------------------------------------------------------------------------------------------------


def _key_figures(
    proposals: Sequence[CostedProposal], scores: Scores, context: FillContext
) -> tuple[KeyFigure, ...]:
    """Write the investment, the cost of a full year after the term, and the own share of the owners."""
    edition, financings, language = context.edition, context.financings, context.language
    step = scores.portfolio.step
    is_known = all(costed.costing.is_complete for costed in proposals)
    section: Section = (
        "investissement" if _spent(proposals, "investissement", step) or not is_known else "fonctionnement"
    )
    invested = _spent(proposals, "investissement", step) if is_known else None
    after = sum((after_in(costed, step).central for costed in proposals), Decimal(0)) if is_known else None
    left = scores.of(proposals, section)[OWN_SHARE]
    write = label_writer(language)
    part = own_part(financings.get((costed.id, section)) for costed in proposals)
    share = (
        say(
            "or {share} of what is spent on {section}",
            share=Wording(language).percent(part),
            section=SECTION_NAMES[section].text(language).lower(),
        ).text(language)
        if part is not None
        else ""
    )
    figures = (
        (
            say("Investment over six years"),
            write(invested),
            say("central estimate, before VAT").text(language),
        ),
        (say("Yearly cost after the term"), write(after), say("central estimate, before VAT").text(language)),
        (own_share_words(edition), write(left), share),
    )
    return tuple(KeyFigure(label.text(language), figure, detail) for label, figure, detail in figures)


def _spent(proposals: Sequence[CostedProposal], section: Section, step: Decimal) -> Decimal:
    return sum((section_in(costed, section, step).central for costed in proposals), Decimal(0))


@dataclass(frozen=True, slots=True)
class _ListStyle:
    """One way of setting the list; lengths in points."""

    name: str
    row_height: float
    title_width: float
    size: float
    title_lines: int
    columns: int


#: from the most generous to the closest; the first prints the promises too
_STYLES = (
    _ListStyle("promises", 25.0, 290.0, 11.0, 2, 1),
    _ListStyle("wide", 25.0, 290.0, 11.0, 2, 1),
    _ListStyle("compact", 17.0, 294.0, 9.5, 1, 1),
    _ListStyle("double", 13.0, 112.0, 8.0, 1, 2),
)
_PROMISE_LINE, _TITLE_LINE = 13.0, 14.0


def _list_proposals(
    proposals: Sequence[CostedProposal], intro: str, numbers: PageNumbers, language: Language
) -> ListedProposals:
    """Set the list in the most generous style in which every proposal fits under the field."""
    paragraphs = [typography(line, language) for line in intro.splitlines() if line.strip()]
    lines = sum(len(wrap_text(line, _INTRODUCTION_WIDTH, 11, lines=99)) for line in paragraphs)
    room = _HEIGHT - _FIELD - lines * _INTRODUCTION_LINE
    last = _STYLES[-1]
    style = next((one for one in _STYLES if _height(proposals, one, language) <= room), last)
    fitting = max(int(room / last.row_height), 1) * last.columns
    # where even the closest style does not hold them all, its last line counts those left out
    shown = proposals if style is not last or len(proposals) <= fitting else proposals[: fitting - 1]
    height = ceil(len(shown) / style.columns)
    listed = [_listed(costed, numbers, style, language) for costed in shown]
    columns = tuple(tuple(listed[start : start + height]) for start in range(0, len(listed), height))
    return ListedProposals(style.name, columns, len(proposals) - len(shown))


def _height(proposals: Sequence[CostedProposal], style: _ListStyle, language: Language) -> float:
    rows = ceil(len(proposals) / style.columns) * style.row_height
    for costed in proposals:
        rows += _TITLE_LINE * (len(_title(costed, style, language)) - 1)
        if style.name == "promises":
            promise = typography(costed.document.value.promise or "", language)
            rows += _PROMISE_LINE * len(wrap_text(promise, style.title_width - 20, 9.5, lines=99))
    return rows


def _title(costed: CostedProposal, style: _ListStyle, language: Language) -> tuple[str, ...]:
    title = typography(costed.document.value.title or "", language)
    return wrap_text(title, style.title_width, style.size, lines=style.title_lines)


def _listed(
    costed: CostedProposal, numbers: PageNumbers, style: _ListStyle, language: Language
) -> ListedProposal:
    is_known = costed.costing.is_complete
    running = after_term(costed)
    return ListedProposal(
        costed.id,
        " ".join(_title(costed, style, language)),
        (costed.document.value.promise or "") if style.name == "promises" else "",
        section_total(costed, "investissement") if is_known else None,
        running if is_known and running else None,
        Stamp(costed.id) if costed.id in numbers.by_target else None,
    )


# --- the right page --------------------------------------------------------------------------------------------------


def _years_message(scores: Scores, domain: str, language: Language) -> str:
    """Name the peak year of each section of the domain, with its amount."""
    years = scores.portfolio.years
    investment, operation = (find_peak_year(scores.of_domain(domain, section), years) for section in SECTIONS)
    write = label_writer(language)
    if investment and operation:
        message = say(
            "Investment peaks in {year}: {amount}; operation in {other_year}: {other_amount}.",
            year=investment[0],
            amount=write(investment[1]),
            other_year=operation[0],
            other_amount=write(operation[1]),
        )
    elif investment:
        message = say(
            "Investment peaks in {year}: {amount}.", year=investment[0], amount=write(investment[1])
        )
    elif operation:
        message = say("Operation peaks in {year}: {amount}.", year=operation[0], amount=write(operation[1]))
    else:
        return ""
    return typography(message.text(language), language)


def _totals_table(
    scores: Scores, proposals: Sequence[CostedProposal], edition: Edition, title: str, language: Language
) -> MoneyTable:
    rows = [
        MoneyRow(row.note, row.cells, "row")
        for row in section_rows(title, scores, proposals, language, "row")
    ]
    caption = say("Total of the domain by year, before VAT").text(language)
    heads = year_heads(scores.portfolio, edition, say("Section"), language)
    return MoneyTable(
        caption, heads, tuple(rows), scores.portfolio.step, strong=(len(scores.portfolio.years),)
    )
