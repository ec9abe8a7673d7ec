"""Causes of a change → words, for elected officials and their staff; plain text, without markup."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from babel.dates import format_date

from booklet.diagnostics.message import Message, say
from booklet.diff.amounts import write_change
from booklet.diff.cause import CAUSES, MEASURES
from booklet.diff.line_words import one_line
from booklet.money.calendar import Month
from booklet.money.euros import Euros, write_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.diff.cause import Cause, Shown
    from booklet.diff.change import ProposalChange
    from booklet.diff.difference import Difference
    from booklet.text.language import Language


_KINDS: dict[str, Message] = {
    "new": say("new"),
    "removed": say("removed"),
    "became-ready": say("was a draft, is ready"),
    "became-draft": say("was ready, is a draft"),
    "renamed": say("renamed"),
}


class ToldCause(NamedTuple):
    """One cause in words: the change over the six years where it has one, the subject, and what changed."""

    amount: str
    subject: str
    description: str


def group_causes(change: ProposalChange) -> Iterator[tuple[Message, tuple[Cause, ...]]]:
    """Group the causes by the figure that they change, in the order of the table of measures."""
    for name, measures in MEASURES:
        if causes := tuple(cause for cause in change.causes if cause.measure in measures):
            yield name, causes


def tell(cause: Cause, difference: Difference, language: Language) -> ToldCause:
    """Write one cause."""
    names = difference.organisations
    amount = write_change(None if cause.is_unknown else cause.total, language)
    subject = cause.subject
    if cause.measure == "funding" or cause.key in ("fctva-lag", "loan"):
        subject = one_line(names.get(subject, subject))
    elif nature := CAUSES["law"].values.get(subject.rpartition(".")[2]) if cause.key == "law" else None:
        subject = f"{subject} ({nature.text(language)})"
    shown = amount if cause.total or cause.is_unknown else ""
    return ToldCause(shown, subject, describe_cause(cause, language, names))


def describe_cause(cause: Cause, language: Language, names: Mapping[str, str] | None = None) -> str:
    """Write what changed, with its values before and after; `names` are those of organisations."""
    words = CAUSES[cause.key]
    text = words.sentence.text(language)
    before, after = (_show(value, words.values, language) for value in (cause.before, cause.after))
    if cause.key == "owner":
        before, after = ((names or {}).get(id, id) for id in (before, after))
    if words.is_rate:
        before, after = (value.replace(".", language.decimal_mark) for value in (before, after))
    if before and after:
        unit = f" ({one_line(cause.unit)})" if cause.unit and cause.key == "quantity" else ""
        text = say("{cause}: {values}", cause=text, values=f"{before} → {after}{unit}").text(language)
    elif after or before:
        text = f"{text} ({after or before})"
    if cause.key == "timing" and cause.by_year:
        years = cause.by_year.items()
        return f"{text} ({', '.join(f'{year} {write_change(amount, language)}' for year, amount in years)})"
    return text


def name_change(change: ProposalChange, language: Language) -> str:
    """Write the id of a proposal, its name, and what happened to it as a whole."""
    kind = describe_kind(change, language)
    return f"{change.id}: {one_line(change.current.name)}" + (f" ({kind})" if kind else "")


def write_moved(change: ProposalChange, language: Language) -> str:
    """Write the change of one proposal: its cost, or its net cost where only that changes."""
    if not change.moves_money:
        return say("no amount changes").text(language)
    if change.total or change.cells is None or change.cells:
        return write_change(change.total, language)
    if change.turned == "unknown":
        return CAUSES["net-unknown"].sentence.text(language)
    if change.turned == "known":
        return CAUSES["net-known"].sentence.text(language)
    if change.net:
        return say("net cost: {amount}", amount=write_change(change.net, language)).text(language)
    return say("the cost does not change").text(language)


def describe_kind(change: ProposalChange, language: Language) -> str:
    """Write what happened to a proposal as a whole; nothing where only its figures changed."""
    if change.kind == "changed":
        return ""
    text = _KINDS[change.kind].text(language)
    if change.kind == "renamed" and change.before is not None and change.after is not None:
        old, new = change.before, change.after
        if old.title != new.title:
            return say("was called “{title}”", title=one_line(old.name)).text(language)
        return say("was `{id}`", id=f"{old.domain}/{old.id}").text(language)
    return text


def _show(value: Shown, words: Mapping[str, Message], language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, Message):
        parts = {name: _reword(name, part, language) for name, part in value.values}
        return value.fill(**parts).text(language)
    if isinstance(value, Euros):
        return value.write(language)
    if isinstance(value, Decimal):
        return write_number(value, language)
    return words[value].text(language) if value in words else value


def _reword(name: str, value: object, language: Language) -> object:
    """Write values of a message in the reader's language: months, rates, and codes of the format."""
    if isinstance(value, Month):
        return format_date(value.first_day, "MMM y", locale=language.code)
    if name == "rate":
        return str(value).replace(".", language.decimal_mark)
    return CAUSES["status"].values.get(str(value), value) if name == "status" else value
