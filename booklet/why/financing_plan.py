"""A financing plan → its derivation: what co-funders give, line by line, and the share left to the owner.

The sums are those of `costs.financing`, central estimates; each figure is checked against it. Shares are taken of the
gross cost, on the base that the edition chooses (`funding_base`). FCTVA is not a funder.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.costs.financing import Financing, Grant, finance
from booklet.diagnostics.message import Message, say
from booklet.money.amounts import total
from booklet.why.derivation import (
    Derivation,
    Quote,
    combine,
    exact,
    quote,
    quote_key,
    round_to_cents,
    typed,
    unknown,
)
from booklet.why.figures import (
    explain_cost,
    explain_gaps,
    explain_line_year,
    explain_line_year_ttc,
    explain_revenues,
    explain_ttc,
    name_figure,
)

if TYPE_CHECKING:
    from booklet.content.model.proposal import Section
    from booklet.costs.costing import LineCost
    from booklet.costs.financing import Grant
    from booklet.why.lines import ProposalContext


def financing_of(context: ProposalContext, section: Section) -> Financing | None:
    """The financing of a section, from gross to net, computed as every export does; cached in the context."""
    if section not in context.chains:
        fctva = context.law.fctva(context.term.years)
        costing, edition = context.costed.costing, context.edition.value
        context.chains[section] = finance(context.document.value, costing, edition, section, fctva)
    return context.chains[section]


def explain_funding(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive what co-funders give to a section; loans are part of the own share and shown apart."""
    label = name_figure("funding", section, year)
    reference = name_chain_reference(context, "funding", section, year)
    financing = financing_of(context, section)
    if financing is None or financing.co_funded is None:
        return derive_unknown(context, label, reference, financing)
    nodes = [(grant, explain_grant(context, financing, grant, year)) for grant in financing.grants]
    given = [node for grant, node in nodes if not grant.is_debt and node.value]
    loans = [node for grant, node in nodes if grant.is_debt and node.value]
    notes = (say("loans stand apart: they are the owner's own share"),) if loans else ()
    found = replace(combine(label, "sum", given, reference=reference, notes=notes), apart=tuple(loans))
    return found if year is None else round_to_cents(found)


def explain_grant(
    context: ProposalContext, financing: Financing, grant: Grant, year: int | None
) -> Derivation:
    """Derive one line of the financing plan: rounded to cents over the six years, exact in one of them."""
    funding, index = grant.funding, grant.index
    label = name_organisation(context, funding.funder)
    quoted = quote(context.document, "funding", index, "funder")
    reference = f"{context.costed.id}.funding.{index + 1}"
    notes = (say("status: {status}", status=STATUS_NAMES[funding.status]),) if funding.status else ()
    if funding.amount is not None:
        amount = (quote(context.document, "funding", index, "amount"),)
        children = [typed(say("amount"), funding.amount.value, "euros", amount)]
    else:
        share = (quote(context.document, "funding", index, "share"),)
        rate = Fraction(funding.share or 0)
        children = [_expense(context, financing, grant), typed(say("share"), rate, "rate", share)]
    whole = combine(label, "product", children, quotes=(quoted,), notes=notes, reference=reference)
    assert whole.value == grant.total.value, f"{reference} is explained as {whole.value}"
    if year is None:
        return round_to_cents(whole)
    part = _part_paid(context, financing, grant, year)
    factors = [whole, part] if part else [whole]
    if part is None and funding.paid_in != year:
        factors = [
            whole,
            typed(say("paid in another year"), Fraction(0), "rate", _quote_year(context, index)),
        ]
    node = combine(label, "product", factors, quotes=(quoted,), notes=notes, reference=f"{reference}.{year}")
    expected = grant.by_year[financing.years.index(year)]
    assert node.value == expected.value, f"{reference} in {year} is explained as {node.value}"
    return node


