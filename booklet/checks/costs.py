"""Family C: the costs compared with each other, with the declared total and with the term.

Sources: the CGCT and the CGI, as named under each rule, and the practice of published costings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from booklet.checks.context import Context, money_lines, severity_if_missing
from booklet.checks.lines import units_differ
from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import is_attempted, span_of
from booklet.content.model.proposal import SECTIONS, CostLine, Phase, Proposal
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule
from booklet.money.calendar import Month, Period, Term
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.proposal_files import ProposalDocument


@for_each_proposal
@rule("C101", "total-mismatch", Severity.ERROR)
def total_mismatch(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The total that the proposal declares is not what its lines add up to.

    `total` is HT, central, over the six budget years. It is compared exactly; a sum that has no finite decimal is
    compared to the cent.

    Why
        A declared total guards against a line lost or changed by mistake. The reader of the booklet adds up the
        lines, and finds the difference.

    Fails
        # the lines of investissement add up to 1 800 000 €
        total: {investissement: "1,9 M€"}

    Passes
        # the lines of investissement add up to 1 800 000 €
        total: {investissement: "1,8 M€"}

    Source
        Arithmetic; US GAO, Cost Estimating and Assessment Guide: an accurate estimate has no mistakes of addition.
    """
    total, costing = document.value.total, context.costing(document)
    if total is None or costing is None or not costing.is_complete or sums_rest_on_a_fault(document, context):
        return
    for section in SECTIONS:
        declared = getattr(total, section)
        if declared is None or document.is_broken("total", section):
            continue
        computed = costing.by_section[section].total.central
        if declared in (computed, Euros.of(computed.rounded())):
            continue
        difference = declared - computed if declared > computed else computed - declared
        yield total_mismatch.at(
            span_of(document, "total", section),
            say(
                "declared {declared}, the lines add up to {computed}, difference {difference}",
                declared=declared,
                computed=computed,
                difference=difference,
            ),
            say("write `{amount}` if the lines are right", amount=_type_amount(computed)),
        )


def sums_rest_on_a_fault(document: ProposalDocument, context: Context) -> bool:
    """Check whether a reported fault of a line makes every sum of the costs wrong, so that no sum is reported too."""
    return context.cached(document, "has faulty line", lambda: _has_faulty_line(document, context))


def _has_faulty_line(document: ProposalDocument, context: Context) -> bool:
    if document.is_broken("costs") or document.is_broken("timeline") or context.term is None:
        return True
    phases = document.value.phases_by_id
    return any(
        (line.spread is not None and line.recurs is not None)
        or units_differ(line)
        or any(True for _ in _find_money_outside(line, phases, context.term))
        for line in document.value.costs
    )


def _type_amount(amount: Euros) -> str:
    """Write an amount as an author can type it, in either language."""
    whole, _, cents = f"{amount.rounded():,f}".partition(".")
    return f"{whole.replace(',', ' ')}{f',{cents}' if cents.strip('0') else ''} €"


