"""Derivation → a tree on a terminal: what, how much, where it is typed.

Amounts stand in one column, with the sign that joins each to those before it. A tree that would not fit a screen
stops at the depth that does; what is left out says what to ask for. An author's text never acts on the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.diagnostics.reporters.visible import measure, visible
from booklet.money.euros import Euros, write_number
from booklet.tables.money_table import THOUSAND
from booklet.text.language import NO_BREAK_SPACE, Language
from booklet.why.node import Basis, Node, Operation, Place, write_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

#: rows of a tree that a reader takes in at once
ROWS = 60
LABEL_COLUMNS = 64
TYPED_COLUMNS = 48
_SIGNS: dict[Operation, str] = {
    "sum": "+",
    "one-plus": "+",
    "difference": "−",
    "product": "×",
    "quotient": "÷",
}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Row:
    """Hold one line: guides and label, sign, amount, and what stands after them; a remark has no amount."""

    guides: str
    label: str
    sign: str = ""
    amount: str = ""
    after: str = ""
    remark: bool = False


def write_tree(
    node: Node, language: Language, *, color: bool = False, depth: int | None = None, rows: int = ROWS
) -> str:
    """Write a derivation; `depth` is the number of levels below the root, by default as many as fit in `rows`."""
    deepest = _height(node)
    if depth is None:
        depth = deepest
        while depth > 1 and _count(node, depth) > rows:
            depth -= 1
    writer = _Writer(language, depth)
    written = list(writer.rows(node, "", "", "", 0))
    labels = [row for row in written if not row.remark]
    label_columns = min(LABEL_COLUMNS, max(_columns(row.guides + row.label) for row in labels))
    amount_columns = max(_columns(row.amount) for row in labels)
    lines = [
        _line(row, label_columns, amount_columns, color, first=index == 0)
        for index, row in enumerate(written)
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Writer:
    """Turn nodes into rows, in one language, down to one depth."""

    def __init__(self, language: Language, depth: int) -> None:
        self.language, self.depth = language, depth

    def rows(self, node: Node, head: str, tail: str, sign: str, level: int) -> Iterator[_Row]:
        """Write a node, what it rests on, then what it is made of."""
        below = (*node.children, *node.apart)
        shown = below if level < self.depth else ()
        guides = tail + ("│  " if shown else "   ") if level else ("│  " if shown else "   ")
        hidden = (bool(below) and not shown) or node.operation == "given"
        yield _Row(head, self.words(node.label), sign, self.amount(node), self.after(node, hidden))
        for remark in self.remarks(node, level):
            yield _Row(guides, remark, remark=True)
        for index, child in enumerate(shown):
            last = index == len(shown) - 1
            counted = index < len(node.children)
            joined = _SIGNS.get(node.operation, "") if index or node.operation == "one-plus" else ""
            yield from self.rows(
                child,
                tail + ("└─ " if last else "├─ "),
                tail + ("   " if last else "│  "),
                joined if counted else "·",
                level + 1,
            )

    def words(self, label: Message | str) -> str:
        """Write a label on one line, harmless."""
        text = label.text(self.language) if isinstance(label, Message) else label
        return visible(" ".join(text.split()))

    def say(self, message: Message) -> str:
        """Write one of our own sentences, whatever an author's words in it hold."""
        return visible(" ".join(message.text(self.language).split(" ")))

    def amount(self, node: Node) -> str:
        """Write a value in its measure; what is not exact to the cent says so."""
        if node.operation == "figures":
            return ""
        if node.value is None:
            return say("not known").text(self.language)
        if node.measure == "euros":
            rounded = Euros(node.value).rounded()
            mark = "" if Fraction(rounded) == node.value else f"≈{NO_BREAK_SPACE}"
            return f"{mark}{_two_decimals(rounded, self.language)}{NO_BREAK_SPACE}€"
        if node.measure == "rate":
            return f"{_exact(node.value * 100, self.language)}{NO_BREAK_SPACE}%"
        return _exact(node.value, self.language)

    def after(self, node: Node, hidden: bool) -> str:
        """Write where a value was typed, or under which reference it is derived."""
        parts, path = [], ""
        for place in dict.fromkeys(node.places):
            where = self.place(place, with_text=node.operation == "typed")
            parts.append(where.removeprefix(path) if path else where)
            path = place.span.path
        if hidden and node.reference:
            parts.append(f"→ why {visible(node.reference)}")
        elif hidden:
            parts.append("…")
        return "  ".join(parts)

    def place(self, place: Place, *, with_text: bool) -> str:
        """Write `path:line`, and the text typed there, cut where it is long."""
        where = f"{place.span.path}:{place.span.start.line}"
        return f"{where} `{_cut(visible(place.text), TYPED_COLUMNS)}`" if with_text else where

    def remarks(self, node: Node, level: int) -> Iterator[str]:
        """Write what a value rests on, how it was rounded, and what else a reader should know."""
        if node.basis is not None and (level <= self.depth):
            yield self.basis(node.basis)
        if node.exact is not None:
            exact = Fraction(node.exact)
            shown = Fraction(round(exact * 10**6), 10**6)
            digits = _two_decimals(Decimal(shown.numerator) / shown.denominator, self.language)
            digits += "" if shown == exact else "…"
            yield self.say(
                say("rounded once, to the cent, from {amount}", amount=f"{digits}{NO_BREAK_SPACE}€")
            )
        for printed in node.printed:
            amount = write_number(printed.amount / printed.step, self.language)
            if printed.step == THOUSAND:
                yield self.say(say("the booklet prints {amount}, in thousands of euros", amount=amount))
            else:
                yield self.say(say("the booklet prints {amount}, in euros", amount=amount))
        for note in node.notes:
            yield self.say(note)

    def basis(self, basis: Basis) -> str:
        """Name a source with publisher and year, an assumption in its own words, or an article of law."""
        named = ", ".join(part for part in (basis.publisher, basis.text, str(basis.year or "")) if part)
        words = {
            "source": say("source: {text}", text=named),
            "assumption": say("assumption: {text}", text=basis.text),
            "law": say("law: {text}", text=named or basis.id),
        }[basis.kind]
        where = f" ({self.place(basis.place, with_text=False)})" if basis.place else ""
        address = f" {basis.address}" if basis.kind == "law" and basis.address else ""
        return self.say(words) + visible(address + where)


