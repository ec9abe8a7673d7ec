"""The net cost of a section → its derivation: gross cost, VAT, deduction, FCTVA, co-funding, revenues.

The sums are those of `costs.financing`, central estimates; each figure is checked against it. The net cost is the sum
of the years and of the FCTVA received after the term; where the owner's FCTVA lag is unknown, it is derived over the
six years at once, without years.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.words import SECTION_NAMES
from booklet.costs.figures.costs import CENTRAL
from booklet.diagnostics.message import Message, say
from booklet.law.lookup import FCTVA_RATE
from booklet.why.derivation import (
    Derivation,
    Quote,
    combine,
    exact,
    quote,
    round_to_cents,
    typed,
)
from booklet.why.figures import (
    explain_cost,
    explain_line_year_ttc,
    explain_line_year_vat,
    explain_revenues,
    name_figure,
)
from booklet.why.financing_plan import (
    derive_unknown,
    explain_funding,
    explain_grant,
    explain_gross,
    financing_of,
    lines_of,
    name_chain_reference,
    name_organisation,
    quote_lag_key,
)
from booklet.why.law_rate import explain_rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from booklet.content.model.proposal import Section
    from booklet.costs.costing import LineCost
    from booklet.costs.financing import Financing
    from booklet.why.lines import ProposalContext

_LAGS = {0: say("paid in the year of the spending"), 1: say("paid the year after the spending")}


def explain_fctva(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the FCTVA on the six years' spending, whenever it is received; or the FCTVA received in one year."""
    label = name_figure("fctva", section, year)
    reference = name_chain_reference(context, "fctva", section, year)
    financing = financing_of(context, section)
    cells = financing.fctva_cells if financing else None
    if financing is None or cells is None or (cells.by_year if year else cells.whole) is None:
        return derive_unknown(context, label, reference, financing)
    nodes = _list_refunds(context, financing, lambda paid: year in (None, paid))
    notes, quotes = _paid_late(context, financing) if nodes else ((), ())
    if year is None and financing.fctva_after_term:
        notes += (say("of which {amount} after the six years", amount=financing.fctva_after_term),)
    node = combine(label, "sum", nodes, quotes=quotes, notes=notes, reference=reference)
    expected = cells.whole if year is None else _in_year(cells.by_year, financing, year)
    _check_value(node, expected)
    return node


