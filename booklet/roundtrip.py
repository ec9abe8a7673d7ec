"""A workbook that people changed → the YAML of the proposals: quantities and unit costs, and nothing else.

The workbook holds, hidden beside each number, what it was when exported. A number that differs from it was changed by a
person; where the file still says what was exported, that one scalar is rewritten in its author's manner (unit, spaces,
quotes) and every other byte stays. Where the file has moved on meanwhile, nobody's figure is overwritten: X101.

Nothing is written here: the caller gets whole new files, and only when there is no fault at all.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Ordered
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Literal

from booklet.checks.workbook import workbook_bad_value, workbook_conflict, workbook_unknown_row
from booklet.decode import decode
from booklet.diagnostic import Diagnostic, Severity, say
from booklet.euros import MAX_DIGITS, SCALES, SPACES, UnreadableNumber, read_euros, read_number
from booklet.model import Proposal
from booklet.parse import Mapping as MappingNode
from booklet.parse import Node, Scalar, Sequence, parse
from booklet.source import Position, Source, Span, read_bytes
from booklet.workspace import ProposalDocument, Workspace

#: what the first cell of a sheet of lines holds; its number is raised when the hidden columns change their meaning
MARKER = "booklet-lines 1"
ESTIMATES = ("low", "central", "high")
#: a workbook of 1 500 proposals unpacks to 20 MB
MAX_UNPACKED = 400_000_000
#: what binary floats carry; more digits are noise of the spreadsheet
SIGNIFICANT = 15
LIMIT = Decimal(10) ** MAX_DIGITS
DECIMALS = 9
_MARK = codecs.BOM_UTF8
_KEY = re.compile(r"(?P<id>[a-z0-9-]+)#(?P<group>costs|revenues)\[(?P<index>[0-9]+)\]")
_WRITTEN = re.compile(rf"(?P<number>[0-9][0-9{SPACES}.,]*?)(?P<gap>[{SPACES}]?)(?P<unit>k€|K€|M€|Md€|€|)")
_INNER_SPACE = re.compile(rf"[0-9](?P<mark>[{SPACES}])[0-9]{{3}}")
Kind = Literal["euros", "number"]
Cell = object
Path = tuple[str | int, ...]


def line_key(id: str, group: str, index: int) -> str:
    """Name a line of a proposal, as the hidden column of the workbook does."""
    return f"{id}#{group}[{index}]"


@dataclass(frozen=True, slots=True)
class Change:
    """Tell one rewritten scalar: where it stands, and its text before and after."""

    span: Span
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Hold what an import would do: whole new files by path, none when anything is wrong."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """Hold one row of a sheet of lines: its cells by the name of their column, and where each stands."""

    span: Span
    cells: Mapping[str, Cell]
    sheet: str
    #: letters of the columns, those of empty cells too
    columns: Mapping[str, str]

    def place(self, key: str) -> str:
        """Name a cell as spreadsheets do."""
        return f"{self.sheet}!{self.columns.get(key, '')}{self.span.start.line}"


@dataclass(frozen=True, slots=True)
class _Edit:
    node: Scalar
    flow: bool
    kind: Kind
    value: Decimal


# --- workbook → rows ---------------------------------------------------------------------------------------------


def _read_rows(name: str, data: bytes, diagnostics: list[Diagnostic]) -> tuple[_Row, ...]:
    """Read every sheet of lines; values as last computed, so that a number typed as a formula counts too."""
    from openpyxl import load_workbook  # only this command reads workbooks

    top = Span(name, Position(1, 1), Position(1, 1))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise ValueError("too large")
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [
            (sheet.title, [tuple(row) for row in sheet.iter_rows(values_only=True)])
            for sheet in book.worksheets
        ]
    except Exception:  # whatever a broken or hostile file makes the reader raise, it is not a workbook
        diagnostics += workbook_unknown_row(top, say("this file is not a workbook that can be read"))
        return ()
    ours = [(title, cells) for title, cells in sheets if cells and MARKER in cells[0]]
    if not ours:
        message = say("no sheet of lines here: its hidden first row and column are gone")
        diagnostics += workbook_unknown_row(
            top, message, say("export the workbook again, and change numbers only")
        )
    return tuple(row for title, cells in ours for row in _named(name, title, cells))


def _named(name: str, title: str, cells: Ordered[tuple[Cell, ...]]) -> Iterator[_Row]:
    """Name the cells of each row that holds something, from the first line on."""
    from openpyxl.utils import get_column_letter

    heads = {column: "key" if head == MARKER else str(head) for column, head in enumerate(cells[0]) if head}
    letters = {head: get_column_letter(column + 1) for column, head in heads.items()}
    started = False
    for number, row in enumerate(cells[1:], 2):
        held = {
            heads[column]: cell
            for column, cell in enumerate(row)
            if column in heads and cell not in (None, "")
        }
        started = started or "key" in held
        # titles and headings stand above the first line
        if started and held:
            yield _Row(Span(name, Position(number, 1), Position(number, 1)), held, title, letters)


def _number(cell: Cell) -> Decimal | None:
    """Read a number of a spreadsheet to the digits that it carries; None for anything else."""
    if isinstance(cell, str):
        try:
            return read_number(cell)
        except UnreadableNumber:
            return None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return None
    number = Decimal(f"{cell:.{SIGNIFICANT}g}")
    if not number.is_finite():
        return None
    return round(number, DECIMALS) if abs(number) < LIMIT else None


def _exported(row: _Row, key: str) -> Decimal | None:
    """Give a number as it was when exported, from the hidden column that holds it as a text."""
    cell = row.cells.get(f"exported-{key}")
    if not isinstance(cell, str):
        return _number(cell)
    return Decimal(cell) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", cell) else None


# --- rows → edits ------------------------------------------------------------------------------------------------


def import_workbook(workspace: Workspace, name: str, data: bytes) -> Imported:
    """Find what a workbook changes in a workspace that was read without a fault.

    `name` is the workbook's, for messages. Files are given whole, byte for byte what they were but for the scalars that
    changed.
    """
    diagnostics: list[Diagnostic] = []
    by_id = {document.id: document for document in workspace.proposals}
    edits: dict[str, dict[int, _Edit]] = {}
    seen: dict[tuple[str, str, int], int] = {}
    for row in _read_rows(name, data, diagnostics):
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
            text, changed = _rewrite(document.source, wanted.values())
            diagnostics += _read_again(document, text)
            data_before = read_bytes(workspace.root, document.source.path)
            files[document.source.path] = _MARK[: len(_MARK) * data_before.startswith(_MARK)] + text.encode()
            changes += changed
    found_all = tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.order))
    return Imported({} if found_all else files, () if found_all else tuple(changes), found_all)


def _find_line(
    row: _Row, by_id: Mapping[str, ProposalDocument], diagnostics: list[Diagnostic]
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
    row: _Row, document: ProposalDocument, group: str, index: int, diagnostics: list[Diagnostic]
) -> Iterator[_Edit]:
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
        counts = (_number(row.cells[key]) for key in parts if key.startswith("part-"))
        total = sum((count for count in counts if count is not None), Decimal(0))
        if quantity is not None and quantity != total:
            message = say(
                "quantity {quantity}, but units by year add up to {units}", quantity=quantity, units=total
            )
            diagnostics += workbook_bad_value(row.span, message, say("change the units of the years"))
        quantity = total if units_changed and total != _exported(row, "quantity") else None
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
            if changed is not None and changed != _number(row.cells.get("central")):
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
    row: _Row,
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
    exported = _exported(row, key)
    value = empty if cell is None else _number(cell)
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
    return None if exported is None else _number(float(exported))


def _edit(
    row: _Row,
    document: ProposalDocument,
    path: Path,
    kind: Kind,
    key: str,
    value: Decimal,
    diagnostics: list[Diagnostic],
) -> Iterator[_Edit]:
    """Make the edit of one scalar; a conflict or a scalar that does not exist is a diagnostic."""
    node, flow = _scalar_at(document.node, path)
    if node is None or not node.text.strip():
        message = say("{value} in {cell}, where the file holds nothing", value=value, cell=row.place(key))
        hint = say("write `{key}` in the file of `{id}`, then export again", key=path[-1], id=document.id)
        diagnostics += workbook_bad_value(row.span, message, hint)
        return
    current = _read(node.text, kind)
    exported = _exported(row, key)
    if current == value:
        return
    if current != exported:
        span = document.source.span(node.start, node.end)
        diagnostics += workbook_conflict(span, node.text.strip(), exported, value)
        return
    yield _Edit(node, flow, kind, value)


def _read(text: str, kind: Kind) -> Decimal:
    if kind == "number":
        return read_number(text)
    exact = read_euros(text).value
    return Decimal(exact.numerator) / Decimal(exact.denominator)


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


# --- edits → text ------------------------------------------------------------------------------------------------


def _rewrite(source: Source, edits: Iterable[_Edit]) -> tuple[str, list[Change]]:
    """Replace scalars in a text, the last one first, so that offsets hold."""
    text, changes = source.text, []
    for edit in sorted(edits, key=lambda edit: edit.node.start, reverse=True):
        before = text[edit.node.start : edit.node.end]
        after = _rewrite_scalar(before, edit)
        text = text[: edit.node.start] + after + text[edit.node.end :]
        changes.append(Change(source.span(edit.node.start, edit.node.end), before, after))
    return text, changes[::-1]


def _rewrite_scalar(raw: str, edit: _Edit) -> str:
    """Write a scalar anew inside the quotes and spaces that its author chose."""
    old = edit.node.text.strip(f"{SPACES}\t\r\n")
    written = write_like(old, edit.value, edit.kind)
    assert _read(written, edit.kind) == edit.value, f"{written} does not say {edit.value}"
    if raw.count(old) != 1:
        # escapes or folded lines: the author's manner cannot be kept, the rest of the file is
        return f'"{written}"' + raw[len(raw.rstrip()) :]
    if edit.node.plain and edit.flow and "," in written:
        written = f'"{written}"'
    return raw.replace(old, written)


def write_like(old: str, value: Decimal, kind: Kind) -> str:
    """Write a number as another one was written: its unit, its marks, its spaces, as far as they can say it."""
    match = _WRITTEN.fullmatch(old)
    assert match is not None, f"{old} was read as a number"
    number, unit = match["number"], match["unit"]
    found = _INNER_SPACE.search(number)
    scale = SCALES[unit]
    ends = number.rpartition("," if "," in number else ".")
    decimals_before = len(ends[2]) if ends[1] else 0
    # a unit that would need many decimals gives way to a smaller one
    while scale > 1 and _decimals(value / scale) > max(3, decimals_before):
        unit, scale = {"Md€": ("M€", 1_000_000), "M€": ("k€", 1_000)}.get(unit, ("€", 1))
    digits = f"{(value / scale).normalize():f}"
    whole, _, decimals = digits.partition(".")
    if decimals and kind == "euros" and scale == 1:
        decimals = decimals.ljust(2, "0")
    if not decimals and decimals_before and not ends[2].strip("0"):
        decimals = "0" * decimals_before
    if len(decimals) == 3 and scale == 1 and whole != "0":
        decimals += "0"  # three would read as thousands
    plain = found is None and len(re.split("[.,]", number)[0]) > 3
    mark = found["mark"] if found else match["gap"] or " "
    grouped = whole if plain else re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", mark, whole)
    decimal_mark = ends[1] or ","
    gap = match["gap"] or (" " if unit and not match["unit"] else "")
    return grouped + (decimal_mark + decimals if decimals else "") + gap + unit


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
