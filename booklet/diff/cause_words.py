"""Causes of a change → words, for elected officials and their staff; plain text, without markup."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_date

from booklet.content.model.words import EVIDENCE_NAMES, FORM_NAMES, STATUS_NAMES, VAT_REGIME_NAMES
from booklet.diagnostics.message import Message, say
from booklet.diff.amounts import write_change
from booklet.money.calendar import Month
from booklet.money.euros import Euros, write_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.diff.causes import Cause, CauseKey, Shown
    from booklet.diff.change import ProposalChange
    from booklet.diff.difference import Difference
    from booklet.text.language import Language


KINDS: dict[str, Message] = {
    "new": say("new"),
    "removed": say("removed"),
    "became-ready": say("was a draft, is ready"),
    "became-draft": say("was ready, is a draft"),
    "renamed": say("renamed"),
}
_CAUSES: dict[CauseKey, Message] = {
    "new-line": say("new line"),
    "removed-line": say("line removed"),
    "section": say("budget section"),
    "quantity": say("quantity"),
    "unit-cost": say("unit cost"),
    "price-year": say("year of the prices"),
    "quantity-range": say("low and high quantity"),
    "scenario": say("scenario"),
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
    "owner": say("owner"),
    "follows-cost": say("follows the cost"),
    "law": say("the rate of the law changed"),
    "fctva-lag": say("years until the FCTVA is paid"),
    "net-known": say("the net cost was unknown, and is known now"),
    "net-unknown": say("the net cost was known, and is unknown now"),
    "paid-before": say("paid before the term"),
    "paid-after": say("left to pay after the term"),
    "loan": say("terms of the loan"),
    "follows-loan": say("follows what is borrowed"),
    "reference-class": say("overrun of its reference class"),
    "net-follows": say("follows the cost, the VAT rates, the funding and the revenues"),
}
#: codes of the format in everyday words
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
_WORDED: frozenset[CauseKey] = frozenset(
    {"section", "price-basis", "form", "status", "evidence", "vat-regime"}
)


def name_subject(cause: Cause, difference: Difference) -> str:
    """The subject of a cause: the label of a line, the name of a funder."""
    if cause.measure == "funding" or cause.key in ("fctva-lag", "loan"):
        names = {**difference.before.organisations, **difference.after.organisations}
        return " ".join(names.get(cause.subject, cause.subject).split())
    return cause.subject


def group_causes(change: ProposalChange) -> Iterator[tuple[Message, tuple[Cause, ...]]]:
    """Group the causes by the figure that they change, so that a rise in cost is not taken for one in grants."""
    for name, measures in (
        (say("Costs"), ("cost",)),
        (say("Revenues"), ("revenue",)),
        (say("Savings"), ("saving",)),
        (say("Lost revenue"), ("lost-revenue",)),
        (say("Before and after the term"), ("outside-term",)),
        (say("Interest on loans"), ("interest",)),
        (say("Beside the cost: overrun of the reference class"), ("uplift",)),
        (say("What others pay"), ("funding", "fctva")),
        (say("Net cost"), ("net",)),
    ):
        if causes := tuple(cause for cause in change.causes if cause.measure in measures):
            yield name, causes


def describe_cause(cause: Cause, language: Language) -> str:
    """Write one cause, with its values before and after; `write_cause_amount` writes its amount."""
    text = _CAUSES[cause.key].text(language)
    before, after = (_show(value, cause.key, language) for value in (cause.before, cause.after))
    if before and after:
        unit = f" ({' '.join(cause.unit.split())})" if cause.unit and cause.key == "quantity" else ""
        text = say("{cause}: {values}", cause=text, values=f"{before} → {after}{unit}").text(language)
    elif after or before:
        text = f"{text} ({after or before})"
    if cause.key == "timing" and cause.by_year:
        moves = ", ".join(
            f"{year} {write_change(amount, language)}" for year, amount in cause.by_year.items()
        )
        return f"{text} ({moves})"
    return text


def write_cause_amount(cause: Cause, language: Language) -> str:
    """Write the amount of a cause over the six years; nothing where it has none."""
    if cause.is_unknown:
        return write_change(None, language)
    return write_change(cause.total, language) if cause.total else ""


def write_moved(change: ProposalChange, language: Language) -> str:
    """Write the change of one proposal: its cost, or its net cost where only that changes."""
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


def describe_kind(change: ProposalChange, language: Language) -> str:
    """Write what happened to a proposal as a whole; nothing where only its figures changed."""
    if change.kind == "changed":
        return ""
    text = KINDS[change.kind].text(language)
    if change.kind == "renamed" and change.before is not None and change.after is not None:
        old, new = change.before, change.after
        if old.title != new.title:
            return say("was called “{title}”", title=" ".join(old.name.split())).text(language)
        return say("was `{id}`", id=f"{old.domain}/{old.id}").text(language)
    return text


def _show(value: Shown, kind: CauseKey, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, Message):
        values = ((name, _reword(name, part, language)) for name, part in value.values)
        return Message(value.template, tuple(values)).text(language)
    if isinstance(value, Euros):
        return value.write(language)
    if isinstance(value, Decimal):
        return write_number(value, language)
    return _WORDS[value].text(language) if kind in _WORDED and value in _WORDS else value


def _reword(name: str, value: object, language: Language) -> object:
    """Write values of a message in the reader's language: months, and the codes of the format."""
    if isinstance(value, Month):
        return format_date(value.first_day, "MMM y", locale=language.code)
    if name == "status" and isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    return value
