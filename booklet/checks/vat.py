"""C110: a VAT rate is a rate of the law, on the day the first payment falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.context import Context, first_month, money_lines
from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import span_of
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from booklet.content.proposal_files import ProposalDocument

#: natures of purchases that are taxed at the normal rate, with few exceptions in the law
COMMON_PURCHASES = frozenset({"equipment", "software", "service"})


@for_each_proposal
@rule("C110", "vat-rate", Severity.ERROR)
def vat_rate(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The VAT rate is not a rate of the law in the month of the first payment.

    A reduced rate (10 %, 5,5 %) on equipment, software or a service is a warning: it is open to passenger transport,
    waste, housing works and energy works on homes, not to administrative buildings nor to common purchases.

    Why
        Prices with VAT, and what the State gives back of it, would both be wrong.

    Fails
        vat: 19,6 %

    Passes
        vat: 20 %

    Source
        CGI art. 278 (20 %), 278 bis and following (10 %), 278-0 bis (5,5 %); La Gazette des communes (reduced rates are
        not open to administrative buildings). The rates and their dates are in `booklet/law/fr/vat.yaml`.
    """
    phases = document.value.phases_by_id
    for group, index, line in money_lines(document):
        month = first_month(line, phases)
        if line.vat is None or month is None or document.is_broken(group, index, "vat"):
            continue
        rates = context.law.vat_rates(month.first_day)
        if rates and line.vat not in rates:
            known = ", ".join(write_percent(rate) for rate in sorted(rates, reverse=True))
            yield vat_rate.at(
                span_of(document, group, index, "vat"),
                say("{rate} is not a VAT rate in {month}", rate=write_percent(line.vat), month=str(month)),
                say("the rates are {rates}", rates=known),
            )
        elif line.nature in COMMON_PURCHASES and line.vat in context.law.reduced_vat_rates(month.first_day):
            yield vat_rate.at(
                span_of(document, group, index, "vat"),
                say(
                    "reduced VAT rate {rate} on `{nature}`", rate=write_percent(line.vat), nature=line.nature
                ),
                say("write `{rate}` unless the law names this purchase", rate="20 %"),
                severity=Severity.WARNING,
            )


def write_percent(rate: Decimal) -> str:
    """Write a rate as an author types it: `5,5 %`, `1 250 %`."""
    whole, _, decimals = f"{(rate * 100).normalize():f}".partition(".")
    return f"{int(whole):,}".replace(",", " ") + (f",{decimals}" if decimals else "") + " %"
