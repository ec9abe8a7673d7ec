"""Changes beside the sheets of lines, which `costs import` tells and does not bring back.

Each sheet is compared, cell by cell and whatever it holds, with that of an export of today. Rows are found by their
texts, and columns by the heading row, so that both may have been moved. A formula of the export is as good as any
value; another formula or a number in its place must come to what the export has, before or after the import, since
some programs keep values only. Percentiles are not compared: the tool makes them again. The files may have changed
since the workbook was made: everything here is a warning.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.checks.workbook import workbook_bad_value, workbook_unknown_row
from booklet.content.model.words import ESTIMATE_NAMES, SECTION_NAMES
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.positions import Position, Span
from booklet.export.unimported import NAMED, computed, is_near, not_imported, plain
from booklet.export.workbook_file import Formula, Sheet
from booklet.export.workbook_lines import fold
from booklet.export.workbook_rows import read_cell, read_rate
from booklet.export.xlsx.sheets import EXACT, FUNDING, LINES, MEASURE_NAMES, PORTFOLIO, SOURCES, YEARS
from booklet.export.xlsx.spreadsheet import column_name
from booklet.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.message import Message
    from booklet.text.language import Language

Cells = dict[int, object]
Sheets = tuple[Sheet, ...]
#: words by which the language of a workbook is known
_WORDS = (
    *(EXACT, FUNDING, LINES, PORTFOLIO, SOURCES, YEARS),
    *(*MEASURE_NAMES.values(), *SECTION_NAMES.values(), *ESTIMATE_NAMES.values()),
)
#: words that a heading row has at least
_HEADINGS = 4
_HINT = say("only quantities and unit costs of the lines are brought back: change the rest in the files")


def find_language(sheets: Iterable[Sheet]) -> Language:
    """Find the language that a workbook was written in."""
    texts = {text for sheet in sheets for cells in sheet.rows.values() for text in cells.values()}
    return max(LANGUAGES.values(), key=lambda language: sum(word.text(language) in texts for word in _WORDS))


def find_changed_cells(
    name: str, sheets: Sheets, before: Sheets, after: Callable[[], Sheets]
) -> Iterator[Diagnostic]:
    """Report what a person changed on sheets that come from an export, `before` or `after` the import."""
    top = Span(name, Position(1, 1), Position(1, 1))
    gone = []
    for place, fresh in enumerate(before):
        found = [one for one in sheets if fresh.title in (one.title, _heading(one))]  # copies too
        for sheet in found:
            yield from _Comparison(name, sheet, fresh, place, after).find_changes()
        if not found:
            gone.append(fresh.title)
    if gone:
        message = say("no sheet {names}: what was changed there is not known", names=quote_all(gone))
        yield workbook_unknown_row.at(top, message, _HINT, severity=Severity.WARNING)


def _heading(sheet: Sheet) -> object:
    return sheet.rows.get(1, {}).get(0)


@dataclass(frozen=True)
class _Comparison:
    """A sheet, and the sheet of an export that it was."""

    name: str
    sheet: Sheet
    fresh: Sheet
    place: int
    after: Callable[[], Sheets]

    def find_changes(self) -> Iterator[Diagnostic]:
        pairs = _pair_rows(self.fresh.rows, self.sheet.rows)
        heading = max(self.fresh.rows, key=lambda row: len(_words(self.fresh.rows[row])))
        words = _words(self.fresh.rows[heading])
        columns = {column: column for cells in self.fresh.rows.values() for column in cells}
        if len(words) >= _HEADINGS:
            typed = iter(_words(self.sheet.rows.get(pairs.get(heading, 0), {})).items())
            # a column of one's own may stand between
            found = [next((at for at, one in typed if one == word), None) for word in words.values()]
            if None in found:
                message = say("the columns of sheet `{sheet}` are others", sheet=self.sheet.title)
                yield self._tell_row(1, message)
                return
            columns |= {column: at for column, at in zip(words, found, strict=True) if at is not None}
        for row, other in pairs.items():
            for column, here in columns.items():
                yield from self._compare(row, column, other, here)
        gone = [self.fresh.rows[row] for row in self.fresh.rows if row not in pairs]
        if gone:
            names = [", ".join(_words(cells).values())[:160] or "-" for cells in gone[:NAMED]]
            shown = quote_all(names) + ("…" if len(gone) > NAMED else "")
            yield self._tell_row(
                1, say("no row {names} on sheet `{sheet}`", names=shown, sheet=self.sheet.title)
            )
        for row in sorted(self.sheet.rows.keys() - pairs.values()):
            texts = [
                fold(_value(cell)) for at, cell in self.sheet.rows[row].items() if at in columns.values()
            ]
            if row > pairs.get(min(self.fresh.rows), 0) and texts:
                yield self._tell_row(
                    row, say("this row is none of the export: {label}", label=", ".join(texts)[:80])
                )

    def _compare(self, row: int, column: int, other: int, here: int) -> Iterator[Diagnostic]:
        """Compare one cell."""
        expected = self.fresh.rows[row].get(column)
        found = self.sheet.rows[other].get(here)
        if _same(found, expected):
            return
        span = Span(self.name, Position(other, 1), Position(other, 1))
        cell = f"{self.sheet.title}!{column_name(here)}{other}"
        value = _value(found)
        if not isinstance(expected, Formula):
            yield from not_imported(span, cell, value, expected, _HINT, Severity.WARNING)
        elif value is None:
            message = say("nothing in {cell}, where the export has a formula", cell=cell)
            if isinstance(found, Formula):
                message = say("a formula without a value in {cell}", cell=cell)
            yield workbook_bad_value.at(span, message, _HINT, severity=Severity.WARNING)
        elif not any(
            is_near(read_cell(value), read_cell(_value(one)))
            for one in (expected, self._after.get(row, {}).get(column))
        ):
            shown = found.text if isinstance(found, Formula) else value
            yield from computed(span, cell, shown, Severity.WARNING)

    @cached_property
    def _after(self) -> Mapping[int, Mapping[int, object]]:
        sheets = self.after()
        return sheets[self.place].rows if self.place < len(sheets) else {}

    def _tell_row(self, row: int, message: Message) -> Diagnostic:
        span = Span(self.name, Position(row, 1), Position(row, 1))
        return workbook_unknown_row.at(span, message, _HINT, severity=Severity.WARNING)


def _value(cell: object) -> object:
    return cell.value if isinstance(cell, Formula) else cell


def _words(cells: Mapping[int, object]) -> dict[int, str]:
    """The texts of a row, by column."""
    return {column: fold(cell) for column, cell in cells.items() if isinstance(cell, str)}


def _same(found: object, expected: object) -> bool:
    """Check whether a cell holds the formula, the text or the number of the export."""
    if isinstance(expected, Formula) and not expected.text:
        return True  # an estimate, which the tool makes again
    if (
        isinstance(found, Formula)
        and isinstance(expected, Formula)
        and plain(found.text) == plain(expected.text)
    ):
        return True
    if isinstance(expected, Formula):
        return False
    value = _value(found)
    if isinstance(expected, str):
        return fold(value) == fold(expected)
    if expected is None:
        return fold(value) == ""
    return read_rate(value) == read_rate(expected)


def _pair_rows(
    fresh: Mapping[int, Mapping[int, object]], rows: Mapping[int, Mapping[int, object]]
) -> dict[int, int]:
    """Find the row of each row of an export: that with the same texts, else that which follows the one before it."""
    by_texts: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, cells in rows.items():
        by_texts[tuple(_words(cells).values())].append(row)
    pairs: dict[int, int] = {}
    for row, cells in fresh.items():
        texts = tuple(_words(cells).values())
        if texts and by_texts[texts]:
            pairs[row] = by_texts[texts].pop(0)
    taken, offset = set(pairs.values()), 0
    for row in fresh:
        if row in pairs:
            offset = pairs[row] - row
        elif row + offset in rows and row + offset not in taken:
            pairs[row] = row + offset
            taken.add(row + offset)
    return dict(sorted(pairs.items()))
