"""What is told of the steps from gross to net: funders, own share, FCTVA, net cost, and of what each rests on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from booklet.content.model.words import STATUS_NAMES
from booklet.costs.figures import net
from booklet.costs.figures.number import known
from booklet.diagnostics.message import say
from booklet.law.lookup import FCTVA_RATE
from booklet.why.cost_words import date_label, label_cost
from booklet.why.derivation import Derivation, Quote, quote, quote_key, typed
from booklet.why.law_rate import explain_rate
from booklet.why.lines import financing_of, quote_lag_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from booklet.content.model.proposal import Funding
    from booklet.costs.financing import Financing
    from booklet.diagnostics.message import Message
    from booklet.why.cost_words import Place, Words
    from booklet.why.lines import ProposalContext
    from booklet.why.traced import Steps

_LAGS = {0: say("paid in the year of the spending"), 1: say("paid the year after the spending")}


def name_organisation(context: ProposalContext, id: str | None) -> str:
    """The name of a funder or owner; its id where the edition has none."""
    organisation = context.edition.value.organisations.get(id or "")
    return organisation.name if organisation else id or ""


# --- inputs ------------------------------------------------------------------------------------------------------


def _funding(place: Place) -> Funding:
    found: Funding = place.document.value.funding[place.subject.inputs.index]
    return found


def _amount(place: Place, value: Fraction) -> Derivation:
    return typed(say("amount"), value, "euros", place.quote("amount"))


def _share(place: Place, value: Fraction) -> Derivation:
    return typed(say("share"), value, "rate", place.quote("share"))


def _eligible(place: Place, value: Fraction) -> Derivation:
    return typed(say("eligible expense"), value, "euros", place.quote("eligible"))


def _payments(place: Place, value: Fraction) -> Derivation:
    """The part that was typed for a year; without a name where all is paid in one."""
    if isinstance(_funding(place).paid_in, int):
        return Derivation("", "constant", value, "rate")
    label = say("part paid in {year}", year=place.year)
    return typed(label, value, "rate", place.quote("year", str(place.year)))


def _whole(place: Place, value: Fraction) -> Derivation:  # noqa: ARG001
    return Derivation("", "constant", value, "rate")


def _fctva_rate(place: Place, value: Fraction) -> Derivation:
    """The FCTVA rate on a line's spending of a year (CGCT art. L1615-6), that of its nature first."""
    day, label = date(place.year or 1, 1, 1), say("FCTVA rate in {year}", year=place.year)
    law, own = place.context.law, f"{FCTVA_RATE}.{place.subject.line.inputs.nature}"
    found = explain_rate(place.context, FCTVA_RATE if law.percent(own, day) is None else own, day, label)
    return found or Derivation(label, "constant", value, "rate")


INPUTS: Mapping[str, Callable[[Place, Fraction], Derivation]] = {
    "amount": _amount,
    "share": _share,
    "eligible": _eligible,
    "payments": _payments,
    "whole": _whole,
    "fctva_rate": _fctva_rate,
}

# --- figures -----------------------------------------------------------------------------------------------------


def _base(place: Place) -> Words:
    """The cost that a share is taken of: explained under its own reference, or as the part of an owner."""
    context, year, inputs = place.context, place.year, place.subject.inputs
    section = place.subject.section.name
    if place.kind.part is not None:
        part = say("part of {owner}", owner=name_organisation(context, place.kind.part.owner))
        return {"label": date_label(part, None, year), "quotes": _quote_base(context), "reference": ""}
    label = (
        say("gross cost in {year}", year=year) if year else label_cost(section, None, with_vat=inputs.is_ttc)
    )
    costs = () if year else (*_quote_base(context), quote_key(place.document, "costs"))
    reference = place.refer("ttc" if inputs.is_ttc else None, year, section)
    return {"label": label, "operation": "given", "children": (), "quotes": costs, "reference": reference}


def _spent_whole(place: Place) -> Words:
    section, is_ttc = place.subject.section.name, place.subject.inputs.is_ttc
    return {"reference": place.refer("ttc" if is_ttc else None, section)}


def _quote_base(context: ProposalContext) -> tuple[Quote, ...]:
    """Quote the funding base of the edition; nothing where it is the default."""
    return (quote(context.edition, "funding_base"),) if context.edition.has("funding_base") else ()


def _grant(place: Place) -> Words:
    status = _funding(place).status
    return {
        "label": name_organisation(place.context, _funding(place).funder),
        "quotes": place.quote("funder"),
        "notes": (say("status: {status}", status=STATUS_NAMES[status]),) if status else (),
        "reference": place.refer("funding", place.subject.inputs.index + 1, place.year),
    }


def _granted(place: Place) -> Words:
    """An amount that was typed is a step of its own, under the name of who gives it."""
    assert place.node is not None
    if place.node.operation != "typed":
        return _grant(place)
    return {**_grant(place), "operation": "product", "children": (place.node,)}


