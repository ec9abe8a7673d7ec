"""Family F, the owner: its competence when it pays, and the impact study that the law requires of large investments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from booklet.checks.context import Context, UnknownThreshold, first_month, last_month
from booklet.checks.costs import sums_rest_on_a_fault
from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.checks.spans import span_of
from booklet.content.model.edition import BY_STATUTES, COMMUNAL, COMMUNITIES
from booklet.costs.costing import part_of
from booklet.costs.figures.inputs import spread_line
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.edition import Organisation
    from booklet.content.proposal_files import ProposalDocument
    from booklet.money.euros import Euros

#: families of the parameters that hold the thresholds of the impact study; each id ends with the population of a tier
_RECEIPTS, _AMOUNT = "impact-study.receipts-from-", "impact-study.amount-from-"
#: an investment is near its threshold from half of it on; further below, the exact value of the law does not matter
_NEAR = Decimal("0.5")


@for_each_proposal
@rule("F108", "owner-not-competent", Severity.WARNING)
def owner_not_competent(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The owner is not competent for the proposal's field in a month in which it pays.

    A line that names its own `owner` is asked of that one. The rule looks at every payment, since the law changed
    inside the term: on 1 January 2023 cemeteries, fire hydrants, heat networks and beach concessions went back to the
    communes of Aix-Marseille-Provence. Where no sourced parameter says who is competent, nothing is said; nor of a
    syndicate, another EPCI, a CCAS, an SPL or a public establishment, since their statutes say what they do, nor of a
    community where the parameter names none.

    Why
        An authority can only pay for what the law gives it. A proposal handed to the wrong owner stops at the first
        vote.

    Fails
        # amp: {name: Métropole, kind: metropole}
        field: cimetieres
        owner: amp

    Passes
        # `marseille: {name: Ville, kind: commune}`; paid from 2023
        field: cimetieres
        owner: marseille

    Source
        CGCT art. L5217-2, L5218-2 and L5218-7; loi 2022-217 (3DS) art. 181. Owners by date are in
        `booklet/law/fr/competences.yaml`.
    """
    field = document.value.field_
    parameter = context.law.parameters.get(f"competence.{field}")
    if field is None or parameter is None or context.term is None:
        return
    phases = document.value.phases_by_id
    found: dict[tuple[str | None, str], tuple[date, int]] = {}
    for index, line in enumerate(document.value.costs):
        owner = context.organisation(document.value.owner_of(line))
        if owner is None or owner.kind is None:
            continue
        start, end = first_month(line, phases), last_month(line, phases, context.term)
        if start is None or end is None or document.is_broken("costs", index):
            continue
        spreading = spread_line(line, phases)
        if spreading is not None and spreading.months is None:
            # only the year is known: an owner competent on its first or last day passes
            days = [
                day
                for year, units in spreading.counts.items()
                if units and year <= context.term.last_year
                for day in _days_without_competence(context, field, owner, year)
            ]
        else:
            changes = (day for day in parameter.values if start.first_day < day <= end.first_day)
            days = [start.first_day, *changes]
        wrong = [day for day in days if not _is_competent(context, field, owner, day)]
        if wrong:
            named = line.owner if line.owner != document.value.owner else None
            first = (min(wrong), index)
            found[named, owner.kind] = min(found.get((named, owner.kind), first), first)
    for (named, kind), (day, index) in found.items():
        competent = sorted(context.law.words(f"competence.{field}", day) or ())
        yield owner_not_competent.at(
            span_of(document, "costs", index, "owner") if named else span_of(document, "owner"),
            say(
                "a `{kind}` is not competent for `{field}` in {month}",
                kind=kind,
                field=field,
                month=f"{day:%Y-%m}",
            ),
            say("competent then: {kinds}", kinds=quote_all(competent)),
            related=(
                Label(span_of(document, "field"), say("the field stands here")),
                Label(span_of(document, "costs", index), say("paid here")),
            ),
        )


def _is_competent(context: Context, field: str, owner: Organisation, day: date) -> bool:
    competent = context.law.words(f"competence.{field}", day)
    if competent is None or owner.kind in competent or owner.kind in BY_STATUTES:
        return True
    # a list without communities is of a territory that has none
    return owner.kind in COMMUNITIES and not competent & COMMUNITIES


