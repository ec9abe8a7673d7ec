"""P104: the ceiling on what a change adds to the cost of all proposals; only `diff` has the two states to compare."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.content.model.edition import SeverityChange
    from booklet.diagnostics.positions import Span

_PERCENT = Decimal(100)


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
