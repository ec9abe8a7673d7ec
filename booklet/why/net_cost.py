"""What the owner pays → its derivation: co-funding, own share, FCTVA and net cost of a section, central estimates.

The trees are those of the formulas of `costs.figures.net`. The net cost is the sum of the years less the FCTVA received
after the term; where the owner's FCTVA lag is unknown, it is derived over the six years at once, without years.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.costs.figures import balance, costs, net
from booklet.costs.figures.number import Unknown
from booklet.why.cost_words import refer
from booklet.why.derivation import Derivation, quote_key, round_to_cents, unknown
from booklet.why.figures import explain_gaps, explain_revenues, name_figure, section_of
from booklet.why.lines import financing_of, quote_lag_key
from booklet.why.traced import Steps, Traced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.content.model.proposal import Section
    from booklet.costs.financing import Financing
    from booklet.diagnostics.message import Message
    from booklet.why.lines import ProposalContext
    from booklet.why.reference import FigureName

    Formula = Callable[[net.Plan[Steps]], Steps]

#: the formula of a figure by budget year, and over the six
CHAIN: Mapping[FigureName, tuple[Formula, Formula]] = {
    "funding": (net.co_funded, net.co_funded_whole),
    "own-share": (net.own_share, net.own_share_whole),
    "fctva": (net.received_cents, net.refund_whole),
    "net": (net.net_by_year, net.net),
    "net-after-savings": (balance.net_after_savings_by_year, balance.net_after_savings),
}
OUTSIDE: Mapping[FigureName, Callable[[costs.Section[Steps]], Steps]] = {
    "paid-before": balance.paid_before,
    "paid-after": balance.paid_after,
    "ap": balance.authorised,
}


def explain_chain(
    figure: FigureName, context: ProposalContext, section: Section, year: int | None
) -> Derivation:
    """Derive a figure of the chain from gross to net, in a year or over the six."""
    financing = financing_of(context, section)
    label, reference = name_figure(figure, section, year), refer(context, figure, year, section)
    if financing is None:
        return derive_unknown(context, label, reference, financing)
    by_year, whole = CHAIN[figure]
    plan, at = _plan_of(context, financing), context.at(year)
    try:
        return round_to_cents(whole(plan)[0] if at is None else by_year(plan)[at])
    except Unknown as error:
        return derive_unknown(context, label, reference, financing, *error.reasons)


def explain_outside(
    figure: FigureName, context: ProposalContext, section: Section, _year: int | None
) -> Derivation:
    """Derive what is paid before or after the six years, without VAT, or all that is committed (AP)."""
    reference, financing = refer(context, figure, section), financing_of(context, section)
    try:
        if financing is not None:
            node = OUTSIDE[figure](section_of(context, section)).cents().at(None)
            return replace(node, reference=reference)
    except Unknown:
        pass
    return derive_unknown(context, name_figure(figure, section, None), reference, financing)


def explain_grant(context: ProposalContext, financing: Financing, index: int) -> Derivation:
    """Derive one line of the financing plan, in cents."""
    grants = _plan_of(context, financing).grants
    return next(net.granted_cents(grant).at(None) for grant in grants if grant.inputs.index == index)


def _plan_of(context: ProposalContext, financing: Financing) -> net.Plan[Steps]:
    """The plan of a section, with that of each owner where there are several."""
    section, kind = section_of(context, financing.section), Traced(context)

    def part_of(part: Financing) -> net.Plan[Steps]:
        kind, indexes = (
            Traced(context, part=part),
            {line.inputs.index for line in part.plan.section.lines},
        )
        lines = tuple(line for line in section.lines if line.inputs.index in indexes)
        return net.Plan(kind, costs.Section(kind, section.name, lines, ()), part.plan.inputs)

    return net.Plan(
        kind, section, financing.plan.inputs, tuple(part_of(part) for part in financing.parts.values())
    )


def derive_unknown(
    context: ProposalContext,
    label: Message,
    reference: str,
    financing: Financing | None,
    *reasons: Message,
) -> Derivation:
    """Make an unknown figure, with its reasons, quoting the organisation or the lines that lack a value."""
    if financing is None:
        return unknown(label, children=explain_gaps(context), reference=reference)
    if financing.earned is None:
        revenues = explain_revenues(context, financing.section, None)
        return unknown(label, *financing.unknown, children=[revenues], reference=reference)
    is_late = financing.fctva_total is not None
    quotes = quote_lag_key(context) if is_late else (quote_key(context.document, "costs"),)
    return unknown(label, *(financing.unknown or reasons), quotes=quotes, reference=reference)
