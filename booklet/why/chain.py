"""From gross to net, told step by step: co-funders, own share, FCTVA, net cost of a section.

The sums are those of `financing`, central estimates; each figure is checked against it. The net cost is the sum of the
years and of the FCTVA that comes after them; where nobody knows when it comes, it is told step by step, over the six
years at once. FCTVA is not a funder: own share and shares are computed on the gross cost (`funding_base`), FORMAT
"Rules of time and money".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.costs.financing import Financing, Grant, finance
from booklet.diagnostics.message import Message, say
from booklet.money.euros import ZERO, Euros
from booklet.why.figures import explain_cost, explain_revenues, explain_ttc, holes, name_figure
from booklet.why.lines import Case, explain_line_year_ttc, explain_line_year_vat
from booklet.why.node import Basis, Node, Place, combine, find_key, find_place, round_to_cents, typed, unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from booklet.content.model.proposal import Section
    from booklet.costs.costing import LineCost

FCTVA_RATE = "fctva.rate"
_LAGS = {0: say("paid in the year of the spending"), 1: say("paid the year after the spending")}


def follow(case: Case, section: Section) -> Financing | None:
    """Compute the chain of a section as every export does, once."""
    if section not in case.chains:
        rates = case.law.fctva_rates(case.term.years)
        costing, edition = case.costed.costing, case.edition.value
        case.chains[section] = finance(case.document.value, costing, edition, section, rates)
    return case.chains[section]


def explain_funding(case: Case, section: Section, year: int | None) -> Node:
    """Derive what co-funders give to a section; loans are the owner's and stand apart."""
    label = name_figure("funding", section, year)
    reference = _reference(case, "funding", section, year)
    financing = follow(case, section)
    if financing is None or financing.base is None:
        return _not_known(case, label, reference, financing)
    nodes = [(grant, explain_grant(case, financing, grant, year)) for grant in financing.grants]
    given = [node for grant, node in nodes if not grant.is_debt and node.value]
    loans = [node for grant, node in nodes if grant.is_debt and node.value]
    notes = (say("loans stand apart: they are the owner's own share"),) if loans else ()
    found = combine(label, "sum", given, reference=reference, notes=notes, apart=loans)
    return found if year is None else round_to_cents(found)


def explain_grant(case: Case, financing: Financing, grant: Grant, year: int | None) -> Node:
    """Derive one line of the financing plan: rounded to cents over the six years, exact in one of them."""
    funding, index = grant.funding, grant.index
    label = _funder(case, funding.funder)
    place = find_place(case.document, "funding", index, "funder")
    reference = f"{case.costed.id}.funding.{index + 1}"
    notes = (say("status: {status}", status=STATUS_NAMES[funding.status]),) if funding.status else ()
    if funding.amount is not None:
        amount = (find_place(case.document, "funding", index, "amount"),)
        children = [typed(say("amount"), funding.amount.value, "euros", amount)]
    else:
        share = (find_place(case.document, "funding", index, "share"),)
        rate = Fraction(funding.share or 0)
        children = [_gross(case, financing), typed(say("share"), rate, "rate", share)]
    whole = combine(label, "product", children, places=(place,), notes=notes, reference=reference)
    assert whole.value == grant.total.value, f"{reference} is explained as {whole.value}"
    if year is None:
        return round_to_cents(whole)
    part = _part_paid(case, financing, grant, year)
    factors = [whole, part] if part else [whole]
    if part is None and funding.year != year:
        factors = [whole, typed(say("paid in another year"), Fraction(0), "rate", _year_place(case, index))]
    node = combine(label, "product", factors, places=(place,), notes=notes, reference=f"{reference}.{year}")
    expected = grant.by_year[financing.years.index(year)]
    assert node.value == expected.value, f"{reference} in {year} is explained as {node.value}"
    return node


