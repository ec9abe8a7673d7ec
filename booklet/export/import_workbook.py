"""A workbook that people changed → the YAML of the proposals: quantities and unit costs, and nothing else.

The workbook holds, hidden beside each number, what it was when exported. A number that differs from it was changed by a
person; where the file still says what was exported, that one scalar is rewritten in its author's manner (unit, spaces,
quotes) and every other byte stays. Where the file has moved on meanwhile, nobody's figure is overwritten: X101.

Nothing is written here: the caller gets whole new files, and only when there is no fault at all.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_bad_value, workbook_conflict, workbook_unknown_row
from booklet.content.decode import decode
from booklet.content.edit import Change, Edit, Kind, read_as, rewrite
from booklet.content.model.proposal import ESTIMATES, Proposal
from booklet.content.yaml.nodes import Mapping as MappingNode
from booklet.content.yaml.nodes import Node, Scalar, Sequence
from booklet.content.yaml.parse import parse
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import read_bytes
from booklet.export.workbook_rows import Row, exported_value, read_cell, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace

_MARK = codecs.BOM_UTF8
_KEY = re.compile(r"(?P<id>[a-z0-9-]+)#(?P<group>costs|revenues)\[(?P<index>[0-9]+)\]")
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """Hold what an import would do: whole new files by path, none when anything is wrong."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    diagnostics: tuple[Diagnostic, ...]


def import_workbook(workspace: Workspace, name: str, data: bytes) -> Imported:
    """Find what a workbook changes in a workspace that was read without a fault.

    `name` is the workbook's, for messages. Files are given whole, byte for byte what they were but for the scalars that
    changed.
    """
    diagnostics: list[Diagnostic] = []
    by_id = {document.id: document for document in workspace.proposals}
    edits: dict[str, dict[int, Edit]] = {}
    seen: dict[tuple[str, str, int], int] = {}
    for row in read_rows(name, data, diagnostics):
        found = _find_line(row, by_id, diagnostics)
        if found is None:
            continue
        document, group, index = found
        first = seen.setdefault((document.id, group, index), row.span.start.line)
        if first != row.span.start.line:
            message = say("the line of row {row} stands here again", row=first)
            diagnostics += workbook_unknown_row(row.span, message, say("delete one of the two rows"))
            continue
        for edit in _edits_of(row, document, group, index, diagnostics):
            edits.setdefault(document.source.path, {})[edit.node.start] = edit
    files: dict[str, bytes] = {}
    changes: list[Change] = []
    for document in workspace.proposals:
        wanted = edits.get(document.source.path, {})
        if wanted:
            text, changed = rewrite(document.source, wanted.values())
            diagnostics += _read_again(document, text)
            data_before = read_bytes(workspace.root, document.source.path)
            files[document.source.path] = _MARK[: len(_MARK) * data_before.startswith(_MARK)] + text.encode()
            changes += changed
    found_all = tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.order))
    return Imported({} if found_all else files, () if found_all else tuple(changes), found_all)


def _find_line(
    row: Row, by_id: Mapping[str, ProposalDocument], diagnostics: list[Diagnostic]
) -> tuple[ProposalDocument, str, int] | None:
    """Find the line of a row by its key, or by its label where lines were moved."""
    key = _KEY.fullmatch(str(row.cells.get("key", "")))
    label = _fold(row.cells.get("label"))
    if key is None:
        message = say("this row is no line of a proposal: {label}", label=label or "-")
        diagnostics += workbook_unknown_row(
            row.span, message, say("add the line to the file of its proposal")
        )
        return None
    document = by_id.get(key["id"])
    if document is None:
        message = say("no proposal `{id}`", id=key["id"])
        diagnostics += workbook_unknown_row(
            row.span, message, say("delete this row, or export the workbook again")
        )
        return None
    lines = getattr(document.value, key["group"])
    index = int(key["index"])
    if index < len(lines) and _fold(lines[index].label) == label:
        return document, key["group"], index
    named = [place for place, line in enumerate(lines) if _fold(line.label) == label]
    if len(named) == 1:
        return document, key["group"], named[0]
    message = say("`{id}` has no line `{label}`", id=document.id, label=label)
    diagnostics += workbook_unknown_row(
        row.span, message, say("delete this row, or export the workbook again")
    )
    return None


def _fold(text: object) -> str:
    return " ".join(str(text or "").split())


