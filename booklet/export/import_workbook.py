"""A changed workbook → new YAML of the proposals: changed quantities and unit costs, every other byte as it was.

Hidden columns of the workbook keep the exported value of each number. A number that differs from it was changed by a
person. Where the YAML still has the exported value, that scalar is rewritten in its author's style (unit, spaces,
quotes); where the YAML changed too, that is a conflict: X101.

Nothing is written to disk here: the caller receives whole new files, and none if there is any error.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_bad_value, workbook_conflict, workbook_unknown_row
from booklet.content.decode import decode
from booklet.content.edit import Change, Edit, Kind, read_as, rewrite
from booklet.content.model.proposal import ESTIMATES, Proposal
from booklet.content.proposal_files import read_proposal
from booklet.content.yaml.findings import bound_findings
from booklet.content.yaml.nodes import Mapping as MappingNode
from booklet.content.yaml.nodes import Node, Scalar, Sequence
from booklet.content.yaml.parse import parse
from booklet.costs.portfolio import build_portfolio
from booklet.diagnostics.diagnostic import Diagnostic, Severity, has_errors
from booklet.diagnostics.limits import FINDINGS
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import read_bytes
from booklet.export.exporters import CostsToExport, fill_xlsx
from booklet.export.other_sheets import find_changed_cells, find_language
from booklet.export.unimported import find_missing, find_unimported, mark_formulas
from booklet.export.workbook_lines import Line, LineKey, find_line, fold
from booklet.export.workbook_rows import (
    LIMIT,
    WorkbookRow,
    exported_value,
    formula_without_value,
    line_key,
    read_cell,
    read_rows,
    sort_sheets,
)
from booklet.export.xlsx.lines_sheet import OUTSIDE
from booklet.law.lookup import law_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.content.model.fields import KeyPath
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace
    from booklet.export.workbook_file import Sheet
    from booklet.text.language import Language

_BYTE_ORDER_MARK = codecs.BOM_UTF8


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import: whole new files by path, none if there is any error."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    diagnostics: tuple[Diagnostic, ...]


def import_workbook(workspace: Workspace, name: str, data: bytes) -> Imported:
    """Find what a workbook changes in a workspace that was read without a fault.

    `name` is the file name of the workbook, for messages. Only changed scalars differ in the new files.
    """
    diagnostics: list[Diagnostic] = []
    by_id = {document.id: document for document in workspace.proposals}
    edits: dict[str, dict[int, Edit]] = {}
    seen: dict[LineKey, WorkbookRow] = {}
    keys: dict[tuple[str, str], set[int]] = {}
    rows, others = read_rows(name, data, diagnostics)
    language = find_language(others)
    fresh_rows, fresh_others = sort_sheets(name, _export(workspace, language), [])
    fresh_by_key = {row.cells["key"]: row for row in fresh_rows}
    for typed in rows:
        found = find_line(typed, by_id, keys, diagnostics)
        if found is None:
            if len(diagnostics) > FINDINGS:
                break  # nothing is imported: the others would be counted only
            continue
        first = seen.setdefault(found.key, typed)
        if first is not typed:
            message = say("the line of row {row} stands here again", row=first.span.start.line)
            hint = say(
                "delete one of the two: {first}, {second}",
                first=first.place("key"),
                second=typed.place("key"),
            )
            diagnostics += workbook_unknown_row(typed.span, message, hint)
            continue
        fresh = fresh_by_key.get(line_key(*found.key))
        row = typed if fresh is None else mark_formulas(typed, fresh)
        if fresh is not None:
            diagnostics += find_unimported(row, fresh)
        for edit in _find_edits(row, found, diagnostics):
            edits.setdefault(found.document.source.path, {})[edit.node.start] = edit
    if not any(found.code == workbook_unknown_row.code for found in diagnostics):
        diagnostics += find_missing(name, workspace.proposals, keys, seen.keys())
    files, changes = _write_files(workspace, edits, diagnostics)
    if rows:

        def export_after() -> tuple[Sheet, ...]:
            changed = tuple(_change(document, files) for document in workspace.proposals)
            sheets = _export(replace(workspace, proposals=changed), language)
            return sort_sheets(name, sheets, [])[1]

        diagnostics += find_changed_cells(name, others, fresh_others, export_after)
    found_all = tuple(sorted(bound_findings(diagnostics), key=lambda diagnostic: diagnostic.order))
    return Imported({}, (), found_all) if has_errors(diagnostics) else Imported(files, changes, found_all)


def _export(workspace: Workspace, language: Language) -> tuple[Sheet, ...]:
    """The sheets of an export of today; none while the term is not known."""
    portfolio = build_portfolio(workspace)
    if portfolio is None:
        return ()
    costs = CostsToExport(workspace, portfolio, law_of(workspace), language, None)
    return fill_xlsx(costs, percentiles=False).sheets


def _change(document: ProposalDocument, files: Mapping[str, bytes]) -> ProposalDocument:
    """Read a proposal again if it was changed."""
    path = document.source.path
    changed = read_proposal(path, files[path])[0] if path in files else None
    return changed or document


def _write_files(
    workspace: Workspace, edits: Mapping[str, Mapping[int, Edit]], diagnostics: list[Diagnostic]
) -> tuple[dict[str, bytes], tuple[Change, ...]]:
    """Rewrite the scalars of the files by path; nothing is written to disk."""
    files: dict[str, bytes] = {}
    changes: list[Change] = []
    for document in workspace.proposals:
        wanted = edits.get(document.source.path, {})
        if wanted:
            text, changed = rewrite(document.source, wanted.values())
            diagnostics += _read_again(document, text)
            data_before = read_bytes(workspace.root, document.source.path)
            mark = _BYTE_ORDER_MARK if data_before.startswith(_BYTE_ORDER_MARK) else b""
            files[document.source.path] = mark + text.encode()
            changes += changed
    return files, tuple(changes)


def _find_edits(row: WorkbookRow, line: Line, diagnostics: list[Diagnostic]) -> Iterator[Edit]:
    """Compare each number of a row with its exported value, and yield an edit for each that a person changed."""
    yield from _find_unit_edits(row, line, diagnostics)
    quantities = {
        "quantity": _changed_quantity(row, line, diagnostics),
        **{key: _changed(row, key, diagnostics) for key in ("quantity-low", "quantity-high")},
    }
    for key, quantity in quantities.items():
        if quantity is not None:
            for path in _quantity_paths(line, key):
                yield from _edit(row, line.document, path, "number", key, quantity, diagnostics)
    for key in OUTSIDE:
        paid, path = _changed(row, key, diagnostics), line.path(key.replace("-", "_"))
        if paid is not None:
            yield from _edit(row, line.document, path, "euros", key, paid, diagnostics)
    yield from _find_cost_edits(row, line, diagnostics)


def _quantity_paths(line: Line, key: str) -> Iterator[KeyPath]:
    """The places of a quantity: one number or three, and the `then` of a ramp, which may be the only one."""
    is_ramp = line.value.recurs is not None and line.value.recurs.is_ramp
    if is_ramp and key == "quantity":
        yield line.path("recurs", "then")
        if not line.document.has(*line.path("quantity")):
            return
    _, _, estimate = key.partition("-")
    is_one = not line.document.has(*line.path("quantity", "central"))
    yield line.path("quantity") if is_one and not estimate else line.path("quantity", estimate or "central")


def _find_unit_edits(row: WorkbookRow, line: Line, diagnostics: list[Diagnostic]) -> Iterator[Edit]:
    """Yield the edits of units by year; months of a phase cannot be changed in the workbook."""
    for key in _part_keys(row):
        if key in row.exported_formulas:  # after a ramp, the quantity
            continue
        changed = _changed(row, key, diagnostics, empty=Decimal(0))
        if changed is None:
            continue
        year = key.removeprefix("part-")
        if line.value.units_by_year is not None:
            path = line.path("spread" if line.value.recurs is None else "recurs", year)
            yield from _edit(row, line.document, path, "number", key, changed, diagnostics)
        else:
            message = say("the months of {year} changed in `{label}`", year=year, label=line.value.label)
            diagnostics += workbook_bad_value(
                row.span, message, say("months come from the timeline: change it in the file of the proposal")
            )


def _part_keys(row: WorkbookRow) -> list[str]:
    """List the keys of the months or units by year, of cells and of exported values."""
    parts = sorted(key for key in row.cells if re.fullmatch(r"(?:exported-)?part-[0-9]{4}", key))
    return list(dict.fromkeys(key.removeprefix("exported-") for key in parts))


def _changed_quantity(row: WorkbookRow, line: Line, diagnostics: list[Diagnostic]) -> Decimal | None:
    """The new quantity; of units by year it is their sum, whatever the cell of the quantity says."""
    by_units = isinstance(line.value.spread, dict)
    quantity = _changed(row, "quantity", diagnostics)
    if not by_units:
        return quantity
    # the quantity is a formula there, whose value is stale in a workbook saved by a program that does not compute
    if any(key in row.formulas and key not in row.cells for key in _part_keys(row)):
        return None
    cells = {key: row.number(key) for key in _part_keys(row) if key in row.cells}
    counts = {key: count for key, count in cells.items() if count is not None}
    total = sum(counts.values(), Decimal(0))
    if total >= LIMIT:
        key = max(counts, key=lambda key: counts[key])
        message = say("`{text}` in {cell} is not a number that fits", text=counts[key], cell=row.place(key))
        diagnostics += workbook_bad_value(row.span, message)
        return None
    if quantity is not None and quantity != total:
        message = say(
            "quantity {quantity}, but units by year add up to {units}", quantity=quantity, units=total
        )
        diagnostics += workbook_bad_value(row.span, message, say("change the units of the years"))
    # a cell that cannot be read was reported already
    units_changed = any(_changed(row, key, [], empty=Decimal(0)) is not None for key in _part_keys(row))
    return total if units_changed and total != exported_value(row, "quantity") else None


def _find_cost_edits(row: WorkbookRow, line: Line, diagnostics: list[Diagnostic]) -> Iterator[Edit]:
    """Yield the edits of the unit cost: three estimates, or one amount that the cells of low and high repeat."""
    is_constant = not line.document.has(line.group, line.index, "unit_cost", "central")
    changed = {name: _changed(row, name, diagnostics) for name in ("central", "low", "high")}
    for name in ESTIMATES:
        amount = changed[name]
        if amount is None:
            continue
        if not is_constant or name == "central":
            path = line.path("unit_cost") if is_constant else line.path("unit_cost", name)
            yield from _edit(row, line.document, path, "euros", name, amount, diagnostics)
        elif amount != row.number("central"):
            message = say(
                "{name} of `{label}` changed: the file holds one amount", name=name, label=line.value.label
            )
            hint = say("write low, central and high in the file, then export again")
            diagnostics += workbook_bad_value(row.span, message, hint)


def _changed(
    row: WorkbookRow, key: str, diagnostics: list[Diagnostic], *, empty: Decimal | None = None
) -> Decimal | None:
    """The number of a cell that differs from its exported value; None for an unchanged one.

    `empty` is the value of an empty cell. A formula of the export may have no value in a workbook saved by a program
    that does not compute; any other formula must have one.
    """
    cell = row.cells.get(key)
    exported = exported_value(row, key)
    formula = row.formulas.get(key)
    if formula is not None and cell is None:
        if key not in row.exported_formulas:
            diagnostics += formula_without_value(row, key)
        return None
    value = empty if cell is None else row.number(key)
    if value is None:
        if cell is not None:
            message = say(
                "`{text}` in {cell} is not a number that fits", text=fold(cell)[:40], cell=row.place(key)
            )
            diagnostics += workbook_bad_value(row.span, message)
        elif exported is not None and key in row.columns:
            message = say("nothing in {cell}, exported as {old}", cell=row.place(key), old=exported)
            diagnostics += workbook_bad_value(row.span, message, say("write a number there, 0 if it is none"))
        return None
    if value == exported or _rounded(exported) == value or (exported is None and value == empty):
        return None
    if value < 0:
        diagnostics += workbook_bad_value(
            row.span, say("{value} in {cell} is negative", value=value, cell=row.place(key))
        )
        return None
    return value


def _rounded(exported: Decimal | None) -> Decimal | None:
    """An exported number rounded to the digits that a spreadsheet keeps."""
    return None if exported is None else read_cell(float(exported))


def _edit(
    row: WorkbookRow,
    document: ProposalDocument,
    path: KeyPath,
    kind: Kind,
    key: str,
    value: Decimal,
    diagnostics: list[Diagnostic],
) -> Iterator[Edit]:
    """Yield the edit of one scalar; report a conflict, or a scalar that does not exist."""
    node, flow = _scalar_at(document.node, path)
    if node is None or not node.text.strip():
        message = say("{value} in {cell}, where the file holds nothing", value=value, cell=row.place(key))
        hint = say("write `{key}` in the file of `{id}`, then export again", key=path[-1], id=document.id)
        diagnostics += workbook_bad_value(row.span, message, hint)
        return
    current = read_as(node.text, kind)
    exported = exported_value(row, key)
    if current == value:
        return
    if current != exported:
        span = document.source.span(node.start, node.end)
        diagnostics += workbook_conflict(span, node.text.strip(), exported, value)
        return
    yield Edit(node, flow, kind, value)


def _scalar_at(root: Node, path: KeyPath) -> tuple[Scalar | None, bool]:
    """Find a scalar, and whether it is inside a flow collection."""
    node, flow = root, False
    for step in path:
        flow = flow or (isinstance(node, (MappingNode, Sequence)) and node.flow)
        if isinstance(node, MappingNode) and (entry := node.find(str(step))) is not None:
            node = entry[1]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None, flow
    return (node if isinstance(node, Scalar) else None), flow


def _read_again(document: ProposalDocument, text: str) -> Iterator[Diagnostic]:
    """Decode a rewritten file, and report the errors that it did not have before, as estimates out of order."""
    parsed = parse(document.source.path, text.encode())
    assert not parsed.diagnostics, "a rewritten scalar is one scalar"
    assert parsed.root is not None
    _, found = decode(Proposal, parsed.source, parsed.root)
    _, before = decode(Proposal, document.source, document.node)
    known = {(fault.code, fault.span.start) for fault in before}
    for fault in found:
        if fault.severity is Severity.ERROR and (fault.code, fault.span.start) not in known:
            yield from workbook_bad_value(fault.span, fault.message, *fault.hints)
