"""Costs and revenues: quantity × unit cost, by budget year, without and with VAT, and what goes on after the term.

A line costs quantity × unit cost, spread over months (the same part each month), or units × unit cost by budget year:
the units are those of the central quantity, and others are in proportion. HT is the price without VAT; a `ttc` price is
divided by 1 + the VAT rate. Prices of another year are brought to the edition's by an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from booklet.costs.figures.number import Chosen, N, Subject, Unknown, figure
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.content.model.proposal import Section as SectionName
    from booklet.costs.figures.inputs import LineInputs
    from booklet.costs.figures.number import Kind

NO_RATE = say("a VAT rate is not known")
NO_REVENUE = say("a revenue is not known")
#: places of the estimates in the inputs of a line
LOW, CENTRAL, HIGH = 0, 1, 2


class Line(Subject[N]):
    """One line of costs or revenues, in one of its estimates."""

    def __init__(self, kind: Kind[N], inputs: LineInputs, estimate: int = CENTRAL) -> None:
        super().__init__(kind)
        self.inputs, self.estimate = inputs, estimate

    @property
    def quantity(self) -> N:
        """The number of units."""
        return self.given("quantity", self.inputs.quantity[self.estimate])

    @property
    def central_quantity(self) -> N:
        """The number of units that those by year add up to."""
        return self.given("central_quantity", self.inputs.quantity[CENTRAL])

    @property
    def has_other_quantity(self) -> bool:
        """Whether the number of units is not the central one."""
        mine, central = self.inputs.quantity[self.estimate], self.inputs.quantity[CENTRAL]
        return mine is not central and mine != central

    @property
    def unit_cost(self) -> N:
        """The price of a unit as typed, with or without VAT."""
        return self.given("unit_cost", self.inputs.unit_cost[self.estimate])

    @property
    def spread(self) -> N:
        """The part of quantity × unit cost that each budget year bears, or its units."""
        return self.given("spread", self.inputs.spread)

    @property
    def vat_rate(self) -> N:
        """The VAT rate; raises `Unknown`."""
        if self.inputs.vat is None:
            raise Unknown(NO_RATE)
        return self.given("vat", self.inputs.vat)

    @property
    def paid_before(self) -> N:
        """What was paid before the six years, on the price basis of the line."""
        assert self.inputs.paid_before is not None, "asked of a line that paid"
        return self.given("paid_before", self.inputs.paid_before)

    @property
    def paid_after(self) -> N:
        """What is left to pay after the six years, on the price basis of the line."""
        assert self.inputs.paid_after is not None, "asked of a line that pays"
        return self.given("paid_after", self.inputs.paid_after)

    @property
    def deducts_vat(self) -> bool:
        """Whether the owner deducts the VAT, since the activity is subject to it."""
        return self.inputs.regime == "assujetti"


@dataclass(frozen=True, slots=True)
class Earning(Generic[N]):
    """The lines of savings, or of lost revenue, of a section."""

    lines: tuple[Line[N], ...]
    #: whether one of them could not be costed
    lacks_a_line: bool


_NO_LINES: Earning[Any] = Earning((), lacks_a_line=False)


class Section(Subject[N]):
    """The lines of one budget section of a proposal, or of both (None), in one of their estimates."""

    def __init__(
        self,
        kind: Kind[N],
        name: SectionName | None,
        lines: tuple[Line[N], ...],
        revenues: tuple[Line[N], ...],
        *,
        lacks_revenue: bool = False,
        savings: Earning[N] | None = None,
        lost_revenue: Earning[N] | None = None,
    ) -> None:
        super().__init__(kind)
        self.name, self.lines, self.revenues, self.lacks_revenue = name, lines, revenues, lacks_revenue
        self.savings: Earning[N] = savings or _NO_LINES
        self.lost_revenue: Earning[N] = lost_revenue or _NO_LINES

    @property
    def costs(self) -> Chosen[N, Line[N]]:
        """All cost lines."""
        return Chosen(self.kind, self.lines)

    @property
    def going_on(self) -> Chosen[N, Line[N]]:
        """The cost lines that run in the January after the term."""
        lines = tuple(line for line in self.lines if line.inputs.goes_on)
        return Chosen(self.kind, lines)

    @property
    def deducting(self) -> Chosen[N, Line[N]]:
        """The cost lines whose VAT is known and deducted."""
        lines = tuple(line for line in self.lines if line.deducts_vat and line.inputs.vat is not None)
        return Chosen(self.kind, lines)

    @property
    def refunded(self) -> Chosen[N, Line[N]]:
        """The cost lines on which FCTVA is paid, and those of which that is not known."""
        lines = tuple(
            line
            for line in self.lines
            if line.inputs.bears_fctva or (line.inputs.regime is None and line.inputs.may_bear_vat)
        )
        return Chosen(self.kind, lines)

    @property
    def paying_before(self) -> Chosen[N, Line[N]]:
        """The cost lines of which something was paid before the six years."""
        lines = tuple(line for line in self.lines if line.inputs.paid_before is not None)
        return Chosen(self.kind, lines)

    @property
    def paying_after(self) -> Chosen[N, Line[N]]:
        """The cost lines of which something is left to pay after the six years."""
        lines = tuple(line for line in self.lines if line.inputs.paid_after is not None)
        return Chosen(self.kind, lines)

    @property
    def earning(self) -> Chosen[N, Line[N]]:
        """All lines of revenues."""
        return Chosen(self.kind, self.revenues)


@figure(say("unit cost, without VAT"))
def unit_cost_ht(line: Line[N]) -> N:
    """The price of a unit without VAT, in the prices of the year that it was typed in (CGI art. 278 ff.)."""
    return line.unit_cost / line.vat_rate.one_plus() if line.inputs.is_ttc else line.unit_cost


@figure(say("change of prices"))
def inflation(line: Line[N]) -> N:
    """The index of the edition's year over that of the year of the prices."""
    assert line.inputs.indices is not None, "the prices are those of the edition"
    before, after = line.inputs.indices
    return line.given("index_of_edition", after) / line.given("index_of_prices", before)


