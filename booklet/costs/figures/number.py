"""What a formula may do with a number, and how a figure is declared.

A formula is a function of a subject (a line, a grant, a section), generic in the number `N` that it computes with. A
number is one cell, or a row of one cell for each budget year; one cell beside a row counts in each year. Read with
`Amounts` a formula gives the exact value; with numbers that keep how they came about, its explanation; with numbers
that are references to cells, the formula of a workbook. The technique is known as "tagless final".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from booklet.money.amounts import Amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal
    from typing import Self

    from booklet.diagnostics.message import Message


class Number(Protocol):
    """One cell, or one for each budget year."""

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __truediv__(self, other: Self, /) -> Self: ...

    def one_plus(self) -> Self:
        """1 + the number, as a VAT rate is applied."""

    def total(self) -> Self:
        """The sum of its years."""

    def later(self, years: int) -> Self:
        """Each year's amount moved later; what is moved past the last year is dropped."""

    def moved(self, years: tuple[int, ...]) -> Self:
        """The same, where each year's amount has its own number of years."""

    def late(self, years: tuple[int, ...]) -> Self:
        """The sum of what `moved` drops."""

    def cents(self) -> Self:
        """Each cell rounded to cents, half to even."""

    def at_least_nothing(self) -> Self:
        """The number, or 0 where it is less."""


N = TypeVar("N", bound=Number)
S = TypeVar("S", bound="Subject[Any]")


class Kind(Protocol[N]):
    """What formulas compute with: how a typed value becomes a number, and what is kept beside it."""

    def given(self, subject: Subject[N], key: str, value: Amounts) -> N:
        """The number of a value that an author or the law gives: one cell, or one for each budget year."""

    def named(self, declaration: Declaration, subject: Subject[N], value: N) -> N:
        """The number of a figure that has been computed."""

    def add(self, figure: Callable[[S], N], chosen: Chosen[N, S]) -> N:
        """The sum by budget year of a figure of several subjects."""

    def if_any(self, amount: N, then: Callable[[], N], otherwise: Callable[[], N]) -> N:
        """The first where `amount` is not 0, else the second: a formula of a workbook writes both."""

    def known_where(self, subject: Subject[N], key: str, rates: Rates, spent: N, why: Message) -> N:
        """A rate by year, needed where `spent` is not 0: raises `Unknown` where it is not known there."""


class Unknown(Exception):
    """A figure cannot be computed, and why; never 0."""

    def __init__(self, *reasons: Message) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said of a figure wherever it stands: its name and its label."""

    name: str
    label: Message


@dataclass(frozen=True, slots=True)
class Rates:
    """A rate for each budget year, and whether it is known."""

    values: Amounts
    known: tuple[bool, ...]

    @classmethod
    def of(cls, rates: Iterable[Decimal | None]) -> Rates:
        """Make them of the rates of the law; None where no source says."""
        found = tuple(rates)
        return cls(Amounts.of(*(rate or 0 for rate in found)), tuple(rate is not None for rate in found))


class Subject(Generic[N]):
    """What figures are computed of; each of its figures is computed once."""

    def __init__(self, kind: Kind[N]) -> None:
        self.kind = kind
        self.memo: dict[str, N | Unknown] = {}

    def given(self, key: str, value: Amounts) -> N:
        """The number of a typed value, by its key."""
        return self.kind.given(self, key, value)


@dataclass(frozen=True, slots=True)
class Chosen(Generic[N, S]):
    """Some subjects, whose figures are added."""

    kind: Kind[N]
    subjects: tuple[S, ...]

    def add(self, figure: Callable[[S], N]) -> N:
        """Add a figure of each, by budget year; raises the first `Unknown`."""
        return self.kind.add(figure, self)


def figure(label: Message) -> Callable[[Callable[[S], N]], Callable[[S], N]]:
    """Declare a figure: its value, or the reason why there is none, is computed once for each subject."""

    def declare(formula: Callable[[S], N]) -> Callable[[S], N]:
        name = formula.__name__
        declaration = Declaration(name, label)

        @wraps(formula)
        def ask(subject: S) -> Any:
            found = subject.memo.get(name)
            if found is None:
                try:
                    found = subject.kind.named(declaration, subject, formula(subject))
                except Unknown as unknown:
                    found = unknown
                subject.memo[name] = found
            if found.__class__ is Unknown:
                raise found
            return found

        ask.declaration = declaration  # type: ignore[attr-defined]
        return ask

    return declare


def known(formula: Callable[[S], N], subject: S) -> N | None:
    """The figure of a subject; None where it is not known."""
    try:
        return formula(subject)
    except Unknown:
        return None


def reasons(figures: Iterable[Callable[[S], Any]], subject: S) -> tuple[Message, ...]:
    """Why figures of a subject are not known, in their order."""
    found: list[Message] = []
    for formula in figures:
        try:
            formula(subject)
        except Unknown as unknown:
            found += (reason for reason in unknown.reasons if reason not in found)
    return tuple(found)
