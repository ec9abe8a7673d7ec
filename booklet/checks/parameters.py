"""The law of an edition: parameters that it adds or replaces (M103, M106), and those used past their date (S103)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from booklet.checks.context import Context, first_month, last_month
from booklet.checks.funding import find_plan, scheme_day
from booklet.checks.owner import find_nearby_thresholds
from booklet.checks.references import unknown_reference
from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.checks.spans import span_of
from booklet.content.model.edition import LOCAL_AUTHORITIES
from booklet.content.model.proposal import SECTIONS
from booklet.content.schema_rules import wrong_type
from booklet.content.spelling import nearest
from booklet.costs.optimism import OPTIMISM
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.law.lookup import FCTVA_LAG, FCTVA_RATE, expected_kind, is_of_kind, load_law
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.document import Document
    from booklet.content.model.fields import KeyPath
    from booklet.content.model.parameters import Parameters
    from booklet.content.model.proposal import Proposal
    from booklet.content.proposal_files import ProposalDocument
    from booklet.money.calendar import Month

#: names of the types of values, for messages
_KINDS = {
    frozenset: say("a list of words"),
    Euros: say("an amount"),
    int: say("a whole number"),
    Fraction: say("a price index, as `104,2`"),
}


class ParameterUse(NamedTuple):
    """A parameter of the law that a line of a proposal depends on, and the last day for which it does."""

    parameter: str
    day: date
    path: KeyPath


@for_workspace
def check_parameters(context: Context) -> Iterator[Diagnostic]:
    """Report parameters that no computation reads (M106), and values that are not what it expects (M103)."""
    document = context.workspace.parameters
    if document is None:
        return
    for id, parameter in document.value.root.items():
        expected = expected_kind(id)
        if expected is None:
            close = nearest(id, load_law().parameters)
            yield unknown_reference.at(
                document.key_span(id),
                say("unknown parameter `{id}`", id=id),
                *([say("did you mean `{name}`?", name=close)] if close else []),
            )
        if expected is None or document.is_broken(id):
            continue
        for day, dated in parameter.values.items():
            span = span_of(document, id, "values", day.isoformat(), "value")
            if isinstance(dated.value, Decimal) and dated.value > 1 and not id.startswith(OPTIMISM):
                yield from wrong_type(span, say("a rate of more than 100 %"))
            if expected is Fraction:
                yield from _check_index(document, id, day, dated.value)
            if dated.value is not None and not is_of_kind(dated.value, expected):
                yield from wrong_type(
                    span,
                    say(
                        "found another kind of value, expected {expected}",
                        expected=_KINDS.get(expected, say("a percentage, as `20 %`")),
                    ),
                )


def _check_index(document: Document[Parameters], id: str, day: date, value: object) -> Iterator[Diagnostic]:
    """Report a price index of 0, by which nothing can be divided, and one that is not of a whole year (M103)."""
    path = (id, "values", day.isoformat())
    if value == 0:
        yield from wrong_type(span_of(document, *path, "value"), say("found a price index of 0"))
    if (day.month, day.day) != (1, 1):
        message = say("a price index from {day}, expected one value for each year", day=day)
        hint = say("write `{day}`, with the mean of the year", day=f"{day.year}-01-01")
        yield from wrong_type(document.key_span(*path), message, hint)


@for_each_proposal
@rule("S103", "parameter-expired", Severity.WARNING)
def parameter_expired(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A parameter of the law is used past the last day for which it is known to hold.

    Told once for each parameter and proposal, at the line that rests on it. A value is known to hold until the next
    one, or until the date of the last document that was read; with `law_as_of`, no further than that day. The
    thresholds of the impact study count from half of them on. `proposals/parameters.yaml` replaces a parameter with a
    later value.

    Why
        A rate of 2025 applied to the payments of 2026 is an assumption, and must be said to be one, with a reason that
        is printed under Method: once for the whole booklet, by `severities` in the edition (S103 for information), or
        by a waiver of the proposal.

    Fails
        # fctva.rate is known to hold until 2025-02-15
        spread: {2026: 10}
        vat_regime: fctva

    Passes
        # fctva.rate is known to hold until 2025-02-15
        spread: {2024: 10}
        vat_regime: fctva

    Source
        OpenFisca (every parameter of the law says until when it was checked).
    """
    last_by_parameter: dict[str, ParameterUse] = {}
    for use in _uses(document, context):
        known = last_by_parameter.setdefault(use.parameter, use)
        if use.day > known.day:
            last_by_parameter[use.parameter] = use
    for use in last_by_parameter.values():
        parameter = context.law.parameters.get(use.parameter)
        first = parameter.first_day(use.day) if parameter else None
        until = parameter.known_until(first) if parameter and first else None
        if until is None or use.day <= until:
            continue
        edition_law = context.workspace.parameters
        written = edition_law is not None and edition_law.has(use.parameter)
        yield parameter_expired.at(
            span_of(document, *use.path),
            say(
                "`{parameter}` used in {month}, known to hold until {until}",
                parameter=use.parameter,
                month=f"{use.day:%Y-%m}",
                until=until,
            ),
            say(
                "add its later value to `{path}`, or waive S103 with the reason",
                path="proposals/parameters.yaml",
            ),
            related=(Label(edition_law.key_span(use.parameter), say("written here")),)
            if edition_law is not None and written
            else (),
        )


