"""Lines of cost and revenue: their quantities (C102, C114 and M103), and prices of another year (M102, M106, M111)."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING

from booklet.checks.context import Context, money_lines, severity_if_missing
from booklet.checks.references import report_unknown
from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.checks.spans import is_attempted, span_of
from booklet.content.model.fields import keys_of
from booklet.content.model.proposal import CostLine
from booklet.content.paths import PARAMETERS
from booklet.content.schema_rules import missing_key, wrong_type
from booklet.costs.price_years import needs_index
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule
from booklet.law.lookup import PRICE_INDEX, load_law
from booklet.money.euros import NOTHING, Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.positions import Span


@for_each_proposal
@rule("C102", "spread-mismatch", Severity.ERROR)
def spread_mismatch(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """The units spread over the budget years do not add up to the quantity, of three the central one.

    The quantity of a ramp is its `then`, and needs not be written.

    Why
        The line would cost one amount in the table of lines and another in the table of years.

    Fails
        quantity: 150
        spread: {2021: 50, 2022: 90}

    Passes
        quantity: 150
        spread: {2021: 50, 2022: 100}

    Source
        Arithmetic: the sum over the years equals the whole.
    """
    for group, index, line in money_lines(document):
        keys = ("quantity", "spread", "recurs")
        if line.quantity is None or any(document.is_broken(group, index, key) for key in keys):
            continue
        quantity = Label(span_of(document, group, index, "quantity"), say("the quantity stands here"))
        if line.units_by_year is not None and not line.quantity and any(line.quantity_range or ()):
            yield spread_mismatch.at(
                document.key_span(group, index, "spread" if line.recurs is None else "recurs"),
                say("units by year of a central quantity of 0: when the others come is not known"),
                say("spread the line over a phase"),
                related=(quantity,),
            )
        elif line.recurs is not None and units_differ(line):
            yield spread_mismatch.at(
                span_of(document, group, index, "recurs", "then"),
                say(
                    "{units} units a year, expected {quantity}",
                    units=line.recurs.then,
                    quantity=line.quantity,
                ),
                say("delete `quantity`, which a ramp has in `then`"),
                related=(quantity,),
            )
        if not isinstance(line.spread, dict) or not units_differ(line):
            continue
        units = sum(line.spread.values(), Decimal(0))
        gap = units - line.quantity
        yield spread_mismatch.at(
            span_of(document, group, index, "spread"),
            say("units per year add up to {units}, expected {quantity}", units=units, quantity=line.quantity),
            say("take {gap} units away", gap=gap) if gap > 0 else say("add {gap} units", gap=-gap),
            related=(quantity,),
        )


def units_differ(line: CostLine) -> bool:
    """Check whether the units written by year, or those of a ramp, are not the quantity."""
    if line.recurs is not None:
        return line.recurs.then is not None and line.quantity != line.recurs.then
    if not isinstance(line.spread, dict) or line.quantity is None:
        return False
    return sum(line.spread.values(), Decimal(0)) != line.quantity


@for_each_proposal
def check_ramps(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Require of a ramp years without a gap, and no months beside them (M103)."""
    for group, index, line in money_lines(document):
        recurs, here = line.recurs, (group, index, "recurs")
        if recurs is None or not recurs.is_ramp or document.is_broken(*here):
            continue
        for key in ("from", "until"):
            if document.has(*here, key):
                message = say("`{key}` beside units by year, expected one of the two", key=key)
                yield from wrong_type(document.key_span(*here, key), message, say("keep one of the two"))
        if not recurs.units and not document.has(*here, "from"):
            message = say("`then` without the units of a year before it")
            hint = say("write the units of each year, as `{{2022: 10, 2023: 60, then: 150}}`")
            yield from wrong_type(document.key_span(*here, "then"), message, hint)
        for year, following in pairwise(sorted(recurs.units)):
            if following > year + 1:
                message = say(
                    "units of {year} and {following}, and none between", year=year, following=following
                )
                hint = say("write the units of {year} too, be they 0", year=year + 1)
                yield from wrong_type(document.key_span(*here, str(following)), message, hint)