def _days_without_competence(
    context: Context, field: str, owner: Organisation, year: int
) -> tuple[date, ...]:
    """The first day of a year if the owner is competent neither then nor on the last; else no day."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return (first,) if not any(_is_competent(context, field, owner, day) for day in (first, last)) else ()


@for_each_proposal
@rule("F109", "impact-study-missing", Severity.ERROR)
def impact_study_missing(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """An investment is large enough for the law to ask for a study of its operating cost, and none is named.

    Asked of communes, métropoles, communities and other EPCI. Above 400 000 inhabitants: 25 % of the owner's real
    operating receipts, or 100 M€; from 50 000 on: 50 %, or 50 M€; below, receipts alone. The lower of the two counts.
    Where the owner's receipts are not known and the amount is not reached, it cannot be told; nor where its population
    is not known and the investment is above 50 M€. That is information, once for each owner, at its entry in the
    edition.

    Why
        The study is joined to the deliberation and to every request for a grant: without it neither is lawful.

    Fails
        # the owner is a métropole of 1,9 M inhabitants; investissement 120 M€
        owner: amp

    Passes
        # the owner is a métropole of 1,9 M inhabitants; investissement 120 M€
        owner: amp
        impact_study: etude-metro-2019

    Source
        CGCT art. L1611-9 and D1611-35. The thresholds are in `booklet/law/fr/funding.yaml`.
    """
    for investment in _list_investments_without_study(document, context):
        threshold = _find_threshold(context, investment)
        if threshold.is_exceeded_by(investment.gross):
            yield impact_study_missing.at(
                document.key_span("costs"),
                say(
                    "investment of {amount}, above {threshold}, and no impact study",
                    amount=investment.gross,
                    threshold=threshold.amount,
                ),
                say("name the study: `impact_study: ID` of `{path}`", path="proposals/sources.yaml"),
            )


def find_unknown_thresholds(document: ProposalDocument, context: Context) -> tuple[UnknownThreshold, ...]:
    """List the investments of a ready proposal for which it is unknown whether the law requires a study."""
    if not document.value.is_ready:
        return ()
    found = []
    for investment in _list_investments_without_study(document, context):
        threshold = _find_threshold(context, investment)
        if not threshold.is_lowest and not threshold.is_exceeded_by(investment.gross):
            found.append(UnknownThreshold(investment.id, investment.gross))
    return tuple(found)


@for_workspace
def check_thresholds(context: Context) -> Iterator[Diagnostic]:
    """Report each owner whose threshold is unknown once, with its largest investment (F109)."""
    edition = context.workspace.edition
    largest: dict[str, tuple[Euros, ProposalDocument]] = {}
    for document in context.workspace.proposals:
        for unknown in context.checked[document.source.path].unknown_thresholds:
            known = largest.get(unknown.owner)
            if known is None or known[0] < unknown.investment:
                largest[unknown.owner] = (unknown.investment, document)
    for id, (amount, document) in sorted(largest.items()):
        assert edition is not None
        yield impact_study_missing.at(
            edition.key_span("organisations", id),
            say("the threshold of the impact study is not known: no receipts or no population"),
            say("add `operating_receipts: …` and `population: …`"),
            related=(
                Label(span_of(document, "costs"), say("the largest investment: {amount}", amount=amount)),
            ),
            severity=Severity.INFORMATION,
        )


def find_nearby_thresholds(document: ProposalDocument, context: Context) -> tuple[str, ...]:
    """List the parameters that give the thresholds of investments; none of one up to half of its threshold."""
    found = []
    for investment in _list_investments_without_study(document, context):
        threshold = _find_threshold(context, investment)
        if threshold.amount is not None and investment.gross > threshold.amount * _NEAR:
            found.append(threshold.parameter)
    return tuple(parameter for parameter in dict.fromkeys(found) if parameter is not None)


class _Investment(NamedTuple):
    """An investment without an impact study, by an owner that the law may require one of."""

    id: str
    owner: Organisation
    #: the day whose law applies
    day: date
    #: central, in the term, on the edition's `funding_base`
    gross: Euros


def _list_investments_without_study(document: ProposalDocument, context: Context) -> Iterator[_Investment]:
    """List what each owner invests."""
    day, proposal = context.decision_day(document), document.value
    if day is None or proposal.impact_study is not None or document.is_broken("impact_study"):
        return
    for id in proposal.owners:
        owner = context.organisation(id)
        if id is not None and owner is not None and owner.kind in COMMUNAL:
            gross = _gross_investment(document, context, id)
            if gross:
                yield _Investment(id, owner, day, gross)


def _gross_investment(document: ProposalDocument, context: Context, owner: str) -> Euros | None:
    """Add up an owner's central investment in the term; None where a fault makes the sum wrong."""
    costing, edition = context.costing(document), context.workspace.edition
    if costing is None or not costing.is_complete or sums_rest_on_a_fault(document, context):
        return None
    if len(document.value.owners) > 1:
        costing = part_of(costing, document.value, owner)
    with_vat = edition is not None and edition.value.funding_base == "ttc"
    by_section = costing.ttc_by_section if with_vat else costing.by_section
    return by_section["investissement"].total.central if by_section else None


class _Threshold(NamedTuple):
    """The lowest threshold of the impact study that can be computed."""

    #: None where no threshold is known
    amount: Euros | None
    #: id of the parameter that gives it
    parameter: str | None = None
    #: False where a lower threshold may apply that cannot be computed
    is_lowest: bool = True

    def is_exceeded_by(self, gross: Euros) -> bool:
        """Check whether an investment requires a study."""
        return self.amount is not None and gross > self.amount


def _find_threshold(context: Context, investment: _Investment) -> _Threshold:
    _, owner, day, gross = investment
    if owner.population is None:
        # the tier is unknown; an investment up to the lowest amount of any tier requires no study in any of them
        fixed = (context.law.amount(id, day) for id, _ in context.law.family(_AMOUNT))
        return _Threshold(None, is_lowest=not any(amount is not None and gross > amount for amount in fixed))
    part = _find_tier(context, _RECEIPTS, owner.population)
    ceiling = _find_tier(context, _AMOUNT, owner.population)
    share = context.law.percent(part, day) if part else None
    amount = context.law.amount(ceiling, day) if ceiling else None
    if share is None:
        return _Threshold(amount, ceiling)  # no text in force on that day limits a part of receipts
    if owner.operating_receipts is None:
        return _Threshold(amount, ceiling, is_lowest=False)
    of_receipts = owner.operating_receipts * share
    if amount is not None and amount <= of_receipts:
        return _Threshold(amount, ceiling)
    return _Threshold(of_receipts, part)


def _find_tier(context: Context, prefix: str, population: int) -> str | None:
    """Find the parameter of the highest tier that a population reaches; the tier is the number at the end of its id."""
    numbers = ((id.removeprefix(prefix), id) for id, _ in context.law.family(prefix))
    floors = {int(number): id for number, id in numbers if number.isdecimal()}
    reached = [floor for floor in floors if floor <= population]
    return floors[max(reached)] if reached else None
