"""What is told of the steps of a cost: the words of inputs and figures, where they were typed, what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from booklet.content.model.words import SECTION_NAMES
from booklet.costs.figures.inputs import spread_line
from booklet.costs.figures.net import Grant
from booklet.diagnostics.message import Message, say
from booklet.why.derivation import Derivation, combine, quote, quote_key, typed
from booklet.why.law_rate import explain_index
from booklet.why.lines import find_basis, name_line, quote_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.content.document import Document
    from booklet.content.model.proposal import CostLine, EstimateName, Section
    from booklet.why.derivation import Basis, Operation, Quote, Unit
    from booklet.why.lines import ProposalContext
    from booklet.why.traced import Traced


class Words(TypedDict, total=False):
    """The fields of a derivation that say what a step is."""

    label: Message | str
    operation: Operation
    unit: Unit
    children: tuple[Derivation, ...]
    apart: tuple[Derivation, ...]
    quotes: tuple[Quote, ...]
    basis: Basis | None
    notes: tuple[Message, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands: of which subject, in which budget year (None: in none, or over the six)."""

    kind: Traced
    subject: Any
    year: int | None
    #: the step itself, where a figure is told
    node: Derivation | None = None

    @property
    def context(self) -> ProposalContext:
        """The proposal and all that its figures are computed from."""
        return self.kind.context

    @property
    def document(self) -> Document[Any]:
        """The proposal, with the spans of its values."""
        return self.context.document

    @property
    def item(self) -> tuple[str | int, ...]:
        """The path of the line that is told of; nothing for what is no line."""
        subject = getattr(self.subject, "line", self.subject)
        index = getattr(getattr(subject, "inputs", None), "index", None)
        collection = "funding" if isinstance(subject, Grant) else self.kind.collection
        return () if index is None else (collection, index)

    @property
    def line(self) -> CostLine:
        """The line as it was typed."""
        name, index = self.item
        found: CostLine = getattr(self.document.value, str(name))[index]
        return found

    def quote(self, *path: str | int) -> tuple[Quote, ...]:
        """Quote what was typed below the line."""
        return (quote(self.document, *self.item, *path),)

    def quote_estimate(self, key: str, estimate: EstimateName) -> tuple[Quote, ...]:
        """Quote one amount of a range, or the one amount that was typed."""
        return self.quote(key, estimate) if self.document.has(*self.item, key, estimate) else self.quote(key)

    def refer(self, *parts: str | int | None) -> str:
        """Write the reference of a figure of the proposal, of the parts that it has."""
        return refer(self.context, *parts)


def refer(context: ProposalContext, *parts: str | int | None) -> str:
    """Write the reference of a figure of a proposal, of the parts that it has."""
    return ".".join([context.costed.id, *(str(part) for part in parts if part)]) + context.suffix


def date_label(name: Message, section: Section | None, year: int | None) -> Message:
    """Name a figure, its year and its section: `Own share in 2023 – Investment`."""
    dated = name if year is None else say("{figure} in {year}", figure=name, year=year)
    if section is None:
        return dated
    return say("{figure} – {section}", figure=dated, section=SECTION_NAMES[section])


def label_cost(section: Section, year: int | None, *, with_vat: bool) -> Message:
    """Name the cost of a section in a year, or over the six."""
    name = SECTION_NAMES[section]
    if with_vat and year:
        return say("{section} in {year}, VAT included", section=name, year=year)
    if with_vat:
        return say("{section} over the six years, VAT included", section=name)
    if year:
        return say("{section} in {year}, before VAT", section=name, year=year)
    return say("{section} over the six years, before VAT", section=name)


# --- inputs ------------------------------------------------------------------------------------------------------

_ESTIMATES: Mapping[EstimateName, Message] = {
    "low": say("low"),
    "central": say("central"),
    "high": say("high"),
}


def _quantity(place: Place, value: Fraction) -> Derivation:
    return _tell_quantity(place, place.context.estimate, value)


