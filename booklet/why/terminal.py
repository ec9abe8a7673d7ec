"""Derivation → a tree on a terminal: label, amount, the place where it was typed.

Amounts are aligned in one column, each after the sign that joins it to those before. A tree longer than a screen is
cut at the deepest level that fits; a cut branch names its reference. Control characters in an author's text are made
visible, so that none acts on the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from booklet.diagnostics.message import Message, say
from booklet.money.euros import Euros, write_number
from booklet.tables.money_table import THOUSAND
from booklet.text.language import NO_BREAK_SPACE, Language
from booklet.text.outside import BULLET, display_width, measure, visible, visible_path
from booklet.why.derivation import Basis, Derivation, Operation, Quote, write_fraction

if TYPE_CHECKING:
    from collections.abc import Iterator

#: the most rows of a tree, about one screen
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


class _Style(NamedTuple):
    """Escape sequences of a terminal; empty where colours are off."""

    bold: str = ""
    dim: str = ""
    reset: str = ""


_PLAIN = _Style()
_COLORED = _Style("\x1b[1m", "\x1b[2m", "\x1b[0m")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: guides and label, sign, amount, and the text after them; a remark has no amount."""

    guides: str
    label: str
    sign: str = ""
    amount: str = ""
    after: str = ""
    remark: bool = False


def write_tree(
    node: Derivation, language: Language, *, color: bool = False, depth: int | None = None, rows: int = ROWS
) -> str:
    """Write a derivation; `depth` is the number of levels below the root, by default as many as fit in `rows`."""
    deepest = _height(node)
    if depth is None:
        depth = deepest
        while depth > 1 and _count(node, depth) > rows:
            depth -= 1
    writer = _Writer(language, depth)
    written = list(writer.rows(node, BULLET, "", "", 0))
    labels = [row for row in written if not row.remark]
    label_columns = min(LABEL_COLUMNS, max(display_width(row.guides + row.label) for row in labels))
    amount_columns = max(display_width(row.amount) for row in labels)
    style = _COLORED if color else _PLAIN
    lines = [
        _line(row, label_columns, amount_columns, style, weight=style.bold if index == 0 else "")
        for index, row in enumerate(written)
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Writer:
    """Converts derivations into rows, in one language, down to one depth."""

    def __init__(self, language: Language, depth: int) -> None:
        self.language, self.depth = language, depth

    def rows(self, node: Derivation, head: str, tail: str, sign: str, level: int) -> Iterator[_Row]:
        """Yield the rows of a value, then of its remarks and its children."""
        below = (*node.children, *node.apart)
        shown = below if level < self.depth else ()
        guides = tail + ("│  " if shown else "·  ")
        hidden = (bool(below) and not shown) or node.operation == "given"
        yield _Row(head, self.words(node.label), sign, self.amount(node), self.after(node, is_hidden=hidden))
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
        """Write a label on one line, control characters made visible."""
        text = label.text(self.language) if isinstance(label, Message) else label
        return visible(" ".join(text.split()))

    def say(self, message: Message) -> str:
        """Write a message, control characters of the author's words in it made visible."""
        return visible(" ".join(message.text(self.language).split(" ")))

    def amount(self, node: Derivation) -> str:
        """Write a value in its unit; `≈` before one that is not exact to the cent."""
        if node.operation == "figures":
            return ""
        if node.value is None:
            return say("not known").text(self.language)
        if node.unit == "euros":
            rounded = Euros(node.value).rounded()
            mark = "" if Fraction(rounded) == node.value else f"≈{NO_BREAK_SPACE}"
            return f"{mark}{_two_decimals(rounded, self.language)}{NO_BREAK_SPACE}€"
        if node.unit == "rate":
            return f"{_exact(node.value * 100, self.language)}{NO_BREAK_SPACE}%"
        return _exact(node.value, self.language)

    def after(self, node: Derivation, *, is_hidden: bool) -> str:
        """Write where a value was typed; for a cut branch, its reference."""
        parts, path = [], ""
        for quote in dict.fromkeys(node.quotes):
            where = self.quote(quote, with_text=node.operation == "typed")
            parts.append(where.removeprefix(path) if path else where)
            path = visible_path(quote.span.path)
        if is_hidden and node.reference:
            parts.append(f"→ why {visible(node.reference)}")
        elif is_hidden:
            parts.append("…")
        return "  ".join(parts)

    def quote(self, quote: Quote, *, with_text: bool) -> str:
        """Write `path:line`, and the text typed there, cut where it is long."""
        where = f"{visible_path(quote.span.path)}:{quote.span.start.line}"
        return f"{where} `{_cut(visible(quote.text), TYPED_COLUMNS)}`" if with_text else where

    def remarks(self, node: Derivation, level: int) -> Iterator[str]:
        """Yield the basis of a value, its rounding, how the booklet prints it, and its notes."""
        if node.basis is not None and (level <= self.depth):
            yield self.basis(node.basis)
        if node.unrounded is not None:
            exact = Fraction(node.unrounded)
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
        where = f" ({self.quote(basis.quote, with_text=False)})" if basis.quote else ""
        address = f" {basis.address}" if basis.kind == "law" and basis.address else ""
        return self.say(words) + visible(address + where)


def _line(row: _Row, label_columns: int, amount_columns: int, style: _Style, *, weight: str) -> str:
    def paint(text: str, code: str) -> str:
        return f"{code}{text}{style.reset}" if text and code else text

    if row.remark:
        return f"{row.guides}{paint(row.label, style.dim)}"
    label = _cut(row.label, max(16, label_columns - display_width(row.guides)))
    gap = " " * max(0, label_columns - display_width(row.guides + label))
    amount = " " * (amount_columns - display_width(row.amount)) + paint(row.amount, weight)
    return (
        f"{row.guides}{paint(label, weight)}{gap}  {row.sign or ' '} {amount}  {paint(row.after, style.dim)}"
    )


def _cut(text: str, columns: int) -> str:
    if display_width(text) <= columns:
        return text
    kept, width = [], 0
    for cell in measure(text):
        if width + cell.width > columns - 1:
            break
        kept.append(cell.text)
        width += cell.width
    return "".join(kept).rstrip() + "…"


def _two_decimals(number: Decimal, language: Language) -> str:
    """Write an amount with its cents, so that decimal marks are aligned."""
    cents = "" if number % 1 else f"{language.decimal_mark}00"
    return write_number(number, language) + cents


def _exact(number: Fraction, language: Language) -> str:
    """Write a number without loss: a decimal where it has one, otherwise a fraction."""
    plain = write_fraction(number)
    return plain if "/" in plain else write_number(Decimal(plain), language)


def _height(node: Derivation) -> int:
    return 1 + max((_height(child) for child in (*node.children, *node.apart)), default=-1)


def _count(node: Derivation, depth: int) -> int:
    below = (*node.children, *node.apart) if depth else ()
    remarks = len(node.notes) + len(node.printed) + (node.basis is not None) + (node.unrounded is not None)
    return 1 + remarks + sum(_count(child, depth - 1) for child in below)