@for_each_proposal
@rule("C103", "cost-outside-term", Severity.ERROR)
def cost_outside_term(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Money falls in a month outside the six budget years.

    Nothing is moved or dropped: the place that puts the money there is shown. What recurs may go on after the term,
    and is then printed as the cost of a full year after it; it may not start after the term. A phase that leaves the
    term altogether is T101, reported once. What an operation really paid before the six years, or leaves to pay after
    them, is an amount of its line: `paid_before`, `paid_after`.

    Why
        The booklet prints six years. Money outside them would be in the total and in no column, or the other way
        round.

    Fails
        # term: {start: 2020-07, years: 2021-2026}
        spread: {2026: 110, 2027: 40}

    Passes
        spread: {2025: 40, 2026: 110}

    Source
        `docs/format.md`, "Rules of time and money".
    """
    term = context.term
    if term is None:
        return
    phases = document.value.phases_by_id
    for group, index, line in money_lines(document):
        for path, message, hint in _find_money_outside(line, phases, term):
            if document.is_broken(group, index, *path):
                continue
            span = (
                document.key_span(group, index, *path)
                if path[-1].isdigit()
                else span_of(document, group, index, *path)
            )
            hints = (hint, *_paid_elsewhere(group, path, term))
            yield cost_outside_term.at(span, message, *hints)
    for index, funding in enumerate(document.value.funding):
        here = ("funding", index, "year")
        if isinstance(funding.year, int):
            spans = {funding.year: span_of(document, *here)}
        else:
            spans = {year: document.key_span(*here, str(year)) for year in funding.year or ()}
        for year, span in spans.items():
            if not term.bears_money(year) and not document.is_broken(*here):
                yield cost_outside_term.at(span, _outside(say("funding"), year, term))
        drawn = funding.loan.drawn if funding.loan else None
        if drawn is not None and not term.bears_money(drawn.year):
            span = span_of(document, "funding", index, "loan", "drawn")
            yield cost_outside_term.at(span, _outside(say("a loan drawn"), drawn, term))


def _paid_elsewhere(group: str, path: tuple[str, ...], term: Term) -> Iterator[Message]:
    """Name the key of what the six years do not pay of a cost that has units outside them."""
    if group == "costs" and path[0] == "spread" and path[-1].isdigit():
        key = "paid_before" if int(path[-1]) < term.first_year else "paid_after"
        yield say("or write its amount under `{key}`, which is in the AP only", key=key)


class _MoneyOutside(NamedTuple):
    """A key of a line that puts money outside the budget years."""

    #: below the line
    path: tuple[str, ...]
    message: Message
    hint: Message


def _find_money_outside(line: CostLine, phases: dict[str, Phase], term: Term) -> Iterator[_MoneyOutside]:
    """Find the keys of a line that put money outside the budget years."""
    recurs = line.recurs
    for year, units in recurs.units.items() if recurs is not None else ():
        if not term.bears_money(year):
            early = year < term.first_year
            hint = (
                say("move the {units} units to {year} or later", units=units, year=term.first_year)
                if early
                else say("delete it: what a year after the term costs is under `then`")
            )
            yield _MoneyOutside(("recurs", str(year)), _outside(say("recurring cost"), year, term), hint)
    if recurs is not None and not recurs.is_ramp and recurs.start is not None:
        start = recurs.start
        if not term.bears_money(start.year):
            early = start.year < term.first_year
            month = Month(term.first_year, 1) if early else term.end
            hint = (
                say("write `{month}` or later", month=month)
                if early
                else say("write `{month}` or earlier", month=month)
            )
            yield _MoneyOutside(("recurs", "from"), _outside(say("recurring cost"), start, term), hint)
    if isinstance(line.spread, dict):
        for year, units in line.spread.items():
            if term.bears_money(year) or not units:
                continue
            early = year < term.first_year
            hint = (
                say("move the {units} units to {year} or later", units=units, year=term.first_year)
                if early
                else say("move the {units} units to {year} or earlier", units=units, year=term.last_year)
            )
            yield _MoneyOutside(("spread", str(year)), _outside(say("cost"), year, term), hint)
    elif isinstance(line.spread, str):
        phase = phases.get(line.spread)
        period = _inside(phase.period, term) if phase else None
        if period is not None and period.start.year < term.first_year:
            hint = say(
                "spread it over a phase that starts in {year}, or by units per year", year=term.first_year
            )
            yield _MoneyOutside(("spread",), _outside(say("cost"), period.start, term), hint)


def _inside(period: Period | None, term: Term) -> Period | None:
    """Cut a phase at T0 and at the end of the term; what lies beyond is reported as T101."""
    if period is None:
        return None
    cut = Period(max(period.start, term.start), min(period.end, term.end))
    return cut if cut.months > 0 else None


def _outside(payment: Message, when: Month | int, term: Term) -> Message:
    """Word that money falls in a month or year before or after the budget years."""
    year = when if isinstance(when, int) else when.year
    if year < term.first_year:
        return say(
            "{what} in {when}, before the budget years start in {year}",
            what=payment,
            when=str(when),
            year=term.first_year,
        )
    return say(
        "{what} in {when}, after the term ends in {year}", what=payment, when=str(when), year=term.last_year
    )


@for_each_proposal
@rule("C104", "capex-without-opex", Severity.WARNING)
def capex_without_opex(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Something is built or bought, nothing recurs, and the proposal does not say why.

    In a draft this is information.

    Why
        What is built must be run. Over the life of a public building, running costs reach three to four times the
        investment; a proposal without them promises half of the bill.

    Fails
        costs:
          - label: Piscine
            section: investissement

    Passes
        costs:
          - label: Étude de faisabilité
            section: investissement
        no_running_cost: une étude ne demande aucun entretien

    Source
        Ekopolis, coût global (operation is three to four times the investment); Institut Montaigne, chiffrage 2020
        (investment and yearly cost are always two numbers).
    """
    proposal = document.value
    if proposal.no_running_cost is not None or is_attempted(document, Proposal, "no_running_cost"):
        return
    if any(
        document.has("costs", index, "recurs") or is_attempted(document, CostLine, "costs", index, "recurs")
        for index in range(len(proposal.costs))
    ):
        return
    builds = any(line.section == "investissement" for line in proposal.costs)
    if builds and not any(line.recurs is not None for line in proposal.costs):
        yield capex_without_opex.at(
            document.key_span("costs"),
            say("investment, and nothing recurs"),
            say("add a line with `recurs: {{from: …}}`, or say why in `no_running_cost: …`"),
            severity=severity_if_missing(document),
        )


@for_each_proposal
@rule("C105", "opex-stops-with-term", Severity.WARNING)
def opex_stops_with_term(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A recurring cost stops in the last budget year, and the line does not say why.

    Why
        A cost that ends when the booklet ends looks cheaper than it is: after the term somebody pays, or the service
        closes.

    Fails
        recurs: {from: 2022-01, until: 2026-12}

    Passes
        recurs: {from: 2022-01, until: 2026-12}
        ends_because: la convention avec l'État s'achève en 2026

    Source
        Institut Montaigne, chiffrage 2020 (one-off or yearly); US CBO, Cost estimates (effects beyond the window).
    """
    if context.term is None:
        return
    for index, line in enumerate(document.value.costs):
        if line.recurs is None or line.ends_because is not None:
            continue
        until, units = line.recurs.until, line.recurs.units
        last = max(units, default=None) if line.recurs.then == 0 else until and until.year
        if last != context.term.last_year:
            continue
        if is_attempted(document, CostLine, "costs", index, "ends_because"):
            continue
        yield opex_stops_with_term.at(
            span_of(document, "costs", index, "recurs", "until" if until else "then"),
            say("a recurring cost stops in the last budget year"),
            say("delete `until` if it goes on, or say why in `ends_because: …`")
            if until
            else say("write what it costs after the term, or say why it ends in `ends_because: …`"),
        )
