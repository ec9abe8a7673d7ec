"""Family P: the cost of the whole booklet, and what a change adds to it, compared with the ceilings of the edition."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.scopes import for_workspace
from booklet.checks.spans import span_of
from booklet.content.model.proposal import SECTIONS, Section
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.money.amounts import total
from booklet.money.calendar import Yearly
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.checks.context import Context
    from booklet.content.model.edition import Ceilings, SeverityChange
    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.positions import Span

_PERCENT = Decimal(100)


@for_workspace
@rule("P101", "guardrail-total", Severity.ERROR)
def guardrail_total(context: Context) -> Iterator[Diagnostic]:
    """All ready proposals together cost more than the edition allows.

    HT, central, gross, over the six years; each section has its own ceiling. Under `owners` stand the ceilings of one
    owner's part: its lines, in whatever proposal.

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
    for found in _list_ceilings(context, "total"):
        amount = total(found.spending)
        if amount > found.ceiling:
            yield guardrail_total.at(
                found.span,
                say(
                    "{section} adds up to {amount}, above {ceiling}",
                    section=found.section,
                    amount=amount,
                    ceiling=found.ceiling,
                ),
                say("{gap} too much", gap=amount - found.ceiling),
            )


@for_workspace
@rule("P102", "guardrail-year", Severity.ERROR)
def guardrail_year(context: Context) -> Iterator[Diagnostic]:
    """In one year all ready proposals together cost more than the edition allows.

    HT, central, gross; every year above the ceiling is told. Under `owners` stand the ceilings of one owner's part.

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
    for found in _list_ceilings(context, "any_year"):
        for year, amount in zip(found.years, found.spending, strict=True):
            if amount > found.ceiling:
                yield guardrail_year.at(
                    found.span,
                    say(
                        "{section} is {amount} in {year}, above {ceiling}",
                        section=found.section,
                        amount=amount,
                        year=year,
                        ceiling=found.ceiling,
                    ),
                    say("{gap} too much", gap=amount - found.ceiling),
                )


@dataclass(frozen=True, slots=True)
class _Ceiling:
    """A ceiling of the edition, and the yearly spending that it bounds: of the whole, or of an owner's part."""

    span: Span
    section: Section
    ceiling: Euros
    years: tuple[int, ...]
    spending: tuple[Euros, ...]


def _list_ceilings(context: Context, name: str) -> Iterator[_Ceiling]:
    """List the ceilings of the six years (`total`) or of each year (`any_year`)."""
    edition = context.workspace.edition
    guardrails = edition.value.guardrails if edition else None
    if edition is None or context.term is None or guardrails is None:
        return
    bounds: list[tuple[str | None, Ceilings]] = [(None, guardrails), *guardrails.owners.items()]
    for owner, ceilings in bounds:
        of_sections, spending = getattr(ceilings, name), context.spending(owner)
        above = ("guardrails", name) if owner is None else ("guardrails", "owners", owner, name)
        for section in SECTIONS:
            ceiling = getattr(of_sections, section, None)
            if ceiling is not None:
                span = span_of(edition, *above, section)
                yield _Ceiling(span, section, ceiling, context.term.years, spending[section])


def yearly_spending(document: ProposalDocument, context: Context) -> dict[str, tuple[tuple[Euros, ...], ...]]:
    """The cost of a ready proposal, HT, central, by owner, section and year; empty where nothing is to be compared."""
    edition, costing, proposal = context.workspace.edition, context.costing(document), document.value
    if edition is None or edition.value.guardrails is None or costing is None or not proposal.is_ready:
        return {}
    return {
        owner or "": tuple(
            tuple(
                Yearly.sum(
                    costing.years,
                    (cost.ht for cost in costing.lines_of(section) if proposal.owner_of(cost.line) == owner),
                ).central
            )
            for section in SECTIONS
        )
        for owner in proposal.owners
    }


# --- of a change: only `diff` has the two states to compare


@rule("P104", "guardrail-increase", Severity.ERROR)
def guardrail_increase(
    before: Mapping[Section, Decimal],
    after: Mapping[Section, Decimal],
    ceiling: Decimal,
    span: Span,
    severity: Severity | None = None,
) -> Iterator[Diagnostic]:
    """A change makes the whole dearer than the edition allows.

    Each section is asked: six years, HT, central, gross, ready proposals whose cost is known on both sides. The
    lower of the two ceilings counts, the one before the change and the one after it, so that no change lifts the
    ceiling that it is held against.

    Why
        A programme grows by many small changes, none of which anybody would have refused. A ceiling on each makes
        the large ones a decision.

    Fails
        # investissement was 100 M€, and is 106 M€
        guardrails: {increase: 5 %}

    Passes
        # investissement was 100 M€, and is 104 M€
        guardrails: {increase: 5 %}

    Source
        Practice of cost differences in code review: a threshold on the increase, in percent, decides.
    """
    if not any(before.get(section) for section in SECTIONS):
        return  # there was no cost to increase: a first edition
    for section in SECTIONS:
        old, new = before.get(section, Decimal(0)), after.get(section, Decimal(0))
        if new <= old * (1 + ceiling):
            continue
        allowed = f"{(ceiling * _PERCENT).normalize():f} %"
        if old:
            rise = _rise_in_percent(old, new)
            message = say(
                "{section} rises by {percent} %, more than {ceiling}",
                section=section,
                percent=rise,
                ceiling=allowed,
            )
        else:
            message = say(
                "{section} rises from nothing, more than {ceiling}", section=section, ceiling=allowed
            )
        yield guardrail_increase.at(
            span,
            message,
            say(
                "{section}: from {before} to {after}",
                section=section,
                before=Euros.of(old),
                after=Euros.of(new),
            ),
            say("cost less, or raise `increase` in a change of its own"),
            severity=severity,
        )


def _rise_in_percent(old: Decimal, new: Decimal) -> Decimal:
    """Round a rise up to a tenth, so that one above the ceiling never reads as equal to it."""
    return ((new - old) * _PERCENT / old).quantize(Decimal("0.1"), rounding="ROUND_UP")


def effective_severity(severities: Mapping[str, SeverityChange]) -> Severity:
    """The severity of P104 under an edition's `severities`."""
    change = severities.get(guardrail_increase.code)
    if change is None or change.level is None or change.because is None:
        return guardrail_increase.severity
    return Severity(change.level)
