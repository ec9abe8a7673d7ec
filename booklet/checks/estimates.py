"""Family C, the estimates: their range, precision and plausibility, and nothing counted twice."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.checks.context import Context, first_month, money_lines
from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.checks.spans import node_at, span_of
from booklet.checks.vat import write_percent
from booklet.content.amount_hints import HOLE, write_estimate
from booklet.content.model.proposal import ESTIMATES
from booklet.content.yaml.nodes import Scalar
from booklet.costs.figures.inputs import MONTHS
from booklet.costs.price_years import central_price
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.cross_references import Claim
    from booklet.content.model.proposal import CostLine
    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.positions import Span

#: the narrowest range that each kind of evidence allows: high less low, as a part of central
NARROWEST = {"expert": Decimal("0.2"), "assumption": Decimal("0.4")}
#: the significant figures that each kind of evidence supports
FIGURES = {"assumption": 2, "expert": 3, "benchmark": 4}
#: natures whose cost is known to overrun its first estimate
OPTIMISTIC = frozenset({"works", "software"})

#: units of staff that say how often they are paid: a lump, or a time other than a year
_PAID_ONCE = re.compile(
    "forfait|mission|lot|prestation|ensemble|prime|jour|heure|semaine|mois|nuit|séance|vacation"
    "|lump|package|bonus|day|hour|week|month|night|session"
)


@for_each_proposal
@rule("C106", "fte-cost-unusual", Severity.WARNING)
def fte_cost_unusual(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A full-time equivalent costs less than 40 000 € or more than 70 000 € a year.

    It is asked of the central cost of staff lines whose unit is `ETP`. The bounds are parameters of the law.

    Why
        A forgotten employer's contribution, or a monthly salary written as a yearly one, makes a team half as dear as
        it is. What lies outside these bounds may be right, and deserves a word: waive it with the reason.

    Fails
        nature: staff
        unit: ETP
        unit_cost: 28 000 €

    Passes
        nature: staff
        unit: ETP
        unit_cost: 55 000 €

    Source
        Institut Montaigne, municipales 2014 and 2020 (56 k€ in Toulouse, 65 k€ in Bordeaux, 40 to 46 k€ in Rennes);
        OFGL 2022 (median of 54 042 € per agent of the municipal police).
    """
    phases = document.value.phases_by_id
    for group, index, line in money_lines(document):
        month = first_month(line, phases)
        unit_cost = central_price(line, context.prices, context.law)
        if not line.counts_full_time:
            continue
        if month is None or unit_cost is None or document.is_broken(group, index, "unit_cost"):
            continue
        low = context.law.amount("staff.cost-low", month.first_day)
        high = context.law.amount("staff.cost-high", month.first_day)
        if low is None or high is None or low <= unit_cost <= high:
            continue
        yield fte_cost_unusual.at(
            _span_of_central(document, group, index),
            say(
                "{amount} per full-time equivalent, expected {low} to {high}",
                amount=unit_cost,
                low=low,
                high=high,
            ),
            say("write the employer's cost of a whole year, or waive C106 with the reason"),
        )


