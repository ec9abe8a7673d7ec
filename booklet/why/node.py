"""One step of a derivation: a value, what it is made of, where each part was typed and what it rests on.

A node's value follows from its children by its operation, exactly; `recompute` says so again from the children alone,
so that a tree can be proved. Where a printed figure is rounded, `exact` keeps the amount before rounding. What nobody
knows is None and makes everything that needs it None, never 0.
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

#: `typed`, `law` and `constant` are leaves; `given` is derived under its own reference; `figures` only lists;
#: `one-plus` adds 1, as a VAT rate asks; `difference` and `quotient` start from the first child; `power` raises the
#: first to the second; `estimate` is a value that its children are the grounds of, and that no operation gives
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
Measure = Literal["euros", "number", "rate"]


@dataclass(frozen=True, slots=True)
class Place:
    """Point at what an author typed: the span, and its text on one line."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Say what a figure rests on: a source of the bibliography, an assumption in words, or a text of law."""

    kind: Literal["source", "assumption", "law"]
    text: str
    #: id in the bibliography, or of the parameter
    id: str = ""
    publisher: str = ""
    year: int | None = None
    address: str = ""
    evidence: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """Hold a figure as a table prints it: rounded, in euros, and what one unit of the table is worth."""

    amount: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """Hold one value of a derivation, in the order in which a reader follows it."""

    #: ours as a message, an author's words as a text
    label: Message | str
    operation: Operation
    value: Fraction | None
    measure: Measure = "euros"
    #: the value before it was rounded, where rounding changed it
    exact: Fraction | None = None
    children: tuple[Node, ...] = ()
    #: what is shown and counts for nothing: drafts, and what is known beside an unknown
    apart: tuple[Node, ...] = ()
    places: tuple[Place, ...] = ()
    basis: Basis | None = None
    notes: tuple[Message, ...] = ()
    #: what to ask for to see this node at the root; empty where it cannot be asked for
    reference: str = ""
    #: the same figure as the booklet prints it
    printed: tuple[Printed, ...] = ()

    @property
    def amount(self) -> Euros | None:
        """Give a value in euros."""
        return None if self.value is None or self.measure != "euros" else Euros(self.value)

    def walk(self) -> Iterator[Node]:
        """List the node and everything below it, what counts for nothing included."""
        yield self
        for child in (*self.children, *self.apart):
            yield from child.walk()


def combine(
    label: Message | str,
    operation: Operation,
    children: Sequence[Node],
    *,
    measure: Measure = "euros",
    places: tuple[Place, ...] = (),
    basis: Basis | None = None,
    notes: tuple[Message, ...] = (),
    reference: str = "",
    apart: Sequence[Node] = (),
) -> Node:
    """Make a node whose value follows from its children."""
    value = compute(operation, [child.value for child in children])
    return Node(
        label, operation, value, measure, None, tuple(children), tuple(apart), places, basis, notes, reference
    )


def compute(operation: Operation, values: Sequence[Fraction | None]) -> Fraction | None:
    """Apply an operation to exact values; None as soon as one is not known."""
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


def recompute(node: Node) -> Fraction | None:
    """Give what the children say that the value is, rounding included; a leaf or an estimate says it itself."""
    if node.operation in ("typed", "law", "constant", "given", "estimate"):
        return node.value
    value = compute(node.operation, [child.value for child in node.children])
    return value if value is None or node.exact is None else Fraction(Euros(value).rounded(CENT))


def round_to_cents(node: Node) -> Node:
    """Round the node as an export does, once, half to even; keep what it was."""
    if node.value is None:
        return node
    rounded = Fraction(Euros(node.value).rounded(CENT))
    return node if rounded == node.value else replace(node, value=rounded, exact=node.value)


def unknown(
    label: Message | str,
    *reasons: Message,
    children: Sequence[Node] = (),
    apart: Sequence[Node] = (),
    places: tuple[Place, ...] = (),
    reference: str = "",
    measure: Measure = "euros",
) -> Node:
    """Make a node that nobody can give a value, and say why."""
    return Node(
        label, "unknown", None, measure, None, tuple(children), tuple(apart), places, None, reasons, reference
    )


def typed(
    label: Message | str,
    value: Fraction | None,
    measure: Measure,
    places: tuple[Place, ...],
    basis: Basis | None = None,
) -> Node:
    """Make a leaf of what an author typed."""
    return Node(label, "typed", value, measure, places=places, basis=basis)


def find_place(document: Document[Any], *path: str | int) -> Place:
    """Point at what was typed at a path, on one line; at what stands above it where it is absent."""
    span = document.span(*path)
    line = document.source.lines[span.start.line - 1] if document.source.lines else ""
    if span.start.line == span.end.line:
        text = line[span.start.column - 1 : span.end.column - 1]
    else:
        text = line[span.start.column - 1 :].rstrip() + " …"
    return Place(span, text)


def find_key(document: Document[Any], *path: str | int) -> Place:
    """Point at the key of a group, whose content would be too long to show."""
    span = document.key_span(*path)
    line = document.source.lines[span.start.line - 1] if document.source.lines else ""
    return Place(span, line[span.start.column - 1 :].rstrip())


def write_plain(number: Fraction) -> str:
    """Write a number without loss: a decimal where it has one, otherwise a fraction."""
    denominator = number.denominator
    for factor in (2, 5):
        while denominator % factor == 0:
            denominator //= factor
    if denominator != 1:
        return str(number)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