def explain_net(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the net cost: the sum of the years less the FCTVA after the term, or the steps of one year."""
    label = name_figure("net", section, year)
    reference = name_chain_reference(context, "net", section, year)
    financing = financing_of(context, section)
    if financing is None or (financing.net_cells.by_year if year else financing.net_cells.whole) is None:
        return derive_unknown(context, label, reference, financing)
    cells = financing.net_cells
    if year is not None:
        node = _derive_steps(context, financing, label, reference, year)
        _check_value(node, _in_year(cells.by_year, financing, year))
        return node
    if cells.by_year is None:
        steps = _derive_steps(context, financing, label, reference, None)
        node = replace(
            steps, notes=(say("by year it is not known"), *financing.unknown), quotes=quote_lag_key(context)
        )
    else:
        years = [explain_net(context, section, one) for one in financing.years]
        shown = [one for one in years if one.children]
        node = combine(label, "sum", shown, reference=reference)
        if cells.after_term:
            within = combine(say("{figure} in the six years", figure=label), "sum", shown)
            node = combine(
                label, "difference", [within, _after_term(context, financing)], reference=reference
            )
    _check_value(node, cells.whole)
    return node


def _derive_steps(
    context: ProposalContext, financing: Financing, label: Message, reference: str, year: int | None
) -> Derivation:
    """Subtract deducted VAT, FCTVA, co-funding and revenues from the price with VAT, each in cents."""
    section = financing.section
    years = financing.years if year is None else (year,)

    def add(name: Message, figure: Callable[[ProposalContext, Section, int], Derivation]) -> Derivation:
        cells = [figure(context, section, one) for one in years]
        return cells[0] if year else combine(name, "sum", [cell for cell in cells if cell.value])

    name = SECTION_NAMES[section]
    ht = add(say("{section} over the six years, before VAT", section=name), explain_cost)
    vat = add(say("VAT"), _explain_vat)
    gross = combine(
        say("{amount}, VAT included", amount=name), "sum", [step for step in (ht, vat) if step.value]
    )
    steps = (
        add(say("VAT deducted"), _explain_deduction),
        explain_fctva(context, section, year),
        add(name_figure("funding", section, None), explain_funding),
        add(name_figure("revenues", section, None), explain_revenues),
    )
    taken = [step for step in steps if step.value]
    return combine(label, "difference", [gross, *taken] if gross.value or taken else [], reference=reference)


def _after_term(context: ProposalContext, financing: Financing) -> Derivation:
    """Derive the FCTVA on the last years' spending, received after the term."""
    nodes = _list_refunds(context, financing, lambda paid: paid is not None and paid > financing.years[-1])
    notes, quotes = _paid_late(context, financing)
    return combine(say("FCTVA received after the term"), "sum", nodes, notes=notes, quotes=quotes)


def _list_refunds(
    context: ProposalContext, financing: Financing, is_asked: Callable[[int | None], bool]
) -> list[Derivation]:
    """The FCTVA of each owner and year of spending that is paid in the years that are asked; None: not known when."""
    nodes = [
        _explain_refund(context, part, year)
        for part in financing.of_owners
        for year, lag in zip(part.years, part.fctva_lags, strict=True)
        if is_asked(None if lag is None else year + lag)
    ]
    return [node for node in nodes if node.value]


def _paid_late(
    context: ProposalContext, financing: Financing
) -> tuple[tuple[Message, ...], tuple[Quote, ...]]:
    """The FCTVA lag of each owner as a note where it is one for all years, and its quote; nothing where unknown."""
    notes: dict[Message, None] = {}
    quotes = []
    for part in financing.of_owners:
        lags = set(part.fctva_lags)
        if lags == {None} or not part.fctva_of_spending or part.fctva_of_spending.is_nothing:
            continue
        if len(lags) == 1 and (lag := part.fctva_lags[0]) is not None:
            notes[_LAGS.get(lag, say("paid {lag} years after the spending", lag=lag))] = None
        if context.edition.has("organisations", part.owner or "", "fctva_lag"):
            quotes.append(quote(context.edition, "organisations", part.owner or "", "fctva_lag"))
    return tuple(notes), tuple(quotes)


def _in_year(cells: tuple[Decimal, ...] | None, financing: Financing, year: int) -> Decimal | None:
    return None if cells is None else cells[financing.years.index(year)]


def _check_value(node: Derivation, expected: Decimal | None) -> None:
    assert expected is not None, f"{node.reference or node.label} is explained, and not known"
    assert node.value == Fraction(expected), (
        f"{node.reference or node.label} is explained as {node.value}, computed as {expected}"
    )


def _explain_vat(context: ProposalContext, section: Section, year: int) -> Derivation:
    """Derive the VAT on a section's spending of a year."""
    lines = [explain_line_year_vat(context, cost, year) for cost in _spending(context, section, year)]
    return round_to_cents(combine(say("VAT"), "sum", [line for line in lines if line.value]))


def _explain_deduction(context: ProposalContext, section: Section, year: int) -> Derivation:
    """Derive the VAT that the owner deducts, line by line."""
    nodes = []
    for cost in _spending(context, section, year):
        if cost.line.vat_regime == "assujetti":
            quotes = (quote(context.document, "costs", cost.index, "vat_regime"),)
            nodes.append(replace(explain_line_year_vat(context, cost, year), quotes=quotes))
    return round_to_cents(combine(say("VAT deducted"), "sum", nodes))


def _explain_refund(context: ProposalContext, financing: Financing, year: int) -> Derivation:
    """Derive the FCTVA on a year's spending, rounded once, whichever year it is received in."""
    label = say("FCTVA of what is spent in {year}", year=year)
    if financing is not financing_of(context, financing.section):
        owner = name_organisation(context, financing.owner)
        label = say("FCTVA of what {owner} spends in {year}", owner=owner, year=year)
    return round_to_cents(combine(label, "sum", _refunds(context, financing, year)))


def _spending(context: ProposalContext, section: Section, year: int) -> list[LineCost]:
    costs = context.costed.costing.lines
    return [cost for cost in costs if cost.section == section and cost.ht[year].central]


def _refunds(context: ProposalContext, financing: Financing, year: int) -> list[Derivation]:
    """Derive the FCTVA on each eligible line's spending of a year."""
    part = _part_left(context, financing)
    nodes = []
    for cost in lines_of(context, financing):
        if cost.ht[year].central and cost.estimates[CENTRAL].inputs.bears_fctva:
            law = _fctva_rate(context, cost, year)
            if law is None:
                return []
            quotes = (quote(context.document, "costs", cost.index, "vat_regime"),)
            factors = [explain_line_year_ttc(context, cost, year), law, *part]
            nodes.append(combine(cost.line.label or "", "product", factors, quotes=quotes))
    return nodes


def _part_left(context: ProposalContext, financing: Financing) -> list[Derivation]:
    """The part of a cost with VAT that the grants of the State leave; nothing where it is the whole."""
    if financing.fctva_part == 1:
        return []
    given = [
        exact(explain_grant(context, financing, one, None)) for one in financing.grants if one.is_of_state
    ]
    gross = explain_gross(context, financing)
    left = combine(say("cost less grants of the State"), "difference", [gross, *given])
    if not financing.fctva_part:
        return [typed(say("grants of the State pay the whole cost"), Fraction(0), "rate", ())]
    return [combine(say("part that the grants of the State leave"), "quotient", [left, gross], unit="number")]


def _fctva_rate(context: ProposalContext, cost: LineCost, year: int) -> Derivation | None:
    """The FCTVA rate on a line's spending of a year (CGCT art. L1615-6), that of its nature first; None: unknown."""
    day, label = date(year, 1, 1), say("FCTVA rate in {year}", year=year)
    own = f"{FCTVA_RATE}.{cost.line.nature}"
    return explain_rate(context, FCTVA_RATE if context.law.percent(own, day) is None else own, day, label)