def explain_own_share(case: Case, section: Section, year: int | None) -> Node:
    """Derive what is left to the owner: gross cost on the funding base less what others give."""
    label = name_figure("own-share", section, year)
    reference = _reference(case, "own-share", section, year)
    financing = follow(case, section)
    if financing is None or financing.base is None:
        return _not_known(case, label, reference, financing)
    figure = explain_ttc if case.edition.value.funding_base == "ttc" else explain_cost
    children = [figure(case, section, year), explain_funding(case, section, year)]
    return combine(label, "difference", children, places=_base_place(case), reference=reference)


def explain_fctva(case: Case, section: Section, year: int | None) -> Node:
    """Derive the FCTVA of the six years' spending, whenever it is paid; or what is received in one year."""
    label = name_figure("fctva", section, year)
    reference = _reference(case, "fctva", section, year)
    financing = follow(case, section)
    cells = financing.fctva_cells if financing else None
    if financing is None or cells is None or (cells.by_year if year else cells.whole) is None:
        return _not_known(case, label, reference, financing)
    lag = financing.fctva_lag
    spent = [one for one in financing.years if year is None or (lag is not None and one + lag == year)]
    nodes = [node for one in spent if (node := _explain_refund(case, financing, one)).value]
    notes, places = _paid_late(case, financing) if nodes else ((), ())
    if year is None and financing.fctva_after_term:
        notes += (say("of which {amount} after the six years", amount=financing.fctva_after_term),)
    node = combine(label, "sum", nodes, places=places, notes=notes, reference=reference)
    expected = cells.whole if year is None else _in_year(cells.by_year, financing, year)
    _must_be(node, expected)
    return node


def explain_net(case: Case, section: Section, year: int | None) -> Node:
    """Derive what the owner pays in the end: the years and what comes after them, or the steps of one year."""
    label = name_figure("net", section, year)
    reference = _reference(case, "net", section, year)
    financing = follow(case, section)
    if financing is None or (financing.net_cells.by_year if year else financing.net_cells.whole) is None:
        return _not_known(case, label, reference, financing)
    cells = financing.net_cells
    if year is not None:
        node = _steps(case, financing, label, reference, year)
        _must_be(node, _in_year(cells.by_year, financing, year))
        return node
    if cells.by_year is None:
        steps = _steps(case, financing, label, reference, None)
        node = replace(
            steps, notes=(say("by year it is not known"), *financing.unknown), places=_lag_key(case)
        )
    else:
        years = [explain_net(case, section, one) for one in financing.years]
        told = [one for one in years if one.children]
        node = combine(label, "sum", told, reference=reference)
        if cells.after_term:
            within = combine(say("{figure} in the six years", figure=label), "sum", told)
            node = combine(label, "difference", [within, _after_term(case, financing)], reference=reference)
    _must_be(node, cells.whole)
    return node


def _steps(case: Case, financing: Financing, label: Message, reference: str, year: int | None) -> Node:
    """Take off the price with VAT what comes back and what comes in: each step as it is written, in cents."""
    section = financing.section
    years = financing.years if year is None else (year,)

    def add(name: Message, figure: Callable[[Case, Section, int], Node]) -> Node:
        cells = [figure(case, section, one) for one in years]
        return cells[0] if year else combine(name, "sum", [cell for cell in cells if cell.value])

    name = SECTION_NAMES[section]
    ht = add(say("{section} over the six years, before VAT", section=name), explain_cost)
    vat = add(say("VAT"), _explain_vat)
    gross = combine(
        say("{amount}, VAT included", amount=name), "sum", [step for step in (ht, vat) if step.value]
    )
    steps = (
        add(say("VAT deducted"), _explain_deduction),
        explain_fctva(case, section, year),
        add(name_figure("funding", section, None), explain_funding),
        add(name_figure("revenues", section, None), explain_revenues),
    )
    taken = [step for step in steps if step.value]
    return combine(label, "difference", [gross, *taken] if gross.value or taken else [], reference=reference)


