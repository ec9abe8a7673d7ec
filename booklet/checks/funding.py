"""Family F: the financing plan compared with the cost, year by year, and with what the law lets others pay.

Shares, ceilings and own share are computed on the gross central cost of the section in the term, HT or TTC as
`funding_base` says. FCTVA is not a funder; private money is outside the ratio of the own share; a loan is the owner's
own money. `booklet/costs/financing.py` computes these figures; the rules here only compare them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.costs import sums_rest_on_a_fault
from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import span_of
from booklet.checks.vat import write_percent
from booklet.content.model.loan import INSTALMENTS, MAX_YEARS
from booklet.content.model.proposal import SECTIONS, Section
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.money.amounts import total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context
    from booklet.content.proposal_files import ProposalDocument
    from booklet.costs.financing import Financing, Grant


def find_plan(document: ProposalDocument, context: Context, section: Section) -> Financing | None:
    """Finance a section that has funders; None where it has none, or a reported fault makes its sums wrong."""
    if all(funding.section != section for funding in document.value.funding):
        return None
    return None if sums_rest_on_a_fault(document, context) else context.financing(document, section)


def find_plans(document: ProposalDocument, context: Context, section: Section) -> tuple[Financing, ...]:
    """Finance the part of each owner of a section that has funders; none where `find_plan` has none."""
    plan = find_plan(document, context, section)
    return plan.of_owners if plan else ()


def scheme_day(year: int) -> date:
    """The last day of a year: the law of that day says who may have the grants that a scheme pays in the year.

    A plan gives the year only, and a scheme that opens during the year is open to it.
    """
    return date(year, 12, 31)


@for_each_proposal
@rule("F101", "funding-exceeds-cost", Severity.ERROR)
def funding_exceeds_cost(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The financing plan brings more than what there is to pay, in the six years or in one of them.

    A funder without `year` pays as the cost goes, and exceeds no year by itself. Loans count: nobody borrows more than
    the bill. One with a month of drawing counts in the six years only, since it is drawn at once.
    Of several owners each has its own bill.

    Why
        Money that is promised beyond the cost is a mistake of the plan, or a cost that was forgotten.

    Fails
        # investissement: 100 000 € in 2022, 300 000 € in 2023
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, year: 2022}

    Passes
        # investissement: 100 000 € in 2022, 300 000 € in 2023
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, year: {2022: 50 %, 2023: 50 %}}

    Source
        CGCT art. L1612-4 (sincere budgets); `docs/format.md`, "Rules of time and money".
    """
    for plan in _plans_of_both(document, context):
        section = plan.section
        # of several owners one without a cost is told by F114
        if plan.base is None or plan.gross is None or not plan.grants or plan.has_no_line:
            continue
        given = total(grant.total for grant in plan.grants)
        if given > plan.gross:
            yield funding_exceeds_cost.at(
                span_of(document, "funding", plan.grants[-1].index),
                say(
                    "{section}: funding of {given} for a cost of {cost}",
                    section=section,
                    given=given,
                    cost=plan.gross,
                ),
                say("take {gap} away", gap=given - plan.gross),
                related=other_grants(document, plan.grants[:-1]),
            )
            continue
        for at, year in enumerate(plan.years):
            counted = [grant for grant in plan.grants if grant.funding.loan is None]
            in_year = total(grant.by_year[at] for grant in counted)
            dated = [grant for grant in counted if grant.funding.year is not None and grant.by_year[at]]
            if in_year > plan.base[at] and dated:
                yield funding_exceeds_cost.at(
                    span_of(document, "funding", dated[-1].index, "year"),
                    say(
                        "{section}: funding of {given} in {year} for a cost of {cost}",
                        section=section,
                        given=in_year,
                        year=year,
                        cost=plan.base[at],
                    ),
                    say(
                        "move {gap} to another year, or drop `year`: it then follows the cost",
                        gap=in_year - plan.base[at],
                    ),
                    related=other_grants(
                        document, [grant for grant in plan.grants if grant is not dated[-1]]
                    ),
                )
                break


def _plans_of_both(document: ProposalDocument, context: Context) -> Iterator[Financing]:
    for section in SECTIONS:
        yield from find_plans(document, context, section)


def other_grants(document: ProposalDocument, grants: list[Grant] | tuple[Grant, ...]) -> tuple[Label, ...]:
    """Label the other lines of a plan that a sum adds up."""
    return tuple(
        Label(span_of(document, "funding", grant.index), say("and {amount} here", amount=grant.total))
        for grant in grants
    )