def _uses(document: ProposalDocument, context: Context) -> Iterator[ParameterUse]:
    """Yield the parameters of the law that a proposal depends on."""
    if context.term is None:
        return
    proposal = document.value
    phases = proposal.phases_by_id
    last_paid: date | None = None
    for index, line in enumerate(proposal.costs):
        start, end = first_month(line, phases), last_month(line, phases, context.term)
        if start is None or end is None or not context.term.bears_money(start.year):
            continue
        last_paid = max(last_paid or end.first_day, end.first_day)
        yield from _uses_of_line(proposal, index, (start, end), context)
    if proposal.field_ is not None and last_paid is not None:
        yield ParameterUse(f"competence.{proposal.field_}", last_paid, ("field",))
    day = context.decision_day(document)
    for threshold in find_nearby_thresholds(document, context):
        if day is not None:
            yield ParameterUse(threshold, day, ("costs",))
    yield from _uses_of_funding(document, context)


def _uses_of_line(
    proposal: Proposal, index: int, months: tuple[Month, Month], context: Context
) -> Iterator[ParameterUse]:
    """Yield the parameters behind a line of cost that is paid from one month to another."""
    start, end = months
    line = proposal.costs[index]
    if line.vat_regime == "fctva" and context.term and context.term.bears_money(end.year):
        path: KeyPath = ("costs", index, "vat_regime")
        paid = date(end.year, 1, 1)
        own = f"{FCTVA_RATE}.{line.nature}"
        yield ParameterUse(FCTVA_RATE if context.law.percent(own, paid) is None else own, paid, path)
        owner = context.organisation(proposal.owner_of(line))
        if owner is not None and owner.kind is not None and owner.lag_of(end.year) is None:
            yield ParameterUse(f"{FCTVA_LAG}{owner.kind}", paid, path)
        yield ParameterUse("fctva.natures", end.first_day, path)
        if line.section == "fonctionnement":
            yield ParameterUse("fctva.upkeep", end.first_day, path)
    if line.counts_full_time:
        for id in ("staff.cost-low", "staff.cost-high"):
            yield ParameterUse(id, start.first_day, ("costs", index, "unit_cost"))
    if line.vat is not None:
        for id, _ in context.law.family("vat."):
            if context.law.percent(id, start.first_day) == line.vat:
                yield ParameterUse(id, start.first_day, ("costs", index, "vat"))


def _uses_of_funding(document: ProposalDocument, context: Context) -> Iterator[ParameterUse]:
    day = context.decision_day(document)
    edition = context.workspace.edition
    for section in SECTIONS:
        plan = find_plan(document, context, section)
        for grant in plan.grants if plan else ():
            funder, path = context.organisation(grant.funding.funder), ("funding", grant.index, "funder")
            if plan is None or funder is None or grant.funding.form != "grant":
                continue
            owner = context.organisation(document.value.owner_of(grant.funding))
            if (
                owner is not None
                and owner.kind in LOCAL_AUTHORITIES
                and section == "investissement"
                and day is not None
            ):
                yield ParameterUse("own-share.floor", day, path)
                lead = f"chef-de-file.{document.value.field_}"
                if lead in context.law.parameters:
                    yield ParameterUse("own-share.floor-chef-de-file", day, path)
                    yield ParameterUse(lead, day, ("field",))
            if funder.kind == "etat" and day is not None:
                yield ParameterUse("state-grants.ceiling", day, path)
                if edition is not None and edition.value.funding_base == "ttc":
                    yield ParameterUse("state-grants.base", day, path)
            paid = [year for year, amount in zip(plan.years, grant.by_year, strict=True) if amount]
            if funder.scheme is not None and paid:
                scheme = f"scheme.{funder.scheme.strip().lower()}"
                yield ParameterUse(f"{scheme}.owners", scheme_day(paid[-1]), path)
                if owner is not None and owner.kind == "commune":
                    yield ParameterUse(f"{scheme}.commune-below", scheme_day(paid[-1]), path)