def _after_term(case: Case, financing: Financing) -> Node:
    """Derive the FCTVA of the last years' spending, which is received when the six years are over."""
    assert financing.fctva_lag is not None, "what comes after the term is known"
    late = [year for year in financing.years if year + financing.fctva_lag > financing.years[-1]]
    nodes = [node for year in late if (node := _explain_refund(case, financing, year)).value]
    notes, places = _paid_late(case, financing)
    return combine(say("FCTVA received after the term"), "sum", nodes, notes=notes, places=places)


def _paid_late(case: Case, financing: Financing) -> tuple[tuple[Message, ...], tuple[Place, ...]]:
    """Say how long the owner waits for its FCTVA, and where that is typed."""
    lag = financing.fctva_lag
    if lag is None:
        return (), ()
    owner = case.document.value.owner or ""
    place = find_place(case.edition, "organisations", owner, "fctva_lag")
    return (_LAGS.get(lag, say("paid {lag} years after the spending", lag=lag)),), (place,)


def _in_year(cells: tuple[Decimal, ...] | None, financing: Financing, year: int) -> Decimal | None:
    return None if cells is None else cells[financing.years.index(year)]


def _must_be(node: Node, expected: Decimal | None) -> None:
    assert expected is not None, f"{node.reference or node.label} is explained, and not known"
    assert node.value == Fraction(expected), (
        f"{node.reference or node.label} is explained as {node.value}, computed as {expected}"
    )


def _explain_vat(case: Case, section: Section, year: int) -> Node:
    """Derive the VAT of a section's spending of a year."""
    lines = [explain_line_year_vat(case, cost, year) for cost in _spending(case, section, year)]
    return round_to_cents(combine(say("VAT"), "sum", [line for line in lines if line.value]))


def _explain_deduction(case: Case, section: Section, year: int) -> Node:
    """Derive the VAT that the owner deducts, line by line."""
    nodes = []
    for cost in _spending(case, section, year):
        if cost.line.vat_regime == "assujetti":
            places = (find_place(case.document, "costs", cost.index, "vat_regime"),)
            nodes.append(replace(explain_line_year_vat(case, cost, year), places=places))
    return round_to_cents(combine(say("VAT deducted"), "sum", nodes))


def _explain_refund(case: Case, financing: Financing, year: int) -> Node:
    """Derive the FCTVA of a year's spending, rounded once whenever it is received."""
    label = say("FCTVA of what is spent in {year}", year=year)
    return round_to_cents(combine(label, "sum", _refunds(case, financing.section, year)))


def _spending(case: Case, section: Section, year: int) -> list[LineCost]:
    costs = case.costed.costing.lines
    return [cost for cost in costs if cost.section == section and cost.ht[year].central]


def _refunds(case: Case, section: Section, year: int) -> list[Node]:
    """Derive the refund of each eligible line's spending of a year."""
    law = _fctva_rate(case, year)
    if law is None:
        return []
    nodes = []
    for cost in _spending(case, section, year):
        if cost.line.vat_regime == "fctva":
            places = (find_place(case.document, "costs", cost.index, "vat_regime"),)
            with_vat = explain_line_year_ttc(case, cost, year)
            nodes.append(combine(cost.line.label or "", "product", [with_vat, law], places=places))
    return nodes


def _fctva_rate(case: Case, year: int) -> Node | None:
    """Give the rate of the law for what is spent in a year."""
    return explain_rate(case, FCTVA_RATE, date(year, 1, 1), say("FCTVA rate in {year}", year=year))


