"""The rules of family M about one file: its keys, kinds of values, amounts, dates, ranges in order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from booklet.content.model.proposal import ESTIMATES
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message, quote_all, say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.content.document import Document
    from booklet.content.model.cost_line import CostLine
    from booklet.content.model.fields import Key
    from booklet.diagnostics.positions import Span


@rule("M101", "unknown-key", Severity.ERROR)
def unknown_key(
    span: Span, key: str, known: Mapping[str, Key], close: Message | None, taken: str | None, *, alone: bool
) -> Iterator[Diagnostic]:
    """The file holds a key that the format does not know.

    Why
        A misspelt key would silently drop what stands under it.

    Fails
        titel: Donner la priorité aux bus

    Passes
        title: Donner la priorité aux bus

    Source
        `docs/format.md`.
    """
    hints = [close] if close else []
    if not close and taken:
        hints.append(say("`{key}` is there already: keep one of the two", key=taken))
    elif not close:
        hints.append(say("the keys here are {keys}", keys=quote_all(known)))
    if alone:
        hints.append(say("put a text that holds a comma between quotes"))
    yield unknown_key.at(span, say("unknown key `{key}`", key=key), *hints)


@rule("M102", "missing-key", Severity.ERROR)
def missing_key(
    span: Span,
    keys: Mapping[str, Message],
    *,
    draft: bool,
    one_of: bool = False,
    comment: bool = False,
) -> Iterator[Diagnostic]:
    """A key that the file needs is missing, or has nothing after it.

    The keys that one group lacks are told together, in the order of the file, each with what it is for.

    Why
        A ready proposal is printed: a hole would be printed too. A draft may have holes; they are listed as
        information.

    Fails
        status: ready
        promise:

    Passes
        status: ready
        promise: Un bus qui arrive à l'heure.

    Source
        `docs/format.md`, "A proposal" (keys marked `*`).
    """
    names = quote_all(keys)
    if one_of:
        message = say("missing key: one of {keys}", keys=names)
    elif len(keys) == 1:
        message = say("missing key `{key}`", key=next(iter(keys)))
    else:
        message = say("missing keys {keys}", keys=names)
    hints = [say("`{key}`: {what}", key=key, what=what) for key, what in keys.items()]
    if comment:
        hints = [say('write it between quotes, as `"#1f6f8b"`')]
    yield missing_key.at(span, message, *hints, severity=Severity.INFORMATION if draft else None)


@rule("M103", "wrong-type", Severity.ERROR)
def wrong_type(span: Span, message: Message, *hints: Message) -> Iterator[Diagnostic]:
    """A value is not of the kind that its key holds.

    Why
        What was written cannot be understood without guessing.

    Fails
        section: invest

    Passes
        section: investissement

    Source
        `docs/format.md`.
    """
    yield wrong_type.at(span, message, *hints)


@rule("M104", "bad-amount", Severity.ERROR)
def bad_amount(span: Span, message: Message, *hints: Message) -> Iterator[Diagnostic]:
    """An amount cannot be read, or can be read two ways.

    Why
        `12,500` is twelve and a half in French and twelve thousand five hundred in English. Guessing would print a
        figure a thousand times too large or too small.

    Fails
        amount: 12,500 €

    Passes
        amount: 12 500 €

    Source
        `docs/format.md`, "Amounts, dates, percentages".
    """
    yield bad_amount.at(span, message, *hints)


@rule("M105", "bad-date", Severity.ERROR)
def bad_date(span: Span, message: Message, *hints: Message) -> Iterator[Diagnostic]:
    """A month, a day or a year is not written as the format asks.

    Why
        `07/08/2021` is two different days on the two sides of the Atlantic.

    Fails
        start: 07/2021

    Passes
        start: 2021-07

    Source
        `docs/format.md`, "Amounts, dates, percentages"; ISO 8601.
    """
    yield bad_date.at(span, message, *hints)


@rule("M109", "range-order", Severity.ERROR)
def range_order(document: Document[Any], line: CostLine, *path: str | int) -> Iterator[Diagnostic]:
    """The three estimates of a unit cost, or of a quantity, are not in order: low ≤ central ≤ high.

    Lines of one `scenario` are spared: some go down where others go up; their sum is in order (C114).

    Why
        A range in disorder is a slip of the keyboard, and every total would carry it.

    Fails
        unit_cost: {low: 12 000 €, central: 9 000 €, high: 15 000 €}

    Passes
        unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}

    Source
        `docs/format.md`, "A proposal".
    """
    if line.scenario is not None or document.is_broken(*path, "scenario"):
        return
    for key, estimate in (("quantity", line.quantities), ("unit_cost", line.unit_cost)):
        known: list[tuple[str, Any]] = [(name, getattr(estimate, name, None)) for name in ESTIMATES]
        known = [(name, amount) for name, amount in known if amount is not None]
        for (lower, smaller), (upper, larger) in pairwise(known):
            if smaller > larger:
                yield range_order.at(
                    document.span(*path, key, upper),
                    say(
                        "{upper} {larger} is below {lower} {smaller}",
                        upper=upper,
                        larger=larger,
                        lower=lower,
                        smaller=smaller,
                    ),
                    say("order the three estimates: low ≤ central ≤ high"),
                    related=(
                        Label(document.span(*path, key, lower), say("{lower} stands here", lower=lower)),
                    ),
                )
