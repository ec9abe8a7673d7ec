"""Numbers that keep how they came about: a formula of `costs.figures` read with them gives the tree that `why` shows.

Formulas name no step: what one is called, where it was typed and what it rests on stands in `cost_words` and
`plan_words`. How steps are joined is said here, for all figures:

- a × b × c is one step with three children, and so are sums and differences;
- what is added or taken off is no step where it is nothing, nor is a part that is the whole;
- a figure that is a typed value is that value, told where it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from booklet.costs.figures.number import Unknown
from booklet.diagnostics.message import Message, say
from booklet.why import cost_words, plan_words
from booklet.why.cost_words import Place, date_label
from booklet.why.derivation import Derivation, combine, round_to_cents, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sized
    from fractions import Fraction

    from booklet.costs.figures.number import Chosen, Declaration, Rates, S, Subject
    from booklet.costs.financing import Financing
    from booklet.money.amounts import Amounts
    from booklet.why.cost_words import Words
    from booklet.why.derivation import Operation
    from booklet.why.lines import ProposalContext
    from booklet.why.reference import Collection


class Steps:
    """One derivation, or one for each budget year, each made when it is asked for: one year makes no other."""

    __slots__ = ("_cells", "_make", "tell")

    def __init__(
        self,
        count: int,
        make: Callable[[int], Derivation],
        tell: Callable[[int | None, Derivation], Words] | None = None,
    ) -> None:
        self._cells: list[Derivation | None] = [None] * count
        self._make = make
        #: the words of the figure that this is, in a year or over the six
        self.tell = tell

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, index: int) -> Derivation:
        """The cell at a place; one cell counts in each year."""
        place = index if len(self) > 1 else 0
        found = self._cells[place]
        if found is None:
            found = self._cells[place] = self._make(place)
        return found

    @property
    def cells(self) -> tuple[Derivation, ...]:
        """All cells."""
        return tuple(self[index] for index in range(len(self)))

    def __add__(self, other: Steps) -> Steps:
        return self._beside("sum", other)

    def __sub__(self, other: Steps) -> Steps:
        return self._beside("difference", other)

    def __mul__(self, other: Steps) -> Steps:
        return self._beside("product", other)

    def __truediv__(self, other: Steps) -> Steps:
        return self._beside("quotient", other)

    def one_plus(self) -> Steps:
        """1 + the number."""

        def make(index: int) -> Derivation:
            return combine(
                say("1 + {rate}", rate=self[index].label), "one-plus", [self[index]], unit="number"
            )

        return Steps(len(self), make)

    def total(self) -> Steps:
        """The sum of the years, told as that of the figure; its reference is for whoever asks."""
        if len(self) == 1:
            return self

        def make(_: int) -> Derivation:
            node = _join("sum", *self.cells)
            return _name(node, self.tell(None, node) | {"reference": ""}) if self.tell else node

        return Steps(1, make)

    def later(self, years: int) -> Steps:
        """Each year's amount moved later, as what is received in a year."""
        return self.moved((years,) * len(self.cells))

    def moved(self, years: tuple[int, ...]) -> Steps:
        """The same, where each year's amount has its own number of years."""
        moved = [at + later for at, later in enumerate(years)]
        return Steps(
            len(self),
            lambda to: _join("sum", *(self[at] for at, reached in enumerate(moved) if reached == to)),
        )

    def late(self, years: tuple[int, ...]) -> Steps:
        """The sum of what is moved past the last year."""
        late = [at for at, later in enumerate(years) if at + later >= len(self)]
        return Steps(1, lambda _: _join("sum", *(self[at] for at in late)))

    def cents(self) -> Steps:
        """Each cell rounded to cents."""
        return Steps(len(self), lambda index: round_to_cents(self[index]), self.tell)

    def at_least_nothing(self) -> Steps:
        """Each cell, or 0 where it is less."""
        return Steps(len(self), lambda index: self[index] if (self[index].value or 0) > 0 else _join("sum"))

    def at(self, index: int | None) -> Derivation:
        """The cell of a budget year, by its place; without one the total."""
        return self.total()[0] if index is None else self[index]

    def _beside(self, operation: Operation, other: Steps) -> Steps:
        shorter, longer = sorted((len(self), len(other)))
        assert shorter in (1, longer), "a row stands beside a row of as many years"
        return Steps(longer, lambda index: _join(operation, self[index], other[index]))


