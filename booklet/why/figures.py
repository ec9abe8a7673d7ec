"""Costs of one proposal → their derivation: cells by year and section, totals, a full year after the term, revenues.

Each cell is rounded to cents once and every total is the sum of cells, as in `costs --format json`. While a line
cannot be costed, every figure of the proposal is unknown; its known parts are shown apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES
from booklet.diagnostics.message import Message, say
from booklet.why.derivation import Derivation, combine, quote_key, round_to_cents, unknown
from booklet.why.lines import (
    ProposalContext,
    explain_full_year,
    explain_line_year,
    explain_line_year_ttc,
    explain_unknown_line,
    name_line,
    quote_line,
)

if TYPE_CHECKING:
    from booklet.costs.costing import LineCost
    from booklet.why.reference import Collection, FigureName

FIGURE_NAMES: Mapping[FigureName, Message] = {
    "total": say("Cost before VAT"),
    "ttc": say("Cost, VAT included"),
    "funding": say("Co-funding"),
    "own-share": say("Own share"),
    "fctva": say("FCTVA"),
    "net": say("Net cost"),
    "after-term": say("Each year after the term, before VAT"),
    "revenues": say("Revenues"),
    "per-inhabitant": say("Cost before VAT per inhabitant"),
    "per-beneficiary": say("Cost before VAT per beneficiary"),
    "per-tonne": say("Cost before VAT per tonne of CO₂e avoided"),
    "uplift": say("Overrun of past projects of its kind, at most"),
    "present-value": say("Present value of the cost before VAT"),
}
#: the probability, in percent, that the cost is at most the percentile
PERCENTS: Mapping[FigureName, int] = {"p10": 10, "p50": 50, "p80": 80, "p90": 90}
#: derives a figure of one section, in one year, or over the six where the year is None
SectionFigure = Callable[[ProposalContext, Section, int | None], Derivation]


def name_figure(figure: FigureName, section: Section | None, year: int | None) -> Message:
    """Name a figure, its year and its section: `Own share in 2023 – Investment`."""
    percent = PERCENTS.get(figure)
    name = (
        say("Cost before VAT that is enough in {percent} % of cases (P{percent})", percent=percent)
        if percent
        else FIGURE_NAMES[figure]
    )
    dated = name if year is None else say("{figure} in {year}", figure=name, year=year)
    return (
        dated
        if section is None
        else say("{figure} – {section}", figure=dated, section=SECTION_NAMES[section])
    )


def explain_cost(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the cost of a section without VAT, in a year or over the six."""
    name = SECTION_NAMES[section]
    reference = _reference(context, year, section)
    if year is None:
        years = _spending_years(context, section)
        cells = [explain_cost(context, section, one) for one in years]
        label = say("{section} over the six years, before VAT", section=name)
        return _sum_years(context, label, cells, reference)
    lines = [
        explain_line_year(context, "costs", cost, year)
        for cost in _lines(context, section)
        if context.choose(cost.ht[year])
    ]
    label = say("{section} in {year}, before VAT", section=name, year=year)
    return _round_sum(context, label, lines, reference)


