"""Costs of one proposal → their derivation: cells by year and section, totals, a full year after the term, revenues.

The trees are those of the formulas of `costs.figures`, read with numbers that keep how they came about (`traced`).
Each cell is rounded to cents once and every total is the sum of cells, as in `costs --format json`. While a line
cannot be costed, every figure of the proposal is unknown; its known parts are shown apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.content.model.proposal import ESTIMATES, SECTIONS, Section
from booklet.costs.figures import balance, costs
from booklet.costs.figures.costs import CENTRAL, Line
from booklet.costs.figures.number import Unknown
from booklet.diagnostics.message import Message, say
from booklet.why.cost_words import date_label, label_cost, refer
from booklet.why.derivation import Derivation, combine, quote_key, unknown
from booklet.why.lines import ProposalContext, explain_unknown_line, quote_line
from booklet.why.traced import Steps, Traced, is_something

if TYPE_CHECKING:
    from booklet.content.model.proposal import LineGroup
    from booklet.costs.costing import LineCost
    from booklet.costs.figures.inputs import LineInputs
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
    "savings": say("Savings"),
    "lost-revenue": say("Lost revenue"),
    "net-after-savings": say("Net cost after savings"),
    "interest": say("Interest"),
    "principal": say("Principal"),
    "paid-before": say("Paid before the term"),
    "paid-after": say("Left to pay after the term"),
    "ap": say("AP"),
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
    return date_label(name, section, year)


def section_of(context: ProposalContext, name: Section | None) -> costs.Section[Steps]:
    """The costed lines of a section, or of both, as subjects of figures; cached in the context."""
    if name not in context.sections:
        costing = context.costed.costing

        def lines_of(collection: Collection, costed: tuple[LineCost, ...]) -> tuple[Line[Steps], ...]:
            return tuple(
                _line_of(context, collection, cost.estimates[CENTRAL].inputs)
                for cost in costed
                if name in (None, cost.section)
            )

        def others_of(collection: LineGroup) -> costs.Earning[Steps]:
            group = costing.group(collection)
            return costs.Earning(lines_of(collection, group.lines), lacks_a_line=name in group.unknown)

        context.sections[name] = costs.Section(
            Traced(context),
            name,
            lines_of("costs", costing.lines),
            lines_of("revenues", costing.revenues),
            lacks_revenue=name in costing.unknown_revenues,
            savings=others_of("savings"),
            lost_revenue=others_of("lost_revenue"),
        )
    return context.sections[name]


def _line_of(context: ProposalContext, collection: Collection, inputs: LineInputs) -> Line[Steps]:
    return Line(Traced(context, collection), inputs, ESTIMATES.index(context.estimate))


def explain_cost(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the cost of a section without VAT, in a year or over the six."""
    if not context.costed.costing.is_complete:
        return _explain_known_part(explain_cost, costs.line_ht, context, section, year)
    row = costs.cost_ht(section_of(context, section)).cents()
    return replace(row.at(context.at(year)), reference=refer(context, year, section))


def explain_ttc(context: ProposalContext, section: Section, year: int | None) -> Derivation:
    """Derive the cost of a section with VAT, in a year or over the six."""
    if not context.costed.costing.is_complete:
        return _explain_known_part(explain_ttc, costs.line_ttc, context, section, year, "ttc")
    reference = refer(context, "ttc", year, section)
    try:
        row = costs.cost_ttc(section_of(context, section)).cents()
    except Unknown:
        lines = section_of(context, section).lines
        shown = [_untaxed(context, line) for line in lines if line.inputs.vat is None]
        return unknown(name_figure("ttc", section, year), children=shown, reference=reference)
    return replace(row.at(context.at(year)), reference=reference)


def _untaxed(context: ProposalContext, line: Line[Steps], *apart: Derivation) -> Derivation:
    quoted = quote_line(context, "costs", line.inputs.index)
    return unknown(line.inputs.label, say("the VAT rate is not known"), apart=apart, quotes=(quoted,))


def _explain_known_part(
    explain: SectionFigure,
    of_line: Callable[[Line[Steps]], Steps],
    context: ProposalContext,
    section: Section,
    year: int | None,
    *figure: str,
) -> Derivation:
    """Make the unknown of a section some lines of which cannot be costed, what is known of it apart."""
    rows = [(line, costs.line_ht(line)) for line in section_of(context, section).lines]
    years = [one for at, one in enumerate(context.term.years) if any(row[at].value for _, row in rows)]
    if year is None:
        apart = [explain(context, section, one) for one in years]
    else:
        at = context.term.years.index(year)
        apart = [
            _untaxed(context, line, row[at]) if figure and line.inputs.vat is None else of_line(line)[at]
            for line, row in rows
            if row[at].value
        ]
    label = label_cost(section, year, with_vat=bool(figure))
    reference = refer(context, *figure, year, section)
    return unknown(label, children=explain_gaps(context), apart=apart, reference=reference)


