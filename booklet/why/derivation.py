"""The tree of a derivation: a value, its operation and children, the YAML that it was typed in, its source.

A value follows exactly from its children by the operation; `recompute` computes it again from the children alone, so
that a test can verify a whole tree. Where a value is rounded, `unrounded` keeps the amount before rounding. An unknown
value is None, never 0, and makes every value computed from it None.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, Literal

from booklet.money.euros import CENT, Euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.content.document import Document
    from booklet.diagnostics.message import Message
    from booklet.diagnostics.positions import Span

#: `typed`, `law` and `constant` are leaves; `given` is a value derived under its own reference; `figures` is a list
#: without a value; `one-plus` is 1 + the child (a VAT rate); `difference` and `quotient` start from the first child;
#: `power` raises the first to the second; `estimate` is read on a distribution that its children describe
Operation = Literal[
    "typed",
    "law",
    "constant",
    "given",
    "sum",
    "difference",
    "product",
    "quotient",
    "one-plus",
    "power",
    "estimate",
    "figures",
    "unknown",
]
Unit = Literal["euros", "number", "rate"]


@dataclass(frozen=True, slots=True)
class Quote:
    """What an author typed: its span, and its text on one line."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure is based on: a source of the bibliography, an assumption in words, or an article of law."""

    kind: Literal["source", "assumption", "law"]
    text: str
    #: id in the bibliography, or of the parameter
    id: str = ""
    publisher: str = ""
    year: int | None = None
    address: str = ""
    evidence: str = ""
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A figure as a table prints it: the rounded amount in euros, and the euros that one unit of the table is worth."""

    amount: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class Derivation:
    """One value, the operation that gives it and the derivations that it is computed from, in reading order."""

    #: a message of the tool, or the author's own words
    label: Message | str
    operation: Operation
    value: Fraction | None
    unit: Unit = "euros"
    #: the value before it was rounded, where rounding changed it
    unrounded: Fraction | None = None
    children: tuple[Derivation, ...] = ()
    #: shown beside the children, and not part of the value: drafts, loans, the known parts of an unknown sum
    apart: tuple[Derivation, ...] = ()
    quotes: tuple[Quote, ...] = ()
    basis: Basis | None = None
    notes: tuple[Message, ...] = ()
    #: the reference that `why` derives this value under; empty where it has none
    reference: str = ""
    #: the same figure as the tables of the booklet print it
    printed: tuple[PrintedFigure, ...] = ()

    @property
    def amount(self) -> Euros | None:
        """The value in euros; None where it is unknown, a number or a rate."""
        return None if self.value is None or self.unit != "euros" else Euros(self.value)

    def walk(self) -> Iterator[Derivation]:
        """Iterate over this derivation and all below it, those apart included."""
        yield self
        for child in (*self.children, *self.apart):
            yield from child.walk()


def combine(
    label: Message | str,
    operation: Operation,
    children: Sequence[Derivation],
    *,
    unit: Unit = "euros",
    quotes: tuple[Quote, ...] = (),
    notes: tuple[Message, ...] = (),
    reference: str = "",
) -> Derivation:
    """Derive a value from its children by an operation."""
    value = compute(operation, [child.value for child in children])
    return Derivation(
        label,
        operation,
        value,
        unit,
        children=tuple(children),
        quotes=quotes,
        notes=notes,
        reference=reference,
    )


def compute(operation: Operation, values: Sequence[Fraction | None]) -> Fraction | None:
    """Apply an operation to exact values; None if one of them is unknown."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or operation in ("figures", "unknown"):
        return None
    if operation in ("sum", "one-plus"):
        return sum(known, Fraction(operation == "one-plus"))
    if not known:
        return Fraction(0)
    first, *others = known
    if operation == "power":
        (exponent,) = others
        assert exponent.denominator == 1, "a power is a whole number"
        return Fraction(first**exponent.numerator)
    if operation == "difference":
        return first - sum(others, Fraction(0))
    return first * prod(others) if operation == "product" else first / prod(others)


def recompute(node: Derivation) -> Fraction | None:
    """Compute the value from the children again, rounding included; a leaf or an estimate is returned unchanged."""
    if node.operation in ("typed", "law", "constant", "given", "estimate"):
        return node.value
    value = compute(node.operation, [child.value for child in node.children])
    return value if value is None or node.unrounded is None else Fraction(Euros(value).rounded(CENT))


def round_to_cents(node: Derivation) -> Derivation:
    """Round to cents as exports do, once, half to even; `unrounded` keeps the exact value."""
    if node.value is None:
        return node
    rounded = Fraction(Euros(node.value).rounded(CENT))
    return node if rounded == node.value else replace(node, value=rounded, unrounded=node.value)


def unknown(
    label: Message | str,
    *reasons: Message,
    children: Sequence[Derivation] = (),
    apart: Sequence[Derivation] = (),
    quotes: tuple[Quote, ...] = (),
    reference: str = "",
) -> Derivation:
    """Make a derivation without a value, with the reasons why it is unknown."""
    return Derivation(
        label,
        "unknown",
        None,
        children=tuple(children),
        apart=tuple(apart),
        quotes=quotes,
        notes=reasons,
        reference=reference,
    )


def typed(
    label: Message | str,
    value: Fraction | None,
    unit: Unit,
    quotes: tuple[Quote, ...],
) -> Derivation:
    """Make a leaf: a value that an author typed."""
    return Derivation(label, "typed", value, unit, quotes=quotes)


def quote(document: Document[Any], *path: str | int) -> Quote:
    """Quote what was typed at a path, on one line; the nearest node above it where it is absent."""
    span = document.span(*path)
    line = document.source.lines[span.start.line - 1] if document.source.lines else ""
    if span.start.line == span.end.line:
        text = line[span.start.column - 1 : span.end.column - 1]
    else:
        text = line[span.start.column - 1 :].rstrip() + " …"
    return Quote(span, text)


def quote_key(document: Document[Any], *path: str | int) -> Quote:
    """Quote the key of a group, whose content would be too long to show."""
    span = document.key_span(*path)
    line = document.source.lines[span.start.line - 1] if document.source.lines else ""
    return Quote(span, line[span.start.column - 1 :].rstrip())


def write_fraction(number: Fraction) -> str:
    """Write a number without loss: a decimal where it has one, otherwise a fraction."""
    denominator = number.denominator
    for factor in (2, 5):
        while denominator % factor == 0:
            denominator //= factor
    if denominator != 1:
        return str(number)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
