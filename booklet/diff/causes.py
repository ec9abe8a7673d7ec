"""A pair of lines → why their cost differs, each cause with its effect by section and year; effects add up.

The causes are taken one after the other, in the order of `LINE_STEPS`: section, quantity, unit cost, price basis, VAT,
timing. Each is the difference that it makes once those before it are made, so that a quantity and a unit cost that
both rise share nothing: quantity counts at the old price, unit cost at the new quantity. The sum is the whole change
whatever the order; the order is fixed so that two readers find the same parts. Where units are written by year, a
changed quantity counts in the years in which its units are written.

Rounding: a proposal's effects are steps of one stair, from the printed cell of one state to that of the other. The
stair is exact, each of its levels is rounded to cents, and an effect is the difference of two rounded levels: effects
add up to the printed change, to the cent, with no rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from booklet.content.model.proposal import SECTIONS, Section
from booklet.diagnostics.message import Message, say
from booklet.diff.matching import match_lines
from booklet.diff.snapshot import SavedLine, SavedSource, ht_factor
from booklet.money.calendar import Month
from booklet.money.euros import Euros

Cause = Literal[
    "new-line", "removed-line", "section", "quantity", "unit-cost", "price-basis", "vat", "timing", "duration",
    "range", "label", "vat-regime", "source", "source-content", "assumption", "evidence",
    "became-ready", "became-draft", "became-known", "became-unknown", "no-detail",
    "new-funding", "removed-funding", "share", "amount", "form", "status", "payment", "eligible", "follows-cost",
    "law", "fctva-lag", "net-known", "net-unknown", "net-follows",
]  # fmt: skip
#: what an effect changes: costs, revenues, what others give, the FCTVA, or the net cost
Measure = Literal["cost", "revenue", "funding", "fctva", "net"]
#: the order in which causes of one line are taken
LINE_STEPS: tuple[Cause, ...] = ("section", "quantity", "unit-cost", "price-basis", "vat", "timing")
Shown = Message | Decimal | Euros | str | None
Cell = tuple[Section, int]
CENT = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Effect:
    """Hold one cause, what it concerns, and what it changes by section and year, in euros and cents."""

    cause: Cause
    measure: Measure
    #: label of the line, id of the funder or of the parameter
    subject: str
    before: Shown = None
    after: Shown = None
    unit: str | None = None
    #: cells that change; empty where nothing does (a source replaced by another)
    amounts: Mapping[Cell, Decimal] = field(default_factory=dict)
    #: the change of the six years, where years are not told apart
    whole: Decimal = Decimal(0)
    #: what it changes is not known, as the net cost of one state is not
    is_unknown: bool = False

    @property
    def total(self) -> Decimal:
        """Add the six years and both sections."""
        return sum(self.amounts.values(), self.whole)

    @property
    def by_year(self) -> dict[int, Decimal]:
        """Add both sections."""
        years: dict[int, Decimal] = {}
        for (_, year), amount in sorted(self.amounts.items()):
            years[year] = years.get(year, Decimal(0)) + amount
        return {year: amount for year, amount in years.items() if amount}


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one cause before rounding."""

    cause: Cause
    subject: str
    before: Shown
    after: Shown
    unit: str | None
    delta: Mapping[Cell, Fraction]


@dataclass(frozen=True, slots=True)
class _State:
    """Hold what a line is computed from."""

    section: Section
    quantity: Fraction
    unit_cost: Fraction
    basis: str | None
    vat: Decimal | None
    parts: Mapping[int, Fraction]

    @property
    def amounts(self) -> dict[Cell, Fraction]:
        """Compute the line by year: quantity × unit cost before VAT × the part of the year."""
        factor = ht_factor(self.basis, self.vat)
        assert factor is not None, "a price basis without its VAT rate is never a state"
        whole = self.quantity * self.unit_cost * factor
        return {(self.section, year): whole * part for year, part in self.parts.items() if part}


class NoDetail(ValueError):
    """Tell that a line does not say what it is computed from."""


