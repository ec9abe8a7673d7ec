"""A domain → its opener: two facing pages, so that the fiches after it begin on the left, as they all do.

On the left its colour, its name, what it costs and its proposals; on the right the same proposals on the ruler of the
whole, and its years. However many proposals there are, they keep to the two pages: rows come closer, then stand in two
columns, then end with a line that counts the rest, which the contents list in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, cast

from booklet.chapters.fiche import Page
from booklet.chapters.portfolio_pages import density, ranges_message, ruler_item, write_label
from booklet.charts.domain import lay_out_ruler, lay_out_years
from booklet.charts.lettering import wrap_text
from booklet.content.model.proposal import SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES
from booklet.diagnostics.message import say
from booklet.layout.page import fill_page
from booklet.money.euros import PrintedRange, round_to
from booklet.tables.key_figures import own_share_words, printed_gross
from booklet.tables.money_table import THOUSAND, MoneyRow, MoneyTable
from booklet.tables.rounding import after_term, after_thousands, section_thousands, section_total
from booklet.tables.scorecard import OWN, Scores, by_cost, peak_year, score, section_rows, year_heads
from booklet.tables.wording import Wording
from booklet.text.typography import typography

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language

#: an opener's pages
PAGES = 2
#: height of the left page's text block, and what the field of colour takes without its introduction, in points
_HEIGHT, _FIELD = 751.0, 330.0
_INTRODUCTION_WIDTH, _INTRODUCTION_LINE = 400.0, 15.0


@dataclass(frozen=True, slots=True)
class Listed:
    """Hold one line of the list; amounts are those of the fiche's head, None where nothing is spent."""

    target: str
    title: str
    #: where there is room for it
    promise: str
    investment: PrintedRange | None
    running: PrintedRange | None
    #: as printed at the foot of the page; None while it is not known
    page: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Hold the list, the manner in which it fits, and how many proposals it leaves out."""

    manner: str
    columns: tuple[tuple[Listed, ...], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """Hold one figure of the field, written, with what it is and what qualifies it."""

    label: str
    figure: str
    detail: str


def part_id(domain: str) -> str:
    """Name the part of a domain's opener, which is also the target of its line in the contents."""
    return f"domain-{domain}"


