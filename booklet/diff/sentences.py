"""Difference → the sentences above its tables, for elected officials and their staff; plain text, without markup."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.diagnostics.message import say
from booklet.diff.amounts import write_change, write_percent, write_size, write_total
from booklet.money.euros import write_plain
from booklet.tables.money_table import write_compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.diff.difference import Difference
    from booklet.text.language import Language


def headline(difference: Difference, language: Language) -> str:
    """Write one sentence on the cost of the whole programme."""
    before, after = (sum(totals.values(), Decimal(0)) for totals in difference.totals)
    change = difference.total
    if change == 0:
        if any(difference.cells.values()):
            return say("The programme costs the same over the six years, but not the same every year.").text(
                language
            )
        return _headline_net(difference, language)
    values = {
        "amount": write_compact(abs(change), language),
        "before": write_total(before, change, language),
        "after": write_total(after, change, language),
        "percent": write_percent(change, before, language),
    }
    if not before:
        return say("The programme costs {after} over the six years; it had no cost before.", **values).text(
            language
        )
    if change > 0:
        return say(
            "The programme costs {amount} more over the six years ({percent}): {after} instead of {before}.",
            **values,
        ).text(language)
    return say(
        "The programme costs {amount} less over the six years ({percent}): {after} instead of {before}.",
        **values,
    ).text(language)


def _headline_net(difference: Difference, language: Language) -> str:
    """Write the sentence on the net cost where the cost is the same."""
    amount = write_size(difference.net, language)
    if difference.count_turned("unknown"):
        sentence = say("The programme costs the same before VAT, but its net cost is no longer wholly known.")
    elif difference.net > 0:
        sentence = say("The programme costs the same before VAT, but {amount} more net.", amount=amount)
    elif difference.net < 0:
        sentence = say("The programme costs the same before VAT, but {amount} less net.", amount=amount)
    elif _net_unknown(difference):
        sentence = say("The programme costs the same before VAT; whether its net cost changes is unknown.")
    else:
        sentence = say("The programme costs the same.")
    return sentence.text(language)


def _net_unknown(difference: Difference) -> int:
    """Count the proposals whose amounts change, and whose net cost is unknown in both states."""
    return sum(
        1
        for change in difference.changes
        if change.is_known and change.moves_money and change.net is None and change.turned is None
    )


def _net(difference: Difference, language: Language) -> Iterator[str]:
    """Write the sentences on the net cost, and on the proposals where it is unknown."""
    amount = write_size(difference.net, language)
    if difference.net > 0:
        yield say(
            "The net cost, with VAT, less FCTVA, funding and revenues, rises by {amount}.", amount=amount
        ).text(language)
    elif difference.net < 0:
        yield say(
            "The net cost, with VAT, less FCTVA, funding and revenues, falls by {amount}.", amount=amount
        ).text(language)
    if any(one.net_after_savings not in (None, one.net) for one in difference.changes):
        amount = write_change(difference.net_after_savings, language)
        yield say("After savings and lost revenue, the net cost changes by {amount}.", amount=amount).text(
            language
        )
    if lost := difference.count_turned("unknown"):
        yield say("Proposals whose net cost was known, and is unknown now: {count}.", count=lost).text(
            language
        )
    if gained := difference.count_turned("known"):
        yield say("Proposals whose net cost was unknown, and is known now: {count}.", count=gained).text(
            language
        )
    if count := _net_unknown(difference):
        yield say("Proposals that change, and whose net cost is unknown: {count}.", count=count).text(
            language
        )


def consequences(difference: Difference, language: Language) -> Iterator[str]:
    """Write the sentences on the sections, the owners, the years after the term and the unknown costs."""
    sections = [
        (name, sum((a for cell, a in difference.cells.items() if cell[0] == section), Decimal(0)))
        for section, name in zip(SECTIONS, (say("investment"), say("operating")), strict=True)
    ]
    if any(amount for _, amount in sections):
        (first, investment), (second, operation) = sections
        yield say(
            "{first}: {investment}; {second}: {operation}; both before VAT, central estimates.",
            first=first.text(language).capitalize(),
            investment=write_change(investment, language),
            second=second,
            operation=write_change(operation, language),
        ).text(language)
    known = [change for change in difference.changes if change.is_known]
    if any(change.own_share is None for change in known):
        yield say("The change of the owners' own share is unknown.").text(language)
    elif own_share := sum((change.own_share or Decimal(0) for change in known), Decimal(0)):
        amount = write_size(own_share, language)
        yield (
            say("The owners pay {amount} more themselves, once others have paid their part.", amount=amount)
            if own_share > 0
            else say(
                "The owners pay {amount} less themselves, once others have paid their part.", amount=amount
            )
        ).text(language)
    yield from _net(difference, language)
    if after_term := sum((change.after_term or Decimal(0) for change in known), Decimal(0)):
        year = max(difference.after.years, default=0)
        yield (
            say(
                "After {year}, it costs {amount} more every year.",
                year=year,
                amount=write_size(after_term, language),
            )
            if after_term > 0
            else say(
                "After {year}, it costs {amount} less every year.",
                year=year,
                amount=write_size(after_term, language),
            )
        ).text(language)
    if difference.not_comparable:
        yield say(
            "Proposals in no total here, because a cost is unknown: {count}.",
            count=len(difference.not_comparable),
        ).text(language)
    yield from _frame(difference, language)


def _frame(difference: Difference, language: Language) -> Iterator[str]:
    """Write the sentences on what makes the two states incomparable."""
    old, new = difference.before, difference.after
    years = [state.prices.year if state.prices else None for state in (old, new)]
    if years[0] != years[1]:
        yield say(
            "The amounts are not in the same euros: of {before}, then of {after}.",
            before=years[0] or "?",
            after=years[1] or "?",
        ).text(language)
    if old.years != new.years:
        yield say("The budget years are not the same.").text(language)
    if old.funding_base != new.funding_base:
        yield say(
            "Shares are computed on another base: {before}, then {after}.",
            before=old.funding_base or "?",
            after=new.funding_base or "?",
        ).text(language)
    if old.correlation != new.correlation:
        yield say(
            "Percentiles are not comparable: the correlation of costs is {before}, then {after}.",
            before=_plain(old.correlation, language),
            after=_plain(new.correlation, language),
        ).text(language)
    if old.lines_of_one_nature != new.lines_of_one_nature:
        yield (
            say("Percentiles are not comparable: lines of one nature now move together.")
            if new.lines_of_one_nature == "together"
            else say("Percentiles are not comparable: lines of one nature no longer move together.")
        ).text(language)


def _plain(number: Decimal, language: Language) -> str:
    return write_plain(number).replace(".", language.decimal_mark)
