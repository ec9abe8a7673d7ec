"""Difference → its tables, for a terminal; the Markdown of a pull request has the same cells.

Cells are rounded once, to thousands of euros, or to euros where all changes are small; the total of a column is the sum
of its rounded cells. An unknown cell is `n.c.`, as in the booklet, and in no total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import SECTION_NAMES
from booklet.diagnostics.message import Message, say
from booklet.diff.amounts import MINUS, write_percent
from booklet.diff.cause_words import group_causes, name_change, tell
from booklet.diff.change import ProposalChange
from booklet.diff.line_words import one_line
from booklet.diff.sentences import closing, consequences, headline
from booklet.export.text_table import TextTable, write_terminal
from booklet.money.euros import EURO, round_to, write_number
from booklet.tables.money_table import THOUSAND
from booklet.text.outside import BULLET, visible

if TYPE_CHECKING:
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diff.difference import Difference
    from booklet.text.language import Language

#: below this, thousands of euros would hide what changed
SMALL = Decimal(100_000)
#: the number of columns before the percentage
TOGETHER = 3
UNKNOWN = "n.c."
_ChangeColumn = Callable[[ProposalChange], Decimal | None]
#: both sections together are third, the net cost last: `_row`, `_net` and the percentage depend on it
COLUMNS: tuple[tuple[Message, _ChangeColumn], ...] = (
    (SECTION_NAMES["investissement"], lambda change: change.section("investissement")),
    (SECTION_NAMES["fonctionnement"], lambda change: change.section("fonctionnement")),
    (say("Together"), lambda change: change.total),
    (say("Funding"), lambda change: change.funding),
    (say("Own share"), lambda change: change.own_share),
    (say("Net cost"), lambda change: change.net),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a difference is laid out: the language, the unit of the cells, and the escaping of titles."""

    language: Language
    step: Decimal
    clean: Callable[[str], str]

    def cell(self, amount: Decimal | None) -> str:
        """Write one rounded cell with its sign."""
        if amount is None:
            return UNKNOWN
        number = write_number(abs(amount) / self.step, self.language)
        return f"+{number}" if amount > 0 else f"{MINUS}{number}" if amount < 0 else number

    @property
    def unit(self) -> Message:
        """The unit of the cells, in words."""
        return say("in thousands of euros") if self.step == THOUSAND else say("in euros")


def choose_layout(difference: Difference, language: Language, clean: Callable[[str], str]) -> Layout:
    """Choose thousands of euros, or euros where every change is below `SMALL`."""
    amounts = [abs(amount) for change in difference.changes for amount in (change.cells or {}).values()]
    amounts += [abs(change.funding or Decimal(0)) for change in difference.changes]
    amounts += [abs(change.net or Decimal(0)) for change in difference.changes]
    return Layout(language, THOUSAND if max(amounts, default=Decimal(0)) >= SMALL else EURO, clean)


def write_table(
    difference: Difference, found: Sequence[Diagnostic], notes: Sequence[Message], language: Language
) -> str:
    """Write the sentence, the tables and the causes for a terminal."""
    parts = [headline(difference, language), *consequences(difference, language)]
    parts += [note.text(language) for note in notes]
    for diagnostic in found:
        parts.append(f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message.text(language)}")
        parts += [f"  = {hint.text(language)}" for hint in diagnostic.hints]
    blocks = ["\n".join(map(visible, parts)) + "\n"]
    layout = choose_layout(difference, language, visible)
    if difference.changes:
        tables = [tabulate_proposals(difference, layout)]
        if any(difference.cells.values()):
            tables.append(tabulate_years(difference, layout))
        blocks.append(write_terminal(tuple(tables)))
    for change in difference.changes:
        blocks.append(_detail(change, difference, language))
    for name, items in closing(difference, language):
        blocks.append("\n".join([name, *(f"  {BULLET}{visible(item)}" for item in items)]) + "\n")
    return "\n".join(blocks)


