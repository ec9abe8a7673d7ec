"""Changes of a line that `costs import` does not bring back, told so that none is lost in silence.

Only quantities and unit costs come back. The other cells of a line must say what the file says; amounts must have the
exported formula, or be what the row comes to, now or as it was exported, since some programs keep values only.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_bad_value, workbook_unknown_row
from booklet.content.model.proposal import ESTIMATES
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.positions import Position, Span
from booklet.export.cost_rows import GROUPS
from booklet.export.workbook_lines import fold
from booklet.export.workbook_rows import exported_value, formula_without_value, read_rate
from booklet.money.euros import CENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set

    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.message import Message
    from booklet.export.workbook_lines import LineKey
    from booklet.export.workbook_rows import WorkbookRow

#: proposals without a row that are named, before a `…`
NAMED = 5
#: columns whose changes come back, or that keep what was exported
_BROUGHT_BACK = re.compile("key|label|quantity(?:-.*)?|paid-.*|low|central|high|part-.*|exported-.*")
_ROW_NUMBER = re.compile("(?<=[A-Z])[0-9]+")
_HINT = say("change it in the file of the proposal, and write the same in both")
HINT_COMPUTED = say("change the quantity or the unit cost")


def find_unimported(row: WorkbookRow, fresh: WorkbookRow) -> Iterator[Diagnostic]:
    """Report the cells of a row, but its inputs, that a person changed; `fresh` is the row of an export of today."""
    changed = tuple(_find_texts(row, fresh))
    yield from changed
    if not changed:
        yield from _find_amounts(row, fresh)


def _find_texts(row: WorkbookRow, fresh: WorkbookRow) -> Iterator[Diagnostic]:
    """Compare texts, VAT rate and months with those of the file."""
    amounts = _amounts(fresh, fresh.number)
    for key in fresh.columns:
        if key in amounts or _BROUGHT_BACK.fullmatch(key) or key not in row.columns:
            continue
        cell, expected = row.cells.get(key), fresh.cells.get(key)
        if key in row.formulas and cell is None:
            yield from formula_without_value(row, key)
        elif isinstance(expected, float) or key in ("vat", "months", "index-prices", "index-edition"):
            if read_rate(cell) != read_rate(expected) or (cell is not None and expected is None):
                yield from not_imported(row.span, row.place(key), cell, expected, _HINT)
        elif fold(cell) != fold(expected):
            yield from not_imported(row.span, row.place(key), cell, expected, _HINT)


def not_imported(
    span: Span, cell: str, found: object, expected: object, hint: Message, severity: Severity = Severity.ERROR
) -> Iterator[Diagnostic]:
    """Report a cell that says something else than the file."""
    message = say(
        "`{text}` in {cell} is not brought back: the file says `{old}`",
        text=fold(found)[:40],
        cell=cell,
        old=fold(expected) if isinstance(expected, str) else "" if expected is None else read_rate(expected),
    )
    yield workbook_bad_value.at(span, message, hint, severity=severity)


def _find_amounts(row: WorkbookRow, fresh: WorkbookRow) -> Iterator[Diagnostic]:
    """Report amounts that a person typed over their formulas, formulas that were changed, and those that are gone."""
    now = _amounts(row, row.number)
    before = _amounts(row, lambda key: exported_value(row, key))
    for key in now:
        cell, formula, exported = row.cells.get(key), row.formulas.get(key), fresh.formulas.get(key)
        if key not in row.columns or key in row.exported_formulas:
            continue
        if cell is None:
            if formula is not None:
                yield from formula_without_value(row, key)
            elif exported is not None:
                message = say("nothing in {cell}, where the export has a formula", cell=row.place(key))
                yield from workbook_bad_value(row.span, message, HINT_COMPUTED)
        elif not any(is_near(row.number(key), amounts[key]) for amounts in (now, before)):
            yield from computed(row.span, row.place(key), formula or cell)


def computed(
    span: Span, cell: str, found: object, severity: Severity = Severity.ERROR
) -> Iterator[Diagnostic]:
    """Report an amount or a formula in the place of a formula of the export."""
    message = say("`{text}` in {cell} is not brought back: it is computed", text=fold(found)[:40], cell=cell)
    yield workbook_bad_value.at(span, message, HINT_COMPUTED, severity=severity)


def mark_formulas(row: WorkbookRow, fresh: WorkbookRow) -> WorkbookRow:
    """Note the formulas that an export has too, in whatever row."""
    exported = _relative(fresh.formulas)
    same = (key for key, formula in _relative(row.formulas).items() if formula == exported.get(key))
    return replace(row, exported_formulas=frozenset(same))


def _relative(formulas: Mapping[str, str]) -> dict[str, str]:
    """The formulas of a row without its number, that of most cells in them: not every program follows a move."""
    found = {key: plain(formula) for key, formula in formulas.items()}
    numbers = Counter(number for text in found.values() for number in _ROW_NUMBER.findall(text))
    own = numbers.most_common(1)[0][0] if numbers else ""
    return {
        key: _ROW_NUMBER.sub(lambda match: "#" if match[0] == own else match[0], text)
        for key, text in found.items()
    }


def plain(formula: str) -> str:
    """A formula without the marks that programs write in their own manner."""
    return re.sub(r"[\s$']|^=", "", formula)


def is_near(number: Decimal | None, expected: Decimal | None) -> bool:
    """Whether a number is an expected one but for the noise of floats."""
    if number is None or expected is None:
        return False
    return abs(number - expected) <= CENT / 2 + abs(expected) / 10**9


def _amounts(row: WorkbookRow, read: Callable[[str], Decimal | None]) -> dict[str, Decimal | None]:
    """What the formulas of a row come to, by column; None where an input is not known."""
    years = sorted({key.removeprefix("part-") for key in row.columns if key.startswith("part-")})
    months, rate = row.number("months"), read_rate(row.cells.get("vat")) or Decimal(0)
    taxed = 1 + rate if row.cells.get("price") == "ttc" else Decimal(1)
    before, after = (row.number(key) for key in ("index-prices", "index-edition"))
    brought = after / before if after and before else Decimal(1)
    amounts: dict[str, Decimal | None] = {}
    for estimate in ESTIMATES:
        # where the file holds one amount, low and high are formulas, which may have no value
        unit_cost = read("central") if estimate in row.formulas else read(estimate)
        central = read("quantity")
        quantity = read(f"quantity-{estimate}") if f"quantity-{estimate}" in row.cells else central
        price = None if unit_cost is None else unit_cost / taxed * brought
        each = None if price is None or quantity is None else quantity * price
        # units by year are those of the central quantity
        ratio = quantity / central if quantity and central else Decimal(1)
        for year in years:
            part = (read(f"part-{year}") or Decimal(0)) / (months or 1)
            units = each if months else None if price is None else price * ratio
            amounts[f"{estimate}-{year}"] = None if units is None else units * part
        known = [amount for year in years if (amount := amounts[f"{estimate}-{year}"]) is not None]
        amounts[f"{estimate}-total"] = None if each is None else sum(known, Decimal(0))
        amounts[f"after-{estimate}"] = each
    for key in ("paid-before", "paid-after"):
        paid = read(key)
        amounts[f"ht-{key}"] = before_vat = None if paid is None else paid / taxed * brought
        borne = Decimal(1) if row.cells.get("regime") == "assujetti" else 1 + rate
        amounts[f"borne-{key}"] = None if before_vat is None else before_vat * borne
    for year in years:
        before_vat = amounts[f"central-{year}"]
        amounts[f"ttc-{year}"] = None if before_vat is None else before_vat * (1 + rate)
    return amounts


def find_missing(
    name: str,
    documents: tuple[ProposalDocument, ...],
    exported: Mapping[tuple[str, str], Set[int]],
    found: Set[LineKey],
) -> Iterator[Diagnostic]:
    """Report the lines of the files that have no row.

    A gap in the keys of a list is a row that was deleted: an error. Any other line may have been added to its file
    since the export: a warning.
    """
    top = Span(name, Position(1, 1), Position(1, 1))
    hint = say("delete the line in its file if it is to go; export again if it was added there")
    shown = {id for id, _ in exported}
    absent = [one.id for one in documents if one.id not in shown and one.value.all_lines]
    if absent:
        names = quote_all(absent[:NAMED]) + ("…" if len(absent) > NAMED else "")
        message = say("no row for the lines of {names}", names=names)
        yield workbook_unknown_row.at(top, message, hint, severity=Severity.WARNING)
    for document in documents:
        if document.id not in shown:
            continue
        for group in GROUPS:
            keys = exported.get((document.id, group), frozenset())
            has_gap = len(keys) <= max(keys, default=-1)
            for index, line in enumerate(getattr(document.value, group)):
                if (document.id, group, index) not in found:
                    label = line.label or "-"
                    message = say("no row for the line `{label}` of `{id}`", label=label, id=document.id)
                    severity = Severity.ERROR if has_gap else Severity.WARNING
                    yield workbook_unknown_row.at(top, message, hint, severity=severity)
