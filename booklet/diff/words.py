"""Difference → the sentences that say it: for a mayor's chief of staff, not for an accountant.

Nothing here is markup; the writers of Markdown and of the terminal put it in their own. Amounts in sentences have
three figures (`tables.write_compact`); tables and data have all of them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_date

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import EVIDENCE_NAMES, FORM_NAMES, STATUS_NAMES, VAT_REGIME_NAMES
from booklet.diagnostics.message import Message, say
from booklet.money.calendar import Month
from booklet.money.euros import Euros, round_to, write_number
from booklet.tables.money_table import MILLION, write_compact
from booklet.text.language import NO_BREAK_SPACE, Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.diff.causes import Cause, Effect, Shown
    from booklet.diff.difference import Change, Difference

MINUS = "\N{MINUS SIGN}"
TENTH = Decimal("0.1")
_NOTHING = Decimal(0)

KINDS: dict[str, Message] = {
    "new": say("new"),
    "removed": say("removed"),
    "became-ready": say("was a draft, is ready"),
    "became-draft": say("was ready, is a draft"),
    "renamed": say("renamed"),
}
_CAUSES: dict[Cause, Message] = {
    "new-line": say("new line"),
    "removed-line": say("line removed"),
    "section": say("budget section"),
    "quantity": say("quantity"),
    "unit-cost": say("unit cost"),
    "price-basis": say("price base"),
    "vat": say("VAT rate"),
    "timing": say("moved in time, same total"),
    "duration": say("runs for another time"),
    "range": say("low and high unit cost"),
    "label": say("renamed"),
    "vat-regime": say("VAT regime"),
    "source": say("source"),
    "source-content": say("the source itself changed"),
    "assumption": say("assumption"),
    "evidence": say("what the figure rests on"),
    "became-ready": say("was a draft, enters the totals with all it costs"),
    "became-draft": say("is a draft again, leaves the totals with all it costs"),
    "became-known": say("the cost was unknown, and is known now"),
    "became-unknown": say("the cost was known, and is unknown now"),
    "no-detail": say("the files do not say why"),
    "new-funding": say("new in the financing plan"),
    "removed-funding": say("no more in the financing plan"),
    "share": say("share of the cost"),
    "amount": say("amount"),
    "form": say("form of the funding"),
    "status": say("certainty"),
    "payment": say("paid in"),
    "eligible": say("subsidisable expense"),
    "follows-cost": say("follows the cost"),
    "law": say("the rate of the law changed"),
    "fctva-lag": say("years until the FCTVA is paid"),
    "net-known": say("the net cost was unknown, and is known now"),
    "net-unknown": say("the net cost was known, and is unknown now"),
    "net-follows": say("follows the cost, the VAT rates, the funding and the revenues"),
}
#: words of the format, which authors know, in the words of everybody
_WORDS: dict[str, Message] = {
    "investissement": say("investment"),
    "fonctionnement": say("operating"),
    "ht": say("before VAT"),
    "ttc": say("with VAT"),
    **FORM_NAMES,
    **STATUS_NAMES,
    **EVIDENCE_NAMES,
    **VAT_REGIME_NAMES,
}
_WORDED: frozenset[Cause] = frozenset({"section", "price-basis", "form", "status", "evidence", "vat-regime"})


def cause_name(cause: Cause) -> Message:
    """Name a cause."""
    return _CAUSES[cause]


def write_change(amount: Decimal | None, language: Language) -> str:
    """Write a change with its sign: `+1,8 M€`, `−450 k€`; an unknown one is said to be unknown."""
    if amount is None:
        return say("unknown").text(language)
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    return f"{sign}{write_compact(abs(amount), language)}"


def write_percent(change: Decimal | None, before: Decimal | None, language: Language) -> str:
    """Write a change as a part of what there was: `+1,8 %`; a dash where there was nothing, or nobody knows."""
    if change is None or not before:
        return "–"
    percent = change * 100 / before
    sign = "+" if round_to(percent, TENTH) > 0 else MINUS if round_to(percent, TENTH) < 0 else ""
    space = NO_BREAK_SPACE if language.code == "fr" else ""
    return f"{sign}{_write_decimals(abs(percent), 1, language)}{space}%"


def write_total(total: Decimal, change: Decimal, language: Language) -> str:
    """Write a total finely enough for its change to be seen: `110,5 M€` when hundreds of thousands change."""
    if abs(total) < MILLION:
        return write_compact(total, language)
    places = next((places for places in range(1, 4) if abs(change) >= MILLION / 10**places), 0)
    if not places:
        return write_compact(total, language) if not change else Euros.of(total).write(language)
    return f"{_write_decimals(total / MILLION, places, language)}{NO_BREAK_SPACE}M€"


def _write_decimals(number: Decimal, places: int, language: Language) -> str:
    """Write a number with a fixed count of decimals."""
    whole, _, decimals = f"{round_to(number, TENTH**places):.{places}f}".partition(".")
    return f"{write_number(Decimal(whole), language)}{language.decimal_mark}{decimals}"


def headline(difference: Difference, language: Language) -> str:
    """Say in one sentence what happens to the cost of the whole."""
    before, after = (sum(totals.values(), _NOTHING) for totals in difference.totals)
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
    """Say what becomes of the net cost where the cost is the same."""
    amount = _size(difference.net, language)
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
    """Count the proposals whose amounts move, and whose net cost neither state knows."""
    return sum(
        1
        for change in difference.changes
        if change.is_known and change.moves_money and change.net is None and change.turned is None
    )


def _net(difference: Difference, language: Language) -> Iterator[str]:
    """Say what the owners pay in the end, and where nobody knows it."""
    amount = _size(difference.net, language)
    if difference.net > 0:
        yield say(
            "The net cost, with VAT, less FCTVA, funding and revenues, rises by {amount}.", amount=amount
        ).text(language)
    elif difference.net < 0:
        yield say(
            "The net cost, with VAT, less FCTVA, funding and revenues, falls by {amount}.", amount=amount
        ).text(language)
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
    """Say what follows for each section, for the owners and after the term; what is not known is named."""
    sections = [
        (name, sum((a for cell, a in difference.cells.items() if cell[0] == section), _NOTHING))
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
    elif own := sum((change.own_share or _NOTHING for change in known), _NOTHING):
        amount = _size(own, language)
        yield (
            say("The owners pay {amount} more themselves, once others have paid their part.", amount=amount)
            if own > 0
            else say(
                "The owners pay {amount} less themselves, once others have paid their part.", amount=amount
            )
        ).text(language)
    yield from _net(difference, language)
    if after_term := sum((change.after_term or _NOTHING for change in known), _NOTHING):
        year = max(difference.after.years, default=0)
        yield (
            say(
                "After {year}, it costs {amount} more every year.",
                year=year,
                amount=_size(after_term, language),
            )
            if after_term > 0
            else say(
                "After {year}, it costs {amount} less every year.",
                year=year,
                amount=_size(after_term, language),
            )
        ).text(language)
    if difference.not_comparable:
        yield say(
            "Proposals in no total here, because a cost is unknown: {count}.",
            count=len(difference.not_comparable),
        ).text(language)
    yield from _frame(difference, language)


def _frame(difference: Difference, language: Language) -> Iterator[str]:
    """Say what keeps the two states from being compared as they stand."""
    old, new = difference.before, difference.after
    years = [held.prices.year if held.prices else None for held in (old, new)]
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


def name_subject(effect: Effect, difference: Difference, language: Language) -> str:
    """Name what an effect concerns: a line by its label, a funder by its name."""
    if effect.measure == "funding" or effect.cause == "fctva-lag":
        names = {**difference.before.organisations, **difference.after.organisations}
        return " ".join(names.get(effect.subject, effect.subject).split())
    return effect.subject


def group_effects(change: Change) -> Iterator[tuple[Message, tuple[Effect, ...]]]:
    """Give the causes by what they change: a rise of a cost and one of a grant are not to be confused."""
    for name, measures in (
        (say("Costs"), ("cost",)),
        (say("Revenues"), ("revenue",)),
        (say("What others pay"), ("funding", "fctva")),
        (say("Net cost"), ("net",)),
    ):
        if effects := tuple(effect for effect in change.effects if effect.measure in measures):
            yield name, effects


def describe_effect(effect: Effect, language: Language) -> str:
    """Say one cause, and from what to what; `write_effect` gives what it changes."""
    text = _CAUSES[effect.cause].text(language)
    before, after = (_show(value, effect.cause, language) for value in (effect.before, effect.after))
    if before and after:
        unit = f" ({' '.join(effect.unit.split())})" if effect.unit and effect.cause == "quantity" else ""
        text = say("{cause}: {values}", cause=text, values=f"{before} → {after}{unit}").text(language)
    elif after or before:
        text = f"{text} ({after or before})"
    if effect.cause == "timing" and effect.by_year:
        moves = ", ".join(
            f"{year} {write_change(amount, language)}" for year, amount in effect.by_year.items()
        )
        return f"{text} ({moves})"
    return text


def write_effect(effect: Effect, language: Language) -> str:
    """Write what a cause changes over the six years; nothing where it changes no amount."""
    if effect.is_unknown:
        return write_change(None, language)
    return write_change(effect.total, language) if effect.total else ""


def write_moved(change: Change, language: Language) -> str:
    """Write what changes in one proposal: its cost, or the net cost where that alone moves."""
    if not change.moves_money:
        return say("no amount changes").text(language)
    if change.total or change.cells is None or change.cells:
        return write_change(change.total, language)
    if change.turned == "unknown":
        return say("the net cost was known, and is unknown now").text(language)
    if change.turned == "known":
        return say("the net cost was unknown, and is known now").text(language)
    if change.net:
        return say("net cost: {amount}", amount=write_change(change.net, language)).text(language)
    return say("the cost does not change").text(language)


def describe_kind(change: Change, language: Language) -> str:
    """Say what became of a proposal as a whole; nothing where only its figures changed."""
    if change.kind == "changed":
        return ""
    text = KINDS[change.kind].text(language)
    if change.kind == "renamed" and change.before is not None and change.after is not None:
        old, new = change.before, change.after
        if old.title != new.title:
            return say("was called “{title}”", title=" ".join(old.name.split())).text(language)
        return say("was `{id}`", id=f"{old.domain}/{old.id}").text(language)
    return text


def _size(amount: Decimal, language: Language) -> str:
    return write_compact(abs(amount), language)


def _show(value: Shown, cause: Cause, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, Message):
        values = ((name, _reword(name, held, language)) for name, held in value.values)
        return Message(value.template, tuple(values)).text(language)
    if isinstance(value, Euros):
        return value.write(language)
    if isinstance(value, Decimal):
        return write_number(value, language)
    return _WORDS[value].text(language) if cause in _WORDED and value in _WORDS else value


def _reword(name: str, value: object, language: Language) -> object:
    """Write what a message leaves to its reader's language: months, and the words of the format."""
    if isinstance(value, Month):
        return format_date(value.first_day, "MMM y", locale=language.code)
    if name == "status" and isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    return value