def _line(row: _Row, label_columns: int, amount_columns: int, color: bool, *, first: bool) -> str:
    if row.remark:
        return f"{row.guides}{_paint(row.label, _DIM, color)}"
    label = _cut(row.label, max(16, label_columns - _columns(row.guides)))
    left = row.guides + (_paint(label, _BOLD, color and first))
    gap = " " * max(0, label_columns - _columns(row.guides + label))
    amount = " " * (amount_columns - _columns(row.amount)) + _paint(row.amount, _BOLD, color and first)
    after = _paint(row.after, _DIM, color)
    return f"{left}{gap}  {row.sign or ' '} {amount}  {after}"


def _paint(text: str, code: str, color: bool) -> str:
    return f"{code}{text}{_RESET}" if color and text else text


def _columns(text: str) -> int:
    return sum(cell.width for cell in measure(text))


def _cut(text: str, columns: int) -> str:
    if _columns(text) <= columns:
        return text
    kept, width = [], 0
    for cell in measure(text):
        if width + cell.width > columns - 1:
            break
        kept.append(cell.text)
        width += cell.width
    return "".join(kept).rstrip() + "…"


def _two_decimals(number: Decimal, language: Language) -> str:
    """Write an amount with its cents, so that the marks of a column stand under each other."""
    cents = "" if number % 1 else f"{language.decimal_mark}00"
    return write_number(number, language) + cents


def _exact(number: Fraction, language: Language) -> str:
    """Write a number without loss: a decimal where it has one, otherwise a fraction."""
    plain = write_plain(number)
    return plain if "/" in plain else write_number(Decimal(plain), language)


def _height(node: Node) -> int:
    return 1 + max((_height(child) for child in (*node.children, *node.apart)), default=-1)


def _count(node: Node, depth: int) -> int:
    below = (*node.children, *node.apart) if depth else ()
    remarks = len(node.notes) + len(node.printed) + (node.basis is not None) + (node.exact is not None)
    return 1 + remarks + sum(_count(child, depth - 1) for child in below)
