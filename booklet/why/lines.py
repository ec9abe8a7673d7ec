"""A cost line → how its amounts come about: quantity × unit cost × the part that a year bears, each where it is typed.

The arithmetic is that of `costing`, told step by step; every amount is checked against it, so that an explanation
which is not the figure's own is a fault of ours and never printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from booklet.costs.costing import MONTHS, LineCost
from booklet.diagnostics.message import Message, say
from booklet.money.calendar import Month, Period, Term
from booklet.why.node import Basis, Node, Place, combine, find_key, find_place, typed, unknown

if TYPE_CHECKING:
    from booklet.content.document import Document
    from booklet.content.model.edition import Edition
    from booklet.content.model.parameters import Parameters
    from booklet.content.model.proposal import CostLine, EstimateName, Phase, Section
    from booklet.content.model.sources import Bibliography
    from booklet.costs.financing import Financing
    from booklet.costs.portfolio import CostedProposal
    from booklet.law.lookup import Law
    from booklet.money.euros import Euros, Range
    from booklet.why.reference import Collection


@dataclass(frozen=True, slots=True)
class Case:
    """Hold a proposal and all that its figures are computed with."""

    costed: CostedProposal
    edition: Document[Edition]
    bibliography: Document[Bibliography] | None
    term: Term
    law: Law
    #: what the edition adds to the law, with its places
    parameters: Document[Parameters] | None = None
    estimate: EstimateName = "central"
    #: chains of the sections that were followed so far: each step of a tree asks for its own
    chains: dict[Section, Financing | None] = field(default_factory=dict, compare=False)

    @property
    def document(self) -> Document[Any]:
        """Give the proposal with its places."""
        return self.costed.document

    @property
    def suffix(self) -> str:
        """Give what a reference ends with, to keep the estimate."""
        return "" if self.estimate == "central" else f".{self.estimate}"

    def choose(self, amount: Range) -> Euros:
        """Take the estimate that was asked for."""
        low_central_high: dict[EstimateName, Euros] = {
            "low": amount.low,
            "central": amount.central,
            "high": amount.high,
        }
        return low_central_high[self.estimate]


def explain_line_year(case: Case, collection: Collection, cost: LineCost, year: int) -> Node:
    """Derive the exact price without VAT that one line bears in one year."""
    factors = _factors(case, collection, cost)
    line = cost.line
    if isinstance(line.spread, Mapping):
        path = (collection, cost.index, "spread", str(year))
        units = Fraction(line.spread.get(year, Decimal(0)))
        factors[0] = typed(_units(line, year), units, "number", (find_place(case.document, *path),))
    else:
        factors.append(_part_of_year(case, collection, cost, year))
    node = _line_node(case, collection, cost, factors, f".{year}")
    _must_be(node, case.choose(cost.ht[year]))
    return node


def explain_full_year(case: Case, collection: Collection, cost: LineCost) -> Node:
    """Derive what a line that goes on costs in a full year after the term."""
    node = _line_node(case, collection, cost, _factors(case, collection, cost), "")
    _must_be(node, case.choose(cost.after_term_per_year))
    return node


def explain_line_year_ttc(case: Case, cost: LineCost, year: int) -> Node:
    """Derive the price with VAT that one cost line bears in one year."""
    ht = explain_line_year(case, "costs", cost, year)
    if cost.line.vat_rate is None:
        return unknown(ht.label, say("the VAT rate is not known"), apart=[ht], places=ht.places)
    node = combine(ht.label, "product", [ht, one_plus_vat(case, "costs", cost)], places=ht.places)
    assert cost.ttc is not None
    _must_be(node, case.choose(cost.ttc[year]))
    return node


def explain_line_year_vat(case: Case, cost: LineCost, year: int) -> Node:
    """Derive the VAT of what one cost line bears in one year."""
    ht = explain_line_year(case, "costs", cost, year)
    return combine(ht.label, "product", [ht, _vat_rate(case, "costs", cost)], places=ht.places)


def explain_unknown_line(case: Case, collection: Collection, index: int) -> Node:
    """Show a line that cannot be costed yet, and what it lacks."""
    line: CostLine = getattr(case.document.value, collection)[index]
    missing = [name for name in ("section", "quantity", "unit_cost") if getattr(line, name) is None]
    if line.spread is None and line.recurs is None:
        missing.append("spread")
    lacks = [say("`{name}` is missing or cannot be read", name=name) for name in missing]
    return unknown(
        line.label or say("line {number}", number=index + 1),
        *(lacks or [say("when it is paid, or its VAT, is not known")]),
        places=(line_place(case, collection, index),),
    )


def _line_node(case: Case, collection: Collection, cost: LineCost, factors: list[Node], when: str) -> Node:
    return combine(
        cost.line.label or say("line {number}", number=cost.index + 1),
        "product",
        factors,
        places=(line_place(case, collection, cost.index),),
        basis=find_basis(case, collection, cost.index),
        reference=f"{case.costed.id}.{collection}.{cost.index + 1}{when}{case.suffix}" if when else "",
    )


def _factors(case: Case, collection: Collection, cost: LineCost) -> list[Node]:
    line = cost.line
    assert line.quantity is not None
    place = find_place(case.document, collection, cost.index, "quantity")
    label = say("quantity ({unit})", unit=line.unit) if line.unit else say("quantity")
    return [
        typed(label, Fraction(line.quantity), "number", (place,)),
        _unit_cost(case, collection, cost),
    ]


def _units(line: CostLine, year: int) -> Message:
    if not line.unit:
        return say("units in {year}", year=year)
    return say("units in {year} ({unit})", year=year, unit=line.unit)


_UNIT_COSTS: Mapping[EstimateName, Message] = {
    "low": say("unit cost, low"),
    "central": say("unit cost, central"),
    "high": say("unit cost, high"),
}


def _unit_cost(case: Case, collection: Collection, cost: LineCost) -> Node:
    """Give the unit cost without VAT: as typed, or what was typed divided by 1 + VAT."""
    line, document = cost.line, case.document
    assert line.unit_cost is not None
    assert line.unit_cost.range is not None
    path: tuple[str | int, ...] = (collection, cost.index, "unit_cost")
    if document.has(*path, case.estimate):
        path = (*path, case.estimate)
    amount = case.choose(line.unit_cost.range).value
    label = _UNIT_COSTS[case.estimate]
    prices = case.edition.value.prices
    if (line.price or (prices.basis if prices else None)) != "ttc":
        return typed(label, amount, "euros", (find_place(document, *path),))
    with_vat = typed(
        say("{amount}, VAT included", amount=label), amount, "euros", (find_place(document, *path),)
    )
    # where the author said that prices hold VAT: on the line, or once for all
    basis = (
        find_place(document, collection, cost.index, "price")
        if line.price
        else find_place(case.edition, "prices", "basis")
    )
    return combine(
        say("{amount}, without VAT", amount=label),
        "quotient",
        [with_vat, one_plus_vat(case, collection, cost)],
        places=(basis,),
    )


def one_plus_vat(case: Case, collection: Collection, cost: LineCost) -> Node:
    """Give 1 + the VAT rate of a line; staff, grants and land bear none by their nature."""
    leaf = _vat_rate(case, collection, cost)
    return combine(say("1 + VAT rate"), "one-plus", [leaf], measure="number")


def _vat_rate(case: Case, collection: Collection, cost: LineCost) -> Node:
    rate = cost.line.vat_rate
    assert rate is not None
    key = "nature" if cost.line.vat is None else "vat"
    place = find_place(case.document, collection, cost.index, key)
    return typed(say("VAT rate"), Fraction(rate), "rate", (place,))


def _part_of_year(case: Case, collection: Collection, cost: LineCost, year: int) -> Node:
    """Give the part of the whole that a year bears: its months of the phase, or its months of a year."""
    line, document = cost.line, case.document
    if line.recurs is not None:
        assert line.recurs.start is not None
        path = (collection, cost.index, "recurs")
        period = Period(line.recurs.start, line.recurs.until or Month(year + 1, 12))
        places = tuple(
            find_place(document, *path, key) for key in ("from", "until") if document.has(*path, key)
        )
        whole = Node(say("months of a year"), "constant", Fraction(MONTHS), "number")
        label = say("part of a year borne in {year}", year=year)
    else:
        index, phase = _phase(document.value.timeline, str(line.spread))
        assert phase.period is not None
        period = phase.period
        places = tuple(find_place(document, "timeline", index, key) for key in ("start", "end"))
        whole = typed(
            say("months of the phase `{phase}`", phase=phase.id or ""),
            Fraction(period.months),
            "number",
            places,
        )
        label = say("part of the phase `{phase}` in {year}", phase=phase.id or "", year=year)
    months = typed(say("months in {year}", year=year), Fraction(period.months_in(year)), "number", places)
    key = "recurs" if line.recurs is not None else "spread"
    place = find_key(document, collection, cost.index, key)
    return combine(label, "quotient", [months, whole], measure="number", places=(place,))


def _phase(timeline: tuple[Phase, ...], id: str) -> tuple[int, Phase]:
    """Find a phase as `costing` does: the last of that id, should two have it."""
    return [(index, phase) for index, phase in enumerate(timeline) if phase.id == id][-1]


def line_place(case: Case, collection: Collection, index: int) -> Place:
    """Point at a line by its label, or by its first words."""
    label = (collection, index, "label")
    return find_place(case.document, *(label if case.document.has(*label) else (collection, index)))


def find_basis(case: Case, collection: Collection, index: int) -> Basis | None:
    """Say what a line rests on: its source with title and year, or its assumption in the author's words."""
    line: CostLine = getattr(case.document.value, collection)[index]
    evidence = line.evidence or ""
    if line.source is not None:
        references = case.bibliography.value.root if case.bibliography else {}
        found = references.get(line.source)
        if found is None or case.bibliography is None:
            place = find_place(case.document, collection, index, "source")
            return Basis("source", line.source, line.source, evidence=evidence, place=place)
        return Basis(
            "source",
            found.title,
            line.source,
            found.publisher or "",
            found.year,
            found.url or "",
            evidence,
            find_key(case.bibliography, line.source),
        )
    if line.assumption is not None:
        place = find_place(case.document, collection, index, "assumption")
        return Basis("assumption", line.assumption, evidence=evidence, place=place)
    return None


def _must_be(node: Node, amount: Euros) -> None:
    assert node.value == amount.value, (
        f"{node.label} is explained as {node.value}, computed as {amount.value}"
    )
