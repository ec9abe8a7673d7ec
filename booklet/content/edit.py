"""A YAML text, and new numbers for some of its scalars → the text with those numbers in their author's notation.

Every other byte stays the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from booklet.money.euros import SCALES, SPACES, read_euros, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.content.yaml.nodes import Scalar
    from booklet.diagnostics.positions import Source, Span

_WRITTEN = re.compile(rf"(?P<number>[0-9][0-9{SPACES}.,]*?)(?P<gap>[{SPACES}]?)(?P<unit>k€|K€|M€|Md€|€|)")
_INNER_SPACE = re.compile(rf"[0-9](?P<mark>[{SPACES}])[0-9]{{3}}")
Kind = Literal["euros", "number"]


@dataclass(frozen=True, slots=True)
class Change:
    """One rewritten scalar: its span, and its text before and after."""

    span: Span
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A scalar, and the number that it is to hold."""

    node: Scalar
    flow: bool
    kind: Kind
    value: Decimal


def read_as(text: str, kind: Kind) -> Decimal:
    """Read a number as the YAML is read."""
    if kind == "number":
        return read_number(text)
    exact = read_euros(text).value
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def rewrite(source: Source, edits: Iterable[Edit]) -> tuple[str, list[Change]]:
    """Replace scalars in a text, the last one first, so that offsets hold."""
    text, changes = source.text, []
    for edit in sorted(edits, key=lambda edit: edit.node.start, reverse=True):
        before = text[edit.node.start : edit.node.end]
        after = _rewrite_scalar(before, edit)
        text = text[: edit.node.start] + after + text[edit.node.end :]
        changes.append(Change(source.span(edit.node.start, edit.node.end), before, after))
    return text, changes[::-1]


def _rewrite_scalar(raw: str, edit: Edit) -> str:
    """Write a scalar anew inside the quotes and spaces that its author chose."""
    old = edit.node.text.strip(f"{SPACES}\t\r\n")
    written = write_like(old, edit.value, edit.kind)
    assert read_as(written, edit.kind) == edit.value, f"{written} does not say {edit.value}"
    if raw.count(old) != 1:
        # escapes or folded lines: the notation of this one scalar cannot be preserved
        return f'"{written}"' + raw[len(raw.rstrip()) :]
    if edit.node.plain and edit.flow and "," in written:
        written = f'"{written}"'
    return raw.replace(old, written)


def write_like(old: str, value: Decimal, kind: Kind) -> str:
    """Write a number as another one was written: with its unit, marks and spaces, unless these cannot express it."""
    match = _WRITTEN.fullmatch(old)
    assert match is not None, f"{old} was read as a number"
    number, unit = match["number"], match["unit"]
    found = _INNER_SPACE.search(number)
    scale = SCALES[unit]
    _, old_mark, old_decimals = number.rpartition("," if "," in number else ".")
    decimals_before = len(old_decimals) if old_mark else 0
    # a unit that would need many decimals gives way to a smaller one
    while scale > 1 and _decimals(value / scale) > max(3, decimals_before):
        unit, scale = {"Md€": ("M€", 1_000_000), "M€": ("k€", 1_000)}.get(unit, ("€", 1))
    digits = f"{(value / scale).normalize():f}"
    whole, _, decimals = digits.partition(".")
    if decimals and kind == "euros" and scale == 1:
        decimals = decimals.ljust(2, "0")
    if not decimals and decimals_before and not old_decimals.strip("0"):
        decimals = "0" * decimals_before
    if len(decimals) == 3 and scale == 1 and whole != "0":
        decimals += "0"  # three decimals would read as thousands
    is_ungrouped = found is None and len(re.split("[.,]", number)[0]) > 3
    mark = found["mark"] if found else match["gap"] or " "
    grouped = whole if is_ungrouped else re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", mark, whole)
    decimal_mark = old_mark or ","
    gap = match["gap"] or (" " if unit and not match["unit"] else "")
    return grouped + (decimal_mark + decimals if decimals else "") + gap + unit


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
