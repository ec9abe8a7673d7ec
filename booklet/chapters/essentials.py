"""The portfolio → its essentials on one page: a few key figures, what they mean in sentences, and totals by domain.

Amounts are those that the tables print: sums of printed cells, investment and operation apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING

from booklet.content.model.proposal import FUNDING_STATUSES, SECTIONS, FundingStatus, Section
from booklet.content.model.words import SECTION_NAMES
from booklet.content.part_ids import domain_part_id
from booklet.costs.uncertainty import estimate_portfolio, round_to_three_figures
from booklet.diagnostics.message import Message, say
from booklet.money.euros import PrintedRange, sum_cells
from booklet.tables.key_figures import base_words, own_part, printed_gross
from booklet.tables.money_table import MoneyRow, MoneyTable
from booklet.tables.peak import describe_peak
from booklet.tables.rounding import add_section, after_in, sum_grants
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One key figure, written, with its label and a detail that qualifies it."""

    label: str
    figure: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point that the figures make: its name, then its sentences."""

    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Essentials:
    """Every figure and sentence of the page."""

    figures: tuple[KeyFigure, ...]
    points: tuple[Point, ...]
    table: MoneyTable


@dataclass(frozen=True, slots=True)
class FundingShares:
    """Who pays one section of the portfolio over the six years, in printed euros; loans count as own money."""

    #: the cost that is shared; None while one of its parts is not known
    gross: Decimal | None
    #: grants by status
    by_status: dict[FundingStatus, Decimal]
    #: of the exact cost, whole percents; None where own share or cost are not known
    own_part: Decimal | None

    @property
    def co_funded(self) -> Decimal:
        """Sum of the grants, whatever their status."""
        return sum(self.by_status.values(), Decimal(0))

    @property
    def secured(self) -> Decimal:
        """Sum of the grants that are voted or notified; the others may not come."""
        return self.by_status["acquis"] + self.by_status["notifie"]

    @property
    def own_share(self) -> Decimal | None:
        """What is left to the owners; None while the gross cost is not known."""
        return None if self.gross is None else self.gross - self.co_funded


def gather_essentials(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> Essentials:
    """Compute all figures and sentences of the page."""
    return Essentials(
        tuple(_figures(portfolio, edition, financings, language)),
        tuple(_points(portfolio, edition, financings, language)),
        domains_table(portfolio, edition, language),
    )


def who_pays(
    portfolio: Portfolio, edition: Edition, financings: Financings, section: Section
) -> FundingShares:
    """Sum the cost of one section, on the edition's `funding_base`, and its grants by status."""
    chains = [(costed, financings.get((costed.id, section))) for costed in portfolio.ready]
    known = [(costed, chain) for costed, chain in chains if chain is not None]
    costs = [
        printed_gross(costed, edition, financings, section, portfolio.step) for costed in portfolio.ready
    ]
    gross = None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
    by_status = {
        status: sum_cells(
            sum_grants(costed, chain.grants_of(status), portfolio.step) for costed, chain in known
        )
        for status in FUNDING_STATUSES
    }
    return FundingShares(gross, by_status, own_part(chain for _, chain in chains))


def add_after(proposals: Sequence[CostedProposal], step: Decimal) -> PrintedRange:
    """Sum the costs of a full year after the term, rounded as the tables of the portfolio print them."""
    return reduce(PrintedRange.__add__, (after_in(costed, step) for costed in proposals), PrintedRange())


def domains_table(portfolio: Portfolio, edition: Edition, language: Language) -> MoneyTable:
    """Print the totals by domain, each row with a link to the pages that open the domain."""
    rows: list[MoneyRow] = []
    for domain, described in edition.domains.items():
        proposals = portfolio.in_domain(domain)
        if proposals:
            name = f"{described.title}, {_count_proposals(len(proposals)).text(language)}"
            rows.append(MoneyRow(name, _cells(proposals, portfolio.step), target=domain_part_id(domain)))
    sums = (
        tuple(
            sum((row.cells[column] or Decimal(0) for row in rows), Decimal(0))
            for column in range(len(rows[0].cells))
        )
        if rows
        else (Decimal(0),) * 5
    )
    rows.append(MoneyRow(say("Total").text(language), sums, "total"))
    heads = (
        say("Domain"),
        say("Investment, low"),
        say("central"),
        say("high"),
        say("Operation, six years"),
        say("Then, a year"),
    )
    caption = say("The whole by domain, over the six years, before VAT").text(language)
    return MoneyTable(
        caption, tuple(head.text(language) for head in heads), tuple(rows), portfolio.step, strong=(1,)
    )


def _count_proposals(count: int) -> Message:
    return say("1 proposal") if count == 1 else say("{count} proposals", count=count)


def _cells(proposals: Sequence[CostedProposal], step: Decimal) -> tuple[Decimal, ...]:
    investment = add_section(proposals, "investissement", step)
    operation = add_section(proposals, "fonctionnement", step).central
    return investment.low, investment.central, investment.high, operation, add_after(proposals, step).central


