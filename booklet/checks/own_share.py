"""Family F, the floor and the ceiling: what the owner must bring at least, what the State may give at most."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.checks.funding import other_grants, plan_of
from booklet.checks.places import place
from booklet.checks.vat import write_percent
from booklet.costs.financing import Financing, Grant, total
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule
from booklet.money.euros import ZERO, Euros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from booklet.checks.context import Context
    from booklet.content.proposal_files import ProposalDocument

#: owners that the law asks for a part of their own: local authorities and their groups
LOCAL_AUTHORITIES = frozenset({"commune", "metropole", "departement", "region"})


@rule("F102", "own-share-below-20", Severity.ERROR)
def own_share_below_20(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The owner brings less than 20 % of what public persons bring to an investment.

    Asked of communes, métropoles, départements and regions, on the investment in the term. Loans are the owner's own
    money; private money is outside. The law has exceptions (ANRU, protected monuments, public calamities…): waive the
    finding and name the one that applies.

    Why
        A plan below the floor cannot be signed by the prefect: the proposal promises money that nobody may give.

    Fails
        # the owner is a commune
        funding:
          - {funder: region, form: grant, section: investissement, share: 60 %, status: sollicite}
          - {funder: etat, form: grant, section: investissement, share: 25 %, status: sollicite}

    Passes
        # the owner is a commune
        funding:
          - {funder: region, form: grant, section: investissement, share: 60 %, status: sollicite}

    Source
        CGCT art. L1111-10 III; the floor and its exceptions by date are in `booklet/law/funding.yaml`.
    """
    found = _own_share(document, context, "own-share.floor")
    if found is None:
        return
    plan, share, floor, day = found
    exceptions = context.law.words("own-share.waivers", day) or frozenset()
    yield own_share_below_20.at(
        place(document, "funding", _last_public(plan, context)),
        _below(share, floor),
        say("ask for {gap} less", gap=_gap(plan, context, floor)),
        say("or waive F102 and name the exception: {words}", words=", ".join(sorted(exceptions)))
        if exceptions
        else say("or waive F102 and name the exception"),
    )


@rule("F103", "own-share-below-30", Severity.WARNING)
def own_share_below_30(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The owner brings less than 30 % in a field that has a lead authority (*chef de file*).

    Asked where the proposal's `field` is one of them; below 20 % it is F102, told once. A convention (CTEC) may waive
    the floor: waive the finding and name it.

    Why
        The floor is higher where the law names a lead authority, and is forgotten there.

    Fails
        field: mobilite
        # 75 % of the investment comes from other public persons

    Passes
        field: mobilite
        # 60 % of the investment comes from other public persons

    Source
        CGCT art. L1111-9; the fields by date are in `booklet/law/competences.yaml`.
    """
    field, day = document.value.field_, context.decision_day(document)
    if field is None or day is None or context.law.words(f"chef-de-file.{field}", day) is None:
        return
    found = _own_share(document, context, "own-share.floor-chef-de-file")
    if found is None or _own_share(document, context, "own-share.floor") is not None:
        return
    plan, share, floor, _ = found
    yield own_share_below_30.at(
        place(document, "funding", _last_public(plan, context)),
        _below(share, floor),
        say(
            "ask for {gap} less, or waive F103 and name the convention (CTEC)", gap=_gap(plan, context, floor)
        ),
        related=(Label(place(document, "field"), say("a field with a lead authority")),),
    )


def _own_share(
    document: ProposalDocument, context: Context, id: str
) -> tuple[Financing, Fraction, Decimal, date] | None:
    """Find a plan whose own share of the public financing lies below a floor of the law."""
    owner, day = context.organisation(document.value.owner), context.decision_day(document)
    plan = plan_of(document, context, "investissement")
    if owner is None or owner.kind not in LOCAL_AUTHORITIES or day is None or plan is None:
        return None
    floor = context.law.percent(id, day)
    own, public = _own(plan), _public(plan, context)
    # what exceeds the cost altogether is F101
    if floor is None or own is None or not public or own < ZERO:
        return None
    share = own.value / (own + public).value
    return (plan, share, floor, day) if share < Fraction(floor) else None


def _own(plan: Financing) -> Euros | None:
    return (
        None
        if plan.gross is None
        else plan.gross - total(grant.total for grant in plan.grants if not grant.is_debt)
    )


def _is_public(grant: Grant, context: Context) -> bool:
    funder = context.organisation(grant.funding.funder)
    return grant.funding.form == "grant" and (funder is None or funder.kind != "prive")


def _public(plan: Financing, context: Context) -> Euros:
    return total(grant.total for grant in plan.grants if _is_public(grant, context))


def _last_public(plan: Financing, context: Context) -> int:
    return [grant.index for grant in plan.grants if _is_public(grant, context)][-1]


def _below(share: Fraction, floor: Decimal) -> Message:
    # rounded down, so that what is below the floor never reads as equal to it
    shown = Decimal(int(share * 1000)) / 1000
    return say(
        "own share {share} of the public financing, expected {floor} or more",
        share=write_percent(shown),
        floor=write_percent(floor),
    )


def _gap(plan: Financing, context: Context, floor: Decimal) -> Euros:
    """Give what public funders bring too much: whatever they give up, the owner pays."""
    own, public = _own(plan), _public(plan, context)
    assert own is not None
    return Euros.of((own + public).value * Fraction(floor)) - own


@rule("F104", "state-grants-above-80", Severity.ERROR)
def state_grants_above_80(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Grants of the State add up to more than 80 % of the subsidisable expense.

    Each grant counts as a part of its `eligible` expense, or of the investment in the term where none is written.

    Why
        DSIL, DETR, DSID, DPV and the Fonds vert may be added, up to this ceiling. Beyond it one of them is refused.

    Fails
        funding:
          - {funder: etat-dsil, form: grant, section: investissement, share: 50 %, status: sollicite}
          - {funder: etat-detr, form: grant, section: investissement, share: 40 %, status: sollicite}

    Passes
        funding:
          - {funder: etat-dsil, form: grant, section: investissement, share: 40 %, status: sollicite}
          - {funder: etat-detr, form: grant, section: investissement, share: 35 %, status: sollicite}

    Source
        CGCT art. L1111-10 III; Maires de France and La Gazette des communes on the addition of State grants. The
        ceiling by date is in `booklet/law/funding.yaml`.
    """
    plan, day = plan_of(document, context, "investissement"), context.decision_day(document)
    ceiling = context.law.percent("state-grants.ceiling", day) if day else None
    if plan is None or not plan.gross or ceiling is None:
        return
    grants = [grant for grant in plan.grants if grant.funding.form == "grant" and _is_state(grant, context)]
    rates = [grant.total.value / (grant.funding.eligible or plan.gross).value for grant in grants]
    if not grants or sum(rates) <= Fraction(ceiling):
        return
    yield state_grants_above_80.at(
        place(document, "funding", grants[-1].index),
        say(
            "State grants of {rate} of the expense, at most {ceiling}",
            # rounded up, for the same reason as the own share is rounded down
            rate=write_percent(Decimal(-int(-sum(rates) * 1000 // 1)) / 1000),
            ceiling=write_percent(ceiling),
        ),
        say("ask the State for less"),
        related=other_grants(document, grants[:-1]),
    )


def _is_state(grant: Grant, context: Context) -> bool:
    funder = context.organisation(grant.funding.funder)
    return funder is not None and funder.kind == "etat"
