"""Changes of a workbook that `costs import` does not bring back, told so that none is lost in silence.

Only quantities and unit costs come back. The other cells of a line, and what is typed on the sheet of funding, must say
what the file says; amounts must be what the row comes to, now or as it was exported, since some programs save a
workbook without computing it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_bad_value, workbook_unknown_row
from booklet.content.model.proposal import ESTIMATES
from booklet.content.model.words import FORM_NAMES, STATUS_NAMES
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.message import Message, quote_all, say
from booklet.diagnostics.positions import Position, Span
from booklet.export.cost_rows import GROUPS, all_proposals, list_lines
from booklet.export.workbook_file import Formula
from booklet.export.workbook_lines import fold
from booklet.export.workbook_rows import exported_value, formula_without_value, read_cell
from booklet.export.xlsx.lines_sheet import line_texts
from booklet.export.xlsx.sheets import FUNDING
from booklet.money.euros import CENT
from booklet.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Set

    from booklet.content.model.proposal import Proposal
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import Portfolio
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.export.cost_rows import LineRow
    from booklet.export.workbook_file import Sheet
    from booklet.export.workbook_lines import LineKey
    from booklet.export.workbook_rows import WorkbookRow

_CHOICE_NAMES = (*FORM_NAMES.values(), *STATUS_NAMES.values())
#: proposals without a row that are named, before a `…`
_NAMED = 5


def list_exported(workspace: Workspace, portfolio: Portfolio) -> Mapping[LineKey, LineRow]:
    """The lines that an export would write now."""
    assert workspace.edition is not None, "without an edition there is no portfolio"
    proposals = tuple(costed for _, costed in all_proposals(portfolio))
    rows = list_lines(proposals, workspace.edition.value, portfolio.years)
    return {(row.costed.id, row.group, row.index): row for row in rows}


def find_unimported(row: WorkbookRow, line: LineRow) -> Iterator[Diagnostic]:
    """Report the cells of a row, but its inputs, that a person changed."""
    changed = tuple(_find_texts(row, line))
    yield from changed
    if not changed:
        yield from _find_amounts(row)


def _find_texts(row: WorkbookRow, line: LineRow) -> Iterator[Diagnostic]:
    """Compare texts, VAT rate and months with those of the file."""
    months = line.spreading.months if line.spreading else None
    numbers = {"vat": line.line.vat_rate, "months": None if months is None else Decimal(months)}
    for key, expected in {**line_texts(line), **numbers}.items():
        if key in ("key", "label") or key not in row.columns:
            continue
        cell = row.cells.get(key)
        if key in row.formulas and cell is None:
            yield from formula_without_value(row, key)
        elif isinstance(expected, Decimal) or key in numbers:
            if _read_rate(row, key) != expected or (cell is not None and expected is None):
                yield from _not_imported(row, key, cell, expected)
        elif fold(cell) not in _wordings(expected):
            yield from _not_imported(row, key, cell, expected)


def _read_rate(row: WorkbookRow, key: str) -> Decimal | None:
    """The number in a cell, which may be a text with `%`."""
    cell = row.cells.get(key)
    if isinstance(cell, str) and cell.rstrip().endswith("%"):
        number = read_cell(cell.rstrip().removesuffix("%"))
        return None if number is None else number / 100
    return row.number(key)


def _wordings(text: Message | str | None) -> Set[str]:
    """A text as an export writes it, in any language."""
    if isinstance(text, Message):
        return {fold(text.text(language)) for language in LANGUAGES.values()}
    return {fold(text)}


def _not_imported(row: WorkbookRow, key: str, cell: object, expected: object) -> Iterator[Diagnostic]:
    message = say(
        "`{text}` in {cell} is not brought back: the file says `{old}`",
        text=fold(cell)[:40],
        cell=row.place(key),
        old="" if expected is None else expected,
    )
    hint = say("change it in the file of the proposal, and write the same in both")
    yield from workbook_bad_value(row.span, message, hint)


def _find_amounts(row: WorkbookRow) -> Iterator[Diagnostic]:
    """Report amounts that a person typed over their formulas."""
    now = _amounts(row, row.number)
    before = _amounts(row, lambda key: exported_value(row, key))
    for key in now:
        if key not in row.cells:
            continue
        number = row.number(key)
        if not any(_is_near(number, amounts[key]) for amounts in (now, before)):
            message = say(
                "`{text}` in {cell} is not brought back: it is computed",
                text=fold(row.cells[key])[:40],
                cell=row.place(key),
            )
            yield from workbook_bad_value(row.span, message, say("change the quantity or the unit cost"))


def _is_near(number: Decimal | None, expected: Decimal | None) -> bool:
    """Whether a number is an expected one but for the noise of floats; an unknown one is asked of elsewhere."""
    return expected is None or (
        number is not None and abs(number - expected) <= CENT / 2 + abs(expected) / 10**9
    )


def _amounts(row: WorkbookRow, read: Callable[[str], Decimal | None]) -> dict[str, Decimal | None]:
    """What the formulas of a row come to, by column; None where an input is not known."""
    years = sorted({key.removeprefix("part-") for key in row.columns if key.startswith("part-")})
    months, rate = row.number("months"), _read_rate(row, "vat") or Decimal(0)
    taxed = 1 + rate if row.cells.get("price") == "ttc" else Decimal(1)
    amounts: dict[str, Decimal | None] = {}
    for estimate in ESTIMATES:
        # where the file holds one amount, low and high are formulas, which may have no value
        unit_cost = read("central") if estimate in row.formulas else read(estimate)
        quantity = read("quantity") if months else Decimal(1)
        each = None if unit_cost is None or quantity is None else quantity * unit_cost / taxed
        for year in years:
            part = (read(f"part-{year}") or Decimal(0)) / (months or 1)
            amounts[f"{estimate}-{year}"] = None if each is None else each * part
        known = [amount for year in years if (amount := amounts[f"{estimate}-{year}"]) is not None]
        amounts[f"{estimate}-total"] = None if each is None else sum(known, Decimal(0))
        amounts[f"after-{estimate}"] = each
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
    absent = [one.id for one in documents if one.id not in shown and (one.value.costs or one.value.revenues)]
    if absent:
        names = quote_all(absent[:_NAMED]) + ("…" if len(absent) > _NAMED else "")
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


def find_changed_funding(name: str, sheets: Iterable[Sheet], workspace: Workspace) -> Iterator[Diagnostic]:
    """Report the rows of the sheet of funding with a number or a choice that no funding of their proposal has."""
    titles = _wordings(FUNDING)
    by_id = {document.id: document.value for document in workspace.proposals}
    for sheet in (sheet for sheet in sheets if sheet.title in titles):
        for row, cells in sheet.rows.items():
            typed = [cell for cell in cells.values() if not isinstance(cell, Formula)]
            proposal = next((by_id[cell] for cell in typed if isinstance(cell, str) and cell in by_id), None)
            changed = None if proposal is None else _find_foreign(typed, proposal)
            if changed is not None:
                message = say(
                    "`{text}` in row {row} of `{sheet}` is not brought back: the file says something else",
                    text=fold(changed)[:40],
                    row=row,
                    sheet=sheet.title,
                )
                hint = say("change the funding in the file of the proposal")
                span = Span(name, Position(row, 1), Position(row, 1))
                yield workbook_bad_value.at(span, message, hint, severity=Severity.WARNING)


def _find_foreign(typed: Iterable[object], proposal: Proposal) -> object:
    """Find a number or a choice that no funding of a proposal has; None if there is none."""
    numbers: set[Decimal | None] = {Decimal(0)}
    words: set[str] = set()
    for funding in proposal.funding:
        amounts = [amount.value for amount in (funding.amount, funding.eligible) if amount]
        numbers |= {read_cell(float(number)) for number in (*amounts, funding.share or 0)}
        words |= _choice_words(FORM_NAMES, funding.form) | _choice_words(STATUS_NAMES, funding.status)
    for cell in typed:
        if isinstance(cell, str):
            if any(cell in _wordings(name) for name in _CHOICE_NAMES) and cell not in words:
                return cell
        elif read_cell(cell) not in numbers:
            return cell
    return None


def _choice_words(names: Mapping[str, Message], value: str | None) -> Set[str]:
    return _wordings(names[value]) if value else set()
