"""Family F, the floor of the owner's own share and the ceiling of the State's grants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

from booklet.checks.funding import find_plans, other_grants
from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import span_of
from booklet.checks.vat import write_percent
from booklet.content.model.edition import LOCAL_AUTHORITIES
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule
from booklet.money.amounts import total
from booklet.money.euros import ZERO, Euros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from booklet.checks.context import Context
    from booklet.content.proposal_files import ProposalDocument
    from booklet.costs.financing import Financing, Grant


@for_each_proposal
@rule("F102", "own-share-below-20", Severity.ERROR)
def own_share_below_20(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The owner brings less than 20 % of what public persons bring to an investment.

    Asked of communes, départements, regions and their groupings (métropoles, communities, syndicates), on the
    investment in the term; not of a CCAS, an SPL or a public establishment. Loans are the owner's own
    money; private money is outside. The law has exceptions (ANRU, protected monuments, public calamities…): waive the
    finding and name the one that applies. Of several owners each is asked of its part.

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
        CGCT art. L1111-10 III; the floor and its exceptions by date are in `booklet/law/fr/funding.yaml`.
    """
    for shortfall in _list_shortfalls(document, context, "own-share.floor"):
        exceptions = context.law.words("own-share.waivers", shortfall.day) or frozenset()
        yield own_share_below_20.at(
            span_of(document, "funding", shortfall.public_grants[-1].index),
            shortfall.message,
            say("ask for {gap} less", gap=shortfall.gap),
            say("or waive F102 and name the exception: {words}", words=", ".join(sorted(exceptions)))
            if exceptions
            else say("or waive F102 and name the exception"),
        )


@for_each_proposal
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
        CGCT art. L1111-9; the fields by date are in `booklet/law/fr/competences.yaml`.
    """
    field, day = document.value.field_, context.decision_day(document)
    if field is None or day is None or context.law.words(f"chef-de-file.{field}", day) is None:
        return
    below_20 = {shortfall.owner for shortfall in _list_shortfalls(document, context, "own-share.floor")}
    for shortfall in _list_shortfalls(document, context, "own-share.floor-chef-de-file"):
        if shortfall.owner in below_20:
            continue
        yield own_share_below_30.at(
            span_of(document, "funding", shortfall.public_grants[-1].index),
            shortfall.message,
            say("ask for {gap} less, or waive F103 and name the convention (CTEC)", gap=shortfall.gap),
            related=(Label(span_of(document, "field"), say("a field with a lead authority")),),
        )


@dataclass(frozen=True, slots=True)
class _Shortfall:
    """A plan in which the owner brings less than the law requires."""

    #: id of the owner
    owner: str | None
    #: money of the owner, and grants of other public persons
    own_share: Euros
    public: Euros
    public_grants: tuple[Grant, ...]
    #: the least part of `own_share` in the sum of the two
    floor: Decimal
    #: the day whose law applies
    day: date

    @property
    def message(self) -> Message:
        """The finding; the share is rounded down, so that one below the floor never reads as equal to it.

        A share that is not 0 never reads as 0.
        """
        share = self.own_share.value / (self.own_share + self.public).value
        scale = next(10**digits for digits in count(3) if share * 10**digits >= 1 or not share)
        return say(
            "own share {share} of the public financing, expected {floor} or more",
            share=write_percent(Decimal(int(share * scale)) / scale),
            floor=write_percent(self.floor),
        )

    @property
    def gap(self) -> Euros:
        """The excess of public grants: whatever they give less, the owner pays."""
        return Euros.of((self.own_share + self.public).value * Fraction(self.floor)) - self.own_share


def _list_shortfalls(document: ProposalDocument, context: Context, floor_id: str) -> Iterator[_Shortfall]:
    """Compare each owner's share of an investment with the floor in a parameter of the law."""
    day = context.decision_day(document)
    floor = context.law.percent(floor_id, day) if day else None
    if day is None or floor is None:
        return
    for plan in find_plans(document, context, "investissement"):
        owner, own_share = context.organisation(plan.owner), plan.own_share_total
        public_grants = tuple(grant for grant in plan.grants if _is_public(grant, context))
        public = total(grant.total for grant in public_grants)
        if owner is None or owner.kind not in LOCAL_AUTHORITIES or own_share is None or not public:
            continue
        # grants above the whole cost are F101
        if own_share >= ZERO and own_share.value < (own_share + public).value * Fraction(floor):
            yield _Shortfall(plan.owner, own_share, public, public_grants, floor, day)


def _is_public(grant: Grant, context: Context) -> bool:
    funder = context.organisation(grant.funding.funder)
    return grant.funding.form == "grant" and (funder is None or funder.kind != "prive")


@for_each_proposal
@rule("F104", "state-grants-above-80", Severity.ERROR)
def state_grants_above_80(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Grants of the State add up to more than 80 % of the subsidisable expense.

    Each grant counts as a part of its `eligible` expense, or of the investment in the term where none is written. For a
    decision from 6 October 2021 on that investment counts before VAT, whatever the edition's `funding_base`. Of several
    owners each has its own investment.

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
        CGCT art. L1111-10 III and R2334-27 (décret 2021-1291); Maires de France and La Gazette des communes on the
        addition of State grants. The ceiling and its base by date are in `booklet/law/fr/funding.yaml`.
    """
    day = context.decision_day(document)
    ceiling = context.law.percent("state-grants.ceiling", day) if day else None
    if day is None or ceiling is None:
        return
    for plan in find_plans(document, context, "investissement"):
        if plan.gross:
            yield from _check_state_grants(document, context, plan, day, ceiling)


def _check_state_grants(
    document: ProposalDocument, context: Context, plan: Financing, day: date, ceiling: Decimal
) -> Iterator[Diagnostic]:
    assert plan.gross is not None
    before_vat = "ht" in (context.law.words("state-grants.base", day) or ())
    expense = total(plan.ht) if before_vat else plan.gross
    grants = [grant for grant in plan.grants if grant.is_of_state]
    rates = [grant.total.value / (grant.funding.eligible or expense).value for grant in grants]
    if not grants or sum(rates) <= Fraction(ceiling):
        return
    yield state_grants_above_80.at(
        span_of(document, "funding", grants[-1].index),
        say(
            "State grants of {rate} of the expense, at most {ceiling}",
            # rounded up, so that a rate above the ceiling never reads as equal to it
            rate=write_percent(Decimal(-int(-sum(rates) * 1000 // 1)) / 1000),
            ceiling=write_percent(ceiling),
        ),
        say("ask the State for less"),
        *([say("the expense counts before VAT: {amount}", amount=expense)] if expense != plan.gross else []),
        related=other_grants(document, grants[:-1]),
    )