def _part_paid(place: Place) -> Words:
    return {"label": say("part paid in {year}", year=place.year), "notes": (say("paid as the cost goes"),)}


def _co_funded(place: Place) -> Words:
    return _tell_funding(place, net.paid if place.year else None)


def _co_funded_whole(place: Place) -> Words:
    return _tell_funding(place, net.granted_cents)


def _tell_funding(place: Place, amount: Callable[[net.Grant[Steps]], Steps] | None) -> Words:
    """Loans are part of the own share and stand apart; without `amount` they stand under the years."""
    told = _of_section(place, say("Co-funding"), "funding")
    if amount is None:
        return told
    at = place.context.at(place.year) or 0
    debts = [amount(grant)[at] for grant in place.subject.grants if grant.inputs.is_debt]
    loans = tuple(loan for loan in debts if loan.value)
    notes = (say("loans stand apart: they are the owner's own share"),) if loans else ()
    return {**told, "apart": loans, "notes": notes}


def _of_section(place: Place, name: Message, word: str) -> Words:
    section = place.subject.section.name
    return {
        "label": date_label(name, section, place.year),
        "reference": place.refer(word, place.year, section),
    }


def _own_share(place: Place) -> Words:
    return {**_of_section(place, say("Own share"), "own-share"), "quotes": _quote_base(place.context)}


def _line_refund(place: Place) -> Words:
    return {"label": place.subject.line.inputs.label, "quotes": place.quote("vat_regime")}


def _line_refund_left(place: Place) -> Words:
    """The factors of the refund, and the part of it that is left."""
    assert place.node is not None
    refund, *part = place.node.children
    return {**_line_refund(place), "children": (*refund.children, *part)}


def _part_left(place: Place) -> Words:
    assert place.node is not None
    if place.node.value == 1:
        return {"label": "", "children": (), "operation": "constant"}
    if not place.node.value:
        label = say("grants of the State pay the whole cost")
        return {"label": label, "operation": "typed", "unit": "rate", "children": ()}
    return {"label": say("part that the grants of the State leave")}


def _refund(place: Place) -> Words:
    """Of several owners the refund of each is told, and not their sum."""
    if place.subject.parts:
        return {}
    if place.kind.part is None:
        return {"label": say("FCTVA of what is spent in {year}", year=place.year)}
    owner = name_organisation(place.context, place.kind.part.owner)
    return {"label": say("FCTVA of what {owner} spends in {year}", owner=owner, year=place.year)}


def _received(place: Place) -> Words:
    if place.kind.part is not None:
        return {}
    financing = financing_of(place.context, place.subject.section.name)
    assert financing is not None
    assert place.node is not None
    told = _of_section(place, say("FCTVA"), "fctva")
    notes, quotes = _paid_late(place.context, financing) if place.node.children else ((), ())
    if place.year is None and financing.fctva_after_term:
        notes += (say("of which {amount} after the six years", amount=financing.fctva_after_term),)
    return {**told, "notes": notes, "quotes": quotes}


def _late(place: Place) -> Words:
    if place.kind.part is not None:
        return {}
    financing = financing_of(place.context, place.subject.section.name)
    assert financing is not None
    notes, quotes = _paid_late(place.context, financing)
    return {"label": say("FCTVA received after the term"), "notes": notes, "quotes": quotes}


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


def _net_by_year(place: Place) -> Words:
    if place.year is None:
        whole = date_label(say("Net cost"), place.subject.section.name, None)
        return {"label": say("{figure} in the six years", figure=whole)}
    assert place.node is not None
    told, steps = _of_section(place, say("Net cost"), "net"), place.node.children
    return told if len(steps) > 1 or steps[0].children else {**told, "children": ()}


def _net(place: Place) -> Words:
    """Without years, where these are not known; the years alone, where nothing comes after them."""
    assert place.node is not None
    told, steps = _of_section(place, say("Net cost"), "net"), place.node.children
    if known(net.received, place.subject) is None:
        financing = financing_of(place.context, place.subject.section.name)
        assert financing is not None
        notes = (say("by year it is not known"), *financing.unknown)
        return {**told, "notes": notes, "quotes": quote_lag_key(place.context)}
    return told if len(steps) > 1 else {**told, "operation": "sum", "children": steps[0].children}


FIGURES: Mapping[str, Callable[[Place], Words]] = {
    "base": _base,
    "gross": _base,
    "spent_whole": _spent_whole,
    "granted": _granted,
    "granted_cents": _grant,
    "paid": _grant,
    "part_paid": _part_paid,
    "co_funded": _co_funded,
    "co_funded_whole": _co_funded_whole,
    "own_share": _own_share,
    "own_share_whole": _own_share,
    "line_refund": _line_refund,
    "line_refund_left": _line_refund_left,
    "part_left": _part_left,
    "refund": _refund,
    "refund_cents": _refund,
    "refund_whole": _received,
    "received_cents": _received,
    "late_cents": _late,
    "net_by_year": _net_by_year,
    "net": _net,
}