def explain_after_term(context: ProposalContext, section: Section | None) -> Derivation:
    """Derive the cost of a full year after the term; both sections are rounded together, as in exports."""
    node = costs.after_term(section_of(context, section)).cents().at(None)
    if context.costed.costing.is_complete:
        return node
    gaps = explain_gaps(context)
    return unknown(node.label, children=gaps, apart=node.children, reference=node.reference)


def explain_both(
    context: ProposalContext, figure: SectionFigure, label: Message, year: int | None, reference: str
) -> Derivation:
    """Add a figure over the sections that have costs, funding or revenues."""
    proposal = context.document.value
    spent = {cost.section for cost in context.costed.costing.lines}
    spent |= {funding.section for funding in proposal.funding if funding.section}
    spent |= {line.section for line in proposal.all_lines[len(proposal.costs) :] if line.section}
    nodes = [figure(context, section, year) for section in SECTIONS if section in spent or not spent]
    if not context.costed.costing.is_complete:
        return unknown(label, children=explain_gaps(context), apart=nodes, reference=reference)
    shown = [node for node in nodes if node.value is None or node.children] or nodes
    return combine(label, "sum", shown, reference=reference)


def explain_line(
    context: ProposalContext, collection: Collection, number: int, year: int | None
) -> Derivation:
    """Derive one line of costs or revenues, in a year or over the six; each year is rounded to cents."""
    costing = context.costed.costing
    costed = costing.group(collection).lines  # type: ignore[arg-type]
    cost = next((one for one in costed if one.index == number - 1), None)
    if cost is None:
        return explain_unknown_line(context, collection, number - 1)
    row = costs.line_ht(_line_of(context, collection, cost.estimates[CENTRAL].inputs)).cents()
    if year is not None:
        return row.at(context.at(year))
    cells = tuple(
        replace(cell, label=say("In {year}", year=one))
        for one, cell in zip(context.term.years, row.cells, strict=True)
        if is_something(cell)
    )
    return replace(row.at(None), children=cells, reference=refer(context, collection, number))


#: the lists of lines that are no costs, with the formula of a section of each
_GROUPS: Mapping[LineGroup, tuple[FigureName, Callable[[costs.Section[Steps]], Steps]]] = {
    "revenues": ("revenues", costs.earned),
    "savings": ("savings", balance.saved),
    "lost_revenue": ("lost-revenue", balance.given_up),
}


def explain_group(
    collection: LineGroup, context: ProposalContext, section: Section, year: int | None
) -> Derivation:
    """Derive revenues, savings or lost revenue without VAT; none of them changes the cost."""
    figure, formula = _GROUPS[collection]
    reference = refer(context, figure, year, section)
    try:
        row = formula(section_of(context, section)).cents()
    except Unknown:
        known = {cost.index for cost in context.costed.costing.group(collection).lines}
        lines = enumerate(getattr(context.document.value, collection))
        missing = [index for index, line in lines if index not in known and line.section in (section, None)]
        shown = [explain_unknown_line(context, collection, index) for index in missing]
        return unknown(name_figure(figure, section, year), children=shown, reference=reference)
    return replace(row.at(context.at(year)), reference=reference)


def explain_revenues(context: ProposalContext, section: Section | None, year: int | None) -> Derivation:
    """Derive revenues of a section, or of all that have some."""
    if section is not None:
        return explain_group("revenues", context, section, year)
    named = {line.section for line in context.document.value.revenues}
    parts = [explain_revenues(context, one, year) for one in SECTIONS if one in named or None in named]
    reference = refer(context, "revenues", year)
    return combine(name_figure("revenues", None, year), "sum", parts, reference=reference)


def explain_gaps(context: ProposalContext) -> list[Derivation]:
    """List the cost lines that cannot be costed, or one unknown where there is no cost line."""
    found = [explain_unknown_line(context, "costs", index) for index in context.costed.costing.unknown]
    if found:
        return found
    return [unknown(say("no cost line"), quotes=(quote_key(context.document, "costs"),))]