def tabulate_proposals(difference: Difference, layout: Layout, shown: int | None = None) -> TextTable:
    """Tabulate changed proposals; those beyond `shown` are added in one row, so that columns add up."""
    language = layout.language
    changes = [change for change in difference.changes if change.moves_money]
    rows = [(change, _row(change, layout)) for change in changes]
    first, others = (rows, []) if shown is None else (rows[:shown], rows[shown:])
    table = [
        _net(
            change,
            _write(layout.clean(one_line(change.current.name)), cells, _share(change, layout), layout),
            layout,
        )
        for change, cells in first
    ]
    if others:
        label = say("Other proposals ({count})", count=len(others)).text(language)
        table.append(_write(label, _sum(cells for _, cells in others), "", layout))
    before = sum(difference.totals[0].values(), Decimal(0))
    share = write_percent(difference.total, before, language)
    table.append(_write(say("Total").text(language), _sum(cells for _, cells in rows), share, layout))
    names = tuple(name.text(language) for name, _ in COLUMNS)
    head = (say("Proposal").text(language), *names[:TOGETHER], "%", *names[TOGETHER:])
    title = say("What changes over the six years, before VAT except net, {unit}", unit=layout.unit)
    return TextTable(title.text(language), head, tuple(table))


def tabulate_years(difference: Difference, layout: Layout) -> TextTable:
    """Tabulate the change of each section by year, and of both."""
    language = layout.language
    rows = []
    yearly = [
        [round_to(difference.cells[section, year], layout.step) for year in difference.years]
        for section in SECTIONS
    ]
    yearly.append([sum(column, Decimal(0)) for column in zip(*yearly, strict=True)])
    for name, cells in zip((*SECTION_NAMES.values(), say("Together")), yearly, strict=True):
        rows.append((name.text(language), *(layout.cell(cell) for cell in (*cells, sum(cells, Decimal(0))))))
    return TextTable(
        say("By year, {unit}", unit=layout.unit).text(language),
        ("", *(str(year) for year in difference.years), say("Total").text(language)),
        tuple(rows),
    )


def _row(change: ProposalChange, layout: Layout) -> tuple[Decimal | None, ...]:
    """Round the cells of one row once; both sections together are the sum of their cells."""
    cells = [
        None if (amount := column(change)) is None else round_to(amount, layout.step) for _, column in COLUMNS
    ]
    investment, operation = cells[:2]
    if investment is not None and operation is not None:
        cells[2] = investment + operation
    return tuple(cells)


def _sum(rows: Iterable[tuple[Decimal | None, ...]]) -> tuple[Decimal | None, ...]:
    """Add the cells of each column that are known; the sum of none is unknown."""
    columns = list(zip(*rows, strict=True))
    known = [[cell for cell in column if cell is not None] for column in columns]
    return tuple(sum(cells, Decimal(0)) if cells else None for cells in known) or (Decimal(0),) * len(COLUMNS)


def _write(label: str, cells: Sequence[Decimal | None], share: str, layout: Layout) -> tuple[str, ...]:
    written = tuple(layout.cell(cell) for cell in cells)
    return (label, *written[:TOGETHER], share, *written[TOGETHER:])


def _net(change: ProposalChange, row: tuple[str, ...], layout: Layout) -> tuple[str, ...]:
    """Write both net costs where only one state knows it: `168 → n.c.`."""
    nets = change.nets
    if not change.turned or not change.is_known:
        return row
    states = [UNKNOWN if net is None else layout.cell(round_to(net, layout.step)).lstrip("+") for net in nets]
    return (*row[:-1], " → ".join(states))


def _share(change: ProposalChange, layout: Layout) -> str:
    return write_percent(change.total, change.total_before, layout.language)


def _detail(change: ProposalChange, difference: Difference, language: Language) -> str:
    lines = [f"{BULLET}{name_change(change, language)}"]
    for name, causes in group_causes(change):
        lines.append(f"  {name.text(language)}")
        told = (tell(cause, difference, language) for cause in causes)
        lines += [f"    {BULLET}{' · '.join(filter(None, words))}" for words in told]
    return "\n".join(map(visible, lines)) + "\n"
