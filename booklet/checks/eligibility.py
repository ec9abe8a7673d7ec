"""Family F, eligibility: funding schemes and the refund of VAT (FCTVA), under the law of the day of each payment."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.context import Context, last_month
from booklet.checks.funding import find_plan, scheme_day
from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import is_attempted, span_of
from booklet.content.model.proposal import CostLine, Funding
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message, quote_all, say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from booklet.content.model.edition import Organisation
    from booklet.content.proposal_files import ProposalDocument
    from booklet.money.calendar import Month

#: natures of cost that can be upkeep; other operating costs never open a right to FCTVA
UPKEEP = frozenset({"works", "service"})


@for_each_proposal
@rule("F106", "funder-not-eligible", Severity.ERROR)
def funder_not_eligible(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A funding scheme is closed to that owner, or was not open that year.

    Schemes are named by `scheme` in the organisations of the edition. A scheme that the law parameters do not know is
    not asked about.

    Why
        A plan with a subsidy that its owner cannot have is a plan with a hole. The DETR is for communes of less than
        20 000 inhabitants; the Fonds vert opened in 2023.

    Fails
        # fonds-vert: {name: État, kind: etat, scheme: fonds-vert}
        funding:
          - {funder: fonds-vert, form: grant, section: investissement, share: 20 %, year: 2022, status: sollicite}

    Passes
        # fonds-vert: {name: État, kind: etat, scheme: fonds-vert}
        funding:
          - {funder: fonds-vert, form: grant, section: investissement, share: 20 %, year: 2023, status: sollicite}

    Source
        CGCT art. L2334-33 (DETR) and L2334-42 (DSIL); circular of 14 December 2022 (Fonds vert). Owners by date are in
        `booklet/law/fr/funding.yaml`.
    """
    if context.term is None:
        return
    for index, funding in enumerate(document.value.funding):
        owner = context.organisation(document.value.owner_of(funding))
        funder = context.organisation(funding.funder)
        if owner is None or owner.kind is None or document.is_broken("funding", index):
            continue
        if funder is None or funder.scheme is None:
            continue
        named = ("funding", index, "owner") if funding.owner else ("owner",)
        scheme = funder.scheme.strip().lower()
        for year in _years_paid(document, context, funding, index):
            refusal = _refusal(context, scheme, owner, scheme_day(year))
            if refusal is None:
                continue
            opening = _opening(context, scheme, owner.kind, year)
            dated = document.has("funding", index, "year")
            yield funder_not_eligible.at(
                span_of(document, "funding", index, "year" if dated and opening is not None else "funder"),
                say("{refusal} in {year}", refusal=refusal, year=year),
                *([say("write `year: {year}` or later", year=opening)] if opening is not None else []),
                related=(Label(span_of(document, *named), say("the owner stands here")),),
            )
            break


def _years_paid(
    document: ProposalDocument, context: Context, funding: Funding, index: int
) -> tuple[int, ...]:
    """The years in which a funder pays; those of the cost where the plan names none."""
    if isinstance(funding.year, int):
        return (funding.year,)
    if funding.year:
        return tuple(sorted(year for year, part in funding.year.items() if part))
    plan = find_plan(document, context, funding.section) if funding.section else None
    grant = next((grant for grant in plan.grants if grant.index == index), None) if plan else None
    if plan is None or grant is None:
        return ()
    return tuple(year for year, amount in zip(plan.years, grant.by_year, strict=True) if amount)


def _refusal(context: Context, scheme: str, owner: Organisation, day: date) -> Message | None:
    """Word why a scheme is closed to an owner on a day; None where it is open, or the law parameters do not know it."""
    owners = context.law.words(f"scheme.{scheme}.owners", day)
    if owners is not None and not owners:
        return say("`{scheme}` is not open", scheme=scheme)
    if owners is not None and owner.kind not in owners:
        return say("`{scheme}` is closed to a `{kind}`", scheme=scheme, kind=owner.kind)
    limit = context.law.count(f"scheme.{scheme}.commune-below", day)
    if (
        limit is not None
        and owner.kind == "commune"
        and owner.population is not None
        and owner.population >= limit
    ):
        return say(
            "`{scheme}` is closed to a commune of {population} inhabitants",
            scheme=scheme,
            population=Decimal(owner.population),
        )
    return None


def _opening(context: Context, scheme: str, kind: str, year: int) -> int | None:
    """Find the first later year of the term in which a scheme is open to a kind of owner."""
    assert context.term is not None
    for later in range(year + 1, context.term.last_year + 1):
        if kind in (context.law.words(f"scheme.{scheme}.owners", scheme_day(later)) or ()):
            return later
    return None


