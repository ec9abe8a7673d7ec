"""From gross to net, told step by step: co-funders, own share, FCTVA, net cost of a section.

The sums are those of `financing`, central estimates; each figure is checked against it. FCTVA is not a funder: own
share and shares are computed on the gross cost (`funding_base`), FORMAT "Rules of time and money".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from booklet.derivation.figures import (
    SECTION_NAMES,
    explain_cost,
    explain_ttc,
    explain_ttc_lines,
    holes,
    name_figure,
)
from booklet.derivation.lines import Case
from booklet.derivation.node import (
    Basis,
    Node,
    Place,
    combine,
    find_key,
    find_place,
    round_to_cents,
    typed,
    unknown,
)
from booklet.diagnostic import Message, say
from booklet.euros import ZERO, Euros
from booklet.financing import Financing, Grant, finance
from booklet.model import Section
from booklet.tables import STATUS_NAMES

FCTVA_RATE = "fctva.rate"
_LAGS = {0: say("paid in the year of the spending"), 1: say("paid the year after the spending")}


def follow(case: Case, section: Section) -> Financing | None:
    """Compute the chain of a section as every export does."""
    rates = case.law.fctva_rates(case.term.years)
    return finance(case.document.value, case.costed.costing, case.edition.value, section, rates)


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
    if financing is None or financing.fctva_total is None or (year is not None and financing.fctva is None):
        return _not_known(case, label, reference, financing)
    owner = case.edition.value.organisations.get(case.document.value.owner or "")
    lag = owner.fctva_lag if owner else None
    if year is None:
        spent = list(financing.years)
    else:
        spent = [one for one in financing.years if lag is not None and one + lag == year]
    nodes = [node for one in spent for node in _refunds(case, section, one)]
    notes: tuple[Message, ...] = ()
    places: tuple[Place, ...] = ()
    if lag is not None and nodes:
        notes = (_LAGS.get(lag, say("paid {lag} years after the spending", lag=lag)),)
        places = (find_place(case.edition, "organisations", case.document.value.owner or "", "fctva_lag"),)
        if year is None and financing.fctva_after_term:
            notes += (say("of which {amount} after the six years", amount=financing.fctva_after_term),)
    node = combine(label, "sum", nodes, places=places, notes=notes, reference=reference)
    expected = financing.fctva_total
    if year is not None and financing.fctva is not None:
        expected = financing.fctva[financing.years.index(year)]
    assert node.value == expected.value, (
        f"{reference} is explained as {node.value}, computed as {expected.value}"
    )
    return round_to_cents(node)


def explain_net(case: Case, section: Section, year: int | None) -> Node:
    """Derive what the owner pays in the end: price with VAT less VAT deducted, FCTVA received and co-funding."""
    label = name_figure("net", section, year)
    reference = _reference(case, "net", section, year)
    financing = follow(case, section)
    if financing is None or financing.net is None:
        return _not_known(case, label, reference, financing)
    if year is None:
        cells = [explain_net(case, section, one) for one in financing.years]
        return combine(label, "sum", [cell for cell in cells if cell.children], reference=reference)
    gross = combine(
        say("{section} in {year}, VAT included", section=SECTION_NAMES[section], year=year),
        "sum",
        explain_ttc_lines(case, section, year),
    )
    deducted = combine(say("VAT deducted"), "sum", _deductions(case, section, year))
    refund = _unrounded(explain_fctva(case, section, year))
    given = _unrounded(explain_funding(case, section, year))
    steps = [gross, *(step for step in (deducted, refund, given) if step.value)]
    nothing_happens = len(steps) == 1 and not gross.value
    node = combine(label, "difference", [] if nothing_happens else steps, reference=reference)
    expected = financing.net[financing.years.index(year)]
    assert node.value == expected.value, f"{reference} is explained as {node.value}"
    return round_to_cents(node)


def _unrounded(node: Node) -> Node:
    """Give a figure before it was rounded: inside a sum only the sum is."""
    return node if node.exact is None else replace(node, value=node.exact, exact=None)


def _refunds(case: Case, section: Section, year: int) -> list[Node]:
    """Derive the refund of each eligible line's spending of a year."""
    law = _fctva_rate(case, year)
    if law is None:
        return []
    nodes = []
    costs = [cost for cost in case.costed.costing.lines if cost.section == section]
    spending = [cost for cost in costs if cost.ht[year].central]
    for cost, with_vat in zip(spending, explain_ttc_lines(case, section, year), strict=True):
        if cost.line.vat_regime == "fctva":
            places = (find_place(case.document, "costs", cost.index, "vat_regime"),)
            label = say("spent in {year}: {line}", line=cost.line.label or "", year=year)
            nodes.append(combine(label, "product", [with_vat, law], places=places))
    return nodes


def _fctva_rate(case: Case, year: int) -> Node | None:
    """Give the rate of the law for what is spent in a year, with its article and the edition's line if it has one."""
    day = date(year, 1, 1)
    parameter = case.law.parameters.get(FCTVA_RATE)
    entry = parameter.entry(day) if parameter else None
    rate = case.law.percent(FCTVA_RATE, day)
    if parameter is None or entry is None or rate is None:
        return None
    first = max(first for first in parameter.values if first <= day)
    notes = [say("holds from {day}", day=first)]
    if entry.known_until is not None and entry.known_until < day:
        notes.append(say("not known to hold after {day}", day=entry.known_until))
    own = case.parameters
    places: tuple[Place, ...] = ()
    if own is not None and own.value.root.get(FCTVA_RATE) is parameter:
        places = (find_place(own, FCTVA_RATE, "values", first.isoformat(), "value"),)
    basis = Basis("law", entry.reference or parameter.description, FCTVA_RATE, address=entry.address or "")
    label = say("FCTVA rate in {year}", year=year)
    return Node(label, "law", Fraction(rate), "rate", places=places, basis=basis, notes=tuple(notes))


def _deductions(case: Case, section: Section, year: int) -> list[Node]:
    """Derive the VAT that the owner deducts, line by line."""
    costs = [cost for cost in case.costed.costing.lines if cost.section == section]
    spending = [cost for cost in costs if cost.ht[year].central]
    nodes = []
    for cost, with_vat in zip(spending, explain_ttc_lines(case, section, year), strict=True):
        if cost.line.vat_regime == "assujetti":
            places = (find_place(case.document, "costs", cost.index, "vat_regime"),)
            ht = with_vat.children[0]
            nodes.append(combine(cost.line.label or "", "difference", [with_vat, ht], places=places))
    return nodes


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
    owner = case.document.value.owner or ""
    is_late = financing.fctva_total is not None and case.edition.has("organisations", owner)
    place = find_key(case.edition, "organisations", owner) if is_late else find_key(case.document, "costs")
    return unknown(label, *financing.unknown, places=(place,), reference=reference)


def _reference(case: Case, figure: str, section: Section, year: int | None) -> str:
    return ".".join([case.costed.id, figure, *([str(year)] if year else []), section])