@for_each_proposal
@rule("C114", "scenario-order", Severity.ERROR)
def scenario_order(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """The lines of one scenario do not add up in order: low ≤ central ≤ high.

    One line of a scenario may go down where another goes up. The three totals, over the six years and before VAT, are
    those of the whole scenario.

    Why
        Low is the scenario that costs least. Where it costs more than the central one, a line has its quantities the
        wrong way round, or the name of another scenario.

    Fails
        # 880 k€ a school, 2,2 M€ a group of schools
        - {label: École, quantity: {low: 4, central: 2, high: 0}, scenario: ecoles}
        - {label: Groupe, quantity: {low: 3, central: 3, high: 3}, scenario: ecoles}

    Passes
        # 880 k€ a school, 2,2 M€ a group of schools
        - {label: École, quantity: {low: 4, central: 2, high: 0}, scenario: ecoles}
        - {label: Groupe, quantity: {low: 1, central: 3, high: 5}, scenario: ecoles}

    Source
        Institut Montaigne, chiffrages 2014 (three scenarios of one programme of schools).
    """
    costing = context.costing(document)
    if costing is None:
        return
    groups = {
        "costs": costing.lines,
        "revenues": costing.revenues,
        "savings": costing.savings.lines,
        "lost_revenue": costing.lost_revenue.lines,
    }
    costed = {(group, one.index): one for group, lines in groups.items() for one in lines}
    for (group, name), lines in _scenarios(document).items():
        yield from _check_drivers(document, group, lines)
        if any((group, index) not in costed for index, _ in lines):
            continue
        total: Range = reduce(Range.__add__, (costed[group, index].ht.total for index, _ in lines), NOTHING)
        if not total.low <= total.central <= total.high:
            (first, _), *others = lines
            yield scenario_order.at(
                span_of(document, group, first, "scenario"),
                say(
                    "scenario `{name}` adds up to {low}, {central} and {high}",
                    name=name,
                    low=total.low,
                    central=total.central,
                    high=total.high,
                ),
                say("its sums are to be in order: low ≤ central ≤ high"),
                related=tuple(
                    Label(span_of(document, group, other, "scenario"), say("and this line"))
                    for other, _ in others
                ),
            )


def _scenarios(document: ProposalDocument) -> dict[tuple[str, str], list[tuple[int, CostLine]]]:
    """The lines of each scenario, with their indexes, by list and name."""
    found: dict[tuple[str, str], list[tuple[int, CostLine]]] = {}
    for group, index, line in money_lines(document):
        if line.scenario is not None:
            found.setdefault((group, line.scenario), []).append((index, line))
    return found


def _check_drivers(
    document: ProposalDocument, group: str, lines: list[tuple[int, CostLine]]
) -> Iterator[Diagnostic]:
    """Report lines of a scenario that move with something else than the others (M103)."""
    first, driver = lines[0][0], lines[0][1].driver
    for index, line in lines[1:]:
        if line.driver != driver and not document.is_broken(group, index, "driver"):
            yield wrong_type.at(
                span_of(document, group, index, "scenario"),
                say("lines of one scenario with several drivers, expected one for all or none"),
                say("write the same `driver`, or another `scenario`"),
                related=(
                    Label(span_of(document, group, first, "scenario"), say("another line stands here")),
                ),
            )


@for_each_proposal
@rule("M111", "no-price-index", Severity.ERROR)
def no_price_index(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Amounts are in the prices of another year than the edition's, and no index brings them to it.

    An index has one value for each year, `price-index.NAME` in `proposals/parameters.yaml`. No other year stands for
    one that is missing. In a draft this is information.

    Why
        A sum adds euros of one year. 36 600 € of 2011 beside 36 600 € of 2019 are two amounts.

    Fails
        # `prices: {year: 2019, basis: ht}`, without `index`
        unit_cost: 36 600 €
        price_year: 2011

    Passes
        # price-index.ipc has a value of 2011 and one of 2019
        unit_cost: 36 600 €
        price_year: 2011
        index: ipc

    Source
        INSEE, price indices (an amount is compared in the prices of one year); HM Treasury, Green Book (prices of a
        base year).
    """
    prices = context.prices
    if prices is None or prices.year is None:
        return
    for group, index, line in money_lines(document):
        here = (group, index)
        if line.price_year is None:
            if line.index is not None and not is_attempted(document, CostLine, *here, "price_year"):
                described = {"price_year": keys_of(CostLine)["price_year"].description}
                draft = not document.value.is_ready
                yield from missing_key(document.key_span(*here, "index"), described, draft=draft)
            continue
        if not needs_index(line, prices) or is_attempted(document, CostLine, *here, "index"):
            continue
        span, name = span_of(document, *here, "price_year"), line.index or prices.index
        if name is None:
            yield no_price_index.at(
                span,
                say(
                    "prices of {year}, and no index brings them to {prices}",
                    year=line.price_year,
                    prices=prices.year,
                ),
                say("add `index` to the line, or to `prices` in `edition.yaml`"),
                severity=severity_if_missing(document),
            )
        elif not _is_known(name, context):
            if line.index is not None:  # that of the edition is reported there
                yield _report_name(document.span(*here, "index"), name, context)
        else:
            yield from _find_missing_years(document, span, name, (line.price_year, prices.year), context)


def _find_missing_years(
    document: ProposalDocument, span: Span, name: str, years: tuple[int, int], context: Context
) -> Iterator[Diagnostic]:
    id, parameters = f"{PRICE_INDEX}{name}", context.workspace.parameters
    if parameters.is_broken(id) if parameters else PARAMETERS in context.workspace.sources:
        return
    written = parameters is not None and parameters.has(id)
    for year in years:
        if context.law.index(name, year) is None:
            yield no_price_index.at(
                span,
                say("price index `{name}` has no value of {year}", name=name, year=year),
                say("add `{day}` to `{id}` in `{path}`", day=f"{year}-01-01", id=id, path=PARAMETERS),
                severity=severity_if_missing(document),
                related=(Label(parameters.key_span(id), say("written here")),)
                if parameters and written
                else (),
            )


def _is_known(name: str, context: Context) -> bool:
    """Check whether there is an index, be it one that cannot be read."""
    workspace, id = context.workspace, f"{PRICE_INDEX}{name}"
    if id in load_law().parameters:
        return True
    return workspace.parameters.has(id) if workspace.parameters else PARAMETERS in workspace.sources


def _report_name(span: Span, name: str, context: Context) -> Diagnostic:
    known = [id.removeprefix(PRICE_INDEX) for id, _ in context.law.family(PRICE_INDEX)]
    add = say("add `{id}` to `{path}`", id=f"{PRICE_INDEX}{name}", path=PARAMETERS)
    return report_unknown(span, say("unknown price index `{name}`", name=name), name, known, add)


@for_workspace
def check_edition_index(context: Context) -> Iterator[Diagnostic]:
    """Report an index of the edition that no parameter has (M106)."""
    edition = context.workspace.edition
    prices = edition.value.prices if edition else None
    if edition is not None and prices and prices.index and not _is_known(prices.index, context):
        yield _report_name(edition.span("prices", "index"), prices.index, context)