def _central_quantity(place: Place, value: Fraction) -> Derivation:
    return _tell_quantity(place, "central", value)


def _tell_quantity(place: Place, estimate: EstimateName, value: Fraction) -> Derivation:
    """The number of units, one of three where there are three; of a ramp, that of each year after it."""
    unit, has = place.line.unit, partial(place.document.has, *place.item)
    label = say("quantity ({unit})", unit=unit) if unit else say("quantity")
    if has("quantity", estimate):
        label = say("{quantity}, {estimate}", quantity=label, estimate=_ESTIMATES[estimate])
    quotes = place.quote_estimate("quantity", estimate) if has("quantity") else place.quote("recurs", "then")
    return typed(label, value, "number", quotes)


_UNIT_COSTS: Mapping[EstimateName, Message] = {
    "low": say("unit cost, low"),
    "central": say("unit cost, central"),
    "high": say("unit cost, high"),
}


def _unit_cost(place: Place, value: Fraction) -> Derivation:
    estimate = place.context.estimate
    label = _UNIT_COSTS[estimate]
    if place.subject.inputs.is_ttc:
        label = say("{amount}, VAT included", amount=label)
    return typed(label, value, "euros", place.quote_estimate("unit_cost", estimate))


def _spread(place: Place, value: Fraction) -> Derivation:
    """Units, where they are written by year; else the part of a phase, or of a year, that the months of a year are."""
    year, line = place.year, place.line
    if place.subject.inputs.has_units:
        named = say("units in {year} ({unit})", year=year, unit=line.unit)
        label = named if line.unit else say("units in {year}", year=year)
        ramp = line.recurs
        if ramp is None:
            quotes = place.quote("spread", str(year))
        else:
            goes_on = year is not None and year > max(ramp.units)
            quotes = place.quote("recurs", "then" if goes_on else str(year))
        return typed(label, value, "number", quotes)
    spreading = spread_line(line, place.document.value.phases_by_id)
    assert spreading is not None, "the line is costed"
    quotes, count, whole = _quote_period(place), spreading.counts.get(year or 0, 0), spreading.months or 0
    months = typed(say("months in {year}", year=year), Fraction(count), "number", quotes)
    if line.recurs is not None or line.counts_full_time:  # the unit cost is that of a year
        label = say("part of a year borne in {year}", year=year)
        all_months = Derivation(say("months of a year"), "constant", Fraction(whole), "number")
    else:
        label = say("part of the phase `{phase}` in {year}", phase=line.spread, year=year)
        of_phase = say("months of the phase `{phase}`", phase=line.spread)
        all_months = typed(of_phase, Fraction(whole), "number", quotes)
    quoted = quote_key(place.document, *place.item, "spread" if line.recurs is None else "recurs")
    return combine(label, "quotient", [months, all_months], unit="number", quotes=(quoted,))


def _quote_period(place: Place) -> tuple[Quote, ...]:
    """Quote the first and the last month of a line: its own, or those of its phase; of two of one id, the last."""
    document, line = place.document, place.line
    if line.recurs is not None:
        path, keys = (*place.item, "recurs"), ("from", "until")
    else:
        phases = [index for index, phase in enumerate(document.value.timeline) if phase.id == line.spread]
        path, keys = ("timeline", phases[-1]), ("start", "end")
    return tuple(quote(document, *path, key) for key in keys if key != "until" or document.has(*path, key))


def _vat(place: Place, value: Fraction) -> Derivation:
    """The VAT rate; the nature of staff, grants and land sets it to 0."""
    key = "nature" if place.line.vat is None else "vat"
    return typed(say("VAT rate"), value, "rate", place.quote(key))


def _index_of_edition(place: Place, value: Fraction) -> Derivation:  # noqa: ARG001
    prices = place.context.edition.value.prices
    year = prices.year if prices else None
    assert year is not None, "the line is costed"
    return explain_index(place.context, _name_index(place), year)


