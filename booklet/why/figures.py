"""Costs of one proposal → their derivation: cells by year and section, totals, what goes on after the term, revenues.

Each cell is rounded to cents once and every total is the sum of cells, as in `costs --format json`. While a line
cannot be costed, every figure of the proposal is unknown; what is known stands beside it and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES
from booklet.costs.costing import LineCost, cost_line
from booklet.diagnostics.message import Message, say
from booklet.why.lines import (
    Case,
    explain_full_year,
    explain_line_year,
    explain_line_year_ttc,
    explain_unknown_line,
    line_place,
)
from booklet.why.node import Node, combine, find_key, round_to_cents, unknown

if TYPE_CHECKING:
    from booklet.why.reference import Collection, Figure

FIGURE_NAMES: Mapping[Figure, Message] = {
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
    "present-value": say("Present value of the cost before VAT"),
}
#: with which chance the cost is at most a percentile
PERCENTS: Mapping[Figure, int] = {"p10": 10, "p50": 50, "p80": 80, "p90": 90}
#: derives a figure of one section, in one year or over the six
SectionFigure = Callable[[Case, Section, int | None], Node]


def name_figure(figure: Figure, section: Section | None, year: int | None) -> Message:
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


def explain_cost(case: Case, section: Section, year: int | None) -> Node:
    """Derive the cost of a section without VAT, in a year or over the six."""
    name = SECTION_NAMES[section]
    reference = _reference(case, year, section)
    if year is None:
        years = _spending_years(case, section)
        cells = [explain_cost(case, section, one) for one in years]
        label = say("{section} over the six years, before VAT", section=name)
        return _whole(case, label, cells, reference)
    lines = [
        explain_line_year(case, "costs", cost, year)
        for cost in _lines(case, section)
        if case.choose(cost.ht[year])
    ]
    label = say("{section} in {year}, before VAT", section=name, year=year)
    return _cell(case, label, lines, reference)


def explain_ttc(case: Case, section: Section, year: int | None) -> Node:
    """Derive the cost of a section with VAT, in a year or over the six."""
    name = SECTION_NAMES[section]
    reference = _reference(case, year, section, "ttc")
    if year is None:
        cells = [explain_ttc(case, section, one) for one in _spending_years(case, section)]
        label = say("{section} over the six years, VAT included", section=name)
        return _whole(case, label, cells, reference)
    lines = [
        explain_line_year_ttc(case, cost, year)
        for cost in _lines(case, section)
        if case.choose(cost.ht[year])
    ]
    return _cell(case, say("{section} in {year}, VAT included", section=name, year=year), lines, reference)


def explain_after_term(case: Case, section: Section | None) -> Node:
    """Derive a full year after the term; both sections are rounded together, as files write them."""
    lines = [
        explain_full_year(case, "costs", cost)
        for cost in case.costed.costing.lines
        if section in (None, cost.section) and case.choose(cost.after_term_per_year)
    ]
    label = name_figure("after-term", section, None)
    return _cell(case, label, lines, _reference(case, None, section, "after-term"))


def explain_both(case: Case, figure: SectionFigure, label: Message, year: int | None, reference: str) -> Node:
    """Add a figure of the two sections, those where nothing is spent or given left out."""
    proposal = case.document.value
    spent = {cost.section for cost in case.costed.costing.lines}
    spent |= {held.section for held in (*proposal.funding, *proposal.revenues) if held.section}
    nodes = [figure(case, section, year) for section in SECTIONS if section in spent or not spent]
    if not case.costed.costing.is_complete:
        return unknown(label, children=holes(case), apart=nodes, reference=reference)
    told = [node for node in nodes if node.value is None or node.children] or nodes
    return combine(label, "sum", told, reference=reference)


def explain_line(case: Case, collection: Collection, number: int, year: int | None) -> Node:
    """Derive one line of costs or revenues, in a year or over the six; each year is rounded to cents."""
    line = getattr(case.document.value, collection)[number - 1]
    phases = {phase.id: phase for phase in case.document.value.timeline if phase.id is not None}
    prices = case.edition.value.prices
    cost = cost_line(number - 1, line, phases, case.term, prices.basis if prices else None)
    if cost is None:
        return explain_unknown_line(case, collection, number - 1)
    if year is not None:
        return round_to_cents(explain_line_year(case, collection, cost, year))
    cells = [
        replace(explain_line(case, collection, number, one), label=say("In {year}", year=one))
        for one in cost.ht.years
        if case.choose(cost.ht[one])
    ]
    label = line.label or say("line {number}", number=number)
    reference = f"{case.costed.id}.{collection}.{number}{case.suffix}"
    return combine(
        label, "sum", cells, places=(line_place(case, collection, number - 1),), reference=reference
    )


def explain_revenues(case: Case, section: Section | None, year: int | None) -> Node:
    """Derive what comes in, without VAT; never taken off the costs, only off the net."""
    label = name_figure("revenues", section, year)
    reference = _reference(case, year, section, "revenues")
    if section is None:
        named = {line.section for line in case.document.value.revenues}
        parts = [explain_revenues(case, one, year) for one in SECTIONS if one in named or None in named]
        return combine(label, "sum", parts, reference=reference)
    known = {cost.index: cost for cost in case.costed.costing.revenues}
    lines = enumerate(case.document.value.revenues)
    missing = [index for index, line in lines if index not in known and line.section in (section, None)]
    if missing:
        told = [explain_unknown_line(case, "revenues", index) for index in missing]
        return unknown(label, children=told, reference=reference)
    own = [cost for cost in known.values() if cost.section == section]
    if year is None:
        years = [one for one in case.term.years if any(case.choose(cost.ht[one]) for cost in own)]
        cells = [explain_revenues(case, section, one) for one in years]
        return combine(label, "sum", cells, reference=reference)
    earning = [explain_line_year(case, "revenues", cost, year) for cost in own if case.choose(cost.ht[year])]
    return round_to_cents(combine(label, "sum", earning, reference=reference))


def holes(case: Case) -> list[Node]:
    """Show the cost lines that cannot be costed, or that there is none."""
    found = [explain_unknown_line(case, "costs", index) for index in case.costed.costing.unknown]
    if found:
        return found
    return [unknown(say("no cost line"), places=(find_key(case.document, "costs"),))]


def _whole(case: Case, label: Message, cells: list[Node], reference: str) -> Node:
    if not case.costed.costing.is_complete:
        return unknown(label, children=holes(case), apart=cells, reference=reference)
    return combine(label, "sum", cells, reference=reference)


def _cell(case: Case, label: Message, lines: list[Node], reference: str) -> Node:
    if not case.costed.costing.is_complete:
        return unknown(label, children=holes(case), apart=lines, reference=reference)
    return round_to_cents(combine(label, "sum", lines, reference=reference))


def _lines(case: Case, section: Section) -> list[LineCost]:
    return [cost for cost in case.costed.costing.lines if cost.section == section]


def _spending_years(case: Case, section: Section) -> list[int]:
    yearly = case.costed.costing.by_section[section]
    return [year for year in yearly.years if case.choose(yearly[year])]


def _reference(case: Case, year: int | None, section: Section | None, *figure: str) -> str:
    parts = [case.costed.id, *figure, *([str(year)] if year else []), *([section] if section else [])]
    return ".".join(parts) + case.suffix