def explain_own_share(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the owner's share: the exact gross cost on the funding base less exact co-funding, rounded once."""
    label = name_figure("own-share", section, year)
    reference = name_chain_reference(context, "own-share", section, year)
    financing = financing_of(context, section)
    if financing is None or financing.co_funded is None:
        return derive_unknown(context, label, reference, financing)
    grants = [grant for grant in financing.grants if not grant.is_debt]
    given = [exact(explain_grant(context, financing, grant, year)) for grant in grants]
    figure = explain_ttc if context.edition.value.funding_base == "ttc" else explain_cost
    children = [exact(figure(context, section, year)), *(node for node in given if node.value)]
    quotes = quote_funding_base(context)
    return round_to_cents(combine(label, "difference", children, quotes=quotes, reference=reference))


def _expense(context: ProposalContext, financing: Financing, grant: Grant) -> Derivation:
    """The expense that a share is one of: what is eligible, where that is written, else the gross cost."""
    if grant.funding.eligible is None:
        return explain_gross(context, _part_of(context, financing, grant))
    quoted = (quote(context.document, "funding", grant.index, "eligible"),)
    return typed(say("eligible expense"), grant.funding.eligible.value, "euros", quoted)


def explain_gross(context: ProposalContext, financing: Financing) -> Derivation:
    """The exact gross cost that shares are taken of: a leaf that names its own reference, or an owner's part."""
    assert financing.base is not None
    if financing is not financing_of(context, financing.section):
        return _explain_part(context, financing, financing.years)
    gross = total(financing.base)
    with_vat = context.edition.value.funding_base == "ttc"
    name = SECTION_NAMES[financing.section]
    label = (
        say("{section} over the six years, VAT included", section=name)
        if with_vat
        else say("{section} over the six years, before VAT", section=name)
    )
    reference = f"{context.costed.id}{'.ttc' if with_vat else ''}.{financing.section}"
    quotes = (*quote_funding_base(context), quote_key(context.document, "costs"))
    return Derivation(label, "given", gross.value, reference=reference, quotes=quotes)


def _part_of(context: ProposalContext, financing: Financing, grant: Grant) -> Financing:
    """The chain of the owner that a grant goes to."""
    return financing.parts.get(context.document.value.owner_of(grant.funding), financing)


def _explain_part(context: ProposalContext, part: Financing, years: tuple[int, ...]) -> Derivation:
    """The exact cost of an owner's lines on the funding base, in some years."""
    is_ttc = context.edition.value.funding_base == "ttc"
    lines = []
    for cost in lines_of(context, part):
        spent = [year for year in years if cost.ht[year].central]
        nodes = [
            explain_line_year_ttc(context, cost, year) if is_ttc else explain_line_year(context, cost, year)
            for year in spent
        ]
        lines.append(combine(cost.line.label or "", "sum", nodes))
    label = say("part of {owner}", owner=name_organisation(context, part.owner))
    return combine(label, "sum", lines, quotes=quote_funding_base(context))


def lines_of(context: ProposalContext, part: Financing) -> list[LineCost]:
    """The cost lines of an owner's part."""
    indexes = {line.inputs.index for line in part.plan.section.lines}
    return [cost for cost in context.costed.costing.lines if cost.index in indexes]


def _part_paid(context: ProposalContext, financing: Financing, grant: Grant, year: int) -> Derivation | None:
    """The part of a grant that is paid in a year; None where all of it is paid in one year."""
    when, index = grant.funding.paid_in, grant.index
    label = say("part paid in {year}", year=year)
    if isinstance(when, int):
        return None
    if when is not None:
        quoted = quote(context.document, "funding", index, "year", str(year))
        return typed(label, Fraction(when.get(year, Decimal(0))), "rate", (quoted,))
    chain, financing = financing, _part_of(context, financing, grant)
    assert financing.base is not None
    gross = explain_gross(context, financing)
    if not gross.value:
        return typed(label, Fraction(0), "rate", ())
    if financing is not chain:
        children = [_explain_part(context, financing, (year,)), gross]
        return combine(label, "quotient", children, unit="number", notes=(say("paid as the cost goes"),))
    amount = financing.base[financing.years.index(year)].value
    reference = f"{context.costed.id}{'.ttc' if '.ttc' in gross.reference else ''}.{year}.{financing.section}"
    in_year = Derivation(say("gross cost in {year}", year=year), "given", amount, reference=reference)
    return combine(label, "quotient", [in_year, gross], unit="number", notes=(say("paid as the cost goes"),))


def _quote_year(context: ProposalContext, index: int) -> tuple[Quote, ...]:
    keys = ("loan", "drawn") if context.document.value.funding[index].loan else ("year",)
    return (quote(context.document, "funding", index, *keys),)


def quote_funding_base(context: ProposalContext) -> tuple[Quote, ...]:
    """Quote the funding base of the edition; nothing where it is the default."""
    return (quote(context.edition, "funding_base"),) if context.edition.has("funding_base") else ()


def name_organisation(context: ProposalContext, id: str | None) -> str:
    """The name of a funder or owner; its id where the edition has none."""
    organisation = context.edition.value.organisations.get(id or "")
    return organisation.name if organisation else id or ""


def derive_unknown(
    context: ProposalContext, label: Message, reference: str, financing: Financing | None
) -> Derivation:
    """Make an unknown figure, with its reasons, quoting the organisation or the lines that lack a value."""
    if financing is None:
        return unknown(label, children=explain_gaps(context), reference=reference)
    if financing.earned is None:
        revenues = explain_revenues(context, financing.section, None)
        return unknown(label, *financing.unknown, children=[revenues], reference=reference)
    is_late = financing.fctva_total is not None
    quotes = quote_lag_key(context) if is_late else (quote_key(context.document, "costs"),)
    return unknown(label, *financing.unknown, quotes=quotes, reference=reference)


def quote_lag_key(context: ProposalContext) -> tuple[Quote, ...]:
    """Quote the organisation without `fctva_lag`; the costs where the owner is unknown."""
    owner = context.document.value.owner or ""
    known = context.edition.has("organisations", owner)
    return (
        quote_key(context.edition, "organisations", owner) if known else quote_key(context.document, "costs"),
    )


def name_chain_reference(context: ProposalContext, figure: str, section: Section, year: int | None) -> str:
    """Write the reference of a figure of the financing of a section."""
    return ".".join([context.costed.id, figure, *([str(year)] if year else []), section])