def explain_lines(
    before: Sequence[SavedLine],
    after: Sequence[SavedLine],
    sources: tuple[Mapping[str, SavedSource], Mapping[str, SavedSource]],
) -> tuple[list[Step], dict[Cell, Fraction]]:
    """Find the steps between two groups of lines, and the exact level that they start from.

    Raises `NoDetail` where a costed line cannot be recomputed.
    """
    steps: list[Step] = []
    level: dict[Cell, Fraction] = {}
    for old, new in match_lines(before, after):
        if old is not None:
            _add(level, _state(old).amounts)
        if old is None and new is not None:
            steps.append(_step("new-line", new, None, _purchase(new), _state(new).amounts))
        elif new is None and old is not None:
            gone = {cell: -amount for cell, amount in _state(old).amounts.items()}
            steps.append(_step("removed-line", old, _purchase(old), None, gone))
        elif old is not None and new is not None:
            steps += _numbers(old, new)
            steps += _words(old, new, sources)
    return steps, level


def _numbers(old: SavedLine, new: SavedLine) -> Iterable[Step]:
    """Change one input after the other, each from where the one before it left."""
    a, b = _state(old), _state(new)
    # units by year say both how many and when: a quantity of them changes in the years that it is written in
    units = isinstance(old.spread, Mapping) and isinstance(new.spread, Mapping) and a.quantity != b.quantity
    parts = b.parts if units else a.parts
    # the VAT rate of a price with VAT is an input of its price before VAT: the rate that is known stands in
    vat = a.vat if a.vat is not None else b.vat
    states = {
        "section": _State(b.section, a.quantity, a.unit_cost, a.basis, a.vat, a.parts),
        "quantity": _State(b.section, b.quantity, a.unit_cost, a.basis, a.vat, parts),
        "unit-cost": _State(b.section, b.quantity, b.unit_cost, a.basis, a.vat, parts),
        "price-basis": _State(b.section, b.quantity, b.unit_cost, b.basis, vat, parts),
        "vat": _State(b.section, b.quantity, b.unit_cost, b.basis, b.vat, parts),
        "timing": b,
    }
    shown: dict[str, tuple[Shown, Shown, bool]] = {
        "section": (old.section, new.section, old.section != new.section),
        "quantity": (old.quantity, new.quantity, old.quantity != new.quantity),
        "unit-cost": (_euros(a.unit_cost), _euros(b.unit_cost), a.unit_cost != b.unit_cost),
        "price-basis": (old.price, new.price, old.price != new.price),
        "vat": (_percent(old.vat), _percent(new.vat), old.vat != new.vat),
        "timing": (write_timing(old), write_timing(new), parts != b.parts),
    }
    level = a.amounts
    for cause in LINE_STEPS:
        before, after, differs = shown[cause]
        reached = states[cause].amounts
        delta = _difference(level, reached)
        level = reached
        if differs or delta:
            lasts_longer = cause == "timing" and sum(a.parts.values()) != sum(b.parts.values())
            yield _step("duration" if lasts_longer else cause, new, before, after, delta)


def _words(
    old: SavedLine, new: SavedLine, sources: tuple[Mapping[str, SavedSource], Mapping[str, SavedSource]]
) -> Iterable[Step]:
    """List what changed and moves no central figure."""
    if _fold(old.label) != _fold(new.label):
        yield _step("label", new, old.label, new.label, {})
    ranges = [_range(line) for line in (old, new)]
    if ranges[0] != ranges[1]:
        yield _step("range", new, ranges[0], ranges[1], {})
    for cause, before, after in (
        ("vat-regime", old.vat_regime, new.vat_regime),
        ("source", _title(old.source, sources[0]), _title(new.source, sources[1])),
        ("assumption", _fold(old.assumption), _fold(new.assumption)),
        ("evidence", old.evidence, new.evidence),
    ):
        differs = old.source != new.source if cause == "source" else before != after
        if differs:
            yield _step(cause, new, before or None, after or None, {})  # type: ignore[arg-type]
    mine, theirs = sources[0].get(old.source or ""), sources[1].get(new.source or "")
    if old.source == new.source and mine and theirs and mine.digest != theirs.digest:
        yield _step("source-content", new, _cite(mine), _cite(theirs), {})


