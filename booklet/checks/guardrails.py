"""Family P: the cost of the whole booklet compared with the ceilings that the edition sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.scopes import for_workspace
from booklet.checks.spans import span_of
from booklet.content.model.proposal import SECTIONS
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.money.amounts import total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context
    from booklet.content.proposal_files import ProposalDocument
    from booklet.money.euros import Euros


@for_workspace
@rule("P101", "guardrail-total", Severity.ERROR)
def guardrail_total(context: Context) -> Iterator[Diagnostic]:
    """All ready proposals together cost more than the edition allows.

    HT, central, gross, over the six years; each section has its own ceiling.

    Why
        A programme is a choice. A ceiling that all have agreed on turns the thirteenth good idea into a question: in
        place of which other one?

    Fails
        # the ready proposals add up to 950 M€ of investissement
        guardrails: {total: {investissement: 900 M€}}

    Passes
        # the ready proposals add up to 850 M€ of investissement
        guardrails: {total: {investissement: 900 M€}}

    Source
        Practice of public budgets (a multi-year investment plan has an envelope); `docs/format.md`, "edition.yaml".
    """
    edition = context.workspace.edition
    guardrails = edition.value.guardrails if edition else None
    if edition is None or context.term is None or guardrails is None or guardrails.total is None:
        return
    for section in SECTIONS:
        ceiling = getattr(guardrails.total, section)
        amount = total(context.spending[section])
        if ceiling is not None and amount > ceiling:
            yield guardrail_total.at(
                span_of(edition, "guardrails", "total", section),
                say(
                    "{section} adds up to {amount}, above {ceiling}",
                    section=section,
                    amount=amount,
                    ceiling=ceiling,
                ),
                say("{gap} too much", gap=amount - ceiling),
            )


@for_workspace
@rule("P102", "guardrail-year", Severity.ERROR)
def guardrail_year(context: Context) -> Iterator[Diagnostic]:
    """In one year all ready proposals together cost more than the edition allows.

    HT, central, gross; every year above the ceiling is told.

    Why
        A total that fits may still peak: no authority can pay, tender or supervise in one year what was meant for
        three.

    Fails
        # investissement is 250 M€ in 2024
        guardrails: {any_year: {investissement: 200 M€}}

    Passes
        # investissement is at most 180 M€ in any year
        guardrails: {any_year: {investissement: 200 M€}}

    Source
        Practice of public budgets (yearly payment credits); `docs/format.md`, "edition.yaml".
    """
    edition = context.workspace.edition
    guardrails = edition.value.guardrails if edition else None
    if edition is None or context.term is None or guardrails is None or guardrails.any_year is None:
        return
    for section in SECTIONS:
        ceiling = getattr(guardrails.any_year, section)
        if ceiling is None:
            continue
        for year, amount in zip(context.term.years, context.spending[section], strict=True):
            if amount > ceiling:
                yield guardrail_year.at(
                    span_of(edition, "guardrails", "any_year", section),
                    say(
                        "{section} is {amount} in {year}, above {ceiling}",
                        section=section,
                        amount=amount,
                        year=year,
                        ceiling=ceiling,
                    ),
                    say("{gap} too much", gap=amount - ceiling),
                )


def yearly_spending(document: ProposalDocument, context: Context) -> tuple[tuple[Euros, ...], ...]:
    """The cost of a ready proposal, HT, central, by section and budget year; empty where nothing is to be compared."""
    edition, costing = context.workspace.edition, context.costing(document)
    if edition is None or edition.value.guardrails is None or costing is None or not document.value.is_ready:
        return ()
    return tuple(tuple(amount.central for amount in costing.by_section[section]) for section in SECTIONS)