@for_each_proposal
@rule("F112", "eligible-exceeds-cost", Severity.ERROR)
def eligible_exceeds_cost(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The expense that a share is one of is 0, or more than its section costs with VAT in the six years.

    Why
        Nobody subsidises an expense that is not there: the share would bring more than was asked for.

    Fails
        # investissement: 400 000 €
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, eligible: 900 000 €}

    Passes
        # investissement: 400 000 €
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, eligible: 300 000 €}

    Source
        Arithmetic: a part is at most the whole.
    """
    for plan in _plans_of_both(document, context):
        if plan.ttc is None or plan.has_no_line:
            continue
        cost = total(plan.ttc)
        for grant in plan.grants:
            eligible = grant.funding.eligible
            if eligible is not None and not (eligible and eligible <= cost):
                yield eligible_exceeds_cost.at(
                    span_of(document, "funding", grant.index, "eligible"),
                    say("eligible expense of {eligible} for a cost of {cost}", eligible=eligible, cost=cost),
                    say(
                        "write what the funder counts, or drop `eligible`: the share is then one of the whole cost"
                    ),
                )


@for_each_proposal
@rule("F105", "loan-funds-operating", Severity.ERROR)
def loan_funds_operating(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A loan pays for operating costs.

    Why
        A local budget borrows for investment only: what recurs each year is paid by what comes in each year.

    Fails
        funding:
          - {funder: banque, form: loan, section: fonctionnement, share: 20 %, status: sollicite}

    Passes
        funding:
          - {funder: banque, form: loan, section: investissement, share: 20 %, status: sollicite}

    Source
        CGCT art. L1612-4 (real balance: each section is balanced, loans belong to investment).
    """
    for index, funding in enumerate(document.value.funding):
        if funding.form == "loan" and funding.section == "fonctionnement":
            yield loan_funds_operating.at(
                span_of(document, "funding", index, "section"),
                say("a loan pays for `fonctionnement`"),
                say("write `section: investissement`, or delete the loan"),
            )


@for_each_proposal
@rule("F113", "loan-terms", Severity.ERROR)
def loan_terms(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """The terms of a loan make no schedule of instalments.

    A year has 1, 2, 3, 4, 6 or 12 instalments, all as far apart; a loan is paid back in 1 to 60 years; the funding's
    `year`, which may be left out, is the year in which the loan is drawn.

    Why
        Interest and principal of each year follow from the terms. Without a schedule neither could be printed.

    Fails
        loan: {rate: 2 %, years: 15, instalments: 5, repayment: level, drawn: 2022-06}

    Passes
        loan: {rate: 2 %, years: 15, instalments: 4, repayment: level, drawn: 2022-06}

    Source
        Arithmetic of loans, `docs/format.md`, "Rules of time and money".
    """
    for index, funding in enumerate(document.value.funding):
        loan, here = funding.loan, ("funding", index, "loan")
        if loan is None:
            continue
        if loan.instalments is not None and loan.instalments not in INSTALMENTS:
            counts = ", ".join(map(str, INSTALMENTS))
            yield loan_terms.at(
                span_of(document, *here, "instalments"),
                say(
                    "{count} instalments a year, expected one of {counts}",
                    count=loan.instalments,
                    counts=counts,
                ),
            )
        if loan.years is not None and not 1 <= loan.years <= MAX_YEARS:
            yield loan_terms.at(
                span_of(document, *here, "years"),
                say(
                    "a loan over {years} years, expected 1 to {longest}", years=loan.years, longest=MAX_YEARS
                ),
            )
        drawn = loan.drawn.year if loan.drawn else None
        if drawn is not None and funding.year not in (None, drawn, {drawn: Decimal(1)}):
            yield loan_terms.at(
                span_of(document, "funding", index, "year"),
                say("the loan is drawn in {month}, and paid in another year", month=str(loan.drawn)),
                say("delete `year`: a loan is there when it is drawn"),
                related=(Label(span_of(document, *here, "drawn"), say("drawn here")),),
            )


@for_each_proposal
@rule("F110", "funding-mostly-hoped", Severity.WARNING)
def funding_mostly_hoped(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """More than half of what others give has been asked of nobody: its status is `espere`.

    Both sections are added; loans are the owner's own money and left out.

    Why
        Hope is not a plan. A reader must see that the owner may have to pay the rest.

    Fails
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, status: espere}
          - {funder: etat, form: grant, section: investissement, share: 20 %, status: sollicite}

    Passes
        funding:
          - {funder: region, form: grant, section: investissement, share: 40 %, status: sollicite}
          - {funder: etat, form: grant, section: investissement, share: 20 %, status: espere}

    Source
        Australian Treasury, request form for costings (share of third parties); our own limit, in
        `booklet/checks/funding.py`.
    """
    plans = [plan for section in SECTIONS if (plan := find_plan(document, context, section)) is not None]
    given = total(grant.total for plan in plans for grant in plan.grants if not grant.is_debt)
    hoped = total(plan.by_status("espere") for plan in plans)
    if not given or hoped * 2 <= given:
        return
    indexes = sorted(
        grant.index
        for plan in plans
        for grant in plan.grants
        if grant.funding.status == "espere" and not grant.is_debt and grant.total
    )
    yield funding_mostly_hoped.at(
        span_of(document, "funding", indexes[0], "status"),
        say("{hoped} of {given} of funding is only hoped for", hoped=hoped, given=given),
        say("ask the funder and write `sollicite`, or plan with less"),
        related=tuple(
            Label(span_of(document, "funding", index, "status"), say("hoped for too"))
            for index in indexes[1:]
        ),
    )


@for_each_proposal
@rule("F111", "funding-years-mismatch", Severity.ERROR)
def funding_years_mismatch(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """The parts of a funding by year do not add up to 100 %.

    Why
        A tenth of a subsidy would be in the total of the plan and in no year.

    Fails
        year: {2022: 60 %, 2023: 30 %}

    Passes
        year: {2022: 60 %, 2023: 40 %}

    Source
        Arithmetic: the sum over the years equals the whole.
    """
    for index, funding in enumerate(document.value.funding):
        if not isinstance(funding.year, dict) or document.is_broken("funding", index, "year"):
            continue
        parts = sum(funding.year.values(), Decimal(0))
        if parts != 1:
            yield funding_years_mismatch.at(
                span_of(document, "funding", index, "year"),
                say("the years add up to {parts}, expected 100 %", parts=write_percent(parts)),
            )