def round_steps(
    steps: Sequence[Step],
    level: Mapping[Cell, Fraction],
    measure: Measure,
    printed: tuple[Mapping[Cell, Decimal], Mapping[Cell, Decimal]] | None = None,
) -> tuple[Effect, ...] | None:
    """Round the levels of the stair to cents and give each step its difference.

    `printed` holds the cells of both states; None comes back where they are not what the lines add up to, so that no
    cause is ever told for a figure that it does not explain.
    """
    heights = dict(level)
    if printed is not None and not _agree(heights, printed[0]):
        return None
    effects = []
    for step in steps:
        amounts = {}
        for cell, delta in step.delta.items():
            reached = heights.get(cell, Fraction(0)) + delta
            amount = _round(reached) - _round(heights.get(cell, Fraction(0)))
            heights[cell] = reached
            if amount:
                amounts[cell] = amount
        effects.append(Effect(step.cause, measure, step.subject, step.before, step.after, step.unit, amounts))
    if printed is not None and not _agree(heights, printed[1]):
        return None
    return tuple(effects)


def write_timing(line: SavedLine) -> Message | str | None:
    """Say when a line is paid."""
    recurs = line.recurs
    if recurs is not None:
        if recurs.until is None:
            return say("every year from {start}", start=_month(recurs.start))
        return say("every year from {start} to {end}", start=_month(recurs.start), end=_month(recurs.until))
    if isinstance(line.spread, Mapping):
        return ", ".join(
            f"{year}: {write_plain(amount)}" for year, amount in sorted(line.spread.items()) if amount
        )
    if line.period is not None:
        return say("{start} to {end}", start=_month(line.period.start), end=_month(line.period.until))
    return None


def _month(text: str | None) -> Month | str:
    """Read a month, so that it is written as its reader writes months; a text that is none stays as it is."""
    try:
        return Month.read(text or "")
    except ValueError:
        return text or "?"


def write_plain(number: Decimal) -> str:
    """Write a number without an exponent or trailing zeros, for texts that no language changes."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _state(line: SavedLine) -> _State:
    factor, parts = line.ht_factor, line.parts
    if (
        line.section is None
        or line.quantity is None
        or line.unit_cost is None
        or factor is None
        or parts is None
    ):
        raise NoDetail(line.label)
    return _State(
        line.section, Fraction(line.quantity), Fraction(line.unit_cost.central), line.price, line.vat, parts
    )


def _step(cause: Cause, line: SavedLine, before: Shown, after: Shown, delta: Mapping[Cell, Fraction]) -> Step:
    return Step(cause, _fold(line.label) or "?", before, after, line.unit, delta)


def _purchase(line: SavedLine) -> Message | Euros:
    """Say what a line buys: it has all that, or it is no state."""
    assert line.quantity is not None
    assert line.unit_cost is not None
    unit_cost = Euros.of(line.unit_cost.central)
    if line.quantity == 1:
        return unit_cost
    unit = _fold(line.unit)
    return say(
        "{quantity} × {unit_cost}, unit: {unit}", quantity=line.quantity, unit_cost=unit_cost, unit=unit
    )


def _range(line: SavedLine) -> Message | None:
    cost = line.unit_cost
    return say("{low} to {high}", low=_euros(cost.low), high=_euros(cost.high)) if cost else None


def _title(id: str | None, sources: Mapping[str, SavedSource]) -> str | None:
    return None if id is None else _cite(sources[id]) if id in sources else id


def _cite(source: SavedSource) -> str:
    return f"{_fold(source.title)} ({source.year})" if source.year else _fold(source.title)


def _percent(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{write_plain(rate * 100)} %"


def _euros(amount: Fraction | Decimal) -> Euros:
    return Euros.of(amount)


def _fold(text: str | None) -> str:
    return " ".join((text or "").split())


def _round(amount: Fraction) -> Decimal:
    return Decimal(round(amount / CENT)) / 100


def _add(level: dict[Cell, Fraction], amounts: Mapping[Cell, Fraction]) -> None:
    for cell, amount in amounts.items():
        level[cell] = level.get(cell, Fraction(0)) + amount


def _difference(before: Mapping[Cell, Fraction], after: Mapping[Cell, Fraction]) -> dict[Cell, Fraction]:
    cells = sorted({*before, *after}, key=lambda cell: (SECTIONS.index(cell[0]), cell[1]))
    deltas = {cell: after.get(cell, Fraction(0)) - before.get(cell, Fraction(0)) for cell in cells}
    return {cell: delta for cell, delta in deltas.items() if delta}


def _agree(heights: Mapping[Cell, Fraction], printed: Mapping[Cell, Decimal]) -> bool:
    return all(
        _round(heights.get(cell, Fraction(0))) == printed.get(cell, Decimal(0))
        for cell in {*heights, *printed}
    )