def _index_of_prices(place: Place, value: Fraction) -> Derivation:  # noqa: ARG001
    assert place.line.price_year is not None, "its prices are of another year"
    return explain_index(place.context, _name_index(place), place.line.price_year)


def _name_index(place: Place) -> str:
    prices = place.context.edition.value.prices
    return place.line.index or (prices.index if prices else None) or ""


def _paid_before(place: Place, value: Fraction) -> Derivation:
    return typed(say("paid before the term"), value, "euros", place.quote("paid_before"))


def _paid_after(place: Place, value: Fraction) -> Derivation:
    return typed(say("left to pay after the term"), value, "euros", place.quote("paid_after"))


INPUTS: Mapping[str, Callable[[Place, Fraction], Derivation]] = {
    "quantity": _quantity,
    "central_quantity": _central_quantity,
    "index_of_edition": _index_of_edition,
    "index_of_prices": _index_of_prices,
    "unit_cost": _unit_cost,
    "spread": _spread,
    "vat": _vat,
    "paid_before": _paid_before,
    "paid_after": _paid_after,
}

# --- figures -----------------------------------------------------------------------------------------------------


def _unit_cost_ht(place: Place) -> Words:
    """The price basis is typed on the line, or in the edition for all lines."""
    basis = place.quote("price") if place.line.price else (quote(place.context.edition, "prices", "basis"),)
    label = say("{amount}, without VAT", amount=_UNIT_COSTS[place.context.estimate])
    return {"label": label, "quotes": basis}


def _inflation(place: Place) -> Words:
    prices = place.context.edition.value.prices
    edition = prices.year if prices else None
    label = say("from the prices of {year} to those of {prices}", year=place.line.price_year, prices=edition)
    return {"label": label, "quotes": place.quote("price_year")}


def _line(place: Place) -> Words:
    index = place.subject.inputs.index
    quoted = quote_line(place.context, place.kind.collection, index)
    return {"label": name_line(place.line, index), "quotes": (quoted,)}


def _line_ht(place: Place) -> Words:
    name, index = place.kind.collection, place.subject.inputs.index
    basis = find_basis(place.context, name, index) if place.year else None
    return {**_line(place), "basis": basis, "reference": place.refer(name, index + 1, place.year)}


def _line_after_term(place: Place) -> Words:
    return {
        **_line(place),
        "basis": find_basis(place.context, place.kind.collection, place.subject.inputs.index),
    }


def _cost_ht(place: Place) -> Words:
    section, year = place.subject.name, place.year
    return {"label": label_cost(section, year, with_vat=False), "reference": place.refer(year, section)}


def _cost_ttc(place: Place) -> Words:
    section, year = place.subject.name, place.year
    return {"label": label_cost(section, year, with_vat=True), "reference": place.refer("ttc", year, section)}


def _alone(label: Message) -> Callable[[Place], Words]:
    """A step that bears no year and no reference: it stands under those that do."""
    return lambda place: {"label": label}  # noqa: ARG005


def _line_deducted(place: Place) -> Words:
    return {"quotes": place.quote("vat_regime")}


def _gross_cents(place: Place) -> Words:
    return {"label": say("{amount}, VAT included", amount=SECTION_NAMES[place.subject.name])}


FIGURES: Mapping[str, Callable[[Place], Words]] = {
    "unit_cost_ht": _unit_cost_ht,
    "inflation": _inflation,
    "line_ht": _line_ht,
    "line_vat": _line,
    "line_ttc": _line,
    "line_after_term": _line_after_term,
    "line_before": _line_after_term,
    "line_late": _line_after_term,
    "line_before_budgeted": _line_after_term,
    "line_late_budgeted": _line_after_term,
    "line_deducted": _line_deducted,
    "vat": _alone(say("VAT")),
    "deducted_vat": _alone(say("VAT deducted")),
    "gross_cents": _gross_cents,
    "gross_cents_whole": _gross_cents,
    "cost_ht": _cost_ht,
    "cost_ttc": _cost_ttc,
}