def explain_ttc(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the cost of a section with VAT, in a year or over the six."""
    name = SECTION_NAMES[section]
    reference = _reference(context, year, section, "ttc")
    label = name_figure("ttc", section, year)
    untaxed = [cost for cost in _lines(context, section) if cost.ttc is None]
    if untaxed and context.costed.costing.is_complete:
        shown = [
            unknown(
                cost.line.label or "",
                say("the VAT rate is not known"),
                quotes=(quote_line(context, "costs", cost.index),),
            )
            for cost in untaxed
        ]
        return unknown(label, children=shown, reference=reference)
    if year is None:
        cells = [explain_ttc(context, section, one) for one in _spending_years(context, section)]
        label = say("{section} over the six years, VAT included", section=name)
        return _sum_years(context, label, cells, reference)
    lines = [
        explain_line_year_ttc(context, cost, year)
        for cost in _lines(context, section)
        if context.choose(cost.ht[year])
    ]
    return _round_sum(
        context, say("{section} in {year}, VAT included", section=name, year=year), lines, reference
    )


def explain_after_term(context: ProposalContext, section: Section | None) -> Derivation:
    """Derive the cost of a full year after the term; both sections are rounded together, as in exports."""
    lines = [
        explain_full_year(context, "costs", cost)
        for cost in context.costed.costing.lines
        if section in (None, cost.section) and context.choose(cost.after_term_per_year)
    ]
    label = name_figure("after-term", section, None)
    return _round_sum(context, label, lines, _reference(context, None, section, "after-term"))


def explain_both(
    context: ProposalContext, figure: SectionFigure, label: Message, year: int | None, reference: str
) -> Derivation:
    """Add a figure over the sections that have costs, funding or revenues."""
    proposal = context.document.value
    spent = {cost.section for cost in context.costed.costing.lines}
    spent |= {item.section for item in (*proposal.funding, *proposal.revenues) if item.section}
    nodes = [figure(context, section, year) for section in SECTIONS if section in spent or not spent]
    if not context.costed.costing.is_complete:
        return unknown(label, children=explain_gaps(context), apart=nodes, reference=reference)
    shown = [node for node in nodes if node.value is None or node.children] or nodes
    return combine(label, "sum", shown, reference=reference)


def explain_line(
    context: ProposalContext, collection: Collection, number: int, year: int | None
) -> Derivation:
    """Derive one line of costs or revenues, in a year or over the six; each year is rounded to cents."""
    line = getattr(context.document.value, collection)[number - 1]
    costing = context.costed.costing
    costed = costing.lines if collection == "costs" else costing.revenues
    cost = next((one for one in costed if one.index == number - 1), None)
    if cost is None:
        return explain_unknown_line(context, collection, number - 1)
    if year is not None:
        return round_to_cents(explain_line_year(context, collection, cost, year))
    cells = [
        replace(explain_line(context, collection, number, one), label=say("In {year}", year=one))
        for one in cost.ht.years
        if context.choose(cost.ht[one])
    ]
    label = name_line(line, number - 1)
    reference = f"{context.costed.id}.{collection}.{number}{context.suffix}"
    return combine(
        label, "sum", cells, quotes=(quote_line(context, collection, number - 1),), reference=reference
    )


def explain_revenues(context: ProposalContext, section: Section | None, year: int | None) -> Derivation:
    """Derive revenues without VAT; they reduce the net cost, never the cost."""
    label = name_figure("revenues", section, year)
    reference = _reference(context, year, section, "revenues")
    if section is None:
        named = {line.section for line in context.document.value.revenues}
        parts = [explain_revenues(context, one, year) for one in SECTIONS if one in named or None in named]
        return combine(label, "sum", parts, reference=reference)
    known = {cost.index: cost for cost in context.costed.costing.revenues}
    lines = enumerate(context.document.value.revenues)
    missing = [index for index, line in lines if index not in known and line.section in (section, None)]
    if missing:
        shown = [explain_unknown_line(context, "revenues", index) for index in missing]
        return unknown(label, children=shown, reference=reference)
    chosen = [cost for cost in known.values() if cost.section == section]
    if year is None:
        years = [one for one in context.term.years if any(context.choose(cost.ht[one]) for cost in chosen)]
        cells = [explain_revenues(context, section, one) for one in years]
        return combine(label, "sum", cells, reference=reference)
    earning = [
        explain_line_year(context, "revenues", cost, year) for cost in chosen if context.choose(cost.ht[year])
    ]
    return round_to_cents(combine(label, "sum", earning, reference=reference))


def explain_gaps(context: ProposalContext) -> list[Derivation]:
    """List the cost lines that cannot be costed, or one unknown where there is no cost line."""
    found = [explain_unknown_line(context, "costs", index) for index in context.costed.costing.unknown]
    if found:
        return found
    return [unknown(say("no cost line"), quotes=(quote_key(context.document, "costs"),))]


def _sum_years(
    context: ProposalContext, label: Message, cells: list[Derivation], reference: str
) -> Derivation:
    if not context.costed.costing.is_complete:
        return unknown(label, children=explain_gaps(context), apart=cells, reference=reference)
    return combine(label, "sum", cells, reference=reference)


def _round_sum(
    context: ProposalContext, label: Message, lines: list[Derivation], reference: str
) -> Derivation:
    if not context.costed.costing.is_complete:
        return unknown(label, children=explain_gaps(context), apart=lines, reference=reference)
    return round_to_cents(combine(label, "sum", lines, reference=reference))


def _lines(context: ProposalContext, section: Section) -> list[LineCost]:
    return [cost for cost in context.costed.costing.lines if cost.section == section]


def _spending_years(context: ProposalContext, section: Section) -> list[int]:
    yearly = context.costed.costing.by_section[section]
    return [year for year in yearly.years if context.choose(yearly[year])]


def _reference(context: ProposalContext, year: int | None, section: Section | None, *figure: str) -> str:
    parts = [context.costed.id, *figure, *([str(year)] if year else []), *([section] if section else [])]
    return ".".join(parts) + context.suffix