def fill_domain(
    environment: Environment,
    edition: Edition,
    domain: str,
    portfolio: Portfolio,
    financings: Financings,
    page_by_target: Mapping[str, int],
) -> Page:
    """Fill the two pages of one domain; `page_by_target` gives the page of each proposal, as in the contents."""
    language = cast("Language", environment.globals["language"])
    write = write_label(language)
    scores = score(portfolio, edition, financings)
    described = edition.domains[domain]
    own = [costed for costed in portfolio.ready if costed.domain == domain]
    others = [costed for costed in portfolio.ready if costed.domain != domain]
    items = [ruler_item(costed, edition, language) for costed in by_cost(own)]
    count = len(portfolio.years)
    table = _totals_table(scores, own, edition, described.title, language)
    html = fill_page(
        environment,
        "domain.html",
        id=part_id(domain),
        domain=described,
        count=len(own),
        figures=_key_figures(own, scores, edition, financings, language),
        listing=_list_proposals(own, described.intro or "", page_by_target, language),
        ruler=lay_out_ruler(items, [ruler_item(costed, edition, language) for costed in others], write),
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
    return Page(part_id(domain), html)


# --- the left page ---------------------------------------------------------------------------------------------------


def _key_figures(
    own: Sequence[CostedProposal],
    scores: Scores,
    edition: Edition,
    financings: Financings,
    language: Language,
) -> tuple[KeyFigure, ...]:
    """Give the investment, the cost of a year after the term, and what is left to the owners."""
    is_known = all(costed.costing.is_complete for costed in own)
    section: Section = "investissement" if _spent(own, "investissement") or not is_known else "fonctionnement"
    invested = _spent(own, "investissement") if is_known else None
    after = sum((after_thousands(costed).central for costed in own), Decimal(0)) if is_known else None
    left = scores.of(own, section)[OWN]
    write = write_label(language)
    costs = [printed_gross(costed, edition, financings, section) for costed in own]
    whole = sum((cost for cost in costs if cost is not None), Decimal(0))
    share = (
        say(
            "or {share} of what is spent on {section}",
            share=Wording(language).percent(round_to(left / whole, Decimal("0.01"))),
            section=SECTION_NAMES[section].text(language).lower(),
        ).text(language)
        if left is not None and whole
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


def _spent(own: Sequence[CostedProposal], section: Section) -> Decimal:
    return sum((section_thousands(costed, section).central for costed in own), Decimal(0))


@dataclass(frozen=True, slots=True)
class _Manner:
    """Describe how a list can be set: lengths in points."""

    name: str
    row_height: float
    title_width: float
    size: float
    title_lines: int
    columns: int


#: from the most generous to the closest; the first tells the promises too
_MANNERS = (
    _Manner("told", 25.0, 290.0, 11.0, 2, 1),
    _Manner("wide", 25.0, 290.0, 11.0, 2, 1),
    _Manner("compact", 17.0, 294.0, 9.5, 1, 1),
    _Manner("double", 13.0, 112.0, 8.0, 1, 2),
)
_PROMISE_LINE, _TITLE_LINE = 13.0, 14.0


def _list_proposals(
    own: Sequence[CostedProposal], intro: str, page_by_target: Mapping[str, int], language: Language
) -> Listing:
    """Choose the most generous manner in which every proposal fits under the field."""
    paragraphs = [typography(line, language) for line in intro.splitlines() if line.strip()]
    lines = sum(len(wrap_text(line, _INTRODUCTION_WIDTH, 11, lines=99)) for line in paragraphs)
    room = _HEIGHT - _FIELD - lines * _INTRODUCTION_LINE
    last = _MANNERS[-1]
    manner = next((each for each in _MANNERS if _height(own, each, language) <= room), last)
    fitting = max(int(room / last.row_height), 1) * last.columns
    # where even the closest does not hold them all, its last line says how many are left out
    shown = own if manner is not last or len(own) <= fitting else own[: fitting - 1]
    each = ceil(len(shown) / manner.columns)
    listed = [_listed(costed, page_by_target, manner, language) for costed in shown]
    columns = tuple(tuple(listed[start : start + each]) for start in range(0, len(listed), each))
    return Listing(manner.name, columns, len(own) - len(shown))


def _height(own: Sequence[CostedProposal], manner: _Manner, language: Language) -> float:
    rows = ceil(len(own) / manner.columns) * manner.row_height
    for costed in own:
        rows += _TITLE_LINE * (len(_title(costed, manner, language)) - 1)
        if manner.name == "told":
            promise = typography(costed.document.value.promise or "", language)
            rows += _PROMISE_LINE * len(wrap_text(promise, manner.title_width - 20, 9.5, lines=99))
    return rows


def _title(costed: CostedProposal, manner: _Manner, language: Language) -> tuple[str, ...]:
    title = typography(costed.document.value.title or "", language)
    return wrap_text(title, manner.title_width, manner.size, lines=manner.title_lines)


def _listed(
    costed: CostedProposal, page_by_target: Mapping[str, int], manner: _Manner, language: Language
) -> Listed:
    is_known = costed.costing.is_complete
    running = after_term(costed)
    return Listed(
        costed.id,
        " ".join(_title(costed, manner, language)),
        (costed.document.value.promise or "") if manner.name == "told" else "",
        section_total(costed, "investissement") if is_known else None,
        running if is_known and running else None,
        page_by_target.get(costed.id),
    )


# --- the right page --------------------------------------------------------------------------------------------------


def _years_message(scores: Scores, domain: str, language: Language) -> str:
    """Say when the domain spends most, section by section."""
    years = scores.portfolio.years
    investment, operation = (peak_year(scores.of_domain(domain, section), years) for section in SECTIONS)
    write = write_label(language)
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
    scores: Scores, own: Sequence[CostedProposal], edition: Edition, title: str, language: Language
) -> MoneyTable:
    rows = [MoneyRow(row.note, row.cells, "row") for row in section_rows(title, scores, own, language, "row")]
    caption = say("Total of the domain by year, before VAT").text(language)
    heads = year_heads(scores.portfolio, edition, say("Section"), language)
    return MoneyTable(caption, heads, tuple(rows), THOUSAND, strong=(len(scores.portfolio.years),))