@dataclass(frozen=True, slots=True)
class Traced:
    """The kind of number of `why`: figures of one proposal."""

    context: ProposalContext
    #: the list that lines of this kind stand in
    collection: Collection = "costs"
    #: the chain of one of several owners
    part: Financing | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """The budget years."""
        return self.context.term.years

    def given(self, subject: Subject[Steps], key: str, value: Amounts) -> Steps:
        """A leaf that quotes what was typed."""
        years = self._years_of(value)
        return Steps(
            len(value),
            lambda index: _tell_input(Place(self, subject, years[index]), key, value[index].value),
        )

    def named(self, declaration: Declaration, subject: Subject[Steps], value: Steps) -> Steps:
        """The same steps under the words of the figure."""

        def tell(year: int | None, node: Derivation) -> Words:
            return _tell_figure(Place(self, subject, year, node), declaration)

        years = self._years_of(value)
        return Steps(len(value), lambda index: _name(value[index], tell(years[index], value[index])), tell)

    def add(self, figure: Callable[[S], Steps], chosen: Chosen[Steps, S]) -> Steps:
        """The sum by budget year of what is something."""
        rows = [figure(subject) for subject in chosen.subjects]
        count = len(rows[0]) if rows else len(self.years)
        return Steps(count, lambda index: _join("sum", *(row[index] for row in rows)))

    def if_any(self, amount: Steps, then: Callable[[], Steps], otherwise: Callable[[], Steps]) -> Steps:
        """One of both."""
        return then() if any(cell.value for cell in amount.cells) else otherwise()

    def known_where(
        self, subject: Subject[Steps], key: str, rates: Rates, spent: Steps, why: Message
    ) -> Steps:
        """Leaves that quote the law, 0 where nothing is spent."""
        for year, is_known, cell in zip(self.years, rates.known, spent.cells, strict=True):
            if cell.value and not is_known:
                raise Unknown(why.fill(year=year))
        return self.given(subject, key, rates.values)

    def _years_of(self, cells: Sized) -> tuple[int | None, ...]:
        return self.years if len(cells) > 1 else (None,)


_INPUTS = {**cost_words.INPUTS, **plan_words.INPUTS}
_FIGURES = {**cost_words.FIGURES, **plan_words.FIGURES}
#: the word of a reference for the figures of a section that are told by their declaration
_REFERENCES = {
    "earned": "revenues",
    "after_term": "after-term",
    "saved": "savings",
    "given_up": "lost-revenue",
    "paid_before": "paid-before",
    "paid_after": "paid-after",
    "authorised": "ap",
    "net_after_savings": "net-after-savings",
    "net_after_savings_by_year": "net-after-savings",
}


def _tell_input(place: Place, key: str, value: Fraction) -> Derivation:
    """The leaf of a value that an author or the law gives; of a key without words of its own, by the model's."""
    tell = _INPUTS.get(key)
    if tell is not None:
        return tell(place, value)
    model = getattr(type(place.line), "model_fields", {}) if place.item else {}
    label = Message(model[key].description) if key in model else key.replace("_", " ")
    return typed(label, value, "number", place.quote(key))


def _tell_figure(place: Place, declaration: Declaration) -> Words:
    """What is told of a figure; of one without words of its own, by its declaration."""
    tell = _FIGURES.get(declaration.name)
    if tell is not None:
        return tell(place)
    section = getattr(getattr(place.subject, "section", place.subject), "name", None)
    word = _REFERENCES.get(declaration.name)
    words: Words = {"label": date_label(declaration.label, section, place.year)}
    return {**words, "reference": place.refer(word, place.year, section)} if word else words


def is_something(node: Derivation) -> bool:
    """Whether a step counts for anything, be it less than half a cent, or as much as is taken off."""
    is_spent = node.operation == "difference" and any(step.value for step in node.children)
    return bool(node.value or node.unrounded or is_spent)


def _join(operation: Operation, *given: Derivation) -> Derivation:
    """Join steps into one without a name; those of one without a name that is joined alike are steps of this one."""
    steps: list[Derivation] = []
    for step in given:
        is_open = not step.label and step.operation == operation
        is_open &= not steps or operation in ("product", "sum")
        is_open |= bool(steps) and not step.label and (operation, step.operation) == ("difference", "sum")
        steps += step.children if is_open else (step,)
    if operation == "product":
        kept = [step for step in steps if step.label or step.value != 1]
    elif operation == "quotient":
        kept = list(steps)
    else:
        kept = [
            step
            for index, step in enumerate(steps)
            if is_something(step) or (operation == "difference" and not index)
        ]
    amounts = sum(step.unit == "euros" for step in kept)
    is_ratio = not amounts or (operation == "quotient" and amounts == len(kept))
    return combine("", operation, kept, unit="number" if kept and is_ratio else "euros")


def _name(node: Derivation, words: Words) -> Derivation:
    if node.operation not in ("sum", "difference", "product", "quotient") and not words.get("operation"):
        return node
    return replace(node, **words)