@for_each_proposal
@rule("F114", "funding-without-cost", Severity.ERROR)
def funding_without_cost(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """In a proposal of several owners, money goes to one that has no cost in that section.

    Why
        Each owner is helped to pay its own part: a share of nothing is nothing, and an amount would pay for no cost.

    Fails
        owner: amp
        # the lines of investissement say `owner: marseille`
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %}

    Passes
        owner: amp
        # the lines of investissement say `owner: marseille`
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, owner: marseille}

    Source
        Arithmetic: a part is at most the whole.
    """
    proposal = document.value
    if len(proposal.owners) == 1 or document.is_broken("costs") or "costs" not in proposal.model_fields_set:
        return
    bearing = {(proposal.owner_of(line), line.section) for line in proposal.costs}
    if any(None in part for part in bearing):
        return  # whose cost it is, or of what section, is not written yet
    for index, funding in enumerate(proposal.funding):
        section, owner = funding.section, proposal.owner_of(funding)
        if section is None or context.organisation(owner) is None or (owner, section) in bearing:
            continue
        others = [other for other, of_line in bearing if of_line == section and other is not None]
        yield funding_without_cost.at(
            span_of(document, "funding", index, "owner" if funding.owner else "funder"),
            say("`{owner}` has no cost in `{section}`", owner=owner, section=section),
            *([say("write `owner: {owner}`", owner=others[0])] if len(others) == 1 else []),
        )


@for_each_proposal
@rule("F107", "fctva-not-eligible", Severity.ERROR)
def fctva_not_eligible(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A line counts on the FCTVA and has no right to it.

    The law lists who gets it: local authorities, their groupings, the CCAS, some public establishments; not a local
    public company (SPL), the State or a company. The fund gives back VAT that was borne, so nothing on a line with
    `vat: 0 %`. Staff and grants bear none. Land has been out since the automation of 2021. Of operating costs only
    works or services that keep up public buildings, roads (since 2016) or networks (since 2020) open a right: `upkeep`
    says which. Cleaning, snow clearing, supplies and maintenance contracts keep up nothing of that kind. And an
    activity whose revenues are subject to VAT deducts the VAT of its purchases instead.

    Why
        The FCTVA gives back a sixth of the price. Counted where it is not due, the net cost is a sixth too low.

    Fails
        section: fonctionnement
        nature: service
        vat_regime: fctva

    Passes
        section: fonctionnement
        nature: service
        vat_regime: fctva
        upkeep: voirie

    Source
        CGCT art. L1615-1, L1615-2 and L1615-6; Assemblée nationale, question 5040 of the 16th term (accounts 211 and
        212); La Lettre des finances locales no. 507 and La Gazette des communes, 12 July 2023 (accounts 615221, 615231
        and 615232). What is eligible by date is in `booklet/law/fr/fctva.yaml`.
    """
    phases = document.value.phases_by_id
    taxed = next(
        (index for index, revenue in enumerate(document.value.revenues) if revenue.vat_regime == "assujetti"),
        None,
    )
    for index, line in enumerate(document.value.costs):
        if line.vat_regime != "fctva" or context.term is None:
            continue
        if is_attempted(document, CostLine, "costs", index, "upkeep"):
            continue  # `upkeep` is unreadable, which is reported there
        last = last_month(line, phases, context.term)
        owner = context.organisation(document.value.owner_of(line))
        if last and (barred := _no_beneficiary(owner, context, last)):
            named = ("costs", index, "owner") if line.owner else ("owner",)
            yield fctva_not_eligible.at(
                span_of(document, "costs", index, "vat_regime"),
                barred,
                say("write `vat_regime: aucun`, or `assujetti` if the owner deducts the VAT"),
                related=(Label(span_of(document, *named), say("the owner stands here")),),
            )
            continue
        refusal = None if last is None else _no_right(line, context, last) or _no_vat(line)
        if refusal is None and taxed is None:
            continue
        yield fctva_not_eligible.at(
            span_of(document, "costs", index, "vat_regime"),
            refusal or say("FCTVA, and the revenues of the activity are subject to VAT"),
            *_hints(line, context, last if refusal else None),
            related=()
            if refusal or taxed is None
            else (
                Label(
                    span_of(document, "revenues", taxed, "vat_regime"), say("subject to VAT, as said here")
                ),
            ),
        )


def _no_beneficiary(owner: Organisation | None, context: Context, last: Month) -> Message | None:
    """Word why the owner of a line gets no FCTVA at all; None where it does, or where that is not known."""
    owners = context.law.words("fctva.owners", last.first_day)
    if owners is None or owner is None or owner.kind is None or owner.kind in owners:
        return None
    return say("no FCTVA for a `{kind}`", kind=owner.kind)


def _no_right(line: CostLine, context: Context, last: Month) -> Message | None:
    """Word why a line has no right to FCTVA in the month of its last payment; None where it has."""
    eligible = context.law.words("fctva.natures", last.first_day)
    if eligible is None or line.nature is None or line.section is None:
        return None
    if line.nature not in eligible:
        return say("no FCTVA on `{nature}` in {year}", nature=line.nature, year=last.year)
    if line.section != "fonctionnement":
        return None
    kept_up = context.law.words("fctva.upkeep", last.first_day) or frozenset()
    if line.upkeep is None or line.nature not in UPKEEP:
        return say("no FCTVA on an operating cost that is no upkeep")
    if line.upkeep not in kept_up:
        return say("no FCTVA on the upkeep of `{what}` in {year}", what=line.upkeep, year=last.year)
    return None


def _no_vat(line: CostLine) -> Message | None:
    return say("FCTVA, and no VAT is borne") if line.vat_rate == 0 else None


def _hints(line: CostLine, context: Context, refused: Month | None) -> Iterator[Message]:
    """Word what to type instead; `refused` is the month of the last payment of a line without a right."""
    if refused is None:
        yield say("write `vat_regime: assujetti`")
        return
    yield say("write `vat_regime: aucun`")
    kept_up = context.law.words("fctva.upkeep", refused.first_day)
    if line.section == "fonctionnement" and line.nature in UPKEEP and line.upkeep is None and kept_up:
        yield say("or add `upkeep:`, one of {words}, if it keeps that up", words=quote_all(sorted(kept_up)))