def explain_rate(case: Case, id: str, day: date, label: Message) -> Node | None:
    """Give a rate of the law on a day, with its text and the edition's line if it has one; None where none is known."""
    parameter = case.law.parameters.get(id)
    entry = parameter.entry(day) if parameter else None
    rate = case.law.percent(id, day)
    if parameter is None or entry is None or rate is None:
        return None
    first = max(first for first in parameter.values if first <= day)
    notes = [say("holds from {day}", day=first)]
    if entry.known_until is not None and entry.known_until < day:
        notes.append(say("not known to hold after {day}", day=entry.known_until))
    own = case.parameters
    places: tuple[Place, ...] = ()
    if own is not None and own.value.root.get(id) is parameter:
        places = (find_place(own, id, "values", first.isoformat(), "value"),)
    basis = Basis("law", entry.reference or parameter.description, id, address=entry.address or "")
    return Node(label, "law", Fraction(rate), "rate", places=places, basis=basis, notes=tuple(notes))


def _gross(case: Case, financing: Financing) -> Node:
    """Give the exact gross cost that shares are taken of; it is derived under its own reference."""
    assert financing.base is not None
    gross = reduce(Euros.__add__, financing.base, ZERO)
    with_vat = case.edition.value.funding_base == "ttc"
    name = SECTION_NAMES[financing.section]
    label = (
        say("{section} over the six years, VAT included", section=name)
        if with_vat
        else say("{section} over the six years, before VAT", section=name)
    )
    reference = f"{case.costed.id}{'.ttc' if with_vat else ''}.{financing.section}"
    places = (*_base_place(case), find_key(case.document, "costs"))
    return Node(label, "given", gross.value, reference=reference, places=places)


def _part_paid(case: Case, financing: Financing, grant: Grant, year: int) -> Node | None:
    """Give the part of a funder's money that comes in a year; None where all of it comes in one year."""
    when, index = grant.funding.year, grant.index
    label = say("part paid in {year}", year=year)
    if isinstance(when, int):
        return None
    if when is not None:
        place = find_place(case.document, "funding", index, "year", str(year))
        return typed(label, Fraction(when.get(year, Decimal(0))), "rate", (place,))
    assert financing.base is not None
    gross = _gross(case, financing)
    if not gross.value:
        return typed(label, Fraction(0), "rate", ())
    amount = financing.base[financing.years.index(year)].value
    reference = f"{case.costed.id}{'.ttc' if '.ttc' in gross.reference else ''}.{year}.{financing.section}"
    in_year = Node(say("gross cost in {year}", year=year), "given", amount, reference=reference)
    return combine(
        label, "quotient", [in_year, gross], measure="number", notes=(say("paid as the cost goes"),)
    )


def _year_place(case: Case, index: int) -> tuple[Place, ...]:
    return (find_place(case.document, "funding", index, "year"),)


def _base_place(case: Case) -> tuple[Place, ...]:
    return (find_place(case.edition, "funding_base"),) if case.edition.has("funding_base") else ()


def _funder(case: Case, id: str | None) -> str:
    organisation = case.edition.value.organisations.get(id or "")
    return organisation.name if organisation else id or ""


def _not_known(case: Case, label: Message, reference: str, financing: Financing | None) -> Node:
    """Say why a figure of the chain has no value, at the organisation or the lines that it lacks."""
    if financing is None:
        return unknown(label, children=holes(case), reference=reference)
    if financing.earned is None:
        revenues = explain_revenues(case, financing.section, None)
        return unknown(label, *financing.unknown, children=[revenues], reference=reference)
    is_late = financing.fctva_total is not None
    places = _lag_key(case) if is_late else (find_key(case.document, "costs"),)
    return unknown(label, *financing.unknown, places=places, reference=reference)


def _lag_key(case: Case) -> tuple[Place, ...]:
    """Point at the organisation whose lag is missing; at the costs where the owner is not known."""
    owner = case.document.value.owner or ""
    known = case.edition.has("organisations", owner)
    return (find_key(case.edition, "organisations", owner) if known else find_key(case.document, "costs"),)


def _reference(case: Case, figure: str, section: Section, year: int | None) -> str:
    return ".".join([case.costed.id, figure, *([str(year)] if year else []), section])