def unit_cost_of_edition(line: Line[N]) -> N:
    """The price of a unit without VAT, in the prices of the edition."""
    return unit_cost_ht(line) if line.inputs.indices is None else unit_cost_ht(line) * inflation(line)


@figure(say("quantity over the central one"))
def part_of_central(line: Line[N]) -> N:
    """The units of an estimate over those that units by year add up to."""
    return line.quantity / line.central_quantity


@figure(say("Cost before VAT"))
def line_ht(line: Line[N]) -> N:
    """The cost of a line without VAT, by budget year."""
    if not line.inputs.has_units:
        return line.quantity * unit_cost_of_edition(line) * line.spread
    units = line.spread
    if line.has_other_quantity:
        units = units * part_of_central(line)
    return units * unit_cost_of_edition(line)


@figure(say("VAT"))
def line_vat(line: Line[N]) -> N:
    """The VAT on a line, by budget year."""
    return line_ht(line) * line.vat_rate


@figure(say("Cost, VAT included"))
def line_ttc(line: Line[N]) -> N:
    """The cost of a line with VAT, by budget year."""
    return line_ht(line) * line.vat_rate.one_plus()


@figure(say("Each year after the term, before VAT"))
def line_after_term(line: Line[N]) -> N:
    """The cost of a line that goes on, in a full year after the term; asked only of such a line."""
    return line.quantity * unit_cost_of_edition(line)


@figure(say("Cost before VAT"))
def cost_ht(section: Section[N]) -> N:
    """The cost of a section without VAT, by budget year."""
    return section.costs.add(line_ht)


@figure(say("VAT"))
def vat(section: Section[N]) -> N:
    """The VAT on a section's spending, by budget year."""
    return section.costs.add(line_vat)


@figure(say("Cost, VAT included"))
def cost_ttc(section: Section[N]) -> N:
    """The cost of a section with VAT, by budget year."""
    return section.costs.add(line_ttc)


@figure(say("Cost, VAT included"))
def gross_cents(section: Section[N]) -> N:
    """The cost of a section with VAT, by budget year: both in cents, as files write them."""
    return cost_ht(section).cents() + vat(section).cents()


@figure(say("Cost, VAT included"))
def gross_cents_whole(section: Section[N]) -> N:
    """The same cost over the six years."""
    return cost_ht(section).cents().total() + vat(section).cents().total()


@figure(say("Each year after the term, before VAT"))
def after_term(section: Section[N]) -> N:
    """The cost of a full year after the term of what goes on."""
    return section.going_on.add(line_after_term).total()


@figure(say("VAT deducted"))
def line_deducted(line: Line[N]) -> N:
    """The VAT on a line that the owner deducts, by budget year."""
    return line_vat(line)


@figure(say("VAT deducted"))
def deducted_vat(section: Section[N]) -> N:
    """The VAT that the owner deducts, since the activity is subject to it, by budget year."""
    return section.deducting.add(line_deducted)


@figure(say("Revenues"))
def earned(section: Section[N]) -> N:
    """The revenues of a section without VAT, by budget year.

    HT, whatever the VAT: the VAT collected on a taxed activity goes on to the State, and most other revenues bear none.
    """
    if section.lacks_revenue:
        raise Unknown(NO_REVENUE)
    return section.earning.add(line_ht)
