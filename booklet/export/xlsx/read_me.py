"""Edition → the first sheet of the workbook: facts about the edition, and the content of each sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.export.xlsx.sheets import (
    DRAFTS,
    EXACT,
    FUNDING,
    LINES,
    PORTFOLIO,
    READ_ME,
    SOURCES,
    UNCERTAINTY,
    YEARS,
)

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.export.xlsx.spreadsheet import Spreadsheet

_CONTENTS: tuple[tuple[Message, Message], ...] = (
    (LINES, say("What each proposal buys, pays and earns. Change a coloured cell and every total follows.")),
    (
        YEARS,
        say("Each section of each proposal by budget year, from cost to net cost, rounded once, to cents."),
    ),
    (FUNDING, say("Who gives what, with what certainty, and when.")),
    (PORTFOLIO, say("The totals of the booklet, each the sum of rounded cells.")),
    (UNCERTAINTY, say("How sure the costs are, and what projects of their kind have cost beyond them.")),
    (SOURCES, say("Where the figures come from.")),
    (EXACT, say("The sums of lines before they are rounded: half a cent goes to the even cent.")),
)
_DRAFTS = (DRAFTS, say("Lines of proposals that are not ready; they are in no total."))
_CLOSING = (
    say("An empty cell is an amount that is not known: it is not 0, and what needs it is not known either."),
    say("`sh run.sh costs import FILE.xlsx` brings back changed quantities and unit costs, only those."),
)


def write_read_me(spreadsheet: Spreadsheet, portfolio: Portfolio, edition: Edition) -> None:
    """Write the title, the facts that are known, the content of each sheet and how to read a cell."""
    sheet = spreadsheet.add(READ_ME)
    sheet.write_text(0, 0, edition.title, spreadsheet.title)
    row = 2
    for message, fact in _list_facts(portfolio, edition):
        if fact:
            sheet.write_text(row, 0, spreadsheet.say(message), spreadsheet.text)
            sheet.write_text(row, 1, fact, spreadsheet.wrapped)
            row += 1
    row += 1
    for name, text in (*_CONTENTS, *([_DRAFTS] if portfolio.drafts else [])):
        sheet.write_text(row, 0, spreadsheet.say(name), spreadsheet.head)
        sheet.write_text(row, 1, spreadsheet.say(text), spreadsheet.wrapped)
        row += 1
    for message in _CLOSING:
        row += 1
        sheet.write_text(row, 0, spreadsheet.say(message), spreadsheet.text)
    sheet.sheet.set_column(0, 0, 34)
    sheet.sheet.set_column(1, 1, 90)
    sheet.set_up_page(0, (row, 1), frozen_columns=0)


def _list_facts(portfolio: Portfolio, edition: Edition) -> tuple[tuple[Message, str | None], ...]:
    prices = edition.prices
    return (
        (say("Subtitle"), edition.subtitle),
        (say("Version"), edition.version),
        (say("Date"), edition.date.isoformat() if edition.date else None),
        (say("Publisher"), edition.publisher.name if edition.publisher else None),
        (say("Licence"), edition.licence),
        (say("Euros of the year"), str(prices.year) if prices and prices.year else None),
        (say("Price basis where a line has none"), prices.basis if prices else None),
        (say("Funding base"), edition.funding_base or "ht"),
        (say("Ready proposals, in the totals"), str(len(portfolio.ready))),
        (say("Drafts, in no total"), str(len(portfolio.drafts))),
    )