def _edits_of(
    row: Row, document: ProposalDocument, group: str, index: int, diagnostics: list[Diagnostic]
) -> Iterator[Edit]:
    """Compare each number of a row with what was exported and with what the file says now."""
    line = getattr(document.value, group)[index]
    by_units = isinstance(line.spread, dict)
    constant = not document.has(group, index, "unit_cost", "central")
    parts = sorted(key for key in row.cells if re.fullmatch(r"(?:exported-)?part-[0-9]{4}", key))
    units_changed = False
    for key in dict.fromkeys(key.removeprefix("exported-") for key in parts):
        changed = _changed(row, key, diagnostics, empty=Decimal(0))
        if changed is None:
            continue
        units_changed = True
        year = key.removeprefix("part-")
        if not by_units:
            message = say("the months of {year} changed in `{label}`", year=year, label=line.label)
            diagnostics += workbook_bad_value(
                row.span, message, say("months come from the timeline: change it in the file of the proposal")
            )
        else:
            yield from _edit(
                row, document, (group, index, "spread", year), "number", key, changed, diagnostics
            )
    quantity = _changed(row, "quantity", diagnostics, computed=by_units)
    if by_units:
        # the quantity is a formula there, whose value is stale in a workbook saved by a program that does not compute
        counts = (read_cell(row.cells[key]) for key in parts if key.startswith("part-"))
        total = sum((count for count in counts if count is not None), Decimal(0))
        if quantity is not None and quantity != total:
            message = say(
                "quantity {quantity}, but units by year add up to {units}", quantity=quantity, units=total
            )
            diagnostics += workbook_bad_value(row.span, message, say("change the units of the years"))
        quantity = total if units_changed and total != exported_value(row, "quantity") else None
    if quantity is not None:
        yield from _edit(
            row, document, (group, index, "quantity"), "number", "quantity", quantity, diagnostics
        )
    central = _changed(row, "central", diagnostics)
    for name in ESTIMATES:
        if not constant:
            changed = central if name == "central" else _changed(row, name, diagnostics)
            path: Path = (group, index, "unit_cost", name)
        elif name == "central":
            changed, path = central, (group, index, "unit_cost")
        else:
            changed = _changed(row, name, diagnostics, computed=True)
            if changed is not None and changed != read_cell(row.cells.get("central")):
                label = line.label
                message = say(
                    "{name} of `{label}` changed: the file holds one amount", name=name, label=label
                )
                hint = say("write low, central and high in the file, then export again")
                diagnostics += workbook_bad_value(row.span, message, hint)
            continue
        if changed is not None:
            yield from _edit(row, document, path, "euros", name, changed, diagnostics)


def _changed(
    row: Row,
    key: str,
    diagnostics: list[Diagnostic],
    *,
    empty: Decimal | None = None,
    computed: bool = False,
) -> Decimal | None:
    """Give a number that differs from what was exported; None for one that was left alone.

    `empty` is what an empty cell stands for. A formula of ours (`computed`) may have no value: a program that does not
    compute drops it.
    """
    cell = row.cells.get(key)
    exported = exported_value(row, key)
    value = empty if cell is None else read_cell(cell)
    if value is None:
        if cell is not None:
            message = say(
                "`{text}` in {cell} is not a number that fits", text=_fold(cell)[:40], cell=row.place(key)
            )
            diagnostics += workbook_bad_value(row.span, message)
        elif exported is not None and key in row.columns and not computed:
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
    """Give an exported number as a spreadsheet carries it."""
    return None if exported is None else read_cell(float(exported))


def _edit(
    row: Row,
    document: ProposalDocument,
    path: Path,
    kind: Kind,
    key: str,
    value: Decimal,
    diagnostics: list[Diagnostic],
) -> Iterator[Edit]:
    """Make the edit of one scalar; a conflict or a scalar that does not exist is a diagnostic."""
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


def _scalar_at(root: Node, path: Path) -> tuple[Scalar | None, bool]:
    """Find a scalar, and tell whether a flow collection holds it."""
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
    """Read a rewritten file: a fault that it did not have, as estimates out of order, stops the import."""
    parsed = parse(document.source.path, text.encode())
    assert not parsed.diagnostics, "a rewritten scalar is one scalar"
    assert parsed.root is not None
    _, found = decode(Proposal, parsed.source, parsed.root)
    _, before = decode(Proposal, document.source, document.node)
    known = {(fault.code, fault.span.start) for fault in before}
    for fault in found:
        if fault.severity is Severity.ERROR and (fault.code, fault.span.start) not in known:
            yield from workbook_bad_value(fault.span, fault.message, *fault.hints)