def _figures(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> Iterator[KeyFigure]:
    wording = Wording(language)

    def write(message: Message) -> str:
        return message.text(language)

    def span(amount: PrintedRange) -> str:
        if amount.low == amount.high:
            return write(say("single estimate"))
        low, high = wording.compact(amount.low), wording.compact(amount.high)
        return write(say("from {low} to {high}", low=low, high=high))

    investment, after = (
        add_section(portfolio.ready, "investissement", portfolio.step),
        add_after(portfolio.ready, portfolio.step),
    )
    domains = len(portfolio.by_domain)
    within = say("in one domain") if domains == 1 else say("in {count} domains", count=domains)
    yield KeyFigure(write(say("Costed proposals")), str(len(portfolio.ready)), write(within))
    yield KeyFigure(
        write(say("Investment over six years")), wording.compact(investment.central), span(investment)
    )
    yield KeyFigure(write(say("Yearly cost after the term")), wording.compact(after.central), span(after))
    shares = who_pays(portfolio, edition, financings, "investissement")
    if shares.own_share is not None and shares.own_part is not None:
        part = wording.percent(shares.own_part)
        yield KeyFigure(
            write(say("Own share of the investment")),
            wording.compact(shares.own_share),
            write(say("{share} of what is invested, {base}", share=part, base=base_words(edition))),
        )


def _points(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> Iterator[Point]:
    wording = Wording(language)

    def point(name: Message, *sentences: Message | str) -> Point:
        written = (one if isinstance(one, str) else one.text(language) for one in sentences)
        return Point(name.text(language), tuple(filter(None, written)))

    last = portfolio.term.last_year
    investment, after = (
        add_section(portfolio.ready, "investissement", portfolio.step),
        add_after(portfolio.ready, portfolio.step),
    )
    operation = add_section(portfolio.ready, "fonctionnement", portfolio.step)
    yield point(
        say("What is spent"),
        say(
            "{investment} of investment and {operation} of operation over the six years, before VAT.",
            investment=wording.compact(investment.central),
            operation=wording.compact(operation.central),
        ),
        say(
            "From {year} on, what was opened goes on costing {amount} a year.",
            year=last + 1,
            amount=wording.compact(after.central),
        )
        if after.central
        else say("Nothing goes on costing after {year}.", year=last),
    )
    peak = describe_peak(portfolio, edition, language)
    if investment.central and peak:
        yield point(say("The heaviest year"), peak)
    sure = estimate_portfolio(portfolio, "investissement")
    if sure is not None and sure.contributions:
        p50, p80 = round_to_three_figures(sure.p50, sure.p80)
        yield point(
            say("How certain it is"),
            say(
                "One chance in two that the investment costs less than {p50} (P50), four in five less than {p80} (P80),"
                " if each price varies as its author wrote; the sum of the central estimates is enough with probability"
                " {probability}.",
                p50=wording.compact(p50),
                p80=wording.compact(p80),
                probability=wording.percent(_hundredths(Decimal(str(sure.probability_central_is_enough)))),
            ),
        )
    together = tuple(_links(portfolio))
    if together:
        yield point(say("What goes together"), *together)
    for section in SECTIONS:
        shares = who_pays(portfolio, edition, financings, section)
        if shares.co_funded and shares.own_part is not None:
            yield point(*_funding(shares, section, edition, language))


def _links(portfolio: Portfolio) -> Iterator[Message]:
    """Name the proposals that others need, and count the pairs that overlap or exclude each other, each pair once."""
    links = {costed.id: costed.document.value.links for costed in portfolio.ready}
    for costed in portfolio.ready:
        count = sum(costed.id in one.needs for one in links.values())
        title = costed.document.value.title or costed.id
        if count == 1:
            yield say('"{title}" is needed by one other.', title=title)
        elif count:
            yield say('"{title}" is needed by {count} others.', title=title, count=count)
    # a draft is not printed: no pair is one with it
    overlaps = {
        frozenset((id, other)) for id, one in links.items() for other in one.overlaps if other in links
    }
    conflicts = {
        frozenset((id, other)) for id, one in links.items() for other in one.conflicts if other in links
    }
    if overlaps and conflicts:
        yield say(
            "Pairs of proposals that overlap: {overlaps}; that exclude each other: {conflicts}.",
            overlaps=len(overlaps),
            conflicts=len(conflicts),
        )
    elif overlaps:
        yield say(
            "Pairs of proposals that overlap: {overlaps}. None excludes another.", overlaps=len(overlaps)
        )
    elif conflicts:
        yield say("Pairs of proposals that exclude each other: {conflicts}.", conflicts=len(conflicts))


def _funding(
    shares: FundingShares, section: Section, edition: Edition, language: Language
) -> tuple[Message, ...]:
    wording = Wording(language)
    assert shares.own_share is not None
    assert shares.gross is not None
    assert shares.own_part is not None
    name = SECTION_NAMES[section].text(language)
    hoped = shares.co_funded - shares.secured
    return (
        say("Who pays: {section}", section=name.lower()),
        say(
            "The owners bring {own} of {gross} {base} ({share}), co-funders the rest.",
            base=base_words(edition),
            own=wording.compact(shares.own_share),
            gross=wording.compact(shares.gross),
            share=wording.percent(shares.own_part),
        ),
        say(
            "None of this co-funding is secured: {asked} are applied for, {hoped} hoped for.",
            asked=wording.compact(shares.by_status["sollicite"]),
            hoped=wording.compact(shares.by_status["espere"]),
        )
        if not shares.secured
        else say(
            "Of this co-funding, {secured} are secured or notified; {rest} are applied for or hoped for, and may not"
            " come.",
            secured=wording.compact(shares.secured),
            rest=wording.compact(hoped),
        ),
        *(
            [
                say(
                    "If none of what is not secured came, the owners would pay {amount}.",
                    amount=wording.compact(shares.own_share + hoped),
                )
            ]
            if hoped
            else []
        ),
    )


def _hundredths(share: Decimal) -> Decimal:
    return Decimal(round(share * 100)) / 100
