"""Family N, the delivery: a rule adopted before the delivery, no delivery on polling day, a printer's imprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.scopes import for_print_edition, for_workspace
from booklet.checks.spans import is_attempted, span_of
from booklet.content.model.edition import Delivery, Edition, Publisher
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context


@for_workspace
@rule("N104", "no-delivery-rule", Severity.WARNING)
def no_delivery_rule(context: Context) -> Iterator[Diagnostic]:
    """The edition does not say by what rule booklets are delivered, or the rule came after the delivery.

    `delivery` holds the rule, in words, and the day it was adopted. A proposal's waiver of N104 covers it.

    Why
        The best proof that every list was treated alike is a rule that was adopted before anybody knew whom it would
        help.

    Fails
        delivery: {rule: "Même contenu, même jour, à toutes les listes.", adopted: 2020-02-10, on: 2020-02-06}

    Passes
        delivery: {rule: "Même contenu, même jour, à toutes les listes.", adopted: 2020-01-15, on: 2020-02-06}

    Source
        Conseil d'État, 8 June 2009, n° 322236 (analogous facilities for all candidates); code électoral, art. L52-8.
    """
    edition = context.workspace.edition
    if edition is None or is_attempted(edition, Edition, "delivery"):
        return
    delivery = edition.value.delivery
    if delivery is None or (
        delivery.rule is None and not is_attempted(edition, Delivery, "delivery", "rule")
    ):
        yield no_delivery_rule.at(
            edition.key_span("delivery") if edition.has("delivery") else span_of(edition),
            say("no rule of delivery"),
            say("add `delivery: {{rule: …, adopted: …}}`: the same content, the same day, for every list"),
        )
    elif delivery.adopted is None:
        if not is_attempted(edition, Delivery, "delivery", "adopted"):
            yield no_delivery_rule.at(
                span_of(edition, "delivery", "rule"),
                say("a rule of delivery without the day it was adopted"),
                say("add `adopted: …`"),
            )
    elif delivery.on is not None and delivery.adopted > delivery.on:
        yield no_delivery_rule.at(
            span_of(edition, "delivery", "adopted"),
            say(
                "rule adopted on {adopted}, after the delivery on {on}",
                adopted=delivery.adopted,
                on=delivery.on,
            ),
            related=(Label(span_of(edition, "delivery", "on"), say("the delivery stands here")),),
        )


@for_workspace
@rule("N105", "delivered-on-polling-day", Severity.ERROR)
def delivered_on_polling_day(context: Context) -> Iterator[Diagnostic]:
    """The booklets would be handed over on polling day.

    Why
        On that day nobody may hand out documents about the election.

    Fails
        delivery: {on: 2020-03-15, poll: 2020-03-15}

    Passes
        delivery: {on: 2020-02-06, poll: 2020-03-15}

    Source
        Code électoral, art. L49.
    """
    edition = context.workspace.edition
    delivery = edition.value.delivery if edition else None
    if edition is None or delivery is None or delivery.on is None or delivery.on != delivery.poll:
        return
    yield delivered_on_polling_day.at(
        span_of(edition, "delivery", "on"),
        say("delivery on {day}, polling day", day=delivery.on),
        say("deliver before"),
        related=(Label(span_of(edition, "delivery", "poll"), say("polling day stands here")),),
    )


@for_print_edition
@rule("N106", "no-printer-imprint", Severity.ERROR)
def no_printer_imprint(context: Context) -> Iterator[Diagnostic]:
    """The print edition does not name its printer.

    Only the print edition is asked: what is read on a screen has no printer.

    Why
        Every printed matter handed to the public bears the name and the address of its printer, or a fine of 3 750 €,
        and may not be distributed.

    Fails
        publisher:
          name: Association d'exemple

    Passes
        publisher:
          name: Association d'exemple
          printer: Imprimerie d'exemple, 13002 Marseille

    Source
        Loi du 29 juillet 1881, art. 3; code électoral, art. L48.
    """
    edition = context.workspace.edition
    if edition is None or edition.is_broken("publisher"):
        return
    publisher = edition.value.publisher
    if publisher is None or publisher.printer is not None:
        return
    if is_attempted(edition, Publisher, "publisher", "printer"):
        return
    yield no_printer_imprint.at(
        edition.key_span("publisher"),
        say("no printer, and this is the print edition"),
        say("add `printer: …` with its name and address"),
    )
