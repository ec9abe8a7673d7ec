"""Difference → the sentences above its tables, and the lists below them; plain text, without markup."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import KIND_NAMES
from booklet.diagnostics.message import Message, say
from booklet.diff.amounts import write_change, write_percent, write_rate, write_size, write_total
from booklet.diff.cause import CAUSES
from booklet.diff.cause_words import name_change
from booklet.money.euros import write_plain
from booklet.tables.money_table import write_compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.diff.difference import Difference
    from booklet.text.language import Language


def headline(difference: Difference, language: Language) -> str:
    """Write one sentence on the cost of the whole programme."""
    before, after = (sum(totals.values(), Decimal(0)) for totals in difference.totals)
    change = difference.total
    if change == 0:
        moved = say("The programme costs the same over the six years, but not the same every year.")
        return (moved if any(difference.cells.values()) else _headline_net(difference, language)).text(
            language
        )
    if not before:
        sentence = say("The programme costs {after} over the six years; it had no cost before.")
    elif change > 0:
        sentence = say(
            "The programme costs {amount} more over the six years ({percent}): {after} instead of {before}."
        )
    else:
        sentence = say(
            "The programme costs {amount} less over the six years ({percent}): {after} instead of {before}."
        )
    return sentence.fill(
        amount=write_compact(abs(change), language),
        before=write_total(before, change, language),
        after=write_total(after, change, language),
        percent=write_percent(change, before, language),
    ).text(language)


def _headline_net(difference: Difference, language: Language) -> Message:
    """The sentence on the net cost where the cost is the same."""
    if difference.count_turned("unknown"):
        return say("The programme costs the same before VAT, but its net cost is no longer wholly known.")
    if difference.net:
        more = say("The programme costs the same before VAT, but {amount} more net.")
        less = say("The programme costs the same before VAT, but {amount} less net.")
        return _tell(difference.net, more, less, language)
    if _net_unknown(difference):
        return say("The programme costs the same before VAT; whether its net cost changes is unknown.")
    return say("The programme costs the same.")


def _tell(amount: Decimal, more: Message, less: Message, language: Language, **values: object) -> Message:
    return (more if amount > 0 else less).fill(amount=write_size(amount, language), **values)


def _net_unknown(difference: Difference) -> int:
    """Count the proposals whose amounts change, and whose net cost is unknown in both states."""
    return sum(
        1
        for change in difference.changes
        if change.is_known and change.moves_money and change.net is None and change.turned is None
    )


def consequences(difference: Difference, language: Language) -> Iterator[str]:
    """Write the sentences on the sections, the owners, the years after the term and the unknown costs."""
    for sentence in (*_consequences(difference, language), *_frame(difference, language)):
        yield sentence.text(language)


def _consequences(difference: Difference, language: Language) -> Iterator[Message]:
    amounts = [
        sum((amount for cell, amount in difference.cells.items() if cell[0] == section), Decimal(0))
        for section in SECTIONS
    ]
    if any(amounts):
        first, second = CAUSES["section"].values.values()
        yield say(
            "{first}: {investment}; {second}: {operation}; both before VAT, central estimates.",
            first=first.text(language).capitalize(),
            investment=write_change(amounts[0], language),
            second=second,
            operation=write_change(amounts[1], language),
        )
    known = [change for change in difference.changes if change.is_known]
    if any(change.own_share is None for change in known):
        yield say("The change of the owners' own share is unknown.")
    elif own_share := sum((change.own_share or Decimal(0) for change in known), Decimal(0)):
        more = say("The owners pay {amount} more themselves, once others have paid their part.")
        less = say("The owners pay {amount} less themselves, once others have paid their part.")
        yield _tell(own_share, more, less, language)
    if difference.net:
        more = say("The net cost, with VAT, less FCTVA, funding and revenues, rises by {amount}.")
        less = say("The net cost, with VAT, less FCTVA, funding and revenues, falls by {amount}.")
        yield _tell(difference.net, more, less, language)
    if any(one.net_after_savings not in (None, one.net) for one in difference.changes):
        amount = write_change(difference.net_after_savings, language)
        yield say("After savings and lost revenue, the net cost changes by {amount}.", amount=amount)
    for count, sentence in (
        (
            difference.count_turned("unknown"),
            say("Proposals whose net cost was known, and is unknown now: {count}."),
        ),
        (
            difference.count_turned("known"),
            say("Proposals whose net cost was unknown, and is known now: {count}."),
        ),
        (_net_unknown(difference), say("Proposals that change, and whose net cost is unknown: {count}.")),
    ):
        if count:
            yield sentence.fill(count=count)
    if after_term := sum((change.after_term or Decimal(0) for change in known), Decimal(0)):
        more = say("After {year}, it costs {amount} more every year.")
        less = say("After {year}, it costs {amount} less every year.")
        yield _tell(after_term, more, less, language, year=max(difference.after.years, default=0))
    if count := len(difference.not_comparable):
        yield say("Proposals in no total here, because a cost is unknown: {count}.", count=count)


def _frame(difference: Difference, language: Language) -> Iterator[Message]:
    """The sentences on what makes the two states incomparable."""
    old, new = difference.before, difference.after
    years = [state.prices.year if state.prices else None for state in (old, new)]
    if years[0] != years[1]:
        yield say(
            "The amounts are not in the same euros: of {before}, then of {after}.",
            before=years[0] or "?",
            after=years[1] or "?",
        )
    if old.years != new.years:
        yield say("The budget years are not the same.")
    if old.funding_base != new.funding_base:
        yield say(
            "Shares are computed on another base: {before}, then {after}.",
            before=old.funding_base or "?",
            after=new.funding_base or "?",
        )
    if old.correlation != new.correlation:
        before, after = (
            write_plain(state.correlation).replace(".", language.decimal_mark) for state in (old, new)
        )
        yield say(
            "Percentiles are not comparable: the correlation of costs is {before}, then {after}.",
            before=before,
            after=after,
        )
    if old.lines_of_one_nature != new.lines_of_one_nature:
        yield (
            say("Percentiles are not comparable: lines of one nature now move together.")
            if new.lines_of_one_nature == "together"
            else say("Percentiles are not comparable: lines of one nature no longer move together.")
        )


def closing(difference: Difference, language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    """Write what the tables do not have, each list under its name: the law, sources, organisations, drafts."""
    parameters = [
        f"{id} {year}: {write_rate(before, language)} → {write_rate(after, language)}"
        for id, year, before, after in difference.changed_parameters
    ]
    kinds = [
        f"{difference.organisations.get(id, id)}: "
        + " → ".join(
            KIND_NAMES[kind].text(language) if kind and kind in KIND_NAMES else kind or "?" for kind in pair
        )
        for id, *pair in difference.changed_kinds
    ]
    drafts = [name_change(change, language) for change in difference.drafts]
    for name, items in (
        (say("The law's parameters changed"), parameters),
        (
            say("Sources that changed"),
            [difference.after.sources[id].title for id in difference.changed_sources],
        ),
        (say("Organisations that are of another kind"), kinds),
        (say("Drafts that changed, in no total"), drafts),
        (say("Proposals that could not be read, in no total"), difference.unread),
        (say("Proposals whose cost is still unknown, in no total"), difference.unknown),
    ):
        if items:
            yield name.text(language), items
