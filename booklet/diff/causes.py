"""A pair of lines → the causes of their difference in cost, by section and year, whose amounts add up to it.

The inputs of a line are changed one after the other, in the order of `CAUSE_ORDER`: section, quantity, unit cost, year
of the prices, price basis, VAT, timing. The amount of a cause is the difference that its input makes once those before
it are changed: quantity counts at the old unit cost, unit cost at the new quantity. The sum is the same in any order;
the order is fixed so that the parts are reproducible. Where units are written by year, a changed quantity counts in the
years of its units.

Rounding: the exact levels between the two states are rounded to cents, and the amount of a cause is the difference of
two rounded levels, so that amounts add up to the printed change to the cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from booklet.content.model.proposal import SECTIONS
from booklet.costs.figures.costs import Line, line_ht
from booklet.costs.figures.exact import Exact
from booklet.costs.figures.inputs import LineInputs
from booklet.diff.cause import Cause
from booklet.diff.line_words import (
    cite,
    one_line,
    write_percent,
    write_price_year,
    write_purchase,
    write_quantities,
    write_range,
    write_source,
    write_timing,
)
from booklet.money.amounts import Amounts
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from booklet.diagnostics.message import Message
    from booklet.diff.cause import CauseKey, CauseMeasure, SectionYear, Shown
    from booklet.diff.matching import Pair
    from booklet.diff.snapshot import SavedLine, SavedRange, SavedSource

    Sources = tuple[Mapping[str, SavedSource], Mapping[str, SavedSource]]

#: the order in which the inputs of a line are changed
CAUSE_ORDER: tuple[CauseKey, ...] = (
    *("section", "quantity", "unit-cost", "price-year", "price-basis", "vat", "timing"),
)


@dataclass(frozen=True, slots=True)
class UnroundedCause:
    """One cause, its amounts exact."""

    key: CauseKey
    subject: str
    before: Shown
    after: Shown
    unit: str | None
    delta: Mapping[SectionYear, Fraction]


class NoDetail(ValueError):
    """A line without one of the inputs that it is computed from."""


def explain_lines(
    pairs: Iterable[Pair[SavedLine]], sources: Sources
) -> tuple[list[UnroundedCause], dict[SectionYear, Fraction]]:
    """Find the exact causes between two groups of lines, and the exact amounts of the first.

    Raises `NoDetail` where a costed line cannot be recomputed.
    """
    pairs = tuple(pairs)
    years = tuple(sorted({year for pair in pairs for line in pair if line for year in line.counted[1] or ()}))
    steps: list[UnroundedCause] = []
    level: dict[SectionYear, Fraction] = {}
    for old, new in pairs:
        first, second = (_amounts(read_inputs(line, years), years) if line else {} for line in (old, new))
        for cell, amount in first.items():
            level[cell] = level.get(cell, Fraction(0)) + amount
        if old is not None and new is not None:
            steps += () if old == new else _explain_amounts(old, new, years)
            steps += _list_other_changes(old, new, sources)
        elif new is not None:
            steps.append(_make_cause("new-line", new, None, write_purchase(new), second))
        elif old is not None:
            gone = _difference(first, second)
            steps.append(_make_cause("removed-line", old, write_purchase(old), None, gone))
    return steps, level


def _explain_amounts(old: SavedLine, new: SavedLine, years: tuple[int, ...]) -> Iterable[UnroundedCause]:
    """Change one input after the other, each from the state that the one before reached."""
    a, b = read_inputs(old, years), read_inputs(new, years)
    # units by year are both a quantity and a timing: their quantity changes in the years that they are written in
    units = all(map(_has_units, (old, new))) and a.quantity != b.quantity
    changed = _changes(old, new, a, b, moves=not units and a.spread != b.spread)
    reached, level = a, _amounts(a, years)
    for key, (values, before, after, differs) in zip(CAUSE_ORDER, changed, strict=True):
        if key == "quantity" and units:
            values["spread"] = b.spread
        delta = {}
        if any(getattr(reached, name) != value for name, value in values.items()):
            reached = replace(reached, **values)
            amounts = _amounts(reached, years)
            delta, level = _difference(level, amounts), amounts
        if differs or delta:
            lasts_longer = key == "timing" and a.spread.total() != b.spread.total()
            yield _make_cause("duration" if lasts_longer else key, new, before, after, delta)


def _has_units(line: SavedLine) -> bool:
    return isinstance(line.spread, Mapping) or (line.recurs is not None and line.recurs.then is not None)


def _changes(
    old: SavedLine, new: SavedLine, a: LineInputs, b: LineInputs, *, moves: bool
) -> Iterable[tuple[dict[str, Any], Shown, Shown, bool]]:
    """List the inputs in the order of `CAUSE_ORDER`: their new values, what is shown of both, whether they differ."""
    # a price with VAT needs a VAT rate to become one before VAT: the known one of the two is used
    vat = b.vat if a.vat is None else a.vat
    prices = [Euros.of(line.unit_cost.central) if line.unit_cost else None for line in (old, new)]
    yield {"section": b.section}, old.section, new.section, old.section != new.section
    yield {"quantity": b.quantity}, old.quantity, new.quantity, old.quantity != new.quantity
    yield {"unit_cost": b.unit_cost}, prices[0], prices[1], prices[0] != prices[1]
    yield {"indices": b.indices}, write_price_year(old), write_price_year(new), a.indices != b.indices
    yield {"is_ttc": b.is_ttc, "vat": vat}, old.price, new.price, old.price != new.price
    yield {"vat": b.vat}, write_percent(old.vat), write_percent(new.vat), old.vat != new.vat
    yield {"spread": b.spread}, write_timing(old), write_timing(new), moves


def _list_other_changes(old: SavedLine, new: SavedLine, sources: Sources) -> Iterable[UnroundedCause]:
    """List the changes that move no central amount; a range that follows its central value is none."""
    texts: tuple[tuple[CauseKey, Shown, Shown], ...] = (
        ("label", one_line(old.label), one_line(new.label)),
        ("range", *_tell_ranges(write_range, old.unit_cost, new.unit_cost)),
        ("quantity-range", *_tell_ranges(write_quantities, old.quantities, new.quantities)),
        ("scenario", old.scenario, new.scenario),
        ("owner", old.owner, new.owner),
        ("vat-regime", old.vat_regime, new.vat_regime),
        ("source", old.source, new.source),
        ("assumption", one_line(old.assumption), one_line(new.assumption)),
        ("evidence", old.evidence, new.evidence),
    )
    for key, before, after in texts:
        if before != after:
            cited = write_source(old.source, sources[0]), write_source(new.source, sources[1])
            yield _make_cause(key, new, *(cited if key == "source" else (before or None, after or None)), {})
    mine, theirs = sources[0].get(old.source or ""), sources[1].get(new.source or "")
    if old.source == new.source and mine and theirs and mine.digest != theirs.digest:
        yield _make_cause("source-content", new, cite(mine), cite(theirs), {})


def _tell_ranges(
    write: Callable[[SavedRange], Message], old: SavedRange | None, new: SavedRange | None
) -> tuple[Shown, Shown]:
    """Write what is low and high in both states; nothing where both follow the central value, or none is known."""
    if old and new and (old.central or not new.central):
        lows, highs = (
            (old.low * new.central, new.low * old.central),
            (old.high * new.central, new.high * old.central),
        )
        if lows[0] == lows[1] and highs[0] == highs[1]:
            return None, None
    return write(old) if old else None, write(new) if new else None


def round_causes(
    steps: Sequence[UnroundedCause],
    level: Mapping[SectionYear, Fraction],
    measure: CauseMeasure,
    printed: tuple[Mapping[SectionYear, Decimal], Mapping[SectionYear, Decimal]] | None = None,
) -> tuple[Cause, ...] | None:
    """Round the levels between the two states to cents; the amount of a cause is the difference of two levels.

    `printed` are the amounts of both states; returns None where the lines do not add up to them, so that no cause is
    given for a figure that it does not explain.
    """
    heights = dict(level)
    if printed is not None and not _agree(heights, printed[0]):
        return None
    causes = []
    for step in steps:
        amounts = {}
        for cell, delta in step.delta.items():
            reached = heights.get(cell, Fraction(0)) + delta
            amount = Euros(reached).rounded() - Euros(heights.get(cell, Fraction(0))).rounded()
            heights[cell] = reached
            if amount:
                amounts[cell] = amount
        causes.append(Cause(step.key, measure, step.subject, step.before, step.after, step.unit, amounts))
    if printed is not None and not _agree(heights, printed[1]):
        return None
    return tuple(causes)


def read_inputs(line: SavedLine, years: tuple[int, ...]) -> LineInputs:
    """Read what a saved line is computed from in some years; raises `NoDetail` where an input is missing."""
    count, parts = line.counted
    if (
        line.section is None
        or count is None
        or line.unit_cost is None
        or (parts is None and count)
        or line.price is None
        or (line.price == "ttc" and line.vat is None)
        or (line.price_year is not None and line.price_factor is None)
    ):
        raise NoDetail(line.label)
    central, quantity = Amounts.one(line.unit_cost.central), Amounts.one(count)
    return LineInputs(
        index=0,
        label=one_line(line.label),
        section=line.section,
        quantity=(quantity, quantity, quantity),
        unit_cost=(central, central, central),
        indices=None if line.price_factor is None else (Amounts.one(1), Amounts.one(line.price_factor)),
        is_ttc=line.price == "ttc",
        vat=None if line.vat is None else Amounts.one(line.vat),
        regime=line.vat_regime,
        # of units by year that are 0 no year has a part
        spread=Amounts.of(*((parts or {}).get(year, 0) for year in years)),
        has_units=False,
        goes_on=False,
        nature=line.nature or "",
    )


def _amounts(inputs: LineInputs, years: tuple[int, ...]) -> dict[SectionYear, Fraction]:
    """The cost of a line before VAT, by section and year, zeros left out."""
    by_year = zip(years, line_ht(Line(Exact(years), inputs)), strict=True)
    return {(inputs.section, year): amount.value for year, amount in by_year if amount}


def _make_cause(
    key: CauseKey, line: SavedLine, before: Shown, after: Shown, delta: Mapping[SectionYear, Fraction]
) -> UnroundedCause:
    return UnroundedCause(key, one_line(line.label) or "?", before, after, line.unit, delta)


def _difference(
    before: Mapping[SectionYear, Fraction], after: Mapping[SectionYear, Fraction]
) -> dict[SectionYear, Fraction]:
    cells = sorted({*before, *after}, key=lambda cell: (SECTIONS.index(cell[0]), cell[1]))
    deltas = {cell: after.get(cell, Fraction(0)) - before.get(cell, Fraction(0)) for cell in cells}
    return {cell: delta for cell, delta in deltas.items() if delta}


def _agree(heights: Mapping[SectionYear, Fraction], printed: Mapping[SectionYear, Decimal]) -> bool:
    return all(
        Euros(heights.get(cell, Fraction(0))).rounded() == printed.get(cell, Decimal(0))
        for cell in {*heights, *printed}
    )