@for_each_proposal
@rule("C113", "staff-paid-once", Severity.WARNING)
def staff_paid_once(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """What looks like the cost of a person and year is paid once over a phase of more or less than a year.

    It is asked of staff whose unit is no full-time equivalent, no lump and no time (`forfait`, `mission`), at half
    the least to twice the most that one costs a year (C106), and of full-time equivalents that are no `staff`.

    Why
        Two people for thirty months cost two and a half times what they cost in a year. Only staff in `ETP` counts the
        months of its phase; another unit is an amount that the phase shares out.

    Fails
        nature: staff
        unit: agent
        unit_cost: 55 000 €
        spread: deploiement   # thirty months

    Passes
        nature: staff
        unit: ETP
        unit_cost: 55 000 €
        spread: deploiement   # thirty months

    Source
        Arithmetic: what costs a year is paid each year.
    """
    phases = document.value.phases_by_id
    for group, index, line in money_lines(document):
        phase = phases.get(line.spread) if isinstance(line.spread, str) and line.recurs is None else None
        amount = line.unit_cost.central if line.unit_cost else None
        if phase is None or phase.period is None or phase.period.months == MONTHS or amount is None:
            continue
        if line.counts_full_time or not (line.nature == "staff" or line.names_full_time):
            continue
        low, high = (
            context.law.amount(f"staff.cost-{bound}", phase.period.start.first_day)
            for bound in ("low", "high")
        )
        is_yearly = low is not None and high is not None and low * Fraction(1, 2) <= amount <= high * 2
        if line.names_full_time or (is_yearly and not _PAID_ONCE.match((line.unit or "").casefold())):
            yield staff_paid_once.at(
                _span_of_central(document, group, index),
                say(
                    "{amount} per {unit}, paid once over {months} months",
                    amount=amount,
                    unit=line.unit,
                    months=phase.period.months,
                ),
                say(
                    "if it is the cost of a year, write `nature: staff` and `unit: ETP`; if not, `unit: forfait`"
                ),
            )


@for_each_proposal
@rule("C107", "range-too-narrow", Severity.WARNING)
def range_too_narrow(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """The range of an estimate is narrower than what it rests on allows.

    High less low, as a part of central: at least 20 % for `expert`, 40 % for `assumption`. One single amount has no
    range at all; for works and software without a contract that is C108, told once.

    Why
        An opinion or an assumption that pretends to a few percent misleads twice: by its figure, and by the
        percentiles of the whole booklet.

    Fails
        unit_cost: {low: 11 500 €, central: 12 000 €, high: 12 500 €}
        evidence: assumption

    Passes
        unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}
        evidence: assumption

    Source
        US GAO, Cost Estimating and Assessment Guide (ranges follow the quality of the data); Australian PBO (no false
        precision); our own limits, in `booklet/checks/estimates.py`.
    """
    for group, index, line in money_lines(document):
        estimate = line.unit_cost.range if line.unit_cost else None
        narrowest = NARROWEST.get(line.evidence or "")
        if estimate is None or narrowest is None or not estimate.central or document.is_broken(group, index):
            continue
        width = (estimate.high - estimate.low).value / estimate.central.value
        if not 0 <= width < Fraction(narrowest) or (group == "costs" and _has_no_margin(line)):
            continue
        yield range_too_narrow.at(
            span_of(document, group, index, "unit_cost"),
            say(
                "range of {width} around {central}, expected {narrowest} or more for `{evidence}`",
                width=write_percent(Decimal(round(width * 1000)) / 1000),
                central=estimate.central,
                narrowest=write_percent(narrowest),
                evidence=line.evidence,
            ),
            _hint_range(document, group, index),
        )


@for_each_proposal
@rule("C108", "no-optimism-margin", Severity.WARNING)
def no_optimism_margin(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Works or software have one single price, and no contract.

    Why
        Works and software are the purchases that overrun most. Before a contract there is no one price: an estimate
        without a high side is an optimistic one.

    Fails
        nature: software
        unit_cost: 600 000 €
        evidence: expert

    Passes
        nature: software
        unit_cost: {low: 400 000 €, central: 600 000 €, high: 900 000 €}
        evidence: expert

    Source
        UK HM Treasury, Green Book, supplementary guidance on optimism bias (upper bounds on capital expenditure: 44 %
        for standard civil engineering, 200 % for equipment and development).
    """
    for index, line in enumerate(document.value.costs):
        if _has_no_margin(line) and not document.is_broken("costs", index):
            yield no_optimism_margin.at(
                span_of(document, "costs", index, "unit_cost"),
                say("one price for `{nature}`, and no contract", nature=line.nature),
                _hint_range(document, "costs", index),
            )


def _hint_range(document: ProposalDocument, *line: str | int) -> Message:
    """Show one amount as the middle of three, whose others are the author's to say; three are to be further apart."""
    node = node_at(document, *line, "unit_cost")
    if isinstance(node, Scalar):
        text = write_estimate(HOLE, node.text.strip(), HOLE)
        return say("write `{text}`, or say what better evidence there is", text=text)
    return say("widen `low` and `high`, or say what better evidence there is")


def _has_no_margin(line: CostLine) -> bool:
    estimate = line.unit_cost.range if line.unit_cost else None
    if estimate is None or not estimate.central or line.nature not in OPTIMISTIC:
        return False
    return estimate.low == estimate.high and line.evidence not in (None, "contract")


@for_each_proposal
@rule("C112", "false-precision", Severity.INFORMATION)
def false_precision(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A unit cost has more figures than what it rests on can bear.

    Two significant figures for `assumption`, three for `expert`, four for `benchmark`; as many as there are for
    `contract`. Zeros at the end do not count. One line is told once.

    Why
        `17 850 €` looks like a price that somebody paid. Where it was assumed, `18 000 €` says as much and does not
        pretend.

    Fails
        unit_cost: {low: 14 000 €, central: 17 850 €, high: 24 000 €}
        evidence: assumption

    Passes
        unit_cost: {low: 14 000 €, central: 18 000 €, high: 24 000 €}
        evidence: assumption

    Source
        Australian PBO, rounding rules (three significant figures); our own limits, in `booklet/checks/estimates.py`.
    """
    for group, index, line in money_lines(document):
        supported = FIGURES.get(line.evidence or "")
        if line.unit_cost is None or supported is None or document.is_broken(group, index):
            continue
        for name in ESTIMATES:
            amount: Euros | None = getattr(line.unit_cost, name)
            if amount is None or (figures := _count_figures(amount)) <= supported:
                continue
            path = (group, index, "unit_cost", name)
            yield false_precision.at(
                span_of(document, *(path if document.has(*path) else path[:-1])),
                say(
                    "{figures} significant figures, at most {borne} for `{evidence}`",
                    figures=figures,
                    borne=supported,
                    evidence=line.evidence,
                ),
                say("write `{amount}`", amount=_round_to_figures(amount, supported)),
            )
            break


def _to_decimal(amount: Euros) -> Decimal:
    """Convert an amount that was typed, hence a finite decimal."""
    return Decimal(amount.value.numerator) / Decimal(amount.value.denominator)


def _count_figures(amount: Euros) -> int:
    return len(_to_decimal(amount).normalize().as_tuple().digits)


def _round_to_figures(amount: Euros, figures: int) -> Euros:
    decimal = _to_decimal(amount)
    return Euros.of(amount.rounded(Decimal(1).scaleb(decimal.adjusted() - figures + 1)))


@for_workspace
@rule("C109", "double-count", Severity.ERROR)
def double_count(context: Context) -> Iterator[Diagnostic]:
    """The same thing is counted twice: one `asset` in two cost lines, or one funding `envelope` in two plans.

    Lines of one proposal are compared, and those of all ready proposals; drafts add to nothing.

    Why
        Two groups that need the same server each put it in their plan, and the booklet asks for two. Two plans that
        rest on the same subsidy promise it twice.

    Fails
        # in bus.yaml and in bornes.yaml
        asset: centrale-regulation

    Passes
        # in bus.yaml only; bornes.yaml has `links: {overlaps: [bus]}`
        asset: centrale-regulation

    Source
        US GAO, Cost Estimating and Assessment Guide (a comprehensive estimate neither omits nor double-counts).
    """
    first_by_key: dict[tuple[str, ...], tuple[ProposalDocument, Claim]] = {}
    for document in context.workspace.proposals:
        # a draft is in no total: it is compared with itself alone
        scope = "" if document.cross_references.is_ready else document.source.path
        for claim in document.cross_references.claims:
            here = (document, claim)
            first = first_by_key.setdefault((scope, claim.word, claim.value), here)
            if first is here:
                continue
            yield double_count.at(
                _span_of_claim(*here),
                say("asset `{id}` is counted twice", id=claim.value)
                if claim.word == "asset"
                else say("envelope `{id}` is counted twice", id=claim.value),
                say("count it in one place, and name the other proposal under `links: {{overlaps: […]}}`"),
                related=(Label(_span_of_claim(*first), say("first counted here")),),
            )


def _span_of_claim(document: ProposalDocument, claim: Claim) -> Span:
    return span_of(document, claim.group, claim.index, claim.word)


def _span_of_central(document: ProposalDocument, group: str, index: int) -> Span:
    path = (group, index, "unit_cost", "central")
    return span_of(document, *(path if document.has(*path) else path[:-1]))
